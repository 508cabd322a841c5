//! Packets from the demuxers of the symphonia library, chosen by kind and never by probing.

use symphonia::core::codecs::CodecParameters;
use symphonia::core::errors::Error as LibraryError;
use symphonia::core::formats::{FormatOptions, FormatReader, Track};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::default::formats::{MkvReader, MpaReader, OggReader};

use super::codec_ids::{has_decoder, id_to_codec};
use super::matroska;
use super::opus_head::OpusHead;
use super::packet::{Next, Packet, PacketSource, TrackSetup};
use super::source::{FileRange, OpenFile};
use crate::container::{ByteReader, Codec};
use crate::error::{Error, Result};

/// Failures in a row after which a demuxer that still delivers nothing is given up.
const MAX_FAILURES: u32 = 3;

/// A demuxer of the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Demuxer {
    /// OGG.
    Ogg,
    /// Matroska and WebM.
    Matroska,
    /// MPEG audio frames.
    Mpeg,
}

impl Demuxer {
    fn name(self) -> &'static str {
        match self {
            Self::Ogg => "OGG",
            Self::Matroska => "Matroska",
            Self::Mpeg => "MPEG audio",
        }
    }

    fn open(
        self,
        stream: MediaSourceStream<'static>,
    ) -> std::result::Result<Box<dyn FormatReader>, LibraryError> {
        let options = FormatOptions::default();
        Ok(match self {
            Self::Ogg => Box::new(OggReader::try_new(stream, options)?),
            Self::Matroska => Box::new(MkvReader::try_new(stream, options)?),
            Self::Mpeg => Box::new(MpaReader::try_new(stream, options)?),
        })
    }
}

/// A track of the file as the demuxer sees it.
#[derive(Debug)]
pub(super) struct DemuxTrack {
    id: u32,
    /// What a decoder needs.
    pub(super) setup: TrackSetup,
    /// ISO 639 language.
    pub(super) language: Option<String>,
}

/// One track's packets.
pub(super) struct DemuxSource {
    demuxer: Demuxer,
    reader: Box<dyn FormatReader>,
    /// Audio tracks in file order.
    pub(super) tracks: Vec<DemuxTrack>,
    /// Duration of the whole file in seconds, where it is declared.
    pub(super) declared_s: Option<f64>,
    id: u32,
    failures: u32,
    /// Whether the end of the file inside an element was reported, or is the end.
    cut_off: bool,
}

impl DemuxSource {
    /// Opens the `len` bytes from `start`.
    ///
    /// # Errors
    ///
    /// [`Error::Malformed`] with what the library says.
    pub(super) fn open(demuxer: Demuxer, file: &OpenFile, start: u64, len: u64) -> Result<Self> {
        // Seekable sources make the readers look at the end of the file first, which fails on files
        // that were cut; MPEG readers would only estimate a duration there.
        let tries: &[bool] = if demuxer == Demuxer::Mpeg { &[false] } else { &[true, false] };
        let mut first_error = None;
        for &seekable in tries {
            let range = FileRange::new(file.handle()?, start, len, seekable);
            let stream =
                MediaSourceStream::new(Box::new(range), MediaSourceStreamOptions::default());
            let outcome = super::guard::guarded(|| demuxer.open(stream))
                .and_then(|r| r.map_err(|e| e.to_string()));
            match outcome {
                Ok(reader) => {
                    let mut source = Self::over(demuxer, reader);
                    if demuxer == Demuxer::Matroska {
                        let mut bytes = ByteReader::new(&file.path, file.handle()?)?;
                        source.cut_off = matroska::is_open_ended(&mut bytes)?;
                    }
                    return Ok(source);
                }
                Err(e) => first_error = first_error.or(Some(e)),
            }
        }
        let what = first_error.unwrap_or_else(|| "it does not open".into());
        Err(Error::Malformed { format: demuxer.name(), offset: start, what })
    }

    fn over(demuxer: Demuxer, reader: Box<dyn FormatReader>) -> Self {
        let tracks = audio_tracks(demuxer, reader.tracks());
        let info = reader.media_info();
        let declared_s = info
            .time_base
            .zip(info.duration)
            .map(|(base, ticks)| base.calc_duration_saturating(ticks).as_secs_f64())
            .filter(|s| *s > 0.0);
        Self { demuxer, reader, tracks, declared_s, id: 0, failures: 0, cut_off: false }
    }

