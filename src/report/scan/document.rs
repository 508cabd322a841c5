//! The lines of `scan.ndjson`: `spliceprint.scan/1`.
//!
//! Keys are a contract with other programs; within a version they are only added to.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ScanCluster;
use crate::finding::Strength;
use crate::report::{ErrorReport, SourceReport, Status, ToolReport};

/// Name and version of the lines.
pub const SCAN_SCHEMA: &str = "spliceprint.scan/1";

/// One line; `kind` tells which. A finished scan ends with its summary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ScanLine {
    /// One file.
    File(Box<ScanRecord>),
    /// The whole folder.
    Summary(Box<ScanSummary>),
}

/// What is kept of one file's report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScanRecord {
    /// `spliceprint.scan/1`.
    pub schema: String,
    /// How far the examination got.
    pub status: Status,
    /// Why the file could not be examined.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<ErrorReport>,
    /// What produced this line.
    pub tool: Arc<ToolReport>,
    /// The file. What of its name is no UTF-8 is replaced; `report` tells such names apart.
    pub source: SourceReport,
    /// When the file was last modified, in UTC with nanoseconds, where the system knows.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub modified: Option<String>,
    /// The file's JSON report, from the folder of the outputs.
    pub report: String,
    /// The file's page, from the folder of the outputs, if one was asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub page: Option<String>,
    /// The examined stream; absent if unreadable.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stream: Option<ScanStream>,
    /// Encodings before the last one that the samples tell of, oldest first.
    pub earlier_encodings: Vec<String>,
    /// Number of edit points.
    pub edit_points: usize,
    /// The strongest edit points, strongest first.
    pub strongest: Vec<ScanPoint>,
    /// Findings that no edit point covers, by detector.
    pub others: Vec<ScanFindings>,
    /// Strength of the strongest edit point or finding, if there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub highest_strength: Option<Strength>,
    /// Detectors that did not examine the clip.
    pub not_examined: Arc<[String]>,
}

/// What the examined stream is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScanStream {
    /// Container.
    pub container: String,
    /// Codec.
    pub codec: String,
    /// Samples per second and channel.
    pub sample_rate_hz: u32,
    /// Channels.
    pub channels: u16,
    /// Decoded length, in seconds.
    pub duration_s: f64,
}

/// One edit point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScanPoint {
    /// Best single time, in seconds.
    pub time_s: f64,
    /// Joint score; grows with evidence.
    pub score: f64,
    /// What stands behind the score.
    pub strength: Strength,
    /// Detectors that contributed, sorted.
    pub detectors: Vec<String>,
}

/// Findings of one detector outside edit points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScanFindings {
    /// The detector.
    pub id: String,
    /// How many.
    pub findings: usize,
    /// The strongest one's strength.
    pub strength: Strength,
}

/// What a scan came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScanSummary {
    /// `spliceprint.scan/1`.
    pub schema: String,
    /// Files found.
    pub files: usize,
    /// Files with a line; fewer than `files` while a scan runs.
    pub finished: usize,
    /// Files of which the whole was examined.
    pub ok: usize,
    /// Files of which a part was examined.
    pub partial: usize,
    /// Files that could not be examined.
    pub unreadable: usize,
    /// Examined files that a detector has examined; none where the profile leaves them out.
    pub by_detectors: usize,
    /// Sound in the examined files, in seconds.
    pub audio_s: f64,
    /// Files with edit points.
    pub with_edit_points: usize,
    /// Files that are exact copies of each other, each group once.
    pub copies: Vec<CopyGroup>,
    /// Files that share sound with others without being exact copies, group by group; empty while a scan
    /// runs.
    #[serde(default)]
    pub clusters: Vec<ScanCluster>,
    /// What lay there and is no regular file, such as a pipe.
    pub passed_over: Vec<PassedOver>,
}

/// Files that hold exactly the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CopyGroup {
    /// What is the same.
    pub same: Same,
    /// SHA-256 of the decoded samples.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pcm_sha256: Option<String>,
    /// The files, sorted by path.
    pub members: Vec<CopyMember>,
}

/// What copies have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Same {
    /// Every byte of the file.
    File,
    /// Every decoded sample; the files around them differ.
    Samples,
}

/// One of several copies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CopyMember {
    /// Its path.
    pub path: String,
    /// Its JSON report, from the folder of the outputs.
    pub report: String,
    /// SHA-256 of the file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sha256: Option<String>,
}

/// Something that was not examined because it is no file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PassedOver {
    /// Where.
    pub path: String,
    /// Why.
    pub reason: String,
}
