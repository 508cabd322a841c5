//! The comparison as a screen of text.

use crate::report::comparison::map::{sign, text_map};
use crate::report::comparison::wording::{self, ABSENCE, SHARED};
use crate::report::comparison::{
    ComparisonDocument, ComparisonReport, Conclusion, RecordingReport, SegmentReport,
};
use crate::report::screen::{MOST_LINES, Page};
use crate::report::terminal::{Style, escape};
use crate::report::wording::{clock, stream_facts};
use crate::report::{Status, wording::quantity};

/// Widest map, in cells.
const WIDEST_MAP: usize = 72;

/// Both files, the answer, a map, what is shared, what was done, and what to keep in mind.
#[must_use]
pub fn summary(report: &ComparisonReport, style: Style) -> String {
    let document = &report.document;
    let mut page = Page::new(style);
    recording("A", &document.a, &mut page);
    recording("B", &document.b, &mut page);
    if document.status == Status::Partial {
        page.hanging("   status    ", "partial: not all of both files was compared");
    }
    page.heading("What was found");
    let outcome = wording::outcome(document);
    page.hanging("  ", &escape(&format!("{outcome}: {}", wording::answer(document))));
    if document.status != Status::Unreadable {
        found(document, style.width, &mut page);
    }
    if !document.limitations.is_empty() {
        page.heading("Keep in mind");
        for limitation in &document.limitations {
            page.hanging("  - ", &escape(limitation));
        }
    }
    page.into_text()
}

/// A file: its name, hash, stream, and what was wrong with it.
pub(crate) fn recording(name: &str, recording: &RecordingReport, page: &mut Page) {
    page.bold(&format!("{name}  {}", escape(&recording.source.path)));
    if let Some(sha256) = &recording.source.sha256 {
        let short: String = sha256.chars().take(16).collect();
        page.hanging("   sha256    ", &format!("{}…", escape(&short)));
    }
    if let Some(stream) = &recording.stream {
        page.hanging("   stream    ", &escape(&stream_facts(stream).join(" · ")));
        if let Some(first) = stream.damage.first() {
            let text = format!("{} places, first {}", stream.damage.len(), clock(first.time_s));
            page.hanging("   damage    ", &text);
        }
        for warning in stream.warnings.iter().take(MOST_LINES) {
            page.hanging("   warning   ", &escape(warning));
        }
    }
    if let Some(error) = &recording.error {
        page.hanging("   error     ", &escape(&error.message));
        if let Some(hint) = &error.hint {
            page.hanging("   hint      ", &escape(hint));
        }
    }
}

fn found(document: &ComparisonDocument, width: usize, page: &mut Page) {
    match document.same_source.conclusion {
        Conclusion::Found => {
            let share = wording::share(document.same_source.coverage_b);
            page.hanging("  ", &format!("{share} of B is in A."));
            page.gap();
            page.hanging("  ", SHARED);
        }
        Conclusion::NotFound | Conclusion::Inconclusive => {
            page.gap();
            page.hanging("  ", ABSENCE);
        }
    }
    map(document, width, page);
    segments(document, page);
    edits(document, page);
    additions(document, page);
}

fn map(document: &ComparisonDocument, width: usize, page: &mut Page) {
    let Some(map) = text_map(document, width.saturating_sub(5).clamp(20, WIDEST_MAP)) else {
        return;
    };
    page.heading("Map");
    page.line(&format!("  A  {}", map.a));
    page.line(&format!("  B  {}", map.b));
    let (a_s, b_s) = (wording::duration_s(&document.a), wording::duration_s(&document.b));
    let cell = |whole_s: f64| quantity(whole_s / map.a.chars().count() as f64, "s");
    let mut legend = map.legend.join("; ");
    legend.push_str(&format!("; one cell is {} of A, {} of B", cell(a_s), cell(b_s)));
    page.hanging("     ", &legend);
}

