//! The file behind a clip: checked, hashed and watched for changes while it is read.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};
use symphonia::core::io::MediaSource;

use super::limits::MAX_SPOOL_BYTES;
use super::{Input, Source};
use crate::error::{Error, Result};

/// Bytes read at once while hashing; large enough that system calls cost nothing.
const HASH_BUFFER_BYTES: usize = 256 * 1024;

/// An open regular file, or a spooled copy of standard input.
#[derive(Debug)]
pub(super) struct OpenFile {
    /// The path as given, `-` for standard input.
    pub(super) path: PathBuf,
    file: File,
    len: u64,
    modified: Option<SystemTime>,
    sha256: String,
}

impl OpenFile {
    /// Opens and hashes `input`.
    ///
    /// # Errors
    ///
    /// [`Error::Open`] if it is no regular file, [`Error::Read`] if the system refuses to read,
    /// [`Error::Changed`] if it grew or shrank meanwhile, [`Error::Limit`] for an endless stdin.
    pub(super) fn open(input: &Input) -> Result<Self> {
        let (path, file) = match input {
            Input::Path(path) => (path.clone(), open_regular(path)?),
            Input::Stdin => {
                let path = PathBuf::from("-");
                let file = spool(&mut io::stdin().lock(), &path)?;
                (path, file)
            }
        };
        Self::over(path, file)
    }

    fn over(path: PathBuf, mut file: File) -> Result<Self> {
        let open = |source| Error::Open { path: path.clone(), source };
        let metadata = file.metadata().map_err(open)?;
        let (len, modified) = (metadata.len(), metadata.modified().ok());
        let (sha256, hashed) = hash(&mut file, &path)?;
        if hashed != len {
            let what = format!("its length was {len} bytes when it was opened, then {hashed}");
            return Err(Error::Changed { path, what });
        }
        Ok(Self { path, file, len, modified, sha256 })
    }

    /// Bytes of the file when it was opened.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Another handle on the same file. Handles share one position, so every user seeks first.
    pub(super) fn handle(&self) -> Result<File> {
        self.file.try_clone().map_err(|source| Error::Open { path: self.path.clone(), source })
    }

    /// What the report says about the file, without the hash of its samples.
    pub(super) fn describe(&self) -> Source {
        Source {
            path: self.path.to_string_lossy().into_owned(),
            bytes: self.len,
            sha256: self.sha256.clone(),
            pcm_sha256: None,
            pcm_format: None,
        }
    }

    /// Whether the file is still what was hashed, as far as length and time stamp tell.
    ///
    /// # Errors
    ///
    /// [`Error::Changed`] if it is not.
    pub(super) fn check_unchanged(&self) -> Result<()> {
        let changed = |what| Error::Changed { path: self.path.clone(), what };
        let metadata = self.file.metadata().map_err(|e| changed(e.to_string()))?;
        if metadata.len() != self.len {
            return Err(changed(format!(
                "its length went from {} to {}",
                self.len,
                metadata.len()
            )));
        }
        if metadata.modified().ok() != self.modified {
            return Err(changed("its modification time is another".into()));
        }
        Ok(())
    }
}