    /// The number of the chosen track in its container.
    pub(super) fn id(&self) -> u32 {
        self.id
    }

    /// Chooses the track that packets are wanted of.
    pub(super) fn select(&mut self, index: usize) {
        if let Some(track) = self.tracks.get(index) {
            self.id = track.id;
        }
    }

    /// After a reset: the same place in the new list of tracks, or the first decodable one.
    fn next_stream(&mut self) -> Option<TrackSetup> {
        let old = self.tracks.iter().position(|t| t.id == self.id).unwrap_or(0);
        self.tracks = audio_tracks(self.demuxer, self.reader.tracks());
        let same = self.tracks.get(old).filter(|t| has_decoder(t.setup.codec));
        let track = same.or_else(|| self.tracks.iter().find(|t| has_decoder(t.setup.codec)))?;
        self.id = track.id;
        Some(track.setup.clone())
    }
}

impl PacketSource for DemuxSource {
    fn next(&mut self, packet: &mut Packet) -> std::result::Result<Next, String> {
        loop {
            match self.reader.next_packet() {
                Ok(Some(found)) => {
                    self.failures = 0;
                    if found.track_id != self.id {
                        continue;
                    }
                    // The count of a LAME tag must not hide a second file joined behind the first,
                    // so only OGG, where the last page itself says where it ends, is heard here.
                    let trims = self.demuxer == Demuxer::Ogg;
                    packet.beyond = if trims { found.trim_end.get() } else { 0 };
                    packet.frames = found.block_dur().get();
                    packet.offset = None;
                    packet.data = found.data.into_vec();
                    return Ok(Next::Packet);
                }
                Ok(None) => return Ok(Next::End(None)),
                Err(LibraryError::ResetRequired) => {
                    return match self.next_stream() {
                        Some(setup) => Ok(Next::NewStream(Box::new(setup))),
                        None => Ok(Next::End(Some("the next stream holds no audio".into()))),
                    };
                }
                Err(LibraryError::IoError(e)) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
                    // Live OGG streams end like this too; a Matroska file that does is cut off.
                    let cut_off = self.demuxer == Demuxer::Matroska && !self.cut_off;
                    self.cut_off |= cut_off;
                    if cut_off {
                        let what = "the file ends inside an element".into();
                        return Ok(Next::Damaged { offset: None, what });
                    }
                    let unmarked = self.demuxer == Demuxer::Ogg;
                    return Ok(Next::End(
                        unmarked.then(|| "no page is marked as the stream's last".into()),
                    ));
                }
                Err(LibraryError::IoError(e)) => return Err(e.to_string()),
                Err(e) => {
                    self.failures += 1;
                    if self.failures > MAX_FAILURES {
                        return Err(e.to_string());
                    }
                    return Ok(Next::Damaged { offset: None, what: e.to_string() });
                }
            }
        }
    }
}

fn audio_tracks(demuxer: Demuxer, tracks: &[Track]) -> Vec<DemuxTrack> {
    tracks.iter().filter_map(|track| audio_track(demuxer, track)).collect()
}

fn audio_track(demuxer: Demuxer, track: &Track) -> Option<DemuxTrack> {
    let params = match &track.codec_params {
        Some(CodecParameters::Audio(params)) => params.clone(),
        _ => return None,
    };
    let codec = id_to_codec(params.codec);
    let mut setup = TrackSetup::new(codec, params);
    match (demuxer, codec) {
        (_, Codec::Opus) => {
            let head = OpusHead::parse(setup.config());
            setup.start_trim = head.map_or(0, |head| u64::from(head.pre_skip));
        }
        (Demuxer::Mpeg, _) => {
            setup.start_trim = u64::from(track.delay.unwrap_or(0));
            setup.presentation = track.num_frames;
        }
        _ => {}
    }
    setup.declared_s = setup.presentation.map(|n| n as f64 / f64::from(setup.rate_hz().max(1)));
    let language = track.language.clone().filter(|l| l != "und");
    Some(DemuxTrack { id: track.id, setup, language })
}
