//! Small records for the tests beside this file.

use super::{RelatedFile, RelationKind, ScanRecord, ScanRelation, ScannedFile};
use crate::report::{Report, sample_report, unreadable_report};

fn of(mut report: Report, path: &str) -> ScanRecord {
    report.document.source.path = path.into();
    let name = format!("reports/{}.json", path.len());
    let modified = Some("2026-11-23T00:00:00.000000000Z".into());
    ScanRecord::of(&report, ScannedFile { bytes: Some(12), modified, report: name, page: None })
}

/// An examined file with two edit points.
pub(crate) fn record(path: &str) -> ScanRecord {
    of(sample_report(), path)
}

/// A file that could not be examined.
pub(crate) fn unreadable(path: &str) -> ScanRecord {
    let mut report = unreadable_report();
    report.document.source.bytes = None;
    of(report, path)
}

/// One file as the 52 s from 12 s on of another.
pub(crate) fn relation(a: &str, b: &str) -> ScanRelation {
    let file =
        |path: &str| RelatedFile { path: path.into(), report: format!("reports/{path}.json") };
    ScanRelation {
        a: file(a),
        b: file(b),
        kind: RelationKind::Excerpt,
        a_start_s: 0.0,
        a_end_s: 52.0,
        b_start_s: 12.0,
        b_end_s: 64.0,
        shared_s: 52.0,
        speed: 1.0,
        score: 61.2,
        edits: Vec::new(),
    }
}
