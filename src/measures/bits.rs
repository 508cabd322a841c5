//! Which bits and sample values a lossless recording uses.

use crate::decode::Block;
use crate::dsp::stats;

/// Codes around zero whose use is counted, to each side.
const CODE_RANGE: i32 = 2048;

/// Seconds per histogram.
const COMB_BLOCK_S: u32 = 10;

/// Neighbours to each side that tell whether a code ought to be in use.
const NEIGHBOURS: usize = 8;

/// Mean count of the neighbours from which an empty code is no accident: at 20 the chance is
/// e^-20 a code.
const MIN_NEIGHBOUR_COUNT: u32 = 20;

/// Use of bits and codes over time; empty for lossy sources and for more than 24 bits.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BitUse {
    /// Bits of a sample as the source stores it.
    pub bits: u16,
    /// Seconds per value of `effective_bits`.
    pub step_s: f64,
    /// Bits that are not always zero, counted from the top; 0 for digital silence.
    pub effective_bits: Vec<u8>,
    /// Seconds per value of `combs`.
    pub comb_step_s: f64,
    /// Use of codes; empty above 16 bits.
    pub combs: Vec<Comb>,
}

/// How evenly the codes around zero are used.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Comb {
    /// Codes whose neighbours are in steady use.
    pub codes: u32,
    /// Those of them that never occur.
    pub empty: u32,
    /// Median distance between empty codes; 0 without any.
    pub spacing: f32,
}

impl Comb {
    /// Share of empty codes, 0..=1; 0 where too few codes are in use to tell.
    #[must_use]
    pub fn empty_share(&self) -> f64 {
        if self.codes < 64 { 0.0 } else { f64::from(self.empty) / f64::from(self.codes) }
    }
}

/// Measures [`BitUse`].
pub struct BitUseMeasure {
    scale: f32,
    block_frames: usize,
    filled: usize,
    mask: u32,
    histogram: Option<Vec<u32>>,
    blocks_in_histogram: u32,
    out: BitUse,
}

impl BitUseMeasure {
    /// For a lossless clip of this rate and sample width in bits (at most 24).
    #[must_use]
    pub fn new(sample_rate_hz: u32, bits: u16) -> Self {
        Self {
            scale: (1u32 << (bits - 1)) as f32,
            block_frames: sample_rate_hz as usize,
            filled: 0,
            mask: 0,
            histogram: (bits <= 16).then(|| vec![0; 2 * CODE_RANGE as usize + 1]),
            blocks_in_histogram: 0,
            out: BitUse {
                bits,
                step_s: 1.0,
                comb_step_s: f64::from(COMB_BLOCK_S),
                ..BitUse::default()
            },
        }
    }

    /// Adds a block.
    pub fn push(&mut self, block: &Block) {
        let mut start = 0;
        while start < block.frames() {
            let end = block.frames().min(start + self.block_frames - self.filled);
            for channel in &block.channels {
                self.scan(&channel[start..end]);
            }
            self.filled += end - start;
            start = end;
            if self.filled == self.block_frames {
                self.close_block();
            }
        }
    }

    /// The series; a last part shorter than half a block is left out.
    #[must_use]
    pub fn finish(mut self) -> BitUse {
        if 2 * self.filled >= self.block_frames {
            self.close_block();
        }
        if 2 * self.blocks_in_histogram >= COMB_BLOCK_S {
            self.close_histogram();
        }
        self.out
    }

    fn scan(&mut self, samples: &[f32]) {
        let scale = self.scale;
        let mask = samples.iter().fold(0, |mask, x| mask | ((x * scale) as i32 as u32));
        self.mask |= mask;
        if let Some(histogram) = &mut self.histogram {
            for x in samples {
                let code = (x * scale) as i32 + CODE_RANGE;
                if let Some(count) = usize::try_from(code).ok().and_then(|i| histogram.get_mut(i)) {
                    *count += 1;
                }
            }
        }
    }

    fn close_block(&mut self) {
        let unused = self.mask.trailing_zeros().min(u32::from(self.out.bits)) as u8;
        self.out.effective_bits.push(self.out.bits as u8 - unused);
        self.mask = 0;
        self.filled = 0;
        self.blocks_in_histogram += 1;
        if self.blocks_in_histogram == COMB_BLOCK_S {
            self.close_histogram();
        }
    }

    fn close_histogram(&mut self) {
        self.blocks_in_histogram = 0;
        if let Some(histogram) = &mut self.histogram {
            self.out.combs.push(comb(histogram));
            histogram.fill(0);
        }
    }
}

/// Counts the codes of `histogram` that are empty although their neighbours on both sides are in
/// steady use.
fn comb(histogram: &[u32]) -> Comb {
    let mut out = Comb::default();
    let mut gaps = Vec::new();
    let mut last_empty = None;
    let in_use = |codes: &[u32]| {
        let sum = codes.iter().fold(0u32, |sum, &count| sum.saturating_add(count));
        sum >= MIN_NEIGHBOUR_COUNT * NEIGHBOURS as u32
    };
    for centre in NEIGHBOURS..histogram.len().saturating_sub(NEIGHBOURS) {
        let below = &histogram[centre - NEIGHBOURS..centre];
        let above = &histogram[centre + 1..=centre + NEIGHBOURS];
        if in_use(below) && in_use(above) {
            out.codes += 1;
            if histogram[centre] == 0 {
                out.empty += 1;
                if let Some(last) = last_empty.replace(centre) {
                    gaps.push((centre - last) as f32);
                }
            }
        }
    }
    out.spacing = stats::median(&mut gaps).unwrap_or(0.0);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise of ±1000 codes, times `gain`, rounded to 16 bits.
    fn noise(gain: f32, len: usize) -> Vec<f32> {
        let mut state = 7u32;
        (0..len)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let code = (state >> 16) as i32 % 1000 - 500;
                (code as f32 * gain).round() / 32768.0
            })
            .collect()
    }

    fn measure(samples: Vec<f32>) -> BitUse {
        let mut measure = BitUseMeasure::new(8000, 16);
        measure.push(&Block { start_frame: 0, channels: vec![samples] });
        measure.finish()
    }

    #[test]
    fn gain_leaves_a_comb_of_the_right_spacing() {
        let flat = measure(noise(1.0, 80_000)).combs[0];
        assert_eq!(flat.empty, 0);
        let comb = measure(noise(1.25, 80_000)).combs[0];
        assert!((comb.empty_share() - 0.2).abs() < 0.02, "{comb:?}");
        assert_eq!(comb.spacing, 5.0);
    }

    #[test]
    fn unused_low_bits_are_counted() {
        let coarse: Vec<f32> =
            noise(1.0, 16_000).iter().map(|x| (x * 128.0).round() / 128.0).collect();
        assert_eq!(measure(coarse).effective_bits, vec![8, 8]);
        assert_eq!(measure(vec![0.0; 8000]).effective_bits, vec![0]);
    }
}
