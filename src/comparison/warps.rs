//! At what speed and pitch a clip runs against its source, from a few of its windows.

use super::Recording;
use super::candidate::Candidate;
use super::usable::Usable;
use crate::align::{Line, fit_slope, lay, pitch_between};
use crate::decode::Spool;
use crate::dsp::speech_bands::SPEECH_RATE_HZ;
use crate::error::Result;
use crate::fingerprint::{GradientMeasure, Gradients, Hit, Row, Warp, search};

const RATE: f64 = SPEECH_RATE_HZ as f64;

/// Seconds of a window.
const WINDOW_S: f64 = 8.0;

/// Windows that are tried as they are.
const PLAIN_WINDOWS: usize = 10;

/// Windows that are tried under every warp.
const GRID_WINDOWS: usize = 3;

/// Score from which a window is taken to be found.
const FOUND: f64 = 8.0;

/// Score from which a warp is looked into at all.
const PROMISING: f64 = 6.5;

/// Warps that are followed, at most.
const KEPT: usize = 3;

/// Spreads of slopes tried one after the other, each once the best lies inside; the widest twice, since
/// the pitch is known only after the first.
const SPREADS: [f64; 4] = [0.024, 0.024, 0.006, 0.002];

/// Passes of that, at most.
const PASSES: usize = 7;

/// Share of the best agreement from which a clip is taken to run as fast as its source.
const PLAIN: f64 = 0.97;

/// Ratios closer than this are one.
const SAME_RATIO: f64 = 0.002;

/// Pitches closer than this are one.
const SAME_PITCH: f64 = 0.01;

/// A window under a warp, where it agrees best.
#[derive(Debug, Clone)]
struct Sighting {
    start_s: f64,
    warp: Warp,
    hit: Hit,
}

/// Warps under which parts of `a` are found in `b`, best first, and the best score of any window. If
/// nothing is found, the plain one alone. What the plain one does not find is looked up under those of
/// `grid`.
pub(super) fn find(
    a: &mut Recording,
    b: &mut Candidate<'_>,
    usable: &Usable,
    grid: &[Warp],
) -> Result<(Vec<Warp>, f64)> {
    let starts = windows(a.duration_s(), usable, PLAIN_WINDOWS);
    let mut seen = look(a, b.gradients, &starts, &[Warp::NONE])?;
    let found = |seen: &[Sighting], start: f64| {
        seen.iter().any(|s| s.start_s == start && s.hit.score >= FOUND)
    };
    let mut open: Vec<f64> = starts.iter().copied().filter(|s| !found(&seen, *s)).collect();
    if 2 * open.len() > starts.len() {
        seen.extend(look(a, b.gradients, &spread(&open, GRID_WINDOWS), grid)?);
    }
    seen.sort_by(|x, y| y.hit.score.total_cmp(&x.hit.score));
    let best_score = seen.first().map_or(0.0, |s| s.hit.score);
    // The best sighting gives a warp; what that one explains needs no other.
    let mut warps: Vec<Warp> = Vec::new();
    open = starts;
    for _ in 0..KEPT {
        let best = seen.iter().find(|s| s.hit.score >= PROMISING && open.contains(&s.start_s));
        let Some(best) = best.cloned() else { break };
        let (mut warp, agreement) = refine(a, b, &best)?;
        if warp != Warp::NONE {
            // A window that runs faster may have been seen by a part of it alone.
            let mut again = look(a, b.gradients, &[best.start_s], grid)?;
            again.sort_by(|x, y| y.hit.score.total_cmp(&x.hit.score));
            if let Some(other) = again.first().filter(|o| o.hit.score > best.hit.score) {
                let other = refine(a, b, other)?;
                if other.1 > agreement {
                    warp = other.0;
                }
            }
        }
        let explained = look(a, b.gradients, &open, &[warp])?;
        open.retain(|s| *s != best.start_s && !found(&explained, *s));
        let same = |w: &Warp| {
            (w.ratio - warp.ratio).abs() < SAME_RATIO && (w.pitch - warp.pitch).abs() < SAME_PITCH
        };
        if !warps.iter().any(same) {
            warps.push(warp);
        }
    }
    if warps.is_empty() {
        warps.push(Warp::NONE);
    }
    Ok((warps, best_score))
}

