//! A clip beside recordings that are known to come from the device or program that is claimed for it.
//!
//! What writers decide is listed as paths with values (Iuliani et al. 2019, *A video forensic framework for the
//! unsupervised analysis of MP4-like file container*, IEEE TIFS 14): stream, order of parts, fields of parts,
//! tags. What changes from recording to recording, such as dates and counts, is left out.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::wording::{hertz, quantity};
use super::{AnalysisDocument, StructureNode};

/// Fields that change from recording to recording.
const CHANGING: [&str; 19] = [
    "created",
    "modified",
    "duration_ticks",
    "entries",
    "samples",
    "frames",
    "declared_frames",
    "md5",
    "serial",
    "pages",
    "count",
    "ticks",
    "points",
    "last_page_marked",
    "padding_samples",
    "number",
    "block_samples",
    "nominal_bit_rate_bps",
    "writer",
];

/// Tags whose values are kept because they name writers; of others only that they are there counts.
const WRITER_TAGS: [&str; 12] = [
    "encoder",
    "vendor",
    "©too",
    "©swr",
    "isft",
    "tsse",
    "lame tag",
    "muxingapp",
    "writingapp",
    "payload",
    "software",
    "bext.originator",
];

/// Stands for a value that a file has not.
const ABSENT: &str = "–";

/// A clip beside its references.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReferencesReport {
    /// The recordings that it was held against.
    pub files: Vec<ReferenceFile>,
    /// What was compared; rows that differ come first.
    pub rows: Vec<ReferenceRow>,
}

/// A recording known to come from the claimed device or program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReferenceFile {
    /// Path as given.
    pub path: String,
    /// SHA-256 of the file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sha256: Option<String>,
}

/// One thing that was compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReferenceRow {
    /// What it is: a path of parts and a field, or a measurement.
    pub what: String,
    /// The clip's value.
    pub clip: String,
    /// Every value of the references, each once.
    pub references: Vec<String>,
    /// Whether no reference has the clip's value; absent for measurements, which differ from recording to
    /// recording.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub differs: Option<bool>,
}

impl ReferencesReport {
    /// Holds a clip against references.
    #[must_use]
    pub fn of(clip: &AnalysisDocument, references: &[AnalysisDocument]) -> Self {
        let file = |document: &AnalysisDocument| ReferenceFile {
            path: document.source.path.clone(),
            sha256: document.source.sha256.clone(),
        };
        let mut rows = compared(clip, references, facts, true);
        rows.extend(compared(clip, references, measurements, false));
        // Stable: within each group the order of names stays.
        rows.sort_by_key(|row| row.differs != Some(true));
        Self { files: references.iter().map(file).collect(), rows }
    }

    /// Rows in which no reference has the clip's value.
    pub(crate) fn differing(&self) -> impl Iterator<Item = &ReferenceRow> {
        self.rows.iter().filter(|row| row.differs == Some(true))
    }
}

/// Names and values of one file.
type Facts = BTreeMap<String, String>;

fn compared(
    clip: &AnalysisDocument,
    references: &[AnalysisDocument],
    read: fn(&AnalysisDocument) -> Facts,
    decides: bool,
) -> Vec<ReferenceRow> {
    let own = read(clip);
    let others: Vec<Facts> = references.iter().map(read).collect();
    let mut names: Vec<&String> = own.keys().chain(others.iter().flat_map(Facts::keys)).collect();
    names.sort_unstable();
    names.dedup();
    let row = |name: &&String| {
        let value = |facts: &Facts| facts.get(*name).cloned().unwrap_or_else(|| ABSENT.into());
        let clip = value(&own);
        let mut values: Vec<String> = others.iter().map(value).collect();
        values.sort_unstable();
        values.dedup();
        let differs = decides.then(|| !values.contains(&clip));
        ReferenceRow { what: (*name).clone(), clip, references: values, differs }
    };
    names.iter().map(row).collect()
}

/// What the writer of a file decides.
fn facts(document: &AnalysisDocument) -> Facts {
    let mut facts = Facts::new();
    if let Some(stream) = &document.stream {
        let mut add = |name: &str, value: String| facts.insert(format!("stream {name}"), value);
        add("container", stream.container.clone());
        add("codec", stream.codec.clone());
        add("sample rate", hertz(f64::from(stream.sample_rate_hz)));
        add("channels", stream.channels.to_string());
        add("priming, samples", stream.start_trim_samples.to_string());
        if let Some(bits) = stream.bits_per_sample {
            add("bits per sample", bits.to_string());
        }
    }
    let mut order: Vec<&str> =
        document.provenance.structure.iter().map(|p| p.id.as_str()).collect();
    order.dedup();
    facts.insert("order of parts".into(), order.join(", "));
    for node in &document.provenance.structure {
        add_fields(&node.id, node, &mut facts);
    }
    for tag in &document.provenance.tags {
        let names_writer = WRITER_TAGS.contains(&tag.name.to_lowercase().as_str());
        let value = if names_writer { tag.value.as_str() } else { "is there" };
        facts.insert(format!("tag {}", tag.name), value.into());
    }
    facts
}

/// Adds the fields of a part and of those inside it; fields of parts with one path are put together.
fn add_fields(path: &str, node: &StructureNode, facts: &mut Facts) {
    for field in node.fields.iter().filter(|field| !CHANGING.contains(&field.name.as_str())) {
        let values = facts.entry(format!("{path} {}", field.name)).or_default();
        if !values.split(", ").any(|known| known == field.value) {
            let comma = if values.is_empty() { "" } else { ", " };
            values.push_str(&format!("{comma}{}", field.value));
        }
    }
    for part in &node.parts {
        add_fields(&format!("{path}/{}", part.id), part, facts);
    }
}

/// What was measured in the sound.
fn measurements(document: &AnalysisDocument) -> Facts {
    let mut facts = Facts::new();
    let Some(measured) = &document.measurements else { return facts };
    let mut add = |name: &str, value: Option<f64>, unit: &str| {
        facts.extend(value.map(|value| (name.to_owned(), quantity(value, unit))));
    };
    add("measured bandwidth", measured.bandwidth_hz.map(|hz| hz / 1000.0), "kHz");
    add("measured background", measured.noise_floor_dbfs, "dBFS");
    add("measured loudness", measured.loudness_lufs, "LUFS");
    add("measured true peak", Some(measured.true_peak_dbtp), "dBTP");
    let rate = document.stream.as_ref().and_then(|stream| stream.bit_rate_bps);
    add("measured bit rate", rate.map(|bps| bps as f64 / 1000.0), "kbit/s");
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample_report;

    #[test]
    fn what_no_reference_has_comes_first() {
        let reference = sample_report().document;
        let mut clip = reference.clone();
        assert_eq!(
            ReferencesReport::of(&clip, std::slice::from_ref(&reference)).differing().count(),
            0
        );
        clip.stream.as_mut().unwrap().sample_rate_hz = 8_000;
        clip.provenance.structure.swap(0, 1);
        let report = ReferencesReport::of(&clip, &[reference.clone(), reference]);
        let differing: Vec<_> = report.differing().map(|row| row.what.as_str()).collect();
        assert_eq!(differing, ["order of parts", "stream sample rate"]);
        assert_eq!(report.rows[1].references, ["44.1 kHz"]);
        assert!(report.rows.iter().any(|row| row.differs.is_none()));
        assert_eq!(report.files.len(), 2);
    }
}
