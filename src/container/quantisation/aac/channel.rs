//! AAC-LC: one channel's window, sections, scale factors and quantised lines (ISO/IEC 14496-3, 4.4.2.7).

use std::ops::Range;

use super::bands::band_end;
use super::codes::{book, scale_step};
use crate::container::bits::Bits;
use crate::container::quantisation::Coded;

/// Code books (table 4.A.1 and 4.6.8.2): all lines zero, noise in their place, level taken from the other
/// channel.
const ZERO: u32 = 0;
const NOISE: u32 = 13;
const INTENSITY: [u32; 2] = [14, 15];

/// Bits of the first level of noise; those after it are steps (4.6.13.3).
const FIRST_NOISE_BITS: usize = 9;

/// Longest prefix of a size that follows its code: sizes stay below 8192 (4.6.3.3).
const MAX_ESCAPE_PREFIX: usize = 8;

/// Short windows in a frame.
const SHORT_WINDOWS: u32 = 8;

/// What a channel says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Channel {
    pub(super) gain: u32,
    pub(super) window: u32,
    pub(super) kaiser: bool,
    /// Bands whose code book is zero, noise or intensity, and all of them.
    pub(super) zero: u32,
    pub(super) noise: u32,
    pub(super) intensity: u32,
    pub(super) bands: u32,
    /// Bands sent, and those up to the last one that is not zero.
    pub(super) sent: u32,
    pub(super) used: u32,
}

/// Window and bands of a channel (table 4.6).
pub(super) struct Ics {
    window: u32,
    kaiser: bool,
    max_sfb: u32,
    /// Windows in each group; none behind the last one.
    groups: [u32; SHORT_WINDOWS as usize],
}

impl Ics {
    pub(super) fn read(bits: &mut Bits) -> Option<Self> {
        bits.skip(1)?;
        let (window, kaiser) = (bits.take(2)?, bits.flag()?);
        let mut groups = [1, 0, 0, 0, 0, 0, 0, 0];
        if window == 2 {
            let (max_sfb, grouping) = (bits.take(4)?, bits.take(7)?);
            let mut group = 0;
            for bit in (0..7).rev() {
                // A cleared bit begins a group.
                group += usize::from(grouping >> bit & 1 == 0);
                groups[group] += 1;
            }
            return Some(Self { window, kaiser, max_sfb, groups });
        }
        let max_sfb = bits.take(6)?;
        // Prediction is not of this profile.
        (!bits.flag()?).then_some(Self { window, kaiser, max_sfb, groups })
    }

    fn is_short(&self) -> bool {
        self.window == 2
    }

    fn groups(&self) -> impl Iterator<Item = u32> {
        self.groups.into_iter().take_while(|windows| *windows > 0)
    }

    /// Bands of all groups.
    pub(super) fn all_bands(&self) -> u32 {
        self.max_sfb * self.groups().count() as u32
    }
}

/// Bands next to each other with one code book, in a group of windows.
struct Section {
    book: u32,
    bands: Range<u32>,
    windows: u32,
}

impl Channel {
    /// Reads a channel of a stream at `rate_hz` (table 4.50); its window stands in front of it where a pair shares
    /// one. Where codes are wanted it is read to its end, and what they stand for is added to `coded`, up to where
    /// it cannot be read.
    pub(super) fn read(
        bits: &mut Bits,
        rate_hz: u32,
        shared: Option<Ics>,
        coded: Option<&mut Coded>,
    ) -> Option<Self> {
        let gain = bits.take(8)?;
        let ics = match shared {
            Some(ics) => ics,
            None => Ics::read(bits)?,
        };
        let sections = sections(bits, &ics)?;
        if let Some(coded) = coded {
            codes(bits, rate_hz, &ics, &sections, coded)?;
        }
        let of = |wanted: &[u32]| {
            let those = sections.iter().filter(|section| wanted.contains(&section.book));
            those.map(|section| section.bands.len() as u32).sum()
        };
        let coded_sections = sections.iter().filter(|section| section.book != ZERO);
        Some(Self {
            gain,
            window: ics.window,
            kaiser: ics.kaiser,
            zero: of(&[ZERO]),
            noise: of(&[NOISE]),
            intensity: of(&INTENSITY),
            bands: ics.all_bands(),
            sent: ics.max_sfb,
            used: coded_sections.map(|section| section.bands.end).max().unwrap_or(0),
        })
    }
}

