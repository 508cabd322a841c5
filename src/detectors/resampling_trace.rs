//! Samples were interpolated from another sample rate, or the spectrum ends where one would end it.
//!
//! # What it looks for
//!
//! Simple resamplers draw straight lines or short curves between the samples they were given. The
//! new samples are smoother than the old ones, in an order that repeats with the old sample rate:
//! the magnitude of the second difference has a line at that rate, or at where it folds to. Only
//! lines at rates that are in use are reported. A description of the whole clip, which says nothing
//! about joints.
//!
//! # Score
//!
//! Height of the line over the spectrum around it, as a power ratio.
//!
//! # Blind to
//!
//! Good resamplers, which all current programs have and which leave nothing that is periodic; rates
//! that are not in use, as after a change of speed; everything before a lossy codec. A tone of half such a rate looks
//! the same.
//!
//! # References
//!
//! - Gallagher (2005), *Detection of linear and cubic interpolation in JPEG compressed images*, CRV.
//! - Popescu and Farid (2005), *Exposing digital forgeries by detecting traces of resampling*, IEEE
//!   Transactions on Signal Processing 53(2).

use super::prelude::*;
use crate::measures::interpolation::Interpolation;

/// Lowest power ratio that is reported. Untouched recordings stay below 4, straight lines between
/// samples give 100 and more.
const REPORTS_FROM: f64 = 20.0;

/// Blocks that make a spectrum.
const MIN_BLOCKS: u64 = 8;

/// Rates in use, in Hz.
const RATES_HZ: [f64; 11] = [
    6_000.0, 8_000.0, 11_025.0, 12_000.0, 16_000.0, 22_050.0, 24_000.0, 32_000.0, 44_100.0,
    48_000.0, 96_000.0,
];

/// Lowest line looked at, as a share of the sample rate: below it lie the voice's own periods and
/// the subframes of speech codecs.
const LOWEST: f64 = 0.06;

/// Bins to each side over which the spectrum around a line is taken.
const AROUND: usize = 50;

/// Bins to each side of a line that belong to it.
const OWN: usize = 3;

/// Lowest bin in which another line is looked for.
const LOWEST_BIN: usize = 8;

/// How high another line may be in terms of the one that is reported.
const OTHERS: f64 = 1.25;

/// See the module text.
pub(super) struct ResamplingTrace;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "resampling-trace",
    name: "Resampling trace",
    family: Family::Numeric,
    summary: "Samples were interpolated from another sample rate.",
    score_unit: "1",
    reports_from: REPORTS_FROM,
    stands_alone: false,
    innocent_explanations: &[
        "a recorder, browser or game engine that runs at another rate than its file",
        "a program that converts every file it opens",
    ],
    references: &[
        "Gallagher 2005, Detection of linear and cubic interpolation in JPEG compressed images",
        "Popescu and Farid 2005, Exposing digital forgeries by detecting traces of resampling",
    ],
    requires: Requirement { min_duration_s: 2.0, ..Requirement::NONE },
    source: include_str!("resampling_trace.rs"),
};

impl Detector for ResamplingTrace {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        let rate = f64::from(features.shape.sample_rate_hz);
        let Some(line) = strongest_line(&features.interpolation, rate) else { return Vec::new() };
        if line.ratio < REPORTS_FROM {
            return Vec::new();
        }
        let evidence = vec![
            Evidence::new("line", line.hz, "Hz"),
            Evidence::new("as_from_sample_rate", line.rate_hz, "Hz"),
            Evidence::above("line_over_surroundings", line.ratio, "1", REPORTS_FROM),
        ];
        vec![Finding::description(TimeSpan::new(0.0, features.duration_s), line.ratio, evidence)]
    }
}

/// A line at a rate in use.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Line {
    hz: f64,
    rate_hz: f64,
    ratio: f64,
}

/// The highest line at a rate in use other than the clip's own, or at twice that rate, if no other
/// line is much higher: tones have many lines. `None` if there is none, or not enough signal.
fn strongest_line(spectrum: &Interpolation, rate: f64) -> Option<Line> {
    if spectrum.blocks < MIN_BLOCKS {
        return None;
    }
    let power = &spectrum.power;
    let line = |old: f64, times: f64| {
        let wanted = old * times;
        let hz = (wanted - (wanted / rate).round() * rate).abs();
        let bin = (hz / spectrum.bin_hz).round() as usize;
        let apart = bin > AROUND && bin + OWN < power.len();
        (hz >= LOWEST * rate && apart).then(|| Line {
            hz,
            rate_hz: old,
            ratio: over_surroundings(power, bin),
        })
    };
    let best = RATES_HZ
        .iter()
        .flat_map(|old| [line(*old, 1.0), line(*old, 2.0)])
        .flatten()
        .max_by(|a, b| a.ratio.total_cmp(&b.ratio))?;
    let around = |i: usize| &power[i.saturating_sub(AROUND)..(i + AROUND + 1).min(power.len())];
    let higher = (LOWEST_BIN..power.len()).any(|i| {
        let near = (i as f64 - best.hz / spectrum.bin_hz).abs() <= OWN as f64;
        let floor = || stats::median(&mut around(i).to_vec()).unwrap_or(0.0);
        let limit = OTHERS * best.ratio;
        !near && f64::from(power[i]) > limit * f64::from(floor().max(f32::MIN_POSITIVE))
    });
    (best.ratio < REPORTS_FROM || !higher).then_some(best)
}

/// Highest power within a bin of `bin` over the median around it.
fn over_surroundings(power: &[f32], bin: usize) -> f64 {
    let highest = power[bin - 1..=bin + 1].iter().copied().fold(0.0, f32::max);
    let end = (bin + AROUND + 1).min(power.len());
    let mut around: Vec<f32> = power[bin - AROUND..end].to_vec();
    let median = stats::median(&mut around).unwrap_or(0.0);
    f64::from(highest) / f64::from(median.max(f32::MIN_POSITIVE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spectrum(bin: usize, height: f32) -> Interpolation {
        let mut power = vec![1.0; 2049];
        power[bin] = height;
        Interpolation { bin_hz: 48_000.0 / 4096.0, power, blocks: 20 }
    }

    #[test]
    fn a_line_at_a_rate_in_use() {
        // 16 kHz is bin 1365.3, and 32 kHz folds to it.
        let line = strongest_line(&spectrum(1365, 300.0), 48_000.0).unwrap();
        assert_eq!((line.ratio, line.hz), (300.0, 16_000.0));
        let other = strongest_line(&spectrum(1500, 300.0), 48_000.0).unwrap();
        assert_eq!(other.ratio, 1.0);
    }

    #[test]
    fn a_higher_line_elsewhere_is_a_tones() {
        let mut tone = spectrum(1365, 300.0);
        tone.power[82] = 900.0;
        assert_eq!(strongest_line(&tone, 48_000.0), None);
    }

    #[test]
    fn nothing_to_look_at() {
        assert_eq!(strongest_line(&Interpolation::default(), 48_000.0), None);
        let empty = Interpolation { bin_hz: 10.0, power: Vec::new(), blocks: 9 };
        assert_eq!(strongest_line(&empty, 48_000.0), None);
    }
}
