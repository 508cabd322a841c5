//! Places where the waveform cannot be predicted from either side.
//!
//! A butt splice puts unrelated samples side by side: linear prediction from the left fails at the
//! first sample of the new piece, prediction from the right at the last sample of the old one. A
//! cheap pass over every block finds the sample that is worst in both directions; the worst of these
//! are examined with predictors fitted to each side alone (covariance method), so that the joint
//! itself bends neither fit. After Cooper (AES 39th conference, 2010) in the idea, not the filter.

use std::collections::VecDeque;

use crate::dsp::kernels::{dot, subtract_scaled, sum};
use crate::dsp::lpc::{Autocorrelation, covariance, levinson};
use crate::dsp::stft::Frame;

/// Predictor order of the pass over every block.
const SCAN_ORDER: usize = 16;

/// Share of the power added at lag 0 in that pass, −70 dB.
const SCAN_NOISE: f64 = 1e-7;

/// Scan score from which a block's worst sample is examined.
const EXAMINE_SCORE: f32 = 4.0;

/// Length of signal that each one-sided predictor is fitted to, in seconds.
const FIT_S: f64 = 0.02;

/// Samples around the presumed joint that neither fit sees.
const GUARD: usize = 2;

/// Length of a group of blocks of which the worst place is examined, in seconds; it bounds the cost.
const GROUP_S: f64 = 0.08;

/// One examined place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Joint {
    /// First sample of the new piece, counted from the clip's start.
    pub frame: u64,
    /// Worst error of the scan in both directions, over the block's mean error.
    pub scan_score: f32,
    /// Error of prediction from the left over the largest error inside the left fit.
    pub forward: f32,
    /// The same from the right.
    pub backward: f32,
    /// Error of prediction from the left, as a fraction of full scale.
    pub step: f32,
    /// Whether one odd sample explains the place better than a joint: a click.
    pub impulse: bool,
}

impl Joint {
    /// Geometric mean of the errors from both sides.
    #[must_use]
    pub fn error(&self) -> f32 {
        (self.forward * self.backward).sqrt()
    }

    /// [`Joint::error`] if the place looks like a joint; 0 for an impulse, and where either side
    /// predicts the place no worse than its own signal.
    #[must_use]
    pub fn score(&self) -> f32 {
        let fails = self.forward > 1.0 && self.backward > 1.0 && !self.impulse;
        if fails { self.error() } else { 0.0 }
    }
}

/// Two-sided prediction over a clip.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Joints {
    /// Places that were examined, in order.
    pub examined: Vec<Joint>,
}

/// Measures [`Joints`] from the shared transform; hop must be half of `n_fft`.
pub struct JointsMeasure {
    autocorrelation: Autocorrelation,
    fit_len: usize,
    fit_order: usize,
    ring: Vec<f32>,
    ring_start: u64,
    waiting: VecDeque<(u64, f32)>,
    errors: Vec<f32>,
    coefficients: Vec<f32>,
    group_blocks: usize,
    blocks_in_group: usize,
    worst_in_group: Option<(u64, f32)>,
    out: Joints,
}

impl JointsMeasure {
    /// For frames of `n_fft` samples.
    #[must_use]
    pub fn new(sample_rate_hz: u32, n_fft: usize) -> Self {
        let rate = f64::from(sample_rate_hz);
        let fit_order = (rate / 1400.0).round().clamp(10.0, 32.0) as usize;
        Self {
            autocorrelation: Autocorrelation::new(SCAN_ORDER, n_fft),
            fit_len: ((FIT_S * rate) as usize).max(6 * fit_order),
            fit_order,
            ring: Vec::new(),
            ring_start: 0,
            waiting: VecDeque::new(),
            errors: vec![0.0; n_fft],
            coefficients: vec![0.0; SCAN_ORDER],
            group_blocks: (GROUP_S * rate / n_fft as f64).round().max(1.0) as usize,
            blocks_in_group: 0,
            worst_in_group: None,
            out: Joints::default(),
        }
    }

