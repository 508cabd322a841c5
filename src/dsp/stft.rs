//! Short-time Fourier transform of a stream, frame by frame.

use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

/// One column of the transform.
#[derive(Debug)]
pub struct Frame<'a> {
    /// Number of the frame; it starts at sample `index * hop_length`.
    pub index: u64,
    /// The `win_length` samples under the window, before windowing.
    pub samples: &'a [f32],
    /// Power of bins 0..=n_fft/2; a full-scale sine on a bin has power 1 there.
    pub power: &'a [f32],
}

/// Hann-windowed transform with a fixed hop; holds at most one frame of samples.
pub struct Stft {
    win_length: usize,
    hop_length: usize,
    transform: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    /// Brings `|X|²` of a full-scale sine to 1.
    power_scale: f32,
    pending: Vec<f32>,
    windowed: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    power: Vec<f32>,
    next_index: u64,
}

impl Stft {
    /// A transform of `n_fft` points every `hop_length` samples.
    #[must_use]
    pub fn new(n_fft: usize, hop_length: usize) -> Self {
        Self::with_window(n_fft, n_fft, hop_length)
    }

    /// A transform of `win_length` samples, padded with zeros to `n_fft` points, every `hop_length`
    /// samples. `win_length` is at most `n_fft`.
    #[must_use]
    pub fn with_window(n_fft: usize, win_length: usize, hop_length: usize) -> Self {
        let transform = RealFftPlanner::<f32>::new().plan_fft_forward(n_fft);
        let window = hann(win_length);
        let sum: f64 = window.iter().map(|&w| f64::from(w)).sum();
        Self {
            win_length,
            hop_length,
            window,
            power_scale: (2.0 / sum).powi(2) as f32,
            pending: Vec::with_capacity(2 * win_length),
            windowed: vec![0.0; n_fft],
            spectrum: transform.make_output_vec(),
            scratch: transform.make_scratch_vec(),
            power: vec![0.0; n_fft / 2 + 1],
            next_index: 0,
            transform,
        }
    }

    /// Adds samples and hands every completed frame to `visit`, in order.
    pub fn push(&mut self, mut samples: &[f32], mut visit: impl FnMut(&Frame)) {
        while !samples.is_empty() {
            let room = 2 * self.win_length - self.pending.len();
            let (now, later) = samples.split_at(room.min(samples.len()));
            self.pending.extend_from_slice(now);
            samples = later;
            let mut start = 0;
            while self.pending.len() - start >= self.win_length {
                self.transform_at(start);
                visit(&Frame {
                    index: self.next_index,
                    samples: &self.pending[start..start + self.win_length],
                    power: &self.power,
                });
                self.next_index += 1;
                start += self.hop_length;
            }
            self.pending.drain(..start);
        }
    }

    fn transform_at(&mut self, start: usize) {
        let input = &self.pending[start..start + self.win_length];
        for ((out, x), w) in self.windowed.iter_mut().zip(input).zip(&self.window) {
            *out = x * w;
        }
        // The transform uses its input as scratch, so the padding is not zero any more.
        self.windowed[self.win_length..].fill(0.0);
        self.transform
            .process_with_scratch(&mut self.windowed, &mut self.spectrum, &mut self.scratch)
            .expect("buffers were made by the transform itself");
        for (power, bin) in self.power.iter_mut().zip(&self.spectrum) {
            *power = bin.norm_sqr() * self.power_scale;
        }
    }
}

/// Periodic Hann window of `len` points.
#[must_use]
pub fn hann(len: usize) -> Vec<f32> {
    let step = std::f64::consts::TAU / len as f64;
    (0..len).map(|i| (0.5 - 0.5 * (step * i as f64).cos()) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_scale_sine_has_power_one_in_its_bin() {
        let mut stft = Stft::new(256, 128);
        let sine: Vec<f32> =
            (0..1024).map(|i| (std::f32::consts::TAU * 16.0 * i as f32 / 256.0).sin()).collect();
        let mut seen = 0;
        for part in sine.chunks(100) {
            stft.push(part, |frame| {
                assert_eq!(frame.index, seen);
                assert!((frame.power[16] - 1.0).abs() < 1e-4);
                seen += 1;
            });
        }
        assert_eq!(seen, 7);
    }

    #[test]
    fn fewer_samples_than_a_frame_give_none() {
        Stft::new(256, 128).push(&[0.0; 255], |_| panic!("no frame is complete"));
    }
}
