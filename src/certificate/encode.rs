//! Edited versions saved as the clip itself is: by an installed `ffmpeg` where the codec is lossy.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hound::{SampleFormat, WavSpec, WavWriter};

use crate::decode::StreamInfo;
use crate::error::{Error, Result};

/// Codecs as streams carry them, `ffmpeg`'s encoders, file endings, and the bit rate where the stream
/// tells none.
const ENCODERS: [(&str, &str, &str, u64); 7] = [
    ("AAC-LC", "aac", "m4a", 96_000),
    ("AMR-NB", "libopencore_amrnb", "amr", 12_200),
    ("AMR-WB", "libvo_amrwbenc", "awb", 23_850),
    ("MP2", "mp2", "mp2", 192_000),
    ("MP3", "libmp3lame", "mp3", 128_000),
    ("Opus", "libopus", "opus", 24_000),
    ("Vorbis", "libvorbis", "ogg", 96_000),
];

/// Bit rates of AMR, of which the next one is taken.
const AMR_NB_BPS: [u64; 8] = [4_750, 5_150, 5_900, 6_700, 7_400, 7_950, 10_200, 12_200];
const AMR_WB_BPS: [u64; 9] = [6_600, 8_850, 12_650, 14_250, 15_850, 18_250, 19_850, 23_050, 23_850];

/// How edited versions are saved.
pub(super) struct Encoding {
    codec: String,
    lossless: bool,
    encoder: Option<(&'static str, &'static str, u64)>,
}

impl Encoding {
    /// The encoding of a stream.
    pub(super) fn of(stream: &StreamInfo) -> Self {
        let known = ENCODERS.iter().find(|(codec, ..)| *codec == stream.codec);
        let nearest = |rates: &[u64], rate: u64| {
            rates.iter().copied().min_by_key(|r| r.abs_diff(rate)).unwrap_or(rate)
        };
        let encoder = known.map(|&(codec, encoder, ending, usual)| {
            let rate = stream.bit_rate_bps.unwrap_or(usual).clamp(4_000, 512_000);
            let rate = match codec {
                "AMR-NB" => nearest(&AMR_NB_BPS, rate),
                "AMR-WB" => nearest(&AMR_WB_BPS, rate),
                _ => rate,
            };
            (encoder, ending, rate)
        });
        Self { codec: stream.codec.clone(), lossless: stream.lossless, encoder }
    }

    /// The encoding in words.
    pub(super) fn title(&self) -> String {
        match self.encoder {
            Some((_, _, rate)) => format!("{}, {} kbit/s", self.codec, rate.div_ceil(1000)),
            None => format!("{}, without loss", self.codec),
        }
    }

    /// Writes `sound` into `folder`; tells the file and whether it is encoded as the clip is.
    pub(super) fn write(
        &self,
        folder: &Path,
        sound: &[Vec<f32>],
        rate: f64,
    ) -> Result<(PathBuf, bool)> {
        let wav = folder.join("edited.wav");
        write_wav(&wav, sound, rate as u32)
            .map_err(|e| Error::Write { path: wav.clone(), source: std::io::Error::other(e) })?;
        let Some((encoder, ending, bit_rate)) = self.encoder else {
            return Ok((wav, self.lossless));
        };
        let coded = folder.join(format!("edited.{ending}"));
        let mut command = Command::new("ffmpeg");
        command.args(["-nostdin", "-v", "error", "-y", "-i"]).arg(&wav);
        command.args(["-c:a", encoder, "-b:a", &bit_rate.to_string()]);
        if ending == "amr" || ending == "awb" {
            command.args(["-ac", "1", "-ar", if ending == "amr" { "8000" } else { "16000" }]);
        }
        let run = command.arg(&coded).stdout(Stdio::null()).stderr(Stdio::null()).status();
        if run.is_ok_and(|status| status.success()) { Ok((coded, true)) } else { Ok((wav, false)) }
    }
}

fn write_wav(
    path: &Path,
    sound: &[Vec<f32>],
    rate_hz: u32,
) -> std::result::Result<(), hound::Error> {
    let spec = WavSpec {
        channels: sound.len() as u16,
        sample_rate: rate_hz,
        bits_per_sample: 16,
        sample_format: SampleFormat::Int,
    };
    let mut writer = WavWriter::create(path, spec)?;
    for frame in 0..sound.first().map_or(0, Vec::len) {
        for channel in sound {
            let sample = channel.get(frame).copied().unwrap_or(0.0);
            writer.write_sample((32_768.0 * sample).round().clamp(-32_768.0, 32_767.0) as i16)?;
        }
    }
    writer.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(codec: &str, bit_rate_bps: Option<u64>) -> StreamInfo {
        StreamInfo { codec: codec.into(), bit_rate_bps, ..StreamInfo::default() }
    }

    #[test]
    fn rates_are_the_clips_own() {
        assert_eq!(Encoding::of(&stream("Opus", Some(15_600))).title(), "Opus, 16 kbit/s");
        assert_eq!(Encoding::of(&stream("AMR-NB", Some(7_900))).title(), "AMR-NB, 8 kbit/s");
        let pcm = StreamInfo { lossless: true, ..stream("PCM s16le", None) };
        assert_eq!(Encoding::of(&pcm).title(), "PCM s16le, without loss");
    }

    #[test]
    fn lossless_clips_are_saved_without_loss() {
        let folder = tempfile::tempdir().unwrap();
        let pcm = Encoding::of(&StreamInfo { lossless: true, ..stream("FLAC", None) });
        let (path, is_encoded) = pcm.write(folder.path(), &[vec![0.5, -1.0]], 8000.0).unwrap();
        assert!(is_encoded);
        let mut reader = hound::WavReader::open(path).unwrap();
        let samples: Vec<i16> = reader.samples().map(|s| s.unwrap()).collect();
        assert_eq!(samples, [16_384, -32_768]);
    }
}
