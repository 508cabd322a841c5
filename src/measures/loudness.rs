//! Loudness over time after EBU R 128.
//!
//! Filter, gates and range are those of ITU-R BS.1770-4 and EBU Tech 3342. The crate `ebur128`, which
//! the tests compare with, sums every overlapping block anew and takes several times as long.

use crate::decode::Block;

/// Loudness blocks begin this often, in hertz; a block is four of these steps long (BS.1770-4,
/// annex 1: 400 ms with 75 % overlap).
const STEPS_PER_S: u32 = 10;

/// Steps in a gating block.
const BLOCK_STEPS: usize = 4;

/// Steps in a short-term window of 3 s.
const SHORT_TERM_STEPS: usize = 30;

/// Loudness below which a block never counts, in LUFS.
const ABSOLUTE_GATE_LUFS: f64 = -70.0;

/// Relative gate of the integrated loudness, in LU.
const RELATIVE_GATE_LU: f64 = -10.0;

/// Relative gate of the loudness range (EBU Tech 3342), in LU.
const RANGE_GATE_LU: f64 = -20.0;

/// Loudness of a clip.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Loudness {
    /// Gated loudness of the whole clip, in LUFS; `None` if nothing passes the gate.
    pub integrated_lufs: Option<f64>,
    /// Loudness range, in LU; `None` if nothing passes the gate.
    pub range_lu: Option<f64>,
    /// Short-term loudness (3 s) at the end of every second, in LUFS; -70 or less reads `None`.
    pub short_term_lufs: Vec<Option<f32>>,
}

/// Measures [`Loudness`]; keeps ten numbers a second.
pub struct LoudnessMeasure {
    filters: Vec<KWeighting>,
    weights: Vec<f64>,
    step_frames: usize,
    filled: usize,
    energy: f64,
    /// Weighted mean square of each step.
    steps: Vec<f32>,
}

impl LoudnessMeasure {
    /// For a clip of this rate and channel count.
    #[must_use]
    pub fn new(sample_rate_hz: u32, channels: usize) -> Self {
        let pair = |i: usize| KWeighting::new(f64::from(sample_rate_hz), (channels - 2 * i).min(2));
        Self {
            filters: (0..channels.div_ceil(2)).map(pair).collect(),
            weights: (0..channels).map(|c| channel_weight(c, channels)).collect(),
            step_frames: (sample_rate_hz / STEPS_PER_S).max(1) as usize,
            filled: 0,
            energy: 0.0,
            steps: Vec::new(),
        }
    }

    /// Adds a block.
    pub fn push(&mut self, block: &Block) {
        let mut start = 0;
        while start < block.frames() {
            let end = block.frames().min(start + self.step_frames - self.filled);
            for (pair, filter) in self.filters.iter_mut().enumerate() {
                let part = |i: usize| block.channels.get(2 * pair + i).map(|c| &c[start..end]);
                let Some(left) = part(0) else { continue };
                let energies = filter.energies(left, part(1).unwrap_or(left));
                for (i, energy) in energies.into_iter().enumerate() {
                    self.energy += energy * self.weights.get(2 * pair + i).unwrap_or(&0.0);
                }
            }
            self.filled += end - start;
            start = end;
            if self.filled == self.step_frames {
                self.steps.push((self.energy / self.step_frames as f64) as f32);
                self.energy = 0.0;
                self.filled = 0;
            }
        }
    }

    /// The loudness.
    #[must_use]
    pub fn finish(self) -> Loudness {
        let windows = |len: usize, every: usize| {
            let mean = move |w: &[f32]| w.iter().map(|&e| f64::from(e)).sum::<f64>() / len as f64;
            self.steps.windows(len).step_by(every).map(mean).collect::<Vec<f64>>()
        };
        let short_term = windows(SHORT_TERM_STEPS, 1);
        let whole_seconds = self.steps.len() / STEPS_PER_S as usize;
        let short_term_lufs = (1..=whole_seconds)
            .map(|second| {
                let end = second * STEPS_PER_S as usize;
                let energy = short_term.get(end.checked_sub(SHORT_TERM_STEPS)?)?;
                Some(lufs(*energy)).filter(|l| *l > ABSOLUTE_GATE_LUFS).map(|l| l as f32)
            })
            .collect();
        Loudness {
            integrated_lufs: integrated(&windows(BLOCK_STEPS, 1)),
            range_lu: range(&short_term),
            short_term_lufs,
        }
    }
}

