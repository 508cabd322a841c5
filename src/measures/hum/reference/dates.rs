//! Times of a record: seconds, or dates after RFC 3339.

/// A time as a record writes it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Written {
    /// Seconds, for dates since 1970.
    pub(super) seconds: f64,
    /// Minutes east of UTC that the date is written in; `None` for plain seconds.
    pub(super) zone_minutes: Option<i32>,
}

/// Seconds that a time may have: some 30,000 years either way.
const MOST_SECONDS: f64 = 1e12;

/// Reads a number, or a date after RFC 3339; `None` for anything else.
pub(super) fn read(field: &str) -> Option<Written> {
    if let Ok(seconds) = field.parse::<f64>() {
        let usable = seconds.is_finite() && seconds.abs() < MOST_SECONDS;
        return usable.then_some(Written { seconds, zone_minutes: None });
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
    let in_calendar = (1..=12).contains(&month) && (1..=31).contains(&day);
    if !in_calendar || hour > 23 || minute > 59 || second > 60 {
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
    let whole = 86_400 * days + 3600 * hour + 60 * (minute - east_minutes) + second;
    Some(Written {
        seconds: whole as f64 + fraction,
        zone_minutes: i32::try_from(east_minutes).ok(),
    })
}

/// The inverse of [`read`], to the millisecond.
pub(super) fn write(time: Written) -> String {
    let ms = (1000.0 * time.seconds.clamp(-MOST_SECONDS, MOST_SECONDS)).round() as i64;
    let Some(zone) = time.zone_minutes else {
        let sign = if ms < 0 { "-" } else { "" };
        return format!("{sign}{}{}", ms.abs() / 1000, fraction(ms.abs() % 1000));
    };
    let local = ms + 60_000 * i64::from(zone);
    let (days, of_day) = (local.div_euclid(86_400_000), local.rem_euclid(86_400_000));
    // The civil calendar from days, in eras of 400 years that begin in March.
    let z = days + 719_468;
    let (era, day) = (z.div_euclid(146_097), z.rem_euclid(146_097));
    let year_of_era = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let m = (5 * day_of_year + 2) / 153;
    let month = if m < 10 { m + 3 } else { m - 9 };
    let year = 400 * era + year_of_era + i64::from(month <= 2);
    let (second, part) = (of_day / 1000, fraction(of_day % 1000));
    let zone = match zone {
        0 => "Z".to_owned(),
        _ => format!(
            "{}{:02}:{:02}",
            if zone < 0 { '-' } else { '+' },
            zone.unsigned_abs() / 60,
            zone.unsigned_abs() % 60
        ),
    };
    format!(
        "{year:04}-{month:02}-{:02}T{:02}:{:02}:{:02}{part}{zone}",
        day_of_year - (153 * m + 2) / 5 + 1,
        second / 3600,
        second / 60 % 60,
        second % 60,
    )
}

/// `.25` for 250; nothing for zero.
fn fraction(ms: i64) -> String {
    if ms == 0 { String::new() } else { format!(".{ms:03}").trim_end_matches('0').into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(field: &str) -> Option<f64> {
        read(field).map(|time| time.seconds)
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
    fn what_was_read_is_written_as_it_was() {
        for text in [
            "0",
            "-12.5",
            "996.001",
            "1970-01-01T00:00:00Z",
            "2024-02-29T23:59:59.25+05:30",
            "2024-03-01T00:00:00-03:00",
            "1999-12-31T12:00:00Z",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59+23:59",
        ] {
            assert_eq!(write(read(text).unwrap()), text);
        }
        let before = Written { seconds: -0.5, zone_minutes: Some(0) };
        assert_eq!(write(before), "1969-12-31T23:59:59.5Z");
        let nowhere = Written { seconds: f64::NAN, zone_minutes: Some(i32::MAX) };
        assert!(!write(nowhere).is_empty());
    }
}
