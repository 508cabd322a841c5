//! One recording before any codec: a voice in a room over one continuous background.

use crate::Outcome;
use crate::acoustics::{convolve, room_response};
use crate::background::{KINDS, add_hum, background};
use crate::corpus::{Corpus, MUSIC_RATE_HZ, Talker};
use crate::filters::{Biquad, db_to_gain, rational, rms};
use crate::hard;
use crate::noise::white;
use crate::random::Random;
use crate::sound::Sound;
use crate::takes::SPEECH_RATE_HZ;

/// Step of [`Session::level_db`], in seconds.
pub const LEVEL_STEP_S: f64 = 0.01;

/// Gain of everything but the direct sound at a close microphone.
const CLOSE: f32 = 0.25;

/// What a session is to be.
pub struct Spec<'a> {
    pub talker: &'a Talker,
    pub rate_hz: u32,
    pub seconds: f64,
    /// What makes it hard.
    pub hard: Option<&'static str>,
    /// A close microphone in a dead room, in place of one across a live one.
    pub near: bool,
}

/// A recording in 16 bits.
pub struct Session {
    pub sound: Sound,
    /// Level of the reverberant voice alone for each [`LEVEL_STEP_S`], in dB of its loud parts.
    pub level_db: Vec<f32>,
}

/// Makes a session; everything about it is drawn from `random`.
pub fn make(random: &mut Random, corpus: &Corpus, spec: &Spec) -> Outcome<Session> {
    let rate = spec.rate_hz;
    let frames = (spec.seconds * f64::from(rate)) as usize;
    let kind = spec.hard.unwrap_or("");
    if kind == "synthetic" {
        let samples = hard::synthetic(random, frames, rate);
        return Ok(Session {
            level_db: vec![0.0; levels(&samples, rate).len()],
            sound: sixteen(rate, samples),
        });
    }
    let (mut samples, level_db) = if kind.ends_with("music") {
        let samples = music(random, corpus, kind, frames, rate);
        let level_db = levels(&samples, rate);
        (samples, level_db)
    } else {
        voice(random, spec, frames)
    };
    hard::in_the_room(kind, random, &mut samples, rate);
    let active = rms(&samples).max(1e-5);
    if kind != "music" {
        let snr_db = match kind {
            "hold_music" => 45.0,
            _ if spec.near => random.between(35.0, 60.0),
            _ => random.between(10.0, 45.0),
        };
        let place = KINDS[random.below(KINDS.len())];
        let floor = background(random, corpus, place, frames, rate);
        let gain = active * db_to_gain(-snr_db);
        samples.iter_mut().zip(&floor).for_each(|(x, n)| *x += gain * n);
    }
    microphone(random, &mut samples, rate);
    if random.chance(0.4) {
        add_hum(random, &mut samples, rate);
    }
    if random.chance(0.25) {
        slow_gain_control(random, &mut samples, rate);
    }
    hard::in_the_recorder(kind, random, &mut samples, rate);
    let peak = samples.iter().fold(0.0f32, |peak, x| x.abs().max(peak));
    let fit = (0.95 / peak.max(1e-6)).min(1.0);
    samples.iter_mut().for_each(|x| *x *= fit);
    Ok(Session { sound: sixteen(rate, samples), level_db })
}

/// Samples as a converter of 16 bits gives them.
fn sixteen(rate_hz: u32, mut samples: Vec<f32>) -> Sound {
    for x in &mut samples {
        *x = (*x * 32_768.0).round().clamp(-32_768.0, 32_767.0) / 32_768.0;
    }
    Sound::mono(rate_hz, samples)
}