/// Loudness of a weighted mean square (BS.1770-4, equation 2).
fn lufs(energy: f64) -> f64 {
    -0.691 + 10.0 * energy.max(1e-30).log10()
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn gated(energies: &[f64], gate_lufs: f64) -> Vec<f64> {
    energies.iter().copied().filter(|&e| lufs(e) > gate_lufs).collect()
}

fn integrated(blocks: &[f64]) -> Option<f64> {
    let loud = gated(blocks, ABSOLUTE_GATE_LUFS);
    let gate = lufs(mean(&loud)?) + RELATIVE_GATE_LU;
    mean(&gated(&loud, gate)).map(lufs)
}

/// Distance of the 10th and 95th percentile of gated short-term loudness.
fn range(short_term: &[f64]) -> Option<f64> {
    let loud = gated(short_term, ABSOLUTE_GATE_LUFS);
    let gate = lufs(mean(&loud)?) + RANGE_GATE_LU;
    let mut kept = gated(&loud, gate);
    kept.sort_by(f64::total_cmp);
    let at = |q: f64| kept.get(((kept.len() as f64 - 1.0) * q).round() as usize).copied();
    Some(lufs(at(0.95)?) - lufs(at(0.10)?))
}

/// Weight of a channel (BS.1770-4, table 3), in WAVE order: surround channels count 1.41, the
/// low-frequency channel nothing.
fn channel_weight(channel: usize, channels: usize) -> f64 {
    match (channels, channel) {
        (6 | 8, 3) => 0.0,
        (5, 3..) | (6 | 8, 4..) => 1.41,
        _ => 1.0,
    }
}

/// Both stages of the K-weighting for two channels at once: the four lanes of one step are stage 1
/// of both channels and stage 2 of both, the latter one sample behind.
struct KWeighting {
    b: [[f64; 4]; 3],
    a: [[f64; 4]; 2],
    state: [[f64; 4]; 2],
    between: [f64; 2],
    channels: usize,
}

impl KWeighting {
    /// Coefficients at any rate, by the bilinear transform of the analogue prototypes behind
    /// BS.1770-4's tables 1 and 2 (given there for 48 kHz).
    fn new(rate: f64, channels: usize) -> Self {
        let shelf = high_shelf(rate);
        let pass = high_pass(rate);
        let lanes = |i: usize| [shelf[i], shelf[i], pass[i], pass[i]];
        Self {
            b: [lanes(0), lanes(1), lanes(2)],
            a: [lanes(3), lanes(4)],
            state: [[0.0; 4]; 2],
            between: [0.0; 2],
            channels,
        }
    }

    /// Sums of squares of both filtered channels; the second is 0 for a single channel.
    fn energies(&mut self, left: &[f32], right: &[f32]) -> [f64; 2] {
        let mut sums = [0.0f64; 4];
        let ([b0, b1, b2], [a1, a2]) = (self.b, self.a);
        let [mut s1, mut s2] = self.state;
        let mut between = self.between;
        for (&l, &r) in left.iter().zip(right) {
            let x = [f64::from(l), f64::from(r), between[0], between[1]];
            let mut y = [0.0; 4];
            for i in 0..4 {
                y[i] = b0[i] * x[i] + s1[i];
                s1[i] = b1[i] * x[i] - a1[i] * y[i] + s2[i];
                s2[i] = b2[i] * x[i] - a2[i] * y[i];
                sums[i] += y[i] * y[i];
            }
            between = [y[0], y[1]];
        }
        self.state = [s1, s2];
        self.between = between;
        if self.channels == 1 { [sums[2], 0.0] } else { [sums[2], sums[3]] }
    }
}

/// `[b0, b1, b2, a1, a2]` of the head shelf: +4 dB above 1.7 kHz.
fn high_shelf(rate: f64) -> [f64; 5] {
    let (f0, gain_db, q) = (1_681.974_450_955_533, 3.999_843_853_973_347, 0.707_175_236_955_419_6);
    let k = (std::f64::consts::PI * f0 / rate).tan();
    let vh = 10f64.powf(gain_db / 20.0);
    let vb = vh.powf(0.499_666_774_154_541_6);
    let a0 = 1.0 + k / q + k * k;
    [
        (vh + vb * k / q + k * k) / a0,
        2.0 * (k * k - vh) / a0,
        (vh - vb * k / q + k * k) / a0,
        2.0 * (k * k - 1.0) / a0,
        (1.0 - k / q + k * k) / a0,
    ]
}

/// `[b0, b1, b2, a1, a2]` of the low-cut at 38 Hz.
fn high_pass(rate: f64) -> [f64; 5] {
    let (f0, q) = (38.135_470_876_024_44, 0.500_327_037_323_877_3);
    let k = (std::f64::consts::PI * f0 / rate).tan();
    let a0 = 1.0 + k / q + k * k;
    [1.0, -2.0, 1.0, 2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use ebur128::{EbuR128, Mode};

    /// Noise whose level changes every second, `channels` of it.
    fn lively(rate: u32, channels: usize, seconds: usize) -> Vec<Vec<f32>> {
        let mut state = 11u32;
        (0..channels)
            .map(|channel| {
                (0..rate as usize * seconds)
                    .map(|n| {
                        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        let noise = (state >> 8) as f32 / (1 << 23) as f32 - 1.0;
                        let second = n / rate as usize;
                        noise * 0.5f32.powi((second % 7) as i32 + channel as i32)
                    })
                    .collect()
            })
            .collect()
    }

    #[test]
    fn agrees_with_the_reference_crate() {
        for (rate, channels) in [(48_000, 1), (44_100, 2), (16_000, 1), (8000, 2), (48_000, 6)] {
            let signal = lively(rate, channels, 20);
            let mut reference =
                EbuR128::new(channels as u32, rate, Mode::I | Mode::LRA | Mode::S).unwrap();
            let planes: Vec<&[f32]> = signal.iter().map(Vec::as_slice).collect();
            reference.add_frames_planar_f32(&planes).unwrap();
            let mut measure = LoudnessMeasure::new(rate, channels);
            measure.push(&Block { start_frame: 0, channels: signal });
            let ours = measure.finish();
            let close = |a: f64, b: f64, by: f64| assert!((a - b).abs() < by, "{rate} {a} {b}");
            close(ours.integrated_lufs.unwrap(), reference.loudness_global().unwrap(), 0.05);
            close(ours.range_lu.unwrap(), reference.loudness_range().unwrap(), 0.3);
            let last = f64::from(ours.short_term_lufs.last().unwrap().unwrap());
            close(last, reference.loudness_shortterm().unwrap(), 0.05);
        }
    }

    #[test]
    fn silence_has_no_loudness() {
        let mut measure = LoudnessMeasure::new(8000, 1);
        measure.push(&Block { start_frame: 0, channels: vec![vec![0.0; 80_000]] });
        let loudness = measure.finish();
        assert_eq!((loudness.integrated_lufs, loudness.range_lu), (None, None));
        assert_eq!(loudness.short_term_lufs, vec![None; 10]);
    }
}
