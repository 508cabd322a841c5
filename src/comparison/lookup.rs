//! The whole clip looked up window by window, and the best path through what was seen.

use super::Recording;
use super::usable::Usable;
use super::warps::rows_under;
use crate::align::{Null, Path, State, best_diagonal, best_path, extend};
use crate::error::Result;
use crate::fingerprint::{FRAME_S, Gradients, Hit, ROW_SPAN_S, Row, Warp, search};

/// Lengths of windows in seconds, of steps between them, and how many are looked up at most in an hour
/// of source (more in a shorter one): long ones find what is faint, short ones what is brief.
const SIZES: [(f64, f64, f64); 2] = [(8.0, 4.0, 200.0), (2.5, 1.25, 100.0)];

/// Rows of an hour.
const HOUR: f64 = 3600.0 / FRAME_S;

/// Windows that are looked up in any case.
const AT_LEAST: usize = 60;

/// Score from which a place becomes a hypothesis.
const SEED: f64 = 5.0;

/// Places of one window that become hypotheses, at most.
const PLACES: usize = 4;

/// Hypotheses, at most.
const STATES: usize = 600;

/// Frames of all hypotheses together, at most: bounds memory (28 bytes each) where all of a long clip
/// agrees with many places, as in looping music.
const STATE_FRAMES: usize = 1_500_000;

/// Lines closer than this are one, in rows.
const SAME_LINE: f64 = 1.5;

/// What was seen of a clip in its source.
pub(super) struct Found {
    pub(super) states: Vec<State>,
    pub(super) path: Path,
    /// The clip's rows under each warp.
    pub(super) rows: Vec<(Warp, Gradients)>,
    pub(super) null: Null,
    /// Seconds between windows of each size, where the budget widened them.
    pub(super) widened_s: Option<f64>,
}

impl Found {
    pub(super) fn rows_of(&self, warp: &Warp) -> &Gradients {
        let rows = self.rows.iter().find(|(w, _)| w == warp);
        rows.map(|(_, rows)| rows).expect("every hypothesis was made from the rows of its warp")
    }
}

/// Looks the clip up under each warp.
pub(super) fn follow(
    a: &mut Recording,
    b: &Recording,
    warps: &[Warp],
    usable: &Usable,
    null: &Null,
) -> Result<Found> {
    let mut states: Vec<State> = Vec::new();
    let mut rows = Vec::new();
    let mut widened_s = None;
    for &warp in warps {
        let mine = rows_under(a, warp)?;
        for (size_s, step_s, budget) in SIZES {
            let (starts, step_s) = windows(&mine, &b.gradients, &warp, (size_s, step_s, budget));
            if step_s.1 {
                widened_s = Some(step_s.0);
            }
            let length = ((size_s - ROW_SPAN_S) / FRAME_S) as usize;
            look(&mine, &b.gradients, warp, &starts, length, usable, null, &mut states);
        }
        rows.push((warp, mine));
    }
    let frames = a.gradients.rows.len();
    for state in &mut states {
        // Rounding under a warp may count a frame more.
        state.evidence.truncate(frames.saturating_sub(state.start));
    }
    states.retain(|state| !state.evidence.is_empty());
    let path = best_path(&states, frames);
    Ok(Found { states, path, rows, null: *null, widened_s })
}

/// First rows of windows, and the seconds between them with whether the budget widened them.
fn windows(
    mine: &Gradients,
    b: &Gradients,
    warp: &Warp,
    (size_s, step_s, budget): (f64, f64, f64),
) -> (Vec<usize>, (f64, bool)) {
    let length = ((size_s - ROW_SPAN_S) / FRAME_S) as usize;
    let total = mine.rows.len();
    if total <= length {
        return (vec![0], (step_s, false));
    }
    let wanted = ((total - length) as f64 * FRAME_S / step_s).ceil() as usize + 1;
    let allowed = ((budget * HOUR / b.rows.len().max(1) as f64) as usize).max(AT_LEAST);
    let count = wanted.min(allowed);
    let start = |i: usize| if count == 1 { 0 } else { (total - length) * i / (count - 1) };
    let step = (total - length) as f64 * FRAME_S / (count - 1).max(1) as f64 / warp.ratio;
    ((0..count).map(start).collect(), (step, count < wanted))
}

/// Looks windows up in rounds: a few first, since what these explain need not be looked up.
#[expect(clippy::too_many_arguments, reason = "one call site; the clip's side, the source's side")]
fn look(
    mine: &Gradients,
    b: &Gradients,
    warp: Warp,
    starts: &[usize],
    length: usize,
    usable: &Usable,
    null: &Null,
    states: &mut Vec<State>,
) {
    let end = |start: usize| (start + length).min(mine.rows.len());
    let clip_s = |row: usize| row as f64 * FRAME_S / warp.ratio;
    let mut open: Vec<usize> = starts
        .iter()
        .copied()
        .filter(|&s| usable.share(clip_s(s), clip_s(end(s))) > 0.25)
        .collect();
    let mut round = 8;
    while !open.is_empty() {
        open.retain(|&s| !is_explained(states, clip_s(s), clip_s(end(s))));
        let stride = open.len().div_ceil(round).max(1);
        let now: Vec<usize> = open.iter().copied().step_by(stride).collect();
        open.retain(|s| !now.contains(s));
        let queries: Vec<&[Row]> = now.iter().map(|&s| &mine.rows[s..end(s)]).collect();
        for (&start, hits) in now.iter().zip(search(b, &queries)) {
            for hit in hits.iter().take(PLACES).filter(|hit| hit.score >= SEED) {
                add(mine, b, warp, (start, end(start)), hit, null, states);
            }
        }
        round *= 4;
    }
}

/// Whether a hypothesis explains every part of these seconds of the clip.
fn is_explained(states: &[State], from_s: f64, to_s: f64) -> bool {
    let (from, to) = ((from_s / FRAME_S) as usize, (to_s / FRAME_S) as usize);
    const PART: usize = 30;
    states.iter().any(|state| {
        state.start <= from
            && state.end() >= to
            && state.evidence[from - state.start..to - state.start]
                .chunks(PART)
                .all(|part| part.iter().sum::<f32>() > 0.0)
    })
}

fn add(
    mine: &Gradients,
    b: &Gradients,
    warp: Warp,
    seed: (usize, usize),
    hit: &Hit,
    null: &Null,
    states: &mut Vec<State>,
) {
    let diagonal = hit.row as i64 - seed.0 as i64;
    let diagonal = best_diagonal(&mine.rows, &b.rows, seed, diagonal, 3);
    let middle_s = 0.5 * (seed.0 + seed.1) as f64 * FRAME_S / warp.ratio;
    let middle = (middle_s / FRAME_S) as usize;
    let line = crate::align::Line::through_rows(warp.ratio, diagonal as f64);
    let is_known = |state: &State| {
        state.start <= middle
            && middle < state.end()
            && (state.line.b(middle_s) - line.b(middle_s)).abs() < SAME_LINE * FRAME_S
            && state.warp == warp
    };
    let kept: usize = states.iter().map(|state| state.evidence.len()).sum();
    if states.len() < STATES && kept < STATE_FRAMES && !states.iter().any(is_known) {
        states.push(extend(mine, b, warp, diagonal, seed, null));
    }
}
