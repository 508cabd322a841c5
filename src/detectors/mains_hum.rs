//! Mains hum in a clip, and how far its frequency lies from what the mains have.
//!
//! # What it looks for
//!
//! A comb of harmonics of one frequency near 50 or 60 Hz that lasts through the clip and stands above
//! the combs of all other frequencies within 8 % of it. It tells in what part of the world, or near
//! what machine, a recording was made. Mains stay within a few tenths of a per cent of their nominal:
//! a frequency further off says that the clip plays faster or slower than it was recorded, or that
//! the hum is not of the mains.
//!
//! Over minutes the frequency walks, and all mains that are joined walk alike: `--enf-reference` holds
//! it against a record of them. A clip of some minutes may fit many places of a long record, so the
//! report names the next best place beside the best.
//!
//! # Score
//!
//! Mean comb at the frequency over the median of the others, in robust standard deviations of these.
//!
//! # Blind to
//!
//! Recorders far from the mains; hum below the noise; channels that pass nothing below 600 Hz. Motors,
//! fans and held bass notes leave combs of their own.
//!
//! # References
//!
//! - Hua, Liao, Zhang & Ye (2021), *Detection of electric network frequency in audio recordings*,
//!   IEEE TIFS 16: presence as a test of its own.
//! - Sanaei, Toulson & Cole (2014), *Tuning and optimization of an electric network frequency
//!   extraction algorithm*, JAES 62: use of harmonics.

use super::prelude::*;

/// Comb over the others from which hum is taken to be there; see `measures::hum`.
const REPORTS_FROM: f64 = 9.0;

/// See the module text.
pub(super) struct MainsHum;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "mains-hum",
    name: "Mains hum",
    family: Family::Hum,
    summary: "The clip carries hum of the mains, at the frequency given.",
    score_unit: "robust standard deviations",
    reports_from: REPORTS_FROM,
    stands_alone: false,
    innocent_explanations: &["a recorder near mains wiring", "a motor or a fan"],
    references: &["Hua et al. 2021, IEEE TIFS 16", "Sanaei, Toulson & Cole 2014, JAES 62"],
    requires: Requirement { mains_hum: true, ..Requirement::NONE },
    source: module_head!("mains_hum.rs"),
};

impl Detector for MainsHum {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        let Some(hum) = &features.hum else { return Vec::new() };
        let off = 100.0 * (hum.frequency_hz / hum.nominal_hz - 1.0);
        let mut evidence = vec![
            Evidence::above("comb", hum.score, DESCRIPTOR.score_unit, REPORTS_FROM),
            Evidence::new("frequency", hum.frequency_hz, "Hz"),
            Evidence::new("nominal", hum.nominal_hz, "Hz"),
            Evidence::new("off_nominal", off, "%"),
        ];
        evidence.extend(hum.harmonics.iter().map(|(number, db)| {
            Evidence::new(&format!("harmonic_{number}_over_noise"), *db, "dB")
        }));
        vec![Finding::description(TimeSpan::new(0.0, features.duration_s), hum.score, evidence)]
    }
}
