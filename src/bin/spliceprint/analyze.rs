//! `analyze`: examine files one after the other.

use std::io::Write;
use std::path::{Path, PathBuf};

use spliceprint::analysis::enf::EnfRecord;
use spliceprint::analysis::{Analysis, Settings, analyze};
use spliceprint::certificate::certify;
use spliceprint::decode::Input;
use spliceprint::error::Result as LibraryResult;
use spliceprint::excerpts::write_excerpts;
use spliceprint::finding::Strength;
use spliceprint::report::{AnalysisDocument, Format, Report, Status, json, terminal, write_file};

use crate::args::AnalyzeArgs;
use crate::outputs::{formats, reads_stdin};
use crate::talk::Talk;
use crate::{Failure, exit};

/// Formats that hold a timeline of one clip, which an unreadable one has not.
const NEEDS_TIMELINE: [Format; 3] = [Format::Audacity, Format::TextGrid, Format::SonicVisualiser];

pub(crate) fn run(args: &AnalyzeArgs, talk: &Talk, out: &mut dyn Write) -> Result<u8, Failure> {
    let outputs = outputs(args)?;
    let settings = settings(args);
    settings.check()?;
    let references = references(args, &settings, talk)?;
    let record = args.enf_reference.as_deref().map(EnfRecord::open).transpose()?;
    let mut reports = Vec::new();
    for (index, file) in args.files.iter().enumerate() {
        let mut report = examine(file, args, &settings, record.as_ref(), talk)?;
        if !references.is_empty() && report.document.status != Status::Unreadable {
            report = report.with_references(&references);
        }
        if args.json {
            if args.files.len() == 1 {
                json::write(&report, out)?;
            } else {
                json::write_line(&report, out)?;
            }
        } else if args.out.is_empty() || !talk.is_quiet() {
            if index > 0 {
                writeln!(out)?;
            }
            write!(out, "{}", terminal::summary(&report, talk.style()))?;
        }
        reports.push(report);
    }
    out.flush()?;
    for (path, format) in outputs {
        let unreadable = reports.iter().all(|r| r.document.status == Status::Unreadable);
        if unreadable && NEEDS_TIMELINE.contains(&format) {
            talk.note(&format!("`{}` is not written: nothing was examined", path.display()));
            continue;
        }
        write_file(path, format, &reports)?;
    }
    Ok(exit_code(&reports, args.fail_on.map(Strength::from)))
}

/// Formats of the outputs, decided before anything is examined.
fn outputs(args: &AnalyzeArgs) -> Result<Vec<(&Path, Format)>, Failure> {
    let is_from_stdin = reads_stdin(&args.files)?;
    if is_from_stdin && args.excerpts.is_some() {
        let text = "--excerpts reads the clip twice, which standard input does not allow";
        return Err(Failure::Usage(text.into()));
    }
    formats::<Report>(&args.out, args.files.len())
}

fn settings(args: &AnalyzeArgs) -> Settings {
    let mut settings = args.search.settings();
    settings.open.track = args.track;
    Settings { start_s: args.start, end_s: args.end, ..settings }
}

/// Reports of the recordings that the clips are held against, examined as the clips are.
fn references(
    args: &AnalyzeArgs,
    settings: &Settings,
    talk: &Talk,
) -> Result<Vec<AnalysisDocument>, Failure> {
    let report = |file: &PathBuf| {
        let name = file.to_string_lossy();
        let analysis = measured(&Input::Path(file.clone()), &name, settings, talk)
            .map_err(|error| Failure::Usage(format!("--reference `{name}`: {error}")))?;
        Ok(Report::of(&analysis, settings, false).document)
    };
    args.reference.iter().map(report).collect()
}

/// One file's report; a file that cannot be examined has one too.
fn examine(
    file: &Path,
    args: &AnalyzeArgs,
    settings: &Settings,
    record: Option<&EnfRecord>,
    talk: &Talk,
) -> Result<Report, Failure> {
    let name = file.to_string_lossy().into_owned();
    let input = if file.as_os_str() == "-" { Input::Stdin } else { Input::Path(file.to_owned()) };
    match measured(&input, &name, settings, talk) {
        Ok(mut analysis) => {
            if let Some(record) = record {
                analysis.match_enf(record);
            }
            if let Some(folder) = &args.excerpts {
                let written = write_excerpts(file, &settings.open, &analysis, folder)?;
                talk.note(&format!("{} excerpts in `{}`", written.len(), folder.display()));
            }
            let report = Report::of(&analysis, settings, args.with_fingerprint)
                .with_custody(args.custody.custody());
            if !args.certificate {
                return Ok(report);
            }
            talk.note("trying cuts for the certificate");
            match certify(&input, settings, &analysis) {
                Ok(certificate) => Ok(report.with_certificate(&certificate)),
                Err(error) => {
                    talk.error(&error);
                    Ok(report)
                }
            }
        }
        Err(error) => {
            talk.error(&error);
            Ok(Report::unreadable(&name, &error, settings).with_custody(args.custody.custody()))
        }
    }
}

/// Examines with a progress bar.
pub(crate) fn measured(
    input: &Input,
    name: &str,
    settings: &Settings,
    talk: &Talk,
) -> LibraryResult<Analysis> {
    let bar = talk.progress(name);
    let analysis = analyze(input, settings, &mut |done_s, declared_s| {
        bar.set_length(declared_s.unwrap_or(done_s).max(done_s) as u64);
        bar.set_position(done_s as u64);
    });
    bar.finish_and_clear();
    analysis
}

fn exit_code(reports: &[Report], fail_on: Option<Strength>) -> u8 {
    let unreadable = reports.iter().filter(|r| r.document.status == Status::Unreadable).count();
    if unreadable == reports.len() {
        return exit::ALL_UNREADABLE;
    }
    if unreadable > 0 {
        return exit::SOME_UNREADABLE;
    }
    let reaches = |strength: Strength| fail_on.is_some_and(|level| strength >= level);
    let found = reports.iter().any(|report| {
        let document = &report.document;
        document.edit_points.iter().any(|point| reaches(point.strength))
            || document
                .detectors
                .iter()
                .filter(|detector| detector.is_indicator())
                .flat_map(|detector| &detector.findings)
                .any(|finding| reaches(finding.strength))
    });
    if found { exit::FOUND } else { exit::OK }
}
