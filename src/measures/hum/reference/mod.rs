//! The frequency of a clip's hum held against a record of the mains frequency.

mod dates;
mod places;

use std::io::Read;

use super::HumPoint;
use crate::error::{Error, Result};

use dates::Written;
use places::{Found, best_two, false_series};

/// Most bytes of a reference that are read: three years at one value a second.
const MOST_BYTES: u64 = 4 << 30;

/// Most values of a reference.
const MOST_VALUES: usize = 100_000_000;

/// Frequencies that a record of the mains may hold, in Hz.
const PLAUSIBLE_HZ: std::ops::RangeInclusive<f64> = 40.0..=70.0;

/// Shortest series that is matched, in seconds.
const LEAST_S: usize = 60;

/// Half the seconds that a frequency of a clip is measured over.
const HALF_WINDOW_S: usize = 8;

/// Least error that a ratio is taken to, in mHz: what sums of 32-bit values are good for.
const LEAST_ERROR_MHZ: f64 = 0.01;

/// Characters of a bad row that its message shows.
const SHOWN: usize = 40;

/// Longest gap in a reference that is bridged by a straight line, in seconds.
const BRIDGED_S: f64 = 10.0;

/// Mains frequency once a second.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reference {
    /// Time of the first value: seconds since 1970 where the record had dates, else as it had them.
    pub start_s: f64,
    /// Values, in Hz; `NaN` in gaps.
    pub hz: Vec<f32>,
    /// Minutes east of UTC in which the record writes its dates; `None` where it counts seconds.
    pub zone_minutes: Option<i32>,
}

/// One place in a reference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Time in the reference of the clip's start, in seconds.
    pub start_s: f64,
    /// Root mean square difference with the mean difference taken out, in mHz.
    pub error_mhz: f64,
    /// Correlation coefficient, -1..=1.
    pub correlation: f64,
    /// Mean difference, in mHz: what the clip's clock runs fast, 50 µHz per part in a million.
    pub offset_mhz: f64,
}

/// What became of matching.
#[derive(Debug, Clone, PartialEq)]
pub struct ReferenceMatch {
    /// The best place.
    pub best: Place,
    /// The best at least a minute away from it.
    pub second: Option<Place>,
    /// Error of the second over that of the best; 1 says that nothing is told apart.
    pub ratio: Option<f64>,
    /// Errors of the best places of false series (the clip's run backwards, upside down, both, and
    /// with its parts exchanged), sorted: the null.
    pub null_error_mhz: Vec<f64>,
    /// Share of the null that is as good as the best, no less than one in the null's number plus one.
    pub p_value: f64,
    /// Seconds of the clip that were matched.
    pub matched_s: f64,
    /// Places that were tried, those in gaps among them.
    pub places: usize,
    /// Values of the record at the best place, one for each second that was matched, smoothed as the
    /// clip's are.
    pub record_hz: Vec<f32>,
}

/// Why no place can be named.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NoPlace {
    /// The hum was followed for too short a time.
    ShortClip {
        /// Seconds that were followed.
        followed_s: f64,
        /// Seconds that are needed.
        needed_s: f64,
    },
    /// The record is shorter than the clip's series.
    ShortRecord {
        /// Seconds of the record.
        record_s: f64,
        /// Seconds that were followed.
        followed_s: f64,
    },
    /// No stretch of the record as long as the clip is without a gap and near the clip's frequency.
    NoStretch,
}

