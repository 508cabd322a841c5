//! Where grids are looked for: a few places first, then wherever no known grid holds.

use std::ops::Range;

use super::bank::Bank;
use super::probe::{Mask, Peak, Probe, circular_distance, confirm};
use super::track::{Hypothesis, Tracker};
use super::{Depth, VORBIS_MODULUS};
use crate::decode::Spool;
use crate::error::Result;

/// Frames of a first probe.
const PROBE_FRAMES: usize = 24;

/// First probes: one in this many seconds, within bounds.
const PROBE_EVERY_S: f64 = 4.0;
const PROBES: (usize, usize) = (4, 8);

/// Robust z-score from which a peak is a grid. Of 1024 phases of noise the highest has 3 to 4.5.
pub(super) const CLEAR_Z: f32 = 7.0;

/// How far a peak must stand above the next one. Tones and loops have several alike.
const CLEAR_RATIO: f32 = 1.25;

/// Robust z-score from which a peak is looked at again on frames around its probe, and how many of a
/// probe are.
const FAINT_Z: f32 = 3.8;
const FAINT_PEAKS: usize = 3;

/// Frames to each side of a probe on which a faint peak must hold up.
const CONFIRM_FRAMES: usize = 90;

/// Fewest such frames.
const CONFIRM_LEAST: usize = 16;

/// Mean height over standard error from which it does. Some 200 faint peaks are tried in a clip.
const CONFIRM_T: f32 = 6.0;

/// Frames of a probe where no known grid holds.
const FILL_FRAMES: (usize, usize) = (12, 48);

/// Frames that all later probes of a layer may take, at least, and per second of the clip.
const FILL_BUDGET: (usize, f64) = (200, 4.0);

/// Frames that they may take at most.
const FILL_CAP: usize = 1200;

/// Rounds of later probes; each takes one of every run in which no known grid holds.
const FILL_ROUNDS: usize = 24;

/// Grids followed in one layer.
const MAX_HYPOTHESES: usize = 24;

/// Phases beside a faint peak at which the same grid still shows; a clear one is right to a sample.
pub(super) const LOBES: usize = 6;

/// What one layer's search holds to.
pub(super) struct Layer<'a> {
    /// Grids of the encodings above.
    pub(super) masks: &'a [Mask],
    /// Distance at which phases are alike.
    pub(super) modulus: usize,
    /// How thoroughly to search.
    pub(super) depth: Depth,
    /// Length of the clip.
    pub(super) seconds: f64,
}

/// Probes spread evenly over the clip; fewer in a short one, where they would overlap.
pub(super) fn first_probes(
    spool: &mut Spool,
    bank: &mut Bank,
    rate: f64,
    depth: Depth,
) -> Result<Vec<Probe>> {
    let frames = spool.len() as usize / bank.period();
    let seconds = spool.len() as f64 / rate;
    let count = match depth {
        Depth::Usual => ((seconds / PROBE_EVERY_S) as usize)
            .clamp(PROBES.0, PROBES.1)
            .min((frames / PROBE_FRAMES).max(1)),
        Depth::Exhaustive => frames / PROBE_FRAMES,
    };
    let room = frames.saturating_sub(PROBE_FRAMES + 3);
    (0..count)
        .map(|n| {
            let slot = room * (2 * n + 1) / (2 * count).max(1);
            Probe::take(spool, bank, (slot * bank.period()) as u64, PROBE_FRAMES)
        })
        .collect()
}

/// Whether a peak is a grid as it stands.
fn is_clear(peak: &Peak) -> bool {
    peak.z >= CLEAR_Z && peak.z >= CLEAR_RATIO * peak.second_z
}

