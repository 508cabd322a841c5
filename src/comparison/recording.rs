//! One pass over a file: what is kept of it for comparing.

use crate::decode::{Clip, Input, OpenOptions, Source, Spool, StreamInfo};
use crate::dsp::resample::StreamResampler;
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
    /// Mean of the channels at 8 kHz.
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
        let mut clip = Clip::open(input, options)?;
        let rate = clip.stream().sample_rate_hz;
        let declared_s = clip.stream().declared_duration_s;
        let mut low_rate = StreamResampler::new(rate, SPEECH_RATE_HZ);
        let mut kept = Kept::default();
        let mut mix = Vec::new();
        while let Some(block) = clip.next_block()? {
            block.mix_down(&mut mix);
            low_rate.push(&mix, |samples| kept.push(samples));
            let done = block.start_frame + block.frames() as u64;
            progress(done as f64 / f64::from(rate), declared_s);
        }
        low_rate.finish(|samples| kept.push(samples));
        let (samples, gradients) = kept.finish()?;
        if samples.is_empty() {
            return Err(Error::NoAudio { what: "the stream holds no samples".into() });
        }
        let (source, stream) = clip.finish()?;
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
