//! A stretch with another background between two stretches with one and the same.
//!
//! # What it looks for
//!
//! Room tone and microphone noise run on under speech. A piece of another recording brings its own,
//! and at its end the first one comes back: two changes of the background a few seconds apart, of which
//! the second takes back the first, band by band. In every band the level that a seventh of the frames
//! stay below follows the background. Its changes from the two seconds before a moment to the two
//! seconds after it are measured against the usual such change of this clip and band, which holds what
//! speech leaves in the pauses.
//!
//! # Score
//!
//! Root mean square over bands of the changes in standard deviations, at the weaker of both edges,
//! times the cosine between the first change and the reversed second one.
//!
//! # Blind to
//!
//! Insertions with an equal background, shorter than 1.2 s or longer than 12 s; insertions at the very
//! start or end; single changes, which `noise-floor-step` looks for. Something that is handled, a vehicle
//! that passes or a codec that switches its bandwidth for some seconds leaves the same trace.
//!
//! # References
//!
//! - Martin (2001), *Noise power spectral density estimation based on optimal smoothing and minimum
//!   statistics*, IEEE TSAP 9(5), for the background as a low quantile.

use super::prelude::*;
use super::windows::{audible_bands, slide};
use crate::dsp::kernels::dot;

/// Length of the window on each side of a moment, in seconds.
const WINDOW_S: f64 = 2.0;

/// Quantile of frame levels that stands for the background.
const BACKGROUND_QUANTILE: f64 = 0.15;

/// Time between examined moments, in seconds.
const STRIDE_S: f64 = 0.1;

/// Score from which the detector reports. Untouched clips of the calibration and development talkers
/// had none in 2.4 h, hard negatives twelve in 0.8 h: ten in clips whose bandwidth switches, two where
/// the microphone is handled.
const REPORTS_FROM: f64 = 4.0;

/// Change at an edge from which it is paired, in standard deviations.
const MIN_EDGE: f64 = 2.2;

/// Least standard deviation of the changes of a band, in dB.
const MIN_SIGMA_DB: f32 = 0.7;

/// Largest change of one band that counts, in standard deviations.
const MAX_CHANGE: f32 = 8.0;

/// Level below which a band is empty, in dBFS: the byte scale ends at −127.5.
const EMPTY_DB: f32 = -115.0;

/// Fewest bands that may speak.
const MIN_BANDS: usize = 6;

/// Fewest moments that a usual change is taken of.
const MIN_MOMENTS: usize = 40;

/// Shortest and longest insertion, in seconds.
const LENGTH_S: std::ops::Range<f64> = 1.2..12.0;

/// See the module text.
pub(super) struct BackgroundInsertion;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "background-insertion",
    name: "Background insertion",
    family: Family::Background,
    summary: "For some seconds the background is another one, then the first comes back.",
    score_unit: "standard deviations",
    reports_from: REPORTS_FROM,
    stands_alone: false,
    innocent_explanations: &[
        "a phone or microphone that is handled or covered for some seconds",
        "a vehicle, engine or machine that starts and stops",
        "a codec or call that switches its bandwidth",
    ],
    references: &["Martin 2001, IEEE TSAP 9(5)"],
    requires: Requirement { min_duration_s: 10.0, ..Requirement::NONE },
    source: module_head!("background_insertion.rs"),
};

/// A change of the background.
struct Edge {
    time_s: f64,
    /// Change of each band, in standard deviations.
    bands: Vec<f32>,
    size: f64,
}

/// Two edges that undo each other.
struct Insertion {
    first: usize,
    second: usize,
    score: f64,
    cosine: f64,
}

impl Detector for BackgroundInsertion {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        let edges = edges(features);
        let mut findings = Vec::new();
        for found in insertions(&edges) {
            let (first, second) = (&edges[found.first], &edges[found.second]);
            for (edge, other) in [(first, second), (second, first)] {
                let evidence = vec![
                    Evidence::above(
                        "background_change",
                        found.score,
                        "standard deviations",
                        REPORTS_FROM,
                    ),
                    Evidence::new("change_here", edge.size, "standard deviations"),
                    Evidence::new("change_at_other_edge", other.size, "standard deviations"),
                    Evidence::new("change_taken_back", found.cosine, "cosine"),
                    Evidence::new("insertion_start", first.time_s, "s"),
                    Evidence::new("insertion_end", second.time_s, "s"),
                ];
                let span = TimeSpan::new(edge.time_s - STRIDE_S, edge.time_s + STRIDE_S);
                findings.push(Finding::joint(edge.time_s, span, found.score, evidence));
            }
        }
        findings.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        findings
    }
}

