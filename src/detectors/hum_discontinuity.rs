//! A jump of the mains hum's phase.
//!
//! # What it looks for
//!
//! The mains turns evenly for hours, and its hum goes on under speech and pauses alike. Where a piece
//! was taken out or put in, every harmonic of the hum jumps by the same time: a cut of length τ turns
//! harmonic h of the frequency f by 2π·h·f·τ. At each moment the phases of all harmonics that stand
//! over the noise are fitted on 3 s either side, with a common frequency, and one jump for all of them
//! is held against none.
//!
//! # Score
//!
//! Root of twice the gain in log likelihood of the jump, in standard deviations. Besides a fixed
//! number it must reach 2.5 times what one moment in ten of the same clip shows.
//!
//! # Blind to
//!
//! Clips without mains hum; cuts of nearly whole periods (20 ms at 50 Hz, 10 ms if only even harmonics
//! are heard); pieces of less than 3 s between two joints; hum that is itself unsteady. A load switched
//! on the same line turns the phase without any cut.
//!
//! # References
//!
//! - Nicolalde & Apolinário (2009, 2010), phase of the electric network frequency: a jump of the phase
//!   as the trace of an edit.
//! - Esquef, Apolinário & Biscainho (2014), *Edit detection in speech recordings via instantaneous
//!   electric network frequency variations*, IEEE TIFS 9.

use super::prelude::*;

/// Score from which the detector reports, in standard deviations.
const REPORTS_FROM: f64 = 8.0;

/// Half of the span in which the jump lies, in seconds: the tracks are smoothed over half a second.
const HALF_SPAN_S: f64 = 0.4;

/// See the module text.
pub(super) struct HumDiscontinuity;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "hum-discontinuity",
    name: "Hum discontinuity",
    family: Family::Hum,
    summary: "The phase of the mains hum jumps, in all harmonics by the same time.",
    score_unit: "standard deviations",
    reports_from: REPORTS_FROM,
    stands_alone: true,
    innocent_explanations: &[
        "a load switched on the same line",
        "samples lost by a recorder or in transmission",
        "a recorder that was moved or paused",
    ],
    references: &[
        "Nicolalde & Apolinário 2010, phase of the electric network frequency",
        "Esquef, Apolinário & Biscainho 2014, IEEE TIFS 9",
    ],
    requires: Requirement { min_duration_s: 12.0, mains_hum: true, ..Requirement::NONE },
    source: module_head!("hum_discontinuity.rs"),
};

impl Detector for HumDiscontinuity {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        let Some(hum) = &features.hum else { return Vec::new() };
        let breaks = hum.breaks.iter().filter(|found| found.score >= REPORTS_FROM);
        breaks
            .map(|found| {
                let end_s = (found.time_s + HALF_SPAN_S).min(features.duration_s);
                let span = TimeSpan::new((found.time_s - HALF_SPAN_S).max(0.0), end_s);
                let evidence = vec![
                    Evidence::above("jump", found.score, DESCRIPTOR.score_unit, REPORTS_FROM),
                    Evidence::new("usual_in_this_clip", found.usual, DESCRIPTOR.score_unit),
                    Evidence::new(
                        "turn_of_the_fundamental",
                        found.turn_rad.to_degrees(),
                        "degrees",
                    ),
                    Evidence::new("cut_length_modulo_a_period", 1e3 * found.cut_modulo_s, "ms"),
                    Evidence::new("hum_frequency", hum.frequency_hz, "Hz"),
                ];
                Finding::joint(found.time_s, span, found.score, evidence)
            })
            .collect()
    }
}
