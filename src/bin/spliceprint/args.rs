//! Arguments as they are typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use spliceprint::analysis::{Profile, Settings};
use spliceprint::decode::OpenOptions;
use spliceprint::finding::Strength;
use spliceprint::report::Custody;
use spliceprint::scan::MAX_JOBS;

use crate::args_archive::{ArchiveAction, MatchArgs};

/// Says what can be observed in a recording: what it is, what was done to it, where to listen.
///
/// Nothing leaves this machine. No verdict is given: findings have a strength, and what could not be
/// examined is listed beside them.
#[derive(Debug, Parser)]
#[command(name = "spliceprint", version, propagate_version = true)]
#[command(after_help = "\
Examples:
  spliceprint demo                                a worked example on a shipped clip
  spliceprint analyze note.ogg                    a summary on the terminal
  spliceprint analyze note.ogg --out report.html  a page with timeline and evidence
  spliceprint analyze *.m4a --json                one JSON document a line
  spliceprint compare clip.ogg meeting.flac       what of the clip is in the meeting
  spliceprint scan leak/ --out-dir out            every file of a folder, with an index page
  spliceprint archive add meetings recordings/    keep recordings to find clips in
  spliceprint match clip.ogg --archive meetings   from which of them a clip comes

Exit codes: 0 ran, whatever was found; 1 internal or I/O error; 2 wrong usage; 3 some inputs could
not be examined; 4 none could; 10 with --fail-on: something at or above that strength.")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Colours on the terminal.
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    pub(crate) color: Colour,
    /// Says nothing on standard error but errors.
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Examine clips: what they are, what was done to them, where to listen.
    Analyze(AnalyzeArgs),
    /// Compare a clip with a candidate source: which stretches come from it, what was cut, inserted,
    /// moved, or sped up.
    Compare(CompareArgs),
    /// Examine folders: a report for each file, a table, and an index page that groups exact copies.
    Scan(ScanArgs),
    /// Find out from which archived recording a clip comes.
    Match(MatchArgs),
    /// Keep recordings to find clips in.
    Archive {
        /// What to do.
        #[command(subcommand)]
        action: ArchiveAction,
    },
    /// Check a report: the file's hash, the samples' hash, and whether examining again says the same.
    Verify(VerifyArgs),
    /// Explain a detector: what it looks for, what it is blind to, its sources.
    Explain {
        /// Detector; a list of all if left out.
        id: Option<String>,
    },
    /// Print the JSON Schema of a report.
    Schema {
        /// The report.
        #[arg(value_enum, default_value_t = Document::Analysis, value_name = "REPORT")]
        document: Document,
    },
    /// Examine a shipped clip that holds a known joint, and write its page.
    Demo {
        /// Where the page goes.
        #[arg(long, default_value = "spliceprint-demo.html", value_name = "PATH")]
        out: PathBuf,
    },
    /// Print completions for a shell.
    #[command(hide = true)]
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Print the manual page.
    #[command(hide = true)]
    Man,
}

#[derive(Debug, Args)]
pub(crate) struct AnalyzeArgs {
    /// Audio or video files; `-` reads standard input.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Print JSON: one document, or one a line for several files.
    #[arg(long)]
    pub(crate) json: bool,
    /// Write a report; its ending decides: .html .json .ndjson .csv .txt (Audacity labels)
    /// .TextGrid (Praat) .sv.csv (Sonic Visualiser) .jsonld (CASE/UCO). May be repeated.
    #[arg(long, value_name = "PATH")]
    pub(crate) out: Vec<PathBuf>,
    /// Write a WAV of 2 s on each side of every edit point into this folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) excerpts: Option<PathBuf>,
    /// Put the fingerprint's words into JSON.
    #[arg(long)]
    pub(crate) with_fingerprint: bool,
    /// Audio track to examine, counted from 0.
    #[arg(long, value_name = "N")]
    pub(crate) track: Option<usize>,
    /// Start of the examined part: seconds or mm:ss.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) start: Option<f64>,
    /// End of the examined part: seconds or mm:ss.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) end: Option<f64>,
    /// Cut pieces out of the clip, encode it as it was and count how many cuts are found: half a
    /// minute or more. Lossy clips need an installed ffmpeg for that.
    #[arg(long)]
    pub(crate) certificate: bool,
    /// Record of the mains frequency to hold the clip's hum against: CSV of a time (seconds, or dates
    /// such as 2024-05-01T12:00:00Z) and a frequency in Hz. The report names the place that fits best
    /// and how well the next best fits.
    #[arg(long, value_name = "CSV")]
    pub(crate) enf_reference: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) search: SearchArgs,
    /// Recording known to come from the device or program that is claimed for the clip; what differs is
    /// listed. May be repeated.
    #[arg(long, value_name = "FILE")]
    pub(crate) reference: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) custody: CustodyArgs,
    /// Exit with 10 if anything is at or above this strength.
    #[arg(long, value_enum, value_name = "STRENGTH")]
    pub(crate) fail_on: Option<Level>,
}

