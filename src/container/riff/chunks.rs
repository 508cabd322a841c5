//! The chunks of a RIFF, RIFX, RF64 or Wave64 file, in order and clipped to the file.

use super::{bytes_at, code_text, is_code, le_u32, le_u64, malformed};
use crate::container::limits::MAX_BOXES;
use crate::container::reader::ByteReader;
use crate::error::Result;

/// Bytes of a Wave64 GUID after its four-letter part, as every audio chunk has them.
const W64_GUID_TAIL: [u8; 12] = *b"\xF3\xAC\xD3\x11\x8C\xD1\x00\xC0\x4F\x8E\xDB\x8A";

/// Entries read of a `ds64` table.
const MAX_DS64_ENTRIES: u64 = 1024;

/// A chunk of the file.
#[derive(Debug, Clone)]
pub(super) struct Chunk {
    /// Four-letter name; of a Wave64 GUID its first four bytes.
    pub(super) id: [u8; 4],
    /// First byte of its header.
    pub(super) header: u64,
    /// First byte after its header.
    pub(super) body: u64,
    /// Bytes of its body that the file holds.
    pub(super) len: u64,
    /// Bytes of its body by its header.
    pub(super) claimed: u64,
}

/// 64-bit sizes of an RF64 file.
#[derive(Debug, Clone, Default)]
pub(super) struct Ds64 {
    /// First byte of the chunk's body.
    pub(super) offset: u64,
    /// Bytes of the `data` chunk.
    data: u64,
    /// Sample frames.
    pub(super) frames: u64,
    others: Vec<([u8; 4], u64)>,
}

/// Goes from chunk to chunk.
#[derive(Debug)]
pub(super) struct ChunkWalk {
    name: &'static str,
    big_endian: bool,
    w64: bool,
    at: u64,
    /// End of the form by its header, where that is known.
    form_end: Option<u64>,
    left: u32,
    stopped: bool,
    ds64: Option<Ds64>,
}

impl ChunkWalk {
    /// Reads the form's header, and of RF64 the sizes that follow it.
    pub(super) fn open(reader: &mut ByteReader) -> Result<Self> {
        let head = bytes_at(reader, 0, 40, 40)?;
        let w64 = head.starts_with(b"riff");
        let rf64 = head.starts_with(b"RF64") || head.starts_with(b"BW64");
        let big_endian = head.starts_with(b"RIFX");
        let name = match (w64, rf64) {
            (true, _) => "Wave64",
            (_, true) => "RF64",
            _ => "WAV",
        };
        let form = if w64 { head.get(24..28) } else { head.get(8..12) };
        if form.is_none_or(|form| !form.eq_ignore_ascii_case(b"WAVE")) {
            return Err(malformed(name, 0, "the header of the `WAVE` form is cut or missing"));
        }
        let mut walk = Self {
            name,
            big_endian,
            w64,
            at: if w64 { 40 } else { 12 },
            form_end: None,
            left: MAX_BOXES,
            stopped: false,
            ds64: None,
        };
        let form_size = if w64 { le_u64(&head, 16) } else { walk.u32(&head, 4) };
        let form_size = form_size.filter(|&s| s != 0 && s != u64::from(u32::MAX));
        walk.form_end = form_size.map(|s| if w64 { s } else { s + 8 });
        if rf64 {
            walk.read_ds64(reader)?;
        }
        Ok(walk)
    }

    fn u32(&self, bytes: &[u8], at: usize) -> Option<u64> {
        let word = le_u32(bytes, at)?;
        Some(u64::from(if self.big_endian { word.swap_bytes() } else { word }))
    }

    fn read_ds64(&mut self, reader: &mut ByteReader) -> Result<()> {
        let head = bytes_at(reader, self.at, 36, 36)?;
        let fields = (le_u64(&head, 8), le_u64(&head, 16), le_u64(&head, 24), le_u32(&head, 32));
        let (Some(form), Some(data), Some(frames), Some(entries)) = fields else {
            return Err(malformed(self.name, self.at, "the `ds64` chunk is cut"));
        };
        if !head.starts_with(b"ds64") {
            return Err(malformed(self.name, self.at, "the `ds64` chunk is missing"));
        }
        self.form_end = Some(form.saturating_add(8)).filter(|_| form != 0);
        let table_len = u64::from(entries).min(MAX_DS64_ENTRIES) * 12;
        let table = bytes_at(reader, self.at + 36, table_len, table_len)?;
        let entry = |row: &[u8]| Some((row.get(..4)?.try_into().ok()?, le_u64(row, 4)?));
        let others = table.chunks_exact(12).filter_map(entry).collect();
        self.ds64 = Some(Ds64 { offset: self.at + 8, data, frames, others });
        Ok(())
    }

