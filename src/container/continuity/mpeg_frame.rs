//! Side information of MPEG audio frames (ISO/IEC 11172-3, 2.4.1.7), and the tags in their place.

use crate::container::fields::{be_u16, be_u32};
use crate::container::sniff::mpeg_frame_len;

/// Header bits that an encoder keeps through a stream: sync, version, layer, checksum, sample rate,
/// copyright, original and emphasis.
const KEPT: u32 = 0xFFFF_0C0F;

/// One frame's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    head: u32,
    /// Bytes of the frame.
    pub(super) len: usize,
}

/// Where a layer 3 frame's main data lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MainData {
    /// Bytes before this frame's own at which its data begins.
    pub(super) begin: u32,
    /// Bits of its data.
    pub(super) bits: u32,
    /// Bytes for main data in the frame.
    pub(super) room: u32,
}

/// A Xing or Info tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tag {
    /// Whether it says that the bit rate is constant.
    pub(super) constant: bool,
    /// Frames it declares.
    pub(super) frames: Option<u32>,
    /// CRC-16 of everything behind it.
    pub(super) music_crc: Option<u16>,
}

impl Frame {
    /// The header at the start of `bytes`.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let len = mpeg_frame_len(bytes)?;
        (len > 4).then_some(Self { head: be_u32(bytes, 0)?, len })
    }

    /// Whether the decoder goes on as it is: version, layer, rate, mono or not.
    pub(super) fn is_like(self, other: Self) -> bool {
        (self.head ^ other.head) & 0xFFFE_0C00 == 0 && self.is_mono() == other.is_mono()
    }

    /// Fields an encoder keeps, as one number.
    pub(super) fn kept(self) -> u32 {
        self.head & KEPT | u32::from(self.is_mono()) << 4
    }

    /// Whether the frame is layer 3.
    pub(super) fn is_layer3(self) -> bool {
        self.head >> 17 & 3 == 1
    }

    /// Number of its bit rate, 1 to 14.
    pub(super) fn bit_rate_index(self) -> u32 {
        self.head >> 12 & 15
    }

    fn is_mono(self) -> bool {
        self.head >> 6 & 3 == 3
    }

    fn is_mpeg1(self) -> bool {
        self.head >> 19 & 3 == 3
    }

    fn side_info_start(self) -> usize {
        if self.head >> 16 & 1 == 0 { 6 } else { 4 }
    }

    fn side_info_bytes(self) -> usize {
        match (self.is_mpeg1(), self.is_mono()) {
            (true, false) => 32,
            (true, true) | (false, false) => 17,
            (false, true) => 9,
        }
    }

    /// Its side information, for layer 3.
    pub(super) fn main_data(self, bytes: &[u8]) -> Option<MainData> {
        let start = self.side_info_start();
        let side = bytes.get(start..start + self.side_info_bytes())?;
        let channels = if self.is_mono() { 1 } else { 2 };
        // First part2_3_length, bits to the next one, and how many there are.
        let (begin, first, granules) = match (self.is_mpeg1(), channels) {
            (true, 1) => (bits(side, 0, 9), 9 + 5 + 4, 2),
            (true, _) => (bits(side, 0, 9), 9 + 3 + 8, 2),
            (false, 1) => (bits(side, 0, 8), 8 + 1, 1),
            (false, _) => (bits(side, 0, 8), 8 + 2, 1),
        };
        let step = if self.is_mpeg1() { 59 } else { 63 };
        let lengths = (0..granules * channels).map(|i| bits(side, first + i * step, 12));
        let room = self.len.checked_sub(start + side.len())? as u32;
        Some(MainData { begin, bits: lengths.sum(), room })
    }

    /// The Xing, Info or VBRI tag in the place of its audio.
    pub(super) fn tag(self, bytes: &[u8]) -> Option<Tag> {
        if bytes.get(36..40) == Some(b"VBRI") {
            return Some(Tag { frames: be_u32(bytes, 50), ..Tag::default() });
        }
        let tag = bytes.get(4 + self.side_info_bytes()..)?;
        if !tag.starts_with(b"Xing") && !tag.starts_with(b"Info") {
            return None;
        }
        let flags = be_u32(tag, 4)?;
        let frames = if flags & 1 != 0 { be_u32(tag, 8) } else { None };
        let fields = [(1, 4), (2, 4), (4, 100), (8, 4)];
        let skip: usize = fields.iter().filter(|f| flags & f.0 != 0).map(|f| f.1).sum();
        // The checksum stands 32 bytes into a LAME tag, which begins with its writer's name.
        let writer = tag.get(8 + skip..8 + skip + 4).unwrap_or_default();
        let is_lame = [&b"LAME"[..], b"Lavc", b"Lavf", b"L3.9"].contains(&writer);
        let music_crc = be_u16(tag, 8 + skip + 32).filter(|crc| is_lame && *crc != 0);
        Some(Tag { constant: tag.starts_with(b"Info"), frames, music_crc })
    }
}

/// `count` bits from bit `at`, most significant first; 0 past the end.
fn bits(bytes: &[u8], at: usize, count: usize) -> u32 {
    (at..at + count).fold(0, |value, i| {
        let byte = bytes.get(i / 8).copied().unwrap_or(0);
        value << 1 | u32::from(byte >> (7 - i % 8) & 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_counted_from_the_top() {
        assert_eq!(bits(&[0b1010_0000, 0xFF], 0, 3), 0b101);
        assert_eq!(bits(&[0, 0b0100_0000], 8, 2), 1);
        assert_eq!(bits(&[], 5, 12), 0);
    }

    #[test]
    fn side_information_of_a_mono_frame() {
        // MPEG-1 layer 3, 128 kbit/s, 44.1 kHz, mono; main_data_begin 257, lengths 100 and 200.
        let mut bytes = vec![0u8; 417];
        bytes[..4].copy_from_slice(&[0xFF, 0xFB, 0x90, 0xC4]);
        let mut set = |at: usize, count: usize, value: u32| {
            for i in 0..count {
                bytes[4 + (at + i) / 8] |=
                    ((value >> (count - 1 - i) & 1) as u8) << (7 - (at + i) % 8);
            }
        };
        set(0, 9, 257);
        set(18, 12, 100);
        set(77, 12, 200);
        let frame = Frame::parse(&bytes).unwrap();
        let expected = MainData { begin: 257, bits: 300, room: 417 - 21 };
        assert_eq!(frame.main_data(&bytes), Some(expected));
        assert_eq!(frame.main_data(&bytes[..10]), None);
        assert!(frame.is_layer3() && frame.tag(&bytes).is_none());
    }
}
