//! A sudden, lasting change of gain.
//!
//! # What it looks for
//!
//! Gain moves everything at once: background, ordinary speech and its loudest moments by the same
//! number of decibels. Three quantiles of the level in the five seconds before and after a moment are
//! compared; all must move together and far more than elsewhere in the clip.
//!
//! # Score
//!
//! Smallest of the three changes, in dB.
//!
//! # Blind to
//!
//! Changes shorter than the window, slow changes, pieces recorded at one level. Automatic gain
//! control and a turned knob change gain without any edit.
//!
//! # References
//!
//! - Grigoras, Rappaport & Smith (2012), *Analytical framework for digital audio authentication*,
//!   AES 46th conference (power and level analyses).

use super::prelude::*;

/// Length of the window on each side, in seconds.
const WINDOW_S: f64 = 5.0;

/// Time between examined moments, in seconds.
const STRIDE_S: f64 = 0.25;

/// Quantiles of the level: background, ordinary and loud.
const QUANTILES: [f64; 3] = [0.1, 0.5, 0.9];

/// Change from which the detector reports, in dB.
const REPORTS_FROM_DB: f64 = 8.0;

/// Most that the three changes may differ, in dB.
const MAX_SPREAD_DB: f64 = 3.0;

/// Change over the robust deviation of changes in the clip from which the detector reports.
const MIN_SIGMAS: f64 = 5.0;

/// See the module text.
pub(super) struct LevelStep;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "level-step",
    name: "Level step",
    family: Family::Level,
    summary: "Background, speech and peaks change by the same number of decibels at once.",
    score_unit: "dB",
    reports_from: REPORTS_FROM_DB,
    stands_alone: false,
    innocent_explanations: &[
        "automatic gain control, or a gain that was turned",
        "a microphone that was moved",
    ],
    references: &["Grigoras, Rappaport & Smith 2012, AES 46th conference"],
    requires: Requirement { min_duration_s: 12.0, ..Requirement::NONE },
    source: module_head!("level_step.rs"),
};

impl Detector for LevelStep {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        let step_s = features.levels.step_s;
        let db: Vec<f32> = features
            .levels
            .mean_square
            .iter()
            .map(|&power| power_to_db(f64::from(power), -100.0) as f32)
            .collect();
        let width = (WINDOW_S / step_s).round() as usize;
        let stride = (STRIDE_S / step_s).round().max(1.0) as usize;
        if db.len() < 2 * width {
            return Vec::new();
        }
        let changes: Vec<(usize, f64)> = (width..=db.len() - width)
            .step_by(stride)
            .map(|at| (at, common_change(&db[at - width..at], &db[at..at + width])))
            .collect();
        let mut sizes: Vec<f32> = changes.iter().map(|(_, c)| *c as f32).collect();
        let sigma = stats::median_and_sigma(&mut sizes).map_or(0.0, |(_, s)| f64::from(s));
        let threshold = REPORTS_FROM_DB.max(MIN_SIGMAS * sigma);
        let reach = (WINDOW_S / STRIDE_S) as usize;
        peaks::above(&changes, reach, |(_, c)| if c.abs() >= threshold { c.abs() } else { 0.0 })
            .into_iter()
            .map(|i| {
                let (at, change) = changes[i];
                let time_s = at as f64 * step_s;
                let span = TimeSpan::new(time_s - 0.5, time_s + 0.5);
                let evidence = vec![
                    Evidence::above("change", change.abs(), "dB", threshold),
                    Evidence::new("direction", change.signum(), "sign"),
                ];
                Finding::joint(time_s, span, change.abs(), evidence)
            })
            .collect()
    }
}

/// Change that all quantiles share, in dB: the smallest one, or 0 if they do not move together.
fn common_change(before: &[f32], after: &[f32]) -> f64 {
    let (mut left, mut right) = (before.to_vec(), after.to_vec());
    let changes = QUANTILES.map(|q| {
        let l = stats::quantile(&mut left, q).map_or(0.0, f64::from);
        stats::quantile(&mut right, q).map_or(0.0, f64::from) - l
    });
    let low = changes.into_iter().fold(f64::INFINITY, f64::min);
    let high = changes.into_iter().fold(f64::NEG_INFINITY, f64::max);
    if high - low > MAX_SPREAD_DB || low * high <= 0.0 {
        return 0.0;
    }
    if low > 0.0 { low } else { high }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_common_change_counts() {
        let before: Vec<f32> = (0..100).map(|n| -60.0 + 0.4 * n as f32).collect();
        let louder: Vec<f32> = before.iter().map(|db| db + 9.0).collect();
        let livelier: Vec<f32> = before.iter().map(|db| db * 0.8).collect();
        assert!((common_change(&before, &louder) - 9.0).abs() < 1e-4);
        assert!((common_change(&louder, &before) + 9.0).abs() < 1e-4);
        assert_eq!(common_change(&before, &livelier), 0.0);
    }
}
