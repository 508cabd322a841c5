//! What a file is made of: its parts with their places, its tags, and what no writer leaves there.
//!
//! One walker a format. None of them decodes, none trusts a size: parts are clipped to their parent and
//! to the file, depth and counts are bounded, and what is left out is counted. A structure that cannot be
//! followed ends where it stops making sense; that is an oddity, never an error.

mod adts;
mod amr;
mod ape;
mod bmff;
mod bmff_tags;
mod chunk_text;
mod chunks;
mod credentials;
mod date;
mod flac;
mod id3;
mod matroska;
mod mpeg;
mod ogg;
mod payload;
mod tree;
mod vorbis_comment;

use super::reader::ByteReader;
use super::sniff::{FileKind, describe};
use crate::error::Result;
use tree::Tree;

pub use date::Date;
pub use tree::{Field, Part, Tag};

/// Bytes looked at to say what foreign data is.
const LOOK_BYTES: u64 = 4096;

/// What kind of oddity was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OddityKind {
    /// Bytes that belong to no part of the format, at the end or between parts.
    ForeignData,
    /// A declared size or count that the file does not have.
    Size,
    /// Media that players pass over: a second data chunk, bytes of the media that no packet refers
    /// to, an attached sound.
    HiddenMedia,
    /// A checksum that its bytes do not have.
    Checksum,
    /// A C2PA manifest.
    ContentCredentials,
    /// A file name that promises another kind of file.
    Name,
}

/// Something that a plain file of its kind does not have.
#[derive(Debug, Clone, PartialEq)]
pub struct Oddity {
    /// What it is.
    pub kind: OddityKind,
    /// First byte.
    pub offset: u64,
    /// Bytes.
    pub bytes: u64,
    /// In words.
    pub text: String,
}

/// What a file is made of.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Structure {
    /// Name of the walker: `riff`, `aiff`, `caf`, `mp3`, `adts`, `isobmff`, `ogg`, `flac`, `matroska` or
    /// `amr`; empty if there is none for this kind of file.
    pub format: &'static str,
    /// Parts in file order.
    pub parts: Vec<Part>,
    /// Parts that found no room.
    pub more_parts: u64,
    /// Tags in file order.
    pub tags: Vec<Tag>,
    /// Oddities in the order they were met.
    pub oddities: Vec<Oddity>,
    /// Dates that the file carries.
    pub dates: Vec<Date>,
}

/// Oddities kept of a file.
const MAX_ODDITIES: usize = 256;

impl Structure {
    /// Notes an oddity while there is room.
    pub fn odd(&mut self, kind: OddityKind, offset: u64, bytes: u64, text: String) {
        if self.oddities.len() < MAX_ODDITIES {
            self.oddities.push(Oddity { kind, offset, bytes, text });
        }
    }

    /// Notes bytes that belong to no part; `place` says where they lie.
    pub(crate) fn foreign(&mut self, offset: u64, bytes: u64, place: &str, what: &str) {
        let text = format!("{bytes} bytes {place} belong to no part of the file: {what}");
        self.odd(OddityKind::ForeignData, offset, bytes, text);
    }

    /// All parts, each before those inside it.
    pub fn all_parts(&self) -> impl Iterator<Item = &Part> {
        let mut ahead: Vec<&Part> = self.parts.iter().rev().collect();
        std::iter::from_fn(move || {
            let part = ahead.pop()?;
            ahead.extend(part.parts.iter().rev());
            Some(part)
        })
    }
}

/// Walks a file of this kind.
///
/// # Errors
///
/// [`Error::Read`](crate::error::Error::Read) if the system refuses to read.
pub fn read(kind: FileKind, reader: &mut ByteReader) -> Result<Structure> {
    let mut tree = Tree::default();
    let format = match kind {
        FileKind::Riff | FileKind::Rf64 | FileKind::W64 | FileKind::Aiff | FileKind::Caf => {
            chunks::walk(kind, reader, &mut tree)?
        }
        FileKind::IsoBmff => bmff::walk(reader, &mut tree)?,
        FileKind::Ogg => ogg::walk(reader, &mut tree)?,
        FileKind::Flac => flac::walk(reader, &mut tree)?,
        FileKind::Mpeg => mpeg::walk(reader, &mut tree)?,
        FileKind::Adts => adts::walk(reader, &mut tree)?,
        FileKind::AmrNb | FileKind::AmrWb => amr::walk(kind, reader, &mut tree)?,
        FileKind::Matroska => matroska::walk(reader, &mut tree)?,
        _ => return Ok(Structure::default()),
    };
    Ok(tree.finish(format))
}

/// Notes bytes that belong to no part.
fn foreign(reader: &mut ByteReader, tree: &mut Tree, from: u64, to: u64) -> Result<()> {
    if from >= to {
        return Ok(());
    }
    let look = super::fields::bytes_at(reader, from, to - from, LOOK_BYTES)?;
    let (bytes, place) =
        (to - from, if to == reader.len() { "at the end" } else { "between parts" });
    tree.foreign(from, bytes, place, describe(&look));
    Ok(())
}
