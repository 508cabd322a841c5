//! AMR storage files (RFC 4867, section 5): a magic line, then frames.

use super::tree::Tree;
use super::{FileKind, OddityKind, foreign};
use crate::container::amr::{NB_FRAME_BYTES, NB_MAGIC, WB_FRAME_BYTES, WB_MAGIC};
use crate::container::reader::ByteReader;
use crate::error::Result;

pub(super) fn walk(
    kind: FileKind,
    reader: &mut ByteReader,
    tree: &mut Tree,
) -> Result<&'static str> {
    let (magic, sizes) = if kind == FileKind::AmrWb {
        (WB_MAGIC, &WB_FRAME_BYTES)
    } else {
        (NB_MAGIC, &NB_FRAME_BYTES)
    };
    let start = magic.len() as u64;
    tree.leaf("magic", 0, start);
    let (mut at, mut frames, mut modes) = (start, 0u64, 0u32);
    while let Some([first]) = reader.array_at::<1>(at)? {
        if first == b'#' && reader.array_at::<5>(at)? == Some(*b"#!AMR") {
            break;
        }
        let mode = usize::from(first >> 3) & 15;
        let len = u64::from(sizes[mode]);
        if first & 0x80 != 0 || len == 0 || at + len > reader.len() {
            break;
        }
        modes |= 1 << mode;
        frames += 1;
        at += len;
    }
    tree.enter("frames", start, at - start);
    tree.field("frames", frames);
    let listed: Vec<String> =
        (0..16).filter(|m| modes >> m & 1 == 1).map(|m| m.to_string()).collect();
    tree.field("frame_types", listed.join(","));
    tree.leave();
    let head: Option<[u8; 5]> = reader.array_at(at)?;
    if head == Some(*b"#!AMR") {
        let text = "the magic line that opens a file stands here a second time";
        tree.odd(OddityKind::ForeignData, at, reader.len() - at, text);
    } else {
        foreign(reader, tree, at, reader.len())?;
    }
    Ok("amr")
}
