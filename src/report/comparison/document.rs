//! The public document `spliceprint.comparison/1`.
//!
//! Keys are a contract with other programs; within a version they are only added to. A is the clip
//! in question, B the candidate source.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::align::EditKind;
use crate::decode::StreamInfo;
use crate::report::{ErrorReport, Series, SourceReport, Status};

/// Name and version of the document.
pub const COMPARISON_SCHEMA: &str = "spliceprint.comparison/1";

/// One clip held against one candidate source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ComparisonDocument {
    /// `spliceprint.comparison/1`.
    pub schema: String,
    /// How far the examination got: `partial` if either file is damaged, `unreadable` if either
    /// could not be examined.
    pub status: Status,
    /// What produced this document.
    pub tool: ComparisonTool,
    /// The clip.
    pub a: RecordingReport,
    /// The candidate source.
    pub b: RecordingReport,
    /// What this comparison cannot say; to be read before what it says.
    pub limitations: Vec<String>,
    /// Whether anything of A comes from B.
    pub same_source: SameSource,
    /// Stretches of A that come from B, sorted by `a_start_s`.
    pub segments: Vec<SegmentReport>,
    /// What turns B into A, sorted by `a_start_s`.
    pub edits: Vec<EditReport>,
    /// Stretches of A in which sound lies over B's own, sorted by `start_s`.
    pub additions: Vec<AdditionReport>,
    /// Series over A's time: `source_evidence` (log10 likelihood ratio that the moment comes from
    /// B) and `residual_db` (what B does not explain, relative to A).
    pub series: Vec<Series>,
}

/// The program and how it was set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ComparisonTool {
    /// `spliceprint`.
    pub name: String,
    /// Version of the program.
    pub version: String,
    /// Algorithm of the compared features, by name and version.
    pub producer: String,
    /// Null in force, by name and version: what `same_source.score` is held against.
    pub calibration: String,
}

/// One of the two files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RecordingReport {
    /// The file.
    pub source: SourceReport,
    /// The examined stream; absent if unreadable.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stream: Option<StreamInfo>,
    /// Why the file could not be examined.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<ErrorReport>,
}

/// What became of the question whether anything of A comes from B.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// At least one stretch of A comes from B.
    Found,
    /// Nothing of A was found in B.
    NotFound,
    /// The material allows no answer; `reason` says why.
    Inconclusive,
}

/// Whether anything of A comes from B.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SameSource {
    /// Whether at least one stretch of A comes from B.
    pub found: bool,
    /// The same with its third case.
    pub conclusion: Conclusion,
    /// Why nothing can be said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// Strongest agreement of any place, in standard deviations above what strangers reach.
    pub score: f64,
    /// Score from which a match is reported.
    pub threshold: f64,
    /// Seconds of A that come from B.
    pub matched_s: f64,
    /// Share of A that comes from B, 0..=1.
    pub coverage_a: f64,
    /// Share of B that is in A, 0..=1; what A uses twice counts once.
    pub coverage_b: f64,
}

/// One stretch of A that comes from B without a break.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SegmentReport {
    /// Start in A, in seconds.
    pub a_start_s: f64,
    /// End in A, in seconds.
    pub a_end_s: f64,
    /// Start in B, in seconds.
    pub b_start_s: f64,
    /// End in B, in seconds.
    pub b_end_s: f64,
    /// Source seconds per clip second by resampling: pitch moved along. `speed * tempo` is the
    /// whole ratio of durations.
    pub speed: f64,
    /// Source seconds per clip second by time-stretching: pitch stayed.
    pub tempo: f64,
    /// Level of A over B, in dB.
    pub gain_db: f64,
    /// Whether the polarity is reversed.
    pub inverted: bool,
    /// Agreement of the spectral gradients, 0 (strangers) to 1 (identical).
    pub similarity: f64,
    /// Standard deviations above what strangers reach.
    pub score: f64,
    /// Level of what B does not explain, relative to A, in dB; absent where waveforms do not align.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub residual_db: Option<f64>,
    /// Other places of B that agree nearly as well (starts, in seconds), as in repeated material.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub also_at_s: Vec<f64>,
}

/// One step of what turns B into A.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EditReport {
    /// What was done.
    pub kind: EditKind,
    /// Start in A, in seconds; for a deletion the joint.
    pub a_start_s: f64,
    /// End in A, in seconds; equals the start for a deletion.
    pub a_end_s: f64,
    /// Start in B, in seconds; absent for an insertion.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub b_start_s: Option<f64>,
    /// End in B, in seconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub b_end_s: Option<f64>,
}

/// A stretch of A with sound over B's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AdditionReport {
    /// Start in A, in seconds.
    pub start_s: f64,
    /// End in A, in seconds.
    pub end_s: f64,
    /// Level of the residual, in dBFS.
    pub level_dbfs: f64,
    /// Rise of the residual over the segment's own median, in dB.
    pub rise_db: f64,
}
