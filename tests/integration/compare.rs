//! `compare` on clips made here from shipped recordings: each edit is found where it was made.

use spliceprint::comparison::{Comparison, Recording, compare};
use spliceprint::decode::{Input, OpenOptions};
use spliceprint::dsp::sinc::interpolate;

use crate::support::{Folder, Lcg, fixture};
use crate::synth::Sound;

/// Distance within which a joint counts as found, in seconds.
const JOINT_S: f64 = 0.02;

/// Seconds within which a lossless stretch lies where it was taken from.
const PLACE_S: f64 = 0.0002;

const SOURCE: &str = "clean/columbia-118s.flac";
const STRANGER: &str = "clean/LJ001-0005.flac";

fn recording(sound: &Sound) -> Recording {
    let folder = Folder::new();
    let path = folder.path("clip.wav");
    sound.write_wav(&path);
    let options = OpenOptions::default();
    Recording::read(&Input::Path(path), &options, &mut |_, _| {}).unwrap()
}

fn compared(clip: &Sound, source: &Sound) -> Comparison {
    compare(&mut recording(clip), &mut recording(source)).unwrap()
}

/// Pieces of sounds, one after the other; `None` stands for the source.
fn joined(pieces: &[(Option<&Sound>, f64, f64)]) -> Sound {
    let source = Sound::of(SOURCE);
    let mut samples = Vec::new();
    for &(sound, from_s, to_s) in pieces {
        let sound = sound.unwrap_or(&source);
        let range = sound.frames(from_s)..sound.frames(to_s);
        samples.extend_from_slice(&sound.channels[0][range]);
    }
    Sound { rate: source.rate, channels: vec![samples] }
}

/// Another recording at the source's rate.
fn stranger() -> Sound {
    let (mut sound, rate) = (Sound::of(STRANGER), Sound::of(SOURCE).rate);
    let ratio = f64::from(sound.rate) / f64::from(rate);
    let count = (sound.len() as f64 / ratio) as usize;
    sound.channels[0] = interpolate(&sound.channels[0], 0.0, ratio, count);
    Sound { rate, ..sound }
}

/// An edit: kind, start and end in the clip, start and end in the source.
type Wanted<'a> = (&'a str, [f64; 2], Option<[f64; 2]>);

fn wants(comparison: &Comparison, edits: &[Wanted]) {
    let found = &comparison.edits;
    assert_eq!(found.len(), edits.len(), "{found:?}");
    for (edit, (kind, a_s, b_s)) in found.iter().zip(edits) {
        assert_eq!(format!("{:?}", edit.kind).to_lowercase(), *kind, "{found:?}");
        let near = |x: (f64, f64), y: &[f64; 2]| {
            (x.0 - y[0]).abs() < JOINT_S && (x.1 - y[1]).abs() < JOINT_S
        };
        assert!(near(edit.a_s, a_s), "{edit:?}");
        assert_eq!(edit.b_s.is_some(), b_s.is_some());
        assert!(edit.b_s.zip(*b_s).is_none_or(|(x, y)| near(x, &y)), "{edit:?}");
    }
}

#[test]
fn a_recording_is_all_of_itself() {
    let source = Sound::of(SOURCE);
    let comparison = compared(&source, &source);
    assert_eq!((comparison.segments.len(), comparison.edits.len()), (1, 0), "{comparison:?}");
    let segment = &comparison.segments[0];
    assert!(segment.aligned && !segment.inverted && segment.similarity > 0.99);
    assert!(segment.gain_db.abs() < 0.01 && segment.line.offset_s.abs() < PLACE_S);
    assert!(comparison.residual.segments_db[0].is_some_and(|db| db < -60.0));
    assert!(comparison.residual.additions.is_empty());
}

#[test]
fn an_excerpt_at_another_level_and_polarity_is_placed_to_the_sample() {
    let mut clip = joined(&[(None, 3.2001, 10.9)]);
    clip.channels[0].iter_mut().for_each(|x| *x *= -0.25);
    let comparison = compared(&clip, &Sound::of(SOURCE));
    wants(&comparison, &[]);
    let segment = &comparison.segments[0];
    assert!(segment.inverted && (segment.gain_db + 12.04).abs() < 0.1, "{segment:?}");
    assert!((segment.line.b(0.0) - 3.2001).abs() < PLACE_S, "{segment:?}");
}

#[test]
fn each_kind_of_edit_is_found_where_it_is() {
    let (source, foreign) = (Sound::of(SOURCE), stranger());
    let other = Some(&foreign);
    let clip = joined(&[(None, 0.0, 5.25), (None, 7.5, 14.0)]);
    wants(&compared(&clip, &source), &[("deletion", [5.25, 5.25], Some([5.25, 7.5]))]);
    let clip = joined(&[(None, 0.0, 5.25), (other, 2.0, 4.5), (None, 5.25, 14.0)]);
    wants(&compared(&clip, &source), &[("insertion", [5.25, 7.75], None)]);
    let clip = joined(&[(None, 0.0, 4.6), (None, 10.4, 12.6), (None, 4.6, 10.4)]);
    wants(&compared(&clip, &source), &[("move", [4.6, 6.8], Some([10.4, 12.6]))]);
    let clip = joined(&[(None, 0.0, 8.1), (None, 3.0, 5.5), (None, 8.1, 14.0)]);
    wants(&compared(&clip, &source), &[("repeat", [8.1, 10.6], Some([3.0, 5.5]))]);
    let clip = joined(&[(None, 0.0, 5.25), (other, 2.0, 4.5), (None, 9.0, 14.0)]);
    wants(&compared(&clip, &source), &[("replacement", [5.25, 7.75], Some([5.25, 9.0]))]);
}

