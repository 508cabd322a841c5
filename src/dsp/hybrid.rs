//! The analysis filter bank of MPEG-1 layer III: 32 polyphase bands, an MDCT in each, and the
//! butterflies between neighbours (ISO/IEC 11172-3, 2.4.3.4 and annex C).

use std::f64::consts::PI;

/// Polyphase bands.
const BANDS: usize = 32;

/// Lines of a band.
const LINES_PER_BAND: usize = 18;

/// Polyphase columns that a long block spans.
const COLUMNS: usize = 2 * LINES_PER_BAND;

/// Lines, and samples between long blocks.
pub const GRANULE: usize = BANDS * LINES_PER_BAND;

/// Taps of the polyphase window.
const TAPS: usize = 512;

/// Samples that one block's lines depend on.
pub const HYBRID_SPAN: usize = BANDS * (COLUMNS - 1) + TAPS;

/// The first half of the polyphase window in units of 1/65536, and its middle (ISO/IEC 11172-3,
/// table B.3 of the synthesis window; the second half mirrors it).
#[rustfmt::skip]
const WINDOW: [i32; TAPS / 2 + 1] = [
    0, -1, -1, -1, -1, -1, -1, -2, -2, -2, -2, -3, -3, -4, -4, -5, -5, -6, -7, -7, -8, -9, -10,
    -11, -13, -14, -16, -17, -19, -21, -24, -26, -29, -31, -35, -38, -41, -45, -49, -53, -58, -63,
    -68, -73, -79, -85, -91, -97, -104, -111, -117, -125, -132, -139, -147, -154, -161, -169,
    -176, -183, -190, -196, -202, -208, 213, 218, 222, 225, 227, 228, 228, 227, 224, 221, 215,
    208, 200, 189, 177, 163, 146, 127, 106, 83, 57, 29, -2, -36, -72, -111, -153, -197, -244,
    -294, -347, -401, -459, -519, -581, -645, -711, -779, -848, -919, -991, -1064, -1137, -1210,
    -1283, -1356, -1428, -1498, -1567, -1634, -1698, -1759, -1817, -1870, -1919, -1962, -2001,
    -2032, -2057, -2075, -2085, -2087, -2080, -2063, 2037, 2000, 1952, 1893, 1822, 1739, 1644,
    1535, 1414, 1280, 1131, 970, 794, 605, 402, 185, -45, -288, -545, -814, -1095, -1388, -1692,
    -2006, -2330, -2663, -3004, -3351, -3705, -4063, -4425, -4788, -5153, -5517, -5879, -6237,
    -6589, -6935, -7271, -7597, -7910, -8209, -8491, -8755, -8998, -9219, -9416, -9585, -9727,
    -9838, -9916, -9959, -9966, -9935, -9863, -9750, -9592, -9389, -9139, -8840, -8492, -8092,
    -7640, -7134, 6574, 5959, 5288, 4561, 3776, 2935, 2037, 1082, 70, -998, -2122, -3300, -4533,
    -5818, -7154, -8540, -9975, -11455, -12980, -14548, -16155, -17799, -19478, -21189, -22929,
    -24694, -26482, -28289, -30112, -31947, -33791, -35640, -37489, -39336, -41176, -43006,
    -44821, -46617, -48390, -50137, -51853, -53534, -55178, -56778, -58333, -59838, -61289,
    -62684, -64019, -65290, -66494, -67629, -68692, -69679, -70590, -71420, -72169, -72835,
    -73415, -73908, -74313, -74630, -74856, -74992, 75038,
];

/// Coefficients `c` of the butterflies, which give `1/√(1 + c²)` and `c/√(1 + c²)` (ISO/IEC
/// 11172-3, table B.9).
const BUTTERFLIES: [f64; 8] = [-0.6, -0.535, -0.33, -0.185, -0.095, -0.041, -0.0142, -0.0037];

/// Bands whose cosines differ in sign alone from those of the other half.
const HALF: usize = BANDS / 2;

/// The filter bank with its tables.
pub struct Hybrid {
    /// From the oldest sample to the newest.
    window: Vec<f32>,
    /// `cos((2k + 1) j π/64)` for the lower half of the bands, a row of them for each `j`.
    polyphase: Vec<[f32; HALF]>,
    /// Sine window of a band's block.
    block_window: [f32; COLUMNS],
    /// The DCT-IV of a band, a row for each line.
    dct: [[f32; LINES_PER_BAND]; LINES_PER_BAND],
    butterflies: [(f32, f32); 8],
}

