//! Samples between samples, by a windowed sinc.

use std::f64::consts::PI;
use std::sync::OnceLock;

/// Samples on each side that a value is made from.
pub const REACH: usize = 12;

/// Positions between two samples that have their own kernel; the nearest one is taken, which is off
/// by at most 1/1024 of a sample.
const PHASES: usize = 512;

/// `count` values of `samples` at `start`, `start + step` and so on, in samples; zero outside. `step`
/// is near 1: content is not low-passed, so a larger one folds what lies above the new Nyquist
/// frequency.
#[must_use]
pub fn interpolate(samples: &[f32], start: f64, step: f64, count: usize) -> Vec<f32> {
    let kernels = kernels();
    let value = |n: usize| {
        let position = start + step * n as f64;
        let phase = ((position - position.floor()) * PHASES as f64).round() as usize;
        let first = position.floor() as i64 + 1 - REACH as i64;
        let kernel = &kernels[phase];
        if first >= 0 && first as usize + 2 * REACH <= samples.len() {
            let around = &samples[first as usize..first as usize + 2 * REACH];
            return around.iter().zip(kernel).map(|(x, k)| x * k).sum();
        }
        let at = |i: usize| usize::try_from(first + i as i64).ok().and_then(|i| samples.get(i));
        kernel.iter().enumerate().filter_map(|(i, k)| at(i).map(|x| x * k)).sum()
    };
    (0..count).map(value).collect()
}

/// Kernels for the positions 0, 1/512 .. 1 between two samples.
fn kernels() -> &'static [[f32; 2 * REACH]] {
    static KERNELS: OnceLock<Vec<[f32; 2 * REACH]>> = OnceLock::new();
    KERNELS.get_or_init(|| {
        let kernel = |phase: usize| {
            let at = phase as f64 / PHASES as f64;
            std::array::from_fn(|i| {
                let x = i as f64 + 1.0 - REACH as f64 - at;
                let sinc = if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) };
                let window = (0.5 * PI * x / (REACH as f64 + 1.0)).cos().powi(2);
                (sinc * window) as f32
            })
        };
        (0..=PHASES).map(kernel).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_read_between_its_samples() {
        let tone = |t: f64| (0.9 * t).sin();
        let samples: Vec<f32> = (0..400).map(|n| tone(f64::from(n)) as f32).collect();
        for (n, x) in interpolate(&samples, 50.3, 1.01, 200).iter().enumerate() {
            let expected = tone(50.3 + 1.01 * n as f64);
            assert!((f64::from(*x) - expected).abs() < 3e-3, "{n}: {x} {expected}");
        }
    }

    #[test]
    fn whole_positions_give_the_samples_and_outside_is_silent() {
        let samples = [0.5, -0.25, 0.125];
        let got = interpolate(&samples, -1.0, 1.0, 5);
        for (x, y) in got.iter().zip([0.0, 0.5, -0.25, 0.125, 0.0]) {
            assert!((x - y).abs() < 1e-6);
        }
        assert_eq!(interpolate(&[], 0.0, 1.0, 2), vec![0.0, 0.0]);
    }
}
