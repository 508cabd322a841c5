//! The encodings that one family shows: the clearest, and the one beneath it where that one runs through
//! the whole clip.

use super::bank::{Bank, Window};
use super::probe::{Mask, Peak, Probe, circular_distance};
use super::search::{CLEAR_Z, LOBES, Layer, fill, first_probes, follow, grid_at};
use super::stretches::stretches;
use super::track::Tracker;
use super::{Depth, GridCodec, GridFamily, GridTrack, Stretch, VORBIS_MODULUS};
use crate::decode::Spool;
use crate::error::Result;
use crate::units::TimeSpan;

/// Share of the slots that say anything which a grid must hold to run through the clip.
const THROUGHOUT: f32 = 0.75;

/// Least share of the clip that a track must hold in to be one.
const LEAST_COVERAGE: f32 = 0.05;

/// Returns to an earlier grid from which a track beneath another is no succession of pieces but the
/// other one's side lobes.
const RESTLESS: usize = 2;

/// Share of its score by which a window must lead the next to be the encoder's. Of what was encoded
/// once they differ by 6 to 24 %; beneath another encoding they look alike.
const SURE_LEAD: f32 = 0.04;

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
    let probes = first_probes(spool, bank, plan.rate, plan.depth)?;
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

/// The grid that most of the probes agree on, if at least two do where there are as many.
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
    (agreeing(best) >= probes.len().min(2) && best.z >= CLEAR_Z).then(|| GridTrack {
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
    let period = bank.period();
    let seconds = spool.len() as f64 / rate;

    let search = Layer { masks, modulus, depth: plan.depth, seconds };
    let mut tracker = Tracker::new(spool, bank, plan.depth)?;
    for (_, _, peak) in &found {
        follow(&mut tracker, peak, &search)?;
    }
    fill(&mut tracker, &search)?;

    let phases: Vec<usize> = tracker.hypotheses().iter().map(|h| h.phase).collect();
    // Beneath Vorbis, what moves nearly so is a side lobe of it.
    let beneath_vorbis = masks.iter().any(|mask| mask.modulus < period);
    let reach = if beneath_vorbis { LOBES } else { 1 };
    if codec == GridCodec::Aac && !window_is_sure && moves_like_vorbis(&phases, period, reach) {
        // Beneath another encoding windows look alike; only Vorbis moves its long blocks so.
        plan.is_vorbis = true;
        return layer(spool, bank, plan, probes, masks);
    }

    let (stretches, coverage) = stretches(&mut tracker, modulus, rate)?;
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
