//! A search as a screen of text.

use super::{MatchDocument, MatchReport, MatchedRecording, MatchedSegment};
use crate::report::Status;
use crate::report::comparison::terminal::recording;
use crate::report::comparison::wording::{SHARED, ratio, seconds, stretch};
use crate::report::screen::{MOST_LINES, Page};
use crate::report::terminal::{Style, escape};
use crate::report::wording::{clock, count};

/// Change of speed or tempo that is told: rows of a short stretch do not show less.
const TOLD: f64 = 0.003;

/// The clip, the recordings that it comes from with their stretches, and what to keep in mind.
#[must_use]
pub fn summary(report: &MatchReport, style: Style) -> String {
    let document = &report.document;
    let mut page = Page::new(style);
    recording("A", &document.query, &mut page);
    if document.status == Status::Partial {
        page.hanging("   status    ", "partial: not all of the clip was looked up");
    }
    page.heading("What was found");
    page.hanging("  ", &escape(&answer(document)));
    for (number, found) in (1..).zip(document.matches.iter().take(MOST_LINES)) {
        matched(number, found, &mut page);
    }
    page.more(document.matches.len());
    if !document.matches.is_empty() {
        page.gap();
        page.hanging("  ", SHARED);
    }
    if !document.limitations.is_empty() {
        page.heading("Keep in mind");
        for limitation in &document.limitations {
            page.hanging("  - ", &escape(limitation));
        }
    }
    page.into_text()
}

fn answer(document: &MatchDocument) -> String {
    let archive = &document.archive;
    let among = format!(
        "{} ({}) in `{}`",
        count(archive.clips, "recording", "recordings"),
        clock(archive.duration_s),
        archive.path
    );
    let from = format!("named from a score of {:.1}", document.threshold);
    match (document.status, &document.inconclusive, document.matches.len()) {
        (Status::Unreadable, ..) => "Not looked up: the clip could not be examined.".into(),
        (_, Some(reason), _) => format!("Inconclusive: {reason}."),
        (_, None, 0) => format!("Not found: nothing of A is in {among}; {from}."),
        (_, None, found) => format!("Found: {found} of {among}; {from}."),
    }
}

fn matched(number: usize, found: &MatchedRecording, page: &mut Page) {
    page.gap();
    page.bold(&format!("{number}  {}", escape(&found.path)));
    let short: String = found.sha256.chars().take(16).collect();
    let known = format!("{} · {} · {}…", found.clip_id, clock(found.duration_s), escape(&short));
    page.hanging("   clip      ", &known);
    for path in found.also_at.iter().take(MOST_LINES) {
        page.hanging("   also at   ", &escape(path));
    }
    let shared = format!("{} of A, score {:.1}", seconds(found.matched_s), found.score);
    page.hanging("   shared    ", &shared);
    for segment in found.segments.iter().take(MOST_LINES) {
        let a = stretch(segment.a_start_s, segment.a_end_s);
        let b = stretch(segment.b_start_s, segment.b_end_s);
        page.hanging("   ", &format!("A {a} is B {b}{}", changes(segment)));
    }
    page.more(found.segments.len());
}

fn changes(segment: &MatchedSegment) -> String {
    let parts = [("speed", segment.speed), ("tempo", segment.tempo)];
    let changed = parts.iter().filter(|(_, value)| (value - 1.0).abs() >= TOLD);
    changed.map(|(name, value)| format!(" · {name} {}", ratio(*value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::matches::sample;

    #[test]
    fn names_stay_text_and_lines_fit() {
        let text = summary(&sample::found(), Style::default());
        assert!(text.contains("Found: 1 of 2 recordings"), "{text}");
        assert!(text.contains("A 00:00.000–00:10.000 is B 01:00.000–01:10.300 · speed 1.0300"));
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
        let text = summary(&sample::not_found(), Style::default());
        assert!(text.contains("Not found: nothing of A is in 2 recordings"), "{text}");
        let text = summary(&sample::inconclusive(), Style::default());
        assert!(text.contains("Inconclusive: the clip has 0.8 s"), "{text}");
        let mut body = text.lines().filter(|line| !line.starts_with("A  ="));
        assert!(body.all(|line| line.chars().count() <= 80), "{text}");
    }
}
