//! From an analysis to bytes: the document, and one file per format that renders it.

mod document;
mod overview;

pub use document::*;
pub use overview::{Overview, SpectrogramImage, WaveformPeaks};

/// A document and the pictures that go with it; every format is rendered from this alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What programs read.
    pub document: AnalysisDocument,
    /// What people look at; absent if unreadable.
    pub overview: Option<Overview>,
}
