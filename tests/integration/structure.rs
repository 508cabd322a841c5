//! What stands in files: untouched ones raise nothing, each planted oddity is found where it was planted,
//! and no size or depth that a file claims costs more than its bytes.

use std::path::Path;
use std::time::{Duration, Instant};

use spliceprint::analysis::glance::glance;
use spliceprint::analysis::{Outcome, Profile, Settings};
use spliceprint::decode::Input;
use spliceprint::finding::Finding;

use crate::support::{Folder, fixture, fixtures, name};

/// What lies behind many a file that hides another.
const ZIP: &[u8] = b"PK\x03\x04 not part of the recording, not part of the recording";

/// Findings of the detectors of structure: detector, byte offset, words.
pub(crate) type Found = Vec<(&'static str, Option<u64>, String)>;

pub(crate) fn structure_of(path: &Path) -> Found {
    let settings = Settings { profile: Profile::Fast, ..Settings::default() };
    let seen = glance(&Input::Path(path.to_owned()), &settings, &mut |_, _| {})
        .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let place = |finding: &Finding| {
        finding.evidence.iter().find(|e| e.name == "at_byte").map(|e| e.value as u64)
    };
    let mut found = Found::new();
    for outcome in &seen.outcomes {
        if let Outcome::Examined(seen) = outcome {
            for finding in &seen.findings {
                let words = finding.note.clone().unwrap_or_default();
                found.push((seen.descriptor.id, place(finding), words));
            }
        }
    }
    found.retain(|(id, _, _)| *id != "encoder-signature");
    found
}

/// What is found in a fixture after its bytes were changed; the file keeps its name.
fn changed(fixture_name: &str, change: impl FnOnce(&mut Vec<u8>)) -> Found {
    let folder = Folder::new();
    let source = fixture(fixture_name);
    let mut bytes = std::fs::read(&source).unwrap();
    change(&mut bytes);
    let path = folder.path(name(&source));
    std::fs::write(&path, bytes).unwrap();
    structure_of(&path)
}

/// Asserts that `id` names a place, the one at `offset`.
fn assert_at(found: &Found, id: &str, offset: u64, what: &str) {
    let places: Vec<_> = found.iter().filter(|f| f.0 == id).map(|f| f.1).collect();
    assert!(places.contains(&Some(offset)), "{what}: {id} at {offset} not in {found:?}");
}

/// First place of `pattern`.
fn position(bytes: &[u8], pattern: &[u8]) -> usize {
    bytes.windows(pattern.len()).position(|w| w == pattern).expect("the pattern is in the file")
}

/// Adds `len` to the size of a form's header, in its byte order.
fn grow_form(bytes: &mut [u8], len: u32) {
    let size: [u8; 4] = bytes[4..8].try_into().unwrap();
    let grown = if bytes.starts_with(b"FORM") {
        (u32::from_be_bytes(size) + len).to_be_bytes()
    } else {
        (u32::from_le_bytes(size) + len).to_le_bytes()
    };
    bytes[4..8].copy_from_slice(&grown);
}

#[test]
fn untouched_files_raise_nothing() {
    let files = ["clean", "formats"].into_iter().flat_map(fixtures);
    let kinds = |path: &Path| path.extension().is_some();
    for path in files.filter(|path| kinds(path)) {
        // Two recordings chained on purpose.
        if name(&path) != "opus-chained.ogg" {
            assert_eq!(structure_of(&path), Found::new(), "{}", path.display());
        }
    }
}

#[test]
fn a_zip_behind_the_end_is_found_in_every_format() {
    for file in [
        "formats/pcm-s16.wav",
        "formats/pcm.aiff",
        "formats/lame-cbr.mp3",
        "formats/lc-edit-list.m4a",
        "formats/opus-voice-16k-60ms.ogg",
        "formats/lc.mkv",
        "formats/amr-nb.amr",
        "formats/amr-nb.3gp",
        "formats/lc.aac",
        "formats/pcm.caf",
        "formats/opus.webm",
    ] {
        let end = std::fs::metadata(fixture(file)).unwrap().len();
        let found = changed(file, |bytes| bytes.extend(ZIP));
        assert_at(&found, "trailing-data", end, file);
        assert!(found.iter().any(|f| f.2.contains("a ZIP archive")), "{file}: {found:?}");
    }
}

#[test]
fn a_second_sound_chunk_is_hidden_media() {
    for (file, id) in [
        ("formats/pcm-s16.wav", b"data"),
        ("formats/pcm-u8.wav", b"data"),
        ("formats/pcm.aiff", b"SSND"),
    ] {
        let end = std::fs::metadata(fixture(file)).unwrap().len();
        let found = changed(file, |bytes| {
            let size = 4000u32;
            let size_bytes = if id == b"SSND" { size.to_be_bytes() } else { size.to_le_bytes() };
            bytes.extend(id);
            bytes.extend(size_bytes);
            bytes.extend(vec![1; size as usize]);
            grow_form(bytes, size + 8);
        });
        assert_at(&found, "hidden-stream", end, file);
    }
}

#[test]
fn media_that_no_packet_refers_to_is_hidden() {
    for file in
        ["formats/lc-edit-list.m4a", "formats/he-v1.m4a", "formats/amr-nb.3gp", "formats/opus.mp4"]
    {
        let end = std::fs::metadata(fixture(file)).unwrap().len();
        let found = changed(file, |bytes| {
            bytes.extend(508u32.to_be_bytes());
            bytes.extend(b"mdat");
            bytes.extend([7; 500]);
        });
        assert_at(&found, "hidden-stream", end + 8, file);
    }
}

#[test]
fn wrong_checksums_are_found() {
    for file in [
        "formats/opus-voice-16k-60ms.ogg",
        "formats/flac.ogg",
        "clean/librispeech-198-209-0000.ogg",
    ] {
        let mut page = 0;
        let found = changed(file, |bytes| {
            page = bytes.windows(5).rposition(|w| w == b"OggS\0").unwrap();
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
        });
        assert_at(&found, "checksum-mismatch", page as u64, file);
    }
    for file in ["clean/LJ001-0005.flac", "clean/columbia-118s.flac", "clean/Es_ES_spk24_8khz.flac"]
    {
        let found = changed(file, |bytes| bytes[8 + 18] ^= 1);
        assert_at(&found, "checksum-mismatch", 4, file);
    }
    let mut frame = 0;
    let found = changed("structure/lame-tag.mp3", |bytes| {
        let tag = position(bytes, b"LAME");
        frame = tag - 141;
        bytes[tag + 10] ^= 1;
    });
    assert_at(&found, "checksum-mismatch", frame as u64, "the LAME tag");
}

#[test]
fn sizes_that_the_file_does_not_have_are_found() {
    for file in [
        "formats/pcm-s16.wav",
        "formats/pcm-s24.wav",
        "formats/pcm.aiff",
        "structure/forged-writer.m4a",
        "formats/lame-cbr.mp3",
        "formats/lc.mkv",
    ] {
        let found = changed(file, |bytes| bytes.truncate(bytes.len() - 999));
        assert!(found.iter().any(|f| f.0 == "stream-mismatch"), "{file}: {found:?}");
    }
}

#[test]
fn a_name_of_another_kind_is_found() {
    for (file, extension) in [
        ("formats/lame-cbr.mp3", "wav"),
        ("formats/lc-edit-list.m4a", "mp3"),
        ("formats/amr-nb.amr", "ogg"),
    ] {
        let folder = Folder::new();
        let path = folder.path(format!("renamed.{extension}"));
        std::fs::copy(fixture(file), &path).unwrap();
        let found = structure_of(&path);
        assert!(found.iter().any(|f| f.0 == "extension-mismatch"), "{file}: {found:?}");
    }
}

#[test]
fn dates_that_differ_are_found() {
    // Seconds since 1904 in 2024, and a hundred days later.
    let (first, second) = (3_786_000_000u32, 3_794_640_000u32);
    for file in
        ["formats/lc-edit-list.m4a", "formats/alac.m4a", "formats/amr-nb.3gp", "formats/opus.mp4"]
    {
        let mut media = 0;
        let found = changed(file, |bytes| {
            for (kind, date) in [(b"mvhd", first), (b"mdhd", second)] {
                let at = position(bytes, kind);
                bytes[at + 8..at + 12].copy_from_slice(&date.to_be_bytes());
                bytes[at + 12..at + 16].copy_from_slice(&date.to_be_bytes());
                media = at - 4;
            }
        });
        assert_at(&found, "timestamp-inconsistency", media as u64, file);
    }
}

#[test]
fn content_credentials_are_named_and_not_judged() {
    let claim = b"jumb....c2pa....claim_generatorlfoo/1.0 cam! and a signature";
    let wav = changed("formats/pcm-s16.wav", |bytes| {
        bytes.extend(b"C2PA");
        bytes.extend((claim.len() as u32).to_le_bytes());
        bytes.extend(claim);
        grow_form(bytes, claim.len() as u32 + 8);
    });
    let m4a = changed("formats/lc-edit-list.m4a", |bytes| {
        bytes.extend((claim.len() as u32 + 24).to_be_bytes());
        bytes.extend(b"uuid\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81");
        bytes.extend(claim);
    });
    let mp3 = changed("formats/lame-cbr.mp3", |bytes| {
        let mut body = b"\0application/c2pa\0c2pa\0manifest\0".to_vec();
        body.extend(claim);
        let mut tag = b"ID3\x03\0\0\0\0\0".to_vec();
        tag.push(body.len() as u8 + 10);
        tag.extend(b"GEOB\0\0\0");
        tag.extend([body.len() as u8, 0, 0]);
        tag.extend(body);
        bytes.splice(0..0, tag);
    });
    for (found, file) in [(wav, "WAV"), (m4a, "M4A"), (mp3, "MP3")] {
        let note = found.iter().find(|f| f.0 == "content-credentials").map(|f| f.2.as_str());
        let note = note.unwrap_or_else(|| panic!("{file}: {found:?}"));
        assert!(note.contains("foo/1.0 cam"), "{file}: {note}");
        let validated = cfg!(feature = "content-credentials");
        let words = if validated { "cannot be validated" } else { "not validated" };
        assert!(note.contains(words), "{file}: {note}");
    }
}

#[test]
fn a_forged_writer_stands_beside_the_real_one() {
    let found = structure_of(&fixture("structure/forged-writer.m4a"));
    let note = found.iter().find(|f| f.0 == "editor-trace").map(|f| f.2.as_str());
    let note = note.unwrap_or_else(|| panic!("{found:?}"));
    assert!(note.contains("Voice Memos") && note.contains("FFmpeg"), "{note}");
}

#[test]
fn claims_cost_no_more_than_bytes() {
    let folder = Folder::new();
    let mut files: Vec<(&str, Vec<u8>)> = Vec::new();
    // 10,000 boxes inside one another, each as long as the rest of the file.
    let mut nested = b"\0\0\0\x10ftypM4A \0\0\0\0".to_vec();
    (0..10_000u32).for_each(|n| {
        nested.extend((8 * (10_000 - n)).to_be_bytes());
        nested.extend(if n % 2 == 0 { b"moov" } else { b"udta" });
    });
    files.push(("nested.m4a", nested));
    // A sample table of 2^32 entries.
    let mut table = std::fs::read(fixture("formats/lc-edit-list.m4a")).unwrap();
    for kind in [b"stsz", b"stsc", b"stco"] {
        let at = position(&table, kind);
        let count = if kind == b"stsz" { at + 12 } else { at + 8 };
        table[count..count + 4].copy_from_slice(&u32::MAX.to_be_bytes());
    }
    files.push(("counts.m4a", table));
    // Pages without a byte, and chunks without one.
    files.push(("pages.ogg", [b"OggS\0\x02".as_slice(), &[0; 21]].concat().repeat(20_000)));
    let chunks =
        [b"RIFF\xff\xff\xff\xffWAVE".as_slice(), &b"xxxx\0\0\0\0".repeat(100_000)].concat();
    files.push(("chunks.wav", chunks));
    // A tag of 100 MB, declared in ten bytes.
    files.push(("tag.mp3", b"ID3\x04\0\0\x2f\x7f\x7f\x7f".repeat(1000)));
    // Elements of unknown size inside one another.
    let ebml = [
        b"\x1a\x45\xdf\xa3\x80".as_slice(),
        &b"\x18\x53\x80\x67\xff\x12\x54\xc3\x67\xff".repeat(5_000),
    ];
    files.push(("elements.mkv", ebml.concat()));
    files.push(("magic.amr", b"#!AMR\n".repeat(50_000)));
    for (name, bytes) in files {
        let path = folder.path(name);
        std::fs::write(&path, bytes).unwrap();
        let started = Instant::now();
        let settings = Settings { profile: Profile::Structure, ..Settings::default() };
        let seen = glance(&Input::Path(path), &settings, &mut |_, _| {});
        assert!(started.elapsed() < Duration::from_secs(10), "{name} took too long");
        if let Ok(seen) = seen {
            assert!(seen.features.structure.all_parts().count() <= 4_096, "{name}");
        }
    }
}
