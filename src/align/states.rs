//! Hypotheses about a clip: this stretch lies on that line of the source.

use super::line::Line;
use super::slope::row_product;
use crate::dsp::stats::median;
use crate::fingerprint::{Gradients, PAUSE_WEIGHT, Row, Warp};

/// Share of rows that is independent: windows overlap, and a gain takes two of them.
pub const INDEPENDENT: f64 = 0.2;

/// Fall of the summed evidence at which a hypothesis is given up, in nats.
const GIVE_UP: f64 = 60.0;

/// Least agreement that a hypothesis is taken to have.
const LEAST_AGREEMENT: f64 = 0.08;

/// Weight of a moment in which nothing rises over the background.
const MUTE: f64 = 0.05;

/// Rise over the background that is its own fluctuation, in dB.
const FLUCTUATION_DB: f64 = 4.0;

/// Rise beyond that from which a moment counts fully, in dB.
const AUDIBLE_DB: f64 = 8.0;

/// Row energy, as a share of the mean, below which a row says nothing.
const SILENT: f64 = 0.05;

/// What strangers look like: the spread of the correlation of two rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Null {
    /// Variance of the correlation of strangers' rows.
    pub variance: f64,
    /// Energy below which a clip's row is silent and says nothing.
    pub silent: f64,
}

impl Null {
    /// Measured on pairs of rows that are not from the same place; `None` if either recording has no
    /// rows but silent ones.
    #[must_use]
    pub fn measure(a: &[Row], b: &[Row]) -> Option<Self> {
        let energy = |row: &Row| f64::from(row_product(row, row));
        let mean = |rows: &[Row]| rows.iter().map(energy).sum::<f64>() / rows.len().max(1) as f64;
        let silent = SILENT * mean(a);
        if silent < 1.0 || mean(b) < 1.0 {
            return None;
        }
        // Two strides without a common factor visit pairs of all lags.
        const PAIRS: usize = 4000;
        let correlation = |i: usize| {
            let (n, m) = ((i * 7919) % a.len(), (i * 104_729 + 13) % b.len());
            correlation(&a[n], &b[m])
        };
        let variance = (0..PAIRS).map(|i| correlation(i).powi(2)).sum::<f64>() / PAIRS as f64;
        Some(Self { variance: variance.max(1e-3), silent })
    }
}

/// Mean of `(value, weight)` over the better half of the half seconds: a window may reach over a joint.
fn upper_mean(values: impl Iterator<Item = (f64, f64)>) -> f64 {
    const PART: usize = 31;
    let values: Vec<(f64, f64)> = values.collect();
    let mean = |part: &[(f64, f64)]| {
        let (sum, all) = part.iter().fold((0.0, 0.0), |(s, a), (x, w)| (s + w * x, a + w));
        if all > 0.0 { sum / all } else { 0.0 }
    };
    let mut means: Vec<f64> = values.chunks(PART).map(mean).collect();
    means.sort_by(|x, y| y.total_cmp(x));
    means.truncate(means.len().div_ceil(2));
    means.iter().sum::<f64>() / means.len().max(1) as f64
}

/// Correlation coefficient of two rows, -1..=1; 0 if one is zero.
#[must_use]
pub fn correlation(a: &Row, b: &Row) -> f64 {
    let energies = f64::from(row_product(a, a)) * f64::from(row_product(b, b));
    f64::from(row_product(a, b)) / energies.sqrt().max(1.0)
}

/// How much moments say of whether a clip lies on a line: little where neither the clip nor what the
/// source should sound like in it rises over the clip's background.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Audibility {
    /// Level of the clip's background, in dB below full scale.
    floor: f64,
    /// Level of the source over the clip, in dB.
    loss: f64,
}

impl Audibility {
    /// From pairs of rows on a line: the source's level is lowered by as much as its louder rows are.
    #[must_use]
    pub fn of(a: &Gradients, b: &Gradients, pairs: impl Iterator<Item = (usize, usize)>) -> Self {
        let mut losses: Vec<f32> = pairs
            .filter(|&(_, m)| b.quiet.get(m).is_some_and(|quiet| *quiet < 128))
            .filter_map(|(n, m)| Some(f32::from(*a.depths.get(n)?) - f32::from(b.depths[m])))
            .collect();
        let loss = median(&mut losses).map_or(0.0, f64::from);
        Self { floor: f64::from(a.floor), loss }
    }

    /// Weight of a moment with these levels, in dB below full scale: 0.05 to 1.
    #[must_use]
    pub fn weight(&self, depth_a: u8, depth_b: u8) -> f64 {
        let expected = f64::from(depth_b) + self.loss;
        let own_rise = self.floor - f64::from(depth_a) - FLUCTUATION_DB;
        let expected_rise = self.floor - expected;
        (own_rise.max(expected_rise) / AUDIBLE_DB).clamp(MUTE, 1.0)
    }
}

