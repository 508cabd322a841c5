//! Where the scale-factor bands of AAC's long windows end (ISO/IEC 14496-3, 4.5.4).

/// Bands of one width in lines: how many, and how wide; those of a layout add up to 1024 lines.
type Widths = &'static [(u8, u8)];

/// Lowest sample rate in Hz from which on each layout holds, highest first (4.5.1.1).
const LAYOUTS: [(u32, Widths); 7] = [
    (75_132, &[(14, 4), (5, 8), (5, 12), (2, 16), (1, 24), (1, 28), (1, 36), (1, 44), (11, 64)]),
    (55_426, &[(14, 4), (4, 8), (3, 12), (3, 16), (1, 20), (2, 24), (1, 28), (1, 36), (18, 40)]),
    (37_566, &[(10, 4), (7, 8), (4, 12), (2, 16), (2, 20), (2, 24), (2, 28), (19, 32), (1, 96)]),
    (27_713, &[(10, 4), (7, 8), (4, 12), (2, 16), (2, 20), (2, 24), (2, 28), (22, 32)]),
    (18_783, LOW),
    (9_391, LOWER),
    (0, LOWEST),
];

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

/// The first line behind `count` bands of a long window at `rate_hz`; `None` if there are fewer.
pub(super) fn band_end(rate_hz: u32, count: u32) -> Option<u32> {
    let (_, widths) = LAYOUTS.iter().find(|(from, _)| rate_hz >= *from)?;
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
        for (bands, rate_hz) in [
            (41, 96_000),
            (47, 64_000),
            (49, 44_100),
            (51, 32_000),
            (47, 22_050),
            (43, 16_000),
            (40, 8_000),
        ] {
            assert_eq!(band_end(rate_hz, bands), Some(1024), "{rate_hz}");
            assert_eq!(band_end(rate_hz, bands + 1), None);
            assert_eq!(band_end(rate_hz, 0), Some(0));
        }
        // ISO/IEC 14496-3: band 20 at 48 kHz begins at line 132.
        assert_eq!(band_end(48_000, 20), Some(132));
    }
}
