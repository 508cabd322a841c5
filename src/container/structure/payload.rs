//! Names that encoders leave inside the coded frames, where no tag editor looks.

use super::tree::Tree;
use crate::container::fields::bytes_at;
use crate::container::reader::ByteReader;
use crate::error::Result;

/// Bytes searched from the first frame on: libavcodec and LAME name themselves in the first ones.
const SEARCH_BYTES: u64 = 64 * 1024;

/// First letters of the names that are looked for.
const NAMES: [&[u8]; 3] = [b"Lavc", b"LAME3", b"libfaac"];

/// Longest name kept.
const MAX_NAME_BYTES: usize = 24;

/// Adds the first such name from `from` on as the tag `payload`.
pub(super) fn find(reader: &mut ByteReader, from: u64, tree: &mut Tree) -> Result<()> {
    let bytes = bytes_at(reader, from, SEARCH_BYTES, SEARCH_BYTES)?;
    let found = (0..bytes.len()).find(|&at| NAMES.iter().any(|name| bytes[at..].starts_with(name)));
    let Some(at) = found else { return Ok(()) };
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'.';
    let name: String = bytes[at..]
        .iter()
        .take(MAX_NAME_BYTES)
        .take_while(is_part)
        .map(|&b| char::from(b))
        .collect();
    tree.tag("payload", name, from + at as u64);
    Ok(())
}
