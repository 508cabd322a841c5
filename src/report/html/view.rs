//! The text of the page, ready to print: every value is formatted, every foreign text escaped.

use crate::finding::Strength;
use crate::report::html::provenance;
use crate::report::html::rows::{self, Row, Table};
use crate::report::summary::{file_findings, headline, not_examined, other_findings, reason};
use crate::report::terminal::escape;
use crate::report::wording::{
    ABSENCE, channel, clock, count, evidence, quantity, stream_facts, strength, strength_meaning,
    words,
};
use crate::report::wording_enf::sentences;
use crate::report::{
    AnalysisDocument, DetectorReport, DetectorStatus, EditPointReport, EnfMatchReport,
    FindingReport, Report, Status,
};

/// Edit points named in the summary.
const TOP_POINTS: usize = 5;
/// Places named for one detector in the summary.
const TOP_PLACES: usize = 3;
/// Findings of one detector that are shown without a click.
const OPEN_FINDINGS: usize = 12;

/// Everything the template prints.
pub(crate) struct View {
    pub(crate) name: String,
    pub(crate) facts: String,
    pub(crate) status: Option<&'static str>,
    pub(crate) error: Option<Vec<Row>>,
    pub(crate) identity: Vec<Row>,
    pub(crate) examined: bool,
    pub(crate) headline: String,
    pub(crate) absence: &'static str,
    pub(crate) top: Vec<Point>,
    pub(crate) top_is_all: bool,
    pub(crate) others: Vec<Other>,
    /// What was read in the file.
    pub(crate) of_file: Vec<Other>,
    pub(crate) strengths: Vec<Row>,
    pub(crate) not_examined: Vec<Row>,
    pub(crate) limitations: Vec<String>,
    pub(crate) enf: Option<Enf>,
    pub(crate) points: Vec<Point>,
    pub(crate) detectors: Vec<Detector>,
    pub(crate) quiet: Table,
    pub(crate) measurements: Vec<Row>,
    pub(crate) spectrum: Option<Table>,
    pub(crate) series: Option<Table>,
    pub(crate) stream: Vec<Row>,
    pub(crate) tables: Vec<Table>,
    pub(crate) history: Table,
    pub(crate) method: Vec<Row>,
    pub(crate) command: String,
}

/// A strength, as a key for the style and as a word.
pub(crate) struct Band {
    pub(crate) key: &'static str,
    pub(crate) word: &'static str,
    pub(crate) meaning: &'static str,
}

/// An edit point.
#[derive(Clone)]
pub(crate) struct Point {
    pub(crate) id: String,
    pub(crate) time_s: f64,
    pub(crate) time: String,
    pub(crate) span: String,
    pub(crate) strength: Strength,
    pub(crate) score: String,
    /// Anchor and name of each detector.
    pub(crate) detectors: Vec<(String, String)>,
    pub(crate) explanation: String,
    pub(crate) innocent: Vec<String>,
}

/// A detector's findings outside edit points, in the sound or in the file.
pub(crate) struct Other {
    pub(crate) anchor: String,
    pub(crate) name: String,
    pub(crate) places: String,
}

/// The hum held against a record.
pub(crate) struct Enf {
    pub(crate) record: String,
    pub(crate) text: String,
    pub(crate) rows: Vec<Row>,
}

/// A detector with findings.
pub(crate) struct Detector {
    pub(crate) anchor: String,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) family: String,
    pub(crate) count: String,
    pub(crate) open: bool,
    pub(crate) findings: Vec<Finding>,
}

/// One finding.
pub(crate) struct Finding {
    pub(crate) time_s: f64,
    pub(crate) time: String,
    pub(crate) span: String,
    pub(crate) strength: Strength,
    pub(crate) score: String,
    pub(crate) evidence: Vec<String>,
}

/// Key, word and meaning of a strength, for the template.
pub(crate) fn band(value: &Strength) -> Band {
    Band { key: value.as_str(), word: strength(*value), meaning: strength_meaning(*value) }
}

