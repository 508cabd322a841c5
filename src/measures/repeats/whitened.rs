//! Two stretches of a recording held against each other sample by sample, every frequency counting alike.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

/// Frequencies that take part, in Hz, as far as the rate has them: below lies hum, above what codecs
/// drop.
const RANGE_HZ: (f64, f64) = (300.0, 7000.0);

/// Highest frequency that takes part, over the sample rate.
const TOP_SHARE: f64 = 0.45;

/// Power of the magnitude that a spectrum is divided by when a lag is looked for: 1 would let what a
/// codec has blurred count as much as what it has kept.
const WHITENING: f32 = 0.8;

/// Half width over which the power is averaged to whiten without smearing edges, in Hz.
const SMOOTHING_HZ: f64 = 100.0;

/// Nearness to the best lag within which others belong to it, in seconds.
const PEAK_S: f64 = 0.0012;

/// Transforms of all lengths in use.
pub(super) struct Whitened {
    planner: FftPlanner<f32>,
    plans: BTreeMap<(usize, bool), Arc<dyn Fft<f32>>>,
    rate_hz: f64,
}

/// Where two stretches agree best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lag {
    /// Samples by which the second stretch lies later than where it was looked for.
    pub(super) samples: f64,
    /// Whitened correlation there, 0..=1.
    pub(super) correlation: f64,
    /// The best correlation at any other lag that was tried.
    pub(super) competing: f64,
    /// Root of the mean square of the correlation over all lags that were tried.
    pub(super) spread: f64,
}

impl Whitened {
    pub(super) fn new(rate_hz: u32) -> Self {
        Self { planner: FftPlanner::new(), plans: BTreeMap::new(), rate_hz: f64::from(rate_hz) }
    }

    fn run(&mut self, values: &mut [Complex<f32>], inverse: bool) {
        let planner = &mut self.planner;
        let plan = self.plans.entry((values.len(), inverse)).or_insert_with(|| {
            if inverse {
                planner.plan_fft_inverse(values.len())
            } else {
                planner.plan_fft_forward(values.len())
            }
        });
        plan.process(values);
    }

    /// Bins of a transform of `n_fft` points that take part.
    fn bins(&self, n_fft: usize) -> std::ops::Range<usize> {
        let bin = |hz: f64| ((hz * n_fft as f64 / self.rate_hz).round() as usize).min(n_fft / 2);
        bin(RANGE_HZ.0)..bin(RANGE_HZ.1.min(TOP_SHARE * self.rate_hz))
    }

    /// Spectra of two real stretches of one length, which are padded to `n_fft` points; of bins up to
    /// the middle.
    fn spectra(&mut self, x: &[f32], y: &[f32], n_fft: usize) -> [Vec<Complex<f32>>; 2] {
        let mut pair: Vec<_> = x.iter().zip(y).map(|(x, y)| Complex::new(*x, *y)).collect();
        pair.resize(n_fft, Complex::default());
        self.run(&mut pair, false);
        let mirrored = |k: usize| pair[(n_fft - k) % n_fft].conj();
        let half = Complex::new(0.5, 0.0);
        let over_2i = Complex::new(0.0, -0.5);
        [
            (0..n_fft / 2).map(|k| (pair[k] + mirrored(k)) * half).collect(),
            (0..n_fft / 2).map(|k| (pair[k] - mirrored(k)) * over_2i).collect(),
        ]
    }

    /// The lag, up to `reach` samples either way, at which `y` is most like `x`; both have one length.
    /// `None` where one of them is silent or nothing takes part.
    pub(super) fn lag(&mut self, x: &[f32], y: &[f32], reach: usize) -> Option<Lag> {
        if [x, y].iter().any(|side| side.iter().all(|&s| s == 0.0)) {
            return None;
        }
        let n_fft = (x.len() + reach).next_power_of_two();
        let [a, b] = self.spectra(x, y, n_fft);
        let bins = self.bins(n_fft);
        // The inverse transform has just enough points for the band, four times over.
        let n_out = (4 * bins.end).next_power_of_two().min(n_fft).max(64);
        let mut cross = vec![Complex::default(); n_out];
        let (mut power_a, mut power_b) = (0.0f64, 0.0f64);
        for k in bins.clone() {
            let (a, b) = (whiten(a[k]), whiten(b[k]));
            power_a += f64::from(a.norm_sqr());
            power_b += f64::from(b.norm_sqr());
            cross[k] = a.conj() * b;
        }
        if bins.is_empty() || power_a <= 0.0 || power_b <= 0.0 {
            return None;
        }
        self.run(&mut cross, true);
        let scale = 1.0 / (power_a * power_b).sqrt();
        let step = n_fft as f64 / n_out as f64;
        let reach = (reach as f64 / step) as i64;
        let value = |lag: i64| f64::from(cross[lag.rem_euclid(n_out as i64) as usize].re) * scale;
        let best = (-reach..=reach).max_by(|&i, &j| value(i).total_cmp(&value(j)))?;
        let near = (PEAK_S * self.rate_hz / step).ceil() as i64;
        let (mut competing, mut squares, mut count) = (0.0f64, 0.0, 0.0);
        for lag in (-reach..=reach).filter(|lag| (lag - best).abs() > near) {
            competing = competing.max(value(lag));
            squares += value(lag).powi(2);
            count += 1.0;
        }
        let (left, peak, right) = (value(best - 1), value(best), value(best + 1));
        let bend = left - 2.0 * peak + right;
        let shift = if bend < 0.0 { 0.5 * (left - right) / bend } else { 0.0 };
        Some(Lag {
            samples: (best as f64 + shift.clamp(-0.5, 0.5)) * step,
            correlation: peak,
            competing,
            spread: (squares / f64::max(count, 1.0)).sqrt(),
        })
    }

