//! The one pass over a clip's samples: each measure consumes blocks and leaves a compact series.
//!
//! Nothing else sees a single clip's samples. Representations that several measures need (the mean
//! of the channels, its transform, its low-rate copies) are made here once. The mean of the channels
//! is also kept aside, for measures that must look twice at some seconds.

pub mod bits;
pub mod decays;
pub mod fingerprint;
pub mod frames;
pub mod grid;
pub mod hum;
pub mod joints;
pub mod levels;
pub mod loudness;
pub mod overview;
pub mod pauses;
pub mod repeats;
pub mod runs;
pub mod spectrum;
pub mod stereo;
pub mod true_peak;
pub mod voice;

use crate::container::continuity::Bitstream;
use crate::container::quantisation::Quantisation;
use crate::container::structure::Structure;
use crate::decode::{Block, CodecClass, Spool, StreamInfo};
use crate::dsp::resample::StreamResampler;
use crate::dsp::stft::{Frame, Stft};
use crate::error::Result;
use crate::features::{Features, Shape};

use bits::BitUseMeasure;
use decays::DecaysMeasure;
use fingerprint::{FINGERPRINT_RATE_HZ, FingerprintMeasure};
use frames::FramesMeasure;
use grid::{Depth, Grid, GridCodec};
use hum::HumMeasure;
use joints::JointsMeasure;
use levels::LevelsMeasure;
use loudness::LoudnessMeasure;
use overview::OverviewMeasure;
use pauses::PausesMeasure;
use repeats::RepeatsMeasure;
use runs::RunsMeasure;
use spectrum::SpectrumMeasure;
use stereo::StereoMeasure;
use true_peak::TruePeakMeasure;
use voice::{VOICE_RATE_HZ, VoiceMeasure};

/// Longest stretch kept for a second look, in seconds: 1.3 GB of temporary file at 44.1 kHz.
pub const SECOND_LOOK_S: f64 = 4.0 * 3600.0;

/// Every measure, fed block by block.
pub struct Measures {
    shape: Shape,
    frames: u64,
    levels: LevelsMeasure,
    true_peak: TruePeakMeasure,
    runs: RunsMeasure,
    bits: Option<BitUseMeasure>,
    loudness: LoudnessMeasure,
    stereo: StereoMeasure,
    mix: Vec<f32>,
    aside: Spool,
    stft: Stft,
    by_frame: ByFrame,
    voice_rate: StreamResampler,
    fingerprint_rate: StreamResampler,
    low_rate: LowRate,
}

/// Measures that take the shared transform.
struct ByFrame {
    spectrum: SpectrumMeasure,
    frames: FramesMeasure,
    joints: JointsMeasure,
    overview: OverviewMeasure,
    pauses: PausesMeasure,
}

impl ByFrame {
    fn push(&mut self, frame: &Frame) {
        self.spectrum.push(frame);
        self.frames.push(frame);
        self.joints.push(frame);
        self.overview.push_frame(frame);
        self.pauses.push(frame);
    }
}

/// Measures that take low-rate mono samples.
struct LowRate {
    voice: VoiceMeasure,
    decays: DecaysMeasure,
    fingerprint: FingerprintMeasure,
    repeats: RepeatsMeasure,
    hum: HumMeasure,
}

impl Default for LowRate {
    fn default() -> Self {
        Self {
            voice: VoiceMeasure::default(),
            decays: DecaysMeasure::default(),
            fingerprint: FingerprintMeasure::default(),
            repeats: RepeatsMeasure::default(),
            hum: HumMeasure::new(FINGERPRINT_RATE_HZ),
        }
    }
}

impl LowRate {
    /// Adds samples at [`FINGERPRINT_RATE_HZ`].
    fn push_slow(&mut self, samples: &[f32]) {
        self.hum.push(samples);
        let Self { fingerprint, repeats, .. } = self;
        fingerprint.push(samples, |differences| repeats.push(differences));
    }
}

impl Measures {
    /// Measures for a clip of this shape.
    #[must_use]
    pub fn new(shape: Shape) -> Self {
        let rate = shape.sample_rate_hz;
        let channels = usize::from(shape.channels);
        let n_fft = frame_length(rate);
        let hop = n_fft / 2;
        let integer_bits = shape.bits_per_sample.filter(|b| shape.lossless && (2..=24).contains(b));
        Self {
            frames: 0,
            levels: LevelsMeasure::new(rate, channels),
            true_peak: TruePeakMeasure::new(channels),
            runs: RunsMeasure::new(rate, channels),
            bits: integer_bits.map(|bits| BitUseMeasure::new(rate, bits)),
            loudness: LoudnessMeasure::new(rate, channels),
            stereo: StereoMeasure::new(rate),
            mix: Vec::new(),
            aside: Spool::default(),
            stft: Stft::new(n_fft, hop),
            by_frame: ByFrame {
                spectrum: SpectrumMeasure::new(rate, n_fft / 2 + 1, hop),
                frames: FramesMeasure::new(rate, n_fft, hop),
                joints: JointsMeasure::new(rate, n_fft),
                overview: OverviewMeasure::new(n_fft / 2 + 1),
                pauses: PausesMeasure::new(rate, n_fft / 2 + 1, hop),
            },
            voice_rate: StreamResampler::new(rate, VOICE_RATE_HZ),
            fingerprint_rate: StreamResampler::new(VOICE_RATE_HZ, FINGERPRINT_RATE_HZ),
            low_rate: LowRate::default(),
            shape,
        }
    }

