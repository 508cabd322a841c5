//! AAC in ADTS frames (ISO/IEC 13818-7, 6.2).

use super::tree::Tree;
use super::{id3, mpeg};
use crate::container::reader::ByteReader;
use crate::error::Result;

pub(super) fn walk(reader: &mut ByteReader, tree: &mut Tree) -> Result<&'static str> {
    let start = id3::v2_at(reader, 0, tree)?;
    let end = id3::v1_start(reader)?;
    mpeg::runs(reader, tree, (start, end), frame_len, "ADTS frames")?;
    id3::v1_at(reader, end, tree)?;
    Ok("adts")
}

/// Bytes of the frame whose header is `head`.
fn frame_len(head: &[u8]) -> Option<usize> {
    let [0xFF, second, third, fourth, fifth, sixth, ..] = *head else { return None };
    let len = usize::from(fourth & 3) << 11 | usize::from(fifth) << 3 | usize::from(sixth >> 5);
    (second & 0xF6 == 0xF0 && third >> 2 & 15 <= 12 && len > 7).then_some(len)
}
