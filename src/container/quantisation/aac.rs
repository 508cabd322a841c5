//! AAC-LC: the head of a packet's first channel element (ISO/IEC 14496-3, 4.4.2).
//!
//! What follows the first channel's sections is Huffman-coded and not read: gain, window, sections and the bands
//! in use all stand in front of it. Where a pair of channels shares a window, the first one stands for both.

use super::bands::band_end;
use super::{Format, Quantisation};
use crate::container::bits::Bits;

/// Code books (table 4.A.1 and 4.6.8.2): all lines zero, noise in their place, level taken from the other
/// channel.
const ZERO: u32 = 0;
const NOISE: u32 = 13;
const INTENSITY: [u32; 2] = [14, 15];

/// Elements passed over before the first channel.
const MAX_ELEMENTS: usize = 32;

/// Lines of a frame.
const FRAME_LINES: u32 = 1_024;

/// Groups of short windows.
const MAX_GROUPS: u32 = 8;

/// What the first channel of a packet says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Head {
    gain: u32,
    window: u32,
    kaiser: bool,
    pair: bool,
    mid_side: bool,
    /// Bands whose code book is zero, noise or intensity, and all of them.
    zero: u32,
    noise: u32,
    intensity: u32,
    bands: u32,
    /// Bands sent, and those up to the last one that is not zero.
    sent: u32,
    used: u32,
}

/// Adds a packet without transport headers, of a stream whose core runs at `rate_hz`.
pub(super) fn add(packet: &[u8], rate_hz: u32, into: &mut Quantisation) {
    let Some(head) = head(packet) else {
        into.unread += 1;
        return;
    };
    into.begin(Format::AacLc, rate_hz);
    into.frames += 1;
    into.rates.add(super::kbps(packet.len(), rate_hz, FRAME_LINES));
    into.stereo.frames += u64::from(head.pair);
    into.stereo.mid_side += u64::from(head.mid_side);
    into.window(head.window);
    into.kaiser += u64::from(head.kaiser);
    if head.used == 0 {
        into.empty += 1;
        return;
    }
    into.gains.add(head.gain);
    let bands = &mut into.bands;
    bands.all += u64::from(head.bands);
    bands.zero += u64::from(head.zero);
    bands.noise += u64::from(head.noise);
    bands.intensity += u64::from(head.intensity);
    if head.window != 2
        && let (Some(sent), Some(used)) =
            (band_end(rate_hz, head.sent), band_end(rate_hz, head.used))
    {
        into.sent.add(sent);
        into.lines.add(used);
    }
}

fn head(packet: &[u8]) -> Option<Head> {
    let mut bits = Bits::new(packet);
    for _ in 0..MAX_ELEMENTS {
        match bits.take(3)? {
            // A single channel, or the low-frequency one.
            0 | 3 => {
                bits.skip(4)?;
                return channel(&mut bits, Head::default(), None);
            }
            1 => return pair(&mut bits),
            4 => data(&mut bits)?,
            5 => program(&mut bits)?,
            6 => fill(&mut bits)?,
            // A coupled channel, or the end without one.
            _ => return None,
        }
    }
    None
}

/// Window and bands of a channel (table 4.6).
struct Ics {
    window: u32,
    kaiser: bool,
    max_sfb: u32,
    groups: u32,
}

fn ics_info(bits: &mut Bits) -> Option<Ics> {
    bits.skip(1)?;
    let (window, kaiser) = (bits.take(2)?, bits.flag()?);
    if window == 2 {
        let (max_sfb, grouping) = (bits.take(4)?, bits.take(7)?);
        // A cleared bit begins a group.
        let groups = MAX_GROUPS - grouping.count_ones();
        return Some(Ics { window, kaiser, max_sfb, groups });
    }
    let max_sfb = bits.take(6)?;
    // Prediction is not of this profile.
    (!bits.flag()?).then_some(Ics { window, kaiser, max_sfb, groups: 1 })
}

fn pair(bits: &mut Bits) -> Option<Head> {
    bits.skip(4)?;
    let mut head = Head { pair: true, ..Head::default() };
    let shared = if bits.flag()? {
        let ics = ics_info(bits)?;
        let mask = bits.take(2)?;
        head.mid_side = mask == 1 || mask == 2;
        if mask == 1 {
            bits.skip((ics.max_sfb * ics.groups) as usize)?;
        }
        Some(ics)
    } else {
        None
    };
    channel(bits, head, shared)
}

