//! Opus through single-stream decoders, always at 48 kHz.

use rusty_opus::OpusDecoder;

use super::DecoderInfo;
use super::opus_head::OpusHead;
use super::opus_split::{packet_frames, take_delimited};
use super::packet::{Packet, PacketDecoder, TrackSetup};
use super::sink::{Refusal, Sink};
use crate::error::{Error, Result};

/// Rate of all decoded Opus, whatever rate the encoder was fed, in Hz.
const RATE_HZ: u32 = 48_000;

/// Frames of the longest packet, 120 ms.
const MAX_FRAMES: usize = 5_760;

/// For 3 to 8 channels: which channel of the Vorbis order (RFC 7845, 5.1.1.2) goes to each channel
/// of the WAVE order, which every other codec here delivers.
const VORBIS_TO_WAVE: [&[usize]; 6] = [
    &[0, 2, 1],
    &[0, 1, 2, 3],
    &[0, 2, 1, 3, 4],
    &[0, 2, 1, 5, 3, 4],
    &[0, 2, 1, 6, 5, 3, 4],
    &[0, 2, 1, 7, 5, 6, 3, 4],
];

/// One stream of a packet.
struct Stream {
    decoder: OpusDecoder,
    channels: usize,
    /// Interleaved samples of the last packet.
    samples: Vec<f32>,
}

/// Decodes packets of one or more streams.
pub(super) struct OpusCodec {
    streams: Vec<Stream>,
    /// For each output channel its stream and channel therein; `None` is silence.
    outputs: Vec<Option<(usize, usize)>>,
    gain: f32,
    part: Vec<u8>,
}

impl OpusCodec {
    /// A decoder for the OpusHead in `setup`, or for its channel count where there is none.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] for more channels than a decoder takes.
    pub(super) fn new(setup: &TrackSetup) -> Result<Self> {
        let head = OpusHead::parse(setup.config())
            .unwrap_or_else(|| OpusHead::plain(setup.channels() as u8));
        let streams = (0..head.streams)
            .map(|i| {
                let channels = if i < head.coupled { 2 } else { 1 };
                let decoder = OpusDecoder::new(RATE_HZ as i32, channels).map_err(|e| {
                    Error::Unsupported { what: format!("this Opus stream: {e}"), hint: None }
                })?;
                let samples = vec![0.0; MAX_FRAMES * channels];
                Ok(Stream { decoder, channels, samples })
            })
            .collect::<Result<Vec<_>>>()?;
        let coupled = usize::from(head.coupled);
        let place = |decoded: u8| match usize::from(decoded) {
            255 => None,
            d if d < coupled * 2 => Some((d / 2, d % 2)),
            d => Some((d - coupled, 0)),
        };
        let mut outputs: Vec<_> = head.mapping.iter().map(|&m| place(m)).collect();
        let is_surround = setup.config().get(18) == Some(&1);
        if let Some(order) = VORBIS_TO_WAVE.get(outputs.len().wrapping_sub(3))
            && is_surround
        {
            outputs = order.iter().map(|&from| outputs[from]).collect();
        }
        let gain = 10f32.powf(f32::from(head.gain_q8) / (20.0 * 256.0));
        Ok(Self { streams, outputs, gain, part: Vec::new() })
    }
}

impl Stream {
    fn decode(&mut self, packet: &[u8], frames: usize) -> std::result::Result<(), Refusal> {
        let out = &mut self.samples[..frames * self.channels];
        match self.decoder.decode(packet, frames, out) {
            Ok(done) if done == frames => Ok(()),
            Ok(done) => Err(Refusal::Bad(format!("{done} of {frames} frames came out"))),
            Err(e) => Err(Refusal::Bad(e.to_string())),
        }
    }
}

impl PacketDecoder for OpusCodec {
    fn decode(&mut self, packet: &Packet, sink: &mut Sink) -> std::result::Result<(), Refusal> {
        let frames = packet_frames(&packet.data)
            .ok_or_else(|| Refusal::Bad("malformed Opus packet".into()))?
            as usize;
        let mut rest = packet.data.as_slice();
        let last = self.streams.len() - 1;
        for (i, stream) in self.streams.iter_mut().enumerate() {
            if i == last {
                stream.decode(rest, frames)?;
                continue;
            }
            let malformed = || Refusal::Bad(format!("stream {i} of an Opus packet is malformed"));
            rest = take_delimited(rest, &mut self.part).ok_or_else(malformed)?;
            if packet_frames(&self.part) != Some(frames as u32) {
                return Err(malformed());
            }
            stream.decode(&self.part, frames)?;
        }
        let (streams, outputs, gain) = (&self.streams, &self.outputs, self.gain);
        sink.push_with(RATE_HZ, outputs.len(), |c, out| match outputs[c] {
            Some((stream, channel)) => {
                let stream = &streams[stream];
                let samples = &stream.samples[..frames * stream.channels];
                let samples = samples.iter().skip(channel).step_by(stream.channels);
                if gain == 1.0 {
                    out.extend(samples);
                } else {
                    out.extend(samples.map(|s| s * gain));
                }
            }
            None => out.resize(out.len() + frames, 0.0),
        })
    }

    fn info(&self) -> DecoderInfo {
        DecoderInfo { name: "rusty-opus 1.0".into(), accuracy: "float-equal".into() }
    }
}
