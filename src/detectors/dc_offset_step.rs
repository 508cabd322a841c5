//! A lasting change of the mean of the samples.
//!
//! # What it looks for
//!
//! Converters add a small constant to every sample, each its own. The mean over five seconds before
//! a moment is compared with the mean over five seconds after it; the scatter of one-second means
//! inside these windows says what difference is chance.
//!
//! # Score
//!
//! Difference of the means over its standard error.
//!
//! # Blind to
//!
//! Clips under 12 s; recordings that went through a high-pass filter or a lossy codec, which take
//! the offset out; pieces from one and the same converter. Rumble and wind move the mean too.
//!
//! # References
//!
//! - Fuller (2013), *How audio compression algorithms affect DC offset*, University of Colorado
//!   Denver; Koenig & Lacey (2009), *Forensic authentication of digital audio recordings*, JAES 57.

use super::prelude::*;

/// Length of the windows on each side, in seconds.
const WINDOW_S: f64 = 5.0;

/// Standard errors from which a difference is reported.
const REPORTS_FROM_SIGMAS: f64 = 12.0;

/// Smallest difference that is reported, as a fraction of full scale: ten steps of 16 bits.
const MIN_DIFFERENCE: f64 = 3e-4;

/// How much the difference must exceed nine tenths of those elsewhere in the clip.
const OVER_ELSEWHERE: f64 = 3.0;

/// See the module text.
pub(super) struct DcOffsetStep;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "dc-offset-step",
    name: "DC offset step",
    family: Family::Numeric,
    summary: "The mean of the samples changes and stays changed.",
    score_unit: "sigmas",
    reports_from: REPORTS_FROM_SIGMAS,
    stands_alone: false,
    innocent_explanations: &[
        "a recorder that was warming up or switched its input",
        "wind or rumble that sets in",
    ],
    references: &["Fuller 2013, University of Colorado Denver", "Koenig & Lacey 2009, JAES 57"],
    requires: Requirement { min_duration_s: 12.0, ..Requirement::NONE },
    source: module_head!("dc_offset_step.rs"),
};

impl Detector for DcOffsetStep {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        let step_s = features.levels.coarse_step_s;
        let channels = features.levels.dc.iter().enumerate();
        let mut found: Vec<Finding> =
            channels.flat_map(|(channel, dc)| channel_steps(dc, step_s, channel as u16)).collect();
        found.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        found
    }
}

fn channel_steps(dc: &[f32], step_s: f64, channel: u16) -> Vec<Finding> {
    let window = (WINDOW_S / step_s).round() as usize;
    let per_second = (1.0 / step_s).round().max(1.0) as usize;
    if window == 0 || dc.len() < 2 * window {
        return Vec::new();
    }
    let steps: Vec<Step> = (window..=dc.len() - window)
        .map(|at| Step::new(&dc[at - window..at], &dc[at..at + window], per_second))
        .collect();
    let mut sizes: Vec<f32> = steps.iter().map(|s| s.difference.abs() as f32).collect();
    let elsewhere = stats::quantile(&mut sizes, 0.9).map_or(0.0, f64::from);
    let passes = |s: &Step| s.sigmas >= REPORTS_FROM_SIGMAS && s.difference.abs() >= MIN_DIFFERENCE;
    let tops = peaks::above(&steps, window, |s| if passes(s) { s.sigmas } else { 0.0 });
    tops.into_iter()
        // A single step raises the differences only within a window of itself; where nine tenths of
        // the clip differ nearly as much, the offset wanders.
        .filter(|&i| {
            steps.len() < 6 * window || steps[i].difference.abs() >= OVER_ELSEWHERE * elsewhere
        })
        .map(|i| {
            let step = &steps[i];
            let time_s = (i + window) as f64 * step_s;
            let span = TimeSpan::new(time_s - 2.0 * step_s, time_s + 2.0 * step_s);
            let evidence = vec![
                Evidence::above("sigmas", step.sigmas, "sigmas", REPORTS_FROM_SIGMAS),
                Evidence::above("difference", step.difference.abs(), "full scale", MIN_DIFFERENCE),
                Evidence::new("offset_before", step.before, "full scale"),
                Evidence::new("offset_after", step.before + step.difference, "full scale"),
            ];
            let joint = Finding::joint(time_s, span, step.sigmas, evidence);
            Finding { channel: Some(channel), ..joint }
        })
        .collect()
}

struct Step {
    before: f64,
    difference: f64,
    sigmas: f64,
}

impl Step {
    fn new(left: &[f32], right: &[f32], per_second: usize) -> Self {
        let (l, r) = (Seconds::of(left, per_second), Seconds::of(right, per_second));
        let error = (l.variance / l.count + r.variance / r.count).sqrt().max(1e-6);
        let difference = r.mean - l.mean;
        Self { before: l.mean, difference, sigmas: difference.abs() / error }
    }
}

/// Statistics of one-second means.
struct Seconds {
    mean: f64,
    variance: f64,
    count: f64,
}

impl Seconds {
    fn of(values: &[f32], per_second: usize) -> Self {
        let means: Vec<f64> = values
            .chunks_exact(per_second)
            .map(|c| c.iter().map(|&v| f64::from(v)).sum::<f64>() / per_second as f64)
            .collect();
        let count = means.len().max(2) as f64;
        let mean = means.iter().sum::<f64>() / count;
        let variance = means.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / (count - 1.0);
        Self { mean, variance, count }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wavering(len: usize) -> Vec<f32> {
        (0..len).map(|n| 1e-5 * ((n * n) as f32 * 0.37).sin()).collect()
    }

    #[test]
    fn a_step_is_found_where_it_is() {
        let mut dc = wavering(300);
        dc[137..].iter_mut().for_each(|x| *x += 2e-3);
        let found = channel_steps(&dc, 0.1, 0);
        assert_eq!(found.len(), 1);
        assert!((found[0].time_s - 13.7).abs() < 0.15, "{found:?}");
    }

    #[test]
    fn no_step_nothing_found() {
        assert!(channel_steps(&wavering(300), 0.1, 0).is_empty());
        assert!(channel_steps(&[], 0.1, 0).is_empty());
    }
}
