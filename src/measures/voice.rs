//! Voice activity, by the `earshot` crate's small network.

use earshot::Detector;

/// Rate the network was trained for, in Hz.
pub const VOICE_RATE_HZ: u32 = 16_000;

/// Samples per decision.
const FRAME_SAMPLES: usize = 256;

/// Score from which a frame counts as speech; the crate's own default.
const SPEECH_SCORE: f32 = 0.5;

/// Voice activity over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Voice {
    /// Seconds per decision.
    pub step_s: f64,
    /// Whether each frame holds speech.
    pub active: Vec<bool>,
}

impl Voice {
    /// Share of frames with speech, 0..=1; 0 for a clip shorter than a frame.
    #[must_use]
    pub fn speech_share(&self) -> f64 {
        let active = self.active.iter().filter(|a| **a).count();
        active as f64 / self.active.len().max(1) as f64
    }

    /// Whether no speech lies within `guard_s` of `time_s`.
    #[must_use]
    pub fn is_pause(&self, time_s: f64, guard_s: f64) -> bool {
        let index = |s: f64| (s / self.step_s).floor().max(0.0) as usize;
        let from = index(time_s - guard_s).min(self.active.len());
        let to = (index(time_s + guard_s) + 1).min(self.active.len());
        !self.active[from..to].contains(&true)
    }
}

/// Measures [`Voice`] from mono samples at [`VOICE_RATE_HZ`].
pub struct VoiceMeasure {
    detector: Box<Detector>,
    pending: Vec<f32>,
    out: Voice,
}

impl Default for VoiceMeasure {
    fn default() -> Self {
        let step_s = FRAME_SAMPLES as f64 / f64::from(VOICE_RATE_HZ);
        Self {
            detector: Detector::default_boxed(),
            pending: Vec::new(),
            out: Voice { step_s, active: Vec::new() },
        }
    }
}

impl VoiceMeasure {
    /// Adds samples.
    pub fn push(&mut self, samples: &[f32]) {
        self.pending.extend(samples.iter().map(|x| x.clamp(-1.0, 1.0)));
        let mut frames = self.pending.chunks_exact(FRAME_SAMPLES);
        for frame in &mut frames {
            let score = self.detector.predict_f32(frame);
            self.out.active.push(score >= SPEECH_SCORE);
        }
        let rest = frames.remainder().len();
        self.pending.drain(..self.pending.len() - rest);
    }

    /// The activity of the samples so far.
    #[must_use]
    pub fn so_far(&self) -> &Voice {
        &self.out
    }

    /// The activity; a last part shorter than a frame is left out.
    #[must_use]
    pub fn finish(self) -> Voice {
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_no_speech() {
        let mut measure = VoiceMeasure::default();
        for _ in 0..100 {
            measure.push(&[0.0; 200]);
        }
        let voice = measure.finish();
        assert_eq!(voice.active.len(), 78);
        assert_eq!(voice.speech_share(), 0.0);
        assert!(voice.is_pause(0.5, 0.1) && voice.is_pause(100.0, 0.1));
    }
}
