//! A comparison to look at and to listen to: both recordings on the clip's time, at 8 kHz.

use super::render::{in_parts, walk};
use super::residual::{Part, subtract};
use super::{Comparison, Recording, Segment};
use crate::align::lay;
use crate::dsp::speech_bands::SPEECH_RATE_HZ;
use crate::dsp::stft::Stft;
use crate::error::Result;
use crate::measures::overview::{ClipOverview, OverviewMeasure};

/// Points of the pictures' transform; half as many samples lie between frames.
pub const PICTURE_N_FFT: usize = 256;

/// Longest clip that is kept to listen to, in seconds.
const LISTEN_S: f64 = 180.0;

/// Seconds between frames of the pictures' transform.
pub const PICTURE_STEP_S: f64 = 0.5 * PICTURE_N_FFT as f64 / SPEECH_RATE_HZ as f64;

/// Pictures and sound of a comparison.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pictures {
    /// The clip.
    pub a: ClipOverview,
    /// The source laid on the clip's time, silent where the clip is foreign.
    pub aligned_b: ClipOverview,
    /// Samples of both and of the residual, for clips of at most three minutes.
    pub listen: Option<[Vec<i16>; 3]>,
}

impl Pictures {
    /// Makes them in one pass over the clip.
    ///
    /// # Errors
    ///
    /// Those of the temporary files.
    pub fn of(a: &mut Recording, b: &mut Recording, comparison: &Comparison) -> Result<Self> {
        let keep = a.duration_s() <= LISTEN_S;
        let mut tracks = [Track::new(keep), Track::new(keep), Track::new(keep)];
        let end = a.samples.len() as i64;
        walk(
            &comparison.segments,
            SPEECH_RATE_HZ,
            end,
            &mut |segment, from, count| match segment {
                Some(segment) if segment.aligned => {
                    with_residual(a, b, segment, from, count, &mut tracks)
                }
                _ => in_parts(from, count, &mut |from, count| {
                    let clip = a.samples.read(from, count)?;
                    let laid = match segment {
                        Some(s) => lay(&mut b.samples, &s.line, from, count, SPEECH_RATE_HZ)?,
                        None => vec![0.0; count],
                    };
                    tracks[0].push(&clip);
                    tracks[1].push(&laid);
                    tracks[2].push(&clip);
                    Ok(())
                }),
            },
        )?;
        let [a, aligned_b, residual] = tracks.map(Track::finish);
        let listen = keep.then_some([a.1, aligned_b.1, residual.1]);
        Ok(Self { a: a.0, aligned_b: aligned_b.0, listen })
    }
}

fn with_residual(
    a: &mut Recording,
    b: &mut Recording,
    segment: &Segment,
    from: i64,
    count: usize,
    tracks: &mut [Track; 3],
) -> Result<()> {
    let mut visit = |part: &Part| {
        tracks[0].push(part.clip);
        tracks[2].push(part.rest);
        Ok(())
    };
    subtract(&mut a.samples, &mut b.samples, segment, SPEECH_RATE_HZ, from, count, &mut visit)?;
    in_parts(from, count, &mut |from, count| {
        tracks[1].push(&lay(&mut b.samples, &segment.line, from, count, SPEECH_RATE_HZ)?);
        Ok(())
    })
}

struct Track {
    stft: Stft,
    overview: OverviewMeasure,
    samples: Option<Vec<i16>>,
}

impl Track {
    fn new(keep: bool) -> Self {
        Self {
            stft: Stft::new(PICTURE_N_FFT, PICTURE_N_FFT / 2),
            overview: OverviewMeasure::new(PICTURE_N_FFT / 2 + 1),
            samples: keep.then(Vec::new),
        }
    }

    fn push(&mut self, samples: &[f32]) {
        let Self { stft, overview, samples: kept } = self;
        overview.push_samples(samples);
        stft.push(samples, |frame| overview.push_frame(frame));
        if let Some(kept) = kept {
            let value = |x: &f32| (32768.0 * x).round().clamp(-32768.0, 32767.0) as i16;
            kept.extend(samples.iter().map(value));
        }
    }

    fn finish(self) -> (ClipOverview, Vec<i16>) {
        let Self { stft, mut overview, samples } = self;
        stft.finish(|frame| overview.push_frame(frame));
        (overview.finish(), samples.unwrap_or_default())
    }
}
