//! The file holds bytes that belong to no part of its format.
//!
//! # What it looks for
//!
//! Bytes behind the last part of a file, or between its parts, that are neither a part nor a known
//! tag, and what their first bytes look like. Programs that hide one file behind another, broken
//! downloads and careless joining leave them. Zero bytes between or behind MPEG frames pad and are
//! not named.
//!
//! # Score
//!
//! 1 for each: what stands in the file is read, not estimated. How often untouched files have it is
//! counted in files, see the README.
//!
//! # Blind to
//!
//! Data inside parts that a reader passes over, such as free boxes, padding and private chunks, which
//! the structure lists; files whose kind is not walked.
//!
//! # References
//!
//! - ISO/IEC 14496-12, ISO/IEC 11172-3, RFC 3533, RFC 4867, RFC 9559.
//! - EBU Tech 3306 (RF64).

use super::oddities::findings;
use super::prelude::*;
use crate::container::structure::OddityKind;

/// See the module text.
pub(super) struct TrailingData;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "trailing-data",
    name: "Trailing data",
    family: Family::Structure,
    summary: "The file holds bytes that belong to no part of its format.",
    score_unit: "1",
    reports_from: 1.0,
    stands_alone: false,
    innocent_explanations: &[
        "a download or a copy that was joined to something else by accident",
        "tags of a kind that is not known here",
    ],
    references: &[
        "ISO/IEC 14496-12, ISO/IEC 11172-3, RFC 3533, RFC 4867, RFC 9559",
        "EBU Tech 3306 (RF64)",
    ],
    requires: Requirement::STRUCTURE,
    source: module_head!("trailing_data.rs"),
};

impl Detector for TrailingData {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        findings(features, OddityKind::ForeignData)
    }
}
