//! Where a time stands on the map, and the round times along its sides.

use crate::report::comparison::ComparisonDocument;
use crate::report::comparison::wording::duration_s;
use crate::report::wording::clock;

/// Share of B from which on the whole of it is shown.
const SHOW_ALL: f64 = 0.4;
/// Room left around the used part of B where not all of it is shown, as a share of that part.
const MARGIN: f64 = 0.06;

/// A stretch of time along one side of the map, between two places in the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Axis {
    pub(crate) from_s: f64,
    pub(crate) to_s: f64,
    pub(crate) from: f64,
    pub(crate) to: f64,
}

impl Axis {
    /// Place of a time; times outside the stretch stay at its ends.
    pub(crate) fn place(&self, time_s: f64) -> f64 {
        let share = ((time_s - self.from_s) / (self.to_s - self.from_s)).clamp(0.0, 1.0);
        self.from + share * (self.to - self.from)
    }

    /// About `count` round times of the stretch, each with its text.
    pub(crate) fn ticks(&self, count: f64) -> Vec<(f64, String)> {
        const STEPS: [f64; 21] = [
            0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0,
            600.0, 900.0, 1800.0, 3600.0, 7200.0, 14_400.0,
        ];
        let rough = (self.to_s - self.from_s) / count;
        let step = STEPS.into_iter().find(|&step| step >= rough).unwrap_or(86_400.0);
        let first = (self.from_s / step - 1e-9).ceil() as u64;
        let last = (self.to_s / step + 1e-9).floor() as u64;
        let text = |time_s: f64| {
            let text = clock(time_s);
            text[..text.len() - if step < 1.0 { 1 } else { 4 }].to_string()
        };
        (first..=last.min(first + 100)).map(|i| i as f64 * step).map(|t| (t, text(t))).collect()
    }
}

/// The part of B that the map shows: all of it, or what A uses and a little more where that is a
/// small part of a long recording.
pub(crate) fn shown_of_b(document: &ComparisonDocument) -> (f64, f64) {
    let whole_s = duration_s(&document.b);
    let segments = document.segments.iter().map(|s| (s.b_start_s, s.b_end_s));
    let edits = document.edits.iter().filter_map(|e| e.b_start_s.zip(e.b_end_s));
    let used = segments
        .chain(edits)
        .fold((f64::MAX, f64::MIN), |used, b| (used.0.min(b.0.min(b.1)), used.1.max(b.0.max(b.1))));
    let margin = (used.1 - used.0) * MARGIN;
    let (from, to) = ((used.0 - margin).max(0.0), (used.1 + margin).min(whole_s));
    if to - from > SHOW_ALL * whole_s || to <= from { (0.0, whole_s) } else { (from, to) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::comparison::sample;

    #[test]
    fn ticks_are_round_and_inside() {
        let axis = Axis { from_s: 3.0, to_s: 41.0, from: 0.0, to: 100.0 };
        let texts: Vec<String> = axis.ticks(5.0).into_iter().map(|tick| tick.1).collect();
        assert_eq!(texts, ["00:10", "00:20", "00:30", "00:40"]);
        let short = Axis { from_s: 0.0, to_s: 0.4, ..axis };
        let texts: Vec<String> = short.ticks(4.0).into_iter().map(|tick| tick.1).collect();
        assert_eq!(texts, ["00:00.00", "00:00.10", "00:00.20", "00:00.30", "00:00.40"]);
    }

    #[test]
    fn places_are_linear_and_stay_inside() {
        let axis = Axis { from_s: 10.0, to_s: 20.0, from: 300.0, to: 100.0 };
        assert_eq!(axis.place(10.0), 300.0);
        assert_eq!(axis.place(15.0), 200.0);
        assert_eq!(axis.place(99.0), 100.0);
    }

    #[test]
    fn a_small_used_part_of_a_long_source_fills_the_map() {
        let mut document = sample::found().document;
        assert_eq!(shown_of_b(&document), (0.0, 64.0));
        document.b.stream.as_mut().unwrap().duration_s = 6400.0;
        let (from, to) = shown_of_b(&document);
        assert!(from < 5.0 && from > 1.0 && to > 57.632 && to < 62.0);
    }
}
