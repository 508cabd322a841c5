//! The relation of two times to a fraction of a sample, and level and polarity, from the waveforms.
//!
//! Generalised cross-correlation with phase transform (Knapp & Carter 1976), the magnitude raised to
//! 0.3 in place of 0: bins with little energy keep a smaller say.

use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

use super::line::Line;
use super::slope::vertex;
use crate::decode::Spool;
use crate::dsp::sinc::{REACH, interpolate};
use crate::dsp::speech_bands::SPEECH_RATE_HZ;
use crate::dsp::stats::median;
use crate::dsp::stft::hann;
use crate::error::Result;

const RATE: f64 = SPEECH_RATE_HZ as f64;

/// Samples of a window: 0.5 s.
const WINDOW: usize = 4096;

/// Points of the transform.
const N_FFT: usize = 2 * WINDOW;

/// Windows looked at per segment, at most.
const WINDOWS: usize = 32;

/// Share of the magnitude that is divided out.
const WHITENING: f32 = 0.7;

/// Frequencies that are looked at, in Hz.
const RANGE_HZ: (f64, f64) = (100.0, 3600.0);

/// Height of a peak over the root mean square of all lags from which a window counts.
const SHARP: f32 = 6.0;

/// Distance from the line within which a window agrees with it, in samples (0.4 ms).
const CLOSE: f64 = 3.2;

/// Lags looked at on each side in the first and the second pass, in samples: 24 ms and 3 ms.
const REACHES: [usize; 2] = [192, 24];

/// Share of the windows that must agree for waveforms to be called aligned.
const ALIGNED_SHARE: f64 = 0.4;

/// A segment's line, level and polarity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WaveformFit {
    /// The line; the given one if the waveforms do not align.
    pub line: Line,
    /// Whether the waveforms align to 0.4 ms over most of the segment.
    pub aligned: bool,
    /// How unlikely so much alignment is among strangers, in standard deviations.
    pub score: f64,
    /// Level of the clip over the source, in dB.
    pub gain_db: f64,
    /// Whether the polarity is reversed.
    pub inverted: bool,
}

/// The source laid on the clip's time by `line`: `count` samples from the clip's sample `a_start`.
/// Both are held at `rate_hz`.
///
/// # Errors
///
/// Those of the temporary file.
pub fn lay(
    b: &mut Spool,
    line: &Line,
    a_start: i64,
    count: usize,
    rate_hz: u32,
) -> Result<Vec<f32>> {
    let rate = f64::from(rate_hz);
    let start = line.b(a_start as f64 / rate) * rate;
    let first = start.floor() as i64 - REACH as i64;
    let needed = (count as f64 * line.ratio).ceil() as usize + 2 * REACH + 2;
    let samples = b.read(first, needed)?;
    Ok(interpolate(&samples, start - first as f64, line.ratio, count))
}

/// Fits the clip's seconds `from_s..to_s`. The line may be off by 24 ms.
///
/// # Errors
///
/// Those of the temporary files.
pub fn fit_waveform(
    a: &mut Spool,
    b: &mut Spool,
    line: &Line,
    (from_s, to_s): (f64, f64),
) -> Result<WaveformFit> {
    let mut correlator = Correlator::new();
    let mut fit =
        WaveformFit { line: *line, aligned: false, score: 0.0, gain_db: 0.0, inverted: false };
    // The first pass finds the place, the second measures it where windows no longer smear.
    for reach in REACHES {
        let seen = look(a, b, &fit.line, (from_s, to_s), reach, &mut correlator)?;
        let Some((better, close)) = straighten(&fit.line, &seen) else { break };
        if reach == REACHES[0] {
            fit.score = surprise(close, seen.len());
        }
        fit.line = better;
        fit.aligned = true;
    }
    let seen = look(a, b, &fit.line, (from_s, to_s), REACHES[1], &mut correlator)?;
    let sum = |f: &dyn Fn(&Sight) -> f64| seen.iter().map(f).sum::<f64>();
    let of_b = sum(&|s| s.of_b).max(1e-12);
    fit.gain_db = if fit.aligned {
        20.0 * (sum(&|s| s.common) / of_b).max(1e-9).log10()
    } else {
        10.0 * (sum(&|s| s.of_a) / of_b).max(1e-18).log10()
    };
    fit.inverted = fit.aligned && sum(&|s| f64::from(s.peak)) < 0.0;
    Ok(fit)
}

