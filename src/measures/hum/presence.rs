//! Whether mains hum is there, and at what frequency: a comb of harmonics in long spectra.
//!
//! Each spectrum is taken over its own floor, in steps of 2 Hz, so that speech, noise and a voice's
//! held pitch weigh little; spectra are then averaged over the clip. A frequency at which the comb
//! stands far above all others of its neighbourhood is hum, and the others are its null.

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use crate::dsp::stats::{median, median_and_sigma};
use crate::dsp::stft::hann;

use super::{HARMONICS, HUM_RATE_HZ};

/// Nominal frequencies of the world's mains, in Hz.
const NOMINALS_HZ: [f64; 2] = [50.0, 60.0];

/// Share of the nominal that is searched either way: a clip that was sped up carries its hum along.
const SEARCHED: f64 = 0.08;

/// Step of the search, in Hz at the fundamental; the drift of mains over minutes is as large.
const STEP_HZ: f64 = 0.02;

/// Steps either way that count as one frequency within a spectrum.
const DRIFT_STEPS: usize = 2;

/// Bins of one step of the floor, at 16 s: 2 Hz.
const FLOOR_BINS: usize = 32;

/// Power over the floor at which a line counts no more, in nepers: 26 dB.
const MOST: f32 = 6.0;

/// Frequencies near the best that are left out of its null, in Hz.
const OWN_HZ: f64 = 0.3;

/// Part of a frequency's own spectra at which a comb must stand out, for its frequency to be that of
/// something steady and not of a few held notes.
const STEADY_SHARE: f64 = 0.5;

/// Comb over the null, in robust standard deviations, that counts as hum. Gaussian extremes of the
/// 900 frequencies pass 4.3 once in a hundred clips; pitch and music have heavier tails.
const PRESENT: f64 = 9.0;

/// Share by which mains stray from their nominal at most, with a recorder's clock on top.
const STRAYS: f64 = 0.01;

/// Comb that counts as hum further off: bass lines reached 15.2 in five minutes of music.
const PRESENT_OFF: f64 = 18.0;

/// Averages over the long spectra of a clip.
pub(super) struct CombMeasure {
    fft: Arc<dyn Fft<f32>>,
    window: Vec<f32>,
    pending: Vec<f32>,
    /// Sums of the comb at every searched frequency, per nominal.
    combs: [Vec<f64>; 2],
    /// The comb of every spectrum, dilated by drift, to see how steady it is: in steps of 1/10.
    spectra: [Vec<Vec<u8>>; 2],
    /// Sum of every line over the floor, for single harmonics.
    lines: Vec<f64>,
    count: usize,
}

/// Hum of a clip.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Comb {
    pub(super) nominal_hz: f64,
    pub(super) frequency_hz: f64,
    /// Robust standard deviations above other frequencies.
    pub(super) score: f64,
    /// Mean over the floor of each harmonic, in nepers.
    pub(super) over_floor: [f64; HARMONICS],
}

fn grid(nominal_hz: f64) -> impl Iterator<Item = f64> {
    let count = (2.0 * SEARCHED * nominal_hz / STEP_HZ).round() as usize;
    (0..=count).map(move |i| (1.0 - SEARCHED) * nominal_hz + i as f64 * STEP_HZ)
}

impl CombMeasure {
    /// For windows of `len` samples at [`HUM_RATE_HZ`], a power of two.
    pub(super) fn new(len: usize) -> Self {
        let combs = NOMINALS_HZ.map(|nominal| vec![0.0; grid(nominal).count()]);
        Self {
            fft: FftPlanner::new().plan_fft_forward(len),
            window: hann(len),
            pending: Vec::with_capacity(len),
            combs,
            spectra: [Vec::new(), Vec::new()],
            lines: vec![0.0; len / 2],
            count: 0,
        }
    }

    /// Adds samples; windows overlap by half.
    pub(super) fn push(&mut self, mut samples: &[f32]) {
        let len = self.window.len();
        while !samples.is_empty() {
            let (now, later) = samples.split_at((len - self.pending.len()).min(samples.len()));
            self.pending.extend_from_slice(now);
            samples = later;
            if self.pending.len() == len {
                self.add_spectrum();
                self.pending.drain(..len / 2);
            }
        }
    }

