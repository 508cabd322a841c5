//! Runs of equal samples: digital silence, stuck values and the flat tops of clipping.

use crate::decode::Block;

/// Runs of each kind that are kept; further ones are only counted.
const MAX_RUNS: usize = 20_000;

/// Shortest flat top that is kept, in samples.
const MIN_PLATEAU_SAMPLES: u64 = 3;

/// Lowest magnitude of a flat top that is kept, as a fraction of full scale.
const MIN_PLATEAU_LEVEL: f32 = 0.05;

/// Smallest step into and out of a flat top, as a fraction of full scale: the round top of a low
/// tone has equal samples too, but creeps into them.
const MIN_PLATEAU_STEP: f32 = 5e-4;

/// Samples compared at once.
const STRIDE: usize = 16;

/// Equal consecutive samples in one channel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Run {
    /// First equal sample.
    pub start_frame: u64,
    /// Number of equal samples.
    pub frames: u64,
    /// Channel, counted from 0.
    pub channel: u16,
    /// The value.
    pub value: f32,
    /// Larger magnitude of the two samples beside the run.
    pub edge: f32,
}

/// Runs of equal samples.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Runs {
    /// Runs of exact zeros of at least 1 ms.
    pub zeros: Vec<Run>,
    /// Runs of another value of at least 5 ms.
    pub constants: Vec<Run>,
    /// Flat tops and bottoms shorter than that, the trace of clipping.
    pub plateaus: Vec<Run>,
    /// Samples in plateaus, those not kept included.
    pub plateau_samples: u64,
    /// Whether a kind had more runs than are kept.
    pub overflowed: bool,
}

#[derive(Debug, Clone, Copy, Default)]
struct Open {
    value: f32,
    before: f32,
    frames: u64,
}

/// Measures [`Runs`].
pub struct RunsMeasure {
    min_zero_frames: u64,
    min_constant_frames: u64,
    open: Vec<Open>,
    position: u64,
    out: Runs,
}

impl RunsMeasure {
    /// For a clip of this rate and channel count.
    #[must_use]
    pub fn new(sample_rate_hz: u32, channels: usize) -> Self {
        let per_ms = u64::from(sample_rate_hz / 1000).max(4);
        Self {
            min_zero_frames: per_ms,
            min_constant_frames: 5 * per_ms,
            open: vec![Open::default(); channels],
            position: 0,
            out: Runs::default(),
        }
    }

    /// Adds a block.
    pub fn push(&mut self, block: &Block) {
        for (index, channel) in block.channels.iter().enumerate() {
            let mut open = self.open[index];
            let mut n = 0;
            while n < channel.len() {
                if open.frames <= 1 {
                    // Mostly no two neighbours are equal; such stretches are passed over whole.
                    let skipped = varied(&channel[n..], open);
                    if skipped > 0 {
                        n += skipped;
                        let before = if skipped > 1 { channel[n - 2] } else { open.value };
                        open = Open { value: channel[n - 1], before, frames: 1 };
                        continue;
                    }
                }
                let x = channel[n];
                n += 1;
                if x == open.value && open.frames > 0 {
                    open.frames += 1;
                    continue;
                }
                if open.frames >= MIN_PLATEAU_SAMPLES {
                    self.close(index, open, self.position + n as u64 - 1, Some(x));
                }
                open = Open { value: x, before: open.value, frames: 1 };
            }
            self.open[index] = open;
        }
        self.position += block.frames() as u64;
    }

    /// The runs, each kind sorted by channel-wise end.
    #[must_use]
    pub fn finish(mut self) -> Runs {
        for index in 0..self.open.len() {
            self.close(index, self.open[index], self.position, None);
        }
        self.out
    }

    fn close(&mut self, channel: usize, open: Open, end: u64, after: Option<f32>) {
        let run = Run {
            start_frame: end.saturating_sub(open.frames),
            frames: open.frames,
            channel: channel as u16,
            value: open.value,
            edge: open.before.abs().max(after.map_or(0.0, f32::abs)),
        };
        let out = &mut self.out;
        let kind = if open.value == 0.0 {
            if open.frames < self.min_zero_frames {
                return;
            }
            &mut out.zeros
        } else if open.frames >= self.min_constant_frames {
            &mut out.constants
        } else if is_plateau(open, after) {
            out.plateau_samples += open.frames;
            &mut out.plateaus
        } else {
            return;
        };
        if kind.len() < MAX_RUNS {
            kind.push(run);
        } else {
            out.overflowed = true;
        }
    }
}

/// Samples at the start of `x`, a multiple of [`STRIDE`], of which none equals its predecessor.
fn varied(x: &[f32], open: Open) -> usize {
    let mut last = if open.frames == 0 { f32::NAN } else { open.value };
    let mut done = 0;
    for part in x.chunks_exact(STRIDE) {
        let mut equal = part[0] == last;
        for i in 1..STRIDE {
            equal |= part[i] == part[i - 1];
        }
        if equal {
            break;
        }
        last = part[STRIDE - 1];
        done += STRIDE;
    }
    done
}

/// Whether the samples beside the run lie clearly nearer to zero on both sides.
fn is_plateau(open: Open, after: Option<f32>) -> bool {
    let level = open.value.abs();
    let inwards = |x: f32| level - x * open.value.signum() >= MIN_PLATEAU_STEP;
    level >= MIN_PLATEAU_LEVEL
        && open.frames >= MIN_PLATEAU_SAMPLES
        && inwards(open.before)
        && after.is_some_and(inwards)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(samples: &[f32]) -> Runs {
        let mut measure = RunsMeasure::new(8000, 1);
        for part in samples.chunks(7) {
            measure.push(&Block { start_frame: 0, channels: vec![part.to_vec()] });
        }
        measure.finish()
    }

    #[test]
    fn each_kind_is_found_where_it_is() {
        let mut samples: Vec<f32> = (0..200).map(|n| (n as f32 * 0.7).sin() * 0.3).collect();
        samples[20..40].fill(0.0);
        samples[60..110].fill(0.1);
        samples[190..195].fill(0.9);
        let runs = measure(&samples);
        assert_eq!((runs.zeros[0].start_frame, runs.zeros[0].frames), (20, 20));
        assert_eq!((runs.constants[0].start_frame, runs.constants[0].frames), (60, 50));
        assert_eq!((runs.plateaus[0].start_frame, runs.plateaus[0].frames), (190, 5));
        assert_eq!(runs.plateau_samples, 5);
    }

    #[test]
    fn a_round_top_is_no_plateau() {
        let quantised = |n: usize| ((n as f32 * 0.002).sin() * 0.5 * 32768.0).round() / 32768.0;
        let runs = measure(&(0..4000).map(quantised).collect::<Vec<_>>());
        assert!(runs.plateaus.is_empty());
    }

    #[test]
    fn no_samples_no_runs() {
        assert_eq!(measure(&[]), Runs::default());
    }
}
