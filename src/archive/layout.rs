//! What stands where in a segment file.
//!
//! Header, clip table, words (4 bytes each), directory (4 bytes a bucket and one more), postings
//! (4 bytes each: the number of a word in the segment), levels (a byte a word), padding, and a
//! checksum for each block of 64 KiB between the header and the checksums. All numbers are little-endian.
//! The header has a checksum of itself, of the clip table, and of the checksums.

use super::file::ArchiveFile;
use super::index::KEY_BITS;
use super::{FORMAT, PRODUCER};
use crate::checksum::crc32c;
use crate::error::{Error, Result};

/// Bytes of the header.
pub(super) const HEADER_BYTES: u64 = 128;

/// Bytes under one checksum.
pub(super) const BLOCK_BYTES: u64 = 64 << 10;

/// Words of a segment, at most: 9,544 hours.
pub(super) const MOST_WORDS: u64 = 1 << 31;

/// First bytes of a segment file.
const MAGIC: [u8; 8] = *b"SPLPRSEG";

/// Where the header's own checksum is.
const CRC_AT: usize = 124;

/// Sizes in a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) clips: u32,
    /// Width of the directory, in bits.
    pub(super) width: u32,
    pub(super) words: u64,
    pub(super) postings: u64,
    pub(super) table_bytes: u64,
    pub(super) table_crc: u32,
    /// Checksum of the checksums.
    pub(super) blocks_crc: u32,
}

/// Part of a segment file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) offset: u64,
    pub(super) bytes: u64,
}

impl Part {
    pub(super) fn end(&self) -> u64 {
        self.offset + self.bytes
    }
}

impl Header {
    pub(super) fn table(&self) -> Part {
        Part { offset: HEADER_BYTES, bytes: self.table_bytes }
    }

    pub(super) fn words(&self) -> Part {
        Part { offset: self.table().end(), bytes: 4 * self.words }
    }

    pub(super) fn directory(&self) -> Part {
        Part { offset: self.words().end(), bytes: 4 * ((1 << self.width) + 1) }
    }

    pub(super) fn postings(&self) -> Part {
        Part { offset: self.directory().end(), bytes: 4 * self.postings }
    }

    pub(super) fn levels(&self) -> Part {
        Part { offset: self.postings().end(), bytes: self.words.next_multiple_of(4) }
    }

    /// Checksums, one a block.
    pub(super) fn checksums(&self) -> Part {
        let offset = self.levels().end();
        Part { offset, bytes: 4 * (offset - HEADER_BYTES).div_ceil(BLOCK_BYTES) }
    }

    pub(super) fn encode(&self) -> [u8; HEADER_BYTES as usize] {
        let mut out = [0; HEADER_BYTES as usize];
        let mut put = |at: usize, bytes: &[u8]| out[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, &MAGIC);
        put(8, &FORMAT.to_le_bytes());
        put(16, PRODUCER.as_bytes());
        put(32, &self.clips.to_le_bytes());
        put(36, &self.width.to_le_bytes());
        put(40, &self.words.to_le_bytes());
        put(48, &self.postings.to_le_bytes());
        put(56, &self.table_bytes.to_le_bytes());
        put(64, &self.table_crc.to_le_bytes());
        put(68, &self.blocks_crc.to_le_bytes());
        let crc = crc32c(&out[..CRC_AT]);
        out[CRC_AT..].copy_from_slice(&crc.to_le_bytes());
        out
    }

    /// The header of a file, whose length is what the header says; and its checksum.
    pub(super) fn read(file: &ArchiveFile) -> Result<(Self, u32)> {
        let bytes = file.read(0, HEADER_BYTES)?;
        if bytes[..8] != MAGIC {
            return Err(file.damaged(0, "it is no segment of an archive"));
        }
        let u32_at = |at: usize| {
            u32::from_le_bytes(std::array::from_fn(|i| bytes.get(at + i).copied().unwrap_or(0)))
        };
        let u64_at = |at: usize| u64::from(u32_at(at)) | u64::from(u32_at(at + 4)) << 32;
        let crc = u32_at(CRC_AT);
        if crc != crc32c(&bytes[..CRC_AT]) {
            return Err(file.damaged(0, "the header does not have its checksum"));
        }
        let producer = String::from_utf8_lossy(&bytes[16..32]);
        refuse_others(file.path(), u32_at(8), producer.trim_end_matches('\0'))?;
        let header = Self {
            clips: u32_at(32),
            width: u32_at(36),
            words: u64_at(40),
            postings: u64_at(48),
            table_bytes: u64_at(56),
            table_crc: u32_at(64),
            blocks_crc: u32_at(68),
        };
        let fits = header.width <= KEY_BITS
            && header.words <= u64::from(u32::MAX)
            && header.postings <= header.words
            && header.table_bytes <= file.len()
            && header.table_bytes.is_multiple_of(4)
            && header.checksums().end() == file.len();
        if !fits {
            return Err(file.damaged(32, "the header's sizes are not those of the file"));
        }
        Ok((header, crc))
    }
}

/// Refuses an archive of another version or producer.
pub(super) fn refuse_others(path: &std::path::Path, format: u32, producer: &str) -> Result<()> {
    if format == FORMAT && producer == PRODUCER {
        return Ok(());
    }
    let what = if format != FORMAT {
        format!("it has format {format}, this version reads {FORMAT}")
    } else {
        format!("its words are of `{producer}`, this version compares `{PRODUCER}`")
    };
    let hint = Some("build it anew from the recordings with `spliceprint archive add`".into());
    Err(Error::Archive { path: path.to_owned(), what, hint })
}
