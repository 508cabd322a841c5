//! One row per edit point and per finding, for spreadsheets.
//!
//! Columns: `file, kind, id, time_s, start_s, end_s, channel, score, score_unit, strength, summary`.
//! `kind` is `edit-point`, `finding` or, for a clip that could not be examined, `unreadable`; the
//! last keeps a failed run from looking like a clip in which nothing was seen. Channels count from 0
//! as in the JSON document.

use std::borrow::Cow;
use std::io::{self, Write};

use csv::{Terminator, WriterBuilder};

use crate::report::wording::evidence_line;
use crate::report::{AnalysisDocument, Report};

const HEADER: [&str; 11] = [
    "file",
    "kind",
    "id",
    "time_s",
    "start_s",
    "end_s",
    "channel",
    "score",
    "score_unit",
    "strength",
    "summary",
];

/// One clip under a header.
///
/// # Errors
///
/// Whatever `out` answers.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    write_many(std::slice::from_ref(report), out)
}

/// Several clips under one header.
///
/// # Errors
///
/// Whatever `out` answers.
pub fn write_many(reports: &[Report], out: &mut dyn Write) -> io::Result<()> {
    let mut rows = WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(out);
    rows.write_record(HEADER)?;
    for report in reports {
        for row in table(&report.document) {
            rows.write_record(&row)?;
        }
    }
    rows.flush()
}

/// Text that no spreadsheet takes for a formula: a quote goes before a first character that would
/// start one (OWASP, *CSV Injection*).
pub(crate) fn safe_cell(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}").into()
    } else {
        text.into()
    }
}

fn table(document: &AnalysisDocument) -> Vec<[String; 11]> {
    let file = || safe_cell(&document.source.path).into_owned();
    let text = |text: &str| safe_cell(text).into_owned();
    let mut rows = Vec::new();
    if let Some(error) = &document.error {
        let mut row: [String; 11] = Default::default();
        row[0] = file();
        row[1] = "unreadable".into();
        row[2] = text(&error.kind);
        row[10] = text(&error.message);
        rows.push(row);
    }
    for point in &document.edit_points {
        rows.push([
            file(),
            "edit-point".into(),
            text(&point.detectors.join("+")),
            point.time_s.to_string(),
            point.start_s.to_string(),
            point.end_s.to_string(),
            String::new(),
            point.score.to_string(),
            String::new(),
            point.strength.as_str().into(),
            text(&point.explanation),
        ]);
    }
    for detector in &document.detectors {
        for finding in &detector.findings {
            rows.push([
                file(),
                "finding".into(),
                text(&detector.id),
                finding.time_s.to_string(),
                finding.start_s.to_string(),
                finding.end_s.to_string(),
                finding.channel.map(|channel| channel.to_string()).unwrap_or_default(),
                finding.score.to_string(),
                text(&finding.score_unit),
                finding.strength.as_str().into(),
                text(&evidence_line(finding)),
            ]);
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{sample_report, unreadable_report};

    fn rows(reports: &[Report]) -> Vec<csv::StringRecord> {
        let mut bytes = Vec::new();
        write_many(reports, &mut bytes).unwrap();
        csv::Reader::from_reader(&bytes[..]).records().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn every_edit_point_and_finding_has_a_row() {
        let rows = rows(&[sample_report()]);
        assert_eq!(rows.iter().filter(|row| &row[1] == "edit-point").count(), 2);
        assert_eq!(rows.iter().filter(|row| &row[1] == "finding").count(), 6);
        assert_eq!(&rows[0][3], "4.2");
        assert_eq!(&rows[0][9], "strong");
    }

    #[test]
    fn text_is_never_a_formula_and_numbers_stay_numbers() {
        let rows = rows(&[sample_report()]);
        assert!(rows.iter().all(|row| row[0].starts_with("'=cmd|")));
        let scores: Vec<f64> = rows.iter().map(|row| row[7].parse().unwrap()).collect();
        assert!(scores.iter().any(|&score| score < 0.0));
        assert_eq!(safe_cell("\tx"), "'\tx");
        assert_eq!(safe_cell("clip.wav"), "clip.wav");
    }

    #[test]
    fn several_clips_share_one_header_and_an_unreadable_one_has_a_row() {
        let rows = rows(&[sample_report(), unreadable_report()]);
        assert_eq!(rows.len(), 9);
        assert_eq!(&rows[8][1], "unreadable");
        assert_eq!(&rows[8][2], "malformed");
    }
}
