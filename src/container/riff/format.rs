//! The `fmt ` chunk: codec, rate, channels and block layout.

use super::{be_u32, le_u32, malformed};
use crate::container::fields::{be_u16, le_u16};
use crate::container::limits::check_stream;
use crate::container::{Codec, PcmFormat};
use crate::error::Result;

/// Bytes 2.. of the GUIDs that stand for a format tag in WAVE_FORMAT_EXTENSIBLE.
const TAG_GUID_TAIL: [u8; 14] = *b"\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71";

/// The same for the ambisonic B-format sub-types.
const AMBISONIC_GUID_TAIL: [u8; 14] = *b"\0\0\x21\x07\xD3\x11\x86\x44\xC8\xC1\xCA\0\0\0";

/// Tag of WAVE_FORMAT_EXTENSIBLE.
const EXTENSIBLE: u16 = 0xFFFE;

/// The seven coefficient pairs every MS ADPCM file has (Microsoft, "New Multimedia Data Types",
/// 1994); decoders build them in.
const MS_COEFFICIENTS: [i16; 14] = [256, 0, 512, -256, 0, 0, 192, 64, 240, 0, 460, -208, 392, -232];

/// What a `fmt ` chunk says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Format {
    pub(super) codec: Codec,
    pub(super) sample_rate_hz: u32,
    pub(super) channels: u16,
    /// Significant bits of a sample of fixed width.
    pub(super) bits_per_sample: Option<u16>,
    /// Declared mean rate in bytes per second.
    pub(super) bytes_per_s: u32,
    /// Bytes and sample frames of a block; `None` where packets are not of one size.
    pub(super) block: Option<(u32, u32)>,
}

/// Fields of the chunk as they stand there.
struct Raw {
    tag: u16,
    channels: u16,
    block_align: u16,
    bits: u16,
    valid_bits: u16,
    /// First field of the extension: samples per block, MPEG layer.
    extension: u16,
    big_endian: bool,
    offset: u64,
}

impl Format {
    /// Reads the chunk body that starts at `offset` of the file.
    pub(super) fn read(
        body: &[u8],
        offset: u64,
        big_endian: bool,
        warnings: &mut Vec<String>,
    ) -> Result<Self> {
        let u16_at = |at| if big_endian { be_u16(body, at) } else { le_u16(body, at) };
        let u32_at = |at| if big_endian { be_u32(body, at) } else { le_u32(body, at) };
        let head = (u16_at(0), u16_at(2), u32_at(4), u32_at(8), u16_at(12));
        let (Some(tag), Some(channels), Some(rate), Some(bytes_per_s), Some(block_align)) = head
        else {
            return Err(malformed("WAV", offset, "the `fmt ` chunk is cut"));
        };
        let bits = u16_at(14).unwrap_or(0);
        let mut raw = Raw {
            tag,
            channels,
            block_align,
            bits,
            valid_bits: bits,
            extension: u16_at(18).unwrap_or(0),
            big_endian,
            offset,
        };
        if tag == EXTENSIBLE {
            raw.valid_bits = u16_at(18).filter(|&valid| valid != 0).unwrap_or(bits);
            raw.tag = match (u16_at(24), body.get(26..40)) {
                (Some(sub), Some(tail)) if tail == TAG_GUID_TAIL || tail == AMBISONIC_GUID_TAIL => {
                    sub
                }
                _ => EXTENSIBLE,
            };
        }
        check_stream(rate, u32::from(channels), offset)?;
        if raw.tag == 2 && !has_usual_coefficients(body) {
            warnings.push(format!(
                "the MS ADPCM coefficients in the `fmt ` chunk at byte {offset} are not the usual \
                 ones; decoded samples may be wrong"
            ));
        }
        let (codec, block) = raw.codec()?;
        let bits_per_sample = match codec {
            Codec::Pcm(_) => Some(raw.valid_bits),
            _ => None,
        };
        Ok(Self { codec, sample_rate_hz: rate, channels, bits_per_sample, bytes_per_s, block })
    }
}

