//! The search for one family's grids: probes, tracks, more probes, and the same beneath a grid that
//! runs through the whole clip.

use std::ops::Range;

use super::bank::{Bank, Window};
use super::probe::{Mask, Peak, Probe, circular_distance, confirm};
use super::track::{Hypothesis, Run, Tracker};
use super::{Depth, GridCodec, GridFamily, GridTrack, Stretch};
use crate::decode::Spool;
use crate::error::Result;
use crate::units::TimeSpan;

/// Frames of a first probe.
const PROBE_FRAMES: usize = 24;

/// First probes: one in this many seconds, within bounds.
const PROBE_EVERY_S: f64 = 4.0;
const PROBES: (usize, usize) = (4, 8);

/// Robust z-score from which a peak is a grid. Of 1024 phases of noise the highest has 3 to 4.5.
const CLEAR_Z: f32 = 7.0;

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

/// Share of the slots that say anything which a grid must hold to run through the clip.
const THROUGHOUT: f32 = 0.75;

/// Least share of the clip that a track must hold in to be one.
const LEAST_COVERAGE: f32 = 0.05;

/// Returns to an earlier grid from which a track beneath another is no succession of pieces but the
/// other one's side lobes.
const RESTLESS: usize = 2;

/// Vorbis's short blocks move its long ones by multiples of half their length (Vorbis I
/// specification, 4.3.1).
const VORBIS_MODULUS: usize = 128;

/// Phases beside a faint peak at which the same grid still shows; a clear one is right to a sample.
const LOBES: usize = 6;

/// Share of its score by which a window must lead the next to be the encoder's. Of what was encoded
/// once they differ by 6 to 24 %; beneath another encoding they look alike.
const SURE_LEAD: f32 = 0.04;

/// Evidence (natural log-likelihood ratio) from which a stretch is kept.
const STRETCH_EVIDENCE: f64 = 15.0;

/// What the search needs beside samples and transform.
pub(super) struct Plan {
    /// Sample rate in Hz.
    pub(super) rate: f64,
    /// How thoroughly to search.
    pub(super) depth: Depth,
    /// Codec of the clip's own last encoding, if it is of this family.
    pub(super) own: Option<GridCodec>,
    /// Whether the long blocks were seen to move as Vorbis's do.
    pub(super) is_vorbis: bool,
    /// Windows to be told apart, none if there is one alone.
    pub(super) windows: Vec<(Window, Bank)>,
}

/// At most two tracks: the clearest encoding, and one beneath it if the first runs through.
pub(super) fn examine(
    spool: &mut Spool,
    bank: &mut Bank,
    mut plan: Plan,
) -> Result<Vec<GridTrack>> {
    let probes = first_probes(spool, bank, &plan)?;
    let mut masks: Vec<Mask> = Vec::new();
    let mut tracks = Vec::new();
    if let Some(codec) = plan.own {
        // The last encoding's grid is known to run through; what matters lies beneath it.
        let Some(track) = own_track(spool, bank, codec, plan.rate, &probes) else {
            return Ok(tracks);
        };
        masks.extend(mask_of(&track));
        tracks.push(track);
    }
    while tracks.len() < 2 {
        let Some(track) = layer(spool, bank, &mut plan, &probes, &masks)? else { break };
        let beneath = !masks.is_empty();
        if track.coverage < LEAST_COVERAGE || beneath && returns(&track) >= RESTLESS {
            break;
        }
        let through = track.throughout;
        masks.extend(mask_of(&track));
        tracks.push(track);
        if !through {
            break;
        }
    }
    Ok(tracks)
}

/// How often a track comes back to a grid that another one followed.
fn returns(track: &GridTrack) -> usize {
    let mut phases: Vec<u32> = track.stretches.iter().map(|s| s.phase).collect();
    phases.dedup();
    (1..phases.len()).filter(|&n| phases[..n].contains(&phases[n])).count()
}

/// The grid of a track that runs through the clip.
fn mask_of(track: &GridTrack) -> Option<Mask> {
    let phase = track.stretches.first()?.phase as usize;
    Some(Mask { phase, modulus: track.modulus as usize })
}

