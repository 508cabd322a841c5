//! A sample at which the waveform breaks off and another one begins.
//!
//! # What it looks for
//!
//! Two recordings put side by side do not continue each other. Linear predictors are fitted to the
//! 20 ms before and to the 20 ms after a place; at a butt joint the first fails at the first new
//! sample, the second at the last old one, both by more than anywhere inside the signal they were
//! fitted to. A codec spreads this over a few milliseconds, which count too. What goes on behind the
//! place speaks against a joint: the same spectrum, and a voice whose periods repeat across it. A place
//! that one odd sample explains is a click, one where the level rises is the start of a sound; after a
//! lossy codec, whose short blocks stop sounds as sharply, one where it falls is the end of a sound.
//!
//! # Score
//!
//! Decimal logarithm of a likelihood ratio: how much more often such a combination of errors, onset,
//! change of spectrum and broken repetition was seen at abrupt joints inside speech than at a place in
//! untouched recordings (logistic regression, see the weights). A clip whose sixth-highest place is high
//! has clicks of its own and all its scores are lowered.
//!
//! # Blind to
//!
//! Joints under a cross-fade of a few milliseconds; joints in pauses, where noise meets equally loud
//! noise; most joints smoothed by a low-rate codec. Plosives, clicks, knocks and lost packets can break
//! a waveform without any edit.
//!
//! # References
//!
//! - Cooper (2010), *Detecting butt-spliced edits in forensic digital audio recordings*, AES 39th
//!   conference; Esquef et al. (2014) on two-sided background limits, IEEE TIFS 9(12).

use super::prelude::*;
use crate::measures::joints::Joint;

/// Score from which a place is reported, in a clip that was stored without loss.
const REPORTS_FROM: f64 = 3.0;

/// The same after a lossy codec, whose block switching breaks waveforms too.
const REPORTS_FROM_LOSSY: f64 = 3.4;

/// Error, in times the local one, that both sides must have after a lossy codec: bursts that one side
/// predicts were seen in an untouched recording.
const LEAST_ERROR_LOSSY: f32 = 1.0;

/// Burst below which the rest of a place is not measured and nothing is reported.
const MIN_BURST: f32 = 1.1;

/// What a place says, each number times its weight: decimal logarithms of error, burst, onset and
/// mismatch, the loss of continuity, and a sharp error; then the constant.
struct Weights {
    weights: [f64; 6],
    constant: f64,
    reports_from: f64,
    /// Whether a fall of the level counts as a rise does.
    falls_are_rises: bool,
    /// Least error that both sides must have, in times the local one.
    least_error: f32,
}

/// Fitted by ridge logistic regression to abrupt joints in words (59 stored without loss, 89 in MP3,
/// AAC, Vorbis and Opus) and to untouched clips, hard negatives included, of the calibration talkers.
/// What did not help was left out and refitted: continuity without loss, sharpness after a codec.
static LOSSLESS: Weights = Weights {
    weights: [0.73, 0.79, -0.99, 0.55, 0.0, 4.25],
    constant: -0.10,
    reports_from: REPORTS_FROM,
    falls_are_rises: false,
    least_error: 0.0,
};
static LOSSY: Weights = Weights {
    weights: [0.29, 2.77, -1.83, 1.05, 2.50, 0.0],
    constant: 0.56,
    reports_from: REPORTS_FROM_LOSSY,
    falls_are_rises: true,
    least_error: LEAST_ERROR_LOSSY,
};

/// Rank of the place that is the clip's own yardstick: fewer joints than this do not hide each other.
const YARDSTICK_RANK: usize = 6;

/// Yardstick score above which scores are lowered, and by what share of the excess.
const USUAL_SCORE: f64 = 1.0;
const LOWERED_BY: f64 = 0.7;

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
    score_unit: "log10 likelihood ratio of a place",
    reports_from: REPORTS_FROM,
    stands_alone: true,
    innocent_explanations: &[
        "a click, knock or plosive close to the microphone",
        "audio lost in transmission or by an overloaded recorder",
        "a recorder that was paused and went on",
    ],
    references: &["Cooper 2010, AES 39th conference"],
    requires: Requirement { min_duration_s: 0.5, ..Requirement::NONE },
    source: module_head!("waveform_discontinuity.rs"),
};

impl Detector for WaveformDiscontinuity {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        let rate = f64::from(features.shape.sample_rate_hz);
        let model = if features.shape.lossless { &LOSSLESS } else { &LOSSY };
        let inner = MARGIN_S..features.duration_s - MARGIN_S;
        let places: Vec<(&Joint, f64)> = features
            .joints
            .examined
            .iter()
            .filter(|joint| inner.contains(&(joint.frame as f64 / rate)))
            .map(|joint| (joint, likelihood(joint, model)))
            .collect();
        let lowered_by = LOWERED_BY * (yardstick(&places) - USUAL_SCORE).max(0.0);
        let reach = (MERGE_S * rate) as u64;
        let mut found: Vec<(&Joint, f64)> = Vec::new();
        for (joint, score) in places.iter().map(|&(joint, score)| (joint, score - lowered_by)) {
            if score < model.reports_from {
                continue;
            }
            match found.last_mut() {
                Some(last) if joint.frame.abs_diff(last.0.frame) <= reach => {
                    if score > last.1 {
                        *last = (joint, score);
                    }
                }
                _ => found.push((joint, score)),
            }
        }
        found
            .into_iter()
            .map(|(joint, score)| describe(joint, score, lowered_by, (model, rate)))
            .collect()
    }
}

