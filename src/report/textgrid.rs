//! A Praat TextGrid in the full text form, which ELAN opens too.
//!
//! Edit points are a point tier; each detector with findings is an interval tier. Praat wants
//! intervals that fill a tier from 0 to its end without gap or overlap, so a finding that overlaps
//! an earlier one of its detector goes to a further tier, and a momentary one is widened to 1 ms.
//! Times are laid out in whole microseconds, so that neighbours meet exactly.

use std::io::{self, Write};

use crate::report::audacity::one_line;
use crate::report::wording::{channel, quantity, strength};
use crate::report::{AnalysisDocument, DetectorReport, Report, examined_duration_s};

/// Shortest interval, in microseconds.
const SHORTEST_US: i64 = 1000;

struct Interval {
    start_us: i64,
    end_us: i64,
    text: String,
}

/// Edit points and findings as tiers.
///
/// # Errors
///
/// Whatever `out` answers; `InvalidInput` if nothing of the clip was examined.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let end_us = to_us(examined_duration_s(report)?).max(1);
    let document = &report.document;
    let mut tiers = Vec::new();
    for detector in &document.detectors {
        for (i, tier) in interval_tiers(detector, end_us).into_iter().enumerate() {
            let suffix = if i == 0 { String::new() } else { format!(" ({})", i + 1) };
            tiers.push((format!("{}{suffix}", detector.id), tier));
        }
    }
    let xmax = seconds(end_us);
    writeln!(out, "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n")?;
    writeln!(
        out,
        "xmin = 0\nxmax = {xmax}\ntiers? <exists>\nsize = {}\nitem []:",
        tiers.len() + 1
    )?;
    write_points(document, end_us, out)?;
    for (number, (name, intervals)) in (2..).zip(&tiers) {
        writeln!(out, "    item [{number}]:\n        class = \"IntervalTier\"")?;
        writeln!(out, "        name = {}\n        xmin = 0\n        xmax = {xmax}", quoted(name))?;
        writeln!(out, "        intervals: size = {}", intervals.len())?;
        for (i, interval) in (1..).zip(intervals) {
            writeln!(out, "        intervals [{i}]:")?;
            writeln!(out, "            xmin = {}", seconds(interval.start_us))?;
            writeln!(out, "            xmax = {}", seconds(interval.end_us))?;
            writeln!(out, "            text = {}", quoted(&interval.text))?;
        }
    }
    Ok(())
}

fn write_points(document: &AnalysisDocument, end_us: i64, out: &mut dyn Write) -> io::Result<()> {
    // A point tier holds one point per moment.
    let mut points: Vec<(i64, String)> = Vec::new();
    for point in &document.edit_points {
        let time_us = to_us(point.time_s).clamp(0, end_us);
        let text = format!("{} ({})", strength(point.strength), point.detectors.join(", "));
        match points.last_mut() {
            Some((last_us, last)) if *last_us >= time_us => *last = format!("{last}; {text}"),
            _ => points.push((time_us, text)),
        }
    }
    writeln!(out, "    item [1]:\n        class = \"TextTier\"\n        name = \"edit points\"")?;
    writeln!(out, "        xmin = 0\n        xmax = {}", seconds(end_us))?;
    writeln!(out, "        points: size = {}", points.len())?;
    for (i, (time_us, text)) in (1..).zip(&points) {
        writeln!(out, "        points [{i}]:\n            number = {}", seconds(*time_us))?;
        writeln!(out, "            mark = {}", quoted(text))?;
    }
    Ok(())
}

/// The detector's findings, each in the first tier that is free there, with the gaps filled.
fn interval_tiers(detector: &DetectorReport, end_us: i64) -> Vec<Vec<Interval>> {
    let mut findings: Vec<Interval> = detector
        .findings
        .iter()
        .map(|finding| {
            let score = quantity(finding.score, &finding.score_unit);
            let mut text = format!("{score} ({})", strength(finding.strength));
            text.extend(channel(finding).map(|channel| format!(", {channel}")));
            let (start_us, end_us) = widened(to_us(finding.start_s), to_us(finding.end_s), end_us);
            Interval { start_us, end_us, text }
        })
        .collect();
    findings.sort_by_key(|finding| (finding.start_us, finding.end_us));
    let mut tiers: Vec<Vec<Interval>> = Vec::new();
    for finding in findings {
        let free = tiers
            .iter_mut()
            .find(|tier| tier.last().is_none_or(|last| last.end_us <= finding.start_us));
        match free {
            Some(tier) => tier.push(finding),
            None => tiers.push(vec![finding]),
        }
    }
    tiers.into_iter().map(|tier| tiled(tier, end_us)).collect()
}

