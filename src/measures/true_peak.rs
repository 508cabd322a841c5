//! Highest magnitude between samples.

use crate::decode::Block;
use crate::dsp::kernels::{dot, max_abs};

/// Interpolated points per sample (ITU-R BS.1770-4, annex 2).
const OVERSAMPLING: usize = 4;

/// Samples under one interpolated point.
const TAPS: usize = 24;

/// Samples examined together.
const GROUP: usize = 64;

/// Taps in the middle that are bounded sample by sample.
const MIDDLE: usize = 4;

/// Measures the true peak: the highest magnitude of the band-limited signal through the samples.
///
/// Nearly every point is ruled out by a bound first: the four samples nearest to it, by their own
/// magnitudes, and the farther ones by the group's highest.
pub struct TruePeakMeasure {
    phases: Vec<Phase>,
    history: Vec<Vec<f32>>,
    magnitude: Vec<f32>,
    peak: f32,
}

struct Phase {
    taps: Vec<f32>,
    middle: [f32; MIDDLE],
    rest: f32,
}

impl TruePeakMeasure {
    /// For a clip of this channel count.
    #[must_use]
    pub fn new(channels: usize) -> Self {
        Self {
            phases: (1..OVERSAMPLING).map(Phase::new).collect(),
            history: vec![vec![0.0; TAPS]; channels],
            magnitude: Vec::with_capacity(GROUP + TAPS),
            peak: 0.0,
        }
    }

    /// Adds a block.
    pub fn push(&mut self, block: &Block) {
        let Self { phases, history, magnitude, peak } = self;
        for (channel, history) in block.channels.iter().zip(history) {
            let kept = history.len();
            history.extend_from_slice(channel);
            let mut start = 0;
            while start + TAPS <= history.len() {
                let end = history.len().min(start + GROUP + TAPS);
                *peak = peak_of(&history[start..end], phases, magnitude, *peak);
                start += GROUP;
            }
            let from = history.len() - kept;
            history.drain(..from);
        }
    }

    /// The true peak, full scale being 1.
    #[must_use]
    pub fn finish(self) -> f32 {
        self.peak
    }
}

/// The larger of `peak` and the highest point within `group`.
fn peak_of(group: &[f32], phases: &[Phase], magnitude: &mut Vec<f32>, peak: f32) -> f32 {
    let highest = max_abs(group);
    let growth = phases.iter().map(Phase::growth).fold(1.0, f32::max);
    if highest * growth <= peak {
        return peak;
    }
    magnitude.clear();
    magnitude.extend(group.iter().map(|x| x.abs()));
    let mut peak = peak.max(highest);
    for phase in phases {
        let rest = phase.rest * highest;
        let near = &magnitude[TAPS / 2 - MIDDLE / 2..];
        for (n, window) in group.windows(TAPS).enumerate() {
            let bound: f32 = (0..MIDDLE).map(|i| phase.middle[i] * near[n + i]).sum();
            if bound + rest > peak {
                peak = peak.max(dot(window, &phase.taps).abs());
            }
        }
    }
    peak
}

impl Phase {
    /// Hann-windowed sinc for the point `phase / OVERSAMPLING` of a sample after the window's
    /// middle, scaled to pass a constant unchanged.
    fn new(phase: usize) -> Self {
        let shift = phase as f64 / OVERSAMPLING as f64;
        let centre = (TAPS / 2 - 1) as f64 + shift;
        let taps: Vec<f64> = (0..TAPS)
            .map(|n| {
                let angle = std::f64::consts::PI * (n as f64 - centre);
                let window = 0.5 + 0.5 * (angle / (TAPS / 2) as f64).cos();
                window * angle.sin() / angle
            })
            .collect();
        let sum: f64 = taps.iter().sum();
        let taps: Vec<f32> = taps.iter().map(|t| (t / sum) as f32).collect();
        let first = TAPS / 2 - MIDDLE / 2;
        let middle: [f32; MIDDLE] = std::array::from_fn(|i| taps[first + i].abs());
        let rest = taps.iter().map(|t| t.abs()).sum::<f32>() - middle.iter().sum::<f32>();
        Self { taps, middle, rest }
    }

    /// The most that a point can exceed the samples under it.
    fn growth(&self) -> f32 {
        self.rest + self.middle.iter().sum::<f32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(samples: &[f32]) -> f32 {
        let mut measure = TruePeakMeasure::new(1);
        for part in samples.chunks(1000) {
            measure.push(&Block { start_frame: 0, channels: vec![part.to_vec()] });
        }
        measure.finish()
    }

    #[test]
    fn a_tone_sampled_beside_its_crests_is_seen_whole() {
        let tone: Vec<f32> = (0..4800)
            .map(|n| (std::f32::consts::FRAC_PI_2 * n as f32 + std::f32::consts::FRAC_PI_4).sin())
            .collect();
        let peak = measure(&tone);
        assert!((peak - 1.0).abs() < 0.02, "{peak}");
    }

    #[test]
    fn the_bound_rules_out_no_peak() {
        let mut state = 5u32;
        let noise: Vec<f32> = (0..20_000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / (1 << 23) as f32 - 1.0
            })
            .collect();
        let phases: Vec<Phase> = (1..OVERSAMPLING).map(Phase::new).collect();
        let direct = noise
            .windows(TAPS)
            .flat_map(|window| phases.iter().map(|phase| dot(window, &phase.taps).abs()))
            .fold(max_abs(&noise), f32::max);
        assert_eq!(measure(&noise), direct);
    }

    #[test]
    fn silence_has_no_peak() {
        assert_eq!(measure(&[0.0; 100]), 0.0);
    }
}
