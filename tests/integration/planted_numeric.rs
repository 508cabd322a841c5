//! Faults planted in real speech that show in sample values, levels and channels, over seconds.
//!
//! Changes set in at the middle of the clip; pieces lie at the loudest second.

use spliceprint::finding::Finding;

use crate::planted::{Planted, check};
use crate::support::Lcg;
use crate::synth::{Sound, found, told};

/// Clips of 14 s, at 44.1 and 8 kHz: windows of five seconds need 12 s.
const LONG: [&str; 2] = ["clean/columbia-118s.flac", "clean/Es_ES_spk24_8khz.flac"];

/// Plants in every clip, and wants a finding of `id` at the middle of the clip within `near_s`; the
/// untouched clip must have none.
fn check_from_the_middle(clips: &[&str], id: &str, near_s: f64, plant: impl Fn(&mut Sound, usize)) {
    let mut failures = Vec::new();
    for name in clips {
        let mut sound = Sound::of(name);
        let untouched = sound.analyze();
        if !found(&untouched, id).is_empty() || !untouched.edit_points.is_empty() {
            failures.push(format!("{name} untouched: {}", told(&untouched)));
        }
        let middle = sound.len() / 2;
        plant(&mut sound, middle);
        let truth_s = sound.seconds(middle);
        let analysis = sound.analyze();
        let findings = found(&analysis, id);
        if !findings.iter().any(|f| (f.time_s - truth_s).abs() <= near_s) {
            failures.push(format!("{name}: {id} not at {truth_s:.4} s; {}", told(&analysis)));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn a_dc_offset_that_stays_is_found() {
    check_from_the_middle(&LONG, "dc-offset-step", 0.5, |sound, at| {
        sound.mono()[at..].iter_mut().for_each(|x| *x += 0.01);
    });
}

#[test]
fn a_lower_gain_that_stays_is_found() {
    // In `columbia-118s` the speech before and after its middle differs too much for the three
    // quantiles to move together; nothing is reported there.
    let clips = ["clean/Es_ES_spk24_8khz.flac", "clean/librispeech-198-209-0000.ogg"];
    check_from_the_middle(&clips, "level-step", 1.0, |sound, at| {
        let gain = 10f32.powf(-12.0 / 20.0);
        sound.mono()[at..].iter_mut().for_each(|x| *x *= gain);
    });
}

#[test]
fn fewer_bits_from_the_middle_on_are_found() {
    // Bits are counted second by second.
    check_from_the_middle(&LONG, "effective-bit-depth", 1.0, |sound, at| {
        sound.mono()[at..].iter_mut().for_each(|x| *x = (*x * 128.0).round() / 128.0);
    });
}

#[test]
fn a_change_of_the_clipping_level_is_found() {
    // The finding lies between the last flat top at one level and the first at the other.
    for name in LONG {
        let mut sound = Sound::of(name);
        let (middle, peak) = (sound.len() / 2, sound.peak());
        let truth_s = sound.seconds(middle);
        // Driven three times over full scale; the second part was lowered afterwards.
        for (n, x) in sound.mono().iter_mut().enumerate() {
            let clipped = (3.0 * *x / peak).clamp(-1.0, 1.0);
            *x = if n < middle { 0.9 } else { 0.6 } * clipped;
        }
        let analysis = sound.analyze();
        let spans: Vec<Finding> = found(&analysis, "clip-level-step");
        let holds = |f: &Finding| f.span.start_s <= truth_s && truth_s <= f.span.end_s;
        let by = |id: &str| analysis.edit_points.iter().any(|p| p.detectors[0].id == id);
        assert_eq!(spans.len(), 1, "{name}: {truth_s:.4} s; {}", told(&analysis));
        assert!(holds(&spans[0]) && by("clip-level-step"), "{name}: {}", told(&analysis));
        assert!((spans[0].score - 3.52).abs() < 0.1, "20 log10(0.9 / 0.6): {}", told(&analysis));
    }
}

#[test]
fn digital_gain_leaves_a_comb() {
    for name in LONG {
        let mut sound = Sound::of(name);
        assert!(found(&sound.analyze(), "gain-comb").is_empty(), "{name} untouched");
        sound.mono().iter_mut().for_each(|x| *x *= 1.25);
        let analysis = sound.analyze();
        let combs = found(&analysis, "gain-comb");
        assert_eq!(combs.len(), 1, "{name}: {}", told(&analysis));
        let spacing = combs[0].evidence.iter().find(|e| e.name == "spacing").unwrap().value;
        assert_eq!(spacing, 5.0, "{name}: a gain of 5/4 empties every fifth code");
        assert!(analysis.edit_points.is_empty(), "a comb throughout is no joint");
    }
}

/// Both channels with noise of their own, 20 dB under the clip's level.
fn stereo(mono: &Sound) -> Sound {
    let level = 0.1 * mono.rms(0, mono.len()) * 3f32.sqrt();
    let channel = |seed| {
        let mut random = Lcg(seed);
        mono.channels[0].iter().map(|x| x + level * random.noise()).collect::<Vec<f32>>()
    };
    Sound { rate: mono.rate, channels: vec![channel(1), channel(2)] }
}

#[test]
fn a_mono_insert_in_a_stereo_clip_is_found_at_both_ends() {
    for name in LONG {
        let untouched = stereo(&Sound::of(name)).analyze();
        assert!(untouched.edit_points.is_empty(), "{name} untouched: {}", told(&untouched));
    }
    // The relation of the channels is measured tenth of a second by tenth.
    check(&LONG, "false-stereo", 0.1, |mono| {
        let mut sound = stereo(&mono);
        let start = mono.loudest_second(1.0);
        let second = start..start + mono.frames(1.0);
        let left = sound.channels[0][second.clone()].to_vec();
        sound.channels[1][second.clone()].copy_from_slice(&left);
        let places_s = vec![vec![sound.seconds(second.start)], vec![sound.seconds(second.end)]];
        Planted { sound, places_s }
    });
}

#[test]
fn one_signal_in_both_channels_is_described() {
    for name in LONG {
        let mono = Sound::of(name);
        let twice = vec![mono.channels[0].clone(), mono.channels[0].clone()];
        let analysis = Sound { rate: mono.rate, channels: twice }.analyze();
        let findings = found(&analysis, "false-stereo");
        assert_eq!(findings.len(), 1, "{name}: {}", told(&analysis));
        assert!(!findings[0].joint && analysis.edit_points.is_empty(), "{name}");
    }
}
