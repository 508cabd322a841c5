//! From the reports of a folder's files to its records, and from those to its summary.

use std::sync::Arc;

use super::document::*;
use super::groups::copies;
use super::relations::{ScanRelation, clusters};
use crate::decode::StreamInfo;
use crate::detector::Family;
use crate::detectors::DETECTORS;
use crate::finding::Strength;
use crate::report::summary::{file_findings, not_examined, other_findings};
use crate::report::{AnalysisDocument, EditPointReport, Report, Status};
use crate::units::round_time;

/// Edit points kept of one file.
const STRONGEST_KEPT: usize = 3;

/// A file of the folder and where its outputs lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScannedFile {
    /// Bytes, where the system knows.
    pub bytes: Option<u64>,
    /// When it was last modified, in UTC.
    pub modified: Option<String>,
    /// Its JSON report, from the folder of the outputs.
    pub report: String,
    /// Its page, from the folder of the outputs.
    pub page: Option<String>,
}

impl ScanRecord {
    /// What is kept of a file's report.
    #[must_use]
    pub fn of(report: &Report, file: ScannedFile) -> Self {
        let document = &report.document;
        let mut source = document.source.clone();
        source.bytes = source.bytes.or(file.bytes);
        Self {
            schema: SCAN_SCHEMA.into(),
            status: document.status,
            error: document.error.clone(),
            tool: Arc::new(document.tool.clone()),
            source,
            modified: file.modified,
            report: file.report,
            page: file.page,
            stream: document.stream.as_ref().map(stream),
            earlier_encodings: earlier_encodings(document),
            edit_points: document.edit_points.len(),
            strongest: strongest(&document.edit_points),
            others: others(document),
            highest_strength: highest(document),
            not_examined: not_examined(document).iter().map(|d| d.id.clone()).collect(),
        }
    }

    /// The record, sharing with `before` what most records of a scan have in common.
    #[must_use]
    pub(crate) fn beside(mut self, before: Option<&Self>) -> Self {
        if let Some(before) = before {
            if self.tool == before.tool {
                self.tool = before.tool.clone();
            }
            if self.not_examined == before.not_examined {
                self.not_examined = before.not_examined.clone();
            }
        }
        self
    }

    /// Whether a detector has examined the file's sound.
    pub(crate) fn by_detectors(&self) -> bool {
        let of_sound = DETECTORS.iter().map(|detector| detector.descriptor());
        let mut of_sound = of_sound.filter(|descriptor| descriptor.family != Family::Structure);
        self.status != Status::Unreadable
            && of_sound.any(|d| !self.not_examined.iter().any(|id| id == d.id))
    }

    /// Rank of the file among others, the higher the more there is to listen to: whether it was
    /// examined, strength and score of its strongest edit point.
    pub(crate) fn rank(&self) -> (bool, Option<Strength>, f64) {
        let first = self.strongest.first();
        let score = first.map_or(f64::NEG_INFINITY, |point| point.score);
        (self.status != Status::Unreadable, first.map(|point| point.strength), score)
    }
}

fn stream(stream: &StreamInfo) -> ScanStream {
    ScanStream {
        container: stream.container.clone(),
        codec: stream.codec.clone(),
        sample_rate_hz: stream.sample_rate_hz,
        channels: stream.channels,
        duration_s: round_time(stream.duration_s),
    }
}

fn earlier_encodings(document: &AnalysisDocument) -> Vec<String> {
    let steps = document.provenance.compression_history.iter();
    steps.filter(|step| step.observed_in == "signal").map(|step| step.codec.clone()).collect()
}

fn strongest(points: &[EditPointReport]) -> Vec<ScanPoint> {
    let mut sorted: Vec<&EditPointReport> = points.iter().collect();
    sorted.sort_by(|a, b| b.strength.cmp(&a.strength).then(b.score.total_cmp(&a.score)));
    let kept = sorted.into_iter().take(STRONGEST_KEPT);
    kept.map(|point| ScanPoint {
        time_s: point.time_s,
        score: point.score,
        strength: point.strength,
        detectors: point.detectors.clone(),
    })
    .collect()
}

fn others(document: &AnalysisDocument) -> Vec<ScanFindings> {
    let of_sound = other_findings(document).into_iter().map(|others| ScanFindings {
        id: others.detector.id.clone(),
        findings: others.findings.len(),
        strength: (others.findings.iter().map(|f| f.strength).max())
            .unwrap_or(Strength::Uncalibrated),
    });
    let of_file = file_findings(document).into_iter().filter(|(d, _)| d.is_indicator());
    let of_file = of_file.map(|(detector, notes)| ScanFindings {
        id: detector.id.clone(),
        findings: notes.len(),
        strength: Strength::Uncalibrated,
    });
    of_sound.chain(of_file).collect()
}

fn highest(document: &AnalysisDocument) -> Option<Strength> {
    let findings = document.detectors.iter().flat_map(|detector| &detector.findings);
    let points = document.edit_points.iter().map(|point| point.strength);
    points.chain(findings.map(|finding| finding.strength)).max()
}

impl ScanSummary {
    /// The same with what the files have in common.
    #[must_use]
    pub fn with_relations(self, relations: &[ScanRelation]) -> Self {
        Self { clusters: clusters(relations, &self.copies), ..self }
    }

    /// What `records` of `files` files come to, and what was passed over on the way.
    #[must_use]
    pub fn of(records: &[ScanRecord], files: usize, passed_over: &[PassedOver]) -> Self {
        let count = |status: Status| records.iter().filter(|r| r.status == status).count();
        let seconds = records.iter().filter_map(|r| r.stream.as_ref()).map(|s| s.duration_s);
        Self {
            schema: SCAN_SCHEMA.into(),
            files,
            finished: records.len(),
            ok: count(Status::Ok),
            partial: count(Status::Partial),
            unreadable: count(Status::Unreadable),
            by_detectors: records.iter().filter(|r| r.by_detectors()).count(),
            audio_s: round_time(seconds.sum()),
            with_edit_points: records.iter().filter(|r| r.edit_points > 0).count(),
            copies: copies(records),
            clusters: Vec::new(),
            passed_over: passed_over.to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::scan::sample::{record, unreadable};

    #[test]
    fn a_record_keeps_the_strongest_points_first() {
        let record = record("a.wav");
        assert_eq!((record.edit_points, record.strongest.len()), (2, 2));
        assert!(record.strongest[0].strength >= record.strongest[1].strength);
        assert_eq!(record.highest_strength, Some(record.strongest[0].strength));
        assert!(!record.others.is_empty() && !record.not_examined.is_empty());
    }

    #[test]
    fn an_unreadable_file_keeps_its_size_and_ranks_last() {
        let bad = unreadable("b.wav");
        assert_eq!((bad.source.bytes, bad.stream.as_ref()), (Some(12), None));
        assert!(bad.rank() < record("a.wav").rank());
    }

    #[test]
    fn a_summary_counts_every_status() {
        let records = [record("a.wav"), unreadable("b.wav")];
        let summary = ScanSummary::of(&records, 3, &[]);
        assert_eq!((summary.files, summary.finished), (3, 2));
        assert_eq!((summary.ok, summary.partial, summary.unreadable), (1, 0, 1));
        assert_eq!((summary.audio_s, summary.by_detectors, summary.with_edit_points), (12.0, 1, 1));
        let none = ScanSummary::of(&[], 0, &[]);
        assert_eq!((none.audio_s, none.copies.len()), (0.0, 0));
    }
}
