//! From a comparison to bytes: the document, its pictures, and one file per format that renders them.

pub mod audacity;
mod build;
pub mod csv;
mod document;
pub mod html;
mod map;
mod render;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod sample_pictures;
pub mod terminal;
pub(crate) mod wording;

pub(crate) use build::{edit_report, recording_report};
pub use document::*;

use crate::report::Overview;

/// A document and the pictures that go with it; every format is rendered from this alone.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparisonReport {
    /// What programs read.
    pub document: ComparisonDocument,
    /// What people look at and listen to; absent if nothing was compared.
    pub pictures: Option<ComparisonPictures>,
}

/// Both recordings on A's time axis, at the same duration and up to the same frequency.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparisonPictures {
    /// The clip.
    pub a: Overview,
    /// The source laid on the clip's time, silent where the clip is not from it.
    pub aligned_b: Overview,
    /// Sound to listen to, for clips of up to 3 minutes.
    pub listen: Option<Listen>,
}

/// The same time of A three times over, in mono: equal index, equal moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Listen {
    /// Samples per second of all three.
    pub sample_rate_hz: u32,
    /// The clip.
    pub a: Vec<i16>,
    /// The source laid on the clip's time.
    pub aligned_b: Vec<i16>,
    /// What the source does not explain.
    pub residual: Vec<i16>,
}
