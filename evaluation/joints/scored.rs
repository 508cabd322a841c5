//! Truth and results side by side.

use std::collections::HashMap;
use std::path::Path;

use crate::repeated;
use crate::results::{Line, SeenPoint, context_of, read_lines};
use crate::truth::{TrueJoint, Truth};

/// Length of the untouched stretches that count as one trial, in seconds.
pub const SLOT_S: f64 = 0.5;

/// Distance within which a point is at a joint where no other tolerance is given, in seconds.
pub const REACH_S: f64 = 0.1;

/// One clip.
pub struct Clip {
    pub truth: Truth,
    pub line: Line,
}

/// Which edit points count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bar {
    All,
    Moderate,
    Strong,
    Score(f64),
}

impl Bar {
    pub fn name(self) -> String {
        match self {
            Self::All => "all".to_owned(),
            Self::Moderate => "moderate".to_owned(),
            Self::Strong => "strong".to_owned(),
            Self::Score(score) => format!("score ≥ {score}"),
        }
    }

    pub fn passes(self, point: &SeenPoint) -> bool {
        let strong = matches!(point.strength.as_str(), "strong" | "very-strong");
        match self {
            Self::All => true,
            Self::Moderate => strong || point.strength == "moderate",
            Self::Strong => strong,
            Self::Score(score) => point.score >= score,
        }
    }
}

impl Clip {
    pub fn points(&self, bar: Bar) -> Vec<&SeenPoint> {
        self.line.edit_points.iter().filter(|p| bar.passes(p)).collect()
    }

    pub fn hours(&self) -> f64 {
        self.truth.duration_s / 3600.0
    }

    pub fn context(&self) -> &'static str {
        context_of(&self.truth.last_codec)
    }

    /// Made by an editor, not by the recorder.
    pub fn is_edited(&self) -> bool {
        !self.truth.untouched && !self.truth.recorder_event
    }

    /// Highest score of the points that reach a joint, in the order of the joints.
    pub fn best_at(&self, joint: &TrueJoint) -> Option<f64> {
        let near = |p: &&SeenPoint| (p.time_s - joint.time_s).abs() <= REACH_S;
        self.line.edit_points.iter().filter(near).map(|p| p.score).max_by(f64::total_cmp)
    }

    /// Trials of [`SLOT_S`] that the clip holds.
    pub fn slots(&self) -> usize {
        (self.truth.duration_s / SLOT_S).floor() as usize
    }
}

/// Highest of `scores` in each slot that has any: pairs of time and score.
pub fn slot_scores(scores: impl Iterator<Item = (f64, f64)>) -> Vec<f64> {
    let mut best: std::collections::BTreeMap<usize, f64> = Default::default();
    for (time_s, score) in scores {
        let slot = best.entry((time_s / SLOT_S).max(0.0) as usize).or_insert(score);
        *slot = slot.max(score);
    }
    best.into_values().collect()
}

/// Clips with a result, in the order of the truth, and the number of those without. Untouched clips of
/// the sessions that the file `repeated` names are left out.
///
/// # Errors
///
/// A message that names the file that could not be read.
pub fn read(
    set: &Path,
    results: &Path,
    repeated: Option<&Path>,
) -> Result<(Vec<Clip>, usize), String> {
    let mut truths: Vec<Truth> = read_lines(&set.join("truth.ndjson"))?;
    let left_out = repeated::read(repeated)?;
    truths.retain(|t| !(t.untouched && left_out.contains(repeated::session(&t.id))));
    let lines: Vec<Line> = read_lines(results)?;
    let mut by_id: HashMap<String, Line> = lines.into_iter().map(|l| (l.id.clone(), l)).collect();
    let all = truths.len();
    let clips: Vec<Clip> = truths
        .into_iter()
        .filter_map(|truth| by_id.remove(&truth.id).map(|line| Clip { truth, line }))
        .collect();
    let without = all - clips.len();
    Ok((clips, without))
}