impl Reference {
    /// Reads a table of time and frequency: CSV with or without a heading; times as seconds or as
    /// dates of RFC 3339 (`2024-05-01T12:00:00Z`), in order. Frequencies that no mains have are gaps.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] if it holds no such table, no frequency, or is too large.
    pub fn read(input: impl Read) -> Result<Self> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .comment(Some(b'#'))
            .trim(csv::Trim::All)
            .from_reader(input.take(MOST_BYTES));
        let mut out = Self::default();
        let mut last: Option<(f64, f64)> = None;
        let mut record = csv::StringRecord::new();
        let mut line = 0u64;
        loop {
            let more = reader.read_record(&mut record);
            let more = more.map_err(|error| unreadable(&format!("the table ends: {error}")))?;
            if !more {
                break;
            }
            line += 1;
            let time = record.get(0).and_then(dates::read);
            let hz = record.get(1).and_then(|field| field.parse::<f64>().ok());
            let (Some(time), Some(hz)) = (time, hz) else {
                if line == 1 {
                    continue;
                }
                return Err(unreadable(&format!(
                    "row {line} is not a time and a frequency, separated by a comma: `{}` (times \
                     are seconds or dates with a zone, such as 2024-05-01T12:00:00Z)",
                    start_of(&record)
                )));
            };
            if last.is_none() {
                out.zone_minutes = time.zone_minutes;
            }
            let time = time.seconds;
            if last.is_some_and(|(before, _)| time <= before) {
                return Err(unreadable(&format!("row {line} is not later than the one before")));
            }
            let hz = if PLAUSIBLE_HZ.contains(&hz) { hz } else { f64::NAN };
            out.add(last, (time, hz))?;
            last = Some((time, hz));
        }
        if out.hz.is_empty() {
            return Err(unreadable("it holds no row of a time and a frequency"));
        }
        if !out.hz.iter().any(|hz| hz.is_finite()) {
            return Err(unreadable("it holds no frequency from 40 to 70 Hz"));
        }
        Ok(out)
    }

    /// Adds whole seconds up to a new row.
    fn add(&mut self, last: Option<(f64, f64)>, (time, hz): (f64, f64)) -> Result<()> {
        let Some((before, before_hz)) = last else {
            self.start_s = time.ceil();
            if time == self.start_s {
                self.hz.push(hz as f32);
            }
            return Ok(());
        };
        let seconds = (time - self.start_s).floor();
        if seconds >= MOST_VALUES as f64 {
            return Err(unreadable("it spans more than three years"));
        }
        let bridged = time - before <= BRIDGED_S;
        while (self.hz.len() as f64) <= seconds {
            let at = self.start_s + self.hz.len() as f64;
            let share = (at - before) / (time - before);
            let value = if share >= 1.0 {
                hz
            } else if bridged {
                before_hz + share * (hz - before_hz)
            } else {
                f64::NAN
            };
            self.hz.push(value as f32);
        }
        Ok(())
    }

    /// A time of this record as the record would write it, to the millisecond.
    #[must_use]
    pub fn written(&self, time_s: f64) -> String {
        dates::write(Written { seconds: time_s, zone_minutes: self.zone_minutes })
    }

    /// The same in UTC; `None` where the record has no dates.
    #[must_use]
    pub fn written_utc(&self, time_s: f64) -> Option<String> {
        self.zone_minutes?;
        Some(dates::write(Written { seconds: time_s, zone_minutes: Some(0) }))
    }

    /// Where a clip's series lies in this record.
    ///
    /// # Errors
    ///
    /// [`NoPlace`] where the series is shorter than a minute, the record shorter than the series, or
    /// no stretch of the record can be compared.
    pub fn find(&self, series: &[HumPoint]) -> std::result::Result<ReferenceMatch, NoPlace> {
        let first_s = series.first().map_or(0.0, |point| point.time_s);
        let query = every_second(series);
        let (followed_s, record_s) = (query.len() as f64, self.hz.len() as f64);
        if query.len() < LEAST_S {
            return Err(NoPlace::ShortClip { followed_s, needed_s: LEAST_S as f64 });
        }
        if query.len() > self.hz.len() {
            return Err(NoPlace::ShortRecord { record_s, followed_s });
        }
        let place = |(at, fit): Found| Place {
            start_s: self.start_s + at as f64 - first_s,
            error_mhz: 1000.0 * fit.error,
            correlation: fit.correlation,
            offset_mhz: 1000.0 * fit.offset,
        };
        let mut all = vec![query];
        all.extend(false_series(&all[0]));
        let record = as_measured(&self.hz);
        let mut found = best_two(&record, &all).into_iter();
        let (best, second) = found.next().flatten().ok_or(NoPlace::NoStretch)?;
        let mut null_error_mhz: Vec<f64> =
            found.flatten().map(|(best, _)| 1000.0 * best.1.error).collect();
        null_error_mhz.sort_by(f64::total_cmp);
        let record_hz = record.iter().skip(best.0).take(all[0].len()).copied().collect();
        let best = place(best);
        let second = second.map(place);
        let as_good = null_error_mhz.iter().filter(|error| **error <= best.error_mhz).count();
        Ok(ReferenceMatch {
            ratio: second.map(|second| second.error_mhz / best.error_mhz.max(LEAST_ERROR_MHZ)),
            p_value: (as_good + 1) as f64 / (null_error_mhz.len() + 1) as f64,
            matched_s: followed_s,
            places: self.hz.len() + 1 - all[0].len(),
            best,
            second,
            null_error_mhz,
            record_hz,
        })
    }
}

