//! Where the phase of the hum jumps: one track that goes on against a track that starts anew.
//!
//! A cut of length τ turns harmonic h by 2π·h·f·τ, all of them by one τ. At each moment the phase of
//! every harmonic is fitted on either side, the common frequency being measured within the sides
//! alone; the gain in likelihood of a jump by one τ over none is the evidence.

use rustfft::num_complex::Complex;

use super::HumBreak;
use super::track::{STEP_S, Track, deviation};
use crate::dsp::stats::quantile;

/// Values on each side of a moment: 3 s.
const SIDE: usize = 30;

/// Values left out on each side, which the smoothing spreads a jump over: 0.3 s.
const GUARD: usize = 3;

/// Values that make one independent value, by the smoothing.
const DEPENDENT: f64 = 2.6;

/// Turns of the fundamental that are tried.
const TURNS: usize = 180;

/// Least turn of the fundamental, in radians; mains drift and frequency error may reach a tenth.
const LEAST_TURN: f64 = 0.3;

/// Values on each side over which the common frequency is measured: 6 s.
const FREQUENCY_SIDE: usize = 60;

/// Values from one measurement of the common frequency to the next: 0.5 s.
const FREQUENCY_STEP: usize = 5;

/// Least error of the common frequency, in Hz; how far mains drift in some seconds.
const FREQUENCY_ERROR_HZ: f64 = 0.002;

/// Seconds between the middles of both sides.
const BETWEEN_S: f64 = (SIDE + GUARD) as f64 * STEP_S;

/// Variance of a phase that no fit goes below, in square radians: amplitudes and phases of hum waver.
const LEAST_VARIANCE: f64 = 0.02;

/// Gain in likelihood, as the root of twice its value, from which a break is kept: as many standard
/// deviations.
const KEPT: f64 = 6.0;

/// A break must exceed this many times what one moment in ten of the clip shows.
const OVER_CLIP: f64 = 2.5;

/// Values within which the highest gain is the break: 2 s.
const APART: usize = 20;

/// A harmonic on one side of a moment.
struct Side {
    sum: Complex<f64>,
    /// Variance of its phase, in square radians.
    variance: f64,
}

/// Breaks of the hum, in order; `frequency_hz` is what the tracks were turned back by.
pub(super) fn breaks(tracks: &[Track], frequency_hz: f64) -> Vec<HumBreak> {
    let len = tracks.iter().map(|track| track.values.len()).min().unwrap_or(0);
    if len < 2 * SIDE {
        return Vec::new();
    }
    let places = SIDE..len - SIDE + 1;
    let thinned = places.clone().step_by(FREQUENCY_STEP);
    let thinned: Vec<f64> = thinned.map(|at| off_around(tracks, at, len)).collect();
    let offs = (0..places.len()).map(|i| thinned[i / FREQUENCY_STEP]);
    let drift = (std::f64::consts::TAU * frequency_error(&thinned) * BETWEEN_S).powi(2);
    let gains = places.zip(offs).map(|(at, off)| gain(tracks, at, off, drift));
    let moments: Vec<(f64, f64)> = gains.collect();
    let mut sorted: Vec<f32> = moments.iter().map(|(gain, _)| *gain as f32).collect();
    let usual = quantile(&mut sorted, 0.9).map_or(0.0, f64::from);
    let least = KEPT.max(OVER_CLIP * usual);
    let mut out = Vec::new();
    for (i, &(gain, turn)) in moments.iter().enumerate() {
        let near = i.saturating_sub(APART)..(i + APART + 1).min(moments.len());
        let highest = moments[near.clone()]
            .iter()
            .enumerate()
            .all(|(k, other)| other.0 < gain || (other.0 == gain && near.start + k >= i));
        if gain >= least && highest {
            out.push(HumBreak {
                time_s: (SIDE + i) as f64 * STEP_S,
                turn_rad: turn,
                cut_modulo_s: turn.rem_euclid(std::f64::consts::TAU)
                    / (std::f64::consts::TAU * frequency_hz),
                score: gain,
                usual,
            });
        }
    }
    out
}

