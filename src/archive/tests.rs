//! The archive as a whole: what survives damage, stops and second writers.

use std::fs;
use std::path::{Path, PathBuf};

use super::manifest::MANIFEST;
use super::{Added, Archive, ArchiveWriter, SEGMENTS, Words, verify};
use crate::decode::Source;
use crate::dsp::test_noise::noise;
use crate::error::Error;
use crate::measures::fingerprint::{Fingerprint, FingerprintMeasure};

/// Words of `seconds` of noise, as if read from `path`.
pub(super) fn words(path: &str, seconds: usize, seed: u32) -> Words {
    let mut measure = FingerprintMeasure::default();
    measure.push(&noise(8000 * seconds, seed), |_| {});
    let source = Source {
        path: path.into(),
        bytes: 1,
        sha256: format!("{seed:064x}"),
        pcm_sha256: Some(format!("{seed:064x}")),
        pcm_format: None,
    };
    Words::new(&source, seconds as f64, &measure.finish(|_| {})).unwrap()
}

pub(super) fn fingerprints(archive: &Archive) -> Vec<(u64, Fingerprint)> {
    let mut all = Vec::new();
    for segment in archive.segments() {
        for (n, clip) in segment.clips().iter().enumerate().filter(|(_, c)| archive.is_live(c)) {
            all.push((clip.id, segment.fingerprint(segment.words_of(n)).unwrap()));
        }
    }
    all.sort_by_key(|clip| clip.0);
    all
}

/// An archive of three clips in two segments.
pub(super) fn three(folder: &Path) -> Vec<Words> {
    let all: Vec<Words> = (1..=3).map(|n| words(&format!("/{n}.wav"), 4, n)).collect();
    let mut writer = ArchiveWriter::open(folder).unwrap();
    writer.add(&all[0]).unwrap();
    writer.add(&all[1]).unwrap();
    writer.commit().unwrap();
    writer.add(&all[2]).unwrap();
    writer.commit().unwrap();
    all
}

fn segment_files(folder: &Path) -> Vec<PathBuf> {
    let names = fs::read_dir(folder.join(SEGMENTS)).unwrap();
    let mut names: Vec<PathBuf> = names.map(|entry| entry.unwrap().path()).collect();
    names.sort();
    names
}

#[test]
fn what_is_added_is_read_again_before_and_after_merging() {
    let folder = tempfile::tempdir().unwrap();
    let all = three(folder.path());
    let expected: Vec<(u64, Fingerprint)> =
        (1..).zip(all.iter().map(|words| words.fingerprint.clone())).collect();
    let archive = Archive::open(folder.path()).unwrap();
    assert_eq!(fingerprints(&archive), expected);
    assert_eq!((archive.stats().clips, archive.stats().segments), (3, 2));
    let mut writer = ArchiveWriter::open(folder.path()).unwrap();
    writer.merge().unwrap();
    assert_eq!(fingerprints(writer.archive()), expected);
    assert_eq!((writer.archive().stats().segments, segment_files(folder.path()).len()), (1, 1));
    assert_eq!(verify(folder.path()).unwrap(), (vec![], 1));
}

#[test]
fn the_same_samples_are_kept_once_under_all_their_paths() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = ArchiveWriter::open(folder.path()).unwrap();
    let first = words("/a\n\u{1b}.wav", 2, 1);
    assert_eq!(writer.add(&first).unwrap(), Added::New(1));
    assert_eq!(writer.add(&words("/b.wav", 2, 1)).unwrap(), Added::Known(1));
    assert_eq!(writer.add(&first).unwrap(), Added::Known(1));
    writer.commit().unwrap();
    assert_eq!(writer.add(&words("/b.wav", 2, 1)).unwrap(), Added::Known(1));
    writer.commit().unwrap();
    let archive = Archive::open(folder.path()).unwrap();
    let clip = archive.clips().next().unwrap();
    assert_eq!(archive.paths(clip), ["/a\n\u{1b}.wav", "/b.wav"]);
}

#[test]
fn a_removed_clip_is_gone_and_may_come_again() {
    let folder = tempfile::tempdir().unwrap();
    let all = three(folder.path());
    let mut writer = ArchiveWriter::open(folder.path()).unwrap();
    writer.remove(2).unwrap();
    assert!(writer.remove(2).is_err() && writer.remove(9).is_err());
    writer.commit().unwrap();
    assert_eq!(writer.archive().stats().clips, 2);
    assert_eq!(writer.add(&all[1]).unwrap(), Added::New(4));
    writer.merge().unwrap();
    let ids: Vec<u64> = fingerprints(writer.archive()).iter().map(|clip| clip.0).collect();
    assert_eq!((ids, writer.archive().stats().removed), (vec![1, 3, 4], 0));
}

#[test]
fn small_segments_are_merged_once_there_are_many() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = ArchiveWriter::open(folder.path()).unwrap();
    for seed in 1..=9 {
        writer.add(&words("/x.wav", 2, seed)).unwrap();
        writer.commit().unwrap();
    }
    assert_eq!((writer.archive().stats().clips, writer.archive().stats().segments), (9, 2));
}

