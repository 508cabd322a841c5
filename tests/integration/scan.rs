//! `scan` from outside: a folder with copies, broken files, odd names and loops.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{Folder, Run, fixture};

/// 0.637 s of speech are missing at 5.25 s.
const EDITED: &str = "edited/columbia-butt-cut.flac";
/// A clean clip in which no detector finds anything.
const SILENT: &str = "clean/LJ001-0005.flac";
/// A formula, a script and a line feed in a name that Unix allows.
const ODD: &str = "=cmd|'<script>alert(1)<%2fscript>\n\u{1b}[31m&.ogg";

/// A folder to scan: `in` with six files, three of which are recordings.
fn leak() -> Folder {
    let folder = Folder::new();
    fs::create_dir_all(folder.path("in/sub/.hidden")).unwrap();
    let copy = |from: &str, to: &str| fs::copy(fixture(from), folder.path(to)).unwrap();
    copy(EDITED, "in/talk.flac");
    copy(EDITED, "in/sub/.hidden/again.bin");
    copy("formats/vorbis.ogg", &format!("in/sub/{}", odd()));
    folder.write("in/empty.wav", b"");
    folder.write("in/broken.wav", b"RIFF\x24\x00\x00\x00WAVEfmt ");
    folder.write("in/notes.txt", b"not a recording, only a note\n");
    folder.write("in/.gitignore", b"*\n");
    folder
}

/// The odd name as far as this system allows it.
fn odd() -> String {
    if cfg!(unix) { ODD.into() } else { "odd.ogg".into() }
}

/// The lines of a finished scan: its files and its summary.
fn lines(folder: &Folder) -> (Vec<Value>, Value) {
    let text = folder.read("out/scan.ndjson");
    let mut lines: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let summary = lines.pop().unwrap();
    assert_eq!(summary["kind"], "summary");
    lines.iter().for_each(|line| assert_eq!(line["schema"], "spliceprint.scan/1"));
    (lines, summary)
}

fn line<'a>(lines: &'a [Value], name: &str) -> &'a Value {
    let ends = |line: &&Value| line["source"]["path"].as_str().unwrap().ends_with(name);
    lines.iter().find(ends).unwrap_or_else(|| panic!("no {name}"))
}

fn scan(folder: &Folder, more: &[&str]) -> Run {
    folder.run([&["scan", "in", "--out-dir", "out", "--no-external"], more].concat())
}

