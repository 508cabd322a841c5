//! Which of the grids found by probes holds at each moment of a clip.

use std::ops::Range;
use std::rc::Rc;

use super::Depth;
use super::bank::Bank;
use crate::decode::Spool;
use crate::dsp::kernels::dot;
use crate::dsp::stats::{median, median_and_sigma};
use crate::error::Result;

/// Phases, as shares of the period, that stand for "no grid here".
const ELSEWHERE: [f64; 3] = [0.113, 0.461, 0.787];

/// Root mean square below which a slot says nothing: 2 steps of 16 bits.
const QUIET_RMS: f32 = 2.0 / 32768.0;

/// Slots of a clip that are scored at first; of more, evenly spread ones, and those around changes.
const MOST_SCORED: usize = 20_000;

/// Scored slots to each side of a change between which every other one is scored as well.
const SHARPENED: usize = 3;

/// Share of a grid's height in its probe that a frame of it must be expected to have at least.
const EXPECTED_SHARE: f32 = 0.5;

/// Bounds on what one frame may say, as log-likelihood ratio: a block of another size is no joint.
const FRAME_LLR: (f32, f32) = (-4.0, 8.0);

/// Cost of a change of grid, as log-likelihood: one in ten thousand frames.
const CHANGE_COST: f32 = 9.2;

/// A grid that may hold somewhere.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hypothesis {
    /// Start of frames in samples, modulo `modulus`.
    pub(super) phase: usize,
    /// Distance at which phases are alike; less than the period where block switching moves them.
    pub(super) modulus: usize,
    /// Height of a frame's score over those of other phases, as seen in the probe.
    pub(super) height: f32,
}

/// A run of slots in one state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Run {
    /// Number of the hypothesis; `None` where no known grid holds.
    pub(super) hypothesis: Option<usize>,
    /// First slot.
    pub(super) first: usize,
    /// One past the last slot.
    pub(super) end: usize,
}

/// Scores along a clip, slot by slot; a slot is one period.
pub(super) struct Tracker<'a> {
    spool: &'a mut Spool,
    bank: &'a mut Bank,
    slots: usize,
    /// Slots from one scored one to the next; those between say nothing.
    stride: usize,
    /// Root mean square of each slot's samples; a slot between has that of the scored one before it.
    levels: Vec<f32>,
    /// Score of no grid in the slots that are scored from the start, by modulus.
    elsewhere: Vec<(usize, Rc<Vec<f32>>)>,
    sigma: f32,
    hypotheses: Vec<Hypothesis>,
    /// Log-likelihood ratio of each hypothesis against none, slot by slot.
    ratios: Vec<Vec<f32>>,
}

impl<'a> Tracker<'a> {
    /// A tracker that knows no grid yet.
    pub(super) fn new(spool: &'a mut Spool, bank: &'a mut Bank, depth: Depth) -> Result<Self> {
        let whole = spool.len() as usize;
        let slots = whole.saturating_sub(bank.span()) / bank.period();
        let stride = match depth {
            Depth::Usual => slots.div_ceil(MOST_SCORED).max(1),
            Depth::Exhaustive => 1,
        };
        let mut tracker = Self {
            spool,
            bank,
            slots,
            stride,
            levels: Vec::with_capacity(slots),
            elsewhere: Vec::new(),
            sigma: 1.0,
            hypotheses: Vec::new(),
            ratios: Vec::new(),
        };
        tracker.measure_levels()?;
        let base = tracker.elsewhere(tracker.bank.period())?;
        let mut steps: Vec<f32> = base.windows(2).map(|pair| pair[1] - pair[0]).collect();
        // Differences of two medians of three scores: close to those of two scores.
        let spread = median_and_sigma(&mut steps).map_or(0.0, |(_, sigma)| sigma / 1.414);
        tracker.sigma = spread.max(0.35 * (tracker.bank.line_count() as f32).sqrt());
        Ok(tracker)
    }

    fn measure_levels(&mut self) -> Result<()> {
        let period = self.bank.period();
        for slot in (0..self.slots).step_by(self.stride) {
            let inside = self.spool.read((slot * period) as i64, period)?;
            let level = (dot(&inside, &inside) / period as f32).sqrt();
            self.levels.resize((slot + self.stride).min(self.slots), level);
        }
        Ok(())
    }

    /// Samples of a slot.
    pub(super) fn period(&self) -> usize {
        self.bank.period()
    }

    /// Samples from the start of a slot's first frame to that frame's middle.
    pub(super) fn half_span(&self) -> usize {
        self.bank.span() / 2
    }