/// Decimal logarithm of the likelihood ratio of a place; far below 0 if nothing was measured there.
fn likelihood(joint: &Joint, model: &Weights) -> f64 {
    let weaker = joint.forward.min(joint.backward);
    if joint.burst.is_nan() || joint.burst < MIN_BURST || weaker < model.least_error {
        return -9.0;
    }
    let log = |x: f32, low: f64, high: f64| f64::from(x.max(1e-4)).log10().clamp(low, high);
    let error = log(weaker, -0.5, 2.0);
    let onset = log(joint.onset, -1.0, 1.0);
    let sharp = (error + 0.1).clamp(0.0, 1.0) * (1.0 - f64::from(joint.impulse)).clamp(0.0, 1.0);
    let values = [
        error,
        log(joint.burst, 0.0, 2.0),
        if model.falls_are_rises { onset.abs() } else { onset },
        log(joint.mismatch, -0.2, 1.5),
        f64::from(joint.continuity).clamp(-1.0, 1.0),
        sharp,
    ];
    model.constant + model.weights.iter().zip(values).map(|(w, v)| w * v).sum::<f64>()
}

/// Score that a clip has without any joint, from its places themselves.
fn yardstick(places: &[(&Joint, f64)]) -> f64 {
    let mut scores: Vec<f64> = places.iter().map(|place| place.1).collect();
    scores.sort_by(|a, b| b.total_cmp(a));
    scores.get(YARDSTICK_RANK).copied().unwrap_or(f64::NEG_INFINITY)
}

fn describe(joint: &Joint, score: f64, lowered_by: f64, (model, rate): (&Weights, f64)) -> Finding {
    let evidence = vec![
        Evidence::above("likelihood_ratio", score, "log10", model.reports_from),
        Evidence::new("lowered_by", lowered_by, "log10"),
        Evidence::new("error_from_left", f64::from(joint.forward), "times the local error"),
        Evidence::new("error_from_right", f64::from(joint.backward), "times the local error"),
        Evidence::new("burst", f64::from(joint.burst), "times the local error"),
        Evidence::new("onset", f64::from(joint.onset), "times"),
        Evidence::new("spectral_mismatch", f64::from(joint.mismatch), "times"),
        Evidence::new("lost_continuity", f64::from(joint.continuity), "correlation"),
        Evidence::new("step", f64::from(joint.step), "full scale"),
    ];
    let time_s = joint.frame as f64 / rate;
    Finding::joint(time_s, TimeSpan::at(time_s), score, evidence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joint(error: f32) -> Joint {
        Joint {
            frame: 0,
            scan_score: 5.0,
            forward: error,
            backward: error,
            step: 0.1,
            impulse: 0.1,
            burst: error,
            onset: 1.0,
            mismatch: 1.2,
            continuity: 0.2,
        }
    }

    #[test]
    fn the_worse_both_sides_predict_the_likelier_a_joint() {
        for model in [&LOSSLESS, &LOSSY] {
            let scores = [1.0, 1.5, 3.0, 12.0].map(|e| likelihood(&joint(e), model));
            assert!(scores.windows(2).all(|pair| pair[0] < pair[1]), "{scores:?}");
            assert!(scores[0] < 0.0 && scores[3] > model.reports_from, "{scores:?}");
            assert_eq!(likelihood(&joint(f32::NAN), model), -9.0);
        }
    }

    #[test]
    fn a_start_or_an_end_of_sound_is_less_likely_than_a_joint() {
        for (onset, model) in [(4.0, &LOSSLESS), (4.0, &LOSSY), (0.25, &LOSSY)] {
            let step = Joint { onset, ..joint(4.0) };
            assert!(likelihood(&step, model) < likelihood(&joint(4.0), model));
        }
    }

    #[test]
    fn the_yardstick_passes_over_a_few_joints() {
        let place = joint(1.0);
        let few: Vec<(&Joint, f64)> = (0..6).map(|_| (&place, 9.0)).collect();
        assert_eq!(yardstick(&few), f64::NEG_INFINITY);
        let many: Vec<(&Joint, f64)> = (0..20).map(|_| (&place, 9.0)).collect();
        assert_eq!(yardstick(&many), 9.0);
        assert_eq!(yardstick(&[]), f64::NEG_INFINITY);
    }
}
