//! Files the program writes: every kind at once, the same twice, and inert whatever a file is called.

use serde_json::Value;

use crate::support::{Folder, fixture};

fn edited() -> String {
    fixture("edited/columbia-butt-cut.flac").to_str().unwrap().to_owned()
}

/// Values of an attribute in a page.
fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    page.split(&start).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

/// Wants a page that asks nobody for anything.
fn stands_alone(page: &str) {
    assert!(page.starts_with("<!DOCTYPE html>") || page.starts_with("<!doctype html>"));
    for name in ["src", "href", "action", "data", "poster", "srcset", "xlink:href"] {
        for value in attributes(page, name) {
            let inside = value.starts_with('#') || value.starts_with("data:");
            assert!(inside, "{name}={value}");
        }
    }
    for call in
        ["@import", "fetch(", "XMLHttpRequest", "WebSocket", "url(http", "url(//", "sendBeacon"]
    {
        assert!(!page.contains(call), "{call}");
    }
}

#[test]
fn every_kind_of_output_is_written_at_once() {
    let folder = Folder::new();
    let kinds = ["r.json", "r.ndjson", "r.csv", "r.txt", "r.TextGrid", "r.sv.csv", "r.html"];
    let mut arguments = vec!["analyze", "--json"];
    kinds.iter().for_each(|kind| arguments.extend(["--out", kind]));
    let file = edited();
    arguments.push(&file);
    let run = folder.run(arguments);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(folder.read("r.json"), run.stdout);
    let line: Value = serde_json::from_str(folder.read("r.ndjson").trim_end()).unwrap();
    assert_eq!(line, run.valid_json());
    assert!(folder.read("r.csv").starts_with("file,kind,id,time_s,start_s,end_s,channel,score,"));
    assert_eq!(folder.read("r.csv").matches(",edit-point,").count(), 1);
    assert!(
        folder.read("r.txt").lines().any(|l| l.starts_with("5.25")),
        "{}",
        folder.read("r.txt")
    );
    assert!(
        folder
            .read("r.TextGrid")
            .starts_with("File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n")
    );
    assert!(folder.read("r.sv.csv").contains("5.25"));
    let page = folder.read("r.html");
    stands_alone(&page);
    assert!(page.contains("05.250") && page.contains("columbia-butt-cut.flac"));
    let written = std::fs::read_dir(folder.path("")).unwrap().count();
    assert_eq!(written, kinds.len(), "no temporary file is left");
}

#[test]
fn a_second_run_writes_the_same_bytes() {
    let folder = Folder::new();
    for name in ["columbia", "opus"] {
        let file =
            if name == "opus" { fixture("formats/opus-chained.ogg") } else { edited().into() };
        let file = file.to_str().unwrap();
        let run = |n: u32| {
            let (json, html) = (format!("{name}-{n}.json"), format!("{name}-{n}.html"));
            folder.run(["analyze", "--with-fingerprint", "--out", &json, "--out", &html, file]);
            (folder.read(&json), folder.read(&html))
        };
        assert!(run(1) == run(2), "{name}");
    }
}

#[test]
fn an_unreadable_clip_gets_no_empty_timeline() {
    let folder = Folder::new();
    folder.write("bad.wav", b"no recording");
    let run =
        folder.run(["analyze", "--out", "r.txt", "--out", "r.html", "--out", "r.csv", "bad.wav"]);
    assert_eq!(run.code, 4);
    assert!(!folder.path("r.txt").exists() && run.stderr.contains("`r.txt` is not written"));
    assert!(folder.read("r.csv").contains(",unreadable,"));
    stands_alone(&folder.read("r.html"));
}

#[test]
fn an_output_that_cannot_be_written_gives_1() {
    let folder = Folder::new();
    let run = folder.run(["analyze", "--out", "none/r.json", &edited()]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("could not write `none/r.json`"), "{}", run.stderr);
}

