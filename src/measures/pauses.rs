//! Spectrum of the background in pauses of speech.

use std::collections::VecDeque;

use super::voice::Voice;
use crate::dsp::stft::Frame;

/// Length of a group of frames that is judged together, in seconds.
const GROUP_S: f64 = 0.1;

/// Distance that a group keeps from speech, in seconds.
const GUARD_S: f64 = 0.05;

/// Mean power in pauses.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PauseSpectrum {
    /// Mean power per bin, a full-scale sine being 1 in its bin; empty without pauses.
    pub power: Vec<f64>,
    /// Seconds of pauses.
    pub pause_s: f64,
}

impl PauseSpectrum {
    /// Mean square of the background over all frequencies, full scale being 1; `None` without
    /// pauses. A Hann window spreads a sine of mean square 1/2 over bins that sum to 3/2.
    #[must_use]
    pub fn mean_square(&self) -> Option<f64> {
        (!self.power.is_empty()).then(|| self.power.iter().sum::<f64>() / 3.0)
    }
}

/// Measures [`PauseSpectrum`]; frames wait until voice activity is known for their time.
pub struct PausesMeasure {
    frame_step_s: f64,
    group: Vec<f32>,
    group_frames: usize,
    group_start_s: f64,
    waiting: VecDeque<(f64, f64, Vec<f32>)>,
    sums: Vec<f64>,
    groups: u64,
}

impl PausesMeasure {
    /// For frames of `n_bins` bins, `hop_length` samples apart.
    #[must_use]
    pub fn new(sample_rate_hz: u32, n_bins: usize, hop_length: usize) -> Self {
        Self {
            frame_step_s: hop_length as f64 / f64::from(sample_rate_hz),
            group: vec![0.0; n_bins],
            group_frames: 0,
            group_start_s: 0.0,
            waiting: VecDeque::new(),
            sums: vec![0.0; n_bins],
            groups: 0,
        }
    }

    /// Adds a frame.
    pub fn push(&mut self, frame: &Frame) {
        for (sum, power) in self.group.iter_mut().zip(frame.power) {
            *sum += power;
        }
        self.group_frames += 1;
        let end_s = (frame.index + 2) as f64 * self.frame_step_s;
        if end_s - self.group_start_s >= GROUP_S {
            let scale = 1.0 / self.group_frames as f32;
            let mean = self.group.iter().map(|sum| sum * scale).collect();
            self.waiting.push_back((self.group_start_s, end_s, mean));
            self.group.fill(0.0);
            self.group_frames = 0;
            self.group_start_s = end_s;
        }
    }

    /// Judges the groups whose voice activity is known by now.
    pub fn judge(&mut self, voice: &Voice) {
        let known_s = voice.frames.len() as f64 * voice.step_s;
        while let Some((start_s, end_s, mean)) = self.waiting.front() {
            if end_s + GUARD_S > known_s {
                break;
            }
            let half_s = 0.5 * (end_s - start_s);
            if voice.is_pause(start_s + half_s, half_s + GUARD_S) {
                for (sum, power) in self.sums.iter_mut().zip(mean) {
                    *sum += f64::from(*power);
                }
                self.groups += 1;
            }
            self.waiting.pop_front();
        }
    }

    /// The spectrum.
    #[must_use]
    pub fn finish(self) -> PauseSpectrum {
        if self.groups == 0 {
            return PauseSpectrum::default();
        }
        let scale = 1.0 / self.groups as f64;
        PauseSpectrum {
            power: self.sums.iter().map(|sum| sum * scale).collect(),
            pause_s: self.groups as f64 * GROUP_S,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::voice::Activity;

    #[test]
    fn only_pauses_count() {
        let mut measure = PausesMeasure::new(8000, 129, 128);
        let mut voice = Voice { step_s: 0.016, frames: Vec::new() };
        for index in 0..400 {
            let speaks = (100..200).contains(&index);
            voice.frames.push(if speaks { Activity::Speech } else { Activity::Pause });
            let power = if speaks { [1.0; 129] } else { [1e-6; 129] };
            measure.push(&Frame { index, samples: &[], power: &power });
            measure.judge(&voice);
        }
        let pauses = measure.finish();
        assert!((pauses.power[64] - 1e-6).abs() < 1e-9);
        assert!(pauses.pause_s > 3.0 && pauses.pause_s < 4.8, "{}", pauses.pause_s);
        let rms = pauses.mean_square().unwrap();
        assert!((rms - 129.0e-6 / 3.0).abs() < 1e-8);
    }

    #[test]
    fn no_frames_no_spectrum() {
        assert_eq!(PausesMeasure::new(8000, 129, 128).finish().mean_square(), None);
    }
}
