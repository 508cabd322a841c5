//! Cutting, inserting, moving, repeating and replacing, with the truth of it.

use crate::random::Random;
use crate::sources::Source;
use crate::truth::{TrueEdit, TrueSegment};

/// Kinds, as in `spliceprint.comparison/1`.
pub const KINDS: [&str; 5] = ["deletion", "insertion", "move", "repeat", "replacement"];

/// Pieces cut out or put in, in seconds.
const PIECE_S: (f64, f64) = (1.5, 8.0);

/// Shortest stretch of the source left between two edits, in seconds.
const KEEP_S: f64 = 3.0;

/// A stretch of the edited clip, in frames.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Piece {
    /// From the source.
    Own { start: usize, frames: usize },
    /// From the foreign recording with that number.
    Foreign { which: usize, start: usize, frames: usize },
}

impl Piece {
    fn frames(&self) -> usize {
        match self {
            Self::Own { frames, .. } | Self::Foreign { frames, .. } => *frames,
        }
    }
}

/// An edited clip: what it is put together from, and its truth before any change of speed.
pub struct Plan {
    pub pieces: Vec<Piece>,
    pub segments: Vec<TrueSegment>,
    pub edits: Vec<TrueEdit>,
}

/// One step between two kept stretches.
struct Step {
    kind: &'static str,
    /// Frames of the source left out.
    skip: usize,
    insert: Insert,
    optional: bool,
}

enum Insert {
    Nothing,
    Foreign(usize),
    /// The stretch that the step with this number left out.
    SkippedBy(usize),
    /// Frames from far away in the source.
    Elsewhere(usize),
    /// Frames that the clip has elsewhere too.
    Again(usize),
}

/// Plans 1 to 3 edits, all of `kind` or of any kind if none is given.
///
/// `foreign` holds the lengths of the foreign recordings in frames. Gives nothing if the random
/// numbers do not fit the source; the caller tries again.
pub fn plan(
    random: &mut Random,
    source: &Source,
    kind: Option<&'static str>,
    foreign: &[usize],
) -> Option<Plan> {
    let rate = f64::from(source.sound.rate_hz);
    let length = source.sound.frames();
    let steps = steps(random, kind, rate);
    let keeps: Vec<usize> = (0..=steps.len())
        .map(|_| {
            (random.between(KEEP_S, (34.0 / (steps.len() + 1) as f64).max(5.0)) * rate) as usize
        })
        .collect();

    // The cut points in the source, some moved into the nearest pause.
    let span = keeps.iter().sum::<usize>() + steps.iter().map(|s| s.skip).sum::<usize>();
    let start = random.below(length.checked_sub(span + rate as usize)?);
    let mut cuts = Vec::new();
    let mut at = start;
    for (step, keep) in steps.iter().zip(&keeps) {
        at += keep;
        let from = in_pause(random, source, at, rate);
        let to = if step.skip == 0 { from } else { in_pause(random, source, at + step.skip, rate) };
        cuts.push((from, to.max(from)));
        at += step.skip;
    }
    let end = at + keeps.last()?;

    let mut plan = Plan { pieces: Vec::new(), segments: Vec::new(), edits: Vec::new() };
    let (mut a, mut b) = (0, start);
    let mut elsewhere: Vec<(usize, usize)> = vec![(start, end)];
    let seconds = |frames: usize| frames as f64 / rate;
    for (step, &(from, to)) in steps.iter().zip(&cuts) {
        if from < b + (1.5 * rate) as usize || (step.skip > 0 && to < from + rate as usize) {
            return None;
        }
        a = plan.keep(a, b, from - b, rate);
        let a_start = a;
        let mut place = (step.skip > 0).then_some((from, to));
        match step.insert {
            Insert::Nothing => {}
            Insert::Foreign(frames) => {
                let which = random.below(foreign.len());
                let start = random.below(foreign.get(which)?.checked_sub(frames)?);
                plan.pieces.push(Piece::Foreign { which, start, frames });
                a += frames;
            }
            Insert::SkippedBy(other) => {
                let (taken_from, taken_to) = cuts[other];
                // What is shorter has moved; with equal lengths both readings would be right.
                let over = if taken_to < from { from - taken_to } else { taken_from - from };
                if (taken_to - taken_from) * 10 > over * 8 {
                    return None;
                }
                a = plan.keep(a, taken_from, taken_to - taken_from, rate);
                place = Some((taken_from, taken_to));
            }
            Insert::Elsewhere(frames) => {
                let start = random.below(length.checked_sub(frames)?);
                // Two seconds apart from everything else that the clip uses.
                let margin = (2.0 * rate) as usize;
                if elsewhere.iter().any(|&(s, e)| start < e + margin && s < start + frames + margin)
                {
                    return None;
                }
                elsewhere.push((start, start + frames));
                a = plan.keep(a, start, frames, rate);
                place = Some((start, start + frames));
            }
            Insert::Again(frames) => {
                // From one kept stretch, whole, and not touching the joint.
                let kept = random.below(keeps.len());
                let low = if kept == 0 { start } else { cuts[kept - 1].1 };
                let high = cuts.get(kept).map_or(end, |c| c.0);
                let start = low + random.below(high.checked_sub(low + frames)?);
                let apart = (1.5 * rate) as usize;
                if from < start + frames + apart && start < from + apart {
                    return None;
                }
                a = plan.keep(a, start, frames, rate);
                place = Some((start, start + frames));
            }
        }
        plan.edits.push(TrueEdit {
            kind: step.kind.to_owned(),
            a_start_s: seconds(a_start),
            a_end_s: seconds(a),
            b_start_s: place.map(|p| seconds(p.0)),
            b_end_s: place.map(|p| seconds(p.1)),
            optional: step.optional,
        });
        b = to;
    }
    plan.keep(a, b, end.checked_sub(b)?, rate);
    let total_s = seconds(plan.pieces.iter().map(Piece::frames).sum());
    (20.0..=45.0).contains(&total_s).then_some(plan)
}

