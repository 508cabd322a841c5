//! The best way through a clip: on which line each moment lies, or on none.
//!
//! A shortest path through hypotheses (Viterbi 1967): each moment pays with its evidence, each change
//! of line costs what it is worth to be believed.

use super::states::State;
use crate::fingerprint::FRAME_S;

/// Cost of going from a line or from nothing to a line, in nats: near the logarithm of the number of
/// places there are.
const ENTER: f32 = 12.0;

/// Cost of leaving a line for nothing.
const LEAVE: f32 = 5.0;

/// Cost of going to a line that lies no more than [`DRIFT_S`] away: clocks that differ.
const DRIFT: f32 = 3.0;

/// Distance between lines that clocks explain, in seconds.
const DRIFT_S: f64 = 2.2 * FRAME_S;

/// A stretch of a clip on one line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// Index of the hypothesis.
    pub state: usize,
    /// First moment, in frames.
    pub start: usize,
    /// One past the last moment, in frames.
    pub end: usize,
}

/// The best way through a clip.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Path {
    /// Stretches that lie on a line, in order.
    pub pieces: Vec<Piece>,
    /// For each moment, how much better the best way over a line is than the best way over nothing,
    /// in nats.
    pub evidence: Vec<f32>,
}

/// Where a way came from.
#[derive(Debug, Clone, Copy, PartialEq)]
enum From {
    Same,
    Nothing,
    State(u32),
}

/// The best way through `frames` moments.
#[must_use]
pub fn best_path(states: &[State], frames: usize) -> Path {
    let forward = Sweep::run(states, frames, false);
    let backward = Sweep::run(states, frames, true);
    let mut evidence = Vec::with_capacity(frames);
    for frame in 0..frames {
        let nothing = forward.nothing[frame] + backward.nothing[frames - 1 - frame];
        let over_lines = states.iter().enumerate().filter_map(|(s, state)| {
            let local = frame.checked_sub(state.start).filter(|l| *l < state.evidence.len())?;
            let back = backward.lines[s][state.evidence.len() - 1 - local].0;
            // The moment's own evidence is in both sums.
            Some(forward.lines[s][local].0 + back - state.evidence[local])
        });
        let best = over_lines.fold(f32::NEG_INFINITY, f32::max);
        evidence.push((best - nothing).clamp(-500.0, 500.0));
    }
    Path { pieces: forward.trace(states, frames), evidence }
}

/// Best sums up to each moment.
struct Sweep {
    nothing: Vec<f32>,
    nothing_from: Vec<From>,
    /// Per state and moment of its own: best sum and where it came from.
    lines: Vec<Vec<(f32, From)>>,
}

impl Sweep {
    /// In reverse, the last moment comes first and states are read from their ends.
    fn run(states: &[State], frames: usize, reverse: bool) -> Self {
        let start = |s: &State| if reverse { frames - s.end().min(frames) } else { s.start };
        let mut order: Vec<usize> = (0..states.len()).collect();
        order.sort_by_key(|&i| start(&states[i]));
        let mut coming = order.into_iter().peekable();
        let mut live: Vec<usize> = Vec::new();
        let mut out = Self {
            nothing: Vec::with_capacity(frames),
            nothing_from: Vec::with_capacity(frames),
            lines: states.iter().map(|s| Vec::with_capacity(s.evidence.len())).collect(),
        };
        let (mut nothing, mut best, mut best_state) = (0.0f32, f32::NEG_INFINITY, 0usize);
        let (enter, leave) = if reverse { (LEAVE, ENTER) } else { (ENTER, LEAVE) };
        for frame in 0..frames {
            let line_to_nothing = best - leave;
            let (next_nothing, came) = if line_to_nothing > nothing {
                (line_to_nothing, From::State(best_state as u32))
            } else {
                (nothing, From::Same)
            };
            live.retain(|&s| out.lines[s].len() < states[s].evidence.len());
            while let Some(s) = coming.next_if(|&s| start(&states[s]) <= frame) {
                live.push(s);
            }
            let before: Vec<(usize, f32)> = live
                .iter()
                .filter_map(|&s| out.lines[s].last().map(|(sum, _)| (s, *sum)))
                .collect();
            let (mut next_best, mut next_best_state) = (f32::NEG_INFINITY, 0);
            for &s in &live {
                let state = &states[s];
                let local = out.lines[s].len();
                let mut way = (nothing - enter, From::Nothing);
                if frame == 0 {
                    // A clip may end on a line, but to begin on one must be worth its price.
                    way.0 = if reverse { 0.0 } else { -ENTER };
                }
                if best - ENTER > way.0 {
                    way = (best - ENTER, From::State(best_state as u32));
                }
                for &(other, sum) in &before {
                    if other == s {
                        if sum >= way.0 {
                            way = (sum, From::Same);
                        }
                    } else if sum - DRIFT > way.0
                        && is_drift(&states[other], state, frame, frames, reverse)
                    {
                        way = (sum - DRIFT, From::State(other as u32));
                    }
                }
                let index = if reverse { state.evidence.len() - 1 - local } else { local };
                let sum = way.0 + state.evidence[index];
                out.lines[s].push((sum, way.1));
                if sum > next_best {
                    (next_best, next_best_state) = (sum, s);
                }
            }
            nothing = next_nothing;
            out.nothing.push(nothing);
            out.nothing_from.push(came);
            (best, best_state) = (next_best, next_best_state);
        }
        out
    }

