//! Places of a clip that may sound twice: stretches of rows with equal keys at one distance.
//!
//! A key is made of the signs of the lowest coefficients of a cosine transform over 8 rows, so that
//! rows which start some ms later, or went through a codec, mostly have the same one; its least
//! certain bits are tried both ways. Each row is looked up among all that lie before it, and an equal
//! key is a vote for the distance between the two.

use super::rows::{Row, agreement, change_agreement};
use crate::dsp::speech_bands::DIFFERENCES;

/// Rows under a key: 112 ms, and the length of a row.
pub(super) const PATCH: usize = 8;

/// Coefficients over frequency for each order over time: together the bits of a key.
const BITS_PER_ORDER: [usize; 3] = [7, 6, 5];

/// Coefficients over frequency that are made.
const ORDERS: usize = 7;

/// Bits of a key.
const BITS: usize = 18;

/// Least certain bits of a key that are tried both ways.
const UNCERTAIN: usize = 5;

/// Entries looked at under one key: common sounds have long lists, and the latest are looked at.
const LIST: usize = 48;

/// Least distance of the two places, in rows (0.5 s): nearer lie echoes, delays, and the repeats that
/// conceal lost packets.
pub(super) const MIN_DISTANCE: usize = 32;

/// Rows without a vote after which votes for a distance are forgotten.
const PATIENCE: u32 = 6;

/// Votes that make a candidate.
const VOTES: u32 = 3;

/// Rows that are compared one by one for a candidate.
const COMPARED: usize = 14;

/// Agreement of those rows that makes it one to verify.
const MIN_AGREEMENT: f64 = 0.4;

/// Candidates kept; 16 bytes each.
const KEPT: usize = 16_384;

/// Two places that may sound alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    /// Row of the later place.
    pub(super) row: u32,
    /// Rows from the earlier place to the later one.
    pub(super) distance: u32,
    /// Mean agreement of the rows there and of their changes.
    pub(super) agreement: f32,
}

/// Candidates of a clip, best first.
pub(super) fn candidates(rows: &[Row]) -> Vec<Candidate> {
    let mut found = Vec::new();
    let patches = (rows.len() + 1).saturating_sub(PATCH);
    let keys = Keys::new(rows);
    let mut latest = vec![u32::MAX; 1 << BITS];
    let mut before = vec![u32::MAX; patches];
    let mut kept = vec![0u32; patches];
    let mut votes = vec![Votes::default(); rows.len()];
    let mut probes = Vec::with_capacity(1 << UNCERTAIN);
    for row in 0..patches {
        let signs = keys.signs(row);
        kept[row] = signs.map_or(u32::MAX, |signs| signs.key);
        if let Some(old) = row.checked_sub(MIN_DISTANCE)
            && let Some(head) = latest.get_mut(kept[old] as usize)
        {
            before[old] = *head;
            *head = old as u32;
        }
        let Some(signs) = signs else { continue };
        signs.probes(&mut probes);
        for &probe in &probes {
            let mut entry = latest[probe as usize];
            for _ in 0..LIST {
                let Some(&next) = before.get(entry as usize) else { break };
                let distance = row as u32 - entry;
                if votes[distance as usize].add(row as u32) {
                    found.extend(compare(rows, row, distance as usize));
                }
                entry = next;
            }
        }
        if found.len() >= 2 * KEPT {
            best(&mut found);
        }
    }
    best(&mut found);
    found
}

/// Sorts best first and drops what is too much.
fn best(found: &mut Vec<Candidate>) {
    found.sort_by(|a, b| {
        b.agreement.total_cmp(&a.agreement).then((a.row, a.distance).cmp(&(b.row, b.distance)))
    });
    found.truncate(KEPT);
}

/// The rows about the last of some votes, compared.
fn compare(rows: &[Row], row: usize, distance: usize) -> Option<Candidate> {
    let end = (row + PATCH).min(rows.len());
    let start = end.saturating_sub(COMPARED).max(distance);
    let (later, earlier) = (&rows[start..end], &rows[start - distance..end - distance]);
    let alike = agreement(later, earlier);
    if alike < MIN_AGREEMENT {
        return None;
    }
    let agreement = 0.5 * (alike + change_agreement(later, earlier));
    (agreement >= MIN_AGREEMENT).then_some(Candidate {
        row: start as u32,
        distance: distance as u32,
        agreement: agreement as f32,
    })
}

