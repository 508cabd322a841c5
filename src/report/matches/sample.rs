//! Small searches for the renderers' tests, full of text that must stay text.

use super::{
    MATCH_SCHEMA, MatchDocument, MatchReport, MatchedRecording, MatchedSegment, SearchedArchive,
};
use crate::report::comparison::sample as comparison;
use crate::report::sample::HOSTILE;

/// One of each outcome.
pub(crate) fn all() -> Vec<MatchReport> {
    vec![found(), not_found(), inconclusive()]
}

/// A clip that comes from a recording with a name full of control characters.
pub(crate) fn found() -> MatchReport {
    let mut report = not_found();
    let segment = MatchedSegment {
        a_start_s: 0.0,
        a_end_s: 10.0,
        b_start_s: 60.0,
        b_end_s: 70.3,
        speed: 1.03,
        tempo: 1.0,
        similarity: 0.71,
        score: 31.2,
        also_at_s: vec![92.5],
    };
    report.document.matches = vec![MatchedRecording {
        clip_id: 7,
        path: format!("archive/\u{1b}[31m{HOSTILE}"),
        also_at: vec!["other\n\u{202e}place".into()],
        sha256: "a7".repeat(32),
        duration_s: 3600.0,
        score: 31.2,
        matched_s: 10.0,
        segments: vec![segment],
        edits: comparison::found().document.edits,
    }];
    report
}

/// A stranger.
pub(crate) fn not_found() -> MatchReport {
    let template = comparison::not_found().document;
    let archive = SearchedArchive {
        path: "archive".into(),
        clips: 2,
        duration_s: 7200.0,
        words: 450_000,
        places_checked: 250,
        clips_compared: 1,
    };
    let document = MatchDocument {
        schema: MATCH_SCHEMA.into(),
        status: template.status,
        tool: template.tool,
        query: template.a,
        archive,
        limitations: vec!["That nothing was found does not show much.".into()],
        inconclusive: None,
        threshold: 12.0,
        matches: Vec::new(),
    };
    MatchReport { document }
}

/// A clip too short for an answer.
pub(crate) fn inconclusive() -> MatchReport {
    let mut report = not_found();
    report.document.inconclusive = Some("the clip has 0.8 s".into());
    report
}
