//! The program: arguments in, reports out, one exit code.

mod analyze;
mod archive;
mod args;
mod args_archive;
mod compare;
mod demo;
mod explain;
mod matching;
mod outputs;
mod scan;
mod talk;
mod verify;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{Cli, Command, Document};
use spliceprint::report::{
    analysis_schema, archive_schema, comparison_schema, json, match_schema, scan_schema,
    verification_schema,
};
use talk::Talk;

/// What a command ends with, other than success.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A library error; exit code 1, or 2 if the caller's argument was at fault.
    Error(spliceprint::error::Error),
    /// Standard output could not be written.
    Output(io::Error),
    /// Wrong usage that the argument parser cannot see.
    Usage(String),
}

impl From<spliceprint::error::Error> for Failure {
    fn from(error: spliceprint::error::Error) -> Self {
        Self::Error(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Exit codes that other programs rely on.
pub(crate) mod exit {
    pub(crate) const OK: u8 = 0;
    pub(crate) const FAILED: u8 = 1;
    pub(crate) const USAGE: u8 = 2;
    pub(crate) const SOME_UNREADABLE: u8 = 3;
    pub(crate) const ALL_UNREADABLE: u8 = 4;
    pub(crate) const FOUND: u8 = 10;
}

fn main() -> ExitCode {
    // A panic in a decoder library is caught and becomes that file's error; its message would only
    // confuse. One that is not caught ends in `report_panic`.
    std::panic::set_hook(Box::new(|_| ()));
    let cli = Cli::parse();
    let talk = Talk::new(cli.color, cli.quiet);
    let ran = std::panic::catch_unwind(|| run(cli.command, &talk));
    ExitCode::from(match ran {
        Ok(Ok(code)) => code,
        Ok(Err(Failure::Output(error))) if error.kind() == io::ErrorKind::BrokenPipe => exit::OK,
        Ok(Err(failure)) => talk.failure(&failure),
        Err(panic) => talk.panic(&*panic),
    })
}

fn run(command: Command, talk: &Talk) -> Result<u8, Failure> {
    let mut out = io::stdout().lock();
    match command {
        Command::Analyze(args) => return analyze::run(&args, talk, &mut out),
        Command::Compare(args) => return compare::run(&args, talk, &mut out),
        Command::Match(args) => return matching::run(&args, talk, &mut out),
        Command::Archive { action } => return archive::run(&action, talk, &mut out),
        Command::Scan(args) => return scan::run(&args, talk, &mut out),
        Command::Verify(args) => return verify::run(&args, talk, &mut out),
        Command::Explain { id } => explain::run(id.as_deref(), &mut out)?,
        Command::Schema { document } => {
            let schema = match document {
                Document::Analysis => analysis_schema(),
                Document::Archive => archive_schema(),
                Document::Comparison => comparison_schema(),
                Document::Match => match_schema(),
                Document::Scan => scan_schema(),
                Document::Verification => verification_schema(),
            };
            json::write_document(&schema, &mut out)?;
        }
        Command::Demo { out: page } => return demo::run(&page, talk, &mut out),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "spliceprint", &mut text);
            out.write_all(&text)?;
        }
        Command::Man => {
            let mut text = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut text)?;
            out.write_all(&text)?;
        }
    }
    out.flush()?;
    Ok(exit::OK)
}