    /// The pieces of the best way.
    fn trace(&self, states: &[State], frames: usize) -> Vec<Piece> {
        let mut pieces = Vec::new();
        if frames == 0 {
            return pieces;
        }
        let last = frames - 1;
        let ends = states.iter().enumerate().filter(|(_, s)| s.end() >= frames);
        let best = ends
            .filter_map(|(i, s)| Some((i, self.lines[i].get(last - s.start)?.0)))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        let mut at = best.filter(|b| b.1 > self.nothing[last]).map(|b| b.0);
        let mut end = frames;
        for frame in (0..frames).rev() {
            match at {
                None => match self.nothing_from[frame] {
                    From::State(s) => (at, end) = (Some(s as usize), frame),
                    From::Same | From::Nothing => {}
                },
                Some(s) => {
                    let came = self.lines[s][frame - states[s].start].1;
                    if came == From::Same {
                        continue;
                    }
                    pieces.push(Piece { state: s, start: frame, end });
                    end = frame;
                    at = match came {
                        From::State(other) => Some(other as usize),
                        From::Nothing | From::Same => None,
                    };
                }
            }
        }
        pieces.reverse();
        pieces
    }
}

/// Whether two lines lie so close that clocks explain the step.
fn is_drift(a: &State, b: &State, frame: usize, frames: usize, reverse: bool) -> bool {
    let frame = if reverse { frames - 1 - frame } else { frame };
    let time_s = frame as f64 * FRAME_S;
    (a.line.b(time_s) - b.line.b(time_s)).abs() <= DRIFT_S
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::align::{Audibility, Line};
    use crate::fingerprint::{Gradients, Warp};

    fn state(start: usize, evidence: Vec<f32>, offset_s: f64) -> State {
        let line = Line { ratio: 1.0, offset_s };
        let none = Gradients::default();
        let audibility = Audibility::of(&none, &none, std::iter::empty());
        State { warp: Warp::NONE, line, agreement: 0.8, audibility, start, evidence }
    }

    #[test]
    fn two_lines_and_nothing_between() {
        let states = [state(0, vec![1.0; 100], 5.0), state(150, vec![1.0; 100], 9.0)];
        let path = best_path(&states, 250);
        let piece = |state, start, end| Piece { state, start, end };
        assert_eq!(path.pieces, [piece(0, 0, 100), piece(1, 150, 250)]);
        assert!(path.evidence[50] > 15.0 && path.evidence[120] < 0.0);
    }

    #[test]
    fn a_jump_is_made_where_the_evidence_turns() {
        let first: Vec<f32> = (0..200).map(|n| if n < 90 { 1.0 } else { -1.0 }).collect();
        let second = first.iter().map(|e| -e).collect();
        let path = best_path(&[state(0, first, 0.0), state(0, second, 3.0)], 200);
        assert_eq!(path.pieces.len(), 2);
        assert_eq!((path.pieces[0].end, path.pieces[1].start), (90, 90));
    }

    #[test]
    fn little_evidence_does_not_pay_for_a_line() {
        let path = best_path(&[state(10, vec![1.0; 8], 0.0)], 50);
        assert!(path.pieces.is_empty());
        assert!(path.evidence.iter().all(|e| *e < 0.0));
        assert_eq!(best_path(&[], 3).pieces, []);
        assert_eq!(best_path(&[], 0), Path::default());
    }

    #[test]
    fn close_lines_are_changed_cheaply() {
        let first: Vec<f32> = (0..60).map(|n| if n < 30 { 1.0 } else { -0.2 }).collect();
        let second: Vec<f32> = (0..60).map(|n| if n < 30 { -0.2 } else { 1.0 }).collect();
        let close = [state(0, first.clone(), 0.0), state(0, second.clone(), FRAME_S)];
        assert_eq!(best_path(&close, 60).pieces.len(), 2);
    }
}
