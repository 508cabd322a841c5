//! The codecs before the edits and after them.

use std::path::Path;
use std::process::Command;

use crate::Outcome;
use crate::random::Random;
use crate::sound::Sound;

/// A way to store samples.
#[derive(Debug)]
pub struct Codec {
    pub name: &'static str,
    /// Kind of codec, as `previous_codec` names it.
    pub family: &'static str,
    arguments: &'static str,
    extension: &'static str,
    /// Its only sample rate in Hz; any if zero.
    pub rate_hz: u32,
    /// How much later the decoded sound is than what went in, in seconds, after the decoder has
    /// trimmed what the container declares as priming. Measured with clicks.
    pub delay_s: f64,
}

const fn codec(
    name: &'static str,
    family: &'static str,
    arguments: &'static str,
    extension: &'static str,
    rate_hz: u32,
) -> Codec {
    Codec { name, family, arguments, extension, rate_hz, delay_s: 0.0 }
}

/// What a recorder may have used.
pub static FIRST: [Codec; 16] = [
    codec("none", "none", "", "wav", 0),
    codec("aac-48", "aac", "-c:a aac -b:a 48k", "m4a", 0),
    codec("aac-64", "aac", "-c:a aac -b:a 64k", "m4a", 0),
    codec("aac-96", "aac", "-c:a aac -b:a 96k", "m4a", 0),
    codec("aac-128", "aac", "-c:a aac -b:a 128k", "m4a", 0),
    codec("mp3-64", "mp3", "-c:a libmp3lame -b:a 64k", "mp3", 0),
    codec("mp3-96", "mp3", "-c:a libmp3lame -b:a 96k", "mp3", 0),
    codec("mp3-128", "mp3", "-c:a libmp3lame -b:a 128k", "mp3", 0),
    codec("vorbis-q3", "vorbis", "-c:a libvorbis -q:a 3", "ogg", 0),
    codec("vorbis-q5", "vorbis", "-c:a libvorbis -q:a 5", "ogg", 0),
    codec("opus-24", "opus", "-c:a libopus -b:a 24k -application voip", "opus", 48_000),
    codec("opus-64", "opus", "-c:a libopus -b:a 64k", "opus", 48_000),
    codec("opus-96", "opus", "-c:a libopus -b:a 96k", "opus", 48_000),
    codec("opus-16", "opus", "-c:a libopus -b:a 16k -application voip", "opus", 48_000),
    codec("amr-nb", "amr", "-ac 1 -c:a libopencore_amrnb -b:a 12.2k", "amr", 8_000),
    codec("amr-wb", "amr", "-ac 1 -c:a libvo_amrwbenc -b:a 19.85k -f amr", "awb", 16_000),
];

/// What a clip may be saved as.
pub static LAST: [Codec; 10] = [
    codec("wav", "none", "-c:a pcm_s16le", "wav", 0),
    codec("flac", "none", "-c:a flac", "flac", 0),
    codec("mp3-128", "mp3", "-c:a libmp3lame -b:a 128k", "mp3", 0),
    codec("aac-128", "aac", "-c:a aac -b:a 128k", "m4a", 0),
    codec("aac-64", "aac", "-c:a aac -b:a 64k", "m4a", 0),
    codec("opus-64", "opus", "-c:a libopus -b:a 64k", "opus", 48_000),
    codec("vorbis-96", "vorbis", "-c:a libvorbis -q:a 4", "ogg", 0),
    codec("opus-24", "opus", "-c:a libopus -b:a 24k -application voip", "opus", 48_000),
    codec("opus-16", "opus", "-c:a libopus -b:a 16k -application voip", "opus", 48_000),
    Codec {
        delay_s: 0.005,
        ..codec("amr-nb", "amr", "-ac 1 -ar 8000 -c:a libopencore_amrnb -b:a 12.2k", "amr", 0)
    },
];

/// One of the codecs in `names`, which may be beginnings of names; the first codec of the table if
/// none fits.
pub fn pick(random: &mut Random, table: &'static [Codec], names: &[&str]) -> &'static Codec {
    let wanted = names[random.below(names.len())];
    let fitting: Vec<&Codec> = table.iter().filter(|c| c.name.starts_with(wanted)).collect();
    fitting.get(random.below(fitting.len())).copied().unwrap_or(&table[0])
}

impl Codec {
    /// Path of a clip under `folder`.
    pub fn path(&self, folder: &str, id: &str) -> String {
        format!("{folder}/{id}.{}", self.extension)
    }

    /// Writes `sound` to `path`.
    pub fn write(&self, sound: &Sound, path: &Path) -> Outcome<()> {
        if self.extension == "wav" {
            return sound.write_wav(path);
        }
        let arguments: Vec<&str> = self.arguments.split(' ').collect();
        sound.encode(path, &arguments)
    }

    /// `sound`, mono, as it comes back from this codec in 16 bits.
    pub fn through(&self, sound: Sound) -> Outcome<Sound> {
        if self.family == "none" {
            return Ok(sound);
        }
        let folder = tempfile::tempdir()?;
        let file = folder.path().join(format!("first.{}", self.extension));
        self.write(&sound, &file)?;
        let output = Command::new("ffmpeg")
            .args(["-nostdin", "-v", "error", "-threads", "1", "-i"])
            .arg(&file)
            .args(["-ar", &sound.rate_hz.to_string(), "-ac", "1", "-f", "s16le", "-"])
            .output()
            .map_err(|e| format!("could not run ffmpeg: {e}"))?;
        if !output.status.success() {
            return Err(format!("ffmpeg failed to read back {}", self.name).into());
        }
        let samples = output.stdout.chunks_exact(2);
        let samples = samples.map(|b| f32::from(i16::from_le_bytes([b[0], b[1]])) / 32_768.0);
        Ok(Sound::mono(sound.rate_hz, samples.collect()))
    }
}
