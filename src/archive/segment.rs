//! A segment file, opened for reading.

use std::ops::Range;
use std::path::Path;

use super::clips::{ArchivedClip, decode};
use super::crc32c::crc32c;
use super::file::{ArchiveFile, u32s};
use super::layout::{BLOCK_BYTES, HEADER_BYTES, Header};
use crate::error::Result;
use crate::measures::fingerprint::Fingerprint;

/// Numbers of directory or postings that are read at a time.
const PAGE: u64 = 4096;

/// Clips with their words and an index of these. Never changed once it is written.
#[derive(Debug)]
pub(crate) struct Segment {
    file: ArchiveFile,
    header: Header,
    crc: u32,
    clips: Vec<ArchivedClip>,
}

impl Segment {
    /// Opens a segment and checks its header and clip table.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = ArchiveFile::open(path)?;
        let (header, crc) = Header::read(&file)?;
        let part = header.table();
        let table = file.read(part.offset, part.bytes)?;
        if crc32c(&table) != header.table_crc {
            return Err(file.damaged(part.offset, "the clip table does not have its checksum"));
        }
        let clips = decode(&table, header.clips, header.words)
            .map_err(|(at, what)| file.damaged(part.offset + at as u64, what))?;
        Ok(Self { file, header, crc, clips })
    }

    pub(super) fn header(&self) -> &Header {
        &self.header
    }

    pub(super) fn file(&self) -> &ArchiveFile {
        &self.file
    }

    /// Checksum of the header, which has those of all else.
    pub(super) fn crc(&self) -> u32 {
        self.crc
    }

    /// Width of the directory, in bits.
    pub(crate) fn width(&self) -> u32 {
        self.header.width
    }

    /// Number of words.
    pub(crate) fn words(&self) -> usize {
        self.header.words as usize
    }

    pub(crate) fn clips(&self) -> &[ArchivedClip] {
        &self.clips
    }

    /// Number, among the segment's clips, of that which holds a word.
    pub(crate) fn clip_of(&self, word: usize) -> Option<usize> {
        if word >= self.words() {
            return None;
        }
        self.clips.partition_point(|clip| clip.first_word as usize <= word).checked_sub(1)
    }

    /// Words of a clip, by their numbers in the segment.
    pub(crate) fn words_of(&self, clip: usize) -> Range<usize> {
        let first = self.clips[clip].first_word as usize;
        first..first + self.clips[clip].words as usize
    }

    /// Words and levels in a range of the segment's words.
    pub(crate) fn fingerprint(&self, range: Range<usize>) -> Result<Fingerprint> {
        let range = range.start..range.end.min(self.words()).max(range.start);
        let (start, count) = (range.start as u64, range.len() as u64);
        let words = self.file.read_u32s(self.header.words().offset + 4 * start, count)?;
        let levels = self.file.read(self.header.levels().offset + start, count)?;
        Ok(Fingerprint { words, levels })
    }

    /// Calls `take` with each bucket's number and words that are listed in it, for buckets in ascending
    /// order. Neighbouring buckets are read together.
    pub(crate) fn look_up(
        &self,
        buckets: impl Iterator<Item = usize>,
        mut take: impl FnMut(usize, &[u32]),
    ) -> Result<()> {
        let mut directory = Pages::new(&self.file, self.header.directory().offset);
        let mut postings = Pages::new(&self.file, self.header.postings().offset);
        let (slots, all) = ((1u64 << self.header.width) + 1, self.header.postings);
        for bucket in buckets {
            let ends = directory.get(bucket as u64, 2, slots)?;
            let [from, to] = [ends[0], ends[1]].map(u64::from);
            if from > to || to > all {
                let at = self.header.directory().offset + 4 * bucket as u64;
                return Err(self.file.damaged(at, format!("bucket {bucket} lies nowhere")));
            }
            take(bucket, postings.get(from, to - from, all)?);
        }
        Ok(())
    }

    /// Blocks that do not have their checksum: offset and length. An error where the checksums
    /// themselves cannot be trusted.
    pub(super) fn bad_blocks(&self) -> Result<Vec<(u64, u64)>> {
        let part = self.header.checksums();
        let bytes = self.file.read(part.offset, part.bytes)?;
        if crc32c(&bytes) != self.header.blocks_crc {
            return Err(self.file.damaged(part.offset, "the checksums do not have theirs"));
        }
        let mut bad = Vec::new();
        for (n, expected) in u32s(&bytes).enumerate() {
            let offset = HEADER_BYTES + n as u64 * BLOCK_BYTES;
            let len = BLOCK_BYTES.min(part.offset - offset);
            if crc32c(&self.file.read(offset, len)?) != expected {
                bad.push((offset, len));
            }
        }
        Ok(bad)
    }
}

/// Numbers of a part of the file, a page in memory at a time.
struct Pages<'a> {
    file: &'a ArchiveFile,
    offset: u64,
    first: u64,
    page: Vec<u32>,
}

impl<'a> Pages<'a> {
    fn new(file: &'a ArchiveFile, offset: u64) -> Self {
        Self { file, offset, first: 0, page: Vec::new() }
    }

    /// `count` numbers from `start` on, of `all`.
    fn get(&mut self, start: u64, count: u64, all: u64) -> Result<&[u32]> {
        let end = start + count;
        if start < self.first || end > self.first + self.page.len() as u64 {
            let wanted = count.max(PAGE).min(all.saturating_sub(start)).max(count);
            self.page = self.file.read_u32s(self.offset + 4 * start, wanted)?;
            self.first = start;
        }
        let from = (start - self.first) as usize;
        Ok(&self.page[from..from + count as usize])
    }
}
