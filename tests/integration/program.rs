//! The program from outside: exit codes, arguments, what goes to which stream.

use std::io::Read;

use spliceprint::detectors::DETECTORS;

use crate::support::{Folder, Run, edit_times, findings, finish, fixture};

/// 0.637 s of speech are missing at 5.25 s; see its `.truth.toml`.
const EDITED: &str = "edited/columbia-butt-cut.flac";

/// A clean clip in which no detector finds anything.
const SILENT: &str = "clean/LJ001-0005.flac";

fn path(name: &str) -> String {
    fixture(name).to_str().unwrap().to_owned()
}

/// Wants exit code 2, something to read on standard error and nothing on standard output.
fn wrong_usage(run: &Run, mentions: &str) {
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stdout.is_empty() && run.stderr.contains(mentions), "{}", run.stderr);
}

#[test]
fn fail_on_tells_found_from_not_found() {
    let folder = Folder::new();
    for (file, level, code) in
        [(EDITED, "uncalibrated", 10), (SILENT, "uncalibrated", 0), (EDITED, "very-strong", 0)]
    {
        let run = folder.run(["analyze", "--fail-on", level, &path(file)]);
        assert_eq!(run.code, code, "{file} {level}: {}", run.stderr);
    }
    assert_eq!(folder.run(["analyze", &path(EDITED)]).code, 0, "whatever was found");
}

#[test]
fn wrong_usage_gives_2() {
    let (folder, file) = (Folder::new(), path(SILENT));
    wrong_usage(&folder.run(["analyze"]), "FILE");
    wrong_usage(&folder.run(["analyze", "--only", "no-such", &file]), "`no-such`");
    wrong_usage(&folder.run(["analyze", "--skip", "no-such", &file]), "`no-such`");
    wrong_usage(&folder.run(["analyze", "--out", "report.doc", &file]), ".html");
    wrong_usage(&folder.run(["analyze", "--start", "5", "--end", "2", &file]), "before it starts");
    wrong_usage(&folder.run(["analyze", "--start", "soon", &file]), "`soon`");
    wrong_usage(&folder.run(["analyze", "--fail-on", "weak", &file]), "weak");
    wrong_usage(&folder.run(["analyze", "--out", "r.html", &file, &file]), ".ndjson");
    wrong_usage(&folder.run(["analyze", "-", "-"]), "once");
    wrong_usage(&folder.run(["analyze", "--excerpts", "out", "-"]), "--excerpts");
    wrong_usage(&folder.run(["explain", "no-such"]), "spliceprint explain");
    wrong_usage(&folder.run(["nonsense"]), "nonsense");
}

#[test]
fn a_track_or_time_that_is_not_there_is_no_success() {
    let folder = Folder::new();
    for arguments in [["--track", "7"], ["--start", "3600"]] {
        let file = path(SILENT);
        let run = folder.run([&["analyze", "--json"], &arguments[..], &[&file]].concat());
        assert_eq!(run.code, 4, "{arguments:?}");
        assert_eq!(run.valid_json()["status"], "unreadable");
    }
}

