//! Sample values that never occur, at even distances.
//!
//! # What it looks for
//!
//! Digital gain above 1 stretches the sample values and leaves some unused: a gain of 1.25 empties
//! every fifth. The codes around zero are counted in blocks of ten seconds; an empty code between
//! well-used ones is no accident. A clip that shows the same comb throughout was amplified as a
//! whole; a comb that begins or ends at some place says that the parts have different histories.
//!
//! # Score
//!
//! Share of empty codes, in percent; for a change, the difference of the shares.
//!
//! # Blind to
//!
//! Gains below 1, dither, lossy sources, sample-rate conversion. Loudness normalisation leaves the
//! same comb and is innocent.
//!
//! # References
//!
//! - Grigoras & Smith (2014), *Quantization level analysis for forensic media authentication*, AES
//!   54th conference.

use super::prelude::*;
use crate::measures::bits::Comb;

/// Share of empty codes from which a comb is reported, in percent.
const REPORTS_FROM_PERCENT: f64 = 2.0;

/// Codes in steady use that a block needs before its share is trusted.
const MIN_CODES: u32 = 200;

/// See the module text.
pub(super) struct GainComb;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "gain-comb",
    name: "Gain comb",
    family: Family::Numeric,
    summary: "Sample values are missing at even distances, as after digital amplification.",
    score_unit: "%",
    reports_from: REPORTS_FROM_PERCENT,
    stands_alone: true,
    innocent_explanations: &["loudness normalisation of the whole recording"],
    references: &["Grigoras & Smith 2014, AES 54th conference"],
    requires: Requirement { min_duration_s: 5.0, lossless_bits: Some(16), ..Requirement::NONE },
    source: module_head!("gain_comb.rs"),
};

impl Detector for GainComb {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        let step_s = features.bits.comb_step_s;
        let combs: Vec<(usize, Comb)> = features
            .bits
            .combs
            .iter()
            .copied()
            .enumerate()
            .filter(|(_, comb)| comb.codes >= MIN_CODES)
            .collect();
        let percent = |comb: &Comb| 100.0 * comb.empty_share();
        let mut found = Vec::new();
        let combed = combs.iter().filter(|(_, c)| percent(c) >= REPORTS_FROM_PERCENT);
        let shares: Vec<f64> = combed.clone().map(|(_, c)| percent(c)).collect();
        if let (Some((_, first)), false) = (combed.clone().next(), shares.is_empty()) {
            let mean = shares.iter().sum::<f64>() / shares.len() as f64;
            let evidence = vec![
                Evidence::above("empty_codes", mean, "%", REPORTS_FROM_PERCENT),
                Evidence::new("spacing", f64::from(first.spacing), "codes"),
                Evidence::new("combed_blocks", shares.len() as f64, "blocks"),
                Evidence::new("examined_blocks", combs.len() as f64, "blocks"),
            ];
            let span = TimeSpan::new(0.0, features.duration_s);
            found.push(Finding::description(span, mean, evidence));
        }
        for pair in combs.windows(2) {
            let (before, after) = (percent(&pair[0].1), percent(&pair[1].1));
            let change = (before - after).abs();
            let either = before.max(after) >= REPORTS_FROM_PERCENT;
            if either && change >= REPORTS_FROM_PERCENT.max(0.25 * before.max(after)) {
                let time_s = pair[1].0 as f64 * step_s;
                let end_s = (time_s + step_s).min(features.duration_s);
                let span = TimeSpan::new(pair[0].0 as f64 * step_s, end_s);
                let evidence = vec![
                    Evidence::above("change", change, "%", REPORTS_FROM_PERCENT),
                    Evidence::new("empty_codes_before", before, "%"),
                    Evidence::new("empty_codes_after", after, "%"),
                ];
                found.push(Finding::description(span, change, evidence));
            }
        }
        found
    }
}
