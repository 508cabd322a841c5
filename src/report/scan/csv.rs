//! `scan.csv`: one row per file, for spreadsheets.

use std::io::{self, Write};

use csv::{Terminator, WriterBuilder};

use super::{CopyGroup, Same, ScanRecord, ScanSummary};
use crate::report::Status;
use crate::report::csv::safe_cell;

const HEADER: [&str; 20] = [
    "file",
    "status",
    "reason",
    "bytes",
    "modified",
    "duration_s",
    "container",
    "codec",
    "sample_rate_hz",
    "channels",
    "earlier_encodings",
    "edit_points",
    "strongest_time_s",
    "strongest_score",
    "strongest_strength",
    "strongest_detectors",
    "other_findings",
    "copies",
    "sha256",
    "report",
];

/// A row per record. `copies` reads `1 file` or `1 samples`: the number of the group of exact copies,
/// as on the page, and what they have in common.
///
/// # Errors
///
/// Whatever `out` answers.
pub fn write(records: &[ScanRecord], summary: &ScanSummary, out: &mut dyn Write) -> io::Result<()> {
    let groups = copies_by_report(&summary.copies);
    let mut rows = WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(out);
    rows.write_record(HEADER)?;
    for record in records {
        let copies = groups.get(record.report.as_str()).map_or("", String::as_str);
        rows.write_record(row(record, copies))?;
    }
    rows.flush()
}

/// Which group of copies each report belongs to, in words.
fn copies_by_report(groups: &[CopyGroup]) -> std::collections::HashMap<&str, String> {
    let named = groups.iter().enumerate().flat_map(|(index, group)| {
        let same = match group.same {
            Same::File => "file",
            Same::Samples => "samples",
        };
        let name = format!("{} {same}", index + 1);
        group.members.iter().map(move |member| (member.report.as_str(), name.clone()))
    });
    named.collect()
}

fn row(record: &ScanRecord, copies: &str) -> [String; 20] {
    let text = |text: &str| safe_cell(text).into_owned();
    let source = &record.source;
    let stream = record.stream.as_ref();
    let strongest = record.strongest.first();
    let others = record.others.iter().map(|other| format!("{} {}", other.findings, other.id));
    [
        text(&source.path),
        status(record.status).into(),
        record.error.as_ref().map(|error| text(&error.message)).unwrap_or_default(),
        source.bytes.map(|bytes| bytes.to_string()).unwrap_or_default(),
        record.modified.clone().unwrap_or_default(),
        stream.map(|s| s.duration_s.to_string()).unwrap_or_default(),
        stream.map(|s| text(&s.container)).unwrap_or_default(),
        stream.map(|s| text(&s.codec)).unwrap_or_default(),
        stream.map(|s| s.sample_rate_hz.to_string()).unwrap_or_default(),
        stream.map(|s| s.channels.to_string()).unwrap_or_default(),
        text(&record.earlier_encodings.join("+")),
        stream.map(|_| record.edit_points.to_string()).unwrap_or_default(),
        strongest.map(|point| point.time_s.to_string()).unwrap_or_default(),
        strongest.map(|point| point.score.to_string()).unwrap_or_default(),
        strongest.map(|point| point.strength.as_str().into()).unwrap_or_default(),
        strongest.map(|point| text(&point.detectors.join("+"))).unwrap_or_default(),
        text(&others.collect::<Vec<_>>().join(", ")),
        copies.into(),
        source.sha256.clone().unwrap_or_default(),
        text(&record.report),
    ]
}

/// The word documents carry.
pub(crate) fn status(status: Status) -> &'static str {
    match status {
        Status::Ok => "ok",
        Status::Partial => "partial",
        Status::Unreadable => "unreadable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::HOSTILE;
    use crate::report::scan::sample::{record, unreadable};

    #[test]
    fn every_file_has_a_row_and_no_name_is_a_formula() {
        let records = [record(HOSTILE), record("a"), unreadable("+b")];
        let mut bytes = Vec::new();
        write(&records, &ScanSummary::of(&records, 3, &[]), &mut bytes).unwrap();
        let rows: Vec<csv::StringRecord> =
            csv::Reader::from_reader(&bytes[..]).records().collect::<Result<_, _>>().unwrap();
        assert_eq!(rows.len(), 3);
        assert!(rows[0][0].starts_with("'=cmd|") && &rows[2][0] == "'+b");
        assert_eq!((&rows[0][11], &rows[0][17]), ("2", "1 file"));
        assert_eq!(
            (&rows[2][1], &rows[2][11]),
            ("unreadable", ""),
            "no zero: nothing was examined"
        );
        assert!(!rows[2][2].is_empty());
    }
}
