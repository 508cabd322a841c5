//! OGG pages: numbers, positions, first and last pages (RFC 3533).

use super::{BreakKind, Mark, PageEnd, Walked};
use crate::container::reader::ByteReader;
use crate::error::Result;

/// Bytes of a page header before its segment table.
const HEADER_BYTES: usize = 27;

/// Positions kept, 24 bytes each. Later pages are not compared.
const MAX_PAGES: usize = 80_000;

/// Bytes passed over in search of pages, at most.
const MAX_SEARCHED: u64 = 1 << 20;

/// Flag of a stream's first page.
const FIRST: u8 = 2;
/// Flag of a stream's last page.
const LAST: u8 = 4;

/// Granule position of a page on which no packet ends.
const NO_GRANULE: u64 = u64::MAX;

/// One page.
struct Page {
    flags: u8,
    granule: u64,
    serial: u32,
    number: u32,
    /// Packets that end on it.
    ends: u64,
    body: u64,
    end: u64,
}

/// The followed stream of the current link of the chain.
struct Stream {
    serial: u32,
    number: u32,
    /// Header packets that are still to come.
    headers: u64,
    ended: bool,
}

/// Walks the pages of the first stream with audio, and of the streams chained behind it.
///
/// # Errors
///
/// [`Error::Read`](crate::error::Error::Read) if the system refuses to read.
pub(crate) fn walk_ogg(reader: &mut ByteReader) -> Result<Walked> {
    let mut walked = Walked::default();
    let mut stream: Option<Stream> = None;
    let (mut at, mut searched, mut packets) = (0u64, 0u64, 0u64);
    while at < reader.len() && searched < MAX_SEARCHED {
        let Some(page) = page_at(reader, at)? else {
            (at, searched) = (at + 1, searched + 1);
            continue;
        };
        let offset = Some(at);
        at = page.end;
        if page.flags & FIRST != 0 {
            // A link of a chain may hold several streams: only its first with audio is followed.
            let free = stream.as_ref().is_none_or(|stream| stream.headers == 0);
            if let Some(headers) = header_packets(reader, page.body)?.filter(|_| free) {
                let (serial, number) = (page.serial, page.number);
                let headers = headers.saturating_sub(page.ends);
                stream = Some(Stream { serial, number, headers, ended: false });
            }
            continue;
        }
        let Some(stream) = stream.as_mut().filter(|stream| stream.serial == page.serial) else {
            continue;
        };
        let step = i64::from(page.number) - i64::from(stream.number);
        stream.number = page.number;
        if step != 1 {
            let kind = BreakKind::PageNumber;
            walked.push(Mark::before(packets, kind, step as f64, offset));
        }
        if stream.ended {
            walked.push(Mark::before(packets, BreakKind::EarlyEnd, 1.0, offset));
        }
        stream.ended = page.flags & LAST != 0;
        let own = page.ends.saturating_sub(stream.headers);
        stream.headers -= page.ends.min(stream.headers);
        packets += own;
        if own > 0 && page.granule != NO_GRANULE && walked.pages.len() < MAX_PAGES {
            walked.pages.push(PageEnd { packets, granule: page.granule, last: stream.ended });
        }
    }
    Ok(walked)
}

fn page_at(reader: &mut ByteReader, at: u64) -> Result<Option<Page>> {
    let Some(head) = reader.array_at::<HEADER_BYTES>(at)? else { return Ok(None) };
    if !head.starts_with(b"OggS\0") {
        return Ok(None);
    }
    let mut lacing = [0; 255];
    let lacing = &mut lacing[..usize::from(head[26])];
    let body = at + HEADER_BYTES as u64 + lacing.len() as u64;
    if !reader.read_exact_at(at + HEADER_BYTES as u64, lacing)? {
        return Ok(None);
    }
    let [_, _, _, _, _, flags, g0, g1, g2, g3, g4, g5, g6, g7, s0, s1, s2, s3, n0, n1, n2, n3, ..] =
        head;
    let len: u64 = lacing.iter().map(|len| u64::from(*len)).sum();
    Ok(Some(Page {
        flags,
        granule: u64::from_le_bytes([g0, g1, g2, g3, g4, g5, g6, g7]),
        serial: u32::from_le_bytes([s0, s1, s2, s3]),
        number: u32::from_le_bytes([n0, n1, n2, n3]),
        ends: lacing.iter().filter(|len| **len < 255).count() as u64,
        body,
        end: body + len,
    }))
}

/// Header packets of the stream whose first packet starts at `body`; `None` if it is not audio
/// whose packets can be counted.
fn header_packets(reader: &mut ByteReader, body: u64) -> Result<Option<u64>> {
    let Some(head) = reader.array_at::<9>(body)? else { return Ok(None) };
    Ok(match &head {
        b if b.starts_with(b"OpusHead") => Some(2),
        b if b.starts_with(b"\x01vorbis") => Some(3),
        [0x7F, b'F', b'L', b'A', b'C', _, _, high, low] => {
            let more = u64::from(*high) << 8 | u64::from(*low);
            // 0 stands for an unknown count.
            (more > 0).then_some(more + 1)
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::continuity::Place;
    use crate::container::reader::reader_over;

    fn page(flags: u8, granule: u64, number: u32, packets: &[&[u8]]) -> Vec<u8> {
        let mut bytes = b"OggS\0".to_vec();
        bytes.push(flags);
        bytes.extend(granule.to_le_bytes());
        bytes.extend(7u32.to_le_bytes());
        bytes.extend(number.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.push(packets.len() as u8);
        bytes.extend(packets.iter().map(|packet| packet.len() as u8));
        bytes.extend(packets.concat());
        bytes
    }

    fn pages() -> Vec<Vec<u8>> {
        let mut pages = vec![page(FIRST, 0, 0, &[b"OpusHead\x01"]), page(0, 0, 1, &[b"OpusTags"])];
        for i in 1..6u64 {
            let flags = if i == 5 { LAST } else { 0 };
            pages.push(page(flags, i * 1920, i as u32 + 1, &[&[8, 1], &[8, 2]]));
        }
        pages
    }

    fn walk(bytes: &[u8]) -> Walked {
        walk_ogg(&mut reader_over(bytes)).unwrap()
    }

    #[test]
    fn whole_streams_have_positions_and_no_break() {
        let walked = walk(&[pages(), pages()].concat().concat());
        assert_eq!(walked.marks, []);
        assert_eq!(walked.pages.len(), 10);
        assert_eq!(walked.pages[0], PageEnd { packets: 2, granule: 1920, last: false });
        assert_eq!(walked.pages[9], PageEnd { packets: 20, granule: 9600, last: true });
        assert_eq!(walk(&[]), Walked::default());
        assert_eq!(walk(b"OggS\0 and an end"), Walked::default());
    }

    #[test]
    fn a_missing_page_and_pages_behind_the_last() {
        let mut bytes = pages();
        bytes.remove(3);
        bytes.push(page(0, 9600, 8, &[&[8, 1]]));
        let walked = walk(&bytes.concat());
        let seen: Vec<_> = walked.marks.iter().map(|m| (m.kind, m.place, m.value)).collect();
        let expected = [
            (BreakKind::PageNumber, Place::Packet(2), 2.0),
            (BreakKind::PageNumber, Place::Packet(8), 2.0),
            (BreakKind::EarlyEnd, Place::Packet(8), 1.0),
        ];
        assert_eq!(seen, expected);
    }
}
