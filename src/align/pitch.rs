//! How far the frequencies of a clip lie from those of its source.

use crate::dsp::speech_bands::SPEECH_RATE_HZ;
use crate::dsp::stft::Stft;

/// Points of the transform: 128 ms, bins of 7.8 Hz.
const N_FFT: usize = 1024;

/// Frequencies of the source that are looked at, in Hz; what lies there in the clip at any pitch in
/// question is below its Nyquist frequency.
const RANGE_HZ: (f64, f64) = (150.0, 2600.0);

/// Bins on each side whose mean is taken off, so that lines count and not the spectrum's shape.
const SMOOTH: usize = 12;

/// Step between pitches that are tried.
const STEP: f64 = 0.001;

/// Frequencies of `a` over those of `b`, two stretches of samples at 8 kHz that hold the same sound
/// at the same places, tried within ±`spread` of `near`, and the correlation of their spectra there
/// (-1..=1). `near` and 0 for less than 128 ms.
#[must_use]
pub fn pitch_between(a: &[f32], b: &[f32], near: f64, spread: f64) -> (f64, f64) {
    let (a, b) = (lines(a), lines(b));
    let steps = (spread / STEP).round() as i32;
    let at = |step: i32| agreement(&a, &b, near + STEP * f64::from(step));
    let values: Vec<f64> = (-steps - 1..=steps + 1).map(at).collect();
    let inner = 1..values.len() - 1;
    let Some(best) = inner.max_by(|&i, &j| values[i].total_cmp(&values[j])) else {
        return (near, 0.0);
    };
    let shift = super::slope::vertex(values[best - 1], values[best], values[best + 1]);
    (near + STEP * (best as f64 - 1.0 - f64::from(steps) + shift), values[best])
}

/// Spectra with their smooth part taken off, frame after frame.
fn lines(samples: &[f32]) -> Vec<Vec<f32>> {
    let mut out = Vec::new();
    let mut stft = Stft::new(N_FFT, N_FFT);
    let mut add = |power: &[f32]| {
        let level: Vec<f32> = power.iter().map(|p| p.max(1e-10).ln()).collect();
        let mut sums = vec![0.0f32];
        for x in &level {
            sums.push(sums[sums.len() - 1] + x);
        }
        let flat = (0..level.len()).map(|i| {
            let (from, to) = (i.saturating_sub(SMOOTH), (i + SMOOTH + 1).min(level.len()));
            level[i] - (sums[to] - sums[from]) / (to - from) as f32
        });
        out.push(flat.collect());
    };
    stft.push(samples, |frame| add(frame.power));
    stft.finish(|frame| add(frame.power));
    out
}

fn agreement(a: &[Vec<f32>], b: &[Vec<f32>], pitch: f64) -> f64 {
    let bin_hz = f64::from(SPEECH_RATE_HZ) / N_FFT as f64;
    let range = (RANGE_HZ.0 / bin_hz) as usize..(RANGE_HZ.1 / bin_hz) as usize;
    let (mut product, mut of_a, mut of_b) = (0.0f64, 0.0f64, 0.0f64);
    for (a, b) in a.iter().zip(b) {
        for bin in range.clone() {
            let place = bin as f64 * pitch;
            let (low, part) = (place as usize, place.fract() as f32);
            let x = a[low] + part * (a[low + 1] - a[low]);
            product += f64::from(x * b[bin]);
            of_a += f64::from(x * x);
            of_b += f64::from(b[bin] * b[bin]);
        }
    }
    product / (of_a * of_b).sqrt().max(1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pitch_of_harmonics_is_measured() {
        let voice = |f0: f64| -> Vec<f32> {
            let at =
                |n: usize| (1..18).map(|h| (f0 * f64::from(h) * n as f64 / 1273.0).sin()).sum();
            (0..16_000)
                .map(|n| {
                    let x: f64 = at(n);
                    0.05 * x as f32
                })
                .collect()
        };
        let (pitch, agreement) = pitch_between(&voice(151.0 * 1.0333), &voice(151.0), 1.02, 0.03);
        assert!((pitch - 1.0333).abs() < 0.002 && agreement > 0.7, "{pitch} {agreement}");
    }

    #[test]
    fn nothing_gives_what_was_expected() {
        assert_eq!(pitch_between(&[], &[], 1.0, 0.02).1, 0.0);
    }
}
