//! Changing an archive.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use super::build::{self, Clips, Pending};
use super::disk::Disk;
use super::layout::MOST_WORDS;
use super::lock::{LOCK, Lock};
use super::manifest::{MANIFEST, Manifest, SegmentEntry};
use super::reading::Words;
use super::segment::Segment;
use super::{Archive, SEGMENTS, merge};
use crate::error::{Error, Result};

/// Words that are collected before they are written: 4.7 hours, 8 MB.
const BATCH_WORDS: u64 = 1 << 20;

/// Longest time between a clip and its being written, where clips keep coming.
const BATCH_TIME: Duration = Duration::from_secs(30);

/// The right to change an archive; others wait, readers need not.
#[derive(Debug)]
pub struct ArchiveWriter {
    archive: Archive,
    disk: Disk,
    /// Clips that are not written yet.
    pending: Pending,
    /// What the archive is to be.
    next: Manifest,
    by_samples: HashMap<[u8; 32], u64>,
    committed: Instant,
    _lock: Lock,
}

/// What became of a clip that was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is new, with this number.
    New(u64),
    /// The same samples are there already under this number; the path was added to it if it was new.
    Known(u64),
}

impl ArchiveWriter {
    /// Opens the archive in `folder`, or makes one, and sweeps away what an earlier writer left behind.
    ///
    /// # Errors
    ///
    /// [`Error::Archive`] if another process writes to it, or if the folder holds other files and no
    /// archive; otherwise those of [`Archive::open`], and [`Error::Write`].
    pub fn open(folder: &Path) -> Result<Self> {
        let failed = |source| Error::Write { path: folder.to_owned(), source };
        fs::create_dir_all(folder).map_err(failed)?;
        let is_new = !folder.join(MANIFEST).exists();
        if is_new && holds_other_files(folder).map_err(failed)? {
            let what = "the folder holds other files and no archive".into();
            let hint = Some("give an empty or a new folder".into());
            return Err(Error::Archive { path: folder.to_owned(), what, hint });
        }
        let lock = Lock::take(folder)?;
        fs::create_dir_all(folder.join(SEGMENTS)).map_err(failed)?;
        let mut disk = Disk::new(folder);
        if !folder.join(MANIFEST).exists() {
            write_manifest(&mut disk, &Manifest::default())?;
        }
        let archive = Archive::open(folder)?;
        let by_samples = archive.clips().map(|clip| (clip.pcm_sha256, clip.id)).collect();
        let next = archive.manifest.clone();
        let (pending, committed) = (Pending::default(), Instant::now());
        let mut writer = Self { archive, disk, pending, next, by_samples, committed, _lock: lock };
        writer.sweep();
        Ok(writer)
    }

    /// The archive as it was last written.
    #[must_use]
    pub fn archive(&self) -> &Archive {
        &self.archive
    }

    /// Whether a clip with these samples (SHA-256, hexadecimal) is in it, written or not.
    #[must_use]
    pub fn holds(&self, pcm_sha256: &str) -> bool {
        super::clips::digest(pcm_sha256).is_some_and(|hash| self.by_samples.contains_key(&hash))
    }

    /// Adds a clip, and writes what has been collected if that is due.
    ///
    /// # Errors
    ///
    /// Those of [`ArchiveWriter::commit`].
    pub fn add(&mut self, words: &Words) -> Result<Added> {
        let Words { clip, fingerprint } = words;
        if let Some(&id) = self.by_samples.get(&clip.pcm_sha256) {
            self.add_path(id, &clip.path);
            return Ok(Added::Known(id));
        }
        if self.pending.words() + u64::from(clip.words) > MOST_WORDS {
            self.commit()?;
        }
        // One that comes from another archive has a number already.
        let id = self.next.next_id.max(clip.id);
        self.next.next_id = id + 1;
        let mut clip = clip.clone();
        clip.id = id;
        self.by_samples.insert(clip.pcm_sha256, id);
        self.pending.add(clip, fingerprint.clone());
        if self.pending.words() >= BATCH_WORDS || self.committed.elapsed() > BATCH_TIME {
            self.commit()?;
        }
        Ok(Added::New(id))
    }

    /// Names a further path of a clip.
    pub(super) fn add_path(&mut self, id: u64, path: &str) {
        let mut clips = self.archive.clips().chain(self.pending.clips());
        let is_first = clips.any(|clip| clip.id == id && clip.path == path);
        let further = self.next.paths.get(&id);
        if !is_first && !further.is_some_and(|paths| paths.iter().any(|known| known == path)) {
            self.next.paths.entry(id).or_default().push(path.to_owned());
        }
    }

