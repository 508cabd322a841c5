//! Where one line ends and the next begins, from how well the source explains the clip's spectrum
//! every 4 ms.

use super::explained::{HOP, Model};
use super::line::Line;
use crate::decode::Spool;
use crate::dsp::speech_bands::SPEECH_RATE_HZ;
use crate::error::Result;

const RATE: f64 = SPEECH_RATE_HZ as f64;

/// What a foreign stretch is worth after which the source goes on where it had stopped, over lines
/// that merely meet, in nats: chance seldom hits the same place.
const RESUMED: f64 = 6.0;

/// Longest foreign stretch that is looked over for that, in seconds.
const LONGEST_FOREIGN_S: f64 = 20.0;

/// What any other foreign stretch must gain, in nats.
const FOREIGN: f64 = 12.0;

/// Foreign stretches shorter than this are not told from the blur of a joint, in seconds.
const SHORTEST_FOREIGN_S: f64 = 0.12;

/// Seconds at which the prior of the joint's place falls to a half; its tails are long, since in a
/// pause the path does not know where it left.
const PRIOR_S: f64 = 0.3;

/// A line on one side of a joint.
#[derive(Debug, Clone, Copy)]
pub struct JointSide {
    /// The line.
    pub line: Line,
    /// Far end of the segment in the clip, in seconds.
    pub far_s: f64,
}

/// A joint, in clip seconds. Without a foreign stretch both times are equal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Joint {
    /// Where the line on the left ends.
    pub left_end_s: f64,
    /// Where the line on the right begins.
    pub right_start_s: f64,
}

/// Sharpens a joint within `reach_s` of where it is presumed. On a side without a line the time is
/// the presumed one.
///
/// Three readings are held against each other: the lines meet; what stands between is foreign and the
/// source goes on after it where it stopped; anything else. The last needs more evidence.
///
/// # Errors
///
/// Those of the temporary files.
pub fn refine_joint(
    a: &mut Spool,
    b: &mut Spool,
    left: Option<JointSide>,
    right: Option<JointSide>,
    presumed: Joint,
    reach_s: f64,
) -> Result<Joint> {
    let gap_s = presumed.right_start_s - presumed.left_end_s;
    // Sides that may meet are looked at over the whole of the gap.
    let gap_reach_s = if gap_s < 3.0 * reach_s { gap_s } else { 0.0 };
    // Clip seconds after which the source would go on where the left side stopped.
    let resumption_s = left.zip(right).and_then(|(left, right)| {
        let resumed_s = right.line.a(left.line.b(presumed.left_end_s));
        let length_s = resumed_s - presumed.left_end_s;
        let inside = resumed_s < right.far_s - SHORTEST_FOREIGN_S;
        let possible = (SHORTEST_FOREIGN_S..LONGEST_FOREIGN_S).contains(&length_s);
        (inside && possible).then_some(length_s)
    });
    let resumed_reach_s = resumption_s.map_or(0.0, |s| s - gap_s).max(0.0);
    let left_cut = match left {
        Some(side) => Cut::of(a, b, &side, presumed.left_end_s, reach_s, reach_s + gap_reach_s)?,
        None => None,
    };
    let right_cut = match right {
        Some(side) => {
            let (before_s, after_s) = (reach_s + gap_reach_s, reach_s + resumed_reach_s);
            Cut::of(a, b, &side, presumed.right_start_s, before_s, after_s)?
        }
        None => None,
    };
    let (Some(left_cut), Some(right_cut)) = (&left_cut, &right_cut) else {
        return Ok(Joint {
            left_end_s: left_cut.map_or(presumed.left_end_s, |cut| cut.best().1),
            right_start_s: right_cut.map_or(presumed.right_start_s, |cut| cut.best().1),
        });
    };
    let (free_left, free_right) = (left_cut.best(), right_cut.best());
    let together = left_cut.best_with(|time_s| right_cut.at(time_s) - right_cut.prior(time_s));
    // Where the source goes on after the gap as if nothing had been there.
    let resumes = left.zip(right).filter(|_| resumption_s.is_some()).map(|(left, right)| {
        let after = |time_s: f64| right.line.a(left.line.b(time_s));
        let best = left_cut.best_with(|time_s| right_cut.at(after(time_s)));
        (best.0, best.1, after(best.1))
    });
    let meeting = (together.0, Joint { left_end_s: together.1, right_start_s: together.1 });
    let mut best = meeting;
    if let Some((sum, left_end_s, right_start_s)) = resumes.filter(|r| r.0 + RESUMED > best.0) {
        best = (sum + RESUMED, Joint { left_end_s, right_start_s });
    }
    if free_right.1 - free_left.1 >= SHORTEST_FOREIGN_S
        && free_left.0 + free_right.0 - FOREIGN > best.0
    {
        best.0 = free_left.0 + free_right.0 - FOREIGN;
        best.1 = Joint { left_end_s: free_left.1, right_start_s: free_right.1 };
    }
    if best.0 == f64::NEG_INFINITY {
        best.1 = presumed;
    }
    Ok(best.1)
}

