//! FLAC frames: their numbers (RFC 9639, 9.1.5).

use super::Seen;
use crate::container::continuity::BreakKind;
use crate::decode::flac_frame::FrameHeader;

/// What is kept from frame to frame.
#[derive(Debug, Default)]
pub(super) struct Watch {
    expected: Option<u64>,
}

impl Watch {
    /// Looks at a frame.
    pub(super) fn packet(&mut self, data: &[u8]) -> Seen {
        let header = FrameHeader::parse(data)?;
        // Streams of blocks of one size count frames, others count samples.
        let step = if data.get(1) == Some(&0xF9) { u64::from(header.block_frames) } else { 1 };
        let found = number(data.get(4..)?)?;
        let known = self.expected.replace(found + step)?;
        (known != found).then_some((BreakKind::FrameNumber, found as f64 - known as f64, None))
    }
}

/// A number in the way of UTF-8, up to 36 bits in 7 bytes.
fn number(bytes: &[u8]) -> Option<u64> {
    let (&first, rest) = bytes.split_first()?;
    let more = match first.leading_ones() as usize {
        0 => return Some(u64::from(first)),
        n @ 2..=7 => n - 1,
        _ => return None,
    };
    let high = u64::from(first) & (0x7F >> (more + 1));
    let rest = rest.get(..more)?;
    Some(rest.iter().fold(high, |value, byte| value << 6 | u64::from(byte & 0x3F)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::flac_frame::crc8;

    fn frame(number: u8) -> Vec<u8> {
        let mut bytes = vec![0xFF, 0xF8, 0xC9, 0x08, number];
        bytes.push(crc8(&bytes));
        bytes
    }

    #[test]
    fn numbers_of_all_lengths() {
        assert_eq!(number(&[5]), Some(5));
        assert_eq!(number("é".as_bytes()), Some(0xE9));
        assert_eq!(number("€".as_bytes()), Some(0x20AC));
        assert_eq!(number(&[0xC3]), None);
        assert_eq!(number(&[0xFE, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80]), Some(1 << 30));
    }

    #[test]
    fn a_frame_that_is_missing() {
        let mut watch = Watch::default();
        assert!([7, 8, 9].iter().all(|n| watch.packet(&frame(*n)).is_none()));
        assert_eq!(watch.packet(&frame(12)), Some((BreakKind::FrameNumber, 2.0, None)));
        assert_eq!(watch.packet(&frame(13)), None);
        assert_eq!(watch.packet(&[]), None);
    }
}