/// The head of a channel stream (table 4.50) and its sections (table 4.52).
fn channel(bits: &mut Bits, mut head: Head, shared: Option<Ics>) -> Option<Head> {
    head.gain = bits.take(8)?;
    let ics = match shared {
        Some(ics) => ics,
        None => ics_info(bits)?,
    };
    (head.window, head.kaiser, head.sent) = (ics.window, ics.kaiser, ics.max_sfb);
    let width = if ics.window == 2 { 3 } else { 5 };
    let escape = (1 << width) - 1;
    for _ in 0..ics.groups {
        let mut band = 0;
        while band < ics.max_sfb {
            let book = bits.take(4)?;
            let from = band;
            loop {
                let step = bits.take(width)?;
                band += step;
                if step != escape {
                    break;
                }
            }
            if band > ics.max_sfb {
                return None;
            }
            let count = band - from;
            head.bands += count;
            match book {
                ZERO => head.zero += count,
                NOISE => head.noise += count,
                book if INTENSITY.contains(&book) => head.intensity += count,
                _ => {}
            }
            if book != ZERO && count > 0 {
                head.used = head.used.max(band);
            }
        }
    }
    Some(head)
}

/// Data of a program beside the sound (table 4.10).
fn data(bits: &mut Bits) -> Option<()> {
    bits.skip(4)?;
    let aligned = bits.flag()?;
    let mut count = bits.take(8)?;
    if count == 255 {
        count += bits.take(8)?;
    }
    if aligned {
        bits.align();
    }
    bits.skip(count as usize * 8)
}

/// Bytes that fill up, or an extension (table 4.11).
fn fill(bits: &mut Bits) -> Option<()> {
    let mut count = bits.take(4)?;
    if count == 15 {
        count += bits.take(8)?.checked_sub(1)?;
    }
    bits.skip(count as usize * 8)
}

/// A description of the channels (table 4.2).
fn program(bits: &mut Bits) -> Option<()> {
    bits.skip(4 + 2 + 4)?;
    let pairs = bits.take(4)? + bits.take(4)? + bits.take(4)?;
    let (low, data, coupled) = (bits.take(2)?, bits.take(3)?, bits.take(4)?);
    for width in [4, 4, 3] {
        if bits.flag()? {
            bits.skip(width)?;
        }
    }
    bits.skip((pairs * 5 + low * 4 + data * 4 + coupled * 5) as usize)?;
    bits.align();
    let comment = bits.take(8)?;
    bits.skip(comment as usize * 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packs numbers of so many bits.
    fn pack(fields: &[(u32, usize)]) -> Vec<u8> {
        let mut bits: Vec<u8> = fields
            .iter()
            .flat_map(|&(value, width)| (0..width).rev().map(move |i| (value >> i & 1) as u8))
            .collect();
        bits.resize(bits.len().next_multiple_of(8), 0);
        bits.chunks(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | bit)).collect()
    }

    /// A single channel: gain 120, long sine window, 40 bands of which 34 are coded.
    const SINGLE: [(u32, usize); 13] = [
        (0, 3),
        (0, 4),
        (120, 8),
        (0, 1),
        (0, 2),
        (0, 1),
        (40, 6),
        (0, 1),
        (5, 4),
        (31, 5),
        (3, 5),
        (0, 4),
        (6, 5),
    ];

    #[test]
    fn a_single_channel_behind_a_fill_element() {
        let fill = [(6, 3), (2, 4), (0xABCD, 16)];
        let packet = pack(&[&fill[..], &SINGLE].concat());
        let expected =
            Head { gain: 120, zero: 6, bands: 40, sent: 40, used: 34, ..Head::default() };
        assert_eq!(head(&packet), Some(expected));
        let mut sum = Quantisation::default();
        add(&packet, 44_100, &mut sum);
        // Band 34 ends at line 480.
        assert_eq!((sum.frames, sum.lines.at(0.5)), (1, Some(480)));
    }

    #[test]
    fn a_pair_of_short_windows_in_groups() {
        let head_of = head(&pack(&[
            (1, 3),
            (0, 4),
            (1, 1),
            (0, 1),
            (2, 2),
            (1, 1),
            (2, 4),
            // Two groups: six bits continue the first one, none of a group begins but one.
            (0b111_0111, 7),
            (1, 2),
            (0, 4),
            (99, 8),
            (13, 4),
            (2, 3),
            (0, 4),
            (1, 3),
            (15, 4),
            (1, 3),
        ]))
        .unwrap();
        assert!(head_of.pair && head_of.mid_side && head_of.kaiser);
        assert_eq!((head_of.gain, head_of.window, head_of.bands), (99, 2, 4));
        assert_eq!((head_of.zero, head_of.noise, head_of.intensity, head_of.used), (1, 2, 1, 2));
    }

    #[test]
    fn hostile_packets_are_unread() {
        let mut sum = Quantisation::default();
        let whole = pack(&SINGLE);
        for packet in [&[][..], &[0xFF; 40], &[0xE0], &whole[..5], &[0xC0; 3], &[0; 9]] {
            add(packet, 44_100, &mut sum);
        }
        let mut seed = 7u32;
        for _ in 0..20_000 {
            let mut next = || {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 24) as u8
            };
            let packet: Vec<u8> = (0..1 + next() % 60).map(|_| next()).collect();
            add(&packet, u32::from(next()) * 400, &mut sum);
        }
        assert!(sum.unread > 6);
    }
}
