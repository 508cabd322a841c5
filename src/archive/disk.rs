//! Changes to an archive's folder, each so that a stop at any moment leaves the old or the new state.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// End of the name of a file that is being written.
const PART: &str = ".part";

/// Why writing a file stopped.
#[derive(Debug)]
pub(super) enum Stop {
    /// It cannot be written.
    Write(io::Error),
    /// What it is to hold cannot be read.
    Read(Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Read(error)
    }
}

/// The folder and what may be done in it.
#[derive(Debug)]
pub(super) struct Disk {
    pub(super) folder: PathBuf,
    /// Operations until all further ones fail, as if the program had been killed.
    #[cfg(test)]
    pub(super) left: Option<usize>,
}

impl Disk {
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            #[cfg(test)]
            left: None,
        }
    }

    /// Writes a file under a temporary name, makes it durable, and gives it its name.
    pub(super) fn replace(
        &mut self,
        name: &str,
        render: &mut dyn FnMut(&mut BufWriter<File>) -> std::result::Result<(), Stop>,
    ) -> Result<()> {
        let path = self.folder.join(name);
        let part = self.folder.join(format!("{name}{PART}"));
        let failed = |source| Error::Write { path: path.clone(), source };
        self.step().map_err(failed)?;
        let mut out = BufWriter::new(File::create(&part).map_err(failed)?);
        self.step().map_err(failed)?;
        render(&mut out).map_err(|stop| match stop {
            Stop::Write(source) => failed(source),
            Stop::Read(error) => error,
        })?;
        out.flush().map_err(failed)?;
        self.step().map_err(failed)?;
        out.get_ref().sync_all().map_err(failed)?;
        drop(out);
        self.step().map_err(failed)?;
        fs::rename(&part, &path).map_err(failed)?;
        self.step().map_err(failed)?;
        self.sync(path.parent().unwrap_or(&self.folder)).map_err(failed)
    }

    /// Makes the names in a folder durable, where the system can.
    fn sync(&self, folder: &Path) -> io::Result<()> {
        if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
    }

    /// Removes a file that nothing needs; one that cannot be removed stays until the next time.
    pub(super) fn sweep(&mut self, name: &Path) {
        if self.step().is_ok() {
            let _ = fs::remove_file(self.folder.join(name));
        }
    }

    #[cfg(test)]
    fn step(&mut self) -> io::Result<()> {
        let Some(left) = &mut self.left else { return Ok(()) };
        *left = left.checked_sub(1).ok_or_else(|| io::Error::other("stopped"))?;
        Ok(())
    }

    #[cfg(not(test))]
    fn step(&mut self) -> io::Result<()> {
        Ok(())
    }
}
