//! Halving of the sample rate on points half-way between samples.

use std::f64::consts::PI;

/// Taps of the low-pass.
const TAPS: usize = 24;

/// Low-pass at a quarter of the sample rate, whose output `m` belongs to the time `2 m + ½` of its
/// input. Between such points lies the centre of symmetry of an MDCT of half the length, so that its
/// lines are the lower half of the long one's.
pub struct HalfBand {
    taps: [f32; TAPS],
}

impl Default for HalfBand {
    fn default() -> Self {
        let mut taps: [f64; TAPS] = std::array::from_fn(|n| {
            let t = n as f64 + 0.5 - TAPS as f64 / 2.0;
            let window = 0.5 + 0.5 * (2.0 * PI * t / TAPS as f64).cos();
            (PI * t / 2.0).sin() / (PI * t / 2.0) * window
        });
        let sum: f64 = taps.iter().sum();
        taps.iter_mut().for_each(|tap| *tap /= sum);
        Self { taps: taps.map(|tap| tap as f32) }
    }
}

impl HalfBand {
    /// Output `m` for the input times `2 m + first + ½`; as many as the input allows, the input
    /// being taken as zero outside of `x`.
    pub fn decimate(&self, x: &[f32], first: usize, out: &mut Vec<f32>) {
        out.clear();
        let mut at = first;
        while at + 1 < x.len() {
            // Sample `at` is the one just before the output's time.
            let start = (at + 1).saturating_sub(TAPS / 2);
            let end = (at + 1 + TAPS / 2).min(x.len());
            let skip = start + TAPS / 2 - (at + 1);
            out.push(x[start..end].iter().zip(&self.taps[skip..]).map(|(x, tap)| x * tap).sum());
            at += 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_low_tone_passes_and_a_high_one_does_not() {
        let tone = |share: f64, t: f64| (PI * share * t).sin();
        let mut out = Vec::new();
        for (share, gain) in [(0.1, 1.0), (0.3, 1.0), (0.85, 0.0)] {
            for first in [0, 1] {
                let x: Vec<f32> = (0..400).map(|n| tone(share, f64::from(n)) as f32).collect();
                HalfBand::default().decimate(&x, first, &mut out);
                for (m, y) in out.iter().enumerate().skip(20).take(150) {
                    let expected = gain * tone(share, (2 * m + first) as f64 + 0.5);
                    assert!((f64::from(*y) - expected).abs() < 0.02, "{share} {m}");
                }
            }
        }
    }

    #[test]
    fn nothing_gives_nothing() {
        let mut out = vec![1.0];
        HalfBand::default().decimate(&[], 0, &mut out);
        assert!(out.is_empty());
    }
}
