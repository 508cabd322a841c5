//! Splits an Opus packet of several streams into packets that a single-stream decoder takes.
//!
//! In mapping families 1 and 255 every stream but the last is self-delimited (RFC 6716,
//! appendix B): one more length field stands where an ordinary packet lets the last frame run to
//! the packet's end.

/// Frames of a packet at 48 kHz, by its first two bytes; `None` if it is empty or malformed.
pub(super) fn packet_frames(packet: &[u8]) -> Option<u32> {
    let toc = *packet.first()?;
    let config = toc >> 3;
    let frame = match config {
        0..=11 => [480, 960, 1920, 2880][usize::from(config & 3)],
        12..=15 => [480, 960][usize::from(config & 1)],
        _ => [120, 240, 480, 960][usize::from(config & 3)],
    };
    let count = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u32::from(packet.get(1)? & 63),
    };
    // A packet lasts at most 120 ms.
    (1..=5_760).contains(&(frame * count)).then_some(frame * count)
}

/// A frame length (RFC 6716, 3.2.1): its value and how many bytes it takes.
fn length(bytes: &[u8]) -> Option<(usize, usize)> {
    match *bytes {
        [first @ 0..=251, ..] => Some((usize::from(first), 1)),
        [first, second, ..] => Some((usize::from(second) * 4 + usize::from(first), 2)),
        _ => None,
    }
}

/// Takes one self-delimited packet off the front of `bytes` and writes it to `out` with ordinary
/// framing; the bytes after it, or `None` if it is malformed.
pub(super) fn take_delimited<'a>(bytes: &'a [u8], out: &mut Vec<u8>) -> Option<&'a [u8]> {
    out.clear();
    let toc = *bytes.first()?;
    // Header bytes that stay, where the extra length stands, and bytes of frames and padding.
    let (kept, extra, payload) = match toc & 3 {
        0 => {
            let (len, size) = length(bytes.get(1..)?)?;
            (1, size, len)
        }
        1 => {
            let (len, size) = length(bytes.get(1..)?)?;
            (1, size, len * 2)
        }
        2 => {
            let (first, first_size) = length(bytes.get(1..)?)?;
            let (second, size) = length(bytes.get(1 + first_size..)?)?;
            (1 + first_size, size, first + second)
        }
        _ => many_frames(bytes)?,
    };
    out.extend_from_slice(bytes.get(..kept)?);
    let start = kept + extra;
    out.extend_from_slice(bytes.get(start..start.checked_add(payload)?)?);
    bytes.get(start + payload..)
}

/// The same three numbers for a packet with a frame count byte (code 3).
fn many_frames(bytes: &[u8]) -> Option<(usize, usize, usize)> {
    let count_byte = *bytes.get(1)?;
    let count = usize::from(count_byte & 63);
    if count == 0 {
        return None;
    }
    let mut at = 2;
    let mut padding = 0;
    if count_byte & 0x40 != 0 {
        loop {
            let byte = usize::from(*bytes.get(at)?);
            at += 1;
            padding += byte.min(254);
            if byte < 255 {
                break;
            }
        }
    }
    let mut frames = 0;
    if count_byte & 0x80 != 0 {
        for _ in 1..count {
            let (len, size) = length(bytes.get(at..)?)?;
            frames += len;
            at += size;
        }
        let (last, size) = length(bytes.get(at..)?)?;
        return Some((at, size, frames + last + padding));
    }
    let (each, size) = length(bytes.get(at..)?)?;
    Some((at, size, each * count + padding))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(bytes: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
        let mut out = Vec::new();
        let rest = take_delimited(bytes, &mut out)?;
        Some((out, rest.to_vec()))
    }

    #[test]
    fn every_code_loses_its_extra_length() {
        assert_eq!(split(&[0, 2, 8, 9, 77]), Some((vec![0, 8, 9], vec![77])));
        assert_eq!(split(&[1, 1, 8, 9, 77]), Some((vec![1, 8, 9], vec![77])));
        assert_eq!(split(&[2, 1, 2, 7, 8, 9, 77]), Some((vec![2, 1, 7, 8, 9], vec![77])));
        // Constant rate: two frames of one byte, two bytes of padding.
        let constant = [3, 0x42, 2, 1, 8, 9, 0, 0, 77];
        assert_eq!(split(&constant), Some((vec![3, 0x42, 2, 8, 9, 0, 0], vec![77])));
        // Variable rate: frames of one and two bytes.
        let variable = [3, 0x82, 1, 2, 7, 8, 9, 77];
        assert_eq!(split(&variable), Some((vec![3, 0x82, 1, 7, 8, 9], vec![77])));
    }

    #[test]
    fn long_lengths_take_two_bytes() {
        let mut packet = vec![0, 252, 1];
        packet.extend(std::iter::repeat_n(5, 256));
        let (out, rest) = split(&packet).unwrap();
        assert_eq!((out.len(), rest.len()), (257, 0));
    }

    #[test]
    fn cut_packets_are_malformed() {
        for bytes in [&[][..], &[0], &[0, 2, 8], &[3, 0], &[3, 0x42, 255], &[3, 0x82, 1], &[1, 255]]
        {
            assert_eq!(split(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn durations_come_from_the_first_bytes() {
        assert_eq!(packet_frames(&[0x18]), Some(2880));
        assert_eq!(packet_frames(&[0x80]), Some(120));
        assert_eq!(packet_frames(&[0x79]), Some(1920));
        assert_eq!(packet_frames(&[0xFB, 6]), Some(5760));
        assert_eq!(packet_frames(&[0xFB, 7]), None);
        assert_eq!(packet_frames(&[0x03, 0]), None);
        assert_eq!(packet_frames(&[]), None);
    }
}