/// What one window shows.
#[derive(Debug, Clone, Copy)]
struct Sight {
    /// Middle of the window in the clip, in seconds.
    time_s: f64,
    /// Samples by which the clip is late.
    lag: f64,
    /// Signed height of the peak over the root mean square of all lags.
    peak: f32,
    /// Energies, and the magnitude of the cross-spectrum.
    of_a: f64,
    of_b: f64,
    common: f64,
}

fn look(
    a: &mut Spool,
    b: &mut Spool,
    line: &Line,
    (from_s, to_s): (f64, f64),
    reach: usize,
    correlator: &mut Correlator,
) -> Result<Vec<Sight>> {
    let (from, to) = ((from_s * RATE) as i64, (to_s * RATE) as i64);
    let room = (to - from - WINDOW as i64).max(0);
    let count = (room / (WINDOW as i64 / 2) + 1).min(WINDOWS as i64);
    let mut seen = Vec::new();
    for i in 0..count {
        let start = if count == 1 { from + room / 2 } else { from + room * i / (count - 1) };
        let mine = a.read(start, WINDOW)?;
        let other = lay(b, line, start, WINDOW, SPEECH_RATE_HZ)?;
        let time_s = (start as f64 + 0.5 * WINDOW as f64) / RATE;
        seen.extend(correlator.correlate(&mine, &other, reach, time_s));
    }
    Ok(seen)
}

/// Standard deviations of a normal variable that is as unlikely as it is that `close` of `all`
/// windows show one lag by chance (Chernoff bound on the binomial, windows overlapping by half).
fn surprise(close: usize, all: usize) -> f64 {
    let chance = CLOSE / REACHES[0] as f64;
    let share = (close as f64 - 1.0) / all as f64;
    if share <= chance {
        return 0.0;
    }
    let rest = (1.0 - share).max(1e-9);
    let divergence = share * (share / chance).ln() + rest * (rest / (1.0 - chance)).ln();
    (all as f64 * divergence).sqrt()
}

/// The line through most of what was seen and the number of windows on it; `None` if too few are.
fn straighten(line: &Line, seen: &[Sight]) -> Option<(Line, usize)> {
    let sharp: Vec<&Sight> = seen.iter().filter(|s| s.peak.abs() >= SHARP).collect();
    if sharp.is_empty() {
        return None;
    }
    // Theil-Sen, over windows that do not overlap.
    let mut slopes: Vec<f32> = Vec::new();
    for (i, x) in sharp.iter().enumerate() {
        for y in &sharp[i + 1..] {
            if y.time_s - x.time_s > 0.5 {
                slopes.push(((y.lag - x.lag) / (y.time_s - x.time_s)) as f32);
            }
        }
    }
    let slope = if slopes.len() < 3 { 0.0 } else { f64::from(median(&mut slopes)?) };
    let rest = |s: &Sight| s.lag - slope * s.time_s;
    let mut rests: Vec<f32> = sharp.iter().map(|s| rest(s) as f32).collect();
    let centre = f64::from(median(&mut rests)?);
    let close: Vec<&&Sight> = sharp.iter().filter(|s| (rest(s) - centre).abs() < CLOSE).collect();
    if close.is_empty() || (close.len() as f64) < ALIGNED_SHARE * seen.len() as f64 {
        return None;
    }
    // Least squares through those that agree.
    let n = close.len() as f64;
    let mean_t = close.iter().map(|s| s.time_s).sum::<f64>() / n;
    let mean_lag = close.iter().map(|s| s.lag).sum::<f64>() / n;
    let of_t = close.iter().map(|s| (s.time_s - mean_t).powi(2)).sum::<f64>();
    let product = close.iter().map(|s| (s.time_s - mean_t) * (s.lag - mean_lag)).sum::<f64>();
    let slope = if close.len() >= 3 && of_t > 0.2 { product / of_t } else { 0.0 };
    // The clip is late by `lag`, so at this clip time the source is further back.
    let ratio = line.ratio * (1.0 - slope / RATE);
    Some((line.turned(mean_t, -line.ratio * mean_lag / RATE, ratio), close.len()))
}

struct Correlator {
    planner: FftPlanner<f32>,
    window: Vec<f32>,
}

impl Correlator {
    fn new() -> Self {
        Self { planner: FftPlanner::new(), window: hann(WINDOW) }
    }