/// The grid that most of the probes agree on, if at least two do.
fn own_track(
    spool: &Spool,
    bank: &Bank,
    codec: GridCodec,
    rate: f64,
    probes: &[Probe],
) -> Option<GridTrack> {
    let modulus = modulus_of(codec, bank);
    let peaks: Vec<Peak> = probes.iter().filter_map(|probe| probe.peak(&[])).collect();
    let agreeing = |at: &Peak| {
        let same = |p: &&Peak| circular_distance(p.phase, at.phase, modulus) <= 1;
        peaks.iter().filter(same).count()
    };
    let best = peaks.iter().max_by(|a, b| {
        agreeing(a).cmp(&agreeing(b)).then(a.z.total_cmp(&b.z)).then(b.phase.cmp(&a.phase))
    })?;
    let frames = spool.len() / bank.period() as u64;
    (agreeing(best) >= 2 && best.z >= CLEAR_Z).then(|| GridTrack {
        codec,
        window: None,
        period: bank.period() as u32,
        modulus: modulus as u32,
        stride: 1,
        z: best.z,
        throughout: true,
        coverage: agreeing(best) as f32 / peaks.len() as f32,
        stretches: vec![Stretch {
            span: TimeSpan::new(0.0, spool.len() as f64 / rate),
            phase: (best.phase % modulus) as u32,
            frames: frames.min(u64::from(u32::MAX)) as u32,
            evidence: 0.0,
            loud_frames_after: 0,
        }],
    })
}

/// Distance at which the phases of a codec's frames are alike.
fn modulus_of(codec: GridCodec, bank: &Bank) -> usize {
    if codec == GridCodec::Vorbis { VORBIS_MODULUS } else { bank.period() }
}

