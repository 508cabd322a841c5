//! `archive` and `match` as programs: what is found where, exit codes, damage, and hostile names.

use std::path::Path;

use serde_json::Value;

use crate::support::{Folder, fixture, name};
use crate::synth::Sound;

/// A fixture's path as text.
fn path(name: &str) -> String {
    fixture(name).to_str().unwrap().to_owned()
}

/// A folder with an archive `arc` of all clean fixtures.
fn archived() -> Folder {
    let folder = Folder::new();
    let run = folder.run(["archive", "add", "arc", &path("clean")]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    folder
}

fn matches(folder: &Folder, clip: &str) -> Vec<Value> {
    let run = folder.run(["match", clip, "--archive", "arc", "--json"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    run.valid_json()["matches"].as_array().unwrap().clone()
}

fn file_name(found: &Value) -> String {
    name(Path::new(found["path"].as_str().unwrap()))
}

#[test]
fn a_clip_at_another_speed_is_found_in_its_place() {
    let folder = archived();
    let mut sound = Sound::of("clean/columbia-118s.flac");
    let (from, rate) = (sound.frames(3.0), sound.rate);
    sound.channels[0] = sound.channels[0][from..from + 10 * rate as usize].to_vec();
    // Played 3 % faster, with what a louder copy on another medium adds to it.
    sound.rate = (f64::from(rate) * 1.03) as u32;
    sound.channels[0].iter_mut().for_each(|x| *x = (1.5 * *x).clamp(-0.9, 0.9));
    sound.write_wav(&folder.path("clip.wav"));
    let found = matches(&folder, "clip.wav");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(file_name(&found[0]), "columbia-118s.flac");
    let segment = &found[0]["segments"][0];
    let at = |key: &str| segment[key].as_f64().unwrap();
    assert!((at("b_start_s") - 3.0 - 1.03 * at("a_start_s")).abs() < 0.05, "{segment}");
    assert!((at("b_end_s") - 13.0).abs() < 0.3 && (at("speed") - 1.03).abs() < 0.002, "{segment}");
}

#[test]
fn a_recut_voice_note_is_found_with_its_stretches() {
    let folder = archived();
    let found = matches(&folder, &path("compare/columbia-recut.ogg"));
    assert_eq!((found.len(), file_name(&found[0]).as_str()), (1, "columbia-118s.flac"));
    assert!(found[0]["segments"].as_array().unwrap().len() >= 3, "{found:?}");
}

#[test]
fn a_stranger_is_not_found() {
    let folder = Folder::new();
    assert_eq!(folder.run(["archive", "add", "arc", &path("clean/LJ001-0005.flac")]).code, 0);
    for stranger in ["clean/Es_ES_spk24_8khz.flac", "clean/librispeech-198-209-0000.ogg"] {
        assert_eq!(matches(&folder, &path(stranger)), [] as [Value; 0]);
    }
}

#[test]
fn copies_are_kept_once_and_removed_recordings_are_not_found() {
    let folder = archived();
    let copy = folder.path("copy.flac");
    std::fs::copy(fixture("clean/LJ001-0005.flac"), &copy).unwrap();
    let run = folder.run(["archive", "add", "arc", "copy.flac"]);
    assert!(run.stdout.starts_with("0 added to arc, 1 there already"), "{}", run.stdout);
    let clips = folder.run(["archive", "list", "arc", "--json"]).valid_lines();
    let lj = clips.iter().find(|clip| file_name(clip) == "LJ001-0005.flac").unwrap();
    assert!(lj["also_at"][0].as_str().unwrap().ends_with("/copy.flac"), "{lj}");
    assert_eq!(matches(&folder, "copy.flac").len(), 1);
    let id = lj["clip_id"].to_string();
    assert_eq!(folder.run(["archive", "remove", "arc", &id]).code, 0);
    assert_eq!(folder.run(["archive", "remove", "arc", &id]).code, 2);
    assert_eq!(matches(&folder, "copy.flac"), [] as [Value; 0]);
    assert_eq!(folder.run(["archive", "merge", "arc"]).code, 0);
    let stats = folder.run(["archive", "stats", "arc", "--json"]).valid_json();
    assert_eq!(stats["clips"].as_u64().unwrap() as usize, clips.len() - 1);
    assert_eq!((&stats["removed"], &stats["segments"]), (&Value::from(0), &Value::from(1)));
}

#[test]
fn a_scan_fills_an_archive_and_goes_on_where_it_was_left() {
    let folder = Folder::new();
    let clip = path("clean/LJ001-0005.flac");
    let scan = ["scan", &clip, "--out-dir", "out", "--resume"];
    assert_eq!(folder.run(scan).code, 0);
    let with_archive = || folder.run(scan.iter().chain(&["--archive", "arc"]));
    assert_eq!(with_archive().code, 0);
    assert_eq!(matches(&folder, &clip).len(), 1);
    let again = with_archive();
    assert!(again.stderr.contains("1 of 1 files are finished already"), "{}", again.stderr);
    // The same words come from `archive add`.
    let run = folder.run(["archive", "add", "arc", &clip]);
    assert!(run.stdout.starts_with("0 added to arc, 1 there already"), "{}", run.stdout);
}

#[test]
fn bad_files_stop_no_other_and_several_clips_are_lines() {
    let folder = Folder::new();
    folder.write("no.wav", b"RIFFno");
    let good = path("clean/LJ001-0005.flac");
    let run = folder.run(["archive", "add", "arc", "no.wav", "missing.wav", &good]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("no.wav") && run.stderr.contains("missing.wav"));
    assert_eq!(folder.run(["archive", "add", "arc", "no.wav"]).code, 4);
    let several = ["match", &good, "no.wav", "--archive", "arc", "--json", "--out", "m.ndjson"];
    let run = folder.run(several);
    assert_eq!(run.code, 3);
    let lines: Vec<Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["status"], &lines[1]["status"]), (&"ok".into(), &"unreadable".into()));
    assert_eq!(folder.read("m.ndjson"), run.stdout);
    assert_eq!(folder.run(["match", "no.wav", "--archive", "arc"]).code, 4);
    assert_eq!(folder.run(["match", &good, "--archive", "arc", "--out", "m.html"]).code, 2);
    assert_eq!(folder.run(["match", &good, "--archive", "arc", "--min-score", "0"]).code, 2);
    assert_eq!(folder.run(["match", &good, "--archive", "nowhere"]).code, 1);
    assert_eq!(folder.run(["archive", "merge", "nowhere"]).code, 1);
    assert!(!folder.path("nowhere").exists());
}

#[test]
fn damage_is_named_with_the_clips_it_touches() {
    let folder = archived();
    assert_eq!(folder.run(["archive", "verify", "arc"]).code, 0);
    let segment = folder.path("arc/segments/000001.seg");
    let mut bytes = std::fs::read(&segment).unwrap();
    bytes[5000] ^= 1;
    std::fs::write(&segment, bytes).unwrap();
    let run = folder.run(["archive", "verify", "arc", "--json"]);
    assert_eq!(run.code, 1);
    let damage = &run.valid_json()["damage"][0];
    assert_eq!(damage["file"], "segments/000001.seg");
    assert!(!damage["clip_ids"].as_array().unwrap().is_empty(), "{damage}");
}

#[cfg(unix)]
#[test]
fn names_of_any_bytes_stay_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::new();
    std::fs::create_dir(folder.path("in")).unwrap();
    let hostile = OsStr::from_bytes(b"in/a\nb\x1b[31m<img src=x>\xff\xe2\x80\xae.flac");
    std::fs::copy(fixture("clean/LJ001-0005.flac"), folder.path(hostile)).unwrap();
    assert_eq!(folder.run(["archive", "add", "arc", "in"]).code, 0);
    let clip = path("clean/LJ001-0005.flac");
    let listed = folder.run(["archive", "list", "arc"]).stdout;
    let shown = folder.run(["match", &clip, "--archive", "arc"]).stdout;
    for text in [listed.as_str(), &shown] {
        assert!(text.contains("a\\nb\\x1b[31m"), "{text}");
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
    }
    assert_eq!(listed.lines().count(), 1);
    assert!(matches(&folder, &clip)[0]["path"].as_str().unwrap().contains("a\nb\u{1b}[31m"));
}

