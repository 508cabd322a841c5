//! Dates that files carry, as seconds since 1970 (UTC), and their text.

/// Seconds from 1904-01-01, from which MP4 and QuickTime count, to 1970-01-01.
const FROM_1904_S: i64 = 2_082_844_800;

/// Seconds from 1970-01-01 to 2001-01-01, from which Matroska counts.
const TO_2001_S: i64 = 978_307_200;

/// Seconds of a day.
const DAY_S: i64 = 86_400;

/// One date of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date {
    /// Which date it is: `created` or `modified`.
    pub name: &'static str,
    /// Seconds since 1970-01-01 00:00 UTC, as the file has it; zones that it does not name are taken
    /// as UTC.
    pub unix_s: i64,
    /// First byte of the part that carries it.
    pub offset: u64,
}

impl Date {
    /// `2024-02-29 12:30:00`.
    #[must_use]
    pub fn text(&self) -> String {
        let (days, rest) = (self.unix_s.div_euclid(DAY_S), self.unix_s.rem_euclid(DAY_S));
        let (year, month, day) = civil(days);
        format!(
            "{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}",
            rest / 3600,
            rest / 60 % 60,
            rest % 60
        )
    }
}

/// Seconds since 1970 of a count from 1904; `None` for 0, which stands for "not set".
pub(super) fn from_1904(count: u64) -> Option<i64> {
    let count = i64::try_from(count).ok().filter(|&count| count > 0)?;
    Some(count - FROM_1904_S)
}

/// Seconds since 1970 of nanoseconds since 2001.
pub(super) fn from_2001_ns(count: i64) -> i64 {
    count.div_euclid(1_000_000_000) + TO_2001_S
}

/// Seconds since 1970 of text that starts like `2024-02-29` or `2024-02-29T12:30:00`, whatever stands
/// between the numbers, with a zone such as `+0100` where one follows.
pub(super) fn from_text(text: &str) -> Option<i64> {
    let digits = |from: usize, len: usize| text.get(from..from + len)?.parse::<i64>().ok();
    let (year, month, day) = (digits(0, 4)?, digits(5, 2)?, digits(8, 2)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || year == 0 {
        return None;
    }
    let clock = digits(11, 2).zip(digits(14, 2)).zip(digits(17, 2));
    let seconds = clock.map_or(0, |((hour, minute), second)| hour * 3600 + minute * 60 + second);
    let zone = text.get(19..).and_then(|rest| {
        let at = rest.find(['+', '-'])?;
        let sign = if rest[at..].starts_with('-') { -1 } else { 1 };
        let figures: String = rest[at + 1..].chars().filter(char::is_ascii_digit).take(4).collect();
        let hours = figures.get(..2)?.parse::<i64>().ok()?;
        let minutes = figures.get(2..4).and_then(|m| m.parse::<i64>().ok()).unwrap_or(0);
        Some(sign * (hours * 3600 + minutes * 60))
    });
    Some(days(year, month, day) * DAY_S + seconds - zone.unwrap_or(0))
}

/// Days from 1970-01-01 to a date of the Gregorian calendar; years begin in March, so that the leap day
/// is the last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year
        - 719_468
}

/// Year, month and day that lie this many days after 1970-01-01.
fn civil(after: i64) -> (i64, i64, i64) {
    let mut year = 1970 + after.div_euclid(366);
    while days(year + 1, 1, 1) <= after {
        year += 1;
    }
    let month = (1..=12).rev().find(|&month| days(year, month, 1) <= after).unwrap_or(1);
    (year, month, after - days(year, month, 1) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(unix_s: i64) -> String {
        Date { name: "created", unix_s, offset: 0 }.text()
    }

    #[test]
    fn epochs_and_the_calendar() {
        assert_eq!(text(0), "1970-01-01 00:00:00");
        assert_eq!(text(951_782_400), "2000-02-29 00:00:00");
        assert_eq!(text(4_102_444_799), "2099-12-31 23:59:59");
        assert_eq!(text(-1), "1969-12-31 23:59:59");
        assert_eq!(from_1904(2_082_844_800 + 60), Some(60));
        assert_eq!(from_1904(0), None);
        assert_eq!(text(from_2001_ns(0)), "2001-01-01 00:00:00");
    }

    #[test]
    fn texts_with_and_without_a_zone() {
        let seconds = |text| from_text(text);
        assert_eq!(seconds("1970-01-02"), Some(DAY_S));
        assert_eq!(seconds("1970-01-01T01:00:00+0100"), Some(0));
        assert_eq!(seconds("1970:01:01 00:00:30.000000Z"), Some(30));
        assert_eq!(seconds("1970-01-01T00:00:00-05:30"), Some(19_800));
        assert_eq!(seconds("2024"), None);
        assert_eq!(seconds("2024-13-01"), None);
        assert_eq!(seconds("ünïcödé-éé"), None);
    }
}
