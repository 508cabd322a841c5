//! A search for frame grids over a second of sound: every offset is tried.

use super::bank::Bank;
use crate::decode::Spool;
use crate::dsp::stats::median_and_sigma;
use crate::error::Result;

/// Offsets beside a peak that belong to it.
const PEAK_REACH: usize = 6;

/// Least spread assumed of a frame's score, per square root of counted lines. Noise has 0.7.
const LEAST_SPREAD: f32 = 0.35;

/// Offsets that are not to be looked at: a grid that is known already.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Mask {
    /// Phase of the known grid, in samples.
    pub(super) phase: usize,
    /// Distance at which its phases repeat.
    pub(super) modulus: usize,
    /// Offsets to each side.
    pub(super) reach: usize,
}

impl Mask {
    fn covers(&self, phase: usize) -> bool {
        circular_distance(phase, self.phase, self.modulus) <= self.reach
    }
}

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
}

impl Probe {
    /// Tries all phases on `frames` frames from sample `start`.
    pub(super) fn take(spool: &mut Spool, bank: &mut Bank, start: u64, frames: usize) -> Result<Self> {
        let period = bank.period();
        let mut by_offset = vec![0.0; period];
        let samples = spool.read(start as i64, (frames + 1) * period + bank.span())?;
        for frame in 0..frames {
            bank.sweep(&samples[frame * period..], &mut by_offset);
        }
        by_offset.rotate_right((start % period as u64) as usize);
        let spread = LEAST_SPREAD * (bank.swept_lines() as f32 * frames as f32).sqrt();
        Ok(Self { start, frames, scores: by_offset, least_spread: spread })
    }

    /// The highest phase outside of the masks; `None` where all is masked.
    pub(super) fn peak(&self, masks: &[Mask]) -> Option<Peak> {
        let period = self.scores.len();
        let open: Vec<bool> =
            (0..period).map(|phase| !masks.iter().any(|mask| mask.covers(phase))).collect();
        let mut seen: Vec<f32> =
            self.scores.iter().zip(&open).filter(|(_, open)| **open).map(|(s, _)| *s).collect();
        let (median, sigma) = median_and_sigma(&mut seen)?;
        let sigma = sigma.max(self.least_spread);
        let highest = |skip: Option<usize>| {
            (0..period)
                .filter(|&p| open[p])
                .filter(|&p| skip.is_none_or(|s| circular_distance(p, s, period) > PEAK_REACH))
                .max_by(|&a, &b| self.scores[a].total_cmp(&self.scores[b]).then(b.cmp(&a)))
        };
        let phase = highest(None)?;
        let z = |p: usize| (self.scores[p] - median) / sigma;
        Some(Peak {
            phase,
            z: z(phase),
            second_z: highest(Some(phase)).map_or(0.0, z),
            height: (self.scores[phase] - median) / self.frames as f32,
        })
    }
}
