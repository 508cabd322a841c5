//! Modified discrete cosine transform and the windows that audio codecs put before it.

use std::f64::consts::PI;
use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

/// Transform of `2 M` windowed samples to `M` lines, scaled so that noise keeps its variance:
/// `X[k] = √(2/M) Σ w[n] x[n] cos(π/M (n + ½ + M/2)(k + ½))` (Princen, Johnson & Bradley 1987).
pub struct Mdct {
    window: Vec<f32>,
    twiddles: Vec<Complex<f32>>,
    fft: Arc<dyn Fft<f32>>,
    folded: Vec<f32>,
    work: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

impl Mdct {
    /// A transform with this window, whose length must be a multiple of 4.
    #[must_use]
    pub fn new(window: Vec<f32>) -> Self {
        let m = window.len() / 2;
        let fft = FftPlanner::<f32>::new().plan_fft_forward(m / 2);
        let scale = (2.0 / m as f64).powf(0.25);
        let twiddle = |n: usize| {
            let (sin, cos) = (-PI * (8 * n + 1) as f64 / (8 * m) as f64).sin_cos();
            Complex::new((scale * cos) as f32, (scale * sin) as f32)
        };
        Self {
            twiddles: (0..m / 2).map(twiddle).collect(),
            folded: vec![0.0; m],
            work: vec![Complex::default(); m / 2],
            scratch: vec![Complex::default(); fft.get_inplace_scratch_len()],
            fft,
            window,
        }
    }

    /// Samples that a transform takes, `2 M`.
    #[must_use]
    pub fn span(&self) -> usize {
        self.window.len()
    }

    /// Writes the `M` lines of the first `2 M` of `samples` to `lines`; does nothing if either is
    /// shorter than that.
    pub fn lines(&mut self, samples: &[f32], lines: &mut [f32]) {
        let m = self.window.len() / 2;
        let half = m / 2;
        let (Some(x), Some(lines)) = (samples.get(..2 * m), lines.get_mut(..m)) else { return };
        // Quarters (a, b, c, d) fold to (−c reversed − d, a − b reversed), of which a DCT-IV is taken.
        let (w, x) = (self.window.split_at(m), x.split_at(m));
        let ((wa, wb), (wc, wd)) = (w.0.split_at(half), w.1.split_at(half));
        let ((xa, xb), (xc, xd)) = (x.0.split_at(half), x.1.split_at(half));
        let (low, high) = self.folded.split_at_mut(half);
        let outer = wc.iter().rev().zip(xc.iter().rev()).zip(wd.iter().zip(xd));
        for (out, ((wc, xc), (wd, xd))) in low.iter_mut().zip(outer) {
            *out = -wc * xc - wd * xd;
        }
        let inner = wa.iter().zip(xa).zip(wb.iter().rev().zip(xb.iter().rev()));
        for (out, ((wa, xa), (wb, xb))) in high.iter_mut().zip(inner) {
            *out = wa * xa - wb * xb;
        }
        let ends = self.folded.chunks_exact(2).zip(self.folded.rchunks_exact(2));
        for ((work, twiddle), (front, back)) in self.work.iter_mut().zip(&self.twiddles).zip(ends) {
            *work = Complex::new(front[0], back[1]) * twiddle;
        }
        self.fft.process_with_scratch(&mut self.work, &mut self.scratch);
        for (work, twiddle) in self.work.iter_mut().zip(&self.twiddles) {
            *work *= twiddle;
        }
        // Lines 0, 2, 4 … are the real parts, the last, the last but two … the negated imaginary ones.
        for (pair, (front, back)) in
            lines.chunks_exact_mut(2).zip(self.work.iter().zip(self.work.iter().rev()))
        {
            (pair[0], pair[1]) = (front.re, -back.im);
        }
    }
}

/// Half a period of a sine, `len` samples (AAC, ISO/IEC 14496-3, 4.6.11; MP3's long blocks).
#[must_use]
pub fn sine_window(len: usize) -> Vec<f32> {
    (0..len).map(|n| (PI * (n as f64 + 0.5) / len as f64).sin() as f32).collect()
}

/// Kaiser-Bessel-derived window of `len` samples with `α = 4` (AAC, ISO/IEC 14496-3, 4.6.11).
#[must_use]
pub fn kbd_window(len: usize) -> Vec<f32> {
    let half = len / 2;
    let kaiser = |n: usize| {
        let r = 2.0 * n as f64 / half as f64 - 1.0;
        bessel_i0(PI * 4.0 * (1.0 - r * r).max(0.0).sqrt())
    };
    let mut sum = 0.0;
    let mut rising = Vec::with_capacity(half);
    for n in 0..half {
        sum += kaiser(n);
        rising.push(sum);
    }
    sum += kaiser(half);
    let rising: Vec<f32> = rising.into_iter().map(|s: f64| (s / sum).sqrt() as f32).collect();
    rising.iter().chain(rising.iter().rev()).copied().collect()
}

/// Window of `len` samples whose halves slope over `overlap` samples as Vorbis and CELT have them:
/// `sin(π/2 sin²(π (n + ½) / (2 overlap)))` (Vorbis I specification, 4.3.1; RFC 6716, 4.3.7).
#[must_use]
pub fn power_sine_window(len: usize, overlap: usize) -> Vec<f32> {
    let half = len / 2;
    let flat = (half.saturating_sub(overlap)) / 2;
    let slope = |n: usize| {
        let inner = (PI * (n as f64 + 0.5) / (2 * overlap) as f64).sin();
        (0.5 * PI * inner * inner).sin() as f32
    };
    let rising: Vec<f32> = (0..half)
        .map(|n| match n {
            n if n < flat => 0.0,
            n if n < flat + overlap => slope(n - flat),
            _ => 1.0,
        })
        .collect();
    rising.iter().chain(rising.iter().rev()).copied().collect()
}

/// Modified Bessel function of the first kind and order 0, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..64 {
        term *= quarter / f64::from(k * k);
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_noise::noise;

    #[test]
    fn equals_the_sum_it_stands_for() {
        for m in [8usize, 60, 120] {
            let window = power_sine_window(2 * m, m / 2);
            let x = noise(2 * m, 7);
            let mut lines = vec![0.0; m];
            Mdct::new(window.clone()).lines(&x, &mut lines);
            for (k, line) in lines.iter().enumerate() {
                let term = |n: usize| {
                    let phase =
                        PI / m as f64 * (n as f64 + 0.5 + m as f64 / 2.0) * (k as f64 + 0.5);
                    f64::from(window[n] * x[n]) * phase.cos()
                };
                let sum: f64 = (0..2 * m).map(term).sum::<f64>() * (2.0 / m as f64).sqrt();
                assert!((sum - f64::from(*line)).abs() < 1e-5, "{m} {k}: {sum} {line}");
            }
        }
    }

    #[test]
    fn windows_keep_the_power_of_overlapping_halves() {
        for window in [sine_window(64), kbd_window(64), power_sine_window(64, 32)] {
            assert_eq!(window.len(), 64);
            for n in 0..32 {
                let power = window[n].powi(2) + window[n + 32].powi(2);
                assert!((power - 1.0).abs() < 1e-5);
            }
        }
        assert_eq!(power_sine_window(64, 8)[..12], [0.0; 12]);
        assert_eq!(power_sine_window(64, 8)[20..44], [1.0; 24]);
    }

    #[test]
    fn too_few_samples_change_nothing() {
        let mut lines = [3.0; 8];
        Mdct::new(sine_window(16)).lines(&[0.0; 15], &mut lines);
        assert_eq!(lines, [3.0; 8]);
    }
}
