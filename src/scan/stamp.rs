//! Times of files as text.

use std::time::{SystemTime, UNIX_EPOCH};

/// Nanoseconds in a second.
const NS: i128 = 1_000_000_000;
/// Seconds in a day.
const DAY: i64 = 86_400;

/// `2026-11-23T09:57:14.123456789Z`.
pub(super) fn utc(time: SystemTime) -> String {
    let ns = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i128::try_from(after.as_nanos()).unwrap_or(i128::MAX),
        Err(before) => -i128::try_from(before.duration().as_nanos()).unwrap_or(i128::MAX),
    };
    let seconds = i64::try_from(ns.div_euclid(NS)).unwrap_or(i64::MAX);
    let (year, month, day) = date(seconds.div_euclid(DAY));
    let rest = seconds.rem_euclid(DAY);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    let fraction = ns.rem_euclid(NS);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{fraction:09}Z")
}

/// Year, month and day of a day counted from 1970-01-01 (Hinnant, *chrono-Compatible Low-Level Date
/// Algorithms*, `civil_from_days`).
fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn known_times_are_written_as_they_are() {
        let after = |s: u64, ns: u32| utc(UNIX_EPOCH + Duration::new(s, ns));
        assert_eq!(after(0, 0), "1970-01-01T00:00:00.000000000Z");
        assert_eq!(after(951_782_400, 5), "2000-02-29T00:00:00.000000005Z");
        assert_eq!(after(1_795_427_834, 123_456_789), "2026-11-23T09:57:14.123456789Z");
        assert_eq!(utc(UNIX_EPOCH - Duration::new(0, 1)), "1969-12-31T23:59:59.999999999Z");
    }
}