/// Starts of usable windows, evenly over the clip, at most `count`.
fn windows(duration_s: f64, usable: &Usable, count: usize) -> Vec<f64> {
    let room = (duration_s - WINDOW_S).max(0.0);
    let steps = (room / (0.5 * WINDOW_S)).floor() as usize;
    let all: Vec<f64> = (0..=steps)
        .map(|i| if steps == 0 { 0.0 } else { room * i as f64 / steps as f64 })
        .filter(|start| usable.share(*start, start + WINDOW_S) > 0.3)
        .collect();
    let all = if all.is_empty() { vec![0.0] } else { all };
    spread(&all, count)
}

/// At most `count` of the values, evenly.
fn spread(values: &[f64], count: usize) -> Vec<f64> {
    if values.len() <= count {
        return values.to_vec();
    }
    let index = |i: usize| (2 * i + 1) * values.len() / (2 * count);
    (0..count).map(|i| values[index(i)]).collect()
}

/// Speeds, tempi and pitches that are tried: steps of 1.25 % in speed, 1.5 % in tempo, a semitone in
/// pitch.
pub(super) fn grid() -> Vec<Warp> {
    let mut out = Vec::new();
    for step in 1..=8 {
        let change = 0.0125 * f64::from(step);
        out.extend([Warp::speed(1.0 + change), Warp::speed(1.0 - change)]);
    }
    for step in 1..=7 {
        let change = 0.015 * f64::from(step);
        out.extend([1.0 + change, 1.0 - change].map(|ratio| Warp { ratio, pitch: 1.0 }));
    }
    for semitones in [1, 2, 3, 4, -1, -2, -3, -4] {
        out.push(Warp { ratio: 1.0, pitch: 2f64.powf(f64::from(semitones) / 12.0) });
    }
    out
}

/// Samples of a window; the clip's end may cut it short.
fn window(a: &mut Recording, start_s: f64) -> Result<Vec<f32>> {
    let from = (start_s * RATE) as i64;
    let left = (a.samples.len() as i64 - from).max(0) as usize;
    a.samples.read(from, ((WINDOW_S * RATE) as usize).min(left))
}

/// Looks every window up under every warp.
fn look(a: &mut Recording, b: &Gradients, starts: &[f64], warps: &[Warp]) -> Result<Vec<Sighting>> {
    let mut asked = Vec::new();
    for &start_s in starts {
        let samples = window(a, start_s)?;
        for &warp in warps {
            asked.push((start_s, warp, GradientMeasure::of(&samples, warp).rows));
        }
    }
    let queries: Vec<&[Row]> = asked.iter().map(|(_, _, rows)| &rows[..]).collect();
    let found = search(b, &queries);
    let mut out = Vec::new();
    for ((start_s, warp, _), hits) in asked.iter().zip(found) {
        let hit = hits.first().copied();
        out.extend(hit.map(|hit| Sighting { start_s: *start_s, warp: *warp, hit }));
    }
    Ok(out)
}

