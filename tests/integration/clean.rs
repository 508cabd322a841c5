//! Untouched recordings have no edit point, and every format says truly what it is.

use crate::support::{Folder, edit_times, fixture, fixtures, name};

/// Fixtures last two seconds; encoders pad to their frames.
const PADDING_S: f64 = 0.06;

/// File, container, codec, rate in Hz, channels, duration in seconds. Durations other than 2 s are of
/// streams without a note of their priming or padding, whose every sample counts.
const FORMATS: [(&str, &str, &str, u32, u16, f64); 40] = [
    ("adpcm-ima.wav", "WAV", "IMA ADPCM", 16_000, 1, 2.0),
    ("adpcm-ms.wav", "WAV", "MS ADPCM", 16_000, 1, 2.0),
    ("alac.caf", "CAF", "ALAC", 16_000, 1, 2.0),
    ("alac.m4a", "MP4", "ALAC", 16_000, 1, 2.0),
    ("alaw.wav", "WAV", "G.711 A-law", 8_000, 1, 2.0),
    ("amr-nb-dtx.amr", "AMR", "AMR-NB", 8_000, 1, 2.0),
    ("amr-nb.3gp", "3GP", "AMR-NB", 8_000, 1, 2.0),
    ("amr-nb.amr", "AMR", "AMR-NB", 8_000, 1, 2.0),
    ("amr-wb.awb", "AMR-WB", "AMR-WB", 16_000, 1, 2.0),
    ("flac.ogg", "OGG", "FLAC", 16_000, 1, 2.0),
    ("gsm.wav", "WAV", "GSM 06.10", 8_000, 1, 2.0),
    ("he-v1.aac", "ADTS", "HE-AAC", 44_100, 2, 2.0),
    ("he-v1.m4a", "MP4", "HE-AAC", 44_100, 2, 2.0),
    ("he-v2.aac", "ADTS", "HE-AAC v2", 44_100, 2, 2.0),
    ("lame-cbr.mp3", "MP3", "MP3", 44_100, 1, 2.0),
    ("lame-vbr.mp3", "MP3", "MP3", 44_100, 1, 2.0),
    ("lc-5.1.m4a", "MP4", "AAC-LC", 44_100, 6, 2.0),
    ("lc-edit-list.m4a", "MP4", "AAC-LC", 44_100, 1, 2.0),
    ("lc-fragmented.mp4", "MP4", "AAC-LC", 44_100, 1, 2.0),
    ("lc.aac", "ADTS", "AAC-LC", 44_100, 1, 2.0),
    ("lc.mkv", "Matroska", "AAC-LC", 44_100, 1, 2.0),
    ("mp3.wav", "WAV", "MP3", 16_000, 1, 2.088),
    ("mulaw.au", "AU", "G.711 µ-law", 8_000, 1, 2.0),
    ("opus-5.1.opus", "OGG", "Opus", 48_000, 6, 2.0),
    ("opus-chained.ogg", "OGG", "Opus", 48_000, 1, 4.0),
    ("opus-voice-16k-60ms.ogg", "OGG", "Opus", 48_000, 1, 2.0),
    ("opus.caf", "CAF", "Opus", 48_000, 1, 2.0),
    ("opus.mp4", "MP4", "Opus", 48_000, 1, 2.0),
    ("opus.webm", "WebM", "Opus", 48_000, 1, 2.0),
    ("pcm-f32.wav", "WAV", "PCM f32le", 16_000, 1, 2.0),
    ("pcm-s16.wav", "WAV", "PCM s16le", 16_000, 1, 2.0),
    ("pcm-s24.wav", "WAV", "PCM s24le", 16_000, 1, 2.0),
    ("pcm-u8.wav", "WAV", "PCM u8", 8_000, 1, 2.0),
    ("pcm.aiff", "AIFF", "PCM s16be", 16_000, 1, 2.0),
    ("pcm.caf", "CAF", "PCM s16be", 16_000, 1, 2.0),
    ("pcm.mov", "QuickTime", "PCM s16le", 16_000, 1, 2.0),
    ("rf64.wav", "RF64", "PCM s16le", 8_000, 1, 2.0),
    ("twolame.mp2", "MP2", "MP2", 44_100, 1, 2.0),
    ("video.mp4", "MP4", "AAC-LC", 44_100, 1, 2.0),
    ("vorbis.ogg", "OGG", "Vorbis", 44_100, 1, 2.0),
];