/// `tier` with empty intervals between its own, from 0 to `end_us`.
fn tiled(tier: Vec<Interval>, end_us: i64) -> Vec<Interval> {
    let gap = |start_us, end_us| Interval { start_us, end_us, text: String::new() };
    let mut tiles = Vec::with_capacity(2 * tier.len() + 1);
    let mut at_us = 0;
    for interval in tier {
        if interval.start_us > at_us {
            tiles.push(gap(at_us, interval.start_us));
        }
        at_us = interval.end_us;
        tiles.push(interval);
    }
    if at_us < end_us {
        tiles.push(gap(at_us, end_us));
    }
    tiles
}

/// The span inside the clip, at least [`SHORTEST_US`] long unless the clip is shorter.
fn widened(start_us: i64, finding_end_us: i64, end_us: i64) -> (i64, i64) {
    let (start_us, stop_us) = (start_us.clamp(0, end_us), finding_end_us.clamp(0, end_us));
    let missing = (SHORTEST_US - (stop_us - start_us)).max(0);
    let start_us = (start_us - missing / 2).clamp(0, (end_us - SHORTEST_US).max(0));
    (start_us, stop_us.max(start_us + SHORTEST_US).min(end_us))
}

fn to_us(time_s: f64) -> i64 {
    (time_s * 1e6).round() as i64
}

fn seconds(time_us: i64) -> String {
    format!("{}.{:06}", time_us / 1_000_000, time_us % 1_000_000)
}

/// `text` on one line, in quotes, with quotes doubled as Praat wants them.
fn quoted(text: &str) -> String {
    format!("\"{}\"", one_line(text).replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample_report;

    fn grid(report: &Report) -> String {
        let mut bytes = Vec::new();
        write(report, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn the_head_is_as_praat_writes_it() {
        let text = grid(&sample_report());
        assert!(text.starts_with("File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\n"));
        assert!(
            text.contains("xmax = 12.000000\ntiers? <exists>\nsize = 5\nitem []:\n    item [1]:")
        );
        assert!(text.contains("mark = \"strong (digital-silence, noise-floor-step)\""));
    }

    #[test]
    fn overlapping_findings_take_further_tiers() {
        let text = grid(&sample_report());
        assert!(text.contains("name = \"digital-silence\""));
        assert!(text.contains("name = \"digital-silence (2)\""));
    }

    #[test]
    fn every_tier_fills_the_clip_without_gap_or_overlap() {
        let mut report = sample_report();
        let ends = &mut report.document.detectors[1].findings;
        ends[0].start_s = 0.0;
        ends[2].end_s = 99.0;
        for detector in &report.document.detectors {
            for tier in interval_tiers(detector, 12_000_000) {
                assert_eq!((tier[0].start_us, tier[tier.len() - 1].end_us), (0, 12_000_000));
                assert!(tier.iter().all(|tile| tile.start_us < tile.end_us));
                assert!(tier.windows(2).all(|pair| pair[0].end_us == pair[1].start_us));
            }
        }
    }

    #[test]
    fn moments_are_widened_inside_the_clip() {
        assert_eq!(widened(500_000, 500_000, 1_000_000), (499_500, 500_500));
        assert_eq!(widened(0, 0, 1_000_000), (0, 1000));
        assert_eq!(widened(1_000_000, 1_000_000, 1_000_000), (999_000, 1_000_000));
        assert_eq!(widened(10, 20, 300), (0, 300));
        assert_eq!(widened(100_000, 300_000, 1_000_000), (100_000, 300_000));
    }

    #[test]
    fn quotes_are_doubled() {
        assert_eq!(quoted("a \"b\"\n"), "\"a \"\"b\"\"\"");
    }
}
