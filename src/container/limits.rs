//! Bounds on what a container may claim before it is refused.

use std::ops::RangeInclusive;

use crate::error::{Error, Result};

/// Sample rates accepted from a container, in Hz. Telephone codecs start at 4 000; no converter in
/// use exceeds 768 000.
pub const SAMPLE_RATE_HZ: RangeInclusive<u32> = 4_000..=768_000;

/// Channel counts accepted from a container.
pub const CHANNELS: RangeInclusive<u32> = 1..=64;

/// Packets a table may list: 46 hours of 20 ms frames, 128 MiB of entries.
pub const MAX_PACKETS: usize = 8 << 20;

/// Bytes of one packet. A FLAC frame ends below this.
pub const MAX_PACKET_BYTES: u32 = 16 << 20;

/// Bytes of a codec configuration.
pub const MAX_CONFIG_BYTES: u64 = 1 << 20;

/// Boxes or chunks visited in one file. An hour of one-packet fragments has 700 000.
pub const MAX_BOXES: u32 = 4 << 20;

/// How often the packets of a table may cover the file's bytes; sound files cover them once.
pub const MAX_COVERAGE: u64 = 4;

/// Checks a declared rate in Hz and a declared channel count; `offset` is where they stand.
///
/// # Errors
///
/// [`Error::Limit`] naming the value, its bounds and the byte offset.
pub fn check_stream(sample_rate_hz: u32, channels: u32, offset: u64) -> Result<()> {
    let refuse = |name: &str, value: u32, bounds: RangeInclusive<u32>| Error::Limit {
        what: format!(
            "{name} declared at byte {offset} is outside {}..={}: {value}",
            bounds.start(),
            bounds.end()
        ),
    };
    if !SAMPLE_RATE_HZ.contains(&sample_rate_hz) {
        return Err(refuse("the sample rate in Hz", sample_rate_hz, SAMPLE_RATE_HZ));
    }
    if !CHANNELS.contains(&channels) {
        return Err(refuse("the number of channels", channels, CHANNELS));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_no_recording_has_and_names_it() {
        assert!(check_stream(8_000, 1, 0).is_ok());
        assert!(check_stream(0, 1, 0).is_err());
        assert!(check_stream(48_000, 0, 0).is_err());
        assert!(check_stream(48_000, 65, 0).is_err());
        let text = check_stream(u32::MAX, 2, 24).unwrap_err().to_string();
        assert!(text.contains("4294967295") && text.contains("byte 24"), "{text}");
    }
}
