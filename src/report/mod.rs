//! From an analysis, a comparison or a scan to bytes: the document, and one file per format that renders it.

pub mod archive;
pub mod audacity;
mod base64;
mod build;
mod build_enf;
mod build_glance;
mod build_measurements;
mod build_provenance;
mod build_quantisation;
pub mod case_uco;
pub mod comparison;
pub mod csv;
mod document;
mod document_enf;
mod document_provenance;
mod document_quantisation;
mod format;
pub mod html;
pub mod json;
pub mod matches;
mod overview;
pub mod references;
#[cfg(test)]
pub(crate) mod sample;
pub mod scan;
mod schema;
mod screen;
pub mod sonic_visualiser;
mod summary;
pub mod terminal;
pub mod textgrid;
mod timeline;
pub mod verify;
mod wording;
mod wording_enf;
mod wording_history;

pub use document::*;
pub use document_enf::*;
pub use document_provenance::*;
pub use document_quantisation::*;
pub(crate) use format::write_whole;
pub use format::{Format, Render, write_file};
pub use overview::{Overview, SpectrogramImage, WaveformPeaks};
pub use schema::{
    analysis_schema, archive_schema, comparison_schema, match_schema, scan_schema,
    verification_schema,
};

#[cfg(test)]
pub(crate) use sample::{sample_report, unreadable_report};

/// A document and the pictures that go with it; every format is rendered from this alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What programs read.
    pub document: AnalysisDocument,
    /// What people look at; absent if unreadable.
    pub overview: Option<Overview>,
}

/// Refuses a clip without a timeline, so that no empty label file passes for "nothing was seen".
pub(crate) fn examined_duration_s(report: &Report) -> std::io::Result<f64> {
    let stream = report.document.stream.as_ref();
    stream.map(|stream| stream.duration_s).filter(|&duration_s| duration_s > 0.0).ok_or_else(|| {
        std::io::Error::new(
            std::io::ErrorKind::InvalidInput,
            "nothing of this clip was examined, so there is no timeline to label",
        )
    })
}
