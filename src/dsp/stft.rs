//! Short-time Fourier transform of a stream, frame by frame.

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

/// One column of the transform.
#[derive(Debug)]
pub struct Frame<'a> {
    /// Number of the frame; it starts at the sample nearest to `index * hop_length`.
    pub index: u64,
    /// The `win_length` samples under the window, before windowing.
    pub samples: &'a [f32],
    /// Power of bins 0..=n_fft/2; a full-scale sine on a bin has power 1 there.
    pub power: &'a [f32],
}

/// Hann-windowed transform with a fixed hop; holds at most three frames of samples.
///
/// Frames are transformed in pairs, one as the real and one as the imaginary part of a complex
/// transform, which takes half the time. What leaks from one into the other is rounding, some 140 dB
/// below the louder.
pub struct Stft {
    win_length: usize,
    /// Samples between frames; a frame starts at the nearest whole sample.
    hop_length: f64,
    /// Number in the stream of the first pending sample.
    pending_start: u64,
    transform: Arc<dyn Fft<f32>>,
    window: Vec<f32>,
    /// Brings the power of a full-scale sine to 1.
    power_scale: f32,
    pending: Vec<f32>,
    pair: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    power: [Vec<f32>; 2],
    next_index: u64,
}

impl Stft {
    /// A transform of `n_fft` points every `hop_length` samples.
    #[must_use]
    pub fn new(n_fft: usize, hop_length: usize) -> Self {
        Self::with_window(n_fft, n_fft, hop_length as f64)
    }

    /// A transform of `win_length` samples, padded with zeros to `n_fft` points, every `hop_length`
    /// samples, which need not be whole. `win_length` is at most `n_fft`, `hop_length` at most
    /// `win_length`.
    #[must_use]
    pub fn with_window(n_fft: usize, win_length: usize, hop_length: f64) -> Self {
        let transform = FftPlanner::<f32>::new().plan_fft_forward(n_fft);
        let window = hann(win_length);
        let sum: f64 = window.iter().map(|&w| f64::from(w)).sum();
        Self {
            win_length,
            hop_length,
            pending_start: 0,
            window,
            power_scale: (2.0 / sum).powi(2) as f32,
            pending: Vec::with_capacity(3 * win_length),
            pair: vec![Complex::default(); n_fft],
            scratch: vec![Complex::default(); transform.get_inplace_scratch_len()],
            power: [vec![0.0; n_fft / 2 + 1], vec![0.0; n_fft / 2 + 1]],
            next_index: 0,
            transform,
        }
    }

    /// Adds samples and hands every completed pair of frames to `visit`, in order.
    pub fn push(&mut self, mut samples: &[f32], mut visit: impl FnMut(&Frame)) {
        while !samples.is_empty() {
            let room = 3 * self.win_length - self.pending.len();
            let (now, later) = samples.split_at(room.min(samples.len()));
            self.pending.extend_from_slice(now);
            samples = later;
            loop {
                let starts = [self.start_of(self.next_index), self.start_of(self.next_index + 1)];
                if self.pending.len() < starts[1] + self.win_length {
                    break;
                }
                self.transform_pair(starts[0], Some(starts[1]));
                self.hand_over(&starts, &mut visit);
            }
            let done = self.start_of(self.next_index).min(self.pending.len());
            self.pending.drain(..done);
            self.pending_start += done as u64;
        }
    }

    /// Hands over the last frame, if it has no partner.
    pub fn finish(mut self, mut visit: impl FnMut(&Frame)) {
        let start = self.start_of(self.next_index);
        if self.pending.len() >= start + self.win_length {
            self.transform_pair(start, None);
            self.hand_over(&[start], &mut visit);
        }
    }

    /// Where the frame of this number starts among the pending samples.
    fn start_of(&self, index: u64) -> usize {
        ((index as f64 * self.hop_length).round() as u64 - self.pending_start) as usize
    }

    fn hand_over(&mut self, starts: &[usize], visit: &mut impl FnMut(&Frame)) {
        for (&start, power) in starts.iter().zip(&self.power) {
            let samples = &self.pending[start..start + self.win_length];
            visit(&Frame { index: self.next_index, samples, power });
            self.next_index += 1;
        }
    }

