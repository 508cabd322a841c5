//! One pass over a file as mono samples at 8 kHz.

use crate::decode::{Clip, Ended, Input, OpenOptions, Source, StreamInfo};
use crate::dsp::kernels::dot;
use crate::dsp::resample::StreamResampler;
use crate::dsp::speech_bands::SPEECH_RATE_HZ;
use crate::error::{Error, Result};

/// Energy of the mean over that of the first channel below which the channels cancel: 40 dB.
const CANCELLED: f64 = 1e-4;

/// What takes the samples.
pub(crate) trait MonoSink: Default {
    /// Adds samples at 8 kHz.
    fn push(&mut self, samples: &[f32]);
}

/// A file that was heard to its end.
pub(crate) struct Heard<S> {
    pub(crate) source: Source,
    pub(crate) stream: StreamInfo,
    pub(crate) sink: S,
}

/// Which mono signal is taken of several channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mix {
    Mean,
    First,
}

/// Decodes a file into a sink: the mean of its channels, or the first one if they cancel each other.
/// `progress` is told the decoded seconds and the declared ones, if any.
///
/// # Errors
///
/// Any of opening and decoding; [`Error::NoAudio`] if there is no sample.
pub(crate) fn hear<S: MonoSink>(
    input: &Input,
    options: &OpenOptions,
    progress: &mut dyn FnMut(f64, Option<f64>),
) -> Result<Heard<S>> {
    let (mean, cancels) = hear_as(input, options, Mix::Mean, progress)?;
    if !cancels || matches!(input, Input::Stdin) {
        return Ok(mean);
    }
    let (mut first, _) = hear_as::<S>(input, options, Mix::First, progress)?;
    let note = "the channels cancel each other, so the first one alone was compared";
    first.stream.warnings.push(note.into());
    Ok(first)
}

/// The file, and whether its mean is silent while its first channel is not.
fn hear_as<S: MonoSink>(
    input: &Input,
    options: &OpenOptions,
    channels: Mix,
    progress: &mut dyn FnMut(f64, Option<f64>),
) -> Result<(Heard<S>, bool)> {
    let mut clip = Clip::open(input, options)?;
    let rate = clip.stream().sample_rate_hz;
    let declared_s = clip.stream().declared_duration_s;
    let mut low_rate = StreamResampler::new(rate, SPEECH_RATE_HZ);
    let mut sink = S::default();
    let mut is_empty = true;
    let mut mix = Vec::new();
    let (mut of_mean, mut of_first) = (0.0f64, 0.0f64);
    while let Some(block) = clip.next_block()? {
        is_empty &= block.frames() == 0;
        block.mix_down(&mut mix);
        if let Some(first) = block.channels.first().filter(|_| block.channels.len() > 1) {
            of_mean += f64::from(dot(&mix, &mix));
            of_first += f64::from(dot(first, first));
            if channels == Mix::First {
                mix.clone_from(first);
            }
        }
        low_rate.push(&mix, |samples| sink.push(samples));
        let done = block.start_frame + block.frames() as u64;
        progress(done as f64 / f64::from(rate), declared_s);
    }
    low_rate.finish(|samples| sink.push(samples));
    if is_empty {
        return Err(Error::NoAudio { what: "the stream holds no samples".into() });
    }
    let Ended { source, stream, .. } = clip.finish()?;
    Ok((Heard { source, stream, sink }, of_mean < CANCELLED * of_first))
}
