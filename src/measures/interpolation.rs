//! How smoothness varies along the samples: interpolated samples are smoother than those they were
//! made from, and they come in a fixed order.

use crate::dsp::stft::Stft;

/// Samples under one transform: bins of 10.8 Hz at 44.1 kHz.
const BLOCK: usize = 4_096;

/// Samples from the start of which every block is looked at: 95 s at 44.1 kHz.
const WHOLE_SAMPLES: u64 = 1 << 22;

/// After that, one block in this many.
const ONE_IN: u64 = 16;

/// Blocks quieter than this are passed over: a mean magnitude of the second difference of a tenth
/// of a 16-bit step.
const QUIET: f32 = 0.1 / 32_768.0;

/// Added to a magnitude before its logarithm is taken: a third of a 16-bit step.
const SOFTENING: f32 = 1e-5;

/// Spectrum of the logarithm of the magnitude of the second difference of the samples.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Interpolation {
    /// Distance of bins in Hz.
    pub bin_hz: f64,
    /// Mean power per bin, in no particular unit; empty if nothing was loud enough.
    pub power: Vec<f32>,
    /// Blocks that went in.
    pub blocks: u64,
}

/// Measures [`Interpolation`].
pub struct InterpolationMeasure {
    bin_hz: f64,
    /// The last two samples.
    before: [f32; 2],
    block: Vec<f32>,
    seen: u64,
    stft: Stft,
    sums: Vec<f64>,
    blocks: u64,
}

impl InterpolationMeasure {
    /// For mono samples at this rate.
    #[must_use]
    pub fn new(sample_rate_hz: u32) -> Self {
        Self {
            bin_hz: f64::from(sample_rate_hz) / BLOCK as f64,
            before: [0.0; 2],
            block: Vec::with_capacity(BLOCK),
            seen: 0,
            stft: Stft::new(BLOCK, BLOCK),
            sums: vec![0.0; BLOCK / 2 + 1],
            blocks: 0,
        }
    }

    /// Adds samples.
    pub fn push(&mut self, mut samples: &[f32]) {
        while !samples.is_empty() {
            let in_block = (self.seen % BLOCK as u64) as usize;
            let (now, later) = samples.split_at(samples.len().min(BLOCK - in_block));
            let wanted =
                self.seen < WHOLE_SAMPLES || (self.seen / BLOCK as u64).is_multiple_of(ONE_IN);
            if wanted {
                let [mut a, mut b] = self.before;
                self.block.extend(now.iter().map(|&c| {
                    let difference = (a - 2.0 * b + c).abs();
                    (a, b) = (b, c);
                    difference
                }));
            }
            if let [.., a, b] = *now {
                self.before = [a, b];
            } else if let [b] = *now {
                self.before = [self.before[1], b];
            }
            self.seen += now.len() as u64;
            samples = later;
            if self.block.len() == BLOCK {
                self.close_block();
            }
        }
    }

    fn close_block(&mut self) {
        let mean = self.block.iter().sum::<f32>() / BLOCK as f32;
        if mean > QUIET {
            let (mut sum, scale) = (0.0f32, 1.0 / BLOCK as f32);
            for value in &mut self.block {
                *value = (*value + SOFTENING).ln();
                sum += *value;
            }
            self.block.iter_mut().for_each(|value| *value -= sum * scale);
            let Self { stft, sums, blocks, .. } = self;
            stft.push(&self.block, |frame| add(sums, blocks, frame.power));
        }
        self.block.clear();
    }

    /// The mean spectrum; a last block that is not full is left out.
    #[must_use]
    pub fn finish(mut self) -> Interpolation {
        let (sums, blocks) = (&mut self.sums, &mut self.blocks);
        self.stft.finish(|frame| add(sums, blocks, frame.power));
        let scale = 1.0 / self.blocks.max(1) as f64;
        let power = self.sums.iter().map(|sum| (sum * scale) as f32).collect();
        Interpolation {
            bin_hz: self.bin_hz,
            power: if self.blocks > 0 { power } else { Vec::new() },
            blocks: self.blocks,
        }
    }
}

fn add(sums: &mut [f64], blocks: &mut u64, power: &[f32]) {
    for (sum, power) in sums.iter_mut().zip(power) {
        *sum += f64::from(*power);
    }
    *blocks += 1;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_noise::noise;

    fn measure(samples: &[f32], step: usize) -> Interpolation {
        let mut measure = InterpolationMeasure::new(48_000);
        samples.chunks(step).for_each(|part| measure.push(part));
        measure.finish()
    }

    #[test]
    fn linear_interpolation_shows_the_old_rate() {
        let slow = noise(20_000, 3);
        // 16 kHz to 48 kHz: two samples in three lie on straight lines.
        let fast: Vec<f32> = slow
            .windows(2)
            .flat_map(|w| (0..3).map(|i| w[0] + (w[1] - w[0]) * i as f32 / 3.0))
            .collect();
        let found = measure(&fast, 1000);
        let highest = (100..2000).max_by(|a, b| found.power[*a].total_cmp(&found.power[*b]));
        let hz = highest.unwrap() as f64 * found.bin_hz;
        assert!((hz - 16_000.0).abs() < 2.0 * found.bin_hz, "{hz}");
        assert_eq!(measure(&fast, 1), found);
    }

    #[test]
    fn nothing_and_silence_have_no_spectrum() {
        assert!(measure(&[], 1).power.is_empty());
        assert!(measure(&[0.0; 9000], 100).power.is_empty());
    }
}
