//! The whole clip looked up window by window, and the best path through what was seen.

use super::Recording;
use super::usable::Usable;
use super::warps::rows_under;
use crate::align::{Line, Null, Path, State, best_diagonal, best_path, extend};
use crate::error::Result;
use crate::fingerprint::{FRAME_S, Gradients, Hit, ROW_SPAN_S, Row, Warp, search};

/// Lengths of windows in seconds, of steps between them, and how many are looked up at most in an hour
/// of source (more in a shorter one): long ones find what is faint, short ones what is brief.
const SIZES: [(f64, f64, f64); 2] = [(8.0, 4.0, 200.0), (2.5, 1.25, 100.0)];

/// Rows of an hour.
const HOUR: f64 = 3600.0 / FRAME_S;

/// Windows that are looked up in any case.
const AT_LEAST: usize = 60;

/// Share of usable moments from which a window is looked up.
const LEAST_USABLE: f64 = 0.25;

/// Windows of the first round; each further one has four times as many.
const FIRST_ROUND: usize = 8;

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
    b: &Gradients,
    warps: &[Warp],
    usable: &Usable,
    null: &Null,
) -> Result<Found> {
    let mut states: Vec<State> = Vec::new();
    let mut rows = Vec::new();
    let mut widened_s = None;
    for &warp in warps {
        let mine = rows_under(a, warp)?;
        let lookup = Lookup { mine: &mine, b, warp, usable, null };
        for size in SIZES {
            let windows = lookup.windows(size);
            widened_s = windows.widened_s.or(widened_s);
            lookup.look(&windows, &mut states);
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

/// Windows of one size.
struct Windows {
    /// First row of each.
    starts: Vec<usize>,
    /// Rows of each; the clip's end may cut the last one short.
    length: usize,
    /// Clip seconds between them, if the budget left room for fewer than wanted.
    widened_s: Option<f64>,
}

/// A clip under one warp against its source.
struct Lookup<'a> {
    mine: &'a Gradients,
    b: &'a Gradients,
    warp: Warp,
    usable: &'a Usable,
    null: &'a Null,
}

impl Lookup<'_> {
    fn clip_s(&self, row: f64) -> f64 {
        row * FRAME_S / self.warp.ratio
    }

    fn windows(&self, (size_s, step_s, budget): (f64, f64, f64)) -> Windows {
        let length = ((size_s - ROW_SPAN_S) / FRAME_S) as usize;
        let Some(room) = self.mine.rows.len().checked_sub(length).filter(|room| *room > 0) else {
            return Windows { starts: vec![0], length, widened_s: None };
        };
        let wanted = (room as f64 * FRAME_S / step_s).ceil() as usize + 1;
        let allowed = (budget * HOUR / self.b.rows.len().max(1) as f64) as usize;
        let count = wanted.min(allowed.max(AT_LEAST));
        let starts = (0..count).map(|i| room * i / (count - 1).max(1)).collect();
        let apart_s = self.clip_s(room as f64) / (count - 1).max(1) as f64;
        Windows { starts, length, widened_s: (count < wanted).then_some(apart_s) }
    }

    /// Looks windows up in rounds: a few first, since what these explain need not be looked up.
    fn look(&self, windows: &Windows, states: &mut Vec<State>) {
        let end = |start: usize| (start + windows.length).min(self.mine.rows.len());
        let clip_s = |start: usize| (self.clip_s(start as f64), self.clip_s(end(start) as f64));
        let is_usable = |start: &usize| {
            let (from_s, to_s) = clip_s(*start);
            self.usable.share(from_s, to_s) > LEAST_USABLE
        };
        let mut open: Vec<usize> = windows.starts.iter().copied().filter(is_usable).collect();
        let mut round = FIRST_ROUND;
        while !open.is_empty() {
            open.retain(|&start| !is_explained(states, clip_s(start)));
            let stride = open.len().div_ceil(round).max(1);
            let now: Vec<usize> = open.iter().copied().step_by(stride).collect();
            open.retain(|start| !now.contains(start));
            let queries: Vec<&[Row]> = now.iter().map(|&s| &self.mine.rows[s..end(s)]).collect();
            for (&start, hits) in now.iter().zip(search(self.b, &queries)) {
                for hit in hits.iter().take(PLACES).filter(|hit| hit.score >= SEED) {
                    self.add((start, end(start)), hit, states);
                }
            }
            round *= 4;
        }
    }

    /// Makes a hypothesis of a place, unless it is known.
    fn add(&self, seed: (usize, usize), hit: &Hit, states: &mut Vec<State>) {
        let (mine, b) = (self.mine, self.b);
        let diagonal = hit.row as i64 - seed.0 as i64;
        let diagonal = best_diagonal(&mine.rows, &b.rows, seed, diagonal, 3);
        let middle_s = self.clip_s(0.5 * (seed.0 + seed.1) as f64);
        let middle = (middle_s / FRAME_S) as usize;
        let line = Line::through_rows(self.warp.ratio, diagonal as f64);
        let is_known = |state: &State| {
            (state.start..state.end()).contains(&middle)
                && (state.line.b(middle_s) - line.b(middle_s)).abs() < SAME_LINE * FRAME_S
                && state.warp == self.warp
        };
        let kept: usize = states.iter().map(|state| state.evidence.len()).sum();
        if states.len() < STATES && kept < STATE_FRAMES && !states.iter().any(is_known) {
            states.push(extend(mine, b, self.warp, diagonal, seed, self.null));
        }
    }
}

/// Whether a hypothesis explains every part of these seconds of the clip.
fn is_explained(states: &[State], (from_s, to_s): (f64, f64)) -> bool {
    /// Frames of a part: half a second.
    const PART: usize = 30;
    let (from, to) = ((from_s / FRAME_S) as usize, (to_s / FRAME_S) as usize);
    states.iter().any(|state| {
        state.start <= from
            && state.end() >= to
            && state.evidence[from - state.start..to - state.start]
                .chunks(PART)
                .all(|part| part.iter().sum::<f32>() > 0.0)
    })
}