#[cfg(feature = "parquet")]
#[test]
fn an_archive_of_exported_tables_gives_the_same_matches() {
    let folder = archived();
    for arguments in [&["export", "arc", "--parquet", "out"][..], &["import", "copy", "out"]] {
        let run = folder.run(["archive"].iter().chain(arguments));
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
    assert_eq!(folder.run(["archive", "verify", "copy"]).code, 0);
    let list = |archive: &str| folder.run(["archive", "list", archive, "--json"]).stdout;
    assert_eq!(list("copy"), list("arc"));
    let clip = path("compare/columbia-recut.ogg");
    let found = |archive: &str| folder.run(["match", &clip, "--archive", archive, "--json"]).json();
    assert_eq!(found("copy")["matches"], found("arc")["matches"]);
    // Nothing is overwritten, and what is no table makes no archive.
    assert_eq!(folder.run(["archive", "export", "arc", "--parquet", "out"]).code, 1);
    folder.write("out/words.parquet", b"PAR1 no table PAR1");
    let run = folder.run(["archive", "import", "none", "out"]);
    assert!(run.code == 1 && run.stderr.contains("words.parquet"), "{}", run.stderr);
    assert!(!folder.path("none").exists());
}

#[cfg(feature = "parquet")]
#[test]
fn matches_of_several_clips_are_a_table() {
    let folder = archived();
    let (recut, clean) = (path("compare/columbia-recut.ogg"), path("clean/LJ001-0005.flac"));
    let run = folder.run(["match", &recut, &clean, "--archive", "arc", "--out", "m.parquet"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let table = std::fs::read(folder.path("m.parquet")).unwrap();
    assert!(table.starts_with(b"PAR1") && table.ends_with(b"PAR1"));
    let has = |text: &str| table.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    assert!(has(&recut) && has("columbia-118s.flac") && has("LJ001-0005.flac"));
    // Other commands have no such table, and a document holds one clip.
    for (arguments, text) in [
        (&["analyze", &clean, "--out", "a.parquet"][..], "one analysis is written as .html .json"),
        (
            &["match", &recut, &clean, "--archive", "arc", "--out", "m.json"],
            ".ndjson .parquet several",
        ),
        (&["match", &clean, "--archive", "arc", "--out", "m.html"], ".json .ndjson .parquet"),
    ] {
        let run = folder.run(arguments);
        assert!(run.code == 2 && run.stderr.contains(text), "{}", run.stderr);
    }
}
