//! Tags of MP4 and QuickTime: items of `ilst`, keys, and the user data of QuickTime and 3GP.

use super::date::from_text;
use super::tree::Tree;
use crate::container::bmff::{BoxHead, Boxes, key};
use crate::container::fields::{be_u16, be_u32, is_code, text};
use crate::error::Result;

/// Bytes read of one tag.
const MAX_TAG_BYTES: u64 = 4_096;

/// Bytes read of a table of keys.
const MAX_KEYS_BYTES: u64 = 64 * 1024;

/// Boxes of 3GP user data: a version, flags and a language before the text (3GPP TS 26.244).
const THREE_GP: [&[u8; 4]; 6] = [b"titl", b"auth", b"dscp", b"cprt", b"perf", b"albm"];

/// Where the boxes of a `meta` box start: in ISO files behind a version, in QuickTime at once.
pub(super) fn first_in_meta(boxes: &mut Boxes, meta: &BoxHead) -> Result<u64> {
    let quicktime = boxes.reader.array_at::<4>(meta.body + 4)? == Some(*b"hdlr");
    Ok(if quicktime { meta.body } else { meta.body + 4 })
}

/// The items of a `meta` box whose boxes start at `from`.
pub(super) fn items(boxes: &mut Boxes, meta: &BoxHead, from: u64, tree: &mut Tree) -> Result<()> {
    let keys = match boxes.find(from, meta.end, b"keys")? {
        Some(keys) => boxes.bytes(&keys, MAX_KEYS_BYTES)?,
        None => Vec::new(),
    };
    let Some(ilst) = boxes.find(from, meta.end, b"ilst")? else { return Ok(()) };
    let mut at = ilst.body;
    while let Some(item) = boxes.at(at, ilst.end)? {
        at = item.end;
        let Some(data) = boxes.child(&item, b"data")? else { continue };
        let body = boxes.bytes(&data, MAX_TAG_BYTES)?;
        let Some(value) = body.get(8..).and_then(text) else { continue };
        let name = match &item.kind {
            b"----" => match boxes.child(&item, b"name")? {
                Some(name) => boxes.bytes(&name, 256)?.get(4..).and_then(text),
                None => None,
            },
            kind => key(&keys, u32::from_be_bytes(*kind)).and_then(text),
        };
        let name = name.unwrap_or_else(|| kind_text(item.kind));
        if name.to_ascii_lowercase().ends_with("creationdate")
            && let Some(unix_s) = from_text(&value)
        {
            tree.date("created", unix_s, item.start);
        }
        tree.tag(name, value, item.start);
    }
    Ok(())
}

/// A text box of `udta`, if `found` is one.
pub(super) fn user_data(boxes: &mut Boxes, found: &BoxHead, tree: &mut Tree) -> Result<()> {
    let value = if found.kind[0] == 0xA9 {
        // A length and a language before the characters.
        let body = boxes.bytes(found, MAX_TAG_BYTES)?;
        let len = be_u16(&body, 0).map_or(0, usize::from);
        body.get(4..).and_then(|value| text(&value[..len.min(value.len())]))
    } else if THREE_GP.contains(&&found.kind) {
        boxes.bytes(found, MAX_TAG_BYTES)?.get(6..).and_then(text)
    } else {
        None
    };
    if let Some(value) = value {
        tree.tag(kind_text(found.kind), value, found.start);
    }
    Ok(())
}

/// A box's kind as a tag's name: `©too`.
fn kind_text(kind: [u8; 4]) -> String {
    let number = be_u32(&kind, 0).unwrap_or(0);
    match kind {
        [0xA9, rest @ ..] if rest.is_ascii() => format!("©{}", String::from_utf8_lossy(&rest)),
        kind if is_code(kind) => String::from_utf8_lossy(&kind).into_owned(),
        _ => format!("item {number}"),
    }
}
