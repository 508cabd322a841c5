//! What a voice call does to sound behind its codec: lost packets and comfort noise.

use crate::filters::{db_to_gain, rms};
use crate::random::Random;

/// Loses 20 ms packets and conceals them as decoders do: the last pitch period again, fading over
/// 60 ms, and a cross-fade of 4 ms back. In bursts, 1 to 10 % of all.
pub fn packet_loss(random: &mut Random, samples: &mut [f32], rate_hz: u32) {
    let packet = rate_hz as usize / 50;
    let rate = random.between(0.01, 0.1);
    let (mut lost, mut period) = (0usize, packet);
    for at in (2 * packet..samples.len().saturating_sub(packet)).step_by(packet) {
        let now_lost = random.chance(if lost > 0 { 0.35 } else { rate });
        if !now_lost && lost == 0 {
            continue;
        }
        if lost == 0 {
            period = pitch_period(&samples[at - 2 * packet..at], rate_hz);
        }
        let frames = if now_lost { packet } else { rate_hz as usize / 250 };
        for n in 0..frames {
            let past = samples[at + n - period];
            if now_lost {
                let age = (lost * packet + n) as f32 / (3 * packet) as f32;
                samples[at + n] =
                    past * if lost == 0 { 1.0 } else { (1.0 - age).max(0.0).powf(0.1) };
            } else {
                let share = n as f32 / frames as f32;
                samples[at + n] = past * (1.0 - share) + samples[at + n] * share;
            }
        }
        lost = if now_lost { lost + 1 } else { 0 };
    }
}

/// Lag of 2.5 to 15 ms at which the end of `past` is most like what went before.
fn pitch_period(past: &[f32], rate_hz: u32) -> usize {
    let (low, high) = (rate_hz as usize / 400, rate_hz as usize * 15 / 1000);
    let window = past.len().saturating_sub(high);
    let end = &past[past.len() - window..];
    (low..=high)
        .step_by(1 + rate_hz as usize / 16_000)
        .max_by(|&a, &b| {
            let alike = |lag: usize| {
                let other = &past[past.len() - window - lag..past.len() - lag];
                let dot: f32 = end.iter().zip(other).map(|(x, y)| x * y).sum();
                dot / (rms(other) + 1e-6)
            };
            alike(a).total_cmp(&alike(b))
        })
        .unwrap_or(high)
}

/// Puts comfort noise into every pause of at least 300 ms, as a voice call does: noise through an
/// all-pole filter of the pause's first 160 ms, 1 to 3 dB lower.
pub fn comfort_noise(random: &mut Random, samples: &mut [f32], rate_hz: u32, level_db: &[f32]) {
    const ORDER: usize = 16;
    let step = rate_hz as usize / 100;
    let gain_db = random.between(-3.0, -1.0);
    let mut n = 0;
    while n < level_db.len() {
        let length = level_db[n..].iter().take_while(|&&l| l < -28.0).count();
        let (from, to) = ((n + 18) * step, ((n + length) * step).min(samples.len()));
        if length >= 30 && from < to {
            let model = samples[n * step + 2 * step..from].to_vec();
            let (taps, error) = linear_prediction(&model, ORDER);
            let drive = (error.sqrt() * db_to_gain(gain_db)).max(1e-6);
            let mut past = [0.0f32; ORDER];
            let fade = rate_hz as usize / 200;
            for (k, x) in samples[from..to].iter_mut().enumerate() {
                let predicted: f32 = taps.iter().zip(&past).map(|(t, p)| t * p).sum();
                let made = drive * random.normal() as f32 + predicted;
                past.rotate_right(1);
                past[0] = made;
                let share = (k.min(to - from - 1 - k) as f32 / fade as f32).min(1.0);
                *x = *x * (1.0 - share) + made * share;
            }
        }
        n += length.max(1);
    }
}

/// Predictor of the next sample from the last `order`, newest first, and its mean square error, by
/// Levinson and Durbin.
fn linear_prediction(samples: &[f32], order: usize) -> (Vec<f32>, f32) {
    let correlation: Vec<f64> = (0..=order)
        .map(|lag| {
            let pairs = samples.iter().zip(samples.iter().skip(lag));
            pairs.map(|(&a, &b)| f64::from(a) * f64::from(b)).sum::<f64>()
        })
        .collect();
    let mut error = correlation[0] * 1.0001 + 1e-12;
    let mut taps: Vec<f64> = Vec::new();
    for n in 1..=order {
        let sum: f64 = taps.iter().zip((1..n).rev()).map(|(t, k)| t * correlation[k]).sum();
        let reflection = (correlation[n] - sum) / error;
        let mut next: Vec<f64> =
            taps.iter().zip(taps.iter().rev()).map(|(t, r)| t - reflection * r).collect();
        next.push(reflection);
        taps = next;
        error *= 1.0 - reflection * reflection;
    }
    let error = (error / samples.len().max(1) as f64).max(0.0);
    (taps.iter().map(|&t| t as f32).collect(), error as f32)
}
