//! What turns a source into a clip, read from where the clip's stretches lie in it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::line::Line;

/// Gaps and overlaps shorter than this are the blur of joints, in seconds.
const BLUR_S: f64 = 0.06;

/// What is missing from the source next to a foreign stretch is blur if shorter than this, in seconds:
/// two joints add up.
const FOREIGN_BLUR_S: f64 = 0.15;

/// Share of a stretch that must have been used before for it to count as a repeat.
const REPEATED: f64 = 0.5;

/// Kind of an edit, where A is the clip and B the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EditKind {
    /// `b_start_s..b_end_s` of B is missing between two stretches of A.
    Deletion,
    /// `a_start_s..a_end_s` of A is not from B.
    Insertion,
    /// `a_start_s..a_end_s` of A stands elsewhere in B, at `b_start_s..b_end_s`.
    Move,
    /// `a_start_s..a_end_s` of A uses `b_start_s..b_end_s` of B a further time.
    Repeat,
    /// `b_start_s..b_end_s` of B gave way to `a_start_s..a_end_s` of A, which is not from B.
    Replacement,
}

/// One edit; times in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edit {
    /// What was done.
    pub kind: EditKind,
    /// Start and end in the clip.
    pub a_s: (f64, f64),
    /// Start and end in the source.
    pub b_s: Option<(f64, f64)>,
}

/// A stretch of the clip and its line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// Start and end in the clip, in seconds.
    pub a_s: (f64, f64),
    /// Where it lies.
    pub line: Line,
}

impl Stretch {
    fn b_s(&self) -> (f64, f64) {
        (self.line.b(self.a_s.0), self.line.b(self.a_s.1))
    }

    fn len_s(&self) -> f64 {
        self.a_s.1 - self.a_s.0
    }
}

/// Edits of a clip of `duration_s` seconds made of these stretches, sorted and apart; sorted by
/// their start in the clip. What lies before the clip's first and after its last moment in the
/// source is no edit: a clip is an excerpt.
#[must_use]
pub fn edits(stretches: &[Stretch], duration_s: f64) -> Vec<Edit> {
    if stretches.is_empty() {
        return Vec::new();
    }
    let in_order = fewest_edits(stretches);
    let mut out = Vec::new();
    for (i, stretch) in stretches.iter().enumerate().filter(|(i, _)| !in_order[*i]) {
        let others =
            stretches.iter().enumerate().filter(|(j, _)| *j != i && (in_order[*j] || *j < i));
        let used = covered(stretch.b_s(), others.map(|(_, s)| s.b_s()));
        let (start, end) = stretch.b_s();
        let kind = if used > REPEATED * (end - start) { EditKind::Repeat } else { EditKind::Move };
        out.push(Edit { kind, a_s: stretch.a_s, b_s: Some(stretch.b_s()) });
    }
    // What stands between two neighbours in order: foreign in the clip, missing in the source.
    let mut before: Option<&Stretch> = None;
    let mut end_of_last = 0.0;
    for (i, stretch) in stretches.iter().enumerate() {
        let foreign = (end_of_last, stretch.a_s.0);
        let gap = before.filter(|_| in_order[i]).map(|b| (b.b_s().1, stretch.b_s().0));
        let elsewhere =
            stretches.iter().enumerate().filter(|(j, _)| !in_order[*j]).map(|(_, s)| s.b_s());
        let missing = gap.filter(|g| {
            let length = g.1 - g.0;
            let blur = if foreign.1 - foreign.0 > BLUR_S { FOREIGN_BLUR_S } else { BLUR_S };
            length > blur && length - covered(*g, elsewhere) > 0.5 * length
        });
        let is_foreign = foreign.1 - foreign.0 > BLUR_S;
        if let Some(overlap) = gap.map(|g| g.0 - g.1).filter(|overlap| *overlap > BLUR_S) {
            let end = stretch.a_s.0 + overlap / stretch.line.ratio;
            let from = stretch.b_s().0;
            out.push(Edit {
                kind: EditKind::Repeat,
                a_s: (stretch.a_s.0, end),
                b_s: Some((from, from + overlap)),
            });
        }
        match (missing, is_foreign) {
            (Some(gap), true) => {
                out.push(Edit { kind: EditKind::Replacement, a_s: foreign, b_s: Some(gap) });
            }
            (Some(gap), false) => {
                let joint = (stretch.a_s.0, stretch.a_s.0);
                out.push(Edit { kind: EditKind::Deletion, a_s: joint, b_s: Some(gap) });
            }
            (None, true) => out.push(Edit { kind: EditKind::Insertion, a_s: foreign, b_s: None }),
            (None, false) => {}
        }
        end_of_last = stretch.a_s.1;
        if in_order[i] {
            before = Some(stretch);
        }
    }
    if duration_s - end_of_last > BLUR_S {
        let foreign = (end_of_last, duration_s);
        out.push(Edit { kind: EditKind::Insertion, a_s: foreign, b_s: None });
    }
    out.sort_by(|x, y| x.a_s.0.total_cmp(&y.a_s.0).then(x.a_s.1.total_cmp(&y.a_s.1)));
    out
}

