//! Signal processing that knows nothing of forensics.

pub mod bands;
pub mod half_band;
pub mod hybrid;
pub mod kernels;
pub mod lpc;
pub mod mdct;
pub mod moments;
pub mod resample;
pub mod sinc;
pub mod speech_bands;
pub mod stats;
pub mod stft;
#[cfg(test)]
pub(crate) mod test_noise;
