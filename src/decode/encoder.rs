//! The writer that a file names, where the demuxer library does not pass it on.

use crate::container::{ByteReader, FileKind};
use crate::error::Result;

/// Bytes searched from the start of the file; headers stand there.
const SEARCH_BYTES: usize = 64 * 1024;

/// Longest writer name kept, in bytes.
const MAX_TEXT_BYTES: usize = 256;

/// The writer named in the headers of OGG, FLAC or Matroska.
///
/// # Errors
///
/// [`Error::Read`](crate::error::Error::Read) if the system refuses to read.
pub(super) fn named_encoder(reader: &mut ByteReader, kind: FileKind) -> Result<Option<String>> {
    let mut head = vec![0; SEARCH_BYTES.min(reader.len() as usize)];
    let count = reader.read_at(0, &mut head)?;
    head.truncate(count);
    Ok(match kind {
        FileKind::Ogg => [&b"OpusTags"[..], b"\x03vorbis"]
            .iter()
            .find_map(|magic| vendor_at(&head, find(&head, magic)? + magic.len()))
            .or_else(|| ogg_flac_vendor(&head)),
        FileKind::Flac => find(&head, b"fLaC").and_then(|at| flac_vendor(&head, at + 4)),
        FileKind::Matroska => matroska_writer(&head),
        _ => None,
    })
}

fn find(bytes: &[u8], magic: &[u8]) -> Option<usize> {
    bytes.windows(magic.len()).position(|w| w == magic)
}

/// A length as four little-endian bytes, then the text: the vendor string of a Vorbis comment.
fn vendor_at(bytes: &[u8], at: usize) -> Option<String> {
    let len = u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?) as usize;
    text(bytes.get(at + 4..at.checked_add(4)?.checked_add(len)?)?)
}

/// The Vorbis comment among the metadata blocks that start at `at`.
fn flac_vendor(bytes: &[u8], mut at: usize) -> Option<String> {
    loop {
        let [kind, a, b, c] = *bytes.get(at..)?.first_chunk()?;
        if kind & 0x7F == 4 {
            return vendor_at(bytes, at + 4);
        }
        if kind & 0x80 != 0 {
            return None;
        }
        at += 4 + (usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c));
    }
}

/// In OGG the comment is the first packet of the page behind the one with the stream information.
fn ogg_flac_vendor(bytes: &[u8]) -> Option<String> {
    let first = find(bytes, b"fLaC")?;
    let page = first + find(bytes.get(first..)?, b"OggS")?;
    let body = page + 27 + usize::from(*bytes.get(page + 26)?);
    (*bytes.get(body)? & 0x7F == 4).then(|| vendor_at(bytes, body + 4))?
}

/// WritingApp of Matroska's Info, or MuxingApp: an id of two bytes, a length, the text.
fn matroska_writer(bytes: &[u8]) -> Option<String> {
    let info = find(bytes, &[0x15, 0x49, 0xA9, 0x66])?;
    let rest = bytes.get(info..)?;
    [[0x57, 0x41], [0x4D, 0x80]].iter().find_map(|id| {
        let at = find(rest, id)?;
        let len = usize::from(rest.get(at + 2)?.checked_sub(0x80)?);
        text(rest.get(at + 3..at + 3 + len)?)
    })
}

/// Readable text of a sane length.
fn text(bytes: &[u8]) -> Option<String> {
    if bytes.len() > MAX_TEXT_BYTES {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?.trim_matches(['\0', ' ']);
    (!text.is_empty() && !text.chars().any(char::is_control)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vendors_in_their_containers() {
        let opus = b"OggS....OpusTags\x04\0\0\0Lavf\0\0\0\0";
        let at = find(opus, b"OpusTags").unwrap() + 8;
        assert_eq!(vendor_at(opus, at).as_deref(), Some("Lavf"));
        let flac = b"fLaC\0\0\0\x02xx\x84\0\0\x08\x04\0\0\0Lavf";
        assert_eq!(flac_vendor(flac, 4).as_deref(), Some("Lavf"));
        let mkv = b"\x15\x49\xA9\x66\x90\x4D\x80\x84Lavf\x57\x41\x84mkvm";
        assert_eq!(matroska_writer(mkv).as_deref(), Some("mkvm"));
    }

    #[test]
    fn lengths_that_lie_give_nothing() {
        assert_eq!(vendor_at(b"\xff\xff\xff\xffLavf", 0), None);
        assert_eq!(flac_vendor(b"fLaC\0\xff\xff\xff", 4), None);
        assert_eq!(matroska_writer(b"\x15\x49\xA9\x66\x57\x41\xffab"), None);
        assert_eq!(text(b"\x1b[31m"), None);
    }
}