/// Which stretches belong to the series that runs forward in the source with the fewest edits: each
/// stretch left out is one, and so is each break between neighbours. Among equals the longest. The
/// next may begin before the last has ended, as where a stretch is repeated at once.
fn fewest_edits(stretches: &[Stretch]) -> Vec<bool> {
    const PER_SECOND: f64 = 1e-4;
    let worth = |s: &Stretch| PER_SECOND * s.len_s();
    // Best value of a series that ends with each stretch.
    let mut best: Vec<(f64, Option<usize>)> = Vec::new();
    for (i, stretch) in stretches.iter().enumerate() {
        let (from, to) = stretch.b_s();
        let mut way = (worth(stretch) - i as f64, None);
        for (j, other) in stretches[..i].iter().enumerate() {
            let (other_from, other_to) = other.b_s();
            if from <= other_from || to <= other_to {
                continue;
            }
            let breaks = f64::from((from - other_to).abs() > BLUR_S);
            let value = best[j].0 + worth(stretch) - (i - j - 1) as f64 - breaks;
            if value > way.0 {
                way = (value, Some(j));
            }
        }
        best.push(way);
    }
    let mut chosen = vec![false; stretches.len()];
    let left_out = |i: usize| (stretches.len() - 1 - i) as f64;
    let value = |i: usize| best[i].0 - left_out(i);
    let mut at = (0..best.len()).max_by(|&i, &j| value(i).total_cmp(&value(j)));
    while let Some(i) = at {
        chosen[i] = true;
        at = best[i].1;
    }
    chosen
}

/// Seconds of `span` that `others` cover.
fn covered(span: (f64, f64), others: impl Iterator<Item = (f64, f64)>) -> f64 {
    let mut parts: Vec<(f64, f64)> =
        others.map(|o| (o.0.max(span.0), o.1.min(span.1))).filter(|o| o.1 > o.0).collect();
    parts.sort_by(|x, y| x.0.total_cmp(&y.0));
    let (mut sum, mut end) = (0.0, span.0);
    for (from, to) in parts {
        sum += (to - from.max(end)).max(0.0);
        end = end.max(to);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stretches from `(clip start, clip end, source start)`.
    fn stretches(of: &[(f64, f64, f64)]) -> Vec<Stretch> {
        let stretch = |&(start, end, b): &(f64, f64, f64)| Stretch {
            a_s: (start, end),
            line: Line { ratio: 1.0, offset_s: b - start },
        };
        of.iter().map(stretch).collect()
    }

    fn kinds(of: &[(f64, f64, f64)], duration_s: f64) -> Vec<EditKind> {
        edits(&stretches(of), duration_s).iter().map(|edit| edit.kind).collect()
    }

    #[test]
    fn each_kind_is_told_apart() {
        use EditKind::*;
        assert_eq!(kinds(&[(0.0, 5.0, 10.0)], 5.0), []);
        assert_eq!(kinds(&[(0.0, 5.0, 10.0), (5.0, 9.0, 18.0)], 9.0), [Deletion]);
        assert_eq!(kinds(&[(0.0, 5.0, 10.0), (7.0, 9.0, 15.0)], 9.0), [Insertion]);
        assert_eq!(kinds(&[(0.0, 5.0, 10.0), (7.0, 9.0, 17.0)], 9.0), [Replacement]);
        let moved = [(0.0, 5.0, 10.0), (5.0, 7.0, 30.0), (7.0, 12.0, 15.0)];
        assert_eq!(kinds(&moved, 12.0), [Move]);
        let repeated = [(0.0, 5.0, 10.0), (5.0, 7.0, 12.0), (7.0, 12.0, 15.0)];
        assert_eq!(kinds(&repeated, 12.0), [Repeat]);
        assert_eq!(kinds(&[(1.0, 5.0, 10.0)], 6.0), [Insertion, Insertion]);
        assert_eq!(kinds(&[], 6.0), []);
    }

    #[test]
    fn a_stretch_moved_forward_leaves_no_deletion() {
        let moved = [(0.0, 5.0, 10.0), (5.0, 10.0, 17.0), (10.0, 12.0, 15.0), (12.0, 20.0, 22.0)];
        assert_eq!(kinds(&moved, 20.0), [EditKind::Move]);
    }

    #[test]
    fn what_the_source_goes_on_after_is_the_move() {
        let moved = [(0.0, 5.0, 10.0), (5.0, 11.0, 60.0), (11.0, 15.0, 15.0)];
        let found = edits(&stretches(&moved), 15.0);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].kind, found[0].a_s), (EditKind::Move, (5.0, 11.0)));
    }

    #[test]
    fn a_stretch_repeated_at_once_is_named() {
        let found = edits(&stretches(&[(0.0, 5.0, 10.0), (5.0, 12.0, 13.0)]), 12.0);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].kind, found[0].a_s), (EditKind::Repeat, (5.0, 7.0)));
        assert_eq!(found[0].b_s, Some((13.0, 15.0)));
    }

    #[test]
    fn a_deletion_names_what_is_missing() {
        let found = edits(&stretches(&[(0.0, 5.0, 10.0), (5.0, 9.0, 18.0)]), 9.0);
        assert_eq!(found[0].a_s, (5.0, 5.0));
        assert_eq!(found[0].b_s, Some((15.0, 18.0)));
    }
}
