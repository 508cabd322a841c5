//! A search for frame grids over a second of sound: every offset is tried.

use super::bank::Bank;
use crate::decode::Spool;
use crate::dsp::stats::median_and_sigma;
use crate::error::Result;

/// Offsets beside a peak that belong to it.
const PEAK_REACH: usize = 6;

/// Least spread assumed of a frame's score, per square root of counted lines. Noise has 0.7.
const LEAST_SPREAD: f32 = 0.35;

/// Distances, as shares of the period, of the phases that one is held against.
const RIVALS: [f64; 2] = [0.317, 0.629];

/// A grid that is known already: it disturbs phases near to its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Mask {
    /// Phase of the known grid, in samples.
    pub(super) phase: usize,
    /// Distance at which its phases repeat.
    pub(super) modulus: usize,
}

impl Mask {
    fn has_lobe_at(&self, phase: usize) -> bool {
        LOBES.contains(&circular_distance(phase, self.phase, self.modulus))
    }
}

/// Phases to each side of a known grid's short blocks that these disturb.
const SHORT_REACH: usize = 3;

/// Phases to each side that a known grid disturbs, side lobes included.
const MASK_REACH: usize = 125;

/// Distances, modulo its own phases', at which the side lobes of a grid lie that moves with block
/// switching: which of its phases holds at a moment is not known well enough to leave out those alone.
const LOBES: std::ops::RangeInclusive<usize> = 38..=54;

/// Phases to each side of the middle between a known grid's frames that these disturb. Of 318 files
/// encoded once as MP3 78 had a peak there, 288 samples from their own frames, and three elsewhere.
const MIDDLE_REACH: usize = 3;

/// Robust z-score from which one of a known grid's phases holds in a probe.
const MASK_Z: f32 = 5.0;

/// Distance of two phases on a circle of `modulus` samples.
pub(super) fn circular_distance(a: usize, b: usize, modulus: usize) -> usize {
    let ahead = (a % modulus).abs_diff(b % modulus);
    ahead.min(modulus - ahead)
}

/// The phase that stands out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Peak {
    /// Start of frames, in samples from the clip's start, modulo the period.
    pub(super) phase: usize,
    /// Height over the median of all phases, in their robust standard deviations.
    pub(super) z: f32,
    /// Height of the highest other phase.
    pub(super) second_z: f32,
    /// Height over the median for one frame.
    pub(super) height: f32,
}

/// Scores of every phase, summed over some frames.
#[derive(Debug, Clone)]
pub(super) struct Probe {
    /// First sample.
    pub(super) start: u64,
    /// Frames summed.
    pub(super) frames: usize,
    scores: Vec<f32>,
    least_spread: f32,
    /// Samples between short blocks.
    short_period: usize,
}

impl Probe {
    /// Tries all phases on `frames` frames from sample `start`.
    pub(super) fn take(
        spool: &mut Spool,
        bank: &mut Bank,
        start: u64,
        frames: usize,
    ) -> Result<Self> {
        let period = bank.period();
        let mut by_offset = vec![0.0; period];
        let samples = spool.read(start as i64, (frames + 1) * period + bank.span())?;
        for frame in 0..frames {
            bank.sweep(&samples[frame * period..], &mut by_offset);
        }
        by_offset.rotate_right((start % period as u64) as usize);
        let spread = LEAST_SPREAD * (bank.swept_lines() as f32 * frames as f32).sqrt();
        Ok(Self {
            start,
            frames,
            scores: by_offset,
            least_spread: spread,
            short_period: bank.family().short_period(),
        })
    }

    /// The phases of known grids that hold here. A grid whose phases repeat within the period holds at
    /// one or few of them at a time.
    fn held(&self, masks: &[Mask]) -> Vec<usize> {
        let period = self.scores.len();
        let Some((median, sigma)) = median_and_sigma(&mut self.scores.clone()) else {
            return Vec::new();
        };
        let least = median + MASK_Z * sigma.max(self.least_spread);
        let mut held = Vec::new();
        for mask in masks {
            let of_mask = (mask.phase % mask.modulus..period).step_by(mask.modulus);
            held.extend(of_mask.filter(|&p| mask.modulus == period || self.scores[p] >= least));
        }
        held
    }

    /// The highest phase outside of the masks; `None` where all is masked.
    pub(super) fn peak(&self, masks: &[Mask]) -> Option<Peak> {
        self.peaks(masks, 1).into_iter().next()
    }

