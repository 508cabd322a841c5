//! Voice activity, by the `earshot` crate's small network.

use earshot::Detector;

/// Rate the network was trained for, in Hz.
pub const VOICE_RATE_HZ: u32 = 16_000;

/// Samples per decision.
const FRAME_SAMPLES: usize = 256;

/// Time from the start in which every frame is judged, in seconds; the network took a
/// sixth of all the time, and an hour has more pauses than are needed.
const JUDGED_WHOLE_S: f64 = 120.0;

/// After that, one stretch in this many is judged.
const JUDGED_ONE_IN: usize = 8;

/// Length of such a stretch, in frames: 1.6 s.
const STRETCH_FRAMES: usize = 100;

/// Score from which a frame counts as speech; the crate's own default.
const SPEECH_SCORE: f32 = 0.5;

/// Voice activity over time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Voice {
    /// Seconds per decision.
    pub step_s: f64,
    /// What each frame holds.
    pub frames: Vec<Activity>,
}

/// What one frame holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// Speech.
    Speech,
    /// No speech.
    Pause,
    /// Not judged: the frame lies in a part of a long clip that is passed over.
    Unknown,
}

impl Voice {
    /// Share of judged frames with speech, 0..=1; 0 for a clip shorter than a frame.
    #[must_use]
    pub fn speech_share(&self) -> f64 {
        let count = |wanted| self.frames.iter().filter(|a| **a == wanted).count();
        let speech = count(Activity::Speech);
        speech as f64 / (speech + count(Activity::Pause)).max(1) as f64
    }

    /// Whether every frame within `guard_s` of `time_s` is a pause; those outside the clip are.
    #[must_use]
    pub fn is_pause(&self, time_s: f64, guard_s: f64) -> bool {
        let index = |s: f64| (s / self.step_s).floor().max(0.0) as usize;
        let from = index(time_s - guard_s).min(self.frames.len());
        let to = (index(time_s + guard_s) + 1).min(self.frames.len());
        self.frames[from..to].iter().all(|activity| *activity == Activity::Pause)
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
            out: Voice { step_s, frames: Vec::new() },
        }
    }
}

impl VoiceMeasure {
    /// Adds samples.
    pub fn push(&mut self, samples: &[f32]) {
        self.pending.extend(samples.iter().map(|x| x.clamp(-1.0, 1.0)));
        let mut frames = self.pending.chunks_exact(FRAME_SAMPLES);
        for frame in &mut frames {
            let index = self.out.frames.len();
            let judged_whole = (index as f64) * self.out.step_s < JUDGED_WHOLE_S;
            let activity =
                if !judged_whole && !(index / STRETCH_FRAMES).is_multiple_of(JUDGED_ONE_IN) {
                    Activity::Unknown
                } else if self.detector.predict_f32(frame) >= SPEECH_SCORE {
                    Activity::Speech
                } else {
                    Activity::Pause
                };
            self.out.frames.push(activity);
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
        assert_eq!(voice.frames.len(), 78);
        assert_eq!(voice.speech_share(), 0.0);
        assert!(voice.is_pause(0.5, 0.1) && voice.is_pause(100.0, 0.1));
    }

    #[test]
    fn a_long_clip_is_judged_in_part() {
        let mut measure = VoiceMeasure::default();
        for _ in 0..400 {
            measure.push(&vec![0.0; VOICE_RATE_HZ as usize]);
        }
        let voice = measure.finish();
        let unknown = voice.frames.iter().filter(|a| **a == Activity::Unknown).count();
        assert!((15_000..15_500).contains(&unknown), "{unknown}");
        assert_eq!(voice.speech_share(), 0.0);
        let first = voice.frames.iter().position(|a| *a == Activity::Unknown).unwrap();
        assert!(!voice.is_pause(first as f64 * voice.step_s + 0.01, 0.0));
    }
}
