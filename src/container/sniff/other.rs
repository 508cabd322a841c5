//! Names for bytes that are no audio, so that a message can say what was handed in.

/// Name of what nothing is known of.
pub(super) const UNKNOWN: &str = "unknown bytes";

/// Bytes looked at to tell text from the rest.
const TEXT_BYTES: usize = 4096;

/// First bytes that settle what a file is, and its name.
const MAGICS: &[(&[u8], &str)] = &[
    (b"\xFF\xD8\xFF", "a JPEG picture"),
    (b"\x89PNG\r\n\x1A\n", "a PNG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"Xcur", "an X cursor"),
    (b"8BPS", "a Photoshop picture"),
    (b"%PDF-", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "a Microsoft Office document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"Rar!\x1A\x07", "a RAR archive"),
    (b"7z\xBC\xAF\x27\x1C", "a 7-Zip archive"),
    (b"\x1F\x8B\x08", "gzip-compressed data"),
    (b"\xFD7zXZ\0", "xz-compressed data"),
    (b"\x28\xB5\x2F\xFD", "Zstandard-compressed data"),
    (b"BZh", "bzip2-compressed data"),
    (b"\x7FELF", "an ELF program"),
    (b"\xCF\xFA\xED\xFE", "a macOS program"),
    (b"\xCE\xFA\xED\xFE", "a macOS program"),
    (b"\xCA\xFE\xBA\xBE", "a Java class or macOS program"),
    (b"MZ", "a Windows program"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"MThd", "a MIDI file"),
    (b"ADIF", "an AAC stream in ADIF form"),
    (b"DSD ", "a DSD recording"),
    (b"\0\0\x01\xB3", "an MPEG video stream"),
    (b"Creative Voice File", "a Creative Voice file"),
    (b"bplist00", "an Apple property list"),
    (b"\x4C\0\0\0\x01\x14\x02\0", "a Windows shortcut"),
];

/// What a file is by its first bytes.
pub(super) fn by_magic(bytes: &[u8]) -> Option<&'static str> {
    let known = MAGICS.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|&(_, name)| name);
    known.or_else(|| is_bitmap(bytes).then_some("a BMP picture"))
}

/// The two letters `BM` alone would catch text, so the reserved bytes must be zero as well.
fn is_bitmap(bytes: &[u8]) -> bool {
    bytes.starts_with(b"BM") && bytes.get(6..10) == Some(&[0; 4])
}

/// What bytes without a known signature look like.
pub(super) fn by_content(bytes: &[u8]) -> &'static str {
    if bytes.iter().all(|&b| b == 0) {
        return "zero bytes";
    }
    let part = &bytes[..bytes.len().min(TEXT_BYTES)];
    let Some(text) = as_text(part) else { return UNKNOWN };
    let start = text.trim_start_matches('\u{FEFF}').trim_start().to_ascii_lowercase();
    if start.starts_with("<!doctype html") || start.starts_with("<html") {
        "an HTML page"
    } else if start.starts_with("<?xml") || start.starts_with("<svg") {
        "an XML document"
    } else if start.starts_with('{') || start.starts_with('[') {
        "JSON text"
    } else {
        "plain text"
    }
}

/// The bytes as UTF-8 without control characters; a character cut at the end is forgiven.
fn as_text(bytes: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let is_text = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{C}' | '\u{1B}');
    text.chars().all(is_text).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures() {
        assert_eq!(by_magic(b"\xFF\xD8\xFF\xE0\0\x10JFIF"), Some("a JPEG picture"));
        assert_eq!(by_magic(b"\x7FELF\x02\x01\x01"), Some("an ELF program"));
        assert_eq!(by_magic(b"BMW is a car"), None);
        assert_eq!(by_magic(b""), None);
    }

    #[test]
    fn text_and_its_kinds() {
        assert_eq!(by_content("Grüße, Welt".as_bytes()), "plain text");
        assert_eq!(by_content(b"\xEF\xBB\xBF\n<!DOCTYPE HTML><html>"), "an HTML page");
        assert_eq!(by_content(b"<?xml version='1.0'?>"), "an XML document");
        assert_eq!(by_content(b"{\"a\": 1}"), "JSON text");
        assert_eq!(by_content(b"\x01\x02\x03"), "unknown bytes");
        assert_eq!(by_content(b"\0\0\0"), "zero bytes");
        let cut = &"é".repeat(TEXT_BYTES).into_bytes()[..TEXT_BYTES - 1];
        assert_eq!(by_content(cut), "plain text");
    }
}