/// The warp measured round a sighting, and the agreement there.
fn refine(a: &mut Recording, b: &mut Candidate<'_>, sighting: &Sighting) -> Result<(Warp, f64)> {
    let samples = window(a, sighting.start_s)?;
    let mut warp = sighting.warp;
    let mut diagonal = sighting.hit.row as f64;
    let mut agreement = 0.0;
    let mut spreads = SPREADS.iter().skip(1);
    let mut spread = SPREADS[0];
    for _ in 0..PASSES {
        let rows = GradientMeasure::of(&samples, warp).rows;
        let fit = fit_slope(&rows, &b.gradients.rows, (0, rows.len()), diagonal, spread);
        // Row 0 lies half a stretch before the fitted middle.
        let start = fit.diagonal + (1.0 - fit.slope) * 0.5 * rows.len() as f64;
        let with_speed = warp.ratio == warp.pitch;
        warp.ratio *= fit.slope;
        diagonal = start;
        let line = Line::through_rows(warp.ratio, diagonal);
        if with_speed {
            warp.pitch = warp.ratio;
        }
        warp.pitch = pitch(b, &samples, &line, warp)?;
        agreement = fit.agreement;
        // At the edge of what was tried the best slope may lie beyond.
        if (fit.slope - 1.0).abs() < 0.8 * spread {
            match spreads.next() {
                Some(next) => spread = *next,
                None => break,
            }
        }
    }
    if warp.pitch == warp.ratio || warp.pitch == 1.0 {
        // A few seconds leave the ratio uncertain: nothing is preferred to little.
        let rows = GradientMeasure::of(&samples, Warp::NONE).rows;
        let middle = 0.5 * rows.len() as f64;
        let plain = fit_slope(
            &rows,
            &b.gradients.rows,
            (0, rows.len()),
            diagonal + (warp.ratio - 1.0) * middle,
            0.0,
        );
        if plain.agreement > PLAIN * agreement {
            return Ok((Warp::NONE, plain.agreement));
        }
    }
    Ok((warp, agreement))
}

/// The pitch of a stretch that lies on this line from its first sample: the warp's speed or none if
/// that fits, else what was measured; the warp's own where the source has no samples.
fn pitch(b: &mut Candidate<'_>, samples: &[f32], line: &Line, warp: Warp) -> Result<f64> {
    let Some(of_b) = &mut b.samples else { return Ok(warp.pitch) };
    // Laid with its own pitch, as if nothing but time had been stretched.
    let laid = unpitched(of_b, line, samples.len())?;
    let (measured, agreement) = pitch_between(samples, &laid, warp.pitch, 0.03);
    if agreement < 0.05 {
        return Ok(warp.pitch);
    }
    let near = |pitch: f64| (measured - pitch).abs() < 0.004;
    Ok(match (near(warp.ratio), near(1.0)) {
        (true, true) if (warp.ratio - 1.0).abs() > 0.002 => {
            let closer_to_speed = (measured - warp.ratio).abs() < (measured - 1.0).abs();
            if closer_to_speed { warp.ratio } else { 1.0 }
        }
        (true, _) => warp.ratio,
        (false, true) => 1.0,
        (false, false) => measured,
    })
}

/// Half-overlapping windows of the source, each at its own speed, where the clip's windows lie.
fn unpitched(b: &mut Spool, line: &Line, count: usize) -> Result<Vec<f32>> {
    // Stretches of 128 ms keep the source's pitch; the transform looks at exactly these.
    const STRETCH: usize = 1024;
    let mut out = Vec::with_capacity(count);
    for start in (0..count).step_by(STRETCH) {
        let middle_s = (start + STRETCH / 2) as f64 / RATE;
        let plain = Line { ratio: 1.0, offset_s: line.b(middle_s) - middle_s };
        out.extend(lay(b, &plain, start as i64, STRETCH.min(count - start), SPEECH_RATE_HZ)?);
    }
    Ok(out)
}

/// Rows of the whole clip under a warp.
pub(super) fn rows_under(a: &mut Recording, warp: Warp) -> Result<Gradients> {
    if warp == Warp::NONE {
        return Ok(a.gradients.clone());
    }
    let mut measure = GradientMeasure::new(warp);
    const PART: usize = 1 << 16;
    let mut start = 0;
    while start < a.samples.len() {
        let count = PART.min((a.samples.len() - start) as usize);
        measure.push(&a.samples.read(start as i64, count)?);
        start += count as u64;
    }
    Ok(measure.finish())
}
