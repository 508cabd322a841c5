//! Packet decoders of the symphonia library.

use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::packet::PacketRef;
use symphonia::core::units::{Duration, Timestamp};

use super::DecoderInfo;
use super::packet::{Packet, PacketDecoder, TrackSetup};
use super::sink::{Refusal, Sink};
use crate::container::Codec;
use crate::error::{Error, Result};

/// Version of the library, as Cargo.toml asks for it.
pub(super) const SYMPHONIA: &str = "symphonia 0.6";

/// A symphonia decoder; it never trims.
pub(super) struct SymphoniaCodec {
    decoder: Box<dyn AudioDecoder>,
    exact: bool,
    /// Whether the next packet only primes the overlap, as the first one of Vorbis does.
    priming: bool,
}

impl SymphoniaCodec {
    /// A decoder for `setup`.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] with what the library says.
    pub(super) fn new(setup: &TrackSetup) -> Result<Self> {
        let options = AudioDecoderOptions::default().gapless(false).verify(true);
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(&setup.params, &options)
            .map_err(|e| Error::Unsupported { what: e.to_string(), hint: None })?;
        let lossy = matches!(
            setup.codec,
            Codec::Mp1 | Codec::Mp2 | Codec::Mp3 | Codec::Aac | Codec::Vorbis
        );
        Ok(Self { decoder, exact: !lossy, priming: setup.codec == Codec::Vorbis })
    }
}

impl PacketDecoder for SymphoniaCodec {
    fn decode(&mut self, packet: &Packet, sink: &mut Sink) -> std::result::Result<(), Refusal> {
        let frames = Duration::new(packet.frames);
        let packet = PacketRef::new(0, Timestamp::ZERO, frames, &packet.data);
        match self.decoder.decode_ref(&packet) {
            Ok(_) if std::mem::take(&mut self.priming) => Ok(()),
            Ok(buffer) => sink.push_buffer(&buffer),
            Err(e) => Err(Refusal::Bad(e.to_string())),
        }
    }

    fn info(&self) -> DecoderInfo {
        let accuracy = if self.exact { "bit-exact" } else { "float-equal" };
        DecoderInfo { name: SYMPHONIA.into(), accuracy: accuracy.into() }
    }

    fn verified(&mut self) -> Option<bool> {
        self.decoder.finalize().verify_ok
    }
}
