//! Writing a segment file.

use std::borrow::Cow;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use super::clips::{ArchivedClip, encode};
use super::disk::Stop;
use super::index::{indexed, key};
use super::keys::Keys;
use super::layout::{BLOCK_BYTES, HEADER_BYTES, Header};
use crate::checksum::crc32c;
use crate::error::Result;
use crate::measures::fingerprint::Fingerprint;

/// Clips of a segment to be, whose words are read one clip after the other.
pub(super) trait Clips {
    /// The clips, their words one after the other.
    fn clips(&self) -> &[ArchivedClip];

    /// Words and levels of clip `n`.
    fn fingerprint(&self, n: usize) -> Result<Cow<'_, Fingerprint>>;

    /// Levels of clip `n`.
    fn levels(&self, n: usize) -> Result<Cow<'_, [u8]>>;

    /// Number of words.
    fn words(&self) -> u64 {
        self.clips().last().map_or(0, |clip| u64::from(clip.first_word) + u64::from(clip.words))
    }
}

/// Gives clips their places in a segment, in the order of calls.
#[derive(Debug, Default)]
pub(super) struct Places(u32);

impl Places {
    /// The clip with its first word behind the words of those before.
    pub(super) fn place(&mut self, mut clip: ArchivedClip) -> ArchivedClip {
        clip.first_word = self.0;
        self.0 += clip.words;
        clip
    }
}

/// Clips in memory.
#[derive(Debug, Default)]
pub(super) struct Pending {
    clips: Vec<ArchivedClip>,
    fingerprints: Vec<Fingerprint>,
    places: Places,
}

impl Pending {
    pub(super) fn is_empty(&self) -> bool {
        self.clips.is_empty()
    }

    /// Adds a clip with its words.
    pub(super) fn add(&mut self, mut clip: ArchivedClip, mut fingerprint: Fingerprint) {
        clip.words = fingerprint.words.len() as u32;
        fingerprint.levels.resize(fingerprint.words.len(), 0);
        self.clips.push(self.places.place(clip));
        self.fingerprints.push(fingerprint);
    }
}

impl Clips for Pending {
    fn clips(&self) -> &[ArchivedClip] {
        &self.clips
    }

    fn fingerprint(&self, n: usize) -> Result<Cow<'_, Fingerprint>> {
        Ok(Cow::Borrowed(&self.fingerprints[n]))
    }

    fn levels(&self, n: usize) -> Result<Cow<'_, [u8]>> {
        Ok(Cow::Borrowed(&self.fingerprints[n].levels))
    }
}

/// Writes a segment; what does not fit in memory meanwhile goes to a nameless file in `scratch`. The
/// position of `out` ends anywhere.
pub(super) fn write(
    clips: &impl Clips,
    out: &mut (impl Write + Seek),
    scratch: &Path,
) -> std::result::Result<(), Stop> {
    let table = encode(clips.clips());
    out.seek(SeekFrom::Start(HEADER_BYTES))?;
    let mut blocks = Blocks { out: &mut *out, block: Vec::new(), checksums: Vec::new() };
    blocks.push(&table)?;
    let mut keys = Keys::new(scratch);
    for (n, clip) in clips.clips().iter().enumerate() {
        let fingerprint = clips.fingerprint(n)?;
        blocks.push_numbers(&fingerprint.words)?;
        for i in indexed(&fingerprint) {
            keys.push(key(fingerprint.words[i]), clip.first_word + i as u32)?;
        }
    }
    let index = keys.index()?;
    blocks.push_numbers(index.directory())?;
    index.each_bucket(&mut |postings| blocks.push_numbers(postings))?;
    for n in 0..clips.clips().len() {
        blocks.push(&clips.levels(n)?)?;
    }
    let words = clips.words();
    blocks.push(&vec![0; (words.next_multiple_of(4) - words) as usize])?;
    let checksums = blocks.finish()?;
    out.write_all(&checksums)?;
    let header = Header {
        clips: clips.clips().len() as u32,
        width: index.width(),
        words,
        postings: index.postings(),
        table_bytes: table.len() as u64,
        table_crc: crc32c(&table),
        blocks_crc: crc32c(&checksums),
    };
    out.seek(SeekFrom::Start(0))?;
    Ok(out.write_all(&header.encode())?)
}

/// Writes bytes on and sums up each block.
struct Blocks<'a, W> {
    out: &'a mut W,
    block: Vec<u8>,
    checksums: Vec<u8>,
}

impl<W: Write> Blocks<'_, W> {
    fn push_numbers(&mut self, numbers: &[u32]) -> io::Result<()> {
        for part in numbers.chunks(BLOCK_BYTES as usize / 4) {
            let bytes: Vec<u8> = part.iter().flat_map(|x| x.to_le_bytes()).collect();
            self.push(&bytes)?;
        }
        Ok(())
    }

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
