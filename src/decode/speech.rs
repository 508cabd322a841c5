//! Speech codecs of telephones: AMR in its storage format, and GSM 06.10.

use codec_core::codecs::amr::AmrCodec as AmrLibrary;
use codec_core::types::{CodecConfig, CodecType, CodedFrame, FrameKind, VariableRateCodec};
use oxideav_gsm::{DecoderState, UnpackedFrame};

use super::DecoderInfo;
use super::packet::{Packet, PacketDecoder};
use super::sink::{Refusal, Sink};
use crate::error::{Error, Result};

/// Speech bytes by frame type, narrow band; index 8 is comfort noise (RFC 4867, table 1).
const NB_BYTES: [usize; 9] = [12, 13, 15, 17, 19, 20, 26, 31, 5];

/// Speech bytes by frame type, wide band; index 9 is comfort noise.
const WB_BYTES: [usize; 10] = [17, 23, 32, 36, 40, 46, 50, 58, 60, 5];

/// AMR frames as files store them: a byte with frame type and quality, then the frame.
pub(super) struct AmrCodec {
    library: AmrLibrary,
    wide: bool,
    /// Mode of the last speech frame; a lost frame has none of its own.
    mode: u8,
}

impl AmrCodec {
    /// A decoder for wide or narrow band.
    pub(super) fn new(wide: bool) -> Result<Self> {
        let kind = if wide { CodecType::AmrWb } else { CodecType::AmrNb };
        let library = AmrLibrary::new(&CodecConfig::new(kind))
            .map_err(|e| Error::Unsupported { what: format!("AMR: {e}"), hint: None })?;
        Ok(Self { library, wide, mode: 0 })
    }

    /// Decodes the frame at the start of `bytes`; how many bytes it took.
    fn frame(&mut self, bytes: &[u8], sink: &mut Sink) -> std::result::Result<usize, Refusal> {
        let sizes: &[usize] = if self.wide { &WB_BYTES } else { &NB_BYTES };
        let noise = sizes.len() - 1;
        let head = *bytes.first().ok_or_else(|| Refusal::Bad("empty AMR frame".into()))?;
        let kind = usize::from(head >> 3 & 15);
        let size = sizes.get(kind).copied().unwrap_or(0);
        let body = bytes.get(1..1 + size).ok_or_else(|| Refusal::Bad("AMR frame is cut".into()))?;
        let mut frame = if kind < noise {
            self.mode = kind as u8;
            CodedFrame::speech(self.mode, body.to_vec())
        } else if kind == noise {
            CodedFrame::comfort_noise(body.to_vec())
        } else if kind == 15 {
            CodedFrame::no_data()
        } else if kind == 14 && self.wide {
            CodedFrame { kind: FrameKind::Lost, mode: self.mode, quality_ok: false, data: vec![] }
        } else {
            return Err(Refusal::Bad(format!("AMR frame type {kind} is reserved")));
        };
        frame.quality_ok &= head & 4 != 0;
        // A gap names no mode; its comfort noise goes on in the mode before it.
        frame.mode = self.mode;
        let samples = self.library.decode_frame(&frame).map_err(|e| Refusal::Bad(e.to_string()))?;
        sink.push_mono_i16(if self.wide { 16_000 } else { 8_000 }, &samples)?;
        Ok(1 + size)
    }
}

impl PacketDecoder for AmrCodec {
    fn decode(&mut self, packet: &Packet, sink: &mut Sink) -> std::result::Result<(), Refusal> {
        let mut rest = packet.data.as_slice();
        while !rest.is_empty() {
            let used = self.frame(rest, sink)?;
            rest = &rest[used..];
        }
        Ok(())
    }

    fn info(&self) -> DecoderInfo {
        // Wide band is rounded to 14 bits, as the 3GPP reference does; other decoders do not.
        let accuracy = if self.wide { "float-equal" } else { "bit-exact" };
        DecoderInfo { name: "rvoip-codec-core 0.4".into(), accuracy: accuracy.into() }
    }
}

/// GSM 06.10 frames of 33 bytes, or pairs of them in 65 bytes.
pub(super) struct GsmCodec {
    state: DecoderState,
    pairs: bool,
    rate_hz: u32,
}

impl GsmCodec {
    /// A decoder; `pairs` for the layout of WAV. `rate_hz` is the declared rate, mostly 8 000.
    pub(super) fn new(pairs: bool, rate_hz: u32) -> Self {
        let rate_hz = if rate_hz == 0 { 8_000 } else { rate_hz };
        Self { state: DecoderState::new(), pairs, rate_hz }
    }
}

impl PacketDecoder for GsmCodec {
    fn decode(&mut self, packet: &Packet, sink: &mut Sink) -> std::result::Result<(), Refusal> {
        let malformed = |_| Refusal::Bad("malformed GSM frame".into());
        for bytes in packet.data.chunks_exact(if self.pairs { 65 } else { 33 }) {
            let frames = if self.pairs {
                let (a, b) = UnpackedFrame::pair_from_msgsm_block(bytes).map_err(malformed)?;
                [Some(a), Some(b)]
            } else {
                [Some(UnpackedFrame::from_gsm_byte_frame(bytes).map_err(malformed)?), None]
            };
            for frame in frames.iter().flatten() {
                let samples = self.state.decode_frame(frame);
                sink.push_mono_i16(self.rate_hz, &samples)?;
            }
        }
        Ok(())
    }

    fn info(&self) -> DecoderInfo {
        DecoderInfo { name: "oxideav-gsm 0.0.10".into(), accuracy: "bit-exact".into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amr_frames_of_every_kind_take_their_bytes() {
        let mut codec = AmrCodec::new(false).unwrap();
        let mut sink = Sink::default();
        let speech = [&[0x3C][..], &[0; 31]].concat();
        let packet = Packet { data: [&speech[..], &[0x7C]].concat(), ..Packet::default() };
        codec.decode(&packet, &mut sink).unwrap();
        assert_eq!((sink.frames(), sink.rate_hz), (320, 8_000));
        let cut = Packet { data: speech[..20].to_vec(), ..Packet::default() };
        assert!(matches!(codec.decode(&cut, &mut sink), Err(Refusal::Bad(_))));
        let reserved = Packet { data: vec![0x64], ..Packet::default() };
        assert!(matches!(codec.decode(&reserved, &mut sink), Err(Refusal::Bad(_))));
    }

    #[test]
    fn gsm_pairs_are_two_frames() {
        let mut sink = Sink::default();
        let packet = Packet { data: vec![0; 130], ..Packet::default() };
        GsmCodec::new(true, 8_000).decode(&packet, &mut sink).unwrap();
        assert_eq!(sink.frames(), 640);
    }
}
