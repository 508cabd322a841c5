//! What of a recording can be compared at all.

use crate::fingerprint::{FRAME_S, Gradients, Hit, Row, search};

/// Seconds of a clip below which nothing is said.
const LEAST_S: f64 = 2.0;

/// Depth below the loudest part at which a moment counts as silent, in dB.
const SILENT_BELOW_DB: u8 = 55;

/// Level below which a moment is silent in any case, in dB below full scale.
const SILENT_DEPTH: u8 = 85;

/// Mean square of a row's values below which nothing changes: a steady tone or hum. A change of 1 dB
/// in each difference of bands has 450.
const STEADY: i32 = 60;

/// Rows of a window that is looked for elsewhere in its own clip: 1.6 s.
const LOOP_ROWS: usize = 100;

/// Agreement from which two windows of a clip hold the same.
const ALIKE: f64 = 0.85;

/// Usable moments of a recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Usable {
    /// Whether each row can be compared.
    rows: Vec<bool>,
    /// Seconds that are silent.
    pub silent_s: f64,
    /// Seconds in which nothing changes.
    pub steady_s: f64,
    /// Seconds that can be compared.
    pub usable_s: f64,
}

impl Usable {
    /// Judges each row.
    #[must_use]
    pub fn of(gradients: &Gradients) -> Self {
        let mut depths = gradients.depths.clone();
        depths.sort_unstable();
        let loud = depths.get(depths.len() / 20).copied().unwrap_or(127);
        let silent_depth = loud.saturating_add(SILENT_BELOW_DB).min(SILENT_DEPTH);
        let (mut silent, mut steady) = (0usize, 0usize);
        let judge = |((row, depth), tone): ((&Row, &u8), &bool)| {
            let is_silent = *depth >= silent_depth;
            let is_steady = !is_silent && (*tone || mean_square(row) < STEADY);
            silent += usize::from(is_silent);
            steady += usize::from(is_steady);
            !is_silent && !is_steady
        };
        let series = gradients.rows.iter().zip(&gradients.depths).zip(&gradients.steady);
        let rows: Vec<bool> = series.map(judge).collect();
        let usable = rows.iter().filter(|u| **u).count();
        let seconds = |rows: usize| rows as f64 * FRAME_S;
        Self {
            rows,
            silent_s: seconds(silent),
            steady_s: seconds(steady),
            usable_s: seconds(usable),
        }
    }

    /// Share of usable moments between two times, 0..=1.
    #[must_use]
    pub fn share(&self, from_s: f64, to_s: f64) -> f64 {
        let row = |s: f64| ((s / FRAME_S) as usize).min(self.rows.len());
        let part = &self.rows[row(from_s)..row(to_s).max(row(from_s))];
        part.iter().filter(|u| **u).count() as f64 / part.len().max(1) as f64
    }

    /// Why a clip cannot be compared, if so.
    #[must_use]
    pub fn objection(&self) -> Option<String> {
        let total = self.rows.len() as f64 * FRAME_S;
        if self.usable_s >= LEAST_S {
            return None;
        }
        let why = if total < LEAST_S {
            format!("the clip has {total:.1} s")
        } else if self.steady_s > self.silent_s {
            format!("all but {:.1} s of the clip is a steady tone or hum", self.usable_s)
        } else {
            format!("all but {:.1} s of the clip is silent", self.usable_s)
        };
        Some(format!("{why}; at least {LEAST_S:.0} s of changing sound are needed"))
    }

    /// Why a clip cannot be placed, if it goes round in a loop: its windows agree with three or more
    /// other places of itself.
    #[must_use]
    pub fn loop_objection(&self, gradients: &Gradients) -> Option<String> {
        let starts = (0..gradients.rows.len().saturating_sub(LOOP_ROWS)).step_by(4 * LOOP_ROWS);
        let windows: Vec<&[Row]> =
            starts.map(|s| &gradients.rows[s..s + LOOP_ROWS]).take(12).collect();
        let found = search(gradients, &windows);
        let turns = |hits: &Vec<Hit>| hits.iter().filter(|hit| hit.agreement > ALIKE).count() > 3;
        let looping = !found.is_empty() && found.iter().all(turns);
        looping.then(|| "the clip repeats itself, so that no place is its only one".to_owned())
    }

    /// Why nothing can be looked up in this recording, if so.
    #[must_use]
    pub fn objection_to_source(&self) -> Option<String> {
        let too_little = self.usable_s < LEAST_S;
        too_little.then(|| {
            format!(
                "the source has {:.1} s of changing sound; at least {LEAST_S:.0} s are needed",
                self.usable_s
            )
        })
    }
}

fn mean_square(row: &Row) -> i32 {
    row.iter().map(|&x| i32::from(x) * i32::from(x)).sum::<i32>() / row.len() as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_noise::noise;
    use crate::fingerprint::{GradientMeasure, Warp};

    fn usable(samples: &[f32]) -> Usable {
        Usable::of(&GradientMeasure::of(samples, Warp::NONE))
    }

    #[test]
    fn short_silent_and_steady_clips_are_objected_to() {
        assert_eq!(usable(&noise(40_000, 1)).objection(), None);
        assert!(usable(&noise(8000, 1)).objection().unwrap().contains("has 0.8 s"));
        assert!(usable(&[0.0; 40_000]).objection().unwrap().contains("is silent"));
        let tone: Vec<f32> = (0..40_000).map(|n| 0.5 * (n as f32 * 0.7).sin()).collect();
        assert!(usable(&tone).objection().unwrap().contains("steady tone"));
        assert!(usable(&[]).objection_to_source().is_some());
    }

    #[test]
    fn shares_are_of_the_asked_part() {
        let mut half = noise(40_000, 1);
        half[..20_000].fill(0.0);
        let usable = usable(&half);
        assert!(usable.share(0.0, 2.0) < 0.01 && usable.share(3.0, 4.5) > 0.9);
        assert_eq!(usable.share(90.0, 91.0), 0.0);
    }
}
