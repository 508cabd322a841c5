//! Labels for Audacity: `start<TAB>end<TAB>text`, edit points before findings.

use std::io::{self, Write};

use crate::report::wording::{channel, quantity, strength};
use crate::report::{Report, examined_duration_s};

/// One label per edit point, then one per finding by detector id.
///
/// # Errors
///
/// Whatever `out` answers; `InvalidInput` if nothing of the clip was examined.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    examined_duration_s(report)?;
    let document = &report.document;
    for point in &document.edit_points {
        let text =
            format!("edit point: {} ({})", strength(point.strength), point.detectors.join(", "));
        label(out, point.start_s, point.end_s, &text)?;
    }
    for detector in &document.detectors {
        for finding in &detector.findings {
            let mut text = format!(
                "{}: {} ({})",
                detector.id,
                quantity(finding.score, &finding.score_unit),
                strength(finding.strength)
            );
            text.extend(channel(finding).map(|channel| format!(", {channel}")));
            label(out, finding.start_s, finding.end_s, &text)?;
        }
    }
    Ok(())
}

/// One label line.
pub(crate) fn label(out: &mut dyn Write, start_s: f64, end_s: f64, text: &str) -> io::Result<()> {
    writeln!(out, "{start_s:.6}\t{end_s:.6}\t{}", one_line(text))
}

/// `text` with every control character, tabs and line feeds among them, turned into one space.
pub(crate) fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{sample_report, unreadable_report};

    #[test]
    fn every_line_has_three_fields_and_edit_points_come_first() {
        let mut bytes = Vec::new();
        write(&sample_report(), &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
        assert_eq!(lines.len(), 8);
        assert!(lines.iter().all(|fields| fields.len() == 3));
        assert_eq!(
            text.lines().next().unwrap(),
            "4.190000\t4.210000\tedit point: strong (digital-silence, noise-floor-step)"
        );
        assert!(lines[2][2].starts_with("clipping-change: "));
    }

    #[test]
    fn text_stays_on_its_line() {
        assert_eq!(one_line("a\tb\r\nc\u{1b}[31m"), "a b c [31m");
    }

    #[test]
    fn an_unreadable_clip_has_no_labels() {
        let error = write(&unreadable_report(), &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }
}
