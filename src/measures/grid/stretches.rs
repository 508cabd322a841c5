//! The stretches of one layer, from what was followed.

use super::Stretch;
use super::track::{Run, Tracker};
use crate::error::Result;
use crate::units::TimeSpan;

/// Evidence (natural log-likelihood ratio) from which a stretch is kept.
const STRETCH_EVIDENCE: f64 = 15.0;

/// Stretches in which a grid holds, and the share of the slots that say anything in which one does.
/// Phases count modulo `modulus`.
pub(super) fn stretches(
    tracker: &mut Tracker,
    modulus: usize,
    rate: f64,
) -> Result<(Vec<Stretch>, f32)> {
    let (period, half_span) = (tracker.period(), tracker.half_span());
    let runs = tracker.sharp_runs()?;
    let telling = (0..tracker.slots()).filter(|&s| !tracker.is_quiet(s)).count();
    let held = |run: &Run| (run.first..run.end).filter(|&s| !tracker.is_quiet(s)).count();
    let covered: usize = runs.iter().filter(|run| run.hypothesis.is_some()).map(held).sum();
    let mut found: Vec<Stretch> = Vec::new();
    let mut ends = Vec::new();
    for run in &runs {
        let Some(hypothesis) = run.hypothesis else { continue };
        let evidence = tracker.evidence(hypothesis, run.first, run.end);
        if evidence < STRETCH_EVIDENCE {
            continue;
        }
        let phase = tracker.hypotheses()[hypothesis].phase;
        // Where frames may begin at any multiple of the modulus, the middle of these stands for them.
        let middle = phase % modulus + (period - modulus) / 2 + half_span;
        let middle_s = |slot: usize| (slot * period + middle) as f64 / rate;
        found.push(Stretch {
            span: TimeSpan::new(middle_s(run.first), middle_s(run.end - 1)),
            phase: (phase % modulus) as u32,
            frames: (run.end - run.first) as u32,
            evidence,
            loud_frames_after: 0,
        });
        ends.push((run.first, run.end));
    }
    let usual = tracker.usual_level(&ends);
    for (stretch, pair) in found.iter_mut().zip(ends.windows(2)) {
        let loud = (pair[0].1..pair[1].0).filter(|&slot| tracker.level(slot) >= usual).count();
        stretch.loud_frames_after = loud as u32;
    }
    Ok((found, covered as f32 / telling.max(1) as f32))
}
