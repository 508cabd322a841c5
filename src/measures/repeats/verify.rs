//! What becomes of a candidate: the exact lag, the exact ends, and how far it stands out.

use super::Repeat;
use super::rows::{ROW_S, ROW_SPAN_S};
use super::stretch::Stretch;
use super::whitened::Whitened;
use crate::decode::Spool;
use crate::error::Result;

/// Longest part over which a lag is looked for, in seconds.
const FIRST_PART_S: f64 = 0.22;

/// Contrast over that part from which the ends are looked for.
const FIRST_CONTRAST: f64 = 6.0;

/// Longest part over which the correlation is measured between the ends, in seconds.
const LAG_PART_S: f64 = 0.7;

/// How far lags are tried, either way, in seconds: rows are 16 ms apart.
const REACH_S: f64 = 0.03;

/// Correlation at the best lag over the spread of the others that makes a repeat.
const MIN_CONTRAST: f64 = 12.0;

/// Shortest repeat, in seconds: packet-loss concealment repeats 10 to 60 ms.
const MIN_LENGTH_S: f64 = 0.25;

/// Seconds on each side of where the rows end in which the sample is looked for.
const EDGE_S: f64 = 0.3;

/// Seconds over which the level is taken at an edge.
const LEVEL_S: f64 = 0.008;

/// Holds stretches of one recording against each other.
pub(super) struct Verifier<'a> {
    aside: &'a mut Spool,
    rate_hz: f64,
    whitened: Whitened,
}

impl<'a> Verifier<'a> {
    pub(super) fn new(aside: &'a mut Spool, rate_hz: u32) -> Self {
        Self { aside, rate_hz: f64::from(rate_hz), whitened: Whitened::new(rate_hz) }
    }

    /// The repeat behind a candidate, if there is one.
    pub(super) fn verify(&mut self, stretch: &Stretch) -> Result<Option<Repeat>> {
        let rate = self.rate_hz;
        let start_s = stretch.first as f64 * ROW_S;
        let end_s = (stretch.end - 1) as f64 * ROW_S + ROW_SPAN_S;
        let distance = (stretch.distance as f64 * ROW_S * rate).round();
        let part_s = (end_s - start_s).min(FIRST_PART_S);
        let middle_s = 0.5 * (start_s + end_s);
        let reach = (REACH_S * rate) as usize;
        let count = (part_s * rate) as usize;
        let from = ((middle_s - 0.5 * part_s) * rate) as i64;
        let earlier = self.aside.read(from - distance as i64, count)?;
        let later = self.aside.read(from, count)?;
        let Some(lag) = self.whitened.lag(&earlier, &later, reach) else { return Ok(None) };
        let contrast = lag.correlation / lag.spread.max(1e-3);
        if contrast < FIRST_CONTRAST {
            return Ok(None);
        }
        let lag_samples = distance + lag.samples;
        let begins = self.edge(start_s, middle_s, lag_samples)?;
        let ends = self.edge(end_s, middle_s, lag_samples)?;
        let length_s = ends - begins;
        if length_s < MIN_LENGTH_S {
            return Ok(None);
        }
        // Between the exact ends nothing foreign dilutes the correlation.
        let part_s = length_s.min(LAG_PART_S);
        let from = ((0.5 * (begins + ends - part_s)) * rate) as i64;
        let count = (part_s * rate) as usize;
        let earlier = self.aside.read(from - lag_samples.round() as i64, count)?;
        let later = self.aside.read(from, count)?;
        let Some(lag) = self.whitened.lag(&earlier, &later, reach) else { return Ok(None) };
        let contrast = lag.correlation / lag.spread.max(1e-3);
        Ok((contrast >= MIN_CONTRAST).then_some(Repeat {
            earlier_s: begins - lag_samples / rate,
            later_s: begins,
            length_s,
            correlation: lag.correlation,
            competing: lag.competing,
            contrast,
            recurrences: 0,
        }))
    }

    /// Time at which the agreement ends near `time_s`, seen from `inside_s`.
    fn edge(&mut self, time_s: f64, inside_s: f64, lag: f64) -> Result<f64> {
        let rate = self.rate_hz;
        let whole = lag.round();
        let from = ((time_s - EDGE_S) * rate) as i64;
        let count = (2.0 * EDGE_S * rate) as usize;
        let earlier = self.aside.read(from - whole as i64, count)?;
        let later = self.aside.read(from, count)?;
        let [x, y] = self.whitened.flattened(&earlier, &later, lag - whole);
        let likeness = likeness(&x, &y, (LEVEL_S * rate) as usize);
        let inside = ((inside_s * rate) as i64 - from).clamp(0, count as i64) as usize;
        let at = if inside_s > time_s {
            count - last_of(likeness[..inside].iter().rev()) - (count - inside)
        } else {
            inside + last_of(likeness[inside..].iter())
        };
        Ok((from + at as i64) as f64 / rate)
    }
}

/// Product of two whitened signals over their common mean square near each sample: about the
/// correlation where they are one sound, about 0 where they are not.
fn likeness(x: &[f32], y: &[f32], half_width: usize) -> Vec<f32> {
    let mut sums = Vec::with_capacity(x.len() + 1);
    let mut sum = 0.0f64;
    sums.push(sum);
    for (x, y) in x.iter().zip(y) {
        sum += f64::from(x * x + y * y);
        sums.push(sum);
    }
    let level = |n: usize| {
        let (low, high) = (n.saturating_sub(half_width), (n + half_width + 1).min(x.len()));
        (0.5 * (sums[high] - sums[low]) / (high - low) as f64).max(1e-20) as f32
    };
    x.iter().zip(y).enumerate().map(|(n, (x, y))| x * y / level(n)).collect()
}

/// Values from the first on that are, taken together, most above half of the mean of the first tenth
/// of a second or so: where a stretch of likeness ends.
fn last_of<'a>(values: impl ExactSizeIterator<Item = &'a f32> + Clone) -> usize {
    let inner = (values.len() / 5).max(1);
    let mean = values.clone().take(inner).map(|x| f64::from(*x)).sum::<f64>() / inner as f64;
    let (mut sum, mut best, mut at) = (0.0f64, 0.0, 0);
    for (n, value) in values.enumerate() {
        sum += f64::from(*value) - 0.5 * mean;
        if sum > best {
            (best, at) = (sum, n + 1);
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_likeness_is_where_the_sum_turns() {
        let mut values = vec![0.9f32; 300];
        values.extend([0.0; 200]);
        assert_eq!(last_of(values.iter()), 300);
        assert_eq!(last_of([].iter()), 0);
    }

    #[test]
    fn likeness_is_one_for_one_sound_and_zero_in_silence() {
        let x = [0.5f32, -0.5, 0.5, -0.5, 0.5];
        assert!(likeness(&x, &x, 2).iter().all(|v| (v - 1.0).abs() < 1e-6));
        assert_eq!(likeness(&[0.0; 3], &[0.0; 3], 1), [0.0; 3]);
    }
}
