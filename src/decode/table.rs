//! Packets where a container plan says they are.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};

use super::packet::{Next, Packet, PacketSource};
use super::source::OpenFile;
use crate::container::{ByteReader, Codec, PacketEntry};
use crate::error::Result;

/// Frames gathered into one packet where blocks are small; a block of the output is twice that.
const PACKET_FRAMES: u32 = 4_096;

/// Bytes gathered into one packet at most.
const PACKET_BYTES: u32 = 1 << 20;

/// Bytes that packets of single samples are gathered to.
const JOINED_BYTES: u32 = 16 * 1024;

/// Blocks of one size, several to a packet.
pub(super) struct FixedSource {
    file: File,
    position: u64,
    end: u64,
    block_bytes: u32,
    frames_per_block: u32,
    blocks: u32,
}

impl FixedSource {
    /// Blocks of `block_bytes` bytes and `frames_per_block` frames in `len` bytes from `start`.
    pub(super) fn new(
        file: &OpenFile,
        (start, len): (u64, u64),
        block_bytes: u32,
        frames_per_block: u32,
    ) -> Result<Self> {
        Ok(Self {
            file: file.handle()?,
            position: start,
            end: start.saturating_add(len),
            block_bytes: block_bytes.max(1),
            frames_per_block: frames_per_block.max(1),
            blocks: blocks_per_packet(block_bytes, frames_per_block),
        })
    }
}

/// Blocks that go into one packet, at least one.
fn blocks_per_packet(block_bytes: u32, frames_per_block: u32) -> u32 {
    let by_frames = PACKET_FRAMES / frames_per_block.max(1);
    by_frames.min(PACKET_BYTES / block_bytes.max(1)).max(1)
}

/// Most frames a packet of [`FixedSource`] holds.
pub(super) fn max_packet_frames(block_bytes: u32, frames_per_block: u32) -> u64 {
    u64::from(blocks_per_packet(block_bytes, frames_per_block)) * u64::from(frames_per_block.max(1))
}

impl PacketSource for FixedSource {
    fn next(&mut self, packet: &mut Packet) -> std::result::Result<Next, String> {
        let left = self.end.saturating_sub(self.position);
        let wanted = u64::from(self.block_bytes) * u64::from(self.blocks);
        let blocks = wanted.min(left) / u64::from(self.block_bytes);
        if blocks == 0 {
            return Ok(Next::End(None));
        }
        let count = blocks * u64::from(self.block_bytes);
        packet.data.resize(count as usize, 0);
        let read = self
            .file
            .seek(SeekFrom::Start(self.position))
            .and_then(|_| self.file.read_exact(&mut packet.data));
        match read {
            Ok(()) => {}
            Err(e) if e.kind() == ErrorKind::UnexpectedEof => return Ok(Next::End(None)),
            Err(e) => return Err(e.to_string()),
        }
        packet.offset = Some(self.position);
        packet.frames = blocks * u64::from(self.frames_per_block);
        packet.beyond = 0;
        self.position += count;
        Ok(Next::Packet)
    }
}

/// Packets of a table, in its order.
pub(super) struct TableSource {
    reader: ByteReader,
    entries: std::vec::IntoIter<PacketEntry>,
    ahead: Option<PacketEntry>,
    /// Whether neighbours may be joined: uncompressed samples have no packet borders.
    join: bool,
    /// Bytes and frames of a block, for codecs that count in blocks.
    block: Option<(u32, u32)>,
}

impl TableSource {
    /// The packets `entries` of a track of `codec` with `channels` channels.
    pub(super) fn new(
        file: &OpenFile,
        entries: Vec<PacketEntry>,
        codec: Codec,
        channels: u16,
    ) -> Result<Self> {
        let join = matches!(codec, Codec::Pcm(_) | Codec::ALaw | Codec::MuLaw);
        // 34 bytes hold 64 samples of one channel (QuickTime File Format, IMA 4:1).
        let block =
            (codec == Codec::AdpcmImaQt).then(|| (34 * u32::from(channels.max(1)), IMA_QT_FRAMES));
        let reader = ByteReader::new(&file.path, file.handle()?)?;
        Ok(Self { reader, entries: entries.into_iter(), ahead: None, join, block })
    }
}

/// Frames of a QuickTime IMA block.
pub(super) const IMA_QT_FRAMES: u32 = 64;

impl PacketSource for TableSource {
    fn next(&mut self, packet: &mut Packet) -> std::result::Result<Next, String> {
        let Some(mut entry) = self.ahead.take().or_else(|| self.entries.next()) else {
            return Ok(Next::End(None));
        };
        while self.join && entry.len < JOINED_BYTES {
            match self.entries.next() {
                Some(next) if next.offset == entry.offset + u64::from(entry.len) => {
                    entry.len = entry.len.saturating_add(next.len);
                }
                other => {
                    self.ahead = other;
                    break;
                }
            }
        }
        packet.data.resize(entry.len as usize, 0);
        let count =
            self.reader.read_at(entry.offset, &mut packet.data).map_err(|e| e.to_string())?;
        packet.data.truncate(count);
        if count == 0 {
            return Ok(Next::End(Some("the file ends before its last packets".into())));
        }
        packet.offset = Some(entry.offset);
        packet.frames = self.block.map_or(0, |(bytes, frames)| {
            (packet.data.len() as u64 / u64::from(bytes)) * u64::from(frames)
        });
        packet.beyond = 0;
        Ok(Next::Packet)
    }
}

/// A few packets read ahead, then the rest of their source.
pub(super) struct Rewound {
    ahead: std::vec::IntoIter<Packet>,
    rest: Box<dyn PacketSource>,
}

impl Rewound {
    /// Puts `ahead` back in front of `rest`.
    pub(super) fn new(ahead: Vec<Packet>, rest: Box<dyn PacketSource>) -> Self {
        Self { ahead: ahead.into_iter(), rest }
    }
}

impl PacketSource for Rewound {
    fn next(&mut self, packet: &mut Packet) -> std::result::Result<Next, String> {
        match self.ahead.next() {
            Some(ahead) => {
                *packet = ahead;
                Ok(Next::Packet)
            }
            None => self.rest.next(packet),
        }
    }
}

/// A source whose last packet ends in padding that the container declares.
pub(super) struct PaddedEnd {
    inner: Box<dyn PacketSource>,
    ahead: Option<Packet>,
    padding: u64,
}

impl PaddedEnd {
    /// `padding` frames at the end of the last packet of `inner`.
    pub(super) fn new(inner: Box<dyn PacketSource>, padding: u64) -> Self {
        Self { inner, ahead: None, padding }
    }
}

impl PacketSource for PaddedEnd {
    fn next(&mut self, packet: &mut Packet) -> std::result::Result<Next, String> {
        loop {
            let mut following = Packet::default();
            match self.inner.next(&mut following)? {
                Next::Packet => {
                    if let Some(ready) = self.ahead.replace(following) {
                        *packet = ready;
                        return Ok(Next::Packet);
                    }
                }
                Next::End(why) => {
                    let Some(last) = self.ahead.take() else { return Ok(Next::End(why)) };
                    *packet = last;
                    packet.beyond = self.padding;
                    return Ok(Next::Packet);
                }
                other => return Ok(other),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_gather_blocks_within_bounds() {
        assert_eq!(blocks_per_packet(4, 1), 4096);
        assert_eq!(blocks_per_packet(1024, 2036), 2);
        assert_eq!(blocks_per_packet(u32::MAX, 1), 1);
        assert_eq!(blocks_per_packet(0, 0), 4096);
        assert_eq!(max_packet_frames(1024, 2036), 4072);
    }
}
