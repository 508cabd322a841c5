//! Streams of an OGG file, page by page with their checksums (RFC 3533).

use std::collections::BTreeMap;

use super::tree::Tree;
use super::{OddityKind, foreign, vorbis_comment};
use crate::checksum::HighFirst;
use crate::container::fields::{be_u16, bytes_at, le_u32, text};
use crate::container::reader::ByteReader;
use crate::error::Result;

/// CRC-32 of a page (RFC 3533, section 6), which starts with 0 and is not inverted.
static PAGE_CRC: HighFirst = HighFirst::new(0x04c1_1db7);

/// Streams listed.
const MAX_STREAMS: usize = 256;

/// Bytes of a page header before its segment table.
const HEADER_BYTES: usize = 27;

/// Bytes searched for the next page after foreign ones, at once.
const SEARCH_BYTES: u64 = 64 * 1024;

/// One logical stream.
#[derive(Default)]
struct Stream {
    codec: &'static str,
    first: u64,
    pages: u64,
    bytes: u64,
    ended: bool,
    fields: Vec<(&'static str, String)>,
    /// Vendor and comments, and where they start.
    comment: Option<(u64, Vec<u8>)>,
}

pub(super) fn walk(reader: &mut ByteReader, tree: &mut Tree) -> Result<&'static str> {
    let len = reader.len();
    // A serial may come again in a chain; each first page opens a stream.
    let mut streams: Vec<Stream> = Vec::new();
    let mut open: BTreeMap<u32, usize> = BTreeMap::new();
    let mut page = Vec::new();
    let mut at = 0;
    while at < len {
        if !read_page(reader, at, &mut page)? {
            let next = next_page(reader, at + 1)?.unwrap_or(len);
            foreign(reader, tree, at, next)?;
            at = next;
            continue;
        }
        let serial = le_u32(&page, 14).unwrap_or(0);
        let body = &page[HEADER_BYTES + usize::from(page[26])..];
        let flags = page[5];
        if flags & 2 != 0 && streams.len() < MAX_STREAMS {
            open.insert(serial, streams.len());
            streams.push(Stream { first: at, ..identify(serial, body) });
        } else if let Some(stream) = open.get(&serial).and_then(|&n| streams.get_mut(n))
            && stream.pages == 1
        {
            let from = at + (page.len() - body.len()) as u64;
            stream.comment = comment(body).map(|skip| (from + skip as u64, body[skip..].to_vec()));
        }
        if let Some(stream) = open.get(&serial).and_then(|&n| streams.get_mut(n)) {
            stream.pages += 1;
            stream.bytes += page.len() as u64;
            stream.ended = flags & 4 != 0;
        }
        let stored = le_u32(&page, 22).unwrap_or(0);
        page[22..26].fill(0);
        let found = PAGE_CRC.update(0, &page);
        if found != stored {
            let number = le_u32(&page, 18).unwrap_or(0);
            let text = format!(
                "page {number} declares the checksum {stored:08x}, its bytes have {found:08x}"
            );
            tree.odd(OddityKind::Checksum, at, page.len() as u64, text);
        }
        at += page.len() as u64;
    }
    for stream in streams {
        list(stream, tree);
    }
    Ok("ogg")
}

fn list(stream: Stream, tree: &mut Tree) {
    tree.enter(format!("{} stream", stream.codec), stream.first, stream.bytes);
    for (name, value) in stream.fields {
        tree.field(name, value);
    }
    tree.field("pages", stream.pages);
    tree.field("last_page_marked", stream.ended);
    if let Some((offset, bytes)) = stream.comment {
        vorbis_comment::read(&bytes, offset, tree);
    }
    tree.leave();
}

/// Reads the page at `at` whole; `false` if there is none.
fn read_page(reader: &mut ByteReader, at: u64, page: &mut Vec<u8>) -> Result<bool> {
    let Some(head) = reader.array_at::<HEADER_BYTES>(at)? else { return Ok(false) };
    if !head.starts_with(b"OggS\0") {
        return Ok(false);
    }
    let segments = usize::from(head[26]);
    page.resize(HEADER_BYTES + segments, 0);
    if !reader.read_exact_at(at, page)? {
        return Ok(false);
    }
    let body: usize = page[HEADER_BYTES..].iter().map(|&n| usize::from(n)).sum();
    page.resize(HEADER_BYTES + segments + body, 0);
    reader.read_exact_at(at, page)
}

/// The next place that looks like a page.
fn next_page(reader: &mut ByteReader, from: u64) -> Result<Option<u64>> {
    let mut at = from;
    while at < reader.len() {
        let bytes = bytes_at(reader, at, SEARCH_BYTES, SEARCH_BYTES)?;
        if let Some(found) = bytes.windows(5).position(|w| w == b"OggS\0") {
            return Ok(Some(at + found as u64));
        }
        at += (bytes.len() as u64).saturating_sub(4).max(1);
    }
    Ok(None)
}

/// What a stream is by its first packet.
fn identify(serial: u32, body: &[u8]) -> Stream {
    let mut stream = Stream { codec: "unknown", ..Stream::default() };
    stream.fields.push(("serial", format!("{serial:08x}")));
    let mut add = |name, value: Option<u32>| {
        stream.fields.extend(value.map(|value| (name, value.to_string())));
    };
    let byte = |at: usize| body.get(at).map(|&b| u32::from(b));
    if body.starts_with(b"OpusHead") {
        add("channels", byte(9));
        add("pre_skip", byte(10).zip(byte(11)).map(|(low, high)| high << 8 | low));
        add("input_rate_hz", le_u32(body, 12));
        stream.codec = "Opus";
    } else if body.starts_with(b"\x01vorbis") {
        add("channels", byte(11));
        add("sample_rate_hz", le_u32(body, 12));
        add("nominal_bit_rate_bps", le_u32(body, 20));
        stream.codec = "Vorbis";
    } else if body.starts_with(b"\x7fFLAC") {
        stream.codec = "FLAC";
    } else if body.starts_with(b"Speex   ") {
        stream.fields.extend(body.get(8..28).and_then(text).map(|v| ("speex_version", v)));
        stream.codec = "Speex";
    } else if body.starts_with(b"\x80theora") {
        stream.codec = "Theora";
    } else if body.starts_with(b"fishead\0") {
        stream.codec = "Skeleton";
    }
    stream
}

/// Bytes in front of the vendor in a second page's packet, if it is a comment.
fn comment(body: &[u8]) -> Option<usize> {
    if body.starts_with(b"OpusTags") {
        return Some(8);
    }
    if body.starts_with(b"\x03vorbis") {
        return Some(7);
    }
    // FLAC in OGG has a metadata block, Speex the comment at once.
    let is_block = body.first().is_some_and(|b| b & 0x7F == 4) && be_u16(body, 1)? < 256;
    let skip = if is_block { 4 } else { 0 };
    let vendor = le_u32(body, skip)? as usize;
    (vendor < body.len()).then_some(skip)
}