#[test]
fn json_is_all_there_is_on_standard_output() {
    let folder = Folder::new();
    let run = folder.run(["analyze", "--json", &path(EDITED)]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let times = edit_times(&run.valid_json());
    assert!(times.len() == 1 && (times[0] - 5.25).abs() < 0.001, "{times:?}");
    let several = folder.run(["analyze", "--json", &path(EDITED), &path(SILENT)]);
    assert_eq!(several.stdout.lines().count(), 2);
    several.stdout.lines().for_each(|line| assert!(line.starts_with('{') && line.ends_with('}')));
}

#[test]
fn standard_input_gives_what_the_file_gives() {
    let folder = Folder::new();
    for file in [EDITED, "formats/lc-edit-list.m4a", "formats/vorbis.ogg"] {
        let from_file = folder.run(["analyze", "--json", &path(file)]).valid_json();
        let bytes = std::fs::read(fixture(file)).unwrap();
        let from_input = folder.run_with_input(&["analyze", "--json", "-"], bytes).valid_json();
        assert_eq!(from_input["source"]["path"], "-");
        assert_eq!(from_input["source"]["sha256"], from_file["source"]["sha256"]);
        for key in ["status", "stream", "detectors", "edit_points", "measurements", "fingerprint"] {
            assert_eq!(from_input[key], from_file[key], "{file}: {key}");
        }
    }
    let nothing = folder.run_with_input(&["analyze", "--json", "-"], Vec::new());
    assert_eq!((nothing.code, &nothing.valid_json()["error"]["kind"]), (4, &"unrecognised".into()));
}

#[test]
fn detectors_are_chosen_and_left_out() {
    let folder = Folder::new();
    let ran = |arguments: &[&str]| {
        let run = folder.run([&["analyze", "--json"], arguments, &[&path(EDITED)]].concat());
        let document = run.valid_json();
        assert_eq!(
            document["detectors"].as_array().unwrap().len(),
            DETECTORS.len(),
            "all are listed"
        );
        document
    };
    let only = ran(&["--only", "clipping,gain-comb"]);
    let examined = |d: &&serde_json::Value| d["status"] == "examined";
    assert_eq!(only["detectors"].as_array().unwrap().iter().filter(examined).count(), 2);
    assert!(edit_times(&only).is_empty());
    let skipped = ran(&["--skip", "waveform-discontinuity,frame-grid-shift"]);
    assert!(
        findings(&skipped, "waveform-discontinuity").is_empty() && edit_times(&skipped).is_empty()
    );
    let alone = ran(&["--only", "waveform-discontinuity"]);
    assert_eq!(findings(&alone, "waveform-discontinuity").len(), 1);
}

#[test]
fn times_in_a_part_are_times_of_the_clip() {
    let folder = Folder::new();
    for (start, end) in [("2", "10"), ("0:03.5", "0:12"), ("1.0001", "9")] {
        let run = folder.run(["analyze", "--json", "--start", start, "--end", end, &path(EDITED)]);
        let document = run.valid_json();
        let times = edit_times(&document);
        assert!(times.len() == 1 && (times[0] - 5.25).abs() < 0.02, "{start}..{end}: {times:?}");
        let found = findings(&document, "waveform-discontinuity");
        assert!((found[0]["start_s"].as_f64().unwrap() - 5.25).abs() < 0.02);
    }
    let before = folder.run(["analyze", "--json", "--end", "5", &path(EDITED)]).valid_json();
    assert!(edit_times(&before).is_empty(), "the joint lies outside");
}

#[test]
fn fingerprint_words_come_on_request() {
    let folder = Folder::new();
    let without = folder.run(["analyze", "--json", &path(SILENT)]).valid_json();
    let with = folder.run(["analyze", "--json", "--with-fingerprint", &path(SILENT)]).valid_json();
    assert!(without["fingerprint"]["words"].is_null());
    let words = with["fingerprint"]["words"].as_array().unwrap().len();
    assert_eq!(with["fingerprint"]["word_count"], words);
    let expected = with["stream"]["duration_s"].as_f64().unwrap()
        * with["fingerprint"]["words_per_s"].as_f64().unwrap();
    assert!(
        (words as f64 - expected).abs() < 0.2 * expected,
        "{words} words, {expected:.0} expected"
    );
}

#[test]
fn explain_gives_reasons_for_every_detector() {
    let folder = Folder::new();
    let list = folder.run(["explain"]);
    assert_eq!(list.stdout.lines().count(), DETECTORS.len());
    for detector in DETECTORS {
        let id = detector.descriptor().id;
        assert!(list.stdout.contains(id), "{id}");
        let run = folder.run(["explain", id]);
        for heading in
            ["# What it looks for", "# Score", "# Blind to", "# References", "# Innocent"]
        {
            assert!(run.stdout.contains(heading), "{id} has no {heading}");
        }
    }
}

#[test]
fn schema_completions_and_manual_are_printed() {
    let folder = Folder::new();
    let schema = folder.run(["schema"]).json();
    assert_eq!(schema["title"], "spliceprint.analysis/1");
    assert_eq!(folder.run(["schema", "analysis"]).json(), schema);
    let schema = folder.run(["schema", "comparison"]).json();
    assert_eq!(schema["title"], "spliceprint.comparison/1");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = folder.run(["completions", shell]);
        assert!(run.code == 0 && run.stdout.contains("spliceprint"), "{shell}");
    }
    let manual = folder.run(["man"]);
    assert!(manual.stdout.contains(".TH spliceprint"), "{}", manual.stdout);
    assert!(folder.run(["--version"]).stdout.contains(env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let folder = Folder::new();
    let file = path("clean/Es_ES_spk24_8khz.flac");
    let files = [file.as_str(); 12];
    let arguments = [&["analyze", "--json", "--with-fingerprint"], &files[..]].concat();
    let mut child = folder.command(arguments).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0; 16]).unwrap();
    drop(stdout);
    let run = finish(child);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
}
