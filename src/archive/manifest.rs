//! The list of what an archive is made of.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::file::ArchiveFile;
use super::layout::refuse_others;
use super::{FORMAT, PRODUCER};
use crate::checksum::crc32c;
use crate::error::Result;

/// Name of the list in an archive.
pub(super) const MANIFEST: &str = "archive.json";

/// Bytes of a list, at most.
const LARGEST: u64 = 256 << 20;

/// State of an archive; replaced as a whole by every change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// Version of all files of the archive.
    pub(super) format: u32,
    /// Algorithm of the words.
    pub(super) producer: String,
    /// Number of the next clip.
    pub(super) next_id: u64,
    /// Number of the next segment.
    pub(super) next_segment: u64,
    /// Segments that count; other files are leftovers.
    pub(super) segments: Vec<SegmentEntry>,
    /// Clips that were taken out, but whose words are still in a segment.
    pub(super) removed: BTreeSet<u64>,
    /// Further paths of clips.
    pub(super) paths: BTreeMap<u64, Vec<String>>,
}

/// A segment that counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct SegmentEntry {
    /// Name of the file.
    pub(super) name: String,
    /// Checksum of its header, which has those of all else.
    pub(super) crc32c: u32,
    /// Words in it.
    pub(super) words: u64,
}

/// A manifest in its file, under a checksum.
#[derive(Serialize, Deserialize)]
struct Sealed<M> {
    crc32c: u32,
    archive: M,
}

/// The least that every version's list has.
#[derive(Deserialize)]
struct Version {
    format: u32,
    #[serde(default)]
    producer: String,
}

impl Default for Manifest {
    fn default() -> Self {
        Self {
            format: FORMAT,
            producer: PRODUCER.into(),
            next_id: 1,
            next_segment: 1,
            segments: Vec::new(),
            removed: BTreeSet::new(),
            paths: BTreeMap::new(),
        }
    }
}

impl Manifest {
    /// A name that no segment has had.
    pub(super) fn new_name(&mut self) -> String {
        let name = format!("{:06}.seg", self.next_segment);
        self.next_segment += 1;
        name
    }

    /// The list of the archive in `folder`.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let file = ArchiveFile::open(&folder.join(MANIFEST))?;
        if file.len() > LARGEST {
            return Err(file.damaged(0, format!("it has {} bytes, too many", file.len())));
        }
        let bytes = file.read(0, file.len())?;
        let wrong = |error: serde_json::Error| {
            let what = format!("line {}, column {}: {error}", error.line(), error.column());
            file.damaged(0, what)
        };
        let version: Sealed<Version> = serde_json::from_slice(&bytes).map_err(wrong)?;
        refuse_others(folder, version.archive.format, &version.archive.producer)?;
        let sealed: Sealed<Self> = serde_json::from_slice(&bytes).map_err(wrong)?;
        let manifest = sealed.archive;
        if manifest.crc32c() != sealed.crc32c {
            return Err(file.damaged(0, "it does not have its checksum"));
        }
        let is_name = |name: &str| {
            name.strip_suffix(".seg").is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
        };
        match manifest.segments.iter().find(|segment| !is_name(&segment.name)) {
            Some(segment) => {
                Err(file.damaged(0, format!("`{}` is no segment's name", segment.name)))
            }
            None => Ok(manifest),
        }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let sealed = Sealed { crc32c: self.crc32c(), archive: self };
        let mut bytes = serde_json::to_vec_pretty(&sealed).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    fn crc32c(&self) -> u32 {
        crc32c(&serde_json::to_vec(self).unwrap_or_default())
    }
}
