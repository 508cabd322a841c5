//! MPEG-4 descriptors: the `esds` payload and the AudioSpecificConfig inside.

use super::bits::{Bits, RATES_HZ};

/// What a DecoderConfigDescriptor says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DecoderConfig {
    /// objectTypeIndication, see <https://mp4ra.org/registered-types/object-types>.
    pub(super) object_type: u8,
    /// DecoderSpecificInfo: for AAC the AudioSpecificConfig.
    pub(super) specific: Vec<u8>,
}

/// The decoder configuration inside an ES descriptor (ISO/IEC 14496-1 section 7.2.6.5), or inside
/// a DecoderConfigDescriptor that stands alone.
pub(super) fn decoder_config(bytes: &[u8]) -> Option<DecoderConfig> {
    const ES: u8 = 3;
    const DECODER_CONFIG: u8 = 4;
    const DECODER_SPECIFIC: u8 = 5;
    let config = match descriptor(bytes)? {
        (DECODER_CONFIG, body, _) => body,
        (ES, body, _) => {
            let flags = *body.get(2)?;
            let mut at = 3;
            at += if flags & 0x80 != 0 { 2 } else { 0 };
            at += if flags & 0x40 != 0 { 1 + usize::from(*body.get(at)?) } else { 0 };
            at += if flags & 0x20 != 0 { 2 } else { 0 };
            find(body.get(at..)?, DECODER_CONFIG)?
        }
        _ => return None,
    };
    let specific = find(config.get(13..)?, DECODER_SPECIFIC).unwrap_or(&[]);
    Some(DecoderConfig { object_type: *config.first()?, specific: specific.to_vec() })
}

/// Body of the first descriptor with this tag.
fn find(mut bytes: &[u8], tag: u8) -> Option<&[u8]> {
    loop {
        let (found, body, rest) = descriptor(bytes)?;
        if found == tag {
            return Some(body);
        }
        bytes = rest;
    }
}

/// Tag, body and what follows; a body that claims more than there is ends with the bytes.
fn descriptor(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, mut rest) = bytes.split_first()?;
    let mut len = 0usize;
    for _ in 0..4 {
        let (&byte, after) = rest.split_first()?;
        rest = after;
        len = len << 7 | usize::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            break;
        }
    }
    let (body, after) = rest.split_at(len.min(rest.len()));
    Some((tag, body, after))
}

/// What an AudioSpecificConfig says (ISO/IEC 14496-3 section 1.6.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AudioConfig {
    /// Audio object type of the core: 2 for LC, 42 for USAC, 32 to 34 for MPEG layers 1 to 3.
    pub(super) object_type: u32,
    /// Sample rate of the core in Hz.
    pub(super) core_rate_hz: u32,
    /// Sample rate after spectral band replication, where that is announced.
    pub(super) sbr_rate_hz: Option<u32>,
    /// Channels of the output; 0 where the configuration leaves them to the stream.
    pub(super) channels: u16,
}

/// Reads an AudioSpecificConfig as far as rate and channels.
pub(super) fn audio_config(bytes: &[u8]) -> Option<AudioConfig> {
    const SBR: u32 = 5;
    const PARAMETRIC_STEREO: u32 = 29;
    let mut bits = Bits::new(bytes);
    let mut object_type = bits.object_type()?;
    let core_rate_hz = bits.rate_hz()?;
    let mut channels = match bits.take(4)? {
        direct @ 1..=6 => direct as u16,
        7 | 12 | 14 => 8,
        11 => 7,
        _ => 0,
    };
    let mut sbr_rate_hz = None;
    if object_type == SBR || object_type == PARAMETRIC_STEREO {
        if object_type == PARAMETRIC_STEREO && channels == 1 {
            channels = 2;
        }
        sbr_rate_hz = Some(bits.rate_hz()?);
        object_type = bits.object_type()?;
    } else if object_type == 2 && channels != 0 {
        sbr_rate_hz = late_sbr_rate(&mut bits);
    }
    Some(AudioConfig { object_type, core_rate_hz, sbr_rate_hz, channels })
}

/// The two bytes of an AudioSpecificConfig for AAC-LC; `None` for a rate without an index.
pub(super) fn lc_config(rate_hz: u32, channels: u32) -> Option<Vec<u8>> {
    let rate_index = RATES_HZ.iter().position(|&rate| rate == rate_hz)? as u16;
    let layout = match channels {
        1..=6 => channels as u16,
        8 => 7,
        _ => return None,
    };
    Some((2 << 11 | rate_index << 7 | layout << 3).to_be_bytes().to_vec())
}

/// The rate in the extension that older decoders do not see, behind a GASpecificConfig.
fn late_sbr_rate(bits: &mut Bits) -> Option<u32> {
    bits.take(1)?;
    if bits.take(1)? == 1 {
        bits.take(14)?;
    }
    bits.take(1)?;
    let announced = bits.take(11)? == 0x2B7 && bits.object_type()? == 5 && bits.take(1)? == 1;
    if announced { bits.rate_hz() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn es_descriptor_with_long_lengths() {
        let bytes = b"\x03\x80\x80\x80\x22\x00\x00\x00\x04\x80\x80\x80\x14\x40\x15\0\0\0\0\0\0\0\
            \0\0\0\0\x05\x80\x80\x80\x02\x11\x90\x06\x01\x02";
        let config = decoder_config(bytes).unwrap();
        assert_eq!((config.object_type, config.specific), (0x40, vec![0x11, 0x90]));
        assert_eq!(decoder_config(b"\x03\x03\0\0\0"), None);
        assert_eq!(decoder_config(&[0xFF; 64]), None);
        assert_eq!(decoder_config(b""), None);
    }

    #[test]
    fn audio_configs() {
        let lc = audio_config(&[0x11, 0x90]).unwrap();
        assert_eq!((lc.object_type, lc.core_rate_hz, lc.channels), (2, 48_000, 2));
        assert_eq!(lc.sbr_rate_hz, None);
        let he = audio_config(&[0x2B, 0x11, 0x88, 0x00]).unwrap();
        assert_eq!((he.object_type, he.core_rate_hz, he.sbr_rate_hz), (2, 24_000, Some(48_000)));
        let late = audio_config(&[0x13, 0x10, 0x56, 0xE5, 0x98]).unwrap();
        assert_eq!((late.core_rate_hz, late.sbr_rate_hz), (24_000, Some(48_000)));
        let v2 = audio_config(&[0xEB, 0x09, 0x88, 0x00]).unwrap();
        assert_eq!((v2.channels, v2.sbr_rate_hz), (2, Some(48_000)));
        assert_eq!(audio_config(&[0x11]), None);
    }

    #[test]
    fn made_up_config_reads_back() {
        let config = lc_config(44_100, 2).unwrap();
        let read = audio_config(&config).unwrap();
        assert_eq!((read.object_type, read.core_rate_hz, read.channels), (2, 44_100, 2));
        assert_eq!(lc_config(44_101, 2), None);
    }
}
