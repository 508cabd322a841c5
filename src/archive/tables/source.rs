//! A table's file, of which no more is read than it holds and than fits in memory.

use std::io::{self, Read};

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

use super::super::file::ArchiveFile;

/// Bytes that are read at once, at most: pages have about one MB, the list of row groups has some MB for a
/// thousand hours.
const LARGEST: usize = 64 << 20;

/// Bytes that are read ahead where the length of what comes is not known.
const AHEAD: u64 = 4096;

/// A file as the parquet crate reads it.
pub(super) struct Source(pub(super) std::sync::Arc<ArchiveFile>);

impl Length for Source {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl ChunkReader for Source {
    type T = io::BufReader<From>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        let from = From { file: self.0.clone(), offset: start };
        Ok(io::BufReader::with_capacity(AHEAD as usize, from))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        if length > LARGEST {
            let what = format!("{length} bytes in one piece, at most {LARGEST} can be read");
            return Err(ParquetError::General(what));
        }
        let bytes = self.0.read(start, length as u64);
        bytes.map(Bytes::from).map_err(|error| ParquetError::External(Box::new(error)))
    }
}

/// Reads on from a place.
pub(super) struct From {
    file: std::sync::Arc<ArchiveFile>,
    offset: u64,
}

impl Read for From {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = (out.len() as u64).min(self.file.len().saturating_sub(self.offset));
        let bytes = self.file.read(self.offset, count).map_err(io::Error::other)?;
        out[..bytes.len()].copy_from_slice(&bytes);
        self.offset += count;
        Ok(bytes.len())
    }
}
