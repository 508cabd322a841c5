//! One row per segment, edit and addition, for spreadsheets.
//!
//! `kind` is `segment`, one of the five kinds of edit, `addition`, or what became of a comparison
//! that has no rows otherwise: `not-found`, `inconclusive` or `unreadable`. The last three keep a
//! comparison without an answer from looking like two recordings that share nothing.

use std::io::{self, Write};

use csv::{Terminator, WriterBuilder};

use crate::report::Status;
use crate::report::comparison::{
    ComparisonDocument, ComparisonReport, Conclusion, EditReport, SegmentReport, wording,
};
use crate::report::csv::safe_cell;

const HEADER: [&str; 15] = [
    "file_a",
    "file_b",
    "kind",
    "a_start_s",
    "a_end_s",
    "b_start_s",
    "b_end_s",
    "speed",
    "tempo",
    "gain_db",
    "inverted",
    "similarity",
    "score",
    "residual_db",
    "summary",
];

/// Several comparisons under one header.
///
/// # Errors
///
/// Whatever `out` answers.
pub fn write_many(reports: &[ComparisonReport], out: &mut dyn Write) -> io::Result<()> {
    let mut rows = WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(out);
    rows.write_record(HEADER)?;
    for report in reports {
        let document = &report.document;
        let files = [&document.a, &document.b]
            .map(|recording| safe_cell(&recording.source.path).into_owned());
        for row in table(document) {
            rows.write_record(files.iter().chain(&row))?;
        }
    }
    rows.flush()
}

/// What follows the two files.
type Cells = [String; 13];

fn table(document: &ComparisonDocument) -> Vec<Cells> {
    let mut rows: Vec<Cells> = document.segments.iter().map(segment).collect();
    rows.extend(document.edits.iter().map(edit));
    rows.extend(document.additions.iter().map(|addition| {
        let mut row = stretch("addition", addition.start_s, addition.end_s);
        row[12] = wording::addition(addition);
        row
    }));
    let outcome = match (document.status, document.same_source.conclusion) {
        (Status::Unreadable, _) => "unreadable",
        (_, Conclusion::Inconclusive) => "inconclusive",
        (_, Conclusion::NotFound) => "not-found",
        (_, Conclusion::Found) => return rows,
    };
    let mut row = Cells::default();
    row[0] = outcome.into();
    if document.status != Status::Unreadable {
        row[10] = document.same_source.score.to_string();
    }
    let errors = [&document.a, &document.b].map(|recording| recording.error.as_ref());
    let mut summary = vec![wording::answer(document)];
    summary.extend(errors.into_iter().flatten().map(|error| error.message.clone()));
    row[12] = safe_cell(&summary.join(" ")).into_owned();
    rows.insert(0, row);
    rows
}

/// A row with kind and place in A.
fn stretch(kind: &str, start_s: f64, end_s: f64) -> Cells {
    let mut row = Cells::default();
    row[0] = kind.into();
    row[1] = start_s.to_string();
    row[2] = end_s.to_string();
    row
}

fn segment(segment: &SegmentReport) -> Cells {
    let optional = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    [
        "segment".into(),
        segment.a_start_s.to_string(),
        segment.a_end_s.to_string(),
        segment.b_start_s.to_string(),
        segment.b_end_s.to_string(),
        segment.speed.to_string(),
        segment.tempo.to_string(),
        segment.gain_db.to_string(),
        segment.inverted.to_string(),
        segment.similarity.to_string(),
        segment.score.to_string(),
        optional(segment.residual_db),
        wording::also_at(segment).unwrap_or_default(),
    ]
}

fn edit(edit: &EditReport) -> Cells {
    let mut row = stretch(wording::kind(edit.kind), edit.a_start_s, edit.a_end_s);
    row[3] = edit.b_start_s.map(|time_s| time_s.to_string()).unwrap_or_default();
    row[4] = edit.b_end_s.map(|time_s| time_s.to_string()).unwrap_or_default();
    row[12] = wording::edit(edit);
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::comparison::sample;

    fn rows(reports: &[ComparisonReport]) -> Vec<csv::StringRecord> {
        let mut bytes = Vec::new();
        write_many(reports, &mut bytes).unwrap();
        csv::Reader::from_reader(&bytes[..]).records().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn every_segment_edit_and_addition_has_a_row() {
        let rows = rows(&[sample::found()]);
        let kinds: Vec<&str> = rows.iter().map(|row| &row[2]).collect();
        assert_eq!(kinds[..4], ["segment"; 4]);
        assert_eq!(
            kinds[4..],
            ["deletion", "insertion", "move", "replacement", "repeat", "insertion", "addition"]
        );
        assert_eq!(&rows[0][3], "0");
        assert_eq!(&rows[2][7], "1.06");
        assert_eq!(&rows[2][13], "", "no residual where waveforms do not align");
        assert_eq!(&rows[3][10], "true");
    }

    #[test]
    fn text_is_never_a_formula_and_numbers_stay_numbers() {
        let rows = rows(&sample::all());
        assert!(rows.iter().all(|row| row[0].starts_with("'=cmd|") || &row[0] == "voice.m4a"));
        assert!(rows.iter().all(|row| !row[14].starts_with(['=', '+', '-', '@'])));
        assert_eq!(&rows[0][9], "-1.2");
    }

    #[test]
    fn a_comparison_without_an_answer_has_a_row_that_says_so() {
        let kinds: Vec<String> =
            rows(&sample::all()).iter().skip(11).map(|row| row[2].to_string()).collect();
        assert_eq!(kinds, ["not-found", "inconclusive", "unreadable"]);
    }
}
