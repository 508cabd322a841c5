//! AAC packets: ADTS header fields, and an encoder that names itself at a fixed distance.

use super::Seen;
use crate::container::continuity::BreakKind;

/// Name that libavcodec's AAC encoder puts into one packet of [`NAME_PACKETS`].
const NAME: &[u8] = b"Lavc";

/// Packets from one name to the next, as counted in streams of libavcodec 59.
const NAME_PACKETS: u64 = 256;

/// Bits of the first four bytes that stay the same: all but the frame length and the private,
/// copyright and original bits.
const KEPT: u32 = 0xFFFF_FDC0;

/// What is kept from packet to packet.
#[derive(Debug)]
pub(super) struct Watch {
    adts: bool,
    header: Option<u32>,
    /// Whether the encoder has named itself.
    named: bool,
    /// Packets since it last did.
    since_name: u64,
}

impl Watch {
    /// A watch over packets with or without ADTS headers.
    pub(super) fn new(adts: bool) -> Self {
        Self { adts, header: None, named: false, since_name: 0 }
    }

    /// Looks at a packet.
    pub(super) fn packet(&mut self, data: &[u8]) -> Seen {
        self.since_name += 1;
        if data.windows(NAME.len()).any(|w| w == NAME) {
            let distance = std::mem::replace(&mut self.since_name, 0);
            // After lost packets, some names may be missing too.
            if self.named && !distance.is_multiple_of(NAME_PACKETS) {
                return Some((BreakKind::EncoderName, distance as f64, None));
            }
            self.named = true;
        }
        let head = data.first_chunk::<4>().map(|head| u32::from_be_bytes(*head) & KEPT)?;
        if !self.adts {
            return None;
        }
        let known = self.header.replace(head)?;
        let changed = (known ^ head).count_ones();
        (changed > 0).then_some((BreakKind::HeaderChange, f64::from(changed), None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: [u8; 4] = [0xFF, 0xF1, 0x4C, 0x80];

    #[test]
    fn header_fields_and_names() {
        let mut watch = Watch::new(true);
        let named = [&HEAD[..], b"..Lavc59.37.100"].concat();
        assert_eq!(watch.packet(&named), None);
        assert!((0..20).all(|i| watch.packet(&[0xFF, 0xF1, 0x4C, 0x80 | (i % 4)]).is_none()));
        assert_eq!(watch.packet(&named), Some((BreakKind::EncoderName, 21.0, None)));
        assert!((0..255).all(|_| watch.packet(&HEAD).is_none()));
        assert_eq!(watch.packet(&named), None);
        let other = watch.packet(&[0xFF, 0xF1, 0x50, 0x80]).unwrap();
        assert_eq!(other.0, BreakKind::HeaderChange);
        assert_eq!(watch.packet(&[]), None);
        assert_eq!(Watch::new(false).packet(&HEAD), None);
    }
}
