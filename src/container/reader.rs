//! Bounded random access to a file's bytes.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Bytes fetched at once; walkers mostly read forward in small steps.
const WINDOW_BYTES: usize = 64 * 1024;

/// Reads at any offset of one file, through one buffered window.
///
/// The length is fixed when the reader is made: bytes added to the file later do not exist for it.
#[derive(Debug)]
pub struct ByteReader {
    path: PathBuf,
    file: File,
    len: u64,
    window_start: u64,
    window: Vec<u8>,
}

impl ByteReader {
    /// Wraps an open file.
    ///
    /// # Errors
    ///
    /// [`Error::Open`] if the file's length cannot be read.
    pub fn new(path: &Path, file: File) -> Result<Self> {
        let open = |source| Error::Open { path: path.to_owned(), source };
        let len = file.metadata().map_err(open)?.len();
        Ok(Self { path: path.to_owned(), file, len, window_start: 0, window: Vec::new() })
    }

    /// Bytes in the file.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether the file is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Fills `out` from `offset`; `false` if the file ends before `out` is full.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if the system refuses.
    pub fn read_exact_at(&mut self, offset: u64, out: &mut [u8]) -> Result<bool> {
        Ok(self.read_at(offset, out)? == out.len())
    }

    /// Copies the bytes from `offset` into `out`; how many there were.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if the system refuses.
    pub fn read_at(&mut self, offset: u64, out: &mut [u8]) -> Result<usize> {
        let mut done = 0;
        while done < out.len() {
            let at = offset.saturating_add(done as u64);
            if at >= self.len {
                break;
            }
            let inside = at.checked_sub(self.window_start).map(|d| d as usize);
            match inside.filter(|&d| d < self.window.len()) {
                Some(from) => {
                    let count = (self.window.len() - from).min(out.len() - done);
                    out[done..done + count].copy_from_slice(&self.window[from..from + count]);
                    done += count;
                }
                None => {
                    self.load_window(at)?;
                    if self.window.is_empty() {
                        break;
                    }
                }
            }
        }
        Ok(done)
    }

    /// `N` bytes from `offset`, or `None` past the end.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if the system refuses.
    pub fn array_at<const N: usize>(&mut self, offset: u64) -> Result<Option<[u8; N]>> {
        let mut out = [0; N];
        Ok(self.read_exact_at(offset, &mut out)?.then_some(out))
    }

    fn load_window(&mut self, at: u64) -> Result<()> {
        let count = (self.len - at).min(WINDOW_BYTES as u64) as usize;
        self.window.clear();
        let path = &self.path;
        let read = |source| Error::Read { path: path.clone(), offset: at, source };
        self.file.seek(SeekFrom::Start(at)).map_err(read)?;
        let mut part = (&mut self.file).take(count as u64);
        part.read_to_end(&mut self.window).map_err(read)?;
        self.window_start = at;
        Ok(())
    }
}

#[cfg(test)]
pub(crate) fn reader_over(bytes: &[u8]) -> ByteReader {
    use std::io::Write;
    let mut file = tempfile::tempfile().expect("a temporary file can be made");
    file.write_all(bytes).expect("a temporary file can be written");
    ByteReader::new(Path::new("in-memory"), file).expect("a temporary file has a length")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_across_windows_and_stops_at_the_end() {
        let bytes: Vec<u8> = (0..200_000u32).map(|i| i as u8).collect();
        let mut reader = reader_over(&bytes);
        let mut out = vec![0; 150_000];
        assert_eq!(reader.read_at(40_000, &mut out).unwrap(), 150_000);
        assert_eq!(out, &bytes[40_000..190_000]);
        assert_eq!(reader.read_at(199_990, &mut out).unwrap(), 10);
        assert_eq!(reader.array_at::<4>(199_998).unwrap(), None);
        assert_eq!(reader.array_at::<2>(u64::MAX).unwrap(), None);
    }
}
