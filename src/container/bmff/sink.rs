//! Collects a track's samples: as packets, or as stretches of blocks of one size.

use crate::container::Packets;
use crate::container::limits::MAX_COVERAGE;
use crate::container::packets::PacketList;
use crate::error::{Error, Result};

/// Bytes of PCM in one table entry, at most; a chunk may have all of an hour.
const PIECE_BYTES: u64 = 64 * 1024;

/// Where the samples of a track go while its tables are read.
#[derive(Debug)]
pub(super) enum Sink {
    /// Codecs with packets of their own sizes.
    Packets(PacketList),
    /// Codecs with blocks of one size.
    Blocks(Blocks),
}

/// Samples that the tables list and the file does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut {
    /// Samples that are missing.
    pub(super) missing: u64,
    /// Samples that are listed.
    pub(super) listed: u64,
    /// Position among the listed samples of the first one missing.
    pub(super) first: u64,
}

/// Stretches of blocks, joined where they touch.
#[derive(Debug)]
pub(super) struct Blocks {
    runs: Vec<(u64, u64)>,
    /// Bytes and sample frames of a block.
    block: (u32, u32),
    file_len: u64,
    kept: u64,
    listed: u64,
    missing: u64,
    first_missing: Option<u64>,
}

impl Blocks {
    /// Adds `len` bytes at `start`, as far as the file holds them.
    pub(super) fn push(&mut self, start: u64, len: u64) -> Result<()> {
        let there = len.min(self.file_len.saturating_sub(start));
        if there < len {
            self.first_missing.get_or_insert(self.listed + there);
            self.missing = self.missing.saturating_add(len - there);
        }
        self.listed = self.listed.saturating_add(len);
        if there == 0 {
            return Ok(());
        }
        self.kept += there;
        if self.kept > self.file_len.saturating_mul(MAX_COVERAGE) {
            return Err(Error::Limit {
                what: format!(
                    "chunks that lie over one another cover the file more than {MAX_COVERAGE} \
                     times, reached with the chunk at byte: {start}"
                ),
            });
        }
        match self.runs.last_mut() {
            Some((last, last_len)) if *last + *last_len == start => *last_len += there,
            _ => self.runs.push((start, there)),
        }
        Ok(())
    }

    fn frames(&self, bytes: u64) -> u64 {
        (bytes / u64::from(self.block.0)).saturating_mul(u64::from(self.block.1))
    }

    /// One stretch becomes [`Packets::Fixed`]; several become a table of whole blocks.
    fn finish(self, warnings: &mut Vec<String>) -> Result<Packets> {
        let (block_bytes, frames_per_block) = self.block;
        if let [(start, len)] = self.runs[..] {
            return Ok(Packets::Fixed { start, len, block_bytes, frames_per_block });
        }
        let block = u64::from(block_bytes);
        // PCM can be cut anywhere between frames, other codecs are decoded block by block.
        let piece =
            if frames_per_block == 1 { (PIECE_BYTES / block).max(1) * block } else { block };
        let mut list = PacketList::new(self.file_len);
        for (mut start, mut len) in self.runs {
            while len > 0 {
                let part = len.min(piece);
                list.push(start, part as u32)?;
                (start, len) = (start + part, len - part);
            }
        }
        Ok(Packets::Table(list.finish(warnings)))
    }
}

impl Sink {
    /// A sink for a codec whose `block` is bytes and sample frames of a block, if it has any.
    pub(super) fn new(block: Option<(u32, u32)>, file_len: u64) -> Self {
        match block {
            Some(block) => Self::Blocks(Blocks {
                runs: Vec::new(),
                block,
                file_len,
                kept: 0,
                listed: 0,
                missing: 0,
                first_missing: None,
            }),
            None => Self::Packets(PacketList::new(file_len)),
        }
    }

    /// Bytes and sample frames of a block, for codecs with blocks of one size.
    pub(super) fn block(&self) -> Option<(u32, u32)> {
        match self {
            Self::Packets(_) => None,
            Self::Blocks(blocks) => Some(blocks.block),
        }
    }

