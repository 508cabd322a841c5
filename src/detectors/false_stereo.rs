//! Two channels that carry one signal.
//!
//! # What it looks for
//!
//! The power of the difference of left and right, tenth of a second by tenth. Equal channels
//! throughout describe the clip: a mono source stored as stereo, maybe with one side inverted. Equal
//! channels for a stretch of an otherwise stereo clip are the trace of a mono piece.
//!
//! # Score
//!
//! For a clip, its duration in seconds; for a stretch, how far the difference lies below the clip's
//! median, in dB.
//!
//! # Blind to
//!
//! Mono pieces that went through a codec that lets the channels drift apart; stereo from a delay or
//! filter. Joint-stereo coding narrows quiet stretches without any edit.
//!
//! # References
//!
//! - Grigoras, Rappaport & Smith (2012), *Analytical framework for digital audio authentication*,
//!   AES 46th conference.

use super::prelude::*;

/// Side power share below which channels count as one signal, in dB.
const ONE_SIGNAL_DB: f32 = -60.0;

/// Median side share that a clip needs before a mono stretch means anything, in dB.
const STEREO_DB: f32 = -30.0;

/// Shortest mono stretch that is reported, in seconds.
const MIN_STRETCH_S: f64 = 0.3;

/// Distance from the clip's median from which a stretch is reported, in dB.
const REPORTS_FROM_DB: f64 = 30.0;

/// See the module text.
pub(super) struct FalseStereo;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "false-stereo",
    name: "False stereo",
    family: Family::Channels,
    summary: "Both channels carry one signal, throughout or for a stretch.",
    score_unit: "dB",
    reports_from: REPORTS_FROM_DB,
    stands_alone: true,
    innocent_explanations: &[
        "a mono microphone recorded on two channels",
        "joint-stereo coding of quiet stretches",
    ],
    references: &["Grigoras, Rappaport & Smith 2012, AES 46th conference"],
    requires: Requirement { stereo: true, ..Requirement::NONE },
    source: module_head!("false_stereo.rs"),
};

impl Detector for FalseStereo {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        let stereo = &features.stereo;
        let level: Vec<f32> =
            stereo.side_share.iter().map(|share| 10.0 * share.max(1e-12).log10()).collect();
        let mut sounding: Vec<f32> = level.iter().copied().filter(|db| !db.is_nan()).collect();
        let Some(median) = stats::median(&mut sounding) else { return Vec::new() };
        let inverted = median > 10.0 * 0.999f32.log10();
        if median < ONE_SIGNAL_DB || inverted {
            let evidence = vec![
                Evidence::new("median_side_share", f64::from(median), "dB"),
                Evidence::new("inverted", f64::from(u8::from(inverted)), "0 or 1"),
            ];
            let span = TimeSpan::new(0.0, features.duration_s);
            return vec![Finding::description(span, features.duration_s, evidence)];
        }
        if median < STEREO_DB {
            return Vec::new();
        }
        let min_len = (MIN_STRETCH_S / stereo.step_s).ceil() as usize;
        stretches(&level, ONE_SIGNAL_DB)
            .filter(|(start, end)| end - start >= min_len && *start > 0 && *end < level.len())
            .flat_map(|(start, end)| {
                let part = &level[start..end];
                let mean = part.iter().map(|db| f64::from(*db)).sum::<f64>() / part.len() as f64;
                let below = f64::from(median) - mean;
                [start, end].map(|edge| {
                    let time_s = edge as f64 * stereo.step_s;
                    let span = TimeSpan::new(time_s - stereo.step_s, time_s + stereo.step_s);
                    let evidence = vec![
                        Evidence::above("below_median", below, "dB", REPORTS_FROM_DB),
                        Evidence::new("stretch_start", start as f64 * stereo.step_s, "s"),
                        Evidence::new("stretch_end", end as f64 * stereo.step_s, "s"),
                    ];
                    Finding::joint(time_s, span, below, evidence)
                })
            })
            .filter(|finding| finding.score >= REPORTS_FROM_DB)
            .collect()
    }
}

/// Runs `start..end` of values below `limit`; values that are not numbers end a run.
fn stretches(level: &[f32], limit: f32) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut start = None;
    (0..=level.len()).filter_map(move |i| {
        let inside = level.get(i).is_some_and(|db| *db < limit);
        match (inside, start) {
            (true, None) => {
                start = Some(i);
                None
            }
            (false, Some(from)) => {
                start = None;
                Some((from, i))
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_are_half_open() {
        let level = [-10.0, -70.0, -70.0, f32::NAN, -70.0];
        assert_eq!(stretches(&level, -60.0).collect::<Vec<_>>(), vec![(1, 3), (4, 5)]);
        assert_eq!(stretches(&[], -60.0).count(), 0);
    }
}
