//! What a clip is delivered as: the codecs, with their options for `ffmpeg`.

use std::path::Path;

use crate::Outcome;
use crate::sound::Sound;

/// A codec in its container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    Wav,
    Opus16,
    Opus24,
    Aac48,
    Mp3At64,
    AmrNb,
    AmrNb475,
    AmrWb,
    Gsm,
    /// AMR-NB, then MP3, then Opus.
    Chain,
}

impl Channel {
    /// Name as in the cases.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Opus16 => "opus16",
            Self::Opus24 => "opus24",
            Self::Aac48 => "aac48",
            Self::Mp3At64 => "mp3_64",
            Self::AmrNb => "amrnb",
            Self::AmrNb475 => "amrnb475",
            Self::AmrWb => "amrwb",
            Self::Gsm => "gsm",
            Self::Chain => "chain",
        }
    }

    pub fn extension(self) -> &'static str {
        match self {
            Self::Wav | Self::Gsm => "wav",
            Self::Opus16 | Self::Opus24 | Self::Chain => "ogg",
            Self::Aac48 => "m4a",
            Self::Mp3At64 => "mp3",
            Self::AmrNb | Self::AmrNb475 => "amr",
            Self::AmrWb => "awb",
        }
    }

    fn arguments(self) -> &'static str {
        match self {
            Self::Wav => "-c:a pcm_s16le",
            Self::Opus16 | Self::Chain => "-c:a libopus -b:a 16k -application voip -f ogg",
            Self::Opus24 => "-c:a libopus -b:a 24k -application voip -f ogg",
            Self::Aac48 => "-c:a aac -b:a 48k",
            Self::Mp3At64 => "-c:a libmp3lame -b:a 64k",
            Self::AmrNb => "-ac 1 -ar 8000 -c:a libopencore_amrnb -b:a 12.2k",
            Self::AmrNb475 => "-ac 1 -ar 8000 -c:a libopencore_amrnb -b:a 4.75k",
            Self::AmrWb => "-ac 1 -ar 16000 -c:a libvo_amrwbenc -b:a 12.65k -f amr",
            Self::Gsm => "-ac 1 -ar 8000 -c:a libgsm_ms",
        }
    }

    /// Writes `sound` to `path` the way this channel does.
    pub fn deliver(self, sound: &Sound, path: &Path) -> Outcome<()> {
        match self {
            Self::Wav => sound.write_wav(path),
            Self::Chain => {
                let between = tempfile::tempdir()?;
                let mut sound = sound.clone();
                for step in [Self::AmrNb, Self::Mp3At64] {
                    let file = between.path().join(format!("step.{}", step.extension()));
                    step.deliver(&sound, &file)?;
                    sound = Sound::decode(&file, 16_000, 1, "")?;
                }
                Self::Opus16.deliver(&sound, path)
            }
            _ => sound.encode(path, &self.arguments().split(' ').collect::<Vec<_>>()),
        }
    }
}

/// How much later `heard` is than `original`, in seconds, from some seconds in the middle.
///
/// The lag within 40 ms at which the correlation is largest in magnitude, with a parabola through
/// its neighbours. Nothing if the agreement is below 0.3.
pub fn delay_s(original: &Sound, heard: &Sound) -> Option<f64> {
    let (x, y) = (mixed(original), mixed(heard));
    let rate = f64::from(original.rate_hz);
    let (lags, frames) = ((0.04 * rate) as usize, ((5.0 * rate) as usize).min(80_000));
    let start = (x.len().min(y.len()) / 2).checked_sub(frames / 2)?.max(lags);
    let part = x.get(start..start + frames)?;
    let correlation: Vec<f64> = (0..=2 * lags)
        .map(|lag| {
            let from = start + lag - lags;
            y.get(from..from + frames).map_or(0.0, |other| {
                let dot: f32 = part.iter().zip(other).map(|(a, b)| a * b).sum();
                f64::from(dot)
            })
        })
        .collect();
    let best =
        (1..2 * lags).max_by(|&i, &j| correlation[i].abs().total_cmp(&correlation[j].abs()))?;
    let energy = |s: &[f32]| s.iter().map(|v| f64::from(v * v)).sum::<f64>();
    let other = y.get(start + best - lags..start + best - lags + frames)?;
    if correlation[best].abs() < 0.3 * (energy(part) * energy(other)).sqrt() {
        return None;
    }
    let (l, m, r) = (correlation[best - 1], correlation[best], correlation[best + 1]);
    let shift = 0.5 * (l - r) / (l - 2.0 * m + r);
    Some((best as f64 + shift - lags as f64) / rate)
}

/// All channels added up.
fn mixed(sound: &Sound) -> Vec<f32> {
    (0..sound.frames()).map(|n| sound.channels.iter().map(|c| c[n]).sum()).collect()
}
