//! Side information of MPEG audio frames (ISO/IEC 11172-3, 2.4.1.7), and the tags in their place.

use crate::container::fields::{be_u16, be_u32};
use crate::container::sniff::mpeg_frame_len;

/// Header bits that an encoder keeps through a stream: sync, version, layer, checksum, sample rate,
/// copyright, original and emphasis.
const KEPT: u32 = 0xFFFF_0C0F;

/// One frame's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::container) struct Frame {
    head: u32,
    /// Bytes of the frame.
    pub(in crate::container) len: usize,
}

/// Where a layer 3 frame's main data lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::container) struct MainData {
    /// Bytes before this frame's own at which its data begins.
    pub(in crate::container) begin: u32,
    /// Bits of its data.
    pub(in crate::container) bits: u32,
    /// Bytes for main data in the frame.
    pub(in crate::container) room: u32,
}

/// One channel of a granule, as its side information has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::container) struct Granule {
    /// Bits of its scale factors and lines.
    pub(in crate::container) bits: u32,
    /// Pairs of lines below the first pair from which on none is above 1 in size, at most 288.
    pub(in crate::container) big_values: u32,
    /// Quantiser step: 2 to a quarter of it.
    pub(in crate::container) global_gain: u32,
    /// Widths of the scale factors; 0 stands for none.
    pub(in crate::container) scalefac_compress: u32,
    /// 0 long, 1 start, 2 short, 3 stop.
    pub(in crate::container) block_type: u32,
    /// Whether the lowest lines of a short block are long.
    pub(super) is_mixed: bool,
    /// Numbers of the tables that the three regions of pairs are coded with.
    pub(super) tables: [u32; 3],
    /// Scale-factor bands of the first two regions, less one each; `None` where the windows give them.
    pub(super) regions: Option<(u32, u32)>,
    /// Number of the table behind the pairs, 0 or 1.
    pub(super) fours_table: u32,
    /// Groups of scale factors that are kept from the granule before, the first in the highest of four bits.
    pub(super) scales_kept: u32,
}

/// A Xing or Info tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::container) struct Tag {
    /// Whether it says that the bit rate is constant.
    pub(in crate::container) constant: bool,
    /// Frames it declares.
    pub(in crate::container) frames: Option<u32>,
    /// CRC-16 of everything behind it.
    pub(in crate::container) music_crc: Option<u16>,
}

impl Frame {
    /// The header at the start of `bytes`.
    pub(in crate::container) fn parse(bytes: &[u8]) -> Option<Self> {
        let len = mpeg_frame_len(bytes)?;
        (len > 4).then_some(Self { head: be_u32(bytes, 0)?, len })
    }

    /// Whether the decoder goes on as it is: version, layer, rate, mono or not.
    pub(in crate::container) fn is_like(self, other: Self) -> bool {
        (self.head ^ other.head) & 0xFFFE_0C00 == 0 && self.is_mono() == other.is_mono()
    }

    /// Fields an encoder keeps, as one number.
    pub(in crate::container) fn kept(self) -> u32 {
        self.head & KEPT | u32::from(self.is_mono()) << 4
    }

    /// Whether the frame is layer 3.
    pub(in crate::container) fn is_layer3(self) -> bool {
        self.head >> 17 & 3 == 1
    }

    /// Number of its bit rate, 1 to 14.
    pub(in crate::container) fn bit_rate_index(self) -> u32 {
        self.head >> 12 & 15
    }

    /// Whether it has one channel.
    pub(in crate::container) fn is_mono(self) -> bool {
        self.head >> 6 & 3 == 3
    }

    /// Whether sum and difference of two channels are coded.
    pub(in crate::container) fn is_mid_side(self) -> bool {
        self.head >> 4 & 0b1110 == 0b0110
    }

    /// Whether intensity stereo is switched on.
    pub(in crate::container) fn is_intensity(self) -> bool {
        self.head >> 4 & 0b1101 == 0b0101
    }

    /// Sample rate in Hz (ISO/IEC 11172-3 and 13818-3, 2.4.2.3; MPEG-2.5 halves once more).
    pub(in crate::container) fn rate_hz(self) -> u32 {
        let rates_hz = [44_100, 48_000, 32_000];
        let full = rates_hz.get((self.head >> 10 & 3) as usize).copied().unwrap_or(0);
        full >> [2, 0, 1, 0][(self.head >> 19 & 3) as usize]
    }

