//! Marks of a program in which sound is edited, or of two writers one after the other.
//!
//! # What it looks for
//!
//! Tags and parts that audio and video editors leave; a coding history of broadcast WAV that names a
//! lossy encoding; and marks of a
//! recorder or messenger beside those of a program that writes files anew, which means that the file was
//! saved again or that marks were copied.
//!
//! # Score
//!
//! The number of marks that agree, of all writers that are named together.
//!
//! # Blind to
//!
//! Editors that leave no mark, marks that were taken out, and editors that are not in the table
//! (`writers.toml`). That a file went through an editor does not say that anything was cut.
//!
//! # References
//!
//! - EBU R 98 and Tech 3285 (broadcast WAV, coding history).
//! - Gloe, Fischer & Kirchner (2014), *Forensic analysis of video file formats*, DFRWS.

use super::encoder_signature::finding;
use super::prelude::*;
use crate::writers::{Match, WriterKind, matching};

/// Names of lossy codings in a coding history (EBU R 98).
const LOSSY: [&str; 4] = ["MPEG", "AAC", "AC3", "DOLBY"];

/// See the module text.
pub(super) struct EditorTrace;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "editor-trace",
    name: "Saved again",
    family: Family::Structure,
    summary: "The file was saved by an editor, or by another program than the one that recorded it.",
    score_unit: "marks",
    reports_from: 1.0,
    stands_alone: false,
    innocent_explanations: &[
        "somebody trimmed, converted or levelled the recording without changing what is said",
        "a newsroom or archive that keeps everything in one format",
        "an app that records with a converter's library and writes its own name beside it",
    ],
    references: &["EBU R 98, EBU Tech 3285", "Gloe, Fischer & Kirchner 2014, DFRWS"],
    requires: Requirement::STRUCTURE,
    source: module_head!("editor_trace.rs"),
};

impl Detector for EditorTrace {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        let writers = matching(&features.structure);
        let of = |kinds: &[WriterKind]| -> Vec<&Match> {
            writers.iter().filter(|found| kinds.contains(&found.writer.kind)).collect()
        };
        let mut findings: Vec<Finding> =
            of(&[WriterKind::Editor]).into_iter().map(|found| finding(found, features)).collect();
        let first = of(&[WriterKind::Recorder, WriterKind::Messenger]);
        let later = of(&[WriterKind::Converter, WriterKind::Editor, WriterKind::Platform]);
        if let (Some(first), Some(later)) = (first.first(), later.first()) {
            findings.push(two_writers(first, later, features));
        }
        let tags = features.structure.tags.iter();
        let histories =
            tags.filter(|tag| tag.name == "bext.coding_history" && names_lossy(&tag.value));
        findings.extend(histories.map(|tag| {
            let evidence = vec![Evidence::new("at_byte", tag.offset as f64, "byte offset")];
            let note = format!(
                "an earlier lossy encoding is declared: {}",
                tag.value.replace(['\r', '\n'], " ")
            );
            Finding::of_file(features.duration_s, evidence, note)
        }));
        findings
    }
}

/// Whether a coding history has a line of a lossy coding: `A=MPEG1L3,F=22050,…`.
fn names_lossy(history: &str) -> bool {
    let codings = history.split("A=").skip(1);
    codings.into_iter().any(|coding| LOSSY.iter().any(|name| coding.starts_with(name)))
}

fn two_writers(first: &Match, later: &Match, features: &Features) -> Finding {
    let note = format!(
        "marks of {} ({}) beside those of {} ({}): saved again, or marks were copied",
        first.writer.name,
        first.marks.join(", "),
        later.writer.name,
        later.marks.join(", ")
    );
    let evidence = first
        .offset
        .or(later.offset)
        .map(|offset| Evidence::new("at_byte", offset as f64, "byte offset"));
    let mut finding = Finding::of_file(features.duration_s, evidence.into_iter().collect(), note);
    finding.score = (first.marks.len() + later.marks.len()) as f64;
    finding
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lossy_lines_of_a_history() {
        assert!(names_lossy("A=PCM,F=48000,W=24\r\nA=MPEG1L3,F=44100,B=128\r\n"));
        assert!(!names_lossy("A=ANALOGUE,M=mono\r\nA=PCM,F=48000,W=24"));
        assert!(!names_lossy(""));
    }
}
