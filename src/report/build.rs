//! From an analysis, or a failure, to the report that every format is rendered from.

use super::build_enf::enf_match;
use super::build_measurements::{measurements, overview};
use super::build_provenance::of_analysis;
use super::references::ReferencesReport;
use super::{
    ANALYSIS_SCHEMA, AnalysisDocument, CertificateKind, CertificateReport, Custody, DetectorReport,
    DetectorStatus, EditPointReport, ErrorReport, FindingReport, FingerprintReport, Provenance,
    Report, SettingsReport, SourceReport, Status, ToolReport,
};
use crate::analysis::{Analysis, Outcome, Settings};
use crate::calibration::Calibration;
use crate::certificate::{Certificate, Recall};
use crate::decode::{CodecClass, Source};
use crate::detector::Descriptor;
use crate::detectors::DETECTORS;
use crate::error::Error;
use crate::finding::{Evidence, Finding};
use crate::fusion::EditPoint;
use crate::measures::fingerprint::{PRODUCER, WORDS_PER_S};
use crate::units::{round_time, round_to};

/// Decimals of scores and of evidence.
const VALUE_DECIMALS: i32 = 6;

/// Name of the calibration in force if no counts are built in.
const NO_CALIBRATION: &str = "none";

impl Report {
    /// The report of an examined clip; with the fingerprint's words only if asked for.
    #[must_use]
    pub fn of(analysis: &Analysis, settings: &Settings, with_words: bool) -> Self {
        let stream = analysis.stream.clone();
        let status = if stream.damage.is_empty() { Status::Ok } else { Status::Partial };
        let words = &analysis.features.fingerprint.words;
        let document = AnalysisDocument {
            schema: ANALYSIS_SCHEMA.into(),
            status,
            error: None,
            tool: tool(settings),
            custody: None,
            source: SourceReport::of(&analysis.source),
            provenance: of_analysis(&stream, analysis),
            limitations: limitations(analysis),
            measurements: Some(measurements(analysis)),
            detectors: analysis.outcomes.iter().map(|o| detector(o, analysis.offset_s)).collect(),
            edit_points: analysis.edit_points.iter().map(|p| edit_point(p, analysis)).collect(),
            certificate: None,
            references: None,
            enf_match: analysis
                .enf_match
                .as_ref()
                .map(|m| enf_match(m, analysis.features.hum.as_ref(), analysis.offset_s)),
            fingerprint: Some(fingerprint(words, with_words)),
            stream: Some(stream),
        };
        Self { document, overview: Some(overview(analysis)) }
    }

    /// The same report with who examined the clip and why.
    #[must_use]
    pub fn with_custody(mut self, custody: Custody) -> Self {
        self.document.custody = Some(custody).filter(|custody| *custody != Custody::default());
        self
    }

    /// The same report with the clip beside recordings of the claimed source.
    #[must_use]
    pub fn with_references(mut self, references: &[AnalysisDocument]) -> Self {
        self.document.references = Some(ReferencesReport::of(&self.document, references));
        self
    }

    /// The same report with what would have been found.
    #[must_use]
    pub fn with_certificate(mut self, certificate: &Certificate) -> Self {
        let kind = |recall: &Recall| {
            let (share, low, high) = recall.interval();
            CertificateKind {
                joint: recall.joint.as_str().into(),
                placement: recall.placement.as_str().into(),
                made: recall.made,
                found: recall.found,
                recall: round_to(share, 3),
                recall_low: round_to(low, 3),
                recall_high: round_to(high, 3),
            }
        };
        self.document.certificate = Some(CertificateReport {
            encoded_as: certificate.encoded_as.clone(),
            part_s: round_time(certificate.part_s),
            kinds: certificate.recalls.iter().map(kind).collect(),
        });
        self
    }

