//! Sample entries whose blocks all have one size: PCM, G.711, ADPCM and GSM.

use super::sample_entry::{Entry, Raw};
use crate::container::{Codec, PcmFormat};

/// Fills `entry` if the raw entry is of a codec with blocks of one size; `false` if it is not.
pub(super) fn describe(raw: &Raw, entry: &mut Entry) -> bool {
    let channels = raw.channels;
    if let Some((format, bits)) = pcm_format(raw) {
        entry.codec = Codec::Pcm(format);
        entry.bits_per_sample = Some(bits);
        entry.block = Some((u32::from(format.bytes).saturating_mul(channels), 1));
        return entry.block.is_some_and(|(bytes, _)| bytes > 0);
    }
    let (codec, block) = match &raw.kind {
        b"alaw" => (Codec::ALaw, (channels, 1)),
        b"ulaw" => (Codec::MuLaw, (channels, 1)),
        // 34 bytes and 64 frames per channel (QuickTime File Format, "IMA 4:1").
        b"ima4" => (Codec::AdpcmImaQt, (channels.saturating_mul(34), 64)),
        b"agsm" => (Codec::Gsm, (33, 160)),
        b"ms\0\x02" => (Codec::AdpcmMs, wav_block(raw, 7, 2)),
        b"ms\0\x11" => (Codec::AdpcmImaWav, wav_block(raw, 4, 1)),
        b"ms\0\x31" => (Codec::GsmMs, (65, 320)),
        _ => return false,
    };
    if block.0 == 0 || block.1 == 0 {
        return false;
    }
    entry.codec = codec;
    entry.block = Some(block);
    true
}

/// Block of a WAV codec in QuickTime: version 1 has its frames and the bytes of one channel, and a
/// `WAVEFORMATEX` in the `wave` box has its bytes.
fn wav_block(raw: &Raw, header: u32, header_frames: u32) -> (u32, u32) {
    let (frames, bytes) = raw.packet.unwrap_or((0, 0));
    let channels = raw.channels.max(1);
    let expected = frames.saturating_sub(header_frames) / 2 + header;
    let block_bytes = if bytes == expected { bytes.saturating_mul(channels) } else { bytes };
    let align = raw.child(&raw.kind).and_then(|wfx| {
        Some(u32::from(u16::from_le_bytes([*wfx.get(12)?, *wfx.get(13)?]))).filter(|&a| a > 0)
    });
    let block_bytes = align.unwrap_or(block_bytes);
    let Some(body) = block_bytes.checked_sub(header.saturating_mul(channels)) else {
        return (0, 0);
    };
    let most = body.saturating_mul(2) / channels + header_frames;
    (block_bytes, if (1..=most).contains(&frames) { frames } else { most })
}

/// Layout of a sample and its significant bits, for uncompressed kinds.
fn pcm_format(raw: &Raw) -> Option<(PcmFormat, u16)> {
    let little = raw.child(b"enda").is_some_and(|body| body.get(..2) == Some(&[0, 1]));
    let int = |bytes, big_endian| PcmFormat { bytes, float: false, unsigned: false, big_endian };
    let float = |bytes, big_endian| PcmFormat { bytes, float: true, unsigned: false, big_endian };
    let width = raw.bits.div_ceil(8).clamp(1, 4) as u8;
    let format = match &raw.kind {
        b"twos" => int(width, true),
        b"sowt" => int(width, false),
        b"raw " => PcmFormat { unsigned: width == 1, ..int(width, true) },
        b"NONE" | b"\0\0\0\0" => PcmFormat { unsigned: width == 1, ..int(width, true) },
        b"in24" => int(3, !little),
        b"in32" => int(4, !little),
        b"fl32" => float(4, !little),
        b"fl64" => float(8, !little),
        b"s16l" => int(2, false),
        b"lpcm" => {
            let (is_float, big, signed) =
                (raw.lpcm_flags & 1 != 0, raw.lpcm_flags & 2 != 0, raw.lpcm_flags & 4 != 0);
            // A packet is one frame here, and may be wider than its bits.
            let packet_bytes = raw.packet.map_or(0, |(_, bytes)| bytes);
            let wide = packet_bytes.checked_div(raw.channels).unwrap_or(0);
            let bytes = match wide {
                1..=8 => wide as u8,
                _ => raw.bits.div_ceil(8).clamp(1, 8) as u8,
            };
            PcmFormat { bytes, float: is_float, unsigned: !signed && !is_float, big_endian: big }
        }
        b"ipcm" | b"fpcm" => {
            let config = raw.child(b"pcmC")?;
            let (flags, bits) = (*config.get(4)?, *config.get(5)?);
            let bytes = bits.div_ceil(8);
            let is_float = &raw.kind == b"fpcm";
            PcmFormat { bytes, float: is_float, unsigned: false, big_endian: flags & 1 == 0 }
        }
        _ => return None,
    };
    let allowed: &[u8] = if format.float { &[4, 8] } else { &[1, 2, 3, 4] };
    let width_bits = u16::from(format.bytes) * 8;
    let bits = u16::try_from(raw.bits).unwrap_or(0);
    let fixed = matches!(&raw.kind, b"in24" | b"in32" | b"fl32" | b"fl64" | b"s16l" | b"fpcm");
    let bits = if fixed || bits == 0 || bits > width_bits { width_bits } else { bits };
    allowed.contains(&format.bytes).then_some((format, bits))
}