impl Default for Hybrid {
    fn default() -> Self {
        let half = |n: usize| WINDOW[n.min(TAPS - n)] as f32 / 65536.0 / 32.0;
        // The mirrored half changes its sign except at whole blocks of 64.
        let window =
            |n: usize| if n > TAPS / 2 && !n.is_multiple_of(64) { -half(n) } else { half(n) };
        let polyphase =
            |j: usize, k: usize| ((2 * k + 1) as f64 * j as f64 * PI / 64.0).cos() as f32;
        let dct = |k: usize, n: usize| {
            let phase = PI / 72.0 * ((2 * n + 1) * (2 * k + 1)) as f64;
            ((1.0f64 / 9.0).sqrt() * phase.cos()) as f32
        };
        Self {
            // The first tap belongs to the newest sample.
            window: (0..TAPS).rev().map(window).collect(),
            polyphase: (0..BANDS).map(|j| std::array::from_fn(|k| polyphase(j, k))).collect(),
            block_window: std::array::from_fn(|n| (PI / 36.0 * (n as f64 + 0.5)).sin() as f32),
            dct: std::array::from_fn(|k| std::array::from_fn(|n| dct(k, n))),
            butterflies: BUTTERFLIES.map(|c| {
                let norm = (1.0 + c * c).sqrt();
                ((1.0 / norm) as f32, (c / norm) as f32)
            }),
        }
    }
}

impl Hybrid {
    /// One polyphase column from the first 512 of `samples`; zeros if there are fewer.
    fn column(&self, samples: &[f32], out: &mut [f32; BANDS]) {
        let Some(x) = samples.get(..TAPS) else { return out.fill(0.0) };
        // Backwards: the sum of the newest samples is the last.
        let mut sums = [0.0f32; 64];
        for (window, x) in self.window.chunks_exact(64).zip(x.chunks_exact(64)) {
            for ((sum, w), x) in sums.iter_mut().zip(window).zip(x) {
                *sum += w * x;
            }
        }
        sums.reverse();
        // The cosine is even about the sum 16 and odd about the sum 48, so that half of them suffice.
        let mut folded = [0.0f32; BANDS];
        folded[0] = sums[16];
        for j in 1..=16 {
            folded[j] = sums[16 + j] + sums[16 - j];
        }
        for j in 17..BANDS {
            folded[j] = sums[16 + j] - sums[80 - j];
        }
        // Band 31 − k has the cosines of band k, those of odd `j` with the other sign.
        let (mut even, mut odd) = ([0.0f32; HALF], [0.0f32; HALF]);
        for (pair, rows) in folded.chunks_exact(2).zip(self.polyphase.chunks_exact(2)) {
            for k in 0..HALF {
                even[k] += pair[0] * rows[0][k];
                odd[k] += pair[1] * rows[1][k];
            }
        }
        for k in 0..HALF {
            out[k] = even[k] + odd[k];
            out[BANDS - 1 - k] = even[k] - odd[k];
        }
    }

    /// The lines of a long block in the lowest `N` bands, from [`COLUMNS`] columns.
    fn block<const N: usize>(&self, columns: &[[f32; BANDS]], lines: &mut [f32]) {
        const HALF_BLOCK: usize = LINES_PER_BAND / 2;
        if columns.len() < COLUMNS {
            return;
        }
        // All bands at once. Odd samples of odd bands run backwards in frequency.
        let windowed = |n: usize| -> [f32; N] {
            let sign = if n % 2 == 1 { -1.0 } else { 1.0 };
            let weights = [self.block_window[n], sign * self.block_window[n]];
            std::array::from_fn(|band| weights[band % 2] * columns[n][band])
        };
        // Quarters (a, b, c, d) fold to (−c reversed − d, a − b reversed).
        let mut folded = [[0.0f32; N]; LINES_PER_BAND];
        for n in 0..HALF_BLOCK {
            let (c, d) =
                (windowed(COLUMNS - HALF_BLOCK - 1 - n), windowed(COLUMNS - HALF_BLOCK + n));
            let (a, b) = (windowed(n), windowed(LINES_PER_BAND - 1 - n));
            for band in 0..N {
                folded[n][band] = -c[band] - d[band];
                folded[HALF_BLOCK + n][band] = a[band] - b[band];
            }
        }
        for (k, row) in self.dct.iter().enumerate() {
            let mut sums = [0.0f32; N];
            for (weight, folded) in row.iter().zip(&folded) {
                for band in 0..N {
                    sums[band] += weight * folded[band];
                }
            }
            for (lines, sum) in lines.chunks_exact_mut(LINES_PER_BAND).zip(sums) {
                lines[k] = sum;
            }
        }
        for edge in (LINES_PER_BAND..N * LINES_PER_BAND).step_by(LINES_PER_BAND) {
            for (i, (cs, ca)) in self.butterflies.iter().enumerate() {
                let (low, high) = (lines[edge - 1 - i], lines[edge + i]);
                lines[edge - 1 - i] = low * cs + high * ca;
                lines[edge + i] = high * cs - low * ca;
            }
        }
    }

