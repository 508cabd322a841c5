//! One place looked at from both sides.
//!
//! A predictor is fitted to the 20 ms on each side (covariance method), so that the joint itself bends
//! neither fit. Its errors at the place are compared with its errors on its own side: a joint exceeds
//! even the pulses of a voice. What tells a joint from a click or the start of a sound is whether the
//! signal goes on behind the place: its spectrum, its level, and its waveform from period to period.

use super::Joint;
use crate::dsp::kernels::{dot, max_abs};
use crate::dsp::lpc::covariance;

/// Length of signal that each one-sided predictor is fitted to, in seconds.
const FIT_S: f64 = 0.02;

/// Samples around the presumed joint that neither fit sees.
const GUARD: usize = 2;

/// Distance from the place up to which a codec spreads a joint, in seconds: a short block of Opus.
const SPREAD_S: f64 = 0.0025;

/// [`Joint::burst`] below which the costly rest is left out. Of untouched places that are examined a
/// tenth passes, of joints that can be told at all nearly every one.
const GATE: f32 = 1.1;

/// Rate at which waveforms are compared, in Hz, and the lengths of it: template, the longest period of
/// a voice, and the distance that both keep from the place, in seconds.
const COMPARED_HZ: f64 = 8000.0;
const TEMPLATE_S: f64 = 0.008;
const PERIOD_S: f64 = 0.010;
const APART_S: f64 = 0.001;

/// Least [`Examiner::across`]: a side that the other's predictor fits better than its own says nothing.
const LEAST_MISMATCH: f32 = 0.63;

/// Least error that counts, a thirtieth of a 16-bit step.
const LEAST_ERROR: f32 = 1e-6;

/// Lengths in samples at one rate.
pub(super) struct Examiner {
    fit_len: usize,
    order: usize,
    spread: usize,
    /// Samples per compared value.
    step: usize,
    template: usize,
    search: usize,
    apart: usize,
}

impl Examiner {
    pub(super) fn new(rate: f64) -> Self {
        let order = (rate / 1400.0).round().clamp(10.0, 32.0) as usize;
        let step = (rate / COMPARED_HZ).round().max(1.0) as usize;
        let values = |s: f64| (s * rate / step as f64).round().max(1.0) as usize;
        Self {
            fit_len: ((FIT_S * rate) as usize).max(6 * order),
            order,
            spread: ((SPREAD_S * rate) as usize).max(2),
            step,
            template: values(TEMPLATE_S),
            search: values(TEMPLATE_S + PERIOD_S),
            apart: values(APART_S),
        }
    }

    /// Samples that must lie on each side of a place.
    pub(super) fn reach(&self) -> usize {
        let compared = (self.apart + self.template + self.search) * self.step;
        (self.fit_len + self.order).max(compared) + 2 * GUARD + 1
    }

    /// The place near `at`, with `frame` counted from the start of `x`; `None` where there is too
    /// little on a side, or no signal.
    pub(super) fn examine(&self, x: &[f32], at: usize) -> Option<Joint> {
        let start = at.checked_sub(self.reach())?;
        let x = x.get(start..at + self.reach())?;
        let at = self.reach();
        let mirrored: Vec<f32> = x.iter().rev().copied().collect();
        let (left, right) = (self.side(x, at)?, self.side(&mirrored, at)?);
        let middle = self.spread + GUARD;
        let size = |n: usize| {
            (left.near[n].abs() / left.limit, right.near[2 * middle - 1 - n].abs() / right.limit)
        };
        let weaker = |n: usize| size(n).0.min(size(n - 1).1);
        let best = (middle - GUARD + 1..=middle + GUARD)
            .max_by(|&i, &j| weaker(i).total_cmp(&weaker(j)))?;
        // One odd sample fails from both sides; beside a joint each side still fits its own.
        let impulse =
            (middle - GUARD..=middle + GUARD).map(|n| size(n).0.min(size(n).1)).fold(0.0, f32::max);
        let burst = (largest(&left.near) / left.peak).min(largest(&right.near) / right.peak);
        let joint = Joint {
            frame: (start + at + best - middle) as u64,
            scan_score: 0.0,
            forward: size(best).0,
            backward: size(best - 1).1,
            step: left.near[best].abs(),
            impulse: impulse / weaker(best).max(1e-9),
            burst,
            onset: right.level / left.level,
            mismatch: 1.0,
            continuity: 0.0,
        };
        if burst < GATE {
            return Some(joint);
        }
        let mismatch = self.across(x, at, &left) * self.across(&mirrored, at, &right);
        Some(Joint { mismatch: mismatch.sqrt(), continuity: self.continuity(x, at), ..joint })
    }

    /// Fits a predictor to the signal before `at`.
    fn side(&self, x: &[f32], at: usize) -> Option<Side> {
        let own = &x[at - GUARD - self.fit_len..at - GUARD];
        let predictor = covariance(own, self.order)?;
        let own = errors(own, &predictor);
        let quiet = &own[..own.len() + GUARD - self.spread];
        let middle = self.spread + GUARD;
        let near = errors(&x[at - middle - self.order..at + middle], &predictor);
        Some(Side {
            limit: largest(&own),
            peak: largest(quiet),
            level: level(quiet),
            near,
            predictor,
        })
    }

