//! The file's name promises another kind of file than its bytes are.
//!
//! # What it looks for
//!
//! A known extension that belongs to another kind of file. Messengers and people rename files; a WAV
//! that was never a WAV says that something stood between it and the recorder.
//!
//! # Score
//!
//! 1 for each: what stands in the file is read, not estimated. How often untouched files have it is
//! counted in files, see the README.
//!
//! # Blind to
//!
//! Names without a known extension, and standard input.
//!
//! # References
//!
//! - the extensions in use for each kind, listed in the program.

use super::oddities::findings;
use super::prelude::*;
use crate::container::structure::OddityKind;

/// See the module text.
pub(super) struct ExtensionMismatch;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "extension-mismatch",
    name: "Name and content differ",
    family: Family::Structure,
    summary: "The file's name promises another kind of file than its bytes are.",
    score_unit: "1",
    reports_from: 1.0,
    stands_alone: false,
    innocent_explanations: &[
        "a messenger or a web site that names everything alike",
        "somebody who renamed the file so that a player would take it",
    ],
    references: &["the extensions in use for each kind, listed in the program"],
    requires: Requirement::STRUCTURE,
    source: module_head!("extension_mismatch.rs"),
};

impl Detector for ExtensionMismatch {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        findings(features, OddityKind::Name)
    }
}
