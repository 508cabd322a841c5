//! Tags of a movie: the writer's name and the gapless tag.

use super::boxes::{BoxHead, Boxes};
use super::edits::{Trim, itunes_gapless};
use crate::container::fields::{be_u16, be_u32, text};
use crate::error::Result;

/// Bytes read of one tag.
const MAX_TAG_BYTES: u64 = 4096;

/// Keys of QuickTime metadata that name the writer.
const WRITER_KEYS: [&[u8]; 2] = [b"com.apple.quicktime.software", b"encoder"];

/// What the tags say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tags {
    /// Writing program.
    pub(super) encoder: Option<String>,
    /// Priming and length by iTunes.
    pub(super) gapless: Option<Trim>,
}

/// Reads the tags of `moov`.
pub(super) fn read(boxes: &mut Boxes, moov: &BoxHead) -> Result<Tags> {
    let mut tags = Tags::default();
    if let Some(udta) = boxes.child(moov, b"udta")? {
        if let Some(meta) = boxes.child(&udta, b"meta")? {
            read_meta(boxes, &meta, &mut tags)?;
        }
        for kind in [b"\xA9too", b"\xA9swr", b"\xA9enc"] {
            if tags.encoder.is_none()
                && let Some(found) = boxes.child(&udta, kind)?
            {
                // QuickTime text: a length and a language before the characters.
                let body = boxes.bytes(&found, MAX_TAG_BYTES)?;
                let len = be_u16(&body, 0).map_or(0, usize::from);
                tags.encoder = body.get(4..).and_then(|t| text(&t[..len.min(t.len())]));
            }
        }
    }
    if let Some(meta) = boxes.child(moov, b"meta")? {
        read_meta(boxes, &meta, &mut tags)?;
    }
    Ok(tags)
}

fn read_meta(boxes: &mut Boxes, meta: &BoxHead, tags: &mut Tags) -> Result<()> {
    // In ISO files the boxes come after a version, in QuickTime at once.
    let quicktime = boxes.reader.array_at::<4>(meta.body + 4)? == Some(*b"hdlr");
    let from = if quicktime { meta.body } else { meta.body + 4 };
    let keys = match boxes.find(from, meta.end, b"keys")? {
        Some(keys) => boxes.bytes(&keys, 16 * MAX_TAG_BYTES)?,
        None => Vec::new(),
    };
    let Some(ilst) = boxes.find(from, meta.end, b"ilst")? else { return Ok(()) };
    let mut at = ilst.body;
    while let Some(item) = boxes.at(at, ilst.end)? {
        at = item.end;
        let names_writer = &item.kind == b"\xA9too"
            || key(&keys, u32::from_be_bytes(item.kind)).is_some_and(|k| WRITER_KEYS.contains(&k));
        if names_writer && tags.encoder.is_none() {
            tags.encoder = value(boxes, &item)?;
        } else if &item.kind == b"----" && tags.gapless.is_none() {
            let name = boxes.child(&item, b"name")?;
            let name = name.map(|name| boxes.bytes(&name, 64)).transpose()?;
            if name.is_some_and(|name| name.get(4..) == Some(b"iTunSMPB")) {
                tags.gapless = value(boxes, &item)?.as_deref().and_then(itunes_gapless);
            }
        }
    }
    Ok(())
}

/// Text of an item's `data` box, after its type and locale.
fn value(boxes: &mut Boxes, item: &BoxHead) -> Result<Option<String>> {
    let Some(data) = boxes.child(item, b"data")? else { return Ok(None) };
    let body = boxes.bytes(&data, MAX_TAG_BYTES)?;
    Ok(body.get(8..).and_then(text))
}

/// The key with this number, from 1, in the body of a `keys` box.
pub(in crate::container) fn key(keys: &[u8], number: u32) -> Option<&[u8]> {
    let mut at = 8usize;
    for _ in 1..number.min(1024) {
        at = at.checked_add(be_u32(keys, at)?.max(8) as usize)?;
    }
    let len = be_u32(keys, at)? as usize;
    keys.get(at.checked_add(8)?..at.checked_add(len)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_by_number() {
        let keys = b"\0\0\0\0\0\0\0\x02\0\0\0\x0Amdtaxy\0\0\0\x0Fmdtaencoder";
        assert_eq!(key(keys, 1), Some(b"xy".as_slice()));
        assert_eq!(key(keys, 2), Some(b"encoder".as_slice()));
        assert_eq!(key(keys, 3), None);
        assert_eq!(key(keys, u32::MAX), None);
        assert_eq!(key(b"", 1), None);
    }
}
