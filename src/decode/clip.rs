//! An open recording, block by block.

use std::path::Path;

use super::checks;
use super::credentials;
use super::extension::mismatch;
use super::external::External;
use super::limits::{BLOCK_FRAMES, MAX_BLOCK_FRAMES};
use super::native::{Feed, Work};
use super::open::{Opened, open_native};
use super::packet::Foreign;
use super::pcm_hash::{HashFormat, PcmHash};
use super::source::OpenFile;
use super::{Block, Ended, Input, OpenOptions, StreamInfo};
use crate::container::continuity::Bitstream;
use crate::container::quantisation::Quantisation;
use crate::container::structure::{self, OddityKind, Structure};
use crate::container::{ByteReader, FileKind, sniff};
use crate::error::{Error, Result};

/// An open recording.
///
/// Blocks come in order and without gaps; [`Clip::finish`] then says what was examined. Opening
/// decodes the first packets, so that rate and channels are known from the start.
pub struct Clip {
    file: OpenFile,
    feed: Box<dyn Feed>,
    work: Work,
    info: StreamInfo,
    structure: Structure,
    hash: PcmHash,
    /// Whether samples may be other than finite numbers.
    float: bool,
    non_finite: u64,
    block: Block,
    ended: bool,
}

impl std::fmt::Debug for Clip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Clip").field("file", &self.file).field("info", &self.info).finish()
    }
}

impl Clip {
    /// Hashes and opens a recording.
    ///
    /// # Errors
    ///
    /// [`Error::Open`], [`Error::Read`], [`Error::Changed`], [`Error::Unrecognised`],
    /// [`Error::Unsupported`], [`Error::Malformed`], [`Error::Limit`], [`Error::NoAudio`], and
    /// [`Error::Argument`] for a track that is not there.
    pub fn open(input: &Input, options: &OpenOptions) -> Result<Self> {
        let file = OpenFile::open(input)?;
        let mut reader = ByteReader::new(&file.path, file.handle()?)?;
        let kind = sniff(&mut reader)?;
        if let FileKind::NotAudio(found) = kind {
            return Err(Error::Unrecognised { found: found.into() });
        }
        let native = if kind.needs_external() {
            Err(Error::Unsupported { what: kind.name().into(), hint: None })
        } else {
            open_native(&file, &mut reader, kind, options)
        };
        let mut work = Work { read_codes: options.continuity, ..Work::default() };
        let (mut feed, mut info): (Box<dyn Feed>, StreamInfo) = match native {
            Ok(Opened { native, info, mut walked }) => {
                work.quantisation.coded = std::mem::take(&mut walked.coded);
                work.watch.expect(walked);
                (Box::new(native), info)
            }
            Err(Error::Unsupported { what, hint }) => {
                let (external, info) = External::open(&file, kind, options, what, hint)?;
                (Box::new(external), info)
            }
            Err(e) => return Err(e),
        };
        let mut ended = false;
        while work.sink.frames() == 0 && !ended {
            ended = !feed.feed(&mut work);
        }
        if work.sink.rate_hz == 0 {
            let what = work.log.first().unwrap_or("the stream is empty").to_owned();
            return Err(Error::NoAudio { what });
        }
        feed.describe(&mut work, &mut info);
        info.container = container_name(kind, &mut reader, &info)?;
        let mut structure = structure::read(kind, &mut reader)?;
        if let Some(text) = mismatch(Path::new(&file.path), kind, &info.container) {
            structure.odd(OddityKind::Name, 0, 0, text.clone());
            info.warnings.push(text);
        }
        info.sample_rate_hz = work.sink.rate_hz;
        info.channels = work.sink.channels() as u16;
        for track in info.tracks.iter_mut().filter(|t| t.examined) {
            if track.sample_rate_hz == 0 {
                track.sample_rate_hz = info.sample_rate_hz;
            }
            if track.channels == 0 {
                track.channels = info.channels;
            }
        }
        let float = !info.lossless || info.codec.starts_with("PCM f");
        let format = HashFormat::new(info.lossless, float, info.bits_per_sample);
        let mut hash = PcmHash::new(format);
        if checks::declared_md5(&structure).is_some()
            && checks::md5_is_of(format, info.bits_per_sample)
        {
            hash = hash.with_md5();
        }
        let block = Block::default();
        Ok(Self { file, feed, work, info, structure, hash, float, non_finite: 0, block, ended })
    }

    /// What is known of the stream so far; complete once [`Clip::finish`] returns it.
    #[must_use]
    pub fn stream(&self) -> &StreamInfo {
        &self.info
    }

    /// The next samples, at most 16 384 frames; `None` at the end.
    ///
    /// # Errors
    ///
    /// None at present: what does not decode is noted as damage and left out.
    pub fn next_block(&mut self) -> Result<Option<&Block>> {
        while !self.ended && self.work.trim.ready(&self.work.sink) < BLOCK_FRAMES {
            self.ended = !self.feed.feed(&mut self.work);
        }
        if self.ended {
            self.work.trim.end_segment(&mut self.work.sink);
        }
        let count = self.work.trim.ready(&self.work.sink).min(MAX_BLOCK_FRAMES);
        if count == 0 {
            return Ok(None);
        }
        self.block.start_frame = self.work.trim.totals().emitted;
        self.take(count);
        self.work.trim.emitted(count as u64);
        if self.float {
            self.non_finite += zero_non_finite(&mut self.block.channels);
        }
        self.hash.update(&self.block);
        let totals = self.work.trim.totals();
        self.info.duration_s = totals.emitted as f64 / f64::from(self.info.sample_rate_hz);
        Ok(Some(&self.block))
    }

