//! Fewer bits in use than the file stores, or a change of their number.
//!
//! # What it looks for
//!
//! The lowest bit that is ever set, second by second. A recording that was made with 16 bits and is
//! stored with 24 leaves eight bits at zero throughout; a piece from another recorder or converter
//! shows as a change.
//!
//! # Score
//!
//! Unused bits of the whole clip, or bits by which the number in use changes.
//!
//! # Blind to
//!
//! Lossy sources; dither, gain changes and sample-rate conversion after the fact, which fill all
//! bits. A stretch so quiet that it is silent tells nothing.
//!
//! # References
//!
//! - Grigoras & Smith (2014), *Quantization level analysis for forensic media authentication*, AES
//!   54th conference.

use super::prelude::*;

/// Unused bits or change from which the detector reports.
const REPORTS_FROM_BITS: u8 = 3;

/// Seconds on each side that must agree before a change is reported.
const STEADY_S: usize = 2;

/// See the module text.
pub(super) struct EffectiveBitDepth;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "effective-bit-depth",
    name: "Effective bit depth",
    family: Family::Numeric,
    summary: "The lowest bits of the samples are not in use, or their number changes.",
    score_unit: "bits",
    reports_from: REPORTS_FROM_BITS as f64,
    stands_alone: true,
    innocent_explanations: &[
        "a recorder or converter with fewer bits than the file stores",
        "a digital gain of a whole number of 6 dB steps",
    ],
    references: &["Grigoras & Smith 2014, AES 54th conference"],
    requires: Requirement { lossless_bits: Some(24), ..Requirement::NONE },
    source: module_head!("effective_bit_depth.rs"),
};

impl Detector for EffectiveBitDepth {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        let use_ = &features.bits;
        let sounding: Vec<(usize, u8)> =
            use_.effective_bits.iter().copied().enumerate().filter(|(_, bits)| *bits > 0).collect();
        let Some(most) = sounding.iter().map(|(_, bits)| *bits).max() else { return Vec::new() };
        let mut found = Vec::new();
        let unused = (use_.bits as u8).saturating_sub(most);
        if unused >= REPORTS_FROM_BITS {
            let evidence = vec![
                Evidence::above("unused_bits", f64::from(unused), "bits", DESCRIPTOR.reports_from),
                Evidence::new("stored_bits", f64::from(use_.bits), "bits"),
            ];
            let span = TimeSpan::new(0.0, features.duration_s);
            found.push(Finding::description(span, f64::from(unused), evidence));
        }
        found.extend(changes(&sounding).map(|(second, before, after)| {
            let change = f64::from(before.abs_diff(after));
            let evidence = vec![
                Evidence::above("change", change, "bits", DESCRIPTOR.reports_from),
                Evidence::new("bits_before", f64::from(before), "bits"),
                Evidence::new("bits_after", f64::from(after), "bits"),
            ];
            let time_s = second as f64 * use_.step_s;
            let span = TimeSpan::new((time_s - use_.step_s).max(0.0), time_s + use_.step_s);
            Finding::joint(time_s, span, change, evidence)
        }));
        found
    }
}

/// Seconds at which the number of bits changes for good: `(second, before, after)`.
fn changes(sounding: &[(usize, u8)]) -> impl Iterator<Item = (usize, u8, u8)> + '_ {
    let steady = |part: &[(usize, u8)]| part.iter().all(|(_, bits)| *bits == part[0].1);
    sounding.windows(2 * STEADY_S).filter_map(move |window| {
        let (before, after) = window.split_at(STEADY_S);
        let (b, a) = (before[0].1, after[0].1);
        (steady(before) && steady(after) && b.abs_diff(a) >= REPORTS_FROM_BITS)
            .then_some((after[0].0, b, a))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lasting_changes_count() {
        let bits = [16, 16, 16, 8, 16, 16, 8, 8, 8];
        let sounding: Vec<_> = bits.into_iter().enumerate().collect();
        assert_eq!(changes(&sounding).collect::<Vec<_>>(), vec![(6, 16, 8)]);
        assert_eq!(changes(&[]).count(), 0);
    }
}
