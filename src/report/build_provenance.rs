//! What the file tells of its own past, as the document carries it.

use super::timeline::timeline;
use super::{CompressionStep, Provenance, QuantisationReport, StructureNode, Tag, WriterReport};
use crate::analysis::Analysis;
use crate::container::structure::{Field, Part};
use crate::decode::StreamInfo;
use crate::features::Features;
use crate::units::round_to;
use crate::writers::{Match, matching};

/// Of an examined clip: the stream, and encodings whose frames show in the samples.
pub(super) fn of_analysis(stream: &StreamInfo, analysis: &Analysis) -> Provenance {
    let earlier = analysis.earlier_grids().rev().map(|track| CompressionStep {
        codec: track.codec.name().into(),
        bit_rate_bps: None,
        observed_in: "signal".into(),
        frame_samples: Some(track.period),
        z: Some(round_to(f64::from(track.z), 1)),
        coverage: Some(round_to(f64::from(track.coverage), 3)),
    });
    let mut provenance = of_stream(stream, &analysis.features);
    provenance.compression_history.splice(0..0, earlier);
    provenance.timeline = timeline(&provenance, &analysis.features.structure.dates);
    provenance
}

/// What the file itself tells.
pub(super) fn of_stream(stream: &StreamInfo, features: &Features) -> Provenance {
    let structure = &features.structure;
    let coded = (!stream.lossless).then(|| CompressionStep {
        codec: stream.codec.clone(),
        bit_rate_bps: stream.bit_rate_bps,
        observed_in: "stream".into(),
        ..CompressionStep::default()
    });
    let mut tags: Vec<Tag> = structure
        .tags
        .iter()
        .map(|tag| Tag {
            name: tag.name.clone(),
            value: tag.value.clone(),
            offset: Some(tag.offset),
        })
        .collect();
    if let Some(encoder) = stream.encoder.as_ref().filter(|_| tags.is_empty()) {
        tags.push(Tag { name: "encoder".into(), value: encoder.clone(), offset: None });
    }
    let mut provenance = Provenance {
        structure: structure.parts.iter().map(node).collect(),
        more_parts: structure.more_parts,
        tags,
        compression_history: coded.into_iter().collect(),
        quantisation: QuantisationReport::of(&features.quantisation),
        writers: matching(structure).iter().map(writer).collect(),
        timeline: Vec::new(),
    };
    provenance.timeline = timeline(&provenance, &structure.dates);
    provenance
}

fn node(part: &Part) -> StructureNode {
    let field =
        |field: &Field| Tag { name: field.name.into(), value: field.value.clone(), offset: None };
    StructureNode {
        id: part.id.clone(),
        offset: part.offset,
        bytes: part.bytes,
        fields: part.fields.iter().map(field).collect(),
        parts: part.parts.iter().map(node).collect(),
    }
}

fn writer(found: &Match) -> WriterReport {
    WriterReport {
        name: found.writer.name.clone(),
        kind: found.writer.kind.as_str().into(),
        marks: found.marks.clone(),
        note: found.writer.note.clone(),
        source: found.writer.source.clone(),
    }
}