    /// Adds a block; its channel count is the shape's.
    ///
    /// # Errors
    ///
    /// [`crate::error::Error::Write`] if the temporary file takes no more.
    pub fn push(&mut self, block: &Block) -> Result<()> {
        self.frames += block.frames() as u64;
        self.levels.push(block);
        self.true_peak.push(block);
        self.runs.push(block);
        if let Some(bits) = &mut self.bits {
            bits.push(block);
        }
        self.loudness.push(block);
        self.stereo.push(block);

        block.mix_down(&mut self.mix);
        let limit = SECOND_LOOK_S * f64::from(self.shape.sample_rate_hz);
        if ((self.aside.len() + self.mix.len() as u64) as f64) < limit {
            self.aside.push(&self.mix)?;
        }
        let Self { mix, stft, by_frame, voice_rate, fingerprint_rate, low_rate, .. } = self;
        by_frame.overview.push_samples(mix);
        stft.push(mix, |frame| by_frame.push(frame));
        voice_rate.push(mix, |samples| {
            low_rate.voice.push(samples);
            low_rate.decays.push(samples);
            fingerprint_rate.push(samples, |slow| low_rate.push_slow(slow));
        });
        by_frame.pauses.judge(low_rate.voice.so_far());
        Ok(())
    }

    /// Everything measured, second looks included. `stream` tells the last encoding.
    ///
    /// # Errors
    ///
    /// [`crate::error::Error::Write`] if the temporary file cannot be read again.
    pub fn finish(self, stream: &StreamInfo, depth: Depth) -> Result<Features> {
        let Self {
            voice_rate, mut fingerprint_rate, mut low_rate, mut by_frame, mut aside, ..
        } = self;
        self.stft.finish(|frame| by_frame.push(frame));
        voice_rate.finish(|samples| {
            low_rate.voice.push(samples);
            low_rate.decays.push(samples);
            fingerprint_rate.push(samples, |slow| low_rate.push_slow(slow));
        });
        fingerprint_rate.finish(|slow| low_rate.push_slow(slow));
        by_frame.pauses.judge(low_rate.voice.so_far());
        let (bands, descriptors) = by_frame.frames.finish();
        let spectrum = by_frame.spectrum.finish();
        let rate = self.shape.sample_rate_hz;
        let top_hz = spectrum.cutoff.map_or(f64::from(rate) / 2.0, |cutoff| f64::from(cutoff.hz));
        let own = GridCodec::of_stream(&stream.codec);
        let grid = match CodecClass::of(stream) {
            // These rewrite the waveform: nothing is left of earlier frames.
            CodecClass::Speech => Grid::default(),
            _ => grid::measure(&mut aside, rate, top_hz, own, depth)?,
        };
        let LowRate { voice, decays, fingerprint, mut repeats, hum } = low_rate;
        let fingerprint = fingerprint.finish(|differences| repeats.push(differences));
        let hum = hum.finish()?;
        let repeats = repeats.finish(&mut aside, self.shape.sample_rate_hz)?;
        Ok(Features {
            duration_s: self.frames as f64 / f64::from(self.shape.sample_rate_hz),
            shape: self.shape,
            levels: self.levels.finish(),
            true_peak: self.true_peak.finish(),
            runs: self.runs.finish(),
            bits: self.bits.map(BitUseMeasure::finish).unwrap_or_default(),
            loudness: self.loudness.finish(),
            stereo: self.stereo.finish(),
            spectrum,
            bands,
            descriptors,
            joints: by_frame.joints.finish(),
            grid,
            decays: decays.finish(),
            voice: voice.finish(),
            fingerprint,
            repeats,
            hum,
            overview: by_frame.overview.finish(),
            pauses: by_frame.pauses.finish(),
            bitstream: Bitstream::default(),
            quantisation: Quantisation::default(),
            structure: Structure::default(),
        })
    }
}

/// Transform length at this rate: the power of two next above 20 ms.
#[must_use]
pub fn frame_length(sample_rate_hz: u32) -> usize {
    (sample_rate_hz as usize / 50).next_power_of_two().max(64)
}
