//! Elements of Matroska and WebM (RFC 8794, RFC 9559).

use super::date::from_2001_ns;
use super::tree::Tree;
use super::{OddityKind, foreign, payload};
use crate::container::fields::{be_f64, bytes_at, text};
use crate::container::reader::ByteReader;
use crate::error::Result;

/// Elements walked in one file.
const MAX_ELEMENTS: u32 = 1 << 20;

/// Bytes read of an element with text.
const MAX_TEXT_BYTES: u64 = 1_024;

/// Levels of elements that are entered.
const MAX_DEPTH: usize = 6;

/// What is done with an element.
enum Content {
    /// It holds elements.
    Holds,
    /// Clusters: only counted, a file has thousands.
    Cluster,
    /// Text that is a tag of its own name.
    Text(&'static str),
    /// A number shown as a field.
    Number(&'static str),
    /// Nothing is read.
    Bytes,
}

/// Name and content of the elements that are known here.
fn known(id: u32) -> Option<(&'static str, Content)> {
    use Content::{Bytes, Cluster, Holds, Number, Text};
    Some(match id {
        0x1A45_DFA3 => ("EBML", Holds),
        0x4282 => ("DocType", Text("doc_type")),
        0x1853_8067 => ("Segment", Holds),
        0x114D_9B74 => ("SeekHead", Bytes),
        0x1549_A966 => ("Info", Holds),
        0x4D80 => ("MuxingApp", Text("MuxingApp")),
        0x5741 => ("WritingApp", Text("WritingApp")),
        0x7BA9 => ("Title", Text("Title")),
        0x4461 => ("DateUTC", Bytes),
        0x4489 => ("Duration", Bytes),
        0x73A4 => ("SegmentUUID", Bytes),
        0x1654_AE6B => ("Tracks", Holds),
        0xAE => ("TrackEntry", Holds),
        0xD7 => ("TrackNumber", Number("number")),
        0x83 => ("TrackType", Number("track_type")),
        0x86 => ("CodecID", Text("CodecID")),
        0x1254_C367 => ("Tags", Holds),
        0x7373 => ("Tag", Holds),
        0x67C8 => ("SimpleTag", Holds),
        0x45A3 => ("TagName", Bytes),
        0x4487 => ("TagString", Bytes),
        0x1941_A469 => ("Attachments", Holds),
        0x61A7 => ("AttachedFile", Holds),
        0x466E => ("FileName", Text("FileName")),
        0x4660 => ("FileMimeType", Text("FileMimeType")),
        0x1F43_B675 => ("Cluster", Cluster),
        0x1C53_BB6B => ("Cues", Bytes),
        0x1043_A770 => ("Chapters", Bytes),
        0xEC => ("Void", Bytes),
        0xBF => ("CRC-32", Bytes),
        _ => return None,
    })
}

struct Walk<'a> {
    reader: &'a mut ByteReader,
    left: u32,
    clusters: u64,
    first_cluster: u64,
    tag_name: String,
}

pub(super) fn walk(reader: &mut ByteReader, tree: &mut Tree) -> Result<&'static str> {
    let len = reader.len();
    let mut walk =
        Walk { reader, left: MAX_ELEMENTS, clusters: 0, first_cluster: 0, tag_name: String::new() };
    let end = walk.elements((0, len), 0, tree)?;
    if walk.clusters > 0 {
        tree.enter("Clusters", walk.first_cluster, 0);
        tree.field("count", walk.clusters);
        tree.leave();
        let first = walk.first_cluster;
        payload::find(reader, first, tree)?;
    }
    foreign(reader, tree, end, len)?;
    Ok("matroska")
}

