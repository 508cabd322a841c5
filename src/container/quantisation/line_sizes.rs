//! How large the quantised lines of a stream are, counted from its Huffman codes.

use super::Histogram;

/// Sizes of pairs and fours of lines as codes stand for them; the lines behind the last code, all zero, are
/// not counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineSizes {
    /// Pairs of sizes below 16, by the first in the upper four bits and the second in the lower ones.
    pairs: [u64; 256],
    /// Fours of sizes of 0 or 1, one bit each.
    fours: [u64; 16],
    /// Sizes in pairs of which one has further bits.
    single: Histogram,
}

impl Default for LineSizes {
    fn default() -> Self {
        Self { pairs: [0; 256], fours: [0; 16], single: Histogram::default() }
    }
}

impl LineSizes {
    /// Adds a pair by its code's value.
    pub(crate) fn add_pair(&mut self, values: u8) {
        self.pairs[usize::from(values)] += 1;
    }

    /// Adds four lines by their code's value, below 16.
    pub(crate) fn add_four(&mut self, values: u8) {
        self.fours[usize::from(values & 15)] += 1;
    }

    /// Adds one line.
    pub(crate) fn add(&mut self, size: u32) {
        self.single.add(size);
    }

    /// Coded lines by size.
    #[must_use]
    pub fn counts(&self) -> Histogram {
        let mut all = self.single.clone();
        for (values, count) in self.pairs.iter().enumerate().filter(|(_, count)| **count > 0) {
            [values >> 4, values & 15].into_iter().for_each(|size| all.add_many(size, *count));
        }
        for (values, count) in self.fours.iter().enumerate().filter(|(_, count)| **count > 0) {
            let ones = u64::from(values.count_ones());
            all.add_many(1, ones * count);
            all.add_many(0, (4 - ones) * count);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_fours_and_single_lines_add_up() {
        let mut sizes = LineSizes::default();
        assert!(sizes.counts().counts().is_empty());
        sizes.add_pair(0x31);
        sizes.add_pair(0x31);
        sizes.add_four(0b1001);
        sizes.add(17);
        let mut expected = vec![2, 4, 0, 2];
        expected.resize(17, 0);
        expected.push(1);
        assert_eq!(sizes.counts().counts(), expected);
    }
}
