//! `archive`: keep recordings to find clips in.

use std::io::Write;
use std::path::Path;
use std::thread::available_parallelism;

#[cfg(feature = "parquet")]
use spliceprint::archive::tables;
use spliceprint::archive::{Archive, ArchiveWriter, verify};
use spliceprint::decode::OpenOptions;
use spliceprint::report::archive::{ClipDocument, StatsDocument, VerifyDocument};
use spliceprint::report::json;
use spliceprint::report::terminal::escape;
use spliceprint::scan::{CollectEvent, CollectOptions, collect};

use crate::args_archive::{ArchiveAction, ArchiveView};
use crate::talk::Talk;
use crate::{Failure, exit};

pub(crate) fn run(action: &ArchiveAction, talk: &Talk, out: &mut dyn Write) -> Result<u8, Failure> {
    let code = match action {
        ArchiveAction::Add { archive, paths, jobs, no_external } => {
            let open = OpenOptions { allow_external: !no_external, ..OpenOptions::default() };
            let cores = || available_parallelism().map_or(1, usize::from);
            let jobs = jobs.unwrap_or_else(cores);
            add(archive, &CollectOptions { paths: paths.clone(), jobs, open }, talk, out)?
        }
        ArchiveAction::Remove { archive, ids } => {
            let mut writer = existing(archive)?;
            ids.iter().try_for_each(|id| writer.remove(*id))?;
            writer.commit()?;
            exit::OK
        }
        ArchiveAction::Merge { archive } => {
            existing(archive)?.merge()?;
            exit::OK
        }
        ArchiveAction::Stats(view) => {
            let stats = StatsDocument::of(&Archive::open(&view.archive)?);
            if view.json {
                json::write_document(&stats, out)?;
            } else {
                write!(out, "{}", stats.summary())?;
            }
            exit::OK
        }
        ArchiveAction::List(view) => {
            for clip in ClipDocument::all(&Archive::open(&view.archive)?) {
                if view.json {
                    writeln!(
                        out,
                        "{}",
                        serde_json::to_string(&clip).map_err(std::io::Error::from)?
                    )?;
                } else {
                    write!(out, "{}", clip.line())?;
                }
            }
            exit::OK
        }
        ArchiveAction::Verify(view) => check(view, talk, out)?,
        #[cfg(feature = "parquet")]
        ArchiveAction::Export { archive, parquet } => {
            let clips = tables::export(&Archive::open(archive)?, parquet)?;
            if !talk.is_quiet() {
                writeln!(out, "{clips} written to {}", escape(&parquet.to_string_lossy()))?;
            }
            exit::OK
        }
        #[cfg(feature = "parquet")]
        ArchiveAction::Import { archive, tables } => {
            let tables::Imported { added, known } = tables::import(archive, tables)?;
            if !talk.is_quiet() {
                let name = escape(&archive.to_string_lossy());
                writeln!(out, "{added} added to {name}, {known} there already")?;
            }
            exit::OK
        }
    };
    out.flush()?;
    Ok(code)
}

/// The right to change an archive that is there.
fn existing(folder: &Path) -> Result<ArchiveWriter, Failure> {
    Archive::open(folder)?;
    Ok(ArchiveWriter::open(folder)?)
}

fn add(
    folder: &Path,
    options: &CollectOptions,
    talk: &Talk,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let mut writer = ArchiveWriter::open(folder)?;
    let bar = talk.scan_progress();
    let collected = collect(&mut writer, options, &mut |event| match event {
        CollectEvent::Planned { bytes } => bar.set_length(bytes),
        CollectEvent::Read(bytes) => bar.inc(bytes),
        CollectEvent::Failed(path, error) => bar.suspend(|| talk.failed_file(&path, &error)),
    });
    bar.finish_and_clear();
    let collected = collected?;
    if !talk.is_quiet() {
        let name = escape(&folder.to_string_lossy());
        writeln!(
            out,
            "{} added to {name}, {} there already, {} could not be read",
            collected.added, collected.known, collected.failed
        )?;
    }
    Ok(match (collected.added + collected.known, collected.failed) {
        (_, 0) => exit::OK,
        (0, _) => exit::ALL_UNREADABLE,
        _ => exit::SOME_UNREADABLE,
    })
}

fn check(view: &ArchiveView, talk: &Talk, out: &mut dyn Write) -> Result<u8, Failure> {
    let (damage, segments) = verify(&view.archive)?;
    let document = VerifyDocument::of(&view.archive.to_string_lossy(), segments, &damage);
    if view.json {
        json::write_document(&document, out)?;
    } else {
        write!(out, "{}", document.summary(talk.style()))?;
    }
    Ok(if damage.is_empty() { exit::OK } else { exit::FAILED })
}
