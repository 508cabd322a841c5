//! The same sound at two places of a clip.
//!
//! # What it looks for
//!
//! Stretches of at least a quarter of a second that are one and the same sound, sample for sample and
//! with the background behind it. Nobody says a word twice in the same way to the sample; a piece that
//! was copied and pasted stays the same through later coding. Places that may sound alike are found by
//! the spectra of speech bands, then compared as waveforms in which every frequency between 300 and
//! 7000 Hz counts alike. Which of the two is the copy cannot be told from the sound: the finding lies
//! at the later one, both of whose ends may be joints, and its evidence names the earlier one.
//!
//! # Score
//!
//! Whitened correlation at the best lag over the root mean square of the correlation at the other lags
//! within 30 ms. Tones and held vowels correlate at many lags and score low.
//!
//! # Blind to
//!
//! Pieces shorter than 0.25 s or pasted less than 0.5 s away; copies that were stretched or changed in
//! pitch; pauses after a codec that replaces background by its own noise; clips without speech. A
//! sound that occurs four times or more is taken for a loop, as in music, hold tones and
//! announcements, and is not reported. Where much else repeats in part, as in music or in
//! announcements put together from recorded words, only near-identical pairs are.
//!
//! # References
//!
//! - Yan, Yang & Huang (2019), *Robust copy-move detection of speech recording using similarities of
//!   pitch and formant*, IEEE TIFS: the task; similarity of pitch is not used here.
//! - Knapp & Carter (1976), *The generalized correlation method for estimation of time delay*, IEEE
//!   TASSP 24: whitened correlation.
//! - Haitsma & Kalker (2002), *A Highly Robust Audio Fingerprinting System*: signs of band energies as
//!   keys.

use super::prelude::*;
use crate::measures::repeats::Repeat;

/// Contrast from which the detector reports. Strangers of two talkers with steady backgrounds stayed
/// below 13.5, copies of 0.3 s and more through Opus at 24 kbit/s reached 24 and more.
const REPORTS_FROM: f64 = 20.0;

/// Recurrences from which a sound counts as a loop: it occurs at least four times.
const LOOP: usize = 4;

/// Share of speech below which nothing is reported: music and ambience repeat by nature.
const LEAST_SPEECH: f64 = 0.15;

/// Share of speech below which there may be music as well.
const MOSTLY_SPEECH: f64 = 0.5;

/// Seconds within which other pairs count as a crowd.
const NEAR_S: f64 = 150.0;

/// Weak pairs nearby that make a crowd.
const CROWD: f64 = 3.0;

/// Whitened correlation below which a pair is weak whatever its contrast.
const WEAK: f64 = 0.5;

/// What a pair counts in a crowd that is not weak: copies come in numbers too.
const STRONG_COUNTS: f64 = 0.1;

/// Whitened correlation that a pair needs in a crowd: announcements that share recorded words reached
/// 0.6, with their own background on top.
const IN_CROWD: f64 = 0.75;

/// The same where there may be music: loops under a melody reached 0.85.
const IN_CROWD_OF_MUSIC: f64 = 0.9;

/// See the module text.
pub(super) struct CopyMove;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "copy-move",
    name: "Copy-move",
    family: Family::Repetition,
    summary: "A stretch of the clip is the same, sample for sample, as an earlier one.",
    score_unit: "times the spread at other lags",
    reports_from: REPORTS_FROM,
    stands_alone: true,
    innocent_explanations: &[
        "announcements, jingles and ring tones that are played from a recording",
        "a noise suppressor that fills pauses from a loop",
        "music made from samples or loops",
    ],
    references: &["Yan, Yang & Huang 2019, IEEE TIFS", "Knapp & Carter 1976, IEEE TASSP 24"],
    requires: Requirement { min_duration_s: 1.5, ..Requirement::NONE },
    source: module_head!("copy_move.rs"),
};

impl Detector for CopyMove {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        let speech = features.voice.speech_share();
        if speech < LEAST_SPEECH {
            return Vec::new();
        }
        let in_crowd = if speech < MOSTLY_SPEECH { IN_CROWD_OF_MUSIC } else { IN_CROWD };
        let pairs = &features.repeats.pairs;
        pairs
            .iter()
            .filter(|pair| pair.contrast >= REPORTS_FROM && pair.recurrences < LOOP)
            .filter(|pair| pair.correlation >= in_crowd || crowd(pair, pairs) < CROWD)
            .map(|pair| {
                let span = TimeSpan::new(pair.later_s, pair.later_s + pair.length_s);
                let evidence = vec![
                    Evidence::above("contrast", pair.contrast, DESCRIPTOR.score_unit, REPORTS_FROM),
                    Evidence::new("whitened_correlation", pair.correlation, ""),
                    Evidence::new("competing_correlation", pair.competing, ""),
                    Evidence::new("earlier_start", pair.earlier_s, "s"),
                    Evidence::new("earlier_end", pair.earlier_s + pair.length_s, "s"),
                    Evidence::new("length", pair.length_s, "s"),
                ];
                Finding::joint(pair.later_s, span, pair.contrast, evidence)
            })
            .collect()
    }
}

/// How much else repeats near a pair, in weak pairs: in music and in announcements put together from
/// pieces a great deal does.
fn crowd(pair: &Repeat, pairs: &[Repeat]) -> f64 {
    let near = |other: &&Repeat| (other.later_s - pair.later_s).abs() < NEAR_S && *other != pair;
    let weight = |other: &Repeat| {
        let weak = other.contrast < REPORTS_FROM || other.correlation < WEAK;
        if weak { 1.0 } else { STRONG_COUNTS }
    };
    pairs.iter().filter(near).map(weight).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(later_s: f64, contrast: f64, correlation: f64) -> Repeat {
        Repeat {
            earlier_s: 1.0,
            later_s,
            length_s: 0.5,
            correlation,
            competing: 0.1,
            contrast,
            recurrences: 0,
        }
    }

    #[test]
    fn weak_pairs_nearby_make_a_crowd() {
        let pairs = [pair(10.0, 50.0, 0.9), pair(20.0, 15.0, 0.3), pair(500.0, 15.0, 0.3)];
        assert_eq!(crowd(&pairs[0], &pairs), 1.0);
        assert_eq!(crowd(&pairs[2], &pairs), 0.0);
        assert_eq!(crowd(&pairs[1], &pairs), STRONG_COUNTS);
    }
}