    fn add_spectrum(&mut self) {
        let windowed = self.pending.iter().zip(&self.window);
        let mut spectrum: Vec<_> = windowed.map(|(x, w)| Complex::new(x * w, 0.0)).collect();
        self.fft.process(&mut spectrum);
        let power: Vec<f32> =
            spectrum[..spectrum.len() / 2].iter().map(Complex::norm_sqr).collect();
        let lines = over_floor(&power);
        if lines.iter().all(|x| *x == 0.0) {
            return;
        }
        self.lines.iter_mut().zip(&lines).for_each(|(sum, x)| *sum += f64::from(*x));
        self.count += 1;
        let bin_hz = HUM_RATE_HZ / self.window.len() as f64;
        for (i, nominal) in NOMINALS_HZ.into_iter().enumerate() {
            let comb: Vec<f32> =
                grid(nominal).map(|f0| comb(&lines, f0 / bin_hz, bin_hz)).collect();
            let dilated: Vec<f32> = (0..comb.len())
                .map(|k| {
                    let near = k.saturating_sub(DRIFT_STEPS)..(k + DRIFT_STEPS + 1).min(comb.len());
                    comb[near].iter().copied().fold(0.0, f32::max)
                })
                .collect();
            self.combs[i].iter_mut().zip(&dilated).for_each(|(sum, x)| *sum += f64::from(*x));
            self.spectra[i].push(dilated.iter().map(|x| (4.0 * x).min(255.0) as u8).collect());
        }
    }

    /// The hum, if there is any.
    pub(super) fn finish(self) -> Option<Comb> {
        let count = self.count.max(1) as f64;
        let bin_hz = HUM_RATE_HZ / self.window.len() as f64;
        let lines: Vec<f32> = self.lines.iter().map(|sum| (sum / count) as f32).collect();
        let judge = |(i, nominal_hz): (usize, f64)| {
            let sums = &self.combs[i];
            let best = (0..sums.len()).max_by(|&a, &b| sums[a].total_cmp(&sums[b]))?;
            let own = (OWN_HZ / STEP_HZ) as usize;
            let null = (0..sums.len()).filter(|k| k.abs_diff(best) > own);
            let mut others: Vec<f32> = null.map(|k| sums[k] as f32).collect();
            let (centre, sigma) = median_and_sigma(&mut others)?;
            let score = (sums[best] - f64::from(centre)) / f64::from(sigma.max(1e-6));
            let stands_out = |spectrum: &&Vec<u8>| {
                let mut all: Vec<f32> = spectrum.iter().map(|x| f32::from(*x)).collect();
                let middle = median(&mut all).unwrap_or(0.0);
                let most = spectrum.iter().copied().max().unwrap_or(0);
                let here = spectrum[best.saturating_sub(DRIFT_STEPS)..]
                    .iter()
                    .take(2 * DRIFT_STEPS + 1)
                    .copied()
                    .max()
                    .unwrap_or(0);
                f32::from(here) > middle + 0.7 * (f32::from(most) - middle) && most > 0
            };
            let steady = self.spectra[i].iter().filter(stands_out).count() as f64 / count;
            let frequency_hz = (1.0 - SEARCHED) * nominal_hz + best as f64 * STEP_HZ;
            let over_floor = std::array::from_fn(|h| {
                f64::from(line(&lines, (h + 1) as f64 * frequency_hz / bin_hz, 0.15 / bin_hz))
            });
            let is_off = (frequency_hz / nominal_hz - 1.0).abs() > STRAYS;
            let least = if is_off { PRESENT_OFF } else { PRESENT };
            (score >= least && steady >= STEADY_SHARE && self.count > 0).then_some(Comb {
                nominal_hz,
                frequency_hz,
                score,
                over_floor,
            })
        };
        let both = NOMINALS_HZ.into_iter().enumerate().filter_map(judge);
        both.max_by(|a, b| a.score.total_cmp(&b.score))
    }
}

/// Natural logarithm of one plus each power over the floor around it; 0 where there is no sound.
fn over_floor(power: &[f32]) -> Vec<f32> {
    let mut out = Vec::with_capacity(power.len());
    for start in (0..power.len()).step_by(FLOOR_BINS) {
        let end = (start + FLOOR_BINS).min(power.len());
        let around = start.saturating_sub(FLOOR_BINS / 2)..(end + FLOOR_BINS / 2).min(power.len());
        let floor = median(&mut power[around].to_vec()).unwrap_or(0.0).max(1e-12);
        out.extend(power[start..end].iter().map(|p| (p / floor).ln_1p().min(MOST)));
    }
    out
}

/// Highest line within `reach` bins of a place.
fn line(lines: &[f32], bin: f64, reach: f64) -> f32 {
    let (low, high) = ((bin - reach).round().max(0.0) as usize, (bin + reach).round() as usize + 1);
    lines
        .get(low..high.min(lines.len()))
        .map_or(0.0, |part| part.iter().copied().fold(0.0, f32::max))
}

/// Sum over harmonics of the line at each, for a fundamental at `bin`.
fn comb(lines: &[f32], bin: f64, bin_hz: f64) -> f32 {
    (1..=HARMONICS).map(|h| line(lines, h as f64 * bin, 0.5 * h as f64 * STEP_HZ / bin_hz)).sum()
}
