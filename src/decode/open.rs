//! From the kind of a file to packets and the decoder they need.

use symphonia::core::codecs::audio::AudioCodecParameters;

use super::adts::AdtsSource;
use super::codec_ids::{codec_name, has_decoder};
use super::demux::{DemuxSource, Demuxer};
use super::flac::FlacSource;
use super::mpeg::{MpegCodec, lame_writer};
use super::native::Native;
use super::open_plan::open_plan;
use super::opus::OpusCodec;
use super::packet::{PacketDecoder, PacketSource, TrackSetup};
use super::pcm::PcmCodec;
use super::source::OpenFile;
use super::speech::{AmrCodec, GsmCodec};
use super::symphonia_codec::SymphoniaCodec;
use super::table::{FixedSource, PaddedEnd};
use super::{OpenOptions, StreamInfo, TrackInfo, aac, encoder, matroska};
use crate::container::continuity::{Walked, walk_mpeg, walk_ogg};
use crate::container::{ByteReader, Codec, FileKind, walk};
use crate::error::{Error, Result};

/// Lowest rate of coded audio in bit/s: silence that an encoder sends as empty frames.
const MIN_BIT_RATE: f64 = 200.0;

/// Bytes read to find the first MPEG frame's writer tag.
const MPEG_HEAD_BYTES: usize = 4096;

/// A source with what is known of its stream before anything is decoded.
pub(super) struct Opened {
    pub(super) native: Native,
    pub(super) info: StreamInfo,
    /// Breaks of the coded stream that its walker saw.
    pub(super) walked: Walked,
}

/// Opens a file that a decoder in this program reads.
///
/// # Errors
///
/// [`Error::Unsupported`] if none does, [`Error::Malformed`], [`Error::NoAudio`] if the file has no
/// audio track, [`Error::Argument`] if the wanted one is not there.
pub(super) fn open_native(
    file: &OpenFile,
    reader: &mut ByteReader,
    kind: FileKind,
    options: &OpenOptions,
) -> Result<Opened> {
    if let Some(plan) = walk(kind, reader)? {
        return open_plan(file, plan, options);
    }
    let track = options.track;
    match kind {
        FileKind::Flac => choose(&[Codec::Flac], track)?,
        FileKind::Adts => choose(&[Codec::Aac], track)?,
        FileKind::GsmRaw => choose(&[Codec::Gsm], track)?,
        _ => 0,
    };
    match kind {
        FileKind::Ogg => open_demuxed(file, reader, kind, Demuxer::Ogg, options),
        FileKind::Matroska => open_demuxed(file, reader, kind, Demuxer::Matroska, options),
        FileKind::Flac => open_flac(file, reader),
        FileKind::Mpeg => open_demuxed(file, reader, kind, Demuxer::Mpeg, options),
        FileKind::Adts => {
            let start = id3v2_end(reader)?;
            let source = adts_source(file, start, file.len().saturating_sub(start))?;
            let mut setup = TrackSetup::new(Codec::Aac, AudioCodecParameters::new());
            setup.adts = true;
            let info = StreamInfo { tracks: vec![only_track("AAC", 0, 0)], ..Default::default() };
            finish(file, Box::new(source), setup, info)
        }
        FileKind::GsmRaw => {
            let mut params = AudioCodecParameters::new();
            params.with_sample_rate(8_000);
            let setup = TrackSetup::new(Codec::Gsm, params);
            let source = FixedSource::new(file, (0, file.len()), 33, 160)?;
            let tracks = vec![only_track("GSM 06.10", 8_000, 1)];
            finish(file, Box::new(source), setup, StreamInfo { tracks, ..Default::default() })
        }
        _ => Err(Error::Unsupported { what: kind.name().into(), hint: None }),
    }
}

