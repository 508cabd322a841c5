//! Streaming sample-rate conversion of one channel.

use rubato::audioadapter_buffers::direct::SequentialSlice;
use rubato::{Fft, FixedSync, Resampler};

/// Input frames per transform to aim at; near 85 ms at 48 kHz.
const TARGET_CHUNK: usize = 4096;

/// Converts a stream of one channel from one rate to another, without delay: output sample `n`
/// belongs to time `n / to_hz`.
pub struct StreamResampler {
    /// `None` where the rates are equal.
    inner: Option<Fft<f32>>,
    pending: Vec<f32>,
    output: Vec<f32>,
    /// Leading output samples still to drop, the converter's own delay.
    delay: usize,
    /// Output over input rate.
    ratio: f64,
    received: u64,
    sent: u64,
}

impl StreamResampler {
    /// A converter between two rates in Hz, both at least 1.
    #[must_use]
    pub fn new(from_hz: u32, to_hz: u32) -> Self {
        if from_hz == to_hz {
            return Self::around(None, 1.0);
        }
        let chunk = smooth_chunk(from_hz as usize, to_hz as usize);
        let inner = Fft::new(from_hz as usize, to_hz as usize, chunk, 1, FixedSync::Both)
            .expect("both rates are positive and the chunk is a multiple of their ratio");
        Self::around(Some(inner), f64::from(to_hz) / f64::from(from_hz))
    }

    fn around(inner: Option<Fft<f32>>, ratio: f64) -> Self {
        Self {
            pending: Vec::new(),
            output: vec![0.0; inner.as_ref().map_or(0, Resampler::output_frames_max)],
            delay: inner.as_ref().map_or(0, Resampler::output_delay),
            inner,
            ratio,
            received: 0,
            sent: 0,
        }
    }

    /// Adds input and hands converted samples to `visit`.
    pub fn push(&mut self, samples: &[f32], mut visit: impl FnMut(&[f32])) {
        let Some(inner) = &mut self.inner else {
            visit(samples);
            return;
        };
        self.received += samples.len() as u64;
        self.pending.extend_from_slice(samples);
        let mut done = 0;
        loop {
            let need = inner.input_frames_next();
            if self.pending.len() - done < need {
                break;
            }
            let made = convert(inner, &self.pending[done..done + need], &mut self.output);
            done += need;
            let skip = self.delay.min(made);
            self.delay -= skip;
            self.sent += (made - skip) as u64;
            visit(&self.output[skip..made]);
        }
        self.pending.drain(..done);
    }

    /// Converts what is left, so that the output is as long as the input was.
    pub fn finish(mut self, mut visit: impl FnMut(&[f32])) {
        let Some(inner) = &self.inner else { return };
        let silence = vec![0.0; inner.input_frames_next()];
        let whole = (self.received as f64 * self.ratio).ceil() as u64;
        while self.sent < whole {
            let mut left = (whole - self.sent) as usize;
            self.push(&silence, |made| {
                let count = made.len().min(left);
                left -= count;
                visit(&made[..count]);
            });
        }
    }
}

fn convert(inner: &mut Fft<f32>, input: &[f32], output: &mut [f32]) -> usize {
    let out_len = output.len();
    let source = SequentialSlice::new(input, 1, input.len())
        .expect("a slice of that length holds one channel");
    let mut target = SequentialSlice::new_mut(output, 1, out_len)
        .expect("a slice of that length holds one channel");
    let (_, made) = inner
        .process_into_buffer(&source, &mut target, None)
        .expect("input and output have the lengths that the converter asked for");
    made
}

/// A chunk near [`TARGET_CHUNK`] whose transforms have no large prime factor beyond those of the
/// rates themselves: an unlucky chunk makes the conversion seven times slower.
fn smooth_chunk(from_hz: usize, to_hz: usize) -> usize {
    let step = from_hz / gcd(from_hz, to_hz);
    let count = (TARGET_CHUNK / step).max(2);
    step * largest_smooth(count)
}

/// Largest even number up to `limit` with no prime factor above 3; `limit` is at least 2. Even,
/// because the converter's delay is half a transform and must be whole samples.
fn largest_smooth(limit: usize) -> usize {
    let is_smooth = |mut n: usize| {
        for factor in [2, 3] {
            while n.is_multiple_of(factor) {
                n /= factor;
            }
        }
        n == 1
    };
    (2..=limit).rev().find(|&n| n % 2 == 0 && is_smooth(n)).unwrap_or(2)
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn convert_all(from_hz: u32, to_hz: u32, input: &[f32]) -> Vec<f32> {
        let mut out = Vec::new();
        let mut resampler = StreamResampler::new(from_hz, to_hz);
        for part in input.chunks(777) {
            resampler.push(part, |made| out.extend_from_slice(made));
        }
        resampler.finish(|made| out.extend_from_slice(made));
        out
    }

    #[test]
    fn a_tone_keeps_its_phase_at_every_usual_rate() {
        for from in [8000, 11_025, 22_050, 32_000, 44_100, 48_000, 96_000] {
            let tone = |rate: u32, n: usize| {
                (std::f64::consts::TAU * 440.0 * n as f64 / f64::from(rate)).sin()
            };
            let input: Vec<f32> = (0..from as usize).map(|n| tone(from, n) as f32).collect();
            let output = convert_all(from, 16_000, &input);
            assert_eq!(output.len(), 16_000, "{from}");
            for (n, x) in output.iter().enumerate().take(14_000).skip(2000) {
                let error = (f64::from(*x) - tone(16_000, n)).abs();
                assert!(error < 0.01, "{from} Hz, sample {n}: {error}");
            }
        }
    }

    #[test]
    fn transforms_stay_smooth() {
        for from in [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000] {
            if from == 16_000 {
                continue;
            }
            let chunk = smooth_chunk(from, 16_000);
            let inner = Fft::<f32>::new(from, 16_000, chunk, 1, FixedSync::Both).unwrap();
            for mut size in [inner.fft_size_in(), inner.fft_size_out()] {
                for factor in [2, 3, 5, 7] {
                    while size % factor == 0 {
                        size /= factor;
                    }
                }
                assert_eq!(size, 1, "{from} Hz");
            }
        }
    }

    #[test]
    fn equal_rates_pass_through() {
        assert_eq!(convert_all(16_000, 16_000, &[0.1, 0.2]), vec![0.1, 0.2]);
    }
}