    /// Both stretches whitened by their common smooth spectrum, the second moved `shift` samples
    /// earlier.
    pub(super) fn flattened(&mut self, x: &[f32], y: &[f32], shift: f64) -> [Vec<f32>; 2] {
        let n_fft = x.len().next_power_of_two();
        let [mut a, mut b] = self.spectra(x, y, n_fft);
        let bins = self.bins(n_fft);
        let half_width = (SMOOTHING_HZ * n_fft as f64 / self.rate_hz).ceil() as usize;
        let mut sums = vec![0.0f64];
        for (a, b) in a.iter().zip(&b) {
            let power = f64::from(a.norm_sqr() + b.norm_sqr());
            sums.push(sums[sums.len() - 1] + power);
        }
        for k in 0..n_fft / 2 {
            let (low, high) = (k.saturating_sub(half_width), (k + half_width + 1).min(n_fft / 2));
            let power = (sums[high] - sums[low]) / (high - low) as f64;
            let gain = if bins.contains(&k) && power > 0.0 { power.sqrt().recip() } else { 0.0 };
            a[k] *= gain as f32;
            let angle = std::f64::consts::TAU * k as f64 * shift / n_fft as f64;
            b[k] *= Complex::from_polar(gain as f32, angle as f32);
        }
        // Two real signals from one complex transform.
        let mut pair = vec![Complex::default(); n_fft];
        let i = Complex::new(0.0, 1.0);
        for k in 1..n_fft / 2 {
            pair[k] = a[k] + i * b[k];
            pair[n_fft - k] = a[k].conj() + i * b[k].conj();
        }
        self.run(&mut pair, true);
        let part = |f: fn(&Complex<f32>) -> f32| pair[..x.len()].iter().map(f).collect();
        [part(|z| z.re), part(|z| z.im)]
    }
}

fn whiten(z: Complex<f32>) -> Complex<f32> {
    let power = z.norm_sqr();
    if power > 0.0 { z * power.powf(-0.5 * WHITENING) } else { z }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::sinc::interpolate;
    use crate::dsp::test_noise::noise;

    #[test]
    fn a_delay_is_found_to_a_fraction_of_a_sample() {
        let source = noise(6000, 1);
        let later = interpolate(&source, 1000.0 - 3.3, 1.0, 4000);
        let lag = Whitened::new(16_000).lag(&source[1000..5000], &later, 200).unwrap();
        assert!((lag.samples - 3.3).abs() < 0.1, "{lag:?}");
        assert!(lag.correlation > 0.85 && lag.competing < 0.2, "{lag:?}");
    }

    #[test]
    fn strangers_do_not_agree_and_silence_says_nothing() {
        let mut whitened = Whitened::new(16_000);
        let lag = whitened.lag(&noise(4000, 1), &noise(4000, 2), 200).unwrap();
        assert!(lag.correlation < 0.15, "{lag:?}");
        assert!(whitened.lag(&noise(4000, 1), &[0.0; 4000], 200).is_none());
        assert!(whitened.lag(&[], &[], 0).is_none());
    }

    #[test]
    fn flattening_undoes_the_shift() {
        let source = noise(6000, 1);
        let later = interpolate(&source, 1000.0 - 2.5, 1.0, 4000);
        let [x, y] = Whitened::new(16_000).flattened(&source[1000..5000], &later, 2.5);
        let dot = |x: &[f32], y: &[f32]| -> f32 { x.iter().zip(y).map(|(x, y)| x * y).sum() };
        let (x, y) = (&x[100..3900], &y[100..3900]);
        assert!(dot(x, y) > 0.97 * (dot(x, x) * dot(y, y)).sqrt());
    }
}
