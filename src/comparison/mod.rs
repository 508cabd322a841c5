//! The second of the program's tasks: what of one recording comes from another, and what was done
//! between.
//!
//! Warps (speed and pitch) are found first, on a few windows. Then the whole clip is looked up window
//! by window, every place that agrees becomes a hypothesis, and the best path through them gives the
//! segments, whose lines and joints are sharpened in the waveforms.

mod candidate;
mod lookup;
pub(crate) mod mono;
mod pictures;
mod recording;
mod render;
mod residual;
mod segments;
mod usable;
mod warps;

use crate::align::{Edit, Null, Stretch, edits};
use crate::error::Result;
use crate::fingerprint::{FRAME_S, Gradients, ROW_CENTRE_S, Warp};
use candidate::Candidate;

pub use pictures::{PICTURE_N_FFT, PICTURE_STEP_S, Pictures};
pub use recording::Recording;
pub use render::{Render, render};
pub use residual::{Addition, RESIDUAL_STEP_S, Residual};
pub use segments::Segment;
pub use usable::Usable;

/// Name and version of the compared features and of every constant behind `score`.
pub const PRODUCER: &str = "gradients-v1";

/// Standard deviations above strangers from which a match is reported. The 546 pairs of strangers of
/// the tuning split of `evaluation/compare` reached 9.0.
pub const THRESHOLD: f64 = 12.0;

/// Clip time of the first value of [`Comparison::evidence`], in seconds.
pub const EVIDENCE_START_S: f64 = ROW_CENTRE_S;

/// Seconds between values of [`Comparison::evidence`].
pub const EVIDENCE_STEP_S: f64 = FRAME_S;

/// Least evidence, in log10, that a moment has for the side of a joint it was put on.
const DECIDED: f32 = 0.1;

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
    /// What the source does not explain.
    pub residual: Residual,
    /// What of the clip can be compared at all.
    pub usable: Usable,
    /// Seconds between the windows that were looked up, where a long pair left room for no more.
    pub widened_s: Option<f64>,
}

impl Comparison {
    /// Nothing was found yet.
    fn none(usable: Usable) -> Self {
        Self {
            segments: Vec::new(),
            edits: Vec::new(),
            score: 0.0,
            inconclusive: None,
            evidence: Vec::new(),
            residual: Residual::default(),
            usable,
            widened_s: None,
        }
    }
}

/// Compares a clip with a candidate source.
///
/// # Errors
///
/// Those of the temporary files that hold long recordings.
pub fn compare(a: &mut Recording, b: &mut Recording) -> Result<Comparison> {
    let usable = Usable::of(&a.gradients);
    let objection = usable
        .objection()
        .or_else(|| usable.loop_objection(&a.gradients))
        .or_else(|| Usable::of(&b.gradients).objection_to_source());
    if objection.is_some() {
        return Ok(Comparison { inconclusive: objection, ..Comparison::none(usable) });
    }
    let mut comparison =
        map(a, &mut Candidate::of_recording(b), usable, &warps::grid(), THRESHOLD)?;
    if comparison.inconclusive.is_none() {
        comparison.residual = residual::measure(a, b, &comparison.segments)?;
    }
    Ok(comparison)
}

/// Compares a clip, of which `usable` is known to suffice, with rows of a candidate source whose
/// samples are not at hand, under the warps of `grid` and those near them. Lines and joints are as
/// sharp as rows make them, and there are neither levels nor a residual. Nothing is reported unless a
/// segment reaches the score `least`.
///
/// # Errors
///
/// Those of the temporary file that holds a long clip.
pub fn compare_with_rows(
    a: &mut Recording,
    b: &Gradients,
    usable: &Usable,
    grid: &[Warp],
    least: f64,
) -> Result<Comparison> {
    map(a, &mut Candidate::of_rows(b), usable.clone(), grid, least)
}

/// Segments and edits, without a residual.
fn map(
    a: &mut Recording,
    b: &mut Candidate<'_>,
    usable: Usable,
    grid: &[Warp],
    least: f64,
) -> Result<Comparison> {
    let mut comparison = Comparison::none(usable);
    let Some(null) = Null::measure(&a.gradients.rows, &b.gradients.rows) else {
        comparison.inconclusive = Some("the recordings are silent".into());
        return Ok(comparison);
    };
    let (warps, best_score) = warps::find(a, b, &comparison.usable, grid)?;
    let found = lookup::follow(a, b.gradients, &warps, &comparison.usable, &null)?;
    let evidence: Vec<f32> =
        found.path.evidence.iter().map(|e| e / std::f32::consts::LN_10).collect();
    comparison.widened_s = found.widened_s;
    comparison.segments = segments::sharpen(a, b, found, least)?;
    comparison.evidence = decided(evidence, &comparison.segments);
    let best = comparison.segments.iter().map(|s| s.score).fold(f64::NEG_INFINITY, f64::max);
    comparison.score = if comparison.segments.is_empty() { best_score } else { best };
    let stretches: Vec<Stretch> =
        comparison.segments.iter().map(|s| Stretch { a_s: s.a_s, line: s.line }).collect();
    comparison.edits = edits(&stretches, a.duration_s());
    Ok(comparison)
}

/// Evidence that agrees with where the joints were put in the waveforms.
fn decided(mut evidence: Vec<f32>, segments: &[Segment]) -> Vec<f32> {
    let mut coming = segments.iter().peekable();
    for (i, value) in evidence.iter_mut().enumerate() {
        let time_s = EVIDENCE_START_S + i as f64 * EVIDENCE_STEP_S;
        while coming.next_if(|s| s.a_s.1 <= time_s).is_some() {}
        let inside = coming.peek().is_some_and(|s| s.a_s.0 <= time_s);
        *value = if inside { value.max(DECIDED) } else { value.min(-DECIDED) };
    }
    evidence
}
