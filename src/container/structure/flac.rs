//! Metadata blocks of FLAC (RFC 9639, section 8).

use super::tree::Tree;
use super::{credentials, id3, vorbis_comment};
use crate::container::fields::{be_u16, be_u32, be_u64, bytes_at, code_text, four, text};
use crate::container::reader::ByteReader;
use crate::error::Result;

/// Blocks walked.
const MAX_BLOCKS: usize = 1_024;

/// Bytes read of a block with text.
const MAX_TEXT_BYTES: u64 = 256 * 1024;

pub(super) fn walk(reader: &mut ByteReader, tree: &mut Tree) -> Result<&'static str> {
    let start = id3::v2_at(reader, 0, tree)?;
    let mut at = start + 4;
    for _ in 0..MAX_BLOCKS {
        let Some([head, size @ ..]) = reader.array_at::<4>(at)? else { break };
        let len = u64::from(u32::from_be_bytes([0, size[0], size[1], size[2]]));
        let body = at + 4;
        tree.enter(name(head & 0x7F), at, (4 + len).min(reader.len() - at));
        block(reader, head & 0x7F, (body, len), tree)?;
        tree.leave();
        at = body + len;
        if head & 0x80 != 0 || at >= reader.len() {
            break;
        }
    }
    let end = id3::v1_start(reader)?;
    if at < end {
        tree.leaf("frames", at, end - at);
    }
    id3::v1_at(reader, end, tree)?;
    Ok("flac")
}

fn name(kind: u8) -> &'static str {
    match kind {
        0 => "STREAMINFO",
        1 => "PADDING",
        2 => "APPLICATION",
        3 => "SEEKTABLE",
        4 => "VORBIS_COMMENT",
        5 => "CUESHEET",
        6 => "PICTURE",
        _ => "(reserved)",
    }
}

fn block(
    reader: &mut ByteReader,
    kind: u8,
    (body, len): (u64, u64),
    tree: &mut Tree,
) -> Result<()> {
    let mut read = |cap| bytes_at(reader, body, len, cap);
    match kind {
        0 => {
            let info = read(34)?;
            let word = be_u64(&info, 10).unwrap_or(0);
            tree.field(
                "block_samples",
                format!("{}..={}", be_u16(&info, 0).unwrap_or(0), be_u16(&info, 2).unwrap_or(0)),
            );
            tree.field("sample_rate_hz", word >> 44);
            tree.field("channels", (word >> 41 & 7) + 1);
            tree.field("bits", (word >> 36 & 31) + 1);
            tree.field("samples", word & 0xF_FFFF_FFFF);
            let md5 = info.get(18..34).unwrap_or_default();
            tree.field("md5", md5.iter().map(|b| format!("{b:02x}")).collect::<String>());
        }
        2 => {
            let id = four(&read(4)?, 0).unwrap_or_default();
            tree.field("id", code_text(id));
        }
        3 => tree.field("points", len / 18),
        4 => {
            vorbis_comment::read(&read(MAX_TEXT_BYTES)?, body, tree);
        }
        6 => {
            let bytes = read(256)?;
            tree.field("picture_type", be_u32(&bytes, 0).unwrap_or(0));
            let len = be_u32(&bytes, 4).unwrap_or(0).min(64) as usize;
            tree.field("mime", bytes.get(8..8 + len).and_then(text).unwrap_or_default());
        }
        _ => {}
    }
    if kind == 2 && bytes_at(reader, body, 4, 4)? == b"c2pa" {
        credentials::found(reader, (body, len), tree)?;
    }
    Ok(())
}
