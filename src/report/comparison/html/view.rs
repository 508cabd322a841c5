//! The text of the page, ready to print: every value is formatted, every foreign text escaped.

use crate::report::Status;
use crate::report::comparison::wording::{self, ABSENCE, NOT_COMPARED, SHARED};
use crate::report::comparison::{
    ComparisonDocument, ComparisonReport, Conclusion, RecordingReport, SegmentReport,
};
use crate::report::html::rows::{self, Row, Rows, Table};
use crate::report::html::view::file_name;
use crate::report::terminal::escape;
use crate::report::wording::{clock, count, quantity, series_label, stream_facts};

/// Colours that segments take turns in.
const COLOURS: usize = 6;

/// Everything the template prints.
pub(crate) struct View {
    pub(crate) title: String,
    pub(crate) files: Vec<File>,
    pub(crate) status: Option<&'static str>,
    pub(crate) outcome: &'static str,
    pub(crate) answer: String,
    pub(crate) numbers: Vec<Row>,
    pub(crate) fixed: &'static str,
    pub(crate) limitations: Vec<String>,
    pub(crate) has_timeline: bool,
    pub(crate) has_sound: bool,
    pub(crate) segments: Vec<Segment>,
    pub(crate) edits: Vec<Mark>,
    pub(crate) additions: Vec<Mark>,
    pub(crate) series: Option<Table>,
    pub(crate) method: Vec<Row>,
    pub(crate) command: String,
}

/// One of the two files.
pub(crate) struct File {
    pub(crate) letter: &'static str,
    pub(crate) role: &'static str,
    pub(crate) name: String,
    pub(crate) facts: String,
    pub(crate) error: Vec<Row>,
    pub(crate) source: Vec<Row>,
    pub(crate) stream: Vec<Row>,
    pub(crate) tables: Vec<Table>,
}

/// A row of the table of segments.
pub(crate) struct Segment {
    pub(crate) id: String,
    pub(crate) colour: usize,
    pub(crate) a_start_s: f64,
    pub(crate) a_start: String,
    pub(crate) a_end: String,
    pub(crate) b: String,
    pub(crate) length: String,
    pub(crate) speed: String,
    pub(crate) tempo: String,
    pub(crate) level: String,
    pub(crate) similarity: String,
    pub(crate) score: String,
    pub(crate) residual: String,
    pub(crate) notes: String,
}

/// An edit or an addition.
pub(crate) struct Mark {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(crate) time_s: f64,
    pub(crate) time: String,
    pub(crate) end: String,
    pub(crate) text: String,
}

/// Colour of a segment counted from 0, by number from 1.
pub(crate) fn colour(index: usize) -> usize {
    index % COLOURS + 1
}

/// `from B 00:05.000–00:15.100`, with what differs.
pub(crate) fn source_from(segment: &SegmentReport) -> String {
    let mut parts = vec![format!("B {}", wording::stretch(segment.b_start_s, segment.b_end_s))];
    parts.extend(wording::changes(segment));
    parts.join(", ")
}

impl View {
    pub(crate) fn new(report: &ComparisonReport) -> Self {
        let document = &report.document;
        let compared = document.status != Status::Unreadable;
        let paths = [document.a.source.path.as_str(), document.b.source.path.as_str()];
        let pictures = report.pictures.as_ref();
        Self {
            title: paths.map(file_name).join(" and "),
            files: vec![
                file("A", "the clip", &document.a),
                file("B", "the candidate source", &document.b),
            ],
            status: match document.status {
                Status::Ok => None,
                Status::Partial => Some("Partial: not all of both files was compared."),
                Status::Unreadable => Some("Unreadable: nothing was compared."),
            },
            outcome: wording::outcome(document),
            answer: escape(&wording::answer(document)),
            numbers: if compared { numbers(document) } else { Vec::new() },
            fixed: match document.same_source.conclusion {
                _ if !compared => NOT_COMPARED,
                Conclusion::Found => SHARED,
                Conclusion::NotFound | Conclusion::Inconclusive => ABSENCE,
            },
            limitations: keep_in_mind(document),
            has_timeline: compared && (pictures.is_some() || !document.series.is_empty()),
            has_sound: pictures.is_some_and(|pictures| pictures.listen.is_some()),
            segments: document.segments.iter().enumerate().map(|(i, s)| segment(i, s)).collect(),
            edits: edits(document),
            additions: additions(document),
            series: series(document),
            method: method(document),
            command: rows::command("compare", &paths),
        }
    }
}

fn file(letter: &'static str, role: &'static str, recording: &RecordingReport) -> File {
    let stream = recording.stream.as_ref();
    File {
        letter,
        role,
        name: file_name(&recording.source.path),
        facts: stream.map(|s| escape(&stream_facts(s).join(" · "))).unwrap_or_default(),
        error: recording.error.as_ref().map(rows::error).unwrap_or_default(),
        source: rows::source(&recording.source),
        stream: stream.map(rows::stream).unwrap_or_default(),
        tables: stream.map(rows::stream_notes).unwrap_or_default(),
    }
}

/// The answer in numbers.
fn numbers(document: &ComparisonDocument) -> Vec<Row> {
    let same = &document.same_source;
    let mut rows = Rows(Vec::new());
    if same.found {
        let segments = count(document.segments.len(), "segment", "segments");
        rows.add(
            "Time of A found in B",
            format!("{} in {segments}", wording::seconds(same.matched_s)),
        );
        rows.add("Share of A that comes from B", wording::share(same.coverage_a));
        rows.add("Share of B that is in A", wording::share(same.coverage_b));
        rows.add("Edits that turn B into A", document.edits.len().to_string());
    }
    rows.add(
        "Strongest agreement",
        format!(
            "{:.1} standard deviations above strangers; reported from {:.1}",
            same.score, same.threshold
        ),
    );
    rows.0
}