/// A record as it would be measured in a clip, gaps staying gaps: the frequency that fits a phase best
/// over a window is the mean weighted by a parabola.
fn as_measured(hz: &[f32]) -> Vec<f32> {
    let weight = |away: usize| 1.0 - (away as f64 / HALF_WINDOW_S as f64).powi(2);
    let value = |at: usize| {
        let first = at.saturating_sub(HALF_WINDOW_S - 1);
        let near = hz.iter().enumerate().take(at + HALF_WINDOW_S).skip(first);
        let known = near.filter(|(_, hz)| hz.is_finite());
        let sum = known.fold((0.0, 0.0), |sum, (n, hz)| {
            let weight = weight(n.abs_diff(at));
            (sum.0 + weight * f64::from(*hz), sum.1 + weight)
        });
        (sum.0 / sum.1) as f32
    };
    let kept = hz.iter().enumerate();
    kept.map(|(at, hz)| if hz.is_finite() { value(at) } else { f32::NAN }).collect()
}

/// A series without gaps: straight lines lie between its points.
fn every_second(series: &[HumPoint]) -> Vec<f32> {
    let mut out: Vec<f32> = series.iter().take(1).map(|point| point.hz as f32).collect();
    for pair in series.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let steps = (b.time_s - a.time_s).round().clamp(1.0, MOST_VALUES as f64) as usize;
        let between = |i: usize| a.hz + (b.hz - a.hz) * i as f64 / steps as f64;
        out.extend((1..=steps).map(|i| between(i) as f32));
    }
    out
}

/// The first characters of a row, for a message.
fn start_of(record: &csv::StringRecord) -> String {
    let row = record.iter().collect::<Vec<_>>().join(",");
    let cut: String = row.chars().take(SHOWN).collect();
    if cut.len() < row.len() { cut + "…" } else { cut }
}

