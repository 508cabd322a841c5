//! The complex amplitude of each harmonic over time, and the frequency that they share.

use rustfft::num_complex::Complex;

use super::{HUM_RATE_HZ, HumPoint};

/// Samples per value of a track: 0.1 s.
pub(super) const BLOCK: usize = 200;

/// Seconds between values.
pub(super) const STEP_S: f64 = BLOCK as f64 / HUM_RATE_HZ;

/// Weights of the blocks that make a value, the shape of a raised cosine over 0.5 s.
const WEIGHTS: [f32; 5] = [0.083, 0.25, 0.334, 0.25, 0.083];

/// Seconds over which a frequency is measured.
const FREQUENCY_S: f64 = 8.0;

/// Values from one to the other whose turn gives the frequency: 0.5 s, then 2 s.
const LAGS: [usize; 2] = [5, 20];

/// Amplitudes of one harmonic, every [`STEP_S`], turned back by its nominal frequency.
pub(super) struct Track {
    pub(super) number: usize,
    pub(super) values: Vec<Complex<f32>>,
}

/// Demodulates harmonics block by block.
pub(super) struct Tracks {
    frequency_hz: f64,
    harmonics: Vec<(usize, Vec<Complex<f32>>)>,
    blocks: u64,
}

impl Tracks {
    /// For these harmonics of a frequency.
    pub(super) fn new(frequency_hz: f64, numbers: &[usize]) -> Self {
        let harmonics = numbers.iter().map(|n| (*n, Vec::new())).collect();
        Self { frequency_hz, harmonics, blocks: 0 }
    }

    /// Adds samples, whole blocks of [`BLOCK`] of them.
    pub(super) fn push(&mut self, samples: &[f32]) {
        for block in samples.chunks_exact(BLOCK) {
            let start_s = self.blocks as f64 * STEP_S;
            for (number, values) in &mut self.harmonics {
                let cycles = *number as f64 * self.frequency_hz;
                let turn = |cycles: f64| -std::f64::consts::TAU * cycles.fract();
                let first = Complex::from_polar(1.0, turn(cycles * start_s));
                let step = Complex::from_polar(1.0, turn(cycles / HUM_RATE_HZ));
                let (mut phasor, mut sum) = (first, Complex::<f64>::default());
                for x in block {
                    sum += phasor * f64::from(*x);
                    phasor *= step;
                }
                let scale = 2.0 / BLOCK as f64;
                values.push(Complex::new((sum.re * scale) as f32, (sum.im * scale) as f32));
            }
            self.blocks += 1;
        }
    }

    /// The tracks, smoothed over half a second.
    pub(super) fn finish(self) -> Vec<Track> {
        let smooth = |blocks: Vec<Complex<f32>>| {
            let at = |i: usize| blocks.get(i.wrapping_sub(2)).copied().unwrap_or_default();
            let value =
                |n: usize| (0..).zip(WEIGHTS).map(|(i, w)| at(n + i) * w).sum::<Complex<f32>>();
            (0..blocks.len()).map(value).collect()
        };
        let harmonics = self.harmonics.into_iter();
        harmonics.map(|(number, blocks)| Track { number, values: smooth(blocks) }).collect()
    }
}

/// Deviation from the frequency that the tracks were made at, in Hz at the fundamental, over values
/// `range` without any turn across `gap`; from `start_hz` on, which it lies near.
pub(super) fn deviation(
    tracks: &[Track],
    range: std::ops::Range<usize>,
    gap: usize,
    start_hz: f64,
) -> f64 {
    let mut deviation = start_hz;
    for lag in LAGS {
        let (mut sum, mut weights) = (0.0, 0.0);
        for track in tracks {
            let h = track.number as f64;
            let mut product = Complex::<f64>::default();
            let mut power = 0.0;
            for n in (range.start + lag)..range.end.min(track.values.len()) {
                if n >= gap && n - lag < gap {
                    continue;
                }
                let (a, b) = (track.values[n - lag], track.values[n]);
                let turned = a.conj() * b;
                product += Complex::new(f64::from(turned.re), f64::from(turned.im));
                power += 0.5 * f64::from(a.norm_sqr() + b.norm_sqr());
            }
            let period = std::f64::consts::TAU * h * lag as f64 * STEP_S;
            let rest = product * Complex::from_polar(1.0, -period * deviation);
            let coherence = if power > 0.0 { product.norm() / power } else { 0.0 };
            let weight = h * h * coherence.powi(2) / (1.05 - coherence.min(1.0));
            sum += weight * rest.arg() / period;
            weights += weight;
        }
        if weights > 0.0 {
            deviation += sum / weights;
        }
    }
    deviation
}

/// Frequency of the hum every second, where the tracks hold a line.
pub(super) fn frequencies(tracks: &[Track], frequency_hz: f64) -> Vec<HumPoint> {
    let values = tracks.iter().map(|track| track.values.len()).min().unwrap_or(0);
    let half = (0.5 * FREQUENCY_S / STEP_S) as usize;
    let per_second = (1.0 / STEP_S).round() as usize;
    let mut out = Vec::new();
    for centre in (half..(values + 1).saturating_sub(half)).step_by(per_second) {
        let range = centre - half..centre + half;
        let off = deviation(tracks, range, usize::MAX, 0.0);
        if off.abs() < 0.5 {
            out.push(HumPoint { time_s: centre as f64 * STEP_S, hz: frequency_hz + off });
        }
    }
    out
}
