//! Names for the reports of files whose own names may be anything.

use std::path::Path;

use sha2::{Digest, Sha256};

/// Characters of the file's own name that are kept.
const KEPT: usize = 48;
/// Bytes of the path's hash: two of a million paths meet once in 37 million scans.
const HASH_BYTES: usize = 8;

/// A name for a file's outputs, without ending: letters, digits, `-` and `_` of the file's name, then
/// the beginning of the SHA-256 of its whole path, which makes it unique. It is no reserved name and
/// no option anywhere, and names that differ in case alone stay apart.
pub(super) fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let mut kept = String::new();
    for c in name.chars().take(KEPT) {
        let safe = if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
        if !(safe == '_' && kept.ends_with('_')) {
            kept.push(safe);
        }
    }
    let kept = kept.trim_matches(['_', '-']);
    let kept = if kept.is_empty() { "file" } else { kept };
    let hash = Sha256::digest(path.as_os_str().as_encoded_bytes());
    let hex: String = hash[..HASH_BYTES].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{kept}-{hex}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_plain_and_tell_paths_apart() {
        let long = "x".repeat(255);
        let paths = [
            "a/clip.wav",
            "b/clip.wav",
            "a/Clip.wav",
            "a/../clip.wav",
            "-rf",
            "=cmd|' /C calc'!A0",
            "a\nb\u{1b}[31m.wav",
            "<script>.wav",
            "CON",
            "..",
            "/",
            "ünï.ogg",
            "",
            &long,
        ];
        let stems: HashSet<String> = paths.iter().map(|path| stem(Path::new(path))).collect();
        assert_eq!(stems.len(), paths.len());
        for stem in stems {
            assert!(stem.len() <= KEPT + 17 && !stem.starts_with(['-', '_', '.']), "{stem}");
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
            assert!(stem.chars().all(plain), "{stem}");
        }
        assert!(stem(Path::new("a/clip.wav")).starts_with("clip_wav-"));
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_no_utf_8_stay_apart() {
        use std::os::unix::ffi::OsStrExt;
        let stem = |bytes: &[u8]| stem(Path::new(std::ffi::OsStr::from_bytes(bytes)));
        assert_ne!(stem(b"\xff.wav"), stem(b"\xfe.wav"));
    }
}
