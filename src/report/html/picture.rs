//! Waveform and edit points as a still picture, for readers whose program runs no script.

use std::fmt::Write;

use crate::report::Report;
use crate::report::wording::clock;

const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 180.0;
/// Room for edit-point labels above and times below the waveform.
const MARGIN: f64 = 24.0;
/// Columns of the outline; more would only add bytes.
const COLUMNS: usize = 600;

/// An SVG element, or nothing for a clip without a waveform.
pub(crate) fn svg(report: &Report) -> String {
    let Some(overview) = &report.overview else { return String::new() };
    let columns = &overview.waveform.columns;
    if columns.is_empty() || overview.duration_s <= 0.0 {
        return String::new();
    }
    let peak =
        columns.iter().map(|&(low, high)| magnitude(low).max(magnitude(high))).fold(1.0, f64::max);
    let y = |value: i8| HEIGHT / 2.0 - f64::from(value) / peak * (HEIGHT / 2.0 - MARGIN);
    let per_point = columns.len().div_ceil(COLUMNS);
    let covered = overview.waveform.step_s * columns.len() as f64;
    let x_of = |time_s: f64| (time_s / overview.duration_s * WIDTH).clamp(0.0, WIDTH);
    let x = |i: usize| x_of(covered * (i * per_point) as f64 / columns.len() as f64);
    let groups: Vec<(i8, i8)> = columns
        .chunks(per_point)
        .map(|group| group.iter().fold((i8::MAX, i8::MIN), |(a, b), c| (a.min(c.0), b.max(c.1))))
        .collect();
    let mut outline = String::new();
    for (i, &(_, high)) in groups.iter().enumerate() {
        let _ = write!(outline, "{:.1},{:.1} ", x(i), y(high));
    }
    for (i, &(low, _)) in groups.iter().enumerate().rev() {
        let _ = write!(outline, "{:.1},{:.1} ", x(i), y(low));
    }
    let mut svg = format!(
        "<svg class=\"still\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-label=\"Waveform with edit points\">\
         <polygon points=\"{}\" fill=\"currentColor\" fill-opacity=\"0.45\"/>",
        outline.trim_end()
    );
    for (number, point) in (1..).zip(&report.document.edit_points) {
        let x = x_of(point.time_s);
        let _ = write!(
            svg,
            "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{MARGIN}\" y2=\"{}\" stroke=\"currentColor\" \
             stroke-width=\"1.5\"/><text x=\"{:.1}\" y=\"{}\" font-size=\"15\" \
             text-anchor=\"middle\" fill=\"currentColor\">E{number}</text>",
            HEIGHT - MARGIN,
            x.clamp(14.0, WIDTH - 14.0),
            MARGIN - 7.0,
        );
    }
    for (x, anchor, time_s) in [(0.0, "start", 0.0), (WIDTH, "end", overview.duration_s)] {
        let _ = write!(
            svg,
            "<text x=\"{x}\" y=\"{}\" font-size=\"14\" text-anchor=\"{anchor}\" \
             fill=\"currentColor\">{}</text>",
            HEIGHT - 5.0,
            clock(time_s)
        );
    }
    svg + "</svg>"
}

fn magnitude(value: i8) -> f64 {
    f64::from(value).abs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{sample_report, unreadable_report};

    #[test]
    fn edit_points_stand_at_their_time() {
        let svg = svg(&sample_report());
        assert!(svg.contains("x1=\"350.0\""), "4.2 s of 12 s");
        assert!(svg.contains(">E2</text>") && svg.contains(">00:12.000</text>"));
    }

    #[test]
    fn no_waveform_no_picture() {
        assert_eq!(svg(&unreadable_report()), "");
        let mut report = sample_report();
        report.overview.as_mut().unwrap().waveform.columns.clear();
        assert_eq!(svg(&report), "");
    }
}
