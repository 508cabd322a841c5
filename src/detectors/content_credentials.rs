//! The file carries a C2PA manifest.
//!
//! # What it looks for
//!
//! A C2PA manifest in RIFF, MP4, ID3 or FLAC, where it lies, and the program that its claim names. Built
//! with the feature `content-credentials`, the program also says whether the signature holds, whether the
//! hashes are those of the file's bytes, and the signer that the certificate names. No list of trusted
//! signers is asked, since nothing leaves this machine: anyone can sign in any name.
//!
//! # Score
//!
//! 1 for each: what stands in the file is read, not estimated. How often untouched files have it is
//! counted in files, see the README.
//!
//! # Blind to
//!
//! Manifests that were stripped, which is what most platforms do, or are kept on a server. A manifest
//! that holds says who signed these bytes, not that what was recorded is true.
//!
//! # References
//!
//! - C2PA Technical Specification 1.4, Embedding manifests into assets.

use super::oddities::findings;
use super::prelude::*;
use crate::container::structure::OddityKind;

/// See the module text.
pub(super) struct ContentCredentials;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "content-credentials",
    name: "Content Credentials",
    family: Family::Structure,
    summary: "The file carries a C2PA manifest.",
    score_unit: "1",
    reports_from: 1.0,
    stands_alone: false,
    innocent_explanations: &[
        "generators, cameras and editors sign what they write: a manifest says who signed, not what was recorded",
    ],
    references: &["C2PA Technical Specification 1.4, Embedding manifests into assets"],
    requires: Requirement::STRUCTURE,
    source: module_head!("content_credentials.rs"),
};

impl Detector for ContentCredentials {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        findings(features, OddityKind::ContentCredentials)
    }
}