impl Walk<'_> {
    /// The elements between two places; the first byte behind the last.
    fn elements(&mut self, (from, to): (u64, u64), depth: usize, tree: &mut Tree) -> Result<u64> {
        let mut at = from;
        while at < to && self.left > 0 {
            self.left -= 1;
            let Some((id, size, header)) = self.header(at)? else { break };
            let body = at + header;
            let Some((name, content)) = known(id) else {
                // Unknown elements are passed over inside others; at the top they are foreign.
                match size.filter(|_| depth > 0) {
                    Some(size) => at = body.saturating_add(size),
                    None => break,
                }
                continue;
            };
            // Elements of unknown size, as live streams have them, reach to the end of their parent.
            let declared = size.map_or(to, |size| body.saturating_add(size));
            let end = declared.min(to);
            if declared > to && depth <= 1 && !matches!(content, Content::Cluster) {
                let text = format!(
                    "the element `{name}` declares an end at byte {declared}, there are bytes up to {to}"
                );
                tree.odd(OddityKind::Size, at, end - at, text);
            }
            if let Content::Cluster = content {
                self.first_cluster = if self.clusters == 0 { at } else { self.first_cluster };
                self.clusters += 1;
                at = if size.is_some() { end } else { self.next_cluster(body, to)? };
                continue;
            }
            tree.enter(name, at, end - at);
            self.content(name, content, (body, end), depth, tree)?;
            tree.leave();
            at = end;
        }
        Ok(at.min(to))
    }

    fn content(
        &mut self,
        name: &str,
        content: Content,
        (body, end): (u64, u64),
        depth: usize,
        tree: &mut Tree,
    ) -> Result<()> {
        let bytes = bytes_at(self.reader, body, end - body, MAX_TEXT_BYTES)?;
        match content {
            Content::Holds if depth < MAX_DEPTH => {
                self.elements((body, end), depth + 1, tree)?;
            }
            Content::Text(tag) => {
                let value = text(&bytes).unwrap_or_default();
                tree.field("value", &value);
                if tag == "FileMimeType" && value.starts_with("audio/") {
                    let text =
                        format!("an attached file of the kind {value}, which players do not play");
                    tree.odd(OddityKind::HiddenMedia, body, end - body, text);
                }
                tree.tag(tag, value, body);
            }
            Content::Number(field) => tree.field(field, number(&bytes)),
            _ => match name {
                "DateUTC" if bytes.len() == 8 => {
                    tree.date("created", from_2001_ns(number(&bytes) as i64), body);
                }
                "Duration" if bytes.len() == 8 => {
                    tree.field("ticks", be_f64(&bytes, 0).unwrap_or(0.0))
                }
                "TagName" => self.tag_name = text(&bytes).unwrap_or_default(),
                "TagString" => {
                    tree.tag(self.tag_name.clone(), text(&bytes).unwrap_or_default(), body)
                }
                _ => {}
            },
        }
        Ok(())
    }

    /// Id, bytes of the body (`None` if unknown) and bytes of the header of the element at `at`.
    fn header(&mut self, at: u64) -> Result<Option<(u32, Option<u64>, u64)>> {
        let bytes = bytes_at(self.reader, at, 12, 12)?;
        let Some(&first) = bytes.first() else { return Ok(None) };
        let id_len = first.leading_zeros() as usize + 1;
        if id_len > 4 || bytes.len() <= id_len {
            return Ok(None);
        }
        let id = number(&bytes[..id_len]) as u32;
        let size_len = bytes[id_len].leading_zeros() as usize + 1;
        let Some(size) = bytes.get(id_len..id_len + size_len).filter(|_| size_len <= 8) else {
            return Ok(None);
        };
        let mask = (1u64 << (7 * size_len)) - 1;
        let size = number(size) & mask;
        Ok(Some((id, (size != mask).then_some(size), (id_len + size_len) as u64)))
    }

    /// The next cluster behind one of unknown size, or the end.
    fn next_cluster(&mut self, from: u64, to: u64) -> Result<u64> {
        let mut at = from;
        while at < to && self.left > 0 {
            self.left -= 1;
            match self.header(at)? {
                Some((0x1F43_B675 | 0x1C53_BB6B | 0x1254_C367, _, _)) | None => return Ok(at),
                Some((_, Some(size), header)) => {
                    at = at.saturating_add(header).saturating_add(size)
                }
                Some((_, None, header)) => at += header,
            }
        }
        Ok(at.min(to))
    }
}

/// Up to eight bytes as a number, the most significant first.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).fold(0, |sum, &b| sum << 8 | u64::from(b))
}