impl Plan {
    /// Shortens the times of the clip by `ratio` seconds of the source per second of the clip.
    pub fn change_speed(&mut self, ratio: f64) {
        self.map_times(|t| t / ratio);
    }

    /// Moves all times of the clip back by `delay_s`.
    pub fn delay(&mut self, delay_s: f64) {
        self.map_times(|t| t + delay_s);
    }

    fn map_times(&mut self, f: impl Fn(f64) -> f64) {
        for segment in &mut self.segments {
            (segment.a_start_s, segment.a_end_s) = (f(segment.a_start_s), f(segment.a_end_s));
        }
        for edit in &mut self.edits {
            (edit.a_start_s, edit.a_end_s) = (f(edit.a_start_s), f(edit.a_end_s));
        }
    }

    /// Appends `frames` of the source and returns where the clip then ends.
    fn keep(&mut self, a: usize, b: usize, frames: usize, rate: f64) -> usize {
        self.pieces.push(Piece::Own { start: b, frames });
        self.segments.push(TrueSegment {
            a_start_s: a as f64 / rate,
            a_end_s: (a + frames) as f64 / rate,
            b_start_s: b as f64 / rate,
            b_end_s: (b + frames) as f64 / rate,
        });
        a + frames
    }
}

fn steps(random: &mut Random, kind: Option<&'static str>, rate: f64) -> Vec<Step> {
    let n = if kind.is_some() { 1 + random.below(3) } else { 2 + random.below(2) };
    let mut steps = Vec::new();
    for _ in 0..n {
        let kind = kind.unwrap_or_else(|| KINDS[random.below(KINDS.len())]);
        let mut frames = || (random.between(PIECE_S.0, PIECE_S.1) * rate) as usize;
        let (one, other) = (frames(), frames());
        let step = |skip, insert| Step { kind, skip, insert, optional: false };
        match kind {
            "deletion" => steps.push(step(one, Insert::Nothing)),
            "insertion" => steps.push(step(0, Insert::Foreign(one))),
            "repeat" => steps.push(step(0, Insert::Again(one.min((4.5 * rate) as usize)))),
            "replacement" => {
                let same_length = random.chance(0.5);
                let put_in = if same_length { one } else { other };
                steps.push(step(one, Insert::Foreign(put_in)));
            }
            // Half of the moves stay within the clip and so leave a second joint.
            _ if random.chance(0.5) => {
                let first = steps.len();
                // Short, so that it is this stretch that moved and not the one it was moved over.
                let skip = one.min((2.5 * rate) as usize);
                let joint =
                    Step { kind: "deletion", skip, insert: Insert::Nothing, optional: true };
                if random.chance(0.5) {
                    steps.push(joint);
                    steps.push(step(0, Insert::SkippedBy(first)));
                } else {
                    steps.push(step(0, Insert::SkippedBy(first + 1)));
                    steps.push(joint);
                }
            }
            _ => steps.push(step(0, Insert::Elsewhere(one))),
        }
    }
    steps
}

/// `at`, or in two of five cases the middle of a pause within 1.2 s of it.
fn in_pause(random: &mut Random, source: &Source, at: usize, rate: f64) -> usize {
    if !random.chance(0.4) {
        return at;
    }
    let nearest = source.pauses.iter().min_by_key(|p| p.abs_diff(at));
    nearest.copied().filter(|p| (p.abs_diff(at) as f64) < 1.2 * rate).unwrap_or(at)
}
