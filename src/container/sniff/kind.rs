//! The kinds of file and what they are called.

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileKind {
    /// RIFF or RIFX with the form `WAVE`.
    Riff,
    /// RF64 or BW64: WAVE with 64-bit sizes.
    Rf64,
    /// Sony Wave64.
    W64,
    /// AIFF or AIFF-C.
    Aiff,
    /// Apple core audio format.
    Caf,
    /// Sun or NeXT `.snd`.
    Au,
    /// Native FLAC.
    Flac,
    /// OGG, whatever is inside.
    Ogg,
    /// Matroska or WebM.
    Matroska,
    /// MP4, M4A, MOV, 3GP and their like.
    IsoBmff,
    /// MPEG audio layer 1, 2 or 3 without a container.
    Mpeg,
    /// AAC in ADTS frames.
    Adts,
    /// AMR narrow band storage format.
    AmrNb,
    /// AMR wide band storage format.
    AmrWb,
    /// GSM 06.10 frames of 33 bytes without a header.
    GsmRaw,
    /// MPEG transport stream.
    MpegTs,
    /// MPEG program stream.
    MpegPs,
    /// AVI video.
    Avi,
    /// Flash video.
    Flv,
    /// ASF: WMA and WMV.
    Asf,
    /// AC-3 or E-AC-3 frames.
    Ac3,
    /// AAC in LOAS/LATM frames.
    Loas,
    /// WavPack.
    WavPack,
    /// True Audio.
    Tta,
    /// Monkey's Audio.
    Ape,
    /// RealAudio or RealMedia.
    RealAudio,
    /// SILK voice message.
    Silk,
    /// Digital Speech Standard dictation.
    Dss,
    /// No audio file this program knows; the text says what the bytes look like.
    NotAudio(&'static str),
}

impl FileKind {
    /// The name reports use, or what the bytes of a file that is no audio look like.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Riff => "WAV",
            Self::Rf64 => "RF64",
            Self::W64 => "Wave64",
            Self::Aiff => "AIFF",
            Self::Caf => "CAF",
            Self::Au => "AU",
            Self::Flac => "FLAC",
            Self::Ogg => "OGG",
            Self::Matroska => "Matroska",
            Self::IsoBmff => "ISO BMFF",
            Self::Mpeg => "MPEG audio",
            Self::Adts => "ADTS",
            Self::AmrNb => "AMR",
            Self::AmrWb => "AMR-WB",
            Self::GsmRaw => "raw GSM 06.10",
            Self::MpegTs => "MPEG-TS",
            Self::MpegPs => "MPEG-PS",
            Self::Avi => "AVI",
            Self::Flv => "FLV",
            Self::Asf => "ASF",
            Self::Ac3 => "AC-3",
            Self::Loas => "LOAS",
            Self::WavPack => "WavPack",
            Self::Tta => "True Audio",
            Self::Ape => "Monkey's Audio",
            Self::RealAudio => "RealMedia",
            Self::Silk => "SILK",
            Self::Dss => "DSS",
            Self::NotAudio(what) => what,
        }
    }

    /// Whether only an external `ffmpeg` may be able to decode it.
    #[must_use]
    pub fn needs_external(self) -> bool {
        matches!(
            self,
            Self::MpegTs
                | Self::MpegPs
                | Self::Avi
                | Self::Flv
                | Self::Asf
                | Self::Ac3
                | Self::Loas
                | Self::WavPack
                | Self::Tta
                | Self::Ape
                | Self::RealAudio
                | Self::Silk
                | Self::Dss
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_external_decoders() {
        assert_eq!(FileKind::Riff.name(), "WAV");
        assert_eq!(FileKind::NotAudio("a JPEG picture").name(), "a JPEG picture");
        assert!(FileKind::Asf.needs_external() && !FileKind::Ogg.needs_external());
    }
}
