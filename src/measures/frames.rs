//! Per-frame band levels, and spectral descriptors averaged over tenths of a second.

use crate::dsp::bands::{Band, erb_bands};
use crate::dsp::kernels::{dot, squared_distance, sum};
use crate::dsp::stft::Frame;

/// Bands asked for; fewer where the lowest would be narrower than a bin.
const BAND_COUNT: usize = 24;

/// Lower edge of the lowest band, in Hz: below it lie handling noise and hum.
const LOWEST_HZ: f64 = 60.0;

/// Half decibels per step of a stored band level.
const STEPS_PER_DB: f32 = 2.0;

/// Share of the power below the roll-off frequency.
const ROLLOFF_SHARE: f32 = 0.85;

/// Level of every band in every frame, one byte each.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BandLevels {
    /// Seconds from one frame to the next.
    pub step_s: f64,
    /// Time of the middle of frame 0, in seconds.
    pub first_s: f64,
    /// Distance of bins in Hz.
    pub bin_hz: f64,
    /// The bands, low to high.
    pub bands: Vec<Band>,
    /// Levels frame by frame in steps of 0.5 dB below full scale, `u8::MAX` and below being −127.5.
    pub codes: Vec<u8>,
}

impl BandLevels {
    /// Number of frames.
    #[must_use]
    pub fn frame_count(&self) -> usize {
        self.codes.len() / self.bands.len().max(1)
    }

    /// Levels of one frame, as stored.
    #[must_use]
    pub fn frame(&self, index: usize) -> &[u8] {
        let width = self.bands.len();
        &self.codes[index * width..(index + 1) * width]
    }

    /// Level of one band in one frame, in dBFS.
    #[must_use]
    pub fn level_db(&self, frame: usize, band: usize) -> f32 {
        code_to_db(self.codes[frame * self.bands.len() + band])
    }

    /// Time of the middle of a frame, in seconds.
    #[must_use]
    pub fn time_s(&self, frame: usize) -> f64 {
        self.first_s + frame as f64 * self.step_s
    }

    /// The frame whose middle is nearest to `time_s`; 0 if there are none.
    #[must_use]
    pub fn frame_at(&self, time_s: f64) -> usize {
        let index = ((time_s - self.first_s) / self.step_s).round().max(0.0) as usize;
        index.min(self.frame_count().saturating_sub(1))
    }

    /// Lower and upper edge of a band, in Hz.
    #[must_use]
    pub fn band_hz(&self, band: usize) -> (f64, f64) {
        let Band { first, end } = self.bands[band];
        (first as f64 * self.bin_hz, (end - 1) as f64 * self.bin_hz)
    }
}

/// Level of a stored code, in dBFS.
#[must_use]
pub fn code_to_db(code: u8) -> f32 {
    -f32::from(code) / STEPS_PER_DB
}

/// Spectral descriptors over time, each the mean of the frames of a tenth of a second.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Descriptors {
    /// Seconds per value.
    pub step_s: f64,
    /// Centre of gravity of the power spectrum, in Hz.
    pub centroid_hz: Vec<f32>,
    /// Frequency below which 85 % of the power lies, in Hz.
    pub rolloff_hz: Vec<f32>,
    /// Geometric over arithmetic mean of the power spectrum, 0..=1.
    pub flatness: Vec<f32>,
    /// Root mean square change of the magnitude spectrum from frame to frame.
    pub flux: Vec<f32>,
}

/// Measures [`BandLevels`] and [`Descriptors`] from the shared transform.
pub struct FramesMeasure {
    frames_per_value: usize,
    bin_numbers: Vec<f32>,
    previous: Vec<f32>,
    magnitude: Vec<f32>,
    sums: [f32; 4],
    summed: usize,
    levels: BandLevels,
    descriptors: Descriptors,
}

impl FramesMeasure {
    /// For frames of `n_fft` samples, `hop_length` apart.
    #[must_use]
    pub fn new(sample_rate_hz: u32, n_fft: usize, hop_length: usize) -> Self {
        let rate = f64::from(sample_rate_hz);
        let step_s = hop_length as f64 / rate;
        let frames_per_value = (0.1 / step_s).round().max(1.0) as usize;
        Self {
            frames_per_value,
            bin_numbers: (0..=n_fft / 2).map(|k| k as f32).collect(),
            previous: vec![0.0; n_fft / 2 + 1],
            magnitude: vec![0.0; n_fft / 2 + 1],
            sums: [0.0; 4],
            summed: 0,
            levels: BandLevels {
                step_s,
                first_s: n_fft as f64 / 2.0 / rate,
                bin_hz: rate / n_fft as f64,
                bands: erb_bands(BAND_COUNT, LOWEST_HZ, rate, n_fft),
                codes: Vec::new(),
            },
            descriptors: Descriptors {
                step_s: step_s * frames_per_value as f64,
                ..Descriptors::default()
            },
        }
    }

