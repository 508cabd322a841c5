//! Numbers and text at places in a slice of header bytes.

use super::reader::ByteReader;
use crate::error::{Error, Result};

/// Characters kept of a text field; longer ones are cut.
const MAX_TEXT_CHARS: usize = 256;

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

pub(super) fn be_u16(bytes: &[u8], at: usize) -> Option<u16> {
    array(bytes, at).map(u16::from_be_bytes)
}

pub(super) fn be_u32(bytes: &[u8], at: usize) -> Option<u32> {
    array(bytes, at).map(u32::from_be_bytes)
}

pub(super) fn be_u64(bytes: &[u8], at: usize) -> Option<u64> {
    array(bytes, at).map(u64::from_be_bytes)
}

pub(super) fn be_f64(bytes: &[u8], at: usize) -> Option<f64> {
    array(bytes, at).map(f64::from_be_bytes)
}

pub(super) fn le_u16(bytes: &[u8], at: usize) -> Option<u16> {
    array(bytes, at).map(u16::from_le_bytes)
}

pub(super) fn le_u32(bytes: &[u8], at: usize) -> Option<u32> {
    array(bytes, at).map(u32::from_le_bytes)
}

pub(super) fn le_u64(bytes: &[u8], at: usize) -> Option<u64> {
    array(bytes, at).map(u64::from_le_bytes)
}

pub(super) fn four(bytes: &[u8], at: usize) -> Option<[u8; 4]> {
    array(bytes, at)
}

/// A four-character code as it may stand in a message, `.` for what does not print.
pub(super) fn code_text(code: [u8; 4]) -> String {
    code.iter().map(|&b| if (0x20..0x7f).contains(&b) { char::from(b) } else { '.' }).collect()
}

/// Whether every byte of a four-character code prints.
pub(super) fn is_code(code: [u8; 4]) -> bool {
    code.iter().all(|b| (0x20..0x7f).contains(b))
}

/// Text up to the first NUL, trimmed and cut to a bounded length; `None` if nothing is left.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let end = bytes.iter().position(|&b| b == 0).unwrap_or(bytes.len());
    let whole = String::from_utf8_lossy(&bytes[..end.min(4 * MAX_TEXT_CHARS)]);
    let cut: String = whole.trim().chars().take(MAX_TEXT_CHARS).collect();
    (!cut.is_empty()).then_some(cut)
}

/// Up to `len` bytes from `offset`, never more than `cap`; fewer where the file ends.
pub(super) fn bytes_at(
    reader: &mut ByteReader,
    offset: u64,
    len: u64,
    cap: u64,
) -> Result<Vec<u8>> {
    let there = reader.len().saturating_sub(offset);
    let mut out = vec![0; len.min(cap).min(there) as usize];
    let count = reader.read_at(offset, &mut out)?;
    out.truncate(count);
    Ok(out)
}

/// `value` counted in `from` per second, counted in `to` per second, rounded; 0 for `from` 0.
pub(super) fn rescale(value: u64, to: u32, from: u32) -> u64 {
    if from == 0 {
        return 0;
    }
    let scaled = (u128::from(value) * u128::from(to) + u128::from(from / 2)) / u128::from(from);
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

/// [`Error::Malformed`], shorter to write.
pub(super) fn malformed(format: &'static str, offset: u64, what: impl Into<String>) -> Error {
    Error::Malformed { format, offset, what: what.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_end_with_the_slice() {
        assert_eq!(be_u16(&[1, 2], 0), Some(0x0102));
        assert_eq!(le_u32(&[1, 2, 3, 4, 5], 1), Some(0x0504_0302));
        assert_eq!(be_u32(&[1, 2, 3], 0), None);
        assert_eq!(be_u64(&[0; 8], usize::MAX), None);
    }

    #[test]
    fn text_is_bounded_and_ends_at_nul() {
        assert_eq!(text(b" Lavf60\0junk").as_deref(), Some("Lavf60"));
        assert_eq!(text(b"\0"), None);
        assert_eq!(text(&[b'x'; 9000]).map(|t| t.len()), Some(MAX_TEXT_CHARS));
    }

    #[test]
    fn rescaling_rounds_and_survives_extremes() {
        assert_eq!(rescale(20_021, 48_000, 1_000), 961_008);
        assert_eq!(rescale(1, 48_000, 0), 0);
        assert_eq!(rescale(u64::MAX, 48_000, 1), u64::MAX);
    }
}