/// Votes for one distance.
#[derive(Debug, Clone, Copy, Default)]
struct Votes {
    last: u32,
    count: u32,
}

impl Votes {
    /// Adds a vote at this row; whether it completes the number that makes a candidate.
    fn add(&mut self, row: u32) -> bool {
        if self.last == row && self.count > 0 {
            return false;
        }
        self.count = if row - self.last > PATIENCE { 1 } else { self.count + 1 };
        self.last = row;
        self.count == VOTES
    }
}

/// Transforms that make keys.
struct Keys {
    /// Coefficients over frequency of every row.
    cepstra: Vec<[f32; ORDERS]>,
    /// Cosines over time.
    cosines: [[f32; PATCH]; 3],
    /// One over the spread of each bit's value.
    scales: [f32; BITS],
}

/// Signs of a patch.
#[derive(Debug, Clone, Copy)]
struct Signs {
    key: u32,
    /// Bits whose values lie nearest to zero.
    uncertain: [u8; UNCERTAIN],
}

impl Signs {
    /// The key and all it may also be.
    fn probes(&self, out: &mut Vec<u32>) {
        out.clear();
        for choice in 0..1u32 << UNCERTAIN {
            let flips = self.uncertain.iter().enumerate();
            out.push(flips.fold(self.key, |key, (i, bit)| key ^ ((choice >> i & 1) << bit)));
        }
    }
}

impl Keys {
    fn new(rows: &[Row]) -> Self {
        let cosine = |order: usize, at: usize, len: usize| {
            (std::f64::consts::PI * order as f64 * (at as f64 + 0.5) / len as f64).cos() as f32
        };
        let basis: [[f32; DIFFERENCES]; ORDERS] =
            std::array::from_fn(|f| std::array::from_fn(|m| cosine(f, m, DIFFERENCES)));
        let cepstrum = |row: &Row| {
            basis.map(|basis| basis.iter().zip(row).map(|(c, x)| c * f32::from(*x)).sum::<f32>())
        };
        let mut keys = Self {
            cepstra: rows.iter().map(cepstrum).collect(),
            cosines: std::array::from_fn(|t| std::array::from_fn(|n| cosine(t, n, PATCH))),
            scales: [1.0; BITS],
        };
        let mut squares = [1e-9f32; BITS];
        for patch in keys.cepstra.windows(PATCH).step_by(PATCH) {
            let values = keys.values(patch);
            squares.iter_mut().zip(values).for_each(|(sum, x)| *sum += x * x);
        }
        keys.scales = squares.map(|sum| sum.sqrt().recip());
        keys
    }

    /// What the signs are taken of.
    fn values(&self, patch: &[[f32; ORDERS]]) -> [f32; BITS] {
        let mut out = [0.0; BITS];
        let mut places = out.iter_mut();
        for (cosines, count) in self.cosines.iter().zip(BITS_PER_ORDER) {
            let mut sums = [0.0f32; ORDERS];
            for (cepstrum, cosine) in patch.iter().zip(cosines) {
                sums.iter_mut().zip(cepstrum).for_each(|(sum, x)| *sum += cosine * x);
            }
            places.by_ref().zip(&sums[..count]).for_each(|(place, sum)| *place = *sum);
        }
        out
    }

    /// Signs of the patch that begins at this row; `None` in digital silence.
    fn signs(&self, row: usize) -> Option<Signs> {
        let patch = self.cepstra.get(row..row + PATCH)?;
        if patch.iter().any(|cepstrum| cepstrum.iter().all(|x| *x == 0.0)) {
            return None;
        }
        let values = self.values(patch);
        let key = values.iter().enumerate().fold(0, |key, (i, x)| key | (u32::from(*x > 0.0) << i));
        let mut certain: [(f32, u8); BITS] =
            std::array::from_fn(|i| (values[i].abs() * self.scales[i], i as u8));
        certain
            .select_nth_unstable_by(UNCERTAIN - 1, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        Some(Signs { key, uncertain: std::array::from_fn(|i| certain[i].1) })
    }
}
