//! The source laid on the clip's time, and the clip less the source, at the clip's own rate.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use hound::{SampleFormat, WavSpec, WavWriter};

use super::Segment;
use super::residual::{Part, subtract};
use crate::align::lay;
use crate::decode::{Clip, Input, OpenOptions, Spool};
use crate::dsp::resample::StreamResampler;
use crate::error::{Error, Result};

/// Samples written at a time where nothing is subtracted.
const PART: usize = 1 << 15;

/// What to write and where: mono WAV files of 32-bit floats, as long as the clip.
#[derive(Debug, Clone, Copy, Default)]
pub struct Render<'a> {
    /// The source laid on the clip's time, as it is; silence where the clip is foreign.
    pub aligned: Option<&'a Path>,
    /// The clip less the source behind the channel between them; the clip itself where it is foreign
    /// or the waveforms do not align.
    pub residual: Option<&'a Path>,
}

/// Decodes both files again and writes what is asked for.
///
/// # Errors
///
/// Those of opening and decoding; [`Error::Write`] for the outputs.
pub fn render(
    a: (&Input, &OpenOptions),
    b: (&Input, &OpenOptions),
    segments: &[Segment],
    to: &Render,
) -> Result<()> {
    let (mut clip, rate_hz) = whole(a.0, a.1, None)?;
    let (mut source, _) = whole(b.0, b.1, Some(rate_hz))?;
    let end = clip.len() as i64;
    if let Some(path) = to.aligned {
        let mut out = Output::create(path, rate_hz)?;
        walk(segments, rate_hz, end, &mut |segment, from, count| match segment {
            None => out.silence(count),
            Some(segment) => in_parts(from, count, &mut |from, count| {
                out.write(&lay(&mut source, &segment.line, from, count, rate_hz)?)
            }),
        })?;
        out.finish()?;
    }
    if let Some(path) = to.residual {
        let mut out = Output::create(path, rate_hz)?;
        walk(segments, rate_hz, end, &mut |segment, from, count| match segment
            .filter(|segment| segment.aligned)
        {
            None => in_parts(from, count, &mut |from, count| out.write(&clip.read(from, count)?)),
            Some(segment) => {
                let mut write = |part: &Part| out.write(part.rest);
                subtract(&mut clip, &mut source, segment, rate_hz, from, count, &mut write)
            }
        })?;
        out.finish()?;
    }
    Ok(())
}

/// Mean of the channels of a whole stream, at `rate_hz` or its own rate, and that rate.
fn whole(input: &Input, options: &OpenOptions, rate_hz: Option<u32>) -> Result<(Spool, u32)> {
    let mut clip = Clip::open(input, options)?;
    let own = clip.stream().sample_rate_hz;
    let rate_hz = rate_hz.unwrap_or(own);
    let mut resampler = StreamResampler::new(own, rate_hz);
    let mut spool = Spool::default();
    let mut outcome = Ok(());
    let mut mix = Vec::new();
    while let Some(block) = clip.next_block()? {
        block.mix_down(&mut mix);
        resampler.push(&mix, |samples| {
            if outcome.is_ok() {
                outcome = spool.push(samples);
            }
        });
    }
    resampler.finish(|samples| {
        if outcome.is_ok() {
            outcome = spool.push(samples);
        }
    });
    outcome?;
    Ok((spool, rate_hz))
}

/// What is done with `count` samples from `from` of a segment or of what lies between.
type Visit<'v> = dyn FnMut(Option<&Segment>, i64, usize) -> Result<()> + 'v;

/// Visits the clip from start to end: segments, and `None` for what is between them.
pub(super) fn walk(segments: &[Segment], rate_hz: u32, end: i64, visit: &mut Visit) -> Result<()> {
    let sample = |time_s: f64| ((time_s * f64::from(rate_hz)).round() as i64).clamp(0, end);
    let mut at = 0;
    for segment in segments {
        let (from, to) = (sample(segment.a_s.0).max(at), sample(segment.a_s.1));
        if from > at {
            visit(None, at, (from - at) as usize)?;
        }
        if to > from {
            visit(Some(segment), from, (to - from) as usize)?;
        }
        at = to.max(from);
    }
    if end > at {
        visit(None, at, (end - at) as usize)?;
    }
    Ok(())
}

/// `count` samples from `from` in parts of bounded length.
pub(super) fn in_parts(
    from: i64,
    count: usize,
    visit: &mut dyn FnMut(i64, usize) -> Result<()>,
) -> Result<()> {
    for start in (0..count).step_by(PART) {
        visit(from + start as i64, PART.min(count - start))?;
    }
    Ok(())
}

/// A WAV file that appears under its name once it is whole.
struct Output<'a> {
    path: &'a Path,
    part: PathBuf,
    writer: WavWriter<BufWriter<File>>,
}

impl<'a> Output<'a> {
    fn create(path: &'a Path, sample_rate: u32) -> Result<Self> {
        let spec = WavSpec {
            channels: 1,
            sample_rate,
            bits_per_sample: 32,
            sample_format: SampleFormat::Float,
        };
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let part = path.with_file_name(name);
        let writer = WavWriter::create(&part, spec).map_err(|e| Error::wav(path, e))?;
        Ok(Self { path, part, writer })
    }

    fn write(&mut self, samples: &[f32]) -> Result<()> {
        for &sample in samples {
            self.writer.write_sample(sample).map_err(|e| Error::wav(self.path, e))?;
        }
        Ok(())
    }

    fn silence(&mut self, count: usize) -> Result<()> {
        (0..count).try_for_each(|_| self.write(&[0.0]))
    }

    fn finish(self) -> Result<()> {
        let Self { path, part, writer } = self;
        let finished = writer.finalize().map_err(|e| Error::wav(path, e));
        finished.and_then(|()| {
            std::fs::rename(&part, path)
                .map_err(|source| Error::Write { path: path.to_owned(), source })
        })
    }
}
