//! Every byte of an archive held against its checksum.

use std::path::Path;

use super::SEGMENTS;
use super::layout::Part;
use super::manifest::{MANIFEST, Manifest};
use super::segment::Segment;
use crate::error::{Error, Result};

/// A damaged place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The file, from the archive's folder.
    pub file: String,
    /// Where in it, in bytes.
    pub offset: u64,
    /// Length of the block that is damaged somewhere; `None` for the whole file.
    pub bytes: Option<u64>,
    /// What lies there and what is wrong.
    pub what: String,
    /// Clips that this touches; empty if their names cannot be told, or if it is the index.
    pub clips: Vec<u64>,
}

/// Reads all of the archive in `folder`. The damaged places, in the order of files and offsets, and how
/// many segments were read.
///
/// # Errors
///
/// [`Error::Open`] if there is no archive, [`Error::Archive`] if it is of another version or producer.
pub fn verify(folder: &Path) -> Result<(Vec<Damage>, usize)> {
    let manifest = match Manifest::read(folder) {
        Ok(manifest) => manifest,
        Err(error) => return Ok((vec![whole(MANIFEST.into(), error)?], 0)),
    };
    let mut damage = Vec::new();
    for entry in &manifest.segments {
        let file = format!("{SEGMENTS}/{}", entry.name);
        match Segment::open(&folder.join(&file)) {
            Err(error) => damage.push(missing_or_damaged(file, error)?),
            Ok(segment) if segment.crc() != entry.crc32c => damage.push(Damage {
                file,
                offset: 0,
                bytes: None,
                what: format!("it is another segment than `{MANIFEST}` lists"),
                clips: Vec::new(),
            }),
            Ok(segment) => match segment.bad_blocks() {
                Err(error) => damage.push(missing_or_damaged(file, error)?),
                Ok(blocks) => {
                    damage.extend(blocks.into_iter().map(|block| describe(&segment, &file, block)));
                }
            },
        }
    }
    Ok((damage, manifest.segments.len()))
}

/// A file of which nothing can be used.
fn whole(file: String, error: Error) -> Result<Damage> {
    match error {
        Error::Damaged { offset, what, .. } => {
            Ok(Damage { file, offset, bytes: None, what, clips: Vec::new() })
        }
        other => Err(other),
    }
}

fn missing_or_damaged(file: String, error: Error) -> Result<Damage> {
    match error {
        Error::Open { source, .. } => {
            let what = format!("it cannot be opened: {source}");
            Ok(Damage { file, offset: 0, bytes: None, what, clips: Vec::new() })
        }
        Error::Archive { what, .. } => {
            Ok(Damage { file, offset: 0, bytes: None, what, clips: Vec::new() })
        }
        other => whole(file, other),
    }
}

/// What lies in a block that does not have its checksum.
fn describe(segment: &Segment, file: &str, (offset, bytes): (u64, u64)) -> Damage {
    let header = segment.header();
    let parts = [
        ("clip table", header.table()),
        ("words", header.words()),
        ("directory", header.directory()),
        ("postings", header.postings()),
        ("levels", header.levels()),
    ];
    let overlaps = |part: &Part| part.offset < offset + bytes && offset < part.end();
    let names: Vec<&str> =
        parts.iter().filter(|(_, part)| overlaps(part)).map(|(name, _)| *name).collect();
    let touched = |clip: &&super::ArchivedClip| {
        let (first, count) = (u64::from(clip.first_word), u64::from(clip.words));
        let of = |part: Part, size: u64| Part {
            offset: part.offset + size * first,
            bytes: size * count,
        };
        overlaps(&of(header.words(), 4)) || overlaps(&of(header.levels(), 1))
    };
    Damage {
        file: file.into(),
        offset,
        bytes: Some(bytes),
        what: format!("{} without their checksum", names.join(", ")),
        clips: segment.clips().iter().filter(touched).map(|clip| clip.id).collect(),
    }
}
