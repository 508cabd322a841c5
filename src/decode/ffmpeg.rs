//! How `ffmpeg` is called, and what it says about its input.

use std::ffi::OsString;
use std::io::{Seek, SeekFrom};
use std::process::{Command, Stdio};

use super::source::OpenFile;
use crate::error::{Error, Result};

/// Names of the program's decoders as people know them.
const NAMES: [(&str, &str); 24] = [
    ("aac", "AAC"),
    ("aac_latm", "AAC"),
    ("ac3", "AC-3"),
    ("adpcm_g722", "G.722"),
    ("adpcm_g726", "G.726"),
    ("ape", "Monkey's Audio"),
    ("cook", "RealAudio Cook"),
    ("dts", "DTS"),
    ("eac3", "E-AC-3"),
    ("flac", "FLAC"),
    ("g723_1", "G.723.1"),
    ("g729", "G.729"),
    ("mp2", "MP2"),
    ("mp3", "MP3"),
    ("opus", "Opus"),
    ("ra_144", "RealAudio 1.0"),
    ("ra_288", "RealAudio 2.0"),
    ("speex", "Speex"),
    ("tta", "True Audio"),
    ("vorbis", "Vorbis"),
    ("wavpack", "WavPack"),
    ("wmapro", "WMA Pro"),
    ("wmav1", "WMA 1"),
    ("wmav2", "WMA 2"),
];

/// The call that decodes audio track `track` of `file` to AU on its standard output.
///
/// # Errors
///
/// [`Error::Open`] if the file cannot be handed over.
pub(super) fn command(file: &OpenFile, track: usize) -> Result<Command> {
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-hide_banner", "-nostats", "-v", "info"]);
    command.args(["-protocol_whitelist", "file,pipe", "-i"]);
    if file.path.as_os_str() == "-" {
        let mut handle = file.handle()?;
        let rewound = handle.seek(SeekFrom::Start(0));
        rewound.map_err(|source| Error::Open { path: file.path.clone(), source })?;
        command.arg("pipe:0").stdin(Stdio::from(handle));
    } else {
        // The prefix keeps a name with a dash or a colon in front from being an option or a URL.
        let mut name = OsString::from("file:");
        name.push(&file.path);
        command.arg(name).stdin(Stdio::null());
    }
    let map = format!("0:a:{track}");
    command.args([
        "-vn",
        "-map",
        &map,
        "-map_metadata",
        "-1",
        "-c:a",
        "pcm_f32be",
        "-f",
        "au",
        "-",
    ]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    Ok(command)
}

/// `ffmpeg` and its version; `None` if there is none on the search path.
pub(super) fn version() -> Option<String> {
    let output = Command::new("ffmpeg").arg("-version").stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let version = text.strip_prefix("ffmpeg version ")?.split_whitespace().next()?;
    Some(format!("ffmpeg {}", version.chars().take(60).collect::<String>()))
}

/// The first `Audio: name` in a description of an input.
pub(super) fn codec_in(talk: &str) -> Option<String> {
    let name =
        talk.lines().find_map(|line| line.trim().strip_prefix("Stream #")?.split_once("Audio: "));
    let word: String =
        name?.1.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let known = NAMES.iter().find(|(short, _)| *short == word).map(|(_, name)| (*name).to_owned());
    (!word.is_empty()).then(|| known.unwrap_or(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codec_stands_in_the_description() {
        let talk = "Input #0, mpegts, from 'x':\n  Stream #0:0[0x100]: Audio: aac (LC), 48000 Hz\n";
        assert_eq!(codec_in(talk).as_deref(), Some("AAC"));
        assert_eq!(codec_in("title: Audio: evil"), None);
    }
}
