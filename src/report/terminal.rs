//! The report as a screen of text.

use crate::finding::Strength;
use crate::report::screen::{MOST_LINES, Page};
use crate::report::summary::{file_findings, headline, not_examined, other_findings, reason};
use crate::report::wording::{
    ABSENCE, clock, count, encoded_as, found_of, hertz, is_bidi_control, quantity, stream_facts,
    strength,
};
use crate::report::wording_enf::sentences;
use crate::report::wording_history::{chain, frames_line};
use crate::report::{AnalysisDocument, CertificateReport, EditPointReport, Report, Status};

/// Times named for one detector before the rest is counted.
const MOST_PLACES: usize = 4;

/// How a summary is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether headings and strengths are set off by colour; it never carries meaning alone.
    pub colour: bool,
    /// Columns of the terminal.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self { colour: false, width: 80 }
    }
}

/// `text` with control characters and those that turn the direction of text shown as escapes, so
/// that a file name or tag can neither move the cursor nor pose as another.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if c.is_ascii_control() => shown.push_str(&format!("\\x{:02x}", u32::from(c))),
            c if c.is_control() || is_bidi_control(c) || matches!(c, '\u{2028}' | '\u{2029}') => {
                shown.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
            }
            c => shown.push(c),
        }
    }
    shown
}

/// What the file is, what was seen, what was not examined and what to keep in mind.
#[must_use]
pub fn summary(report: &Report, style: Style) -> String {
    let document = &report.document;
    let mut page = Page::new(style);
    head(document, &mut page);
    if document.status == Status::Unreadable {
        return page.into_text();
    }
    seen(document, &mut page);
    let skipped = not_examined(document);
    if !skipped.is_empty() {
        page.heading("Not examined");
        let column = skipped.iter().map(|d| d.id.chars().count()).max().unwrap_or(0).min(24);
        for detector in skipped {
            let id = escape(&detector.id);
            page.hanging(&format!("  {id:<column$}  "), &escape(&reason(detector)));
        }
    }
    if !document.limitations.is_empty() {
        page.heading("Keep in mind");
        for limitation in &document.limitations {
            page.hanging("  - ", &escape(limitation));
        }
    }
    page.into_text()
}

fn head(document: &AnalysisDocument, page: &mut Page) {
    page.bold(&escape(&document.source.path));
    if let Some(sha256) = &document.source.sha256 {
        let short: String = sha256.chars().take(16).collect();
        page.hanging("  sha256    ", &format!("{}…", escape(&short)));
    }
    if let Some(custody) = &document.custody {
        let parts = [&custody.examiner, &custody.case_id, &custody.acquisition];
        let words: Vec<&str> = parts.into_iter().filter_map(|part| part.as_deref()).collect();
        page.hanging("  custody   ", &escape(&words.join(" · ")));
    }
    if let Some(stream) = &document.stream {
        let mut facts = stream_facts(stream).join(" · ");
        if let Some(encoder) = &stream.encoder {
            facts.push_str(&format!(" · written by {encoder}"));
        }
        page.hanging("  stream    ", &escape(&facts));
    }
    if let Some(chain) = chain(&document.provenance) {
        page.hanging("  encoded   ", &escape(&chain));
    }
    if let Some(frames) = &document.provenance.quantisation {
        page.hanging("  frames    ", &escape(&frames_line(frames)));
    }
    if let Some(levels) = levels(document) {
        page.hanging("  levels    ", &levels);
    }
    match document.status {
        Status::Ok => {}
        Status::Partial => {
            page.hanging("  status    ", "partial: not all of the clip was examined")
        }
        Status::Unreadable => page.hanging("  status    ", "unreadable: nothing was examined"),
    }
    if let Some(error) = &document.error {
        page.hanging("  error     ", &escape(&error.message));
        if let Some(hint) = &error.hint {
            page.hanging("  hint      ", &escape(hint));
        }
    }
    let Some(stream) = &document.stream else { return };
    for damage in stream.damage.iter().take(MOST_LINES) {
        let place = damage.offset.map(|offset| format!(" (byte {offset})")).unwrap_or_default();
        let text = format!("{}{place}: {}", clock(damage.time_s), damage.what);
        page.hanging("  damage    ", &escape(&text));
    }
    page.more(stream.damage.len());
    for warning in stream.warnings.iter().take(MOST_LINES) {
        page.hanging("  warning   ", &escape(warning));
    }
    page.more(stream.warnings.len());
}

fn levels(document: &AnalysisDocument) -> Option<String> {
    let levels = document.measurements.as_ref()?;
    let mut parts = Vec::new();
    parts.extend(levels.loudness_lufs.map(|v| format!("loudness {}", quantity(v, "LUFS"))));
    parts.push(format!("true peak {}", quantity(levels.true_peak_dbtp, "dBTP")));
    parts.extend(levels.noise_floor_dbfs.map(|v| format!("background {}", quantity(v, "dBFS"))));
    parts.extend(levels.bandwidth_hz.map(|v| format!("bandwidth {}", hertz(v))));
    parts.push(format!("speech {:.0} %", levels.speech_share * 100.0));
    Some(parts.join(" · "))
}