/// The decoder of a track whose packets need no looking into.
///
/// # Errors
///
/// [`Error::Unsupported`] if there is none.
pub(super) fn decoder_for(setup: &TrackSetup) -> Result<Box<dyn PacketDecoder>> {
    Ok(match setup.codec {
        Codec::Pcm(format) => Box::new(PcmCodec::new(format, setup)),
        Codec::Opus => Box::new(OpusCodec::new(setup)?),
        Codec::AmrNb => Box::new(AmrCodec::new(false)?),
        Codec::AmrWb => Box::new(AmrCodec::new(true)?),
        Codec::Gsm => Box::new(GsmCodec::new(false, setup.rate_hz())),
        Codec::GsmMs => Box::new(GsmCodec::new(true, setup.rate_hz())),
        Codec::Mp1 | Codec::Mp2 | Codec::Mp3 => Box::new(MpegCodec::new()),
        _ => Box::new(SymphoniaCodec::new(setup)?),
    })
}

pub(super) fn finish(
    file: &OpenFile,
    source: Box<dyn PacketSource>,
    setup: TrackSetup,
    mut info: StreamInfo,
) -> Result<Opened> {
    let (decoder, source) = if setup.codec == Codec::Aac {
        let chosen = aac::choose(&setup, source)?;
        info.warnings.extend(chosen.warning);
        (chosen.decoder, chosen.source)
    } else {
        (decoder_for(&setup)?, source)
    };
    info.codec = codec_name(setup.codec);
    info.lossless = super::codec_ids::is_lossless(setup.codec);
    let by_size = file.len() as f64 * 8.0 / MIN_BIT_RATE;
    let bound_s = by_size.max(setup.declared_s.unwrap_or(0.0));
    let native = Native::new(source, decoder, setup, bound_s);
    info.decoder = native.decoder_info();
    Ok(Opened { native, info, walked: Walked::default() })
}

/// The index of the wanted track, or of the first one that decodes.
pub(super) fn choose(codecs: &[Codec], wanted: Option<usize>) -> Result<usize> {
    if codecs.is_empty() {
        return Err(Error::NoAudio { what: "the file has no audio track".into() });
    }
    match wanted {
        Some(index) if index < codecs.len() => Ok(index),
        Some(index) => Err(Error::Argument {
            what: format!("there is no audio track {index}, the file has {}", codecs.len()),
        }),
        None => Ok(codecs.iter().position(|c| has_decoder(*c)).unwrap_or(0)),
    }
}

pub(super) fn refuse(codec: Codec) -> Error {
    Error::Unsupported { what: format!("audio coded as {}", codec_name(codec)), hint: None }
}

/// An error that names the codec of an OGG file that no decoder here knows.
fn unknown_ogg(reader: &mut ByteReader, kind: FileKind) -> Result<Option<Error>> {
    let mut head = [0; 256];
    let count = reader.read_at(0, &mut head)?;
    let holds = |magic: &[u8]| head[..count].windows(magic.len()).any(|w| w == magic);
    let known = [(&b"Speex   "[..], "Speex"), (b"PCM     ", "OGG PCM"), (b"CELT    ", "CELT")];
    let found = known.iter().find(|(magic, _)| holds(magic));
    Ok(found.filter(|_| kind == FileKind::Ogg).map(|(_, name)| refuse(Codec::Other(name))))
}

fn only_track(codec: &str, sample_rate_hz: u32, channels: u16) -> TrackInfo {
    TrackInfo {
        track: 0,
        codec: codec.into(),
        sample_rate_hz,
        channels,
        language: None,
        examined: true,
    }
}

