//! The identification header of Opus (RFC 7845, section 5.1).

/// What a decoder needs of an OpusHead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OpusHead {
    /// Output channels.
    pub(super) channels: u8,
    /// Frames at 48 kHz to leave out at the start.
    pub(super) pre_skip: u16,
    /// Gain to apply to the output, in dB times 256.
    pub(super) gain_q8: i16,
    /// Streams in a packet; all but the last are self-delimited.
    pub(super) streams: u8,
    /// How many of the streams, from the first on, are stereo.
    pub(super) coupled: u8,
    /// Decoded channel of each output channel; 255 is silence.
    pub(super) mapping: Vec<u8>,
}

impl OpusHead {
    /// Reads a header with its magic; `None` if it is malformed.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let body = bytes.strip_prefix(b"OpusHead")?;
        let [
            version,
            channels,
            skip_low,
            skip_high,
            _,
            _,
            _,
            _,
            gain_low,
            gain_high,
            family,
            rest @ ..,
        ] = body
        else {
            return None;
        };
        let channels = *channels;
        if version >> 4 != 0 || channels == 0 {
            return None;
        }
        let (streams, coupled, mapping) = if *family == 0 {
            if channels > 2 {
                return None;
            }
            (1, channels - 1, (0..channels).collect())
        } else {
            let [streams, coupled, table @ ..] = rest else { return None };
            (*streams, *coupled, table.get(..usize::from(channels))?.to_vec())
        };
        let decoded = u16::from(streams) + u16::from(coupled);
        let sane = streams > 0
            && coupled <= streams
            && decoded <= 255
            && mapping.iter().all(|&m| m == 255 || u16::from(m) < decoded);
        sane.then_some(Self {
            channels,
            pre_skip: u16::from_le_bytes([*skip_low, *skip_high]),
            gain_q8: i16::from_le_bytes([*gain_low, *gain_high]),
            streams,
            coupled,
            mapping,
        })
    }

    /// A header for streams that come without one.
    pub(super) fn plain(channels: u8) -> Self {
        let channels = channels.clamp(1, 2);
        Self {
            channels,
            pre_skip: 0,
            gain_q8: 0,
            streams: 1,
            coupled: channels - 1,
            mapping: (0..channels).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_0_and_1() {
        let stereo = b"OpusHead\x01\x02\x38\x01\x80\xbb\0\0\0\x01\0";
        let head = OpusHead::parse(stereo).unwrap();
        assert_eq!((head.channels, head.pre_skip, head.gain_q8), (2, 312, 256));
        assert_eq!((head.streams, head.coupled, head.mapping), (1, 1, vec![0, 1]));
        let surround =
            b"OpusHead\x01\x06\x38\x01\x80\xbb\0\0\0\0\x01\x04\x02\x00\x04\x01\x02\x03\x05";
        let head = OpusHead::parse(surround).unwrap();
        assert_eq!((head.streams, head.coupled), (4, 2));
        assert_eq!(head.mapping, [0, 4, 1, 2, 3, 5]);
    }

    #[test]
    fn malformed_headers() {
        assert_eq!(OpusHead::parse(b"OpusHead\x01\x02"), None);
        assert_eq!(OpusHead::parse(b"OpusHead\x01\x03\0\0\0\0\0\0\0\0\0"), None);
        let out_of_range = b"OpusHead\x01\x02\0\0\0\0\0\0\0\0\x01\x01\x00\x00\x01";
        assert_eq!(OpusHead::parse(out_of_range), None);
        assert_eq!(OpusHead::plain(9).channels, 2);
    }
}
