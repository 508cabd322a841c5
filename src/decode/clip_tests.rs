//! Tests of [`Clip`] on files made here.

use std::io::Write;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::*;
use crate::decode::Source;

/// A folder with one file in it.
struct Fixture {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl Fixture {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        Self { _folder: folder, path }
    }

    fn open(&self) -> Result<Clip> {
        Clip::open(&Input::Path(self.path.clone()), &OpenOptions::default())
    }
}

fn wav<S: hound::Sample + Copy>(spec: hound::WavSpec, samples: &[S]) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut bytes, spec).unwrap();
    for sample in samples {
        writer.write_sample(*sample).unwrap();
    }
    writer.finalize().unwrap();
    bytes.into_inner()
}

fn spec(channels: u16, bits: u16, float: bool) -> hound::WavSpec {
    let sample_format = if float { hound::SampleFormat::Float } else { hound::SampleFormat::Int };
    hound::WavSpec { channels, sample_rate: 8_000, bits_per_sample: bits, sample_format }
}

/// 20 000 frames of stereo that visit all 16 bits.
fn stereo() -> Vec<i16> {
    (0..40_000i32).map(|i| (i * 7919 % 65_536 - 32_768) as i16).collect()
}

/// All samples interleaved, and what `finish` says.
fn read(mut clip: Clip) -> (Vec<f32>, Source, StreamInfo) {
    let mut all = Vec::new();
    let mut next = 0;
    while let Some(block) = clip.next_block().unwrap() {
        assert_eq!(block.start_frame, next);
        assert!((1..=MAX_BLOCK_FRAMES).contains(&block.frames()));
        next += block.frames() as u64;
        for i in 0..block.frames() {
            all.extend(block.channels.iter().map(|c| c[i]));
        }
    }
    let Ended { source, stream: info, .. } = clip.finish().unwrap();
    (all, source, info)
}

#[test]
fn a_wav_comes_back_bit_by_bit_and_its_hash_is_that_of_the_raw_data() {
    let samples = stereo();
    let raw: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
    let file = Fixture::new("a.wav", &wav(spec(2, 16, false), &samples));
    let clip = file.open().unwrap();
    assert_eq!((clip.stream().sample_rate_hz, clip.stream().channels), (8_000, 2));
    let (all, source, info) = read(clip);
    assert!(all.iter().zip(&samples).all(|(a, b)| a * 32_768.0 == f32::from(*b)));
    assert_eq!(all.len(), samples.len());
    assert_eq!(source.pcm_format.as_deref(), Some("s16le"));
    let expected = super::super::source::hex(&Sha256::digest(&raw));
    assert_eq!(source.pcm_sha256, Some(expected));
    assert_eq!((info.container.as_str(), info.codec.as_str()), ("WAV", "PCM s16le"));
    assert_eq!((info.duration_s, info.untrimmed_duration_s), (2.5, 2.5));
    assert_eq!((info.bit_rate_bps, info.bits_per_sample), (Some(256_000), Some(16)));
    assert!(info.lossless && info.damage.is_empty() && info.warnings.is_empty(), "{info:?}");
    assert_eq!((info.tracks.len(), info.tracks[0].examined), (1, true));
}

#[test]
fn a_cut_wav_gives_what_is_there_and_says_so() {
    let mut bytes = wav(spec(2, 16, false), &stereo());
    bytes.truncate(bytes.len() / 2);
    let (all, _, info) = read(Fixture::new("a.wav", &bytes).open().unwrap());
    assert!((19_900..20_000).contains(&all.len()));
    let text = format!("{:?}", info.damage);
    assert!(text.contains("before its declared end"), "{text}");
}

#[test]
fn samples_that_are_no_numbers_become_zero_and_are_counted() {
    let samples = [0.5, f32::NAN, 2.0, f32::INFINITY, -0.25];
    let file = Fixture::new("a.wav", &wav(spec(1, 32, true), &samples));
    let (all, source, info) = read(file.open().unwrap());
    assert_eq!(all, [0.5, 0.0, 2.0, 0.0, -0.25]);
    assert_eq!(source.pcm_format.as_deref(), Some("f32le"));
    assert!(info.warnings.iter().any(|w| w.starts_with("2 samples")), "{:?}", info.warnings);
}

#[test]
fn a_rate_of_zero_is_refused() {
    let mut bytes = wav(spec(1, 16, false), &[1i16; 100]);
    bytes[24..28].fill(0);
    let error = Fixture::new("a.wav", &bytes).open().unwrap_err();
    assert!(matches!(error, Error::Limit { .. } | Error::Malformed { .. }), "{error}");
}

#[test]
fn no_recording_at_all() {
    let empty = Fixture::new("a.wav", b"").open().unwrap_err();
    assert!(matches!(empty, Error::Unrecognised { .. }), "{empty}");
    let text = Fixture::new("a.mp3", b"just some words, nothing to hear").open().unwrap_err();
    assert!(matches!(text, Error::Unrecognised { .. }), "{text}");
    let folder = tempfile::tempdir().unwrap();
    let input = Input::Path(folder.path().to_owned());
    let error = Clip::open(&input, &OpenOptions::default()).unwrap_err();
    assert!(matches!(error, Error::Open { .. }), "{error}");
    let silent = Fixture::new("a.wav", &wav::<i16>(spec(1, 16, false), &[])).open().unwrap_err();
    assert!(matches!(silent, Error::NoAudio { .. }), "{silent}");
}

#[test]
fn a_file_that_changes_meanwhile_is_no_result() {
    let file = Fixture::new("a.wav", &wav(spec(2, 16, false), &stereo()));
    let clip = file.open().unwrap();
    let mut handle = std::fs::OpenOptions::new().append(true).open(&file.path).unwrap();
    handle.write_all(b"more").unwrap();
    drop(handle);
    assert!(matches!(clip.finish(), Err(Error::Changed { .. })));
}

#[test]
fn the_name_and_the_bytes_disagree() {
    let file = Fixture::new("a.mp3", &wav(spec(1, 16, false), &[1i16; 100]));
    let (_, _, info) = read(file.open().unwrap());
    assert_eq!(info.warnings, ["the name ends in `.mp3`, the bytes are WAV"]);
}

#[test]
fn a_track_that_is_not_there() {
    let file = Fixture::new("a.wav", &wav(spec(1, 16, false), &[1i16; 100]));
    let options = OpenOptions { track: Some(1), ..OpenOptions::default() };
    let error = Clip::open(&Input::Path(file.path.clone()), &options).unwrap_err();
    assert!(matches!(error, Error::Argument { .. }), "{error}");
}

#[test]
fn raw_gsm_and_amr_have_decoders() {
    let gsm = Fixture::new("a.gsm", &[&[0xD0u8][..], &[0; 32]].concat().repeat(20));
    let (all, _, info) = read(gsm.open().unwrap());
    assert_eq!((all.len(), info.codec.as_str()), (20 * 160, "GSM 06.10"));
    let amr = [b"#!AMR\n".to_vec(), [&[0x3Cu8][..], &[0; 31]].concat().repeat(10)].concat();
    let (all, _, info) = read(Fixture::new("a.amr", &amr).open().unwrap());
    assert_eq!((all.len(), info.codec.as_str(), info.sample_rate_hz), (1600, "AMR-NB", 8_000));
}
