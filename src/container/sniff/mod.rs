//! What kind of file this is, by its bytes alone.

mod frames;
mod kind;
mod other;

use super::amr;
use super::fields::{be_u32, bytes_at, four, le_u32};
use super::reader::ByteReader;
use crate::error::Result;

pub use self::kind::FileKind;

/// Bytes of the MPEG audio frame whose header stands at the start of `bytes`; `None` for free format.
pub(super) fn mpeg_frame_len(bytes: &[u8]) -> Option<usize> {
    frames::mpeg_frame(bytes, 0).map(|(_, len)| len)
}

/// Bytes searched for the first MPEG or ADTS frame.
const SEARCH_BYTES: u64 = 64 * 1024;

/// Bytes read past the search: ten of the longest frames, which are those of ADTS.
const BEYOND_BYTES: u64 = 80 * 1024;

/// ID3v2 tags in a row that are skipped.
const MAX_TAGS: usize = 16;

/// `riff` GUID that opens a Wave64 file.
const W64_RIFF: [u8; 16] = *b"riff\x2E\x91\xCF\x11\xA5\xD6\x28\xDB\x04\xC1\x00\x00";

/// GUID of an ASF header.
const ASF_HEADER: [u8; 16] = *b"\x30\x26\xB2\x75\x8E\x66\xCF\x11\xA6\xD9\x00\xAA\x00\x62\xCE\x6C";

/// What kind of file this is. Names and extensions play no part.
///
/// # Errors
///
/// [`Error::Read`](crate::error::Error::Read) if the system refuses to read.
pub fn sniff(reader: &mut ByteReader) -> Result<FileKind> {
    if reader.is_empty() {
        return Ok(FileKind::NotAudio("an empty file"));
    }
    let base = skip_id3v2(reader)?;
    if base >= reader.len() {
        return Ok(FileKind::NotAudio("an ID3 tag with no audio after it"));
    }
    let bytes = bytes_at(reader, base, SEARCH_BYTES + BEYOND_BYTES, u64::MAX)?;
    let rest_len = reader.len() - base;
    if let Some(kind) = by_magic(&bytes, rest_len) {
        // A container's own offsets count from the start of the file, so its walker would be lost
        // behind a tag. FLAC and the others below are found by their demuxers all the same.
        let survives_tag = matches!(
            kind,
            FileKind::Flac | FileKind::Tta | FileKind::Ape | FileKind::WavPack | FileKind::Ac3
        );
        if base == 0 || survives_tag || matches!(kind, FileKind::NotAudio(_)) {
            return Ok(kind);
        }
        return Ok(FileKind::NotAudio("an ID3 tag before a file of another kind"));
    }
    let audio_len = rest_len - trailing_tag_bytes(reader)?.min(rest_len);
    if let Some(kind) = frames::find(&bytes, SEARCH_BYTES as usize, audio_len) {
        return Ok(kind);
    }
    if base == 0 && frames::is_gsm(&bytes, rest_len) {
        return Ok(FileKind::GsmRaw);
    }
    Ok(FileKind::NotAudio(if base == 0 {
        other::by_content(&bytes)
    } else {
        "an ID3 tag with unknown bytes after it"
    }))
}

/// What these bytes look like, audio or not, such as `a ZIP archive`.
pub(super) fn describe(bytes: &[u8]) -> &'static str {
    match by_magic(bytes, bytes.len() as u64) {
        Some(kind) => kind.name(),
        None if bytes.starts_with(b"ID3") || bytes.starts_with(b"TAG") => "an ID3 tag",
        None => other::by_content(bytes),
    }
}

/// The same, if it is something with a beginning of its own.
pub(crate) fn recognised(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"APETAGEX") {
        return Some("an APE tag");
    }
    let vague = bytes.iter().all(|b| *b == 0);
    Some(describe(bytes)).filter(|name| !vague && *name != other::UNKNOWN)
}