    /// Transforms the frames at these places of the pending samples.
    fn transform_pair(&mut self, first: usize, second: Option<usize>) {
        let first = &self.pending[first..first + self.win_length];
        if let Some(second) = second {
            let second = &self.pending[second..second + self.win_length];
            let inputs = first.iter().zip(second).zip(&self.window);
            for (out, ((a, b), w)) in self.pair.iter_mut().zip(inputs) {
                *out = Complex::new(a * w, b * w);
            }
        } else {
            for (out, (a, w)) in self.pair.iter_mut().zip(first.iter().zip(&self.window)) {
                *out = Complex::new(a * w, 0.0);
            }
        }
        self.pair[self.win_length..].fill(Complex::default());
        self.transform.process_with_scratch(&mut self.pair, &mut self.scratch);
        let n_fft = self.pair.len();
        let scale = 0.25 * self.power_scale;
        let [even, odd] = &mut self.power;
        // The first frame is the part of the spectrum with even symmetry, the second the odd part.
        let split = |z: Complex<f32>, mirror: Complex<f32>| {
            let (s, d) = (z + mirror.conj(), z - mirror.conj());
            (scale * s.norm_sqr(), scale * d.norm_sqr())
        };
        (even[0], odd[0]) = split(self.pair[0], self.pair[0]);
        let (low, high) = self.pair.split_at(n_fft / 2);
        let mirrored = high.iter().rev();
        let outputs = even[1..].iter_mut().zip(&mut odd[1..]);
        for ((e, o), (&z, &m)) in outputs.zip(low[1..].iter().zip(mirrored)) {
            (*e, *o) = split(z, m);
        }
        (even[n_fft / 2], odd[n_fft / 2]) = split(high[0], high[0]);
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

    /// Frames as `(index, power)` of a signal that comes in pieces of `step` samples.
    fn frames(stft: Stft, signal: &[f32], step: usize) -> Vec<(u64, Vec<f32>)> {
        let mut stft = stft;
        let mut seen = Vec::new();
        for part in signal.chunks(step) {
            stft.push(part, |frame| seen.push((frame.index, frame.power.to_vec())));
        }
        stft.finish(|frame| seen.push((frame.index, frame.power.to_vec())));
        seen
    }

    #[test]
    fn a_full_scale_sine_has_power_one_in_its_bin() {
        let sine: Vec<f32> =
            (0..1024).map(|i| (std::f32::consts::TAU * 16.0 * i as f32 / 256.0).sin()).collect();
        let seen = frames(Stft::new(256, 128), &sine, 100);
        assert_eq!(seen.len(), 7);
        for (n, (index, power)) in seen.iter().enumerate() {
            assert_eq!(*index, n as u64);
            assert!((power[16] - 1.0).abs() < 1e-4 && power[40] < 1e-10, "{n}");
        }
    }

    #[test]
    fn each_frame_of_a_pair_has_its_own_power() {
        let mut signal = vec![0.0f32; 256];
        for (i, x) in signal.iter_mut().enumerate() {
            let cycles = if i < 128 { 8.0 } else { 20.0 };
            *x = (std::f32::consts::TAU * cycles * i as f32 / 128.0).cos();
        }
        let seen = frames(Stft::new(128, 128), &signal, 256);
        assert_eq!(seen.len(), 2);
        assert!((seen[0].1[8] - 1.0).abs() < 1e-4 && seen[0].1[20] < 1e-10);
        assert!((seen[1].1[20] - 1.0).abs() < 1e-4 && seen[1].1[8] < 1e-10);
    }

    #[test]
    fn a_constant_and_the_nyquist_tone_lie_at_the_ends() {
        let seen = frames(Stft::new(64, 64), &[0.5; 64], 64);
        assert!((seen[0].1[0] - 1.0).abs() < 1e-4 && seen[0].1[32] < 1e-10);
        let nyquist: Vec<f32> = (0..64).map(|i| if i % 2 == 0 { 0.5 } else { -0.5 }).collect();
        let seen = frames(Stft::new(64, 64), &nyquist, 64);
        assert!((seen[0].1[32] - 1.0).abs() < 1e-4 && seen[0].1[0] < 1e-10);
    }

    #[test]
    fn a_fractional_hop_rounds_each_start() {
        let ramp: Vec<f32> = (0..200).map(|n| n as f32).collect();
        let mut stft = Stft::with_window(32, 32, 10.4);
        let mut starts = Vec::new();
        for part in ramp.chunks(7) {
            stft.push(part, |frame| starts.push(frame.samples[0]));
        }
        stft.finish(|frame| starts.push(frame.samples[0]));
        let expected: Vec<f32> = (0..17).map(|n| (f64::from(n) * 10.4).round() as f32).collect();
        assert_eq!(starts, expected);
    }

    #[test]
    fn fewer_samples_than_a_frame_give_none() {
        assert!(frames(Stft::new(256, 128), &[0.0; 255], 255).is_empty());
    }
}
