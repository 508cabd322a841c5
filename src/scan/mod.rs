//! A folder in, a folder of reports out: every file below the given paths, several at a time.
//!
//! What is done for one file is done before the next is begun on that thread, so that memory stays
//! that of one analysis a thread; its line goes to `scan.ndjson` at once, so that a scan that is
//! ended in the middle keeps what it has. Table and index page are written anew from time to time,
//! and at the end.

mod collect;
mod examine;
mod glob;
mod journal;
mod name;
mod outputs;
mod relate;
mod spread;
mod stamp;
mod walk;

use std::path::PathBuf;

use crate::analysis::{Profile, Settings};
use crate::archive::ArchiveWriter;
use crate::error::{Error, Result};
use crate::report::scan::{ScanRecord, ScanSummary};
use crate::report::{Report, ToolReport};
pub use collect::{CollectEvent, CollectOptions, Collected, collect};
use examine::Task;
use glob::Filter;
use outputs::Outputs;
use relate::Places;
use spread::Message;

/// Most threads that a scan may ask for.
pub const MAX_JOBS: usize = 256;

/// What to scan and where the outputs go.
#[derive(Debug, Clone, Default)]
pub struct ScanOptions {
    /// Folders and files.
    pub paths: Vec<PathBuf>,
    /// Folder of the outputs; made if it is not there.
    pub out_dir: PathBuf,
    /// Files examined at the same time, 1 to [`MAX_JOBS`].
    pub jobs: usize,
    /// Whether an earlier scan in `out_dir` is continued.
    pub resume: bool,
    /// Patterns of which a file has to match one, unless there are none.
    pub include: Vec<String>,
    /// Patterns of which no file or folder may match any.
    pub exclude: Vec<String>,
    /// Whether each file has a page too.
    pub pages: bool,
    /// Archive that every file's words are added to, made if it is not there; `archive` in the folder of
    /// the outputs if none is named.
    pub archive: Option<PathBuf>,
    /// What to examine of each file.
    pub settings: Settings,
}

/// What a caller is told while a scan runs.
#[derive(Debug)]
pub enum ScanEvent<'a> {
    /// The files are known.
    Planned {
        /// Files found.
        files: usize,
        /// Files that an earlier scan has examined already.
        kept: usize,
        /// Bytes of the files that are left.
        bytes: u64,
    },
    /// Sound was examined.
    Heard {
        /// How much, in seconds.
        seconds: f64,
        /// Bytes of files that this stands for, about.
        bytes: u64,
    },
    /// A file is finished.
    Finished(&'a ScanRecord),
    /// All files are finished and are now held against each other.
    Relating {
        /// How many, of equal samples one.
        files: usize,
    },
    /// One of them was held against the others.
    Related,
}

/// Everything a scan came to.
#[derive(Debug, Clone)]
pub struct Scan {
    /// A record per file, sorted by path.
    pub records: Vec<ScanRecord>,
    /// Counts and copies.
    pub summary: ScanSummary,
}

/// Examines every file below `options.paths` and writes `reports/`, `scan.ndjson`, `scan.csv` and
/// `index.html` into `options.out_dir`. A file that cannot be examined has a report and a record that
/// say why.
///
/// # Errors
///
/// [`Error::Argument`] for a pattern or setting that makes no sense, and for an earlier scan in the
/// folder of the outputs that is not to be continued; those of opening the archive; [`Error::Write`] if
/// an output cannot be written, in which case the rest is left undone and what is finished stays.
pub fn scan(options: &ScanOptions, tell: &mut dyn FnMut(ScanEvent<'_>)) -> Result<Scan> {
    options.settings.check()?;
    let filter = Filter::new(&options.include, &options.exclude)?;
    let mut outputs = Outputs::create(&options.out_dir, options.resume)?;
    let folder = archive_folder(options);
    let mut archive = folder.as_deref().map(ArchiveWriter::open).transpose()?;
    let mut own = outputs::paths(&options.out_dir);
    own.extend(folder.clone());
    let found = walk::walk(&options.paths, &filter, &own);
    let total = found.files.len() + found.failed.len();
    outputs.expect(total, found.passed_over);

    let tool = ToolReport::of(&options.settings);
    let tasks: Vec<Task> = found.files.into_iter().map(Task::new).collect();
    // Where files are: records have names alone, which need not be those of the system.
    let places: Places =
        tasks.iter().map(|task| (task.report.as_str(), task.path.as_path())).collect();
    let (left, kept) = outputs.keep_finished(&tasks, &tool, options.pages)?;
    let bytes = left.iter().map(|task| task.file.bytes).sum();
    tell(ScanEvent::Planned { files: total, kept, bytes });

    for (path, error) in found.failed {
        let name = path.to_string_lossy().into_owned();
        let error = Error::Open { path: path.clone(), source: error };
        let report = Report::unreadable(&name, &error, &options.settings);
        let record = examine::write_report(&report, &Task::unopened(path), options)?;
        outputs.add(record, tell)?;
    }
    let work = |task: &&Task, hear: &mut dyn FnMut(f64, u64)| examine::examine(task, options, hear);
    spread::spread(&left, options.jobs, &work, &mut |message| match message {
        Message::Heard { seconds, bytes } => {
            tell(ScanEvent::Heard { seconds, bytes });
            Ok(())
        }
        Message::Done(done) => {
            let (record, words) = done?;
            if let Some((archive, words)) = archive.as_mut().zip(words) {
                archive.add(&words)?;
            }
            outputs.add(record, tell)
        }
    })?;
    let records = outputs.finished()?;
    let mut relations = Vec::new();
    if let Some((mut archive, folder)) = archive.zip(folder) {
        relate::fill(&records, &places, &mut archive, options)?;
        archive.commit()?;
        drop(archive);
        relations = relate::relate(&records, &places, &folder, options, tell)?;
    }
    outputs.finish(records, &relations)
}

/// Where the words go; nowhere if none are made.
fn archive_folder(options: &ScanOptions) -> Option<PathBuf> {
    let own = || options.out_dir.join(outputs::ARCHIVE);
    (options.settings.profile != Profile::Structure)
        .then(|| options.archive.clone().unwrap_or_else(own))
}
