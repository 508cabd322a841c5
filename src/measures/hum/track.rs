//! The complex amplitude of each harmonic over time, and the frequency that they share.

use std::ops::Range;

use rustfft::num_complex::Complex;

use super::{HUM_RATE_HZ, HumPoint};

/// Samples per value of a track: 0.1 s.
pub(super) const BLOCK: usize = 200;

/// Seconds between values.
pub(super) const STEP_S: f64 = BLOCK as f64 / HUM_RATE_HZ;

/// Weights of the blocks that make a value, the shape of a raised cosine over 0.5 s.
const WEIGHTS: [f32; 5] = [0.083, 0.25, 0.334, 0.25, 0.083];

/// Seconds over which a frequency is measured.
const FREQUENCY_S: f64 = 16.0;

/// Values per one that the frequency is taken from: they are smoothed over as many.
const THINNED: usize = 5;

/// How far the frequency is looked for, in Hz: mains stray by some hundredths in an hour.
const REACH_HZ: f64 = 0.1;

/// Steps of the search either way, 2.5 mHz each: a line of 16 s is 60 mHz wide, its tenth harmonic a
/// tenth of that.
const STEPS: usize = 40;

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

/// Deviation from the frequency that the tracks were made at, in Hz at the fundamental, that is
/// likeliest over these stretches of values; phases are free in each.
///
/// With unknown amplitude, phase and noise, the likelihood of one harmonic over one stretch is a
/// function of the share of its power that lies at the frequency (Rife & Boorstyn 1974).
pub(super) fn deviation(tracks: &[Track], stretches: &[Range<usize>]) -> f64 {
    let likelihood = |off: f64| -> f64 {
        let of = |track: &Track| -> f64 {
            let parts = stretches.iter().filter_map(|stretch| track.values.get(stretch.clone()));
            parts.map(|part| log_likelihood(part, track.number as f64 * off)).sum()
        };
        tracks.iter().map(of).sum()
    };
    let at = |i: usize| (i as f64 / STEPS as f64 - 1.0) * REACH_HZ;
    let values: Vec<f64> = (0..=2 * STEPS).map(|i| likelihood(at(i))).collect();
    let Some(best) = (0..values.len()).max_by(|&i, &j| values[i].total_cmp(&values[j])) else {
        return 0.0;
    };
    if best == 0 || best + 1 == values.len() {
        return at(best);
    }
    let (left, peak, right) = (values[best - 1], values[best], values[best + 1]);
    let bend = left - 2.0 * peak + right;
    let shift = if bend < 0.0 { 0.5 * (left - right) / bend } else { 0.0 };
    at(best) + shift.clamp(-0.5, 0.5) * REACH_HZ / STEPS as f64
}

/// Gain in log likelihood of a line this far from the middle of the track's band over noise alone.
fn log_likelihood(values: &[Complex<f32>], off_hz: f64) -> f64 {
    let angle = -std::f64::consts::TAU * off_hz * THINNED as f64 * STEP_S;
    let step = Complex::from_polar(1.0, angle as f32);
    let mut phasor = Complex::new(1.0f32, 0.0);
    let (mut sum, mut power, mut count) = (Complex::<f32>::default(), 0.0f64, 0.0f64);
    for value in values.iter().step_by(THINNED) {
        sum += value * phasor;
        phasor *= step;
        power += f64::from(value.norm_sqr());
        count += 1.0;
    }
    let share = if power > 0.0 { f64::from(sum.norm_sqr()) / (count * power) } else { 0.0 };
    -count * (1.0 - share.min(0.999)).ln()
}

/// Frequency of the hum every second.
pub(super) fn frequencies(tracks: &[Track], frequency_hz: f64) -> Vec<HumPoint> {
    let values = tracks.iter().map(|track| track.values.len()).min().unwrap_or(0);
    let half = (0.5 * FREQUENCY_S / STEP_S) as usize;
    let per_second = (1.0 / STEP_S).round() as usize;
    let centres = (half..(values + 1).saturating_sub(half)).step_by(per_second);
    let point = |centre: usize| HumPoint {
        time_s: centre as f64 * STEP_S,
        hz: frequency_hz + deviation(tracks, std::slice::from_ref(&(centre - half..centre + half))),
    };
    centres.map(point).collect()
}