    /// Adds a frame; every second one is used, since they overlap by half.
    pub fn push(&mut self, frame: &Frame) {
        if frame.index % 2 == 1 {
            return;
        }
        let fresh = self.ring.len();
        self.ring.extend_from_slice(frame.samples);
        self.scan(fresh, frame);
        self.blocks_in_group += 1;
        if self.blocks_in_group == self.group_blocks {
            self.waiting.extend(self.worst_in_group.take());
            self.blocks_in_group = 0;
        }
        self.examine_waiting();
        let keep = self.fit_len + (self.group_blocks + 3) * frame.samples.len() + SCAN_ORDER;
        if self.ring.len() > 4 * keep {
            let drop = self.ring.len() - keep;
            self.ring.drain(..drop);
            self.ring_start += drop as u64;
        }
    }

    /// The joints; candidates too near the end of the clip stay unexamined.
    #[must_use]
    pub fn finish(self) -> Joints {
        self.out
    }

    /// Predicts the block that starts at `fresh` in the ring in both directions. Prediction from
    /// the right leaves out the last samples, whose right neighbours have not come yet.
    fn scan(&mut self, fresh: usize, frame: &Frame) {
        let len = frame.samples.len();
        let lags = self.autocorrelation.of_power(frame.power);
        for (c, a) in self.coefficients.iter_mut().zip(levinson(&lags, SCAN_NOISE)) {
            *c = a as f32;
        }
        // The end of the block before was left out for want of its right neighbours.
        let from = fresh.saturating_sub(SCAN_ORDER).max(SCAN_ORDER + 1);
        let to = fresh + len - SCAN_ORDER;
        if from >= to {
            return;
        }
        let count = to - from;
        let x = &self.ring;
        let errors = &mut self.errors[..count];
        errors.copy_from_slice(&x[from..to]);
        for (k, &a) in self.coefficients.iter().enumerate() {
            subtract_scaled(errors, a, &x[from - 1 - k..to - 1 - k]);
        }
        errors.iter_mut().for_each(|e| *e = e.abs());
        let mean = sum(errors) / count as f32;
        if mean < 1e-7 {
            return;
        }
        // Prediction from the right matters only where that from the left fails.
        let mut worst = (0, EXAMINE_SCORE * mean);
        for (i, &forward) in errors.iter().enumerate() {
            if forward > worst.1 {
                let at = from + i;
                let future = dot(&self.coefficients, &x[at..at + SCAN_ORDER]);
                let weaker = forward.min((x[at - 1] - future).abs());
                if weaker > worst.1 {
                    worst = (at, weaker);
                }
            }
        }
        let score = worst.1 / mean;
        if worst.0 > 0 && self.worst_in_group.is_none_or(|(_, best)| score > best) {
            let frame = self.ring_start + worst.0 as u64;
            self.worst_in_group = Some((frame, score));
        }
    }

    fn examine_waiting(&mut self) {
        while let Some(&(frame, scan_score)) = self.waiting.front() {
            let at = (frame - self.ring_start) as usize;
            if at + GUARD + self.fit_len > self.ring.len() {
                break;
            }
            self.waiting.pop_front();
            if let Some(joint) = self.examine(at) {
                self.out.examined.push(Joint { scan_score, ..joint });
            }
        }
    }