    /// Number of slots.
    pub(super) fn slots(&self) -> usize {
        self.slots
    }

    /// Slots from one scored one to the next.
    pub(super) fn stride(&self) -> usize {
        self.stride
    }

    /// Whether a slot is too quiet to say anything.
    pub(super) fn is_quiet(&self, slot: usize) -> bool {
        self.level(slot) < QUIET_RMS
    }

    /// Root mean square of a slot's samples; 0 beyond the end.
    pub(super) fn level(&self, slot: usize) -> f32 {
        self.levels.get(slot).copied().unwrap_or(0.0)
    }

    /// Median level of the slots in `runs`; infinite if there are none.
    pub(super) fn usual_level(&self, runs: &[(usize, usize)]) -> f32 {
        let slots = runs.iter().flat_map(|&(first, end)| first..end);
        let mut levels: Vec<f32> = slots.map(|slot| self.level(slot)).collect();
        median(&mut levels).unwrap_or(f32::INFINITY)
    }

    /// The hypotheses in order of arrival.
    pub(super) fn hypotheses(&self) -> &[Hypothesis] {
        &self.hypotheses
    }

    /// Samples and transform, to probe part of the clip.
    pub(super) fn parts(&mut self) -> (&mut Spool, &mut Bank) {
        (self.spool, self.bank)
    }

    /// Sum of a hypothesis's log-likelihood ratios over slots.
    pub(super) fn evidence(&self, hypothesis: usize, first: usize, end: usize) -> f64 {
        let ratios = self.ratios.get(hypothesis).and_then(|r| r.get(first..end));
        ratios.map_or(0.0, |r| r.iter().map(|&x| f64::from(x)).sum())
    }

    /// Follows one more grid.
    pub(super) fn add(&mut self, hypothesis: Hypothesis) -> Result<()> {
        let scored = (0..self.slots).step_by(self.stride);
        let on = self.scores(hypothesis.phase, hypothesis.modulus, scored.clone())?;
        let elsewhere = self.elsewhere(hypothesis.modulus)?;
        let mut ratios = vec![0.0; self.slots];
        for (slot, (on, off)) in scored.zip(on.iter().zip(elsewhere.iter())) {
            ratios[slot] = self.ratio(&hypothesis, slot, on - off);
        }
        self.hypotheses.push(hypothesis);
        self.ratios.push(ratios);
        Ok(())
    }

    /// Log-likelihood ratio of a grid against none where its frame's score differs by so much.
    fn ratio(&self, hypothesis: &Hypothesis, slot: usize, difference: f32) -> f32 {
        if self.is_quiet(slot) {
            return 0.0;
        }
        let expected = EXPECTED_SHARE * hypothesis.height;
        let llr = (difference * expected - 0.5 * expected * expected) / (self.sigma * self.sigma);
        llr.clamp(FRAME_LLR.0, FRAME_LLR.1)
    }

    /// The most likely succession of grids.
    pub(super) fn runs(&self) -> Vec<Run> {
        runs(&self.ratios, self.slots)
    }

    /// The same, for which every slot around the changes is scored.
    pub(super) fn sharp_runs(&mut self) -> Result<Vec<Run>> {
        let coarse = self.runs();
        if self.stride == 1 {
            return Ok(coarse);
        }
        for pair in coarse.windows(2) {
            let first = pair[0].end.saturating_sub(SHARPENED * self.stride);
            let end = (pair[0].end + SHARPENED * self.stride).min(self.slots);
            for hypothesis in pair.iter().filter_map(|run| run.hypothesis) {
                self.score_all(hypothesis, first..end)?;
            }
        }
        Ok(self.runs())
    }

    /// Scores the slots of a range that were left out, for one hypothesis.
    fn score_all(&mut self, number: usize, range: Range<usize>) -> Result<()> {
        let hypothesis = self.hypotheses[number].clone();
        let stride = self.stride;
        let left_out = range.filter(move |slot| !slot.is_multiple_of(stride));
        let on = self.scores(hypothesis.phase, hypothesis.modulus, left_out.clone())?;
        let off = self.none(hypothesis.modulus, left_out.clone())?;
        for (slot, (on, off)) in left_out.zip(on.iter().zip(&off)) {
            self.ratios[number][slot] = self.ratio(&hypothesis, slot, on - off);
        }
        Ok(())
    }

