//! From the stretches of a path to segments with sharp lines and joints.

use super::candidate::Candidate;
use super::lookup::Found;
use super::{Recording, THRESHOLD};
use crate::align::{
    INDEPENDENT, Joint, JointSide, Line, State, correlation, fit_blocks, fit_slope, fit_waveform,
    refine_joint,
};
use crate::decode::Spool;
use crate::error::Result;
use crate::fingerprint::{FRAME_S, Gradients, ROW_CENTRE_S, Warp, search};

/// Gaps shorter than this in a stretch on one line are no gaps, in seconds of the clip.
const BRIDGED_S: f64 = 0.35;

/// Gaps shorter than this on one line are the blur of joints that were placed, in seconds.
const MET_S: f64 = 0.06;

/// Evidence against a line, in nats, from which a gap in it or an end of the clip is foreign and not
/// just masked or silent.
const FOREIGN: f64 = -25.0;

/// Distance of two waveforms that are still one, in seconds.
const SAME_WAVE_S: f64 = 0.0005;

/// Distance of two lines that is still one, in seconds.
const SAME_LINE_S: f64 = 0.025;

/// How far a joint is looked for from where the path puts it, in seconds.
const REACH_S: f64 = 1.6;

/// What lies between a segment and the clip's start or end is its own if shorter than this, in
/// seconds: codecs fade in and pad.
const AT_THE_EDGE_S: f64 = 0.4;

/// Segments shorter than this are not told from chance, in seconds.
const SHORTEST_S: f64 = 0.3;

/// Score from which a further segment of a clip that is found is reported; chosen on the tuning split of
/// `evaluation/compare`.
const FURTHER: f64 = 8.5;

/// Share of a segment's score that another place must reach to be named.
const ALSO: f64 = 0.75;

/// Pitches closer than this are one.
const SAME_PITCH: f64 = 0.005;

/// Clip time at the edge before frame 0.
const EDGE_S: f64 = ROW_CENTRE_S - 0.5 * FRAME_S;

/// A stretch of the clip that comes from the source without a break.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// Start and end in the clip, in seconds.
    pub a_s: (f64, f64),
    /// Where it lies in the source.
    pub line: Line,
    /// Speed and pitch.
    pub warp: Warp,
    /// Level of the clip over the source, in dB.
    pub gain_db: f64,
    /// Whether the polarity is reversed.
    pub inverted: bool,
    /// Whether the waveforms align, so that the line is good to a fraction of a millisecond.
    pub aligned: bool,
    /// How unlikely the waveforms' alignment is among strangers, in standard deviations.
    pub waveform_score: f64,
    /// Hypothesis that the stretch came from.
    pub(super) state: usize,
    /// Correlation coefficient of the rows, 0..=1.
    pub similarity: f64,
    /// Standard deviations above strangers: of the rows and of the waveforms' alignment, as the root
    /// of the sum of their squares.
    pub score: f64,
    /// Starts of other places of the source that agree nearly as well, in seconds.
    pub also_at_s: Vec<f64>,
}

impl Segment {
    /// Start and end in the source, in seconds.
    #[must_use]
    pub fn b_s(&self) -> (f64, f64) {
        (self.line.b(self.a_s.0), self.line.b(self.a_s.1))
    }

    /// Takes in the next segment, which lies on the same line.
    fn absorb(&mut self, next: Self) {
        let longer = next.a_s.1 - next.a_s.0 > self.a_s.1 - self.a_s.0;
        let (a_s, line) = ((self.a_s.0, next.a_s.1), bridge(self, &next));
        let waveform_score = self.waveform_score.hypot(next.waveform_score);
        let aligned = self.aligned && next.aligned;
        if longer {
            *self = next;
        }
        *self = Self { a_s, line, waveform_score, aligned, ..self.clone() };
    }

    /// Source seconds per clip second, by resampling (pitch moved along) and by time-stretching (it
    /// did not); their product is the whole ratio.
    #[must_use]
    pub fn speed_and_tempo(&self) -> (f64, f64) {
        let ratio = self.line.ratio;
        let is_near = |pitch: f64| (self.warp.pitch - pitch).abs() < SAME_PITCH;
        match (is_near(ratio), is_near(1.0)) {
            // Stretching moves pieces about, so that waveforms align under resampling alone.
            (true, true) if self.aligned => (ratio, 1.0),
            (_, true) => (1.0, ratio),
            (true, false) => (ratio, 1.0),
            (false, false) => (self.warp.pitch, ratio / self.warp.pitch),
        }
    }
}