impl View {
    pub(crate) fn new(report: &Report) -> Self {
        let document = &report.document;
        let all = &document.detectors;
        let anchor = |id: &str| {
            let number = all.iter().position(|detector| detector.id == id)?;
            Some((format!("D{}", number + 1), escape(&all[number].name)))
        };
        let points: Vec<Point> = (1..)
            .zip(&document.edit_points)
            .map(|(number, point)| edit_point(number, point, &anchor))
            .collect();
        let others = other_findings(document).into_iter().map(|other| Other {
            anchor: anchor(&other.detector.id).map(|found| found.0).unwrap_or_default(),
            name: escape(&other.detector.name),
            places: other.places(TOP_PLACES),
        });
        let of_file = file_findings(document).into_iter().map(|(detector, notes)| {
            let left = notes.len().saturating_sub(TOP_PLACES);
            let mut places = notes.iter().take(TOP_PLACES).cloned().collect::<Vec<_>>().join("; ");
            if left > 0 {
                places = format!("{places}; {left} more");
            }
            Other {
                anchor: anchor(&detector.id).map(|found| found.0).unwrap_or_default(),
                name: escape(&detector.name),
                places: escape(&places),
            }
        });
        Self {
            name: file_name(&document.source.path),
            facts: document
                .stream
                .as_ref()
                .map(|s| escape(&stream_facts(s).join(" · ")))
                .unwrap_or_default(),
            status: match document.status {
                Status::Ok => None,
                Status::Partial => Some("Partial: not all of the clip was examined."),
                Status::Unreadable => Some("Unreadable: nothing of this file was examined."),
            },
            error: document.error.as_ref().map(rows::error),
            identity: rows::identity(document),
            examined: document.status != Status::Unreadable,
            headline: headline(document),
            absence: ABSENCE,
            top: strongest(&points),
            top_is_all: points.len() <= TOP_POINTS,
            others: others.collect(),
            of_file: of_file.collect(),
            strengths: strengths_in_use(report),
            not_examined: not_examined(document)
                .into_iter()
                .map(|detector| Row::new(&escape(&detector.name), &escape(&reason(detector))))
                .collect(),
            limitations: keep_in_mind(document),
            enf: document.enf_match.as_ref().map(enf),
            points,
            detectors: all
                .iter()
                .enumerate()
                .filter(|(_, detector)| !detector.findings.is_empty())
                .map(|(i, detector)| with_findings(i + 1, detector))
                .collect(),
            quiet: without_findings(all),
            measurements: document
                .measurements
                .as_ref()
                .map(rows::measurements)
                .unwrap_or_default(),
            spectrum: document.measurements.as_ref().and_then(rows::spectrum),
            series: document.measurements.as_ref().and_then(rows::series),
            stream: document.stream.as_ref().map(rows::stream).unwrap_or_default(),
            tables: rows::stream_tables(document),
            history: provenance::timeline(&document.provenance),
            method: rows::method(document),
            command: command(document),
        }
    }
}

fn enf(matched: &EnfMatchReport) -> Enf {
    Enf {
        record: file_name(&matched.record.path),
        text: escape(&sentences(matched)),
        rows: rows::enf(matched),
    }
}

/// The command that makes the report again.
fn command(document: &AnalysisDocument) -> String {
    let record = document.enf_match.as_ref().map(|matched| rows::quoted(&matched.record.path));
    let option = record.map(|path| format!(" --enf-reference={path}")).unwrap_or_default();
    rows::command(&format!("analyze{option}"), &[&document.source.path])
}

/// Last part of a path, ready to print.
pub(crate) fn file_name(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or(path);
    escape(if name == "-" { "standard input" } else { name })
}

/// Limitations, then what is wrong with the stream itself.
fn keep_in_mind(document: &AnalysisDocument) -> Vec<String> {
    let mut lines: Vec<String> = document.limitations.iter().map(|text| escape(text)).collect();
    let Some(stream) = &document.stream else { return lines };
    if let Some(first) = stream.damage.first() {
        lines.push(format!(
            "Audio is missing or damaged at {}, first at {}; see File and stream.",
            count(stream.damage.len(), "place", "places"),
            clock(first.time_s)
        ));
    }
    lines.extend(stream.warnings.iter().map(|text| escape(text)));
    lines
}

fn edit_point(
    number: usize,
    point: &EditPointReport,
    anchor: &dyn Fn(&str) -> Option<(String, String)>,
) -> Point {
    let detectors = point.detectors.iter();
    Point {
        id: format!("E{number}"),
        time_s: point.time_s,
        time: clock(point.time_s),
        span: span(point.start_s, point.end_s),
        strength: point.strength,
        score: quantity(point.score, ""),
        detectors: detectors
            .map(|id| anchor(id).unwrap_or_else(|| (String::new(), escape(id))))
            .collect(),
        explanation: escape(&point.explanation),
        innocent: point.innocent_explanations.iter().map(|text| escape(text)).collect(),
    }
}

