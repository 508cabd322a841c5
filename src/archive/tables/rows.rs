//! The rows of both tables, and how each becomes columns and comes from them.

use std::io::Write;
use std::mem::take;

use parquet::basic::Encoding;
use parquet::errors::{ParquetError, Result};

use super::read::Columns;
use super::write::Group;

/// A row of a table.
pub(crate) trait Row: Sized {
    /// The table in Parquet's notation.
    const SCHEMA: &'static str;
    /// Encodings of columns that have few equal values.
    const ENCODINGS: &'static [(&'static str, Encoding)];
    /// Writes every column of the schema, in its order.
    fn put<W: Write + Send>(rows: &[Self], group: &mut Group<'_, W>) -> Result<()>;
}

/// A row that is read back, too.
pub(super) trait StoredRow: Row {
    /// Columns that are read; further ones are for other programs.
    const READ: usize;
    /// Rows that are read at a time.
    const BATCH: usize;
    /// `count` rows of the columns that are read, in the order of the schema.
    fn get(count: usize, columns: &mut Columns<'_>) -> Result<Vec<Self>>;
}

/// A clip with all that is known of it but its words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ClipRow {
    /// Its number in the archive, from 1 on.
    pub(super) clip_id: u64,
    /// Algorithm of the words.
    pub(super) producer: String,
    /// Where the file lay when it was added.
    pub(super) path: String,
    /// Further paths, as a JSON array in the table.
    pub(super) also_at: Vec<String>,
    /// Length, in seconds.
    pub(super) duration_s: f64,
    /// SHA-256 of the file, 64 hexadecimal digits.
    pub(super) sha256: String,
    /// SHA-256 of the samples, 64 hexadecimal digits.
    pub(super) pcm_sha256: String,
    /// Number of its words.
    pub(super) words: u32,
    /// Checksum of words and levels.
    pub(super) words_crc32c: u32,
}

/// A word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WordRow {
    /// Number of its clip.
    pub(super) clip_id: u64,
    /// Its number in the clip, from 0 on; one per 16 ms.
    pub(super) position: u32,
    /// The word.
    pub(super) word: u32,
    /// Level, -127..=0 dB of full scale.
    pub(super) level_dbfs: i32,
    /// Whether nothing changes there, as in a tone or a hum.
    pub(super) still: bool,
    /// Whether the archive's index has it. Not read.
    pub(super) indexed: bool,
}

impl Row for ClipRow {
    const SCHEMA: &'static str = "message clips {
        required int64 clip_id (INTEGER(64,false));
        required binary producer (STRING);
        required binary path (STRING);
        required binary also_at (JSON);
        required double duration_s;
        required binary sha256 (STRING);
        required binary pcm_sha256 (STRING);
        required int32 words (INTEGER(32,false));
        required int32 words_crc32c (INTEGER(32,false));
    }";

    const ENCODINGS: &'static [(&'static str, Encoding)] = &[];

    fn put<W: Write + Send>(rows: &[Self], group: &mut Group<'_, W>) -> Result<()> {
        group.longs(rows.iter().map(|row| row.clip_id as i64))?;
        group.texts(rows.iter().map(|row| row.producer.clone()))?;
        group.texts(rows.iter().map(|row| row.path.clone()))?;
        group
            .texts(rows.iter().map(|row| serde_json::Value::from(&row.also_at[..]).to_string()))?;
        group.doubles(rows.iter().map(|row| row.duration_s))?;
        group.texts(rows.iter().map(|row| row.sha256.clone()))?;
        group.texts(rows.iter().map(|row| row.pcm_sha256.clone()))?;
        group.ints(rows.iter().map(|row| row.words as i32))?;
        group.ints(rows.iter().map(|row| row.words_crc32c as i32))
    }
}

impl StoredRow for ClipRow {
    const READ: usize = 9;

    // Few, since a text that is in the file once may stand in many rows.
    const BATCH: usize = 16;

    fn get(count: usize, columns: &mut Columns<'_>) -> Result<Vec<Self>> {
        let clip_id = columns.longs()?;
        let [mut producer, mut path, also_at] =
            [columns.texts()?, columns.texts()?, columns.texts()?];
        let duration_s = columns.doubles()?;
        let [mut sha256, mut pcm_sha256] = [columns.texts()?, columns.texts()?];
        let [words, words_crc32c] = [columns.ints()?, columns.ints()?];
        let paths = |json: &str| {
            let what = |error| format!("`also_at` is no JSON array of paths: {error}");
            serde_json::from_str(json).map_err(|error| ParquetError::General(what(error)))
        };
        let row = |n: usize| {
            Ok(Self {
                clip_id: clip_id[n] as u64,
                producer: take(&mut producer[n]),
                path: take(&mut path[n]),
                also_at: paths(&also_at[n])?,
                duration_s: duration_s[n],
                sha256: take(&mut sha256[n]),
                pcm_sha256: take(&mut pcm_sha256[n]),
                words: words[n] as u32,
                words_crc32c: words_crc32c[n] as u32,
            })
        };
        (0..count).map(row).collect()
    }
}

impl Row for WordRow {
    const SCHEMA: &'static str = "message words {
        required int64 clip_id (INTEGER(64,false));
        required int32 position (INTEGER(32,false));
        required int32 word (INTEGER(32,false));
        required int32 level_dbfs (INTEGER(8,true));
        required boolean still;
        required boolean indexed;
    }";

    const ENCODINGS: &'static [(&'static str, Encoding)] =
        &[("position", Encoding::DELTA_BINARY_PACKED), ("word", Encoding::PLAIN)];

    fn put<W: Write + Send>(rows: &[Self], group: &mut Group<'_, W>) -> Result<()> {
        group.longs(rows.iter().map(|row| row.clip_id as i64))?;
        group.ints(rows.iter().map(|row| row.position as i32))?;
        group.ints(rows.iter().map(|row| row.word as i32))?;
        group.ints(rows.iter().map(|row| row.level_dbfs))?;
        group.booleans(rows.iter().map(|row| row.still))?;
        group.booleans(rows.iter().map(|row| row.indexed))
    }
}

impl StoredRow for WordRow {
    const READ: usize = 5;

    const BATCH: usize = 4096;

    fn get(count: usize, columns: &mut Columns<'_>) -> Result<Vec<Self>> {
        let clip_id = columns.longs()?;
        let [position, word, level_dbfs] = [columns.ints()?, columns.ints()?, columns.ints()?];
        let still = columns.booleans()?;
        let row = |n: usize| WordRow {
            clip_id: clip_id[n] as u64,
            position: position[n] as u32,
            word: word[n] as u32,
            level_dbfs: level_dbfs[n],
            still: still[n],
            indexed: false,
        };
        Ok((0..count).map(row).collect())
    }
}
