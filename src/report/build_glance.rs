//! From a short look at a clip to its report.

use super::build::{empty_detector, fingerprint, tool};
use super::build_provenance::of_stream;
use super::{
    ANALYSIS_SCHEMA, AnalysisDocument, DetectorReport, DetectorStatus, Report, SourceReport, Status,
};
use crate::analysis::Settings;
use crate::analysis::glance::Glance;
use crate::detector::Descriptor;
use crate::detectors::DETECTORS;

impl Report {
    /// The report of a short look: no detector has examined the clip.
    #[must_use]
    pub fn of_glance(glance: &Glance, settings: &Settings) -> Self {
        let stream = &glance.stream;
        let left_out = |descriptor: &Descriptor| DetectorReport {
            status: DetectorStatus::NotApplicable,
            reason: Some(format!("left out by the profile `{}`", settings.profile.as_str())),
            ..empty_detector(descriptor)
        };
        let document = AnalysisDocument {
            schema: ANALYSIS_SCHEMA.into(),
            status: if stream.damage.is_empty() { Status::Ok } else { Status::Partial },
            error: None,
            tool: tool(settings),
            source: SourceReport::of(&glance.source),
            stream: Some(stream.clone()),
            provenance: of_stream(stream, &glance.structure),
            limitations: vec![
                "No detector examined the clip; an empty list of findings says nothing.".into(),
            ],
            measurements: None,
            detectors: DETECTORS.iter().map(|d| left_out(d.descriptor())).collect(),
            edit_points: Vec::new(),
            certificate: None,
            enf_match: None,
            fingerprint: glance.fingerprint.as_ref().map(|f| fingerprint(&f.words, false)),
        };
        Self { document, overview: None }
    }
}
