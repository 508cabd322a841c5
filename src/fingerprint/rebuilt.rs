//! Rows from words alone: what an archive keeps of a recording, made comparable again.

use super::gradients::{Gradients, Row, quietness, weight};
use crate::measures::fingerprint::Fingerprint;

/// Size that every gain is taken to have, since a word keeps its sign alone: 1.5 dB, as in
/// [`Gradients::rows`].
const SIZE: f32 = 32.0;

impl Gradients {
    /// Rows whose signs are the words' bits. Rows in which nothing changes are zero.
    #[must_use]
    pub fn of_words(fingerprint: &Fingerprint) -> Self {
        let (depths, steady) = fingerprint.depths_and_still();
        let (quiet, floor) = quietness(&depths);
        let row = |((word, still), quiet): ((&u32, &bool), &u8)| -> Row {
            // A row has one size, so that it is weighted once.
            let size = if *still { 0 } else { (SIZE * weight(*quiet)).round() as i8 };
            std::array::from_fn(|m| if word >> m & 1 == 1 { size } else { -size })
        };
        let rows = fingerprint.words.iter().zip(&steady).zip(&quiet).map(row).collect();
        Self { rows, depths, quiet, floor, steady }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_noise::noise;
    use crate::fingerprint::{GradientMeasure, Warp, search};
    use crate::measures::fingerprint::FingerprintMeasure;

    fn words(samples: &[f32]) -> Fingerprint {
        let mut measure = FingerprintMeasure::default();
        measure.push(samples, |_| {});
        measure.finish(|_| {})
    }

    #[test]
    fn a_stretch_is_found_in_rows_made_from_words() {
        let source = noise(160_000, 3);
        let rebuilt = Gradients::of_words(&words(&source));
        let clip = GradientMeasure::of(&source[64_000..96_000], Warp::NONE);
        assert_eq!(rebuilt.depths, GradientMeasure::of(&source, Warp::NONE).depths);
        let hits = search(&rebuilt, &[&clip.rows]).remove(0);
        assert_eq!(hits[0].row, 500);
        assert!(hits[0].score > 15.0, "{:?}", hits[0]);
    }

    #[test]
    fn silence_and_tones_have_rows_of_zeros() {
        let tone: Vec<f32> = (0..16_000).map(|n| 0.5 * (n as f32 * 0.7).sin()).collect();
        for still in [vec![0.0; 16_000], tone] {
            let rebuilt = Gradients::of_words(&words(&still));
            assert!(!rebuilt.rows.is_empty() && rebuilt.rows.iter().all(|row| *row == [0; 32]));
        }
        assert_eq!(Gradients::of_words(&Fingerprint::default()).rows.len(), 0);
    }
}
