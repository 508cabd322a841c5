//! A segment file, opened for reading.

use std::ops::Range;
use std::path::Path;

use super::clips::{ArchivedClip, decode};
use super::file::{ArchiveFile, u32s};
use super::index::bucket_limit;
use super::layout::{BLOCK_BYTES, HEADER_BYTES, Header};
use crate::checksum::crc32c;
use crate::error::Result;
use crate::measures::fingerprint::Fingerprint;

/// Numbers between two of directory or postings up to which both are read at once.
const NEAR: u64 = 256;

/// Numbers that are read at once, at most, if not one bucket has more.
const AT_ONCE: u64 = 16_384;

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
        Ok(Fingerprint { words, levels: self.levels(range)? })
    }

    /// Levels in a range of the segment's words.
    pub(super) fn levels(&self, range: Range<usize>) -> Result<Vec<u8>> {
        self.file.read(self.header.levels().offset + range.start as u64, range.len() as u64)
    }

    /// Calls `take` with the words that are listed in each bucket, for buckets in ascending order. What
    /// lies close together is read at once.
    pub(crate) fn look_up(&self, buckets: &[usize], mut take: impl FnMut(&[u32])) -> Result<()> {
        let (directory, postings) = (self.header.directory(), self.header.postings());
        for near in runs(buckets, |bucket| (*bucket as u64, *bucket as u64 + 2)) {
            let (first, end) = near.reach;
            let ends = self.file.read_u32s(directory.offset + 4 * first, end - first)?;
            let place = |bucket: &usize| {
                let slot = *bucket - first as usize;
                (u64::from(ends[slot]), u64::from(ends[slot + 1]))
            };
            let places: Vec<(u64, u64)> = near.items.iter().map(place).collect();
            let most = bucket_limit(self.words(), self.header.width) as u64;
            let fits = |(from, to): &(u64, u64)| from <= to && to - from <= most;
            let ascend = places.is_sorted_by(|x, y| x.1 <= y.0);
            let inside = places.last().is_none_or(|last| last.1 <= self.header.postings);
            if !(ascend && inside && places.iter().all(fits)) {
                let what = "the directory points to where no postings are";
                return Err(self.file.damaged(directory.offset + 4 * first, what));
            }
            for near in runs(&places, |place| *place) {
                let (first, end) = near.reach;
                let words = self.file.read_u32s(postings.offset + 4 * first, end - first)?;
                for (from, to) in near.items {
                    take(&words[(from - first) as usize..(to - first) as usize]);
                }
            }
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

/// Neighbours that are read at once.
struct Run<'a, T> {
    items: &'a [T],
    /// From the start of the first to the end of the last, in numbers.
    reach: (u64, u64),
}

/// Splits items, of which `reach` tells start and end, both ascending, where the next one is not near.
fn runs<T>(items: &[T], reach: impl Fn(&T) -> (u64, u64)) -> Vec<Run<'_, T>> {
    let mut runs: Vec<Run<T>> = Vec::new();
    let mut begun = 0;
    for (n, item) in items.iter().enumerate() {
        let (start, end) = reach(item);
        match runs.last_mut() {
            Some(run) if start <= run.reach.1 + NEAR && end - run.reach.0 <= AT_ONCE => {
                run.items = &items[begun..=n];
                run.reach.1 = end;
            }
            _ => {
                begun = n;
                runs.push(Run { items: &items[n..=n], reach: (start, end) });
            }
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near_is_read_at_once() {
        let items = [0, 1, NEAR, 3 * NEAR, 3 * NEAR + 1];
        let found = runs(&items, |item| (*item, *item + 2));
        let found: Vec<_> = found.iter().map(|run| (run.items.len(), run.reach)).collect();
        assert_eq!(found, [(3, (0, NEAR + 2)), (2, (3 * NEAR, 3 * NEAR + 3))]);
        let many: Vec<u64> = (0..3 * AT_ONCE).collect();
        let found = runs(&many, |item| (*item, *item + 1));
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(|run| run.reach.1 - run.reach.0 == AT_ONCE));
        // One that is itself larger is whole.
        assert_eq!(runs(&[(0, 2 * AT_ONCE)], |item| *item)[0].reach, (0, 2 * AT_ONCE));
        assert_eq!(runs::<u64>(&[], |item| (*item, *item)).len(), 0);
    }
}
