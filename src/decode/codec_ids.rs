//! Codecs under their three names: in a container plan, in symphonia, and in the report.

use symphonia::core::codecs::audio::well_known as id;
use symphonia::core::codecs::audio::{AudioCodecId, CODEC_ID_NULL_AUDIO};

use crate::container::{Codec, PcmFormat};

/// Symphonia ids of uncompressed samples.
const PCM_IDS: [(AudioCodecId, PcmFormat); 18] = [
    (id::CODEC_ID_PCM_S8, pcm(1, false, false, false)),
    (id::CODEC_ID_PCM_U8, pcm(1, false, true, false)),
    (id::CODEC_ID_PCM_S16LE, pcm(2, false, false, false)),
    (id::CODEC_ID_PCM_S16BE, pcm(2, false, false, true)),
    (id::CODEC_ID_PCM_U16LE, pcm(2, false, true, false)),
    (id::CODEC_ID_PCM_U16BE, pcm(2, false, true, true)),
    (id::CODEC_ID_PCM_S24LE, pcm(3, false, false, false)),
    (id::CODEC_ID_PCM_S24BE, pcm(3, false, false, true)),
    (id::CODEC_ID_PCM_U24LE, pcm(3, false, true, false)),
    (id::CODEC_ID_PCM_U24BE, pcm(3, false, true, true)),
    (id::CODEC_ID_PCM_S32LE, pcm(4, false, false, false)),
    (id::CODEC_ID_PCM_S32BE, pcm(4, false, false, true)),
    (id::CODEC_ID_PCM_U32LE, pcm(4, false, true, false)),
    (id::CODEC_ID_PCM_U32BE, pcm(4, false, true, true)),
    (id::CODEC_ID_PCM_F32LE, pcm(4, true, false, false)),
    (id::CODEC_ID_PCM_F32BE, pcm(4, true, false, true)),
    (id::CODEC_ID_PCM_F64LE, pcm(8, true, false, false)),
    (id::CODEC_ID_PCM_F64BE, pcm(8, true, false, true)),
];

/// Symphonia ids of coded audio.
const CODED_IDS: [(AudioCodecId, Codec); 22] = [
    (id::CODEC_ID_PCM_ALAW, Codec::ALaw),
    (id::CODEC_ID_PCM_MULAW, Codec::MuLaw),
    (id::CODEC_ID_ADPCM_MS, Codec::AdpcmMs),
    (id::CODEC_ID_ADPCM_IMA_WAV, Codec::AdpcmImaWav),
    (id::CODEC_ID_ADPCM_IMA_QT, Codec::AdpcmImaQt),
    (id::CODEC_ID_MP1, Codec::Mp1),
    (id::CODEC_ID_MP2, Codec::Mp2),
    (id::CODEC_ID_MP3, Codec::Mp3),
    (id::CODEC_ID_AAC, Codec::Aac),
    (id::CODEC_ID_ALAC, Codec::Alac),
    (id::CODEC_ID_FLAC, Codec::Flac),
    (id::CODEC_ID_VORBIS, Codec::Vorbis),
    (id::CODEC_ID_OPUS, Codec::Opus),
    (id::CODEC_ID_SPEEX, Codec::Other("Speex")),
    (id::CODEC_ID_AC3, Codec::Other("AC-3")),
    (id::CODEC_ID_EAC3, Codec::Other("E-AC-3")),
    (id::CODEC_ID_DCA, Codec::Other("DTS")),
    (id::CODEC_ID_TRUEHD, Codec::Other("TrueHD")),
    (id::CODEC_ID_WAVPACK, Codec::Other("WavPack")),
    (id::CODEC_ID_TTA, Codec::Other("True Audio")),
    (id::CODEC_ID_COOK, Codec::Other("RealAudio Cook")),
    (id::CODEC_ID_WMA, Codec::Other("WMA")),
];

const fn pcm(bytes: u8, float: bool, unsigned: bool, big_endian: bool) -> PcmFormat {
    PcmFormat { bytes, float, unsigned, big_endian }
}

