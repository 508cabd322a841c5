//! A sudden, lasting change of the background.
//!
//! # What it looks for
//!
//! Room tone and microphone noise run on under speech. In every band the level that nine tenths of
//! the frames exceed, within a window before a moment and one after it, follows the background; the
//! median over bands of the change must be large, and large against such changes elsewhere in the
//! clip. The moment itself is where the last quiet frames of the quieter side lie. A fade is no step:
//! most of the change must happen between the frames right beside the moment. A side without any
//! background, as a gate or digital silence leaves it, is no room.
//!
//! # Score
//!
//! Median change over bands, in dB.
//!
//! # Blind to
//!
//! Pieces with an equal background; pieces shorter than the window; clips where something other than
//! the background never stops. Noise suppression, doors, engines and air conditioning change the
//! background without any edit.
//!
//! # References
//!
//! - Martin (2001), *Noise power spectral density estimation based on optimal smoothing and minimum
//!   statistics*, IEEE TSAP 9(5), for the background as a low quantile; Pan, Zhang & Lyu (2012),
//!   *Detecting splicing in digital audios using local noise level estimation*, ICASSP.

use super::prelude::*;
use super::windows::{Sides, audible_bands, slide};
use crate::measures::frames::BandLevels;

/// Length of the window on each side, in seconds.
const WINDOW_S: f64 = 3.0;

/// Quantile of frame levels that stands for the background.
const BACKGROUND_QUANTILE: f64 = 0.1;

/// Time between examined moments, in seconds.
const STRIDE_S: f64 = 0.05;

/// Change from which the detector reports, in dB.
const REPORTS_FROM_DB: f64 = 8.0;

/// Change over the robust deviation of changes in the clip from which the detector reports.
const MIN_SIGMAS: f64 = 8.0;

/// Share of the bands that must change in the direction of the median.
const MIN_AGREEMENT: f64 = 0.85;

/// Distance from the clip's ends within which no step is reported, in seconds.
const MARGIN_S: f64 = 1.5;

/// Longest uncertainty of the moment that is reported, in seconds.
const MAX_SPAN_S: f64 = 0.5;

/// Length beside the moment on each side between which most of the change must happen, in seconds.
const BESIDE_S: f64 = 0.15;

/// Share of the change that must happen there.
const ABRUPT_SHARE: f64 = 0.65;

/// Median band level below which there is no background, in dBFS.
const NO_BACKGROUND_DB: f32 = -90.0;

/// See the module text.
pub(super) struct NoiseFloorStep;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "noise-floor-step",
    name: "Noise floor step",
    family: Family::Background,
    summary: "The background under the speech changes at once and stays changed.",
    score_unit: "dB",
    reports_from: REPORTS_FROM_DB,
    stands_alone: true,
    innocent_explanations: &[
        "a door, window, engine or air conditioning",
        "noise suppression or automatic gain of a phone",
        "a speaker who picks up or puts down the microphone",
    ],
    references: &["Martin 2001, IEEE TSAP 9(5)", "Pan, Zhang & Lyu 2012, ICASSP"],
    requires: Requirement { min_duration_s: 8.0, ..Requirement::NONE },
    source: module_head!("noise_floor_step.rs"),
};

/// Background change at one frame.
#[derive(Debug, Clone, Copy)]
struct Change {
    frame: usize,
    median_db: f64,
    agreement: f64,
    /// Median band level of the quieter side.
    floor_db: f32,
}

impl Detector for NoiseFloorStep {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        let bands = &features.bands;
        let usable = audible_bands(features);
        if usable.len() < 4 {
            return Vec::new();
        }
        let width = (WINDOW_S / bands.step_s).round() as usize;
        let stride = (STRIDE_S / bands.step_s).round().max(1.0) as usize;
        let mut changes = Vec::new();
        slide(bands, width, stride, BACKGROUND_QUANTILE, |frame, sides| {
            changes.push(change(frame, sides, &usable));
        });
        let mut sizes: Vec<f32> = changes.iter().map(|c| c.median_db as f32).collect();
        let sigma =
            stats::median_and_sigma(&mut sizes).map_or(0.0, |(_, s)| f64::from(s)).max(0.25);
        let threshold = REPORTS_FROM_DB.max(MIN_SIGMAS * sigma);
        let passes = |c: &Change| c.median_db.abs() >= threshold && c.agreement >= MIN_AGREEMENT;
        let tops = peaks::above(&changes, (WINDOW_S / STRIDE_S) as usize, |c| {
            if passes(c) { c.median_db.abs() } else { 0.0 }
        });
        tops.into_iter()
            .filter(|&i| changes[i].floor_db > NO_BACKGROUND_DB)
            .filter_map(|i| {
                let span = locate(bands, &usable, changes[i].frame, width)?;
                let inner = MARGIN_S..features.duration_s - MARGIN_S;
                if !inner.contains(&span.start_s) || !is_abrupt(bands, &usable, &changes[i], &span)
                {
                    return None;
                }
                let score = changes[i].median_db.abs();
                let evidence = vec![
                    Evidence::above("background_change", score, "dB", threshold),
                    Evidence::new("quieter_side", f64::from(changes[i].floor_db), "dBFS"),
                    Evidence::new("direction", changes[i].median_db.signum(), "sign"),
                    Evidence::new("usual_change", sigma, "dB"),
                    Evidence::new("bands_in_agreement", 100.0 * changes[i].agreement, "%"),
                ];
                Some(Finding::joint(span.start_s, span, score, evidence))
            })
            .collect()
    }
}