    /// Fits a predictor to each side of ring position `at` and looks where both fail.
    fn examine(&self, at: usize) -> Option<Joint> {
        let (order, len) = (self.fit_order, self.fit_len);
        let left = self.ring.get((at - GUARD).checked_sub(len)?..at - GUARD)?;
        let right: Vec<f32> =
            self.ring.get(at + GUARD..at + GUARD + len)?.iter().rev().copied().collect();
        let from_left = covariance(left, order)?;
        let from_right = covariance(&right, order)?;
        let left_limit = largest_error(left, &from_left);
        let right_limit = largest_error(&right, &from_right);
        let around = |n: usize| {
            let f = predict_error(&self.ring, n, &from_left, Direction::Forward);
            let b = predict_error(&self.ring, n, &from_right, Direction::Backward);
            (f / left_limit, b / right_limit)
        };
        let errors: Vec<(f32, f32)> = (at - GUARD..=at + GUARD).map(around).collect();
        let weaker = |j: usize| errors[j].0.abs().min(errors[j - 1].1.abs());
        let best = (1..errors.len()).max_by(|&i, &j| weaker(i).total_cmp(&weaker(j)))?;
        let (forward, backward) = (errors[best].0.abs(), errors[best - 1].1.abs());
        // One odd sample fails from both sides; beside a joint each side still fits its own.
        let impulse =
            errors.iter().any(|(f, b)| f.abs().min(b.abs()) > 0.7 * forward.min(backward));
        Some(Joint {
            frame: self.ring_start + (at - GUARD + best) as u64,
            scan_score: 0.0,
            forward,
            backward,
            step: forward * left_limit,
            impulse,
        })
    }
}

#[derive(Clone, Copy)]
enum Direction {
    Forward,
    Backward,
}

fn predict_error(x: &[f32], n: usize, a: &[f64], direction: Direction) -> f32 {
    let neighbour = |k: usize| match direction {
        Direction::Forward => x[n - 1 - k],
        Direction::Backward => x[n + 1 + k],
    };
    let predicted: f64 = a.iter().enumerate().map(|(k, a)| a * f64::from(neighbour(k))).sum();
    (f64::from(x[n]) - predicted) as f32
}

/// Largest error of predictor `a` inside the signal it was fitted to; never zero.
fn largest_error(x: &[f32], a: &[f64]) -> f32 {
    let order = a.len();
    let mut errors: Vec<f64> = x[order..].iter().map(|&x| f64::from(x)).collect();
    for (k, a) in a.iter().enumerate() {
        for (error, past) in errors.iter_mut().zip(&x[order - 1 - k..]) {
            *error -= a * f64::from(*past);
        }
    }
    errors.iter().fold(1e-6, |largest, e| largest.max(e.abs() as f32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::stft::Stft;

    /// Sum of sines plus faint noise: predictable, and unlike itself a moment later.
    fn hum(len: usize) -> Vec<f32> {
        let mut state = 3u32;
        (0..len)
            .map(|n| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = (state >> 8) as f32 / (1 << 24) as f32 - 0.5;
                let t = n as f32 / 16_000.0;
                0.3 * (2.0 * std::f32::consts::PI * 210.0 * t).sin()
                    + 0.2 * (2.0 * std::f32::consts::PI * 733.0 * t).sin()
                    + 0.002 * noise
            })
            .collect()
    }

    fn measure(samples: &[f32]) -> Joints {
        let mut stft = Stft::new(512, 256);
        let mut joints = JointsMeasure::new(16_000, 512);
        for part in samples.chunks(1000) {
            stft.push(part, |frame| joints.push(frame));
        }
        stft.finish(|frame| joints.push(frame));
        joints.finish()
    }

    #[test]
    fn a_butt_cut_is_found_at_its_sample() {
        let mut samples = hum(32_000);
        samples.drain(15_000..15_777);
        let joints = measure(&samples);
        let best = joints.examined.iter().max_by(|a, b| a.score().total_cmp(&b.score())).unwrap();
        assert!(best.frame.abs_diff(15_000) <= 1, "{best:?}");
        assert!(best.score() > 5.0, "{best:?}");
    }

    #[test]
    fn an_odd_sample_is_an_impulse() {
        let mut samples = hum(32_000);
        samples[15_000] += 0.2;
        let joints = measure(&samples);
        assert!(joints.examined.iter().all(|j| j.score() < 2.5), "{joints:?}");
        let odd = joints.examined.iter().find(|j| j.frame.abs_diff(15_000) <= 1).unwrap();
        assert!(odd.impulse, "{odd:?}");
    }

    #[test]
    fn an_uncut_signal_has_no_joint() {
        assert!(measure(&hum(32_000)).examined.iter().all(|j| j.score() < 2.5));
    }
}
