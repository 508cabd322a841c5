//! Filters that are cheap enough for hours of sound.

use std::f64::consts::{PI, TAU};

/// `samples` at another rate, both in Hz: a windowed sinc with 24 crossings to each side, one set of
/// taps for each phase.
pub fn rational(samples: &[f32], from_hz: u32, to_hz: u32) -> Vec<f32> {
    if from_hz == to_hz {
        return samples.to_vec();
    }
    let divisor = gcd(from_hz, to_hz);
    let (up, down) = ((to_hz / divisor) as usize, (from_hz / divisor) as usize);
    let cut = (up as f64 / down as f64).min(1.0) * 0.96;
    let half = (24.0 / cut).ceil() as i64;
    let width = 2 * half as usize;
    let mut taps = vec![0.0f32; up * width];
    for (phase, row) in taps.chunks_exact_mut(width).enumerate() {
        for (k, tap) in row.iter_mut().enumerate() {
            let x = (k as i64 - half + 1) as f64 - phase as f64 / up as f64;
            let sinc = if x == 0.0 { 1.0 } else { (PI * cut * x).sin() / (PI * cut * x) };
            let window = 0.5 + 0.5 * (PI * x / (half + 1) as f64).cos();
            *tap = (cut * sinc * window) as f32;
        }
    }
    let mut padded = vec![0.0f32; half as usize];
    padded.extend_from_slice(samples);
    padded.resize(samples.len() + width + 2, 0.0);
    let frames = samples.len() * up / down;
    (0..frames)
        .map(|n| {
            let (at, phase) = (n * down / up, n * down % up);
            let row = &taps[phase * width..(phase + 1) * width];
            dot(&padded[at + 1..at + 1 + width], row)
        })
        .collect()
}

/// Sum of products in eight lanes, which the compiler turns into vector instructions.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0f32; 8];
    let (a, b) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a.remainder().iter().zip(b.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a.zip(b) {
        for (lane, (x, y)) in lanes.iter_mut().zip(x.iter().zip(y)) {
            *lane += x * y;
        }
    }
    lanes.iter().sum::<f32>() + rest
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// A second-order section (R. Bristow-Johnson, Audio EQ Cookbook).
#[derive(Debug, Clone, Copy)]
pub struct Biquad {
    b: [f32; 3],
    a: [f32; 2],
    state: [f32; 2],
}

impl Biquad {
    fn new(b: [f64; 3], a: [f64; 3]) -> Self {
        let scaled = |x: f64| (x / a[0]) as f32;
        Self { b: b.map(scaled), a: [scaled(a[1]), scaled(a[2])], state: [0.0; 2] }
    }

    /// A hill of `gain_db` around `hz`.
    pub fn peak(rate_hz: u32, hz: f64, q: f64, gain_db: f64) -> Self {
        let (a, w) = (10f64.powf(gain_db / 40.0), TAU * hz / f64::from(rate_hz));
        let alpha = w.sin() / (2.0 * q);
        let middle = -2.0 * w.cos();
        Self::new(
            [1.0 + alpha * a, middle, 1.0 - alpha * a],
            [1.0 + alpha / a, middle, 1.0 - alpha / a],
        )
    }

    pub fn low_pass(rate_hz: u32, hz: f64, q: f64) -> Self {
        let w = TAU * (hz / f64::from(rate_hz)).min(0.49);
        let (alpha, c) = (w.sin() / (2.0 * q), w.cos());
        Self::new([(1.0 - c) / 2.0, 1.0 - c, (1.0 - c) / 2.0], [1.0 + alpha, -2.0 * c, 1.0 - alpha])
    }

    pub fn high_pass(rate_hz: u32, hz: f64, q: f64) -> Self {
        let w = TAU * (hz / f64::from(rate_hz)).min(0.49);
        let (alpha, c) = (w.sin() / (2.0 * q), w.cos());
        Self::new(
            [(1.0 + c) / 2.0, -1.0 - c, (1.0 + c) / 2.0],
            [1.0 + alpha, -2.0 * c, 1.0 - alpha],
        )
    }

    pub fn step(&mut self, x: f32) -> f32 {
        let y = self.b[0] * x + self.state[0];
        self.state[0] = self.b[1] * x - self.a[0] * y + self.state[1];
        self.state[1] = self.b[2] * x - self.a[1] * y;
        y
    }

    pub fn run(mut self, samples: &mut [f32]) {
        samples.iter_mut().for_each(|x| *x = self.step(*x));
    }
}

/// `10^(db/20)`.
pub fn db_to_gain(db: f64) -> f32 {
    10f64.powf(db / 20.0) as f32
}

/// Root of the mean square; zero for none.
pub fn rms(samples: &[f32]) -> f32 {
    let sum: f64 = samples.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
    (sum / samples.len().max(1) as f64).sqrt() as f32
}
