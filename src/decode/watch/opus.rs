//! Opus packets: how long they are.

use super::Seen;
use super::steady::Steady;
use crate::container::continuity::BreakKind;
use crate::decode::opus_split::packet_frames;

/// Packets of one duration that make it the stream's own.
const LONG: u32 = 50;

/// What is kept from packet to packet.
#[derive(Debug, Default)]
pub(super) struct Watch {
    duration: Steady,
}

impl Watch {
    /// Looks at a packet that is decoded at `time_s`.
    pub(super) fn packet(&mut self, data: &[u8], time_s: f64) -> Seen {
        let (frames, since_s) = self.duration.next(packet_frames(data)?, time_s, LONG)?;
        Some((BreakKind::PacketDuration, f64::from(frames) / 48_000.0, Some(since_s)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_then_sixty_milliseconds() {
        let mut watch = Watch::default();
        let toc = |i: usize| if i < 80 { 9 << 3 } else { 11 << 3 };
        let seen: Vec<_> = (0..200).filter_map(|i| watch.packet(&[toc(i)], i as f64)).collect();
        assert_eq!(seen, [(BreakKind::PacketDuration, 0.06, Some(80.0))]);
        assert_eq!(watch.packet(&[], 0.0), None);
    }
}
