//! A clip that begins or ends in the middle of sound.
//!
//! # What it looks for
//!
//! A recorder that is switched on by hand mostly begins and ends in a pause. If the first or last
//! moment stands far above the clip's own background, the clip was cut from something longer, or the
//! recorder was started late. The finding describes; it is no edit point, since every excerpt is cut.
//!
//! # Score
//!
//! Level of the first or last 20 ms over the clip's background, in dB.
//!
//! # Blind to
//!
//! Cuts in pauses, fades, clips without pauses.
//!
//! # References
//!
//! - Scientific Working Group on Digital Evidence, *Best Practices for Digital Audio
//!   Authentication*, section on start and stop.

use super::prelude::*;

/// Level over background from which an end is reported, in dB.
const REPORTS_FROM_DB: f64 = 20.0;

/// Length of the ends that are looked at, in level frames of 10 ms.
const END_FRAMES: usize = 2;

/// See the module text.
pub(super) struct StartStopCut;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "start-stop-cut",
    name: "Start or stop in sound",
    family: Family::Level,
    summary: "The clip begins or ends in the middle of sound.",
    score_unit: "dB",
    reports_from: REPORTS_FROM_DB,
    stands_alone: true,
    innocent_explanations: &[
        "an excerpt that does not claim to be whole",
        "a recorder started or stopped while somebody spoke",
    ],
    references: &["SWGDE, Best Practices for Digital Audio Authentication"],
    requires: Requirement { min_duration_s: 2.0, ..Requirement::NONE },
    source: module_head!("start_stop_cut.rs"),
};

impl Detector for StartStopCut {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        let levels = &features.levels;
        let db: Vec<f32> = levels
            .mean_square
            .iter()
            .map(|&power| power_to_db(f64::from(power), -120.0) as f32)
            .collect();
        if db.len() < 2 * END_FRAMES {
            return Vec::new();
        }
        let background = stats::quantile(&mut db.clone(), 0.1).map_or(0.0, f64::from);
        let end_s = END_FRAMES as f64 * levels.step_s;
        let ends = [
            (&db[..END_FRAMES], TimeSpan::new(0.0, end_s), "start_level"),
            (
                &db[db.len() - END_FRAMES..],
                TimeSpan::new(features.duration_s - end_s, features.duration_s),
                "end_level",
            ),
        ];
        ends.into_iter()
            .filter_map(|(part, span, name)| {
                let level = f64::from(part.iter().copied().fold(f32::INFINITY, f32::min));
                let over = level - background;
                (over >= REPORTS_FROM_DB).then(|| {
                    let evidence = vec![
                        Evidence::above("over_background", over, "dB", REPORTS_FROM_DB),
                        Evidence::new(name, level, "dBFS"),
                        Evidence::new("background", background, "dBFS"),
                    ];
                    Finding::description(span, over, evidence)
                })
            })
            .collect()
    }
}