/// Limitations, then what is wrong with the streams themselves.
fn keep_in_mind(document: &ComparisonDocument) -> Vec<String> {
    let mut lines: Vec<String> = document.limitations.iter().map(|text| escape(text)).collect();
    for (letter, recording) in [("A", &document.a), ("B", &document.b)] {
        let Some(stream) = &recording.stream else { continue };
        if let Some(first) = stream.damage.first() {
            lines.push(format!(
                "{letter}: audio is missing or damaged at {}, first at {}.",
                count(stream.damage.len(), "place", "places"),
                clock(first.time_s)
            ));
        }
        lines.extend(stream.warnings.iter().map(|text| escape(&format!("{letter}: {text}"))));
    }
    lines
}

fn segment(index: usize, segment: &SegmentReport) -> Segment {
    let mut notes = Vec::new();
    notes.extend(segment.inverted.then(|| "polarity reversed".to_string()));
    notes.extend(wording::also_at(segment));
    Segment {
        id: format!("S{}", index + 1),
        colour: colour(index),
        a_start_s: segment.a_start_s,
        a_start: clock(segment.a_start_s),
        a_end: clock(segment.a_end_s),
        b: wording::stretch(segment.b_start_s, segment.b_end_s),
        length: wording::seconds(segment.a_end_s - segment.a_start_s),
        speed: wording::ratio(segment.speed),
        tempo: wording::ratio(segment.tempo),
        level: wording::decibels(segment.gain_db),
        similarity: format!("{:.2}", segment.similarity),
        score: format!("{:.1}", segment.score),
        residual: segment.residual_db.map_or_else(|| "–".into(), wording::decibels),
        notes: notes.join("; "),
    }
}

fn edits(document: &ComparisonDocument) -> Vec<Mark> {
    let edits = (1..).zip(&document.edits);
    edits
        .map(|(number, edit)| Mark {
            id: format!("E{number}"),
            kind: wording::kind(edit.kind),
            time_s: edit.a_start_s,
            time: clock(edit.a_start_s),
            end: if edit.a_end_s > edit.a_start_s { clock(edit.a_end_s) } else { String::new() },
            text: wording::edit(edit),
        })
        .collect()
}

fn additions(document: &ComparisonDocument) -> Vec<Mark> {
    let additions = (1..).zip(&document.additions);
    additions
        .map(|(number, addition)| Mark {
            id: format!("L{number}"),
            kind: "addition",
            time_s: addition.start_s,
            time: clock(addition.start_s),
            end: clock(addition.end_s),
            text: wording::addition(addition),
        })
        .collect()
}

/// Median of each series inside and outside of segments, for readers without the lanes.
fn series(document: &ComparisonDocument) -> Option<Table> {
    let mut table = Table::new(
        "Series in numbers",
        &["Series", "Unit", "Step", "Median inside segments", "Median outside"],
    );
    for series in &document.series {
        let (label, unit) = series_label(&series.name);
        let inside = |i: usize| {
            let time_s = series.start_s + series.step_s * i as f64;
            document.segments.iter().any(|s| s.a_start_s <= time_s && time_s < s.a_end_s)
        };
        let median = |wanted: bool| {
            let values = series.values.iter().enumerate().filter(|(i, _)| inside(*i) == wanted);
            let mut values: Vec<f64> = values.filter_map(|(_, value)| *value).collect();
            values.sort_by(f64::total_cmp);
            values.get(values.len() / 2).map_or_else(|| "–".into(), |&v| quantity(v, ""))
        };
        let step = quantity(series.step_s, "s");
        table.push([escape(&label), unit.into(), step, median(true), median(false)]);
    }
    (!table.rows.is_empty()).then_some(table)
}

fn method(document: &ComparisonDocument) -> Vec<Row> {
    let tool = &document.tool;
    let mut rows = Rows(Vec::new());
    rows.add("Program", format!("{} {}", tool.name, tool.version));
    rows.add("Compared features", tool.producer.clone());
    rows.add("Score held against", tool.calibration.clone());
    rows.add("Document", document.schema.clone());
    rows.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::comparison::sample;

    #[test]
    fn colours_take_turns() {
        assert_eq!([0, 5, 6].map(colour), [1, 6, 1]);
    }

    #[test]
    fn medians_are_taken_apart() {
        let table = series(&sample::found().document).unwrap();
        let inside: f64 = table.rows[0][3].parse().unwrap();
        let outside: f64 = table.rows[0][4].parse().unwrap();
        assert!((inside - 6.0).abs() < 0.5 && (outside + 3.0).abs() < 0.5);
        assert_eq!(table.rows[1][0], "residual");
    }

    #[test]
    fn what_is_wrong_with_a_file_is_kept_in_mind() {
        let lines = keep_in_mind(&sample::found().document);
        assert_eq!(lines.len(), 3);
        assert!(lines[2].starts_with("A: the container"));
    }

    #[test]
    fn the_command_names_both_files() {
        let view = View::new(&sample::unreadable());
        assert_eq!(
            view.command,
            "spliceprint compare voice.m4a 'archive/council <meeting> & more.flac'"
        );
        assert!(view.numbers.is_empty() && !view.has_timeline);
    }
}
