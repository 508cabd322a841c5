//! An archive as two Parquet tables, and back: `clips.parquet` with a row for each clip, `words.parquet`
//! with a row for each word.
//!
//! `docs/parquet.md` has the columns, for those who read them with another program. Rows stand in the
//! order of clip numbers and, in each clip, of positions. Only the columns that a row is made from are
//! read, so that further ones may be there; `indexed` is for other programs, since an archive indexes its words itself.

mod export;
mod import;
mod read;
mod rows;
mod source;
#[cfg(test)]
mod tests;
mod write;

use crate::checksum::crc32c;
use crate::measures::fingerprint::Fingerprint;
pub use export::export;
pub use import::{Imported, import};
pub(crate) use rows::Row;
pub(crate) use write::{Group, TableWriter};

/// Name of the table of clips.
pub const CLIPS: &str = "clips.parquet";

/// Name of the table of words.
pub const WORDS: &str = "words.parquet";

/// CRC-32C of a clip's words, four little-endian bytes each, followed by its levels, a byte each.
fn checksum(fingerprint: &Fingerprint) -> u32 {
    let mut bytes: Vec<u8> = fingerprint.words.iter().flat_map(|word| word.to_le_bytes()).collect();
    bytes.extend(&fingerprint.levels);
    crc32c(&bytes)
}
