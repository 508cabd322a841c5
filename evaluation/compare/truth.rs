//! What is known about the generated clips: the lines of `truth.ndjson` and `strangers.ndjson`.
//!
//! Times are in seconds of the decoded clip (a) and source (b), named as in
//! `spliceprint.comparison/1`.

use serde::{Deserialize, Serialize};

/// One generated clip.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Truth {
    pub id: String,
    pub split: String,
    pub case: String,
    /// `speech` or `music`.
    pub material: String,
    /// Path of the clip, relative to the folder of the set.
    pub clip: String,
    /// Path of the source; none for a clip that only stands in `strangers.ndjson`.
    pub source: Option<String>,
    /// `same`, `stranger` or `inconclusive`.
    pub expected: String,
    pub speed: f64,
    pub tempo: f64,
    pub pitch_semitones: f64,
    pub gain_db: f64,
    pub inverted: bool,
    /// How much later the decoded clip is than `segments` say, as measured on this clip.
    pub codec_delay_s: Option<f64>,
    pub segments: Vec<TrueSegment>,
    pub edits: Vec<TrueEdit>,
}

/// A stretch of the clip that comes from the source without a break.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TrueSegment {
    pub a_start_s: f64,
    pub a_end_s: f64,
    pub b_start_s: f64,
    pub b_end_s: f64,
}

/// What was done to the clip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrueEdit {
    pub kind: String,
    pub a_start_s: f64,
    pub a_end_s: f64,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub b_start_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub b_end_s: Option<f64>,
    /// A joint that may be reported and need not be: the place a moved stretch was taken from.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub optional: bool,
}

/// A clip and a source that have nothing in common.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stranger {
    pub clip: String,
    pub source: String,
    /// `same_talker_same_room`, `other_talker`, `music_music`, `music_speech` or `speech_music`.
    pub relation: String,
}

impl TrueSegment {
    /// Length in the source, in seconds.
    pub fn b_length(&self) -> f64 {
        self.b_end_s - self.b_start_s
    }
}
