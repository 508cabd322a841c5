//! From a short look at a clip to its report.

use super::build::{detector, fingerprint, tool};
use super::build_provenance::of_stream;
use super::{ANALYSIS_SCHEMA, AnalysisDocument, Report, SourceReport, Status};
use crate::analysis::Settings;
use crate::analysis::glance::Glance;

impl Report {
    /// The report of a short look: only detectors of the file's structure have looked.
    #[must_use]
    pub fn of_glance(glance: &Glance, settings: &Settings) -> Self {
        let stream = &glance.stream;
        let document = AnalysisDocument {
            schema: ANALYSIS_SCHEMA.into(),
            status: if stream.damage.is_empty() { Status::Ok } else { Status::Partial },
            error: None,
            tool: tool(settings),
            custody: None,
            source: SourceReport::of(&glance.source),
            stream: Some(stream.clone()),
            provenance: of_stream(stream, &glance.features),
            limitations: vec![
                "Only the file's structure was examined; that no joint is named says nothing."
                    .into(),
            ],
            measurements: None,
            detectors: glance.outcomes.iter().map(|outcome| detector(outcome, 0.0)).collect(),
            edit_points: Vec::new(),
            certificate: None,
            enf_match: None,
            references: None,
            fingerprint: glance.fingerprint.as_ref().map(|f| fingerprint(&f.words, false)),
        };
        Self { document, overview: None }
    }
}
