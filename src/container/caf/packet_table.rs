//! The `pakt` chunk: how many packets and frames there are, and the size of each packet.

use crate::container::fields::{be_u32, be_u64};
use crate::container::packets::PacketList;
use crate::error::Result;

/// Bytes before the sizes.
const HEADER_BYTES: usize = 24;

/// A packet table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PacketTable {
    packets: u64,
    /// Frames meant to be heard; 0 if not declared.
    pub(super) valid: u64,
    /// Frames before them.
    pub(super) priming: u64,
    /// Whether each entry has a size in bytes.
    pub(super) sized: bool,
    /// Whether each entry has a length in frames.
    pub(super) timed: bool,
    bytes: Vec<u8>,
}

impl PacketTable {
    /// Reads the header; `None` if it is cut.
    pub(super) fn read(bytes: Vec<u8>, at: u64, warnings: &mut Vec<String>) -> Option<Self> {
        let packets = be_u64(&bytes, 0)?;
        let valid = i64::try_from(be_u64(&bytes, 8)?).unwrap_or(0);
        let priming = be_u32(&bytes, 16)? as i32;
        be_u32(&bytes, 20)?;
        if valid < 0 || priming < 0 {
            warnings.push(format!("the `pakt` chunk at byte {at} has a negative number of frames"));
        }
        let held = (bytes.len() - HEADER_BYTES) as u64;
        if held > 0 && packets > held {
            warnings.push(format!(
                "the `pakt` chunk at byte {at} declares {packets} packets and holds {held} bytes"
            ));
        }
        Some(Self {
            packets,
            valid: valid.max(0) as u64,
            priming: priming.max(0) as u64,
            sized: false,
            timed: false,
            bytes,
        })
    }

    /// Adds the packets from `start` of the file to `list`; the frames of all together.
    pub(super) fn fill(
        &self,
        start: u64,
        packet_frames: u32,
        list: &mut PacketList,
    ) -> Result<u64> {
        let mut numbers = Numbers { bytes: self.bytes.get(HEADER_BYTES..).unwrap_or(&[]) };
        let (mut offset, mut frames) = (start, 0u64);
        for _ in 0..self.packets {
            let Some(len) = numbers.next() else { break };
            let Some(packet_frames) =
                (if self.timed { numbers.next() } else { Some(u64::from(packet_frames)) })
            else {
                break;
            };
            list.push(offset, u32::try_from(len).unwrap_or(u32::MAX))?;
            offset = offset.saturating_add(len);
            frames = frames.saturating_add(packet_frames);
        }
        Ok(frames)
    }
}

/// Numbers of seven bits a byte, most significant first, the top bit set on all but the last.
struct Numbers<'a> {
    bytes: &'a [u8],
}

impl Numbers<'_> {
    fn next(&mut self) -> Option<u64> {
        let mut value = 0u64;
        loop {
            let (&byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            value = value.checked_mul(128)? | u64::from(byte & 0x7F);
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_changing_length() {
        let mut numbers = Numbers { bytes: &[0x05, 0x81, 0x00, 0x80, 0x80, 0x01, 0xFF] };
        assert_eq!((numbers.next(), numbers.next(), numbers.next()), (Some(5), Some(128), Some(1)));
        assert_eq!(numbers.next(), None);
        assert_eq!(Numbers { bytes: &[0xFF; 32] }.next(), None);
    }

    #[test]
    fn a_table_that_claims_too_much_ends_with_its_bytes() {
        let mut bytes = u64::MAX.to_be_bytes().to_vec();
        bytes.extend([0xFF; 8]);
        bytes.extend([0; 8]);
        bytes.extend([10, 20]);
        let mut warnings = Vec::new();
        let table = PacketTable::read(bytes, 0, &mut warnings).unwrap();
        let mut list = PacketList::new(1000);
        assert_eq!(table.fill(4, 1024, &mut list).unwrap(), 2048);
        assert_eq!((list.len(), warnings.len()), (2, 1));
        assert_eq!(PacketTable::read(vec![0; 23], 0, &mut warnings), None);
    }
}
