//! The text of the index page, ready to print: every value is formatted, every foreign text escaped.

use std::collections::HashMap;

use crate::finding::Strength;
use crate::report::html::rows::Row;
use crate::report::scan::csv::status;
use crate::report::scan::{
    CopyGroup, RelatedFile, Same, ScanCluster, ScanPoint, ScanRecord, ScanSummary,
};
use crate::report::terminal::escape;
use crate::report::wording::{
    ABSENCE, NO_DETECTOR, bytes, clock, count, number, strength, strength_meaning,
};
use crate::report::{Status, ToolReport};

/// Edit points named at the top.
const TOP_POINTS: usize = 20;
/// Entries passed over that are named before the rest is counted.
const PASSED_OVER_NAMED: usize = 200;
/// Hexadecimal digits of a hash that tell copies apart.
const HASH_DIGITS: usize = 16;

/// Everything the template prints.
pub(super) struct View<'a> {
    pub(super) title: String,
    pub(super) facts: String,
    pub(super) unfinished: Option<String>,
    pub(super) no_points: &'static str,
    pub(super) absence: &'static str,
    pub(super) top: Vec<Top>,
    pub(super) more_points: Option<String>,
    /// The strongest first; what could not be examined stands last.
    sorted: Vec<&'a ScanRecord>,
    /// Number and kind of the group of copies by report.
    numbers: HashMap<&'a str, (usize, &'static str)>,
    pub(super) groups: Vec<Group>,
    pub(super) clusters: Vec<Cluster>,
    pub(super) passed_over: Vec<Row>,
    pub(super) more_passed_over: Option<String>,
    pub(super) method: Vec<Row>,
}

/// One of the strongest edit points.
pub(super) struct Top {
    pub(super) time: String,
    pub(super) strength: Strength,
    pub(super) name: String,
    pub(super) link: String,
    pub(super) detectors: String,
}

/// A row of the table.
pub(super) struct File {
    pub(super) name: String,
    pub(super) link: String,
    pub(super) json: Option<String>,
    pub(super) status: &'static str,
    pub(super) reason: String,
    pub(super) hint: String,
    pub(super) length: String,
    pub(super) length_s: f64,
    pub(super) size: String,
    pub(super) size_bytes: u64,
    pub(super) format: String,
    pub(super) points: String,
    pub(super) points_count: i64,
    pub(super) strongest: Option<(Strength, String)>,
    /// Place in the order of strength, from 0 for the weakest.
    pub(super) rank: usize,
    pub(super) others: String,
    /// Number of its group of copies, and what is the same.
    pub(super) group: Option<(usize, &'static str)>,
}

/// Files that are copies of each other.
pub(super) struct Group {
    pub(super) number: usize,
    pub(super) heading: String,
    /// Name, link and the beginning of the file's hash.
    pub(super) members: Vec<(String, String, String)>,
}

/// Files that share sound.
pub(super) struct Cluster {
    pub(super) heading: String,
    pub(super) relations: Vec<Relation>,
}

/// Two of them: names and links of both, the words between them and behind.
pub(super) struct Relation {
    pub(super) a: (String, String),
    pub(super) between: String,
    pub(super) b: (String, String),
    pub(super) behind: String,
}

impl<'a> View<'a> {
    pub(super) fn new(records: &'a [ScanRecord], summary: &'a ScanSummary) -> Self {
        let mut sorted: Vec<&ScanRecord> = records.iter().collect();
        sorted.sort_by(|a, b| {
            let (of_a, of_b) = (a.rank(), b.rank());
            let order = (of_b.0, of_b.1).cmp(&(of_a.0, of_a.1));
            order.then(of_b.2.total_cmp(&of_a.2)).then(a.source.path.cmp(&b.source.path))
        });
        let links: HashMap<&str, &str> =
            records.iter().map(|record| (record.report.as_str(), link(record))).collect();
        let (top, more_points) = top(records);
        let (passed_over, more_passed_over) = passed_over(summary);
        Self {
            title: count(summary.files, "file", "files"),
            facts: facts(summary),
            unfinished: (summary.finished < summary.files).then(|| {
                format!(
                    "This scan has not ended: {} of {} files are on this page.",
                    summary.finished, summary.files
                )
            }),
            no_points: if summary.by_detectors > 0 { NO_POINTS } else { NO_DETECTOR },
            absence: ABSENCE,
            top,
            more_points,
            sorted,
            numbers: group_numbers(&summary.copies),
            groups: (summary.copies.iter().enumerate())
                .map(|(index, copies)| group(index + 1, copies, &links))
                .collect(),
            clusters: summary.clusters.iter().map(|of| cluster(of, &links)).collect(),
            passed_over,
            more_passed_over,
            method: method(records),
        }
    }

