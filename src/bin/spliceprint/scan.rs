//! `scan`: examine folders, several files at a time.

use std::io::Write;
use std::thread::available_parallelism;
use std::time::Instant;

use indicatif::ProgressBar;

use spliceprint::analysis::Settings;
use spliceprint::finding::Strength;
use spliceprint::report::scan::{ScanRecord, terminal};
use spliceprint::report::terminal::escape;
use spliceprint::scan::{Scan, ScanEvent, ScanOptions, scan};

use crate::args::ScanArgs;
use crate::talk::Talk;
use crate::{Failure, exit};

pub(crate) fn run(args: &ScanArgs, talk: &Talk, out: &mut dyn Write) -> Result<u8, Failure> {
    let mut progress = Progress::new(talk);
    let scanned = scan(&options(args), &mut |event| progress.take(event));
    progress.bar.finish_and_clear();
    let scanned = scanned?;
    if scanned.records.is_empty() {
        talk.note("no file was found");
    }
    if !talk.is_quiet() {
        write!(out, "{}", terminal::summary(&scanned.summary))?;
        let index = args.out_dir.join("index.html");
        writeln!(out, "index: {}", escape(&index.to_string_lossy()))?;
    }
    out.flush()?;
    Ok(exit_code(&scanned, args.fail_on.map(Strength::from)))
}

fn options(args: &ScanArgs) -> ScanOptions {
    ScanOptions {
        paths: args.paths.clone(),
        out_dir: args.out_dir.clone(),
        jobs: args.jobs.unwrap_or_else(|| available_parallelism().map_or(1, usize::from)),
        resume: args.resume,
        include: args.include.clone(),
        exclude: args.exclude.clone(),
        pages: args.html,
        archive: args.archive.clone(),
        settings: Settings { profile: args.profile.into(), ..args.search.settings() },
    }
}

/// The progress of a scan on standard error.
struct Progress<'a> {
    talk: &'a Talk,
    bar: ProgressBar,
    started: Instant,
    heard_s: f64,
    finished: usize,
    files: usize,
}

impl<'a> Progress<'a> {
    fn new(talk: &'a Talk) -> Self {
        let (bar, started) = (talk.scan_progress(), Instant::now());
        Self { talk, bar, started, heard_s: 0.0, finished: 0, files: 0 }
    }

    fn take(&mut self, event: ScanEvent<'_>) {
        match event {
            ScanEvent::Planned { files, kept, bytes } => {
                (self.files, self.finished) = (files, kept);
                self.started = Instant::now();
                self.bar.set_length(bytes);
                if kept > 0 {
                    let text = format!("{kept} of {files} files are finished already");
                    self.bar.suspend(|| self.talk.note(&text));
                }
            }
            ScanEvent::Heard { seconds, bytes } => {
                self.heard_s += seconds;
                self.bar.inc(bytes);
            }
            ScanEvent::Relating { files } => {
                self.bar.set_length(files as u64);
                self.bar.set_position(0);
                self.bar.set_message("files held against each other");
                return;
            }
            ScanEvent::Related => return self.bar.inc(1),
            ScanEvent::Finished(record) => {
                self.finished += 1;
                self.bar.suspend(|| self.complain(record));
            }
        }
        let speed = self.heard_s / self.started.elapsed().as_secs_f64().max(0.001);
        self.bar
            .set_message(format!("{}/{} files  {speed:.0}x real time", self.finished, self.files));
    }

    /// Says why a file could not be examined.
    fn complain(&self, record: &ScanRecord) {
        let Some(error) = &record.error else { return };
        let path = &record.source.path;
        if error.message.contains(path.as_str()) {
            self.talk.unreadable(&error.message);
        } else {
            self.talk.unreadable(&format!("`{path}`: {}", error.message));
        }
    }
}

fn exit_code(scanned: &Scan, fail_on: Option<Strength>) -> u8 {
    let summary = &scanned.summary;
    if summary.unreadable == summary.finished {
        return exit::ALL_UNREADABLE;
    }
    if summary.unreadable > 0 {
        return exit::SOME_UNREADABLE;
    }
    let reaches = |record: &ScanRecord| {
        fail_on.is_some_and(|level| record.highest_strength.is_some_and(|highest| highest >= level))
    };
    if scanned.records.iter().any(reaches) { exit::FOUND } else { exit::OK }
}
