//! Streams without a container, told by frame headers that follow one another.

use super::FileKind;
use crate::container::fields::be_u32;

/// Headers in a row that make a stream which starts where the file does. One header is 11 fixed
/// bits, which noise also has.
const MIN_HEADERS: usize = 3;

/// Headers in a row that make a stream which starts later. There are tens of thousands of places
/// for that, and tables of numbers or pixels often repeat the same four bytes at a distance.
const MIN_HEADERS_WITHIN: usize = 10;

/// Frames of raw GSM in a row that make a stream; four fixed bits each.
const MIN_GSM_FRAMES: u64 = 8;

/// Shortest free-format frame looked for: 8 kbit/s layer 3 at 48 kHz.
const MIN_FREE_BYTES: usize = 24;

/// Longest free-format frame looked for: 640 kbit/s, the most LAME writes, at 32 kHz, padded.
const MAX_FREE_BYTES: usize = 2881;

/// The first MPEG audio or ADTS stream that starts in the first `search` bytes. `audio_len` is the
/// length of the file from `bytes[0]` on, without tags at its end.
pub(super) fn find(bytes: &[u8], search: usize, audio_len: u64) -> Option<FileKind> {
    let stop = search.min(bytes.len().saturating_sub(3));
    // Free format is not looked for behind other bytes: rows of a picture repeat at a distance too.
    let free_stop = bytes.iter().position(|&b| b != 0).unwrap_or(0);
    for at in 0..stop {
        if bytes[at] != 0xFF || bytes[at + 1] & 0xE0 != 0xE0 {
            continue;
        }
        if is_run(bytes, at, audio_len, adts_frame) {
            return Some(FileKind::Adts);
        }
        let Some(head) = be_u32(bytes, at) else { break };
        if is_run(bytes, at, audio_len, mpeg_frame)
            || (at <= free_stop && is_free_format(head) && is_free_run(bytes, at, head))
        {
            return Some(FileKind::Mpeg);
        }
    }
    None
}

/// What must stay the same from one frame to the next, and the frame's bytes.
type Frame = (u32, usize);

/// Whether enough headers that agree follow each other from `start`, or frames fill the file.
fn is_run(
    bytes: &[u8],
    start: usize,
    audio_len: u64,
    frame: impl Fn(&[u8], usize) -> Option<Frame>,
) -> bool {
    let Some((kind, first_len)) = frame(bytes, start) else { return false };
    let needed = if start == 0 { MIN_HEADERS } else { MIN_HEADERS_WITHIN };
    let first = bytes.get(start..start + first_len);
    let mut at = start;
    let mut alike = true;
    for _ in 0..needed {
        match frame(bytes, at) {
            Some((same, len)) if same == kind => {
                alike &= bytes.get(at..at + len) == first;
                at += len;
            }
            _ => return false,
        }
        if start == 0 && at as u64 == audio_len {
            return true;
        }
    }
    // Frames that are all the same are silence at the start of a file, a pattern anywhere else.
    start == 0 || !alike
}

/// An ADTS frame: sync, layer 0, a rate index in use, a length that holds its header.
fn adts_frame(bytes: &[u8], at: usize) -> Option<Frame> {
    let head = bytes.get(at..at.checked_add(7)?)?;
    let [0xFF, second, third, fourth, fifth, sixth, _] = *head else { return None };
    let rate_index = third >> 2 & 15;
    if second & 0xF6 != 0xF0 || rate_index > 12 {
        return None;
    }
    let len = usize::from(fourth & 3) << 11 | usize::from(fifth) << 3 | usize::from(sixth >> 5);
    let header_len = if second & 1 == 0 { 9 } else { 7 };
    let kind = u32::from(second & 0xFE) << 16 | u32::from(third) << 8 | u32::from(fourth & 0xC0);
    (len >= header_len).then_some((kind & !0x200, len))
}