fn change(frame: usize, sides: &[Sides], usable: &[usize]) -> Change {
    let mut steps: Vec<f32> = usable.iter().map(|&b| sides[b].after - sides[b].before).collect();
    let median_db = stats::median(&mut steps).map_or(0.0, f64::from);
    let mut floors: Vec<f32> =
        usable.iter().map(|&b| sides[b].after.min(sides[b].before)).collect();
    let floor_db = stats::median(&mut floors).unwrap_or(f32::NEG_INFINITY);
    let agree = steps.iter().filter(|s| f64::from(**s) * median_db > 0.0).count();
    Change { frame, median_db, agreement: agree as f64 / steps.len().max(1) as f64, floor_db }
}

/// Whether most of the change happens between the quietest frames beside the moment. Speech there
/// may hide the louder background, which makes the step look larger, never smaller.
fn is_abrupt(bands: &BandLevels, usable: &[usize], change: &Change, span: &TimeSpan) -> bool {
    let quietest = |from: usize, to: usize| {
        (from..to.min(bands.frame_count()))
            .map(|frame| {
                let mut levels: Vec<f32> =
                    usable.iter().map(|&band| bands.level_db(frame, band)).collect();
                stats::median(&mut levels).map_or(0.0, f64::from)
            })
            .fold(f64::INFINITY, f64::min)
    };
    let beside = (BESIDE_S / bands.step_s).round() as usize;
    let (start, end) = (bands.frame_at(span.start_s), bands.frame_at(span.end_s));
    let jump = quietest(end + 1, end + 1 + beside) - quietest(start.saturating_sub(beside), start);
    jump.is_finite() && jump * change.median_db >= ABRUPT_SHARE * change.median_db.powi(2)
}

/// The moment of the change near `frame`: from the last frame that is as quiet as the quieter side
/// to the first that is as quiet as the louder side ever gets. `None` if quiet frames lie on both
/// sides, or too far from any.
fn locate(bands: &BandLevels, usable: &[usize], frame: usize, width: usize) -> Option<TimeSpan> {
    let from = frame - width;
    let to = frame + width;
    let quantile = |range: std::ops::Range<usize>, band: usize, q: f64| {
        let mut levels: Vec<f32> = range.map(|f| bands.level_db(f, band)).collect();
        stats::quantile(&mut levels, q).unwrap_or(0.0)
    };
    let limits: Vec<(usize, f32, f32)> = usable
        .iter()
        .map(|&band| {
            let before = quantile(from..frame, band, BACKGROUND_QUANTILE);
            let after = quantile(frame..to, band, BACKGROUND_QUANTILE);
            (band, 0.5 * (before + after), before.max(after) + 6.0)
        })
        .collect();
    let share = |f: usize, limit: fn(&(usize, f32, f32)) -> f32| {
        let low = limits.iter().filter(|l| bands.level_db(f, l.0) < limit(l)).count();
        low as f64 / limits.len() as f64
    };
    let quiet = |f: usize| share(f, |l| l.1) > 0.5;
    let loud_floor = |f: usize| !quiet(f) && share(f, |l| l.2) > 0.5;
    let rises = {
        let quiet_before = (from..frame).filter(|&f| quiet(f)).count();
        let quiet_after = (frame..to).filter(|&f| quiet(f)).count();
        quiet_before > quiet_after
    };
    let (last_quiet, first_loud) = if rises {
        let last = (from..to).rev().find(|&f| quiet(f))?;
        (last, (last + 1..to).find(|&f| loud_floor(f))?)
    } else {
        let first = (from..to).find(|&f| quiet(f))?;
        (first, (from..first).rev().find(|&f| loud_floor(f))?)
    };
    let edge = |f: usize, towards: f64| bands.time_s(f) + 0.5 * towards * bands.step_s;
    let towards = if rises { 1.0 } else { -1.0 };
    let span = TimeSpan::new(edge(last_quiet, towards), edge(first_loud, -towards));
    (span.len_s() <= MAX_SPAN_S).then_some(span)
}