    /// Score of no grid in the slots that are scored from the start.
    fn elsewhere(&mut self, modulus: usize) -> Result<Rc<Vec<f32>>> {
        if let Some((_, known)) = self.elsewhere.iter().find(|(m, _)| *m == modulus) {
            return Ok(Rc::clone(known));
        }
        let scores = Rc::new(self.none(modulus, (0..self.slots).step_by(self.stride))?);
        self.elsewhere.push((modulus, Rc::clone(&scores)));
        Ok(scores)
    }

    /// Median score of phases that stand for no grid.
    fn none(
        &mut self,
        modulus: usize,
        slots: impl Iterator<Item = usize> + Clone,
    ) -> Result<Vec<f32>> {
        let period = self.bank.period();
        let mut each = Vec::new();
        for share in ELSEWHERE {
            each.push(self.scores((share * period as f64) as usize, modulus, slots.clone())?);
        }
        let middle = |a: f32, b: f32, c: f32| a.max(b).min(a.min(b).max(c));
        Ok((0..each[0].len()).map(|n| middle(each[0][n], each[1][n], each[2][n])).collect())
    }

    /// Highest score among frames that start in each of `slots` at one of the phases alike.
    fn scores(
        &mut self,
        phase: usize,
        modulus: usize,
        slots: impl Iterator<Item = usize>,
    ) -> Result<Vec<f32>> {
        let (period, span) = (self.bank.period(), self.bank.span());
        let phases = phases(phase, modulus, period);
        let mut out = Vec::new();
        for slot in slots {
            let samples = self.spool.read((slot * period) as i64, period + span)?;
            let score = |phase: &usize| self.bank.score(&samples[*phase..]);
            out.push(phases.iter().map(score).fold(0.0, f32::max));
        }
        Ok(out)
    }
}

/// All phases within a period that a hypothesis stands for.
fn phases(phase: usize, modulus: usize, period: usize) -> Vec<usize> {
    (phase % modulus..period).step_by(modulus).collect()
}

/// Viterbi path through the states "none" (log-likelihood ratio 0) and one for each series.
fn runs(ratios: &[Vec<f32>], slots: usize) -> Vec<Run> {
    let states = ratios.len() + 1;
    let ratio = |state: usize, slot: usize| match state {
        0 => 0.0,
        _ => ratios[state - 1].get(slot).copied().unwrap_or(0.0),
    };
    let mut best = vec![-CHANGE_COST; states];
    best[0] = 0.0;
    let mut came_from = vec![0u16; states * slots];
    for slot in 0..slots {
        let top =
            (0..states).max_by(|&a, &b| best[a].total_cmp(&best[b]).then(b.cmp(&a))).unwrap_or(0);
        let jump = best[top] - CHANGE_COST;
        for state in 0..states {
            let from = if best[state] >= jump { state } else { top };
            came_from[slot * states + state] = from as u16;
        }
        for (state, best) in best.iter_mut().enumerate() {
            *best = best.max(jump) + ratio(state, slot);
        }
    }
    let mut state =
        (0..states).max_by(|&a, &b| best[a].total_cmp(&best[b]).then(b.cmp(&a))).unwrap_or(0);
    let mut found: Vec<Run> = Vec::new();
    for slot in (0..slots).rev() {
        let hypothesis = state.checked_sub(1);
        match found.last_mut() {
            Some(run) if run.hypothesis == hypothesis => run.first = slot,
            _ => found.push(Run { hypothesis, first: slot, end: slot + 1 }),
        }
        state = usize::from(came_from[slot * states + state]);
    }
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_changes_where_the_evidence_does() {
        let a: Vec<f32> = (0..40).map(|n| if n < 20 { 3.0 } else { -3.0 }).collect();
        let b: Vec<f32> = (0..40).map(|n| if n < 20 { -3.0 } else { 3.0 }).collect();
        let found = runs(&[a, b], 40);
        let states: Vec<_> = found.iter().map(|run| (run.hypothesis, run.first)).collect();
        assert_eq!(states, [(Some(0), 0), (Some(1), 20)].to_vec());
    }

    #[test]
    fn weak_evidence_is_none() {
        let weak = runs(&[vec![0.01; 30]], 30);
        assert_eq!(weak, vec![Run { hypothesis: None, first: 0, end: 30 }]);
        assert!(runs(&[], 0).is_empty());
    }

    #[test]
    fn phases_repeat_at_the_modulus() {
        assert_eq!(phases(300, 1024, 1024), vec![300]);
        assert_eq!(phases(300, 256, 1024), vec![44, 300, 556, 812]);
    }
}