impl Raw {
    fn codec(&mut self) -> Result<(Codec, Option<(u32, u32)>)> {
        let channels = u32::from(self.channels);
        let codec = match self.tag {
            1 | 3 => return Ok(self.pcm(self.tag == 3)),
            2 => {
                let block = self.adpcm_block(Codec::AdpcmMs, 7, 2)?;
                return Ok((Codec::AdpcmMs, Some(block)));
            }
            6 => return Ok((Codec::ALaw, Some((channels, 1)))),
            7 => return Ok((Codec::MuLaw, Some((channels, 1)))),
            0x11 => {
                let block = self.adpcm_block(Codec::AdpcmImaWav, 4, 1)?;
                return Ok((Codec::AdpcmImaWav, Some(block)));
            }
            0x31 => return Ok((Codec::GsmMs, Some((65, 320)))),
            0x50 if self.extension == 1 => Codec::Mp1,
            0x50 if self.extension & 4 != 0 => Codec::Mp3,
            0x50 => Codec::Mp2,
            0x55 => Codec::Mp3,
            0x1600 => Codec::Aac,
            tag => Codec::Other(tag_name(tag)),
        };
        Ok((codec, None))
    }

    /// Sample layout: the width comes from the block, since 20 bits may stand in 24 or 32.
    fn pcm(&mut self, float: bool) -> (Codec, Option<(u32, u32)>) {
        let (align, channels) = (self.block_align, self.channels);
        let from_bits = self.bits.div_ceil(8);
        let bytes = if align != 0 && align % channels == 0 { align / channels } else { from_bits };
        // A block align that cannot hold the bits was not written with care; the bits were.
        let bytes = if bytes < from_bits || bytes > 8 { from_bits } else { bytes };
        let allowed: &[u16] = if float { &[4, 8] } else { &[1, 2, 3, 4] };
        if !allowed.contains(&bytes) {
            return (Codec::Other("PCM of an unusual width"), None);
        }
        if self.valid_bits == 0 || self.valid_bits > bytes * 8 {
            self.valid_bits = bytes * 8;
        }
        let format = PcmFormat {
            bytes: bytes as u8,
            float,
            unsigned: bytes == 1,
            big_endian: self.big_endian,
        };
        (Codec::Pcm(format), Some((u32::from(bytes) * u32::from(channels), 1)))
    }

    /// Bytes and frames of an ADPCM block with `header` bytes per channel, which themselves carry
    /// `header_frames` frames; four bits for each further one.
    fn adpcm_block(&self, codec: Codec, header: u32, header_frames: u32) -> Result<(u32, u32)> {
        let (align, channels) = (u32::from(self.block_align), u32::from(self.channels));
        let Some(body) = align.checked_sub(header * channels) else {
            let what = format!("the block align is too small for {codec:?}: {align}");
            return Err(malformed("WAV", self.offset + 12, what));
        };
        let most = body * 2 / channels + header_frames;
        let declared = u32::from(self.extension);
        let frames = if (header_frames..=most).contains(&declared) { declared } else { most };
        Ok((align, frames))
    }
}

/// Whether an MS ADPCM extension has the usual coefficients, or none at all.
fn has_usual_coefficients(body: &[u8]) -> bool {
    let Some(table) = body.get(22..22 + 2 * MS_COEFFICIENTS.len()) else { return true };
    let words = table.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]]));
    words.eq(MS_COEFFICIENTS)
}

/// Names of format tags that no decoder here reads (`mmreg.h`, RFC 2361).
fn tag_name(tag: u16) -> &'static str {
    match tag {
        0x0010 | 0x0017 => "OKI ADPCM",
        0x0014 | 0x0040 => "G.721 or G.723 ADPCM",
        0x0020 => "Yamaha ADPCM",
        0x0022 => "TrueSpeech",
        0x0028 | 0x0065 | 0x028F => "G.722",
        0x0042 | 0x0111 => "G.723.1",
        0x0041 | 0x0083 | 0x0133 => "G.729",
        0x0045 | 0x0064 => "G.726",
        0x0061 | 0x0062 => "Duck DK ADPCM",
        0x0069 => "Xbox IMA ADPCM",
        0x0092 | 0x2000 => "AC-3",
        0x00FF => "AAC without framing",
        0x0130 => "ACELP",
        0x0160..=0x0163 => "WMA",
        0x0270 => "ATRAC3",
        0x0401 => "Intel Music Coder",
        0x0402 => "Indeo audio",
        0x1601 | 0x1602 => "AAC in LOAS frames",
        0x1610 => "HE-AAC without framing",
        0x2001 => "DTS",
        0x566F | 0x674F..=0x6771 => "Vorbis in WAV",
        0x704F => "Opus in WAV",
        0x7A21 | 0x7A22 => "AMR in WAV",
        0xA109 => "Speex",
        0xF1AC => "FLAC in WAV",
        EXTENSIBLE => "an unknown WAVE sub-format",
        _ => "an unknown WAVE format tag",
    }
}
