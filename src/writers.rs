//! Programs, devices and services by the marks that they leave in the files they write.
//!
//! `writers.toml` is the table: a row holds when all its marks hold. A row that holds says that a file is
//! consistent with a writer, never that it was written by it: marks can be copied and outlive the next
//! program. Its head says what kinds, formats and fields there are, and how to add a row.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::container::structure::{Part, Structure, Tag};

/// The table that the program is built with.
const SHIPPED: &str = include_str!("../writers.toml");

/// Tags that name an encoder or a writing program, in lower case.
const ENCODER_TAGS: [&str; 16] = [
    "isft",
    "©too",
    "©swr",
    "©enc",
    "lame tag",
    "tsse",
    "tenc",
    "vendor",
    "encoder",
    "muxingapp",
    "writingapp",
    "software",
    "com.apple.quicktime.software",
    "encoding application",
    "tss",
    "ten",
];

/// What kind of writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WriterKind {
    /// A device or program that records.
    Recorder,
    /// A program that sends voice messages.
    Messenger,
    /// A program in which sound is cut and changed.
    Editor,
    /// A program that writes a file anew, with or without encoding.
    Converter,
    /// A library that encodes; others put its output into files.
    Encoder,
    /// A service that rewrites what is handed in, or makes speech.
    Platform,
}

impl WriterKind {
    /// The word documents carry.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recorder => "recorder",
            Self::Messenger => "messenger",
            Self::Editor => "editor",
            Self::Converter => "converter",
            Self::Encoder => "encoder",
            Self::Platform => "platform",
        }
    }
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Writer {
    /// Name, as its makers write it.
    pub name: String,
    /// What kind it is.
    pub kind: WriterKind,
    /// Formats in which the marks count, see [`Structure::format`].
    formats: Vec<String>,
    /// Version whose files were looked at; empty if others described them.
    pub seen: String,
    /// How the marks are known.
    pub source: String,
    /// What it means for a recording.
    #[serde(default)]
    pub note: Option<String>,
    marks: Vec<Mark>,
}

/// A condition on one field.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    field: String,
    equals: Option<String>,
    starts: Option<String>,
    contains: Option<String>,
    lacks: Option<String>,
}

/// A writer with which a file is consistent.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The row.
    pub writer: &'static Writer,
    /// Marks that were met, such as `vendor Lavf59.27.100`.
    pub marks: Vec<String>,
    /// First byte of the first part that carries one, where that is known.
    pub offset: Option<u64>,
}

#[derive(Deserialize)]
struct Table {
    writer: Vec<Writer>,
}

fn shipped() -> &'static [Writer] {
    static PARSED: OnceLock<Vec<Writer>> = OnceLock::new();
    // A test reads the file; what cannot be read matches nothing.
    PARSED.get_or_init(|| toml::from_str(SHIPPED).map_or_else(|_| Vec::new(), |t: Table| t.writer))
}

/// The writers with which a file is consistent, in the order of the table.
#[must_use]
pub fn matching(structure: &Structure) -> Vec<Match> {
    shipped().iter().filter_map(|writer| writer.matched(structure)).collect()
}

/// A value of a field, and where it stands.
type Value<'a> = (std::borrow::Cow<'a, str>, Option<u64>);

impl Writer {
    fn matched(&'static self, structure: &Structure) -> Option<Match> {
        if !self.formats.iter().any(|format| format == structure.format) {
            return None;
        }
        let mut found = Match { writer: self, marks: Vec::new(), offset: None };
        for mark in &self.marks {
            let values = values(structure, &mark.field);
            if let Some(lacks) = &mark.lacks {
                if values.iter().any(|(value, _)| value.contains(lacks.as_str())) {
                    return None;
                }
                continue;
            }
            let (value, offset) = values.into_iter().find(|(value, _)| mark.holds(value))?;
            let name = mark.field.strip_prefix("tag:").unwrap_or(&mark.field);
            found.marks.push(format!("{} `{value}`", name.replace('_', " ")));
            found.offset = found.offset.or(offset);
        }
        Some(found)
    }
}

impl Mark {
    fn holds(&self, value: &str) -> bool {
        self.equals.as_ref().is_none_or(|text| value == text)
            && self.starts.as_ref().is_none_or(|text| value.starts_with(text.as_str()))
            && self.contains.as_ref().is_none_or(|text| value.contains(text.as_str()))
    }
}

