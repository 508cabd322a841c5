//! The public document `spliceprint.match/1`.
//!
//! Keys are a contract with other programs; within a version they are only added to. As in
//! `spliceprint.comparison/1`, A is the clip in question and B a recording that it may come from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::report::Status;
use crate::report::comparison::{ComparisonTool, EditReport, RecordingReport};

/// Name and version of the document.
pub const MATCH_SCHEMA: &str = "spliceprint.match/1";

/// One clip looked up in an archive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MatchDocument {
    /// `spliceprint.match/1`.
    pub schema: String,
    /// How far the examination got: `partial` if the clip is damaged, `unreadable` if it could not be
    /// examined.
    pub status: Status,
    /// What produced this document; `producer` is that of the archived words.
    pub tool: ComparisonTool,
    /// The clip (A).
    pub query: RecordingReport,
    /// What it was looked up in.
    pub archive: SearchedArchive,
    /// What this search cannot say; to be read before what it says.
    pub limitations: Vec<String>,
    /// Why nothing can be said, where that is so; an empty `matches` then means nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub inconclusive: Option<String>,
    /// Score from which a recording is named.
    pub threshold: f64,
    /// Recordings that the clip or a part of it comes from, the best first.
    pub matches: Vec<MatchedRecording>,
}

/// An archive as it was when it was searched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SearchedArchive {
    /// Its folder as given.
    pub path: String,
    /// Recordings in it.
    pub clips: usize,
    /// Their length, in seconds.
    pub duration_s: f64,
    /// Words that were searched.
    pub words: u64,
    /// Places that the index pointed to and that were checked.
    pub places_checked: usize,
    /// Recordings that were compared with the clip.
    pub clips_compared: usize,
}

/// One recording of the archive (B).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MatchedRecording {
    /// Its number in the archive.
    pub clip_id: u64,
    /// Where its file lay when it was added.
    pub path: String,
    /// Further paths of files with the same samples.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub also_at: Vec<String>,
    /// SHA-256 of its file.
    pub sha256: String,
    /// Its length, in seconds.
    pub duration_s: f64,
    /// Standard deviations above what strangers reach, of the best segment.
    pub score: f64,
    /// Seconds of A that come from B.
    pub matched_s: f64,
    /// Stretches of A that come from B, sorted by `a_start_s`; their places are good to about 20 ms.
    pub segments: Vec<MatchedSegment>,
    /// What turns B into A, sorted by `a_start_s`.
    pub edits: Vec<EditReport>,
}

/// One stretch of A that comes from B without a break. The keys are those of a segment in
/// `spliceprint.comparison/1`; level and polarity are not kept in an archive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MatchedSegment {
    /// Start in A, in seconds.
    pub a_start_s: f64,
    /// End in A, in seconds.
    pub a_end_s: f64,
    /// Start in B, in seconds.
    pub b_start_s: f64,
    /// End in B, in seconds.
    pub b_end_s: f64,
    /// Source seconds per clip second by resampling: pitch moved along.
    pub speed: f64,
    /// Source seconds per clip second by time-stretching: pitch stayed.
    pub tempo: f64,
    /// Agreement of the signs of the spectral gradients, 0 (strangers) to 1 (identical).
    pub similarity: f64,
    /// Standard deviations above what strangers reach.
    pub score: f64,
    /// Other places of B that agree nearly as well (starts, in seconds).
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub also_at_s: Vec<f64>,
}
