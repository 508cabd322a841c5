//! Rooms, filters, noises and resampling: what happens to sound outside of codecs.

use std::f64::consts::{PI, TAU};

use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

use crate::random::Random;
use crate::sound::Sound;

/// `samples` convolved with `response`, as long as `samples`, starting `skip` samples into the full
/// convolution. By overlap-add.
pub fn convolve(samples: &[f32], response: &[f32], skip: usize) -> Vec<f32> {
    let n_fft = (response.len() * 4).next_power_of_two().max(4096);
    let hop = n_fft - response.len() + 1;
    let mut planner = FftPlanner::<f32>::new();
    let (forward, inverse) = (planner.plan_fft_forward(n_fft), planner.plan_fft_inverse(n_fft));
    let padded = |part: &[f32]| {
        let mut buffer = vec![Complex::new(0.0, 0.0); n_fft];
        buffer.iter_mut().zip(part).for_each(|(to, &x)| to.re = x);
        buffer
    };
    let mut spectrum = padded(response);
    forward.process(&mut spectrum);
    let mut full = vec![0.0f32; samples.len() + n_fft];
    for (block, part) in samples.chunks(hop).enumerate() {
        let mut buffer = padded(part);
        forward.process(&mut buffer);
        buffer.iter_mut().zip(&spectrum).for_each(|(x, h)| *x *= h);
        inverse.process(&mut buffer);
        for (to, x) in full[block * hop..].iter_mut().zip(&buffer) {
            *to += x.re / n_fft as f32;
        }
    }
    full[skip..skip + samples.len()].to_vec()
}

/// Response of a made-up room: the direct sound, early reflections within 40 ms, and noise that
/// falls by 60 dB in `t60_s`. The direct sound is at sample zero.
pub fn room_response(random: &mut Random, rate_hz: u32, t60_s: f64) -> Vec<f32> {
    let rate = f64::from(rate_hz);
    let mut response = vec![0.0f64; (t60_s * rate) as usize];
    let onset = (random.between(0.004, 0.012) * rate) as usize;
    let mut smooth = 0.0;
    // Walls swallow the top, hence the one-pole low-pass of the tail.
    let damping = random.between(0.2, 0.6);
    for (n, x) in response.iter_mut().enumerate().skip(onset) {
        smooth = damping * smooth + (1.0 - damping) * random.normal();
        *x = smooth * 10f64.powf(-3.0 * n as f64 / (t60_s * rate));
    }
    let tail: f64 = response.iter().map(|x| x * x).sum();
    let direct_to_tail_db = random.between(0.0, 9.0);
    let scale = (10f64.powf(-direct_to_tail_db / 10.0) / tail.max(1e-12)).sqrt();
    response.iter_mut().for_each(|x| *x *= scale);
    for _ in 0..8 {
        let at_s = random.between(0.0015, 0.04);
        let gain = random.sign() * random.between(0.15, 0.5) * (-at_s / 0.03).exp();
        if let Some(x) = response.get_mut((at_s * rate) as usize) {
            *x += gain;
        }
    }
    if let Some(first) = response.first_mut() {
        *first = 1.0;
    }
    response.iter().map(|&x| x as f32).collect()
}

/// Linear-phase band-pass by a windowed sinc; no delay, cut-offs in Hz.
pub fn band_pass(sound: &Sound, low_hz: f64, high_hz: f64) -> Sound {
    let half = 512i64;
    let rate = f64::from(sound.rate_hz);
    let (low, high) = (low_hz / rate, (high_hz / rate).min(0.5));
    let sinc = |cut: f64, n: f64| {
        if n == 0.0 { 2.0 * cut } else { (TAU * cut * n).sin() / (PI * n) }
    };
    let taps: Vec<f32> = (-half..=half)
        .map(|n| {
            let window = 0.5 + 0.5 * (PI * n as f64 / (half + 1) as f64).cos();
            ((sinc(high, n as f64) - sinc(low, n as f64)) * window) as f32
        })
        .collect();
    sound.each(|c| {
        let mut padded = c.to_vec();
        padded.resize(c.len() + half as usize, 0.0);
        let mut out = convolve(&padded, &taps, half as usize);
        out.truncate(c.len());
        out
    })
}

