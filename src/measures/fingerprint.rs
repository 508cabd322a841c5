//! Dense spectral fingerprint: the sign of the time-frequency gradient of speech-band energies.
//!
//! After Haitsma & Kalker (2002), *A Highly Robust Audio Fingerprinting System*, section 4.2, with
//! bands and rates chosen for speech over telephones and messengers.

use crate::dsp::moments::Moments;
use crate::dsp::speech_bands::{
    DIFFERENCES, Gradient, HOP, N_FFT, SPEECH_RATE_HZ, SpeechBands, WIN_LENGTH,
};
use crate::dsp::stft::{Frame, Stft};

/// Name of this algorithm and of its every constant. Words of another producer must not be compared
/// with these, so it changes when any of them does.
pub const PRODUCER: &str = "bandbits-v1";

/// Rate of the samples that the words are made from, in Hz.
pub const FINGERPRINT_RATE_HZ: u32 = SPEECH_RATE_HZ;

/// Words per second.
pub const WORDS_PER_S: f64 = FINGERPRINT_RATE_HZ as f64 / HOP as f64;

/// Bit of a level that says that nothing changes.
pub(crate) const STILL: u8 = 0x80;

/// Mean square of a word's gains in log2 units below which nothing changes, as in a hum: gains of
/// 0.36 dB.
const STILL_GAINS: f32 = 0.015;

/// Words of a clip.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fingerprint {
    /// Word `i` compares the frame that starts at `(i + 8) * 16 ms` with the one at `i * 16 ms`.
    /// Bit `m` is set where band `m` gained energy over band `m + 1`.
    pub words: Vec<u32>,
    /// Per word: level of the louder of its two frames in dB below full scale, 0..=127; in the highest
    /// bit, whether nothing changes between them but noise, as in a tone or a hum.
    pub levels: Vec<u8>,
}

impl Fingerprint {
    /// Levels in dB below full scale, and where nothing changes.
    #[must_use]
    pub fn depths_and_still(&self) -> (Vec<u8>, Vec<bool>) {
        self.levels.iter().map(|level| (level & !STILL, level & STILL != 0)).unzip()
    }
}

/// Measures [`Fingerprint`] from mono samples at [`FINGERPRINT_RATE_HZ`].
pub struct FingerprintMeasure {
    stft: Stft,
    words: Words,
}

/// Frames on their way to words.
struct Words {
    bands: SpeechBands,
    gradient: Gradient,
    moments: Moments,
    /// Whether the gains of each word are as small as those of a hum.
    still: Vec<bool>,
    words: Vec<u32>,
}

impl Default for FingerprintMeasure {
    fn default() -> Self {
        Self {
            stft: Stft::with_window(N_FFT, WIN_LENGTH, HOP as f64),
            words: Words {
                bands: SpeechBands::new(1.0),
                gradient: Gradient::default(),
                moments: Moments::default(),
                still: Vec::new(),
                words: Vec::new(),
            },
        }
    }
}

impl FingerprintMeasure {
    /// Adds samples; `visit` is handed what words are made from, frame by frame: the log2 energy of
    /// each band less that of the next higher one.
    pub fn push(&mut self, samples: &[f32], mut visit: impl FnMut(&[f32; DIFFERENCES])) {
        let Self { stft, words } = self;
        stft.push(samples, |frame| visit(&words.add(frame)));
    }

    /// The words; none for a clip shorter than 192 ms.
    #[must_use]
    pub fn finish(self, mut visit: impl FnMut(&[f32; DIFFERENCES])) -> Fingerprint {
        let Self { stft, mut words } = self;
        stft.finish(|frame| visit(&words.add(frame)));
        words.finish()
    }
}

impl Words {
    /// Adds a frame and gives back its differences.
    fn add(&mut self, frame: &Frame) -> [f32; DIFFERENCES] {
        self.moments.push(frame);
        let differences = self.bands.differences(frame.power);
        if let Some(gains) = self.gradient.push(differences) {
            let set = |word, (m, gain): (usize, &f32)| word | (u32::from(*gain > 0.0) << m);
            self.words.push(gains.iter().enumerate().fold(0, set));
            let mean_square = gains.iter().map(|x| x * x).sum::<f32>() / DIFFERENCES as f32;
            self.still.push(mean_square < STILL_GAINS);
        }
        differences
    }

    fn finish(self) -> Fingerprint {
        let (depths, tones) = self.moments.finish();
        let still = tones.iter().zip(&self.still).map(|(tone, still)| *tone || *still);
        let level = |(depth, still): (&u8, bool)| depth | if still { STILL } else { 0 };
        Fingerprint { words: self.words, levels: depths.iter().zip(still).map(level).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::speech_bands::GRADIENT_FRAMES;
    use crate::dsp::test_noise::noise;

    fn words(samples: &[f32]) -> Vec<u32> {
        let mut measure = FingerprintMeasure::default();
        measure.push(samples, |_| {});
        measure.finish(|_| {}).words
    }

    fn bit_error_rate(a: &[u32], b: &[u32]) -> f64 {
        let wrong: u32 = a.iter().zip(b).map(|(x, y)| (x ^ y).count_ones()).sum();
        f64::from(wrong) / (32.0 * a.len().min(b.len()) as f64)
    }

    #[test]
    fn gain_changes_nothing_and_strangers_differ_in_half_of_the_bits() {
        let a = noise(80_000, 1);
        let quieter: Vec<f32> = a.iter().map(|x| 0.25 * x).collect();
        assert_eq!(bit_error_rate(&words(&a), &words(&quieter)), 0.0);
        let rate = bit_error_rate(&words(&a), &words(&noise(80_000, 2)));
        assert!((rate - 0.5).abs() < 0.03, "{rate}");
    }

    #[test]
    fn density_is_as_documented() {
        assert_eq!(
            words(&noise(80_000, 1)).len(),
            (80_000 - WIN_LENGTH) / HOP + 1 - GRADIENT_FRAMES
        );
        assert!(words(&noise(1535, 1)).is_empty());
    }
}
