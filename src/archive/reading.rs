//! A recording on its way into an archive.

use super::clips::ArchivedClip;
use crate::comparison::mono::{Heard, MonoSink, hear};
use crate::decode::{Input, OpenOptions, Source};
use crate::error::{Error, Result};
use crate::measures::fingerprint::{Fingerprint, FingerprintMeasure};

/// What an archive keeps of a recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    pub(super) clip: ArchivedClip,
    pub(super) fingerprint: Fingerprint,
}

impl Words {
    /// From what was measured of a file. Relative paths are made whole, since an archive is read from
    /// anywhere.
    ///
    /// # Errors
    ///
    /// [`Error::NoAudio`] for less than 192 ms, which have no word.
    pub fn new(source: &Source, duration_s: f64, fingerprint: &Fingerprint) -> Result<Self> {
        let whole = std::path::absolute(&source.path);
        let path = whole.map_or_else(|_| source.path.clone(), |p| p.to_string_lossy().into_owned());
        let count = u32::try_from(fingerprint.words.len());
        let count = count.map_err(|_| Error::Limit { what: "over two years of sound".into() })?;
        if count == 0 {
            return Err(Error::NoAudio { what: format!("{duration_s:.3} s are too short") });
        }
        let clip = ArchivedClip::new(source, path, duration_s, count)
            .ok_or_else(|| Error::NoAudio { what: "the samples have no hash".into() })?;
        Ok(Self { clip, fingerprint: fingerprint.clone() })
    }

    /// The words themselves.
    #[must_use]
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// Decodes a file. `progress` is told the decoded seconds and the declared ones, if any.
    ///
    /// # Errors
    ///
    /// Any of opening and decoding; [`Error::NoAudio`] for less than 192 ms.
    pub fn read(
        input: &Input,
        options: &OpenOptions,
        progress: &mut dyn FnMut(f64, Option<f64>),
    ) -> Result<Self> {
        let Heard { source, stream, sink } = hear::<Listener>(input, options, progress)?;
        Self::new(&source, stream.duration_s, &sink.0.finish(|_| {}))
    }
}

#[derive(Default)]
struct Listener(FingerprintMeasure);

impl MonoSink for Listener {
    fn push(&mut self, samples: &[f32]) {
        self.0.push(samples, |_| {});
    }
}
