//! What encoders of layer 3 put between the data of two frames when bits are left over.
//!
//! Nothing says what it has to be (ISO/IEC 11172-3, 2.4.3.4.3). LAME writes its name and version and then
//! ones and zeros in turn, once behind a frame's data and once more in front of the next one's; others
//! write zeros.

use std::ops::Range;

/// What stuffing of LAME begins with, before its version.
const NAME: [u8; 4] = *b"LAME";

/// Names in one gap, at most: behind one frame's data, and in front of the next one's.
const MOST_NAMES: usize = 2;

/// Bits of a byte.
const BYTE: usize = 8;

/// Whether bits of `bytes`, most significant first, repeat byte by byte, but for names of LAME. Of random
/// bits, up to eight always do, n more with a probability of 2^-n.
pub(super) fn is_stuffing(bytes: &[u8], bits: Range<usize>) -> bool {
    let (mut at, end) = (bits.start, bits.end.min(bytes.len() * BYTE));
    for _ in 0..=MOST_NAMES {
        let run = run_end(bytes, at, end);
        if run == end {
            return true;
        }
        // A name's first bits may go on with the run. Few bits in front of one are always a run.
        let mut starts = (at..=at + BYTE).chain(run - BYTE..=run);
        let Some(next) = starts.find_map(|start| name_end(bytes, start, end)) else {
            return false;
        };
        at = next;
    }
    false
}

/// Where bits from `at` on no longer repeat byte by byte.
fn run_end(bytes: &[u8], at: usize, end: usize) -> usize {
    let mut next = at + BYTE;
    while next < end {
        let differ = byte_at(bytes, next) ^ byte_at(bytes, next - BYTE);
        if differ != 0 {
            return end.min(next + differ.leading_zeros() as usize);
        }
        next += BYTE;
    }
    end
}

/// Where the name that stands at `start` ends, cut off or with its version.
fn name_end(bytes: &[u8], start: usize, end: usize) -> Option<usize> {
    let mut at = start;
    let mut take = |is_next: &dyn Fn(u8) -> bool| {
        let is_there = at + BYTE <= end && is_next(byte_at(bytes, at));
        at += if is_there { BYTE } else { 0 };
        is_there
    };
    let letters = NAME.iter().take_while(|letter| take(&|byte| byte == **letter)).count();
    if letters == NAME.len() {
        while take(&|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'.' | b' ' | b'(' | b')')) {}
    }
    let is_cut_off = letters > 0 && end - at < BYTE;
    (letters == NAME.len() || is_cut_off).then_some(at)
}

/// Eight bits from bit `at` on; zeros past the end.
fn byte_at(bytes: &[u8], at: usize) -> u8 {
    let byte = |n: usize| u16::from(bytes.get(n).copied().unwrap_or(0));
    let pair = byte(at / BYTE) << BYTE | byte(at / BYTE + 1);
    (pair >> (BYTE - at % BYTE)) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bits as text to bytes, and their number.
    fn bytes(bits: &str) -> (Vec<u8>, usize) {
        let digits = bits.as_bytes();
        let byte = |part: &[u8]| {
            part.iter().enumerate().fold(0, |sum, (i, bit)| sum | (bit - b'0') << (7 - i))
        };
        (digits.chunks(8).map(byte).collect(), digits.len())
    }

    fn text(text: &str) -> String {
        text.bytes().map(|byte| format!("{byte:08b}")).collect()
    }

    fn is_stuffing_from(bits: &str, from: usize) -> bool {
        let (bytes, end) = bytes(bits);
        is_stuffing(&bytes, from..end)
    }

    #[test]
    fn zeros_turns_and_names_are_stuffing_at_any_bit() {
        let turns = "01".repeat(50);
        let name = text("LAME3.100");
        for start in 0..8 {
            let lead = "110".repeat(3)[..start].to_owned();
            let zeros = format!("{lead}{}", "0".repeat(99));
            let named = format!("{lead}{name}{turns}");
            let twice = format!("{lead}{}{name}{turns}{name}{turns}", &turns[..5]);
            for bits in [&zeros, &named, &twice] {
                assert!(is_stuffing_from(bits, start), "{bits}");
            }
        }
        let cut_off = ["L", "LA", "LAM", "LAME", "LAME3.9"].map(text);
        for name in cut_off {
            assert!(is_stuffing_from(&format!("{name}01010"), 0), "{name}");
        }
        assert!(is_stuffing_from("", 0));
    }

    #[test]
    fn the_rest_of_a_frame_is_none() {
        // Bits of a hash, for instance.
        let random = "1011001001110100000101011110001100101000011011110100101110010110";
        for start in 0..40 {
            assert!(!is_stuffing_from(random, start), "{start}");
        }
        assert!(!is_stuffing_from(&format!("{}{random}", text("LAME3.100")), 0));
        assert!(!is_stuffing_from(&format!("{}{random}", "0".repeat(80)), 0));
        // Nothing is known of bits past the end.
        assert!(is_stuffing(&[], 0..100));
    }
}
