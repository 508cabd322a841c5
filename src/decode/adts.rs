//! AAC frames with ADTS headers, found again after damage.

use super::packet::{Next, Packet, PacketSource};
use crate::container::ByteReader;
use crate::container::bits::RATES_HZ;

/// Bytes searched at once for the next header.
const SEARCH_BYTES: usize = 4_096;

/// An ADTS header (ISO/IEC 14496-3, 1.A.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AdtsHeader {
    /// Audio object type: 2 is LC.
    pub(super) object_type: u8,
    rate_index: u8,
    /// 0 means that the stream itself describes its channels.
    pub(super) channel_config: u8,
    /// Bytes of the frame with its header.
    pub(super) frame_bytes: usize,
    /// Bytes of the header.
    pub(super) header_bytes: usize,
    /// Raw data blocks in the frame, at least 1.
    pub(super) blocks: u8,
}

impl AdtsHeader {
    /// Reads the first seven bytes of a frame.
    pub(super) fn parse(frame: &[u8]) -> Option<Self> {
        let [0xFF, second, third, fourth, fifth, sixth, seventh, ..] = *frame else { return None };
        let header = Self {
            object_type: (third >> 6) + 1,
            rate_index: third >> 2 & 15,
            channel_config: (third & 1) << 2 | fourth >> 6,
            frame_bytes: usize::from(fourth & 3) << 11
                | usize::from(fifth) << 3
                | usize::from(sixth >> 5),
            header_bytes: if second & 1 == 0 { 9 } else { 7 },
            blocks: (seventh & 3) + 1,
        };
        let sane = second & 0xF6 == 0xF0
            && usize::from(header.rate_index) < RATES_HZ.len()
            && header.frame_bytes >= header.header_bytes;
        sane.then_some(header)
    }

    /// Sample rate of the core codec in Hz.
    pub(super) fn rate_hz(self) -> u32 {
        RATES_HZ[usize::from(self.rate_index)]
    }

    /// The same parameters as an AudioSpecificConfig.
    pub(super) fn config(self) -> [u8; 2] {
        let bits = u16::from(self.object_type) << 11
            | u16::from(self.rate_index) << 7
            | u16::from(self.channel_config) << 3;
        bits.to_be_bytes()
    }

    /// What must stay the same for a decoder to go on.
    pub(super) fn key(self) -> [u8; 2] {
        self.config()
    }
}

/// The frames of a stretch of the file, headers included.
pub(super) struct AdtsSource {
    reader: ByteReader,
    position: u64,
    end: u64,
    /// Whether the last frame ended where this one should begin.
    in_step: bool,
}

impl AdtsSource {
    /// The frames in `len` bytes from `start`.
    pub(super) fn new(reader: ByteReader, start: u64, len: u64) -> Self {
        let end = start.saturating_add(len).min(reader.len());
        Self { reader, position: start, end, in_step: true }
    }

    fn header_at(&mut self, at: u64) -> Result<Option<AdtsHeader>, String> {
        let bytes = self.reader.array_at::<7>(at).map_err(|e| e.to_string())?;
        Ok(bytes.and_then(|b| AdtsHeader::parse(&b)))
    }

    /// The next place with a header that another one, or the end, follows.
    fn find(&mut self) -> Result<Option<u64>, String> {
        let mut bytes = [0; SEARCH_BYTES];
        let mut at = self.position;
        while at < self.end {
            let count = self.reader.read_at(at, &mut bytes).map_err(|e| e.to_string())?;
            for (i, pair) in bytes[..count].windows(2).enumerate() {
                let place = at + i as u64;
                if place >= self.end || pair[0] != 0xFF || pair[1] & 0xF6 != 0xF0 {
                    continue;
                }
                let Some(header) = self.header_at(place)? else { continue };
                let next = place + header.frame_bytes as u64;
                if next == self.end || self.header_at(next)?.is_some() {
                    return Ok(Some(place));
                }
            }
            if count < 2 {
                break;
            }
            at += count as u64 - 1;
        }
        Ok(None)
    }
}

impl PacketSource for AdtsSource {
    fn next(&mut self, packet: &mut Packet) -> Result<Next, String> {
        let here = if self.position < self.end { self.header_at(self.position)? } else { None };
        let Some(header) = here else {
            // The search comes first in a stream that starts with a tag, and after damage.
            let from = self.position;
            let Some(place) = self.find()? else { return Ok(Next::End(None)) };
            self.position = place;
            if self.in_step && place > from {
                self.in_step = false;
                let what = format!("{} bytes are no ADTS frame", place - from);
                return Ok(Next::Damaged { offset: Some(from), what });
            }
            return self.next(packet);
        };
        let left = self.end - self.position;
        if header.frame_bytes as u64 > left {
            return Ok(Next::End(None));
        }
        packet.data.resize(header.frame_bytes, 0);
        if !self.reader.read_exact_at(self.position, &mut packet.data).map_err(|e| e.to_string())? {
            return Ok(Next::End(None));
        }
        packet.offset = Some(self.position);
        packet.frames = 1024 * u64::from(header.blocks);
        packet.beyond = 0;
        self.position += header.frame_bytes as u64;
        self.in_step = true;
        Ok(Next::Packet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::path::Path;

    fn frame(len: usize) -> Vec<u8> {
        let mut frame = vec![0u8; len];
        let low = [0xFF, 0xF1, 0x4C, 0x80, (len >> 3) as u8, ((len & 7) << 5) as u8 | 0x1F, 0xFC];
        frame[..7].copy_from_slice(&low);
        frame
    }

    #[test]
    fn headers_and_their_config() {
        let header = AdtsHeader::parse(&frame(100)).unwrap();
        assert_eq!((header.object_type, header.rate_hz(), header.channel_config), (2, 48_000, 2));
        assert_eq!((header.frame_bytes, header.header_bytes, header.blocks), (100, 7, 1));
        assert_eq!(header.config(), [0x11, 0x90]);
        assert_eq!(AdtsHeader::parse(&[0xFF, 0xF1, 0x7C, 0x80, 0, 0x1F, 0xFC]), None);
    }

    #[test]
    fn frames_are_found_again_after_damage() {
        let bytes = [frame(50), frame(60), vec![0xFF, 7, 7], frame(70), frame(80)].concat();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        let reader = ByteReader::new(Path::new("x"), file).unwrap();
        let mut source = AdtsSource::new(reader, 0, bytes.len() as u64);
        let mut packet = Packet::default();
        let mut seen = Vec::new();
        loop {
            match source.next(&mut packet).unwrap() {
                Next::Packet => seen.push((packet.offset, packet.data.len())),
                Next::Damaged { offset, .. } => seen.push((offset, 0)),
                _ => break,
            }
        }
        let expected = [(0, 50), (50, 60), (110, 0), (113, 70), (183, 80)];
        assert_eq!(seen, expected.map(|(at, len)| (Some(at), len)));
    }
}
