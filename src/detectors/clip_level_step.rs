//! A change of the level at which the signal is clipped.
//!
//! # What it looks for
//!
//! A recorder clips at one level. If flat tops stand at one level before a moment and at another
//! after it, the two parts came to their gain on different ways.
//!
//! # Score
//!
//! Distance of the two levels, in dB.
//!
//! # Blind to
//!
//! Parts without clipping; clipping that went through a lossy encoder. A gain that was turned
//! between a limiter and the recorder looks the same.
//!
//! # References
//!
//! - Grigoras, Rappaport & Smith (2012), *Analytical framework for digital audio authentication*,
//!   AES 46th conference.

use super::clipping::{Region, regions};
use super::prelude::*;

/// Smallest distance of levels that is reported, in dB.
const REPORTS_FROM_DB: f64 = 0.2;

/// Plateaus that a region needs before its level is trusted.
const MIN_PLATEAUS: usize = 8;

/// See the module text.
pub(super) struct ClipLevelStep;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "clip-level-step",
    name: "Clip level step",
    family: Family::Level,
    summary: "The signal is cut flat at one level before this place and at another after it.",
    score_unit: "dB",
    reports_from: REPORTS_FROM_DB,
    stands_alone: true,
    innocent_explanations: &["a gain control behind a limiter that was turned while recording"],
    references: &["Grigoras, Rappaport & Smith 2012, AES 46th conference"],
    requires: Requirement::NONE,
    source: module_head!("clip_level_step.rs"),
};

impl Detector for ClipLevelStep {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        let rate = f64::from(features.shape.sample_rate_hz);
        let regions: Vec<Region> = regions(&features.runs.plateaus, rate)
            .into_iter()
            .filter(|region| region.plateaus >= MIN_PLATEAUS)
            .collect();
        if has_mixed_levels(&regions) {
            return Vec::new();
        }
        regions.windows(2).filter_map(|pair| step(&pair[0], &pair[1])).collect()
    }
}

/// Whether regions of different levels overlap: then the clip has no one clipping level at a time,
/// as with several recorders mixed, and no step can be told.
fn has_mixed_levels(regions: &[Region]) -> bool {
    regions.windows(2).any(|pair| {
        pair[1].span.start_s < pair[0].span.end_s && level_distance_db(pair) >= REPORTS_FROM_DB
    })
}

fn level_distance_db(pair: &[Region]) -> f64 {
    (20.0 * f64::from(pair[1].level / pair[0].level).log10()).abs()
}

fn step(before: &Region, after: &Region) -> Option<Finding> {
    let distance = level_distance_db(&[before.clone(), after.clone()]);
    (distance >= REPORTS_FROM_DB).then(|| {
        let span = TimeSpan::new(before.span.end_s, after.span.start_s);
        let db = |region: &Region| amplitude_to_db(f64::from(region.level), -120.0);
        let evidence = vec![
            Evidence::above("level_distance", distance, "dB", REPORTS_FROM_DB),
            Evidence::new("level_before", db(before), "dBFS"),
            Evidence::new("level_after", db(after), "dBFS"),
        ];
        Finding::joint(0.5 * (span.start_s + span.end_s), span, distance, evidence)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(start_s: f64, end_s: f64, level: f32) -> Region {
        Region { span: TimeSpan::new(start_s, end_s), level, plateaus: 20, samples: 80 }
    }

    #[test]
    fn a_step_lies_between_its_regions() {
        let found = step(&region(1.0, 2.0, 0.8), &region(2.5, 3.0, 0.7)).unwrap();
        assert_eq!(found.time_s, 2.25);
        assert!((found.score - 1.16).abs() < 0.01);
        assert!(step(&region(1.0, 2.0, 0.8), &region(2.5, 3.0, 0.8)).is_none());
    }

    #[test]
    fn overlapping_levels_give_no_step() {
        assert!(has_mixed_levels(&[region(1.0, 2.0, 0.8), region(1.5, 3.0, 0.7)]));
    }
}
