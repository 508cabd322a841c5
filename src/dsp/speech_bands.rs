//! Energies of the telephone band in fine steps, and how neighbouring bands differ.

/// Rate of the samples that the bands are made for, in Hz.
pub const SPEECH_RATE_HZ: u32 = 8000;

/// Samples under the window of a frame: 64 ms.
pub const WIN_LENGTH: usize = 512;

/// Points of the transform; twice the window, so that the lowest bands hold several bins.
pub const N_FFT: usize = 1024;

/// Samples between frames: 16 ms.
pub const HOP: usize = 128;

/// Energy bands; neighbours are compared, so they give one difference fewer.
const BANDS: usize = 33;

/// Differences of neighbouring bands per frame.
pub const DIFFERENCES: usize = BANDS - 1;

/// Lower edge of the lowest and upper edge of the highest band, in Hz: the telephone band.
const BAND_RANGE_HZ: (f64, f64) = (250.0, 3400.0);

/// Frames between the two compared in time. One frame, as in Haitsma & Kalker (2002), compares
/// windows that overlap by three quarters; eight are 128 ms apart and share nothing.
pub const GRADIENT_FRAMES: usize = 8;

/// Triangular weights on a logarithmic frequency scale.
#[derive(Debug, Clone)]
pub struct SpeechBands {
    triangles: Vec<Triangle>,
}

/// A triangular weight over bins `first..first + weights.len()`.
#[derive(Debug, Clone)]
struct Triangle {
    first: usize,
    weights: Vec<f32>,
}

impl SpeechBands {
    /// Bands for a recording whose frequencies are `pitch` times those of the one it is held
    /// against; 1 for the bands themselves. What lies above the Nyquist frequency is left out.
    #[must_use]
    pub fn new(pitch: f64) -> Self {
        let bin_hz = f64::from(SPEECH_RATE_HZ) / N_FFT as f64;
        let (low, high) = BAND_RANGE_HZ;
        let corner =
            |i: usize| pitch * low * (high / low).powf(i as f64 / (BANDS + 1) as f64) / bin_hz;
        let triangle = |band: usize| {
            let (left, middle, right) = (corner(band), corner(band + 1), corner(band + 2));
            let (first, last) = (left.ceil() as usize, (right.floor() as usize).min(N_FFT / 2));
            let weight = |bin: usize| {
                let x = bin as f64;
                let rise = (x - left) / (middle - left);
                let fall = (right - x) / (right - middle);
                rise.min(fall).max(0.0) as f32
            };
            Triangle { first: first.min(last), weights: (first..=last).map(weight).collect() }
        };
        Self { triangles: (0..BANDS).map(triangle).collect() }
    }

    /// Log2 energy of each band less that of the next higher one, from `N_FFT / 2 + 1` powers.
    #[must_use]
    pub fn differences(&self, power: &[f32]) -> [f32; DIFFERENCES] {
        let mut energies = [0.0f32; BANDS];
        for (energy, triangle) in energies.iter_mut().zip(&self.triangles) {
            let bins = &power[triangle.first..triangle.first + triangle.weights.len()];
            let sum: f32 = bins.iter().zip(&triangle.weights).map(|(p, w)| p * w).sum();
            *energy = sum.max(1e-12).log2();
        }
        std::array::from_fn(|m| energies[m] - energies[m + 1])
    }
}

/// Differences of the last [`GRADIENT_FRAMES`] frames, to be compared with the present one.
#[derive(Debug, Clone, Default)]
pub struct Gradient {
    recent: Vec<[f32; DIFFERENCES]>,
    next: usize,
}

impl Gradient {
    /// What each difference gained since [`GRADIENT_FRAMES`] frames ago, in log2 units (3 dB);
    /// `None` for the first frames.
    pub fn push(&mut self, differences: [f32; DIFFERENCES]) -> Option<[f32; DIFFERENCES]> {
        if self.recent.len() < GRADIENT_FRAMES {
            self.recent.push(differences);
            return None;
        }
        let before = std::mem::replace(&mut self.recent[self.next], differences);
        self.next = (self.next + 1) % GRADIENT_FRAMES;
        Some(std::array::from_fn(|m| differences[m] - before[m]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_band_has_bins() {
        let bands = SpeechBands::new(1.0);
        assert!(bands.triangles.iter().all(|t| t.weights.iter().any(|w| *w > 0.0)));
    }

    #[test]
    fn bands_above_the_nyquist_frequency_are_empty_and_harmless() {
        let bands = SpeechBands::new(1.5);
        assert!(bands.differences(&[0.5; N_FFT / 2 + 1]).iter().all(|d| d.is_finite()));
    }

    #[test]
    fn a_gradient_begins_after_eight_frames() {
        let mut gradient = Gradient::default();
        for n in 0..8 {
            assert_eq!(gradient.push([n as f32; DIFFERENCES]), None);
        }
        assert_eq!(gradient.push([11.0; DIFFERENCES]), Some([11.0; DIFFERENCES]));
        assert_eq!(gradient.push([11.0; DIFFERENCES]), Some([10.0; DIFFERENCES]));
    }
}