fn by_magic(bytes: &[u8], len: u64) -> Option<FileKind> {
    use FileKind as K;
    let form = |code: &[u8; 4]| bytes.get(8..12) == Some(code.as_slice());
    let kind = match bytes {
        [b'R', b'I', b'F', b'F' | b'X', ..] if form(b"WAVE") => K::Riff,
        [b'R', b'I', b'F', b'F', ..] if form(b"AVI ") => K::Avi,
        [b'R', b'I', b'F', b'F', ..] if form(b"WEBP") => K::NotAudio("a WebP picture"),
        [b'R', b'I', b'F', b'F', ..] => K::NotAudio("a RIFF file that is not WAVE"),
        [b'R', b'F', b'6', b'4', ..] | [b'B', b'W', b'6', b'4', ..] if form(b"WAVE") => K::Rf64,
        [b'F', b'O', b'R', b'M', ..] if form(b"AIFF") || form(b"AIFC") => K::Aiff,
        [b'c', b'a', b'f', b'f', 0, ..] => K::Caf,
        [b'.', b's', b'n', b'd', ..] => K::Au,
        [b'f', b'L', b'a', b'C', ..] => K::Flac,
        [b'O', b'g', b'g', b'S', ..] => K::Ogg,
        [0x1A, 0x45, 0xDF, 0xA3, ..] => K::Matroska,
        [b'F', b'L', b'V', 1, ..] => K::Flv,
        [b'w', b'v', b'p', b'k', ..] => K::WavPack,
        [b'T', b'T', b'A', b'1' | b'2', ..] => K::Tta,
        [b'M', b'A', b'C', b' ', ..] => K::Ape,
        [b'.', b'r', b'a', 0xFD, ..] | [b'.', b'R', b'M', b'F', ..] => K::RealAudio,
        [2..=6, b'd', b's', b's', ..] | [3, b'd', b's', b'2', ..] => K::Dss,
        [0, 0, 1, 0xBA, ..] => K::MpegPs,
        _ if bytes.starts_with(&W64_RIFF) => K::W64,
        _ if bytes.starts_with(&ASF_HEADER) => K::Asf,
        _ if bytes.starts_with(b"#!SILK_V3") || bytes.starts_with(b"\x02#!SILK_V3") => K::Silk,
        _ if bytes.starts_with(amr::WB_MAGIC) || bytes.starts_with(amr::WB_MULTICHANNEL_MAGIC) => {
            K::AmrWb
        }
        _ if bytes.starts_with(amr::NB_MAGIC) || bytes.starts_with(amr::NB_MULTICHANNEL_MAGIC) => {
            K::AmrNb
        }
        _ => {
            return iso_bmff(bytes, len)
                .or_else(|| other::by_magic(bytes).map(K::NotAudio))
                .or_else(|| frames::is_transport_stream(bytes).then_some(K::MpegTs))
                .or_else(|| frames::is_ac3(bytes, len).then_some(K::Ac3))
                .or_else(|| frames::is_loas(bytes, len).then_some(K::Loas));
        }
    };
    Some(kind)
}

/// A first box that opens an ISO base media file, or a picture in one.
fn iso_bmff(bytes: &[u8], len: u64) -> Option<FileKind> {
    let size = u64::from(be_u32(bytes, 0)?);
    let sane = size <= 1 || size >= 8;
    let fits = size <= 1 || (8..=len).contains(&size);
    let known = match &four(bytes, 4)? {
        b"ftyp" => sane && size != 1,
        b"moov" | b"mdat" | b"moof" | b"styp" => sane,
        b"free" | b"wide" | b"skip" | b"pnot" | b"sidx" | b"uuid" => fits,
        _ => false,
    };
    if !known {
        return None;
    }
    let brand = four(bytes, 8).filter(|_| &bytes[4..8] == b"ftyp");
    Some(match brand.as_ref() {
        Some(b"heic" | b"heix" | b"mif1" | b"msf1" | b"hevc") => {
            FileKind::NotAudio("a HEIF picture")
        }
        Some(b"avif" | b"avis") => FileKind::NotAudio("an AVIF picture"),
        _ => FileKind::IsoBmff,
    })
}

