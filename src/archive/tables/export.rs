//! An archive to tables.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use super::rows::{ClipRow, Row, WordRow};
use super::write::TableWriter;
use super::{CLIPS, WORDS, checksum};
use crate::archive::index::indexed;
use crate::archive::{Archive, PRODUCER, Segment, hex};
use crate::error::{Error, Result};
use crate::measures::fingerprint::{Fingerprint, STILL};

/// Writes the clips of an archive that can be found, and their words, to a folder that is new or empty;
/// their number.
///
/// # Errors
///
/// Those of reading the archive; [`Error::Write`], also where something lies in the folder.
pub fn export(archive: &Archive, folder: &Path) -> Result<usize> {
    let failed = |source| Error::Write { path: folder.to_owned(), source };
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    let is_free = match std::fs::read_dir(folder) {
        Ok(mut there) => there.next().is_none(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    };
    if !is_free {
        return Err(failed(io::Error::new(io::ErrorKind::AlreadyExists, "something lies there")));
    }
    let part =
        tempfile::Builder::new().prefix(".spliceprint-").tempdir_in(parent).map_err(failed)?;
    let mut clips: Vec<(&Segment, usize)> = archive
        .segments()
        .iter()
        .flat_map(|segment| (0..segment.clips().len()).map(move |clip| (segment, clip)))
        .filter(|(segment, clip)| archive.is_live(&segment.clips()[*clip]))
        .collect();
    clips.sort_by_key(|(segment, clip)| segment.clips()[*clip].id);
    let mut table = create::<WordRow>(&part.path().join(WORDS))?;
    for (segment, clip) in &clips {
        word_rows(segment, *clip)?.try_for_each(|row| table.push(row)).map_err(failed)?;
    }
    finish(table).map_err(failed)?;
    let mut table = create::<ClipRow>(&part.path().join(CLIPS))?;
    for (segment, clip) in &clips {
        table.push(clip_row(archive, segment, *clip)?).map_err(failed)?;
    }
    finish(table).map_err(failed)?;
    // Some systems rename to no folder that is there, empty or not.
    let _ = std::fs::remove_dir(folder);
    #[cfg(unix)]
    {
        // Temporary folders are private by default; an output is as open as any new folder.
        let plain = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(part.path(), plain).map_err(failed)?;
    }
    std::fs::rename(part.path(), folder).map_err(failed)?;
    let _ = part.keep();
    Ok(clips.len())
}

/// Begins a table.
pub(super) fn create<R: Row>(path: &Path) -> Result<TableWriter<R, BufWriter<File>>> {
    let failed = |source| Error::Write { path: path.to_owned(), source };
    TableWriter::new(BufWriter::new(File::create(path).map_err(failed)?)).map_err(failed)
}

/// Ends a table and makes its file durable.
pub(super) fn finish<R: Row>(table: TableWriter<R, BufWriter<File>>) -> io::Result<()> {
    table.finish()?.into_inner()?.sync_all()
}

fn clip_row(archive: &Archive, segment: &Segment, clip: usize) -> Result<ClipRow> {
    let fingerprint = segment.fingerprint(segment.words_of(clip))?;
    let clip = &segment.clips()[clip];
    let also_at = archive.paths(clip).into_iter().skip(1).map(str::to_owned).collect();
    Ok(ClipRow {
        clip_id: clip.id,
        producer: PRODUCER.into(),
        path: clip.path.clone(),
        also_at,
        duration_s: clip.duration_s,
        sha256: hex(&clip.sha256),
        pcm_sha256: hex(&clip.pcm_sha256),
        words: clip.words,
        words_crc32c: checksum(&fingerprint),
    })
}

fn word_rows(segment: &Segment, clip: usize) -> Result<impl Iterator<Item = WordRow>> {
    let fingerprint = segment.fingerprint(segment.words_of(clip))?;
    let clip_id = segment.clips()[clip].id;
    let mut indexed = indexed(&fingerprint).into_iter().peekable();
    let Fingerprint { words, levels } = fingerprint;
    Ok(words.into_iter().zip(levels).enumerate().map(move |(n, (word, level))| WordRow {
        clip_id,
        position: n as u32,
        word,
        level_dbfs: -i32::from(level & !STILL),
        still: level & STILL != 0,
        indexed: indexed.next_if_eq(&n).is_some(),
    }))
}
