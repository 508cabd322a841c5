//! MPEG audio: frame headers, and a decoder that lives through a change of layout.

use symphonia::core::codecs::audio::AudioCodecParameters;

use super::DecoderInfo;
use super::codec_ids::codec_to_id;
use super::packet::{Packet, PacketDecoder, TrackSetup};
use super::sink::{Refusal, Sink};
use super::symphonia_codec::{SYMPHONIA, SymphoniaCodec};
use crate::container::Codec;

/// What a decoder must know of a frame header (ISO/IEC 11172-3, 2.4.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MpegHeader {
    /// Layer 1, 2 or 3 as a codec.
    pub(super) codec: Codec,
    /// Sample rate in Hz.
    pub(super) rate_hz: u32,
    /// 1 or 2.
    pub(super) channels: usize,
    /// Whether this is MPEG-1, not the half or quarter rates of MPEG-2 and 2.5.
    pub(super) mpeg1: bool,
}

impl MpegHeader {
    /// Reads the first four bytes of a frame.
    pub(super) fn parse(frame: &[u8]) -> Option<Self> {
        let [0xFF, second, third, fourth, ..] = *frame else { return None };
        let codec = match second >> 1 & 3 {
            1 => Codec::Mp3,
            2 => Codec::Mp2,
            3 => Codec::Mp1,
            _ => return None,
        };
        let shift = match second >> 3 & 3 {
            3 => 0,
            2 => 1,
            0 => 2,
            _ => return None,
        };
        let rate = *[44_100u32, 48_000, 32_000].get(usize::from(third >> 2 & 3))?;
        let channels = if fourth >> 6 == 3 { 1 } else { 2 };
        (second >> 5 == 7).then_some(Self {
            codec,
            rate_hz: rate >> shift,
            channels,
            mpeg1: shift == 0,
        })
    }
}

/// The writer named in the LAME tag of a Xing or Info frame, such as `LAME3.100` or `Lavc59.37`.
pub(super) fn lame_writer(frame: &[u8]) -> Option<String> {
    let header = MpegHeader::parse(frame)?;
    let side_info = match (header.mpeg1, header.channels) {
        (true, 2) => 32,
        (true, _) | (false, 2) => 17,
        (false, _) => 9,
    };
    let tag = frame.get(4 + side_info..)?;
    if !tag.starts_with(b"Xing") && !tag.starts_with(b"Info") {
        return None;
    }
    let flags = *tag.get(7)?;
    let fields = [(1, 4), (2, 4), (4, 100), (8, 4)];
    let skip: usize = fields.iter().filter(|(bit, _)| flags & bit != 0).map(|(_, len)| len).sum();
    let text: String = tag
        .get(8 + skip..8 + skip + 9)?
        .iter()
        .take_while(|b| b.is_ascii_graphic() || **b == b' ')
        .map(|b| char::from(*b))
        .collect();
    let text = text.trim_end();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Decodes MPEG frames; each layer and channel count has a decoder of its own.
pub(super) struct MpegCodec {
    current: Option<(MpegHeader, SymphoniaCodec)>,
}

impl MpegCodec {
    /// A decoder that learns its parameters from the first frame.
    pub(super) fn new() -> Self {
        Self { current: None }
    }

    fn decoder_for(&mut self, header: MpegHeader) -> Result<&mut SymphoniaCodec, Refusal> {
        if self.current.as_ref().is_none_or(|(known, _)| *known != header) {
            let mut params = AudioCodecParameters::new();
            params.for_codec(codec_to_id(header.codec)).with_sample_rate(header.rate_hz);
            let decoder = SymphoniaCodec::new(&TrackSetup::new(header.codec, params))
                .map_err(|e| Refusal::Bad(e.to_string()))?;
            self.current = Some((header, decoder));
        }
        match &mut self.current {
            Some((_, decoder)) => Ok(decoder),
            None => Err(Refusal::Bad("no decoder".into())),
        }
    }
}

impl PacketDecoder for MpegCodec {
    fn decode(&mut self, packet: &Packet, sink: &mut Sink) -> Result<(), Refusal> {
        let header = MpegHeader::parse(&packet.data)
            .ok_or_else(|| Refusal::Bad("no MPEG audio header".into()))?;
        // Asked before a decoder is made: one false header must not cost the decoder its state.
        if sink.rate_hz != 0 && header.rate_hz != sink.rate_hz {
            return Err(Refusal::OtherRate(header.rate_hz));
        }
        self.decoder_for(header)?.decode(packet, sink)
    }

    fn info(&self) -> DecoderInfo {
        DecoderInfo { name: SYMPHONIA.into(), accuracy: "float-equal".into() }
    }

    fn codec_name(&self) -> Option<&'static str> {
        match self.current.as_ref()?.0.codec {
            Codec::Mp1 => Some("MP1"),
            Codec::Mp2 => Some("MP2"),
            _ => Some("MP3"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_all_versions() {
        let header = MpegHeader::parse(&[0xFF, 0xFB, 0x90, 0xC0]).unwrap();
        assert_eq!((header.codec, header.rate_hz, header.channels), (Codec::Mp3, 44_100, 1));
        let quarter = MpegHeader::parse(&[0xFF, 0xE3, 0x18, 0x00]).unwrap();
        assert_eq!((quarter.rate_hz, quarter.channels, quarter.mpeg1), (8_000, 2, false));
        assert_eq!(MpegHeader::parse(&[0xFF, 0xFB, 0x9C, 0]), None);
        assert_eq!(MpegHeader::parse(&[0xFF]), None);
    }

    #[test]
    fn the_writer_stands_behind_the_xing_fields() {
        let mut frame = vec![0xFF, 0xFB, 0x90, 0x00];
        frame.resize(36, 0);
        frame.extend_from_slice(b"Info\0\0\0\x01\0\0\0\x09LAME3.100\0\0");
        assert_eq!(lame_writer(&frame).as_deref(), Some("LAME3.100"));
        assert_eq!(lame_writer(&frame[..40]), None);
    }
}