    /// The report of a clip that could not be examined.
    #[must_use]
    pub fn unreadable(path: &str, error: &Error, settings: &Settings) -> Self {
        let not_examined = |descriptor: &Descriptor| DetectorReport {
            status: DetectorStatus::Failed,
            reason: Some("the clip could not be read".into()),
            ..empty_detector(descriptor)
        };
        let document = AnalysisDocument {
            schema: ANALYSIS_SCHEMA.into(),
            status: Status::Unreadable,
            error: Some(error_report(error)),
            tool: tool(settings),
            custody: None,
            source: SourceReport::unread(path),
            stream: None,
            provenance: Provenance::default(),
            limitations: vec![
                "Nothing was examined; an empty list of findings says nothing.".into(),
            ],
            measurements: None,
            detectors: DETECTORS.iter().map(|d| not_examined(d.descriptor())).collect(),
            edit_points: Vec::new(),
            certificate: None,
            enf_match: None,
            references: None,
            fingerprint: None,
        };
        Self { document, overview: None }
    }
}

pub(super) fn fingerprint(words: &[u32], with_words: bool) -> FingerprintReport {
    FingerprintReport {
        producer: PRODUCER.into(),
        words: with_words.then(|| words.to_vec()),
        word_count: words.len(),
        words_per_s: WORDS_PER_S,
    }
}

impl SourceReport {
    /// A file that was read.
    pub(super) fn of(source: &Source) -> Self {
        Self {
            path: source.path.clone(),
            bytes: Some(source.bytes),
            sha256: Some(source.sha256.clone()),
            pcm_sha256: source.pcm_sha256.clone(),
            pcm_format: source.pcm_format.clone(),
        }
    }

    /// A file that could not be read.
    pub(super) fn unread(path: &str) -> Self {
        Self { path: path.into(), bytes: None, sha256: None, pcm_sha256: None, pcm_format: None }
    }
}

impl ToolReport {
    /// What documents made with these settings carry.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        tool(settings)
    }
}

pub(super) fn tool(settings: &Settings) -> ToolReport {
    ToolReport {
        name: env!("CARGO_PKG_NAME").into(),
        version: env!("CARGO_PKG_VERSION").into(),
        settings: SettingsReport {
            track: settings.open.track,
            start_s: settings.start_s.map(round_time),
            end_s: settings.end_s.map(round_time),
            deep: settings.deep,
            profile: settings.profile.as_str().into(),
            only: settings.only.clone(),
            skip: settings.skip.clone(),
            external: settings.open.allow_external,
        },
        calibration: Calibration::shipped().title().unwrap_or_else(|| NO_CALIBRATION.into()),
    }
}

/// Error as a program reads it. The chain of causes is in the message.
pub(super) fn error_report(error: &Error) -> ErrorReport {
    let (kind, offset) = match error {
        Error::Open { .. } => ("open", None),
        Error::Read { offset, .. } => ("read", Some(*offset)),
        Error::Changed { .. } => ("changed", None),
        Error::Unrecognised { .. } => ("unrecognised", None),
        Error::Malformed { offset, .. } => ("malformed", Some(*offset)),
        Error::Unsupported { .. } => ("unsupported", None),
        Error::Limit { .. } => ("limit", None),
        Error::NoAudio { .. } => ("no_audio", None),
        Error::Argument { .. } => ("argument", None),
        Error::Write { .. } | Error::Archive { .. } | Error::Table { .. } => ("internal", None),
        Error::Damaged { offset, .. } => ("internal", Some(*offset)),
    };
    let mut message = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        message = format!("{message}: {inner}");
        cause = inner.source();
    }
    ErrorReport { kind: kind.into(), message, hint: error.hint(), offset }
}

