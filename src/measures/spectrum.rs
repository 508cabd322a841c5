//! Long-term average spectrum, and the highest frequency in use second by second.

use crate::dsp::stats;
use crate::dsp::stft::Frame;
use crate::units::power_to_db;

/// Parts of a second over which the spectrum is averaged before the strongest part is taken.
const PARTS_PER_S: usize = 8;

/// Lowest level that is told apart, in dBFS per bin.
const FLOOR_DB: f64 = -150.0;

/// Height over the spectrum's floor from which a bin carries signal, in dB.
const SIGNAL_OVER_FLOOR_DB: f32 = 10.0;

/// Bins to each side in the running median that takes single tones and holes out.
const SMOOTHING_BINS: usize = 3;

/// Width of the slope measured at the cut-off, to each side, in Hz.
const SLOPE_SPAN_HZ: f64 = 250.0;

/// Where the spectrum ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cutoff {
    /// Highest frequency that carries signal, in Hz.
    pub hz: f32,
    /// Fall of the level there, in dB per 100 Hz; high for an encoder's low-pass, low for a
    /// microphone's own roll-off.
    pub slope_db_per_100hz: f32,
    /// Level just below the cut-off over the level just above it, in dB.
    pub drop_db: f32,
}

/// Spectrum of a clip and its upper end over time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SpectrumUse {
    /// Distance of bins in Hz.
    pub bin_hz: f64,
    /// Mean power per bin over the whole clip, a full-scale sine being 1 in its bin.
    pub average: Vec<f64>,
    /// Upper end of the average spectrum.
    pub cutoff: Option<Cutoff>,
    /// Seconds per value of `cutoffs`.
    pub step_s: f64,
    /// Upper end of the spectrum in each second; `None` where nothing sounds.
    pub cutoffs: Vec<Option<Cutoff>>,
}

/// Measures [`SpectrumUse`] from the shared transform.
pub struct SpectrumMeasure {
    bin_hz: f64,
    frames_per_part: usize,
    total: Vec<f64>,
    frames: u64,
    part: Vec<f32>,
    part_frames: usize,
    strongest: Vec<f32>,
    parts: usize,
    out: SpectrumUse,
}

impl SpectrumMeasure {
    /// For frames of `n_bins` bins, `hop_length` samples apart.
    #[must_use]
    pub fn new(sample_rate_hz: u32, n_bins: usize, hop_length: usize) -> Self {
        let rate = f64::from(sample_rate_hz);
        let frames_per_s = rate / hop_length as f64;
        let frames_per_part = (frames_per_s / PARTS_PER_S as f64).round().max(1.0) as usize;
        let step_s = (frames_per_part * PARTS_PER_S) as f64 / frames_per_s;
        Self {
            bin_hz: rate / (2 * (n_bins - 1)) as f64,
            frames_per_part,
            total: vec![0.0; n_bins],
            frames: 0,
            part: vec![0.0; n_bins],
            part_frames: 0,
            strongest: vec![0.0; n_bins],
            parts: 0,
            out: SpectrumUse { step_s, ..SpectrumUse::default() },
        }
    }

    /// Adds a frame.
    pub fn push(&mut self, frame: &Frame) {
        for (sum, power) in self.part.iter_mut().zip(frame.power) {
            *sum += power;
        }
        self.part_frames += 1;
        self.frames += 1;
        if self.part_frames == self.frames_per_part {
            self.close_part();
            if self.parts == PARTS_PER_S {
                self.close_second();
            }
        }
    }

    /// The spectrum; a last part shorter than half a second has no cut-off of its own.
    #[must_use]
    pub fn finish(mut self) -> SpectrumUse {
        if self.part_frames > 0 {
            self.close_part();
        }
        if 2 * self.parts >= PARTS_PER_S {
            self.close_second();
        }
        let frames = self.frames.max(1) as f64;
        self.out.bin_hz = self.bin_hz;
        self.out.average = self.total.iter().map(|sum| sum / frames).collect();
        let average: Vec<f32> = self.out.average.iter().map(|&p| p as f32).collect();
        self.out.cutoff = cutoff(&average, self.bin_hz);
        self.out
    }

    fn close_part(&mut self) {
        let scale = 1.0 / self.part_frames as f32;
        for i in 0..self.part.len() {
            self.total[i] += f64::from(self.part[i]);
            self.strongest[i] = self.strongest[i].max(self.part[i] * scale);
            self.part[i] = 0.0;
        }
        self.part_frames = 0;
        self.parts += 1;
    }

    fn close_second(&mut self) {
        self.out.cutoffs.push(cutoff(&self.strongest, self.bin_hz));
        self.strongest.fill(0.0);
        self.parts = 0;
    }
}

/// Upper end of a power spectrum; `None` if it is silent or has no floor to stand out from.
#[must_use]
pub fn cutoff(power: &[f32], bin_hz: f64) -> Option<Cutoff> {
    let level: Vec<f32> =
        power.iter().map(|&p| power_to_db(f64::from(p), FLOOR_DB) as f32).collect();
    let smooth = running_median(&level, SMOOTHING_BINS);
    // Bin 0 and the bins that Hann spreads it to hold the DC offset.
    let floor = smooth.iter().skip(3).copied().fold(f32::INFINITY, f32::min);
    let highest = smooth.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    if highest < FLOOR_DB as f32 + 30.0 || highest < floor + 2.0 * SIGNAL_OVER_FLOOR_DB {
        return None;
    }
    let last = smooth.iter().rposition(|&l| l > floor + SIGNAL_OVER_FLOOR_DB)?;
    let reach = ((SLOPE_SPAN_HZ / bin_hz).round() as usize).max(2);
    let below = smooth[last.saturating_sub(reach)];
    let above = smooth[(last + reach).min(smooth.len() - 1)];
    let span_hz =
        ((last + reach).min(smooth.len() - 1) - last.saturating_sub(reach)) as f64 * bin_hz;
    let drop_db = below - above;
    Some(Cutoff {
        hz: (last as f64 * bin_hz) as f32,
        slope_db_per_100hz: drop_db / (span_hz / 100.0) as f32,
        drop_db,
    })
}

fn running_median(values: &[f32], reach: usize) -> Vec<f32> {
    let mut window = Vec::with_capacity(2 * reach + 1);
    (0..values.len())
        .map(|i| {
            window.clear();
            window.extend_from_slice(
                &values[i.saturating_sub(reach)..(i + reach + 1).min(values.len())],
            );
            stats::median(&mut window).unwrap_or(0.0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_low_pass_is_found_with_its_cliff() {
        let mut power = vec![1e-6f32; 513];
        power[200..].fill(1e-12);
        let found = cutoff(&power, 43.066).unwrap();
        assert!((f64::from(found.hz) - 199.0 * 43.066).abs() < 90.0, "{found:?}");
        assert!(found.slope_db_per_100hz > 8.0 && (found.drop_db - 60.0).abs() < 1.0);
    }

    #[test]
    fn silence_and_white_noise_have_no_end() {
        assert_eq!(cutoff(&[0.0; 513], 43.0), None);
        assert_eq!(cutoff(&[1e-6; 513], 43.0), None);
    }
}