#[test]
fn a_folder_gives_a_report_per_file_and_an_index() {
    let folder = leak();
    let run = scan(&folder, &["--html", "--jobs", "2"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stdout.contains("7 files") && run.stdout.contains("1 group of equal files"));
    assert_eq!(run.stderr.lines().count(), 4, "a line for each that failed: {}", run.stderr);
    let (files, summary) = lines(&folder);
    assert_eq!((files.len(), &summary["ok"], &summary["unreadable"]), (7, &3.into(), &4.into()));
    for file in &files {
        let report = folder.path("out").join(file["report"].as_str().unwrap());
        let document: Value = serde_json::from_slice(&fs::read(report).unwrap()).unwrap();
        assert_eq!(document["source"]["path"], file["source"]["path"]);
        assert_eq!(document["status"], file["status"]);
        assert!(folder.path("out").join(file["page"].as_str().unwrap()).is_file());
    }
    let talk = line(&files, "talk.flac");
    assert_eq!(talk["edit_points"], 1);
    assert!((talk["strongest"][0]["time_s"].as_f64().unwrap() - 5.25).abs() < 0.01);
    let broken = line(&files, "broken.wav");
    assert!(!broken["error"]["message"].as_str().unwrap().is_empty());
    assert_eq!(line(&files, "empty.wav")["source"]["bytes"], 0);
    let copies = &summary["copies"][0];
    assert_eq!((&copies["same"], copies["members"].as_array().unwrap().len()), (&"file".into(), 2));
    let left: Vec<_> = fs::read_dir(folder.path("out")).unwrap().collect();
    assert_eq!(left.len(), 5, "three files, the reports and the archive: {left:?}");
}

#[test]
fn the_index_requests_nothing_and_names_stay_text() {
    let folder = leak();
    scan(&folder, &["-q"]);
    let page = folder.read("out/index.html");
    for part in ["http:", "https:", "src=", "@import", "url("] {
        assert!(!page.contains(part), "{part}");
    }
    assert_eq!(page.matches("<script").count(), 1, "the page's own alone");
    assert!(!page.contains('\u{1b}') && !page.contains(ODD));
    assert!(page.contains("notes.txt") && page.contains("talk.flac"));
    let table = folder.read("out/scan.csv");
    assert!(table.starts_with("file,status,reason,") && table.contains("unreadable"));
    let (files, _) = lines(&folder);
    for file in &files {
        let link = file["report"].as_str().unwrap();
        assert!(page.contains(&format!("href=\"{link}\"")), "{link}");
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_/.".contains(c);
        assert!(link.chars().all(plain), "{link}");
    }
}

#[test]
fn resuming_examines_what_is_new_or_other_and_nothing_else() {
    let folder = leak();
    scan(&folder, &[]);
    let (before, _) = lines(&folder);
    let report =
        |name: &str| folder.path("out").join(line(&before, name)["report"].as_str().unwrap());
    let (kept, changed) = (report("talk.flac"), report("notes.txt"));
    let written = |path: &Path| fs::metadata(path).unwrap().modified().unwrap();
    let times = (written(&kept), written(&changed));
    folder.write("in/notes.txt", b"another note of another length\n");
    fs::copy(fixture(SILENT), folder.path("in/new.flac")).unwrap();
    fs::remove_file(folder.path("in/empty.wav")).unwrap();
    std::thread::sleep(Duration::from_millis(20));
    let run = scan(&folder, &["--resume"]);
    assert!(run.stderr.contains("5 of 7 files are finished already"), "{}", run.stderr);
    assert_eq!(written(&kept), times.0);
    assert!(written(&changed) > times.1);
    let (after, summary) = lines(&folder);
    assert_eq!((after.len(), &summary["files"]), (7, &7.into()));
    assert_eq!(line(&after, "talk.flac"), line(&before, "talk.flac"));
    assert_eq!(line(&after, "new.flac")["status"], "ok");
    let refused = scan(&folder, &[]);
    assert_eq!(refused.code, 2, "an earlier scan is not overwritten");
    assert!(refused.stderr.contains("--resume"), "{}", refused.stderr);
    assert_eq!(lines(&folder).0, after);
}

#[test]
fn a_scan_that_is_killed_keeps_what_it_finished() {
    let folder = Folder::new();
    fs::create_dir(folder.path("in")).unwrap();
    for number in 0..8 {
        fs::copy(fixture(EDITED), folder.path(format!("in/{number}.flac"))).unwrap();
    }
    let arguments = ["scan", "in", "--out-dir", "out", "--jobs", "1"];
    let mut child = folder.command(arguments).spawn().unwrap();
    let started = Instant::now();
    let finished = || fs::read_to_string(folder.path("out/scan.ndjson")).unwrap_or_default();
    while finished().is_empty() && started.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let kept = finished().matches('\n').count();
    // A line that was being written when the end came.
    let half = finished() + "{\"kind\":\"file\",\"sch";
    folder.write("out/scan.ndjson", half.as_bytes());
    let run = folder.run([&arguments[..], &["--resume"]].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains(&format!("{kept} of 8 files are finished already")), "{kept}");
    let (files, summary) = lines(&folder);
    assert_eq!((files.len(), summary["copies"][0]["members"].as_array().unwrap().len()), (8, 8));
}

#[test]
fn one_job_and_several_give_the_same_bytes() {
    let outputs = ["out/scan.csv", "out/scan.ndjson", "out/index.html"];
    let folder = leak();
    let all = ["1", "4"].map(|jobs| {
        scan(&folder, &["--jobs", jobs]);
        let texts = outputs.map(|name| folder.read(name));
        fs::remove_dir_all(folder.path("out")).unwrap();
        texts
    });
    assert!(all[0] == all[1]);
}

#[test]
fn exit_codes_are_those_of_the_program() {
    let folder = leak();
    let run = |more: &[&str]| {
        let run = scan(&folder, more);
        let _ = fs::remove_dir_all(folder.path("out"));
        (run.code, run.stderr)
    };
    assert_eq!(run(&["--include", "*.flac"]), (0, String::new()));
    assert_eq!(run(&["--include", "*.flac", "--fail-on", "uncalibrated"]).0, 10);
    assert_eq!(run(&["--include", "*.txt"]).0, 4);
    let (code, said) = run(&["--include", "*.none"]);
    assert!(code == 4 && said.contains("no file was found"), "{said}");
    assert_eq!(run(&["--exclude", "sub", "--exclude", "*.{wav,txt}", "--exclude", ".git*"]).0, 0);
    for bad in [["--include", "[a"], ["--jobs", "0"], ["--jobs", "many"]] {
        assert_eq!(run(&bad).0, 2, "{bad:?}");
    }
    assert_eq!(folder.run(["scan", "in"]).code, 2, "--out-dir is asked for");
    let nowhere = folder.run(["scan", "nowhere", "--out-dir", "out"]);
    assert!(nowhere.code == 4 && nowhere.stderr.contains("`nowhere`"), "{}", nowhere.stderr);
    folder.write("file", b"");
    assert_eq!(folder.run(["scan", "in", "--out-dir", "file"]).code, 1);
}

#[cfg(unix)]
#[test]
fn loops_end_and_outputs_inside_the_folder_are_no_input() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    let folder = leak();
    symlink("..", folder.path("in/sub/loop")).unwrap();
    symlink("talk.flac", folder.path("in/0-link.flac")).unwrap();
    symlink("nowhere", folder.path("in/gone")).unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(folder.path("in/pipe")).status();
    let no_utf_8 = |byte: u8| folder.path("in").join(std::ffi::OsStr::from_bytes(&[byte]));
    fs::copy(fixture(SILENT), no_utf_8(0xfe)).unwrap();
    fs::copy(fixture(SILENT), no_utf_8(0xff)).unwrap();
    let arguments = ["scan", "in", "--out-dir", "in", "-q", "--no-external"];
    assert_eq!(folder.run(arguments).code, 3);
    let text = folder.read("in/scan.ndjson");
    assert_eq!(text.lines().count(), 11, "9 files, a broken link, a summary: {text}");
    assert_eq!(text.matches("\"passed_over\":[{").count(), usize::from(pipe.is_ok()));
    let again = folder.run([&arguments[..], &["--resume"]].concat());
    assert_eq!((again.code, folder.read("in/scan.ndjson")), (3, text), "nothing new was found");
}

