//! What a reader is told first: the strongest edit points, what else was seen, what was not examined.

use crate::finding::Strength;
use crate::report::wording::{clock, count, strength};
use crate::report::{AnalysisDocument, DetectorReport, DetectorStatus, FindingReport};

/// Findings of one detector that no edit point covers.
pub(crate) struct OtherFindings<'a> {
    /// The detector.
    pub(crate) detector: &'a DetectorReport,
    /// Its findings outside edit points, at least one, by time.
    pub(crate) findings: Vec<&'a FindingReport>,
}

impl OtherFindings<'_> {
    /// `3 places, moderate: 00:01.000, 00:02.000, 00:03.000`, naming at most `most` of them.
    pub(crate) fn places(&self, most: usize) -> String {
        let mut times: Vec<_> = self.findings.iter().take(most).map(|f| clock(f.time_s)).collect();
        if self.findings.len() > most {
            times.push(format!("and {} more", self.findings.len() - most));
        }
        let strongest =
            self.findings.iter().map(|f| f.strength).max().unwrap_or(Strength::Uncalibrated);
        let places = count(self.findings.len(), "place", "places");
        let up_to = if self.findings.len() > 1 && strongest > Strength::Uncalibrated {
            "up to "
        } else {
            ""
        };
        format!("{places}, {up_to}{}: {}", strength(strongest), times.join(", "))
    }
}

/// The family whose findings are about the file, not about a time in it.
const STRUCTURE: &str = "structure";

/// What was read in the file, by detector, each finding in words with its place.
pub(crate) fn file_findings(document: &AnalysisDocument) -> Vec<(&DetectorReport, Vec<String>)> {
    let of_file =
        document.detectors.iter().filter(|d| d.family == STRUCTURE && !d.findings.is_empty());
    of_file.map(|detector| (detector, detector.findings.iter().map(in_words).collect())).collect()
}

/// A finding's note, and the byte at which it stands.
pub(crate) fn in_words(finding: &FindingReport) -> String {
    let note = finding.note.clone().unwrap_or_default();
    match finding.evidence.iter().find(|e| e.name == "at_byte").filter(|e| e.value > 0.0) {
        Some(at) => format!("{note} (byte {})", at.value),
        None => note,
    }
}

/// Findings in the sound that no edit point covers, by detector. An edit point covers a finding of a detector it
/// names if their spans meet.
pub(crate) fn other_findings(document: &AnalysisDocument) -> Vec<OtherFindings<'_>> {
    let covered = |detector: &DetectorReport, finding: &FindingReport| {
        document.edit_points.iter().any(|point| {
            point.detectors.contains(&detector.id)
                && finding.start_s <= point.end_s
                && point.start_s <= finding.end_s
        })
    };
    let of_sound = document.detectors.iter().filter(|detector| detector.family != STRUCTURE);
    let others = of_sound.map(|detector| OtherFindings {
        detector,
        findings: detector.findings.iter().filter(|f| !covered(detector, f)).collect(),
    });
    others.filter(|others| !others.findings.is_empty()).collect()
}

/// Detectors that did not examine the clip, by id.
pub(crate) fn not_examined(document: &AnalysisDocument) -> Vec<&DetectorReport> {
    document.detectors.iter().filter(|d| d.status != DetectorStatus::Examined).collect()
}

/// Why a detector did not examine the clip.
pub(crate) fn reason(detector: &DetectorReport) -> String {
    let reason = detector.reason.as_deref().unwrap_or("no reason was given");
    match detector.status {
        DetectorStatus::Failed => format!("failed: {reason}"),
        _ => reason.to_string(),
    }
}

/// One sentence on how much was seen, such as `2 edit points (1 strong, 1 moderate); 5 findings by
/// 3 of the 7 detectors that examined the clip.`
pub(crate) fn headline(document: &AnalysisDocument) -> String {
    let examined =
        document.detectors.iter().filter(|d| d.status == DetectorStatus::Examined).count();
    let indicators = || document.detectors.iter().filter(|d| d.is_indicator());
    let findings: usize = indicators().map(|d| d.findings.len()).sum();
    let detectors =
        count(examined, "detector that examined the clip", "detectors that examined the clip");
    if examined == 0 {
        return "No detector examined this clip.".into();
    }
    if document.edit_points.is_empty() && findings == 0 {
        return format!("No indicators were seen by the {detectors}.");
    }
    let with = indicators().filter(|d| !d.findings.is_empty()).count();
    format!(
        "{}; {} by {with} of the {detectors}.",
        edit_points_line(document),
        count(findings, "finding", "findings")
    )
}

fn edit_points_line(document: &AnalysisDocument) -> String {
    let points = &document.edit_points;
    if points.is_empty() {
        return "No edit points".into();
    }
    let mut counts = Vec::new();
    for band in [
        Strength::VeryStrong,
        Strength::Strong,
        Strength::Moderate,
        Strength::Limited,
        Strength::Uncalibrated,
    ] {
        let n = points.iter().filter(|point| point.strength == band).count();
        if n > 0 {
            counts.push(format!("{n} {}", strength(band)));
        }
    }
    format!("{} ({})", count(points.len(), "edit point", "edit points"), counts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{sample_report, unreadable_report};

    #[test]
    fn findings_inside_edit_points_are_not_repeated() {
        let report = sample_report();
        let others = other_findings(&report.document);
        let ids: Vec<_> = others.iter().map(|o| o.detector.id.as_str()).collect();
        assert_eq!(ids, ["clipping-change", "digital-silence"]);
        assert_eq!(others[1].places(3), "1 place, moderate: 00:04.000");
    }

    #[test]
    fn long_lists_are_cut() {
        let mut document = sample_report().document;
        document.edit_points.clear();
        let others = other_findings(&document);
        assert_eq!(others[1].places(1), "3 places, up to moderate: 00:04.000, and 2 more");
    }

    #[test]
    fn the_headline_counts_by_strength() {
        let report = sample_report();
        assert_eq!(
            headline(&report.document),
            "2 edit points (1 strong, 1 uncalibrated); 6 findings by 3 of the 4 detectors that \
             examined the clip."
        );
        assert_eq!(headline(&unreadable_report().document), "No detector examined this clip.");
    }

    #[test]
    fn nothing_seen_differs_from_nothing_examined() {
        let mut document = sample_report().document;
        document.edit_points.clear();
        document.detectors.iter_mut().for_each(|d| d.findings.clear());
        assert_eq!(
            headline(&document),
            "No indicators were seen by the 4 detectors that examined the clip."
        );
    }

    #[test]
    fn failures_say_so() {
        let report = sample_report();
        let reasons: Vec<_> = not_examined(&report.document).into_iter().map(reason).collect();
        assert_eq!(reasons[1], "needs 10 s of mains hum, none was found");
        assert!(reasons[0].starts_with("failed: "));
    }
}
