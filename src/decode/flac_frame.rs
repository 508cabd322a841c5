//! FLAC frame headers and the two checksums of a frame (RFC 9639, section 9).

use crate::checksum::HighFirst;

/// What a frame header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameHeader {
    /// Samples per channel.
    pub(super) block_frames: u32,
}

impl FrameHeader {
    /// Bytes of the longest header.
    pub(super) const MAX_BYTES: usize = 16;

    /// Reads a header whose checksum holds.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let [0xFF, 0xF8 | 0xF9, sizes, shape, number, ..] = *bytes else { return None };
        let (block_code, rate_code) = (sizes >> 4, sizes & 15);
        // Reserved: block size 0, rate 15, more than 10 channel layouts, sample width 3, last bit.
        if block_code == 0 || rate_code == 15 || shape >> 4 > 10 || shape & 0x0F == 6 {
            return None;
        }
        if shape & 1 != 0 {
            return None;
        }
        let number_bytes = match number.leading_ones() {
            0 => 1,
            n @ 2..=7 => n as usize,
            _ => return None,
        };
        let mut at = 4 + number_bytes;
        let block_frames = match block_code {
            1 => 192,
            n @ 2..=5 => 576 << (n - 2),
            6 => u32::from(*bytes.get(at)?) + 1,
            7 => u32::from(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?])) + 1,
            n => 256 << (n - 8),
        };
        at += match block_code {
            6 => 1,
            7 => 2,
            _ => 0,
        };
        at += match rate_code {
            12 => 1,
            13 | 14 => 2,
            _ => 0,
        };
        (crc8(bytes.get(..at)?) == *bytes.get(at)?).then_some(Self { block_frames })
    }
}

/// Checks of a frame's header and of the whole frame (RFC 9639, sections 9.1.8 and 9.3).
static HEADER_CRC: HighFirst = HighFirst::new(0x07 << 24);
static FRAME_CRC: HighFirst = HighFirst::new(0x8005 << 16);

/// CRC-8 of frame headers.
pub(super) fn crc8(bytes: &[u8]) -> u8 {
    (HEADER_CRC.update(0, bytes) >> 24) as u8
}

/// CRC-16 of a frame; zero over a whole frame, its own checksum included.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Crc16(u32);

impl Crc16 {
    /// Adds bytes.
    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.0 = FRAME_CRC.update(self.0, bytes);
    }

    /// Whether the bytes so far end in their own checksum.
    pub(super) fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The checksum of the bytes so far.
    #[cfg(test)]
    pub(super) fn value(self) -> u16 {
        (self.0 >> 16) as u16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_of_the_standard_text() {
        let text = b"123456789";
        let mut crc = Crc16::default();
        crc.update(text);
        // CRC-16/UMTS and CRC-8/SMBUS of the usual check string.
        assert_eq!((crc.value(), crc8(text)), (0xFEE8, 0xF4));
        let mut whole = Crc16::default();
        whole.update(&[&text[..], &0xFEE8u16.to_be_bytes()].concat());
        assert!(whole.is_zero());
    }

    #[test]
    fn headers_need_a_checksum_and_no_reserved_value() {
        let mut bytes = vec![0xFF, 0xF8, 0xC9, 0x18, 0x00];
        bytes.push(crc8(&bytes));
        assert_eq!(FrameHeader::parse(&bytes), Some(FrameHeader { block_frames: 4096 }));
        bytes[5] ^= 1;
        assert_eq!(FrameHeader::parse(&bytes), None);
        assert_eq!(FrameHeader::parse(&[0xFF, 0xF8, 0x0F, 0, 0, 0]), None);
        assert_eq!(FrameHeader::parse(&[0xFF]), None);
    }
}
