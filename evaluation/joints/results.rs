//! The lines of a results file: what the program saw in each clip.

use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// One clip.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Line {
    pub id: String,
    pub seconds_cpu: f64,
    pub duration_s: f64,
    /// `ok`, or why the clip could not be examined.
    pub status: String,
    pub edit_points: Vec<SeenPoint>,
    pub findings: Vec<SeenFinding>,
    pub outcomes: Vec<SeenOutcome>,
    pub previous_codec: Option<String>,
    /// One of [`CONTEXTS`].
    pub context: String,
}

/// An edit point.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SeenPoint {
    pub time_s: f64,
    pub start_s: f64,
    pub end_s: f64,
    pub score: f64,
    pub strength: String,
    pub detectors: Vec<String>,
}

/// A finding of one detector.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SeenFinding {
    pub detector: String,
    pub family: String,
    pub time_s: f64,
    pub start_s: f64,
    pub end_s: f64,
    pub score: f64,
    pub joint: bool,
}

/// What became of one detector: `examined` or `not_applicable`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SeenOutcome {
    pub detector: String,
    pub status: String,
}

/// Kinds of last codec that are calibrated apart.
pub const CONTEXTS: [&str; 4] = ["lossless", "mp3-aac", "vorbis-opus", "speech"];

/// The context of a codec of [`crate::truth::Truth::last_codec`].
pub fn context_of(last_codec: &str) -> &'static str {
    match last_codec {
        "wav" | "flac" => "lossless",
        "opus-24" | "opus-16" | "amr-nb" => "speech",
        codec if codec.starts_with("mp3") || codec.starts_with("aac") => "mp3-aac",
        _ => "vorbis-opus",
    }
}

/// All lines of a file of JSON lines.
///
/// # Errors
///
/// A message that names the file and the line.
pub fn read_lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| format!("could not read `{}`: {e}", path.display()))?;
    text.lines()
        .enumerate()
        .map(|(n, line)| {
            serde_json::from_str(line)
                .map_err(|e| format!("line {} of `{}`: {e}", n + 1, path.display()))
        })
        .collect()
}
