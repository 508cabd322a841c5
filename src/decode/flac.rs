//! Native FLAC: frames told by their checksums.
//!
//! The demuxer of the library follows frame numbers and loses audio where they start again, which
//! is what joined or cut files look like. Here a frame ends where its own CRC-16 holds and another
//! header, another file or the end follows, whatever its number.

use super::flac_frame::{Crc16, FrameHeader};
use super::flac_header::{MAGIC, read_metadata};
use super::packet::{Foreign, Next, Packet, PacketSource, TrackSetup};
use crate::container::{ByteReader, recognised};
use crate::error::Result;

/// Bytes read at once.
const READ_BYTES: usize = 64 * 1024;

/// Longest frame: 65 535 samples of 8 channels and 32 bits do not compress to more.
const MAX_FRAME_BYTES: usize = 4 << 20;

/// Bytes of an ID3v1 tag, which some programs put behind the last frame.
const ID3V1_BYTES: u64 = 128;

/// Shortest frame: header, one constant subframe, checksum.
const MIN_FRAME_BYTES: usize = 9;

/// The checksum of a frame as far as it was looked at.
#[derive(Debug, Default)]
struct RunningSum {
    crc: Crc16,
    checked: usize,
}

impl RunningSum {
    /// Whether the first `end` bytes end in their checksum; `end` only grows. Asked at candidates
    /// alone, because anywhere else it holds by chance once in 65 536 bytes.
    fn holds(&mut self, buffer: &[u8], end: usize) -> bool {
        self.crc.update(&buffer[self.checked..end]);
        self.checked = end;
        self.crc.is_zero()
    }
}

/// The frames of a file, and of files joined behind it.
pub(super) struct FlacSource {
    reader: ByteReader,
    /// File offset of the first byte ahead.
    position: u64,
    end: u64,
    buffer: Vec<u8>,
    /// Bytes at the start of `buffer` that were used up.
    used: usize,
    /// Whether the last frame ended where this one should begin.
    in_step: bool,
}

impl FlacSource {
    /// The stream that starts at `start`, and what a decoder needs to know of it.
    ///
    /// # Errors
    ///
    /// [`Error::Malformed`](crate::error::Error::Malformed) if its header is, `Limit` for an impossible rate.
    pub(super) fn open(mut reader: ByteReader, start: u64) -> Result<(Self, TrackSetup)> {
        let (setup, first) = read_metadata(&mut reader, start)?;
        let end = reader.len();
        Ok((
            Self { reader, position: first, end, buffer: Vec::new(), used: 0, in_step: true },
            setup,
        ))
    }

    /// Bytes that were read and not used up.
    fn ahead(&self) -> &[u8] {
        &self.buffer[self.used..]
    }

    /// Reads until `count` bytes are ahead or the file ends.
    fn fill(&mut self, count: usize) -> std::result::Result<(), String> {
        if self.ahead().len() < count {
            self.buffer.drain(..self.used);
            self.used = 0;
        }
        while self.ahead().len() < count {
            let have = self.buffer.len();
            self.buffer.resize(have + READ_BYTES, 0);
            let at = self.position + have as u64;
            let read =
                self.reader.read_at(at, &mut self.buffer[have..]).map_err(|e| e.to_string())?;
            self.buffer.truncate(have + read);
            if read < READ_BYTES {
                break;
            }
        }
        Ok(())
    }

    fn advance(&mut self, count: usize) {
        let count = count.min(self.ahead().len());
        self.position += count as u64;
        self.used += count;
    }

