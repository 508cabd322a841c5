//! A checksum in the file is not that of its bytes.
//!
//! # What it looks for
//!
//! The MD5 of FLAC's samples (for 16 and 24 bits), the CRC of OGG pages, the CRC of a LAME tag.
//! Encoders write them once; whoever changes bytes afterwards and does not know of them leaves the
//! old value.
//!
//! # Score
//!
//! 1 for each: what stands in the file is read, not estimated. How often untouched files have it is
//! counted in files, see the README.
//!
//! # Blind to
//!
//! Programs that compute them anew, as all that decode and encode do; formats without checksums.
//! FLAC's frames and the checksum of an MP3's music are part of decoding and of concatenated-frames.
//!
//! # References
//!
//! - RFC 9639, 8.2 (FLAC).
//! - RFC 3533, 6 (OGG).
//! - LAME 3.100, Info tag.

use super::oddities::findings;
use super::prelude::*;
use crate::container::structure::OddityKind;

/// See the module text.
pub(super) struct ChecksumMismatch;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "checksum-mismatch",
    name: "Checksum mismatch",
    family: Family::Structure,
    summary: "A checksum in the file is not that of its bytes.",
    score_unit: "1",
    reports_from: 1.0,
    stands_alone: false,
    innocent_explanations: &[
        "a damaged disk or transfer",
        "an encoder that was stopped before it could write the value",
    ],
    references: &["RFC 9639, 8.2 (FLAC)", "RFC 3533, 6 (OGG)", "LAME 3.100, Info tag"],
    requires: Requirement::STRUCTURE,
    source: module_head!("checksum_mismatch.rs"),
};

impl Detector for ChecksumMismatch {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        findings(features, OddityKind::Checksum)
    }
}
