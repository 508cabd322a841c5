//! How the last encoder quantised, as the document carries it.

use super::{
    BandShares, LinesReport, QuantisationReport, ReservoirReport, ScaleFactorsReport, Spread,
    WindowShares,
};
use crate::container::quantisation::{Coded, Format, Histogram, Quantisation};
use crate::units::round_to;

impl QuantisationReport {
    /// What the heads of a stream's frames say; `None` if none was read.
    pub(super) fn of(seen: &Quantisation) -> Option<Self> {
        let format = seen.format?;
        let is_mp3 = format == Format::Layer3;
        let units: u64 = seen.windows.iter().sum();
        let [long, start, short, stop] = seen.windows.map(|count| share(count, units));
        let with_data = units.saturating_sub(seen.empty);
        let hertz = |of: &Histogram| spread(of, |line| seen.line_hz(line).round());
        let pairs = seen.stereo.frames;
        let (gain_start, gain_counts) = from_first(&seen.gains);
        let reservoir = seen.reservoir;
        Some(Self {
            format: if is_mp3 { "MP3" } else { "AAC-LC" }.into(),
            frames: seen.frames,
            unread_frames: seen.unread,
            bit_rate_kbps: spread(&seen.rates, f64::from).unwrap_or_default(),
            global_gain: spread(&seen.gains, f64::from),
            global_gain_start: gain_start as u32,
            global_gain_counts: gain_counts,
            highest_line_hz: hertz(&seen.lines),
            highest_band_hz: hertz(&seen.sent),
            windows: WindowShares { long, start, short, stop },
            kaiser_bessel_share: (!is_mp3).then(|| share(seen.kaiser, seen.frames)),
            empty_share: share(seen.empty, units),
            no_scale_factors_share: is_mp3.then(|| share(seen.flat_scales, with_data)),
            mid_side_share: (pairs > 0).then(|| share(seen.stereo.mid_side, pairs)),
            intensity_share: (is_mp3 && pairs > 0).then(|| share(seen.stereo.intensity, pairs)),
            lines: lines_by_size(seen.coded.lines.counts().counts()),
            scale_factors: scale_factors(&seen.coded),
            reservoir: is_mp3.then(|| ReservoirReport {
                borrowing_share: share(reservoir.borrowing, seen.frames),
                mean_bytes: round_to(reservoir.begin_bytes as f64 / seen.frames.max(1) as f64, 1),
                unused_share: share(
                    reservoir.room_bits.saturating_sub(reservoir.used_bits),
                    reservoir.room_bits,
                ),
            }),
            bands: (!is_mp3).then(|| BandShares {
                zero: share(seen.bands.zero, seen.bands.all),
                noise: share(seen.bands.noise, seen.bands.all),
                intensity: share(seen.bands.intensity, seen.bands.all),
            }),
        })
    }
}

/// The lowest number that was seen, and the counts from it on.
fn from_first(of: &Histogram) -> (usize, Vec<u64>) {
    let first = of.counts().iter().position(|count| *count > 0).unwrap_or(0);
    (first, of.counts().get(first..).unwrap_or_default().to_vec())
}

/// Scale factors by value; `None` if none was read.
fn scale_factors(coded: &Coded) -> Option<ScaleFactorsReport> {
    let (first, counts) = from_first(&coded.scales);
    let first = first as i32 - Coded::NO_SCALE as i32;
    (!counts.is_empty()).then_some(ScaleFactorsReport { first, counts })
}

/// Lines by size and by first digit; `None` if none were counted.
fn lines_by_size(counts: &[u64]) -> Option<LinesReport> {
    if counts.is_empty() {
        return None;
    }
    let mut report = LinesReport {
        counts: counts.iter().copied().chain(std::iter::repeat(0)).take(SIZES).collect(),
        larger: counts.iter().skip(SIZES).sum(),
        first_digit_counts: vec![0; 9],
    };
    for (size, count) in counts.iter().enumerate().skip(1) {
        let first = size / 10usize.pow(size.ilog10());
        report.first_digit_counts[first - 1] += count;
    }
    Some(report)
}

/// Sizes of lines that are listed one by one, zero among them.
const SIZES: usize = 16;

fn share(part: u64, whole: u64) -> f64 {
    round_to(part as f64 / whole.max(1) as f64, 4)
}

fn spread(of: &Histogram, unit: impl Fn(u32) -> f64) -> Option<Spread> {
    let at = |share| of.at(share).map(&unit);
    Some(Spread { p5: at(0.05)?, median: at(0.5)?, p95: at(0.95)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_by_size_and_first_digit() {
        assert_eq!(lines_by_size(&[]), None);
        let mut counts = vec![0; 32];
        (counts[0], counts[1], counts[9], counts[17], counts[31]) = (7, 5, 4, 3, 2);
        let report = lines_by_size(&counts).unwrap();
        assert_eq!((report.counts.len(), report.counts[9], report.larger), (16, 4, 5));
        assert_eq!(report.first_digit_counts, [8, 0, 2, 0, 0, 0, 0, 0, 4]);
    }

    #[test]
    fn scale_factors_are_counted_from_the_lowest_on() {
        let mut coded = Coded::default();
        assert_eq!(scale_factors(&coded), None);
        [-2, 0, 0, 1].into_iter().for_each(|value| coded.add_scale(value));
        let expected = ScaleFactorsReport { first: -2, counts: vec![1, 0, 2, 1] };
        assert_eq!(scale_factors(&coded), Some(expected));
    }

    #[test]
    fn no_frame_no_report_and_no_data_no_division() {
        assert_eq!(QuantisationReport::of(&Quantisation::default()), None);
        let empty = Quantisation { format: Some(Format::Layer3), ..Quantisation::default() };
        let report = QuantisationReport::of(&empty).unwrap();
        assert_eq!((report.global_gain, report.empty_share), (None, 0.0));
        assert!(report.bands.is_none() && report.reservoir.is_some());
    }
}
