//! One pass over a file: what is kept of it for comparing.

use crate::decode::{Clip, Input, OpenOptions, Source, Spool, StreamInfo};
use crate::dsp::kernels::dot;
use crate::dsp::resample::StreamResampler;
use crate::dsp::speech_bands::SPEECH_RATE_HZ;
use crate::error::{Error, Result};
use crate::fingerprint::{GradientMeasure, Gradients, Warp};

/// Energy of the mean over that of the first channel below which the channels cancel: 40 dB.
const CANCELLED: f64 = 1e-4;

/// Which mono signal is taken of several channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mix {
    Mean,
    First,
}

/// A decoded file, ready to be compared with others any number of times.
#[derive(Debug)]
pub struct Recording {
    /// The file.
    pub source: Source,
    /// The examined stream.
    pub stream: StreamInfo,
    /// Mean of the channels at 8 kHz; the first channel if they cancel each other.
    pub samples: Spool,
    /// Rows of [`Recording::samples`], not warped.
    pub gradients: Gradients,
}

impl Recording {
    /// Decodes a file. `progress` is told the decoded seconds and the declared ones, if any.
    ///
    /// # Errors
    ///
    /// Any of opening and decoding; [`Error::NoAudio`] if there is no sample.
    pub fn read(
        input: &Input,
        options: &OpenOptions,
        progress: &mut dyn FnMut(f64, Option<f64>),
    ) -> Result<Self> {
        let (mean, cancels) = Self::read_as(input, options, Mix::Mean, progress)?;
        if !cancels || matches!(input, Input::Stdin) {
            return Ok(mean);
        }
        let (mut first, _) = Self::read_as(input, options, Mix::First, progress)?;
        let note = "the channels cancel each other, so the first one alone was compared";
        first.stream.warnings.push(note.into());
        Ok(first)
    }

    /// The recording, and whether its mean is silent while its first channel is not.
    fn read_as(
        input: &Input,
        options: &OpenOptions,
        channels: Mix,
        progress: &mut dyn FnMut(f64, Option<f64>),
    ) -> Result<(Self, bool)> {
        let mut clip = Clip::open(input, options)?;
        let rate = clip.stream().sample_rate_hz;
        let declared_s = clip.stream().declared_duration_s;
        let mut low_rate = StreamResampler::new(rate, SPEECH_RATE_HZ);
        let mut kept = Kept::default();
        let mut mix = Vec::new();
        let (mut of_mean, mut of_first) = (0.0f64, 0.0f64);
        while let Some(block) = clip.next_block()? {
            block.mix_down(&mut mix);
            if let Some(first) = block.channels.first().filter(|_| block.channels.len() > 1) {
                of_mean += f64::from(dot(&mix, &mix));
                of_first += f64::from(dot(first, first));
                if channels == Mix::First {
                    mix.clone_from(first);
                }
            }
            low_rate.push(&mix, |samples| kept.push(samples));
            let done = block.start_frame + block.frames() as u64;
            progress(done as f64 / f64::from(rate), declared_s);
        }
        low_rate.finish(|samples| kept.push(samples));
        let (samples, gradients) = kept.finish()?;
        if samples.is_empty() {
            return Err(Error::NoAudio { what: "the stream holds no samples".into() });
        }
        let (source, stream, _) = clip.finish()?;
        Ok((Self { source, stream, samples, gradients }, of_mean < CANCELLED * of_first))
    }

    /// Duration in seconds.
    #[must_use]
    pub fn duration_s(&self) -> f64 {
        self.samples.len() as f64 / f64::from(SPEECH_RATE_HZ)
    }
}

struct Kept {
    spool: Spool,
    gradients: GradientMeasure,
    outcome: Result<()>,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            spool: Spool::default(),
            gradients: GradientMeasure::new(Warp::NONE),
            outcome: Ok(()),
        }
    }
}

impl Kept {
    fn push(&mut self, samples: &[f32]) {
        if self.outcome.is_ok() {
            self.outcome = self.spool.push(samples);
            self.gradients.push(samples);
        }
    }

    fn finish(self) -> Result<(Spool, Gradients)> {
        self.outcome?;
        Ok((self.spool, self.gradients.finish()))
    }
}
