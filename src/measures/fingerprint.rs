//! Dense spectral fingerprint: the sign of the time-frequency gradient of speech-band energies.
//!
//! After Haitsma & Kalker (2002), *A Highly Robust Audio Fingerprinting System*, section 4.2, with
//! bands and rates chosen for speech over telephones and messengers.

use crate::dsp::stft::Stft;

/// Name of this algorithm and of its every constant. Words of another producer must not be compared
/// with these, so it changes when any of them does.
pub const PRODUCER: &str = "bandbits-v1";

/// Rate of the samples that the words are made from, in Hz.
pub const FINGERPRINT_RATE_HZ: u32 = 8000;

/// Words per second.
pub const WORDS_PER_S: f64 = FINGERPRINT_RATE_HZ as f64 / HOP as f64;

const WIN_LENGTH: usize = 512;
const N_FFT: usize = 1024;
const HOP: usize = 128;

/// Energy bands; neighbours are compared, so they give one bit fewer.
const BANDS: usize = 33;

/// Lower edge of the lowest and upper edge of the highest band, in Hz: the telephone band.
const BAND_RANGE_HZ: (f64, f64) = (250.0, 3400.0);

/// Frames between the two compared in time. One frame, as in the paper, compares windows that
/// overlap by three quarters; eight are 128 ms apart and share nothing.
const GRADIENT_FRAMES: usize = 8;

/// Words of a clip.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fingerprint {
    /// Word `i` compares the frame that starts at `(i + 8) * 16 ms` with the one at `i * 16 ms`.
    /// Bit `m` is set where band `m` gained energy over band `m + 1`.
    pub words: Vec<u32>,
}

/// Measures [`Fingerprint`] from mono samples at [`FINGERPRINT_RATE_HZ`].
pub struct FingerprintMeasure {
    stft: Stft,
    words: Words,
}

/// Frames on their way to words.
struct Words {
    triangles: Vec<Triangle>,
    /// Differences of neighbouring bands for the last [`GRADIENT_FRAMES`] frames.
    recent: Vec<[f32; BANDS - 1]>,
    next: usize,
    out: Fingerprint,
}

/// A triangular weight over bins `first..first + weights.len()`.
struct Triangle {
    first: usize,
    weights: Vec<f32>,
}

impl Default for FingerprintMeasure {
    fn default() -> Self {
        Self {
            stft: Stft::with_window(N_FFT, WIN_LENGTH, HOP),
            words: Words {
                triangles: triangles(),
                recent: Vec::with_capacity(GRADIENT_FRAMES),
                next: 0,
                out: Fingerprint::default(),
            },
        }
    }
}

impl FingerprintMeasure {
    /// Adds samples.
    pub fn push(&mut self, samples: &[f32]) {
        let Self { stft, words } = self;
        stft.push(samples, |frame| words.add(frame.power));
    }

    /// The words; none for a clip shorter than 192 ms.
    #[must_use]
    pub fn finish(self) -> Fingerprint {
        let Self { stft, mut words } = self;
        stft.finish(|frame| words.add(frame.power));
        words.out
    }
}

impl Words {
    /// Adds the frame with this power spectrum.
    fn add(&mut self, power: &[f32]) {
        let differences = band_differences(&self.triangles, power);
        if self.recent.len() < GRADIENT_FRAMES {
            self.recent.push(differences);
            return;
        }
        let before = std::mem::replace(&mut self.recent[self.next], differences);
        let gains = differences.iter().zip(before).enumerate();
        let word = gains.fold(0, |word, (m, (now, then))| word | (u32::from(*now > then) << m));
        self.out.words.push(word);
        self.next = (self.next + 1) % GRADIENT_FRAMES;
    }
}

fn band_differences(triangles: &[Triangle], power: &[f32]) -> [f32; BANDS - 1] {
    let mut energies = [0.0f32; BANDS];
    for (energy, triangle) in energies.iter_mut().zip(triangles) {
        let bins = &power[triangle.first..triangle.first + triangle.weights.len()];
        let sum: f32 = bins.iter().zip(&triangle.weights).map(|(p, w)| p * w).sum();
        *energy = sum.max(1e-12).log2();
    }
    std::array::from_fn(|m| energies[m] - energies[m + 1])
}

/// Triangles with corners on a logarithmic scale, each reaching to its neighbours' middles.
fn triangles() -> Vec<Triangle> {
    let bin_hz = f64::from(FINGERPRINT_RATE_HZ) / N_FFT as f64;
    let (low, high) = BAND_RANGE_HZ;
    let corner = |i: usize| low * (high / low).powf(i as f64 / (BANDS + 1) as f64) / bin_hz;
    (0..BANDS)
        .map(|band| {
            let (left, middle, right) = (corner(band), corner(band + 1), corner(band + 2));
            let first = left.ceil() as usize;
            let last = right.floor() as usize;
            let weight = |bin: usize| {
                let x = bin as f64;
                let rise = (x - left) / (middle - left);
                let fall = (right - x) / (right - middle);
                rise.min(fall).max(0.0) as f32
            };
            Triangle { first, weights: (first..=last).map(weight).collect() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(len: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        (0..len)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / (1 << 24) as f32 - 0.5
            })
            .collect()
    }

    fn words(samples: &[f32]) -> Vec<u32> {
        let mut measure = FingerprintMeasure::default();
        measure.push(samples);
        measure.finish().words
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

    #[test]
    fn every_band_has_bins() {
        assert!(triangles().iter().all(|t| t.weights.iter().any(|w| *w > 0.0)));
    }
}
