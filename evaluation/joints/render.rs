//! From a plan to samples and the truth about them.

use crate::edits::{Origin, Piece, Plan};
use crate::truth::{TrueEdit, TrueJoint};

/// How pieces are joined.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Joining {
    Butt,
    ZeroCross,
    /// Linear, over so many ms.
    Fade(u32),
}

impl Joining {
    pub fn name(self) -> String {
        match self {
            Self::Butt => "butt".to_owned(),
            Self::ZeroCross => "zero-cross".to_owned(),
            Self::Fade(ms) => format!("fade-{ms}"),
        }
    }

    fn frames(self, rate_hz: u32) -> usize {
        match self {
            Self::Fade(ms) => (ms * rate_hz / 1000) as usize / 2 * 2,
            _ => 0,
        }
    }
}

/// A clip with what was done to it; times have no codec delay yet.
pub struct Rendered {
    pub samples: Vec<f32>,
    pub edits: Vec<TrueEdit>,
    pub joints: Vec<TrueJoint>,
}

/// Sound a plan refers to.
pub struct Tracks<'a> {
    pub own: &'a [f32],
    pub donor: &'a [f32],
    pub rate_hz: u32,
}

impl Tracks<'_> {
    fn of(&self, piece: &Piece) -> &[f32] {
        match piece.origin {
            Origin::Own => self.own,
            Origin::Donor => self.donor,
            Origin::Zeros => &[],
        }
    }

    /// Sample `n` of a piece, which may lie before or after it.
    fn sample(&self, piece: &Piece, n: i64) -> f32 {
        let at = piece.start as i64 + n;
        let x = usize::try_from(at).ok().and_then(|at| self.of(piece).get(at));
        piece.gain * x.copied().unwrap_or(0.0)
    }

    /// Frames from `at` to the next rise through zero within 10 ms; zero if there is none.
    fn to_crossing(&self, piece: &Piece, at: usize) -> usize {
        let track = self.of(piece);
        (0..self.rate_hz as usize / 100)
            .find(
                |&n| matches!(track.get(at + n..at + n + 2), Some([a, b]) if *a <= 0.0 && *b > 0.0),
            )
            .map_or(0, |n| n + 1)
    }
}

/// Makes the samples of `plan`, one kind of joining for each edit.
pub fn render(mut plan: Plan, joinings: &[Joining], tracks: &Tracks) -> Rendered {
    let joining_of = |plan: &Plan, boundary: usize| {
        let edit = plan.edits.iter().position(|e| e.joints.contains(&boundary));
        edit.and_then(|edit| joinings.get(edit)).copied().unwrap_or(Joining::Butt)
    };
    for boundary in 1..plan.pieces.len() {
        if joining_of(&plan, boundary) != Joining::ZeroCross {
            continue;
        }
        let (before, after) = (plan.pieces[boundary - 1].clone(), plan.pieces[boundary].clone());
        let more = tracks.to_crossing(&before, before.start + before.frames);
        plan.pieces[boundary - 1].frames += more;
        let less = tracks.to_crossing(&after, after.start).min(after.frames / 2);
        plan.pieces[boundary].start += less;
        plan.pieces[boundary].frames -= less;
    }
    let mut starts = Vec::with_capacity(plan.pieces.len() + 1);
    let mut samples = Vec::new();
    for piece in &plan.pieces {
        starts.push(samples.len());
        samples.extend((0..piece.frames).map(|n| tracks.sample(piece, n as i64)));
    }
    starts.push(samples.len());
    let rate = f64::from(tracks.rate_hz);
    let (mut edits, mut joints) = (Vec::new(), Vec::new());
    for (number, edit) in plan.edits.iter().enumerate() {
        let joining = joinings.get(number).copied().unwrap_or(Joining::Butt);
        let fade = joining.frames(tracks.rate_hz);
        for &boundary in &edit.joints {
            let (Some(before), Some(after)) = (
                boundary.checked_sub(1).and_then(|b| plan.pieces.get(b)),
                plan.pieces.get(boundary),
            ) else {
                continue;
            };
            let at = starts[boundary];
            for n in 0..fade {
                let offset = n as i64 - (fade / 2) as i64;
                let share = (n as f32 + 0.5) / fade as f32;
                let old = tracks.sample(before, before.frames as i64 + offset);
                let new = tracks.sample(after, offset);
                let place = usize::try_from(at as i64 + offset).ok();
                if let Some(x) = place.and_then(|place| samples.get_mut(place)) {
                    *x = old * (1.0 - share) + new * share;
                }
            }
            let (time_s, half_s) = (at as f64 / rate, 0.5 * fade as f64 / rate);
            joints.push(TrueJoint {
                time_s,
                start_s: time_s - half_s,
                end_s: time_s + half_s,
                joint: joining.name(),
                placement: edit.placement.to_owned(),
                edit: number,
            });
        }
        let (Some(&first), Some(&last)) = (edit.joints.first(), edit.joints.last()) else {
            continue;
        };
        let inserted = plan.pieces.get(first).filter(|p| p.copied && edit.inserted > 0);
        let source = inserted.and_then(|copied| {
            plan.pieces.iter().zip(&starts).find_map(|(piece, start)| {
                let whole = piece.origin == Origin::Own
                    && !piece.copied
                    && piece.start <= copied.start
                    && copied.start + copied.frames <= piece.start + piece.frames;
                whole.then(|| (start + copied.start - piece.start) as f64 / rate)
            })
        });
        edits.push(TrueEdit {
            kind: edit.kind.to_owned(),
            start_s: starts[first] as f64 / rate,
            end_s: starts[last] as f64 / rate,
            source_start_s: source,
        });
    }
    joints.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
    Rendered { samples, edits, joints }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edits::Planned;

    fn piece(origin: Origin, start: usize, frames: usize) -> Piece {
        Piece { origin, start, frames, gain: 1.0, copied: false }
    }

    #[test]
    fn pieces_follow_each_other_and_fades_keep_the_length() {
        let own: Vec<f32> = (0..4_000).map(|n| n as f32).collect();
        let plan = Plan {
            pieces: vec![piece(Origin::Own, 100, 1_000), piece(Origin::Own, 2_000, 1_000)],
            edits: vec![Planned {
                kind: "deletion",
                joints: vec![1],
                inserted: 0,
                placement: "word",
            }],
        };
        let tracks = Tracks { own: &own, donor: &[], rate_hz: 1_000 };
        let cut = render(plan.clone(), &[Joining::Butt], &tracks);
        assert_eq!((cut.samples[999], cut.samples[1_000]), (1_099.0, 2_000.0));
        assert_eq!(
            (cut.joints[0].time_s, cut.edits[0].start_s, cut.edits[0].end_s),
            (1.0, 1.0, 1.0)
        );
        let faded = render(plan, &[Joining::Fade(10)], &tracks);
        assert_eq!(faded.samples.len(), 2_000);
        assert_eq!(faded.samples[994], 1_094.0);
        assert_eq!(faded.samples[1_005], 2_005.0);
        assert_eq!((faded.joints[0].start_s, faded.joints[0].end_s), (0.995, 1.005));
    }

    #[test]
    fn an_empty_plan_gives_nothing() {
        let tracks = Tracks { own: &[], donor: &[], rate_hz: 1_000 };
        assert!(render(Plan::default(), &[], &tracks).samples.is_empty());
    }
}
