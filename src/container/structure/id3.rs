//! ID3 tags, version 2 at the start and version 1 at the end of a file.

use super::credentials;
use super::tree::Tree;
use crate::container::fields::{be_u32, bytes_at, text};
use crate::container::reader::ByteReader;
use crate::error::Result;

/// Frames read of a tag.
const MAX_FRAMES: usize = 512;

/// Bytes read of a frame with text.
const MAX_TEXT_BYTES: u64 = 2_048;

/// Bytes of an ID3v1 tag.
const V1_BYTES: u64 = 128;

/// The tag at `at`, if there is one; the first byte behind it.
pub(super) fn v2_at(reader: &mut ByteReader, at: u64, tree: &mut Tree) -> Result<u64> {
    let Some(head) = reader.array_at::<10>(at)? else { return Ok(at) };
    let [b'I', b'D', b'3', version, _, flags, size @ ..] = head else { return Ok(at) };
    if version == 0xFF || size.iter().any(|b| b & 0x80 != 0) {
        return Ok(at);
    }
    let body = synchsafe(u32::from_be_bytes(size));
    let footer = if flags & 0x10 != 0 { 10 } else { 0 };
    let end = (at + 10 + body + footer).min(reader.len());
    tree.enter("ID3v2", at, end - at);
    tree.field("version", format!("2.{version}"));
    frames(reader, version, (at + 10, at + 10 + body), tree)?;
    tree.leave();
    Ok(end)
}

/// 28 bits in four bytes of seven.
fn synchsafe(word: u32) -> u64 {
    word.to_be_bytes().iter().fold(0, |sum, &b| sum << 7 | u64::from(b & 0x7F))
}

fn frames(
    reader: &mut ByteReader,
    version: u8,
    (from, end): (u64, u64),
    tree: &mut Tree,
) -> Result<()> {
    let head_len = if version == 2 { 6 } else { 10 };
    let mut at = from;
    for _ in 0..MAX_FRAMES {
        let Some(head) = reader.array_at::<10>(at)?.filter(|_| at + head_len <= end) else { break };
        let (id, len) = match version {
            2 => (&head[..3], u64::from(u32::from_be_bytes([0, head[3], head[4], head[5]]))),
            3 => (&head[..4], u64::from(be_u32(&head, 4).unwrap_or(0))),
            _ => (&head[..4], synchsafe(be_u32(&head, 4).unwrap_or(0))),
        };
        if !id.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
            break;
        }
        let id = String::from_utf8_lossy(id).into_owned();
        let body = at + head_len;
        let held = len.min(end.saturating_sub(body));
        frame(reader, &id, (body, held), tree)?;
        at = body + held;
    }
    Ok(())
}

fn frame(
    reader: &mut ByteReader,
    id: &str,
    (body, len): (u64, u64),
    tree: &mut Tree,
) -> Result<()> {
    let bytes = bytes_at(reader, body, len, MAX_TEXT_BYTES)?;
    match id.as_bytes() {
        [b'T', ..] => {
            let mut parts = encoded(&bytes).into_iter();
            let first = parts.next().unwrap_or_default();
            match parts.next().filter(|_| id.starts_with("TX")) {
                Some(value) => tree.tag(format!("{id}:{first}"), value, body),
                None => tree.tag(id, first, body),
            }
        }
        b"COMM" | b"COM" if bytes.len() > 4 => {
            let rest: Vec<u8> = bytes[..1].iter().chain(&bytes[4..]).copied().collect();
            tree.tag(id, encoded(&rest).join(" ").trim().to_owned(), body);
        }
        b"PRIV" => {
            let owner = text(&bytes).unwrap_or_default();
            tree.tag(id, owner, body);
        }
        b"GEOB" | b"APIC" | b"PIC" => {
            let mime = bytes.get(1..).and_then(text).unwrap_or_default();
            tree.enter(id, body, len);
            tree.field("mime", &mime);
            tree.leave();
            if mime.contains("c2pa") {
                credentials::found(reader, (body, len), tree)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// Texts of a frame, by the encoding that its first byte names.
fn encoded(bytes: &[u8]) -> Vec<String> {
    let Some((&encoding, rest)) = bytes.split_first() else { return Vec::new() };
    let whole: String = match encoding {
        0 => rest.iter().map(|&b| char::from(b)).collect(),
        1 | 2 => {
            let little = encoding == 1 && rest.starts_with(&[0xFF, 0xFE]);
            let unit = |pair: &[u8; 2]| {
                if little { u16::from_le_bytes(*pair) } else { u16::from_be_bytes(*pair) }
            };
            let units =
                rest.as_chunks::<2>().0.iter().map(unit).filter(|&u| u != 0xFEFF && u != 0xFFFE);
            char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect()
        }
        _ => String::from_utf8_lossy(rest).into_owned(),
    };
    whole.split('\0').filter_map(|part| text(part.as_bytes())).collect()
}

/// First byte of an ID3v1 tag; the end of the file without one.
pub(super) fn v1_start(reader: &mut ByteReader) -> Result<u64> {
    let len = reader.len();
    let at = len.saturating_sub(V1_BYTES);
    Ok(if len >= V1_BYTES && reader.array_at::<3>(at)? == Some(*b"TAG") { at } else { len })
}

/// The ID3v1 tag at `at`, if the file does not end there.
pub(super) fn v1_at(reader: &mut ByteReader, at: u64, tree: &mut Tree) -> Result<()> {
    let bytes = bytes_at(reader, at, V1_BYTES, V1_BYTES)?;
    if !bytes.starts_with(b"TAG") {
        return Ok(());
    }
    tree.leaf("ID3v1", at, bytes.len() as u64);
    for (name, from, len) in [
        ("title", 3, 30),
        ("artist", 33, 30),
        ("album", 63, 30),
        ("year", 93, 4),
        ("comment", 97, 30),
    ] {
        if let Some(value) = bytes.get(from..from + len).and_then(text) {
            tree.tag(name, value, at);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::reader::reader_over;

    fn tags(bytes: &[u8]) -> Vec<(String, String)> {
        let mut tree = Tree::default();
        v2_at(&mut reader_over(bytes), 0, &mut tree).unwrap();
        tree.finish("test").tags.into_iter().map(|t| (t.name, t.value)).collect()
    }

    #[test]
    fn texts_of_three_versions_and_encodings() {
        let v3 = b"ID3\x03\0\0\0\0\0\x1fTSSE\0\0\0\x05\0\0\0LavfTXXX\0\0\0\x05\0\0\x03a\0bc";
        let expected =
            [("TSSE", "Lavf"), ("TXXX:a", "bc")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(tags(v3), expected);
        let v2 = b"ID3\x02\0\0\0\0\0\x0aTT2\0\0\x04\0abc";
        assert_eq!(tags(v2), [("TT2".to_owned(), "abc".to_owned())]);
        let wide = b"ID3\x04\0\0\0\0\0\x11TIT2\0\0\0\x07\0\0\x01\xff\xfeh\0i\0";
        assert_eq!(tags(wide), [("TIT2".to_owned(), "hi".to_owned())]);
    }

    #[test]
    fn sizes_that_lie_end_the_tag() {
        assert!(tags(b"ID3\x04\0\0\x7f\x7f\x7f\x7fTSSE\x7f\x7f\x7f\x7f\0\0\x03").len() <= 1);
        assert!(tags(b"ID3\x04\0\0\0\0\0").is_empty());
        assert!(tags(b"ID3\x04\0\0\xff\0\0\0").is_empty());
    }
}
