//! Detectors, one file each, and their registry.

mod background_insertion;
mod bandwidth_step;
mod breaks;
mod chained_streams;
mod checksum_mismatch;
mod clip_level_step;
mod clipping;
mod concatenated_frames;
mod constant_run;
mod content_credentials;
mod copy_move;
mod dc_offset_step;
mod digital_silence;
mod editor_trace;
mod effective_bit_depth;
mod encoder_signature;
mod extension_mismatch;
mod false_stereo;
mod frame_grid_shift;
mod gain_comb;
mod hidden_stream;
mod hum_discontinuity;
mod level_step;
mod mains_hum;
mod noise_floor_step;
mod oddities;
mod peaks;
mod reverberation_break;
mod start_stop_cut;
mod stream_mismatch;
mod timestamp_inconsistency;
mod trailing_data;
mod waveform_discontinuity;
mod windows;

/// What every detector file needs.
mod prelude {
    pub(super) use super::peaks;
    pub(super) use crate::detector::{Descriptor, Detector, Family, Requirement, module_head};
    pub(super) use crate::dsp::stats;
    pub(super) use crate::features::Features;
    pub(super) use crate::finding::{Evidence, Finding};
    pub(super) use crate::units::{TimeSpan, amplitude_to_db, power_to_db};
}

use crate::detector::Detector;

/// Every detector, sorted by id.
pub static DETECTORS: &[&dyn Detector] = &[
    &background_insertion::BackgroundInsertion,
    &bandwidth_step::BandwidthStep,
    &chained_streams::ChainedStreams,
    &checksum_mismatch::ChecksumMismatch,
    &clip_level_step::ClipLevelStep,
    &clipping::Clipping,
    &concatenated_frames::ConcatenatedFrames,
    &constant_run::ConstantRun,
    &content_credentials::ContentCredentials,
    &copy_move::CopyMove,
    &dc_offset_step::DcOffsetStep,
    &digital_silence::DigitalSilence,
    &editor_trace::EditorTrace,
    &effective_bit_depth::EffectiveBitDepth,
    &encoder_signature::EncoderSignature,
    &extension_mismatch::ExtensionMismatch,
    &false_stereo::FalseStereo,
    &frame_grid_shift::FrameGridShift,
    &gain_comb::GainComb,
    &hidden_stream::HiddenStream,
    &hum_discontinuity::HumDiscontinuity,
    &level_step::LevelStep,
    &mains_hum::MainsHum,
    &noise_floor_step::NoiseFloorStep,
    &reverberation_break::ReverberationBreak,
    &start_stop_cut::StartStopCut,
    &stream_mismatch::StreamMismatch,
    &timestamp_inconsistency::TimestampInconsistency,
    &trailing_data::TrailingData,
    &waveform_discontinuity::WaveformDiscontinuity,
];

/// The detector with this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static dyn Detector> {
    DETECTORS.iter().copied().find(|detector| detector.descriptor().id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::module_text;

    const HEADINGS: [&str; 4] = ["# What it looks for", "# Score", "# Blind to", "# References"];

    #[test]
    fn ids_are_sorted_and_unique() {
        let ids: Vec<_> = DETECTORS.iter().map(|d| d.descriptor().id).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{ids:?}");
    }

    #[test]
    fn every_detector_explains_itself() {
        for detector in DETECTORS {
            let descriptor = detector.descriptor();
            let text = module_text(descriptor.source);
            let places: Vec<_> = HEADINGS.iter().map(|h| text.find(h)).collect();
            assert!(places.iter().all(Option::is_some), "{}", descriptor.id);
            assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "{}", descriptor.id);
            assert!(!descriptor.references.is_empty() && descriptor.reports_from > 0.0);
        }
    }
}
