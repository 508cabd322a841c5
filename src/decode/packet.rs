//! Packets and where they come from.

use symphonia::core::codecs::audio::AudioCodecParameters;

use super::DecoderInfo;
use super::sink::{Refusal, Sink};
use crate::container::Codec;

/// One coded packet.
#[derive(Debug, Default)]
pub(super) struct Packet {
    /// Coded bytes.
    pub(super) data: Vec<u8>,
    /// Place in the file, where known.
    pub(super) offset: Option<u64>,
    /// Declared duration in frames, 0 where unknown.
    pub(super) frames: u64,
    /// Frames at the packet's end that the container declares to be padding.
    pub(super) beyond: u64,
}

/// What a source has next.
#[derive(Debug)]
pub(super) enum Next {
    /// The packet was filled.
    Packet,
    /// A place that could not be read; more may follow.
    Damaged {
        /// Byte offset, where known.
        offset: Option<u64>,
        /// What is wrong.
        what: String,
    },
    /// Another stream begins, as in chained OGG; packets after this belong to it.
    NewStream(Box<TrackSetup>),
    /// No more packets. The text, if any, says why that is unusual.
    End(Option<String>),
    /// No more packets, but bytes that belong to none.
    Foreign(Foreign),
}

/// Bytes behind the last packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Foreign {
    /// First of them in the file.
    pub(super) offset: u64,
    /// How many.
    pub(super) bytes: u64,
    /// What they look like.
    pub(super) what: &'static str,
}

/// Delivers the packets of one track in decoding order.
pub(super) trait PacketSource: Send {
    /// Fills `packet` with the next packet, or says why there is none.
    ///
    /// # Errors
    ///
    /// A message when nothing more can be read.
    fn next(&mut self, packet: &mut Packet) -> Result<Next, String>;
}

/// Turns packets into samples.
pub(super) trait PacketDecoder: Send {
    /// Decodes one packet and appends its samples to `sink`.
    ///
    /// # Errors
    ///
    /// A [`Refusal`]; the decoder is then ready for the next packet.
    fn decode(&mut self, packet: &Packet, sink: &mut Sink) -> Result<(), Refusal>;

    /// Name and accuracy for the report.
    fn info(&self) -> DecoderInfo;

    /// The codec's name where decoding told more than the container, as with HE-AAC.
    fn codec_name(&self) -> Option<&'static str> {
        None
    }

    /// Whether the checksum of all decoded audio holds, for codecs that carry one.
    fn verified(&mut self) -> Option<bool> {
        None
    }
}

/// A track as a decoder needs it.
#[derive(Debug, Clone)]
pub(super) struct TrackSetup {
    /// Codec of the packets.
    pub(super) codec: Codec,
    /// Parameters as symphonia's decoders take them; `extra_data` is the codec configuration.
    pub(super) params: AudioCodecParameters,
    /// Whether AAC packets carry ADTS headers.
    pub(super) adts: bool,
    /// Rate in Hz in which the two fields below count; the decoded one if 0.
    pub(super) trim_rate_hz: u32,
    /// Frames of priming.
    pub(super) start_trim: u64,
    /// Frames after the priming, where declared.
    pub(super) presentation: Option<u64>,
    /// Duration of this track alone in seconds, where declared.
    pub(super) declared_s: Option<f64>,
}

impl TrackSetup {
    /// A track without trimming.
    pub(super) fn new(codec: Codec, params: AudioCodecParameters) -> Self {
        Self {
            codec,
            params,
            adts: false,
            trim_rate_hz: 0,
            start_trim: 0,
            presentation: None,
            declared_s: None,
        }
    }

    /// Codec configuration, empty if there is none.
    pub(super) fn config(&self) -> &[u8] {
        self.params.extra_data.as_deref().unwrap_or_default()
    }

    /// Declared channels, 0 if unknown.
    pub(super) fn channels(&self) -> usize {
        self.params.channels.as_ref().map_or(0, |c| c.count())
    }

    /// Declared sample rate in Hz, 0 if unknown.
    pub(super) fn rate_hz(&self) -> u32 {
        self.params.sample_rate.unwrap_or(0)
    }

    /// Priming and presentation in frames of a decoder that runs at `rate_hz`.
    pub(super) fn trim_at(&self, rate_hz: u32) -> (u64, Option<u64>) {
        if self.trim_rate_hz == 0 || self.trim_rate_hz == rate_hz {
            return (self.start_trim, self.presentation);
        }
        let scale = |frames: u64| {
            let scaled =
                u128::from(frames) * u128::from(rate_hz) + u128::from(self.trim_rate_hz) / 2;
            u64::try_from(scaled / u128::from(self.trim_rate_hz)).unwrap_or(u64::MAX)
        };
        (scale(self.start_trim), self.presentation.map(scale))
    }
}
