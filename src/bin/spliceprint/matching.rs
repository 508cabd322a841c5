//! `match`: from which archived recording a clip comes.

use std::io::Write;
use std::path::Path;

use spliceprint::archive::Archive;
use spliceprint::decode::OpenOptions;
use spliceprint::matching::{Effort, MatchSettings, find_matches};
use spliceprint::report::matches::{MatchReport, terminal};
use spliceprint::report::{Format, Render as _, Status, json, write_file};

use crate::args_archive::MatchArgs;
use crate::compare::{input, read};
use crate::talk::Talk;
use crate::{Failure, exit};

pub(crate) fn run(args: &MatchArgs, talk: &Talk, out: &mut dyn Write) -> Result<u8, Failure> {
    let outputs = outputs(args)?;
    let archive = Archive::open(&args.archive)?;
    let mut reports = Vec::new();
    for (index, path) in args.clips.iter().enumerate() {
        let report = look_up(path, args, &archive, talk)?;
        if args.json && args.clips.len() == 1 {
            json::write_document(&report.document, out)?;
        } else if args.json {
            report.write_line(out)?;
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
        write_file(path, format, &reports)?;
    }
    let unreadable = |report: &&MatchReport| report.document.status == Status::Unreadable;
    Ok(match reports.iter().filter(unreadable).count() {
        0 => exit::OK,
        n if n < reports.len() => exit::SOME_UNREADABLE,
        _ => exit::ALL_UNREADABLE,
    })
}

fn look_up(
    path: &Path,
    args: &MatchArgs,
    archive: &Archive,
    talk: &Talk,
) -> Result<MatchReport, Failure> {
    let options = OpenOptions { allow_external: !args.no_external, ..OpenOptions::default() };
    let effort = match args {
        MatchArgs { exhaustive: true, .. } => Effort::Exhaustive,
        MatchArgs { thorough: true, .. } => Effort::Thorough,
        _ => Effort::Quick,
    };
    let settings = MatchSettings { top: args.top, min_score: args.min_score, effort };
    match read(&input(path), &options, path, talk) {
        Ok(mut clip) => {
            let found = find_matches(&mut clip, archive, &settings)?;
            Ok(MatchReport::of(&clip, archive, &found, settings.min_score))
        }
        Err(error) => {
            talk.error(&error);
            let path = path.to_string_lossy();
            Ok(MatchReport::unreadable(&path, &error, archive, settings.min_score))
        }
    }
}

/// Formats of the outputs, decided before anything is examined.
fn outputs(args: &MatchArgs) -> Result<Vec<(&Path, Format)>, Failure> {
    if args.clips.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
        return Err(Failure::Usage("standard input can be read once only".into()));
    }
    let of = |path: &Path| {
        let name = path.display();
        let Some(format) = Format::from_path(path) else {
            let text =
                format!("the ending of `{name}` names no format; known are .json .ndjson .parquet");
            return Err(Failure::Usage(text));
        };
        if let Some(refusal) = MatchReport::refusal(format) {
            return Err(Failure::Usage(format!("`{name}`: {refusal}")));
        }
        if args.clips.len() > 1 && format == Format::Json {
            let text = format!("`{name}` holds one clip; use .ndjson or .parquet for several");
            return Err(Failure::Usage(text));
        }
        Ok(format)
    };
    args.out.iter().map(|path| Ok((path.as_path(), of(path)?))).collect()
}