    /// The format's name in messages.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn big_endian(&self) -> bool {
        self.big_endian
    }

    pub(super) fn is_w64(&self) -> bool {
        self.w64
    }

    pub(super) fn ds64(&self) -> Option<&Ds64> {
        self.ds64.as_ref()
    }

    /// Where the next chunk is looked for, or where the walk ended.
    pub(super) fn position(&self) -> u64 {
        self.at
    }

    /// Ends the walk: what follows belongs to the last chunk.
    pub(super) fn stop(&mut self) {
        self.stopped = true;
    }

    /// Whether the place after the chunk last returned is the end of the file or another chunk.
    pub(super) fn is_followed(&self, reader: &mut ByteReader) -> Result<bool> {
        if self.at >= reader.len() {
            return Ok(true);
        }
        let head = bytes_at(reader, self.at, 24, 24)?;
        let fits = self.header(&head).is_some_and(|(id, claimed, header_len)| {
            is_code(id) && claimed <= reader.len().saturating_sub(self.at + header_len)
        });
        Ok(fits)
    }

    /// Name, body bytes and header bytes of the chunk header in `head`.
    fn header(&self, head: &[u8]) -> Option<([u8; 4], u64, u64)> {
        let id = head.get(..4)?.try_into().ok()?;
        if !self.w64 {
            return Some((id, self.u32(head, 4)?, 8));
        }
        // Wave64 sizes count the header, and only these GUIDs hold audio chunks.
        let size = le_u64(head, 16)?.checked_sub(24)?;
        Some((if head[4..16] == W64_GUID_TAIL { id } else { *b"????" }, size, 24))
    }

    /// The next chunk, or `None` at the end of the file or where no chunk follows.
    pub(super) fn next(
        &mut self,
        reader: &mut ByteReader,
        warnings: &mut Vec<String>,
    ) -> Result<Option<Chunk>> {
        let file_len = reader.len();
        if self.stopped || self.at >= file_len {
            return Ok(None);
        }
        if let Some(end) = self.form_end.filter(|&end| self.at >= end) {
            self.form_end = None;
            warnings.push(format!(
                "{} bytes follow the declared end of the {} form at byte {end}",
                file_len - end.min(file_len),
                self.name
            ));
        }
        let head = bytes_at(reader, self.at, 24, 24)?;
        let header = self.header(&head).filter(|&(id, _, _)| is_code(id));
        let Some((id, mut claimed, header_len)) = header.filter(|_| self.left > 0) else {
            self.stopped = true;
            warnings.push(format!(
                "the {} bytes from byte {} on are no chunk",
                file_len - self.at,
                self.at
            ));
            return Ok(None);
        };
        self.left -= 1;
        if claimed == u64::from(u32::MAX)
            && let Some(ds64) = &self.ds64
        {
            let other = ds64.others.iter().find(|(other, _)| *other == id).map(|&(_, len)| len);
            claimed = if &id == b"data" { ds64.data } else { other.unwrap_or(claimed) };
        }
        let body = self.at + header_len;
        let len = claimed.min(file_len.saturating_sub(body));
        if claimed > len && &id != b"data" {
            warnings.push(format!(
                "the `{}` chunk at byte {} declares {claimed} bytes, the file holds {len} of them",
                code_text(id),
                self.at
            ));
        }
        let chunk = Chunk { id, header: self.at, body, len, claimed };
        self.at = self.after(reader, body, claimed)?;
        Ok(Some(chunk))
    }

    /// First byte after a chunk and its padding. Some writers leave the padding out, so a place
    /// one byte earlier is taken if only that one looks like a chunk.
    fn after(&self, reader: &mut ByteReader, body: u64, claimed: u64) -> Result<u64> {
        let end = body.saturating_add(claimed);
        let align = if self.w64 { 8 } else { 2 };
        let padded = end.checked_next_multiple_of(align).unwrap_or(u64::MAX);
        if padded != end && end < reader.len() {
            let names = [reader.array_at(end)?, reader.array_at(padded)?];
            let [unpadded_name, padded_name] = names.map(|name| name.is_some_and(is_code));
            if unpadded_name && !padded_name {
                return Ok(end);
            }
        }
        Ok(padded)
    }
}