fn segments(document: &ComparisonDocument, page: &mut Page) {
    if document.segments.is_empty() {
        return;
    }
    page.heading("Segments");
    let column = |text: &str| text.chars().count();
    let stretches: Vec<(String, String)> = document
        .segments
        .iter()
        .map(|s| {
            let (a, b) = ((s.a_start_s, s.a_end_s), (s.b_start_s, s.b_end_s));
            (wording::stretch(a.0, a.1), wording::stretch(b.0, b.1))
        })
        .collect();
    let shown = &stretches[..stretches.len().min(MOST_LINES)];
    let a_width = shown.iter().map(|row| column(&row.0)).max().unwrap_or(0);
    let b_width = shown.iter().map(|row| column(&row.1)).max().unwrap_or(0);
    page.line(&format!(
        "  {:5} {:a_width$}  {:b_width$}  {:>8}  {}",
        "", "A", "B", "level", "similarity"
    ));
    for (index, (segment, (a, b))) in document.segments.iter().zip(shown).enumerate() {
        let id = format!("S{}", index + 1);
        // The sign on the map, where it is not the number itself.
        let id = if index < 9 { id } else { format!("{id} {}", sign(index)) };
        let level = wording::decibels(segment.gain_db);
        let first = format!("  {id:5} {a:a_width$}  {b:b_width$}  {level:>8}  ");
        page.line(&format!("{first}{:.2}", segment.similarity));
        let notes = notes(segment);
        if !notes.is_empty() {
            page.hanging("        ", &notes.join(" · "));
        }
    }
    page.more(document.segments.len());
}

fn notes(segment: &SegmentReport) -> Vec<String> {
    let mut notes = wording::changes(segment);
    notes.extend(segment.residual_db.map(|db| format!("residual {}", wording::decibels(db))));
    notes.extend(wording::also_at(segment));
    notes
}

fn edits(document: &ComparisonDocument, page: &mut Page) {
    if document.edits.is_empty() {
        return;
    }
    page.heading("Edits that turn B into A");
    for (number, edit) in (1..).zip(document.edits.iter().take(MOST_LINES)) {
        let first = format!("  {:5} ", format!("E{number}"));
        let kind = page.painted(wording::kind(edit.kind), "1");
        page.line(&format!("{first}{kind}  {}", wording::place(edit)));
        page.hanging("        ", &wording::edit(edit));
    }
    page.more(document.edits.len());
}

fn additions(document: &ComparisonDocument, page: &mut Page) {
    if document.additions.is_empty() {
        return;
    }
    page.heading("Sound laid over B's own");
    for (number, addition) in (1..).zip(document.additions.iter().take(MOST_LINES)) {
        let place = wording::stretch(addition.start_s, addition.end_s);
        page.line(&format!("  {:5} {place}", format!("L{number}")));
        page.hanging("        ", &wording::addition(addition));
    }
    page.more(document.additions.len());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::comparison::sample;

    #[test]
    fn a_screen_answers_in_80_columns() {
        let text = summary(&sample::found(), Style::default());
        for part in [
            "   stream    00:41.000 · MP4 · AAC-LC · 44.1 kHz · stereo · 128 kbit/s\n",
            "  Found: 31.7 s of 41.0 s (77 %) of A come from B; agreement 34.5 standard\n",
            "  40 % of B is in A.\n",
            "\n  A  11111",
            "  S1    00:00.000–00:10.100  00:05.000–00:15.100   -1.2 dB  0.97\n",
            "        speed 1.0600\n",
            "  E1    deletion  00:10.100\n        3.20 s of B missing (00:15.100–00:18.300)\n",
            "  L1    00:12.400–00:14.900\n        residual at -41.5 dBFS, 14.25 dB above",
            "Keep in mind\n  - ",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        let body = text.lines().filter(|line| !line.starts_with("A  ="));
        assert!(body.into_iter().all(|line| line.chars().count() <= 80), "{text}");
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
    }

    #[test]
    fn no_answer_says_why_and_shows_no_empty_lists() {
        let text = summary(&sample::unreadable(), Style::default());
        assert!(text.contains("error     malformed MP4 at byte 4096"));
        assert!(text.contains("Not compared: A could not be examined."));
        let text = summary(&sample::inconclusive(), Style::default());
        assert!(text.contains("Inconclusive: A holds 0.8 s of sound, too little to compare;"));
        assert!(text.contains(ABSENCE));
        for heading in ["Map", "Segments", "Edits"] {
            assert!(!text.contains(heading));
        }
    }

    #[test]
    fn colour_changes_no_word() {
        let plain = summary(&sample::found(), Style::default());
        let coloured = summary(&sample::found(), Style { colour: true, width: 80 });
        assert_ne!(plain, coloured);
        assert_eq!(plain, coloured.replace("\u{1b}[1m", "").replace("\u{1b}[0m", ""));
    }
}