/// The symphonia id of a codec; the null id if symphonia has none.
pub(super) fn codec_to_id(codec: Codec) -> AudioCodecId {
    if let Codec::Pcm(mut format) = codec {
        // One byte has no byte order, floating point no sign convention.
        format.big_endian &= format.bytes > 1;
        format.unsigned &= !format.float;
        let found = PCM_IDS.iter().find(|(_, known)| *known == format);
        return found.map_or(CODEC_ID_NULL_AUDIO, |(id, _)| *id);
    }
    let found = CODED_IDS.iter().find(|(_, known)| *known == codec);
    found.map_or(CODEC_ID_NULL_AUDIO, |(id, _)| *id)
}

/// The codec of a symphonia id.
pub(super) fn id_to_codec(id: AudioCodecId) -> Codec {
    let coded = CODED_IDS.iter().find(|(known, _)| *known == id).map(|(_, codec)| *codec);
    let pcm = || PCM_IDS.iter().find(|(known, _)| *known == id).map(|(_, f)| Codec::Pcm(*f));
    coded.or_else(pcm).unwrap_or(Codec::Other("an unknown codec"))
}

/// The name of a codec in reports.
pub(super) fn codec_name(codec: Codec) -> String {
    let name = match codec {
        Codec::Pcm(f) => {
            let kind = match (f.float, f.unsigned) {
                (true, _) => 'f',
                (false, true) => 'u',
                (false, false) => 's',
            };
            let order = match (f.bytes, f.big_endian) {
                (0 | 1, _) => "",
                (_, true) => "be",
                (_, false) => "le",
            };
            return format!("PCM {kind}{}{order}", u32::from(f.bytes) * 8);
        }
        Codec::ALaw => "G.711 A-law",
        Codec::MuLaw => "G.711 µ-law",
        Codec::AdpcmMs => "MS ADPCM",
        Codec::AdpcmImaWav | Codec::AdpcmImaQt => "IMA ADPCM",
        Codec::Gsm | Codec::GsmMs => "GSM 06.10",
        Codec::Mp1 => "MP1",
        Codec::Mp2 => "MP2",
        Codec::Mp3 => "MP3",
        Codec::Aac => "AAC",
        Codec::Alac => "ALAC",
        Codec::Flac => "FLAC",
        Codec::Vorbis => "Vorbis",
        Codec::Opus => "Opus",
        Codec::AmrNb => "AMR-NB",
        Codec::AmrWb => "AMR-WB",
        Codec::Other(name) => name,
    };
    name.into()
}

/// Whether decoding gives back what the encoder was given.
pub(super) fn is_lossless(codec: Codec) -> bool {
    matches!(codec, Codec::Pcm(_) | Codec::Flac | Codec::Alac)
}

/// Whether anything in this program decodes the codec.
pub(super) fn has_decoder(codec: Codec) -> bool {
    matches!(codec, Codec::Gsm | Codec::GsmMs | Codec::AmrNb | Codec::AmrWb)
        || (!matches!(codec, Codec::Other(_)) && codec_to_id(codec) != CODEC_ID_NULL_AUDIO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_go_both_ways() {
        for (id, format) in PCM_IDS {
            assert_eq!(
                (codec_to_id(Codec::Pcm(format)), id_to_codec(id)),
                (id, Codec::Pcm(format))
            );
        }
        for (id, codec) in CODED_IDS {
            assert_eq!((codec_to_id(codec), id_to_codec(id)), (id, codec));
        }
        assert!(has_decoder(Codec::Opus) && !has_decoder(Codec::Other("WMA")));
        assert!(!has_decoder(Codec::Pcm(pcm(5, false, false, false))));
    }

    #[test]
    fn names_people_know() {
        assert_eq!(codec_name(Codec::Pcm(pcm(2, false, false, false))), "PCM s16le");
        assert_eq!(codec_name(Codec::Pcm(pcm(1, false, true, false))), "PCM u8");
        assert_eq!(codec_name(Codec::Pcm(pcm(8, true, false, true))), "PCM f64be");
        assert_eq!(codec_name(Codec::Other("WMA")), "WMA");
    }
}
