//! What the demuxer does not pass on: the padding that Matroska declares at the end of a track, and whether
//! the file's end was left open.
//!
//! DiscardPadding stands in the block group of the last block. Groups are looked for in the file's
//! last bytes, where only one whose elements fill it exactly counts.

use crate::container::ByteReader;
use crate::error::Result;

/// Bytes searched at the end of the file. Cues come after the last cluster.
const TAIL_BYTES: u64 = 256 * 1024;

/// Longest padding believed, in nanoseconds: four AAC or MPEG frames at 44.1 kHz.
const MAX_PADDING_NS: u64 = 120_000_000;

/// Padding at the end of a track in nanoseconds, 0 if none is declared.
///
/// # Errors
///
/// [`Error::Read`](crate::error::Error::Read) if the system refuses to read.
pub(super) fn end_padding_ns(reader: &mut ByteReader, track: u32) -> Result<u64> {
    let start = reader.len().saturating_sub(TAIL_BYTES);
    let mut tail = vec![0; (reader.len() - start) as usize];
    let count = reader.read_at(start, &mut tail)?;
    tail.truncate(count);
    let padding = (0..tail.len())
        .rev()
        .filter(|&at| tail[at] == 0xA0)
        .find_map(|at| group_padding(&tail[at + 1..], track));
    Ok(padding.filter(|ns| *ns <= MAX_PADDING_NS).unwrap_or(0))
}

/// Id of the element that holds all others but the header.
const SEGMENT: [u8; 4] = [0x18, 0x53, 0x80, 0x67];

/// Whether the segment has no declared end, as recorders write that send what they record at once: all bits
/// of the size are set (RFC 8794, section 6.2).
///
/// # Errors
///
/// [`Error::Read`](crate::error::Error::Read) if the system refuses to read.
pub(super) fn is_open_ended(reader: &mut ByteReader) -> Result<bool> {
    let mut head = vec![0; 1024.min(reader.len() as usize)];
    let count = reader.read_at(0, &mut head)?;
    head.truncate(count);
    let Some(at) = head.windows(4).position(|w| w == SEGMENT) else { return Ok(false) };
    let size = vint(&head[at + 4..]);
    Ok(size.is_some_and(|(size, len)| size == (1 << (7 * len)) - 1))
}

/// A size as EBML codes it: the value and its bytes.
fn vint(bytes: &[u8]) -> Option<(u64, usize)> {
    let first = *bytes.first()?;
    let len = first.leading_zeros() as usize + 1;
    let body = bytes.get(1..len)?;
    let top = u64::from(first) & ((1u64 << (8 - len.min(8))) - 1);
    (len <= 8).then(|| (body.iter().fold(top, |value, b| value << 8 | u64::from(*b)), len))
}

/// Padding declared in a block group of the track; `bytes` start with the group's size.
fn group_padding(bytes: &[u8], track: u32) -> Option<u64> {
    let (size, len) = vint(bytes)?;
    let mut rest = bytes.get(len..len.checked_add(usize::try_from(size).ok()?)?)?;
    let (mut is_ours, mut padding) = (false, None);
    while !rest.is_empty() {
        let id_len = rest[0].leading_zeros() as usize + 1;
        let id = rest.get(..id_len.min(4))?;
        let (size, size_len) = vint(rest.get(id.len()..)?)?;
        let start = id.len() + size_len;
        let body = rest.get(start..start.checked_add(usize::try_from(size).ok()?)?)?;
        match id {
            [0xA1] => is_ours = vint(body)?.0 == u64::from(track),
            [0x75, 0xA2] if (1..=8).contains(&body.len()) && body[0] & 0x80 == 0 => {
                padding = Some(body.iter().fold(0, |value, b| value << 8 | u64::from(*b)));
            }
            // BlockDuration, ReferenceBlock, CodecState, BlockAdditions, ReferencePriority.
            [0x9B | 0xFB | 0xA4 | 0xFA] | [0x75, 0xA1 | 0xA2] => {}
            _ => return None,
        }
        rest = &rest[start + body.len()..];
    }
    padding.filter(|_| is_ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_of_the_own_track_alone() {
        // A block of track 1 with two bytes, a duration, a padding of 13 500 000 ns.
        let mut group = vec![0xA1, 0x86, 0x81, 0, 0, 0, 7, 7, 0x9B, 0x81, 20];
        group.extend_from_slice(&[0x75, 0xA2, 0x83, 0xCD, 0xFE, 0x60]);
        group[13] = 0x84;
        group.insert(14, 0);
        let mut bytes = vec![0x80 | group.len() as u8];
        bytes.extend_from_slice(&group);
        assert_eq!(group_padding(&bytes, 1), Some(13_500_000));
        assert_eq!(group_padding(&bytes, 2), None);
        bytes[0] += 1;
        assert_eq!(group_padding(&bytes, 1), None);
    }

    #[test]
    fn sizes_of_all_lengths() {
        assert_eq!(vint(&[0x81]), Some((1, 1)));
        assert_eq!(vint(&[0x40, 0x02]), Some((2, 2)));
        assert_eq!(vint(&[0x01, 0, 0, 0, 0, 0, 0, 9]), Some((9, 8)));
        assert_eq!(vint(&[0x00, 1, 1, 1, 1, 1, 1, 1, 1]), None);
        assert_eq!(vint(&[]), None);
    }
}
