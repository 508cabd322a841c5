//! Mains hum: whether there is any, its frequency over time, and where its phase jumps.
//!
//! The clip's mono samples are brought down to 2 kHz and kept aside, 14 MB an hour of which a part is
//! in memory, while long spectra say whether there is hum at all. Only then are its harmonics followed.

mod breaks;
mod presence;
pub mod reference;
mod track;

use crate::decode::Spool;
use crate::dsp::resample::StreamResampler;
use crate::error::Result;

use presence::{Comb, CombMeasure};
use track::{BLOCK, Tracks};

/// Rate at which hum is looked at, in Hz.
const HUM_RATE_HZ: f64 = 2000.0;

/// Harmonics that are looked at, the fundamental among them: up to 600 Hz.
const HARMONICS: usize = 10;

/// Samples of a long spectrum: 16.4 s.
const LONG: usize = 32_768;

/// Samples of a spectrum of clips too short for long ones: 4.1 s.
const SHORT: usize = 8192;

/// Clips at least this long have long spectra, in seconds.
const LONG_FROM_S: f64 = 40.0;

/// Power of a harmonic over its floor that lets it take part, in nepers: 5 dB.
const TAKES_PART: f64 = 1.2;

/// Bytes of low-rate samples kept in memory.
const IN_MEMORY: usize = 2 << 20;

/// Samples read at a time.
const READ: usize = 100 * BLOCK;

/// Frequency of the hum at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HumPoint {
    /// Time in seconds, of the middle of the 16 s it is measured over.
    pub time_s: f64,
    /// Frequency of the fundamental, in Hz.
    pub hz: f64,
}

/// A jump of the hum's phase.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HumBreak {
    /// Time in seconds, good to some tenths.
    pub time_s: f64,
    /// Turn of the fundamental, -π..=π.
    pub turn_rad: f64,
    /// Length of the cut, in seconds, up to whole periods of the hum.
    pub cut_modulo_s: f64,
    /// Root of twice the gain in log likelihood over no jump.
    pub score: f64,
    /// The same at the moment that one in ten of the clip exceeds.
    pub usual: f64,
}

/// Hum of a clip that has some.
#[derive(Debug, Clone, PartialEq)]
pub struct MainsHum {
    /// 50 or 60 Hz.
    pub nominal_hz: f64,
    /// Median frequency of the fundamental, in Hz.
    pub frequency_hz: f64,
    /// How far the comb of harmonics stands above those of other frequencies, in robust standard
    /// deviations.
    pub score: f64,
    /// Harmonics that stand over the floor, the fundamental being 1, with their power over it in dB.
    pub harmonics: Vec<(usize, f64)>,
    /// Frequency every second.
    pub series: Vec<HumPoint>,
    /// Jumps of the phase, in order.
    pub breaks: Vec<HumBreak>,
}

/// Measures [`MainsHum`] from mono samples at 8 kHz.
pub struct HumMeasure {
    resampler: StreamResampler,
    low: Low,
}

struct Low {
    long: CombMeasure,
    short: Option<CombMeasure>,
    kept: Spool,
    trouble: Option<crate::error::Error>,
}

impl Low {
    fn push(&mut self, samples: &[f32]) {
        self.long.push(samples);
        if self.kept.len() as f64 > LONG_FROM_S * HUM_RATE_HZ {
            self.short = None;
        }
        if let Some(short) = &mut self.short {
            short.push(samples);
        }
        if let Err(error) = self.kept.push(samples) {
            self.trouble.get_or_insert(error);
        }
    }
}

impl HumMeasure {
    /// For samples at this rate.
    #[must_use]
    pub fn new(rate_hz: u32) -> Self {
        let low = Low {
            long: CombMeasure::new(LONG),
            short: Some(CombMeasure::new(SHORT)),
            kept: Spool::holding(IN_MEMORY),
            trouble: None,
        };
        Self { resampler: StreamResampler::new(rate_hz, HUM_RATE_HZ as u32), low }
    }

    /// Adds samples.
    pub fn push(&mut self, samples: &[f32]) {
        let Self { resampler, low } = self;
        resampler.push(samples, |slow| low.push(slow));
    }

