//! FLAC frame headers and the two checksums of a frame (RFC 9639, section 9).

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

/// CRC-8 with the polynomial 0x07, as in frame headers.
pub(super) fn crc8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ byte, |crc, _| crc << 1 ^ if crc & 0x80 != 0 { 0x07 } else { 0 })
    })
}

/// Tables for eight bytes at a time: `TABLES[k][b]` is the checksum of `b` with `k` zeros behind.
static TABLES: [[u16; 256]; 8] = tables();

const fn tables() -> [[u16; 256]; 8] {
    let mut tables = [[0u16; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = (byte as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            crc = crc << 1 ^ if crc & 0x8000 != 0 { 0x8005 } else { 0 };
            bit += 1;
        }
        tables[0][byte] = crc;
        byte += 1;
    }
    let mut zeros = 1;
    while zeros < 8 {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[zeros - 1][byte];
            tables[zeros][byte] = before << 8 ^ tables[0][(before >> 8) as usize];
            byte += 1;
        }
        zeros += 1;
    }
    tables
}

/// CRC-16 with the polynomial 0x8005; zero over a whole frame, its own checksum included.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Crc16(u16);

impl Crc16 {
    /// Adds bytes.
    pub(super) fn update(&mut self, bytes: &[u8]) {
        let (eights, rest) = bytes.as_chunks::<8>();
        let mut crc = self.0;
        for [a, b, c, d, e, f, g, h] in eights {
            let [high, low] = crc.to_be_bytes();
            crc = TABLES[7][usize::from(a ^ high)]
                ^ TABLES[6][usize::from(b ^ low)]
                ^ TABLES[5][usize::from(*c)]
                ^ TABLES[4][usize::from(*d)]
                ^ TABLES[3][usize::from(*e)]
                ^ TABLES[2][usize::from(*f)]
                ^ TABLES[1][usize::from(*g)]
                ^ TABLES[0][usize::from(*h)];
        }
        for byte in rest {
            crc = crc << 8 ^ TABLES[0][usize::from((crc >> 8) as u8 ^ byte)];
        }
        self.0 = crc;
    }

    /// Whether the bytes so far end in their own checksum.
    pub(super) fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The checksum of the bytes so far.
    #[cfg(test)]
    pub(super) fn value(self) -> u16 {
        self.0
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