#[test]
fn a_second_writer_is_told_who_the_first_is() {
    let folder = tempfile::tempdir().unwrap();
    let first = ArchiveWriter::open(folder.path()).unwrap();
    let error = ArchiveWriter::open(folder.path()).unwrap_err();
    assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
    assert!(Archive::open(folder.path()).is_ok());
    drop(first);
    assert!(ArchiveWriter::open(folder.path()).is_ok());
}

#[test]
fn a_folder_with_other_things_is_not_made_an_archive() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine.wav"), "x").unwrap();
    assert!(matches!(ArchiveWriter::open(folder.path()), Err(Error::Archive { .. })));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert!(matches!(Archive::open(folder.path()), Err(Error::Open { .. })));
}

#[test]
fn another_version_or_producer_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    three(folder.path());
    let path = folder.path().join(MANIFEST);
    let text = fs::read_to_string(&path).unwrap();
    for (from, to) in [("\"format\": 1", "\"format\": 2"), ("bandbits-v1", "bandbits-v9")] {
        fs::write(&path, text.replace(from, to)).unwrap();
        let error = Archive::open(folder.path()).unwrap_err();
        assert!(matches!(error, Error::Archive { .. }), "{error}");
        assert!(verify(folder.path()).is_err());
    }
}

#[test]
fn a_stop_after_any_operation_leaves_the_old_or_the_new_state() {
    let folder = tempfile::tempdir().unwrap();
    let template = folder.path().join("template");
    three(&template);
    let old = fingerprints(&Archive::open(&template).unwrap());
    let mut finished = false;
    for operations in 0.. {
        let now = folder.path().join(operations.to_string());
        copy(&template, &now);
        let mut writer = ArchiveWriter::open(&now).unwrap();
        writer.stop_after(operations);
        writer.remove(1).unwrap();
        let added = writer.add(&words("/4.wav", 4, 4));
        finished = added.is_ok() && writer.merge().is_ok();
        drop(writer);
        let archive = Archive::open(&now).unwrap();
        let ids: Vec<u64> = fingerprints(&archive).iter().map(|clip| clip.0).collect();
        assert!(ids == [1, 2, 3] || ids == [2, 3, 4], "{operations}: {ids:?}");
        assert!(ids != [1, 2, 3] || fingerprints(&archive) == old);
        assert_eq!(verify(&now).unwrap().0, vec![], "{operations}");
        // The next writer goes on from there and leaves no leftovers.
        let writer = ArchiveWriter::open(&now).unwrap();
        assert_eq!(segment_files(&now).len(), writer.archive().stats().segments, "{operations}");
        if finished && operations > 30 {
            break;
        }
    }
    assert!(finished);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to.join(SEGMENTS)).unwrap();
    fs::copy(from.join(MANIFEST), to.join(MANIFEST)).unwrap();
    for segment in segment_files(from) {
        fs::copy(&segment, to.join(SEGMENTS).join(segment.file_name().unwrap())).unwrap();
    }
}

#[test]
fn cuts_and_turned_bits_are_named_and_never_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    three(folder.path());
    for path in segment_files(folder.path()).into_iter().chain([folder.path().join(MANIFEST)]) {
        let whole = fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let step = (whole.len() / 60).max(1);
        for at in (0..whole.len().min(300)).step_by(7).chain((0..whole.len()).step_by(step)) {
            let mut turned = whole.clone();
            turned[at] ^= 0x10;
            for bytes in [&whole[..at], &turned[..]] {
                fs::write(&path, bytes).unwrap();
                assert_damage_is_named(folder.path(), &name, at);
            }
        }
        fs::write(&path, whole).unwrap();
    }
    assert_eq!(verify(folder.path()).unwrap().0, vec![]);
}

/// A damaged archive either does not verify, with the file's name, or is refused; reading it ends.
fn assert_damage_is_named(folder: &Path, name: &str, at: usize) {
    match verify(folder) {
        Ok((damage, _)) => {
            assert!(damage.iter().any(|d| d.file.ends_with(name)), "{name} at {at}: {damage:?}");
        }
        Err(error) => assert!(matches!(error, Error::Archive { .. }), "{name} at {at}: {error}"),
    }
    let Ok(archive) = Archive::open(folder) else { return };
    for segment in archive.segments() {
        for n in 0..segment.clips().len() {
            let _ = segment.fingerprint(segment.words_of(n));
        }
        let all: Vec<usize> = (0..1 << segment.width()).collect();
        let _ = segment.look_up(&all, |_| {});
    }
}

#[test]
fn a_damaged_block_names_the_clips_that_it_touches() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = ArchiveWriter::open(folder.path()).unwrap();
    // Each clip's words take more than a block.
    for seed in 1..=2 {
        writer.add(&words(&format!("/{seed}.wav"), 400, seed)).unwrap();
    }
    writer.commit().unwrap();
    let path = segment_files(folder.path()).remove(0);
    let mut bytes = fs::read(&path).unwrap();
    bytes[10_000] ^= 1;
    fs::write(&path, bytes).unwrap();
    let (damage, _) = verify(folder.path()).unwrap();
    assert_eq!((damage.len(), &damage[0].clips[..]), (1, &[1u64][..]), "{damage:?}");
    assert!(damage[0].what.contains("words"), "{damage:?}");
}
