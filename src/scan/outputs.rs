//! The folder of the outputs: what is in it already, and what a scan adds to it.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::examine::Task;
use super::journal::Journal;
use super::{Scan, ScanEvent};
use crate::error::{Error, Result};
use crate::report::scan::{PassedOver, ScanRecord, ScanRelation, ScanSummary, csv, html, ndjson};
use crate::report::{ToolReport, write_whole};

/// Folder of the files' reports, inside that of the outputs.
pub(super) const REPORTS: &str = "reports";
/// Lines of a scan.
pub(super) const LINES: &str = "scan.ndjson";
/// Table of a scan.
pub(super) const TABLE: &str = "scan.csv";
/// Words of a scan, unless it has an archive of its own.
pub(super) const ARCHIVE: &str = "archive";
/// Page of a scan.
pub(super) const INDEX: &str = "index.html";

/// Shortest time between two writings of table and page while a scan runs.
const REFRESH: Duration = Duration::from_secs(20);
/// The same as a multiple of what the last writing took, so that a large folder's page costs at most
/// two percent of one thread.
const REFRESH_COST: u32 = 50;
/// Kinds of errors that lie in the moment or the machine, not in the file's bytes.
const PASSING: [&str; 5] = ["open", "read", "changed", "unsupported", "internal"];

/// Everything that a scan into `folder` writes.
pub(super) fn paths(folder: &Path) -> Vec<PathBuf> {
    [REPORTS, LINES, TABLE, ARCHIVE, INDEX].iter().map(|name| folder.join(name)).collect()
}

/// What a scan writes. Finished records are kept in the list of lines, not in memory: small pieces that last to
/// the end, between those of one analysis after the other, would leave memory in shreds.
pub(super) struct Outputs {
    folder: PathBuf,
    earlier: Vec<ScanRecord>,
    journal: Option<Journal>,
    files: usize,
    passed_over: Vec<PassedOver>,
    refreshed: Instant,
    refresh_after: Duration,
}

impl Outputs {
    /// Makes the folder, and reads an earlier scan in it if that is to be continued.
    pub(super) fn create(folder: &Path, resume: bool) -> Result<Self> {
        let lines = folder.join(LINES);
        if !resume && lines.exists() {
            let what = format!(
                "`{}` is of an earlier scan; `--resume` continues it, another folder starts anew",
                lines.display()
            );
            return Err(Error::Argument { what });
        }
        let reports = folder.join(REPORTS);
        fs::create_dir_all(&reports).map_err(|source| Error::Write { path: reports, source })?;
        Ok(Self {
            folder: folder.to_owned(),
            earlier: if resume { Journal::read(&lines)? } else { Vec::new() },
            journal: None,
            files: 0,
            passed_over: Vec::new(),
            refreshed: Instant::now(),
            refresh_after: REFRESH,
        })
    }

    /// Tells how many files there are and what else lay there.
    pub(super) fn expect(&mut self, files: usize, passed_over: Vec<PassedOver>) {
        self.files = files;
        self.passed_over = passed_over;
    }

    /// Takes over what an earlier scan has finished; the tasks that are left and how many are not.
    pub(super) fn keep_finished<'a>(
        &mut self,
        tasks: &'a [Task],
        tool: &ToolReport,
        pages: bool,
    ) -> Result<(Vec<&'a Task>, usize)> {
        let earlier = std::mem::take(&mut self.earlier).into_iter();
        let mut earlier: HashMap<String, ScanRecord> =
            earlier.map(|record| (record.report.clone(), record)).collect();
        let (mut left, mut kept) = (Vec::new(), Vec::new());
        for task in tasks {
            match earlier.remove(&task.report) {
                Some(record) if self.holds(&record, task, tool, pages) => kept.push(record),
                _ => left.push(task),
            }
        }
        self.journal = Some(Journal::start(&self.folder.join(LINES), &kept)?);
        Ok((left, kept.len()))
    }

    /// Whether a record is what examining the file once more would give.
    fn holds(&self, record: &ScanRecord, task: &Task, tool: &ToolReport, pages: bool) -> bool {
        let page = record.page.as_ref().map(|page| self.folder.join(page));
        let passing = |kind: &str| PASSING.contains(&kind);
        *record.tool == *tool
            && record.source.bytes == Some(task.file.bytes)
            && record.modified.is_some()
            && record.modified == task.file.modified
            && !record.error.as_ref().is_some_and(|error| passing(&error.kind))
            && self.folder.join(&record.report).is_file()
            && page.map_or(!pages, |page| page.is_file())
    }

    /// Writes a finished file's line, and table and page if they are due.
    pub(super) fn add(
        &mut self,
        record: ScanRecord,
        tell: &mut dyn FnMut(ScanEvent<'_>),
    ) -> Result<()> {
        if let Some(journal) = &mut self.journal {
            journal.append(&record)?;
        }
        tell(ScanEvent::Finished(&record));
        if self.refreshed.elapsed() >= self.refresh_after {
            let started = Instant::now();
            let records = self.finished()?;
            self.write_views(&records, &self.summary(&records))?;
            self.refreshed = Instant::now();
            self.refresh_after = REFRESH.max(started.elapsed() * REFRESH_COST);
        }
        Ok(())
    }

    /// The records so far, in the order of paths.
    pub(super) fn finished(&self) -> Result<Vec<ScanRecord>> {
        let mut records = Journal::read(&self.folder.join(LINES))?;
        // Reports differ, so that nothing is equal; a stable sort would take half as much memory again.
        records
            .sort_unstable_by(|a, b| (&a.source.path, &a.report).cmp(&(&b.source.path, &b.report)));
        Ok(records)
    }

    /// Writes everything about `records`, which are all, in their order.
    pub(super) fn finish(
        self,
        records: Vec<ScanRecord>,
        relations: &[ScanRelation],
    ) -> Result<Scan> {
        let summary = self.summary(&records).with_relations(relations);
        write_whole(&self.folder.join(LINES), &mut |out| {
            ndjson::write(&records, Some(&summary), out)
        })?;
        self.write_views(&records, &summary)?;
        Ok(Scan { records, summary })
    }

    fn summary(&self, records: &[ScanRecord]) -> ScanSummary {
        ScanSummary::of(records, self.files, &self.passed_over)
    }

    fn write_views(&self, records: &[ScanRecord], summary: &ScanSummary) -> Result<()> {
        write_whole(&self.folder.join(TABLE), &mut |out| csv::write(records, summary, out))?;
        write_whole(&self.folder.join(INDEX), &mut |out| html::write(records, summary, out))
    }
}
