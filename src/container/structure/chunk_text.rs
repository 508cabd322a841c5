//! What chunks of WAV, AIFF and CAF say: format, tags, broadcast extension.

use super::chunks::Layout;
use super::credentials;
use super::date::from_text;
use super::tree::Tree;
use super::{FileKind, id3};
use crate::container::fields::{be_u16, be_u32, bytes_at, code_text, four, le_u16, le_u32, text};
use crate::container::reader::ByteReader;
use crate::error::Result;

/// Bytes read of a chunk with text.
const MAX_TEXT_BYTES: u64 = 64 * 1024;

/// Entries read of a list of tags.
const MAX_ENTRIES: usize = 256;

/// Adds what the chunk `id` with its body at `(first byte, bytes)` says to the open part.
pub(super) fn chunk_fields(
    layout: Layout,
    id: [u8; 4],
    (body, len): (u64, u64),
    reader: &mut ByteReader,
    tree: &mut Tree,
) -> Result<()> {
    let mut read = |cap: u64| bytes_at(reader, body, len, cap);
    match (layout.kind, &id) {
        (FileKind::Caf, b"desc") => {
            let bytes = read(32)?;
            tree.field("codec", code_text(four(&bytes, 8).unwrap_or_default()));
        }
        (FileKind::Caf, b"info") => caf_info(&read(MAX_TEXT_BYTES)?, body, tree),
        (FileKind::Aiff, b"COMM") => {
            let bytes = read(32)?;
            tree.field("channels", be_u16(&bytes, 0).unwrap_or(0));
            tree.field("bits", be_u16(&bytes, 6).unwrap_or(0));
        }
        (FileKind::Aiff, b"NAME" | b"AUTH" | b"(c) " | b"ANNO") => {
            if let Some(value) = text(&read(1024)?) {
                tree.tag(code_text(id), value, body);
            }
        }
        (FileKind::Aiff, b"APPL") => {
            tree.field("signature", code_text(four(&read(4)?, 0).unwrap_or_default()))
        }
        (_, b"fmt ") if !layout.big_endian => {
            let bytes = read(40)?;
            let number = |at| le_u16(&bytes, at).unwrap_or(0);
            tree.field("format_tag", format!("0x{:04x}", number(0)));
            tree.field("channels", number(2));
            tree.field("sample_rate_hz", le_u32(&bytes, 4).unwrap_or(0));
            tree.field("bits", number(14));
        }
        (_, b"LIST") => {
            let bytes = read(MAX_TEXT_BYTES)?;
            tree.field("type", code_text(four(&bytes, 0).unwrap_or_default()));
            if bytes.starts_with(b"INFO") {
                list_info(&bytes, body, layout.big_endian, tree);
            }
        }
        (_, b"bext") => broadcast(&read(MAX_TEXT_BYTES)?, body, tree),
        (_, b"iXML" | b"_PMX" | b"axml" | b"aXML") => xml(&read(MAX_TEXT_BYTES)?, body, tree),
        (_, b"id3 " | b"ID3 ") => {
            id3::v2_at(reader, body, tree)?;
        }
        (_, b"C2PA") => credentials::found(reader, (body, len), tree)?,
        _ => {}
    }
    Ok(())
}

/// Entries of a `LIST` chunk of the kind `INFO`: an id, a size, text, padded to even.
fn list_info(bytes: &[u8], offset: u64, big_endian: bool, tree: &mut Tree) {
    let mut at = 4;
    for _ in 0..MAX_ENTRIES {
        let size = if big_endian { be_u32(bytes, at + 4) } else { le_u32(bytes, at + 4) };
        let (Some(id), Some(size)) = (four(bytes, at), size) else { break };
        let end = (at + 8).saturating_add(size as usize);
        if let Some(value) = bytes.get(at + 8..end.min(bytes.len())).and_then(text) {
            tree.tag(code_text(id), value, offset);
        }
        at = end.saturating_add(size as usize & 1);
    }
}

/// A broadcast extension (EBU Tech 3285): fixed fields, then the coding history.
fn broadcast(bytes: &[u8], offset: u64, tree: &mut Tree) {
    let fields: [(&'static str, usize, usize); 4] = [
        ("bext.description", 0, 256),
        ("bext.originator", 256, 32),
        ("bext.originator_reference", 288, 32),
        ("bext.origination_date", 320, 18),
    ];
    for (name, from, len) in fields {
        if let Some(value) = bytes.get(from..from + len).and_then(text) {
            if name == "bext.origination_date"
                && let Some(unix_s) = from_text(&value)
            {
                tree.date("created", unix_s, offset);
            }
            tree.tag(name, value, offset);
        }
    }
    if let Some(value) = bytes.get(602..).and_then(text) {
        tree.tag("bext.coding_history", value, offset);
    }
}

/// What names a writer or a history in an XML chunk.
fn xml(bytes: &[u8], offset: u64, tree: &mut Tree) {
    const NAMES: [&str; 6] = [
        "xmp:CreatorTool",
        "xmpMM:History",
        "stEvt:softwareAgent",
        "xmp:ModifyDate",
        "xmp:CreateDate",
        "BWF_ORIGINATOR",
    ];
    let whole = String::from_utf8_lossy(bytes);
    for name in NAMES {
        // As an element or as an attribute.
        for (start, end) in [(format!("<{name}>"), "<"), (format!("{name}=\""), "\"")] {
            if let Some(rest) = whole.split_once(start.as_str()).map(|(_, rest)| rest)
                && let Some(value) = rest.split(end).next().and_then(|v| text(v.as_bytes()))
            {
                tree.tag(name, value, offset);
            }
        }
    }
}

/// Pairs of texts that end with NUL, behind their count.
fn caf_info(bytes: &[u8], offset: u64, tree: &mut Tree) {
    let mut texts = bytes.get(4..).unwrap_or_default().split(|&b| b == 0);
    for _ in 0..MAX_ENTRIES {
        let (Some(name), Some(value)) = (texts.next().and_then(text), texts.next().and_then(text))
        else {
            break;
        };
        tree.tag(name, value, offset);
    }
}