/// Whether a tag of this name tells of an encoder or a writing program.
#[must_use]
pub fn names_encoder(tag: &str) -> bool {
    ENCODER_TAGS.contains(&tag.to_lowercase().as_str())
}

/// What a file has for a field of the table.
fn values<'a>(structure: &'a Structure, field: &str) -> Vec<Value<'a>> {
    let tags = |holds: &dyn Fn(&Tag) -> bool| -> Vec<Value<'a>> {
        let tags = structure.tags.iter().filter(|tag| holds(tag));
        tags.map(|tag| (tag.value.as_str().into(), Some(tag.offset))).collect()
    };
    let fields = |id: &str, name: &str| -> Vec<Value<'a>> {
        let parts = structure.all_parts().filter(|part| part.id == id);
        parts.filter_map(|part| part.field(name).map(|v| (v.into(), Some(part.offset)))).collect()
    };
    let named = |name: &str| {
        tags(&|tag| {
            let own = tag.name.to_lowercase();
            own == name || own.strip_prefix("bext.") == Some(name)
        })
    };
    match field {
        "encoder" => tags(&|tag| names_encoder(&tag.name)),
        "vendor" | "payload" => named(field),
        "muxing_app" => named("muxingapp"),
        "writing_app" => named("writingapp"),
        "major_brand" | "compatible_brands" => fields("ftyp", field),
        "handler" => fields("hdlr", "name"),
        "parts" => vec![(top_parts(structure).into(), None)],
        "part" => structure
            .all_parts()
            .flat_map(|part| {
                let tag = part.field("tag").map(|tag| (tag.into(), Some(part.offset)));
                [Some((typed_id(part).into(), Some(part.offset))), tag].into_iter().flatten()
            })
            .collect(),
        _ => field.strip_prefix("tag:").map(named).unwrap_or_default(),
    }
}

/// A part's id, of typed lists with the type: `LIST:INFO`.
fn typed_id(part: &Part) -> String {
    match part.field("type") {
        Some(kind) if part.id == "LIST" => format!("LIST:{kind}"),
        _ => part.id.clone(),
    }
}

/// Ids of the parts that a format has at its top, in order and with commas; of chunks and of Matroska those
/// inside the one that holds all.
fn top_parts(structure: &Structure) -> String {
    let holds_all = |part: &&Part| {
        matches!(
            part.id.as_str(),
            "RIFF" | "RIFX" | "RF64" | "BW64" | "riff" | "FORM" | "caff" | "Segment"
        )
    };
    let top = structure.parts.iter().find(holds_all).map_or(&structure.parts, |part| &part.parts);
    let mut ids: Vec<String> = top.iter().map(typed_id).collect();
    ids.dedup();
    ids.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads_and_every_field_is_known() {
        let table: Table = toml::from_str(SHIPPED).unwrap();
        assert!(table.writer.len() > 30);
        const FIELDS: [&str; 9] = [
            "encoder",
            "vendor",
            "payload",
            "muxing_app",
            "writing_app",
            "major_brand",
            "compatible_brands",
            "handler",
            "parts",
        ];
        for writer in &table.writer {
            assert!(!writer.formats.is_empty() && !writer.source.is_empty(), "{}", writer.name);
            let positive = writer.marks.iter().filter(|mark| mark.lacks.is_none()).count();
            assert!(positive > 0, "{} would match any file", writer.name);
            for mark in &writer.marks {
                let known = FIELDS.contains(&mark.field.as_str()) || mark.field == "part";
                assert!(known || mark.field.starts_with("tag:"), "{}: {}", writer.name, mark.field);
                let conditions = [&mark.equals, &mark.starts, &mark.contains, &mark.lacks];
                assert_eq!(conditions.iter().filter(|c| c.is_some()).count(), 1, "{}", writer.name);
            }
        }
    }

    #[test]
    fn all_marks_must_hold() {
        let tag =
            |name: &str, value: &str| Tag { name: name.into(), value: value.into(), offset: 7 };
        let mut structure = Structure { format: "matroska", ..Structure::default() };
        structure.tags = vec![tag("MuxingApp", "Lavf59.27.100")];
        assert!(matching(&structure).is_empty());
        structure.tags.push(tag("WritingApp", "Lavf59.27.100"));
        let found = matching(&structure);
        assert_eq!(found[0].writer.name, "FFmpeg (libavformat)");
        assert_eq!((found[0].marks.len(), found[0].offset), (2, Some(7)));
        structure.format = "ogg";
        assert!(matching(&structure).is_empty());
    }
}
