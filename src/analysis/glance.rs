//! A short look at a clip: what finds it again, and what its file says.

use super::{Outcome, Profile, Settings, detect};
use crate::decode::{Clip, Ended, Input, Source, StreamInfo};
use crate::dsp::resample::StreamResampler;
use crate::error::Result;
use crate::features::{Features, Shape};
use crate::measures::fingerprint::{FINGERPRINT_RATE_HZ, Fingerprint, FingerprintMeasure};
use crate::measures::voice::VOICE_RATE_HZ;

/// What a short look gives.
#[derive(Debug, Clone)]
pub struct Glance {
    /// The file; without the hash of its samples if nothing was decoded.
    pub source: Source,
    /// The stream; what only decoding tells is missing if nothing was decoded.
    pub stream: StreamInfo,
    /// What the file is made of; nothing else is measured.
    pub features: Features,
    /// Every detector, sorted by id; those of the file's structure have looked.
    pub outcomes: Vec<Outcome>,
    /// Words of the whole clip, the same that [`super::analyze`] makes; none if nothing was decoded.
    pub fingerprint: Option<Fingerprint>,
}

/// Takes a short look: decodes and makes the fingerprint for [`Profile::Fast`], reads the file's
/// structure alone for [`Profile::Structure`]. `progress` is told the decoded seconds and the declared
/// ones, if any.
///
/// # Errors
///
/// Any of opening and decoding.
pub fn glance(
    input: &Input,
    settings: &Settings,
    progress: &mut dyn FnMut(f64, Option<f64>),
) -> Result<Glance> {
    let mut clip = Clip::open(input, &settings.open)?;
    if settings.profile == Profile::Structure {
        return Ok(Glance::of(clip.close()?, None, settings));
    }
    let rate = clip.stream().sample_rate_hz;
    let declared_s = clip.stream().declared_duration_s;
    let mut words = Words::new(rate);
    let mut mix = Vec::new();
    while let Some(block) = clip.next_block()? {
        block.mix_down(&mut mix);
        words.push(&mix);
        let done = block.start_frame + block.frames() as u64;
        progress(done as f64 / f64::from(rate), declared_s);
    }
    Ok(Glance::of(clip.finish()?, Some(words.finish()), settings))
}

impl Glance {
    fn of(ended: Ended, fingerprint: Option<Fingerprint>, settings: &Settings) -> Self {
        let Ended { source, stream, quantisation, structure, .. } = ended;
        let (shape, duration_s) = (Shape::of(&stream), stream.duration_s);
        let features =
            Features { shape, duration_s, quantisation, structure, ..Features::default() };
        let outcomes = detect(&features, settings);
        Self { source, stream, features, outcomes, fingerprint }
    }
}

/// The steps by which the full analysis comes from samples to words.
struct Words {
    voice_rate: StreamResampler,
    fingerprint_rate: StreamResampler,
    measure: FingerprintMeasure,
}

impl Words {
    fn new(sample_rate_hz: u32) -> Self {
        Self {
            voice_rate: StreamResampler::new(sample_rate_hz, VOICE_RATE_HZ),
            fingerprint_rate: StreamResampler::new(VOICE_RATE_HZ, FINGERPRINT_RATE_HZ),
            measure: FingerprintMeasure::default(),
        }
    }

    fn push(&mut self, samples: &[f32]) {
        let Self { voice_rate, fingerprint_rate, measure } = self;
        voice_rate.push(samples, |samples| {
            fingerprint_rate.push(samples, |slow| measure.push(slow, |_| {}));
        });
    }

    fn finish(self) -> Fingerprint {
        let Self { voice_rate, mut fingerprint_rate, mut measure } = self;
        voice_rate.finish(|samples| {
            fingerprint_rate.push(samples, |slow| measure.push(slow, |_| {}));
        });
        fingerprint_rate.finish(|slow| measure.push(slow, |_| {}));
        measure.finish(|_| {})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::analyze;

    const CLIP: &str = "fixtures/clean/columbia-118s.flac";

    fn look(profile: Profile) -> Glance {
        let settings = Settings { profile, ..Settings::default() };
        glance(&Input::Path(CLIP.into()), &settings, &mut |_, _| {}).unwrap()
    }

    #[test]
    fn the_words_are_those_of_the_full_analysis() {
        let full =
            analyze(&Input::Path(CLIP.into()), &Settings::default(), &mut |_, _| {}).unwrap();
        let fast = look(Profile::Fast);
        assert_eq!(fast.fingerprint, Some(full.features.fingerprint));
        assert_eq!(fast.source, full.source);
        assert_eq!(fast.stream.duration_s, full.stream.duration_s);
    }

    #[test]
    fn the_structure_is_read_without_decoding() {
        let seen = look(Profile::Structure);
        assert_eq!((seen.source.pcm_sha256, seen.fingerprint), (None, None));
        assert_eq!(seen.stream.declared_duration_s, Some(14.0));
        assert_eq!(seen.source.sha256.len(), 64);
    }
}
