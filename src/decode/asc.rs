//! AudioSpecificConfig, the configuration of AAC (ISO/IEC 14496-3, 1.6.2.1).

use crate::container::bits::Bits;

/// Object type of AAC-LC.
const LC: u32 = 2;

/// What decides which decoder is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AacConfig {
    /// Object type of the core codec.
    pub(super) object_type: u32,
    /// Sample rate of the core codec in Hz.
    pub(super) rate_hz: u32,
    /// Channel configuration; 0 means that the stream itself describes its channels.
    pub(super) channel_config: u32,
    /// Whether spectral band replication is signalled.
    pub(super) sbr: bool,
    /// Whether frames have the ordinary 1024 samples.
    pub(super) long_frames: bool,
}

impl AacConfig {
    /// Reads a configuration; `None` if it is cut or names no rate.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut bits = Bits::new(bytes);
        let mut object_type = bits.object_type()?;
        let rate_hz = bits.rate_hz()?;
        let channel_config = bits.take(4)?;
        let mut sbr = false;
        if object_type == 5 || object_type == 29 {
            sbr = true;
            bits.rate_hz()?;
            object_type = bits.object_type()?;
        }
        let mut long_frames = true;
        if object_type == LC {
            // frameLengthFlag, dependsOnCoreCoder, extensionFlag; then perhaps a sync extension.
            long_frames = bits.take(1)? == 0;
            let plain = bits.take(2)? == 0;
            if plain && channel_config != 0 && bits.take(11) == Some(0x2B7) {
                sbr |= bits.object_type() == Some(5) && bits.take(1) == Some(1);
            }
        }
        (rate_hz > 0).then_some(Self { object_type, rate_hz, channel_config, sbr, long_frames })
    }

    /// Whether a decoder of AAC-LC in mono or stereo is enough, as far as this is signalled.
    pub(super) fn is_plain_lc(self) -> bool {
        self.object_type == LC
            && !self.sbr
            && self.long_frames
            && (1..=2).contains(&self.channel_config)
    }

    /// Channels of the core codec; 0 where the stream describes them.
    #[cfg_attr(not(feature = "he-aac"), allow(dead_code, reason = "asked by that decoder alone"))]
    pub(super) fn channels(self) -> usize {
        match self.channel_config {
            7 | 12 | 14 => 8,
            11 => 7,
            n @ 0..=6 => n as usize,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_explicit_and_backward_compatible() {
        let plain = AacConfig::parse(&[0x11, 0x90]).unwrap();
        assert_eq!((plain.rate_hz, plain.channels(), plain.is_plain_lc()), (48_000, 2, true));
        // Object type 5, core 24 kHz mono, extension 48 kHz, core object type 2.
        let explicit = AacConfig::parse(&[0x2B, 0x09, 0x88, 0x00]).unwrap();
        assert_eq!((explicit.rate_hz, explicit.sbr, explicit.object_type), (24_000, true, 2));
        let late = AacConfig::parse(&[0x13, 0x10, 0x56, 0xE5, 0x98]).unwrap();
        assert_eq!((late.rate_hz, late.sbr), (24_000, true));
        let surround = AacConfig::parse(&[0x11, 0xB0]).unwrap();
        assert!(!surround.is_plain_lc() && surround.channels() == 6);
        assert_eq!(AacConfig::parse(&[0x11]), None);
    }
}
