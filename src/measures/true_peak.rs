//! Highest magnitude between samples.

use crate::decode::Block;
use crate::dsp::lpc::dot;

/// Interpolated points per sample (ITU-R BS.1770-4, annex 2).
const OVERSAMPLING: usize = 4;

/// Samples under one interpolated point.
const TAPS: usize = 24;

/// Samples examined together: most groups cannot hold a new maximum and are passed over whole.
const GROUP: usize = 64;

/// Measures the true peak: the highest magnitude of the band-limited signal through the samples.
pub struct TruePeakMeasure {
    phases: Vec<Vec<f32>>,
    /// Largest sum of magnitudes of a phase, so the most that a point can exceed its samples.
    growth: f32,
    history: Vec<Vec<f32>>,
    peak: f32,
}

impl TruePeakMeasure {
    /// For a clip of this channel count.
    #[must_use]
    pub fn new(channels: usize) -> Self {
        let phases: Vec<Vec<f32>> = (1..OVERSAMPLING).map(interpolator).collect();
        let growth = phases.iter().map(|p| p.iter().map(|c| c.abs()).sum()).fold(1.0, f32::max);
        Self { phases, growth, history: vec![vec![0.0; TAPS]; channels], peak: 0.0 }
    }

    /// Adds a block.
    pub fn push(&mut self, block: &Block) {
        for (channel, history) in block.channels.iter().zip(&mut self.history) {
            let kept = history.len();
            history.extend_from_slice(channel);
            let mut start = 0;
            while start + TAPS <= history.len() {
                let end = history.len().min(start + GROUP + TAPS);
                let group = &history[start..end];
                let highest = group.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
                if highest * self.growth > self.peak {
                    self.peak = self.peak.max(highest);
                    for window in group.windows(TAPS) {
                        for phase in &self.phases {
                            self.peak = self.peak.max(dot(window, phase).abs());
                        }
                    }
                }
                start += GROUP;
            }
            let from = history.len() - kept.min(history.len());
            history.drain(..from);
        }
    }

    /// The true peak, full scale being 1.
    #[must_use]
    pub fn finish(self) -> f32 {
        self.peak
    }
}

/// Hann-windowed sinc for the point `phase / OVERSAMPLING` of a sample after the window's middle.
fn interpolator(phase: usize) -> Vec<f32> {
    let shift = phase as f64 / OVERSAMPLING as f64;
    let middle = (TAPS / 2 - 1) as f64 + shift;
    let taps: Vec<f64> = (0..TAPS)
        .map(|n| {
            let x = n as f64 - middle;
            let window = 0.5 + 0.5 * (std::f64::consts::PI * x / (TAPS / 2) as f64).cos();
            let angle = std::f64::consts::PI * x;
            window * angle.sin() / angle
        })
        .collect();
    let sum: f64 = taps.iter().sum();
    taps.iter().map(|t| (t / sum) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_sampled_beside_its_crests_is_seen_whole() {
        let tone: Vec<f32> = (0..4800)
            .map(|n| (std::f32::consts::FRAC_PI_2 * n as f32 + std::f32::consts::FRAC_PI_4).sin())
            .collect();
        let mut measure = TruePeakMeasure::new(1);
        for part in tone.chunks(1000) {
            measure.push(&Block { start_frame: 0, channels: vec![part.to_vec()] });
        }
        let peak = measure.finish();
        assert!((peak - 1.0).abs() < 0.02, "{peak}");
    }

    #[test]
    fn silence_has_no_peak() {
        let mut measure = TruePeakMeasure::new(2);
        measure.push(&Block { start_frame: 0, channels: vec![vec![0.0; 100]; 2] });
        assert_eq!(measure.finish(), 0.0);
    }
}