/// A line and how well each moment of the clip lies on it.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Warp that the clip's rows were undone by.
    pub warp: Warp,
    /// The line.
    pub line: Line,
    /// Agreement over the better half of where it was first seen.
    pub agreement: f64,
    /// How much its moments say.
    pub audibility: Audibility,
    /// First moment, in frames of the clip (16 ms).
    pub start: usize,
    /// Evidence for the line against a stranger at each moment from `start`, in nats.
    pub evidence: Vec<f32>,
}

impl State {
    /// One past the last moment.
    #[must_use]
    pub fn end(&self) -> usize {
        self.start + self.evidence.len()
    }

    /// Sum of the evidence of these frames, in nats; minus infinity where the line was given up.
    #[must_use]
    pub fn evidence_between(&self, from: usize, to: usize) -> f64 {
        if from >= to {
            return 0.0;
        }
        if from < self.start || to > self.end() {
            return f64::NEG_INFINITY;
        }
        let part = &self.evidence[from - self.start..to - self.start];
        part.iter().map(|e| f64::from(*e)).sum()
    }
}

/// Follows the line of `diagonal` (source row less clip row) from the clip's rows `seed` in both
/// directions until the evidence has fallen by 60 nats from its best. `a` are the clip's rows,
/// undone by `warp`.
#[must_use]
pub fn extend(
    a: &Gradients,
    b: &Gradients,
    warp: Warp,
    diagonal: i64,
    seed: (usize, usize),
    null: &Null,
) -> State {
    let frames = (a.rows.len() as f64 / warp.ratio) as usize;
    let to_frame = |row: usize| ((row as f64 / warp.ratio).round() as usize).min(frames);
    let (from, to) = (to_frame(seed.0), to_frame(seed.1));
    let row_of = |frame: usize| (frame as f64 * warp.ratio).round() as usize;
    let place_of = |row: usize| usize::try_from(row as i64 + diagonal).ok();
    let pairs = (from..to).filter_map(|frame| Some((row_of(frame), place_of(row_of(frame))?)));
    let audibility = Audibility::of(a, b, pairs);
    let look = |frame: usize| -> Option<(f64, f64)> {
        let row = row_of(frame);
        let mine = a.rows.get(row)?;
        let place = place_of(row)?;
        let other = b.rows.get(place)?;
        if f64::from(row_product(mine, mine)) < null.silent * f64::from(PAUSE_WEIGHT.powi(2)) {
            return Some((0.0, 0.0));
        }
        Some((correlation(mine, other), audibility.weight(a.depths[row], b.depths[place])))
    };
    let agreement = upper_mean((from..to).filter_map(look)).clamp(LEAST_AGREEMENT, 1.0);
    let gain = INDEPENDENT * agreement / null.variance;
    let evidence = |(c, weight): (f64, f64)| gain * weight * (c - 0.5 * agreement);
    let follow = |frames: &mut dyn Iterator<Item = usize>| {
        let (mut sum, mut best, mut out) = (0.0f64, 0.0f64, Vec::new());
        for frame in frames {
            let Some(seen) = look(frame) else { break };
            let e = evidence(seen);
            out.push(e as f32);
            sum += e;
            best = best.max(sum);
            if sum < best - GIVE_UP {
                break;
            }
        }
        out
    };
    let middle = from + (to - from) / 2;
    let mut before = follow(&mut (0..middle).rev());
    let after = follow(&mut (middle..frames));
    before.reverse();
    let start = middle - before.len();
    before.extend(after);
    State {
        warp,
        line: Line::through_rows(warp.ratio, diagonal as f64),
        agreement,
        audibility,
        start,
        evidence: before,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::speech_bands::DIFFERENCES;
    use crate::dsp::test_noise::noise_rows;
    use crate::fingerprint::FRAME_S;

    #[test]
    fn a_line_is_followed_to_where_it_ends() {
        let b = noise_rows(2000, 1);
        let mut rows = noise_rows(1000, 2);
        rows[300..700].copy_from_slice(&b[1100..1500]);
        let null = Null::measure(&rows, &b).unwrap();
        let gradients = |rows: Vec<Row>| {
            // A quarter of the rows is background, so that the others rise over it.
            let depths = (0..rows.len()).map(|n| if n % 4 == 0 { 60 } else { 20 }).collect();
            let steady = vec![false; rows.len()];
            Gradients::new(rows, depths, steady)
        };
        let state = extend(&gradients(rows), &gradients(b), Warp::NONE, 800, (400, 500), &null);
        assert!(state.agreement > 0.9);
        assert!((255..=300).contains(&state.start) && (700..=745).contains(&state.end()));
        assert!((state.line.b(1.0) - 1.0 - 800.0 * FRAME_S).abs() < 1e-9);
    }

    #[test]
    fn silence_has_no_null() {
        assert_eq!(Null::measure(&[[0; DIFFERENCES]; 10], &noise_rows(10, 1)), None);
        assert_eq!(Null::measure(&[], &noise_rows(10, 1)), None);
    }
}
