//! From a search in an archive to bytes: the document, and what renders it.

mod build;
mod document;
mod render;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(feature = "parquet")]
mod table;
pub mod terminal;

pub use document::*;

/// A document; every format is rendered from this alone.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchReport {
    /// What programs read.
    pub document: MatchDocument,
}