/// What this examination cannot say.
fn limitations(analysis: &Analysis) -> Vec<String> {
    let stream = &analysis.stream;
    let mut lines = vec![
        "The file is a copy of unknown generation; what came before its last encoding shows only as far as traces survive.".to_owned(),
        "Joints under a cross-fade of a few milliseconds, in near silence, or between equal backgrounds are found only where frames of an earlier encoding, hum, a repetition or a tail that breaks off show them.".to_owned(),
    ];
    let silence = Calibration::shipped().nothing_found(CodecClass::of(stream));
    if silence < 0.0 {
        lines.push(format!(
            "Where no edit point is, a joint is only {:.1} times less likely than it was: that was counted over many kinds of joints under such a last encoding. --certificate counts it for this clip.",
            10f64.powf(-silence)
        ));
    }
    if !stream.lossless {
        lines.push(format!(
            "{} rewrites every sample, so traces in sample values were not examined and abrupt joints are weakened.",
            stream.codec
        ));
    }
    if stream.decoder.accuracy == "external" {
        lines.push(
            "The samples come from an external decoder; another version may give others.".into(),
        );
    }
    if analysis.features.duration_s < 5.0 {
        lines.push(
            "The clip is short; detectors that compare stretches had little to compare.".into(),
        );
    }
    if analysis.features.pauses.pause_s < 0.5 {
        lines
            .push("No pause was found, so the background could not be told from the sound.".into());
    }
    if analysis.features.runs.overflowed {
        lines.push(
            "The clip has more runs of equal samples than are kept; later ones are counted only."
                .into(),
        );
    }
    lines
}

fn empty_detector(descriptor: &Descriptor) -> DetectorReport {
    DetectorReport {
        id: descriptor.id.into(),
        name: descriptor.name.into(),
        family: descriptor.family.as_str().into(),
        status: DetectorStatus::Examined,
        reason: None,
        findings: Vec::new(),
    }
}

pub(super) fn detector(outcome: &Outcome, offset_s: f64) -> DetectorReport {
    match outcome {
        Outcome::Examined(seen) => DetectorReport {
            findings: seen
                .findings
                .iter()
                .map(|f| finding(f, seen.descriptor.score_unit, offset_s))
                .collect(),
            ..empty_detector(seen.descriptor)
        },
        Outcome::NotApplicable { descriptor, reason } => DetectorReport {
            status: DetectorStatus::NotApplicable,
            reason: Some(reason.clone()),
            ..empty_detector(descriptor)
        },
    }
}

fn finding(finding: &Finding, score_unit: &str, offset_s: f64) -> FindingReport {
    let evidence = |e: &Evidence| Evidence {
        value: round_to(e.value, VALUE_DECIMALS),
        threshold: e.threshold.map(|t| round_to(t, VALUE_DECIMALS)),
        ..e.clone()
    };
    FindingReport {
        time_s: round_time(finding.time_s + offset_s),
        start_s: round_time(finding.span.start_s + offset_s),
        end_s: round_time(finding.span.end_s + offset_s),
        channel: finding.channel,
        score: round_to(finding.score, VALUE_DECIMALS),
        score_unit: score_unit.into(),
        strength: finding.strength,
        evidence: finding.evidence.iter().map(evidence).collect(),
        note: finding.note.clone(),
    }
}

fn edit_point(point: &EditPoint, analysis: &Analysis) -> EditPointReport {
    let mut innocent: Vec<String> = Vec::new();
    for text in point.detectors.iter().flat_map(|d| d.innocent_explanations) {
        if !innocent.iter().any(|known| known == text) {
            innocent.push((*text).into());
        }
    }
    let class = CodecClass::of(&analysis.stream);
    let band = Calibration::shipped().band(class, point.strength);
    let mut explanation = point.detectors.iter().map(|d| d.summary).collect::<Vec<_>>().join(" ");
    if let Some(band) = band {
        explanation.push_str(&format!(
            " In {:.1} h of untouched recordings {} points were as strong: at most {:.2} an hour with 95 %.",
            band.hours, band.false_points, band.upper_95_per_hour
        ));
    }
    EditPointReport {
        time_s: round_time(point.time_s + analysis.offset_s),
        start_s: round_time(point.span.start_s + analysis.offset_s),
        end_s: round_time(point.span.end_s + analysis.offset_s),
        score: round_to(point.score, VALUE_DECIMALS),
        strength: point.strength,
        detectors: point.detectors.iter().map(|d| d.id.into()).collect(),
        false_per_hour_at_most: band.map(|band| round_to(band.upper_95_per_hour, 3)),
        explanation,
        innocent_explanations: innocent,
    }
}
