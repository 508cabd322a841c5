//! What runs through a whole session: background noise and mains hum.

use std::f64::consts::TAU;

use crate::acoustics::{convolve, room_response, wander};
use crate::corpus::Corpus;
use crate::filters::{Biquad, db_to_gain, rational, rms};
use crate::noise::{brown, pink};
use crate::random::Random;
use crate::takes::SPEECH_RATE_HZ;

/// Kinds of background.
pub const KINDS: [&str; 5] = ["pink", "brown", "hvac", "babble", "street"];

/// Background of power one, `frames` long.
pub fn background(
    random: &mut Random,
    corpus: &Corpus,
    kind: &str,
    frames: usize,
    rate_hz: u32,
) -> Vec<f32> {
    let mut samples = match kind {
        "pink" => pink(random, frames),
        "brown" => brown(random, frames, rate_hz),
        "hvac" => hvac(random, frames, rate_hz),
        "babble" => babble(random, corpus, frames, rate_hz),
        _ => street(random, frames, rate_hz),
    };
    // No two places have the same colour.
    for _ in 0..3 {
        let hz = (random.between(100f64.ln(), (f64::from(rate_hz) * 0.4).ln())).exp();
        let (q, gain_db) = (random.between(0.4, 1.5), random.between(-7.0, 7.0));
        Biquad::peak(rate_hz, hz, q, gain_db).run(&mut samples);
    }
    let range_db = random.between(0.3, 2.5);
    wander(random, &mut samples, rate_hz, range_db);
    let scale = 1.0 / rms(&samples).max(1e-9);
    samples.iter_mut().for_each(|x| *x *= scale);
    samples
}

/// Air and a fan, with a compressor that comes and goes over a second or two.
fn hvac(random: &mut Random, frames: usize, rate_hz: u32) -> Vec<f32> {
    let rate = f64::from(rate_hz);
    let mut samples = brown(random, frames, rate_hz);
    let tones: Vec<(f64, f64)> =
        (0..4).map(|_| (random.between(60.0, 700.0), random.between(0.02, 0.3))).collect();
    let (period_s, ramp_s) = (random.between(15.0, 50.0), random.between(0.8, 2.5));
    let (depth, start) = (random.between(0.15, 0.6), random.unit());
    let mut phases = [0.0f64; 4];
    for (n, x) in samples.iter_mut().enumerate() {
        let place = (n as f64 / rate / period_s + start).fract() * period_s;
        let on = (place / ramp_s).min((period_s * 0.6 - place) / ramp_s).clamp(0.0, 1.0);
        let drift = 1.0 + 0.002 * (n as f64 / rate * 0.7).sin();
        let mut sum = 0.0;
        for (phase, (hz, level)) in phases.iter_mut().zip(&tones) {
            *phase += TAU * hz * drift / rate;
            sum += level * phase.sin();
        }
        *x = *x * (1.0 - depth * (1.0 - on)) as f32 + (sum * on) as f32;
    }
    samples
}

/// Six voices in a large room.
fn babble(random: &mut Random, corpus: &Corpus, frames: usize, rate_hz: u32) -> Vec<f32> {
    let seconds = frames as f64 / f64::from(rate_hz);
    let length = (seconds * f64::from(SPEECH_RATE_HZ)) as usize + 64;
    let mut sum = vec![0.0f32; length];
    for _ in 0..6 {
        let talker = &corpus.talkers[random.below(corpus.talkers.len())];
        let voice = talker.speech(random, length, (0.05, 0.3));
        let scale = 1.0 / rms(&voice).max(1e-9);
        sum.iter_mut().zip(&voice).for_each(|(to, x)| *to += scale * x);
    }
    let t60_s = random.between(0.8, 1.2);
    let response = room_response(random, SPEECH_RATE_HZ, t60_s);
    let mut samples = rational(&convolve(&sum, &response, 0), SPEECH_RATE_HZ, rate_hz);
    samples.resize(frames, 0.0);
    let air = pink(random, frames);
    let level = 0.1 * rms(&samples);
    samples.iter_mut().zip(&air).for_each(|(x, a)| *x += level * a);
    samples
}

/// Distant traffic with vehicles that pass.
fn street(random: &mut Random, frames: usize, rate_hz: u32) -> Vec<f32> {
    let rate = f64::from(rate_hz);
    let mut samples = brown(random, frames, rate_hz);
    let mut tyres = pink(random, frames);
    let cut_hz = random.between(900.0, 3_000.0);
    Biquad::low_pass(rate_hz, cut_hz, 0.7).run(&mut tyres);
    let mut level = vec![0.15f32; frames];
    let mut at_s = random.between(0.0, 6.0);
    while at_s < frames as f64 / rate {
        let (width_s, gain) = (random.between(1.0, 4.0), random.between(0.4, 2.5));
        let from = ((at_s - 4.0 * width_s).max(0.0) * rate) as usize;
        let to = (((at_s + 4.0 * width_s) * rate) as usize).min(frames);
        for (n, l) in level[from..to].iter_mut().enumerate() {
            let x = ((from + n) as f64 / rate - at_s) / width_s;
            *l += (gain * (-x * x).exp()) as f32;
        }
        at_s += random.between(4.0, 14.0);
    }
    for ((x, t), l) in samples.iter_mut().zip(&tyres).zip(&level) {
        *x = 0.6 * *x + t * l;
    }
    samples
}

/// Adds mains hum: harmonics 1 to 9 of a fundamental near 50 or 60 Hz that walks by some 20 mHz.
pub fn add_hum(random: &mut Random, samples: &mut [f32], rate_hz: u32) {
    let rate = f64::from(rate_hz);
    let nominal_hz = if random.chance(0.7) { 50.0 } else { 60.0 };
    let total = f64::from(db_to_gain(random.between(-75.0, -40.0))) * 2f64.sqrt();
    let mut levels = [0.0f64; 9];
    for (k, level) in levels.iter_mut().enumerate() {
        let present = k == 0 || random.chance(0.7);
        *level = if present { random.unit() / (1.0 + 0.3 * k as f64) } else { 0.0 };
    }
    let norm = levels.iter().map(|l| l * l).sum::<f64>().sqrt().max(1e-9);
    let phases: Vec<(f64, f64)> = (0..9).map(|_| random.between(0.0, TAU).sin_cos()).collect();
    let (mut phase, mut deviation, mut drift) = (random.between(0.0, TAU), 0.0f64, 0.0f64);
    for (n, x) in samples.iter_mut().enumerate() {
        if n % (rate_hz as usize / 10) == 0 {
            // An Ornstein-Uhlenbeck walk with a spread of 20 mHz and a memory of some 20 s.
            drift = 0.9 * drift + 0.000_16 * random.normal();
            deviation = 0.997 * deviation + drift;
            deviation = deviation.clamp(-0.06, 0.06);
        }
        phase = (phase + TAU * (nominal_hz + deviation) / rate) % TAU;
        let (sin, cos) = phase.sin_cos();
        let (mut re, mut im) = (cos, sin);
        let mut sum = 0.0;
        for (level, offset) in levels.iter().zip(&phases) {
            if *level > 0.0 {
                sum += level * (im * offset.1 + re * offset.0);
            }
            (re, im) = (re * cos - im * sin, re * sin + im * cos);
        }
        *x += (total * sum / norm) as f32;
    }
}
