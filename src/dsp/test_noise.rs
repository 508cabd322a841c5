//! Noise for tests, the same on every machine.

use super::speech_bands::DIFFERENCES;

/// White noise between -0.5 and 0.5.
pub(crate) fn noise(len: usize, seed: u32) -> Vec<f32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32 - 0.5
    };
    (0..len).map(|_| next()).collect()
}

/// Rows of random gains.
pub(crate) fn noise_rows(len: usize, seed: u32) -> Vec<[i8; DIFFERENCES]> {
    let values = noise(len * DIFFERENCES, seed);
    let row = |row: &[f32]| std::array::from_fn(|i| (255.0 * row[i]) as i8);
    values.chunks_exact(DIFFERENCES).map(row).collect()
}