    /// The `count` highest phases outside of the masks that are no neighbours, the highest first.
    pub(super) fn peaks(&self, masks: &[Mask], count: usize) -> Vec<Peak> {
        let period = self.scores.len();
        let held = self.held(masks);
        let is_short_block = |p: usize, mask: &Mask| {
            circular_distance(p, mask.phase, self.short_period) <= SHORT_REACH
        };
        let is_middle = |p: usize, mask: &Mask| {
            circular_distance(p, mask.phase + period / 2, period) <= MIDDLE_REACH
        };
        let is_disturbed = |p: usize, mask: &Mask| {
            if mask.modulus == period {
                is_short_block(p, mask) || is_middle(p, mask)
            } else {
                mask.has_lobe_at(p)
            }
        };
        let is_open = |p: usize| {
            held.iter().all(|&h| circular_distance(p, h, period) > MASK_REACH)
                && !masks.iter().any(|mask| is_disturbed(p, mask))
        };
        let open: Vec<bool> = (0..period).map(is_open).collect();
        let mut seen: Vec<f32> =
            self.scores.iter().zip(&open).filter(|(_, open)| **open).map(|(s, _)| *s).collect();
        let Some((median, sigma)) = median_and_sigma(&mut seen) else { return Vec::new() };
        let sigma = sigma.max(self.least_spread);
        let mut taken: Vec<usize> = Vec::new();
        // One more than asked for, so that each has a rival.
        for _ in 0..=count {
            let is_free = |p: &usize| {
                open[*p] && taken.iter().all(|&t| circular_distance(*p, t, period) > PEAK_REACH)
            };
            let highest =
                |&a: &usize, &b: &usize| self.scores[a].total_cmp(&self.scores[b]).then(b.cmp(&a));
            let Some(phase) = (0..period).filter(is_free).max_by(highest) else { break };
            taken.push(phase);
        }
        let z = |p: usize| (self.scores[p] - median) / sigma;
        taken
            .iter()
            .take(count)
            .enumerate()
            .map(|(n, &phase)| Peak {
                phase,
                z: z(phase),
                second_z: taken.get(n + 1).map_or(0.0, |&p| z(p)),
                height: (self.scores[phase] - median) / self.frames as f32,
            })
            .collect()
    }
}

/// How far the frames at one phase stand above those at others, frame by frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Confirmed {
    /// Mean height over its standard error.
    pub(super) t: f32,
    /// Mean height.
    pub(super) height: f32,
}

/// Looks at one phase alone in the periods of `slots`, which must not be those that proposed it.
pub(super) fn confirm(
    spool: &mut Spool,
    bank: &mut Bank,
    phase: usize,
    slots: std::ops::Range<usize>,
) -> Result<Confirmed> {
    let (period, span) = (bank.period(), bank.span());
    let count = slots.len();
    if count < 2 {
        return Ok(Confirmed { t: 0.0, height: 0.0 });
    }
    let samples = spool.read((slots.start * period) as i64, (count + 1) * period + span)?;
    let rivals = RIVALS.map(|share| (phase + (share * period as f64) as usize) % period);
    let (mut sum, mut differences) = (0.0, Vec::with_capacity(count));
    for slot in 0..count {
        let mut at = |phase: usize| bank.score(&samples[slot * period + phase..]);
        let (own, a, b) = (at(phase % period), at(rivals[0]), at(rivals[1]));
        sum += own - 0.5 * (a + b);
        differences.push(a - b);
    }
    let (_, sigma) = median_and_sigma(&mut differences).unwrap_or((0.0, 0.0));
    // `own - (a + b) / 2` spreads by √1.5 of one score, `a - b` by √2.
    let sigma = (0.866 * sigma).max(LEAST_SPREAD * (bank.line_count() as f32).sqrt());
    let height = sum / count as f32;
    Ok(Confirmed { t: height / sigma * (count as f32).sqrt(), height })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probe(scores: Vec<f32>) -> Probe {
        Probe { start: 0, frames: 10, scores, least_spread: 1.0, short_period: 128 }
    }

    fn wavy(len: usize) -> Vec<f32> {
        (0..len).map(|n| ((n * 37) % 11) as f32).collect()
    }

    #[test]
    fn the_highest_phase_is_the_peak_unless_masked() {
        let mut scores = wavy(1024);
        scores[300] = 100.0;
        scores[700] = 60.0;
        let probe = probe(scores);
        let peaks = probe.peaks(&[], 2);
        assert_eq!([peaks[0].phase, peaks[1].phase], [300, 700]);
        assert!(peaks[0].z > peaks[1].z && peaks[0].second_z == peaks[1].z);
        let mask = Mask { phase: 290, modulus: 1024 };
        assert_eq!(probe.peak(&[mask]).unwrap().phase, 700);
    }

    #[test]
    fn a_grid_with_short_modulus_masks_where_it_holds() {
        let mut scores = wavy(1024);
        scores[300] = 100.0;
        scores[700] = 60.0;
        // Of its eight phases the one at 300 holds; 700 is neither near it nor on a side lobe.
        let mask = Mask { phase: 300 % 128, modulus: 128 };
        assert_eq!(probe(scores).peak(&[mask]).unwrap().phase, 700);
    }

    #[test]
    fn a_known_grid_s_middle_is_no_peak() {
        let mut scores = wavy(576);
        (scores[48], scores[48 + 288], scores[200]) = (200.0, 100.0, 60.0);
        let mask = Mask { phase: 48, modulus: 576 };
        let masked = Probe { short_period: 192, ..probe(scores) };
        assert_eq!(masked.peak(&[]).unwrap().phase, 48);
        assert_eq!(masked.peak(&[mask]).unwrap().phase, 200);
    }

    #[test]
    fn circles_close() {
        assert_eq!(circular_distance(1020, 3, 1024), 7);
        assert_eq!(circular_distance(5, 133, 128), 0);
        assert!(probe(Vec::new()).peak(&[]).is_none());
    }
}