/// The grid of a probe: a clear peak, or a faint one that holds up on the frames around the probe
/// that lie in `within` (slots).
pub(super) fn grid_at(
    spool: &mut Spool,
    bank: &mut Bank,
    probe: &Probe,
    masks: &[Mask],
    within: Range<usize>,
) -> Result<Option<Peak>> {
    let peaks = probe.peaks(masks, FAINT_PEAKS);
    if let Some(clear) = peaks.first().filter(|peak| is_clear(peak)) {
        return Ok(Some(*clear));
    }
    let period = bank.period();
    let slots = (spool.len() as usize).saturating_sub(bank.span()) / period;
    let first = (probe.start / period as u64) as usize;
    let end = first + probe.frames + 1;
    let before = first.saturating_sub(CONFIRM_FRAMES).max(within.start)..first;
    let after = end..(end + CONFIRM_FRAMES).min(within.end).min(slots);
    let mut best: Option<(f32, Peak)> = None;
    for peak in peaks.iter().filter(|peak| peak.z >= FAINT_Z) {
        for side in [&before, &after] {
            if side.len() < CONFIRM_LEAST {
                continue;
            }
            let seen = confirm(spool, bank, peak.phase, side.clone())?;
            if seen.t >= CONFIRM_T && best.is_none_or(|(t, _)| seen.t > t) {
                let height = seen.height;
                best = Some((seen.t, Peak { height, z: peak.z.max(seen.t), ..*peak }));
            }
        }
    }
    Ok(best.map(|(_, peak)| peak))
}

/// Adds a peak's grid unless it is followed already. Beneath another encoding peaks are broad.
pub(super) fn follow(tracker: &mut Tracker, peak: &Peak, layer: &Layer) -> Result<()> {
    let (modulus, beneath) = (layer.modulus, !layer.masks.is_empty());
    let reach = match modulus {
        VORBIS_MODULUS if beneath => LOBES / 2,
        _ if beneath => 2 * LOBES,
        _ if is_clear(peak) => 0,
        VORBIS_MODULUS => LOBES / 2,
        _ => LOBES,
    };
    let known = |h: &Hypothesis| circular_distance(h.phase, peak.phase, modulus) <= reach;
    if tracker.hypotheses().iter().any(known) || tracker.hypotheses().len() >= MAX_HYPOTHESES {
        return Ok(());
    }
    tracker.add(Hypothesis { phase: peak.phase % modulus, modulus, height: peak.height })
}

/// Probes where no grid that is followed holds, round by round, and follows what is found there.
pub(super) fn fill(tracker: &mut Tracker, layer: &Layer) -> Result<()> {
    let mut budget = match layer.depth {
        Depth::Usual => (FILL_BUDGET.0 + (FILL_BUDGET.1 * layer.seconds) as usize).min(FILL_CAP),
        Depth::Exhaustive => usize::MAX,
    };
    let period = tracker.period();
    let mut seen: Vec<(usize, usize)> = Vec::new();
    for _ in 0..FILL_ROUNDS {
        let before = seen.len();
        for Place { slot, frames, run } in unexplained(tracker, &seen) {
            if frames > budget || tracker.hypotheses().len() >= MAX_HYPOTHESES {
                break;
            }
            budget -= frames;
            seen.push((slot, slot + frames));
            let (spool, bank) = tracker.parts();
            let probe = Probe::take(spool, bank, (slot * period) as u64, frames)?;
            if let Some(peak) = grid_at(spool, bank, &probe, layer.masks, run)? {
                follow(tracker, &peak, layer)?;
            }
        }
        if seen.len() == before {
            break;
        }
    }
    Ok(())
}

/// A place to probe, inside a run of slots in which no known grid holds.
struct Place {
    slot: usize,
    frames: usize,
    run: Range<usize>,
}

/// A place to probe in each run without grid, the longest run first.
fn unexplained(tracker: &Tracker, seen: &[(usize, usize)]) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for run in tracker.runs().iter().filter(|run| run.hypothesis.is_none()) {
        let mut first = run.first;
        // A long run is probed piece by piece.
        while first < run.end {
            let end = run.end.min(first + FILL_FRAMES.1);
            let telling = (first..end).filter(|&slot| !tracker.is_quiet(slot)).count();
            let fresh = !seen.iter().any(|&(from, to)| from < end && first < to);
            if telling >= FILL_FRAMES.0 && fresh {
                places.push(Place { slot: first, frames: end - first, run: run.first..run.end });
                break;
            }
            first = end;
        }
    }
    places.sort_by_key(|place| (usize::MAX - place.run.len(), place.slot));
    places
}
