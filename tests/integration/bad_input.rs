//! What is no recording, or claims to be more than it is: a document, a reason, an exit code.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

use crate::support::{Folder, Lcg, Run, fixture};

/// A RIFF WAV with this `fmt ` chunk and a `data` chunk that declares `declared` bytes.
fn wav(format: &[u8], declared: u32, data: &[u8]) -> Vec<u8> {
    let mut bytes = b"RIFF".to_vec();
    bytes.extend(declared.saturating_add(28 + format.len() as u32).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend((format.len() as u32).to_le_bytes());
    bytes.extend(format);
    bytes.extend(b"data");
    bytes.extend(declared.to_le_bytes());
    bytes.extend(data);
    bytes
}

/// A `fmt ` chunk: code 1 for integers, 3 for floats.
fn format(code: u16, channels: u16, rate: u32, bits: u16) -> Vec<u8> {
    let frame = channels.wrapping_mul(bits / 8);
    let mut bytes = Vec::new();
    bytes.extend(code.to_le_bytes());
    bytes.extend(channels.to_le_bytes());
    bytes.extend(rate.to_le_bytes());
    bytes.extend(rate.wrapping_mul(u32::from(frame)).to_le_bytes());
    bytes.extend(frame.to_le_bytes());
    bytes.extend(bits.to_le_bytes());
    bytes
}

/// Seeded noise as 16-bit samples.
fn noise(samples: usize) -> Vec<u8> {
    let mut random = Lcg(3);
    (0..samples).flat_map(|_| ((random.noise() * 8000.0) as i16).to_le_bytes()).collect()
}

/// Wants `unreadable` with a kind, a message and exit code 4.
fn refused(run: &Run, kind: &str) -> Value {
    let document = run.valid_json();
    assert_eq!((run.code, document["status"].as_str()), (4, Some("unreadable")), "{document}");
    let error = &document["error"];
    assert_eq!(error["kind"], kind, "{error}");
    assert!(!error["message"].as_str().unwrap().is_empty());
    assert!(run.stderr.starts_with("spliceprint: "), "{}", run.stderr);
    if let Some(hint) = error["hint"].as_str() {
        assert!(run.stderr.contains(&format!("hint: {hint}")), "{}", run.stderr);
    }
    assert!(document["edit_points"].as_array().unwrap().is_empty());
    document
}

#[test]
fn what_is_no_audio_is_named_whatever_its_ending() {
    let folder = Folder::new();
    let mut program = std::fs::read(env!("CARGO_BIN_EXE_spliceprint")).unwrap();
    program.truncate(4096);
    let text = b"Dear all,\n\nplease find attached the minutes of our meeting.\n".repeat(40);
    let picture =
        [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02"[..], &[0; 400]].concat();
    for (name, bytes) in [
        ("empty.wav", Vec::new()),
        ("one-byte.mp3", vec![0xFF]),
        ("text.mp3", text),
        ("picture.mp3", picture),
        ("program.ogg", program),
        ("zeros.m4a", vec![0; 5000]),
    ] {
        let path = folder.write(name, &bytes);
        let run = folder.analyze_json(&path);
        let document = refused(&run, "unrecognised");
        assert!(run.stderr.contains("hint: "), "{name}: {}", run.stderr);
        assert_eq!(document["source"]["path"].as_str(), path.to_str(), "{name}");
    }
}

#[test]
fn what_cannot_be_opened_is_an_error_of_opening() {
    let folder = Folder::new();
    let inner = folder.path("folder.wav");
    std::fs::create_dir(&inner).unwrap();
    refused(&folder.analyze_json(&inner), "open");
    let run = folder.analyze_json(Path::new("missing.wav"));
    refused(&run, "open");
    assert!(run.stderr.contains("`missing.wav`"), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_an_error_of_opening() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let path = folder.write("locked.wav", &wav(&format(1, 1, 8000, 16), 200, &noise(100)));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::File::open(&path).is_ok() {
        return; // Root may read everything.
    }
    refused(&folder.analyze_json(&path), "open");
}

#[cfg(unix)]
#[test]
fn a_named_pipe_does_not_hang() {
    let folder = Folder::new();
    let path = folder.path("pipe.wav");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    if made.is_ok_and(|status| status.success()) {
        refused(&folder.analyze_json(&path), "open");
    }
}

#[test]
fn impossible_headers_are_refused() {
    let folder = Folder::new();
    for (name, format) in [
        ("rate-0.wav", format(1, 1, 0, 16)),
        ("rate-4e9.wav", format(1, 1, u32::MAX, 16)),
        ("channels-0.wav", format(1, 0, 8000, 16)),
        ("channels-65535.wav", format(1, 65535, 8000, 16)),
        ("bits-0.wav", format(1, 1, 8000, 0)),
        ("no-such-codec.wav", format(0x7A7A, 1, 8000, 16)),
    ] {
        let path = folder.write(name, &wav(&format, 16_000, &noise(8000)));
        let run = folder.analyze_json(&path);
        let document = run.valid_json();
        let kind = document["error"]["kind"].as_str().unwrap_or("none").to_owned();
        assert!(["malformed", "limit", "unsupported"].contains(&&*kind), "{name}: {document}");
        refused(&run, &kind);
    }
}

#[test]
fn a_declared_length_that_is_not_there_costs_nothing() {
    let folder = Folder::new();
    let path =
        folder.write("4-gib.wav", &wav(&format(1, 2, 48_000, 16), u32::MAX - 100, &noise(50)));
    let run = folder.analyze_json(&path);
    let document = run.valid_json();
    assert_eq!((run.code, document["status"].as_str()), (0, Some("partial")), "{document}");
    assert!((document["stream"]["duration_s"].as_f64().unwrap() - 25.0 / 48_000.0).abs() < 1e-6);
    // Again with half a gigabyte of address space: the declared bytes are never asked for.
    if cfg!(target_os = "linux") {
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", "ulimit -v 524288 && exec \"$0\" analyze --json \"$1\""]);
        shell.arg(env!("CARGO_BIN_EXE_spliceprint")).arg(&path);
        let capped = shell.output().unwrap();
        assert_eq!(capped.status.code(), Some(0), "{}", String::from_utf8_lossy(&capped.stderr));
    }
}

#[test]
fn the_shortest_recording_is_examined() {
    let folder = Folder::new();
    for channels in [1u16, 2] {
        let format = format(1, channels, 8000, 16);
        let bytes = wav(&format, 2 * u32::from(channels), &noise(usize::from(channels)));
        let run = folder.analyze_json(&folder.write("one-sample.wav", &bytes));
        let document = run.valid_json();
        assert_eq!((run.code, document["status"].as_str()), (0, Some("ok")), "{document}");
        assert_eq!(document["stream"]["duration_s"], 0.000_125);
    }
    let run =
        folder.analyze_json(&folder.write("no-sample.wav", &wav(&format(1, 1, 8000, 16), 0, &[])));
    refused(&run, "no_audio");
}

#[test]
fn samples_that_are_no_numbers_count_as_zero_and_are_told() {
    let folder = Folder::new();
    let mut random = Lcg(5);
    let mut samples: Vec<f32> = (0..16_000).map(|_| 0.1 * random.noise()).collect();
    for (n, odd) in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 3e38, 1e-42].iter().enumerate() {
        samples[3000 + 1000 * n] = *odd;
    }
    let data: Vec<u8> = samples.iter().flat_map(|x| x.to_le_bytes()).collect();
    let path = folder.write("nan.wav", &wav(&format(3, 1, 8000, 32), 64_000, &data));
    let run = folder.analyze_json(&path);
    let document = run.valid_json();
    assert_eq!(run.code, 0, "{}", run.stderr);
    let warnings = document["stream"]["warnings"].to_string();
    assert!(warnings.contains("4 samples are no finite numbers"), "{warnings}");
}

