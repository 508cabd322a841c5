//! A stretch whose spectrum ends lower than the rest of the clip.
//!
//! # What it looks for
//!
//! The highest frequency in use, second by second. A clip whose bandwidth is steady, with a stretch
//! that ends at a clearly lower frequency in a cliff, holds a piece that came through a narrower
//! channel: another recorder, a telephone, a speech generator at 16, 22.05 or 24 kHz. The ends of the
//! stretch are placed by the level between the two cut-offs, frame by frame.
//!
//! # Score
//!
//! Fall of the level between the two cut-offs, in dB.
//!
//! # Blind to
//!
//! Pieces of equal or wider bandwidth; clips whose own bandwidth varies, as most low-rate codecs
//! make it; stretches that fill no whole second of the measure, which those under two seconds need
//! not do. Codecs that switch bandwidth leave the same trace without any edit.
//!
//! # References
//!
//! - Grigoras, Rappaport & Smith (2012), *Analytical framework for digital audio authentication*,
//!   AES 46th conference (long-term average spectrum).

use super::prelude::*;
use crate::measures::frames::BandLevels;
use crate::measures::spectrum::SpectrumUse;

/// Fall of the level between the cut-offs from which the detector reports, in dB.
const REPORTS_FROM_DB: f64 = 15.0;

/// Highest share of the clip's usual cut-off that a foreign piece's cut-off has.
const NARROWER: f64 = 0.85;

/// Share of seconds that must have the usual cut-off before a lower one means anything.
const STEADY_SHARE: f64 = 0.6;

/// Shortest stretch, in seconds.
const MIN_STRETCH_S: f64 = 0.25;

/// Highest share of frames elsewhere in the clip that may lack the upper band too: codecs drop it
/// from quiet frames again and again.
const MAX_ELSEWHERE: f64 = 0.03;

/// Length of sound compared on both sides of an edge, in seconds.
const EDGE_S: f64 = 0.1;

/// Share of the fall that must happen right at an edge; a fade has less.
const ABRUPT_SHARE: f64 = 0.6;

/// Quantile of the clip's level below the cut-off that the stretch must reach: quiet passages lose
/// their upper band in any codec.
const SOUNDING_QUANTILE: f64 = 0.25;

/// Most stretches examined in a clip.
const MAX_STRETCHES: usize = 64;

/// See the module text.
pub(super) struct BandwidthStep;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "bandwidth-step",
    name: "Bandwidth step",
    family: Family::Spectrum,
    summary: "The spectrum ends lower in a stretch than in the rest of the clip.",
    score_unit: "dB",
    reports_from: REPORTS_FROM_DB,
    stands_alone: true,
    innocent_explanations: &[
        "a codec or call that switched its bandwidth",
        "a participant on a narrower line",
    ],
    references: &["Grigoras, Rappaport & Smith 2012, AES 46th conference"],
    requires: Requirement { min_duration_s: 4.0, min_sample_rate_hz: 8000, ..Requirement::NONE },
    source: module_head!("bandwidth_step.rs"),
};

impl Detector for BandwidthStep {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        let spectrum = &features.spectrum;
        let Some(usual_hz) = steady_cutoff(spectrum) else { return Vec::new() };
        let mut found: Vec<Stretch> = Vec::new();
        let mut examined = 0;
        for (second, cutoff) in spectrum.cutoffs.iter().enumerate() {
            let Some(low_hz) = cutoff.map(|c| f64::from(c.hz)) else { continue };
            let span = TimeSpan::new(
                second as f64 * spectrum.step_s,
                (second + 1) as f64 * spectrum.step_s,
            );
            let known = found.last().is_some_and(|s| s.span.end_s > span.start_s);
            if low_hz >= NARROWER * usual_hz || known || examined == MAX_STRETCHES {
                continue;
            }
            examined += 1;
            found.extend(Stretch::around(features, span, low_hz, usual_hz));
        }
        found.iter().flat_map(|stretch| stretch.findings(features.duration_s)).collect()
    }
}

/// The cut-off that most seconds of the clip share, in Hz, if there is one.
fn steady_cutoff(spectrum: &SpectrumUse) -> Option<f64> {
    let mut cutoffs: Vec<f32> = spectrum.cutoffs.iter().flatten().map(|c| c.hz).collect();
    let usual = stats::quantile(&mut cutoffs, 0.75).map(f64::from)?;
    let near = cutoffs.iter().filter(|hz| f64::from(**hz) > NARROWER * usual).count();
    (near as f64 >= STEADY_SHARE * cutoffs.len() as f64).then_some(usual)
}

/// A stretch without the upper band.
#[derive(Debug, Clone, PartialEq)]
struct Stretch {
    span: TimeSpan,
    fall_db: f64,
    low_hz: f64,
    usual_hz: f64,
}