#[test]
fn a_clip_that_runs_faster_is_followed() {
    let source = Sound::of(SOURCE);
    for speed in [1.0437, 0.9312] {
        let count = (f64::from(source.rate) * 9.0 / speed) as usize;
        let start = 2.0 * f64::from(source.rate);
        let channels = vec![interpolate(&source.channels[0], start, speed, count)];
        let comparison = compared(&Sound { rate: source.rate, channels }, &source);
        wants(&comparison, &[]);
        let (found, tempo) = comparison.segments[0].speed_and_tempo();
        assert!((found / speed - 1.0).abs() < 1e-4 && tempo == 1.0, "{found} {tempo}");
        assert!((comparison.segments[0].line.b(0.0) - 2.0).abs() < 0.001);
    }
}

#[test]
fn sound_laid_over_the_source_is_pointed_out() {
    let (source, foreign) = (Sound::of(SOURCE), stranger());
    let mut clip = joined(&[(None, 1.0, 13.0)]);
    let (from, count) = (clip.frames(6.0), clip.frames(1.5));
    // As loud as the source's own speech; what buries it counts as a replacement.
    let start = foreign.loudest_second(1.6);
    let loudest = clip.loudest_second(1.0);
    let gain = clip.rms(loudest, loudest + 44_100) / foreign.rms(start, start + 44_100);
    for (x, added) in
        clip.channels[0][from..from + count].iter_mut().zip(&foreign.channels[0][start..])
    {
        *x += gain * added;
    }
    let comparison = compared(&clip, &source);
    assert_eq!(comparison.segments.len(), 1, "{:?}", comparison.edits);
    let additions = &comparison.residual.additions;
    assert!(!additions.is_empty());
    assert!(additions.iter().all(|a| a.a_s.0 > 5.8 && a.a_s.1 < 7.7), "{additions:?}");
}

#[test]
fn strangers_are_not_found() {
    let names = [
        SOURCE,
        STRANGER,
        "clean/Es_ES_spk24_8khz.flac",
        "clean/de_rhasspy-0020.opus",
        "clean/librispeech-198-209-0000.ogg",
    ];
    let options = OpenOptions::default();
    let read = |name: &str| {
        Recording::read(&Input::Path(fixture(name)), &options, &mut |_, _| {}).unwrap()
    };
    let mut all: Vec<Recording> = names.iter().map(|name| read(name)).collect();
    for i in 0..all.len() {
        for j in i + 1..all.len() {
            let (left, right) = all.split_at_mut(j);
            let comparison = compare(&mut left[i], &mut right[0]).unwrap();
            assert!(comparison.segments.is_empty(), "{} {}", names[i], names[j]);
            assert!(comparison.inconclusive.is_none());
        }
    }
}

#[test]
fn what_allows_no_answer_is_inconclusive() {
    let source = Sound::of(SOURCE);
    let why = |samples: Vec<f32>| {
        let comparison = compared(&Sound { rate: 16_000, channels: vec![samples] }, &source);
        assert!(comparison.segments.is_empty());
        comparison.inconclusive.expect("inconclusive")
    };
    let mut random = Lcg(3);
    let noise: Vec<f32> = (0..20_000).map(|_| random.next() as f32 / 4e9 - 0.5).collect();
    assert!(why(noise[..16_000].to_vec()).contains("the clip has"));
    assert!(why(vec![0.0; 80_000]).contains("silent"));
    let tone = |n: i32| 0.4 * (n as f32 * 0.3).sin();
    assert!(why((0..80_000).map(tone).collect()).contains("steady"));
    assert!(why(noise.repeat(8)).contains("repeats itself"));
}

#[test]
fn channels_are_no_obstacle() {
    let source = Sound::of(SOURCE);
    let mono = joined(&[(None, 2.0, 12.0)]).channels.remove(0);
    let silent = vec![0.0; mono.len()];
    let turned: Vec<f32> = mono.iter().map(|x| -x).collect();
    for other in [silent, turned] {
        let clip = Sound { rate: source.rate, channels: vec![mono.clone(), other] };
        let comparison = compared(&clip, &source);
        assert_eq!(comparison.segments.len(), 1);
        assert!((comparison.segments[0].line.b(0.0) - 2.0).abs() < PLACE_S);
    }
}

#[test]
fn an_unedited_excerpt_of_a_noisy_pause_is_not_called_foreign() {
    // Two seconds of near silence, then speech: nothing says that the silence is not the source's.
    let mut source = Sound::of(SOURCE);
    let mut random = Lcg(11);
    let mut hiss = |count: usize| -> Vec<f32> {
        (0..count).map(|_| (random.next() as f32 / 2f32.powi(32) - 0.5) * 2e-3).collect()
    };
    let pause = source.frames(2.5);
    let mut lengthened = hiss(pause);
    lengthened.extend_from_slice(&source.channels[0]);
    source.channels[0] = lengthened;
    let mut clip = source.clone();
    let rate = clip.frames(1.0);
    clip.channels[0] = clip.channels[0][rate / 2..10 * rate].to_vec();
    let masking = hiss(clip.len());
    clip.channels[0].iter_mut().zip(masking).for_each(|(x, noise)| *x += noise);
    wants(&compared(&clip, &source), &[]);
}
