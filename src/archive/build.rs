//! Writing a segment file.

use std::io::{self, Seek, SeekFrom, Write};

use super::clips::{ArchivedClip, encode};
use super::crc32c::crc32c;
use super::index::{bucket, bucket_limit, directory_width, indexed, key};
use super::layout::{BLOCK_BYTES, HEADER_BYTES, Header};
use crate::error::Result;
use crate::measures::fingerprint::Fingerprint;

/// Collects clips and writes them as a segment.
#[derive(Debug, Default)]
pub(super) struct SegmentBuilder {
    clips: Vec<ArchivedClip>,
    words: Vec<u32>,
    levels: Vec<u8>,
    /// Keys of indexed words and their positions.
    keys: Vec<(u32, u32)>,
}

impl SegmentBuilder {
    pub(super) fn words(&self) -> u64 {
        self.words.len() as u64
    }

    pub(super) fn is_empty(&self) -> bool {
        self.clips.is_empty()
    }

    pub(super) fn clips(&self) -> &[ArchivedClip] {
        &self.clips
    }

    /// Adds a clip with its words.
    pub(super) fn add(&mut self, mut clip: ArchivedClip, fingerprint: &Fingerprint) {
        let first = self.words.len();
        clip.first_word = first as u32;
        clip.words = fingerprint.words.len() as u32;
        let entry = |n: usize| (key(fingerprint.words[n]), (first + n) as u32);
        self.keys.extend(indexed(fingerprint).into_iter().map(entry));
        self.words.extend(&fingerprint.words);
        self.levels.extend(&fingerprint.levels);
        self.levels.resize(self.words.len(), 0);
        self.clips.push(clip);
    }

    /// Writes the segment. The file's position ends anywhere.
    pub(super) fn write(&self, out: &mut (impl Write + Seek)) -> io::Result<()> {
        let table = encode(&self.clips);
        let (width, directory, postings) = self.index();
        let mut header = Header {
            clips: self.clips.len() as u32,
            width,
            words: self.words(),
            postings: postings.len() as u64,
            table_bytes: table.len() as u64,
            table_crc: crc32c(&table),
            blocks_crc: 0,
        };
        out.seek(SeekFrom::Start(HEADER_BYTES))?;
        let mut blocks = Blocks { out: &mut *out, block: Vec::new(), checksums: Vec::new() };
        blocks.push(&table)?;
        for numbers in [&self.words, &directory, &postings] {
            for part in numbers.chunks(BLOCK_BYTES as usize / 4) {
                let bytes: Vec<u8> = part.iter().flat_map(|x| x.to_le_bytes()).collect();
                blocks.push(&bytes)?;
            }
        }
        blocks.push(&self.levels)?;
        blocks.push(&vec![0; self.levels.len().next_multiple_of(4) - self.levels.len()])?;
        let checksums = blocks.finish()?;
        out.write_all(&checksums)?;
        header.blocks_crc = crc32c(&checksums);
        out.seek(SeekFrom::Start(0))?;
        out.write_all(&header.encode())
    }

    /// Width of the directory, the directory, and the postings in the order of buckets and, in each, of
    /// positions.
    fn index(&self) -> (u32, Vec<u32>, Vec<u32>) {
        let width = directory_width(self.keys.len());
        let limit = bucket_limit(self.keys.len(), width);
        // First sorted by bucket, whole ...
        let mut starts = vec![0usize; (1 << width) + 1];
        for (key, _) in &self.keys {
            starts[bucket(*key, width) + 1] += 1;
        }
        for n in 1..starts.len() {
            starts[n] += starts[n - 1];
        }
        let mut sorted = vec![0u32; self.keys.len()];
        let mut next = starts.clone();
        for (key, position) in &self.keys {
            let place = &mut next[bucket(*key, width)];
            sorted[*place] = *position;
            *place += 1;
        }
        // ... then thinned where there are too many.
        let mut directory = Vec::with_capacity(starts.len());
        let mut postings = Vec::with_capacity(sorted.len());
        directory.push(0);
        for ends in starts.windows(2) {
            let full = &sorted[ends[0]..ends[1]];
            if full.len() <= limit {
                postings.extend(full);
            } else {
                postings.extend((0..limit).map(|i| full[i * full.len() / limit]));
            }
            directory.push(postings.len() as u32);
        }
        (width, directory, postings)
    }
}

/// Writes bytes on and sums up each block.
struct Blocks<'a, W> {
    out: &'a mut W,
    block: Vec<u8>,
    checksums: Vec<u8>,
}

impl<W: Write> Blocks<'_, W> {
    fn push(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let room = BLOCK_BYTES as usize - self.block.len();
            let (now, rest) = bytes.split_at(room.min(bytes.len()));
            self.block.extend(now);
            bytes = rest;
            if self.block.len() == BLOCK_BYTES as usize {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.checksums.extend(crc32c(&self.block).to_le_bytes());
        self.out.write_all(&self.block)?;
        self.block.clear();
        Ok(())
    }

    /// What is left is written; the checksums.
    fn finish(mut self) -> io::Result<Vec<u8>> {
        if !self.block.is_empty() {
            self.flush()?;
        }
        Ok(self.checksums)
    }
}

/// A builder with the clips that `reads` gives.
pub(super) fn builder_of(
    reads: impl Iterator<Item = Result<(ArchivedClip, Fingerprint)>>,
) -> Result<SegmentBuilder> {
    let mut builder = SegmentBuilder::default();
    for read in reads {
        let (clip, fingerprint) = read?;
        builder.add(clip, &fingerprint);
    }
    Ok(builder)
}