    /// Error level behind `at` of the predictor from before it, over its level on its own side.
    fn across(&self, x: &[f32], at: usize, side: &Side) -> f32 {
        let behind = &x[at + self.spread - self.order..at + self.fit_len];
        (level(&errors(behind, &side.predictor)) / side.level).max(LEAST_MISMATCH)
    }

    /// See [`Joint::continuity`].
    fn continuity(&self, x: &[f32], at: usize) -> f32 {
        let count = self.apart + self.template + self.search;
        let value = |start: usize| x[start..start + self.step].iter().sum::<f32>();
        let left: Vec<f32> = (1..=count).rev().map(|i| value(at - i * self.step)).collect();
        let right: Vec<f32> = (0..count).map(|i| value(at + i * self.step)).collect();
        let (near_left, near_right) = (count - self.apart, self.apart);
        let last = &left[near_left - self.template..near_left];
        let first = &right[near_right..near_right + self.template];
        let across = best_match(first, &left[near_left - self.search..near_left]);
        let in_left = best_match(last, &left[..near_left - self.template]);
        let in_right = best_match(first, &right[near_right + self.template..]);
        in_left.min(in_right) - across
    }
}

/// One side of a place.
struct Side {
    predictor: Vec<f64>,
    /// Largest error inside the signal that the predictor was fitted to.
    limit: f32,
    /// Largest error and error level there, what a codec may have spread left out.
    peak: f32,
    level: f32,
    /// Errors around the place.
    near: Vec<f32>,
}

/// Errors of `predictor` at all samples of `x` but the first ones, which it starts from.
fn errors(x: &[f32], predictor: &[f64]) -> Vec<f32> {
    let order = predictor.len();
    let mut errors: Vec<f64> = x[order..].iter().map(|&x| f64::from(x)).collect();
    for (k, a) in predictor.iter().enumerate() {
        for (error, past) in errors.iter_mut().zip(&x[order - 1 - k..]) {
            *error -= a * f64::from(*past);
        }
    }
    errors.into_iter().map(|e| e as f32).collect()
}

/// Largest magnitude; never zero.
fn largest(x: &[f32]) -> f32 {
    max_abs(x).max(LEAST_ERROR)
}

/// Root mean square; never zero.
fn level(x: &[f32]) -> f32 {
    (dot(x, x) / x.len().max(1) as f32).sqrt().max(LEAST_ERROR)
}

/// Highest normalised correlation of `template` with a stretch of `x`; −1 if `x` is shorter.
fn best_match(template: &[f32], x: &[f32]) -> f32 {
    let own = dot(template, template);
    x.windows(template.len())
        .map(|part| dot(template, part) / (own * dot(part, part)).sqrt().max(1e-12))
        .fold(-1.0, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_noise::noise;

    /// A voice-like tone of harmonics with faint noise.
    fn tone(len: usize, hz: f32) -> Vec<f32> {
        let wave = |n: usize, k: f32| (std::f32::consts::TAU * hz * k * n as f32 / 16_000.0).sin();
        let faint = noise(len, 7);
        (0..len)
            .map(|n| (1..9).map(|k| 0.05 * wave(n, k as f32)).sum::<f32>() + 0.004 * faint[n])
            .collect()
    }

    #[test]
    fn a_cut_between_two_voices_breaks_everything() {
        let mut x = tone(4000, 120.0);
        // At sample 473 the second voice is at its highest, at 2000 the first one passes zero.
        x[2000..].copy_from_slice(&tone(4000, 171.0)[473..2473]);
        let joint = Examiner::new(16_000.0).examine(&x, 2000).unwrap();
        assert!(joint.frame.abs_diff(2000) <= 1, "{joint:?}");
        assert!(joint.forward.min(joint.backward) > 3.0 && joint.burst > 3.0, "{joint:?}");
        assert!(
            joint.impulse < 0.5 && joint.mismatch > 1.2 && joint.continuity > 0.05,
            "{joint:?}"
        );
    }

    #[test]
    fn a_voice_goes_on_behind_a_click() {
        let mut x = tone(4000, 120.0);
        x[2000] += 0.3;
        let joint = Examiner::new(16_000.0).examine(&x, 2000).unwrap();
        assert!(joint.burst > 3.0 && joint.impulse > 0.7, "{joint:?}");
        assert!(joint.continuity < 0.05 && (0.5..1.3).contains(&joint.mismatch), "{joint:?}");
    }

    #[test]
    fn nothing_is_said_near_the_ends_or_in_silence() {
        let examiner = Examiner::new(16_000.0);
        assert_eq!(examiner.examine(&tone(4000, 120.0), 100), None);
        assert_eq!(examiner.examine(&tone(4000, 120.0), 3990), None);
        assert_eq!(examiner.examine(&[0.0; 4000], 2000), None);
    }
}
