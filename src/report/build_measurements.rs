//! From features to the measurements and pictures of a report.

use super::build_enf::hum_series;
use super::{Measurements, Overview, Series, SpectrogramImage, Spectrum, WaveformPeaks};
use crate::analysis::Analysis;
use crate::features::Features;
use crate::measures::overview::{ClipOverview, SPECTROGRAM_ROWS};
use crate::measures::voice::Activity;
use crate::units::{amplitude_to_db, power_to_db, round_time, round_to};

/// Level that stands for silence, in dB.
const SILENCE_DB: f64 = -150.0;

/// Most values of a series; longer ones are averaged down.
const MAX_VALUES: usize = 3600;

/// Level of the darkest cell of the spectrogram, in dBFS.
const PICTURE_FLOOR_DB: f64 = -130.0;

/// Decibels from the darkest to the brightest cell.
const PICTURE_RANGE_DB: f64 = 110.0;

/// Whole-clip measurements.
pub(super) fn measurements(analysis: &Analysis) -> Measurements {
    let features = &analysis.features;
    let rate = f64::from(features.shape.sample_rate_hz);
    let bin_hz = features.spectrum.bin_hz;
    let db = |power: f64| round_to(power_to_db(power, SILENCE_DB), 2);
    let spectrum = |power: &[f64]| Spectrum {
        start_hz: 0.0,
        step_hz: round_to(bin_hz, 6),
        level_db: power.iter().map(|&p| db(p)).collect(),
    };
    let pauses = &features.pauses;
    let cutoff = features.spectrum.cutoff;
    let zero_frames: u64 =
        features.runs.zeros.iter().filter(|run| run.channel == 0).map(|run| run.frames).sum();
    let combs = &features.bits.combs;
    let codes: f64 = combs.iter().map(|c| f64::from(c.codes)).sum();
    let empty: f64 = combs.iter().map(|c| f64::from(c.empty)).sum();
    Measurements {
        sample_peak_dbfs: round_to(
            amplitude_to_db(f64::from(features.levels.sample_peak), SILENCE_DB),
            2,
        ),
        true_peak_dbtp: round_to(amplitude_to_db(f64::from(features.true_peak), SILENCE_DB), 2),
        rms_dbfs: db(features.levels.total_mean_square),
        loudness_lufs: features.loudness.integrated_lufs.map(|v| round_to(v, 2)),
        loudness_range_lu: features.loudness.range_lu.map(|v| round_to(v, 2)),
        dc_offset: features.levels.total_dc.iter().map(|&dc| round_to(dc, 7)).collect(),
        clipped_samples: features.runs.plateau_samples,
        zero_run_s: round_time(zero_frames as f64 / rate),
        effective_bits: features.bits.effective_bits.iter().copied().max().map(u16::from),
        empty_codes: (codes > 0.0).then(|| round_to(empty / codes, 6)),
        bandwidth_hz: cutoff.map(|c| round_to(f64::from(c.hz), 1)),
        cutoff_slope_db_per_100hz: cutoff.map(|c| round_to(f64::from(c.slope_db_per_100hz), 2)),
        speech_share: round_to(features.voice.speech_share(), 4),
        noise_floor_dbfs: pauses.mean_square().map(db),
        average_spectrum: spectrum(&features.spectrum.average),
        noise_floor_spectrum: (!pauses.power.is_empty()).then(|| spectrum(&pauses.power)),
        series: series(features, analysis.offset_s),
    }
}

