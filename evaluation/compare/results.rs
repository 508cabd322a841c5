//! The lines of `results.ndjson`, as far as the scorer reads them.
//!
//! The document is read by its keys and not by the library's type, so that results of another
//! version can be scored too.

use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// One comparison.
#[derive(Debug, Clone, Deserialize)]
pub struct ResultLine {
    #[serde(default)]
    pub id: Option<String>,
    #[serde(default)]
    pub clip: Option<String>,
    #[serde(default)]
    pub source: Option<String>,
    pub document: Document,
    #[serde(default)]
    pub cpu_s: f64,
}

/// `spliceprint.comparison/1`.
#[derive(Debug, Clone, Deserialize)]
pub struct Document {
    pub same_source: SameSource,
    #[serde(default)]
    pub segments: Vec<Segment>,
    #[serde(default)]
    pub edits: Vec<Edit>,
    #[serde(default)]
    pub series: Vec<Series>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct SameSource {
    pub found: bool,
    #[serde(default)]
    pub conclusion: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Segment {
    pub a_start_s: f64,
    pub a_end_s: f64,
    pub b_start_s: f64,
    pub b_end_s: f64,
    pub speed: f64,
    pub tempo: f64,
    #[serde(default)]
    pub gain_db: f64,
    #[serde(default)]
    pub inverted: bool,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Edit {
    pub kind: String,
    pub a_start_s: f64,
    pub a_end_s: f64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Series {
    pub name: String,
    pub start_s: f64,
    pub step_s: f64,
    pub values: Vec<Option<f64>>,
}

/// Every line of a file of JSON lines.
pub fn read_lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("`{}`: {e}", path.display()))?;
    let mut items = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        items.push(
            serde_json::from_str(line)
                .map_err(|e| format!("`{}` line {}: {e}", path.display(), number + 1))?,
        );
    }
    Ok(items)
}
