//! Bits of a slice, most significant first, and the fields that MPEG-4 audio writes with them.

/// Sample rates in Hz by index (ISO/IEC 14496-3, table 1.18).
pub(crate) const RATES_HZ: [u32; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
];

/// Reads a slice from its first bit on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Bits<'a> {
    /// The bits of `bytes`.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The next `count` bits, at most 32, as a number; `None` past the end.
    pub(crate) fn take(&mut self, count: usize) -> Option<u32> {
        let word = self.peek();
        self.skip(count)?;
        Some((u64::from(word) << count >> 32) as u32)
    }

    /// The next 32 bits, without passing over them; zeros past the end.
    pub(crate) fn peek(&self) -> u32 {
        word_at(self.bytes, self.at)
    }

    /// The next bit.
    pub(crate) fn flag(&mut self) -> Option<bool> {
        Some(self.take(1)? == 1)
    }

    /// Passes over `count` bits; `None` past the end.
    pub(crate) fn skip(&mut self, count: usize) -> Option<()> {
        self.at = self.at.checked_add(count)?;
        (self.at <= self.bytes.len() * 8).then_some(())
    }

    /// Passes over the rest of a byte that was begun.
    pub(crate) fn align(&mut self) {
        self.at = self.at.next_multiple_of(8);
    }

    /// An audio object type (ISO/IEC 14496-3, 1.6.2.1).
    pub(crate) fn object_type(&mut self) -> Option<u32> {
        match self.take(5)? {
            31 => Some(32 + self.take(6)?),
            short => Some(short),
        }
    }

    /// A sample rate in Hz, by its index or written out.
    pub(crate) fn rate_hz(&mut self) -> Option<u32> {
        match self.take(4)? {
            15 => self.take(24),
            index => RATES_HZ.get(index as usize).copied(),
        }
    }
}

/// 32 bits from bit `at` on; zeros past the end.
pub(crate) fn word_at(data: &[u8], at: usize) -> u32 {
    let start = (at / 8).min(data.len());
    let eight = data.get(start..start + 8).map_or_else(
        || {
            let rest = &data[start..];
            let mut bytes = [0; 8];
            bytes[..rest.len()].copy_from_slice(rest);
            bytes
        },
        |bytes| bytes.try_into().unwrap_or_default(),
    );
    (u64::from_be_bytes(eight) << (at % 8) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_end_with_the_slice() {
        let mut bits = Bits::new(&[0b1010_0000, 0xFF]);
        assert_eq!((bits.take(3), bits.flag(), bits.take(4)), (Some(0b101), Some(false), Some(0)));
        assert_eq!(bits.take(9), None);
        let mut bits = Bits::new(&[0x80, 1]);
        assert_eq!((bits.flag(), bits.skip(2)), (Some(true), Some(())));
        bits.align();
        assert_eq!((bits.take(8), bits.skip(1), bits.skip(usize::MAX)), (Some(1), None, None));
    }
}