    /// Granules of 576 lines in a frame of layer 3.
    pub(in crate::container) fn granules(self) -> usize {
        if self.is_mpeg1() { 2 } else { 1 }
    }

    /// Whether the frame is MPEG-1: sample rates from 32 kHz on.
    pub(super) fn is_mpeg1(self) -> bool {
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

    /// Where its main data lies, for layer 3.
    pub(in crate::container) fn main_data(self, bytes: &[u8]) -> Option<MainData> {
        let side = self.side_bytes(bytes)?;
        let begin = bits(side, 0, if self.is_mpeg1() { 9 } else { 8 });
        let lengths = self.side_info(bytes).map(|granule| granule.bits);
        let room = self.len.checked_sub(self.side_info_start() + side.len())? as u32;
        Some(MainData { begin, bits: lengths.sum(), room })
    }

    fn side_bytes(self, bytes: &[u8]) -> Option<&[u8]> {
        let start = self.side_info_start();
        bytes.get(start..start + self.side_info_bytes())
    }

    /// Side information of layer 3, one channel of a granule after another; none of a frame cut off.
    pub(in crate::container) fn side_info(self, bytes: &[u8]) -> impl Iterator<Item = Granule> {
        let channels = if self.is_mono() { 1 } else { 2 };
        // Bits before the first granule, bits of each, and of its scalefac_compress.
        let (first, step, scale_bits) = match (self.is_mpeg1(), channels) {
            (true, 1) => (9 + 5 + 4, 59, 4),
            (true, _) => (9 + 3 + 8, 59, 4),
            (false, 1) => (8 + 1, 63, 9),
            (false, _) => (8 + 2, 63, 9),
        };
        let side = self.side_bytes(bytes).unwrap_or_default();
        let count = if side.is_empty() { 0 } else { self.granules() * channels };
        let is_mpeg1 = self.is_mpeg1();
        (0..count).map(move |i| {
            let at = first + i * step;
            let window = at + 29 + scale_bits;
            let switched = bits(side, window, 1) == 1;
            let tables = window + if switched { 4 } else { 1 };
            let table = |n: usize| bits(side, tables + 5 * n, 5);
            // In the second granule of MPEG-1; the bits of all channels stand in front of the first.
            let keeps = is_mpeg1 && i >= channels;
            Granule {
                bits: bits(side, at, 12),
                big_values: bits(side, at + 12, 9),
                global_gain: bits(side, at + 21, 8),
                scalefac_compress: bits(side, at + 29, scale_bits),
                block_type: if switched { bits(side, window + 1, 2) } else { 0 },
                is_mixed: switched && bits(side, window + 3, 1) == 1,
                tables: [table(0), table(1), if switched { 0 } else { table(2) }],
                regions: (!switched)
                    .then(|| (bits(side, window + 16, 4), bits(side, window + 20, 3))),
                fours_table: bits(side, at + step - 1, 1),
                scales_kept: if keeps { bits(side, first - 4 * (2 * channels - i), 4) } else { 0 },
            }
        })
    }

    /// The Xing, Info or VBRI tag in the place of its audio.
    pub(in crate::container) fn tag(self, bytes: &[u8]) -> Option<Tag> {
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

/// A frame of MPEG-1 layer 3 in mono at 128 kbit/s and 44.1 kHz: place in the side information, bits, value.
#[cfg(test)]
pub(in crate::container) fn mono_frame(fields: &[(usize, usize, u32)]) -> Vec<u8> {
    let mut bytes = vec![0u8; 417];
    bytes[..4].copy_from_slice(&[0xFF, 0xFB, 0x90, 0xC4]);
    for &(at, count, value) in fields {
        for i in 0..count {
            let bit = (value >> (count - 1 - i) & 1) as u8;
            bytes[4 + (at + i) / 8] |= bit << (7 - (at + i) % 8);
        }
    }
    bytes
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
        // main_data_begin 257, lengths 100 and 200.
        let bytes = mono_frame(&[(0, 9, 257), (18, 12, 100), (77, 12, 200)]);
        let frame = Frame::parse(&bytes).unwrap();
        let expected = MainData { begin: 257, bits: 300, room: 417 - 21 };
        assert_eq!(frame.main_data(&bytes), Some(expected));
        assert_eq!(frame.main_data(&bytes[..10]), None);
        assert!(frame.is_layer3() && frame.tag(&bytes).is_none());
    }
}
