//! `match`: from which archived recording a clip comes.

use std::io::Write;
use std::path::Path;

use spliceprint::archive::Archive;
use spliceprint::decode::OpenOptions;
use spliceprint::matching::{Effort, MatchSettings, find_matches};
use spliceprint::report::matches::{MatchReport, terminal};
use spliceprint::report::{Status, json, write_file};

use crate::args_archive::MatchArgs;
use crate::compare::{input, read};
use crate::outputs::{formats, reads_stdin};
use crate::talk::Talk;
use crate::{Failure, exit};

pub(crate) fn run(args: &MatchArgs, talk: &Talk, out: &mut dyn Write) -> Result<u8, Failure> {
    reads_stdin(&args.clips)?;
    let outputs = formats::<MatchReport>(&args.out, args.clips.len())?;
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
