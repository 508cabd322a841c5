//! The file holds media that players pass over.
//!
//! # What it looks for
//!
//! A second data chunk in WAV or AIFF, stretches of an MP4's media that no packet of any track refers
//! to, of 64 bytes and more, sound files attached to Matroska, and more than one audio track. What
//! editors and trimmers cut by rewriting the index alone is still there.
//!
//! # Score
//!
//! 1 for each: what stands in the file is read, not estimated. How often untouched files have it is
//! counted in files, see the README.
//!
//! # Blind to
//!
//! Media in free space or behind the end, which trailing-data names; fragmented MP4 and QuickTime's
//! PCM, whose packets are not counted by bytes.
//!
//! # References
//!
//! - ISO/IEC 14496-12, 8.6 and 8.7.
//! - Gloe, Fischer & Kirchner 2014, Forensic analysis of video file formats, DFRWS.

use super::oddities::findings;
use super::prelude::*;
use crate::container::structure::OddityKind;

/// See the module text.
pub(super) struct HiddenStream;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "hidden-stream",
    name: "Hidden media",
    family: Family::Structure,
    summary: "The file holds media that players pass over.",
    score_unit: "1",
    reports_from: 1.0,
    stands_alone: false,
    innocent_explanations: &[
        "a recorder that trims by writing a new index",
        "a camera or an editor that keeps private data inside its media box",
    ],
    references: &[
        "ISO/IEC 14496-12, 8.6 and 8.7",
        "Gloe, Fischer & Kirchner 2014, Forensic analysis of video file formats, DFRWS",
    ],
    requires: Requirement::STRUCTURE,
    source: module_head!("hidden_stream.rs"),
};

impl Detector for HiddenStream {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        findings(features, OddityKind::HiddenMedia)
    }
}