    pub(super) fn has_files(&self) -> bool {
        !self.sorted.is_empty()
    }

    /// Rows of the table, each made when it is its turn: those of all files would take more memory than the
    /// records do.
    pub(super) fn files(&self) -> impl Iterator<Item = File> {
        self.sorted.iter().enumerate().map(|(index, record)| {
            let group = self.numbers.get(record.report.as_str()).copied();
            file(record, self.sorted.len() - index, group)
        })
    }
}

fn facts(summary: &ScanSummary) -> String {
    let mut facts = vec![
        format!("{} of sound", clock(summary.audio_s)),
        format!("{} examined", summary.ok + summary.partial),
        format!("{} could not be", summary.unreadable),
    ];
    if summary.by_detectors > 0 {
        facts.push(format!("{} with edit points", summary.with_edit_points));
    }
    if !summary.copies.is_empty() {
        facts.push(count(summary.copies.len(), "group of copies", "groups of copies"));
    }
    if !summary.clusters.is_empty() {
        facts.push(count(summary.clusters.len(), "cluster", "clusters"));
    }
    facts.join(" · ")
}

/// Where a file's report lies: its page if there is one.
fn link(record: &ScanRecord) -> &str {
    record.page.as_ref().unwrap_or(&record.report)
}

/// What is said where there is none.
const NO_POINTS: &str = "No edit points in the files that were examined";

/// The strongest edit points of all files, and how many more there are.
fn top(records: &[ScanRecord]) -> (Vec<Top>, Option<String>) {
    let mut points: Vec<(&ScanRecord, &ScanPoint)> = records
        .iter()
        .flat_map(|record| record.strongest.iter().map(move |point| (record, point)))
        .collect();
    points.sort_by(|(of_a, a), (of_b, b)| {
        let order = b.strength.cmp(&a.strength).then(b.score.total_cmp(&a.score));
        order.then(of_a.source.path.cmp(&of_b.source.path)).then(a.time_s.total_cmp(&b.time_s))
    });
    let all: usize = records.iter().map(|record| record.edit_points).sum();
    let shown = points.len().min(TOP_POINTS);
    let more = (all > shown).then(|| format!("{} more are in the files' reports.", all - shown));
    let top = points.into_iter().take(TOP_POINTS).map(|(record, point)| Top {
        time: clock(point.time_s),
        strength: point.strength,
        name: escape(&record.source.path),
        link: link(record).to_owned(),
        detectors: escape(&point.detectors.join(", ")),
    });
    (top.collect(), more)
}

fn file(record: &ScanRecord, rank: usize, group: Option<(usize, &'static str)>) -> File {
    let stream = record.stream.as_ref();
    let error = record.error.as_ref();
    let strongest = record.strongest.first();
    let looked = record.by_detectors();
    let size = record.source.bytes;
    File {
        name: escape(&record.source.path),
        link: link(record).to_owned(),
        json: record.page.is_some().then(|| record.report.clone()),
        status: status(record.status),
        reason: error.map(|error| escape(&error.message)).unwrap_or_default(),
        hint: error.and_then(|e| e.hint.as_ref()).map(|h| escape(h)).unwrap_or_default(),
        length: stream.map(|stream| clock(stream.duration_s)).unwrap_or_default(),
        length_s: stream.map_or(-1.0, |stream| stream.duration_s),
        size: size.map(short_size).unwrap_or_default(),
        size_bytes: size.unwrap_or(0),
        format: format(record),
        points: if looked { record.edit_points.to_string() } else { String::new() },
        points_count: if looked { record.edit_points as i64 } else { -1 },
        strongest: strongest.map(|point| (point.strength, clock(point.time_s))),
        rank,
        others: others(record),
        group,
    }
}

/// The size without the exact count behind it.
fn short_size(size: u64) -> String {
    let text = bytes(size);
    text.split(" (").next().unwrap_or_default().to_owned()
}

/// `WAV, PCM, earlier AAC`.
fn format(record: &ScanRecord) -> String {
    let Some(stream) = &record.stream else { return String::new() };
    let mut parts = vec![stream.container.clone()];
    if stream.codec != stream.container {
        parts.push(stream.codec.clone());
    }
    parts.extend(record.earlier_encodings.iter().map(|codec| format!("earlier {codec}")));
    parts.retain(|part| !part.is_empty());
    escape(&parts.join(", "))
}

/// `2 clipping, 1 mains-hum (limited)`.
fn others(record: &ScanRecord) -> String {
    let words = record.others.iter().map(|other| match other.strength {
        Strength::Uncalibrated => format!("{} {}", other.findings, other.id),
        level => format!("{} {} ({})", other.findings, other.id, strength(level)),
    });
    escape(&words.collect::<Vec<_>>().join(", "))
}

fn same_words(same: Same) -> &'static str {
    match same {
        Same::File => "same file",
        Same::Samples => "same samples",
    }
}

/// Number and kind of the group that each report belongs to.
fn group_numbers(groups: &[CopyGroup]) -> HashMap<&str, (usize, &'static str)> {
    let numbered = groups.iter().enumerate().flat_map(|(index, group)| {
        let value = (index + 1, same_words(group.same));
        group.members.iter().map(move |member| (member.report.as_str(), value))
    });
    numbered.collect()
}

fn group(number: usize, group: &CopyGroup, links: &HashMap<&str, &str>) -> Group {
    let what = match group.same {
        Same::File => "byte for byte the same",
        Same::Samples => "the same samples, in files that differ",
    };
    let members = group.members.iter().map(|member| {
        let link = links.get(member.report.as_str()).unwrap_or(&member.report.as_str()).to_string();
        let hash = member.sha256.as_deref().unwrap_or_default().chars().take(HASH_DIGITS);
        (escape(&member.path), link, hash.collect())
    });
    Group {
        number,
        heading: format!("{}: {what}", count(group.members.len(), "file", "files")),
        members: members.collect(),
    }
}

fn cluster(cluster: &ScanCluster, links: &HashMap<&str, &str>) -> Cluster {
    let named = |file: &RelatedFile| {
        let link = links.get(file.report.as_str()).unwrap_or(&file.report.as_str()).to_string();
        (escape(&file.path), link)
    };
    let relations = cluster.relations.iter().map(|relation| {
        let (between, behind) = relation.words();
        Relation { a: named(&relation.a), between, b: named(&relation.b), behind }
    });
    let files = count(cluster.members.len(), "file", "files");
    Cluster { heading: format!("{files} that share sound"), relations: relations.collect() }
}

fn passed_over(summary: &ScanSummary) -> (Vec<Row>, Option<String>) {
    let all = &summary.passed_over;
    let named = all.iter().take(PASSED_OVER_NAMED);
    let rows = named.map(|entry| Row::new(&escape(&entry.path), &escape(&entry.reason)));
    let more = all.len().saturating_sub(PASSED_OVER_NAMED);
    (rows.collect(), (more > 0).then(|| format!("{more} more are in scan.ndjson.")))
}

/// Programs that made the reports, usually one, and what the strengths stand on.
fn method(records: &[ScanRecord]) -> Vec<Row> {
    let mut tools: Vec<&ToolReport> = Vec::new();
    for record in records {
        if !tools.contains(&&*record.tool) {
            tools.push(&record.tool);
        }
    }
    let mut rows: Vec<Row> = tools
        .iter()
        .map(|tool| {
            let text = format!("{} {}, calibration {}", tool.name, tool.version, tool.calibration);
            Row::new("Made by", &escape(&text))
        })
        .collect();
    let mut used: Vec<Strength> =
        records.iter().flat_map(|r| &r.strongest).map(|point| point.strength).collect();
    used.sort_unstable();
    used.dedup();
    let meanings = used.iter().rev().map(|s| Row::new(strength(*s), strength_meaning(*s)));
    rows.extend(meanings);
    let partial = records.iter().filter(|record| record.status == Status::Partial).count();
    if partial > 0 {
        let text = format!("{} examined in part; the report says which", number(partial as f64));
        rows.push(Row::new("Partial", &text));
    }
    rows
}