/// Everything behind the sections.
fn codes(
    bits: &mut Bits,
    rate_hz: u32,
    ics: &Ics,
    sections: &[Section],
    coded: &mut Coded,
) -> Option<()> {
    scale_factors(bits, sections, coded)?;
    pulses(bits, ics)?;
    noise_shaping(bits, ics)?;
    // Gain control is not of this profile.
    if bits.flag()? {
        return None;
    }
    sections.iter().try_for_each(|section| lines(bits, section, rate_hz, ics.is_short(), coded))
}

/// Which bands have which code book (table 4.52).
fn sections(bits: &mut Bits, ics: &Ics) -> Option<Vec<Section>> {
    let width = if ics.is_short() { 3 } else { 5 };
    let escape = (1 << width) - 1;
    let mut sections = Vec::new();
    for windows in ics.groups() {
        let mut band = 0;
        while band < ics.max_sfb {
            let (book, from) = (bits.take(4)?, band);
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
            if band > from {
                sections.push(Section { book, bands: from..band, windows });
            }
        }
    }
    Some(sections)
}

/// Scale factors, levels of noise and of intensity (table 4.53).
fn scale_factors(bits: &mut Bits, sections: &[Section], coded: &mut Coded) -> Option<()> {
    let mut noise_begun = false;
    for section in sections.iter().filter(|section| section.book != ZERO) {
        for _ in section.bands.clone() {
            if section.book == NOISE && !noise_begun {
                noise_begun = true;
                bits.skip(FIRST_NOISE_BITS)?;
                continue;
            }
            let code = scale_step(bits.peek())?;
            bits.skip(code.bits.into())?;
            if book(section.book).is_some() {
                coded.add_scale(code.step.into());
            }
        }
    }
    Some(())
}

/// Single lines that are sent apart (table 4.7); long windows alone have them.
fn pulses(bits: &mut Bits, ics: &Ics) -> Option<()> {
    if !bits.flag()? {
        return Some(());
    }
    let count = bits.take(2)? as usize + 1;
    bits.skip(6 + 9 * count)?;
    (!ics.is_short()).then_some(())
}

/// Temporal noise shaping (table 4.54).
fn noise_shaping(bits: &mut Bits, ics: &Ics) -> Option<()> {
    if !bits.flag()? {
        return Some(());
    }
    let (windows, count_bits, length_bits, order_bits) =
        if ics.is_short() { (SHORT_WINDOWS, 1, 4, 3) } else { (1, 2, 6, 5) };
    for _ in 0..windows {
        let filters = bits.take(count_bits)?;
        let fine = if filters > 0 { bits.take(1)? } else { 0 };
        for _ in 0..filters {
            bits.skip(length_bits)?;
            let order = bits.take(order_bits)?;
            if order > 0 {
                bits.skip(1)?;
                let coefficient_bits = 3 + fine - bits.take(1)?;
                bits.skip((order * coefficient_bits) as usize)?;
            }
        }
    }
    Some(())
}

/// The quantised lines of a section (table 4.56).
fn lines(
    bits: &mut Bits,
    section: &Section,
    rate_hz: u32,
    is_short: bool,
    coded: &mut Coded,
) -> Option<()> {
    let Some(book) = book(section.book) else {
        let has_none = [ZERO, NOISE].contains(&section.book) || INTENSITY.contains(&section.book);
        return has_none.then_some(());
    };
    let line = |band| band_end(rate_hz, is_short, band);
    let lines = (line(section.bands.end)? - line(section.bands.start)?) * section.windows;
    for _ in 0..lines / book.lines {
        let code = book.at(bits.peek())?;
        bits.skip(code.bits.into())?;
        if code.escapes == [false; 2] {
            coded.lines.add_pair(code.pairs[0]);
            if book.lines == 4 {
                coded.lines.add_pair(code.pairs[1]);
            }
        } else {
            let sizes = [code.pairs[0] >> 4, code.pairs[0] & 15];
            for (size, escapes) in sizes.into_iter().zip(code.escapes) {
                coded.lines.add(if escapes { escaped(bits)? } else { size.into() });
            }
        }
    }
    Some(())
}

/// A size that follows its code: as many ones as say how many bits beyond four there are, a zero, and the bits
/// below its highest (4.6.3.3).
fn escaped(bits: &mut Bits) -> Option<u32> {
    let mut prefix = 0;
    while bits.flag()? {
        prefix += 1;
        if prefix > MAX_ESCAPE_PREFIX {
            return None;
        }
    }
    Some((1 << (prefix + 4)) + bits.take(prefix + 4)?)
}