fn open_demuxed(
    file: &OpenFile,
    reader: &mut ByteReader,
    kind: FileKind,
    demuxer: Demuxer,
    options: &OpenOptions,
) -> Result<Opened> {
    let start = if kind == FileKind::Mpeg { id3v2_end(reader)? } else { 0 };
    let len = file.len().saturating_sub(start);
    let opened = DemuxSource::open(demuxer, file, start, len);
    let mut source = match opened {
        // The library passes over streams it does not know, and finds an empty file.
        Err(e) => return Err(unknown_ogg(reader, kind)?.unwrap_or(e)),
        Ok(source) if source.tracks.is_empty() => {
            let none = Error::NoAudio { what: "the file has no audio track".into() };
            return Err(unknown_ogg(reader, kind)?.unwrap_or(none));
        }
        Ok(source) => source,
    };
    let codecs: Vec<Codec> = source.tracks.iter().map(|t| t.setup.codec).collect();
    let index = choose(&codecs, options.track)?;
    let tracks = source
        .tracks
        .iter()
        .enumerate()
        .map(|(i, t)| TrackInfo {
            track: i,
            codec: codec_name(t.setup.codec),
            sample_rate_hz: t.setup.rate_hz(),
            channels: t.setup.channels() as u16,
            language: t.language.clone(),
            examined: i == index,
        })
        .collect();
    if !has_decoder(codecs[index]) {
        return Err(refuse(codecs[index]));
    }
    source.select(index);
    let setup = source.tracks[index].setup.clone();
    let encoder = match demuxer {
        Demuxer::Mpeg => mpeg_writer(reader, start)?,
        _ => encoder::named_encoder(reader, kind)?,
    };
    let bits = setup.params.bits_per_sample.filter(|_| super::codec_ids::is_lossless(setup.codec));
    let info = StreamInfo {
        tracks,
        encoder,
        declared_duration_s: setup.declared_s.or(source.declared_s),
        bits_per_sample: bits.map(|b| b as u16),
        ..Default::default()
    };
    let padding_ns = match demuxer {
        Demuxer::Matroska => matroska::end_padding_ns(reader, source.id())?,
        _ => 0,
    };
    let mut source: Box<dyn PacketSource> = Box::new(source);
    if padding_ns > 0 {
        // Opus counts at 48 kHz whatever the track declares.
        let rate = if setup.codec == Codec::Opus { 48_000 } else { setup.rate_hz() };
        let frames = u128::from(padding_ns) * u128::from(rate) / 1_000_000_000;
        source = Box::new(PaddedEnd::new(source, frames as u64));
    }
    let walked = match demuxer {
        _ if !options.continuity => Walked::default(),
        Demuxer::Mpeg => walk_mpeg(reader, start, len)?,
        // Only the first stream with audio is followed.
        Demuxer::Ogg if index == 0 => walk_ogg(reader)?,
        _ => Walked::default(),
    };
    Ok(Opened { walked, ..finish(file, source, setup, info)? })
}

fn open_flac(file: &OpenFile, reader: &mut ByteReader) -> Result<Opened> {
    let start = id3v2_end(reader)?;
    let inner = ByteReader::new(&file.path, file.handle()?)?;
    let (source, setup) = FlacSource::open(inner, start)?;
    let info = StreamInfo {
        tracks: vec![only_track("FLAC", setup.rate_hz(), setup.channels() as u16)],
        encoder: encoder::named_encoder(reader, FileKind::Flac)?,
        declared_duration_s: setup.declared_s,
        bits_per_sample: setup.params.bits_per_sample.map(|b| b as u16),
        ..Default::default()
    };
    finish(file, Box::new(source), setup, info)
}

pub(super) fn adts_source(file: &OpenFile, start: u64, len: u64) -> Result<AdtsSource> {
    Ok(AdtsSource::new(ByteReader::new(&file.path, file.handle()?)?, start, len))
}

pub(super) fn mpeg_writer(reader: &mut ByteReader, start: u64) -> Result<Option<String>> {
    let mut head = vec![0; MPEG_HEAD_BYTES];
    let count = reader.read_at(start, &mut head)?;
    Ok(lame_writer(&head[..count]))
}

/// First byte after the ID3v2 tags at the start of the file.
fn id3v2_end(reader: &mut ByteReader) -> Result<u64> {
    let mut at = 0u64;
    while let Some([b'I', b'D', b'3', _, _, flags, size @ ..]) = reader.array_at::<10>(at)? {
        let body = size.iter().fold(0u64, |sum, &b| sum << 7 | u64::from(b & 0x7F));
        at += 10 + body + if flags & 0x10 != 0 { 10 } else { 0 };
    }
    Ok(if at < reader.len() { at } else { 0 })
}
