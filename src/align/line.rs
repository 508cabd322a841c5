//! A straight relation between the time of a clip and the time of its source.

use crate::dsp::speech_bands::{SPEECH_RATE_HZ, WIN_LENGTH};
use crate::fingerprint::FRAME_S;

/// Source time as a linear function of clip time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Source seconds per clip second.
    pub ratio: f64,
    /// Source time at clip time 0, in seconds.
    pub offset_s: f64,
}

impl Line {
    /// The line on which row 0 of a clip, undone by `ratio`, meets row `diagonal` of the source.
    #[must_use]
    pub fn through_rows(ratio: f64, diagonal: f64) -> Self {
        Self { ratio, offset_s: diagonal * FRAME_S + window_shift_s(ratio) }
    }

    /// Source row less clip row along this line; the reverse of [`Line::through_rows`].
    #[must_use]
    pub fn diagonal(&self) -> f64 {
        (self.offset_s - window_shift_s(self.ratio)) / FRAME_S
    }

    /// Source time at this clip time, in seconds.
    #[must_use]
    pub fn b(&self, a_s: f64) -> f64 {
        self.offset_s + self.ratio * a_s
    }

    /// Clip time at this source time, in seconds.
    #[must_use]
    pub fn a(&self, b_s: f64) -> f64 {
        (b_s - self.offset_s) / self.ratio
    }

    /// The line moved along the source by `by_s` seconds and turned to `ratio` round clip time
    /// `pivot_s`.
    #[must_use]
    pub fn turned(&self, pivot_s: f64, by_s: f64, ratio: f64) -> Self {
        Self { ratio, offset_s: self.b(pivot_s) + by_s - ratio * pivot_s }
    }
}

/// Windows have one length in both recordings, so that their middles lie apart where time does not
/// pass equally fast.
fn window_shift_s(ratio: f64) -> f64 {
    0.5 * WIN_LENGTH as f64 / f64::from(SPEECH_RATE_HZ) * (1.0 - ratio)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_directions_agree() {
        let line = Line::through_rows(1.05, 250.0);
        assert!((line.diagonal() - 250.0).abs() < 1e-9);
        assert!((line.a(line.b(7.3)) - 7.3).abs() < 1e-9);
        let turned = line.turned(4.0, 0.02, 1.04);
        assert!((turned.b(4.0) - line.b(4.0) - 0.02).abs() < 1e-9 && turned.ratio == 1.04);
    }
}
