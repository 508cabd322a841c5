//! Every format, cut short and with wrong bytes: an answer in time, and a document that validates.

use std::path::Path;

use crate::support::{Folder, Lcg, Run, fixtures, name};

/// Mutations of each file.
const SEEDS: u64 = 20;

/// Bytes in which half of the mutations lie: headers, where a wrong byte does most.
const HEAD_BYTES: usize = 600;

/// Holds an answer to what every answer must be; exit codes by signal, panics and overlong runs have
/// failed before.
fn hold(run: &Run, what: &str) {
    let document = run.valid_json();
    match document["status"].as_str() {
        Some("ok" | "partial") => {
            assert_eq!(run.code, 0, "{what}: {document}");
            assert!(document["stream"]["duration_s"].as_f64().unwrap() > 0.0, "{what}");
            assert!(document["error"].is_null(), "{what}");
        }
        Some("unreadable") => {
            assert_eq!(run.code, 4, "{what}: {document}");
            let error = &document["error"];
            assert!(!error["kind"].as_str().unwrap().is_empty(), "{what}");
            assert!(!error["message"].as_str().unwrap().is_empty(), "{what}");
            assert!(run.stderr.starts_with("spliceprint: "), "{what}: {}", run.stderr);
        }
        other => panic!("{what}: {other:?}"),
    }
}

fn examine(folder: &Folder, file: &Path, bytes: &[u8], what: &str) {
    let path = folder.write(name(file), bytes);
    hold(&folder.analyze_json(&path), &format!("{} {what}", file.display()));
}

/// Overwrites, or now and then removes or repeats, a few bytes.
fn mutate(bytes: &mut Vec<u8>, seed: u64) {
    let mut random = Lcg(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let reach = if seed.is_multiple_of(2) { bytes.len().min(HEAD_BYTES) } else { bytes.len() };
    for _ in 0..1 + random.below(12) {
        let at = random.below(reach.min(bytes.len()));
        match random.below(8) {
            0 => bytes[at] = 0xFF,
            1 => bytes[at] = 0,
            2 => {
                bytes.remove(at);
            }
            3 => {
                let end = bytes.len().min(at + 1 + random.below(64));
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            _ => bytes[at] = random.next() as u8,
        }
    }
}

/// Mutates the files of one share, so that the shares run side by side.
fn mutate_share(share: usize, shares: usize) {
    let folder = Folder::new();
    for file in fixtures("formats").iter().skip(share).step_by(shares) {
        let whole = std::fs::read(file).unwrap();
        for seed in 0..SEEDS {
            let mut bytes = whole.clone();
            mutate(&mut bytes, seed + 1000 * whole.len() as u64);
            examine(&folder, file, &bytes, &format!("mutation {seed}"));
        }
    }
}

#[test]
fn mutated_files_are_examined_or_refused_first_half() {
    mutate_share(0, 2);
}

#[test]
fn mutated_files_are_examined_or_refused_second_half() {
    mutate_share(1, 2);
}

#[test]
fn truncated_files_are_examined_or_refused() {
    let folder = Folder::new();
    for file in fixtures("formats") {
        let whole = std::fs::read(&file).unwrap();
        for (len, what) in [(whole.len() * 6 / 10, "cut to 60 %"), (1000, "cut to 1000 bytes")] {
            examine(&folder, &file, &whole[..len.min(whole.len())], what);
        }
    }
}

#[test]
fn a_truncated_file_that_declares_its_length_is_partial() {
    // A declared length that is not there must not pass for a whole clip.
    let folder = Folder::new();
    for file in ["pcm-s16.wav", "pcm.aiff", "pcm-f32.wav", "mulaw.au", "rf64.wav", "lame-vbr.mp3"] {
        let path = fixtures("formats").into_iter().find(|path| name(path) == file).unwrap();
        let whole = std::fs::read(path).unwrap();
        let run = folder.analyze_json(&folder.write(file, &whole[..whole.len() * 6 / 10]));
        let document = run.valid_json();
        assert_eq!(
            (run.code, document["status"].as_str()),
            (0, Some("partial")),
            "{file}: {document}"
        );
        let took_s = document["stream"]["duration_s"].as_f64().unwrap();
        assert!((took_s - 1.2).abs() < 0.15, "{file}: {took_s} s");
    }
}