/// kbit/s by row (MPEG-1 layer 1, 2, 3, MPEG-2 layer 1, MPEG-2 layer 2 and 3) and index, from
/// ISO/IEC 11172-3 table 2.4.2.3 and ISO/IEC 13818-3.
const MPEG_KBIT: [[u16; 15]; 5] = [
    [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];

/// Bits that stay the same through an MPEG stream: sync, version, layer and sample rate.
const MPEG_SAME: u32 = 0xFFFE_0C00;

/// An MPEG audio frame with a bit rate in its header; mono and stereo are told apart.
pub(super) fn mpeg_frame(bytes: &[u8], at: usize) -> Option<Frame> {
    let head = be_u32(bytes, at)?;
    let (version, layer) = (head >> 19 & 3, 4 - (head >> 17 & 3));
    let (bit_rate, rate) = ((head >> 12 & 15) as usize, (head >> 10 & 3) as usize);
    if head >> 21 != 0x7FF || version == 1 || layer == 4 || bit_rate % 15 == 0 || rate == 3 {
        return None;
    }
    let half_or_quarter = match version {
        3 => 0,
        2 => 1,
        _ => 2,
    };
    let rate_hz = [44_100u32, 48_000, 32_000][rate] >> half_or_quarter;
    let row = match (version == 3, layer) {
        (true, layer) => layer as usize - 1,
        (false, 1) => 3,
        (false, _) => 4,
    };
    let bits_s = u32::from(MPEG_KBIT[row][bit_rate]) * 1000;
    let padding = head >> 9 & 1;
    let len = match (layer, version) {
        (1, _) => (12 * bits_s / rate_hz + padding) * 4,
        (3, 0 | 2) => 72 * bits_s / rate_hz + padding,
        _ => 144 * bits_s / rate_hz + padding,
    };
    let mono = u32::from(head >> 6 & 3 == 3);
    Some((head & MPEG_SAME | mono, len as usize))
}

/// An MPEG header with bit rate index 0: the frame length is found by the next header alone.
fn is_free_format(head: u32) -> bool {
    let (version, layer) = (head >> 19 & 3, head >> 17 & 3);
    head >> 21 == 0x7FF && version != 1 && layer != 0 && head >> 12 & 15 == 0 && head >> 10 & 3 != 3
}

/// Whether the same free-format header stands often enough at a constant distance, padding aside,
/// with something that changes between.
fn is_free_run(bytes: &[u8], start: usize, head: u32) -> bool {
    // Bit rate index 0 is one of the bits that must agree; mode and padding bits are not.
    let slot = if head >> 17 & 3 == 3 { 4 } else { 1 };
    let frame_len = |at: usize, len: usize| {
        let next = be_u32(bytes, at).filter(|next| (next ^ head) & 0xFFFE_FC00 == 0)?;
        Some(len + (next >> 9 & 1) as usize * slot)
    };
    (MIN_FREE_BYTES..MAX_FREE_BYTES).any(|len| {
        let mut at = start;
        let mut alike = true;
        for _ in 0..=MIN_HEADERS {
            let Some(step) = frame_len(at, len) else { return false };
            alike &= bytes.get(at..at + len) == bytes.get(start..start + len);
            at += step;
        }
        !alike
    })
}

/// 33-byte frames with the high nibble 0xD through all of the bytes at hand.
pub(super) fn is_gsm(bytes: &[u8], len: u64) -> bool {
    len / 33 >= MIN_GSM_FRAMES && bytes.iter().step_by(33).all(|b| b >> 4 == 0xD)
}

/// Sync bytes at a packet's distance, eight of them or to the end of a shorter file, whatever the
/// first one's place. Packets are 188 bytes, with a time stamp 192, with error correction 204.
pub(super) fn is_transport_stream(bytes: &[u8]) -> bool {
    // Besides the sync byte: no transport error, and an adaptation field control in use.
    let is_head = |at: usize| {
        matches!(bytes.get(at..at + 4), Some(&[0x47, second, _, fourth])
            if second & 0x80 == 0 && fourth & 0x30 != 0)
    };
    [188usize, 192, 204].into_iter().any(|stride| {
        (0..stride).any(|phase| {
            let places = bytes.len().saturating_sub(phase + 3).div_ceil(stride).min(8);
            places >= 3 && (0..places).all(|i| is_head(phase + i * stride))
        })
    })
}

/// Three AC-3 or E-AC-3 frames in a row from the first byte, or frames that fill the file.
pub(super) fn is_ac3(bytes: &[u8], len: u64) -> bool {
    is_run(bytes, 0, len, ac3_frame)
}

fn ac3_frame(bytes: &[u8], at: usize) -> Option<Frame> {
    /// kbit/s by half the frame size code (ATSC A/52 table 5.18).
    const KBIT: [u32; 19] =
        [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640];
    let head = bytes.get(at..at.checked_add(6)?)?;
    if head[0] != 0x0B || head[1] != 0x77 {
        return None;
    }
    let stream_id = head[5] >> 3;
    if stream_id > 10 {
        let words = (usize::from(head[2] & 7) << 8 | usize::from(head[3])) + 1;
        return (stream_id <= 16 && words > 3).then_some((1, words * 2));
    }
    let (rate, code) = (head[4] >> 6, usize::from(head[4] & 63));
    let kbit = *KBIT.get(code / 2)?;
    let words = match rate {
        0 => kbit * 2,
        1 => kbit * 320 / 147 + (code & 1) as u32,
        2 => kbit * 3,
        _ => return None,
    };
    Some((0, words as usize * 2))
}

/// Three LOAS frames in a row from the first byte, or frames that fill the file.
pub(super) fn is_loas(bytes: &[u8], len: u64) -> bool {
    is_run(bytes, 0, len, |bytes, at| match bytes.get(at..at.checked_add(3)?)? {
        &[0x56, second, third] if second & 0xE0 == 0xE0 => {
            Some((0, 3 + (usize::from(second & 0x1F) << 8 | usize::from(third))))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// MPEG-1 layer 3, 128 kbit/s, 44.1 kHz: 417 bytes.
    fn mp3_frames(count: usize) -> Vec<u8> {
        let mut frame = vec![0u8; 417];
        frame[..4].copy_from_slice(&[0xFF, 0xFB, 0x90, 0x00]);
        frame.repeat(count)
    }

    fn adts_frames(count: usize) -> Vec<u8> {
        let mut frame = [0u8; 100];
        frame[..7].copy_from_slice(&[0xFF, 0xF1, 0x4C, 0x80, 100 >> 3, 0x9F, 0xFC]);
        frame.repeat(count)
    }

    fn found(bytes: &[u8]) -> Option<FileKind> {
        find(bytes, 65_536, bytes.len() as u64)
    }

    #[test]
    fn three_frames_or_frames_that_fill_the_file() {
        assert_eq!(found(&mp3_frames(3)), Some(FileKind::Mpeg));
        assert_eq!(found(&mp3_frames(1)), Some(FileKind::Mpeg));
        assert_eq!(found(&[mp3_frames(2), vec![0; 99]].concat()), None);
        let mut later = mp3_frames(11);
        later[500] = 1;
        assert_eq!(found(&[vec![1; 5000], later].concat()), Some(FileKind::Mpeg));
        assert_eq!(found(&[vec![1; 5000], mp3_frames(11)].concat()), None);
        assert_eq!(found(&adts_frames(3)), Some(FileKind::Adts));
        assert_eq!(found(&adts_frames(2)), Some(FileKind::Adts));
        assert_eq!(found(&[adts_frames(2), vec![0; 9]].concat()), None);
    }

    #[test]
    fn free_format_is_told_by_a_constant_distance() {
        let frames = |count: u8| {
            let mut bytes = Vec::new();
            for i in 0..count {
                bytes.extend([0xFF, 0xFB, 0x04, 0x00]);
                bytes.extend([i; 1196]);
            }
            bytes
        };
        assert_eq!(found(&frames(4)), Some(FileKind::Mpeg));
        assert_eq!(found(&frames(2)), None);
        assert_eq!(found(&[0xFF, 0xFB, 0x04, 0x00].repeat(9000)), None);
    }

    #[test]
    fn constant_bytes_are_no_stream() {
        for byte in 0..=255u8 {
            let bytes = vec![byte; 70_000];
            assert_eq!(found(&bytes), None, "{byte:#x}");
            assert!(!is_transport_stream(&bytes) || byte == 0x47 && 0x47 & 0x30 != 0);
            assert!(!is_ac3(&bytes, 70_000) && !is_loas(&bytes, 70_000));
        }
        assert!(!is_transport_stream(&[0x47; 70_000]));
    }

    #[test]
    fn transport_streams_at_any_phase() {
        let mut packet = [0xFFu8; 188];
        packet[..4].copy_from_slice(&[0x47, 0x40, 0x11, 0x10]);
        let stream = packet.repeat(10);
        assert!(is_transport_stream(&stream));
        assert!(is_transport_stream(&stream[100..]));
        assert!(!is_transport_stream(&stream[..300]));
    }

    #[test]
    fn raw_gsm_needs_every_frame() {
        let mut frame = [0x55u8; 33];
        frame[0] = 0xD4;
        let mut bytes = frame.repeat(10);
        assert!(is_gsm(&bytes, 330));
        assert!(!is_gsm(&frame.repeat(7), 231));
        bytes[33] = 0x44;
        assert!(!is_gsm(&bytes, 330));
    }
}
