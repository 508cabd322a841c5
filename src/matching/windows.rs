//! The stretches of a clip that are looked up, at every speed.

use crate::comparison::{Recording, Usable};
use crate::dsp::speech_bands::SPEECH_RATE_HZ;
use crate::error::Result;
use crate::fingerprint::{GradientMeasure, Gradients, Warp};

/// Seconds of a window.
const WINDOW_S: f64 = 10.0;

/// Longest clip that is one window, in seconds.
const WHOLE_S: f64 = 15.0;

/// Windows of a clip, at most: a longer clip has gaps between them.
const MOST: usize = 24;

/// Share of usable moments from which a window is looked up.
const LEAST_USABLE: f64 = 0.25;

/// Changes of speed that are looked up: bands are 7.7 % wide, so that a word outlasts a hundredth.
pub(super) const SPEEDS: [f64; 7] = [0.0, 0.02, -0.02, 0.04, -0.04, 0.06, -0.06];

/// A stretch of the clip.
pub(super) struct Window {
    samples: Vec<f32>,
    /// The same stretch undone by each of [`SPEEDS`], as far as that was asked for.
    views: Vec<View>,
}

impl Window {
    /// The first `count` views.
    pub(super) fn views(&mut self, count: usize) -> &[View] {
        for change in SPEEDS.iter().take(count).skip(self.views.len()) {
            let warp = Warp::speed(1.0 + change);
            self.views.push(View { warp, rows: GradientMeasure::of(&self.samples, warp) });
        }
        &self.views
    }
}

/// A stretch under one warp.
pub(super) struct View {
    pub(super) warp: Warp,
    pub(super) rows: Gradients,
}

/// Windows of a clip.
pub(super) struct Windows {
    pub(super) all: Vec<Window>,
    /// Seconds between their starts, where there are gaps between them.
    pub(super) widened_s: Option<f64>,
}

/// Warps that are looked up.
pub(super) fn warps() -> impl Iterator<Item = Warp> {
    SPEEDS.iter().map(|change| Warp::speed(1.0 + change))
}

/// Windows evenly over the clip, those left out of which too little can be compared.
pub(super) fn of(clip: &mut Recording, usable: &Usable) -> Result<Windows> {
    let duration_s = clip.duration_s();
    let (length_s, count) = if duration_s <= WHOLE_S {
        (duration_s, 1)
    } else {
        (WINDOW_S, ((duration_s / WINDOW_S).ceil() as usize).min(MOST))
    };
    let step_s = (duration_s - length_s) / (count - 1).max(1) as f64;
    let starts = (0..count).map(|n| n as f64 * step_s);
    let mut all = Vec::new();
    for start_s in starts {
        if count > 1 && usable.share(start_s, start_s + length_s) < LEAST_USABLE {
            continue;
        }
        let rate = f64::from(SPEECH_RATE_HZ);
        let samples = clip.samples.read((start_s * rate) as i64, (length_s * rate) as usize)?;
        all.push(Window { samples, views: Vec::new() });
    }
    let widened_s = (step_s > length_s).then_some(step_s);
    Ok(Windows { all, widened_s })
}
