//! Sizes, counts or durations that the file declares are not those it has.
//!
//! # What it looks for
//!
//! Parts that declare more bytes than the file has, a form whose size is not the file's, a last frame
//! that is cut, and a declared duration that differs from the decoded one by more than a quarter of a
//! second and one hundredth. Cutting and joining without the program that wrote the file leave them,
//! and so do losses.
//!
//! # Score
//!
//! 1 for each: what stands in the file is read, not estimated. How often untouched files have it is
//! counted in files, see the README.
//!
//! # Blind to
//!
//! Sizes and counts that were made to fit. Differences under the bounds above: priming and padding
//! are counted by some writers and not by others.
//!
//! # References
//!
//! - EBU Tech 3306, ISO/IEC 14496-12, RFC 9559, RFC 9639.

use super::oddities::findings;
use super::prelude::*;
use crate::container::structure::OddityKind;

/// See the module text.
pub(super) struct StreamMismatch;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "stream-mismatch",
    name: "Declared and found differ",
    family: Family::Structure,
    summary: "Sizes, counts or durations that the file declares are not those it has.",
    score_unit: "1",
    reports_from: 1.0,
    stands_alone: false,
    innocent_explanations: &[
        "a recording or transfer that broke off",
        "a recorder that writes its header before it knows the length",
    ],
    references: &["EBU Tech 3306, ISO/IEC 14496-12, RFC 9559, RFC 9639"],
    requires: Requirement::STRUCTURE,
    source: module_head!("stream_mismatch.rs"),
};

impl Detector for StreamMismatch {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        findings(features, OddityKind::Size)
    }
}