/// Local maxima of the change of the background, in order.
fn edges(features: &Features) -> Vec<Edge> {
    let levels = &features.bands;
    let width = (WINDOW_S / levels.step_s).round() as usize;
    let stride = (STRIDE_S / levels.step_s).round().max(1.0) as usize;
    let usable = audible_bands(features);
    let mut times = Vec::new();
    let mut changes: Vec<Vec<f32>> = vec![Vec::new(); usable.len()];
    let mut loudest = vec![f32::NEG_INFINITY; usable.len()];
    slide(levels, width, stride, BACKGROUND_QUANTILE, |frame, sides| {
        times.push(levels.time_s(frame) - 0.5 * levels.step_s);
        for ((change, loudest), &band) in changes.iter_mut().zip(&mut loudest).zip(&usable) {
            change.push(sides[band].after - sides[band].before);
            *loudest = loudest.max(sides[band].before.min(sides[band].after));
        }
    });
    let mut speaks = loudest.iter().map(|level| *level > EMPTY_DB);
    changes.retain(|_| speaks.next() == Some(true));
    if changes.len() < MIN_BANDS || times.len() < MIN_MOMENTS {
        return Vec::new();
    }
    for change in &mut changes {
        let mut sizes = change.clone();
        let sigma = stats::median_and_sigma(&mut sizes).map_or(0.0, |(_, s)| s).max(MIN_SIGMA_DB);
        change.iter_mut().for_each(|c| *c = (*c / sigma).clamp(-MAX_CHANGE, MAX_CHANGE));
    }
    let at = |moment: usize| changes.iter().map(|c| c[moment]).collect::<Vec<f32>>();
    let moments: Vec<Edge> = (0..times.len())
        .map(|moment| {
            let bands = at(moment);
            let size = f64::from(dot(&bands, &bands) / bands.len() as f32).sqrt();
            Edge { time_s: times[moment], bands, size }
        })
        .collect();
    let reach = (0.5 * WINDOW_S / STRIDE_S) as usize;
    let tops =
        peaks::above(&moments, reach, |edge| if edge.size >= MIN_EDGE { edge.size } else { 0.0 });
    let mut kept = tops.into_iter().peekable();
    let mut index = 0;
    moments
        .into_iter()
        .filter(|_| {
            let keep = kept.next_if_eq(&index).is_some();
            index += 1;
            keep
        })
        .collect()
}

/// Pairs of edges that undo each other, best first, none of which overlap.
fn insertions(edges: &[Edge]) -> Vec<Insertion> {
    let mut pairs = Vec::new();
    for (first, a) in edges.iter().enumerate() {
        for (second, b) in edges.iter().enumerate().skip(first + 1) {
            let length_s = b.time_s - a.time_s;
            if length_s >= LENGTH_S.end {
                break;
            }
            if length_s < LENGTH_S.start {
                continue;
            }
            let scale = (dot(&a.bands, &a.bands) * dot(&b.bands, &b.bands)).sqrt().max(1e-9);
            let cosine = f64::from(-dot(&a.bands, &b.bands) / scale);
            let score = a.size.min(b.size) * cosine.max(0.0);
            if score >= REPORTS_FROM {
                pairs.push(Insertion { first, second, score, cosine });
            }
        }
    }
    pairs.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.first.cmp(&b.first)));
    let mut kept: Vec<Insertion> = Vec::new();
    for pair in pairs {
        if kept.iter().all(|k| pair.second <= k.first || k.second <= pair.first) {
            kept.push(pair);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(time_s: f64, change: [f32; 4]) -> Edge {
        let size = f64::from(dot(&change, &change) / 4.0).sqrt();
        Edge { time_s, bands: change.to_vec(), size }
    }

    #[test]
    fn a_change_that_is_taken_back_is_an_insertion() {
        let there = edge(5.0, [6.0, -5.0, 6.0, 4.0]);
        let back = edge(8.0, [-6.0, 5.0, -6.0, -4.0]);
        let found = insertions(&[there, edge(6.5, [3.0, 3.0, -3.0, 0.0]), back]);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].first, found[0].second), (0, 2));
        assert!((found[0].cosine - 1.0).abs() < 1e-6 && found[0].score > 5.0);
    }

    #[test]
    fn a_change_that_stays_or_comes_back_late_is_none() {
        let step = [6.0, 6.0, 6.0, 6.0];
        assert!(insertions(&[edge(5.0, step), edge(8.0, step)]).is_empty());
        assert!(insertions(&[edge(5.0, step), edge(20.0, step.map(|x| -x))]).is_empty());
        assert!(insertions(&[edge(5.0, step), edge(5.5, step.map(|x| -x))]).is_empty());
        assert!(insertions(&[edge(5.0, step)]).is_empty());
        assert!(insertions(&[]).is_empty());
    }
}