/// Segments of the path, sharpened; none unless one reaches the score `least`.
pub(super) fn sharpen(
    a: &mut Recording,
    b: &mut Candidate<'_>,
    found: Found,
    least: f64,
) -> Result<Vec<Segment>> {
    let rows = b.gradients;
    let mut segments = rough(a, rows, &found);
    reach_out(a, b.duration_s, &found, &mut segments);
    if let Some(samples) = &mut b.samples {
        fit_lines(a, samples, rows, &found, &mut segments)?;
    }
    let mut segments = joined(a, b, segments, &found)?;
    if let Some(samples) = &mut b.samples {
        place_joints(a, samples, &mut segments)?;
    }
    let mut segments = met(segments);
    segments.retain(|s| s.a_s.1 - s.a_s.0 >= SHORTEST_S);
    for segment in &mut segments {
        measure(rows, &found, segment);
    }
    let best = segments.iter().map(|s| s.score).fold(0.0, f64::max);
    segments.retain(|s| best >= least && s.score >= FURTHER.min(least));
    for segment in &mut segments {
        segment.also_at_s = also_at(rows, &found, segment);
    }
    Ok(segments)
}

/// Fits every line to the waveforms.
fn fit_lines(
    a: &mut Recording,
    b: &mut Spool,
    rows: &Gradients,
    found: &Found,
    segments: &mut [Segment],
) -> Result<()> {
    for segment in segments {
        // The slope of a short stretch's rows is uncertain, so its warp's own comes first.
        let state = &found.states[segment.state];
        let as_found = place(rows, found, state, segment.a_s);
        let mut fit = fit_waveform(&mut a.samples, b, &as_found, segment.a_s)?;
        if !fit.aligned {
            fit = fit_waveform(&mut a.samples, b, &segment.line, segment.a_s)?;
        }
        segment.line = fit.line;
        segment.aligned = fit.aligned;
        segment.waveform_score = fit.score;
        segment.gain_db = fit.gain_db;
        segment.inverted = fit.inverted;
    }
    Ok(())
}

/// Stretches of the path with their lines measured on the rows.
fn rough(a: &Recording, b: &Gradients, found: &Found) -> Vec<Segment> {
    let frames = a.gradients.rows.len();
    let mut out: Vec<Segment> = Vec::new();
    for piece in &found.path.pieces {
        let state = &found.states[piece.state];
        let start = if piece.start == 0 { 0.0 } else { piece.start as f64 * FRAME_S + EDGE_S };
        let end =
            if piece.end == frames { a.duration_s() } else { piece.end as f64 * FRAME_S + EDGE_S };
        out.push(Segment {
            a_s: (start, end),
            line: straighten(b, found, state, (piece.start, piece.end)),
            warp: state.warp,
            gain_db: 0.0,
            inverted: false,
            aligned: false,
            waveform_score: 0.0,
            state: piece.state,
            similarity: 0.0,
            score: 0.0,
            also_at_s: Vec::new(),
        });
    }
    out
}

/// The line of a hypothesis, moved to where the rows of a stretch agree best.
fn place(b: &Gradients, found: &Found, state: &State, a_s: (f64, f64)) -> Line {
    let row = |time_s: f64| (time_s * state.warp.ratio / FRAME_S).round() as usize;
    let rows = &found.rows_of(&state.warp).rows;
    let span = (row(a_s.0), row(a_s.1));
    let fit = fit_slope(rows, &b.rows, span, state.line.diagonal(), 0.0);
    Line::through_rows(state.warp.ratio, fit.diagonal)
}

/// The line of a hypothesis, fitted to the rows of a stretch.
fn straighten(b: &Gradients, found: &Found, state: &State, frames: (usize, usize)) -> Line {
    let ratio = state.warp.ratio;
    let row = |frame: usize| (frame as f64 * ratio).round() as usize;
    let span = (row(frames.0), row(frames.1));
    let length_s = (frames.1 - frames.0) as f64 * FRAME_S;
    // The warp was measured over seconds: over a longer stretch less room is left.
    let spread = (0.05 / length_s.max(1.0)).min(0.004);
    let rows = &found.rows_of(&state.warp).rows;
    let fit = fit_slope(rows, &b.rows, span, state.line.diagonal(), spread);
    let blocks = fit_blocks(rows, &b.rows, span, fit.diagonal);
    let fit = blocks.filter(|blocks| (blocks.slope - 1.0).abs() < 0.01).unwrap_or(fit);
    let middle_s = 0.5 * (frames.0 + frames.1) as f64 * FRAME_S + ROW_CENTRE_S;
    let moved = (fit.diagonal - state.line.diagonal()) * FRAME_S;
    state.line.turned(middle_s, moved, ratio * fit.slope)
}

