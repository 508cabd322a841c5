//! Archives to tables and back, and tables that are not what they should be.

use std::fs;
use std::path::{Path, PathBuf};

use super::export::{create, finish};
use super::import::LAST_ID;
use super::read::Table;
use super::rows::{ClipRow, Row, StoredRow, WordRow};
use super::*;
use crate::archive::tests::{fingerprints, three, words};
use crate::archive::{Archive, ArchiveWriter, ArchivedClip, verify};
use crate::error::{Error, Result};

/// An archive of clips 1 and 3, of which 2 was removed and 3 has a further path, and its tables.
fn exported(folder: &Path) -> (Archive, PathBuf) {
    let (archive, out) = (folder.join("arc"), folder.join("out"));
    three(&archive);
    let mut writer = ArchiveWriter::open(&archive).unwrap();
    writer.remove(2).unwrap();
    writer.add(&words("/\"3\"\n.wav", 4, 3)).unwrap();
    writer.commit().unwrap();
    let archive = Archive::open(&archive).unwrap();
    assert_eq!(export(&archive, &out).unwrap(), 2);
    (archive, out)
}

fn described(archive: &Archive) -> Vec<(ArchivedClip, Vec<String>)> {
    let whole = |clip: &ArchivedClip| ArchivedClip { first_word: 0, ..clip.clone() };
    let paths = |clip| archive.paths(clip).into_iter().map(str::to_owned).collect();
    archive.clips().map(|clip| (whole(clip), paths(clip))).collect()
}

#[test]
fn an_archive_is_the_same_after_the_round_trip() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, out) = exported(folder.path());
    let copy = folder.path().join("copy");
    assert_eq!(import(&copy, &out).unwrap(), Imported { added: 2, known: 0 });
    let copied = Archive::open(&copy).unwrap();
    assert_eq!(fingerprints(&copied), fingerprints(&archive));
    assert_eq!(described(&copied), described(&archive));
    assert_eq!(verify(&copy).unwrap(), (vec![], 1));
    // The same tables come from it, and there is nothing new in them.
    let again = folder.path().join("again");
    export(&copied, &again).unwrap();
    for table in [CLIPS, WORDS] {
        assert_eq!(fs::read(again.join(table)).unwrap(), fs::read(out.join(table)).unwrap());
    }
    assert_eq!(import(&copy, &out).unwrap(), Imported { added: 0, known: 2 });
    assert_eq!(described(&Archive::open(&copy).unwrap()), described(&archive));
}

#[test]
fn words_of_another_archive_get_numbers_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let (_, out) = exported(folder.path());
    let other = folder.path().join("other");
    let mut writer = ArchiveWriter::open(&other).unwrap();
    writer.add(&words("/9.wav", 2, 9)).unwrap();
    writer.commit().unwrap();
    drop(writer);
    import(&other, &out).unwrap();
    let ids: Vec<u64> = Archive::open(&other).unwrap().clips().map(|clip| clip.id).collect();
    assert_eq!(ids, [1, 2, 3]);
}

#[test]
fn an_empty_archive_has_empty_tables_and_nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let (empty, out) = (folder.path().join("empty"), folder.path().join("out"));
    drop(ArchiveWriter::open(&empty).unwrap());
    let archive = Archive::open(&empty).unwrap();
    fs::create_dir(&out).unwrap();
    assert_eq!(export(&archive, &out).unwrap(), 0);
    assert!(matches!(export(&archive, &out), Err(Error::Write { .. })));
    assert_eq!(import(&folder.path().join("copy"), &out).unwrap(), Imported::default());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

/// Why the tables in a folder are refused; nothing is left of them then.
fn refusal(tables: &Path) -> String {
    let archive = tables.join("refused");
    let error = import(&archive, tables).unwrap_err();
    assert!(!archive.exists(), "{error}");
    error.to_string()
}

/// Writes rows as a table.
fn write<R: Row>(folder: &Path, name: &str, rows: Vec<R>) {
    let mut table = create(&folder.join(name)).unwrap();
    rows.into_iter().for_each(|row| table.push(row).unwrap());
    finish(table).unwrap();
}

fn read<R: StoredRow>(folder: &Path, name: &str) -> Vec<R> {
    Table::open(&folder.join(name)).unwrap().collect::<Result<_>>().unwrap()
}

