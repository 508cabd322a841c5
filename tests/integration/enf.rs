//! Hum whose frequency walks, held against the record it was made from and against others.

use std::f64::consts::TAU;
use std::path::Path;

use serde_json::Value;

use crate::support::{Folder, Lcg, Run};
use crate::synth::{Sound, pink};

/// Samples per second of the clip.
const RATE: u32 = 8000;

/// Seconds of the clip.
const CLIP_S: usize = 150;

/// Where in the record the clip begins, in seconds.
const START_S: usize = 1000;

/// Seconds of a record.
const RECORD_S: usize = 3000;

/// A frequency in Hz once a second that walks about 50 Hz as mains do: about 1 mHz a second.
fn walk(seed: u64) -> Vec<f64> {
    let mut random = Lcg(seed);
    let mut off = 0.0;
    let mut step = || {
        off += 0.0015 * f64::from(random.noise()) - 0.003 * off;
        50.0 + off
    };
    (0..RECORD_S).map(|_| step()).collect()
}

/// Noise with even harmonics of a part of the record.
fn hum(hz: &[f64]) -> Sound {
    let len = CLIP_S * RATE as usize;
    let mut samples: Vec<f32> = pink(len, 3).iter().map(|x| 0.02 * x).collect();
    let mut turns = 0.0;
    for (n, x) in samples.iter_mut().enumerate() {
        let time_s = n as f64 / f64::from(RATE);
        let (second, share) = (START_S + time_s as usize, time_s.fract());
        turns += (hz[second] + share * (hz[second + 1] - hz[second])) / f64::from(RATE);
        let harmonics = [2.0, 4.0, 6.0].map(|h: f64| (TAU * h * turns).sin());
        *x += 0.004 * harmonics.iter().sum::<f64>() as f32;
    }
    Sound { rate: RATE, channels: vec![samples] }
}

/// A record that begins at noon of 1 May 2024 in a zone two hours east.
fn dated(hz: &[f64]) -> String {
    let row = |(n, hz): (usize, &f64)| {
        let (hour, minute, second) = (12 + n / 3600, n / 60 % 60, n % 60);
        format!("2024-05-01T{hour:02}:{minute:02}:{second:02}+02:00,{hz:.4}\n")
    };
    "time,frequency\n".to_owned() + &hz.iter().enumerate().map(row).collect::<String>()
}

/// The same counted in seconds from 5000.
fn counted(hz: &[f64]) -> String {
    hz.iter().enumerate().map(|(n, hz)| format!("{},{hz:.4}\n", 5000 + n)).collect()
}

fn analyze(folder: &Folder, record: &str, clip: &Path) -> Run {
    let clip = clip.to_str().unwrap();
    folder.run(["analyze", "--json", "--out", "page.html", "--enf-reference", record, clip])
}

fn seconds(place: &Value) -> f64 {
    place["start_s"].as_f64().unwrap()
}

#[test]
fn a_clip_is_found_in_the_record_it_was_made_from_and_in_no_other() {
    let folder = Folder::new();
    let hz = walk(11);
    folder.write("grid.csv", dated(&hz).as_bytes());
    folder.write("counted.csv", counted(&hz).as_bytes());
    folder.write("other.csv", dated(&walk(12)).as_bytes());
    folder.write("short.csv", dated(&hz[..100]).as_bytes());
    let clip = folder.path("clip.wav");
    hum(&hz).write_wav(&clip);

    let run = analyze(&folder, "grid.csv", &clip);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let document = run.valid_json();
    let matched = &document["enf_match"];
    assert_eq!(matched["status"], "stands_out", "{matched}");
    // Noon two hours east of UTC, and 1000 s; the series is good to a second or two.
    let start = seconds(&matched["best"]);
    assert!((start - (1_714_557_600.0 + START_S as f64)).abs() <= 2.0, "{matched}");
    let (local, utc) = (&matched["best"]["start"], &matched["best"]["start_utc"]);
    assert!(local.as_str().unwrap().starts_with("2024-05-01T12:16:"), "{local}");
    assert!(utc.as_str().unwrap().starts_with("2024-05-01T10:16:"), "{utc}");
    assert!((seconds(&matched["next_best"]) - start).abs() >= 60.0);
    assert_eq!(matched["false_series"]["as_good"], 0);
    let series = document["measurements"]["series"].as_array().unwrap();
    let enf = series.iter().find(|s| s["name"] == "enf_hz").unwrap();
    let values = enf["values"].as_array().unwrap();
    assert_eq!(values.len(), matched["record_series"]["values"].as_array().unwrap().len());
    let true_hz = hz[START_S + enf["start_s"].as_f64().unwrap() as usize];
    assert!((values[0].as_f64().unwrap() - true_hz).abs() < 0.004, "{enf}");
    let page = folder.read("page.html");
    assert!(page.contains("Hum against the record grid.csv") && page.contains("\"beneath\""));

    let counted = analyze(&folder, "counted.csv", &clip).valid_json();
    let best = &counted["enf_match"]["best"];
    assert!((seconds(best) - 6000.0).abs() <= 2.0 && best.get("start_utc").is_none(), "{best}");

    let other = analyze(&folder, "other.csv", &clip).valid_json();
    assert_eq!(other["enf_match"]["status"], "alike", "{}", other["enf_match"]);
    assert!(!other["enf_match"]["reason"].as_str().unwrap().is_empty());

    let short = analyze(&folder, "short.csv", &clip);
    let told = &short.valid_json()["enf_match"];
    assert_eq!((short.code, told["status"].as_str()), (0, Some("not_compared")), "{told}");
    assert!(told["reason"].as_str().unwrap().contains("record is shorter"), "{told}");

    let text = folder.run(["analyze", "--enf-reference", "grid.csv", "clip.wav"]).stdout;
    assert!(text.contains("Hum against the record `grid.csv`:"), "{text}");
}

#[test]
fn a_clip_without_hum_says_so() {
    let folder = Folder::new();
    folder.write("grid.csv", counted(&walk(11)).as_bytes());
    let clip = folder.path("clip.wav");
    let samples = pink(20 * RATE as usize, 5).iter().map(|x| 0.02 * x).collect();
    Sound { rate: RATE, channels: vec![samples] }.write_wav(&clip);
    let document = analyze(&folder, "grid.csv", &clip).valid_json();
    assert_eq!(document["enf_match"]["status"], "not_compared");
    assert!(document["enf_match"]["reason"].as_str().unwrap().contains("no mains hum"));
    let plain = folder.run(["analyze", "--json", "clip.wav"]).valid_json();
    assert!(plain.get("enf_match").is_none());
}

#[test]
fn a_bad_record_is_wrong_usage_and_nothing_is_examined() {
    let folder = Folder::new();
    folder.write("words.csv", b"time,hz\n1,50.01\ntwo,50.02\n");
    folder.write("empty.csv", b"");
    folder.write("volts.csv", b"1,230\n2,231\n");
    let records = [
        ("words.csv", "row 3"),
        ("empty.csv", "no row"),
        ("volts.csv", "40 to 70 Hz"),
        ("missing.csv", "missing.csv"),
        (".", "`.`"),
    ];
    for (record, said) in records {
        let run = folder.run(["analyze", "--json", "--enf-reference", record, "no-clip.wav"]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{record}: {}", run.stderr);
        assert!(run.stderr.starts_with("spliceprint: ") && run.stderr.contains(said), "{record}");
    }
}
