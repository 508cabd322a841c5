//! What stands in front of the first FLAC frame (RFC 9639, section 8).

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::AudioCodecParameters;

use super::codec_ids::codec_to_id;
use super::packet::TrackSetup;
use crate::container::limits::check_stream;
use crate::container::{ByteReader, Codec};
use crate::error::{Error, Result};

/// Metadata blocks in front of the first frame.
const MAX_BLOCKS: usize = 4_096;

/// Bytes of the STREAMINFO body.
pub(super) const STREAM_INFO_BYTES: usize = 34;

/// Magic in front of the metadata.
pub(super) const MAGIC: &[u8; 4] = b"fLaC";

/// The stream's parameters, and the offset of its first frame.
///
/// # Errors
///
/// [`Error::Malformed`] if the metadata is, [`Error::Limit`] for an impossible rate.
pub(super) fn read_metadata(reader: &mut ByteReader, start: u64) -> Result<(TrackSetup, u64)> {
    let malformed =
        |offset, what: &str| Error::Malformed { format: "FLAC", offset, what: what.into() };
    if reader.array_at::<4>(start)? != Some(*MAGIC) {
        return Err(malformed(start, "the magic bytes are missing"));
    }
    let mut at = start + 4;
    let mut setup = None;
    for _ in 0..MAX_BLOCKS {
        let head = reader.array_at::<4>(at)?.ok_or_else(|| malformed(at, "the metadata is cut"))?;
        let len = u64::from(u32::from_be_bytes([0, head[1], head[2], head[3]]));
        if head[0] & 0x7F == 0 {
            let info = reader.array_at::<STREAM_INFO_BYTES>(at + 4)?;
            let info = info.ok_or_else(|| malformed(at, "the STREAMINFO block is cut"))?;
            setup = Some(stream_setup(&info, at)?);
        }
        at += 4 + len;
        if head[0] & 0x80 != 0 {
            break;
        }
    }
    let setup = setup.ok_or_else(|| malformed(start, "there is no STREAMINFO block"))?;
    Ok((setup, at))
}

fn stream_setup(info: &[u8; STREAM_INFO_BYTES], offset: u64) -> Result<TrackSetup> {
    let mut word = [0; 8];
    word.copy_from_slice(&info[10..18]);
    let word = u64::from_be_bytes(word);
    let (rate_hz, channels) = ((word >> 44) as u32, (word >> 41 & 7) as u16 + 1);
    let (bits, frames) = ((word >> 36 & 31) as u32 + 1, word & 0xF_FFFF_FFFF);
    check_stream(rate_hz, u32::from(channels), offset)?;
    let mut params = AudioCodecParameters::new();
    params
        .for_codec(codec_to_id(Codec::Flac))
        .with_sample_rate(rate_hz)
        .with_channels(Channels::Discrete(channels))
        .with_bits_per_sample(bits)
        .with_extra_data(Box::new(*info));
    let mut setup = TrackSetup::new(Codec::Flac, params);
    setup.presentation = (frames > 0).then_some(frames);
    setup.declared_s = setup.presentation.map(|n| n as f64 / f64::from(rate_hz));
    Ok(setup)
}
