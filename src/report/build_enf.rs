//! From a clip's hum, and from a record it was held against, to what a report says of them.

use super::{
    EnfFalseSeriesReport, EnfMatchReport, EnfMatchStatus, EnfPlaceReport, EnfRecordReport, Series,
};
use crate::analysis::enf::{EnfFound, EnfMatch, EnfPlace};
use crate::measures::hum::MainsHum;
use crate::units::{round_time, round_to};

/// Most values of a series of the mains frequency; longer ones are means of equal stretches.
const MAX_VALUES: usize = 600;

/// Decimals of a frequency in Hz: a tenth of a mHz, less than a window of 16 s resolves.
const HZ_DECIMALS: i32 = 4;

/// Decimals of an error in mHz.
const ERROR_DECIMALS: i32 = 3;

/// Frequency of the hum over the clip; `None` without values.
pub(super) fn hum_series(hum: &MainsHum, offset_s: f64) -> Option<Series> {
    let first_s = hum.series.first()?.time_s;
    series("enf_hz", offset_s + first_s, hum.series.iter().map(|point| point.hz))
}

/// A series with a value a second, each value standing for the middle of its stretch.
fn series(name: &str, first_s: f64, values: impl Iterator<Item = f64>) -> Option<Series> {
    let values: Vec<f64> = values.collect();
    if values.is_empty() {
        return None;
    }
    let group = values.len().div_ceil(MAX_VALUES);
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    // A last stretch that is not whole has its middle elsewhere, and is left out.
    let stretches = values.chunks_exact(group);
    Some(Series {
        name: name.into(),
        start_s: round_time(first_s + 0.5 * (group - 1) as f64),
        step_s: group as f64,
        values: stretches.map(|part| Some(round_to(mean(part), HZ_DECIMALS))).collect(),
    })
}

/// What came of holding the hum against a record; `hum` is the clip's.
pub(super) fn enf_match(
    matched: &EnfMatch,
    hum: Option<&MainsHum>,
    offset_s: f64,
) -> EnfMatchReport {
    let found = matched.found.as_ref();
    let status = match (found, &matched.reason) {
        (None, _) => EnfMatchStatus::NotCompared,
        (Some(_), Some(_)) => EnfMatchStatus::Alike,
        (Some(_), None) => EnfMatchStatus::StandsOut,
    };
    let record_series = || {
        let first_s = hum?.series.first()?.time_s;
        let values = found?.matched.record_hz.iter().map(|hz| f64::from(*hz));
        series("record_hz", offset_s + first_s, values)
    };
    EnfMatchReport {
        record: EnfRecordReport {
            path: matched.path.clone(),
            sha256: matched.sha256.clone(),
            start: matched.range.0.clone(),
            end: matched.range.1.clone(),
            known_s: round_time(matched.known_s),
        },
        status,
        reason: matched.reason.clone(),
        matched_s: found.map(|found| round_time(found.matched.matched_s)),
        places: found.map(|found| found.matched.places as u64),
        best: found.map(|found| place(&found.best)),
        next_best: found.and_then(|found| found.next_best.as_ref().map(place)),
        next_best_ratio: found.and_then(|found| found.matched.ratio).map(|r| round_to(r, 3)),
        false_series: found.and_then(false_series),
        record_series: record_series(),
    }
}

fn place(place: &EnfPlace) -> EnfPlaceReport {
    EnfPlaceReport {
        start: place.start.clone(),
        start_utc: place.start_utc.clone(),
        start_s: round_to(place.fit.start_s, 3),
        error_mhz: round_to(place.fit.error_mhz, ERROR_DECIMALS),
        correlation: round_to(place.fit.correlation, 4),
        offset_mhz: round_to(place.fit.offset_mhz, ERROR_DECIMALS),
    }
}

fn false_series(found: &EnfFound) -> Option<EnfFalseSeriesReport> {
    let errors = &found.matched.null_error_mhz;
    Some(EnfFalseSeriesReport {
        tried: errors.len() as u32,
        as_good: found.as_good() as u32,
        least_error_mhz: round_to(*errors.first()?, ERROR_DECIMALS),
        median_error_mhz: round_to(*errors.get(errors.len() / 2)?, ERROR_DECIMALS),
        p_value: round_to(found.matched.p_value, 4),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_series_is_thinned_to_means_at_their_middle() {
        let values = (0..1300).map(|n| 50.0 + 0.001 * f64::from(n % 3));
        let thinned = series("enf_hz", 8.0, values).unwrap();
        // Three seconds a value, the last second left out.
        assert_eq!((thinned.values.len(), thinned.step_s, thinned.start_s), (433, 3.0, 9.0));
        assert!(thinned.values.iter().all(|value| *value == Some(50.001)));
        let whole = series("enf_hz", 8.0, [50.0, 50.00004].into_iter()).unwrap();
        assert_eq!((whole.values, whole.step_s, whole.start_s), (vec![Some(50.0); 2], 1.0, 8.0));
        assert!(series("enf_hz", 8.0, std::iter::empty()).is_none());
    }
}