fn first_probes(spool: &mut Spool, bank: &mut Bank, plan: &Plan) -> Result<Vec<Probe>> {
    let frames = spool.len() as usize / bank.period();
    let seconds = spool.len() as f64 / plan.rate;
    let count = match plan.depth {
        Depth::Usual => ((seconds / PROBE_EVERY_S) as usize).clamp(PROBES.0, PROBES.1),
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

fn is_clear(peak: &Peak) -> bool {
    peak.z >= CLEAR_Z && peak.z >= CLEAR_RATIO * peak.second_z
}

fn layer(
    spool: &mut Spool,
    bank: &mut Bank,
    plan: &mut Plan,
    probes: &[Probe],
    masks: &[Mask],
) -> Result<Option<GridTrack>> {
    let mut found: Vec<(u64, usize, Peak)> = Vec::new();
    for probe in probes {
        if let Some(peak) = grid_at(spool, bank, probe, masks, 0..usize::MAX)? {
            found.push((probe.start, probe.frames, peak));
        }
    }
    found.sort_by(|a, b| b.2.z.total_cmp(&a.2.z).then(a.0.cmp(&b.0)));
    let Some(&(start, frames, clearest)) = found.first() else { return Ok(None) };
    let closest = closest_window(spool, plan, bank.period(), start, frames, clearest.phase)?;
    let window =
        if plan.is_vorbis { Some(Window::PowerSine) } else { closest.map(|closest| closest.0) };
    let window_is_sure = closest.is_some_and(|(_, lead)| lead >= SURE_LEAD);
    let codec = codec_of(bank, window);
    let modulus = modulus_of(codec, bank);
    let rate = plan.rate;
    let (period, half_span) = (bank.period(), bank.span() / 2);
    let seconds = spool.len() as f64 / rate;

    let beneath = !masks.is_empty();
    let mut tracker = Tracker::new(spool, bank, plan.depth)?;
    for (_, _, peak) in &found {
        follow(&mut tracker, peak, modulus, beneath)?;
    }
    let mut budget = match plan.depth {
        Depth::Usual => (FILL_BUDGET.0 + (FILL_BUDGET.1 * seconds) as usize).min(FILL_CAP),
        Depth::Exhaustive => usize::MAX,
    };
    let mut seen: Vec<(usize, usize)> = Vec::new();
    for _ in 0..FILL_ROUNDS {
        let before = seen.len();
        for Place { slot, frames, run } in unexplained(&tracker, &seen) {
            if frames > budget || tracker.hypotheses().len() >= MAX_HYPOTHESES {
                break;
            }
            budget -= frames;
            seen.push((slot, slot + frames));
            let (spool, bank) = tracker.parts();
            let probe = Probe::take(spool, bank, (slot * period) as u64, frames)?;
            if let Some(peak) = grid_at(spool, bank, &probe, masks, run)? {
                follow(&mut tracker, &peak, modulus, beneath)?;
            }
        }
        if seen.len() == before {
            break;
        }
    }

    let phases: Vec<usize> = tracker.hypotheses().iter().map(|h| h.phase).collect();
    // Beneath Vorbis, what moves nearly so is a side lobe of it.
    let beneath_vorbis = masks.iter().any(|mask| mask.modulus < period);
    let reach = if beneath_vorbis { LOBES } else { 1 };
    if codec == GridCodec::Aac && !window_is_sure && moves_like_vorbis(&phases, period, reach) {
        // Beneath another encoding windows look alike; only Vorbis moves its long blocks so.
        plan.is_vorbis = true;
        return layer(spool, bank, plan, probes, masks);
    }

    let runs = tracker.sharp_runs()?;
    let telling = (0..tracker.slots()).filter(|&s| !tracker.is_quiet(s)).count();
    let held = |run: &Run| (run.first..run.end).filter(|&s| !tracker.is_quiet(s)).count();
    let covered: usize = runs.iter().filter(|run| run.hypothesis.is_some()).map(held).sum();
    let mut stretches: Vec<Stretch> = Vec::new();
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
        stretches.push(Stretch {
            span: TimeSpan::new(middle_s(run.first), middle_s(run.end - 1)),
            phase: (phase % modulus) as u32,
            frames: (run.end - run.first) as u32,
            evidence,
            loud_frames_after: 0,
        });
        ends.push((run.first, run.end));
    }
    let usual = tracker.usual_level(&ends);
    for (stretch, pair) in stretches.iter_mut().zip(ends.windows(2)) {
        let loud = (pair[0].1..pair[1].0).filter(|&slot| tracker.level(slot) >= usual).count();
        stretch.loud_frames_after = loud as u32;
    }
    let coverage = covered as f32 / telling.max(1) as f32;
    let alone = stretches.windows(2).all(|pair| pair[0].phase == pair[1].phase);
    Ok(Some(GridTrack {
        codec,
        window,
        period: period as u32,
        modulus: modulus as u32,
        stride: tracker.stride() as u32,
        z: clearest.z,
        throughout: alone && coverage >= THROUGHOUT,
        coverage,
        stretches,
    }))
}

/// Whether two phases differ, up to `reach`, by a multiple of half a short block of Vorbis.
fn moves_like_vorbis(phases: &[usize], period: usize, reach: usize) -> bool {
    let moved = |a: usize, b: usize| {
        circular_distance(a, b, period) > reach && circular_distance(a, b, VORBIS_MODULUS) <= reach
    };
    phases.iter().any(|&a| phases.iter().any(|&b| moved(a, b)))
}

/// The grid of a probe: a clear peak, or a faint one that holds up on the frames around the probe
/// that lie in `within` (slots).
fn grid_at(
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
fn follow(tracker: &mut Tracker, peak: &Peak, modulus: usize, beneath: bool) -> Result<()> {
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

/// The window that gives the frames at `phase` the most small lines, and the share by which it leads
/// the next; `None` if there is no choice.
fn closest_window(
    spool: &mut Spool,
    plan: &mut Plan,
    period: usize,
    start: u64,
    frames: usize,
    phase: usize,
) -> Result<Option<(Window, f32)>> {
    let first = start as usize + (phase + period - start as usize % period) % period;
    let mut totals: Vec<(Window, f32)> = Vec::new();
    for (window, bank) in &mut plan.windows {
        let samples = spool.read(first as i64, frames * period + bank.span())?;
        let total: f32 = (0..frames).map(|frame| bank.score(&samples[frame * period..])).sum();
        totals.push((*window, total));
    }
    totals.sort_by(|a, b| b.1.total_cmp(&a.1));
    Ok(totals.first().map(|&(window, most)| {
        let next = totals.get(1).map_or(0.0, |second| second.1);
        (window, (most - next) / most.max(1.0))
    }))
}

fn codec_of(bank: &Bank, window: Option<Window>) -> GridCodec {
    match (bank.family(), window) {
        (GridFamily::Hybrid, _) => GridCodec::Mp3,
        (GridFamily::Celt, _) => GridCodec::Opus,
        (GridFamily::Middle, _) => GridCodec::Vorbis,
        (GridFamily::Long, Some(Window::PowerSine)) => GridCodec::Vorbis,
        (GridFamily::Long, _) => GridCodec::Aac,
    }
}
