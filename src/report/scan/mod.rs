//! A scanned folder as lines of JSON, a table for spreadsheets and an index page.
//!
//! Each file's own report is an analysis like any other; a [`ScanRecord`] is what is kept of it for
//! the whole folder, and everything here is rendered from records and their [`ScanSummary`] alone.

mod build;
pub mod csv;
mod document;
mod groups;
pub mod html;
pub mod ndjson;
mod relations;
#[cfg(test)]
pub(crate) mod sample;
pub mod terminal;

pub use build::ScannedFile;
pub use document::*;
pub use relations::{RelatedFile, RelationKind, ScanCluster, ScanRelation};
