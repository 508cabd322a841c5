//! Tables to an archive.

use std::path::Path;

use super::read::Table;
use super::rows::{ClipRow, WordRow};
use super::{CLIPS, WORDS, checksum};
use crate::archive::clips::digest;
use crate::archive::{Added, ArchiveWriter, ArchivedClip, PRODUCER, Words};
use crate::error::{Error, Result};
use crate::measures::fingerprint::{Fingerprint, STILL};

/// Words of a clip that is imported, at most: 149 hours, 168 MB.
const LONGEST: u32 = 1 << 25;

/// Numbers of clips end here, so that programs that count with floats can hold them.
pub(super) const LAST_ID: u64 = 1 << 53;

/// Bytes in memory of all paths that are imported, at most: one path may be in the file once and stand in many rows.
const MOST_PATH_BYTES: usize = 128 << 20;

/// What became of the clips of the tables.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// Clips that are new.
    pub added: usize,
    /// Clips whose samples were there already.
    pub known: usize,
}

/// Adds the clips of the tables in a folder to an archive, which is made if it is not there. A clip keeps
/// its number where the archive has given none as high. All is checked before anything is added.
///
/// # Errors
///
/// [`Error::Table`] if a table is not what it should be, otherwise those of [`ArchiveWriter`].
pub fn import(archive: &Path, tables: &Path) -> Result<Imported> {
    for_each_clip(tables, |_, _| Ok(()))?;
    let mut writer = ArchiveWriter::open(archive)?;
    let mut imported = Imported::default();
    for_each_clip(tables, |words, also_at| {
        let added = writer.add(words)?;
        let (Added::New(id) | Added::Known(id)) = added;
        also_at.iter().for_each(|path| writer.add_path(id, path));
        match added {
            Added::New(_) => imported.added += 1,
            Added::Known(_) => imported.known += 1,
        }
        Ok(())
    })?;
    writer.commit()?;
    Ok(imported)
}

/// Reads both tables side by side and hands over each clip with its further paths.
fn for_each_clip(
    folder: &Path,
    mut take: impl FnMut(&Words, &[String]) -> Result<()>,
) -> Result<()> {
    let (clips_path, words_path) = (folder.join(CLIPS), folder.join(WORDS));
    let mut words = Table::<WordRow>::open(&words_path)?;
    let (mut last_id, mut path_bytes) = (0, 0);
    for row in Table::<ClipRow>::open(&clips_path)? {
        let row = row?;
        let bytes = |path: &String| size_of::<String>() + path.len();
        path_bytes += bytes(&row.path) + row.also_at.iter().map(bytes).sum::<usize>();
        if path_bytes > MOST_PATH_BYTES {
            let what = format!("there are paths of over {MOST_PATH_BYTES} bytes in all");
            return Err(refused(&clips_path, &row, what));
        }
        let clip = checked(&row, last_id).map_err(|what| refused(&clips_path, &row, what))?;
        last_id = clip.id;
        let fingerprint = fingerprint(&row, &mut words, &words_path)?;
        take(&Words { clip, fingerprint }, &row.also_at)?;
    }
    match words.next().transpose()? {
        None => Ok(()),
        Some(row) => {
            let what = format!("it has words of clip {} too many for `{CLIPS}`", row.clip_id);
            Err(Error::Table { path: words_path, what })
        }
    }
}

/// A clip as its row describes it, which stands after that of clip `last_id`.
fn checked(row: &ClipRow, last_id: u64) -> std::result::Result<ArchivedClip, String> {
    let hash = |name: &str, hex: &str| digest(hex).ok_or_else(|| format!("`{name}` is no hash"));
    if row.producer != PRODUCER {
        return Err(format!("its words are of `{}`, not of `{PRODUCER}`", row.producer));
    }
    if row.clip_id <= last_id || row.clip_id > LAST_ID {
        return Err(format!("numbers must rise from 1 to {LAST_ID}; before it stands {last_id}"));
    }
    if row.words == 0 || row.words > LONGEST {
        return Err(format!("it has {} words, 1 to {LONGEST} can be read", row.words));
    }
    if !(row.duration_s >= 0.0 && row.duration_s.is_finite()) {
        return Err(format!("`duration_s` is no length: {}", row.duration_s));
    }
    Ok(ArchivedClip {
        id: row.clip_id,
        path: row.path.clone(),
        duration_s: row.duration_s,
        sha256: hash("sha256", &row.sha256)?,
        pcm_sha256: hash("pcm_sha256", &row.pcm_sha256)?,
        words: row.words,
        first_word: 0,
    })
}

/// The next words, which have to be those of this clip.
fn fingerprint(clip: &ClipRow, words: &mut Table<WordRow>, path: &Path) -> Result<Fingerprint> {
    let refused = |what| refused(path, clip, what);
    let mut fingerprint = Fingerprint::default();
    for position in 0..clip.words {
        let row = words.next().transpose()?;
        let Some(row) = row.filter(|row| row.clip_id == clip.clip_id && row.position == position)
        else {
            return Err(refused(format!("position {position} is not in its place")));
        };
        let level = row.level_dbfs.checked_neg().and_then(|level| u8::try_from(level).ok());
        let Some(level) = level.filter(|level| *level < STILL) else {
            let what = format!("position {position} has a level of {} dB", row.level_dbfs);
            return Err(refused(what));
        };
        fingerprint.words.push(row.word);
        fingerprint.levels.push(level | if row.still { STILL } else { 0 });
    }
    if checksum(&fingerprint) != clip.words_crc32c {
        return Err(refused("its words do not have their checksum".into()));
    }
    Ok(fingerprint)
}

fn refused(path: &Path, clip: &ClipRow, what: String) -> Error {
    Error::Table { path: path.to_owned(), what: format!("clip {}: {what}", clip.clip_id) }
}
