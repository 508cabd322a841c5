//! Tables of what the file tells of its own past.

use super::rows::Table;
use crate::report::references::ReferencesReport;
use crate::report::terminal::escape;
use crate::report::wording::{grouped, words};
use crate::report::wording_history::{self, EncodingWords, frame_facts};
use crate::report::{Basis, Provenance, Stage, StructureNode};

/// Parts of a container that are listed before the rest is counted.
const MOST_PARTS: usize = 200;

/// Encodings in their order beside the frames of the file, and what those frames say.
pub(super) fn encodings(provenance: &Provenance) -> [Table; 2] {
    let heads = ["Encoding", "Seen in", "Shown by", "Frames of this file"];
    let mut history = Table::new("Compression history", &heads);
    for step in wording_history::encodings(provenance) {
        let EncodingWords { encoding, seen_in, shown_by, frames } = step;
        history.push([escape(&encoding), seen_in.into(), shown_by, escape(&frames)]);
    }
    let mut frames = Table::new("Frames of the last encoding", &["What", "Value"]);
    for (name, value) in provenance.quantisation.iter().flat_map(frame_facts) {
        frames.push([name.into(), escape(&value)]);
    }
    [history, frames]
}

/// How the file came about, as far as it shows.
pub(crate) fn timeline(provenance: &Provenance) -> Table {
    let heads = ["Place in the order", "What happened", "Basis", "Date", "Byte", "Against it"];
    let mut table = Table::new("Earliest first, as far as an order is known", &heads);
    for entry in &provenance.timeline {
        let stage = match entry.stage {
            Stage::EarlierEncoding => "before the last encoding",
            Stage::LastEncoding => "the last encoding",
            Stage::File => "the file, with that encoding or later",
            Stage::Dated => "by its own date",
            Stage::Unknown => "not known",
        };
        let basis = match entry.basis {
            Basis::Observed => "observed",
            Basis::Inferred => "inferred",
        };
        let offset = entry.offset.map_or_else(|| "–".into(), grouped);
        let [date, against] =
            [&entry.date, &entry.against].map(|text| escape(text.as_deref().unwrap_or("–")));
        table.push([stage.into(), escape(&entry.what), basis.into(), date, offset, against]);
    }
    table.without_empty_columns()
}

/// Known writers, tags and parts, empty ones included.
pub(super) fn tables(provenance: &Provenance) -> [Table; 3] {
    let heads = ["Writer", "Kind", "Marks", "What it means", "How the marks are known"];
    let mut writers = Table::new("Known writers with which the file is consistent", &heads);
    for writer in &provenance.writers {
        let note = writer.note.as_deref().unwrap_or("");
        let marks = writer.marks.join(", ");
        writers.push([&writer.name, &writer.kind, &marks, note, &writer.source].map(escape));
    }
    let mut tags = Table::new("Tags in the file", &["Name", "Value", "Byte"]);
    for tag in &provenance.tags {
        let offset = tag.offset.map_or_else(|| "–".into(), grouped);
        tags.push([escape(&tag.name), escape(&tag.value), offset]);
    }
    let heads = ["Part", "First byte", "Bytes", "What it says"];
    let mut structure = Table::new("Structure of the file", &heads);
    let mut parts = 0;
    for node in &provenance.structure {
        add_parts(node, 0, &mut structure, &mut parts);
    }
    let more = parts.saturating_sub(MOST_PARTS) as u64 + provenance.more_parts;
    if more > 0 {
        structure.more = Some(format!("and {more} more; the JSON document lists up to 4,096"));
    }
    [writers, tags, structure]
}

/// Adds a part and those inside it, each level set in by one step, while there is room; counts all.
fn add_parts(node: &StructureNode, depth: usize, table: &mut Table, count: &mut usize) {
    *count += 1;
    if *count <= MOST_PARTS {
        let says: Vec<String> =
            node.fields.iter().map(|f| format!("{} {}", words(&f.name), f.value)).collect();
        let id = format!("{}{}", "· ".repeat(depth), node.id);
        let place = [grouped(node.offset), grouped(node.bytes)];
        let [offset, bytes] = place;
        table.push([escape(&id), offset, bytes, escape(&says.join(", "))]);
    }
    for part in &node.parts {
        add_parts(part, depth + 1, table, count);
    }
}

/// The clip beside recordings of the claimed source.
pub(super) fn references(report: &ReferencesReport) -> Table {
    let names: Vec<&str> = report.files.iter().map(|file| file.path.as_str()).collect();
    let title = format!("Beside recordings of the claimed source: {}", names.join(", "));
    let mut table = Table::new(&escape(&title), &["What", "This clip", "There", "Differs"]);
    for row in &report.rows {
        let differs = match row.differs {
            Some(true) => "yes",
            Some(false) => "no",
            None => "measured",
        };
        let there = row.references.join(" or ");
        table.push([escape(&row.what), escape(&row.clip), escape(&there), differs.into()]);
    }
    table
}