/// The strongest edit points, by time.
fn strongest(points: &[Point]) -> Vec<Point> {
    let mut top: Vec<&Point> = points.iter().collect();
    // Stable: among equals the earlier one stays.
    top.sort_by_key(|point| std::cmp::Reverse(point.strength));
    top.truncate(TOP_POINTS);
    top.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
    top.into_iter().cloned().collect()
}

/// `start – end (length)`, empty for a moment.
fn span(start_s: f64, end_s: f64) -> String {
    if end_s <= start_s {
        return String::new();
    }
    let length = if end_s - start_s < 1.0 {
        quantity((end_s - start_s) * 1e3, "ms")
    } else {
        quantity(end_s - start_s, "s")
    };
    format!("{} – {} ({length})", clock(start_s), clock(end_s))
}

fn with_findings(number: usize, detector: &DetectorReport) -> Detector {
    let findings = detector.findings.iter();
    Detector {
        anchor: format!("D{number}"),
        id: escape(&detector.id),
        name: escape(&detector.name),
        family: escape(&words(&detector.family)),
        count: count(detector.findings.len(), "finding", "findings"),
        open: detector.findings.len() <= OPEN_FINDINGS,
        findings: findings.map(finding).collect(),
    }
}

fn finding(finding: &FindingReport) -> Finding {
    let mut lines: Vec<String> = finding.note.iter().map(|note| escape(note)).collect();
    lines.extend(finding.evidence.iter().map(|e| escape(&evidence(e))));
    lines.extend(channel(finding));
    Finding {
        time_s: finding.time_s,
        time: if finding.note.is_some() { String::new() } else { clock(finding.time_s) },
        span: span(finding.start_s, finding.end_s),
        strength: finding.strength,
        score: escape(&quantity(finding.score, &finding.score_unit)),
        evidence: lines,
    }
}

/// Detectors without findings, each with what became of it.
fn without_findings(all: &[DetectorReport]) -> Table {
    let mut table = Table::new("Detectors without findings", &["Detector", "Family", "Outcome"]);
    for detector in all.iter().filter(|detector| detector.findings.is_empty()) {
        let outcome = match detector.status {
            DetectorStatus::Examined => "examined the clip, saw nothing".into(),
            DetectorStatus::NotApplicable => format!("not applicable: {}", reason(detector)),
            DetectorStatus::Failed => reason(detector),
        };
        let name = format!("{} ({})", detector.name, detector.id);
        table.push([escape(&name), escape(&words(&detector.family)), escape(&outcome)]);
    }
    table
}

/// The bands that occur in the report, with what they stand on, weakest first.
fn strengths_in_use(report: &Report) -> Vec<Row> {
    let document = &report.document;
    let findings = document.detectors.iter().flat_map(|d| d.findings.iter().map(|f| f.strength));
    let mut used: Vec<Strength> =
        document.edit_points.iter().map(|point| point.strength).chain(findings).collect();
    used.sort();
    used.dedup();
    used.into_iter().map(|s| Row::new(s.as_str(), strength_meaning(s))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample_report;

    #[test]
    fn spans_read_with_their_length() {
        assert_eq!(span(1.0, 1.0), "");
        assert_eq!(span(1.0, 1.25), "00:01.000 – 00:01.250 (250 ms)");
        assert_eq!(span(1.0, 61.5), "00:01.000 – 01:01.500 (60.5 s)");
    }

    #[test]
    fn the_strongest_points_are_named_by_time() {
        let mut report = sample_report();
        let one = report.document.edit_points[1].clone();
        report.document.edit_points = (0..8)
            .map(|i| EditPointReport {
                time_s: f64::from(i),
                strength: if i == 7 { Strength::Strong } else { Strength::Limited },
                ..one.clone()
            })
            .collect();
        let view = View::new(&report);
        let ids: Vec<_> = view.top.iter().map(|point| point.id.as_str()).collect();
        assert_eq!(ids, ["E1", "E2", "E3", "E4", "E8"]);
        assert!(!view.top_is_all);
    }

    #[test]
    fn outcomes_without_findings_are_told_apart() {
        let table = without_findings(&sample_report().document.detectors);
        let outcomes: Vec<_> = table.rows.iter().map(|row| row[2].as_str()).collect();
        assert!(outcomes[0].starts_with("failed: "));
        assert!(outcomes[1].starts_with("not applicable: "));
        assert_eq!(outcomes[2], "examined the clip, saw nothing");
    }
}
