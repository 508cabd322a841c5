//! `compare` as a program: the shipped clip's map, its outputs, exit codes, and hostile names.

use serde_json::Value;

use crate::support::{Folder, fixture};

fn path(name: &str) -> String {
    fixture(name).to_str().unwrap().to_owned()
}

fn pair() -> [String; 2] {
    [path("compare/columbia-recut.ogg"), path("clean/columbia-118s.flac")]
}

/// `compare` with these further arguments.
fn arguments<'a>(pair: &'a [String; 2], more: &[&'a str]) -> Vec<&'a str> {
    let mut all = vec!["compare", &pair[0], &pair[1]];
    all.extend(more);
    all
}

/// Numbers of an array.
fn span(table: &toml::Value, key: &str) -> [f64; 2] {
    let values = table[key].as_array().unwrap();
    [values[0].as_float().unwrap(), values[1].as_float().unwrap()]
}

#[test]
fn the_shipped_clip_gives_the_map_of_its_truth() {
    let pair = pair();
    let run = Folder::new().run(arguments(&pair, &["--json"]));
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let document = run.valid_json();
    let truth = std::fs::read_to_string(fixture("compare/columbia-recut.truth.toml")).unwrap();
    let truth: toml::Table = truth.parse().unwrap();
    let near = |document: &Value, start: &str, end: &str, truth: [f64; 2]| {
        for (key, expected) in [start, end].into_iter().zip(truth) {
            let got = document[key].as_f64().unwrap();
            assert!((got - expected).abs() < 0.02, "{key}: {got}, not {expected}");
        }
    };
    for (name, list) in [("segment", "segments"), ("edit", "edits")] {
        let (expected, got) = (truth[name].as_array().unwrap(), document[list].as_array().unwrap());
        assert_eq!(expected.len(), got.len(), "{got:?}");
        for (expected, got) in expected.iter().zip(got) {
            near(got, "a_start_s", "a_end_s", span(expected, "a_s"));
            near(got, "b_start_s", "b_end_s", span(expected, "b_s"));
            let kind = expected.get("kind").map(|kind| kind.as_str().unwrap());
            assert_eq!(kind, got.get("kind").map(|kind| kind.as_str().unwrap()));
        }
    }
    assert_eq!(document["same_source"]["conclusion"], "found");
}

#[test]
fn every_kind_of_output_is_written_at_once_and_the_same_twice() {
    let pair = pair();
    let kinds = ["c.json", "c.csv", "c.txt", "c.html"];
    let mut more = vec!["--aligned", "aligned.wav", "--residual", "rest.wav"];
    kinds.iter().for_each(|kind| more.extend(["--out", kind]));
    let folders = [Folder::new(), Folder::new()];
    for folder in &folders {
        assert_eq!(folder.run(arguments(&pair, &more)).code, 0);
    }
    let [first, second] = folders;
    for kind in kinds {
        assert_eq!(first.read(kind), second.read(kind), "{kind}");
    }
    assert!(first.read("c.csv").starts_with("file_a,file_b,kind,a_start_s,"));
    assert_eq!(first.read("c.csv").matches(",segment,").count(), 4);
    assert!(first.read("c.txt").contains("deletion: 1.2"));
    assert!(first.read("c.html").len() > 100_000, "the page holds pictures and sound");
    let level = |name: &str| {
        let mut wav = hound::WavReader::open(first.path(name)).unwrap();
        assert_eq!((wav.spec().sample_rate, wav.spec().channels), (48_000, 1));
        let samples: Vec<f32> = wav.samples().map(Result::unwrap).collect();
        assert!((samples.len() as f64 / 48_000.0 - 10.3).abs() < 0.05);
        samples.iter().map(|x| x * x).sum::<f32>() / samples.len() as f32
    };
    assert!(!first.path("rest.wav.part").exists());
    assert!(level("rest.wav") < 0.1 * level("aligned.wav"));
}

#[test]
fn exit_codes_and_refusals_are_those_of_the_contract() {
    let [clip, source] = pair();
    let folder = Folder::new();
    let code = |arguments: &[&str]| folder.run(arguments).code;
    assert_eq!(code(&["compare", &clip, "missing.wav"]), 3);
    assert_eq!(code(&["compare", "missing.wav", "missing.ogg"]), 4);
    assert_eq!(code(&["compare", &clip]), 2);
    for out in ["x.TextGrid", "x.sv.csv", "x.ndjson", "x.wav"] {
        let run = folder.run(["compare", &clip, &source, "--out", out]);
        assert_eq!(run.code, 2, "{out}");
        assert!(run.stderr.contains(out), "{}", run.stderr);
    }
    assert_eq!(code(&["compare", "-", "-"]), 2);
    assert_eq!(code(&["compare", &clip, &source, "--aligned", "no/folder/a.wav"]), 1);
    let run = folder.run(["compare", "missing.wav", &source, "--json", "--out", "m.txt"]);
    assert_eq!(run.code, 3);
    let document = run.valid_json();
    assert_eq!(document["status"], "unreadable");
    assert_eq!(document["a"]["error"]["kind"], "open");
    assert!(!folder.path("m.txt").exists());
}

#[test]
fn a_hostile_name_stays_text() {
    let [clip, source] = pair();
    let folder = Folder::new();
    let name = "=x\u{1b}[31m<img src=x>.ogg";
    std::fs::copy(clip, folder.path(name)).unwrap();
    let run = folder.run(["compare", name, &source, "--out", "h.html", "--out", "h.csv"]);
    assert_eq!(run.code, 0);
    assert!(!run.stdout.contains('\u{1b}'));
    assert!(!folder.read("h.html").contains("<img src=x>"));
    assert!(
        folder
            .read("h.csv")
            .lines()
            .skip(1)
            .all(|line| line.starts_with("'=") || line.starts_with("\"'="))
    );
}

#[test]
fn a_source_damaged_in_its_middle_still_answers() {
    let folder = Folder::new();
    let mut bytes = std::fs::read(fixture("clean/columbia-118s.flac")).unwrap();
    let middle = bytes.len() * 3 / 4;
    bytes[middle..middle + 3000].fill(0);
    let source = folder.write("damaged.flac", &bytes).to_str().unwrap().to_owned();
    let pair = [pair()[0].clone(), source];
    let run = folder.run(arguments(&pair, &["--json"]));
    assert_eq!(run.code, 0, "{}", run.stderr);
    let document = run.valid_json();
    assert_eq!(document["status"], "partial");
    assert_eq!(document["same_source"]["found"], true);
}