impl Stretch {
    /// The stretch around the narrow second `near`, if it holds up.
    fn around(features: &Features, near: TimeSpan, low_hz: f64, usual_hz: f64) -> Option<Self> {
        let bands = &features.bands;
        let upper = bands_within(bands, 1.05 * low_hz, usual_hz);
        let lower = bands_within(bands, 0.0, low_hz);
        if upper.is_empty() || lower.is_empty() {
            return None;
        }
        let level = mean_levels(bands, &upper);
        let background = stats::quantile(&mut level.clone(), 0.25)?;
        let inside = &level[bands.frame_at(near.start_s)..=bands.frame_at(near.end_s)];
        let lowest = stats::quantile(&mut inside.to_vec(), 0.1)?;
        let fall_db = f64::from(background - lowest);
        let limit = 0.5 * (background + lowest);
        let narrow = |frame: &usize| level[*frame] < limit;
        let seed = (bands.frame_at(near.start_s)..=bands.frame_at(near.end_s)).find(narrow)?;
        let first = (0..=seed).rev().take_while(narrow).last()?;
        let last = (seed..level.len()).take_while(narrow).last()?;
        let span = TimeSpan::new(
            bands.time_s(first) - 0.5 * bands.step_s,
            bands.time_s(last) + 0.5 * bands.step_s,
        );
        let elsewhere = (0..level.len()).filter(|f| !(first..=last).contains(f) && narrow(f));
        let rare = elsewhere.count() as f64 <= MAX_ELSEWHERE * level.len() as f64;
        let holds = fall_db >= REPORTS_FROM_DB
            && span.len_s() >= MIN_STRETCH_S
            && rare
            && sounds(&mean_levels(bands, &lower), first, last)
            && is_abrupt(&level, first, last, (EDGE_S / bands.step_s).ceil() as usize, fall_db);
        holds.then_some(Self { span, fall_db, low_hz, usual_hz })
    }

    /// Its edges, those at the clip's own ends left out.
    fn findings(&self, duration_s: f64) -> impl Iterator<Item = Finding> + '_ {
        [self.span.start_s, self.span.end_s]
            .into_iter()
            .filter(move |&time_s| time_s > EDGE_S && time_s < duration_s - EDGE_S)
            .map(|time_s| {
                let evidence = vec![
                    Evidence::above("fall", self.fall_db, "dB", REPORTS_FROM_DB),
                    Evidence::new("cutoff_inside", self.low_hz, "Hz"),
                    Evidence::new("usual_cutoff", self.usual_hz, "Hz"),
                    Evidence::new("stretch_start", self.span.start_s, "s"),
                    Evidence::new("stretch_end", self.span.end_s, "s"),
                ];
                Finding::joint(time_s, TimeSpan::at(time_s), self.fall_db, evidence)
            })
    }
}

/// Bands that lie inside a range of frequencies.
fn bands_within(bands: &BandLevels, low_hz: f64, high_hz: f64) -> Vec<usize> {
    (0..bands.bands.len())
        .filter(|&band| {
            let (low, high) = bands.band_hz(band);
            low >= low_hz && high <= high_hz
        })
        .collect()
}

/// Mean level over the chosen bands, frame by frame, in dBFS.
fn mean_levels(bands: &BandLevels, chosen: &[usize]) -> Vec<f32> {
    (0..bands.frame_count())
        .map(|frame| {
            let sum: f32 = chosen.iter().map(|&band| bands.level_db(frame, band)).sum();
            sum / chosen.len() as f32
        })
        .collect()
}

/// Whether the median of `level` over `first..=last` reaches what the clip mostly has.
fn sounds(level: &[f32], first: usize, last: usize) -> bool {
    let inside = stats::median(&mut level[first..=last].to_vec());
    let usual = stats::quantile(&mut level.to_vec(), SOUNDING_QUANTILE);
    inside.zip(usual).is_some_and(|(inside, usual)| inside >= usual)
}

/// Whether most of the fall happens within `reach` frames of both edges that the clip contains.
fn is_abrupt(level: &[f32], first: usize, last: usize, reach: usize, fall_db: f64) -> bool {
    let mean = |from: usize, to: usize| {
        let part = &level[from..to];
        f64::from(part.iter().sum::<f32>()) / part.len().max(1) as f64
    };
    let enough = |outside: f64, inside: f64| outside - inside >= ABRUPT_SHARE * fall_db;
    let starts = first < reach
        || enough(mean(first - reach, first), mean(first, (first + reach).min(last + 1)));
    let after = last + 1;
    let ends = after + reach > level.len()
        || enough(mean(after, after + reach), mean(after.saturating_sub(reach).max(first), after));
    starts && ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fade_is_not_abrupt() {
        let mut step = vec![-60.0f32; 100];
        step[40..60].fill(-100.0);
        assert!(is_abrupt(&step, 40, 59, 8, 40.0));
        let fade: Vec<f32> = (0..100).map(|n| -60.0 - (n as f32 - 50.0).abs() * 0.8).collect();
        assert!(!is_abrupt(&fade, 0, 25, 8, 40.0));
    }
}
