//! Bounds on what decoding may cost, whatever a file claims.

/// Bytes accepted from standard input.
pub(super) const MAX_SPOOL_BYTES: u64 = 8 << 30;

/// Undecodable packets in a row after which the rest of a stream is given up.
pub(super) const MAX_BAD_PACKETS: u32 = 5_000;

/// Largest block handed out, in frames.
pub(super) const MAX_BLOCK_FRAMES: usize = 16_384;

/// Packets are gathered until this many frames are there.
pub(super) const BLOCK_FRAMES: usize = 8_192;

/// Decoded seconds where nothing bounds them: a day.
const MAX_SECONDS: f64 = 86_400.0;

/// Seconds a stream may run over its bound; covers padding and estimates of short streams.
const SLACK_SECONDS: f64 = 10.0;

/// Factor by which a stream may run over its bound.
const SLACK: f64 = 1.5;

/// Most frames a stream may decode to. `bound_s` is what the container or the file's size allow.
pub(super) fn max_frames(bound_s: Option<f64>, sample_rate_hz: u32) -> u64 {
    let seconds = bound_s
        .filter(|s| s.is_finite() && *s >= 0.0)
        .map_or(MAX_SECONDS, |s| (s * SLACK + SLACK_SECONDS).min(10.0 * MAX_SECONDS));
    (seconds * f64::from(sample_rate_hz)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_has_slack_and_its_absence_a_cap() {
        assert_eq!(max_frames(Some(20.0), 1000), 40_000);
        assert_eq!(max_frames(None, 1), 86_400);
        assert_eq!(max_frames(Some(f64::NAN), 1), 86_400);
    }
}