    /// The hum; `None` if there is none or the clip is shorter than 4 s.
    ///
    /// # Errors
    ///
    /// [`crate::error::Error::Write`] if the temporary file cannot be used.
    pub fn finish(self) -> Result<Option<MainsHum>> {
        let Self { resampler, mut low } = self;
        resampler.finish(|slow| low.push(slow));
        let Low { long, short, kept, trouble } = low;
        if let Some(error) = trouble {
            return Err(error);
        }
        let comb = short.unwrap_or(long).finish();
        comb.map(|comb| followed(&comb, kept)).transpose()
    }
}

/// The hum of this comb, followed through the clip.
fn followed(comb: &Comb, mut kept: Spool) -> Result<MainsHum> {
    let over_floor = comb.over_floor.iter().enumerate();
    let harmonics: Vec<(usize, f64)> = over_floor
        .filter(|(_, nepers)| **nepers >= TAKES_PART)
        .map(|(i, nepers)| (i + 1, 10.0 * nepers.exp_m1().log10()))
        .collect();
    let numbers: Vec<usize> = harmonics.iter().map(|(number, _)| *number).collect();
    let mut tracks = Tracks::new(comb.frequency_hz, &numbers);
    let whole = kept.len() as usize / BLOCK * BLOCK;
    for start in (0..whole).step_by(READ) {
        tracks.push(&kept.read(start as i64, READ.min(whole - start))?);
    }
    let tracks = tracks.finish();
    let series = track::frequencies(&tracks, comb.frequency_hz);
    let mut sorted: Vec<f32> = series.iter().map(|point| point.hz as f32).collect();
    let frequency_hz = crate::dsp::stats::median(&mut sorted).map_or(comb.frequency_hz, f64::from);
    Ok(MainsHum {
        nominal_hz: comb.nominal_hz,
        frequency_hz,
        score: comb.score,
        harmonics,
        series,
        breaks: breaks::breaks(&tracks, comb.frequency_hz),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_noise::noise;

    /// Noise with harmonics 2, 4 and 6 of a frequency, at 8 kHz; `cut` drops samples at 30 s.
    fn sound(frequency_hz: f64, seconds: usize, cut: usize) -> Vec<f32> {
        let mut out: Vec<f32> = noise(8000 * seconds + cut, 3).iter().map(|x| 0.1 * x).collect();
        for (n, x) in out.iter_mut().enumerate() {
            let turns = frequency_hz * n as f64 / 8000.0;
            let harmonics = [2.0, 4.0, 6.0].map(|h: f64| (std::f64::consts::TAU * h * turns).sin());
            *x += 0.003 * harmonics.iter().sum::<f64>() as f32;
        }
        out.drain(240_000..240_000 + cut);
        out
    }

    fn measure(samples: &[f32]) -> Option<MainsHum> {
        let mut measure = HumMeasure::new(8000);
        samples.chunks(1111).for_each(|part| measure.push(part));
        measure.finish().unwrap()
    }

    #[test]
    fn hum_is_found_at_its_frequency_and_unbroken() {
        let hum = measure(&sound(51.37, 60, 0)).unwrap();
        assert_eq!(hum.nominal_hz, 50.0);
        assert!((hum.frequency_hz - 51.37).abs() < 0.01, "{hum:?}");
        assert!(hum.breaks.is_empty(), "{:?}", hum.breaks);
        assert!(hum.series.len() > 40 && hum.series.len() < 50);
        assert!(hum.series.iter().all(|point| (point.hz - 51.37).abs() < 0.004), "{hum:?}");
        assert!([2, 4, 6].iter().all(|h| hum.harmonics.iter().any(|(n, _)| n == h)));
    }

    #[test]
    fn a_cut_breaks_it() {
        // 3 ms of 60 Hz: 0.18 of a period.
        let hum = measure(&sound(60.0, 60, 24)).unwrap();
        assert_eq!(hum.breaks.len(), 1, "{:?}", hum.breaks);
        let found = hum.breaks[0];
        assert!((found.time_s - 30.0).abs() < 0.3, "{found:?}");
        // Even harmonics alone tell the cut up to half a period.
        let off = (found.cut_modulo_s - 0.003).rem_euclid(1.0 / 120.0);
        assert!(off.min(1.0 / 120.0 - off) < 0.0003, "{found:?}");
    }

    #[test]
    fn noise_silence_and_nothing_have_none() {
        assert_eq!(measure(&noise(400_000, 1)), None);
        assert_eq!(measure(&[0.0; 400_000]), None);
        assert_eq!(measure(&[]), None);
    }
}
