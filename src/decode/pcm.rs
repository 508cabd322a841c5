//! Uncompressed samples.

use super::DecoderInfo;
use super::packet::{Packet, PacketDecoder, TrackSetup};
use super::sink::{Refusal, Sink};
use crate::container::PcmFormat;

/// Unpacks interleaved samples; full scale becomes ±1.
pub(super) struct PcmCodec {
    format: PcmFormat,
    rate_hz: u32,
    channels: usize,
}

impl PcmCodec {
    /// An unpacker for a track of `format`.
    pub(super) fn new(format: PcmFormat, setup: &TrackSetup) -> Self {
        Self { format, rate_hz: setup.rate_hz(), channels: setup.channels() }
    }

    /// Unpacks samples of `N` bytes; `convert` takes them least significant byte first.
    fn unpack<const N: usize>(
        &self,
        data: &[u8],
        sink: &mut Sink,
        convert: impl Fn([u8; N]) -> f32,
    ) -> Result<(), Refusal> {
        // Chosen outside of the loop over the samples, which then has no branches.
        if self.format.big_endian {
            self.unpack_as(data, sink, |mut bytes: [u8; N]| {
                bytes.reverse();
                convert(bytes)
            })
        } else {
            self.unpack_as(data, sink, convert)
        }
    }

    fn unpack_as<const N: usize>(
        &self,
        data: &[u8],
        sink: &mut Sink,
        convert: impl Fn([u8; N]) -> f32,
    ) -> Result<(), Refusal> {
        let samples = data.as_chunks::<N>().0;
        let channels = self.channels.max(1);
        let samples = &samples[..samples.len() - samples.len() % channels];
        let pairs = samples.as_chunks::<2>().0;
        sink.push_with(self.rate_hz, self.channels, |c, out| match (channels, c) {
            (1, _) => out.extend(samples.iter().map(|s| convert(*s))),
            (2, 0) => out.extend(pairs.iter().map(|pair| convert(pair[0]))),
            (2, _) => out.extend(pairs.iter().map(|pair| convert(pair[1]))),
            _ => out.extend(samples.chunks_exact(channels).map(|frame| convert(frame[c]))),
        })
    }
}

impl PacketDecoder for PcmCodec {
    fn decode(&mut self, packet: &Packet, sink: &mut Sink) -> Result<(), Refusal> {
        let data = packet.data.as_slice();
        let PcmFormat { bytes, float, unsigned, .. } = self.format;
        // The top bit of an offset binary sample is the inverse of its sign.
        let flip = if unsigned { i32::MIN } else { 0 };
        match (bytes, float) {
            (1, _) => self.unpack::<1>(data, sink, |[a]| {
                f32::from((i16::from(a) << 8 ^ (flip >> 16) as i16) >> 8) / 128.0
            }),
            (2, _) => self.unpack::<2>(data, sink, |b| {
                f32::from(i16::from_le_bytes(b) ^ (flip >> 16) as i16) / 32_768.0
            }),
            (3, _) => self.unpack::<3>(data, sink, |[a, b, c]| {
                ((i32::from_le_bytes([0, a, b, c]) ^ flip) >> 8) as f32 / 8_388_608.0
            }),
            (4, true) => self.unpack::<4>(data, sink, f32::from_le_bytes),
            (4, false) => self.unpack::<4>(data, sink, |b| {
                (i32::from_le_bytes(b) ^ flip) as f32 / 2_147_483_648.0
            }),
            (8, true) => self.unpack::<8>(data, sink, |b| f64::from_le_bytes(b) as f32),
            _ => Err(Refusal::Bad("samples of this width have no decoder".into())),
        }
    }

    fn info(&self) -> DecoderInfo {
        let name = concat!("spliceprint ", env!("CARGO_PKG_VERSION"));
        DecoderInfo { name: name.into(), accuracy: "bit-exact".into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::Codec;
    use symphonia::core::audio::Channels;
    use symphonia::core::codecs::audio::AudioCodecParameters;

    fn unpacked(bytes: u8, float: bool, unsigned: bool, big_endian: bool, data: &[u8]) -> Vec<f32> {
        let format = PcmFormat { bytes, float, unsigned, big_endian };
        let mut params = AudioCodecParameters::new();
        params.with_sample_rate(8_000).with_channels(Channels::Discrete(1));
        let setup = TrackSetup::new(Codec::Pcm(format), params);
        let mut sink = Sink::default();
        let packet = Packet { data: data.to_vec(), ..Packet::default() };
        PcmCodec::new(format, &setup).decode(&packet, &mut sink).unwrap();
        sink.pending.remove(0)
    }

    #[test]
    fn every_layout() {
        assert_eq!(unpacked(1, false, true, false, &[0, 128, 255]), [-1.0, 0.0, 127.0 / 128.0]);
        assert_eq!(unpacked(1, false, false, false, &[0x80, 0x40]), [-1.0, 0.5]);
        assert_eq!(unpacked(2, false, false, false, &[0, 0x80, 1, 0]), [-1.0, 1.0 / 32_768.0]);
        assert_eq!(unpacked(2, false, true, true, &[0, 0, 0xC0, 0]), [-1.0, 0.5]);
        let wide = [0xFF, 0xFF, 0xFF, 0, 0, 0x40];
        assert_eq!(unpacked(3, false, false, false, &wide), [-1.0 / 8_388_608.0, 0.5]);
        assert_eq!(unpacked(4, false, false, true, &[0x40, 0, 0, 0, 9]), [0.5]);
        assert_eq!(unpacked(4, true, false, true, &2.5f32.to_be_bytes()), [2.5]);
        assert_eq!(unpacked(8, true, false, false, &(-0.25f64).to_le_bytes()), [-0.25]);
    }
}
