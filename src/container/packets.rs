//! A packet table while it is being filled, within bounds.

use super::PacketEntry;
use super::limits::{MAX_COVERAGE, MAX_PACKET_BYTES, MAX_PACKETS};
use crate::error::{Error, Result};

/// Collects packets that lie inside the file and counts those that do not.
#[derive(Debug)]
pub(super) struct PacketList {
    entries: Vec<PacketEntry>,
    file_len: u64,
    bytes: u64,
    listed: u64,
    empty: u64,
    oversized: u64,
    cut: u64,
    first_cut: Option<u64>,
}

impl PacketList {
    pub(super) fn new(file_len: u64) -> Self {
        Self {
            entries: Vec::new(),
            file_len,
            bytes: 0,
            listed: 0,
            empty: 0,
            oversized: 0,
            cut: 0,
            first_cut: None,
        }
    }

    /// Adds one packet, or counts it as cut, empty or oversized.
    pub(super) fn push(&mut self, offset: u64, len: u32) -> Result<()> {
        if len == 0 {
            self.skip_empty(1);
        } else if offset.checked_add(u64::from(len)).is_none_or(|end| end > self.file_len) {
            self.skip_cut(1);
        } else if len > MAX_PACKET_BYTES {
            self.listed += 1;
            self.oversized += 1;
        } else {
            self.listed += 1;
            self.bytes += u64::from(len);
            if self.bytes > self.file_len.saturating_mul(MAX_COVERAGE) {
                return Err(Error::Limit {
                    what: format!(
                        "packets that lie over one another cover the file more than \
                         {MAX_COVERAGE} times, reached with the packet at byte: {offset}"
                    ),
                });
            }
            if self.entries.len() == MAX_PACKETS {
                return Err(Error::Limit {
                    what: format!("the packets of one track are more than: {MAX_PACKETS}"),
                });
            }
            self.entries.push(PacketEntry { offset, len });
        }
        Ok(())
    }

    /// Counts packets past the end of the file without visiting each.
    pub(super) fn skip_cut(&mut self, count: u64) {
        if count > 0 {
            self.first_cut.get_or_insert(self.listed);
            self.cut = self.cut.saturating_add(count);
            self.listed = self.listed.saturating_add(count);
        }
    }

    /// Counts packets of no bytes without visiting each.
    pub(super) fn skip_empty(&mut self, count: u64) {
        self.empty = self.empty.saturating_add(count);
        self.listed = self.listed.saturating_add(count);
    }

    /// Packets the table lists, cut and empty ones included.
    pub(super) fn listed(&self) -> u64 {
        self.listed
    }

    /// Packets that lie past the end of the file.
    pub(super) fn cut(&self) -> u64 {
        self.cut
    }

    /// Position in the table, from 0, of the first packet that is not in the file.
    pub(super) fn first_cut(&self) -> Option<u64> {
        self.first_cut
    }

    /// Packets inside the file.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Bytes of the file.
    pub(super) fn file_len(&self) -> u64 {
        self.file_len
    }

    /// The packets inside the file, and what to say about empty and oversized ones.
    pub(super) fn finish(self, warnings: &mut Vec<String>) -> Vec<PacketEntry> {
        if self.empty > 0 {
            warnings.push(format!("packets of no bytes are left out: {}", self.empty));
        }
        if self.oversized > 0 {
            warnings.push(format!(
                "packets of more than {MAX_PACKET_BYTES} bytes are left out: {}",
                self.oversized
            ));
        }
        self.entries
    }
}

/// Warnings of one kind: the first few in full, the rest as a number.
#[derive(Debug, Default)]
pub(super) struct Warnings {
    kept: Vec<String>,
    more: usize,
}

/// Warnings of one kind that are spelled out.
const KEPT_WARNINGS: usize = 16;

impl Warnings {
    /// Adds a warning, built only if it will be kept.
    pub(super) fn push(&mut self, text: impl FnOnce() -> String) {
        if self.kept.len() < KEPT_WARNINGS {
            self.kept.push(text());
        } else {
            self.more += 1;
        }
    }

    /// Moves the warnings to the end of `all`; `kind` names those that were only counted.
    pub(super) fn append_to(self, all: &mut Vec<String>, kind: &str) {
        all.extend(self.kept);
        if self.more > 0 {
            all.push(format!("further places with {kind}: {}", self.more));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_inside_and_counts_the_rest() {
        let mut list = PacketList::new(100);
        list.push(0, 60).unwrap();
        list.push(60, 40).unwrap();
        list.push(50, 0).unwrap();
        list.push(61, 40).unwrap();
        list.push(u64::MAX, 2).unwrap();
        assert_eq!((list.listed(), list.cut(), list.first_cut()), (5, 2, Some(3)));
        let mut warnings = Vec::new();
        assert_eq!(list.finish(&mut warnings).len(), 2);
        assert_eq!(warnings.len(), 1);
    }

    #[test]
    fn overlapping_packets_are_refused() {
        let mut list = PacketList::new(100);
        let result = (0..10).try_for_each(|_| list.push(0, 100));
        assert!(matches!(result, Err(Error::Limit { .. })));
    }

    #[test]
    fn repeated_warnings_end_in_a_count() {
        let mut warnings = Warnings::default();
        (0..20).for_each(|i| warnings.push(|| format!("at {i}")));
        let mut all = Vec::new();
        warnings.append_to(&mut all, "skipped bytes");
        assert_eq!(all.len(), KEPT_WARNINGS + 1);
        assert_eq!(all.last().map(String::as_str), Some("further places with skipped bytes: 4"));
    }
}
