//! Another stream, or another file, begins in the middle of this one.
//!
//! # What it looks for
//!
//! Files put one behind the other play as one: OGG allows it, and players of MP3, AMR and FLAC do not
//! mind. What belongs at the start of a file then stands in its middle: headers of a second OGG stream,
//! a second FLAC or AMR head, a second Xing, Info or VBRI frame.
//!
//! # Score
//!
//! 4, which only joining leaves; 1 more where both another stream and another head are seen.
//!
//! # Blind to
//!
//! Files whose second part was joined without its head, of which `concatenated-frames` looks for the
//! trace in the frames; formats that put all heads into one place (MP4, RIFF); everything done before the
//! last encoding.
//!
//! # References
//!
//! - RFC 3533, 4 (chained OGG), RFC 9639 (FLAC), RFC 4867, 5 (AMR).
//! - Xing and LAME 3.100, Info tag.

use super::breaks;
use super::prelude::*;
use crate::container::continuity::BreakKind;

/// See the module text.
pub(super) struct ChainedStreams;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "chained-streams",
    name: "Chained streams",
    family: Family::Coding,
    summary: "Another stream, or another file, begins in the middle of this one.",
    score_unit: "1",
    reports_from: 1.0,
    stands_alone: true,
    innocent_explanations: &[
        "internet radio, whose streams begin anew with each piece",
        "voice notes or parts of a recording joined by the program that made them",
        "a recorder that was paused and went on in the same file",
    ],
    references: &[
        "RFC 3533, 4 (chained OGG)",
        "RFC 9639 (FLAC), RFC 4867, 5 (AMR)",
        "LAME 3.100, Info tag",
    ],
    requires: Requirement { coded_packets: true, ..Requirement::NONE },
    source: module_head!("chained_streams.rs"),
};

impl Detector for ChainedStreams {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        breaks::findings(features, begins_a_stream)
    }
}

/// Whether a break is the beginning of another stream or file.
pub(super) fn begins_a_stream(kind: BreakKind) -> bool {
    matches!(kind, BreakKind::NewStream | BreakKind::SecondHeader)
}
