//! One file: its report, its outputs, its record.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::name::stem;
use super::outputs::REPORTS;
use super::walk::Found;
use super::{ScanOptions, stamp};
use crate::analysis::glance::glance;
use crate::analysis::{Profile, analyze};
use crate::archive::Words;
use crate::decode::{Input, Source, StreamInfo};
use crate::error::{Error, Result};
use crate::measures::fingerprint::Fingerprint;
use crate::report::scan::{ScanRecord, ScannedFile};
use crate::report::{ErrorReport, Format, Report, write_file};

/// Sound between two words of progress, in seconds.
const TOLD_EVERY_S: f64 = 10.0;

/// A file to examine.
pub(super) struct Task {
    pub(super) path: PathBuf,
    pub(super) file: TaskFile,
    /// Its JSON report, from the folder of the outputs; unique among all paths.
    pub(super) report: String,
    page: String,
    opened: bool,
}

/// What is known of the file before it is opened.
pub(super) struct TaskFile {
    pub(super) bytes: u64,
    pub(super) modified: Option<String>,
}

impl Task {
    pub(super) fn new(found: Found) -> Self {
        let modified = found.modified.map(stamp::utc);
        Self::at(found.path, TaskFile { bytes: found.bytes, modified }, true)
    }

    /// Something of which nothing is known because it could not be looked at.
    pub(super) fn unopened(path: PathBuf) -> Self {
        Self::at(path, TaskFile { bytes: 0, modified: None }, false)
    }

    fn at(path: PathBuf, file: TaskFile, opened: bool) -> Self {
        let stem = stem(&path);
        let (report, page) = (format!("{REPORTS}/{stem}.json"), format!("{REPORTS}/{stem}.html"));
        Self { path, file, report, page, opened }
    }
}

/// Examines a file and writes its outputs; its words too if they are to be archived. `hear` is told seconds of sound and bytes as they go by;
/// the bytes sum up to those of the file.
///
/// # Errors
///
/// [`Error::Write`] alone: whatever else goes wrong is the file's report.
pub(super) fn examine(
    task: &Task,
    options: &ScanOptions,
    hear: &mut dyn FnMut(f64, u64),
) -> Result<(ScanRecord, Option<Words>)> {
    let mut told = Told { heard_s: 0.0, seconds: 0.0, bytes: 0, of_bytes: task.file.bytes };
    let whole = || {
        let mut progress = |done_s: f64, of_s: Option<f64>| told.tell(done_s, of_s, hear);
        let (report, words) = report(&task.path, options, &mut progress);
        Ok((write_report(&report, task, options)?, words))
    };
    let record = match catch_unwind(AssertUnwindSafe(whole)) {
        Ok(record) => record,
        Err(_) => Ok((write_report(&defect(&task.path, options), task, options)?, None)),
    };
    hear(told.heard_s - told.seconds, told.of_bytes.saturating_sub(told.bytes));
    record
}

/// How much of a file was told of.
struct Told {
    /// Sound examined so far, in seconds.
    heard_s: f64,
    /// Of which this much was told.
    seconds: f64,
    bytes: u64,
    of_bytes: u64,
}

impl Told {
    fn tell(&mut self, done_s: f64, of_s: Option<f64>, hear: &mut dyn FnMut(f64, u64)) {
        self.heard_s = done_s.max(self.heard_s);
        if done_s - self.seconds < TOLD_EVERY_S {
            return;
        }
        let share = of_s.filter(|&of_s| of_s > 0.0).map_or(0.0, |of_s| (done_s / of_s).min(1.0));
        let bytes = ((self.of_bytes as f64 * share) as u64).max(self.bytes);
        hear(done_s - self.seconds, bytes - self.bytes);
        (self.seconds, self.bytes) = (done_s, bytes);
    }
}

/// A file's report, and what an archive keeps of it.
fn report(
    path: &Path,
    options: &ScanOptions,
    progress: &mut dyn FnMut(f64, Option<f64>),
) -> (Report, Option<Words>) {
    let input = Input::Path(path.to_owned());
    let settings = &options.settings;
    let keep = |source: &Source, stream: &StreamInfo, fingerprint: &Fingerprint| {
        Words::new(source, stream.duration_s, fingerprint).ok()
    };
    let examined = if settings.profile == Profile::Full {
        analyze(&input, settings, progress).map(|it| {
            let words = keep(&it.source, &it.stream, &it.features.fingerprint);
            (Report::of(&it, settings, false), words)
        })
    } else {
        glance(&input, settings, progress).map(|it| {
            let words = it.fingerprint.as_ref().and_then(|f| keep(&it.source, &it.stream, f));
            (Report::of_glance(&it, settings), words)
        })
    };
    let unread = |error| (Report::unreadable(&path.to_string_lossy(), &error, settings), None);
    examined.unwrap_or_else(unread)
}

/// The report of a file on which the program itself failed.
fn defect(path: &Path, options: &ScanOptions) -> Report {
    let what = "the analysis failed on this file, a defect of the program".to_owned();
    let error = Error::Unsupported { what: what.clone(), hint: None };
    let mut report = Report::unreadable(&path.to_string_lossy(), &error, &options.settings);
    let hint = Some("please report it, with the file if that is possible".into());
    let kind = "internal".into();
    report.document.error = Some(ErrorReport { kind, message: what, hint, offset: None });
    report
}

/// Writes a report's files and returns what is kept of it.
pub(super) fn write_report(
    report: &Report,
    task: &Task,
    options: &ScanOptions,
) -> Result<ScanRecord> {
    let reports = std::slice::from_ref(report);
    write_file(&options.out_dir.join(&task.report), Format::Json, reports)?;
    let page = options.pages.then(|| task.page.clone());
    if let Some(page) = &page {
        write_file(&options.out_dir.join(page), Format::Html, reports)?;
    }
    let file = ScannedFile {
        bytes: task.opened.then_some(task.file.bytes),
        modified: task.file.modified.clone(),
        report: task.report.clone(),
        page,
    };
    Ok(ScanRecord::of(report, file))
}
