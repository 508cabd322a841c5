//! Holds a document against the truth about its clip.

use crate::results::{Document, Edit, Segment};
use crate::truth::{TrueEdit, TrueSegment, Truth};

/// Distance within which an edit counts as found, in seconds.
pub const EDIT_REACH_S: f64 = 0.5;

/// Distance within which a moment of the source counts as the right one, in seconds.
pub const PLACE_S: f64 = 0.05;

/// Length of the frames that are counted, in seconds.
const FRAME_S: f64 = 0.02;

/// Where time `a_s` of the clip is in the source, by the segment it lies in.
pub fn true_place(segments: &[TrueSegment], a_s: f64) -> Option<f64> {
    segments.iter().find(|s| (s.a_start_s..=s.a_end_s).contains(&a_s)).map(|s| {
        let share = (a_s - s.a_start_s) / (s.a_end_s - s.a_start_s).max(1e-9);
        s.b_start_s + share * (s.b_end_s - s.b_start_s)
    })
}

/// The same by what the document says.
pub fn said_place(segments: &[Segment], a_s: f64) -> Option<f64> {
    segments.iter().find(|s| (s.a_start_s..s.a_end_s).contains(&a_s)).map(|s| {
        let share = (a_s - s.a_start_s) / (s.a_end_s - s.a_start_s).max(1e-9);
        s.b_start_s + share * (s.b_end_s - s.b_start_s)
    })
}

/// How much later than the truth the longest right segment lies in the clip, in seconds at its
/// middle, and that segment. Nothing if no segment is right: within 50 ms, or 100 ms where the
/// speed was changed.
pub fn right_segment<'a>(truth: &Truth, document: &'a Document) -> Option<(f64, &'a Segment)> {
    let changed = truth.speed != 1.0 || truth.tempo != 1.0;
    let tolerance_s = if changed { 2.0 * PLACE_S } else { PLACE_S };
    document
        .segments
        .iter()
        .filter_map(|s| {
            let place = true_place(&truth.segments, 0.5 * (s.a_start_s + s.a_end_s))?;
            Some((place - 0.5 * (s.b_start_s + s.b_end_s), s))
        })
        .filter(|(error, _)| error.abs() <= tolerance_s)
        .max_by(|x, y| (x.1.a_end_s - x.1.a_start_s).total_cmp(&(y.1.a_end_s - y.1.a_start_s)))
}

/// Frames of the clip that come from the source, and how many of them the document puts there.
pub fn mapped_frames(truth: &Truth, document: &Document) -> (usize, usize) {
    let (mut all, mut right) = (0, 0);
    let end_s = truth.segments.iter().fold(0.0, |end: f64, s| end.max(s.a_end_s));
    let mut a_s = 0.5 * FRAME_S;
    while a_s < end_s {
        if let Some(place) = true_place(&truth.segments, a_s) {
            all += 1;
            let said = said_place(&document.segments, a_s);
            right += usize::from(said.is_some_and(|s| (s - place).abs() <= PLACE_S));
        }
        a_s += FRAME_S;
    }
    (all, right)
}

/// Values of the series `source_evidence` at moments from the source and at others.
///
/// Moments closer than `margin_s` to a joint are left out.
pub fn evidence(truth: &Truth, document: &Document, margin_s: f64) -> (Vec<f64>, Vec<f64>) {
    let (mut same, mut foreign) = (Vec::new(), Vec::new());
    let Some(series) = document.series.iter().find(|s| s.name == "source_evidence") else {
        return (same, foreign);
    };
    let end_s = clip_end_s(truth);
    for (n, value) in series.values.iter().enumerate() {
        let a_s = series.start_s + n as f64 * series.step_s;
        let at_joint = truth
            .segments
            .iter()
            .any(|s| (a_s - s.a_start_s).abs() < margin_s || (a_s - s.a_end_s).abs() < margin_s);
        let Some(value) = value.filter(|_| !at_joint && (0.0..end_s).contains(&a_s)) else {
            continue;
        };
        match true_place(&truth.segments, a_s) {
            Some(_) => same.push(value),
            None => foreign.push(value),
        }
    }
    (same, foreign)
}

fn clip_end_s(truth: &Truth) -> f64 {
    let edits = truth.edits.iter().map(|e| e.a_end_s);
    truth.segments.iter().map(|s| s.a_end_s).chain(edits).fold(0.0, f64::max)
}

/// What became of the edits of one clip.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EditScore {
    /// Edits to be found.
    pub wanted: usize,
    pub found: usize,
    /// Found ones whose kind is named.
    pub kind_right: usize,
    /// Edits in the document, and those that fit none of the truth.
    pub said: usize,
    pub invented: usize,
    /// Distances of start and end from the truth, in seconds.
    pub boundary_errors_s: Vec<f64>,
}