fn seen(document: &AnalysisDocument, page: &mut Page) {
    page.heading("What was seen");
    page.hanging("  ", &headline(document));
    for (number, point) in (1..).zip(document.edit_points.iter().take(MOST_LINES)) {
        edit_point(number, point, page);
    }
    page.more(document.edit_points.len());
    let others = other_findings(document);
    if !others.is_empty() {
        page.gap();
        page.hanging("  ", "Outside edit points:");
        for other in others {
            let line = format!("{}: {}", other.detector.name, other.places(MOST_PLACES));
            page.hanging("  - ", &escape(&line));
        }
    }
    let of_file = file_findings(document);
    if !of_file.is_empty() {
        page.gap();
        page.hanging("  ", "In the file itself:");
        for (detector, notes) in of_file {
            for note in notes.iter().take(MOST_PLACES) {
                page.hanging("  - ", &escape(&format!("{}: {note}", detector.name)));
            }
            if notes.len() > MOST_PLACES {
                let more = format!("{}: {} more", detector.name, notes.len() - MOST_PLACES);
                page.hanging("  - ", &escape(&more));
            }
        }
    }
    if let Some(references) = &document.references {
        page.gap();
        let files = references.files.len();
        let of = count(files, "recording", "recordings");
        if references.differing().next().is_none() {
            let same = "nothing that the writer of a file decides differs";
            page.hanging("  ", &format!("Beside {of} of the claimed source: {same}."));
        } else {
            page.hanging("  ", &format!("Unlike {of} of the claimed source:"));
        }
        for row in references.differing().take(MOST_LINES) {
            let line = format!("{}: {}; there {}", row.what, row.clip, row.references.join(" or "));
            page.hanging("  - ", &escape(&line));
        }
        page.more(references.differing().count());
    }
    if let Some(certificate) = &document.certificate {
        certified(certificate, page);
    }
    if let Some(matched) = &document.enf_match {
        page.gap();
        let name = format!("Hum against the record `{}`:", matched.record.path);
        page.hanging("  ", &escape(&name));
        page.hanging("  - ", &escape(&sentences(matched)));
    }
    page.gap();
    page.hanging("  ", ABSENCE);
}

fn certified(certificate: &CertificateReport, page: &mut Page) {
    page.gap();
    let text = format!("Cuts tried in this clip, {}:", encoded_as(certificate));
    page.hanging("  ", &text);
    for kind in &certificate.kinds {
        let line = format!("{} {}: {}", kind.joint, kind.placement, found_of(kind));
        page.hanging("  - ", &line);
    }
}

fn edit_point(number: usize, point: &EditPointReport, page: &mut Page) {
    let word = strength(point.strength);
    let first = format!("  {:<4}{}  ", format!("E{number}"), clock(point.time_s));
    let rest = page.painted(word, strength_colour(point.strength));
    page.line(&format!("\n{first}{rest}  {}", escape(&point.detectors.join(", "))));
    page.hanging("      ", &escape(&point.explanation));
}

fn strength_colour(strength: Strength) -> &'static str {
    match strength {
        Strength::Uncalibrated | Strength::Limited => "2",
        Strength::Moderate => "33",
        Strength::Strong | Strength::VeryStrong => "1;33",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{sample_report, unreadable_report};

    #[test]
    fn a_screen_names_what_a_reader_needs_in_80_columns() {
        let text = summary(&sample_report(), Style::default());
        for part in [
            "sha256    3f3f3f3f3f3f3f3f…\n",
            "stream    00:12.000 · MP4 · AAC-LC · 44.1 kHz · stereo · 128 kbit/s",
            "E1  00:04.200  strong  digital-silence, noise-floor-step\n",
            "  - Digital silence: 1 place, moderate: 00:04.000\n",
            "  hum-phase   needs 10 s of mains hum, none was found\n",
            "  frame-grid  failed: out of memory\\nat \\x1b[31mblock 7\n",
            "  Hum against the record `grid\\x1b[31m </script><b>.csv`:\n  - The record fits best with",
            "damage    00:07.500 (byte 123456): frame skipped",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(ABSENCE));
        let body = text.lines().skip(1);
        assert!(body.into_iter().all(|line| line.chars().count() <= 80), "{text}");
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
    }

    #[test]
    fn an_unreadable_clip_says_why_and_shows_no_empty_lists() {
        let text = summary(&unreadable_report(), Style::default());
        assert!(text.contains("status    unreadable: nothing was examined\n"));
        assert!(text.contains("error     malformed MP4 at byte 4096"));
        assert!(!text.contains("What was seen"));
    }

    #[test]
    fn colour_changes_no_word() {
        let plain = summary(&sample_report(), Style::default());
        let coloured = summary(&sample_report(), Style { colour: true, width: 80 });
        let mut stripped = coloured.clone();
        for code in ["0", "1", "2", "33", "1;33"] {
            stripped = stripped.replace(&format!("\u{1b}[{code}m"), "");
        }
        assert_ne!(plain, coloured);
        assert_eq!(plain, stripped);
    }

    #[test]
    fn escapes_are_visible() {
        assert_eq!(escape("a\u{1b}[0m\u{202e}b\n\u{85}é"), "a\\x1b[0m\\u{202e}b\\n\\u{85}é");
    }
}
