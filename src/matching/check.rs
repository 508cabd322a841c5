//! How well rows agree where votes point to.

use std::collections::BTreeMap;

use super::probes::says;
use super::votes::Place;
use crate::align::{INDEPENDENT, correlation};
use crate::archive::Segment;
use crate::error::Result;
use crate::fingerprint::Gradients;

/// Rows of a part that is placed by itself: 1.6 s, over which speeds between those tried stay together.
const PART: usize = 100;

/// Variance of the correlation of strangers' rows, about.
const VARIANCE: f64 = 0.04;

/// Clips of a segment that lie at a place, each with the standard deviations by which its rows agree with
/// those of the view above strangers'.
pub(super) fn agreement(
    view: &Gradients,
    place: &Place,
    segment: &Segment,
) -> Result<BTreeMap<usize, f64>> {
    let missing = (-place.first).max(0) as usize;
    let start = place.first.max(0) as usize;
    let end = (place.first + (view.rows.len() + place.spread) as i64).max(0) as usize;
    let rows = Gradients::of_words(&segment.fingerprint(start..end)?).rows;
    let mut sums: BTreeMap<usize, (f64, usize)> = BTreeMap::new();
    for (n, part) in view.rows.chunks(PART).enumerate() {
        let from = n * PART;
        let saying: Vec<usize> = (0..part.len()).filter(|i| says(view, from + i)).collect();
        let at = |shift: usize| -> f64 {
            let pairs = saying.iter().filter_map(|i| {
                let other = (from + i + shift).checked_sub(missing)?;
                Some(correlation(&part[*i], rows.get(other)?))
            });
            pairs.sum()
        };
        let best = (0..=place.spread).map(at).fold(f64::NEG_INFINITY, f64::max);
        let middle = place.first + (from + part.len() / 2 + place.spread / 2) as i64;
        let clip = usize::try_from(middle).ok().and_then(|word| segment.clip_of(word));
        if let Some(clip) = clip {
            let sum = sums.entry(clip).or_default();
            sum.0 += best;
            sum.1 += saying.len();
        }
    }
    let score =
        |(sum, rows): (f64, usize)| sum * (INDEPENDENT / (VARIANCE * rows.max(1) as f64)).sqrt();
    Ok(sums.into_iter().map(|(clip, sum)| (clip, score(sum))).collect())
}