impl EditScore {
    /// Adds up two scores.
    pub fn add(&mut self, other: &Self) {
        self.wanted += other.wanted;
        self.found += other.found;
        self.kind_right += other.kind_right;
        self.said += other.said;
        self.invented += other.invented;
        self.boundary_errors_s.extend(&other.boundary_errors_s);
    }
}

/// Pairs the edits of the truth with those said, each used once, nearest starts first.
///
/// An optional edit may use one up, which then is not invented, and counts for nothing else.
pub fn score_edits(truth: &[TrueEdit], said: &[Edit]) -> EditScore {
    let mut score = EditScore {
        wanted: truth.iter().filter(|t| !t.optional).count(),
        said: said.len(),
        ..EditScore::default()
    };
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (i, t) in truth.iter().enumerate() {
        for (j, s) in said.iter().enumerate() {
            let distance = (t.a_start_s - s.a_start_s).abs();
            if distance <= EDIT_REACH_S {
                pairs.push((distance, i, j));
            }
        }
    }
    pairs.sort_by(|x, y| x.0.total_cmp(&y.0));
    let (mut truth_used, mut said_used) = (vec![false; truth.len()], vec![false; said.len()]);
    for (distance, i, j) in pairs {
        if truth_used[i] || said_used[j] {
            continue;
        }
        (truth_used[i], said_used[j]) = (true, true);
        let (t, s) = (&truth[i], &said[j]);
        if t.optional {
            continue;
        }
        score.found += 1;
        score.kind_right += usize::from(t.kind == s.kind);
        score.boundary_errors_s.push(distance);
        if t.a_end_s > t.a_start_s {
            score.boundary_errors_s.push((t.a_end_s - s.a_end_s).abs());
        }
    }
    score.invented = said_used.iter().filter(|used| !**used).count();
    score
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(kind: &str, start: f64, end: f64, optional: bool) -> TrueEdit {
        TrueEdit {
            kind: kind.to_owned(),
            a_start_s: start,
            a_end_s: end,
            b_start_s: None,
            b_end_s: None,
            optional,
        }
    }

    fn said(kind: &str, start: f64, end: f64) -> Edit {
        Edit { kind: kind.to_owned(), a_start_s: start, a_end_s: end }
    }

    #[test]
    fn nearest_edits_are_paired_once() {
        let truth = [wanted("deletion", 5.0, 5.0, false), wanted("insertion", 10.0, 12.0, false)];
        let answer =
            [said("deletion", 5.01, 5.01), said("deletion", 5.3, 5.3), said("move", 10.4, 12.1)];
        let score = score_edits(&truth, &answer);
        assert_eq!((score.wanted, score.found, score.kind_right), (2, 2, 1));
        assert_eq!((score.said, score.invented), (3, 1));
        let expected = [0.01, 0.4, 0.1];
        for (error, expected) in score.boundary_errors_s.iter().zip(expected) {
            assert!((error - expected).abs() < 1e-9);
        }
    }

    #[test]
    fn optional_edits_are_neither_missed_nor_invented() {
        let truth = [wanted("move", 5.0, 7.0, false), wanted("deletion", 9.0, 9.0, true)];
        let without = score_edits(&truth, &[said("move", 5.0, 7.0)]);
        assert_eq!((without.wanted, without.found, without.invented), (1, 1, 0));
        let answer = [said("move", 5.0, 7.0), said("deletion", 9.1, 9.1)];
        let with = score_edits(&truth, &answer);
        assert_eq!((with.wanted, with.found, with.invented), (1, 1, 0));
    }

    #[test]
    fn no_edits_no_score() {
        assert_eq!(score_edits(&[], &[]), EditScore::default());
        let far = score_edits(&[wanted("move", 1.0, 2.0, false)], &[said("move", 1.6, 2.0)]);
        assert_eq!((far.found, far.invented), (0, 1));
    }

    #[test]
    fn places_follow_the_segment() {
        let segment = TrueSegment { a_start_s: 1.0, a_end_s: 3.0, b_start_s: 10.0, b_end_s: 12.2 };
        assert_eq!(true_place(&[segment], 2.0), Some(11.1));
        assert_eq!(true_place(&[segment], 3.5), None);
        let answer = Segment {
            a_start_s: 0.0,
            a_end_s: 2.0,
            b_start_s: 9.0,
            b_end_s: 11.0,
            speed: 1.0,
            tempo: 1.0,
            gain_db: 0.0,
            inverted: false,
        };
        assert_eq!(said_place(&[answer], 1.5), Some(10.5));
    }
}
