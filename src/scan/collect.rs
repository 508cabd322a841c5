//! Files and folders into an archive, several at a time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use super::glob::Filter;
use super::spread::{self, Message};
use super::walk::{self, Found};
use crate::archive::{Added, ArchiveWriter, Words};
use crate::decode::{Input, OpenOptions};
use crate::error::{Error, Result};

/// Sound between two words of progress, in seconds.
const TOLD_EVERY_S: f64 = 10.0;

/// What to add.
#[derive(Debug, Clone, Default)]
pub struct CollectOptions {
    /// Folders and files.
    pub paths: Vec<PathBuf>,
    /// Files read at the same time, 1 to [`super::MAX_JOBS`].
    pub jobs: usize,
    /// How files are opened.
    pub open: OpenOptions,
}

/// What a caller is told meanwhile.
#[derive(Debug)]
pub enum CollectEvent {
    /// The files are known.
    Planned {
        /// Bytes of the files.
        bytes: u64,
    },
    /// Bytes of files that were read.
    Read(u64),
    /// A file could not be read.
    Failed(PathBuf, Error),
}

/// What became of the files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Collected {
    /// Recordings that are new.
    pub added: usize,
    /// Files whose samples were there already.
    pub known: usize,
    /// Files that could not be read.
    pub failed: usize,
}

/// Adds every file below `options.paths`; the archive's own files are none. A file that cannot be read
/// stops no other.
///
/// # Errors
///
/// Those of writing the archive; what was committed stays.
pub fn collect(
    archive: &mut ArchiveWriter,
    options: &CollectOptions,
    tell: &mut dyn FnMut(CollectEvent),
) -> Result<Collected> {
    let own = [archive.archive().folder().to_owned()];
    let found = walk::walk(&options.paths, &Filter::new(&[], &[])?, &own);
    tell(CollectEvent::Planned { bytes: found.files.iter().map(|file| file.bytes).sum() });
    let mut collected = Collected::default();
    for (path, source) in found.failed {
        collected.failed += 1;
        tell(CollectEvent::Failed(path.clone(), Error::Open { path, source }));
    }
    let work = |file: &Found, hear: &mut dyn FnMut(f64, u64)| {
        (file.path.clone(), read(file, &options.open, hear))
    };
    spread::spread(&found.files, options.jobs, &work, &mut |message| {
        match message {
            Message::Heard { bytes, .. } => tell(CollectEvent::Read(bytes)),
            Message::Done((_, Ok(words))) => match archive.add(&words)? {
                Added::New(_) => collected.added += 1,
                Added::Known(_) => collected.known += 1,
            },
            Message::Done((path, Err(error))) => {
                collected.failed += 1;
                tell(CollectEvent::Failed(path, error));
            }
        }
        Ok(())
    })?;
    archive.commit()?;
    Ok(collected)
}

/// Reads a file. `hear` is told bytes, which sum up to those of the file.
fn read(file: &Found, open: &OpenOptions, hear: &mut dyn FnMut(f64, u64)) -> Result<Words> {
    let (mut told_s, mut told_bytes) = (0.0, 0);
    let mut progress = |done_s: f64, of_s: Option<f64>| {
        if done_s - told_s < TOLD_EVERY_S {
            return;
        }
        let share = of_s.filter(|of_s| *of_s > 0.0).map_or(0.0, |of_s| (done_s / of_s).min(1.0));
        let bytes = ((file.bytes as f64 * share) as u64).max(told_bytes);
        hear(done_s - told_s, bytes - told_bytes);
        (told_s, told_bytes) = (done_s, bytes);
    };
    let input = Input::Path(file.path.clone());
    let words = catch_unwind(AssertUnwindSafe(|| Words::read(&input, open, &mut progress)));
    hear(0.0, file.bytes.saturating_sub(told_bytes));
    words.unwrap_or_else(|_| {
        let what = "reading failed on this file, a defect of the program".into();
        Err(Error::Unsupported { what, hint: Some("please report it, with the file".into()) })
    })
}
