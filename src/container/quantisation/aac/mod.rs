//! AAC-LC: the first channel of a packet (ISO/IEC 14496-3, 4.4.2).
//!
//! A second channel stands behind the first one's lines and is not read. Where a pair of channels shares a window,
//! the first one stands for both.

mod bands;
mod channel;
mod codes;

use super::{Coded, Format, Quantisation};
use crate::container::bits::Bits;
use bands::band_end;
use channel::{Channel, Ics};

/// Elements passed over before the first channel.
const MAX_ELEMENTS: usize = 32;

/// Lines of a frame.
const FRAME_LINES: u32 = 1_024;

/// What the first element with a channel says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Head {
    channel: Channel,
    pair: bool,
    mid_side: bool,
}

/// Adds a packet without transport headers, of a stream whose core runs at `rate_hz`; with `read_codes` what is
/// Huffman-coded in it too.
pub(super) fn add(packet: &[u8], rate_hz: u32, read_codes: bool, into: &mut Quantisation) {
    let coded = read_codes.then_some(&mut into.coded);
    let Some(Head { channel: head, pair, mid_side }) = head(packet, rate_hz, coded) else {
        into.unread += 1;
        return;
    };
    into.begin(Format::AacLc, rate_hz);
    into.frames += 1;
    into.rates.add(super::kbps(packet.len(), rate_hz, FRAME_LINES));
    into.stereo.frames += u64::from(pair);
    into.stereo.mid_side += u64::from(mid_side);
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
            (band_end(rate_hz, false, head.sent), band_end(rate_hz, false, head.used))
    {
        into.sent.add(sent);
        into.lines.add(used);
    }
}

fn head(packet: &[u8], rate_hz: u32, coded: Option<&mut Coded>) -> Option<Head> {
    let mut bits = Bits::new(packet);
    for _ in 0..MAX_ELEMENTS {
        match bits.take(3)? {
            // A single channel, or the low-frequency one.
            0 | 3 => {
                bits.skip(4)?;
                let channel = Channel::read(&mut bits, rate_hz, None, coded)?;
                return Some(Head { channel, pair: false, mid_side: false });
            }
            1 => return pair(&mut bits, rate_hz, coded),
            4 => data(&mut bits)?,
            5 => program(&mut bits)?,
            6 => fill(&mut bits)?,
            // A coupled channel, or the end without one.
            _ => return None,
        }
    }
    None
}

