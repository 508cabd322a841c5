//! A sample at which the waveform breaks off and another one begins.
//!
//! # What it looks for
//!
//! Two recordings put side by side do not continue each other. Linear predictors are fitted to the
//! 20 ms before and to the 20 ms after a place; at a butt joint the first fails at the first new
//! sample, the second at the last old one, both by more than anywhere inside the signal they were
//! fitted to. Places that one odd sample explains (clicks) are left out. The clip is its own
//! yardstick: what counts is how far a place stands out from the worst places of the rest.
//!
//! # Score
//!
//! Geometric mean of both prediction errors, each over the largest error inside the fitted signal,
//! divided by the 98th percentile of this mean over all examined places of the clip.
//!
//! # Blind to
//!
//! Joints under a cross-fade of a few milliseconds, joints placed in near silence, joints smoothed
//! by a low-rate codec. Plosives, clicks, knocks and lost packets can break a waveform without any
//! edit.
//!
//! # References
//!
//! - Cooper (2010), *Detecting butt-spliced edits in forensic digital audio recordings*, AES 39th
//!   conference; Esquef et al. (2014) on two-sided background limits, IEEE TIFS 9(12).

use super::prelude::*;
use crate::measures::joints::Joint;

/// Score from which a place is reported.
const REPORTS_FROM: f64 = 3.0;

/// Quantile of the errors at all examined places that serves as yardstick. A higher one would
/// separate better in short clips, but a few joints in one clip would then hide each other.
const USUAL_QUANTILE: f64 = 0.98;

/// Highest places that never are the yardstick: in a short clip they may be the joints.
const SPARED: usize = 3;

/// Fewest places that the quantile is taken of; the yardstick is 1 with fewer.
const MIN_PLACES: usize = 10;

/// Distance from the clip's ends within which nothing is reported, in seconds: recorders and
/// encoders start and stop there.
const MARGIN_S: f64 = 0.1;

/// Places closer than this are one, in seconds.
const MERGE_S: f64 = 0.02;

/// See the module text.
pub(super) struct WaveformDiscontinuity;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "waveform-discontinuity",
    name: "Waveform discontinuity",
    family: Family::Waveform,
    summary: "The waveform breaks off at a sample and cannot be predicted across it from either side.",
    score_unit: "times the usual error",
    reports_from: REPORTS_FROM,
    stands_alone: true,
    innocent_explanations: &[
        "a click, knock or plosive close to the microphone",
        "audio lost in transmission or by an overloaded recorder",
        "a recorder that was paused and went on",
    ],
    references: &["Cooper 2010, AES 39th conference"],
    requires: Requirement { min_duration_s: 0.5, ..Requirement::NONE },
    source: include_str!("waveform_discontinuity.rs"),
};

impl Detector for WaveformDiscontinuity {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        let rate = f64::from(features.shape.sample_rate_hz);
        let joints = &features.joints.examined;
        let usual = usual_error(joints);
        let reach = (MERGE_S * rate) as u64;
        let mut found: Vec<&Joint> = Vec::new();
        let inner = MARGIN_S..features.duration_s - MARGIN_S;
        let stands_out = |joint: &&Joint| {
            f64::from(joint.score()) >= REPORTS_FROM * usual
                && inner.contains(&(joint.frame as f64 / rate))
        };
        for joint in joints.iter().filter(stands_out) {
            match found.last_mut() {
                Some(last) if joint.frame - last.frame <= reach => {
                    if joint.score() > last.score() {
                        *last = joint;
                    }
                }
                _ => found.push(joint),
            }
        }
        found.into_iter().map(|joint| describe(joint, usual, rate)).collect()
    }
}

/// The clip's yardstick; at least 1, where prediction fails as inside its own signal.
fn usual_error(joints: &[Joint]) -> f64 {
    if joints.len() < MIN_PLACES {
        return 1.0;
    }
    let mut errors: Vec<f32> = joints.iter().map(Joint::error).collect();
    errors.sort_by(f32::total_cmp);
    let rank = ((errors.len() as f64 * USUAL_QUANTILE) as usize).min(errors.len() - 1 - SPARED);
    f64::from(errors[rank]).max(1.0)
}

fn describe(joint: &Joint, usual: f64, rate: f64) -> Finding {
    let score = f64::from(joint.score()) / usual;
    let evidence = vec![
        Evidence::above("relative_error", score, "times the usual error", REPORTS_FROM),
        Evidence::new("usual_error", usual, "times the local error"),
        Evidence::new("error_from_left", f64::from(joint.forward), "times the local error"),
        Evidence::new("error_from_right", f64::from(joint.backward), "times the local error"),
        Evidence::new("step", f64::from(joint.step), "full scale"),
    ];
    let time_s = joint.frame as f64 / rate;
    Finding::joint(time_s, TimeSpan::at(time_s), score, evidence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joint(frame: u64, error: f32) -> Joint {
        Joint { frame, scan_score: 5.0, forward: error, backward: error, step: 0.1, impulse: false }
    }

    #[test]
    fn the_yardstick_is_the_clips_own() {
        let lively: Vec<Joint> = (0..100).map(|n| joint(n, 1.0 + 0.04 * n as f32)).collect();
        assert!((usual_error(&lively) - 4.84).abs() < 0.01);
        assert_eq!(usual_error(&lively[..5]), 1.0);
        assert_eq!(usual_error(&[]), 1.0);
    }
}
