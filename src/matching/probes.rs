//! What of a clip's rows is looked up: each word, and words near it.
//!
//! A bit whose gain is small is the one that noise or a codec turns. Words with the weakest bits turned
//! are therefore looked up too, the likeliest first, after the multi-probe search of Lv et al. (2007).

use crate::archive::{PAUSE, bucket, key, key_bits};
use crate::fingerprint::{Gradients, Row};

/// Ranks of weak bits that are turned.
const RANKS: u32 = 12;

/// Bits turned at a time, at most.
const TURNED: u32 = 4;

/// Longest window, in rows.
const MOST_ROWS: usize = 1 << 16;

/// A bucket to look into for a row of a view; ordered by bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Probe(u64);

impl Probe {
    fn new(bucket: usize, view: usize, row: usize) -> Self {
        Self((bucket as u64) << 32 | (view as u64) << 24 | row as u64)
    }

    pub(super) fn bucket(self) -> usize {
        (self.0 >> 32) as usize
    }

    pub(super) fn view(self) -> usize {
        (self.0 >> 24 & 0xff) as usize
    }

    pub(super) fn row(self) -> usize {
        (self.0 & 0xff_ffff) as usize
    }
}

/// Sets of ranks of weak bits to turn, as bit masks, the likeliest first; `count` of them at most. The
/// first is the empty one.
pub(super) fn patterns(count: usize) -> Vec<u32> {
    let mut all: Vec<u32> = (0..1u32 << RANKS).filter(|set| set.count_ones() <= TURNED).collect();
    // Gains grow about evenly with their rank.
    let cost = |set: u32| (0..RANKS).filter(|r| set >> r & 1 == 1).map(|r| r + 1).sum::<u32>();
    all.sort_by_key(|set| (cost(*set), set.count_ones(), *set));
    all.truncate(count);
    all
}

/// Whether a row says something: it is no pause and no tone.
pub(super) fn says(rows: &Gradients, n: usize) -> bool {
    rows.quiet[n] < PAUSE && !rows.steady[n]
}

/// Probes of the rows of a view that say something, for directories of `width` bits.
pub(super) fn of_view(
    view: usize,
    rows: &Gradients,
    width: u32,
    patterns: &[u32],
    out: &mut Vec<Probe>,
) {
    let mut buckets = Vec::with_capacity(patterns.len());
    for n in (0..rows.rows.len().min(MOST_ROWS)).filter(|n| says(rows, *n)) {
        near(&rows.rows[n], width, patterns, &mut buckets);
        out.extend(buckets.iter().map(|bucket| Probe::new(*bucket, view, n)));
    }
}

/// Buckets of a row's word and of those near it.
fn near(row: &Row, width: u32, patterns: &[u32], out: &mut Vec<usize>) {
    let set = |word: u32, (m, gain): (usize, &i8)| word | u32::from(*gain > 0) << m;
    let own = bucket(key(row.iter().enumerate().fold(0, set)), width);
    // Bits of the bucket's number with the weakest gains, the weakest first.
    let bits = key_bits(width);
    let mut weak: Vec<(u8, usize)> = bits
        .iter()
        .enumerate()
        .map(|(place, bit)| (row[usize::from(*bit)].unsigned_abs(), bits.len() - 1 - place))
        .collect();
    weak.sort_unstable();
    weak.truncate(RANKS as usize);
    let turns = |pattern: &u32| {
        let ranks = weak.iter().enumerate().filter(|(rank, _)| pattern >> rank & 1 == 1);
        ranks.fold(0, |turned, (_, (_, place))| turned | 1 << place)
    };
    out.clear();
    let known = |pattern: &&u32| **pattern >> weak.len() == 0;
    out.extend(patterns.iter().filter(known).map(|pattern| own ^ turns(pattern)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_sets_come_first() {
        assert_eq!(patterns(6), [0, 1, 2, 4, 3, 8]);
        assert_eq!(patterns(usize::MAX).len(), 1 + 12 + 66 + 220 + 495);
    }

    #[test]
    fn the_weakest_bit_is_turned_first() {
        let mut row: Row = std::array::from_fn(|m| if m % 3 == 0 { 40 } else { -40 });
        let strong = key_bits(16)[3];
        row[usize::from(strong)] = 2;
        let mut buckets = Vec::new();
        near(&row, 16, &patterns(40), &mut buckets);
        assert_eq!(buckets[0] ^ buckets[1], 1 << (15 - 3));
        let mut once = buckets.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), 40);
        assert!(once.iter().all(|bucket| *bucket < 1 << 16));
    }

    #[test]
    fn a_probe_keeps_its_parts() {
        let probe = Probe::new(0xff_ffff, 6, 65_535);
        assert_eq!((probe.bucket(), probe.view(), probe.row()), (0xff_ffff, 6, 65_535));
    }
}
