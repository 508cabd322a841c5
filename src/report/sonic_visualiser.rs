//! Regions for Sonic Visualiser: a CSV layer `time,value,duration,label`.
//!
//! `time` and `duration` are in seconds. `value` is the lane a region is drawn in: 0 for edit
//! points, then one number per detector with findings, by id; scores have different units and stand
//! in the label. On import choose a header row, time in seconds, and a duration column.

use std::io::{self, Write};

use csv::{Terminator, WriterBuilder};

use crate::report::audacity::one_line;
use crate::report::csv::safe_cell;
use crate::report::wording::{channel, quantity, strength};
use crate::report::{Report, examined_duration_s};

/// One region per edit point and per finding.
///
/// # Errors
///
/// Whatever `out` answers; `InvalidInput` if nothing of the clip was examined.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    examined_duration_s(report)?;
    let document = &report.document;
    let mut rows = WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(out);
    rows.write_record(["time", "value", "duration", "label"])?;
    let mut region = |lane: usize, start_s: f64, end_s: f64, label: &str| {
        rows.write_record([
            format!("{start_s:.6}"),
            lane.to_string(),
            format!("{:.6}", (end_s - start_s).max(0.0)),
            safe_cell(&one_line(label)).into_owned(),
        ])
    };
    for point in &document.edit_points {
        let label =
            format!("edit point: {} ({})", strength(point.strength), point.detectors.join(", "));
        region(0, point.start_s, point.end_s, &label)?;
    }
    let detectors = document.detectors.iter().filter(|detector| !detector.findings.is_empty());
    for (lane, detector) in (1..).zip(detectors) {
        for finding in &detector.findings {
            let score = quantity(finding.score, &finding.score_unit);
            let mut label = format!("{}: {score} ({})", detector.id, strength(finding.strength));
            label.extend(channel(finding).map(|channel| format!(", {channel}")));
            region(lane, finding.start_s, finding.end_s, &label)?;
        }
    }
    rows.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample_report;

    #[test]
    fn lanes_are_numbered_by_detector() {
        let mut bytes = Vec::new();
        write(&sample_report(), &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("time,value,duration,label"));
        assert_eq!(
            lines.next(),
            Some("4.190000,0,0.020000,\"edit point: strong (digital-silence, noise-floor-step)\"")
        );
        assert_eq!(text.lines().filter(|line| line.contains("digital-silence: ")).count(), 3);
        assert!(text.lines().any(|line| line.contains(",2,") && line.contains("digital-silence:")));
    }

    #[test]
    fn labels_are_never_formulas() {
        let mut report = sample_report();
        report.document.detectors[0].id = "=1+1".into();
        let mut bytes = Vec::new();
        write(&report, &mut bytes).unwrap();
        assert!(String::from_utf8(bytes).unwrap().contains(",\"'=1+1: "));
    }
}