    /// The lines of the block at the start of `samples`, of which [`HYBRID_SPAN`] are needed.
    pub fn lines(&self, samples: &[f32], lines: &mut [f32; GRANULE]) {
        let mut columns = [[0.0; BANDS]; COLUMNS];
        for (n, column) in columns.iter_mut().enumerate() {
            self.column(samples.get(BANDS * n..).unwrap_or(&[]), column);
        }
        self.block::<BANDS>(&columns, lines);
    }

    /// The lines of the lower half of the bands, [`GRANULE`] / 2 of them, for the blocks at each of
    /// the first [`GRANULE`] samples, which share columns.
    pub fn sweep(&self, samples: &[f32], mut visit: impl FnMut(usize, &[f32])) {
        let mut columns = [[0.0; BANDS]; COLUMNS + LINES_PER_BAND];
        let mut lines = [0.0; GRANULE / 2];
        for phase in 0..BANDS {
            for (n, column) in columns.iter_mut().enumerate() {
                self.column(samples.get(phase + BANDS * n..).unwrap_or(&[]), column);
            }
            for start in 0..LINES_PER_BAND {
                self.block::<{ BANDS / 2 }>(&columns[start..start + COLUMNS], &mut lines);
                visit(phase + BANDS * start, &lines);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_noise::noise;

    #[test]
    fn a_tone_is_in_its_line() {
        let hybrid = Hybrid::default();
        let mut lines = [0.0; GRANULE];
        for line in [40, 100, 333] {
            let x: Vec<f32> = (0..HYBRID_SPAN)
                .map(|n| (PI / GRANULE as f64 * (line as f64 + 0.5) * n as f64).sin() as f32)
                .collect();
            let mut power = [0.0f32; GRANULE];
            for shift in 0..16 {
                let mut moved = x.clone();
                moved.rotate_left(shift);
                hybrid.lines(&moved, &mut lines);
                power.iter_mut().zip(&lines).for_each(|(p, x)| *p += x * x);
            }
            let near: f32 = power[line - 2..=line + 2].iter().sum();
            let all: f32 = power.iter().sum();
            assert!(near > 0.95 * all, "{line}: {near} of {all}");
        }
    }

    #[test]
    fn a_block_is_the_standards_sum() {
        let hybrid = Hybrid::default();
        let x = noise(HYBRID_SPAN, 9);
        let mut columns = [[0.0; BANDS]; COLUMNS];
        for (n, column) in columns.iter_mut().enumerate() {
            hybrid.column(&x[BANDS * n..], column);
        }
        // ISO/IEC 11172-3, figure C.4: the newest of 512 samples has the first tap.
        let direct = |n: usize, band: usize| -> f64 {
            let tap =
                |i: usize| f64::from(hybrid.window[TAPS - 1 - i] * x[BANDS * n + TAPS - 1 - i]);
            let phase = |i: usize| ((2 * band + 1) as f64 * (i as f64 - 16.0) * PI / 64.0).cos();
            (0..TAPS).map(|i| tap(i) * phase(i % 64)).sum()
        };
        for (n, band) in [(0, 0), (7, 5), (20, 16), (35, 31)] {
            assert!((f64::from(columns[n][band]) - direct(n, band)).abs() < 1e-5, "{n} {band}");
        }
        let mut lines = [0.0; GRANULE];
        hybrid.block::<BANDS>(&columns, &mut lines);
        for (band, k) in [(0, 4), (1, 9), (10, 9), (31, 10)] {
            let expected: f64 = (0..COLUMNS)
                .map(|n| {
                    let sign = if n * band % 2 == 1 { -1.0 } else { 1.0 };
                    let window = (PI / 36.0 * (n as f64 + 0.5)).sin() / 3.0;
                    let phase = PI / 72.0 * ((2 * n + 19) * (2 * k + 1)) as f64;
                    sign * window * f64::from(columns[n][band]) * phase.cos()
                })
                .sum();
            // Between the butterflies' reaches.
            assert!((f64::from(lines[band * LINES_PER_BAND + k]) - expected).abs() < 1e-5);
        }
    }

    #[test]
    fn a_sweep_gives_the_same_as_each_block() {
        let hybrid = Hybrid::default();
        let x = noise(HYBRID_SPAN + GRANULE, 3);
        let mut lines = [0.0; GRANULE];
        hybrid.sweep(&x, |offset, swept| {
            if offset % 37 == 0 {
                hybrid.lines(&x[offset..], &mut lines);
                // The uppermost band's upper lines meet a band that is left out.
                let inner = GRANULE / 2 - BUTTERFLIES.len();
                assert!((0..inner).all(|k| (lines[k] - swept[k]).abs() < 1e-5));
            }
        });
    }
}
