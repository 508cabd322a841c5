//! Boxes: a size, a four-letter kind and a body, one after another.

use super::FORMAT;
use crate::container::fields::{be_u32, bytes_at, four, is_code, malformed};
use crate::container::limits::MAX_BOXES;
use crate::container::reader::ByteReader;
use crate::error::{Error, Result};

/// A box of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::container) struct BoxHead {
    /// Four-letter kind.
    pub(in crate::container) kind: [u8; 4],
    /// First byte of its header.
    pub(in crate::container) start: u64,
    /// First byte after its header.
    pub(in crate::container) body: u64,
    /// First byte after it, no more than its parent has.
    pub(in crate::container) end: u64,
    /// First byte after it by its header.
    pub(in crate::container) claimed_end: u64,
}

impl BoxHead {
    /// Bytes of the body.
    pub(in crate::container) fn len(&self) -> u64 {
        self.end - self.body
    }
}

/// Goes from box to box, a bounded number of times.
#[derive(Debug)]
pub(in crate::container) struct Boxes<'r> {
    pub(in crate::container) reader: &'r mut ByteReader,
    left: u32,
}

impl<'r> Boxes<'r> {
    pub(in crate::container) fn new(reader: &'r mut ByteReader) -> Self {
        Self { reader, left: MAX_BOXES }
    }

    /// The box at `at`, which ends at `limit` at the latest; `None` where there is none.
    pub(in crate::container) fn at(&mut self, at: u64, limit: u64) -> Result<Option<BoxHead>> {
        if limit.saturating_sub(at) < 8 {
            return Ok(None);
        }
        self.left = self.left.checked_sub(1).ok_or_else(|| Error::Limit {
            what: format!("the boxes visited up to byte {at} are more than: {MAX_BOXES}"),
        })?;
        let Some(head) = self.reader.array_at::<8>(at)? else { return Ok(None) };
        let (Some(size), Some(kind)) = (be_u32(&head, 0), four(&head, 4)) else { return Ok(None) };
        let (body, size) = match size {
            0 => (at + 8, limit - at),
            1 => match self.reader.array_at::<8>(at + 8)?.map(u64::from_be_bytes) {
                Some(size) if size >= 16 && limit - at >= 16 => (at + 16, size),
                _ => return Ok(None),
            },
            2..=7 => return Ok(None),
            size => (at + 8, u64::from(size)),
        };
        let claimed_end = at.saturating_add(size);
        Ok(Some(BoxHead { kind, start: at, body, end: claimed_end.min(limit), claimed_end }))
    }

    /// The first box of this kind between two places.
    pub(in crate::container) fn find(
        &mut self,
        from: u64,
        to: u64,
        kind: &[u8; 4],
    ) -> Result<Option<BoxHead>> {
        let mut at = from;
        while let Some(found) = self.at(at, to)? {
            if &found.kind == kind {
                return Ok(Some(found));
            }
            at = found.end;
        }
        Ok(None)
    }

    /// The first box of this kind inside `parent`.
    pub(in crate::container) fn child(
        &mut self,
        parent: &BoxHead,
        kind: &[u8; 4],
    ) -> Result<Option<BoxHead>> {
        self.find(parent.body, parent.end, kind)
    }

    /// As [`child`](Self::child), but its absence is an error.
    pub(super) fn need(&mut self, parent: &BoxHead, kind: &[u8; 4]) -> Result<BoxHead> {
        self.child(parent, kind)?.ok_or_else(|| {
            let name = |kind: &[u8; 4]| String::from_utf8_lossy(kind).into_owned();
            let what = format!("the `{}` box has no `{}`", name(&parent.kind), name(kind));
            malformed(FORMAT, parent.start, what)
        })
    }

    /// Up to `cap` bytes of a box's body.
    pub(in crate::container) fn bytes(&mut self, found: &BoxHead, cap: u64) -> Result<Vec<u8>> {
        bytes_at(self.reader, found.body, found.len(), cap)
    }
}

/// Kind and body of each box in a slice; ends at the first that is malformed.
pub(super) fn slice_boxes(mut bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let (size, kind) = (be_u32(bytes, 0)?, four(bytes, 4)?);
        let size = if size == 0 { bytes.len() } else { (size as usize).min(bytes.len()) };
        let body = bytes.get(8..size)?;
        bytes = &bytes[size..];
        Some((kind, body))
    })
}

/// Whether a kind is one that a box at the top of a file can have: it prints, or starts with ©.
pub(in crate::container) fn is_kind(kind: [u8; 4]) -> bool {
    is_code(kind) || kind[0] == 0xA9
}

#[cfg(test)]
mod tests {
    use super::super::super::reader::reader_over;
    use super::*;

    #[test]
    fn sizes_of_every_kind() {
        let bytes = b"\0\0\0\x0Afreexx\0\0\0\x01mdat\0\0\0\0\0\0\0\x12yy\0\0\0\0skipzzz";
        let mut reader = reader_over(bytes);
        let mut boxes = Boxes::new(&mut reader);
        let mut at = 0;
        let mut seen = Vec::new();
        while let Some(found) = boxes.at(at, bytes.len() as u64).unwrap() {
            seen.push((found.kind, found.body, found.end));
            at = found.end;
        }
        assert_eq!(seen, [(*b"free", 8, 10), (*b"mdat", 26, 28), (*b"skip", 36, 39)]);
        assert!(boxes.find(0, 28, b"skip").unwrap().is_none());
    }

    #[test]
    fn hostile_sizes_end_the_walk() {
        for bytes in [
            b"\0\0\0\x07freexxxxxxxx".as_slice(),
            b"\0\0\0\x01free\0\0\0\0\0\0\0\x0Fxxxx",
            b"\0\0\0\x01free\0\0",
            b"\0\0\0",
        ] {
            let mut reader = reader_over(bytes);
            let len = reader.len();
            assert_eq!(Boxes::new(&mut reader).at(0, len).unwrap(), None);
        }
        let mut reader = reader_over(b"\0\0\0\x01free\xff\xff\xff\xff\xff\xff\xff\xffxxxx");
        let len = reader.len();
        let found = Boxes::new(&mut reader).at(0, len).unwrap().unwrap();
        assert_eq!((found.end, found.claimed_end), (20, u64::MAX));
        assert_eq!(slice_boxes(b"\0\0\0\x04xxxxyyyy").count(), 0);
        assert_eq!(slice_boxes(b"\0\0\0\x00xxxxyyyy").count(), 1);
    }
}
