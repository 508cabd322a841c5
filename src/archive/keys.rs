//! Keys of indexed words on their way into a directory and postings.
//!
//! Keys come in the order of positions and leave in that of buckets. They are parted by their highest bits;
//! what exceeds the memory goes to a nameless file, so that a segment may be larger than memory.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use super::file::u32s;
use super::index::{bucket, bucket_limit, directory_width};

/// Highest bits of a key by which keys are parted; no directory is narrower.
const PART_BITS: u32 = 8;

/// Keys in memory, at most: 34 MB.
const IN_MEMORY: usize = 1 << 22;

/// Bytes of a key and its position in the file.
const ENTRY: usize = 8;

/// A key and the position of its word.
type Entry = (u32, u32);

/// Keys with the positions of their words.
#[derive(Debug)]
pub(super) struct Keys {
    scratch: PathBuf,
    parts: Vec<Part>,
    file: Option<File>,
    in_memory: usize,
    all: usize,
}

#[derive(Debug, Default)]
struct Part {
    entries: Vec<Entry>,
    /// Pieces of the file, with the keys of each, in the order of positions.
    on_disk: Vec<(u64, usize)>,
}

impl Keys {
    /// No keys yet. Many are kept in a file in `scratch` that has no name there.
    pub(super) fn new(scratch: &std::path::Path) -> Self {
        let parts = (0..1 << PART_BITS).map(|_| Part::default()).collect();
        Self { scratch: scratch.to_owned(), parts, file: None, in_memory: 0, all: 0 }
    }

    /// Adds a key. Positions ascend.
    pub(super) fn push(&mut self, key: u32, position: u32) -> io::Result<()> {
        self.parts[bucket(key, PART_BITS)].entries.push((key, position));
        self.in_memory += 1;
        self.all += 1;
        if self.in_memory >= IN_MEMORY { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile_in(&self.scratch)?),
        };
        let mut at = file.seek(SeekFrom::End(0))?;
        for part in self.parts.iter_mut().filter(|part| !part.entries.is_empty()) {
            let number = |(key, position): &Entry| u64::from(*key) | u64::from(*position) << 32;
            let bytes: Vec<u8> =
                part.entries.iter().flat_map(|entry| number(entry).to_le_bytes()).collect();
            file.write_all(&bytes)?;
            part.on_disk.push((at, part.entries.len()));
            at += bytes.len() as u64;
            part.entries.clear();
        }
        self.in_memory = 0;
        Ok(())
    }

    /// The index of all keys.
    pub(super) fn index(self) -> io::Result<Index> {
        let width = directory_width(self.all);
        let mut index =
            Index { width, limit: bucket_limit(self.all, width), directory: vec![0], keys: self };
        let mut end = 0;
        for part in 0..index.keys.parts.len() {
            let ends = index.ends(&index.keys.entries(part)?);
            for bucket in ends.windows(2) {
                end += index.limit.min(bucket[1] - bucket[0]) as u32;
                index.directory.push(end);
            }
        }
        Ok(index)
    }

    /// Keys of a part, in the order of positions.
    fn entries(&self, part: usize) -> io::Result<Vec<Entry>> {
        let part = &self.parts[part];
        let mut entries = Vec::new();
        if let Some(mut file) = self.file.as_ref() {
            for (at, count) in &part.on_disk {
                file.seek(SeekFrom::Start(*at))?;
                let mut bytes = vec![0; count * ENTRY];
                file.read_exact(&mut bytes)?;
                let mut numbers = u32s(&bytes);
                entries.extend(std::iter::from_fn(|| Some((numbers.next()?, numbers.next()?))));
            }
        }
        entries.extend(&part.entries);
        Ok(entries)
    }
}

/// The directory over all keys, and their positions by bucket.
#[derive(Debug)]
pub(super) struct Index {
    width: u32,
    /// Positions that a bucket keeps.
    limit: usize,
    directory: Vec<u32>,
    keys: Keys,
}

impl Index {
    /// Width of the directory, in bits.
    pub(super) fn width(&self) -> u32 {
        self.width
    }

    /// Number of positions that are kept.
    pub(super) fn postings(&self) -> u64 {
        self.directory.last().map_or(0, |end| u64::from(*end))
    }

    /// Where each bucket begins among the postings, and where the last one ends.
    pub(super) fn directory(&self) -> &[u32] {
        &self.directory
    }

    /// Hands over the positions of each bucket, in ascending order.
    pub(super) fn each_bucket(
        &self,
        take: &mut dyn FnMut(&[u32]) -> io::Result<()>,
    ) -> io::Result<()> {
        for part in 0..self.keys.parts.len() {
            let entries = self.keys.entries(part)?;
            let ends = self.ends(&entries);
            let mut next = ends.clone();
            let mut sorted = vec![0u32; entries.len()];
            for (key, position) in &entries {
                let place = &mut next[self.slot(*key)];
                sorted[*place] = *position;
                *place += 1;
            }
            for bucket in ends.windows(2) {
                let full = &sorted[bucket[0]..bucket[1]];
                if full.len() <= self.limit {
                    take(full)?;
                } else {
                    let thinned = (0..self.limit).map(|i| full[i * full.len() / self.limit]);
                    take(&thinned.collect::<Vec<u32>>())?;
                }
            }
        }
        Ok(())
    }

    /// Number of a key's bucket among those of its part.
    fn slot(&self, key: u32) -> usize {
        bucket(key, self.width) & ((1 << (self.width - PART_BITS)) - 1)
    }

    /// Where the keys of each bucket of a part begin, were they sorted, and where the last ones end.
    fn ends(&self, entries: &[Entry]) -> Vec<usize> {
        let mut ends = vec![0; (1 << (self.width - PART_BITS)) + 1];
        for (key, _) in entries {
            ends[self.slot(*key) + 1] += 1;
        }
        for n in 1..ends.len() {
            ends[n] += ends[n - 1];
        }
        ends
    }
}

#[cfg(test)]
mod tests {
    use super::super::index::KEY_BITS;
    use super::*;

    /// Directory and postings of keys that are spilled now and then, or never.
    fn built(spill_every: usize) -> (Vec<u32>, Vec<u32>) {
        let folder = tempfile::tempdir().unwrap();
        let mut keys = Keys::new(folder.path());
        for n in 0..100_000u32 {
            // A tenth of all keys is one key, so that its bucket is thinned.
            let key = if n % 10 == 0 { 77 } else { n.wrapping_mul(0x9e37_79b9) >> (32 - KEY_BITS) };
            keys.push(key, 2 * n).unwrap();
            if (n as usize).is_multiple_of(spill_every) {
                keys.spill().unwrap();
            }
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let index = keys.index().unwrap();
        let mut postings = Vec::new();
        let mut take = |bucket: &[u32]| {
            assert!(bucket.is_sorted());
            postings.extend(bucket);
            Ok(())
        };
        index.each_bucket(&mut take).unwrap();
        assert_eq!(postings.len() as u64, index.postings());
        (index.directory().to_vec(), postings)
    }

    #[test]
    fn keys_on_disk_make_the_index_of_keys_in_memory() {
        let (directory, postings) = built(usize::MAX);
        assert_eq!((directory.clone(), postings.clone()), built(7919));
        let thinned = directory[1] as usize;
        assert!((64..200).contains(&thinned), "{thinned}");
        assert!(postings.len() > 90_000 && postings.len() < 91_000, "{}", postings.len());
    }
}