fn unreadable(what: &str) -> Error {
    Error::Argument { what: format!("the reference of the mains frequency cannot be used: {what}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_noise::noise;

    fn walk(len: usize, seed: u32) -> Vec<f32> {
        let mut hz = 50.0;
        let steps = noise(len, seed);
        let drift = |step: &f32| {
            hz += 0.004 * step - 0.01 * (hz - 50.0);
            hz
        };
        steps.iter().map(drift).collect()
    }

    #[test]
    fn a_table_becomes_a_value_a_second() {
        let text = "time,hz\n10,50.00\n12,50.02\n100,49.98\n101,0\n102,50\n";
        let reference = Reference::read(text.as_bytes()).unwrap();
        assert_eq!(reference.start_s, 10.0);
        assert_eq!(reference.hz.len(), 93);
        assert_eq!(reference.hz[1], 50.01);
        assert!(reference.hz[3].is_nan() && reference.hz[91].is_nan());
        assert_eq!((reference.hz[90], reference.hz[92]), (49.98, 50.0));
    }

    #[test]
    fn smoothing_keeps_gaps_levels_and_slopes() {
        let mut hz: Vec<f32> = (0..60).map(|n| 50.0 + 0.001 * n as f32).collect();
        hz[30] = f32::NAN;
        let smooth = as_measured(&hz);
        assert!(smooth[30].is_nan() && smooth.iter().filter(|hz| hz.is_nan()).count() == 1);
        assert!((smooth[15] - hz[15]).abs() < 1e-5 && (smooth[0] - hz[0]).abs() < 0.003);
        let mut step = vec![50.0; 40];
        step[20..].fill(50.1);
        let smooth = as_measured(&step);
        assert!((smooth[12] - 50.0).abs() < 1e-5 && (smooth[28] - 50.1).abs() < 1e-5);
        assert!(smooth.windows(2).all(|pair| pair[0] <= pair[1]));
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for text in [
            "",
            "a,b\n",
            "a,b\nc,d\n",
            "2,50\n1,50\n",
            "1,50\n1e11,50\n",
            "\u{0}\u{1}\n\u{2}",
            "1,-12\n",
        ] {
            assert!(Reference::read(text.as_bytes()).is_err(), "{text:?}");
        }
        let error = Reference::read("t,f\n1;50,01\n".as_bytes()).unwrap_err().to_string();
        assert!(error.contains("row 2 ") && error.contains("`1;50,01`"), "{error}");
    }

    #[test]
    fn times_are_written_as_the_record_writes_them() {
        let read = |text: &str| Reference::read(text.as_bytes()).unwrap();
        let dated = read("2024-05-01T14:00:00+02:00,50\n2024-05-01T14:00:01+02:00,50\n");
        assert_eq!(dated.written(dated.start_s - 8.0), "2024-05-01T13:59:52+02:00");
        assert_eq!(dated.written_utc(dated.start_s).unwrap(), "2024-05-01T12:00:00Z");
        let counted = read("100.0,50\n101.0,50\n");
        assert_eq!((counted.written(92.5), counted.written_utc(92.5)), ("92.5".into(), None));
    }

    #[test]
    fn a_series_is_found_where_it_was_taken() {
        let hz = walk(4000, 1);
        let reference = Reference { start_s: 1000.0, hz: hz.clone(), zone_minutes: None };
        let measured = as_measured(&hz);
        let series: Vec<HumPoint> = measured[2000..2400]
            .iter()
            .enumerate()
            .map(|(i, hz)| HumPoint { time_s: 4.0 + i as f64, hz: f64::from(*hz) + 0.002 })
            .collect();
        let found = reference.find(&series).unwrap();
        assert!((found.best.start_s - 2996.0).abs() < 1e-9 && found.best.error_mhz < 0.1);
        assert!((found.best.offset_mhz - 2.0).abs() < 0.05, "{found:?}");
        assert!(found.ratio.unwrap() > 3.0 && found.p_value < 0.05, "{found:?}");
        let elsewhere = Reference { hz: walk(4000, 9), ..Reference::default() };
        let not = elsewhere.find(&series).unwrap();
        assert!(not.p_value > 0.05 && not.ratio.unwrap() < 2.0, "{not:?}");
        // A gap in the record is passed over, one in the series is bridged.
        let mut gaps = reference.clone();
        gaps.hz[100..140].fill(f32::NAN);
        let parts = [&series[..150], &series[160..]].concat();
        let found = gaps.find(&parts).unwrap();
        assert!((found.best.start_s - 2996.0).abs() < 1e-9, "{found:?}");
        assert_eq!((found.matched_s, found.record_hz.len()), (400.0, 400));
        assert_eq!(found.record_hz[..], measured[2000..2400]);
        let short = |followed_s| Err(NoPlace::ShortClip { followed_s, needed_s: 60.0 });
        assert_eq!(reference.find(&series[..50]), short(50.0));
        assert_eq!(reference.find(&[]), short(0.0));
        let less = Reference { hz: hz[..399].to_vec(), ..Reference::default() };
        let shorter = NoPlace::ShortRecord { record_s: 399.0, followed_s: 400.0 };
        assert_eq!(less.find(&series), Err(shorter));
        let sixty = Reference { hz: vec![60.0; 1000], ..Reference::default() };
        assert_eq!(sixty.find(&series), Err(NoPlace::NoStretch));
    }
}
