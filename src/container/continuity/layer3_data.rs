//! Whether the data of a layer 3 frame is what its side information says (ISO/IEC 11172-3, 2.4.1.7 and
//! 13818-3, 2.4.1.7).
//!
//! Side information says how many bits a granule has and how many pairs of lines are coded in them. Read at
//! the wrong place, the codes end elsewhere than the bits do: of the shipped files' frames at least nine in
//! ten do not fit when they are read a bit, a byte or five bytes late (the test below).

use std::ops::Range;

use super::layer3_codes::{fours, further_bits, pairs};
use super::mpeg_frame::{Frame, Granule};
use super::stuffing::is_stuffing;
use crate::container::bits::word_at;
use crate::container::quantisation::Coded;

/// Lines of a granule.
const LINES: u32 = 576;

/// Size of a line from which on further bits follow.
const LARGEST: u8 = 15;

/// Whether all granules of `frame`, whose data lies in `bits` of `data`, are read to their ends and no
/// further; adds what is read to `coded`.
pub(super) fn fits(
    frame: Frame,
    bytes: &[u8],
    data: &[u8],
    bits: Range<usize>,
    coded: &mut Coded,
) -> bool {
    let mut at = bits.start;
    frame.side_info(bytes).all(|granule| {
        let own = at..at + granule.bits as usize;
        at = own.end;
        granule_fits(frame, &granule, data, own, coded)
    })
}

fn granule_fits(
    frame: Frame,
    granule: &Granule,
    data: &[u8],
    bits: Range<usize>,
    coded: &mut Coded,
) -> bool {
    let Some(scales) = scale_factors(frame, granule) else { return true };
    if bits.is_empty() {
        return true;
    }
    if granule.big_values * 2 > LINES {
        return false;
    }
    let mut at = bits.start;
    for (width, count) in scales.into_iter().filter(|(width, _)| *width > 0) {
        for _ in 0..count {
            coded.add_scale(bits_at(data, at, width as usize) as i32);
            at += width as usize;
        }
    }
    let ends = region_ends(frame, granule);
    let mut line = 0;
    for (table, end) in granule.tables.into_iter().zip(ends) {
        let (codes, further) = (pairs(table), further_bits(table) as usize);
        let end = end.min(granule.big_values * 2);
        while line < end && at <= bits.end {
            let Some(code) = codes.at(word_at(data, at)) else {
                // A region of zeros, without codes.
                line = end;
                break;
            };
            at += usize::from(code.bits);
            let pair = [code.values >> 4, code.values & LARGEST];
            if further > 0 && pair.contains(&LARGEST) {
                // Each line's further bits and its sign stand behind the code, one line after the other.
                at -= pair.into_iter().filter(|size| *size > 0).count();
                for size in pair {
                    let more = if size == LARGEST { further } else { 0 };
                    coded.lines.add(u32::from(size) + bits_at(data, at, more));
                    at += more + usize::from(size > 0);
                }
            } else {
                coded.lines.add_pair(code.values);
            }
            line += 2;
        }
    }
    let codes = fours(granule.fours_table);
    while at < bits.end && line + 4 <= LINES {
        let Some(code) = codes.at(word_at(data, at)) else { return false };
        at += usize::from(code.bits);
        coded.lines.add_four(code.values);
        line += 4;
    }
    // Some encoders fill a granule up behind its last line.
    at == bits.end || at < bits.end && is_stuffing(data, at..bits.end)
}

/// Groups of scale factors: bits of each factor, and how many there are; `None` where they depend on what is not
/// read here.
fn scale_factors(frame: Frame, granule: &Granule) -> Option<[(u32, u32); 4]> {
    let is_short = granule.block_type == 2;
    let compress = granule.scalefac_compress;
    if frame.is_mpeg1() {
        let first = [0, 0, 0, 0, 3, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4][(compress & 15) as usize];
        let second = [0, 1, 2, 3, 0, 1, 2, 3, 1, 2, 3, 1, 2, 3, 2, 3][(compress & 15) as usize];
        if is_short {
            let low = if granule.is_mixed { 17 } else { 18 };
            return Some([(first, low), (second, 18), (0, 0), (0, 0)]);
        }
        let sent = |group: u32| 1 - (granule.scales_kept >> (3 - group) & 1);
        let counts = [6 * sent(0), 5 * sent(1), 5 * sent(2), 5 * sent(3)];
        return Some([
            (first, counts[0]),
            (first, counts[1]),
            (second, counts[2]),
            (second, counts[3]),
        ]);
    }
    if frame.is_intensity() || granule.is_mixed {
        return None;
    }
    let (widths, long, short) = match compress {
        0..400 => {
            let high = compress >> 4;
            ([high / 5, high % 5, compress >> 2 & 3, compress & 3], [6, 5, 5, 5], [9; 4])
        }
        400..500 => {
            let (high, low) = ((compress - 400) >> 2, (compress - 400) & 3);
            ([high / 5, high % 5, low, 0], [6, 5, 7, 3], [9, 9, 12, 6])
        }
        _ => {
            let rest = compress.saturating_sub(500);
            ([rest / 3, rest % 3, 0, 0], [11, 10, 0, 0], [18, 18, 0, 0])
        }
    };
    let counts = if is_short { short } else { long };
    Some(std::array::from_fn(|group| (widths[group], counts[group])))
}