#[test]
fn tables_that_are_missing_foreign_or_swapped_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (_, out) = exported(folder.path());
    let [clips, words] = [out.join(CLIPS), out.join(WORDS)];
    let clips_bytes = fs::read(&clips).unwrap();
    fs::copy(&words, &clips).unwrap();
    assert!(refusal(&out).contains("it has no column `producer`"), "{}", refusal(&out));
    fs::write(&clips, "RIFF, no table at all").unwrap();
    assert!(refusal(&out).contains(CLIPS), "{}", refusal(&out));
    fs::write(&clips, "").unwrap();
    assert!(refusal(&out).contains(CLIPS), "{}", refusal(&out));
    fs::write(&clips, clips_bytes).unwrap();
    fs::remove_file(&words).unwrap();
    assert!(matches!(import(folder.path(), &out), Err(Error::Open { .. })));
}

#[test]
fn rows_that_do_not_fit_together_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (_, out) = exported(folder.path());
    let (clips, words) = (read::<ClipRow>(&out, CLIPS), read::<WordRow>(&out, WORDS));
    type Change = fn(&mut Vec<ClipRow>, &mut Vec<WordRow>);
    let changes: [(&str, Change); 12] = [
        ("clip 1: its words do not have their checksum", |_, words| words[5].word ^= 1),
        ("clip 1: position 5 is not in its place", |_, words| words.swap(5, 6)),
        ("clip 3: position", |_, words| words.truncate(words.len() - 1)),
        ("words of clip 3 too many", |clips, _| drop(clips.pop())),
        ("clip 1: numbers must rise", |clips, _| clips[1].clip_id = 1),
        ("clip 9007199254740993: numbers", |clips, _| clips[0].clip_id = LAST_ID + 1),
        ("clip 1: its words are of `x`", |clips, _| clips[0].producer = "x".into()),
        ("clip 1: it has 0 words", |clips, _| clips[0].words = 0),
        ("clip 3: it has 4294967295 words", |clips, _| clips[1].words = u32::MAX),
        ("`sha256` is no hash", |clips, _| clips[1].sha256 = "é".repeat(32)),
        ("`duration_s` is no length", |clips, _| clips[0].duration_s = f64::NAN),
        ("position 0 has a level of 1 dB", |_, words| words[0].level_dbfs = 1),
    ];
    for (expected, change) in changes {
        let (mut clips, mut words) = (clips.clone(), words.clone());
        change(&mut clips, &mut words);
        let changed = folder.path().join("changed");
        fs::create_dir_all(&changed).unwrap();
        write(&changed, CLIPS, clips);
        write(&changed, WORDS, words);
        assert!(refusal(&changed).contains(expected), "{expected}: {}", refusal(&changed));
    }
}

#[test]
fn one_path_in_many_rows_fills_no_memory() {
    let folder = tempfile::tempdir().unwrap();
    let (_, out) = exported(folder.path());
    let (clips, words) = (read::<ClipRow>(&out, CLIPS), read::<WordRow>(&out, WORDS));
    let many = |n: u32| {
        let mut clip = clips[0].clone();
        (clip.clip_id, clip.also_at) = (u64::from(n) + 1, vec!["a".repeat(1_000_000)]);
        clip.words = 1;
        let word = WordRow { clip_id: clip.clip_id, ..words[0] };
        clip.words_crc32c = checksum(&Fingerprint { words: vec![word.word], levels: vec![0] });
        (clip, WordRow { level_dbfs: 0, still: false, ..word })
    };
    let (clips, words) = (0..200).map(many).unzip();
    write(&out, CLIPS, clips);
    write(&out, WORDS, words);
    assert!(refusal(&out).contains("paths of over 134217728 bytes"), "{}", refusal(&out));
}

#[test]
fn cuts_and_turned_bits_never_end_in_a_panic_or_in_other_words() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, out) = exported(folder.path());
    let expected = fingerprints(&archive);
    for table in [CLIPS, WORDS] {
        let whole = fs::read(out.join(table)).unwrap();
        let end = whole.len();
        let dense = (0..end.min(200)).chain(end.saturating_sub(1200)..end);
        for at in dense.chain((0..end).step_by(end / 100 + 1)) {
            let mut turned = whole.clone();
            turned[at] ^= 1 << (at % 8);
            for bytes in [&whole[..at], &turned[..]] {
                fs::write(out.join(table), bytes).unwrap();
                let copy = tempfile::tempdir().unwrap();
                if import(copy.path(), &out).is_ok() {
                    let copied = Archive::open(copy.path()).unwrap();
                    let words = |all: &[(u64, Fingerprint)]| -> Vec<Fingerprint> {
                        all.iter().map(|(_, fingerprint)| fingerprint.clone()).collect()
                    };
                    assert_eq!(words(&fingerprints(&copied)), words(&expected), "{table} at {at}");
                }
            }
        }
        fs::write(out.join(table), whole).unwrap();
    }
}
