//! Recordings to find clips in: their words on disk, and an index of these.
//!
//! An archive is a folder. `archive.json` lists what counts: immutable segments, clips that were taken
//! out, further paths. It is replaced as a whole, so that a stop at any moment leaves the old or the new
//! state. One writer at a time holds a lock; readers need none. Words are the sub-fingerprints of
//! Haitsma & Kalker (2002), *A Highly Robust Audio Fingerprinting System*, section 4; every second one
//! outside of pauses is listed in a directory of buckets.

mod build;
mod clips;
mod disk;
mod file;
mod index;
mod keys;
mod layout;
mod lock;
mod manifest;
mod merge;
mod reading;
mod segment;
#[cfg(feature = "parquet")]
pub mod tables;
#[cfg(test)]
mod tests;
mod verify;
mod writer;

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
pub use crate::measures::fingerprint::PRODUCER;
pub use clips::{ArchivedClip, hex};
pub(crate) use index::{PAUSE, bucket, key, key_bits};
use manifest::{MANIFEST, Manifest};
pub use reading::Words;
pub(crate) use segment::Segment;
pub use verify::{Damage, verify};
pub use writer::{Added, ArchiveWriter};

/// Version of the files of an archive.
pub const FORMAT: u32 = 1;

/// Folder of the segments in an archive.
const SEGMENTS: &str = "segments";

/// Times that opening begins anew because a writer replaced segments meanwhile.
const RETRIES: usize = 5;

/// An archive, opened for reading.
#[derive(Debug)]
pub struct Archive {
    folder: PathBuf,
    manifest: Manifest,
    segments: Vec<Segment>,
}

/// Sizes of an archive.
#[derive(Debug, Clone, PartialEq)]
pub struct ArchiveStats {
    /// Clips that can be found.
    pub clips: usize,
    /// Clips that were taken out, but whose words are still on disk.
    pub removed: usize,
    /// Length of the clips that can be found, in seconds.
    pub duration_s: f64,
    /// Segment files.
    pub segments: usize,
    /// Words, one per 16 ms.
    pub words: u64,
    /// Words that are listed in a directory.
    pub postings: u64,
    /// Bytes of directories and postings.
    pub index_bytes: u64,
    /// Bytes of all segment files.
    pub bytes: u64,
}

impl Archive {
    /// Opens the archive in `folder`.
    ///
    /// # Errors
    ///
    /// [`Error::Open`] if there is none, [`Error::Archive`] if it is of another version or producer,
    /// [`Error::Damaged`] if a file is not what it should be.
    pub fn open(folder: &Path) -> Result<Self> {
        let mut manifest = Manifest::read(folder)?;
        for _ in 0..RETRIES {
            match Self::of_manifest(folder, manifest.clone()) {
                Err(Error::Open { path, source }) => {
                    let now = Manifest::read(folder)?;
                    if now == manifest {
                        return Err(Error::Open { path, source });
                    }
                    manifest = now;
                }
                opened => return opened,
            }
        }
        Self::of_manifest(folder, manifest)
    }

    fn of_manifest(folder: &Path, manifest: Manifest) -> Result<Self> {
        let open = |entry: &manifest::SegmentEntry| {
            let segment = Segment::open(&folder.join(SEGMENTS).join(&entry.name))?;
            if segment.crc() != entry.crc32c {
                let what = format!("it is another segment than `{MANIFEST}` lists");
                return Err(segment.file().damaged(0, what));
            }
            Ok(segment)
        };
        let segments = manifest.segments.iter().map(open).collect::<Result<_>>()?;
        Ok(Self { folder: folder.to_owned(), manifest, segments })
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Every clip that can be found, in the order of segments.
    pub fn clips(&self) -> impl Iterator<Item = &ArchivedClip> {
        let clips = self.segments.iter().flat_map(Segment::clips);
        clips.filter(|clip| self.is_live(clip))
    }

    /// Every path that a clip was added under, the first one first.
    #[must_use]
    pub fn paths<'a>(&'a self, clip: &'a ArchivedClip) -> Vec<&'a str> {
        let further = self.manifest.paths.get(&clip.id).into_iter().flatten();
        std::iter::once(clip.path.as_str()).chain(further.map(String::as_str)).collect()
    }

    /// What is kept of a clip of this archive.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] if it holds no such clip, otherwise those of reading it.
    pub fn words(&self, clip: &ArchivedClip) -> Result<Words> {
        let place = self.segments.iter().find_map(|segment| {
            let number = segment.clips().iter().position(|known| known.id == clip.id)?;
            Some((segment, number))
        });
        let (segment, number) = place.filter(|_| self.is_live(clip)).ok_or_else(|| {
            Error::Argument { what: format!("the archive holds no clip {}", clip.id) }
        })?;
        let fingerprint = segment.fingerprint(segment.words_of(number))?;
        Ok(Words { clip: segment.clips()[number].clone(), fingerprint })
    }

    /// Sizes of the archive.
    #[must_use]
    pub fn stats(&self) -> ArchiveStats {
        let headers = self.segments.iter().map(Segment::header);
        let sum = |of: &dyn Fn(&layout::Header) -> u64| headers.clone().map(of).sum::<u64>();
        ArchiveStats {
            clips: self.clips().count(),
            removed: self.manifest.removed.len(),
            duration_s: self.clips().map(|clip| clip.duration_s).sum(),
            segments: self.segments.len(),
            words: sum(&|h| h.words),
            postings: sum(&|h| h.postings),
            index_bytes: sum(&|h| h.directory().bytes + h.postings().bytes),
            bytes: self.segments.iter().map(|segment| segment.file().len()).sum(),
        }
    }

    pub(crate) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    pub(crate) fn is_live(&self, clip: &ArchivedClip) -> bool {
        !self.manifest.removed.contains(&clip.id)
    }
}
