//! Where the scale-factor bands of AAC end (ISO/IEC 14496-3, 4.5.4).

/// Bands of one width in lines: how many, and how wide; those of a window add up to its lines.
type Widths = &'static [(u8, u8)];

/// Lowest sample rate in Hz from which on each layout of long and of short windows holds, highest first
/// (4.5.1.1).
const LAYOUTS: [(u32, Widths, Widths); 7] = [
    (
        75_132,
        &[(14, 4), (5, 8), (5, 12), (2, 16), (1, 24), (1, 28), (1, 36), (1, 44), (11, 64)],
        SHORT_HIGHEST,
    ),
    (
        55_426,
        &[(14, 4), (4, 8), (3, 12), (3, 16), (1, 20), (2, 24), (1, 28), (1, 36), (18, 40)],
        SHORT_HIGHEST,
    ),
    (
        37_566,
        &[(10, 4), (7, 8), (4, 12), (2, 16), (2, 20), (2, 24), (2, 28), (19, 32), (1, 96)],
        SHORT_HIGH,
    ),
    (27_713, &[(10, 4), (7, 8), (4, 12), (2, 16), (2, 20), (2, 24), (2, 28), (22, 32)], SHORT_HIGH),
    (18_783, LOW, &[(7, 4), (3, 8), (2, 12), (2, 16), (1, 20)]),
    (9_391, LOWER, &[(8, 4), (2, 8), (2, 12), (1, 16), (2, 20)]),
    (0, LOWEST, &[(7, 4), (4, 8), (1, 12), (1, 16), (2, 20)]),
];

/// From 64 kHz on.
const SHORT_HIGHEST: Widths = &[(6, 4), (3, 8), (1, 16), (1, 28), (1, 36)];

/// From 32 kHz on.
const SHORT_HIGH: Widths = &[(5, 4), (3, 8), (3, 12), (3, 16)];

/// From 22.05 kHz on.
const LOW: Widths = &[
    (11, 4),
    (10, 8),
    (4, 12),
    (3, 16),
    (2, 20),
    (2, 24),
    (2, 28),
    (1, 32),
    (2, 36),
    (1, 40),
    (1, 44),
    (1, 48),
    (2, 52),
    (5, 64),
];

/// From 11.025 kHz on.
const LOWER: Widths = &[
    (11, 8),
    (9, 12),
    (4, 16),
    (3, 20),
    (2, 24),
    (2, 28),
    (1, 32),
    (1, 36),
    (2, 40),
    (1, 44),
    (1, 48),
    (1, 52),
    (1, 56),
    (1, 60),
    (3, 64),
];

/// 8 kHz and below.
const LOWEST: Widths = &[
    (13, 12),
    (7, 16),
    (4, 20),
    (3, 24),
    (2, 28),
    (1, 32),
    (2, 36),
    (1, 40),
    (1, 44),
    (1, 48),
    (1, 52),
    (1, 56),
    (1, 60),
    (1, 64),
    (1, 80),
];

/// The first line behind `count` bands of a long or short window at `rate_hz`; `None` if there are fewer.
pub(super) fn band_end(rate_hz: u32, is_short: bool, count: u32) -> Option<u32> {
    let (_, long, short) = LAYOUTS.iter().find(|(from, ..)| rate_hz >= *from)?;
    let widths = if is_short { short } else { long };
    let (mut left, mut line) = (count, 0);
    for &(many, width) in *widths {
        let taken = left.min(many.into());
        line += taken * u32::from(width);
        left -= taken;
    }
    (left == 0).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_fill_the_window() {
        for (long, short, rate_hz) in [
            (41, 12, 96_000),
            (47, 12, 64_000),
            (49, 14, 44_100),
            (51, 14, 32_000),
            (47, 15, 22_050),
            (43, 15, 16_000),
            (40, 15, 8_000),
        ] {
            for (is_short, bands, lines) in [(false, long, 1024), (true, short, 128)] {
                assert_eq!(band_end(rate_hz, is_short, bands), Some(lines), "{rate_hz}");
                assert_eq!(band_end(rate_hz, is_short, bands + 1), None);
                assert_eq!(band_end(rate_hz, is_short, 0), Some(0));
            }
        }
        // ISO/IEC 14496-3: band 20 of long windows at 48 kHz begins at line 132, band 8 of short ones at 44.
        assert_eq!(band_end(48_000, false, 20), Some(132));
        assert_eq!(band_end(48_000, true, 8), Some(44));
    }
}
