//! Level, peak and DC offset over time.

use crate::decode::Block;
use crate::dsp::kernels::{dot, max_abs, sum};

/// Level frames per second.
pub const LEVEL_FRAMES_PER_S: u32 = 100;

/// Level frames in one peak and DC frame.
const FINE_PER_COARSE: u32 = 10;

/// Level, peak and DC offset over time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Levels {
    /// Seconds from one level frame to the next; near 10 ms, a whole number of samples.
    pub step_s: f64,
    /// Mean square over all channels per level frame, full scale being 1.
    pub mean_square: Vec<f32>,
    /// Seconds from one peak or DC frame to the next; ten level frames.
    pub coarse_step_s: f64,
    /// Highest magnitude over all channels per coarse frame.
    pub peak: Vec<f32>,
    /// Mean per channel, one value per coarse frame.
    pub dc: Vec<Vec<f32>>,
    /// Mean square over the whole clip and all channels.
    pub total_mean_square: f64,
    /// Mean over the whole clip per channel.
    pub total_dc: Vec<f64>,
    /// Highest magnitude over all channels.
    pub sample_peak: f32,
}

/// Measures [`Levels`]; keeps one number per 10 ms.
pub struct LevelsMeasure {
    hop: usize,
    filled: usize,
    fine_in_coarse: u32,
    square: f32,
    peak: f32,
    sums: Vec<f64>,
    total_square: f64,
    total_sums: Vec<f64>,
    frames: u64,
    out: Levels,
}

impl LevelsMeasure {
    /// For a clip of this rate and channel count.
    #[must_use]
    pub fn new(sample_rate_hz: u32, channels: usize) -> Self {
        let hop = (sample_rate_hz / LEVEL_FRAMES_PER_S).max(1) as usize;
        let step_s = hop as f64 / f64::from(sample_rate_hz);
        Self {
            hop,
            filled: 0,
            fine_in_coarse: 0,
            square: 0.0,
            peak: 0.0,
            sums: vec![0.0; channels],
            total_square: 0.0,
            total_sums: vec![0.0; channels],
            frames: 0,
            out: Levels {
                step_s,
                coarse_step_s: step_s * f64::from(FINE_PER_COARSE),
                dc: vec![Vec::new(); channels],
                ..Levels::default()
            },
        }
    }

    /// Adds a block.
    pub fn push(&mut self, block: &Block) {
        let frames = block.frames();
        let mut start = 0;
        while start < frames {
            let end = frames.min(start + self.hop - self.filled);
            for (total, channel) in self.sums.iter_mut().zip(&block.channels) {
                let part = &channel[start..end];
                self.square += dot(part, part);
                self.peak = self.peak.max(max_abs(part));
                *total += f64::from(sum(part));
            }
            self.filled += end - start;
            start = end;
            if self.filled == self.hop {
                self.close_fine();
            }
        }
        self.frames += frames as u64;
    }

    /// The series; a last part shorter than a frame counts in the totals alone.
    #[must_use]
    pub fn finish(mut self) -> Levels {
        self.total_square += f64::from(self.square);
        self.take_coarse_sums();
        let frames = self.frames.max(1) as f64;
        let channels = self.total_sums.len().max(1) as f64;
        self.out.total_mean_square = self.total_square / (frames * channels);
        self.out.total_dc = self.total_sums.iter().map(|sum| sum / frames).collect();
        self.out.sample_peak = self.out.peak.iter().copied().fold(self.peak, f32::max);
        self.out
    }

    fn close_fine(&mut self) {
        let samples = (self.hop * self.sums.len().max(1)) as f32;
        self.out.mean_square.push(self.square / samples);
        self.total_square += f64::from(self.square);
        self.square = 0.0;
        self.filled = 0;
        self.fine_in_coarse += 1;
        if self.fine_in_coarse == FINE_PER_COARSE {
            let samples = (self.hop * FINE_PER_COARSE as usize) as f64;
            for (dc, sum) in self.out.dc.iter_mut().zip(&self.sums) {
                dc.push((sum / samples) as f32);
            }
            self.out.peak.push(self.peak);
            self.peak = 0.0;
            self.fine_in_coarse = 0;
            self.take_coarse_sums();
        }
    }

    fn take_coarse_sums(&mut self) {
        for (total, sum) in self.total_sums.iter_mut().zip(&mut self.sums) {
            *total += std::mem::take(sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_has_its_own_square_and_mean() {
        let mut measure = LevelsMeasure::new(8000, 2);
        for start in 0..10 {
            let channels = vec![vec![0.5; 250], vec![-0.25; 250]];
            measure.push(&Block { start_frame: start * 250, channels });
        }
        let levels = measure.finish();
        assert_eq!(levels.mean_square.len(), 31);
        assert!((levels.mean_square[7] - 0.15625).abs() < 1e-6);
        assert_eq!(levels.dc[1], vec![-0.25; 3]);
        assert!((levels.total_dc[0] - 0.5).abs() < 1e-9);
        assert!((levels.total_mean_square - 0.15625).abs() < 1e-7);
        assert_eq!(levels.sample_peak, 0.5);
    }

    #[test]
    fn nothing_in_nothing_out() {
        let levels = LevelsMeasure::new(48_000, 1).finish();
        assert!(levels.mean_square.is_empty());
        assert_eq!(levels.total_mean_square, 0.0);
    }
}
