//! What came of holding the hum against a record of the mains frequency, in words.

use crate::report::wording::{grouped, quantity};
use crate::report::{EnfMatchReport, EnfMatchStatus, EnfPlaceReport};

/// One or two sentences, for every format made for people.
pub(crate) fn sentences(matched: &EnfMatchReport) -> String {
    let reason = matched.reason.as_deref().unwrap_or("no reason was given");
    let (Some(best), true) = (&matched.best, matched.status != EnfMatchStatus::NotCompared) else {
        return format!("Not compared: {reason}.");
    };
    let mut text = format!(
        "The record fits best with the clip's start at {}: {} apart over {}, correlation {:.3}.",
        time(best),
        quantity(best.error_mhz, "mHz"),
        quantity(matched.matched_s.unwrap_or(0.0), "s"),
        best.correlation
    );
    if let Some(next) = &matched.next_best {
        let ratio = matched.next_best_ratio.unwrap_or(1.0);
        text.push_str(&format!(
            " The next best place elsewhere, {}, is {} apart, {ratio:.1} times as much.",
            next.start,
            quantity(next.error_mhz, "mHz"),
        ));
    }
    if matched.status == EnfMatchStatus::Alike {
        text.push_str(&format!(" No place stands out: {reason}."));
    } else if let Some(null) = &matched.false_series {
        text.push_str(&format!(
            " Of {} series that were never anywhere, {} as well.",
            null.tried,
            match null.as_good {
                0 => "none fits".into(),
                1 => "1 fits".into(),
                n => format!("{n} fit"),
            }
        ));
    }
    text
}

/// Name and value of what a reader can check.
pub(crate) fn facts(matched: &EnfMatchReport) -> Vec<(&'static str, String)> {
    let record = &matched.record;
    let mut facts = vec![
        ("Record", record.path.clone()),
        ("SHA-256 of the record", record.sha256.clone()),
        (
            "It reaches",
            format!(
                "from {} to {}, {} s with a value",
                record.start,
                record.end,
                grouped(record.known_s as u64)
            ),
        ),
    ];
    let place = |place: &EnfPlaceReport| {
        format!(
            "{}: {} apart, correlation {:.4}, mean off by {}",
            time(place),
            quantity(place.error_mhz, "mHz"),
            place.correlation,
            quantity(place.offset_mhz, "mHz")
        )
    };
    facts.extend(matched.best.as_ref().map(|best| ("Best place", place(best))));
    let next = matched.next_best.as_ref();
    facts.extend(next.map(|next| ("Best at least a minute away", place(next))));
    facts.extend(matched.false_series.as_ref().map(|null| {
        let text = format!(
            "{} of {} fit as well as the clip's; the best is {} apart, half of them {} or more (the \
             clip's series backwards, upside down, both, and with parts exchanged)",
            null.as_good,
            null.tried,
            quantity(null.least_error_mhz, "mHz"),
            quantity(null.median_error_mhz, "mHz")
        );
        ("Series that were never there", text)
    }));
    facts.extend(matched.places.map(|n| ("Places tried, a second apart", grouped(n))));
    facts
}

/// A time as the record writes it, and in UTC if that reads otherwise.
fn time(place: &EnfPlaceReport) -> String {
    match &place.start_utc {
        Some(utc) if *utc != place.start => format!("{} ({utc})", place.start),
        _ if place.start_utc.is_none() => format!("{} s of the record", place.start),
        _ => place.start.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample_report;

    fn sample() -> EnfMatchReport {
        sample_report().document.enf_match.unwrap()
    }

    #[test]
    fn a_place_is_never_named_without_the_next_best() {
        let mut matched = sample();
        let text = sentences(&matched);
        assert!(text.starts_with(
            "The record fits best with the clip's start at 2024-05-01T14:16:30+02:00 \
             (2024-05-01T12:16:30Z): 0.4 mHz apart over 284 s, correlation 0.998."
        ));
        assert!(text.contains("2024-05-01T13:02:07+02:00, is 2.6 mHz apart, 6.5 times as much."));
        assert!(text.ends_with("Of 21 series that were never anywhere, none fits as well."));
        matched.status = EnfMatchStatus::Alike;
        matched.reason = Some("the next best place differs only 1.10 times as much".into());
        let text = sentences(&matched);
        assert!(text.ends_with(
            "No place stands out: the next best place differs only 1.10 times as much."
        ));
    }

    #[test]
    fn seconds_of_a_record_say_so_and_nothing_compared_has_its_reason() {
        let mut matched = sample();
        let best = matched.best.as_mut().unwrap();
        (best.start, best.start_utc) = ("990".into(), None);
        assert!(sentences(&matched).contains("start at 990 s of the record: 0.4 mHz"));
        matched.status = EnfMatchStatus::NotCompared;
        matched.best = None;
        matched.reason = Some("no mains hum was found in the clip".into());
        assert_eq!(sentences(&matched), "Not compared: no mains hum was found in the clip.");
    }

    #[test]
    fn facts_are_those_that_are_known() {
        let mut matched = sample();
        assert_eq!(facts(&matched).len(), 7);
        matched.best = None;
        matched.next_best = None;
        matched.false_series = None;
        matched.places = None;
        assert_eq!(facts(&matched).len(), 3);
    }
}
