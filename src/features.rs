//! Everything measured in a clip: all that a detector may look at.

use crate::container::continuity::Bitstream;
use crate::container::quantisation::Quantisation;
use crate::container::structure::Structure;
use crate::decode::StreamInfo;
use crate::measures::bits::BitUse;
use crate::measures::decays::Decays;
use crate::measures::fingerprint::Fingerprint;
use crate::measures::frames::{BandLevels, Descriptors};
use crate::measures::grid::Grid;
use crate::measures::hum::MainsHum;
use crate::measures::joints::Joints;
use crate::measures::levels::Levels;
use crate::measures::loudness::Loudness;
use crate::measures::overview::ClipOverview;
use crate::measures::pauses::PauseSpectrum;
use crate::measures::repeats::Repeats;
use crate::measures::runs::Runs;
use crate::measures::spectrum::SpectrumUse;
use crate::measures::stereo::Stereo;
use crate::measures::voice::Voice;

/// What kind of samples a clip has.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shape {
    /// Sample rate in Hz.
    pub sample_rate_hz: u32,
    /// Channels.
    pub channels: u16,
    /// Whether decoding gave back what the encoder was given.
    pub lossless: bool,
    /// Bits of a stored sample, for codecs with a fixed width.
    pub bits_per_sample: Option<u16>,
}

impl Shape {
    /// The samples of a stream.
    #[must_use]
    pub fn of(stream: &StreamInfo) -> Self {
        Self {
            sample_rate_hz: stream.sample_rate_hz,
            channels: stream.channels,
            lossless: stream.lossless,
            bits_per_sample: stream.bits_per_sample,
        }
    }
}

/// Series over a clip; about 11 MB for an hour at 44.1 kHz.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Features {
    /// Kind of samples.
    pub shape: Shape,
    /// Examined duration in seconds.
    pub duration_s: f64,
    /// Level, peak and DC offset.
    pub levels: Levels,
    /// True peak, full scale being 1.
    pub true_peak: f32,
    /// Runs of equal samples.
    pub runs: Runs,
    /// Bits and codes in use; empty for lossy sources.
    pub bits: BitUse,
    /// Loudness.
    pub loudness: Loudness,
    /// Relation of two channels; empty unless there are two.
    pub stereo: Stereo,
    /// Average spectrum and its upper end.
    pub spectrum: SpectrumUse,
    /// Level of bands, frame by frame.
    pub bands: BandLevels,
    /// Spectral descriptors.
    pub descriptors: Descriptors,
    /// Two-sided prediction.
    pub joints: Joints,
    /// Places where sound dies away fast.
    pub decays: Decays,
    /// Voice activity.
    pub voice: Voice,
    /// Fingerprint words.
    pub fingerprint: Fingerprint,
    /// Mains hum, if there is any.
    pub hum: Option<MainsHum>,
    /// Sounds that occur twice.
    pub repeats: Repeats,
    /// Background in pauses.
    pub pauses: PauseSpectrum,
    /// Frame grids of earlier encodings.
    pub grid: Grid,
    /// How the coded stream goes on; filled in by decoding, not by a measure.
    pub bitstream: Bitstream,
    /// How the stream's encoder quantised, of the whole file; filled in by decoding, not by a measure.
    pub quantisation: Quantisation,
    /// What the file is made of; filled in by decoding, not by a measure.
    pub structure: Structure,
    /// Pictures for people.
    pub overview: ClipOverview,
}
