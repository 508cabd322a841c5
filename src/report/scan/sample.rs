//! Small records for the tests beside this file.

use super::{ScanRecord, ScannedFile};
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