    /// `None` for silence.
    fn correlate(&mut self, a: &[f32], b: &[f32], reach: usize, time_s: f64) -> Option<Sight> {
        let (a, b) = (self.spectrum(a), self.spectrum(b));
        let bin_hz = RATE / N_FFT as f64;
        let range = (RANGE_HZ.0 / bin_hz) as usize..(RANGE_HZ.1 / bin_hz) as usize;
        let energy = |x: &[Complex<f32>]| {
            x[range.clone()].iter().map(|x| f64::from(x.norm_sqr())).sum::<f64>()
        };
        let (of_a, of_b) = (energy(&a), energy(&b));
        if of_a < 1e-6 || of_b < 1e-6 {
            return None;
        }
        let mut cross = vec![Complex::default(); N_FFT];
        let mut common = Complex::<f64>::default();
        for bin in range.clone() {
            let product = a[bin] * b[bin].conj();
            common += Complex::new(f64::from(product.re), f64::from(product.im));
            cross[bin] = product / product.norm().max(1e-20).powf(WHITENING);
        }
        let whitened = cross.clone();
        self.planner.plan_fft_inverse(N_FFT).process(&mut cross);
        // Half a spectrum was filled, so that the real part is half the correlation.
        let at = |lag: i64| cross[lag.rem_euclid(N_FFT as i64) as usize].re;
        let lags = -(reach as i64)..=reach as i64;
        let best = lags.clone().max_by(|x, y| at(*x).abs().total_cmp(&at(*y).abs()))?;
        let mean_square = cross.iter().map(|c| c.re * c.re).sum::<f32>() / N_FFT as f32;
        let fine = |offset: f64| {
            let turn = std::f64::consts::TAU * (best as f64 + offset) / N_FFT as f64;
            let term = |bin: usize| {
                let (sin, cos) = (turn * bin as f64).sin_cos();
                f64::from(whitened[bin].re) * cos - f64::from(whitened[bin].im) * sin
            };
            range.clone().step_by(4).map(term).sum::<f64>() * f64::from(at(best).signum())
        };
        let (mut offset, mut step) = (0.0, 0.25);
        for _ in 0..4 {
            offset += step * 2.0 * vertex(fine(offset - step), fine(offset), fine(offset + step));
            step *= 0.5;
        }
        Some(Sight {
            time_s,
            lag: best as f64 + offset,
            peak: at(best) / mean_square.sqrt().max(1e-20),
            of_a,
            of_b,
            common: common.norm(),
        })
    }

    fn spectrum(&mut self, samples: &[f32]) -> Vec<Complex<f32>> {
        let windowed = samples.iter().zip(&self.window).map(|(x, w)| Complex::new(x * w, 0.0));
        let mut out: Vec<Complex<f32>> = windowed.collect();
        out.resize(N_FFT, Complex::default());
        self.planner.plan_fft_forward(N_FFT).process(&mut out);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_noise::noise;

    /// Noise with little above 2 kHz.
    fn low_noise(len: usize, seed: u32) -> Vec<f32> {
        noise(len, seed).windows(3).map(|w| 0.3 * (w[0] + w[1] + w[2])).collect()
    }

    fn spool(samples: &[f32]) -> Spool {
        let mut spool = Spool::default();
        spool.push(samples).unwrap();
        spool
    }

    #[test]
    fn place_speed_level_and_polarity_are_measured() {
        let source = low_noise(100_000, 3);
        let clip: Vec<f32> =
            interpolate(&source, 8000.4, 1.0302, 64_000).iter().map(|x| -0.5 * x).collect();
        let (mut a, mut b) = (spool(&clip), spool(&source));
        let guess = Line { ratio: 1.0299, offset_s: 1.008 };
        let fit = fit_waveform(&mut a, &mut b, &guess, (0.5, 7.5)).unwrap();
        assert!(fit.aligned && fit.inverted, "{fit:?}");
        assert!((fit.gain_db + 6.02).abs() < 0.3, "{fit:?}");
        assert!((fit.line.ratio - 1.0302).abs() < 1e-5, "{fit:?}");
        assert!((fit.line.b(4.0) - (1.00005 + 4.0 * 1.0302)).abs() < 2e-5, "{fit:?}");
    }

    #[test]
    fn chance_is_no_surprise() {
        assert_eq!(surprise(1, 30), 0.0);
        assert!(surprise(4, 30) < 3.0 && surprise(30, 30) > 10.0);
        assert_eq!(surprise(0, 1), 0.0);
    }

    #[test]
    fn strangers_do_not_align() {
        let (mut a, mut b) = (spool(&low_noise(60_000, 1)), spool(&low_noise(60_000, 2)));
        let guess = Line { ratio: 1.0, offset_s: 0.0 };
        let fit = fit_waveform(&mut a, &mut b, &guess, (0.0, 7.0)).unwrap();
        assert!(!fit.aligned && fit.line == guess);
        let mut silent = spool(&[0.0; 60_000]);
        assert!(!fit_waveform(&mut a, &mut silent, &guess, (0.0, 7.0)).unwrap().aligned);
    }
}