/// Evidence for a side's end at each possible time.
struct Cut {
    presumed_s: f64,
    from_s: f64,
    values: Vec<f64>,
}

impl Cut {
    /// From `before_s` before to `after_s` after the presumed time; `None` if too little of the
    /// segment can be learnt from.
    fn of(
        a: &mut Spool,
        b: &mut Spool,
        side: &JointSide,
        presumed_s: f64,
        before_s: f64,
        after_s: f64,
    ) -> Result<Option<Self>> {
        let Some(model) = Model::learn(a, b, side, presumed_s)? else { return Ok(None) };
        let from_s = presumed_s - before_s;
        let count = ((before_s + after_s) * RATE) as usize / HOP;
        let mut evidence = model.evidence(a, b, &side.line, (from_s * RATE) as i64, count)?;
        let is_left = side.far_s < presumed_s;
        if !is_left {
            evidence.reverse();
        }
        let mut values = sums(&evidence);
        if !is_left {
            values.reverse();
        }
        Ok(Some(Self { presumed_s, from_s, values }))
    }

    fn time(&self, i: usize) -> f64 {
        self.from_s + (i * HOP) as f64 / RATE
    }

    /// Evidence for an end at this time; minus infinity outside.
    fn at(&self, time_s: f64) -> f64 {
        let i = ((time_s - self.from_s) * RATE / HOP as f64).round();
        let value = (i >= 0.0).then(|| self.values.get(i as usize)).flatten();
        value.copied().unwrap_or(f64::NEG_INFINITY)
    }

    /// What the path's place of the joint takes from other places.
    fn prior(&self, time_s: f64) -> f64 {
        ((time_s - self.presumed_s) / PRIOR_S).powi(2).ln_1p()
    }

    /// Best sum of the evidence, the prior and `other`, and its time.
    fn best_with(&self, other: impl Fn(f64) -> f64) -> (f64, f64) {
        let sum = |i: usize| {
            let time_s = self.time(i);
            (self.values[i] - self.prior(time_s) + other(time_s), time_s)
        };
        let sums = (0..self.values.len()).map(sum);
        sums.fold((f64::NEG_INFINITY, self.from_s), |x, y| if y.0 > x.0 { y } else { x })
    }

    fn best(&self) -> (f64, f64) {
        self.best_with(|_| 0.0)
    }
}

/// Sums of all values before each place, one more than there are values.
fn sums(values: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0];
    for value in values {
        out.push(out[out.len() - 1] + value);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_noise::noise;

    fn spool(samples: &[f32]) -> Spool {
        let mut spool = Spool::default();
        spool.push(samples).unwrap();
        spool
    }

    #[test]
    fn a_deletion_is_placed_to_a_few_milliseconds() {
        let source = noise(80_000, 1);
        let clip = [&source[8000..32_123], &source[48_000..72_000]].concat();
        let (mut a, mut b) = (spool(&clip), spool(&source));
        let joint_s = 24_123.0 / RATE;
        let left = JointSide { line: Line { ratio: 1.0, offset_s: 1.0 }, far_s: 0.0 };
        let second = 48_000.0 / RATE - joint_s;
        let right = JointSide { line: Line { ratio: 1.0, offset_s: second }, far_s: 6.0 };
        let presumed = Joint { left_end_s: joint_s + 0.09, right_start_s: joint_s + 0.09 };
        let joint = refine_joint(&mut a, &mut b, Some(left), Some(right), presumed, 0.3).unwrap();
        assert_eq!(joint.left_end_s, joint.right_start_s);
        assert!((joint.left_end_s - joint_s).abs() < 0.008, "{joint:?} {joint_s}");
    }

    #[test]
    fn a_foreign_end_is_placed_too() {
        let source = noise(80_000, 1);
        let clip = [&source[8000..32_000], &noise(16_000, 9)].concat();
        let (mut a, mut b) = (spool(&clip), spool(&source));
        let left = JointSide { line: Line { ratio: 1.0, offset_s: 1.0 }, far_s: 0.0 };
        let presumed = Joint { left_end_s: 3.1, right_start_s: 3.1 };
        let joint = refine_joint(&mut a, &mut b, Some(left), None, presumed, 0.3).unwrap();
        assert!((joint.left_end_s - 3.0).abs() < 0.012, "{joint:?}");
        let nothing = refine_joint(&mut a, &mut b, None, None, presumed, 0.3).unwrap();
        assert_eq!(nothing, presumed);
    }
}
