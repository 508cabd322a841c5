//! Loudness over time after EBU R 128, by the `ebur128` crate.

use ebur128::{EbuR128, Mode};

use crate::decode::Block;

/// Loudness of a clip.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Loudness {
    /// Gated loudness of the whole clip, in LUFS; `None` if nothing passes the gate.
    pub integrated_lufs: Option<f64>,
    /// Loudness range (EBU Tech 3342), in LU.
    pub range_lu: Option<f64>,
    /// Short-term loudness (3 s) at the end of every second, in LUFS; -70 or less reads `None`.
    pub short_term_lufs: Vec<Option<f32>>,
}

/// Measures [`Loudness`]; `None` inside where the rate or channel count has no definition.
pub struct LoudnessMeasure {
    meter: Option<EbuR128>,
    per_value: usize,
    filled: usize,
    out: Loudness,
}

impl LoudnessMeasure {
    /// For a clip of this rate and channel count.
    #[must_use]
    pub fn new(sample_rate_hz: u32, channels: usize) -> Self {
        // Histogram mode keeps memory constant for any length.
        let mode = Mode::I | Mode::LRA | Mode::HISTOGRAM;
        Self {
            meter: EbuR128::new(channels as u32, sample_rate_hz, mode).ok(),
            per_value: sample_rate_hz as usize,
            filled: 0,
            out: Loudness::default(),
        }
    }

    /// Adds a block.
    pub fn push(&mut self, block: &Block) {
        let Some(meter) = &mut self.meter else { return };
        let mut start = 0;
        while start < block.frames() {
            let end = block.frames().min(start + self.per_value - self.filled);
            let planes: Vec<&[f32]> = block.channels.iter().map(|c| &c[start..end]).collect();
            if meter.add_frames_planar_f32(&planes).is_err() {
                self.meter = None;
                return;
            }
            self.filled += end - start;
            start = end;
            if self.filled == self.per_value {
                self.filled = 0;
                self.out.short_term_lufs.push(measured(meter.loudness_shortterm()));
            }
        }
    }

    /// The loudness.
    #[must_use]
    pub fn finish(mut self) -> Loudness {
        if let Some(meter) = &self.meter {
            self.out.integrated_lufs = measured(meter.loudness_global()).map(f64::from);
            self.out.range_lu = meter.loudness_range().ok().filter(|range| range.is_finite());
        }
        self.out
    }
}

fn measured<E>(loudness: Result<f64, E>) -> Option<f32> {
    loudness.ok().filter(|lufs| *lufs > -70.0).map(|lufs| lufs as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_tone_has_its_reference_loudness() {
        // EBU Tech 3341, case 1: 1 kHz at -23 dBFS in both channels reads -23 LUFS.
        let amplitude = 10f32.powf(-23.0 / 20.0);
        let tone: Vec<f32> = (0..48_000 * 10)
            .map(|n| amplitude * (std::f32::consts::TAU * 1000.0 * n as f32 / 48_000.0).sin())
            .collect();
        let mut measure = LoudnessMeasure::new(48_000, 2);
        measure.push(&Block { start_frame: 0, channels: vec![tone.clone(), tone] });
        let loudness = measure.finish();
        assert!((loudness.integrated_lufs.unwrap() + 23.0).abs() < 0.1);
        assert_eq!(loudness.short_term_lufs.len(), 10);
    }

    #[test]
    fn silence_has_no_loudness() {
        let mut measure = LoudnessMeasure::new(8000, 1);
        measure.push(&Block { start_frame: 0, channels: vec![vec![0.0; 8000]] });
        assert_eq!(measure.finish().integrated_lufs, None);
    }
}