    /// Entries that are held in memory, as a bound over all tracks is kept.
    pub(super) fn entries(&self) -> usize {
        match self {
            Self::Packets(list) => list.len(),
            Self::Blocks(blocks) => blocks.runs.len(),
        }
    }

    /// What the file does not hold, in packets, or in sample frames for blocks.
    pub(super) fn cut(&self) -> Option<Cut> {
        match self {
            Self::Packets(list) => {
                Some(Cut { missing: list.cut(), listed: list.listed(), first: list.first_cut()? })
            }
            Self::Blocks(blocks) => Some(Cut {
                missing: blocks.frames(blocks.missing),
                listed: blocks.frames(blocks.listed),
                first: blocks.frames(blocks.first_missing?),
            }),
        }
    }

    /// `count` samples of `size` bytes each, one after another from `offset`.
    pub(super) fn equal_samples(&mut self, offset: u64, size: u32, count: u64) -> Result<()> {
        match self {
            Self::Blocks(blocks) => blocks.push(offset, u64::from(size).saturating_mul(count)),
            Self::Packets(list) if size == 0 => {
                list.skip_empty(count);
                Ok(())
            }
            Self::Packets(list) => {
                let end = list.file_len();
                for i in 0..count {
                    let at = offset.saturating_add(i.saturating_mul(u64::from(size)));
                    if at >= end {
                        list.skip_cut(count - i);
                        break;
                    }
                    list.push(at, size)?;
                }
                Ok(())
            }
        }
    }

    /// One sample.
    pub(super) fn sample(&mut self, offset: u64, size: u32) -> Result<()> {
        match self {
            Self::Blocks(blocks) => blocks.push(offset, u64::from(size)),
            Self::Packets(list) => list.push(offset, size),
        }
    }

    /// The packets, and warnings about those left out.
    pub(super) fn finish(self, warnings: &mut Vec<String>) -> Result<Packets> {
        match self {
            Self::Packets(list) => Ok(Packets::Table(list.finish(warnings))),
            Self::Blocks(blocks) => blocks.finish(warnings),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn touching_chunks_become_one_stretch() {
        let mut sink = Sink::new(Some((4, 1)), 1000);
        sink.equal_samples(100, 4, 50).unwrap();
        sink.equal_samples(300, 4, 50).unwrap();
        let packets = sink.finish(&mut Vec::new()).unwrap();
        let expected = Packets::Fixed { start: 100, len: 400, block_bytes: 4, frames_per_block: 1 };
        assert_eq!(packets, expected);
    }

    #[test]
    fn distant_chunks_become_pieces_of_whole_frames() {
        let mut sink = Sink::new(Some((6, 1)), 200_000);
        sink.equal_samples(0, 6, 11_000).unwrap();
        sink.equal_samples(100_000, 6, 10).unwrap();
        let Packets::Table(entries) = sink.finish(&mut Vec::new()).unwrap() else { panic!() };
        let lens: Vec<_> = entries.iter().map(|e| e.len).collect();
        assert_eq!(lens, [65_532, 468, 60]);
    }

    #[test]
    fn what_is_past_the_end_is_counted() {
        let mut sink = Sink::new(Some((4, 1)), 1000);
        sink.equal_samples(900, 4, u64::from(u32::MAX)).unwrap();
        assert_eq!(sink.cut().unwrap().first, 25);
        let mut sink = Sink::new(None, 1000);
        sink.equal_samples(900, 33, u64::from(u32::MAX)).unwrap();
        let cut = sink.cut().unwrap();
        assert_eq!((cut.first, cut.listed), (3, u64::from(u32::MAX)));
        assert!(Sink::new(None, 10).equal_samples(0, 0, u64::MAX).is_ok());
    }

    #[test]
    fn chunks_over_one_another_are_refused() {
        let mut sink = Sink::new(Some((4, 1)), 1000);
        let result = (0..100).try_for_each(|_| sink.equal_samples(0, 4, 250));
        assert!(matches!(result, Err(Error::Limit { .. })));
    }
}
