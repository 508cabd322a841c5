//! Sounds that occur twice in a clip, sample for sample.
//!
//! Rows of the speech bands find places that may sound alike; the samples that were kept aside then
//! say whether they are one and the same sound. People never say a word twice in the same way to the
//! sample, over the same background.

mod candidates;
mod rows;
mod stretch;
mod verify;
mod whitened;

use std::collections::HashMap;

use candidates::candidates;
use rows::{Row, Rows};
use stretch::{SEED, Stretch};
use verify::Verifier;

use crate::decode::Spool;
use crate::dsp::speech_bands::DIFFERENCES;
use crate::error::Result;

/// Candidates that are verified per hour of a clip.
const VERIFIED_PER_HOUR: f64 = 1200.0;

/// Candidates that are verified at least.
const VERIFIED_AT_LEAST: usize = 100;

/// Rows by which distances may differ for two candidates to be of one repeat.
const SAME_DISTANCE: u32 = 2;

/// One sound at two places.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Repeat {
    /// Start of the earlier place, in seconds.
    pub earlier_s: f64,
    /// Start of the later place, in seconds.
    pub later_s: f64,
    /// Length of both, in seconds.
    pub length_s: f64,
    /// Whitened correlation between them, 0..=1.
    pub correlation: f64,
    /// The highest whitened correlation at another lag nearby.
    pub competing: f64,
    /// Correlation over the spread of the correlation at other lags nearby.
    pub contrast: f64,
    /// Other pairs, at other distances, that share one of the two places: a sound that occurs three
    /// times has 2, one that occurs four times 4.
    pub recurrences: usize,
}

/// Repeats of a clip.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Repeats {
    /// Pairs of places, sorted by the later one.
    pub pairs: Vec<Repeat>,
}

/// Measures [`Repeats`] from the spectra of speech bands and a second look at the samples.
#[derive(Default)]
pub struct RepeatsMeasure {
    rows: Rows,
}

impl RepeatsMeasure {
    /// Adds a frame by the differences of its neighbouring bands, in log2 energy.
    pub fn push(&mut self, differences: &[f32; DIFFERENCES]) {
        self.rows.push(differences);
    }

    /// The repeats, with the samples of the clip at `rate_hz`.
    ///
    /// # Errors
    ///
    /// [`crate::error::Error::Write`] if the temporary file cannot be read again.
    pub fn finish(self, aside: &mut Spool, rate_hz: u32) -> Result<Repeats> {
        let rows = self.rows.centred();
        let hours = rows.len() as f64 * rows::ROW_S / 3600.0;
        let budget = ((VERIFIED_PER_HOUR * hours) as usize).max(VERIFIED_AT_LEAST);
        let mut pairs = verified(&rows, aside, rate_hz, budget)?;
        pairs.sort_by(|a, b| a.later_s.total_cmp(&b.later_s));
        count_recurrences(&mut pairs);
        Ok(Repeats { pairs })
    }
}

/// Distances that differ by less are of one repeat, in seconds.
const ONE_DISTANCE_S: f64 = 0.02;

/// Fills in [`Repeat::recurrences`].
fn count_recurrences(pairs: &mut [Repeat]) {
    let overlap = |a_s: f64, a: &Repeat, b_s: f64, b: &Repeat| {
        (a_s + a.length_s).min(b_s + b.length_s) - a_s.max(b_s) > 0.5 * a.length_s.min(b.length_s)
    };
    let related = |a: &Repeat, b: &Repeat| {
        let distance = |pair: &Repeat| pair.later_s - pair.earlier_s;
        let places = [a.earlier_s, a.later_s];
        (distance(a) - distance(b)).abs() > ONE_DISTANCE_S
            && places.iter().any(|s| overlap(*s, a, b.earlier_s, b) || overlap(*s, a, b.later_s, b))
    };
    let counts: Vec<usize> =
        pairs.iter().map(|a| pairs.iter().filter(|b| related(a, b)).count()).collect();
    pairs.iter_mut().zip(counts).for_each(|(pair, count)| pair.recurrences = count);
}

/// Candidates that are repeats, each stretch looked at once and the most telling first.
fn verified(rows: &[Row], aside: &mut Spool, rate_hz: u32, budget: usize) -> Result<Vec<Repeat>> {
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut latest: HashMap<u32, usize> = HashMap::new();
    let mut found = candidates(rows);
    found.sort_by_key(|candidate| (candidate.row, candidate.distance));
    for candidate in found {
        let near = candidate.distance - SAME_DISTANCE..=candidate.distance + SAME_DISTANCE;
        let known = near
            .filter_map(|distance| latest.get(&distance))
            .any(|&index| stretches[index].end > candidate.row as usize + SEED);
        if !known {
            latest.insert(candidate.distance, stretches.len());
            stretches.push(Stretch::around(rows, &candidate));
        }
    }
    stretches.sort_by(|a, b| {
        b.weight.total_cmp(&a.weight).then((a.first, a.distance).cmp(&(b.first, b.distance)))
    });
    let mut pairs = Vec::new();
    let mut verifier = Verifier::new(aside, rate_hz);
    for stretch in stretches.iter().take(budget) {
        pairs.extend(verifier.verify(stretch)?);
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::speech_bands::SpeechBands;
    use crate::dsp::stft::Stft;
    use crate::dsp::test_noise::noise;

    /// Repeats of a sound at 8 kHz.
    fn repeats(samples: &[f32]) -> Vec<Repeat> {
        let mut spool = Spool::default();
        spool.push(samples).unwrap();
        let bands = SpeechBands::new(1.0);
        let mut measure = RepeatsMeasure::default();
        let mut stft = Stft::with_window(1024, 512, 128.0);
        stft.push(samples, |frame| measure.push(&bands.differences(frame.power)));
        stft.finish(|frame| measure.push(&bands.differences(frame.power)));
        measure.finish(&mut spool, 8000).unwrap().pairs
    }

    #[test]
    fn a_pasted_piece_is_found_with_its_ends() {
        let mut sound = noise(160_000, 5);
        sound.copy_within(30_000..34_001, 100_003);
        let pairs = repeats(&sound);
        assert_eq!(pairs.len(), 1, "{pairs:?}");
        let pair = pairs[0];
        assert!((pair.earlier_s - 30_000.0 / 8000.0).abs() < 0.01, "{pair:?}");
        assert!((pair.later_s - 100_003.0 / 8000.0).abs() < 0.01, "{pair:?}");
        assert!((pair.length_s - 0.5).abs() < 0.02 && pair.correlation > 0.9, "{pair:?}");
        assert_eq!(pair.recurrences, 0);
    }

    #[test]
    fn strangers_tones_and_silence_have_none() {
        assert_eq!(repeats(&noise(160_000, 6)), []);
        assert_eq!(repeats(&[0.0; 80_000]), []);
        assert_eq!(repeats(&[]), []);
        let tone = |n: usize| (0.3 * (std::f64::consts::TAU * 0.1234 * n as f64).sin()) as f32;
        // A tone repeats at many lags, which tells it from a copy.
        let tones = repeats(&(0..80_000).map(tone).collect::<Vec<_>>());
        assert!(tones.iter().all(|pair| pair.recurrences >= 4), "{tones:?}");
    }

    #[test]
    fn a_loop_recurs() {
        let one = noise(8000, 7);
        let pairs = repeats(&one.repeat(12));
        assert!(pairs.iter().all(|pair| pair.recurrences >= 4), "{pairs:?}");
    }
}
