//! Quantiles of band levels in two windows that slide over a clip side by side.

use crate::features::Features;
use crate::measures::frames::{BandLevels, code_to_db};

/// Quantiles, in dBFS, of one band in the windows before and after a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sides {
    pub(super) before: f32,
    pub(super) after: f32,
}

/// For every `stride`-th frame with a whole window of `width` frames on both sides: the quantile `q`
/// of each band on each side. `visit` gets the frame and one [`Sides`] per band.
pub(super) fn slide(
    bands: &BandLevels,
    width: usize,
    stride: usize,
    q: f64,
    mut visit: impl FnMut(usize, &[Sides]),
) {
    let frames = bands.frame_count();
    if width == 0 || frames < 2 * width {
        return;
    }
    let count = bands.bands.len();
    let mut before = vec![Histogram::new(); count];
    let mut after = vec![Histogram::new(); count];
    let add = |histograms: &mut Vec<Histogram>, frame: usize, by: i32| {
        for (histogram, &code) in histograms.iter_mut().zip(bands.frame(frame)) {
            histogram.add(code, by);
        }
    };
    for frame in 0..width {
        add(&mut before, frame, 1);
        add(&mut after, width + frame, 1);
    }
    // Codes grow downwards, so the lower quantile of levels is the upper one of codes.
    let rank = ((1.0 - q) * (width - 1) as f64).round() as i32;
    let mut sides = vec![Sides { before: 0.0, after: 0.0 }; count];
    for at in width..=frames - width {
        if (at - width).is_multiple_of(stride) {
            for (side, (b, a)) in sides.iter_mut().zip(before.iter().zip(&after)) {
                *side = Sides { before: b.at_rank(rank), after: a.at_rank(rank) };
            }
            visit(at, &sides);
        }
        if at < frames - width {
            add(&mut before, at - width, -1);
            add(&mut before, at, 1);
            add(&mut after, at, -1);
            add(&mut after, at + width, 1);
        }
    }
}

/// Bands in which the clip carries more than the floor of the byte scale, so that a step can show.
pub(super) fn audible_bands(features: &Features) -> Vec<usize> {
    let bands = &features.bands;
    let cutoff_hz = features.spectrum.cutoff.map_or(f64::INFINITY, |c| f64::from(c.hz));
    (0..bands.bands.len()).filter(|&band| bands.band_hz(band).1 <= cutoff_hz.max(500.0)).collect()
}

#[derive(Clone)]
struct Histogram {
    counts: [i32; 256],
}

impl Histogram {
    fn new() -> Self {
        Self { counts: [0; 256] }
    }

    fn add(&mut self, code: u8, by: i32) {
        self.counts[usize::from(code)] += by;
    }

    fn at_rank(&self, rank: i32) -> f32 {
        let mut sum = 0;
        for (code, count) in self.counts.iter().enumerate() {
            sum += count;
            if sum > rank {
                return code_to_db(code as u8);
            }
        }
        code_to_db(u8::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::bands::Band;

    #[test]
    fn quantiles_follow_the_step() {
        let codes = (0..100).map(|n| if n < 50 { 100 } else { 60 }).collect();
        let bands = BandLevels {
            step_s: 0.01,
            first_s: 0.0,
            bin_hz: 40.0,
            bands: vec![Band { first: 1, end: 2 }],
            codes,
        };
        let mut at_50 = None;
        slide(&bands, 20, 10, 0.1, |frame, sides| {
            if frame == 50 {
                at_50 = Some(sides[0]);
            }
        });
        assert_eq!(at_50, Some(Sides { before: -50.0, after: -30.0 }));
    }
}
