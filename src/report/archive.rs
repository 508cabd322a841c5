//! What `archive` says of an archive: sizes, clips, damage.
//!
//! Keys are a contract with other programs; within a version they are only added to.

use schemars::JsonSchema;
use serde::Serialize;

use crate::archive::{Archive, ArchivedClip, Damage, FORMAT, PRODUCER, hex};
use crate::report::screen::Page;
use crate::report::terminal::{Style, escape};
use crate::report::wording::{clock, count};
use crate::units::{round_time, round_to};

/// Name and version of the documents.
pub const ARCHIVE_SCHEMA: &str = "spliceprint.archive/1";

/// What `archive` prints as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum ArchiveDocument {
    /// `archive stats`.
    Stats(StatsDocument),
    /// A line of `archive list`.
    Clip(ClipDocument),
    /// `archive verify`.
    Verify(VerifyDocument),
}

/// Sizes of an archive.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StatsDocument {
    /// `spliceprint.archive/1`.
    schema: &'static str,
    /// Its folder as given.
    path: String,
    /// Version of the files.
    format: u32,
    /// Algorithm of the words.
    producer: &'static str,
    /// Recordings that can be found.
    clips: usize,
    /// Recordings that were removed, but whose words are still on disk.
    removed: usize,
    /// Length of the recordings that can be found, in seconds.
    duration_s: f64,
    /// Files of words and index.
    segments: usize,
    /// Words, one per 16 ms.
    words: u64,
    /// Words that the index has.
    postings: u64,
    /// Bytes of all segments.
    bytes: u64,
    /// Bytes of the index, its directory included, for each posting.
    bytes_per_posting: f64,
    /// Bytes on disk for each hour that can be found.
    bytes_per_hour: f64,
}

/// One clip of an archive.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ClipDocument {
    /// `spliceprint.archive/1`.
    schema: &'static str,
    /// Its number, from 1 on.
    clip_id: u64,
    /// Where its file lay when it was added.
    path: String,
    /// Further paths of files with the same samples.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    also_at: Vec<String>,
    /// Length, in seconds.
    duration_s: f64,
    /// Number of its words.
    words: u32,
    /// SHA-256 of its file.
    sha256: String,
    /// SHA-256 of its samples.
    pcm_sha256: String,
}

/// Damaged places of an archive.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct VerifyDocument {
    /// `spliceprint.archive/1`.
    schema: &'static str,
    /// Its folder as given.
    path: String,
    /// Segments that were read.
    segments: usize,
    /// Damaged places, in the order of files and offsets.
    damage: Vec<DamageDocument>,
}

/// One damaged place.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DamageDocument {
    /// The file, from the archive's folder.
    file: String,
    /// Where in it, in bytes.
    offset: u64,
    /// Length of the block that is damaged somewhere; absent for the whole file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    bytes: Option<u64>,
    /// What lies there and what is wrong.
    what: String,
    /// Recordings that this touches; empty if it is the index.
    clip_ids: Vec<u64>,
}

impl StatsDocument {
    /// Sizes as they are now.
    #[must_use]
    pub fn of(archive: &Archive) -> Self {
        let stats = archive.stats();
        let ratio = |a: f64, b: f64| if b > 0.0 { round_to(a / b, 3) } else { 0.0 };
        Self {
            schema: ARCHIVE_SCHEMA,
            path: archive.folder().to_string_lossy().into_owned(),
            format: FORMAT,
            producer: PRODUCER,
            clips: stats.clips,
            removed: stats.removed,
            duration_s: round_time(stats.duration_s),
            segments: stats.segments,
            words: stats.words,
            postings: stats.postings,
            bytes: stats.bytes,
            bytes_per_posting: ratio(stats.index_bytes as f64, stats.postings as f64),
            bytes_per_hour: ratio(stats.bytes as f64, stats.duration_s / 3600.0),
        }
    }

    /// The same for people.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut text = format!(
            "{}, {} of sound, {}\n",
            count(self.clips, "recording", "recordings"),
            clock(self.duration_s),
            count(self.segments, "segment", "segments")
        );
        text.push_str(&format!(
            "{:.2} MB on disk, {:.2} MB an hour; {} words, {} postings of {:.2} bytes with their directory\n",
            self.bytes as f64 / 1e6,
            self.bytes_per_hour / 1e6,
            self.words,
            self.postings,
            self.bytes_per_posting
        ));
        if self.removed > 0 {
            let removed = count(self.removed, "recording is", "recordings are");
            text.push_str(&format!("{removed} removed and leave the disk with `archive merge`\n"));
        }
        text
    }
}

impl ClipDocument {
    /// One clip.
    #[must_use]
    pub fn of(archive: &Archive, clip: &ArchivedClip) -> Self {
        let mut paths = archive.paths(clip).into_iter().map(str::to_owned);
        Self {
            schema: ARCHIVE_SCHEMA,
            clip_id: clip.id,
            path: paths.next().unwrap_or_default(),
            also_at: paths.collect(),
            duration_s: round_time(clip.duration_s),
            words: clip.words,
            sha256: hex(&clip.sha256),
            pcm_sha256: hex(&clip.pcm_sha256),
        }
    }

    /// Every clip, sorted by number.
    #[must_use]
    pub fn all(archive: &Archive) -> Vec<Self> {
        let mut all: Vec<Self> = archive.clips().map(|clip| Self::of(archive, clip)).collect();
        all.sort_by_key(|clip| clip.clip_id);
        all
    }

    /// The same for people, in a line.
    #[must_use]
    pub fn line(&self) -> String {
        let more = if self.also_at.is_empty() {
            String::new()
        } else {
            format!("  and {}", count(self.also_at.len(), "copy", "copies"))
        };
        format!("{:>8}  {}  {}{more}\n", self.clip_id, clock(self.duration_s), escape(&self.path))
    }
}

impl VerifyDocument {
    /// What a check of `segments` segments came to.
    #[must_use]
    pub fn of(path: &str, segments: usize, damage: &[Damage]) -> Self {
        let place = |damage: &Damage| DamageDocument {
            file: damage.file.clone(),
            offset: damage.offset,
            bytes: damage.bytes,
            what: damage.what.clone(),
            clip_ids: damage.clips.clone(),
        };
        let damage = damage.iter().map(place).collect();
        Self { schema: ARCHIVE_SCHEMA, path: path.to_owned(), segments, damage }
    }

    /// The same for people.
    #[must_use]
    pub fn summary(&self, style: Style) -> String {
        let mut page = Page::new(style);
        let segments = count(self.segments, "segment", "segments");
        if self.damage.is_empty() {
            page.line(&format!("{segments} and the list of them have their checksums"));
        }
        for place in &self.damage {
            let bytes = place.bytes.map(|n| format!(", in {n} bytes")).unwrap_or_default();
            let at = format!("{} at byte {}{bytes}: {}", place.file, place.offset, place.what);
            page.hanging("", &escape(&at));
            if !place.clip_ids.is_empty() {
                let ids: Vec<String> = place.clip_ids.iter().map(u64::to_string).collect();
                page.hanging("  ", &format!("touches clips {}", ids.join(", ")));
            }
        }
        page.into_text()
    }
}