/// The first channel of a pair (table 4.5).
fn pair(bits: &mut Bits, rate_hz: u32, coded: Option<&mut Coded>) -> Option<Head> {
    bits.skip(4)?;
    let (mut shared, mut mid_side) = (None, false);
    if bits.flag()? {
        let ics = Ics::read(bits)?;
        let mask = bits.take(2)?;
        mid_side = mask == 1 || mask == 2;
        if mask == 1 {
            bits.skip(ics.all_bands() as usize)?;
        }
        shared = Some(ics);
    }
    let channel = Channel::read(bits, rate_hz, shared, coded)?;
    Some(Head { channel, pair: true, mid_side })
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
    use crate::container::bits::RATES_HZ;

    /// Packs numbers of so many bits.
    fn pack(fields: &[(u32, usize)]) -> Vec<u8> {
        let mut bits: Vec<u8> = fields
            .iter()
            .flat_map(|&(value, width)| (0..width).rev().map(move |i| (value >> i & 1) as u8))
            .collect();
        bits.resize(bits.len().next_multiple_of(8), 0);
        bits.chunks(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | bit)).collect()
    }

    /// A single channel: gain 120, long sine window, 40 bands of which the first 34 have code book 11, a scale
    /// factor 3 below the gain and otherwise equal ones. Lines are zero but the first two, 64 + 5 and -1.
    fn single() -> Vec<(u32, usize)> {
        let head = [(0, 3), (0, 4), (120, 8), (0, 1), (0, 2), (0, 1), (40, 6), (0, 1)];
        let sections = [(11, 4), (31, 5), (3, 5), (0, 4), (6, 5)];
        let scales = [(0b11010, 5), (0, 31), (0, 2), (0, 3)];
        // Word of (16, 1), signs, escape; then (0, 0) each.
        let lines = [(0b1011_0101, 8), (0b01, 2), (0b110, 3), (5, 6)];
        let zeros = [(0, 4); 239];
        [&head[..], &sections, &scales, &lines, &zeros].concat()
    }

    #[test]
    fn a_single_channel_behind_a_fill_element() {
        let fill = [(6, 3), (2, 4), (0xABCD, 16)];
        let packet = pack(&[&fill[..], &single()].concat());
        let channel =
            Channel { gain: 120, zero: 6, bands: 40, sent: 40, used: 34, ..Channel::default() };
        let expected = Head { channel, pair: false, mid_side: false };
        assert_eq!(head(&packet, 44_100, None), Some(expected));
        let mut sum = Quantisation::default();
        add(&packet, 44_100, true, &mut sum);
        // Band 34 ends at line 480.
        assert_eq!((sum.frames, sum.lines.at(0.5)), (1, Some(480)));
        let sizes = sum.coded.lines.counts();
        assert_eq!((sizes.counts()[..2].to_vec(), sizes.counts()[69]), (vec![478, 1], 1));
        let steps = sum.coded.scales.counts();
        assert_eq!((steps.iter().sum::<u64>(), steps[60], steps[57]), (34, 33, 1));
    }

    #[test]
    fn a_pair_of_short_windows_in_groups() {
        let packet = pack(&[
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
            // Levels of noise and intensity: the first one plain, then steps.
            (300, 9),
            (0, 1),
            (0, 1),
            // No pulses, shaping in the second of eight windows, no gain control.
            (0, 1),
            (1, 1),
            (0, 1),
            (1, 1),
            (1, 1),
            (3, 4),
            (1, 3),
            (0, 1),
            (0, 1),
            (9, 4),
            (0, 6),
            (0, 1),
        ]);
        let mut coded = Coded::default();
        let Head { channel, pair, mid_side } = head(&packet, 44_100, Some(&mut coded)).unwrap();
        assert!(pair && mid_side && channel.kaiser);
        assert_eq!((channel.gain, channel.window, channel.bands), (99, 2, 4));
        assert_eq!((channel.zero, channel.noise, channel.intensity, channel.used), (1, 2, 1, 2));
        assert_eq!(coded, Coded::default());
        // What is too short for it is not read.
        let cut = packet.len() - 1;
        assert_eq!(head(&packet[..cut], 44_100, Some(&mut coded)), None);
    }

    /// Packets of an ADTS file of one channel and its rate in Hz.
    fn packets(file: &str, rate_hz: u32) -> Vec<Vec<u8>> {
        let path = format!("{}/fixtures/formats/{file}", env!("CARGO_MANIFEST_DIR"));
        let bytes = std::fs::read(path).unwrap();
        let (mut packets, mut at) = (Vec::new(), 0);
        while let [0xFF, second, third, fourth, fifth, sixth, ..] = bytes[at..] {
            assert_eq!(RATES_HZ[usize::from(third >> 2 & 15)], rate_hz);
            let [high, middle, low] = [fourth & 3, fifth, sixth].map(usize::from);
            let len = high << 11 | middle << 3 | low >> 5;
            let head = if second & 1 == 1 { 7 } else { 9 };
            packets.push(bytes[at + head..at + len].to_vec());
            at += len;
        }
        packets
    }

    /// Whether the elements of a packet of one channel end with it.
    fn ends(packet: &[u8], rate_hz: u32, coded: &mut Coded) -> Option<bool> {
        let mut bits = Bits::new(packet);
        loop {
            match bits.take(3)? {
                0 => {
                    bits.skip(4)?;
                    Channel::read(&mut bits, rate_hz, None, Some(coded))?;
                }
                6 => fill(&mut bits)?,
                7 => return Some(bits.skip(8).is_none()),
                _ => return None,
            }
        }
    }

    #[test]
    fn channels_of_real_packets_end_where_the_next_element_begins() {
        for (file, rate_hz) in [("lc.aac", 44_100)] {
            let mut coded = Coded::default();
            let packets = packets(file, rate_hz);
            assert!(packets.len() > 20);
            for (number, packet) in packets.iter().enumerate() {
                assert_eq!(ends(packet, rate_hz, &mut coded), Some(true), "{file} {number}");
            }
            let lines: u64 = coded.lines.counts().counts().iter().sum();
            assert!(lines > 100 * packets.len() as u64, "{file} {lines}");
        }
    }

    #[test]
    fn hostile_packets_are_unread() {
        let mut sum = Quantisation::default();
        let whole = pack(&single());
        for packet in [&[][..], &[0xFF; 40], &[0xE0], &whole[..5], &[0xC0; 3], &[0; 9]] {
            add(packet, 44_100, true, &mut sum);
        }
        let mut seed = 7u32;
        for _ in 0..20_000 {
            let mut next = || {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 24) as u8
            };
            let packet: Vec<u8> = (0..1 + next() % 60).map(|_| next()).collect();
            add(&packet, u32::from(next()) * 400, true, &mut sum);
        }
        assert!(sum.unread > 6);
    }
}