    /// Bytes of the frame at the start of the buffer, if its checksum holds anywhere.
    fn frame_bytes(&mut self) -> std::result::Result<Option<usize>, String> {
        let mut sum = RunningSum::default();
        let mut at = MIN_FRAME_BYTES;
        loop {
            self.fill(at + FrameHeader::MAX_BYTES)?;
            let ends_here = self.ahead().len() < at + FrameHeader::MAX_BYTES;
            let stop = self.ahead().len().saturating_sub(if ends_here { 3 } else { 15 });
            while at < stop {
                let step = self.ahead()[at..stop].iter().position(|b| *b == 0xFF || *b == b'f');
                let Some(step) = step else {
                    at = stop;
                    break;
                };
                at += step;
                let rest = &self.ahead()[at..];
                let starts = FrameHeader::parse(rest).is_some() || rest.starts_with(MAGIC);
                if starts && sum.holds(self.ahead(), at) {
                    return Ok(Some(at));
                }
                at += 1;
            }
            if ends_here {
                let len = self.ahead().len();
                let tag = len
                    .checked_sub(ID3V1_BYTES as usize)
                    .filter(|t| self.ahead()[*t..].starts_with(b"TAG"));
                let mut ends = [tag.filter(|t| *t >= sum.checked), Some(len)].into_iter().flatten();
                let end = ends.find(|end| sum.holds(self.ahead(), *end));
                return Ok(end.or_else(|| self.end_before_others()));
            }
            if at > MAX_FRAME_BYTES {
                return Ok(None);
            }
        }
    }

    /// Where the last frame ends, if something known that is no frame lies behind it.
    fn end_before_others(&self) -> Option<usize> {
        let mut sum = RunningSum::default();
        let ahead = self.ahead();
        (MIN_FRAME_BYTES..ahead.len())
            .find(|end| sum.holds(ahead, *end) && recognised(&ahead[*end..]).is_some())
    }

    /// Moves to the next place that looks like a frame or another file, at least a byte ahead.
    fn search(&mut self) -> std::result::Result<bool, String> {
        self.advance(1);
        loop {
            self.fill(FrameHeader::MAX_BYTES)?;
            if self.ahead().len() < MIN_FRAME_BYTES {
                return Ok(false);
            }
            let stop = self.ahead().len() - MIN_FRAME_BYTES + 1;
            let found = (0..stop).find(|at| {
                let rest = &self.ahead()[*at..];
                rest.starts_with(MAGIC) || rest[0] == 0xFF && FrameHeader::parse(rest).is_some()
            });
            self.advance(found.unwrap_or(stop));
            if found.is_some() {
                return Ok(true);
            }
        }
    }
}

impl PacketSource for FlacSource {
    fn next(&mut self, packet: &mut Packet) -> std::result::Result<Next, String> {
        self.fill(FrameHeader::MAX_BYTES)?;
        if self.ahead().starts_with(MAGIC)
            && let Ok((setup, first)) = read_metadata(&mut self.reader, self.position)
        {
            self.buffer.clear();
            self.used = 0;
            self.position = first;
            return Ok(Next::NewStream(Box::new(setup)));
        }
        if self.ahead().starts_with(b"TAG") && self.end - self.position == ID3V1_BYTES {
            return Ok(Next::End(None));
        }
        let header = FrameHeader::parse(self.ahead());
        let frame = if header.is_some() { self.frame_bytes()? } else { None };
        if let (Some(header), Some(len)) = (header, frame) {
            packet.data.clear();
            packet.data.extend_from_slice(&self.ahead()[..len]);
            packet.offset = Some(self.position);
            packet.frames = u64::from(header.block_frames);
            packet.beyond = 0;
            self.advance(len);
            self.in_step = true;
            return Ok(Next::Packet);
        }
        let offset = self.position;
        let cut = header.is_some() && self.position + MAX_FRAME_BYTES as u64 > self.end;
        let known = if self.in_step { recognised(self.ahead()) } else { None };
        let more = self.search()?;
        if let (false, Some(what)) = (more, known) {
            return Ok(Next::Foreign(Foreign { offset, bytes: self.end - offset, what }));
        }
        if !more && (cut || offset >= self.end) || self.ahead().is_empty() {
            return Ok(Next::End(None));
        }
        if !std::mem::take(&mut self.in_step) {
            return if more { self.next(packet) } else { Ok(Next::End(None)) };
        }
        let what =
            format!("{} bytes are no FLAC frame with a valid checksum", self.position - offset);
        Ok(Next::Damaged { offset: Some(offset), what })
    }
}