/// Frame of a clip time.
fn frame(time_s: f64) -> usize {
    ((time_s - EDGE_S) / FRAME_S).round().max(0.0) as usize
}

/// Lets the first and last stretch reach the clip's start and end unless something speaks against it.
fn reach_out(a: &Recording, b_s: f64, found: &Found, segments: &mut [Segment]) {
    let (end_s, frames) = (a.duration_s(), a.gradients.rows.len());
    if let Some(first) = segments.first_mut() {
        let evidence = found.states[first.state].evidence_between(0, frame(first.a_s.0));
        if evidence > FOREIGN || first.a_s.0 < AT_THE_EDGE_S {
            first.a_s.0 = first.line.a(0.0).max(0.0).min(first.a_s.0);
        }
    }
    if let Some(last) = segments.last_mut() {
        let from = frame(last.a_s.1).min(frames);
        let evidence = found.states[last.state].evidence_between(from, frames);
        if evidence > FOREIGN || end_s - last.a_s.1 < AT_THE_EDGE_S {
            last.a_s.1 = last.line.a(b_s).min(end_s).max(last.a_s.1);
        }
    }
}

/// Neighbours that lie on one line with nothing foreign between, made one.
fn joined(
    a: &mut Recording,
    b: &mut Candidate<'_>,
    segments: Vec<Segment>,
    found: &Found,
) -> Result<Vec<Segment>> {
    let mut out: Vec<Segment> = Vec::new();
    for segment in segments {
        let Some(last) = out.last_mut() else {
            out.push(segment);
            continue;
        };
        if !on_one_line(last, &segment) || is_foreign(a, b, last, &segment, found)? {
            out.push(segment);
            continue;
        }
        last.absorb(segment);
    }
    Ok(out)
}

/// Neighbours on one line that were found to meet, made one.
fn met(segments: Vec<Segment>) -> Vec<Segment> {
    let mut out: Vec<Segment> = Vec::new();
    for segment in segments {
        match out.last_mut() {
            Some(last) if segment.a_s.0 - last.a_s.1 < MET_S && on_one_line(last, &segment) => {
                last.absorb(segment);
            }
            _ => out.push(segment),
        }
    }
    out
}

/// Whether two neighbours lie on one line at both ends of the gap between them.
fn on_one_line(left: &Segment, right: &Segment) -> bool {
    let apart = |time_s: f64| (left.line.b(time_s) - right.line.b(time_s)).abs();
    apart(left.a_s.1) < SAME_LINE_S && apart(right.a_s.0) < SAME_LINE_S
}

/// Whether what lies between two stretches on one line is not from the source: something speaks
/// against it, and the source's waveform is not there underneath.
fn is_foreign(
    a: &mut Recording,
    b: &mut Candidate<'_>,
    left: &Segment,
    right: &Segment,
    found: &Found,
) -> Result<bool> {
    let gap = (left.a_s.1, right.a_s.0);
    let between = |s: &Segment| found.states[s.state].evidence_between(frame(gap.0), frame(gap.1));
    if gap.1 - gap.0 < BRIDGED_S || between(left) > FOREIGN || between(right) > FOREIGN {
        return Ok(false);
    }
    let Some(of_b) = &mut b.samples else { return Ok(true) };
    let line = bridge(left, right);
    let inside = (gap.0 + EDGE_S, gap.1 - EDGE_S);
    let fit = fit_waveform(&mut a.samples, of_b, &line, inside)?;
    let moved = (fit.line.b(0.5 * (gap.0 + gap.1)) - line.b(0.5 * (gap.0 + gap.1))).abs();
    Ok(!(left.aligned && right.aligned && fit.aligned && moved < SAME_WAVE_S))
}

/// The line through the middles of two segments.
fn bridge(left: &Segment, right: &Segment) -> Line {
    let middle = |s: &Segment| 0.5 * (s.a_s.0 + s.a_s.1);
    let (x, y) = (middle(left), middle(right));
    let (of_left, of_right) = (left.line.b(x), right.line.b(y));
    let ratio = (of_right - of_left) / (y - x);
    Line { ratio, offset_s: of_left - ratio * x }
}

