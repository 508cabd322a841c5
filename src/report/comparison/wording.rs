//! How the outcome of a comparison reads, the same in every format made for people.

use crate::report::Status;
use crate::report::comparison::{
    AdditionReport, ComparisonDocument, Conclusion, EditKind, EditReport, RecordingReport,
    SegmentReport,
};
use crate::report::wording::{clock, number};

/// Stands beside every stretch that was found.
pub(crate) const SHARED: &str = "Shared sound does not show which file was there first, nor who \
    changed what: A may come from B, or both from a third recording.";
/// Stands beside an empty list of stretches.
pub(crate) const ABSENCE: &str =
    "That nothing was found does not show that the two share no source.";

/// Stands where a file could not be read.
pub(crate) const NOT_COMPARED: &str = "Nothing was compared, which says nothing about the two.";

/// Length of a stretch: `45 ms`, `3.20 s`, `37.2 s`.
pub(crate) fn seconds(length_s: f64) -> String {
    match length_s {
        s if s < 0.1 => format!("{:.0} ms", s * 1e3),
        s if s < 10.0 => format!("{s:.2} s"),
        s => format!("{s:.1} s"),
    }
}

/// A share of 0..=1 in whole percent that never rounds to none or to all.
pub(crate) fn share(value: f64) -> String {
    match (value * 100.0).round() {
        p if p < 1.0 && value > 0.0 => "under 1 %".into(),
        p if p > 99.0 && value < 1.0 => "over 99 %".into(),
        p => format!("{p:.0} %"),
    }
}

/// A level with its sign.
pub(crate) fn decibels(value: f64) -> String {
    // Adding zero takes the sign off a rounded zero.
    format!("{:+.1} dB", (value * 10.0).round() / 10.0 + 0.0)
}

/// A ratio of speeds, to 0.01 %.
pub(crate) fn ratio(value: f64) -> String {
    format!("{value:.4}")
}

/// Seconds that were examined; zero if none were.
pub(crate) fn duration_s(recording: &RecordingReport) -> f64 {
    recording.stream.as_ref().map_or(0.0, |stream| stream.duration_s)
}

/// What became of the question, in one word; for the answer's first place.
pub(crate) fn outcome(document: &ComparisonDocument) -> &'static str {
    match (document.status, document.same_source.conclusion) {
        (Status::Unreadable, _) => "Not compared",
        (_, Conclusion::Found) => "Found",
        (_, Conclusion::NotFound) => "Not found",
        (_, Conclusion::Inconclusive) => "Inconclusive",
    }
}

/// The answer in measured words, without the outcome before it.
pub(crate) fn answer(document: &ComparisonDocument) -> String {
    let same = &document.same_source;
    let score = format!("{:.1} standard deviations", same.score);
    let from = format!("reported from {:.1}", same.threshold);
    match outcome(document) {
        "Not compared" => unreadable(document),
        "Found" => format!(
            "{} of {} ({}) of A come from B; agreement {score}, {from}.",
            seconds(same.matched_s),
            seconds(duration_s(&document.a)),
            share(same.coverage_a),
        ),
        "Not found" => {
            format!("nothing of A was found in B; strongest agreement {score}, {from}.")
        }
        _ => {
            let reason = same.reason.as_deref().unwrap_or("no reason was given");
            let reason = reason.trim_end_matches('.');
            format!("{reason}; strongest agreement {score}, {from}.")
        }
    }
}

fn unreadable(document: &ComparisonDocument) -> String {
    match (&document.a.error, &document.b.error) {
        (Some(_), Some(_)) => "neither A nor B could be examined.".into(),
        (None, Some(_)) => "B could not be examined.".into(),
        _ => "A could not be examined.".into(),
    }
}

/// Name of a kind of edit.
pub(crate) fn kind(kind: EditKind) -> &'static str {
    match kind {
        EditKind::Deletion => "deletion",
        EditKind::Insertion => "insertion",
        EditKind::Move => "move",
        EditKind::Repeat => "repeat",
        EditKind::Replacement => "replacement",
    }
}

/// `00:12.340–00:20.100`.
pub(crate) fn stretch(start_s: f64, end_s: f64) -> String {
    format!("{}–{}", clock(start_s), clock(end_s))
}

/// Where in A: one time for a joint, two for a stretch.
pub(crate) fn place(edit: &EditReport) -> String {
    if edit.a_end_s > edit.a_start_s {
        stretch(edit.a_start_s, edit.a_end_s)
    } else {
        clock(edit.a_start_s)
    }
}