    /// Moves the first `count` frames of the sink into the block.
    fn take(&mut self, count: usize) {
        let pending = &mut self.work.sink.pending;
        self.block.channels.resize_with(pending.len(), Vec::new);
        for (out, from) in self.block.channels.iter_mut().zip(pending) {
            out.clear();
            if from.len() == count {
                std::mem::swap(out, from);
            } else {
                out.extend_from_slice(&from[..count]);
                from.drain(..count);
            }
        }
    }

    /// Ends here: the file, and the stream as far as it is known without decoding it.
    ///
    /// # Errors
    ///
    /// [`Error::Changed`] if the file is another than at the start.
    pub fn close(self) -> Result<Ended> {
        self.file.check_unchanged()?;
        let mut stream = self.info;
        stream.duration_s = stream.declared_duration_s.unwrap_or(0.0);
        let mut structure = self.structure;
        credentials::validate(&self.file, &mut structure);
        Ok(Ended {
            source: self.file.describe(),
            stream,
            bitstream: Bitstream::default(),
            quantisation: Quantisation::default(),
            structure,
        })
    }

    /// Decodes what is left and says what was examined, and where the coded stream breaks off.
    ///
    /// # Errors
    ///
    /// [`Error::Changed`] if the file is another than at the start, [`Error::NoAudio`] if nothing
    /// decoded.
    pub fn finish(mut self) -> Result<Ended> {
        while self.next_block()?.is_some() {}
        self.file.check_unchanged()?;
        let (mut info, mut work) = (self.info, self.work);
        self.feed.describe(&mut work, &mut info);
        let totals = work.trim.totals();
        let rate = f64::from(info.sample_rate_hz);
        if totals.emitted == 0 {
            let what = work.log.first().unwrap_or("all of it is declared to be padding").to_owned();
            return Err(Error::NoAudio { what });
        }
        info.duration_s = totals.emitted as f64 / rate;
        info.untrimmed_duration_s = totals.decoded as f64 / rate;
        info.start_trim_samples = totals.start;
        info.end_trim_samples = totals.end;
        info.presentation_end_s = totals.presentation_end.map(|frame| frame as f64 / rate);
        if let Some(end_s) = info.presentation_end_s {
            work.log.warn(format!(
                "{:.3} s of audio lie after the declared end at {end_s:.3} s and are examined too",
                info.duration_s - end_s
            ));
        }
        if self.non_finite > 0 {
            work.log.warn(format!(
                "{} samples are no finite numbers or lie far beyond full scale, and count as 0",
                self.non_finite
            ));
        }
        let now = work.now();
        let bitstream = work.watch.finish(now, totals, rate);
        let (damage, warnings) = work.log.finish();
        info.damage = damage;
        info.warnings.extend(warnings);
        let mut source = self.file.describe();
        source.pcm_format = Some(self.hash.format.name().into());
        let (sha256, md5) = self.hash.finish();
        source.pcm_sha256 = Some(sha256);
        let mut structure = self.structure;
        checks::compare(&mut structure, &info, md5.as_deref());
        credentials::validate(&self.file, &mut structure);
        if let Some(Foreign { offset, bytes, what }) = work.foreign {
            structure.foreign(offset, bytes, "at the end", what);
        }
        let quantisation = work.quantisation;
        Ok(Ended { source, stream: info, bitstream, quantisation, structure })
    }
}

/// Magnitude beyond which a float is no sample, full scale being 1: floats at the scale of 16-bit
/// integers lie below, and squares and sums of what lies below stay finite.
const MAX_MAGNITUDE: f32 = 65_536.0;

/// Sets NaN, infinities and magnitudes beyond [`MAX_MAGNITUDE`] to 0; how many there were.
fn zero_non_finite(channels: &mut [Vec<f32>]) -> u64 {
    let mut count = 0;
    for channel in channels {
        // Without branches first: such samples are rare, and this loop runs over all of them.
        if channel.iter().fold(true, |all, s| all & (s.abs() <= MAX_MAGNITUDE)) {
            continue;
        }
        for sample in channel {
            if sample.is_nan() || sample.abs() > MAX_MAGNITUDE {
                *sample = 0.0;
                count += 1;
            }
        }
    }
    count
}

/// The name of a container as people know it.
fn container_name(kind: FileKind, reader: &mut ByteReader, info: &StreamInfo) -> Result<String> {
    let mut head = [0; 64];
    let count = reader.read_at(0, &mut head)?;
    let holds = |text: &[u8]| head[..count].windows(text.len()).any(|w| w == text);
    Ok(match kind {
        FileKind::Mpeg => info.codec.clone(),
        FileKind::Matroska if holds(b"webm") => "WebM".into(),
        FileKind::IsoBmff if head[4..8] != *b"ftyp" || head[8..12] == *b"qt  " => {
            "QuickTime".into()
        }
        FileKind::IsoBmff if head[8..10] == *b"3g" => "3GP".into(),
        FileKind::IsoBmff => "MP4".into(),
        other => other.name().into(),
    })
}

#[cfg(test)]
#[path = "clip_tests.rs"]
mod tests;