/// Deviation of the frequency about a moment, in Hz, from both sides apart.
fn off_around(tracks: &[Track], at: usize, len: usize) -> f64 {
    let before = at.saturating_sub(FREQUENCY_SIDE)..at - GUARD;
    let after = at + GUARD..(at + FREQUENCY_SIDE).min(len);
    deviation(tracks, &[before, after])
}

/// Error of the deviations, in Hz: how much two of them differ that share no values.
fn frequency_error(offs: &[f64]) -> f64 {
    let later = offs.iter().skip(2 * FREQUENCY_SIDE / FREQUENCY_STEP);
    let mut differences: Vec<f32> =
        offs.iter().zip(later).map(|(a, b)| (a - b).abs() as f32).collect();
    let middle = quantile(&mut differences, 0.5).map_or(0.0, f64::from);
    (1.4826 * middle / std::f64::consts::SQRT_2).max(FREQUENCY_ERROR_HZ)
}

/// Root of twice the gain in likelihood of a jump between values `at - 1` and `at`, and the turn of
/// the fundamental that gives it. `off` is the deviation of the frequency there, `drift` the variance
/// of the turn of the fundamental that its error makes, in square radians.
fn gain(tracks: &[Track], at: usize, off: f64, drift: f64) -> (f64, f64) {
    let mut jumps = Vec::with_capacity(tracks.len());
    for track in tracks {
        let cycles = track.number as f64 * off * STEP_S;
        let before = side(&track.values, at - SIDE..at - GUARD, at, cycles);
        let after = side(&track.values, at + GUARD..at + SIDE, at, cycles);
        let variance = before.variance + after.variance;
        if variance < 2.0 {
            let jump = (before.sum.conj() * after.sum).arg();
            jumps.push((track.number as f64, jump, 1.0 / (variance + LEAST_VARIANCE)));
        }
    }
    // Phases are circular: the likelihood of a jump is that of a von Mises distribution.
    let fit = |turn: f64| -> f64 {
        jumps.iter().map(|(h, jump, weight)| weight * (jump - h * turn).cos()).sum()
    };
    let step = std::f64::consts::TAU / TURNS as f64;
    let turns = (0..TURNS).map(|i| (i as f64 - 0.5 * TURNS as f64) * step);
    // Without a jump, a turn may come of the frequency's error.
    let none =
        turns.clone().map(|turn| fit(turn) - 0.5 * turn * turn / drift).fold(f64::MIN, f64::max);
    let best = turns
        .filter(|turn| turn.abs() >= LEAST_TURN)
        .map(|turn| (fit(turn), turn))
        .fold((none, 0.0), |best, new| if new.0 > best.0 { new } else { best });
    ((2.0 * (best.0 - none)).max(0.0).sqrt(), best.1)
}

/// Sum of values turned back to the moment `at`, and how sure its phase is.
fn side(values: &[Complex<f32>], range: std::ops::Range<usize>, at: usize, cycles: f64) -> Side {
    let count = range.len() as f64;
    let (mut sum, mut power) = (Complex::<f64>::default(), 0.0);
    for n in range {
        let value = Complex::new(f64::from(values[n].re), f64::from(values[n].im));
        let turn = -std::f64::consts::TAU * cycles * (n as f64 - at as f64);
        sum += value * Complex::from_polar(1.0, turn);
        power += value.norm_sqr();
    }
    let mean = sum.norm_sqr() / (count * count);
    let rest = (power / count - mean).max(1e-30);
    let independent = count / DEPENDENT;
    // Half of the noise lies across the phasor.
    let variance = if mean > 0.0 { 0.5 * rest / (independent * mean) } else { f64::INFINITY };
    Side { sum, variance: variance.max(1e-4) }
}
