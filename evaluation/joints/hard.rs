//! What makes an untouched recording look as if it had been edited.

use std::f64::consts::TAU;

use crate::acoustics::{band_pass, convolve, room_response};
use crate::filters::{Biquad, db_to_gain};
use crate::noise::{pink, white};
use crate::random::Random;
use crate::sound::Sound;

/// Every kind, in the order in which they are made.
pub const KINDS: [&str; 13] = [
    "door",
    "cough",
    "keyboard",
    "handling",
    "beep",
    "packet_loss",
    "comfort_noise",
    "bandwidth",
    "agc_jump",
    "turning",
    "music",
    "hold_music",
    "synthetic",
];

/// Moments `low..high` seconds apart.
fn moments(random: &mut Random, frames: usize, rate_hz: u32, low: f64, high: f64) -> Vec<usize> {
    let mut at_s = random.between(0.5 * low, high);
    let mut moments = Vec::new();
    while at_s < frames as f64 / f64::from(rate_hz) - 1.0 {
        moments.push((at_s * f64::from(rate_hz)) as usize);
        at_s += random.between(low, high);
    }
    moments
}

/// Adds `event` at `at`, with its peak at `peak`.
fn add(samples: &mut [f32], at: usize, event: &[f32], peak: f32) {
    let highest = event.iter().fold(1e-9f32, |high, x| x.abs().max(high));
    let from = at.min(samples.len());
    samples[from..].iter_mut().zip(event).for_each(|(x, e)| *x += e * peak / highest);
}

/// Noise that dies away after `decay_s`, within a band.
fn burst(random: &mut Random, rate_hz: u32, decay_s: f64, low_hz: f64, high_hz: f64) -> Vec<f32> {
    let frames = (6.0 * decay_s * f64::from(rate_hz)) as usize + 8;
    let mut event = white(random, frames);
    let rate = f64::from(rate_hz);
    event
        .iter_mut()
        .enumerate()
        .for_each(|(n, x)| *x *= (-(n as f64) / rate / decay_s).exp() as f32);
    Biquad::high_pass(rate_hz, low_hz, 0.7).run(&mut event);
    Biquad::low_pass(rate_hz, high_hz, 0.7).run(&mut event);
    event
}

/// Lips and tongue close to a microphone: clicks of a millisecond or so, in groups, in words and
/// between them.
pub fn mouth(random: &mut Random, samples: &mut [f32], rate_hz: u32) {
    let loud = samples.iter().fold(0.0f32, |peak, x| x.abs().max(peak)).max(0.01);
    for at in moments(random, samples.len(), rate_hz, 0.3, 4.0) {
        let mut at = at;
        for _ in 0..1 + random.below(3) {
            let (decay_s, low_hz) =
                (random.between(0.0001, 0.0008), random.between(800.0, 4_000.0));
            let click = burst(random, rate_hz, decay_s, low_hz, 15_000.0);
            let level_db = random.between(-50.0, -22.0);
            add(samples, at, &click, loud * db_to_gain(level_db));
            at += (random.between(0.002, 0.06) * f64::from(rate_hz)) as usize;
        }
    }
}

/// Events that sound in the room, before the background is added.
pub fn in_the_room(kind: &str, random: &mut Random, samples: &mut [f32], rate_hz: u32) {
    let (low_s, high_s) = match kind {
        "door" => (5.0, 15.0),
        "cough" => (6.0, 16.0),
        "keyboard" => (0.12, 0.9),
        "handling" => (3.0, 10.0),
        "beep" => (3.0, 12.0),
        _ => return,
    };
    let t60_s = random.between(0.2, 0.8);
    let room = room_response(random, rate_hz, t60_s);
    let loud = samples.iter().fold(0.0f32, |peak, x| x.abs().max(peak)).max(0.01);
    for at in moments(random, samples.len(), rate_hz, low_s, high_s) {
        let rate = f64::from(rate_hz);
        let mut event = match kind {
            "door" => {
                let (decay_s, high_hz) =
                    (random.between(0.015, 0.12), random.between(200.0, 1_500.0));
                let mut thud = burst(random, rate_hz, decay_s, 30.0, high_hz);
                Biquad::peak(rate_hz, random.between(60.0, 160.0), 4.0, 15.0).run(&mut thud);
                if random.chance(0.4) {
                    let click = burst(random, rate_hz, 0.003, 800.0, 6_000.0);
                    add(&mut thud, 0, &click, 0.5);
                }
                thud
            }
            "cough" => {
                let decay_s = random.between(0.03, 0.09);
                let mut event = burst(random, rate_hz, decay_s, 250.0, 4_500.0);
                let attack = random.between(0.004, 0.02) * rate;
                event
                    .iter_mut()
                    .enumerate()
                    .for_each(|(n, x)| *x *= (n as f64 / attack).min(1.0) as f32);
                event
            }
            "keyboard" => {
                let (decay_s, low_hz) =
                    (random.between(0.001, 0.004), random.between(500.0, 2_500.0));
                burst(random, rate_hz, decay_s, low_hz, 9_000.0)
            }
            "handling" => {
                let (decay_s, high_hz) =
                    (random.between(0.05, 0.3), random.between(150.0, 3_000.0));
                burst(random, rate_hz, decay_s, 20.0, high_hz)
            }
            _ => {
                let (hz, length_s) = (random.between(400.0, 3_000.0), random.between(0.08, 0.5));
                let edge_s = random.between(0.0005, 0.005);
                (0..(length_s * rate) as usize)
                    .map(|n| {
                        let t = n as f64 / rate;
                        let edge = (t / edge_s).min((length_s - t) / edge_s).clamp(0.0, 1.0);
                        (edge * (TAU * hz * t).sin()) as f32
                    })
                    .collect()
            }
        };
        // What the device itself makes does not go through the room.
        if kind != "handling" && !(kind == "beep" && random.chance(0.5)) {
            event.resize(event.len() + room.len(), 0.0);
            event = convolve(&event, &room, 0);
        }
        let level = match kind {
            "keyboard" => random.between(-30.0, -10.0),
            "beep" => random.between(-20.0, -6.0),
            _ => random.between(-12.0, 3.0),
        };
        let times = if kind == "cough" { 1 + random.below(3) } else { 1 };
        for time in 0..times {
            let later = (time as f64 * random.between(0.25, 0.45) * rate) as usize;
            add(samples, at + later, &event, loud * db_to_gain(level));
        }
    }
}

