//! The second of the program's tasks: what of one recording comes from another, and what was done
//! between.
//!
//! Warps (speed and pitch) are found first, on a few windows. Then the whole clip is looked up window
//! by window, every place that agrees becomes a hypothesis, and the best path through them gives the
//! segments, whose lines and joints are sharpened in the waveforms.

mod lookup;
mod recording;
mod segments;
mod usable;
mod warps;

use crate::align::{Edit, Null, Stretch, edits};
use crate::error::Result;
use crate::fingerprint::FRAME_S;

pub use recording::Recording;
pub use segments::Segment;
pub use usable::Usable;

/// Name and version of the compared features and of every constant behind `score`.
pub const PRODUCER: &str = "gradients-v1";

/// Standard deviations above strangers from which a match is reported.
pub const THRESHOLD: f64 = 10.0;

/// Seconds between values of [`Comparison::evidence`].
pub const EVIDENCE_STEP_S: f64 = FRAME_S;

/// What a comparison found.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Stretches of the clip that come from the source, in order.
    pub segments: Vec<Segment>,
    /// What turns the source into the clip.
    pub edits: Vec<Edit>,
    /// Strongest agreement of any place, in standard deviations above what strangers reach.
    pub score: f64,
    /// Why nothing can be said, where that is so.
    pub inconclusive: Option<String>,
    /// Log10 likelihood ratio that each moment of the clip comes from the source, one value per
    /// [`EVIDENCE_STEP_S`].
    pub evidence: Vec<f32>,
    /// What of the clip can be compared at all.
    pub usable: Usable,
}

/// Compares a clip with a candidate source.
///
/// # Errors
///
/// Those of the temporary files that hold long recordings.
pub fn compare(a: &mut Recording, b: &mut Recording) -> Result<Comparison> {
    let usable = Usable::of(&a.gradients);
    let mut comparison = Comparison {
        segments: Vec::new(),
        edits: Vec::new(),
        score: 0.0,
        inconclusive: usable.objection().or_else(|| Usable::of(&b.gradients).objection_to_source()),
        evidence: Vec::new(),
        usable,
    };
    let null = Null::measure(&a.gradients.rows, &b.gradients.rows);
    let Some(null) = null.filter(|_| comparison.inconclusive.is_none()) else {
        comparison.inconclusive.get_or_insert_with(|| "the recordings are silent".into());
        return Ok(comparison);
    };
    let (warps, best_score) = warps::find(a, b, &comparison.usable)?;
    let found = lookup::follow(a, b, &warps, &comparison.usable, &null)?;
    comparison.evidence = found.path.evidence.iter().map(|e| e / std::f32::consts::LN_10).collect();
    comparison.segments = segments::sharpen(a, b, found)?;
    let best = comparison.segments.iter().map(|s| s.score).fold(f64::NEG_INFINITY, f64::max);
    comparison.score = if comparison.segments.is_empty() { best_score } else { best };
    let stretches: Vec<Stretch> =
        comparison.segments.iter().map(|s| Stretch { a_s: s.a_s, line: s.line }).collect();
    comparison.edits = edits(&stretches, a.duration_s());
    Ok(comparison)
}
