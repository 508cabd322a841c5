//! `scan.ndjson` while a scan runs: each line goes to the file as soon as its file is finished.

use std::fs::{self, File};
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::report::scan::{ScanRecord, ndjson};
use crate::report::write_whole;

/// An open list of lines.
pub(super) struct Journal {
    path: PathBuf,
    file: File,
}

impl Journal {
    /// Records of an earlier scan; none if there is no such file.
    pub(super) fn read(path: &Path) -> Result<Vec<ScanRecord>> {
        let records = match File::open(path) {
            Ok(file) => ndjson::read(&mut BufReader::new(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        };
        records.map_err(|source| Error::Open { path: path.to_owned(), source })
    }

    /// Writes the records that are known already, and stays open for more.
    pub(super) fn start(path: &Path, records: &[ScanRecord]) -> Result<Self> {
        write_whole(path, &mut |out| ndjson::write(records, None, out))?;
        let file = fs::OpenOptions::new().append(true).open(path);
        let file = file.map_err(|source| Error::Write { path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Adds a line, whole, in one call to the system.
    pub(super) fn append(&mut self, record: &ScanRecord) -> Result<()> {
        let written = ndjson::line(record).and_then(|line| self.file.write_all(&line));
        written.map_err(|source| Error::Write { path: self.path.clone(), source })
    }
}
