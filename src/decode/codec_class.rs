//! Kinds of last encodings: what survives of earlier traces depends on them more than on anything
//! else, so error rates are counted apart for each.

use super::StreamInfo;

/// Bit rate of Opus, in bit/s, below which its speech modes rewrite what they code.
const OPUS_SPEECH_BELOW_BPS: u64 = 48_000;

/// Kind of the encoding that a clip was decoded from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CodecClass {
    /// PCM, FLAC, ALAC: the samples as they were given to the encoder.
    Lossless,
    /// MP3, AAC and their kin.
    Mp3Aac,
    /// Vorbis, and Opus at 48 kbit/s and above.
    VorbisOpus,
    /// Codecs made for speech: Opus below that, AMR, GSM, G.711, ADPCM.
    Speech,
}

impl CodecClass {
    /// Every class, in the order of `as_str`'s documentation.
    pub const ALL: [Self; 4] = [Self::Lossless, Self::Mp3Aac, Self::VorbisOpus, Self::Speech];

    /// The class of a stream; its bit rate matters for Opus alone.
    #[must_use]
    pub fn of(stream: &StreamInfo) -> Self {
        if stream.lossless {
            return Self::Lossless;
        }
        match stream.codec.as_str() {
            "Vorbis" => Self::VorbisOpus,
            "Opus" if stream.bit_rate_bps.is_none_or(|rate| rate >= OPUS_SPEECH_BELOW_BPS) => {
                Self::VorbisOpus
            }
            "Opus" | "AMR-NB" | "AMR-WB" | "GSM 06.10" | "G.711 A-law" | "G.711 µ-law"
            | "MS ADPCM" | "IMA ADPCM" | "Speex" => Self::Speech,
            _ => Self::Mp3Aac,
        }
    }

    /// The word that calibration and documents carry.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lossless => "lossless",
            Self::Mp3Aac => "mp3-aac",
            Self::VorbisOpus => "vorbis-opus",
            Self::Speech => "speech",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_tells_the_two_kinds_of_opus() {
        let stream = |codec: &str, bit_rate_bps| StreamInfo {
            codec: codec.into(),
            bit_rate_bps,
            ..StreamInfo::default()
        };
        assert_eq!(CodecClass::of(&stream("Opus", Some(24_000))), CodecClass::Speech);
        assert_eq!(CodecClass::of(&stream("Opus", Some(64_000))), CodecClass::VorbisOpus);
        assert_eq!(CodecClass::of(&stream("MP3", None)), CodecClass::Mp3Aac);
        let wav = StreamInfo { lossless: true, ..stream("PCM s16le", None) };
        assert_eq!(CodecClass::of(&wav), CodecClass::Lossless);
    }
}