#[test]
fn a_short_look_names_what_was_left_out() {
    let folder = leak();
    let run = scan(&folder, &["--profile", "fast"]);
    assert!(
        run.stdout.contains("No detector has examined the sound of the files"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("Absence"), "{}", run.stdout);
    let (files, summary) = lines(&folder);
    assert_eq!((&summary["by_detectors"], &summary["ok"]), (&0.into(), &3.into()));
    let talk = line(&files, "talk.flac");
    let report = folder.path("out").join(talk["report"].as_str().unwrap());
    let document: Value = serde_json::from_slice(&fs::read(report).unwrap()).unwrap();
    assert_eq!(document["tool"]["settings"]["profile"], "fast");
    assert!(document["fingerprint"]["word_count"].as_u64().unwrap() > 800, "13 s of words");
    let reason = "left out by the profile `fast`";
    let left_out = |d: &Value| d["family"] == "structure" || d["reason"] == reason;
    assert!(document["detectors"].as_array().unwrap().iter().all(left_out));
    assert!(talk["source"]["pcm_sha256"].is_string());

    // Another profile examines the files anew, and reads no sample.
    let run = scan(&folder, &["--profile", "structure", "--resume"]);
    assert!(!run.stderr.contains("finished already"), "{}", run.stderr);
    let (files, _) = lines(&folder);
    let talk = line(&files, "talk.flac");
    assert!(talk["source"]["sha256"].is_string() && talk["source"]["pcm_sha256"].is_null());
    assert!((talk["stream"]["duration_s"].as_f64().unwrap() - 13.363).abs() < 0.01);
}

#[cfg(unix)]
#[test]
fn a_name_that_is_no_utf_8_does_not_hide_what_a_file_shares() {
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::new();
    fs::create_dir_all(folder.path("in")).unwrap();
    fs::copy(fixture("clean/columbia-118s.flac"), folder.path("in/address.flac")).unwrap();
    let name = std::ffi::OsStr::from_bytes(b"cut\xff.flac");
    fs::copy(fixture("edited/columbia-butt-cut.flac"), folder.path("in").join(name)).unwrap();
    scan(&folder, &["--profile", "fast"]);
    let (_, summary) = lines(&folder);
    let related = &summary["clusters"][0]["relations"][0];
    assert_eq!(related["a"]["path"], "in/cut\u{fffd}.flac", "{summary}");
}

#[test]
fn files_that_share_sound_are_named_with_what_they_share() {
    let folder = Folder::new();
    fs::create_dir_all(folder.path("in")).unwrap();
    let copy = |from: &str, to: &str| fs::copy(fixture(from), folder.path(to)).unwrap();
    copy("clean/columbia-118s.flac", "in/address.flac");
    copy("compare/columbia-recut.ogg", "in/recut.ogg");
    copy("edited/columbia-butt-cut.flac", "in/cut.flac");
    copy("clean/LJ001-0005.flac", "in/reader.flac");
    copy("clean/de_rhasspy-1422.opus", "in/other.opus");
    let run = scan(&folder, &["--profile", "fast"]);
    assert!(run.stdout.contains("1 cluster of files that share sound"), "{}", run.stdout);
    let (_, summary) = lines(&folder);
    let cluster = &summary["clusters"][0];
    assert_eq!(summary["clusters"].as_array().unwrap().len(), 1);
    let members = cluster["members"].as_array().unwrap();
    let names: Vec<&str> = members.iter().map(|m| m["path"].as_str().unwrap()).collect();
    assert_eq!(names, ["in/address.flac", "in/cut.flac", "in/recut.ogg"]);
    let relations = cluster["relations"].as_array().unwrap();
    let cut = relations
        .iter()
        .find(|r| r["a"]["path"] == "in/cut.flac" && r["b"]["path"] == "in/address.flac");
    let cut = cut.unwrap();
    assert_eq!((&cut["kind"], &cut["edits"]), (&"edit".into(), &serde_json::json!(["deletion"])));
    assert!(cut["b_end_s"].as_f64().unwrap() > 13.8 && cut["score"].as_f64().unwrap() > 12.0);
    let index = folder.read("out/index.html");
    assert!(index.contains("What belongs together") && index.contains("with 1 deletion"));

    // The archive beside the reports answers `match`.
    let run = folder.run(["match", "in/recut.ogg", "--archive", "out/archive", "--json"]);
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(found["matches"].as_array().unwrap().len(), 3, "{}", run.stdout);
}
