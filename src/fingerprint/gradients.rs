//! Gains of neighbouring speech bands over time, eight bits each.

use crate::dsp::moments::Moments;
use crate::dsp::speech_bands::{
    DIFFERENCES, GRADIENT_FRAMES, Gradient, HOP, N_FFT, SPEECH_RATE_HZ, SpeechBands, WIN_LENGTH,
};
use crate::dsp::stft::{Frame, Stft};

/// Seconds of the source recording between rows.
pub const FRAME_S: f64 = HOP as f64 / SPEECH_RATE_HZ as f64;

/// Seconds that a row is made from.
pub const ROW_SPAN_S: f64 = (WIN_LENGTH + GRADIENT_FRAMES * HOP) as f64 / SPEECH_RATE_HZ as f64;

/// Seconds from the start of what a row is made from to its middle.
pub const ROW_CENTRE_S: f64 = 0.5 * ROW_SPAN_S;

/// Value of a gain of 1 in log2 energy (3 dB); gains saturate at 127 / `UNIT` of them.
const UNIT: f32 = 64.0;

/// Weight of rows in pauses: under noise or another codec's comfort noise they say nothing.
pub const PAUSE_WEIGHT: f32 = 0.35;

/// Gains of the differences of neighbouring bands at one moment.
pub type Row = [i8; DIFFERENCES];

/// How a clip's time and frequency lie against the source's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Warp {
    /// Source seconds per clip second.
    pub ratio: f64,
    /// Frequencies of the clip over those of the source.
    pub pitch: f64,
}

impl Warp {
    /// Neither time nor frequency changed.
    pub const NONE: Self = Self { ratio: 1.0, pitch: 1.0 };

    /// Played at `speed` times the source's: pitch moves along.
    #[must_use]
    pub fn speed(speed: f64) -> Self {
        Self { ratio: speed, pitch: speed }
    }
}

/// Rows of a recording, one per 16 ms of the source; 2.1 kB a second.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Gradients {
    /// Row `n` is made from what lies [`FRAME_S`]` * n` seconds after the start (of the source, if
    /// warped) and up to [`ROW_SPAN_S`] later.
    pub rows: Vec<Row>,
    /// Level of the louder of the two frames of each row, in dB below full scale, 0..=127.
    pub depths: Vec<u8>,
    /// How near each row is to the recording's own background, 0 (speech) to 255 (pause). Values of
    /// a row are scaled down by up to [`PAUSE_WEIGHT`] with it.
    pub quiet: Vec<u8>,
    /// Level of the recording's own background, in dB below full scale.
    pub floor: u8,
    /// Whether both frames of each row are one and the same pure tone.
    pub steady: Vec<bool>,
}

impl Gradients {
    /// From rows as they were measured.
    #[must_use]
    pub fn new(mut rows: Vec<Row>, depths: Vec<u8>, steady: Vec<bool>) -> Self {
        let (quiet, floor) = quietness(&depths);
        for (row, quiet) in rows.iter_mut().zip(&quiet) {
            let weight = weight(*quiet);
            row.iter_mut().for_each(|x| *x = (f32::from(*x) * weight).round() as i8);
        }
        Self { rows, depths, quiet, floor, steady }
    }
}

/// Weight of a row that is so near to the background.
pub(super) fn weight(quiet: u8) -> f32 {
    1.0 - (1.0 - PAUSE_WEIGHT) * f32::from(quiet) / 255.0
}

/// Nearness of each level to the background, which is the level that one row in ten does not reach:
/// 255 there and 0 from 40 % of the way up to the loudest twentieth, at least 6 dB. With it the level that
/// one row in five does not reach, the middle of the background in most recordings.
pub(crate) fn quietness(depths: &[u8]) -> (Vec<u8>, u8) {
    let mut sorted = depths.to_vec();
    sorted.sort_unstable();
    let at =
        |share: f64| sorted.get((share * sorted.len() as f64) as usize).copied().unwrap_or(127);
    let (loud, floor) = (f32::from(at(0.05)), f32::from(at(0.9)));
    let reach = (0.4 * (floor - loud)).max(6.0);
    let nearness = |depth: &u8| {
        let above = (floor - f32::from(*depth)) / reach;
        (255.0 * (1.0 - above).clamp(0.0, 1.0)) as u8
    };
    (depths.iter().map(nearness).collect(), at(0.8))
}

/// Measures [`Gradients`] from mono samples at 8 kHz.
pub struct GradientMeasure {
    stft: Stft,
    rows: Rows,
}

struct Rows {
    bands: SpeechBands,
    gradient: Gradient,
    moments: Moments,
    out: Vec<Row>,
}

impl GradientMeasure {
    /// A measure that undoes this warp.
    #[must_use]
    pub fn new(warp: Warp) -> Self {
        let rows = Rows {
            bands: SpeechBands::new(warp.pitch),
            gradient: Gradient::default(),
            moments: Moments::default(),
            out: Vec::new(),
        };
        Self { stft: Stft::with_window(N_FFT, WIN_LENGTH, HOP as f64 / warp.ratio), rows }
    }

    /// Adds samples.
    pub fn push(&mut self, samples: &[f32]) {
        let Self { stft, rows } = self;
        stft.push(samples, |frame| rows.add(frame));
    }

    /// The rows; none for less than 192 ms.
    #[must_use]
    pub fn finish(self) -> Gradients {
        let Self { stft, mut rows } = self;
        stft.finish(|frame| rows.add(frame));
        let (depths, steady) = rows.moments.finish();
        Gradients::new(rows.out, depths, steady)
    }

    /// The rows of a whole slice.
    #[must_use]
    pub fn of(samples: &[f32], warp: Warp) -> Gradients {
        let mut measure = Self::new(warp);
        measure.push(samples);
        measure.finish()
    }
}

impl Rows {
    fn add(&mut self, frame: &Frame) {
        self.moments.push(frame);
        if let Some(gains) = self.gradient.push(self.bands.differences(frame.power)) {
            let value = |gain: f32| (UNIT * gain).round().clamp(-127.0, 127.0) as i8;
            self.out.push(gains.map(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::sinc::interpolate;
    use crate::dsp::test_noise::noise;

    fn agreement(a: &[Row], b: &[Row]) -> f64 {
        let dot = |a: &[Row], b: &[Row]| -> f64 {
            let rows = a.iter().zip(b);
            rows.flat_map(|(a, b)| a.iter().zip(b))
                .map(|(x, y)| f64::from(*x) * f64::from(*y))
                .sum()
        };
        dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
    }

    #[test]
    fn a_warp_is_undone() {
        let source = noise(40_000, 7);
        let clip = interpolate(&source, 0.0, 1.04, 38_000);
        let straight = GradientMeasure::of(&source, Warp::NONE);
        let undone = GradientMeasure::of(&clip, Warp::speed(1.04));
        let ignored = GradientMeasure::of(&clip, Warp::NONE);
        assert!(agreement(&straight.rows, &undone.rows) > 0.6);
        assert!(agreement(&straight.rows, &ignored.rows) < 0.2);
    }

    #[test]
    fn silence_has_rows_of_zeros() {
        let gradients = GradientMeasure::of(&[0.0; 8000], Warp::NONE);
        assert!(gradients.rows.iter().all(|row| row.iter().all(|x| *x == 0)));
        assert!(gradients.depths.iter().all(|depth| *depth == 127));
        assert_eq!(gradients.rows.len(), gradients.depths.len());
        assert!(GradientMeasure::of(&[0.1; 1535], Warp::NONE).rows.is_empty());
    }
}
