//! Marks of a known writer.
//!
//! # What it looks for
//!
//! Tags, vendor strings, brands, handlers, the order of parts and strings inside the coded frames,
//! held against a table of writers whose files were looked at or publicly described (`writers.toml`). One
//! finding for each writer with which the file is consistent.
//!
//! # Score
//!
//! The number of marks that agree.
//!
//! # Blind to
//!
//! Writers that are not in the table, and marks that were taken out. A mark that is missing says nothing.
//! Marks can be copied and forged, and outlive the next program: a file is consistent with a writer, no
//! more. What encoders leave inside the frames stays when tags are stripped.
//!
//! # References
//!
//! - Gloe, Fischer & Kirchner (2014), *Forensic analysis of video file formats*, DFRWS.
//! - Iuliani et al. (2019), *A video forensic framework for the unsupervised analysis of MP4-like file
//!   container*, IEEE TIFS 14.

use super::prelude::*;
use crate::writers::{Match, matching};

/// See the module text.
pub(super) struct EncoderSignature;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "encoder-signature",
    name: "Marks of a known writer",
    family: Family::Structure,
    summary: "The file is consistent with a known writer.",
    score_unit: "marks",
    reports_from: 1.0,
    stands_alone: false,
    innocent_explanations: &[
        "every file has a writer; what matters is whether it fits the story that is told of the recording",
        "apps, messengers and web sites use the same libraries",
    ],
    references: &[
        "Gloe, Fischer & Kirchner 2014, Forensic analysis of video file formats, DFRWS",
        "Iuliani et al. 2019, IEEE TIFS 14",
    ],
    requires: Requirement::STRUCTURE,
    source: module_head!("encoder_signature.rs"),
};

impl Detector for EncoderSignature {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        matching(&features.structure).iter().map(|found| finding(found, features)).collect()
    }
}

/// A writer in words, with its marks.
pub(super) fn finding(found: &Match, features: &Features) -> Finding {
    let writer = found.writer;
    let place = found.offset.map(|offset| Evidence::new("at_byte", offset as f64, "byte offset"));
    let note = format!(
        "consistent with {} ({}): {}",
        writer.name,
        writer.kind.as_str(),
        found.marks.join(", ")
    );
    let mut finding = Finding::of_file(features.duration_s, place.into_iter().collect(), note);
    finding.score = found.marks.len() as f64;
    finding
}
