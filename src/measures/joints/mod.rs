//! Places where the waveform cannot be predicted from either side.
//!
//! A butt splice puts unrelated samples side by side: linear prediction from the left fails at the
//! first sample of the new piece, prediction from the right at the last sample of the old one. A
//! cheap pass over every block finds the sample that is worst in both directions; the worst of these
//! are examined with predictors fitted to each side alone. After Cooper (AES 39th conference, 2010) in
//! the idea, not the filter.

mod sides;

use std::collections::VecDeque;

use crate::dsp::kernels::{dot, subtract_scaled, sum};
use crate::dsp::lpc::{Autocorrelation, levinson};
use crate::dsp::stft::Frame;

use sides::Examiner;

/// Predictor order of the pass over every block.
const SCAN_ORDER: usize = 16;

/// Share of the power added at lag 0 in that pass, −70 dB.
const SCAN_NOISE: f64 = 1e-7;

/// Scan score from which a block's worst sample is examined.
const EXAMINE_SCORE: f32 = 4.0;

/// Length of a group of blocks of which the worst place is examined, in seconds; it bounds the cost.
const GROUP_S: f64 = 0.04;

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
    /// Error at the worst single sample from both sides at once, over the error of the joint: one odd
    /// sample fails from both sides, beside a joint each side still predicts its own.
    pub impulse: f32,
    /// Largest error within 2.5 ms of the place over the largest error of the rest of a fit, on the
    /// side where this is less: what a codec leaves of a joint is spread over some milliseconds.
    pub burst: f32,
    /// Error level right of the place over the one left of it; above 1 where a sound sets in.
    pub onset: f32,
    /// Geometric mean, from both sides, of the error of one side's predictor on the other side, over
    /// its error on its own; 1 where the spectrum goes on.
    pub mismatch: f32,
    /// How much less a side repeats the other than it repeats itself: correlation of 8 ms with the best
    /// fitting 8 ms across the place, less the weaker such correlation within a side.
    pub continuity: f32,
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
    examiner: Examiner,
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
        Self {
            autocorrelation: Autocorrelation::new(SCAN_ORDER, n_fft),
            examiner: Examiner::new(rate),
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
        let keep =
            self.examiner.reach() + (self.group_blocks + 3) * frame.samples.len() + SCAN_ORDER;
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
            if at + self.examiner.reach() > self.ring.len() {
                break;
            }
            self.waiting.pop_front();
            if let Some(joint) = self.examiner.examine(&self.ring, at) {
                let frame = self.ring_start + joint.frame;
                self.out.examined.push(Joint { frame, scan_score, ..joint });
            }
        }
    }
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
        let error = |j: &Joint| j.forward.min(j.backward);
        let best = joints.examined.iter().max_by(|a, b| error(a).total_cmp(&error(b))).unwrap();
        assert!(best.frame.abs_diff(15_000) <= 1, "{best:?}");
        assert!(best.forward.min(best.backward) > 5.0 && best.impulse < 0.5, "{best:?}");
    }

    #[test]
    fn an_odd_sample_is_an_impulse() {
        let mut samples = hum(32_000);
        samples[15_000] += 0.2;
        let joints = measure(&samples);
        let odd = joints.examined.iter().find(|j| j.frame.abs_diff(15_000) <= 1).unwrap();
        assert!(odd.impulse > 0.7 && odd.continuity < 0.1, "{odd:?}");
    }

    #[test]
    fn an_uncut_signal_has_no_joint() {
        let joints = measure(&hum(32_000));
        assert!(joints.examined.iter().all(|j| j.forward.min(j.backward) < 2.0), "{joints:?}");
    }
}
