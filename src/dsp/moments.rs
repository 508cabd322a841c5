//! What a moment is beside its spectrum: how loud, and whether it is one pure tone.

use std::collections::VecDeque;

use super::kernels::{dot, sum};
use super::speech_bands::{GRADIENT_FRAMES, WIN_LENGTH};
use super::stft::Frame;

/// Levels and tones of frames, one after the other.
#[derive(Debug, Clone, Default)]
pub struct Moments {
    depths: Vec<u8>,
    /// Bin of the pure tone of each of the last frames, if it is one.
    recent: VecDeque<Option<usize>>,
    /// Whether each frame is the same pure tone as the one [`GRADIENT_FRAMES`] before it.
    same_tone: Vec<bool>,
}

impl Moments {
    /// Adds a frame of speech bands.
    pub fn push(&mut self, frame: &Frame) {
        let mean_square = dot(frame.samples, frame.samples) / WIN_LENGTH as f32;
        self.depths.push((-10.0 * mean_square.max(1e-13).log10()).clamp(0.0, 127.0) as u8);
        let tone = pure_tone(frame.power);
        self.recent.push_back(tone);
        if self.recent.len() > GRADIENT_FRAMES {
            let before = self.recent.pop_front().flatten();
            self.same_tone.push(before.zip(tone).is_some_and(|(x, y)| x.abs_diff(y) <= 1));
        }
    }

    /// For each pair of frames that a gain is taken between: the level of the louder one in dB below
    /// full scale, 0..=127, and whether both are one and the same pure tone.
    #[must_use]
    pub fn finish(self) -> (Vec<u8>, Vec<bool>) {
        let louder = self.depths.iter().zip(self.depths.iter().skip(GRADIENT_FRAMES));
        (louder.map(|(x, y)| *x.min(y)).collect(), self.same_tone)
    }
}

/// Bin of the one tone that holds nearly all power, if there is one.
fn pure_tone(power: &[f32]) -> Option<usize> {
    /// Bins on each side that the window spreads a tone to.
    const SPREAD: usize = 5;
    /// Share of the power beside the tone, at most.
    const REST: f32 = 1e-3;
    let peak = (0..power.len()).max_by(|&i, &j| power[i].total_cmp(&power[j]))?;
    let near = peak.saturating_sub(SPREAD)..(peak + SPREAD + 1).min(power.len());
    let (all, tone) = (sum(power), sum(&power[near]));
    (tone > 0.0 && all - tone < REST * all).then_some(peak)
}
