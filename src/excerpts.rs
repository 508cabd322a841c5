//! Evidence to listen to: a short WAV round each edit point, cut from a second pass over the clip.

use std::path::{Path, PathBuf};

use hound::{SampleFormat, WavSpec, WavWriter};

use crate::analysis::Analysis;
use crate::decode::{Block, Clip, Input, OpenOptions};
use crate::error::{Error, Result};

/// Sound kept on each side of an edit point, in seconds.
pub const MARGIN_S: f64 = 2.0;

/// Excerpts written at most.
const MAX_EXCERPTS: usize = 200;

/// Writes `excerpt-001-at-12.345s.wav` and so on into `folder`, one per edit point, with
/// [`MARGIN_S`] on each side; 16-bit integers for sources of at most 16 bits, floats otherwise.
/// Returns the files in the order of the edit points.
///
/// # Errors
///
/// Those of opening and decoding; [`Error::Write`] for the outputs.
pub fn write_excerpts(
    path: &Path,
    options: &OpenOptions,
    analysis: &Analysis,
    folder: &Path,
) -> Result<Vec<PathBuf>> {
    if analysis.edit_points.is_empty() {
        return Ok(Vec::new());
    }
    std::fs::create_dir_all(folder)
        .map_err(|source| Error::Write { path: folder.to_owned(), source })?;
    let mut clip = Clip::open(&Input::Path(path.to_owned()), options)?;
    let rate = f64::from(clip.stream().sample_rate_hz);
    let shape = &analysis.features.shape;
    let spec = WavSpec {
        channels: shape.channels,
        sample_rate: shape.sample_rate_hz,
        bits_per_sample: 32,
        sample_format: SampleFormat::Float,
    };
    let integer = shape.lossless && shape.bits_per_sample.is_some_and(|bits| bits <= 16);
    let spec = if integer {
        WavSpec { bits_per_sample: 16, sample_format: SampleFormat::Int, ..spec }
    } else {
        spec
    };
    let mut excerpts: Vec<Excerpt> = Vec::new();
    for (index, point) in analysis.edit_points.iter().take(MAX_EXCERPTS).enumerate() {
        let time_s = point.time_s + analysis.offset_s;
        let name = format!("excerpt-{:03}-at-{time_s:.3}s.wav", index + 1);
        excerpts.push(Excerpt::create(folder.join(name), spec, time_s, rate)?);
    }
    while let Some(block) = clip.next_block()? {
        for excerpt in &mut excerpts {
            excerpt.add(block)?;
        }
    }
    excerpts.into_iter().map(Excerpt::finish).collect()
}

struct Excerpt {
    path: PathBuf,
    writer: WavWriter<std::io::BufWriter<std::fs::File>>,
    integer: bool,
    start: u64,
    end: u64,
}

impl Excerpt {
    fn create(path: PathBuf, spec: WavSpec, time_s: f64, rate: f64) -> Result<Self> {
        let writer = WavWriter::create(&path, spec).map_err(|e| Error::wav(&path, e))?;
        let frame = |s: f64| (s.max(0.0) * rate).round() as u64;
        Ok(Self {
            path,
            writer,
            integer: spec.sample_format == SampleFormat::Int,
            start: frame(time_s - MARGIN_S),
            end: frame(time_s + MARGIN_S),
        })
    }

    fn add(&mut self, block: &Block) -> Result<()> {
        let block_end = block.start_frame + block.frames() as u64;
        for frame in block.start_frame.max(self.start)..block_end.min(self.end) {
            let n = (frame - block.start_frame) as usize;
            for channel in &block.channels {
                let written = if self.integer {
                    self.writer.write_sample((channel[n] * 32768.0).round() as i16)
                } else {
                    self.writer.write_sample(channel[n])
                };
                written.map_err(|e| Error::wav(&self.path, e))?;
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<PathBuf> {
        self.writer.finalize().map_err(|e| Error::wav(&self.path, e))?;
        Ok(self.path)
    }
}