/// Lines at which the regions with a table of their own end.
fn region_ends(frame: Frame, granule: &Granule) -> [u32; 3] {
    let rate_hz = frame.rate_hz();
    let long_end = |bands: u32| long_widths(rate_hz).iter().take(bands as usize).sum::<u32>();
    match granule.regions {
        Some((first, second)) => [long_end(first + 1), long_end(first + second + 2), LINES],
        None if granule.block_type == 2 && rate_hz == 8_000 => [72, LINES, LINES],
        None if granule.block_type == 2 => [36, LINES, LINES],
        None => [long_end(8), LINES, LINES],
    }
}

/// Widths of the scale-factor bands of long blocks, in lines (tables 3-B.8; 13818-3, tables B.2; MPEG-2.5
/// as its decoders have it).
fn long_widths(rate_hz: u32) -> &'static [u32; 22] {
    match rate_hz {
        44_100 => &[4, 4, 4, 4, 4, 4, 6, 6, 8, 8, 10, 12, 16, 20, 24, 28, 34, 42, 50, 54, 76, 158],
        48_000 => &[4, 4, 4, 4, 4, 4, 6, 6, 6, 8, 10, 12, 16, 18, 22, 28, 34, 40, 46, 54, 54, 192],
        32_000 => &[4, 4, 4, 4, 4, 4, 6, 6, 8, 10, 12, 16, 20, 24, 30, 38, 46, 56, 68, 84, 102, 26],
        24_000 => {
            &[6, 6, 6, 6, 6, 6, 8, 10, 12, 14, 16, 18, 22, 26, 32, 38, 46, 54, 62, 70, 76, 36]
        }
        8_000 => {
            &[12, 12, 12, 12, 12, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 76, 90, 2, 2, 2, 2, 2]
        }
        _ => &[6, 6, 6, 6, 6, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32, 38, 46, 52, 60, 68, 58, 54],
    }
}

/// `count` bits, fewer than 32, from bit `at` on.
fn bits_at(data: &[u8], at: usize, count: usize) -> u32 {
    (u64::from(word_at(data, at)) << count >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames of a file that do not fit when their data is read this many bits too late, and all frames.
    fn misfits(file: &str, late: usize) -> (usize, usize) {
        let path = format!("{}/fixtures/formats/{file}", env!("CARGO_MANIFEST_DIR"));
        let bytes = std::fs::read(path).unwrap();
        let first = bytes.windows(2).position(|two| two == [0xFF, 0xFB]).unwrap();
        let (mut data, mut count, mut wrong, mut at) = (Vec::new(), 0, 0, first);
        while let Some(frame) = bytes.get(at..).and_then(Frame::parse) {
            let whole = &bytes[at..(at + frame.len).min(bytes.len())];
            at += frame.len;
            let Some(main) = frame.main_data(whole).filter(|_| frame.tag(whole).is_none()) else {
                continue;
            };
            let start = (data.len() - main.begin as usize) * 8 + late;
            data.extend(&whole[whole.len() - main.room as usize..]);
            count += 1;
            let bits = start..start + main.bits as usize;
            wrong += usize::from(!fits(frame, whole, &data, bits, &mut Coded::default()));
        }
        (wrong, count)
    }

    #[test]
    fn frames_fit_and_do_not_when_read_at_another_place() {
        for file in ["lame-cbr.mp3", "lame-vbr.mp3"] {
            assert_eq!(misfits(file, 0), (0, 78), "{file}");
            for late in [1, 8, 40] {
                let (wrong, count) = misfits(file, late);
                assert!(10 * wrong >= 9 * count, "{file} {late}: {wrong} of {count}");
            }
        }
    }
}