    /// Adds a frame.
    pub fn push(&mut self, frame: &Frame) {
        for band in &self.levels.bands {
            let power = sum(&frame.power[band.first..band.end]);
            self.levels.codes.push(power_to_code(power));
        }
        self.describe(frame.power);
        self.summed += 1;
        if self.summed == self.frames_per_value {
            let mean = self.sums.map(|sum| sum / self.summed as f32);
            self.descriptors.centroid_hz.push(mean[0]);
            self.descriptors.rolloff_hz.push(mean[1]);
            self.descriptors.flatness.push(mean[2]);
            self.descriptors.flux.push(mean[3]);
            self.sums = [0.0; 4];
            self.summed = 0;
        }
    }

    /// Both series; a last part shorter than a descriptor value is left out.
    #[must_use]
    pub fn finish(mut self) -> (BandLevels, Descriptors) {
        self.levels.codes.shrink_to_fit();
        (self.levels, self.descriptors)
    }

    fn describe(&mut self, power: &[f32]) {
        let bin_hz = self.levels.bin_hz as f32;
        let total = sum(power);
        if total > 0.0 {
            self.sums[0] += bin_hz * dot(power, &self.bin_numbers) / total;
            self.sums[1] += bin_hz * rolloff_bin(power, ROLLOFF_SHARE * total) as f32;
            self.sums[2] += flatness(power, total);
        }
        for (magnitude, p) in self.magnitude.iter_mut().zip(power) {
            *magnitude = p.sqrt();
        }
        self.sums[3] += squared_distance(&self.magnitude, &self.previous).sqrt();
        std::mem::swap(&mut self.magnitude, &mut self.previous);
    }
}

fn power_to_code(power: f32) -> u8 {
    let db = 10.0 * power.max(1e-13).log10();
    (-db * STEPS_PER_DB).round().clamp(0.0, 255.0) as u8
}

/// First bin at which the cumulative power reaches `share`; whole groups are passed over first.
fn rolloff_bin(power: &[f32], share: f32) -> usize {
    const GROUP: usize = 32;
    let mut below = 0.0;
    for (group, bins) in power.chunks(GROUP).enumerate() {
        let group_power = sum(bins);
        if below + group_power >= share {
            for (i, p) in bins.iter().enumerate() {
                below += p;
                if below >= share {
                    return group * GROUP + i;
                }
            }
        } else {
            below += group_power;
        }
    }
    power.len() - 1
}

/// Geometric over arithmetic mean. Products of eight bins stay far inside the range of `f64`, so
/// one logarithm serves eight bins.
fn flatness(power: &[f32], total: f32) -> f32 {
    let log_sum: f64 = power
        .chunks(8)
        .map(|bins| bins.iter().map(|&p| f64::from(p).max(1e-30)).product::<f64>().ln())
        .sum();
    let geometric = (log_sum / power.len() as f64).exp();
    (geometric / (f64::from(total) / power.len() as f64)).min(1.0) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(power: &[f32], frames: u64) -> (BandLevels, Descriptors) {
        let mut measure = FramesMeasure::new(8000, 256, 128);
        for index in 0..frames {
            measure.push(&Frame { index, samples: &[], power });
        }
        measure.finish()
    }

    #[test]
    fn white_is_flat_and_a_tone_is_not() {
        let (_, white) = measure(&[1e-4; 129], 12);
        assert!((white.flatness[0] - 1.0).abs() < 1e-3);
        assert!((white.centroid_hz[0] - 2000.0).abs() < 1.0);
        let mut tone = vec![0.0; 129];
        tone[32] = 0.25;
        let (levels, described) = measure(&tone, 12);
        assert!(described.flatness[0] < 0.01);
        assert_eq!(described.centroid_hz[0], 1000.0);
        assert_eq!(described.rolloff_hz[0], 1000.0);
        let band = (0..levels.bands.len())
            .find(|&b| levels.bands[b].first <= 32 && 32 < levels.bands[b].end)
            .unwrap();
        assert_eq!(levels.level_db(3, band), -6.0);
        assert_eq!(levels.level_db(3, band - 1), -127.5);
    }

    #[test]
    fn frames_and_times_agree() {
        let (levels, _) = measure(&[1e-4; 129], 100);
        assert_eq!(levels.frame_count(), 100);
        assert_eq!(levels.frame_at(levels.time_s(37)), 37);
        assert_eq!(levels.frame_at(1e9), 99);
    }
}
