//! How far two places of a clip that sound alike run together, judged by rows.

use super::candidates::Candidate;
use super::rows::{Row, agreement, change_agreement};

/// Rows that are compared at a time.
const STEP: usize = 6;

/// Agreement of those rows at which two places still run together.
const RUNS_ON: f64 = 0.35;

/// Rows after the first of a candidate from which its extent is followed both ways.
pub(super) const SEED: usize = 4;

/// A stretch of rows and another one as long before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stretch {
    /// First row of the later place.
    pub(super) first: usize,
    /// The row after its last.
    pub(super) end: usize,
    /// Rows from the earlier place to the later one; at most `first`.
    pub(super) distance: usize,
    /// How much the rows agree, in standard deviations of strangers or so.
    pub(super) weight: f64,
}

impl Stretch {
    /// The stretch that a candidate is part of.
    pub(super) fn around(rows: &[Row], candidate: &Candidate) -> Self {
        let distance = candidate.distance as usize;
        let agrees = |start: usize| {
            let end = start + STEP;
            end <= rows.len()
                && agreement(&rows[start..end], &rows[start - distance..end - distance]) >= RUNS_ON
        };
        let seed = candidate.row as usize + SEED;
        let (mut first, mut last) = (seed, seed);
        while first > distance && agrees(first - 1) {
            first -= 1;
        }
        while agrees(last + 1) {
            last += 1;
        }
        let end = (last + STEP).min(rows.len());
        let (later, earlier) = (&rows[first..end], &rows[first - distance..end - distance]);
        let alike = 0.5 * (agreement(later, earlier) + change_agreement(later, earlier));
        let weight = alike.min(0.99).atanh() * ((end - first) as f64).sqrt();
        Self { first, end, distance, weight }
    }
}