/// The reverberant voice at the session's rate, and its level.
fn voice(random: &mut Random, spec: &Spec, frames: usize) -> (Vec<f32>, Vec<f32>) {
    let length = (spec.seconds * f64::from(SPEECH_RATE_HZ)) as usize + 64;
    let mut dry = spec.talker.speech(random, length, (0.2, 0.8));
    if spec.hard == Some("turning") {
        hard::turning(random, &mut dry, SPEECH_RATE_HZ);
    }
    let t60_s = if spec.near { random.between(0.06, 0.2) } else { random.between(0.2, 1.0) };
    let mut response = room_response(random, SPEECH_RATE_HZ, t60_s);
    if spec.near {
        response.iter_mut().skip(1).for_each(|x| *x *= CLOSE);
    }
    let mut wet = convolve(&dry, &response, 0);
    let mut loud: Vec<f32> = wet.chunks(320).map(rms).collect();
    loud.sort_by(f32::total_cmp);
    let reference = loud.get(loud.len() * 95 / 100).copied().unwrap_or(1.0).max(1e-5);
    let gain = db_to_gain(random.between(-30.0, -14.0)) / reference;
    wet.iter_mut().for_each(|x| *x *= gain);
    let level_db = levels(&wet, SPEECH_RATE_HZ);
    let mut samples = rational(&wet, SPEECH_RATE_HZ, spec.rate_hz);
    samples.resize(frames, 0.0);
    if spec.near {
        hard::mouth(random, &mut samples, spec.rate_hz);
    }
    (samples, level_db)
}

/// Level of each step in dB of the level that 5 % of the steps exceed.
fn levels(samples: &[f32], rate_hz: u32) -> Vec<f32> {
    let step = (LEVEL_STEP_S * f64::from(rate_hz)) as usize;
    let levels: Vec<f32> = samples.chunks(step.max(1)).map(rms).collect();
    let mut sorted = levels.clone();
    sorted.sort_by(f32::total_cmp);
    let reference = sorted.get(sorted.len() * 95 / 100).copied().unwrap_or(1.0).max(1e-5);
    levels.iter().map(|l| 20.0 * (l / reference).max(1e-5).log10()).collect()
}

/// A stretch of one piece.
fn music(
    random: &mut Random,
    corpus: &Corpus,
    kind: &str,
    frames: usize,
    rate_hz: u32,
) -> Vec<f32> {
    let Some((_, piece)) = corpus.music.get(random.below(corpus.music.len())) else {
        return vec![0.0; frames];
    };
    let length = (frames as f64 * f64::from(MUSIC_RATE_HZ) / f64::from(rate_hz)) as usize + 64;
    let start = random.below(piece.len().saturating_sub(length));
    let part = &piece[start..(start + length).min(piece.len())];
    let mut samples = rational(part, MUSIC_RATE_HZ, rate_hz);
    samples.resize(frames, 0.0);
    if kind == "hold_music" {
        for _ in 0..2 {
            Biquad::high_pass(rate_hz, 300.0, 0.8).run(&mut samples);
            Biquad::low_pass(rate_hz, 3_400.0, 0.8).run(&mut samples);
        }
    }
    let gain = db_to_gain(random.between(-26.0, -14.0)) / rms(&samples).max(1e-4);
    samples.iter_mut().for_each(|x| *x *= gain);
    samples
}

/// Colour and self-noise of a microphone.
fn microphone(random: &mut Random, samples: &mut [f32], rate_hz: u32) {
    for _ in 0..2 {
        let hz = random.between(150f64.ln(), (f64::from(rate_hz) * 0.4).ln()).exp();
        let gain_db = random.between(-4.0, 4.0);
        Biquad::peak(rate_hz, hz, random.between(0.5, 1.5), gain_db).run(samples);
    }
    Biquad::high_pass(rate_hz, random.between(15.0, 70.0), 0.7).run(samples);
    let level = db_to_gain(random.between(-88.0, -72.0));
    let own = white(random, samples.len());
    samples.iter_mut().zip(&own).for_each(|(x, n)| *x += level * n);
}

/// Brings the level a little closer to even, over seconds.
fn slow_gain_control(random: &mut Random, samples: &mut [f32], rate_hz: u32) {
    let target = rms(samples).max(1e-6);
    let strength = random.between(0.2, 0.5) as f32;
    let (fall, rise) = (1.0 / (0.1 * rate_hz as f32), 1.0 / (1.5 * rate_hz as f32));
    let (mut level, mut gain) = (target, 1.0f32);
    for (n, x) in samples.iter_mut().enumerate() {
        let now = x.abs() * 1.25;
        level += (now - level) * if now > level { fall } else { rise };
        if n % 64 == 0 {
            gain = (target / level.max(target * 0.05)).powf(strength).clamp(0.3, 3.0);
        }
        // Smooth between the steps of 64 samples is not needed: the level moves by less than 1 %.
        *x *= gain;
    }
}