/// Changes that the recorder makes by itself.
pub fn in_the_recorder(kind: &str, random: &mut Random, samples: &mut [f32], rate_hz: u32) {
    match kind {
        "agc_jump" => {
            let mut gain_db = 0.0;
            let mut from = 0;
            for at in moments(random, samples.len(), rate_hz, 4.0, 14.0) {
                let (before, length) =
                    (gain_db, (random.between(0.1, 0.3) * f64::from(rate_hz)) as usize);
                gain_db = (gain_db + random.sign() * random.between(3.0, 9.0)).clamp(-14.0, 6.0);
                samples[from..at].iter_mut().for_each(|x| *x *= db_to_gain(before));
                for (n, x) in samples[at..].iter_mut().take(length).enumerate() {
                    let share = 0.5 - 0.5 * (0.5 * TAU * n as f64 / length as f64).cos();
                    *x *= db_to_gain(before + (gain_db - before) * share);
                }
                from = (at + length).min(samples.len());
            }
            samples[from..].iter_mut().for_each(|x| *x *= db_to_gain(gain_db));
        }
        "bandwidth" => {
            let sound = Sound::mono(rate_hz, samples.to_vec());
            let cuts = [3_400.0f64, 4_000.0, 6_000.0, 8_000.0, 12_000.0];
            let high_hz = cuts[random.below(cuts.len())].min(f64::from(rate_hz) * 0.45);
            let narrow = band_pass(&sound, 0.0, high_hz);
            let fade = (random.between(0.02, 0.04) * f64::from(rate_hz)) as usize;
            let edges = moments(random, samples.len(), rate_hz, 2.0, 9.0);
            for stretch in edges.chunks_exact(2) {
                let (from, to) = (stretch[0], stretch[1]);
                let dull = &narrow.channels[0][from..to];
                for (n, (x, d)) in samples[from..to].iter_mut().zip(dull).enumerate() {
                    let inside = n.min(to - from - n) as f32 / fade as f32;
                    let share = inside.min(1.0);
                    *x = *x * (1.0 - share) + d * share;
                }
            }
        }
        _ => {}
    }
}

/// A talker who moves and turns away: level and treble change over half a second or more.
pub fn turning(random: &mut Random, dry: &mut [f32], rate_hz: u32) {
    let mut dull = dry.to_vec();
    let cut_hz = random.between(800.0, 2_500.0);
    Biquad::low_pass(rate_hz, cut_hz, 0.7).run(&mut dull);
    let turns = moments(random, dry.len(), rate_hz, 2.5, 8.0);
    let (mut gain, mut share) = ((1.0f32, 1.0f32), (0.0f32, 0.0f32));
    let mut next = turns.iter().peekable();
    let (mut from, mut length) = (0usize, 1usize);
    for n in 0..dry.len() {
        if next.peek().is_some_and(|&&turn| turn <= n) {
            next.next();
            (gain.0, share.0) = (gain.1, share.1);
            gain.1 = db_to_gain(random.between(-14.0, 2.0));
            share.1 = random.between(0.0, 0.9) as f32;
            (from, length) = (n, (random.between(0.3, 1.5) * f64::from(rate_hz)) as usize);
        }
        let done = ((n - from) as f32 / length as f32).min(1.0);
        let now = |pair: (f32, f32)| pair.0 + (pair.1 - pair.0) * done;
        dry[n] = now(gain) * (dry[n] * (1.0 - now(share)) + dull[n] * now(share));
    }
}

/// Silence, a tone, a sweep, steady noise, or a loop of clicks.
pub fn synthetic(random: &mut Random, frames: usize, rate_hz: u32) -> Vec<f32> {
    let rate = f64::from(rate_hz);
    match random.below(5) {
        0 => {
            let level = if random.chance(0.5) { 0.0 } else { random.between(-0.2, 0.2) as f32 };
            vec![level; frames]
        }
        1 => {
            let (hz, level) = (random.between(100.0, 3_000.0), random.between(0.02, 0.5));
            (0..frames).map(|n| (level * (TAU * hz * n as f64 / rate).sin()) as f32).collect()
        }
        2 => {
            let (low, high) = (random.between(50.0, 300.0), random.between(2_000.0, 3_800.0));
            let length = frames as f64 / rate;
            (0..frames)
                .map(|n| {
                    let t = n as f64 / rate;
                    (0.3 * (TAU * (low * t + 0.5 * (high - low) * t * t / length)).sin()) as f32
                })
                .collect()
        }
        3 => {
            let level = db_to_gain(random.between(-60.0, -15.0));
            let is_pink = random.chance(0.5);
            let made = if is_pink { pink(random, frames) } else { white(random, frames) };
            made.iter().map(|x| level * x).collect()
        }
        _ => {
            let period = (random.between(0.3, 1.0) * rate) as usize;
            let click = burst(random, rate_hz, 0.01, 300.0, 3_000.0);
            let mut samples = vec![0.0; frames];
            for at in (0..frames).step_by(period.max(1)) {
                add(&mut samples, at, &click, 0.2);
            }
            samples
        }
    }
}
