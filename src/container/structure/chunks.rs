//! Files of chunks: RIFF, RF64 and Wave64, AIFF, CAF.

use super::chunk_text::chunk_fields;
use super::tree::Tree;
use super::{FileKind, OddityKind, foreign};
use crate::container::fields::{
    be_u32, be_u64, bytes_at, code_text, four, is_code, le_u32, le_u64,
};
use crate::container::reader::ByteReader;
use crate::container::riff::is_open_size;
use crate::error::Result;

/// Chunks walked in one file.
const MAX_CHUNKS: usize = 65_536;

/// Table rows of a `ds64` chunk that are looked at.
const MAX_DS64_ROWS: usize = 256;

/// Zero bytes behind the last chunk up to which they are padding.
const MAX_PADDING: u64 = 8;

/// How chunks are laid out.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    pub(super) kind: FileKind,
    /// Whether numbers have their most significant byte first.
    pub(super) big_endian: bool,
    /// Bytes of a chunk's header.
    header: u64,
    /// Chunks start at multiples of this.
    align: u64,
    /// First chunk.
    first: u64,
}

impl Layout {
    fn of(kind: FileKind, head: &[u8]) -> Self {
        let plain = Self { kind, big_endian: false, header: 8, align: 2, first: 12 };
        match kind {
            FileKind::W64 => Self { header: 24, align: 8, first: 40, ..plain },
            FileKind::Aiff => Self { big_endian: true, ..plain },
            FileKind::Caf => Self { big_endian: true, header: 12, align: 1, first: 8, ..plain },
            _ => Self { big_endian: head.starts_with(b"RIFX"), ..plain },
        }
    }

    /// End of the form by its own header; `None` where the format has none or it was left open.
    fn form_end(&self, head: &[u8], ds64: &[u8]) -> Option<u64> {
        match self.kind {
            FileKind::Caf => None,
            FileKind::W64 => le_u64(head, 16),
            FileKind::Rf64 => le_u64(ds64, 8).map(|size| size.saturating_add(8)),
            _ => {
                let size = if self.big_endian { be_u32(head, 4) } else { le_u32(head, 4) };
                size.map(u64::from).filter(|&s| s != 0 && !is_open_size(s)).map(|s| s + 8)
            }
        }
        .filter(|&end| end > 8)
    }

    /// Id and declared bytes of the body of the chunk whose header is `head`.
    fn chunk(&self, head: &[u8]) -> Option<([u8; 4], u64)> {
        let size = match self.kind {
            FileKind::W64 => le_u64(head, 16)?.checked_sub(24)?,
            FileKind::Caf => be_u64(head, 4)?,
            _ if self.big_endian => u64::from(be_u32(head, 4)?),
            _ => u64::from(le_u32(head, 4)?),
        };
        four(head, 0).filter(|id| is_code(*id)).map(|id| (id, size))
    }
}

pub(super) fn walk(
    kind: FileKind,
    reader: &mut ByteReader,
    tree: &mut Tree,
) -> Result<&'static str> {
    let head = bytes_at(reader, 0, 80, 80)?;
    let layout = Layout::of(kind, &head);
    let ds64 = if kind == FileKind::Rf64 {
        bytes_at(reader, 12, 36 + 12 * MAX_DS64_ROWS as u64, u64::MAX)?
    } else {
        Vec::new()
    };
    let form_end = layout.form_end(&head, &ds64);
    let len = reader.len();
    tree.enter(code_text(four(&head, 0).unwrap_or_default()), 0, form_end.unwrap_or(len).min(len));
    if matches!(kind, FileKind::Riff | FileKind::Rf64 | FileKind::Aiff) {
        tree.field("form", code_text(four(&head, 8).unwrap_or_default()));
    }
    let at = chunks(layout, &ds64, form_end, reader, tree)?;
    tree.leave();
    if let Some(end) = form_end.filter(|&end| end > len + layout.align) {
        let text = format!("the file's header declares {end} bytes, the file has {len}");
        tree.odd(OddityKind::Size, 0, len, text);
    }
    let rest = bytes_at(reader, at, MAX_PADDING + 1, MAX_PADDING + 1)?;
    if rest.len() as u64 > MAX_PADDING || rest.iter().any(|&b| b != 0) {
        foreign(reader, tree, at, len)?;
    }
    Ok(match kind {
        FileKind::Aiff => "aiff",
        FileKind::Caf => "caf",
        _ => "riff",
    })
}

/// The chunks up to the form's end; the first byte after them.
fn chunks(
    layout: Layout,
    ds64: &[u8],
    form_end: Option<u64>,
    reader: &mut ByteReader,
    tree: &mut Tree,
) -> Result<u64> {
    let len = reader.len();
    let media: [&[u8; 4]; 2] = [b"data", b"SSND"];
    let (mut at, mut sounds) = (layout.first, 0);
    for _ in 0..MAX_CHUNKS {
        // Some writers forget the last padding byte.
        if at >= len || form_end.is_some_and(|end| at >= end) {
            break;
        }
        let head = bytes_at(reader, at, 24, 24)?;
        let Some((id, declared)) = layout.chunk(&head) else { break };
        let is_sound = media.contains(&&id);
        let body = at + layout.header;
        let rest = len.saturating_sub(body);
        // A size that was left open, by a pipe or a recorder that was stopped, reaches to the end.
        let all_bits = declared == u64::from(u32::MAX) || declared == u64::MAX;
        let stays_open = all_bits || is_open_size(declared) && declared > rest;
        let open = is_sound && (stays_open || declared == 0 && rest > 0 && sounds == 0);
        let declared = match le_u64(ds64, 16).filter(|_| layout.kind == FileKind::Rf64 && open) {
            Some(size) => size,
            None if open => rest,
            None => declared,
        };
        let held = declared.min(rest);
        tree.enter(code_text(id), at, layout.header + held);
        chunk_fields(layout, id, (body, held), reader, tree)?;
        tree.leave();
        if held < declared {
            let text = format!(
                "the `{}` chunk declares {declared} bytes, the file holds {held} of them",
                code_text(id)
            );
            tree.odd(OddityKind::Size, at, held, text);
        }
        sounds += u32::from(is_sound);
        if is_sound && sounds > 1 {
            let text = format!(
                "a second `{}` chunk, which players pass over, holds {held} bytes",
                code_text(id)
            );
            tree.odd(OddityKind::HiddenMedia, at, held, text);
        }
        let end = body.saturating_add(held);
        at = end;
        if !end.is_multiple_of(layout.align) {
            let padded = end.next_multiple_of(layout.align);
            let unpadded_follows = reader.array_at::<4>(end)?.is_some_and(is_code);
            let padded_follows = reader.array_at::<4>(padded)?.is_some_and(is_code);
            at = if unpadded_follows && !padded_follows { end } else { padded };
        }
    }
    Ok(at)
}
