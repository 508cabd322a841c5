//! Cyclic redundancy checks, eight bytes a step: each byte of a step has a table that knows how many
//! follow it (Kounavis & Berry 2008, *Novel table lookup-based algorithms for high-performance CRC
//! generation*).

/// Tables of a polynomial: `[k][byte]` is the checksum of a byte followed by `k` zeros.
type Tables = [[u32; 256]; 8];

/// Tables of a polynomial whose bytes go in with the low or with the high bit first.
const fn tables(polynomial: u32, low_first: bool) -> Tables {
    let mut tables = [[0; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut sum = if low_first { byte as u32 } else { (byte as u32) << 24 };
        let mut bit = 0;
        while bit < 8 {
            let goes_out = if low_first { sum & 1 == 1 } else { sum >> 31 == 1 };
            sum = if low_first { sum >> 1 } else { sum << 1 };
            if goes_out {
                sum ^= polynomial;
            }
            bit += 1;
        }
        tables[0][byte] = sum;
        byte += 1;
    }
    let mut at = 256;
    while at < 8 * 256 {
        let (k, byte) = (at / 256, at % 256);
        let before = tables[k - 1][byte];
        tables[k][byte] = if low_first {
            before >> 8 ^ tables[0][(before & 0xff) as usize]
        } else {
            before << 8 ^ tables[0][(before >> 24) as usize]
        };
        at += 1;
    }
    tables
}

/// A check whose bytes go in with the low bit first.
#[derive(Debug)]
pub(crate) struct LowFirst(Tables);

impl LowFirst {
    /// The check of a polynomial of up to 32 bits, its bits reversed.
    pub(crate) const fn new(reversed: u32) -> Self {
        Self(tables(reversed, true))
    }

    /// The checksum `sum` with these bytes behind.
    pub(crate) fn update(&self, sum: u32, bytes: &[u8]) -> u32 {
        let (eights, rest) = bytes.as_chunks::<8>();
        let sum = eights.iter().fold(sum, |sum, eight| step(&self.0, sum.to_le_bytes(), eight));
        rest.iter().fold(sum, |sum, byte| sum >> 8 ^ self.0[0][usize::from(sum as u8 ^ byte)])
    }
}

/// A check whose bytes go in with the high bit first. Checksums stand at the top of 32 bits.
#[derive(Debug)]
pub(crate) struct HighFirst(Tables);

impl HighFirst {
    /// The check of a polynomial that stands at the top of 32 bits.
    pub(crate) const fn new(polynomial: u32) -> Self {
        Self(tables(polynomial, false))
    }

    /// The checksum `sum` with these bytes behind.
    pub(crate) fn update(&self, sum: u32, bytes: &[u8]) -> u32 {
        let (eights, rest) = bytes.as_chunks::<8>();
        let sum = eights.iter().fold(sum, |sum, eight| step(&self.0, sum.to_be_bytes(), eight));
        rest.iter()
            .fold(sum, |sum, byte| sum << 8 ^ self.0[0][usize::from((sum >> 24) as u8 ^ byte)])
    }
}

/// Eight bytes; those of the checksum so far lie over the first four.
fn step(tables: &Tables, sum: [u8; 4], bytes: &[u8; 8]) -> u32 {
    let ([a, b, c, d, e, f, g, h], [s, t, u, v]) = (*bytes, sum);
    tables[7][usize::from(a ^ s)]
        ^ tables[6][usize::from(b ^ t)]
        ^ tables[5][usize::from(c ^ u)]
        ^ tables[4][usize::from(d ^ v)]
        ^ tables[3][usize::from(e)]
        ^ tables[2][usize::from(f)]
        ^ tables[1][usize::from(g)]
        ^ tables[0][usize::from(h)]
}

/// CRC-16 in the tag of LAME, of its first bytes and of the frames behind; starts with 0.
pub(crate) static LAME_CRC: LowFirst = LowFirst::new(0xA001);

/// CRC-32C of Castagnoli, Bräuer & Herrmann (1993): blocks of an archive, tables of it.
pub(crate) fn crc32c(bytes: &[u8]) -> u32 {
    static CRC: LowFirst = LowFirst::new(0x82f6_3b78);
    !CRC.update(u32::MAX, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes that the catalogue of checks gives checksums of.
    const DIGITS: &[u8] = b"123456789";

    #[test]
    fn known_values() {
        assert_eq!(crc32c(DIGITS), 0xe306_9283);
        assert_eq!(crc32c(&[0; 32]), 0x8a91_36aa);
        assert_eq!(crc32c(b""), 0);
        assert_eq!(LowFirst::new(0xA001).update(0, DIGITS), 0xBB3D, "CRC-16 of ARC");
        assert_eq!(HighFirst::new(0x8005 << 16).update(0, DIGITS) >> 16, 0xFEE8, "of FLAC");
        assert_eq!(HighFirst::new(0x04c1_1db7).update(0, DIGITS), 0x89a1_897f, "of OGG");
        assert_eq!(HighFirst::new(0x07 << 24).update(0, DIGITS) >> 24, 0xF4, "CRC-8");
    }

    #[test]
    fn bytes_may_come_in_parts() {
        let (low, high) = (LowFirst::new(0xA001), HighFirst::new(0x8005 << 16));
        let bytes: Vec<u8> = (0..100u8).map(|n| n.wrapping_mul(37)).collect();
        for at in 0..bytes.len() {
            let (first, second) = bytes.split_at(at);
            assert_eq!(low.update(low.update(0, first), second), low.update(0, &bytes));
            assert_eq!(high.update(high.update(0, first), second), high.update(0, &bytes));
        }
    }
}
