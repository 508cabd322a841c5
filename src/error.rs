//! What can go wrong, one variant per thing a caller can act on.

use std::io;
use std::path::PathBuf;

/// Result with this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// Why an input could not be examined, or an output not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file could not be opened or is not a regular file.
    #[error("could not open `{}`", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Reading failed part-way.
    #[error("could not read `{}` at byte {offset}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Where reading stopped, in bytes.
        offset: u64,
        /// What the system said.
        source: io::Error,
    },
    /// An output could not be written.
    #[error("could not write `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file changed while it was read, so no result would describe it.
    #[error("`{}` changed while it was read: {what}", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
        /// What differs.
        what: String,
    },
    /// The bytes are of no audio format this program knows.
    #[error("not a recording this version recognises: {found}")]
    Unrecognised {
        /// What the first bytes look like.
        found: String,
    },
    /// A known format, damaged beyond reading.
    #[error("malformed {format} at byte {offset}: {what}")]
    Malformed {
        /// The format's name.
        format: &'static str,
        /// Where, in bytes.
        offset: u64,
        /// What is wrong.
        what: String,
    },
    /// A known format that no decoder here can read.
    #[error("unsupported: {what}")]
    Unsupported {
        /// The format or codec.
        what: String,
        /// What the reader can do about it.
        hint: Option<String>,
    },
    /// A declared quantity is outside what any recording has.
    #[error("limit exceeded: {what}")]
    Limit {
        /// The quantity, its value and its bound.
        what: String,
    },
    /// The container was readable but no audio came out of it.
    #[error("no audio could be decoded: {what}")]
    NoAudio {
        /// Why.
        what: String,
    },
    /// An archive that cannot be used as it is asked for.
    #[error("archive `{}`: {what}", path.display())]
    Archive {
        /// Its folder, or a file in it.
        path: PathBuf,
        /// Why not.
        what: String,
        /// What the reader can do about it.
        hint: Option<String>,
    },
    /// A file of an archive that does not hold what it should.
    #[error("damaged archive: `{}` at byte {offset}: {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where, in bytes.
        offset: u64,
        /// What is wrong.
        what: String,
    },
    /// A Parquet table that is none of an archive, or not whole.
    #[error("could not import `{}`: {what}", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// What is missing or wrong.
        what: String,
    },
    /// A caller's argument makes no sense for this input.
    #[error("{what}")]
    Argument {
        /// What is wrong with it.
        what: String,
    },
}

impl Error {
    /// A WAV file that could not be written.
    pub(crate) fn wav(path: &std::path::Path, error: hound::Error) -> Self {
        let source = match error {
            hound::Error::IoError(source) => source,
            other => std::io::Error::other(other.to_string()),
        };
        Self::Write { path: path.to_owned(), source }
    }

    /// What the reader could try, where there is something.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unsupported { hint, .. } | Self::Archive { hint, .. } => hint.clone(),
            Self::Damaged { .. } => Some(
                "`spliceprint archive verify` lists all that is damaged, and which clips that touches"
                    .into(),
            ),
            Self::Table { .. } => Some(
                "`docs/parquet.md` lists the columns and the order of rows; files are uncompressed".into(),
            ),
            Self::Unrecognised { .. } => Some(
                "the file's bytes decide, not its name; is it complete, and is it audio or video?"
                    .into(),
            ),
            Self::Changed { .. } => Some("copy the file first, then examine the copy".into()),
            Self::Malformed { .. } => {
                Some("ask the sender for the file once more, as a document".into())
            }
            _ => None,
        }
    }
}
