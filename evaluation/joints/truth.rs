//! What is known about a clip because it was made: the lines of `truth.ndjson`.

use serde::{Deserialize, Serialize};

/// One clip.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Truth {
    pub id: String,
    /// Path relative to the set.
    pub clip: String,
    pub split: String,
    pub case: String,
    pub talker: String,
    pub duration_s: f64,
    /// Codec before the edits, with its rate in kbit/s; `none` for PCM.
    pub first_codec: String,
    /// Codec of the file.
    pub last_codec: String,
    /// Nothing was done to the recording after it was made but encoding it.
    pub untouched: bool,
    /// What makes an untouched clip hard, if anything.
    pub hard_negative: Option<String>,
    /// The recorder or the app made a joint, no editor.
    pub recorder_event: bool,
    pub edits: Vec<TrueEdit>,
    pub joints: Vec<TrueJoint>,
}

/// What was done at one place.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TrueEdit {
    pub kind: String,
    /// The material put in, in seconds of the decoded clip; empty for a deletion.
    pub start_s: f64,
    pub end_s: f64,
    /// Where copied material comes from, in seconds of the decoded clip.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source_start_s: Option<f64>,
}

/// A place at which two pieces meet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TrueJoint {
    /// Middle of the cross-fade, in seconds of the decoded clip.
    pub time_s: f64,
    pub start_s: f64,
    pub end_s: f64,
    /// `butt`, `zero-cross` or `fade-N` with N in ms.
    pub joint: String,
    /// `word`, `boundary` or `pause`.
    pub placement: String,
    /// Which of the clip's edits it belongs to.
    pub edit: usize,
}