/// First byte after the ID3v2 tags at the start of the file.
fn skip_id3v2(reader: &mut ByteReader) -> Result<u64> {
    let mut at = 0u64;
    for _ in 0..MAX_TAGS {
        let Some(head) = reader.array_at::<10>(at)? else { break };
        let [b'I', b'D', b'3', version, _, flags, size @ ..] = head else { break };
        if version == 0xFF || size.iter().any(|b| b & 0x80 != 0) {
            break;
        }
        let body = size.iter().fold(0u64, |sum, &b| sum << 7 | u64::from(b));
        let footer = if flags & 0x10 != 0 { 10 } else { 0 };
        at += 10 + body + footer;
    }
    Ok(at)
}

/// Bytes of ID3v1 and APE tags at the end of the file.
fn trailing_tag_bytes(reader: &mut ByteReader) -> Result<u64> {
    let mut end = reader.len();
    if end >= 128 && reader.array_at::<3>(end - 128)? == Some(*b"TAG") {
        end -= 128;
    }
    if end >= 32
        && let Some(footer) = reader.array_at::<32>(end - 32)?
        && footer.starts_with(b"APETAGEX")
    {
        let size = u64::from(le_u32(&footer, 12).unwrap_or(0));
        let header = if footer[23] & 0x80 != 0 { 32 } else { 0 };
        end = end.saturating_sub(size + header);
    }
    Ok(reader.len() - end)
}

#[cfg(test)]
mod tests {
    use super::super::reader::reader_over;
    use super::*;

    fn kind(bytes: &[u8]) -> FileKind {
        sniff(&mut reader_over(bytes)).unwrap()
    }

    #[test]
    fn containers_by_their_first_bytes() {
        assert_eq!(kind(b"RIFF\0\0\0\0WAVEfmt "), FileKind::Riff);
        assert_eq!(kind(b"RIFF\0\0\0\0AVI LIST"), FileKind::Avi);
        assert_eq!(kind(b"BW64\xff\xff\xff\xffWAVEds64"), FileKind::Rf64);
        assert_eq!(kind(b"FORM\0\0\0\0AIFCFVER"), FileKind::Aiff);
        assert_eq!(kind(b"#!AMR-WB\n\x44"), FileKind::AmrWb);
        assert_eq!(kind(b"#!AMR\n\x3c"), FileKind::AmrNb);
        assert_eq!(kind(b"\x02#!SILK_V3"), FileKind::Silk);
        assert_eq!(kind(b"\0\0\0\x08wide\0\0\0\0mdat"), FileKind::IsoBmff);
        assert_eq!(kind(b"\0\0\0\x14ftypM4A \0\0\0\0isom"), FileKind::IsoBmff);
        assert_eq!(kind(b"\0\0\0\x14ftypheic\0\0\0\0mif1"), FileKind::NotAudio("a HEIF picture"));
        assert_eq!(kind(b"ID3\x04\0\0\0\0\0\x02xxfLaC\0\0\0\x22"), FileKind::Flac);
    }

    #[test]
    fn tags_alone_and_nothing_at_all() {
        assert_eq!(kind(b""), FileKind::NotAudio("an empty file"));
        let tag_only = kind(b"ID3\x04\0\0\x0f\x7f\x7f\x7f");
        assert_eq!(tag_only, FileKind::NotAudio("an ID3 tag with no audio after it"));
        let tagged_zip = kind(b"ID3\x04\0\0\0\0\0\0PK\x03\x04");
        assert_eq!(tagged_zip, FileKind::NotAudio("a ZIP archive"));
    }
}
