//! `compare`: what of a clip comes from a source, and what was done between.

use std::io::Write;
use std::path::Path;

use spliceprint::comparison::{Pictures, Recording, Render, compare, render};
use spliceprint::decode::{Input, OpenOptions};
use spliceprint::error::Result as LibraryResult;
use spliceprint::report::comparison::{ComparisonReport, terminal};
use spliceprint::report::{Format, json, write_file};

use crate::args::CompareArgs;
use crate::outputs::{formats, reads_stdin};
use crate::talk::Talk;
use crate::{Failure, exit};

pub(crate) fn run(args: &CompareArgs, talk: &Talk, out: &mut dyn Write) -> Result<u8, Failure> {
    let outputs = outputs(args)?;
    let options = OpenOptions { allow_external: !args.no_external, ..OpenOptions::default() };
    let (a, b) = (input(&args.clip), input(&args.source));
    let read = |input: &Input, path: &Path| read(input, &options, path, talk);
    let (report, unreadable) = match (read(&a, &args.clip), read(&b, &args.source)) {
        (Ok(mut clip), Ok(mut source)) => {
            let comparison = compare(&mut clip, &mut source)?;
            let draw = outputs.iter().any(|(_, format)| *format == Format::Html);
            let pictures =
                draw.then(|| Pictures::of(&mut clip, &mut source, &comparison)).transpose()?;
            let to =
                Render { aligned: args.aligned.as_deref(), residual: args.residual.as_deref() };
            if to.aligned.is_some() || to.residual.is_some() {
                render((&a, &options), (&b, &options), &comparison.segments, &to)?;
            }
            (ComparisonReport::of(&clip, &source, &comparison, pictures), 0)
        }
        (a, b) => {
            let (a, b) = (a.err(), b.err());
            for error in a.iter().chain(&b) {
                talk.error(error);
            }
            let unreadable = usize::from(a.is_some()) + usize::from(b.is_some());
            let names = [&args.clip, &args.source].map(|path| path.to_string_lossy());
            let report =
                ComparisonReport::unreadable((&names[0], a.as_ref()), (&names[1], b.as_ref()));
            (report, unreadable)
        }
    };
    if args.json {
        json::write_document(&report.document, out)?;
    } else if args.out.is_empty() || !talk.is_quiet() {
        write!(out, "{}", terminal::summary(&report, talk.style()))?;
    }
    out.flush()?;
    for (path, format) in outputs {
        if unreadable > 0 && format == Format::Audacity {
            talk.note(&format!("`{}` is not written: nothing was compared", path.display()));
            continue;
        }
        write_file(path, format, std::slice::from_ref(&report))?;
    }
    Ok(match unreadable {
        0 => exit::OK,
        1 => exit::SOME_UNREADABLE,
        _ => exit::ALL_UNREADABLE,
    })
}

pub(crate) fn input(path: &Path) -> Input {
    if path.as_os_str() == "-" { Input::Stdin } else { Input::Path(path.to_owned()) }
}

/// Reads one side with a progress bar.
pub(crate) fn read(
    input: &Input,
    options: &OpenOptions,
    path: &Path,
    talk: &Talk,
) -> LibraryResult<Recording> {
    let bar = talk.progress(&path.to_string_lossy());
    let recording = Recording::read(input, options, &mut |done_s, declared_s| {
        bar.set_length(declared_s.unwrap_or(done_s).max(done_s) as u64);
        bar.set_position(done_s as u64);
    });
    bar.finish_and_clear();
    recording
}

/// Formats of the outputs, decided before anything is examined.
fn outputs(args: &CompareArgs) -> Result<Vec<(&Path, Format)>, Failure> {
    let is_from_stdin = reads_stdin([&args.clip, &args.source])?;
    if is_from_stdin && (args.aligned.is_some() || args.residual.is_some()) {
        let text =
            "--aligned and --residual read the files twice, which standard input does not allow";
        return Err(Failure::Usage(text.into()));
    }
    formats::<ComparisonReport>(&args.out, 1)
}
