//! Reading at a place of a file, where every answer is checked.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Reading without moving a position, so that threads may share a file.
trait ReadAt {
    fn read_some_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize>;
}

impl ReadAt for File {
    #[cfg(unix)]
    fn read_some_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(self, bytes, offset)
    }

    #[cfg(windows)]
    fn read_some_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(self, bytes, offset)
    }
}

/// A file of an archive.
#[derive(Debug)]
pub(super) struct ArchiveFile {
    path: PathBuf,
    file: File,
    len: u64,
}

impl ArchiveFile {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let open = |source| Error::Open { path: path.to_owned(), source };
        let file = File::open(path).map_err(open)?;
        let metadata = file.metadata().map_err(open)?;
        if !metadata.is_file() {
            return Err(open(io::Error::new(io::ErrorKind::InvalidInput, "no regular file")));
        }
        Ok(Self { path: path.to_owned(), file, len: metadata.len() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// An error that names this file.
    pub(super) fn damaged(&self, offset: u64, what: impl Into<String>) -> Error {
        Error::Damaged { path: self.path.clone(), offset, what: what.into() }
    }

    /// `len` bytes at `offset`. Nothing is allocated that the file does not hold.
    pub(super) fn read(&self, offset: u64, len: u64) -> Result<Vec<u8>> {
        let end = offset.checked_add(len).filter(|end| *end <= self.len);
        let len = end.and_then(|_| usize::try_from(len).ok());
        let Some(len) = len else {
            return Err(self.damaged(offset, "it ends too early"));
        };
        let mut bytes = vec![0; len];
        let mut done = 0;
        while done < bytes.len() {
            let at = offset + done as u64;
            match self.file.read_some_at(&mut bytes[done..], at) {
                Ok(0) => return Err(self.damaged(at, "it ends too early")),
                Ok(count) => done += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => {
                    return Err(Error::Read { path: self.path.clone(), offset: at, source });
                }
            }
        }
        Ok(bytes)
    }

    /// `count` numbers of 32 bits at `offset`.
    pub(super) fn read_u32s(&self, offset: u64, count: u64) -> Result<Vec<u32>> {
        let bytes = self.read(offset, count.saturating_mul(4))?;
        Ok(u32s(&bytes).collect())
    }
}

/// Little-endian numbers of 32 bits.
pub(super) fn u32s(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}
