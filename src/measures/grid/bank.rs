//! The transforms of audio codecs, applied to decoded samples at any offset.

use crate::dsp::half_band::HalfBand;
use crate::dsp::hybrid::{GRANULE, HYBRID_SPAN, Hybrid};
use crate::dsp::mdct::{Mdct, kbd_window, power_sine_window, sine_window};

/// Lines of AAC's and Vorbis's long blocks.
const LONG: usize = 1024;

/// Lines of Vorbis's long blocks below 32 kHz.
const MIDDLE: usize = 512;

/// Lines of Opus's blocks of 20 ms, at 48 kHz.
const CELT: usize = 960;

/// Overlap of CELT's windows in samples (RFC 6716, 4.3.7).
const CELT_OVERLAP: usize = 120;

/// CELT's pre-emphasis (RFC 6716, 4.3.7.2: its inverse is the decoder's last step).
const CELT_EMPHASIS: f32 = 0.85;

/// Lines whose magnitudes are compared with their common mean.
const BAND: usize = 16;

/// Lowest line that counts: below it, speech and rumble leave nothing to be rounded to zero.
const FIRST_LINE: usize = 16;

/// Small magnitudes as shares of the band's mean, and their weights. Of Gaussian lines 19 %, 10 %
/// and 3 % are so small. Lines that an encoder rounded to zero are smaller than the first while a
/// later encoder's noise is moderate, and smaller than the last if there was none.
const SMALL: [(f32, u32); 3] = [(0.3, 1), (0.16, 1), (0.05, 2)];

/// A kind of transform that a codec's frames are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GridFamily {
    /// MDCT of 2048 samples: AAC, and Vorbis from 32 kHz on.
    Long,
    /// MDCT of 1024 samples: Vorbis below 32 kHz.
    Middle,
    /// Polyphase bands with an MDCT of 36: MP3.
    Hybrid,
    /// MDCT of 1920 samples with short overlaps after pre-emphasis: Opus above speech rates.
    Celt,
}

/// Shape of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// AAC's Kaiser-Bessel-derived window.
    KaiserBessel,
    /// AAC's sine window.
    Sine,
    /// Vorbis's window.
    PowerSine,
}

/// Windows of [`GridFamily::Long`].
pub(super) const LONG_WINDOWS: [Window; 3] =
    [Window::KaiserBessel, Window::Sine, Window::PowerSine];

impl GridFamily {
    /// Samples between frames.
    #[must_use]
    pub fn period(self) -> usize {
        match self {
            Self::Long => LONG,
            Self::Middle => MIDDLE,
            Self::Hybrid => GRANULE,
            Self::Celt => CELT,
        }
    }

    /// Samples between the short blocks that a frame may be made of.
    pub(super) fn short_period(self) -> usize {
        match self {
            Self::Long | Self::Middle => 128,
            Self::Hybrid => GRANULE / 3,
            Self::Celt => CELT / 8,
        }
    }
}

enum Transform {
    /// The transform, and one of half its length for sweeps at half the sample rate.
    Mdct {
        whole: Box<Mdct>,
        half: Box<Mdct>,
    },
    Hybrid(Box<Hybrid>),
}

/// One kind of transform, ready to be applied.
pub(super) struct Bank {
    family: GridFamily,
    transform: Transform,
    /// One past the highest line that counts.
    last_line: usize,
    lines: Vec<f32>,
    emphasised: Vec<f32>,
    halved: Vec<f32>,
    half_band: HalfBand,
}

impl Bank {
    /// The family's transform for a clip that has sound up to `top_hz`. Of AAC's and Vorbis's windows
    /// this one gives both their grids.
    pub(super) fn new(family: GridFamily, sample_rate_hz: f64, top_hz: f64) -> Self {
        match family {
            GridFamily::Long => Self::long(Window::KaiserBessel, sample_rate_hz, top_hz),
            GridFamily::Middle => {
                let window = |len: usize| power_sine_window(len, len / 2);
                Self::with(family, mdcts(2 * MIDDLE, window), sample_rate_hz, top_hz)
            }
            GridFamily::Hybrid => {
                let transform = Transform::Hybrid(Box::default());
                Self::with(family, transform, sample_rate_hz, top_hz)
            }
            GridFamily::Celt => {
                let window = |len: usize| power_sine_window(len, len * CELT_OVERLAP / (2 * CELT));
                Self::with(family, mdcts(2 * CELT, window), sample_rate_hz, top_hz)
            }
        }
    }

    /// The transform of AAC and Vorbis with one window.
    pub(super) fn long(window: Window, sample_rate_hz: f64, top_hz: f64) -> Self {
        let window = |len: usize| match window {
            Window::KaiserBessel => kbd_window(len),
            Window::Sine => sine_window(len),
            Window::PowerSine => power_sine_window(len, len / 2),
        };
        Self::with(GridFamily::Long, mdcts(2 * LONG, window), sample_rate_hz, top_hz)
    }

    fn with(family: GridFamily, transform: Transform, rate_hz: f64, top_hz: f64) -> Self {
        let period = family.period();
        let top = (2.0 * top_hz / rate_hz * period as f64) as usize;
        let bands = top.clamp(FIRST_LINE + 4 * BAND, period) - FIRST_LINE;
        Self {
            family,
            transform,
            last_line: FIRST_LINE + bands / BAND * BAND,
            lines: vec![0.0; period],
            emphasised: Vec::new(),
            halved: Vec::new(),
            half_band: HalfBand::default(),
        }
    }

    /// Kind of transform.
    pub(super) fn family(&self) -> GridFamily {
        self.family
    }

    /// Samples between frames.
    pub(super) fn period(&self) -> usize {
        self.family.period()
    }

