//! From a container plan to packets and the decoder they need.

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::AudioCodecParameters;

use super::codec_ids::{codec_name, codec_to_id, has_decoder};
use super::demux::{DemuxSource, Demuxer};
use super::open::{Opened, adts_source, choose, finish, mpeg_writer, refuse};
use super::packet::{PacketSource, TrackSetup};
use super::source::OpenFile;
use super::table::{FixedSource, IMA_QT_FRAMES, TableSource, max_packet_frames};
use super::{OpenOptions, StreamInfo, TrackInfo};
use crate::container::continuity::walk_mpeg;
use crate::container::{ByteReader, Codec, Packets, Plan, TrackPlan};
use crate::error::Result;

/// Opens a track of a container plan.
///
/// # Errors
///
/// As for [`super::open::open_native`].
pub(super) fn open_plan(file: &OpenFile, plan: Plan, options: &OpenOptions) -> Result<Opened> {
    let codecs: Vec<Codec> = plan.tracks.iter().map(|t| t.codec).collect();
    let index = choose(&codecs, options.track)?;
    let tracks = plan
        .tracks
        .iter()
        .enumerate()
        .map(|(i, t)| TrackInfo {
            track: i,
            codec: codec_name(t.codec),
            sample_rate_hz: t.sample_rate_hz,
            channels: t.channels,
            language: t.language.clone(),
            examined: i == index,
        })
        .collect();
    let chosen = plan.tracks.into_iter().nth(index).ok_or_else(|| refuse(codecs[index]))?;
    if !has_decoder(chosen.codec) {
        return Err(refuse(chosen.codec));
    }
    let info = StreamInfo {
        tracks,
        encoder: plan.encoder,
        declared_duration_s: chosen.declared_duration_s,
        bits_per_sample: chosen.bits_per_sample,
        warnings: plan.warnings,
        ..Default::default()
    };
    open_track(file, chosen, info, options)
}

fn open_track(
    file: &OpenFile,
    track: TrackPlan,
    mut info: StreamInfo,
    options: &OpenOptions,
) -> Result<Opened> {
    let mut setup = TrackSetup::new(track.codec, plan_params(&track));
    setup.trim_rate_hz = track.sample_rate_hz;
    setup.start_trim = track.start_trim_frames;
    setup.presentation = track.presentation_frames;
    setup.declared_s = track.declared_duration_s;
    let mut walked = track.walked;
    let source: Box<dyn PacketSource> = match track.packets {
        Packets::Fixed { start, len, block_bytes, frames_per_block } => {
            Box::new(FixedSource::new(file, (start, len), block_bytes, frames_per_block)?)
        }
        Packets::Table(entries) => {
            Box::new(TableSource::new(file, entries, track.codec, track.channels)?)
        }
        Packets::Elementary { start, len } if track.codec == Codec::Aac => {
            setup.adts = true;
            Box::new(adts_source(file, start, len)?)
        }
        Packets::Elementary { start, len } => {
            let mut source = DemuxSource::open(Demuxer::Mpeg, file, start, len)?;
            source.select(0);
            let mut reader = ByteReader::new(&file.path, file.handle()?)?;
            if options.continuity {
                walked = walk_mpeg(&mut reader, start, len)?;
            }
            info.encoder = info.encoder.or(mpeg_writer(&mut reader, start)?);
            if let Some(inner) = source.tracks.first() {
                setup.codec = inner.setup.codec;
                setup.start_trim = inner.setup.start_trim;
                setup.presentation = inner.setup.presentation.or(setup.presentation);
            }
            Box::new(source)
        }
    };
    Ok(Opened { walked, ..finish(file, source, setup, info)? })
}

fn plan_params(track: &TrackPlan) -> AudioCodecParameters {
    let mut params = AudioCodecParameters::new();
    params.for_codec(codec_to_id(track.codec));
    if track.sample_rate_hz > 0 {
        params.with_sample_rate(track.sample_rate_hz);
    }
    if track.channels > 0 {
        params.with_channels(Channels::Discrete(track.channels));
    }
    if !track.config.is_empty() {
        params.with_extra_data(track.config.clone().into_boxed_slice());
    }
    match track.packets {
        Packets::Fixed { block_bytes, frames_per_block, .. } => {
            params.with_max_frames_per_packet(max_packet_frames(block_bytes, frames_per_block));
            params.with_frames_per_block(u64::from(frames_per_block));
        }
        _ if track.codec == Codec::AdpcmImaQt => {
            params.with_max_frames_per_packet(64 * u64::from(IMA_QT_FRAMES));
            params.with_frames_per_block(u64::from(IMA_QT_FRAMES));
        }
        _ => {}
    }
    params
}