/// Every series of the report.
fn series(features: &Features, offset_s: f64) -> Vec<Series> {
    let mut all = Vec::new();
    let mut add = |name: &str, step_s: f64, decimals: i32, values: Vec<Option<f64>>| {
        all.extend(averaged(name, offset_s, step_s, decimals, &values));
    };
    let plain = |values: &[f32]| values.iter().map(|&v| finite(v)).collect::<Vec<_>>();
    let levels = &features.levels;
    let db = |power: f32| Some(power_to_db(f64::from(power), SILENCE_DB));
    let coarse: Vec<_> = levels
        .mean_square
        .chunks(10)
        .map(|part| db(part.iter().sum::<f32>() / part.len() as f32))
        .collect();
    add("level_dbfs", levels.coarse_step_s, 2, coarse);
    let peaks = levels.peak.iter().map(|&p| db(p * p)).collect();
    add("peak_dbfs", levels.coarse_step_s, 2, peaks);
    let loudness: Vec<_> =
        features.loudness.short_term_lufs.iter().map(|v| v.map(f64::from)).collect();
    add("loudness_lufs", 1.0, 2, loudness);
    let spectrum = &features.spectrum;
    let cutoffs: Vec<_> = spectrum.cutoffs.iter().map(|c| c.map(|c| f64::from(c.hz))).collect();
    add("bandwidth_hz", spectrum.step_s, 1, cutoffs);
    let described = &features.descriptors;
    add("centroid_hz", described.step_s, 1, plain(&described.centroid_hz));
    add("rolloff_hz", described.step_s, 1, plain(&described.rolloff_hz));
    add("flatness", described.step_s, 5, plain(&described.flatness));
    add("flux", described.step_s, 6, plain(&described.flux));
    let speech: Vec<_> = features
        .voice
        .frames
        .iter()
        .map(|activity| match activity {
            Activity::Speech => Some(1.0),
            Activity::Pause => Some(0.0),
            Activity::Unknown => None,
        })
        .collect();
    add("speech_share", features.voice.step_s, 3, speech);
    for (channel, dc) in levels.dc.iter().enumerate() {
        let name = if levels.dc.len() == 1 {
            "dc_offset".to_owned()
        } else {
            format!("dc_offset_channel_{}", channel + 1)
        };
        add(&name, levels.coarse_step_s, 6, plain(dc));
    }
    add("channel_correlation", features.stereo.step_s, 4, plain(&features.stereo.correlation));
    all.extend(features.hum.as_ref().and_then(|hum| hum_series(hum, offset_s)));
    all
}

fn finite(value: f32) -> Option<f64> {
    value.is_finite().then(|| f64::from(value))
}

/// A series of at most [`MAX_VALUES`] means; `None` without values.
pub(super) fn averaged(
    name: &str,
    offset_s: f64,
    step_s: f64,
    decimals: i32,
    values: &[Option<f64>],
) -> Option<Series> {
    if values.is_empty() {
        return None;
    }
    let group = values.len().div_ceil(MAX_VALUES);
    let mean = |part: &[Option<f64>]| {
        let known: Vec<f64> = part.iter().copied().flatten().collect();
        let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
        (!known.is_empty()).then(|| round_to(mean, decimals))
    };
    Some(Series {
        name: name.into(),
        start_s: round_time(offset_s),
        step_s: round_time(step_s * group as f64),
        values: values.chunks(group).map(mean).collect(),
    })
}

/// Pictures of the clip.
pub(super) fn overview(analysis: &Analysis) -> Overview {
    let features = &analysis.features;
    let scale = PictureScale {
        rate_hz: features.shape.sample_rate_hz,
        frame_step_s: features.bands.step_s,
        n_bins: features.spectrum.average.len(),
    };
    picture(&features.overview, features.duration_s, &scale)
}

/// What the columns and rows of pictures stand for.
pub(super) struct PictureScale {
    /// Samples per second of the waveform.
    pub(super) rate_hz: u32,
    /// Seconds between frames.
    pub(super) frame_step_s: f64,
    /// Bins of a frame.
    pub(super) n_bins: usize,
}

/// Pictures as they are drawn.
pub(super) fn picture(pictures: &ClipOverview, duration_s: f64, scale: &PictureScale) -> Overview {
    let rate = f64::from(scale.rate_hz);
    let scaled = |x: f32| (x * 127.0).round().clamp(-127.0, 127.0) as i8;
    let cell = |power: &f32| {
        let above = power_to_db(f64::from(*power), PICTURE_FLOOR_DB) - PICTURE_FLOOR_DB;
        (255.0 * above / PICTURE_RANGE_DB).round().clamp(0.0, 255.0) as u8
    };
    Overview {
        duration_s,
        waveform: WaveformPeaks {
            step_s: pictures.waveform_step as f64 / rate,
            columns: pictures.waveform.iter().map(|&(lo, hi)| (scaled(lo), scaled(hi))).collect(),
        },
        spectrogram: SpectrogramImage {
            step_s: pictures.spectrogram_step as f64 * scale.frame_step_s,
            max_hz: rate / 2.0,
            rows: SPECTROGRAM_ROWS.min(scale.n_bins),
            cells: pictures.spectrogram.iter().map(cell).collect(),
            floor_db: PICTURE_FLOOR_DB,
            range_db: PICTURE_RANGE_DB,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_series_are_averaged_and_gaps_stay() {
        let mut values = vec![Some(1.0); 2 * MAX_VALUES];
        values[0] = None;
        values[1] = None;
        values[2] = Some(3.0);
        let series = averaged("x", 0.0, 0.1, 3, &values).unwrap();
        assert_eq!(series.values.len(), MAX_VALUES);
        assert_eq!(series.values[..2], [None, Some(2.0)]);
        assert_eq!(series.step_s, 0.2);
        assert!(averaged("x", 0.0, 0.1, 3, &[]).is_none());
    }
}
