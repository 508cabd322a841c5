//! A run of samples stuck at one value other than zero.
//!
//! # What it looks for
//!
//! Samples that repeat one value for 5 ms or more: a converter or driver that stalled, a fade to a
//! DC offset, a gap filled by holding the last sample. Clipping is far shorter and reported apart.
//!
//! # Score
//!
//! Length of the run, in ms.
//!
//! # Blind to
//!
//! Stalls that a lossy encoder smoothed; runs at zero, which `digital-silence` reports. Very quiet
//! recordings and 8-bit ones hold values for long without any edit; where a clip has many runs, they
//! are its habit and none is reported. Runs that touch the clip's ends are padding and left out.
//!
//! # References
//!
//! - Mühlbauer (2010), *Automatic Audio Defect Detection*, Johannes Kepler Universität Linz.

use super::prelude::*;
use crate::measures::runs::Run;

/// Shortest run that is reported, in ms.
const REPORTS_FROM_MS: f64 = 5.0;

/// Runs from which they count as the clip's habit.
const HABIT_RUNS: usize = 5;

/// See the module text.
pub(super) struct ConstantRun;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "constant-run",
    name: "Constant run",
    family: Family::Numeric,
    summary: "Samples repeat one value other than zero.",
    score_unit: "ms",
    reports_from: REPORTS_FROM_MS,
    stands_alone: true,
    innocent_explanations: &[
        "a converter or driver that stalled while recording",
        "a very quiet recording whose noise does not reach the lowest bit",
    ],
    references: &["Mühlbauer 2010, Automatic Audio Defect Detection"],
    requires: Requirement::NONE,
    source: module_head!("constant_run.rs"),
};

impl Detector for ConstantRun {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        let runs = &features.runs.constants;
        if runs.len() >= HABIT_RUNS {
            return Vec::new();
        }
        let rate = f64::from(features.shape.sample_rate_hz);
        let end = (features.duration_s * rate).round() as u64;
        let inner = |run: &&Run| run.start_frame > 0 && run.start_frame + run.frames < end;
        let mut found: Vec<Finding> = runs
            .iter()
            .filter(inner)
            .map(|run| {
                let start_s = run.start_frame as f64 / rate;
                let length_s = run.frames as f64 / rate;
                let evidence = vec![
                    Evidence::above("run_length", length_s * 1000.0, "ms", REPORTS_FROM_MS),
                    Evidence::new("value", f64::from(run.value), "full scale"),
                ];
                let span = TimeSpan::new(start_s, start_s + length_s);
                let joint = Finding::joint(start_s, span, length_s * 1000.0, evidence);
                Finding { channel: Some(run.channel), ..joint }
            })
            .filter(|finding| finding.score >= REPORTS_FROM_MS)
            .collect();
        found.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        found
    }
}
