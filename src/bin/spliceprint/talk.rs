//! Everything that goes to standard error: progress, warnings, errors.
#![allow(clippy::print_stderr, reason = "this file is where the program talks")]

use std::any::Any;
use std::error::Error as _;
use std::io::{IsTerminal, stderr, stdout};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use spliceprint::report::terminal::{Style, escape};

use crate::args::Colour;
use crate::{Failure, exit};

/// Width of a summary where the terminal's is unknown, in columns.
const WIDTH: usize = 80;

/// How the program talks.
pub(crate) struct Talk {
    colour: Colour,
    quiet: bool,
}

impl Talk {
    pub(crate) fn new(colour: Colour, quiet: bool) -> Self {
        Self { colour, quiet }
    }

    /// Style of a summary on standard output.
    pub(crate) fn style(&self) -> Style {
        let colour = match self.colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
        };
        Style { colour, width: WIDTH }
    }

    /// A bar for one file; hidden unless standard error is a terminal.
    pub(crate) fn progress(&self, name: &str) -> ProgressBar {
        if self.quiet || !stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(0).with_message(escape(name));
        let template = "{msg:30!} {wide_bar} {percent:>3} % {eta:>4}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar
    }

    /// A bar for many files, by their bytes; hidden unless standard error is a terminal.
    pub(crate) fn scan_progress(&self) -> ProgressBar {
        if self.quiet || !stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {percent:>3} % {eta:>4}")
        {
            bar.set_style(style);
        }
        bar
    }

    /// Whether `--quiet` was given.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// A remark that `--quiet` silences.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            eprintln!("spliceprint: {text}");
        }
    }

    /// An error about one input.
    pub(crate) fn error(&self, error: &spliceprint::error::Error) {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            text = format!("{text}: {inner}");
            cause = inner.source();
        }
        eprintln!("spliceprint: {}", escape(&text));
        if let Some(hint) = error.hint() {
            eprintln!("hint: {}", escape(&hint));
        }
    }

    /// An error about one file of several, which names it.
    pub(crate) fn failed_file(&self, path: &Path, error: &spliceprint::error::Error) {
        let name = path.to_string_lossy();
        if !error.to_string().contains(&*name) {
            eprintln!("spliceprint: `{}`:", escape(&name));
        }
        self.error(error);
    }

    /// Why a file of several could not be examined.
    pub(crate) fn unreadable(&self, text: &str) {
        eprintln!("spliceprint: {}", escape(text));
    }

    /// An error that ends the program, and its exit code.
    pub(crate) fn failure(&self, failure: &Failure) -> u8 {
        match failure {
            Failure::Error(error) => {
                self.error(error);
                match error {
                    spliceprint::error::Error::Argument { .. } => exit::USAGE,
                    _ => exit::FAILED,
                }
            }
            Failure::Output(error) => {
                eprintln!("spliceprint: could not write to standard output: {error}");
                exit::FAILED
            }
            Failure::Usage(text) => {
                eprintln!("spliceprint: {}", escape(text));
                exit::USAGE
            }
        }
    }

    /// A defect of the program itself.
    pub(crate) fn panic(&self, panic: &(dyn Any + Send)) -> u8 {
        let text = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no message");
        eprintln!("spliceprint: internal error: {}", escape(text));
        eprintln!("hint: this is a defect of the program; please report it with the command used");
        exit::FAILED
    }
}