#[test]
fn many_channels_at_a_high_rate_are_examined() {
    let folder = Folder::new();
    let bytes = wav(&format(1, 8, 192_000, 16), 2 * 8 * 192_000, &noise(8 * 192_000));
    let run = folder.analyze_json(&folder.write("8-at-192k.wav", &bytes));
    let stream = &run.valid_json()["stream"];
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!((&stream["channels"], &stream["sample_rate_hz"]), (&8.into(), &192_000.into()));
    assert_eq!(stream["duration_s"], 1.0);
}

#[test]
fn one_bad_file_among_good_ones_gives_3_and_loses_nothing() {
    let folder = Folder::new();
    folder.write("bad.wav", b"no recording");
    let good = fixture("formats/pcm-s16.wav");
    let run = folder.run([
        "analyze",
        "--json",
        good.to_str().unwrap(),
        "bad.wav",
        good.to_str().unwrap(),
    ]);
    assert_eq!(run.code, 3);
    let lines: Vec<Value> = run.stdout.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let states: Vec<&str> = lines.iter().map(|d| d["status"].as_str().unwrap()).collect();
    assert_eq!(states, ["ok", "unreadable", "ok"]);
}

#[test]
fn a_file_that_grows_is_examined_or_reported_as_changed() {
    let folder = Folder::new();
    let bytes = wav(&format(1, 1, 44_100, 16), 2 * 600_000, &noise(600_000));
    let path = folder.write("growing.wav", &bytes);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = OpenOptions::new().append(true).open(&path).unwrap();
            while !done.load(Ordering::Relaxed) {
                file.write_all(&[0; 4096]).unwrap();
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        let run = folder.analyze_json(&path);
        done.store(true, Ordering::Relaxed);
        let document = run.valid_json();
        let kind = document["error"]["kind"].as_str();
        assert!(run.code == 0 || (run.code == 4 && kind == Some("changed")), "{document}");
    });
}
