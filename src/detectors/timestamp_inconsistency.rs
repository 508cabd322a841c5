//! Dates in the file that do not fit each other.
//!
//! # What it looks for
//!
//! Creation and modification dates of MP4 and QuickTime boxes and keys, of Matroska and of broadcast WAV.
//! A part that was modified before it was created, and creation dates that lie further apart than time
//! zones explain.
//!
//! # Score
//!
//! 1 for each: what stands in the file is read, not estimated. How often untouched files have it is
//! counted in files, see the README.
//!
//! # Blind to
//!
//! Dates that were all set alike, as programs that strip or back-date tags do; the file system's dates,
//! which change with every copy; dates of music tags, which say when it was published.
//!
//! # References
//!
//! - ISO/IEC 14496-12, 8.2.2; QuickTime File Format; RFC 9559, 5.1.2; EBU Tech 3285.

use super::prelude::*;
use crate::container::structure::Date;

/// Distance of two dates of creation from which they differ, in seconds: clocks of two time zones
/// differ by 26 hours at most.
const LEAST_APART_S: i64 = 26 * 3600;

/// Seconds by which a part may be modified before it is created: programs read the clock twice.
const CLOCK_S: i64 = 2;

/// See the module text.
pub(super) struct TimestampInconsistency;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "timestamp-inconsistency",
    name: "Dates that differ",
    family: Family::Structure,
    summary: "Dates in the file do not fit each other.",
    score_unit: "1",
    reports_from: 1.0,
    stands_alone: false,
    innocent_explanations: &[
        "a platform that keeps the date of the sound and sets that of the file anew",
        "a recorder whose clock was wrong or was set between",
    ],
    references: &["ISO/IEC 14496-12, 8.2.2; QuickTime File Format; RFC 9559, 5.1.2; EBU Tech 3285"],
    requires: Requirement::STRUCTURE,
    source: module_head!("timestamp_inconsistency.rs"),
};

impl Detector for TimestampInconsistency {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        notes(&features.structure.dates)
            .into_iter()
            .map(|(offsets, note)| {
                let names = ["at_byte", "and_at_byte"];
                let evidence = names
                    .iter()
                    .zip(offsets)
                    .map(|(name, offset)| Evidence::new(name, offset as f64, "byte offset"));
                Finding::of_file(features.duration_s, evidence.collect(), note)
            })
            .collect()
    }
}

/// Byte offsets and words of every pair that does not fit.
fn notes(dates: &[Date]) -> Vec<(Vec<u64>, String)> {
    let mut notes = Vec::new();
    for pair in dates.windows(2) {
        let [first, second] = pair else { continue };
        let of_one_part =
            first.offset == second.offset && first.name == "created" && second.name == "modified";
        if of_one_part && second.unix_s + CLOCK_S < first.unix_s {
            let (created, modified) = (first.text(), second.text());
            notes.push((
                vec![first.offset],
                format!("created {created}, modified before that: {modified}"),
            ));
        }
    }
    let created = || dates.iter().filter(|date| date.name == "created");
    let ends = created().min_by_key(|d| d.unix_s).zip(created().max_by_key(|d| d.unix_s));
    if let Some((earliest, latest)) =
        ends.filter(|(a, b)| b.unix_s.saturating_sub(a.unix_s) > LEAST_APART_S)
    {
        let note = format!(
            "created {} by the part at byte {}, {} by that at byte {}",
            earliest.text(),
            earliest.offset,
            latest.text(),
            latest.offset
        );
        notes.push((vec![latest.offset, earliest.offset], note));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(name: &'static str, unix_s: i64, offset: u64) -> Date {
        Date { name, unix_s, offset }
    }

    #[test]
    fn zones_are_forgiven_and_years_are_not() {
        let day = 86_400;
        assert!(notes(&[date("created", 0, 1), date("modified", day * 90, 1)]).is_empty());
        assert!(notes(&[date("created", 0, 1), date("created", day, 2)]).is_empty());
        assert_eq!(notes(&[date("created", 0, 1), date("created", 2 * day, 2)])[0].0, [2, 1]);
        assert_eq!(notes(&[date("created", 10, 7), date("modified", 0, 7)])[0].0, [7]);
        assert!(notes(&[]).is_empty());
    }
}
