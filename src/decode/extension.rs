//! Whether a file's name promises another kind than its bytes are.

use std::path::Path;

use crate::container::FileKind;

/// Extensions in use for each kind, lower case.
const EXTENSIONS: [(FileKind, &[&str]); 24] = [
    (FileKind::Riff, &["wav", "wave", "bwf"]),
    (FileKind::Rf64, &["wav", "wave", "bwf", "rf64"]),
    (FileKind::W64, &["w64"]),
    (FileKind::Aiff, &["aif", "aiff", "aifc"]),
    (FileKind::Caf, &["caf"]),
    (FileKind::Au, &["au", "snd"]),
    (FileKind::Flac, &["flac"]),
    (FileKind::Ogg, &["ogg", "oga", "opus", "ogv", "ogx", "spx"]),
    (FileKind::Matroska, &["mkv", "mka", "webm", "weba"]),
    (FileKind::IsoBmff, &["mp4", "m4a", "m4v", "m4b", "m4r", "mov", "qt", "3gp", "3g2", "aac"]),
    (FileKind::Mpeg, &["mp3", "mp2", "mp1", "mpga", "mpa"]),
    (FileKind::Adts, &["aac", "adts"]),
    (FileKind::AmrNb, &["amr"]),
    (FileKind::AmrWb, &["awb", "amr"]),
    (FileKind::GsmRaw, &["gsm"]),
    (FileKind::MpegTs, &["ts", "m2ts", "mts"]),
    (FileKind::MpegPs, &["mpg", "mpeg", "vob"]),
    (FileKind::Avi, &["avi"]),
    (FileKind::Flv, &["flv"]),
    (FileKind::Asf, &["wma", "wmv", "asf"]),
    (FileKind::Ac3, &["ac3", "eac3"]),
    (FileKind::WavPack, &["wv"]),
    (FileKind::Tta, &["tta"]),
    (FileKind::Silk, &["silk", "slk", "amr", "aud"]),
];

/// A warning if the extension is known and belongs to another kind; `name` names the kind.
pub(super) fn mismatch(path: &Path, kind: FileKind, name: &str) -> Option<String> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    let own = EXTENSIONS.iter().find(|(known, _)| *known == kind).map_or(&[][..], |(_, e)| e);
    let is_known = EXTENSIONS.iter().any(|(_, e)| e.contains(&extension.as_str()));
    (is_known && !own.contains(&extension.as_str()))
        .then(|| format!("the name ends in `.{extension}`, the bytes are {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_extensions_of_other_kinds_are_named() {
        let text = |path| mismatch(Path::new(path), FileKind::Riff, "WAV");
        assert_eq!(text("a.mp3").as_deref(), Some("the name ends in `.mp3`, the bytes are WAV"));
        assert_eq!(text("a.WAV"), None);
        assert_eq!(text("a.tmp"), None);
        assert_eq!(text("a"), None);
    }
}
