//! Synthetic voices for the samples: what a page draws and plays, without a recording.

use std::f64::consts::TAU;

use crate::report::comparison::{AdditionReport, ComparisonPictures, Listen, SegmentReport};
use crate::report::{Overview, SpectrogramImage, WaveformPeaks};

const ROWS: usize = 128;
const MAX_HZ: f64 = 8000.0;
const RATE_HZ: u32 = 8000;

/// Both recordings of a sample on A's time.
pub(crate) fn pictures(
    segments: &[SegmentReport],
    additions: &[AdditionReport],
    duration_s: f64,
) -> ComparisonPictures {
    let source_s = |time_s: f64| {
        let segment = segments.iter().find(|s| s.a_start_s <= time_s && time_s < s.a_end_s)?;
        let ratio = (segment.b_end_s - segment.b_start_s) / (segment.a_end_s - segment.a_start_s);
        Some(segment.b_start_s + (time_s - segment.a_start_s) * ratio)
    };
    let added = |time_s: f64| additions.iter().any(|x| x.start_s <= time_s && time_s < x.end_s);
    let a = |time_s: f64| source_s(time_s).map_or_else(|| voice(time_s + 900.0, 190.0), voice_of_b);
    let b = |time_s: f64| source_s(time_s).map_or((0.0, 110.0), voice_of_b);
    let whole = (duration_s * f64::from(RATE_HZ)) as u32;
    let sound = |voice: &dyn Fn(f64) -> (f64, f64), hum: bool| -> Vec<i16> {
        (0..whole)
            .map(|i| {
                let time_s = f64::from(i) / f64::from(RATE_HZ);
                let (level, hz) = voice(time_s);
                let tone = (1..6).map(|k| (TAU * hz * f64::from(k) * time_s).sin()).sum::<f64>();
                let hum = if hum && added(time_s) { (TAU * 1000.0 * time_s).sin() } else { 0.0 };
                (level * tone * 3000.0 + hum * 1200.0) as i16
            })
            .collect()
    };
    let (heard_a, heard_b) = (sound(&a, true), sound(&b, false));
    let residual = heard_a.iter().zip(&heard_b).map(|(a, b)| a - b).collect();
    ComparisonPictures {
        a: overview(&a, &added, duration_s),
        aligned_b: overview(&b, &|_| false, duration_s),
        listen: Some(Listen { sample_rate_hz: RATE_HZ, a: heard_a, aligned_b: heard_b, residual }),
    }
}

fn voice_of_b(time_s: f64) -> (f64, f64) {
    voice(time_s, 110.0)
}

/// Level, 0..=1, and pitch of a voice that speaks in syllables and phrases.
fn voice(time_s: f64, hz: f64) -> (f64, f64) {
    let syllable = (TAU * 2.3 * time_s + 2.0 * (0.9 * time_s).sin()).sin().max(0.0);
    let phrase = ((TAU * 0.21 * time_s).sin() + 0.7).clamp(0.0, 1.0);
    (syllable * phrase, hz * (1.0 + 0.12 * (1.7 * time_s).sin()))
}

fn overview(
    voice: &dyn Fn(f64) -> (f64, f64),
    added: &dyn Fn(f64) -> bool,
    duration_s: f64,
) -> Overview {
    let columns = (0..(duration_s / 0.02) as i32).map(|i| {
        let peak = voice(f64::from(i) * 0.02).0 * (0.75 + 0.25 * (f64::from(i) * 1.9).sin());
        ((-peak * 88.0) as i8 - 1, (peak * 80.0) as i8 + 1)
    });
    let frames = (duration_s / 0.04) as i32;
    let cells = (0..frames).flat_map(|i| {
        let time_s = f64::from(i) * 0.04;
        let (level, hz) = voice(time_s);
        (0..ROWS).map(move |row| {
            let at = (row as f64 + 0.5) * MAX_HZ / ROWS as f64;
            let harmonic = (TAU * at / (2.0 * hz)).cos().powi(2);
            let vowel = 1.0 + 0.5 * (at / 700.0 - 1.3 * time_s).sin();
            let speech =
                level.sqrt() * (230.0 - at * 0.026) * (0.45 + 0.55 * harmonic) * vowel / 1.5;
            let noise = 28.0 + f64::from((i * 7919 + row as i32 * 104_729) % 23);
            let tone = if added(time_s) && (at - 1000.0).abs() < 70.0 { 150.0 } else { 0.0 };
            speech.max(noise).max(tone).min(255.0) as u8
        })
    });
    Overview {
        duration_s,
        waveform: WaveformPeaks { step_s: 0.02, columns: columns.collect() },
        spectrogram: SpectrogramImage {
            step_s: 0.04,
            max_hz: MAX_HZ,
            rows: ROWS,
            cells: cells.collect(),
            floor_db: -110.0,
            range_db: 100.0,
        },
    }
}