/// Who examines and why, for the report.
#[derive(Debug, Args)]
pub(crate) struct CustodyArgs {
    /// Examiner, for the report.
    #[arg(long, value_name = "NAME")]
    examiner: Option<String>,
    /// Case or file number, for the report.
    #[arg(long, value_name = "ID")]
    case_id: Option<String>,
    /// How the file was obtained, for the report.
    #[arg(long, value_name = "TEXT")]
    acquisition: Option<String>,
}

impl CustodyArgs {
    pub(crate) fn custody(&self) -> Custody {
        let Self { examiner, case_id, acquisition } = self;
        Custody {
            examiner: examiner.clone(),
            case_id: case_id.clone(),
            acquisition: acquisition.clone(),
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// A report in JSON, as `analyze --out report.json` or `--json` writes it.
    #[arg(value_name = "REPORT")]
    pub(crate) report: PathBuf,
    /// The file it is about; `-` reads standard input.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// The clip in question (A); `-` reads standard input.
    #[arg(value_name = "CLIP")]
    pub(crate) clip: PathBuf,
    /// The candidate source (B), seconds to hours long.
    #[arg(value_name = "SOURCE")]
    pub(crate) source: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Write a report; its ending decides: .html .json .csv .txt (Audacity labels). May be repeated.
    #[arg(long, value_name = "PATH")]
    pub(crate) out: Vec<PathBuf>,
    /// Write the source laid on the clip's time, as a mono WAV.
    #[arg(long, value_name = "PATH")]
    pub(crate) aligned: Option<PathBuf>,
    /// Write the clip less the source behind the channel between them, as a mono WAV.
    #[arg(long, value_name = "PATH")]
    pub(crate) residual: Option<PathBuf>,
    /// Never start an ffmpeg, not even for formats that nothing here decodes.
    #[arg(long)]
    pub(crate) no_external: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
DIR then holds index.html, scan.csv, scan.ndjson (a line per file, written as each is finished) and
reports/. Hidden files are examined too; links are followed, each file once. Files are told by their
bytes: what is no recording counts as one that could not be examined.

Patterns know * ? [a-z] {a,b} and **. One with a / in it is held against the path below PATH, any other
against the name of a file or folder; upper and lower case are the same.")]
pub(crate) struct ScanArgs {
    /// Folders and files.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Folder of the outputs; made if it is not there.
    #[arg(long, value_name = "DIR")]
    pub(crate) out_dir: PathBuf,
    /// Files examined at the same time; as many as there are cores if left out.
    #[arg(long, short, value_name = "N", value_parser = parse_jobs)]
    pub(crate) jobs: Option<usize>,
    /// Continue an earlier scan in the same folder: files whose path, size, time and settings are the
    /// same are not examined again.
    #[arg(long)]
    pub(crate) resume: bool,
    /// Examine only files that match. May be repeated.
    #[arg(long, value_name = "GLOB")]
    pub(crate) include: Vec<String>,
    /// Leave out files and folders that match. May be repeated.
    #[arg(long, value_name = "GLOB")]
    pub(crate) exclude: Vec<String>,
    /// Add every file to this archive, for `match`; `archive` in the folder of the outputs if left out.
    #[arg(long, value_name = "ARC")]
    pub(crate) archive: Option<PathBuf>,
    /// How much of each file is looked at.
    #[arg(long, value_enum, default_value_t = Look::Full, value_name = "PROFILE")]
    pub(crate) profile: Look,
    #[command(flatten)]
    pub(crate) search: SearchArgs,
    /// Write a page for each file too.
    #[arg(long)]
    pub(crate) html: bool,
    /// Exit with 10 if anything is at or above this strength.
    #[arg(long, value_enum, value_name = "STRENGTH")]
    pub(crate) fail_on: Option<Level>,
}

/// What is looked for, and with what help.
#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    /// Search every second for frame grids of earlier encodings: minutes for an hour.
    #[arg(long)]
    pub(crate) deep: bool,
    /// Run these detectors alone.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Leave these detectors out.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) skip: Vec<String>,
    /// Never start an ffmpeg, not even for formats that nothing here decodes.
    #[arg(long)]
    pub(crate) no_external: bool,
}

impl SearchArgs {
    /// Settings for this search, the rest as usual.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            open: OpenOptions { allow_external: !self.no_external, ..OpenOptions::default() },
            deep: self.deep,
            only: self.only.clone(),
            skip: self.skip.clone(),
            ..Settings::default()
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    Auto,
    Always,
    Never,
}

/// How much of each file a scan looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Look {
    /// Everything that `analyze` does.
    Full,
    /// Decode for hashes and fingerprint alone.
    Fast,
    /// Read what the file says of itself, without decoding.
    Structure,
}

impl From<Look> for Profile {
    fn from(look: Look) -> Self {
        match look {
            Look::Full => Self::Full,
            Look::Fast => Self::Fast,
            Look::Structure => Self::Structure,
        }
    }
}

/// Documents that have a JSON Schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Document {
    /// Of `analyze`.
    Analysis,
    /// Of `archive stats`, `archive verify`, and a line of `archive list`.
    Archive,
    /// Of `compare`.
    Comparison,
    /// Of `match`.
    Match,
    /// Of a line of `scan`.
    Scan,
    /// Of `verify`.
    Verification,
}

