//! How the two channels of a stereo clip relate.

use crate::decode::Block;
use crate::dsp::kernels::{dot, squared_distance};

/// Values per second.
const FRAMES_PER_S: u32 = 10;

/// Relation of two channels over time; empty unless there are exactly two.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stereo {
    /// Seconds per value.
    pub step_s: f64,
    /// Power of (L − R)/2 over power of L and R together, 0..=1; 0 for equal channels, 1 for
    /// inverted ones. `NaN` in digital silence.
    pub side_share: Vec<f32>,
    /// Normalised correlation at zero lag, −1..=1; `NaN` where a channel is silent.
    pub correlation: Vec<f32>,
}

/// Measures [`Stereo`].
pub struct StereoMeasure {
    hop: usize,
    filled: usize,
    left: f32,
    right: f32,
    cross: f32,
    side: f32,
    out: Stereo,
}

impl StereoMeasure {
    /// For a two-channel clip of this rate.
    #[must_use]
    pub fn new(sample_rate_hz: u32) -> Self {
        let hop = (sample_rate_hz / FRAMES_PER_S).max(1) as usize;
        let step_s = hop as f64 / f64::from(sample_rate_hz);
        Self {
            hop,
            filled: 0,
            left: 0.0,
            right: 0.0,
            cross: 0.0,
            side: 0.0,
            out: Stereo { step_s, ..Stereo::default() },
        }
    }

    /// Adds a block; blocks without two channels are passed over.
    pub fn push(&mut self, block: &Block) {
        let [left, right] = block.channels.as_slice() else { return };
        let mut start = 0;
        while start < left.len() {
            let end = left.len().min(start + self.hop - self.filled);
            let (l, r) = (&left[start..end], &right[start..end]);
            self.left += dot(l, l);
            self.right += dot(r, r);
            self.cross += dot(l, r);
            // Not from the three sums above: their difference drowns in rounding.
            self.side += squared_distance(l, r);
            self.filled += end - start;
            start = end;
            if self.filled == self.hop {
                self.close();
            }
        }
    }

    /// The series; a last part shorter than a value is left out.
    #[must_use]
    pub fn finish(self) -> Stereo {
        self.out
    }

    fn close(&mut self) {
        let power = self.left + self.right;
        let share = if power > 0.0 { (self.side / (2.0 * power)).min(1.0) } else { f32::NAN };
        let norm = (self.left * self.right).sqrt();
        self.out.side_share.push(share);
        self.out.correlation.push(if norm > 0.0 { self.cross / norm } else { f32::NAN });
        (self.left, self.right, self.cross, self.side, self.filled) = (0.0, 0.0, 0.0, 0.0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(left: Vec<f32>, right: Vec<f32>) -> Stereo {
        let mut measure = StereoMeasure::new(1000);
        measure.push(&Block { start_frame: 0, channels: vec![left, right] });
        measure.finish()
    }

    #[test]
    fn equal_inverted_and_unrelated_channels() {
        let tone: Vec<f32> = (0..100).map(|n| (n as f32 * 0.3).sin()).collect();
        let inverted: Vec<f32> = tone.iter().map(|x| -x).collect();
        let equal = measure(tone.clone(), tone.clone());
        assert_eq!(equal.side_share, vec![0.0]);
        assert!((equal.correlation[0] - 1.0).abs() < 1e-5);
        assert!((measure(tone.clone(), inverted).side_share[0] - 1.0).abs() < 1e-5);
        assert!((measure(tone, vec![0.0; 100]).side_share[0] - 0.5).abs() < 1e-5);
    }

    #[test]
    fn silence_has_no_share() {
        assert!(measure(vec![0.0; 100], vec![0.0; 100]).side_share[0].is_nan());
    }
}