/// Places every start and end of the segments.
fn place_joints(a: &mut Recording, other: &mut Spool, segments: &mut [Segment]) -> Result<()> {
    let end_of_clip = a.duration_s();
    for i in 0..=segments.len() {
        let left = i.checked_sub(1).map(|i| segments[i].clone());
        let right = segments.get(i).cloned();
        let side_of = |s: &Segment, far_s: f64| JointSide { line: s.line, far_s };
        let left_side = left.as_ref().map(|s| side_of(s, s.a_s.0));
        let right_side = right.as_ref().map(|s| side_of(s, s.a_s.1));
        let left_end_s = left.as_ref().map_or(0.0, |s| s.a_s.1);
        let right_start_s = right.as_ref().map_or(end_of_clip, |s| s.a_s.0);
        let presumed = Joint { left_end_s, right_start_s };
        let reader = &mut a.samples;
        let mut joint = presumed;
        let ends_inside = left.is_some() && end_of_clip - left_end_s > AT_THE_EDGE_S;
        let starts_inside = right.is_some() && right_start_s > AT_THE_EDGE_S;
        if left.is_some() && right.is_some() {
            joint = refine_joint(reader, other, left_side, right_side, presumed, REACH_S)?;
        } else if ends_inside {
            let alone = Joint { left_end_s, right_start_s: left_end_s };
            joint.left_end_s =
                refine_joint(reader, other, left_side, None, alone, REACH_S)?.left_end_s;
        } else if starts_inside {
            let alone = Joint { left_end_s: right_start_s, right_start_s };
            joint.right_start_s =
                refine_joint(reader, other, None, right_side, alone, REACH_S)?.right_start_s;
        }
        if let Some(left) = i.checked_sub(1) {
            segments[left].a_s.1 = joint.left_end_s.clamp(segments[left].a_s.0, end_of_clip);
        }
        if let Some(right) = segments.get_mut(i) {
            right.a_s.0 = joint.right_start_s.clamp(0.0, right.a_s.1);
        }
    }
    Ok(())
}

/// Similarity and score of a segment.
fn measure(b: &Gradients, found: &Found, segment: &mut Segment) {
    let rows = found.rows_of(&segment.warp);
    let audibility = &found.states[segment.state].audibility;
    let (mut sum, mut weights, mut squares) = (0.0f64, 1e-9f64, 1e-9f64);
    for (n, mine) in rows_of(rows, segment) {
        let b_s = segment.line.b(n as f64 * FRAME_S / segment.warp.ratio + ROW_CENTRE_S);
        let place = ((b_s - ROW_CENTRE_S) / FRAME_S).round();
        let Some(other) = b.rows.get(place.max(0.0) as usize) else { continue };
        let weight = audibility.weight(rows.depths[n], b.depths[place.max(0.0) as usize]);
        sum += weight * correlation(mine, other);
        weights += weight;
        squares += weight * weight;
    }
    segment.similarity = (sum / weights).clamp(0.0, 1.0);
    let of_rows = sum * (INDEPENDENT / (found.null.variance * squares)).sqrt();
    segment.score = of_rows.max(0.0).hypot(segment.waveform_score);
}

/// Rows of the clip that lie wholly in a segment, with their numbers.
fn rows_of<'a>(
    rows: &'a Gradients,
    segment: &Segment,
) -> impl Iterator<Item = (usize, &'a crate::fingerprint::Row)> {
    let row = |s: f64| (s * segment.warp.ratio / FRAME_S).max(0.0);
    let first = row(segment.a_s.0).ceil() as usize;
    let span = crate::fingerprint::ROW_SPAN_S;
    let end = (row(segment.a_s.1 - span).floor() as usize).clamp(first, rows.rows.len().max(first));
    (first..end).filter_map(|n| rows.rows.get(n).map(|r| (n, r)))
}

/// Other places at which the middle of a segment agrees nearly as well.
fn also_at(b: &Gradients, found: &Found, segment: &Segment) -> Vec<f64> {
    const LONGEST: usize = 500;
    let rows = found.rows_of(&segment.warp);
    let mine: Vec<_> = rows_of(rows, segment).collect();
    let skip = mine.len().saturating_sub(LONGEST) / 2;
    let part: Vec<_> = mine.iter().skip(skip).take(LONGEST).map(|(_, row)| **row).collect();
    let Some(first) = mine.get(skip).map(|(n, _)| *n) else { return Vec::new() };
    let hits = search(b, &[&part]).pop().unwrap_or_default();
    let Some(best) = hits.first().map(|hit| hit.score).filter(|score| *score >= THRESHOLD) else {
        return Vec::new();
    };
    let first_s = first as f64 * FRAME_S / segment.warp.ratio;
    let expected = segment.line.b(first_s);
    let mut out: Vec<f64> = hits
        .iter()
        .filter(|hit| hit.score >= ALSO * best)
        .map(|hit| hit.row as f64 * FRAME_S - expected)
        .filter(|apart| apart.abs() > 0.3)
        .map(|apart| segment.b_s().0 + apart)
        .filter(|start| *start >= 0.0)
        .collect();
    out.sort_by(f64::total_cmp);
    out
}
