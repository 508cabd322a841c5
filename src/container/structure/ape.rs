//! APE tags at the end of a file.

use super::tree::Tree;
use crate::container::fields::{bytes_at, le_u32, text};
use crate::container::reader::ByteReader;
use crate::error::Result;

/// Items read.
const MAX_ITEMS: u32 = 256;

/// Bytes read of a tag.
const MAX_TAG_BYTES: u64 = 64 * 1024;

/// Bytes of header or footer.
const FOOTER_BYTES: u64 = 32;

/// The tag that ends at `end`, if there is one; its first byte, else `end`.
pub(super) fn before(reader: &mut ByteReader, end: u64, tree: &mut Tree) -> Result<u64> {
    let Some(footer) =
        end.checked_sub(FOOTER_BYTES).map(|at| reader.array_at::<32>(at)).transpose()?.flatten()
    else {
        return Ok(end);
    };
    if !footer.starts_with(b"APETAGEX") {
        return Ok(end);
    }
    let (Some(size), Some(count)) = (le_u32(&footer, 12), le_u32(&footer, 16)) else {
        return Ok(end);
    };
    let header = if footer[23] & 0x80 != 0 { FOOTER_BYTES } else { 0 };
    let Some(items) = end.checked_sub(u64::from(size)) else { return Ok(end) };
    let start = items.saturating_sub(header);
    tree.leaf("APE tag", start, end - start);
    let bytes = bytes_at(reader, items, u64::from(size), MAX_TAG_BYTES)?;
    let mut at = 0usize;
    for _ in 0..count.min(MAX_ITEMS) {
        let Some(len) = le_u32(&bytes, at) else { break };
        let Some(rest) = bytes.get(at + 8..) else { break };
        let Some(name_len) = rest.iter().position(|&b| b == 0) else { break };
        let value = name_len + 1;
        let value_end = value.saturating_add(len as usize);
        if let (Some(name), Some(value)) =
            (text(&rest[..name_len]), rest.get(value..value_end).and_then(text))
        {
            tree.tag(name, value, start);
        }
        at = (at + 8).saturating_add(value_end);
    }
    Ok(start)
}
