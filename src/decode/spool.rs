//! A clip's mono samples kept for random access, in memory while short and on disk when long.

use std::io::{Read, Seek, SeekFrom, Write};

use tempfile::SpooledTempFile;

use crate::error::{Error, Result};

/// Bytes kept in memory; what is longer goes to an unnamed temporary file.
const IN_MEMORY: usize = 16 << 20;

/// Samples collected before they are written.
const BUFFER: usize = 16 << 10;

/// Mono samples, 16 bits each, to be read anywhere.
#[derive(Debug)]
pub struct Spool {
    file: SpooledTempFile,
    pending: Vec<u8>,
    len: u64,
}

impl Default for Spool {
    fn default() -> Self {
        Self {
            file: SpooledTempFile::new(IN_MEMORY),
            pending: Vec::with_capacity(2 * BUFFER),
            len: 0,
        }
    }
}

impl Spool {
    /// A store that keeps up to this many bytes in memory.
    #[must_use]
    pub fn holding(bytes: usize) -> Self {
        Self { file: SpooledTempFile::new(bytes), ..Self::default() }
    }

    /// Adds samples; full scale is ±1, what lies beyond is clipped.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] if the temporary file takes no more.
    pub fn push(&mut self, samples: &[f32]) -> Result<()> {
        for part in samples.chunks(BUFFER) {
            let value = |x: &f32| (32768.0 * x).round().clamp(-32768.0, 32767.0) as i16;
            self.pending.extend(part.iter().flat_map(|x| value(x).to_le_bytes()));
            self.len += part.len() as u64;
            if self.pending.len() >= 2 * BUFFER {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        let write = |file: &mut SpooledTempFile, bytes: &[u8]| {
            file.seek(SeekFrom::End(0))?;
            file.write_all(bytes)
        };
        write(&mut self.file, &self.pending).map_err(temporary)?;
        self.pending.clear();
        Ok(())
    }

    /// Samples held.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// `count` samples from `start`; zeros before the first and after the last.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] if the temporary file cannot be used.
    pub fn read(&mut self, start: i64, count: usize) -> Result<Vec<f32>> {
        self.flush()?;
        let mut out = vec![0.0; count];
        let end = start.saturating_add(count as i64).clamp(0, self.len as i64);
        let first = start.clamp(0, end);
        let mut bytes = vec![0; 2 * (end - first) as usize];
        let mut read = || {
            self.file.seek(SeekFrom::Start(2 * first as u64))?;
            self.file.read_exact(&mut bytes)
        };
        read().map_err(temporary)?;
        let values = bytes.chunks_exact(2).map(|b| f32::from(i16::from_le_bytes([b[0], b[1]])));
        for (out, value) in out.iter_mut().skip((first - start) as usize).zip(values) {
            *out = value / 32768.0;
        }
        Ok(out)
    }
}

fn temporary(source: std::io::Error) -> Error {
    Error::Write { path: "(temporary file)".into(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_stretch_comes_back_with_silence_outside() {
        let mut spool = Spool::default();
        let samples: Vec<f32> = (0..40_000).map(|n| f32::from(n as i16) / 65536.0).collect();
        for part in samples.chunks(999) {
            spool.push(part).unwrap();
        }
        assert_eq!(spool.len(), 40_000);
        assert_eq!(spool.read(100, 4).unwrap(), [50.0, 51.0, 51.0, 52.0].map(|x| x / 32768.0));
        assert_eq!(spool.read(-2, 3).unwrap(), [0.0; 3]);
        assert_eq!(spool.read(39_999, 2).unwrap()[1], 0.0);
        assert_eq!(spool.read(50_000, 2).unwrap(), [0.0; 2]);
        spool.push(&[0.5]).unwrap();
        assert_eq!(spool.read(40_000, 1).unwrap(), [0.5]);
    }

    #[test]
    fn long_recordings_leave_memory() {
        let mut spool = Spool::default();
        let block = vec![0.25; 1 << 20];
        for _ in 0..9 {
            spool.push(&block).unwrap();
        }
        assert!(spool.file.is_rolled());
        assert!(spool.read(9 << 20, 0).unwrap().is_empty());
        assert_eq!(spool.read((9 << 20) - 1, 1).unwrap(), [0.25]);
    }
}
