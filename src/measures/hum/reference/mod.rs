//! The frequency of a clip's hum held against a record of the mains frequency.

use std::io::Read;

use super::HumPoint;
use crate::error::{Error, Result};

/// Most bytes of a reference that are read: three years at one value a second.
const MOST_BYTES: u64 = 4 << 30;

/// Most values of a reference.
const MOST_VALUES: usize = 100_000_000;

/// Frequencies that a record of the mains may hold, in Hz.
const PLAUSIBLE_HZ: std::ops::RangeInclusive<f64> = 40.0..=70.0;

/// Shortest series that is matched, in seconds.
const LEAST_S: usize = 60;

/// Places nearer than this to the best are the best itself, in seconds.
const APART_S: usize = 60;

/// Mean difference at which a place is none, in Hz: twenty times what a clock errs by, but neither
/// the other nominal nor a clip played at another speed.
const MOST_OFFSET_HZ: f64 = 0.05;

/// Longest gap in a reference that is bridged by a straight line, in seconds.
const BRIDGED_S: f64 = 10.0;

/// Mains frequency once a second.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reference {
    /// Time of the first value: seconds since 1970 where the record had dates, else as it had them.
    pub start_s: f64,
    /// Values, in Hz; `NaN` in gaps.
    pub hz: Vec<f32>,
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
    /// Places that were tried.
    pub places: usize,
}