#[cfg(test)]
mod tests {
    use super::super::flac_header::STREAM_INFO_BYTES;
    use super::*;
    use std::io::Write;
    use std::path::Path;

    /// A frame of 192 samples: mono, 16 bits, constant, number `number`.
    fn frame(number: u8, value: u8) -> Vec<u8> {
        let mut bytes = vec![0xFF, 0xF8, 0x10, 0x08, number];
        bytes.push(super::super::flac_frame::crc8(&bytes));
        bytes.extend_from_slice(&[0x00, 0x00, value]);
        let mut crc = Crc16::default();
        crc.update(&bytes);
        bytes.extend_from_slice(&crc.value().to_be_bytes());
        bytes
    }

    fn header() -> Vec<u8> {
        let mut bytes = b"fLaC\x80\0\0\x22".to_vec();
        let mut info = [0u8; STREAM_INFO_BYTES];
        info[0..4].copy_from_slice(&[0, 192, 0, 192]);
        let word = 8_000u64 << 44 | 15 << 36 | 384;
        info[10..18].copy_from_slice(&word.to_be_bytes());
        bytes.extend_from_slice(&info);
        bytes
    }

    fn walk(bytes: &[u8]) -> Vec<String> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        let reader = ByteReader::new(Path::new("x"), file).unwrap();
        let (mut source, setup) = FlacSource::open(reader, 0).unwrap();
        assert_eq!((setup.rate_hz(), setup.channels(), setup.presentation), (8_000, 1, Some(384)));
        let mut packet = Packet::default();
        let mut seen = Vec::new();
        loop {
            seen.push(match source.next(&mut packet).unwrap() {
                Next::Packet => format!("{}+{}", packet.offset.unwrap(), packet.data.len()),
                Next::Damaged { offset, .. } => format!("bad at {}", offset.unwrap()),
                Next::NewStream(_) => "stream".into(),
                Next::End(_) => return seen,
                Next::Foreign(Foreign { offset, bytes, what }) => {
                    seen.push(format!("{offset}+{bytes} {what}"));
                    return seen;
                }
            });
        }
    }

    #[test]
    fn frames_whose_numbers_start_again() {
        let bytes = [header(), frame(0, 1), frame(1, 2), frame(0, 3)].concat();
        assert_eq!(walk(&bytes), ["42+11", "53+11", "64+11"]);
    }

    #[test]
    fn files_joined_and_tagged() {
        let one = [header(), frame(0, 1)].concat();
        assert_eq!(walk(&[one.clone(), one.clone()].concat()), ["42+11", "stream", "95+11"]);
        let tagged = [one, b"TAG".to_vec(), vec![0; 125]].concat();
        assert_eq!(walk(&tagged), ["42+11"]);
    }

    #[test]
    fn what_is_no_frame_does_not_hide_the_last_one() {
        let bytes = [header(), frame(0, 1), frame(1, 2)].concat();
        for (behind, what) in [
            (b"PK\x03\x04 and more".to_vec(), "a ZIP archive"),
            (b"APETAGEX\xd0\x07".to_vec(), "an APE tag"),
            (b"Some words that were left here.".to_vec(), "plain text"),
        ] {
            let seen = walk(&[bytes.clone(), behind.clone()].concat());
            assert_eq!(seen, ["42+11", "53+11", &format!("64+{} {what}", behind.len())]);
        }
        // Unknown bytes may be anything, the rest of a broken frame too.
        assert_eq!(walk(&[bytes, vec![0xEE; 300]].concat()), ["42+11"]);
    }

    #[test]
    fn a_broken_frame_is_passed_over_and_a_cut_one_ends_the_stream() {
        let mut bytes = [header(), frame(0, 1), frame(1, 2), frame(2, 3)].concat();
        bytes[61] ^= 1;
        assert_eq!(walk(&bytes), ["42+11", "bad at 53", "64+11"]);
        bytes.truncate(70);
        bytes[61] ^= 1;
        assert_eq!(walk(&bytes), ["42+11", "53+11"]);
    }
}