/// Plays `sound` `speed` times as fast; the sample at time t was at time `t * speed`.
///
/// Sinc interpolation with a Hann window over 32 zero crossings to each side, read from a table of
/// 512 values between crossings.
pub fn resample(sound: &Sound, speed: f64) -> Sound {
    const CROSSINGS: usize = 32;
    const STEPS: usize = 512;
    let cut = (1.0 / speed).min(1.0) * 0.97;
    let table: Vec<f64> = (0..=CROSSINGS * STEPS + 1)
        .map(|n| {
            let x = PI * n as f64 / STEPS as f64;
            let sinc = if n == 0 { 1.0 } else { x.sin() / x };
            sinc * (0.5 + 0.5 * (x / CROSSINGS as f64).cos()) * cut
        })
        .collect();
    let reach = CROSSINGS as f64 / cut;
    let frames = (sound.frames() as f64 / speed).floor() as usize;
    sound.each(|c| {
        (0..frames)
            .map(|n| {
                let at = n as f64 * speed;
                let first = (at - reach).ceil().max(0.0) as usize;
                let last = ((at + reach).floor() as usize + 1).min(c.len());
                let mut sum = 0.0;
                for (k, &x) in (first..last).zip(&c[first.min(last)..last]) {
                    let place = (at - k as f64).abs() * cut * STEPS as f64;
                    let (whole, share) = (place as usize, place.fract());
                    if whole < CROSSINGS * STEPS {
                        let tap = table[whole] * (1.0 - share) + table[whole + 1] * share;
                        sum += f64::from(x) * tap;
                    }
                }
                sum as f32
            })
            .collect()
    })
}

/// Kinds of steady background.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noise {
    White,
    Pink,
    Brown,
    /// Pink noise under 50 Hz and its overtones.
    Hum,
}

/// Noise of power one, `frames` long.
pub fn noise(random: &mut Random, kind: Noise, frames: usize, rate_hz: u32) -> Vec<f32> {
    let mut rows = [0.0f64; 3];
    let mut brown = 0.0;
    let phases: Vec<(f64, f64)> = (0..8)
        .map(|n| (random.between(0.0, TAU), random.between(0.3, 1.0) / f64::from(n + 1)))
        .collect();
    let mut samples: Vec<f64> = (0..frames)
        .map(|n| {
            let white = random.normal();
            // Pink by three poles: P. Kellet's economy filter.
            rows[0] = 0.997_65 * rows[0] + white * 0.099_046;
            rows[1] = 0.963 * rows[1] + white * 0.296_516_4;
            rows[2] = 0.57 * rows[2] + white * 1.052_691_3;
            let pink = rows.iter().sum::<f64>() + white * 0.1848;
            brown = 0.995 * brown + white * 0.1;
            match kind {
                Noise::White => white,
                Noise::Pink => pink,
                Noise::Brown => brown + 0.05 * white,
                Noise::Hum => {
                    let t = n as f64 / f64::from(rate_hz);
                    let hum: f64 = (1..)
                        .zip(&phases)
                        .map(|(k, (phase, level))| {
                            level * (TAU * 50.0 * f64::from(k) * t + phase).sin()
                        })
                        .sum();
                    pink + 2.0 * hum
                }
            }
        })
        .collect();
    let power = samples.iter().map(|x| x * x).sum::<f64>() / frames.max(1) as f64;
    let scale = 1.0 / power.sqrt().max(1e-12);
    samples.iter_mut().for_each(|x| *x *= scale);
    samples.iter().map(|&x| x as f32).collect()
}

/// Lets the level of `samples` wander by up to `range_db` to either side, over seconds.
pub fn wander(random: &mut Random, samples: &mut [f32], rate_hz: u32, range_db: f64) {
    let step = (2.0 * f64::from(rate_hz)) as usize;
    let points: Vec<f64> =
        (0..samples.len() / step + 2).map(|_| random.between(-range_db, range_db)).collect();
    for (n, x) in samples.iter_mut().enumerate() {
        let share = (n % step) as f64 / step as f64;
        let level = points[n / step] * (1.0 - share) + points[n / step + 1] * share;
        *x *= 10f64.powf(level / 20.0) as f32;
    }
}

/// Adds `noise` (any power) to `sound` so that `sound` is `snr_db` above it.
pub fn add_at_snr(sound: &mut Sound, noise: &[f32], snr_db: f64) {
    let power =
        noise.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / noise.len().max(1) as f64;
    let gain = (sound.power() / power.max(1e-20) * 10f64.powf(-snr_db / 10.0)).sqrt() as f32;
    for channel in &mut sound.channels {
        channel.iter_mut().zip(noise).for_each(|(x, n)| *x += gain * n);
    }
}
