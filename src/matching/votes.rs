//! Places of an archive that words of a window point to.
//!
//! Every posting that a probe meets is a vote for the place at which the window would begin. Votes are
//! counted in cells of eight places; two neighbouring ones hold what a hundredth of speed moves apart over
//! ten seconds.

use super::is_searchable;
use super::probes::{Probe, of_view, patterns};
use super::windows::Window;
use crate::archive::Segment;
use crate::error::Result;

/// Probes of a whole clip in one segment, about.
const PROBES: usize = 4_000_000;

/// Words that are looked up in place of one, at least and at most.
const NEAR_WORDS: (usize, usize) = (6, 128);

/// Share of the buckets that is looked into for a word, at most: what more finds is mostly chance.
const SHARE: usize = 128;

/// Rows of a cell, as a power of two.
const CELL: u32 = 3;

/// Standard deviations above the mean count from which a cell is a place.
const STANDS_OUT: f64 = 2.0;

/// Places that are checked for a window, at most.
const PLACES: usize = 250;

/// Where a window may begin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    pub(super) segment: usize,
    /// Number of the view among the window's.
    pub(super) view: usize,
    /// First of the segment's words at which the view may begin; negative where its start is missing.
    pub(super) first: i64,
    /// Places from there on that are meant.
    pub(super) spread: usize,
    /// Standard deviations of the votes above the mean.
    pub(super) votes: f64,
}

/// The best places of a window, one of `windows` of its clip.
pub(super) fn best_places(
    window: &Window,
    segments: &[Segment],
    windows: usize,
) -> Result<Vec<Place>> {
    let rows: usize = window.views.iter().map(|view| view.rows.rows.len()).sum();
    let room = PROBES / (windows * rows).max(1);
    let all = patterns(room.clamp(NEAR_WORDS.0, NEAR_WORDS.1));
    let mut places = Vec::new();
    for (number, segment) in segments.iter().enumerate().filter(|(_, s)| is_searchable(s)) {
        let few = ((1 << segment.width()) / SHARE).max(NEAR_WORDS.0);
        let patterns = &all[..few.min(all.len())];
        let mut probes = Vec::new();
        for (view, of) in window.views.iter().enumerate() {
            of_view(view, &of.rows, segment.width(), patterns, &mut probes);
        }
        probes.sort_unstable();
        let counts = count(&probes, window, segment)?;
        for (view, counts) in counts.iter().enumerate() {
            let longest = window.views[view].rows.rows.len() as i64;
            let place = |(cell, votes): (usize, f64)| Place {
                segment: number,
                view,
                first: ((cell as i64) << CELL) - longest,
                spread: 2 << CELL,
                votes,
            };
            places.extend(peaks(counts).into_iter().map(place));
        }
        keep_best(&mut places);
    }
    Ok(places)
}

fn keep_best(places: &mut Vec<Place>) {
    places.sort_by(|x, y| y.votes.total_cmp(&x.votes));
    places.truncate(PLACES);
}

/// Votes of each view, in cells of the place at which it would begin; cell 0 is the view's length before
/// the segment's first word.
fn count(probes: &[Probe], window: &Window, segment: &Segment) -> Result<Vec<Vec<u16>>> {
    let lengths: Vec<usize> = window.views.iter().map(|view| view.rows.rows.len()).collect();
    let cells = |length: &usize| vec![0u16; ((segment.words() + length) >> CELL) + 2];
    let mut counts: Vec<Vec<u16>> = lengths.iter().map(cells).collect();
    let mut groups = probes.chunk_by(|x, y| x.bucket() == y.bucket());
    let buckets = groups.clone().filter_map(|group| group.first().map(|probe| probe.bucket()));
    segment.look_up(buckets, |_, postings| {
        for probe in groups.next().unwrap_or_default() {
            let counts = &mut counts[probe.view()];
            let shift = lengths[probe.view()] - probe.row();
            for posting in postings {
                let cell = (*posting as usize + shift) >> CELL;
                if let Some(count) = counts.get_mut(cell) {
                    *count = count.saturating_add(1);
                }
            }
        }
    })?;
    Ok(counts)
}

/// Cells that, with the next one, stand out above all others, and by how much.
fn peaks(counts: &[u16]) -> Vec<(usize, f64)> {
    let pairs: Vec<u32> =
        counts.windows(2).map(|pair| u32::from(pair[0]) + u32::from(pair[1])).collect();
    let n = pairs.len().max(1) as f64;
    let mean = pairs.iter().map(|x| f64::from(*x)).sum::<f64>() / n;
    let variance = pairs.iter().map(|x| (f64::from(*x) - mean).powi(2)).sum::<f64>() / n;
    let deviation = variance.sqrt().max(1.0);
    let is_peak = |i: usize| {
        let before = i.checked_sub(1).map_or(0, |i| pairs[i]);
        pairs[i] >= before && pairs[i] > pairs.get(i + 1).copied().unwrap_or(0)
    };
    let score = |i: usize| (f64::from(pairs[i]) - mean) / deviation;
    let standing = (0..pairs.len()).filter(|&i| score(i) >= STANDS_OUT && is_peak(i));
    standing.map(|i| (i, score(i))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peak_is_named_once() {
        let mut counts = vec![2u16; 400];
        counts[100] = 30;
        counts[101] = 40;
        let peaks = peaks(&counts);
        assert_eq!(peaks.iter().map(|peak| peak.0).collect::<Vec<_>>(), [100]);
        assert!(super::peaks(&[]).is_empty() && super::peaks(&[7; 50]).is_empty());
    }
}