impl Reference {
    /// Reads a table of time and frequency: CSV with or without a heading; times as seconds or as
    /// dates of RFC 3339 (`2024-05-01T12:00:00Z`), in order.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] if it holds no such table or is too large.
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
            let time = record.get(0).and_then(seconds);
            let hz = record.get(1).and_then(|field| field.parse::<f64>().ok());
            let (Some(time), Some(hz)) = (time, hz) else {
                if line == 1 {
                    continue;
                }
                return Err(unreadable(&format!("row {line} is not a time and a frequency")));
            };
            if last.is_some_and(|(before, _)| time <= before) {
                return Err(unreadable(&format!("row {line} is not later than the one before")));
            }
            let hz = if PLAUSIBLE_HZ.contains(&hz) { hz } else { f64::NAN };
            out.add(last, (time, hz))?;
            last = Some((time, hz));
        }
        if out.hz.is_empty() {
            return Err(unreadable("it holds no row"));
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

    /// Where a clip's series lies in this record; `None` where it is shorter than a minute, has gaps
    /// throughout, or the record is shorter than the clip.
    #[must_use]
    pub fn find(&self, series: &[HumPoint]) -> Option<ReferenceMatch> {
        let first_s = series.first()?.time_s;
        let query = every_second(series);
        if query.len() < LEAST_S || query.len() > self.hz.len() {
            return None;
        }
        let place = |(at, fit): Found| Place {
            start_s: self.start_s + at as f64 - first_s,
            error_mhz: 1000.0 * fit.error,
            correlation: fit.correlation,
            offset_mhz: 1000.0 * fit.offset,
        };
        let (best, second) = best_two(&self.hz, &query)?;
        let mut null_error_mhz: Vec<f64> = false_series(&query)
            .iter()
            .filter_map(|series| best_two(&self.hz, series))
            .map(|(best, _)| 1000.0 * best.1.error)
            .collect();
        null_error_mhz.sort_by(f64::total_cmp);
        let best = place(best);
        let second = second.map(place);
        let as_good = null_error_mhz.iter().filter(|error| **error <= best.error_mhz).count();
        Some(ReferenceMatch {
            ratio: second.map(|second| second.error_mhz / best.error_mhz.max(1e-6)),
            p_value: (as_good + 1) as f64 / (null_error_mhz.len() + 1) as f64,
            matched_s: query.len() as f64,
            places: self.hz.len() - query.len() + 1,
            best,
            second,
            null_error_mhz,
        })
    }
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

fn unreadable(what: &str) -> Error {
    Error::Argument { what: format!("the reference of the mains frequency cannot be used: {what}") }
}

/// How well a series fits at one place.
#[derive(Debug, Clone, Copy)]
struct Fit {
    error: f64,
    correlation: f64,
    offset: f64,
}

/// Where a series begins in a record, and how well it fits there.
type Found = (usize, Fit);

/// Places in `record` at which the series fits best, at least a minute apart.
fn best_two(record: &[f32], query: &[f32]) -> Option<(Found, Option<Found>)> {
    let mut fits: Vec<Found> = Vec::new();
    for at in 0..(record.len() + 1).saturating_sub(query.len()) {
        let Some(new) = fit(&record[at..at + query.len()], query) else { continue };
        match fits.last_mut().filter(|last| at - last.0 < APART_S) {
            Some(last) if new.error < last.1.error => *last = (at, new),
            Some(_) => {}
            None => fits.push((at, new)),
        }
        // Only the best two stretches are kept, and the one under way.
        if fits.len() > 3 {
            let worst =
                (0..fits.len() - 1).max_by(|&a, &b| fits[a].1.error.total_cmp(&fits[b].1.error));
            worst.map(|i| fits.remove(i));
        }
    }
    fits.sort_by(|a, b| a.1.error.total_cmp(&b.1.error));
    let best = fits.first().copied()?;
    let second = fits.iter().skip(1).find(|other| other.0.abs_diff(best.0) >= APART_S);
    Some((best, second.copied()))
}

/// The fit of two series of one length; `None` if the record has a gap.
fn fit(record: &[f32], query: &[f32]) -> Option<Fit> {
    let count = query.len() as f64;
    let centre = f64::from(*query.first()?);
    let (mut x, mut y, mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (a, b) in record.iter().zip(query) {
        let (a, b) = (f64::from(*a) - centre, f64::from(*b) - centre);
        x += a;
        y += b;
        xx += a * a;
        yy += b * b;
        xy += a * b;
    }
    if !(xx.is_finite() && yy.is_finite()) {
        return None;
    }
    let (vx, vy) = (xx / count - (x / count).powi(2), yy / count - (y / count).powi(2));
    let cov = xy / count - x * y / (count * count);
    if ((y - x) / count).abs() > MOST_OFFSET_HZ {
        return None;
    }
    let error = (vx + vy - 2.0 * cov).max(0.0).sqrt();
    let spread = (vx * vy).max(0.0).sqrt();
    Some(Fit {
        error,
        correlation: if spread > 0.0 { cov / spread } else { 0.0 },
        offset: (y - x) / count,
    })
}

/// Series that were never anywhere, with the spread and smoothness of the clip's.
fn false_series(query: &[f32]) -> Vec<Vec<f32>> {
    let mean = query.iter().sum::<f32>() / query.len() as f32;
    let flipped = |series: &[f32]| -> Vec<f32> { series.iter().map(|x| 2.0 * mean - x).collect() };
    let reversed = |series: &[f32]| -> Vec<f32> { series.iter().rev().copied().collect() };
    let mut out = vec![reversed(query), flipped(query), flipped(&reversed(query))];
    // Parts exchanged; joined so that the series goes on where it was.
    for parts in 2..=4usize {
        let len = query.len() / parts;
        for first in 1..parts {
            let order = (0..parts).map(|i| (i + first) % parts);
            let mut joined: Vec<f32> = Vec::with_capacity(query.len());
            for part in order {
                let end = if part + 1 == parts { query.len() } else { (part + 1) * len };
                let piece = &query[part * len..end];
                let shift =
                    joined.last().zip(piece.first()).map_or(0.0, |(last, first)| last - first);
                joined.extend(piece.iter().map(|x| x + shift));
            }
            out.push(reversed(&joined));
            out.push(flipped(&joined));
            out.push(joined);
        }
    }
    out
}

/// Seconds of a time: a number, or a date after RFC 3339 as seconds since 1970.
fn seconds(field: &str) -> Option<f64> {
    if let Ok(number) = field.parse::<f64>() {
        return (number.is_finite() && number.abs() < 1e12).then_some(number);
    }
    let bytes = field.as_bytes();
    let number = |from: usize, to: usize| -> Option<i64> {
        let part = field.get(from..to)?;
        part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok())?
    };
    let sign = |at: usize, wanted: &[u8]| bytes.get(at).is_some_and(|b| wanted.contains(b));
    if !(sign(4, b"-") && sign(7, b"-") && sign(10, b"Tt ") && sign(13, b":") && sign(16, b":")) {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    if !((1..=12).contains(&month) && (1..=31).contains(&day)) || hour > 23 || minute > 59 {
        return None;
    }
    let digits = field
        .get(19..)?
        .strip_prefix('.')
        .map_or(0, |rest| 1 + rest.bytes().take_while(u8::is_ascii_digit).count());
    let fraction: f64 = if digits > 1 { field.get(19..19 + digits)?.parse().ok()? } else { 0.0 };
    let zone = 19 + digits;
    let east_minutes = match bytes.get(zone)? {
        b'Z' | b'z' if bytes.len() == zone + 1 => 0,
        b'+' | b'-' if bytes.len() == zone + 6 && sign(zone + 3, b":") => {
            let minutes = 60 * number(zone + 1, zone + 3)? + number(zone + 4, zone + 6)?;
            if sign(zone, b"-") { -minutes } else { minutes }
        }
        _ => return None,
    };
    // Days from the civil calendar, years beginning in March.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * m + 2) / 5 + day - 1;
    let days =
        365 * y + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + day_of_year - 719_468;
    Some((86_400 * days + 3600 * hour + 60 * (minute - east_minutes) + second) as f64 + fraction)
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
    fn dates_and_seconds_are_read() {
        assert_eq!(seconds("12.5"), Some(12.5));
        assert_eq!(seconds("1970-01-01T00:00:00Z"), Some(0.0));
        assert_eq!(seconds("2024-05-01T12:00:00Z"), Some(1_714_564_800.0));
        assert_eq!(seconds("2024-05-01T14:00:00.25+02:00"), Some(1_714_564_800.25));
        for bad in
            ["", "NaN", "2024-13-01T00:00:00Z", "2024-05-01T12:00:00", "2024-05-01T1é:00:00Z"]
        {
            assert_eq!(seconds(bad), None, "{bad}");
        }
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
    fn what_is_no_table_is_refused() {
        for text in
            ["", "a,b\n", "a,b\nc,d\n", "2,50\n1,50\n", "1,50\n1e11,50\n", "\u{0}\u{1}\n\u{2}"]
        {
            assert!(Reference::read(text.as_bytes()).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_series_is_found_where_it_was_taken() {
        let hz = walk(4000, 1);
        let reference = Reference { start_s: 1000.0, hz: hz.clone() };
        let series: Vec<HumPoint> = hz[2000..2400]
            .iter()
            .enumerate()
            .map(|(i, hz)| HumPoint { time_s: 4.0 + i as f64, hz: f64::from(*hz) + 0.002 })
            .collect();
        let found = reference.find(&series).unwrap();
        assert!((found.best.start_s - 2996.0).abs() < 1e-9 && found.best.error_mhz < 0.1);
        assert!((found.best.offset_mhz - 2.0).abs() < 0.05, "{found:?}");
        assert!(found.ratio.unwrap() > 3.0 && found.p_value < 0.05, "{found:?}");
        let elsewhere = Reference { start_s: 0.0, hz: walk(4000, 9) };
        let not = elsewhere.find(&series).unwrap();
        assert!(not.p_value > 0.05 && not.ratio.unwrap() < 2.0, "{not:?}");
        // A gap in the record is passed over, one in the series is bridged.
        let mut gaps = reference.clone();
        gaps.hz[100..140].fill(f32::NAN);
        let parts = [&series[..150], &series[160..]].concat();
        let found = gaps.find(&parts).unwrap();
        assert!((found.best.start_s - 2996.0).abs() < 1e-9, "{found:?}");
        assert_eq!(found.matched_s, 400.0);
        assert_eq!(reference.find(&series[..50]), None);
        assert_eq!(reference.find(&[]), None);
    }
}