/// What the edit did, such as `3.20 s of B missing (00:15.100–00:18.300)`.
pub(crate) fn edit(edit: &EditReport) -> String {
    let a = seconds(edit.a_end_s - edit.a_start_s);
    let there = edit.b_start_s.zip(edit.b_end_s);
    let b = there.map_or_else(|| "part".into(), |(start, end)| seconds(end - start));
    let at = there.map_or_else(|| "place unknown".into(), |(start, end)| stretch(start, end));
    match edit.kind {
        EditKind::Deletion => format!("{b} of B missing ({at})"),
        EditKind::Insertion => format!("{a} of A not from B"),
        EditKind::Move => format!("{a} of A stand elsewhere in B ({at})"),
        EditKind::Repeat => format!("{a} of A use B a further time ({at})"),
        EditKind::Replacement => format!("{b} of B ({at}) gave way to {a} of A not from B"),
    }
}

/// What an addition is, such as `-32.1 dBFS, 14.2 dB above the segment's median`.
pub(crate) fn addition(addition: &AdditionReport) -> String {
    format!(
        "residual at {:.1} dBFS, {} dB above the segment's median",
        addition.level_dbfs,
        number(addition.rise_db)
    )
}

/// How a segment differs from the plain source beside its level, part by part.
pub(crate) fn changes(segment: &SegmentReport) -> Vec<String> {
    let mut parts = Vec::new();
    for (name, value) in [("speed", segment.speed), ("tempo", segment.tempo)] {
        if ratio(value) != ratio(1.0) {
            parts.push(format!("{name} {}", ratio(value)));
        }
    }
    if segment.inverted {
        parts.push("polarity reversed".into());
    }
    parts
}

/// Other places of B that agree nearly as well.
pub(crate) fn also_at(segment: &SegmentReport) -> Option<String> {
    let times: Vec<String> = segment.also_at_s.iter().map(|&time_s| clock(time_s)).collect();
    (!times.is_empty()).then(|| format!("agrees nearly as well at B {}", times.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::comparison::sample;

    #[test]
    fn lengths_and_shares_are_rounded_without_hiding_anything() {
        assert_eq!(seconds(0.0449), "45 ms");
        assert_eq!(seconds(3.2), "3.20 s");
        assert_eq!(seconds(37.24), "37.2 s");
        assert_eq!(share(0.0), "0 %");
        assert_eq!(share(0.001), "under 1 %");
        assert_eq!(share(0.905), "91 %");
        assert_eq!(share(0.9999), "over 99 %");
        assert_eq!(share(1.0), "100 %");
        assert_eq!(decibels(-0.04), "+0.0 dB");
        assert_eq!(decibels(-3.25), "-3.3 dB");
    }

    #[test]
    fn every_outcome_has_words_of_its_own() {
        let line = |report: &crate::report::comparison::ComparisonReport| {
            format!("{}: {}", outcome(&report.document), answer(&report.document))
        };
        let lines: Vec<String> = sample::all().iter().map(line).collect();
        assert_eq!(
            lines,
            [
                "Found: 31.7 s of 41.0 s (77 %) of A come from B; agreement 34.5 standard \
                 deviations, reported from 12.0.",
                "Not found: nothing of A was found in B; strongest agreement 6.1 standard \
                 deviations, reported from 12.0.",
                "Inconclusive: A holds 0.8 s of sound, too little to compare; strongest \
                 agreement 3.2 standard deviations, reported from 12.0.",
                "Not compared: A could not be examined.",
            ]
        );
    }

    #[test]
    fn edits_say_how_much_and_where() {
        let document = sample::found().document;
        let lines: Vec<String> = document.edits.iter().map(edit).collect();
        assert_eq!(
            lines,
            [
                "3.20 s of B missing (00:15.100–00:18.300)",
                "3.80 s of A not from B",
                "7.20 s of A stand elsewhere in B (00:50.000–00:57.632)",
                "2.80 s of B (00:26.200–00:29.000) gave way to 2.50 s of A not from B",
                "6.50 s of A use B a further time (00:08.000–00:14.500)",
                "3.00 s of A not from B",
            ]
        );
        assert_eq!(place(&document.edits[0]), "00:10.100");
        assert_eq!(place(&document.edits[1]), "00:18.000–00:21.800");
    }

    #[test]
    fn only_what_differs_is_told() {
        let segments = sample::found().document.segments;
        assert!(changes(&segments[0]).is_empty());
        assert_eq!(changes(&segments[2]), ["speed 1.0600"]);
        assert_eq!(changes(&segments[3]), ["polarity reversed"]);
        assert_eq!(also_at(&segments[1]).unwrap(), "agrees nearly as well at B 00:36.400");
    }
}