    /// Takes a clip out; merging frees its place.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] if there is no such clip.
    pub fn remove(&mut self, id: u64) -> Result<()> {
        let known = self.archive.clips().any(|clip| clip.id == id);
        if !known || !self.next.removed.insert(id) {
            return Err(Error::Argument { what: format!("the archive holds no clip {id}") });
        }
        self.next.paths.remove(&id);
        self.by_samples.retain(|_, known| *known != id);
        Ok(())
    }

    /// Makes everything so far durable, and merges small segments where there are many.
    ///
    /// # Errors
    ///
    /// [`Error::Write`]; the archive is as it was then.
    pub fn commit(&mut self) -> Result<()> {
        if !self.pending.is_empty() {
            let pending = std::mem::take(&mut self.pending);
            let name = self.next.new_name();
            let entry = write_segment(&mut self.disk, name, &pending)?;
            self.next.segments.push(entry);
        }
        self.publish()?;
        while let Some(due) = merge::due(&self.archive.manifest.segments) {
            self.merge_segments(&due)?;
        }
        self.committed = Instant::now();
        Ok(())
    }

    /// Merges all segments into as few as there can be, without the clips that were removed.
    ///
    /// # Errors
    ///
    /// Those of [`ArchiveWriter::commit`], and of reading segments.
    pub fn merge(&mut self) -> Result<()> {
        self.commit()?;
        for group in merge::groups(&self.archive.manifest.segments) {
            self.merge_segments(&group)?;
        }
        Ok(())
    }

    /// Puts one segment in place of these.
    fn merge_segments(&mut self, names: &[String]) -> Result<()> {
        let entries = self.archive.manifest.segments.iter().zip(&self.archive.segments);
        let chosen: Vec<&Segment> =
            entries.filter(|(entry, _)| names.contains(&entry.name)).map(|(_, s)| s).collect();
        let joined = merge::Joined::new(&self.archive, &chosen);
        let is_empty = joined.clips().is_empty();
        let name = self.next.new_name();
        let entry =
            (!is_empty).then(|| write_segment(&mut self.disk, name, &joined)).transpose()?;
        for clip in chosen.iter().flat_map(|segment| segment.clips()) {
            self.next.removed.remove(&clip.id);
        }
        self.next.segments.retain(|segment| !names.contains(&segment.name));
        self.next.segments.extend(entry);
        self.publish()?;
        self.sweep();
        Ok(())
    }

    /// Makes what the archive is to be what it is.
    fn publish(&mut self) -> Result<()> {
        if self.next != self.archive.manifest {
            write_manifest(&mut self.disk, &self.next)?;
            self.archive = Archive::open(&self.disk.folder)?;
        }
        Ok(())
    }

    /// Removes segments and unfinished files that the archive does not list.
    fn sweep(&mut self) {
        let folder = self.disk.folder.join(SEGMENTS);
        let listed = |name: &str| self.archive.manifest.segments.iter().any(|s| s.name == name);
        let Ok(names) = fs::read_dir(folder) else { return };
        let mut leftovers: Vec<String> = names
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| {
                let digits = name.trim_end_matches(".part").strip_suffix(".seg");
                digits.is_some_and(|d| d.bytes().all(|b| b.is_ascii_digit())) && !listed(name)
            })
            .collect();
        leftovers.sort();
        for name in leftovers {
            self.disk.sweep(&Path::new(SEGMENTS).join(name));
        }
    }

    #[cfg(test)]
    pub(super) fn stop_after(&mut self, operations: usize) {
        self.disk.left = Some(operations);
    }
}

fn write_segment(disk: &mut Disk, name: String, clips: &impl Clips) -> Result<SegmentEntry> {
    let folder = disk.folder.join(SEGMENTS);
    disk.replace(&format!("{SEGMENTS}/{name}"), &mut |out| build::write(clips, out, &folder))?;
    let segment = Segment::open(&folder.join(&name))?;
    Ok(SegmentEntry { name, crc32c: segment.crc(), words: clips.words() })
}

fn write_manifest(disk: &mut Disk, manifest: &Manifest) -> Result<()> {
    let bytes = manifest.to_bytes();
    disk.replace(MANIFEST, &mut |out| Ok(io::Write::write_all(out, &bytes)?))
}

/// Whether something lies in a folder that no unfinished archive leaves there.
fn holds_other_files(folder: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let own = [LOCK, SEGMENTS].iter().any(|own| name == **own);
        if !own && name != *format!("{MANIFEST}.part") {
            return Ok(true);
        }
    }
    Ok(false)
}