fn open_regular(path: &Path) -> Result<File> {
    let refuse = |source| Error::Open { path: path.to_owned(), source };
    // Asked before opening, because opening a FIFO waits for a writer.
    let metadata = std::fs::metadata(path).map_err(refuse)?;
    if metadata.is_dir() {
        return Err(refuse(io::Error::new(io::ErrorKind::IsADirectory, "is a directory")));
    }
    let not_regular = || refuse(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    if !metadata.is_file() {
        return Err(not_regular());
    }
    let file = File::open(path).map_err(refuse)?;
    if file.metadata().map_err(refuse)?.is_file() { Ok(file) } else { Err(not_regular()) }
}

/// Copies a stream to an unnamed temporary file, which the system removes when it is closed.
fn spool(stream: &mut dyn Read, path: &Path) -> Result<File> {
    let mut file =
        tempfile::tempfile().map_err(|source| Error::Open { path: path.to_owned(), source })?;
    let mut buffer = vec![0; HASH_BUFFER_BYTES];
    let mut offset = 0u64;
    let read_error = |offset, source| Error::Read { path: path.to_owned(), offset, source };
    loop {
        let count = match stream.read(&mut buffer) {
            Ok(0) => return Ok(file),
            Ok(count) => count,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(read_error(offset, e)),
        };
        offset += count as u64;
        if offset > MAX_SPOOL_BYTES {
            let what = format!("bytes on standard input are more than: {MAX_SPOOL_BYTES}");
            return Err(Error::Limit { what });
        }
        file.write_all(&buffer[..count]).map_err(|e| read_error(offset, e))?;
    }
}

/// SHA-256 of the whole file as lower-case hexadecimal, and how many bytes went in.
fn hash(file: &mut File, path: &Path) -> Result<(String, u64)> {
    let mut sha = Sha256::new();
    let mut buffer = vec![0; HASH_BUFFER_BYTES];
    let mut offset = 0u64;
    let refuse = |offset, source| Error::Read { path: path.to_owned(), offset, source };
    file.seek(SeekFrom::Start(0)).map_err(|e| refuse(0, e))?;
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok((hex(&sha.finalize()), offset)),
            Ok(count) => {
                sha.update(&buffer[..count]);
                offset += count as u64;
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(refuse(offset, e)),
        }
    }
}

/// Lower-case hexadecimal digits of `bytes`.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, b| {
        for nibble in [b >> 4, b & 15] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('?'));
        }
        text
    })
}

/// A stretch of a file as a demuxer's source, optionally one that refuses to seek.
#[derive(Debug)]
pub(super) struct FileRange {
    file: File,
    start: u64,
    len: u64,
    position: u64,
    seekable: bool,
}

impl FileRange {
    /// The `len` bytes from `start`.
    pub(super) fn new(file: File, start: u64, len: u64, seekable: bool) -> Self {
        Self { file, start, len, position: 0, seekable }
    }
}

impl Read for FileRange {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = self.len.saturating_sub(self.position);
        let count = (out.len() as u64).min(left) as usize;
        if count == 0 {
            return Ok(0);
        }
        // The handle's position is shared with the file's other readers.
        self.file.seek(SeekFrom::Start(self.start + self.position))?;
        let count = self.file.read(&mut out[..count])?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for FileRange {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if !self.seekable {
            return Err(io::Error::other("this source does not seek"));
        }
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position =
            target.ok_or_else(|| io::Error::other("a seek went before the start of the file"))?;
        Ok(self.position)
    }
}

impl MediaSource for FileRange {
    fn is_seekable(&self) -> bool {
        self.seekable
    }

    fn byte_len(&self) -> Option<u64> {
        self.seekable.then_some(self.len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(input: &Path) -> String {
        match OpenFile::open(&Input::Path(input.to_owned())) {
            Err(Error::Open { source, .. }) => source.to_string(),
            other => panic!("expected an open error, got {other:?}"),
        }
    }

    #[test]
    fn only_regular_files_open() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(message(folder.path()), "is a directory");
        assert!(!message(&folder.path().join("missing.wav")).is_empty());
        #[cfg(unix)]
        assert_eq!(message(Path::new("/dev/null")), "not a regular file");
    }

    #[test]
    fn the_hash_is_the_files_and_a_change_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        std::fs::write(&path, b"abc").unwrap();
        let open = OpenFile::open(&Input::Path(path.clone())).unwrap();
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(open.describe().sha256, expected);
        open.check_unchanged().unwrap();
        std::fs::write(&path, b"abcd").unwrap();
        assert!(matches!(open.check_unchanged(), Err(Error::Changed { .. })));
    }

    #[test]
    fn a_spooled_stream_is_the_stream() {
        let file = spool(&mut &b"abc"[..], Path::new("-")).unwrap();
        let open = OpenFile::over(PathBuf::from("-"), file).unwrap();
        assert_eq!((open.len(), open.describe().path.as_str()), (3, "-"));
    }

    #[test]
    fn a_range_is_a_file_of_its_own() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"0123456789").unwrap();
        let mut range = FileRange::new(file, 2, 5, true);
        let mut text = String::new();
        range.read_to_string(&mut text).unwrap();
        assert_eq!(text, "23456");
        assert_eq!(range.seek(SeekFrom::End(-2)).unwrap(), 3);
        assert!(range.seek(SeekFrom::Current(-9)).is_err());
    }
}
