//! One pass over a file: what is kept of it for comparing.

use super::mono::{Heard, MonoSink, hear};
use crate::decode::{Input, OpenOptions, Source, Spool, StreamInfo};
use crate::dsp::speech_bands::SPEECH_RATE_HZ;
use crate::error::{Error, Result};
use crate::fingerprint::{GradientMeasure, Gradients, Warp};

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
        let Heard { source, stream, sink } = hear::<Kept>(input, options, progress)?;
        let (samples, gradients) = sink.finish()?;
        if samples.is_empty() {
            return Err(Error::NoAudio { what: "the stream holds too few samples".into() });
        }
        Ok(Self { source, stream, samples, gradients })
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

impl MonoSink for Kept {
    fn push(&mut self, samples: &[f32]) {
        if self.outcome.is_ok() {
            self.outcome = self.spool.push(samples);
            self.gradients.push(samples);
        }
    }
}

impl Kept {
    fn finish(self) -> Result<(Spool, Gradients)> {
        self.outcome?;
        Ok((self.spool, self.gradients.finish()))
    }
}
