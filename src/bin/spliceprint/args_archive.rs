//! Arguments of `archive` and `match` as they are typed.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use spliceprint::matching::THRESHOLD;

use crate::args::parse_jobs;

#[derive(Debug, Args)]
pub(crate) struct MatchArgs {
    /// The clips in question; `-` reads standard input.
    #[arg(required = true, value_name = "CLIP")]
    pub(crate) clips: Vec<PathBuf>,
    /// The archive; `archive add` and `scan --archive` make one.
    #[arg(long, value_name = "ARC")]
    pub(crate) archive: PathBuf,
    /// Print JSON: one document, or one a line for several clips.
    #[arg(long)]
    pub(crate) json: bool,
    /// Write a report; its ending decides: .json for one clip, .ndjson or .parquet for several. May be
    /// repeated.
    #[arg(long, value_name = "PATH")]
    pub(crate) out: Vec<PathBuf>,
    /// Recordings that are named for a clip, at most.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = parse_top)]
    pub(crate) top: usize,
    /// Least score of a recording that is named, in standard deviations above strangers; below the
    /// default strangers are named too.
    #[arg(long, value_name = "X", default_value_t = THRESHOLD, value_parser = parse_score)]
    pub(crate) min_score: f64,
    /// In an archive of over 149 hours, look for further recordings of a stretch that is found already.
    #[arg(long)]
    pub(crate) thorough: bool,
    /// Compare with every recording, not only with those that the index points to: seconds for each hour.
    #[arg(long)]
    pub(crate) exhaustive: bool,
    /// Never start an ffmpeg, not even for formats that nothing here decodes.
    #[arg(long)]
    pub(crate) no_external: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ArchiveAction {
    /// Add files, and every file of folders; the archive is made if it is not there.
    Add {
        /// The archive, a folder.
        #[arg(value_name = "ARC")]
        archive: PathBuf,
        /// Files and folders.
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// Files read at the same time; as many as there are cores if left out.
        #[arg(long, short, value_name = "N", value_parser = parse_jobs)]
        jobs: Option<usize>,
        /// Never start an ffmpeg, not even for formats that nothing here decodes.
        #[arg(long)]
        no_external: bool,
    },
    /// Take recordings out; `list` has their numbers.
    Remove {
        /// The archive.
        #[arg(value_name = "ARC")]
        archive: PathBuf,
        /// Numbers of recordings.
        #[arg(required = true, value_name = "ID")]
        ids: Vec<u64>,
    },
    /// Say how large an archive is.
    Stats(ArchiveView),
    /// List the recordings.
    List(ArchiveView),
    /// Put all segments into as few files as there can be, without what was removed.
    Merge {
        /// The archive.
        #[arg(value_name = "ARC")]
        archive: PathBuf,
    },
    /// Hold every byte against its checksum; exit code 1 if something is damaged.
    Verify(ArchiveView),
    /// Write recordings and words as Parquet tables, for other programs or another archive.
    #[cfg(feature = "parquet")]
    Export {
        /// The archive.
        #[arg(value_name = "ARC")]
        archive: PathBuf,
        /// A new folder for `clips.parquet` and `words.parquet`.
        #[arg(long, value_name = "OUT")]
        parquet: PathBuf,
    },
    /// Add the recordings of exported Parquet tables; the archive is made if it is not there.
    #[cfg(feature = "parquet")]
    Import {
        /// The archive.
        #[arg(value_name = "ARC")]
        archive: PathBuf,
        /// The folder with `clips.parquet` and `words.parquet`.
        #[arg(value_name = "IN")]
        tables: PathBuf,
    },
}

/// An archive to look at.
#[derive(Debug, Args)]
pub(crate) struct ArchiveView {
    /// The archive.
    #[arg(value_name = "ARC")]
    pub(crate) archive: PathBuf,
    /// Print JSON; `list` prints one document a line.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A number of recordings.
fn parse_top(text: &str) -> Result<usize, String> {
    let top = text.parse().map_err(|_| format!("`{text}` is no number"))?;
    if (1..=1000).contains(&top) { Ok(top) } else { Err("expected 1 to 1000".into()) }
}

/// A score.
fn parse_score(text: &str) -> Result<f64, String> {
    let score: f64 = text.parse().map_err(|_| format!("`{text}` is no number"))?;
    if score > 0.0 && score.is_finite() { Ok(score) } else { Err("expected more than 0".into()) }
}