    /// Samples that one frame's lines depend on.
    pub(super) fn span(&self) -> usize {
        match self.family {
            GridFamily::Hybrid => HYBRID_SPAN,
            GridFamily::Long | GridFamily::Middle | GridFamily::Celt => 2 * self.period(),
        }
    }

    /// Number of lines that count.
    pub(super) fn line_count(&self) -> usize {
        self.last_line - FIRST_LINE
    }

    /// Weighted count of small lines in the frame at the start of `samples`; 0 if there are fewer
    /// samples than [`Bank::span`].
    pub(super) fn score(&mut self, samples: &[f32]) -> f32 {
        let Some(samples) = samples.get(..self.span()) else { return 0.0 };
        let samples = emphasise(self.family, samples, &mut self.emphasised);
        match &mut self.transform {
            Transform::Mdct { whole, .. } => whole.lines(samples, &mut self.lines),
            Transform::Hybrid(hybrid) => {
                if let Some(lines) = self.lines.first_chunk_mut::<GRANULE>() {
                    hybrid.lines(samples, lines);
                }
            }
        }
        small_lines(&self.lines[FIRST_LINE..self.last_line])
    }

    /// Number of lines that count in a sweep, which looks at the lower half of the spectrum; the
    /// uppermost tenth of it is where the low-pass slopes.
    pub(super) fn swept_lines(&self) -> usize {
        let most = self.period() * 9 / 20 - FIRST_LINE;
        self.line_count().min(most / BAND * BAND)
    }

    /// Adds to `scores`, one for each phase, the score of the frame at each of the first
    /// [`Bank::period`] samples in the lower half of the spectrum; adds nothing if there are fewer
    /// samples than a period and a span.
    pub(super) fn sweep(&mut self, samples: &[f32], scores: &mut [f32]) {
        let period = self.period();
        let span = self.span();
        let Some(samples) = samples.get(..period + span) else { return };
        let counted = FIRST_LINE..FIRST_LINE + self.swept_lines();
        let samples = emphasise(self.family, samples, &mut self.emphasised);
        match &mut self.transform {
            Transform::Mdct { half, .. } => {
                for first in [0, 1] {
                    self.half_band.decimate(samples, first, &mut self.halved);
                    for (start, score) in scores[first..].iter_mut().step_by(2).enumerate() {
                        half.lines(self.halved.get(start..).unwrap_or(&[]), &mut self.lines);
                        *score += small_lines(&self.lines[counted.clone()]);
                    }
                }
            }
            Transform::Hybrid(hybrid) => hybrid.sweep(samples, |offset, lines| {
                if let Some(score) = scores.get_mut(offset) {
                    *score += small_lines(&lines[counted.clone()]);
                }
            }),
        }
    }
}

/// A transform of `len` samples and one of half as many, with the same shape of window.
fn mdcts(len: usize, window: impl Fn(usize) -> Vec<f32>) -> Transform {
    Transform::Mdct {
        whole: Box::new(Mdct::new(window(len))),
        half: Box::new(Mdct::new(window(len / 2))),
    }
}

/// The samples as the codec's transform saw them.
fn emphasise<'a>(family: GridFamily, samples: &'a [f32], out: &'a mut Vec<f32>) -> &'a [f32] {
    if family != GridFamily::Celt {
        return samples;
    }
    out.clear();
    out.extend(samples.first());
    out.extend(samples.windows(2).map(|pair| pair[1] - CELT_EMPHASIS * pair[0]));
    out
}

/// Weighted count of lines that are small beside their neighbours.
fn small_lines(lines: &[f32]) -> f32 {
    // Lane by lane and of one length, so that the loops vectorise.
    let mut counts = [0u32; BAND];
    for band in lines.as_chunks::<BAND>().0 {
        let magnitudes = band.map(f32::abs);
        let quarter = |n: usize| (0..4).map(|i| magnitudes[4 * i + n]).sum::<f32>();
        let mean = ((quarter(0) + quarter(1)) + (quarter(2) + quarter(3))) / BAND as f32;
        for (share, weight) in SMALL {
            let limit = share * mean;
            for (count, magnitude) in counts.iter_mut().zip(magnitudes) {
                *count += if magnitude < limit { weight } else { 0 };
            }
        }
    }
    counts.iter().sum::<u32>() as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_noise::noise;

    #[test]
    fn lines_of_noise_are_small_as_often_as_stated() {
        // Evenly spread magnitudes have a mean of half their largest.
        let lines = noise(16 * 4000, 3);
        let share = small_lines(&lines) / lines.len() as f32;
        assert!((share - (0.15 + 0.08 + 2.0 * 0.025)).abs() < 0.015, "{share}");
        assert_eq!(small_lines(&[0.0; 64]), 0.0);
    }

    #[test]
    fn a_sweep_scores_each_frame() {
        for family in [GridFamily::Long, GridFamily::Middle, GridFamily::Hybrid, GridFamily::Celt] {
            let mut bank = Bank::new(family, 48_000.0, 16_000.0);
            let x = noise(bank.period() + bank.span(), 5);
            let mut scores = vec![0.0; bank.period()];
            bank.sweep(&x, &mut scores);
            let mean = scores.iter().sum::<f32>() / scores.len() as f32 / bank.swept_lines() as f32;
            let other = bank.score(&x[100..]) / bank.line_count() as f32;
            assert!((mean - other).abs() < 0.1, "{family:?}: {mean} {other}");
            let mut untouched = vec![0.0; bank.period()];
            bank.sweep(&x[1..], &mut untouched);
            assert!(untouched.iter().all(|s| *s == 0.0));
            assert_eq!(bank.score(&[]), 0.0);
        }
    }
}
