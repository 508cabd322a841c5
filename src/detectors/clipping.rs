//! Flat tops where the signal ran into a limit.
//!
//! # What it looks for
//!
//! Three or more equal samples at the crest of a wave, entered and left by a clear step, again and
//! again at one level: the recording was driven into a limit, at full scale or below it if the level
//! was lowered afterwards. Plateaus at one level less than a tenth of a second apart make one
//! region.
//!
//! # Score
//!
//! Clipped samples in the region.
//!
//! # Blind to
//!
//! Clipping that went through a lossy encoder, a filter or a sample-rate conversion, which all bend
//! the flat tops; soft limiters. Clipping alone says nothing about editing.
//!
//! # References
//!
//! - Audio Engineering Society (2012), *Analytical framework for digital audio authentication*
//!   (Grigoras, Rappaport, Smith), 46th conference.

use super::prelude::*;
use crate::measures::runs::Run;

/// Plateaus at one level that make a region.
const MIN_PLATEAUS: usize = 3;

/// Plateaus further apart than this belong to different regions, in seconds.
const GAP_S: f64 = 0.1;

/// Levels that differ by no more than this share are one level.
const SAME_LEVEL: f32 = 0.002;

/// Clipped samples from which a region is reported.
const REPORTS_FROM_SAMPLES: f64 = 9.0;

/// See the module text.
pub(super) struct Clipping;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "clipping",
    name: "Clipping",
    family: Family::Level,
    summary: "The signal is cut flat at one level.",
    score_unit: "samples",
    reports_from: REPORTS_FROM_SAMPLES,
    stands_alone: true,
    innocent_explanations: &["a source too loud for the recorder"],
    references: &["Grigoras, Rappaport & Smith 2012, AES 46th conference"],
    requires: Requirement::NONE,
    source: module_head!("clipping.rs"),
};

impl Detector for Clipping {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        let rate = f64::from(features.shape.sample_rate_hz);
        regions(&features.runs.plateaus, rate)
            .into_iter()
            .filter(|region| region.samples as f64 >= REPORTS_FROM_SAMPLES)
            .map(|region| {
                let samples = region.samples as f64;
                let level_db = amplitude_to_db(f64::from(region.level), -120.0);
                let evidence = vec![
                    Evidence::above("clipped_samples", samples, "samples", REPORTS_FROM_SAMPLES),
                    Evidence::new("plateaus", region.plateaus as f64, "plateaus"),
                    Evidence::new("level", level_db, "dBFS"),
                ];
                Finding::description(region.span, samples, evidence)
            })
            .collect()
    }
}

/// Plateaus at one level, close together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Region {
    pub(super) span: TimeSpan,
    /// Magnitude of the plateaus, full scale being 1.
    pub(super) level: f32,
    pub(super) plateaus: usize,
    pub(super) samples: u64,
}

/// Regions of at least [`MIN_PLATEAUS`] plateaus, sorted by time; `plateaus` of all channels.
pub(super) fn regions(plateaus: &[Run], sample_rate_hz: f64) -> Vec<Region> {
    let mut sorted = plateaus.to_vec();
    sorted.sort_by_key(|run| run.start_frame);
    let mut open: Vec<Region> = Vec::new();
    let mut done: Vec<Region> = Vec::new();
    for run in &sorted {
        let start_s = run.start_frame as f64 / sample_rate_hz;
        let end_s = (run.start_frame + run.frames) as f64 / sample_rate_hz;
        let level = run.value.abs();
        open.retain(|region| {
            let ended = start_s - region.span.end_s > GAP_S;
            if ended && region.plateaus >= MIN_PLATEAUS {
                done.push(region.clone());
            }
            !ended
        });
        let same = |r: &&mut Region| (r.level - level).abs() <= SAME_LEVEL * level;
        match open.iter_mut().find(same) {
            Some(region) => {
                region.span.end_s = region.span.end_s.max(end_s);
                region.plateaus += 1;
                region.samples += run.frames;
            }
            None => open.push(Region {
                span: TimeSpan::new(start_s, end_s),
                level,
                plateaus: 1,
                samples: run.frames,
            }),
        }
    }
    done.extend(open.into_iter().filter(|region| region.plateaus >= MIN_PLATEAUS));
    done.sort_by(|a, b| a.span.start_s.total_cmp(&b.span.start_s));
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plateau(start_frame: u64, value: f32) -> Run {
        Run { start_frame, frames: 4, channel: 0, value, edge: 0.1 }
    }

    #[test]
    fn plateaus_join_by_level_and_nearness() {
        let runs = [
            plateau(100, 0.9),
            plateau(200, -0.9),
            plateau(250, 0.5),
            plateau(300, 0.9),
            plateau(5000, 0.9),
        ];
        let found = regions(&runs, 8000.0);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].plateaus, found[0].samples), (3, 12));
        assert_eq!(found[0].span.end_s, 304.0 / 8000.0);
    }

    #[test]
    fn no_plateaus_no_regions() {
        assert!(regions(&[], 8000.0).is_empty());
    }
}