/// One and the same 16-bit samples at 16 kHz, in containers that keep them.
const SAME_SAMPLES: [&str; 7] =
    ["pcm-s16.wav", "pcm.aiff", "pcm.caf", "alac.caf", "alac.m4a", "flac.ogg", "pcm.mov"];

#[test]
fn untouched_recordings_have_no_edit_point() {
    let folder = Folder::new();
    for path in fixtures("clean") {
        let run = folder.analyze_json(&path);
        let document = run.valid_json();
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", path.display());
        assert_eq!(document["status"], "ok", "{}", path.display());
        assert_eq!(edit_times(&document), Vec::<f64>::new(), "{}", path.display());
    }
}

#[test]
fn every_format_says_what_it_is() {
    let folder = Folder::new();
    for path in fixtures("formats") {
        let file = name(&path);
        let row = FORMATS.iter().find(|row| row.0 == file);
        let (_, container, codec, rate, channels, duration_s) =
            *row.unwrap_or_else(|| panic!("{file} is in no table"));
        let run = folder.analyze_json(&path);
        let document = run.valid_json();
        assert_eq!(
            (run.code, document["status"].as_str()),
            (0, Some("ok")),
            "{file}: {}",
            run.stderr
        );
        let stream = &document["stream"];
        assert_eq!(stream["container"], container, "{file}");
        assert_eq!(stream["codec"], codec, "{file}");
        assert_eq!(stream["sample_rate_hz"], rate, "{file}");
        assert_eq!(stream["channels"], channels, "{file}");
        let took_s = stream["duration_s"].as_f64().unwrap();
        assert!((took_s - duration_s).abs() <= PADDING_S, "{file}: {took_s} s");
        assert_eq!(stream["damage"].as_array().unwrap().len(), 0, "{file}");
        assert_eq!(stream["tracks"].as_array().unwrap().len(), 1, "{file}");
    }
    assert_eq!(fixtures("formats").len(), FORMATS.len(), "the table has rows without a file");
}

#[test]
fn equal_samples_have_equal_hashes_in_every_container() {
    let folder = Folder::new();
    let hashes = SAME_SAMPLES.map(|file| {
        let document = folder.analyze_json(&fixture("formats").join(file)).valid_json();
        assert_eq!(document["source"]["pcm_format"], "s16le", "{file}");
        (file, document["source"]["pcm_sha256"].as_str().unwrap().to_owned())
    });
    for (file, hash) in &hashes {
        assert_eq!(hash, &hashes[0].1, "{file} against {}", hashes[0].0);
    }
}

#[test]
fn every_time_lies_inside_the_clip() {
    let folder = Folder::new();
    for path in fixtures("formats").into_iter().chain(fixtures("edited")) {
        if path.extension().is_some_and(|e| e == "toml") {
            continue;
        }
        let document = folder.analyze_json(&path).valid_json();
        let end_s = document["stream"]["duration_s"].as_f64().unwrap() + 1e-6;
        let detectors = document["detectors"].as_array().unwrap();
        let findings = detectors.iter().flat_map(|d| d["findings"].as_array().unwrap());
        for place in findings.chain(document["edit_points"].as_array().unwrap()) {
            for key in ["time_s", "start_s", "end_s"] {
                let time_s = place[key].as_f64().unwrap();
                assert!((0.0..=end_s).contains(&time_s), "{}: {key} {time_s}", path.display());
            }
        }
    }
}