/// Strengths as words on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Level {
    Uncalibrated,
    Limited,
    Moderate,
    Strong,
    VeryStrong,
}

impl From<Level> for Strength {
    fn from(level: Level) -> Self {
        match level {
            Level::Uncalibrated => Self::Uncalibrated,
            Level::Limited => Self::Limited,
            Level::Moderate => Self::Moderate,
            Level::Strong => Self::Strong,
            Level::VeryStrong => Self::VeryStrong,
        }
    }
}

/// A number of threads.
pub(crate) fn parse_jobs(text: &str) -> Result<usize, String> {
    let jobs = text.parse().map_err(|_| format!("`{text}` is no number"))?;
    if (1..=MAX_JOBS).contains(&jobs) { Ok(jobs) } else { Err(format!("expected 1 to {MAX_JOBS}")) }
}

/// `75.5`, `1:15.5` or `0:01:15.5`, in seconds.
fn parse_time(text: &str) -> Result<f64, String> {
    let parts: Vec<&str> = text.split(':').collect();
    if parts.len() > 3 {
        return Err("expected seconds, mm:ss or hh:mm:ss".into());
    }
    let mut total = 0.0;
    for part in &parts {
        let value: f64 = part.parse().map_err(|_| format!("`{part}` is no number"))?;
        if !(value.is_finite() && value >= 0.0) {
            return Err(format!("`{part}` is no time"));
        }
        total = total * 60.0 + value;
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn definitions_hold_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn times_have_three_forms() {
        assert_eq!(parse_time("75.5"), Ok(75.5));
        assert_eq!(parse_time("1:15.5"), Ok(75.5));
        assert_eq!(parse_time("0:01:15.5"), Ok(75.5));
        for bad in ["", "a", "1:2:3:4", "-1", "inf", "NaN"] {
            assert!(parse_time(bad).is_err(), "{bad}");
        }
    }
}