#[test]
fn quiet_says_nothing_on_standard_error() {
    let folder = Folder::new();
    let run = folder.run(["analyze", "--quiet", "--out", "r.json", "--excerpts", "x", &edited()]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
}

#[test]
fn colour_comes_on_request_only() {
    let folder = Folder::new();
    let plain = folder.run(["analyze", &edited()]).stdout;
    let coloured = folder.run(["analyze", "--color", "always", &edited()]).stdout;
    assert!(!plain.contains('\x1b') && coloured.contains('\x1b'));
    assert!(plain.contains("00:05.250") && plain.contains("waveform-discontinuity"));
}

#[test]
fn the_demo_writes_a_page_and_names_the_place() {
    let folder = Folder::new();
    let run = folder.run(["demo"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.matches("00:05.2").count() >= 2, "told and found: {}", run.stdout);
    let page = folder.read("spliceprint-demo.html");
    stands_alone(&page);
    assert!(page.contains("00:05.228"));
}

#[test]
fn excerpts_are_four_seconds_round_the_point() {
    let folder = Folder::new();
    for part in [&[][..], &["--start", "2"]] {
        let out = format!("excerpts-{}", part.len());
        let file = edited();
        let arguments = [&["analyze", "--excerpts", &out], part, &[&file]].concat();
        assert_eq!(folder.run(arguments).code, 0);
        let files: Vec<_> = std::fs::read_dir(folder.path(&out)).unwrap().collect();
        assert_eq!(files.len(), 1, "one per edit point");
        let path = folder.path(&out).join("excerpt-001-at-5.250s.wav");
        let mut wav = hound::WavReader::open(path).unwrap();
        assert_eq!((wav.spec().sample_rate, wav.spec().bits_per_sample), (44_100, 16));
        assert!((f64::from(wav.duration()) / 44_100.0 - 4.0).abs() < 0.001);
        let clip = crate::synth::Sound::of("edited/columbia-butt-cut.flac");
        let from = clip.frames(5.25) - 2 * 44_100;
        let samples: Vec<i16> = wav.samples::<i16>().map(Result::unwrap).collect();
        let close = |n: usize| {
            let own = samples[2000..3000].iter();
            let clip = clip.channels[0][from + n..from + n + 1000].iter();
            own.zip(clip).all(|(a, b)| f32::from(*a) == (b * 32768.0).round())
        };
        assert!((1900..2100).any(close), "the excerpt holds the clip's own samples");
    }
}

/// A relative path whose parts are a formula, mark-up, control characters and a line break. Its
/// slash closes the mark-up.
#[cfg(unix)]
const HOSTILE: &str = "=cmd|'x'!A1<script>alert(1)<\
                       /script><img src=x onerror=alert(2)>\n\x1b[31m\u{202e}evil\".flac";

#[cfg(unix)]
#[test]
fn a_hostile_file_name_is_inert_in_every_output() {
    let folder = Folder::new();
    let path = folder.path(HOSTILE);
    std::fs::create_dir(path.parent().unwrap()).unwrap();
    std::fs::copy(edited(), &path).unwrap();
    let kinds = ["r.csv", "r.html", "r.json", "r.txt", "r.TextGrid", "r.sv.csv"];
    let mut arguments = vec!["analyze", "--color", "never"];
    kinds.iter().for_each(|kind| arguments.extend(["--out", kind]));
    arguments.push(HOSTILE);
    let run = folder.run(arguments);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for control in ['\x1b', '\u{202e}'] {
        assert!(!run.stdout.contains(control), "{control:?} reaches the terminal");
        assert!(!run.stderr.contains(control));
    }
    assert!(run.stdout.lines().next().unwrap().contains("evil"), "one line: {}", run.stdout);
    let page = folder.read("r.html");
    assert!(!page.contains("<script>alert") && !page.contains("<img src=x"));
    assert!(!page.contains('\x1b') && !page.contains('\u{202e}'));
    let mut rows = csv::Reader::from_path(folder.path("r.csv")).unwrap();
    for row in rows.records() {
        assert!(row.unwrap()[0].starts_with("'=cmd"), "a spreadsheet must not run the name");
    }
    let document: Value = serde_json::from_str(&folder.read("r.json")).unwrap();
    assert_eq!(document["source"]["path"], HOSTILE, "programs get the name as it is");
}

#[cfg(unix)]
#[test]
fn a_hostile_file_name_is_inert_in_errors() {
    let folder = Folder::new();
    let run = folder.run(["analyze", "\x1b[31mno\nsuch\u{202e}.wav"]);
    assert_eq!(run.code, 4);
    assert!(!run.stderr.contains('\x1b') && !run.stderr.contains('\u{202e}'), "{}", run.stderr);
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    assert!(!run.stdout.contains('\x1b'));
}

#[cfg(unix)]
#[test]
fn a_file_name_that_is_no_unicode_is_examined() {
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::new();
    let name = std::ffi::OsStr::from_bytes(b"caf\xE9.flac");
    if std::fs::copy(edited(), folder.path(name)).is_ok() {
        let run = folder.analyze_json(std::path::Path::new(name));
        assert_eq!((run.code, &run.valid_json()["status"]), (0, &"ok".into()));
    }
}
