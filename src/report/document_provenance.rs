//! The part of the analysis document on what the file tells of its own past.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::QuantisationReport;

/// What the file tells of its own past.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Provenance {
    /// Parts of the container, in file order.
    pub structure: Vec<StructureNode>,
    /// Parts that are not listed because there are too many.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub more_parts: u64,
    /// Tags, as they stand in the file.
    pub tags: Vec<Tag>,
    /// How the file came about as far as it shows, in the order in which that is known.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub timeline: Vec<TimelineEntry>,
    /// Encodings the audio went through, oldest first.
    pub compression_history: Vec<CompressionStep>,
    /// How the encoder of this file quantised; absent unless its frames are MP3 or AAC-LC and were decoded.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub quantisation: Option<QuantisationReport>,
    /// Known writers with which the file is consistent.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub writers: Vec<WriterReport>,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// One entry of the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TimelineEntry {
    /// What happened, in words.
    pub what: String,
    /// Whether it stands in the file.
    pub basis: Basis,
    /// Its place in the order.
    pub stage: Stage,
    /// Date as the file has it, in UTC unless the file leaves the zone open.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub date: Option<String>,
    /// First byte of what carries it, where known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub offset: Option<u64>,
    /// What in the file stands against it, in words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub against: Option<String>,
}

/// Whether an entry stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// It stands there: a date, a name, the frames.
    Observed,
    /// It follows from what stands there: marks of a known writer, which can be copied, or a frame grid.
    Inferred,
}

/// Place of an entry in the order, earliest first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Before the encoding that the file has.
    EarlierEncoding,
    /// The encoding that the file has.
    LastEncoding,
    /// The file round it, written with the encoding or later.
    File,
    /// By its own date alone, ordered among such dates.
    Dated,
    /// Not known.
    Unknown,
}

/// A known writer with which the file is consistent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WriterReport {
    /// Name.
    pub name: String,
    /// `recorder`, `messenger`, `editor`, `converter`, `encoder` or `platform`.
    pub kind: String,
    /// Marks that agree, each with its value.
    pub marks: Vec<String>,
    /// What it means for a recording, where that is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
    /// How the marks are known.
    pub source: String,
}

/// One part of a container.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StructureNode {
    /// Name of the part, such as a chunk or box id.
    pub id: String,
    /// First byte.
    pub offset: u64,
    /// Bytes.
    pub bytes: u64,
    /// What it says.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub fields: Vec<Tag>,
    /// Parts inside it, in file order.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub parts: Vec<StructureNode>,
}

/// One tag, or one field of a part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tag {
    /// Name as it stands in the file.
    pub name: String,
    /// Value as it stands in the file.
    pub value: String,
    /// First byte of the part that carries it, of tags.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub offset: Option<u64>,
}

/// One encoding the audio went through.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CompressionStep {
    /// Codec.
    pub codec: String,
    /// Rate in bit/s, where known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bit_rate_bps: Option<u64>,
    /// `stream` if the file is encoded so, `signal` if inferred from the samples.
    pub observed_in: String,
    /// Samples between frames, for encodings inferred from their frame grid.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub frame_samples: Option<u32>,
    /// Height of the frame grid over all other offsets, in robust standard deviations.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub z: Option<f64>,
    /// Share of the clip in which the frame grid holds, 0..=1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub coverage: Option<f64>,
}
