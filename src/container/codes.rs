//! Prefix codes whose words are listed in their order, from zeros to ones, so that lengths say them all.

/// Bits by which codes are looked up first.
const FIRST_BITS: u32 = 8;

/// The codes of one table and what each stands for.
pub(super) struct Codes<T> {
    /// Where each code begins among all words of 32 bits.
    starts: Vec<u32>,
    values: Vec<T>,
    /// The last code that does not begin above these first bits followed by zeros.
    first: [u16; 1 << FIRST_BITS],
}

impl<T: Copy> Codes<T> {
    /// The table of `codes`: lengths in bits, 1 to 31, and what they stand for.
    pub(super) fn of(codes: impl Iterator<Item = (u32, T)>) -> Self {
        let (mut values, mut starts, mut next) = (Vec::new(), Vec::new(), 0u32);
        for (length, value) in codes {
            values.push(value);
            starts.push(next);
            next = next.wrapping_add(1 << (32 - length));
        }
        let holder = |word: u32| starts.partition_point(|&start| start <= word).saturating_sub(1);
        let first = std::array::from_fn(|bits| holder((bits as u32) << (32 - FIRST_BITS)) as u16);
        Self { starts, values, first }
    }

    /// What the code stands for that `word` begins with; `None` in a table without codes.
    pub(super) fn at(&self, word: u32) -> Option<T> {
        let mut n = usize::from(self.first[(word >> (32 - FIRST_BITS)) as usize]);
        while self.starts.get(n + 1).is_some_and(|&start| start <= word) {
            n += 1;
        }
        self.values.get(n).copied()
    }

    /// What the codes stand for, in their order.
    #[cfg(test)]
    pub(super) fn values(&self) -> &[T] {
        &self.values
    }
}

/// The codes of a table as text: tokens of a length, in one digit of base 20, and what follows it.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = (u32, &str)> {
    text.split_ascii_whitespace().filter_map(|token| {
        let (length, rest) = token.split_at_checked(1)?;
        Some((u32::from_str_radix(length, 20).ok()?, rest))
    })
}

/// Tables of a text, by the names behind the word "table" in front of each.
pub(super) fn tables(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    text.split("table ").skip(1).filter_map(|table| table.split_once('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_by_their_first_bits() {
        let codes = Codes::of(tokens("1x 2y 3z 3w"));
        for (word, value) in
            [(0, "x"), (u32::MAX >> 1, "x"), (1 << 31, "y"), (0b110 << 29, "z"), (u32::MAX, "w")]
        {
            assert_eq!(codes.at(word), Some(value), "{word:b}");
        }
        assert_eq!(Codes::of(tokens("")).at(7), None);
        assert_eq!(
            tables("# of\ntable 1\n1a\ntable b\n2c 2d\n").collect::<Vec<_>>(),
            [("1", "1a\n"), ("b", "2c 2d\n")]
        );
    }
}
