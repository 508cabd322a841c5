//! Places of an archive that words of a window point to.
//!
//! Every posting that a probe meets is a vote for the place at which the window would begin. Votes are
//! counted in cells of eight places; two neighbouring ones hold what a hundredth of speed moves apart over
//! ten seconds. A segment has millions of cells, most of them without a vote: cells are first counted folded
//! into as many as fit in a cache, then one by one where the folded ones stand out.

use super::is_searchable;
use super::looks::Look;
use super::probes::{Probe, of_view, patterns};
use super::windows::View;
use crate::archive::Segment;
use crate::error::Result;

/// Share of the buckets that is looked into for a word, at most: what more finds is mostly chance.
const SHARE: usize = 128;

/// Rows of a cell, as a power of two.
const CELL: u32 = 3;

/// Cells that are counted at first, at least and at most: 256 kB, as caches of one core have, and 16 MB.
const FOLDED: (usize, usize) = (1 << 16, 1 << 22);

/// Standard deviations above the mean count from which a cell is a place.
const STANDS_OUT: f64 = 2.0;

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

/// The best places that a look points to, of a window with these views.
pub(super) fn best_places(views: &[View], look: &Look, segments: &[Segment]) -> Result<Vec<Place>> {
    let all = patterns(look.near_words);
    let mut places = Vec::new();
    for (number, segment) in segments.iter().enumerate().filter(|(_, s)| is_searchable(s)) {
        let few = ((1 << segment.width()) / SHARE).max(1);
        let patterns = &all[..few.min(all.len())];
        let mut probes = Vec::new();
        for view in look.views.clone() {
            let rows = &views[view].rows;
            of_view(view, rows, segment.width(), patterns, &mut probes);
        }
        probes.sort_unstable();
        let votes = votes(&probes, views, segment)?;
        // What is worse than all that are kept need not be looked at.
        let least = places.get(look.places - 1).map_or(STANDS_OUT, |place: &Place| place.votes);
        for view in look.views.clone() {
            let longest = views[view].rows.rows.len() as i64;
            let all = ((segment.words() + longest as usize) >> CELL) + 2;
            let place = |(cell, votes): (usize, f64)| Place {
                segment: number,
                view,
                first: ((cell as i64) << CELL) - longest,
                spread: 2 << CELL,
                votes,
            };
            places.extend(peaks(&votes[view], all, least).into_iter().map(place));
        }
        places.sort_by(|x, y| y.votes.total_cmp(&x.votes));
        places.truncate(look.places);
    }
    Ok(places)
}

/// For each view the cell of each of its votes: cells of the place at which the view would begin, cell 0 is
/// the view's length before the segment's first word.
fn votes(probes: &[Probe], views: &[View], segment: &Segment) -> Result<Vec<Vec<u32>>> {
    let lengths: Vec<usize> = views.iter().map(|view| view.rows.rows.len()).collect();
    let mut votes = vec![Vec::new(); lengths.len()];
    let mut groups = probes.chunk_by(|x, y| x.bucket() == y.bucket());
    let buckets: Vec<usize> =
        groups.clone().filter_map(|group| Some(group.first()?.bucket())).collect();
    segment.look_up(&buckets, |postings| {
        for probe in groups.next().unwrap_or_default() {
            let shift = lengths[probe.view()] - probe.row();
            let in_segment = postings.iter().filter(|word| (**word as usize) < segment.words());
            let cell = |word: &u32| ((*word as usize + shift) >> CELL) as u32;
            votes[probe.view()].extend(in_segment.map(cell));
        }
    })?;
    Ok(votes)
}

/// Of `all` cells those that, with the next one, stand out above all others, and by how much: by at least
/// `least`. `votes` names the cell of each vote.
fn peaks(votes: &[u32], all: usize, least: f64) -> Vec<(usize, f64)> {
    let room = votes.len().next_power_of_two().clamp(FOLDED.0, FOLDED.1);
    let mut folded = vec![0u32; all.min(room)];
    votes.iter().for_each(|cell| folded[*cell as usize % room] += 1);
    let next = |i: usize| if i + 1 == folded.len() { 0 } else { i + 1 };
    let pairs = (0..folded.len()).map(|i| folded[i] + folded[next(i)]);
    let n = folded.len().max(1) as f64;
    let mean = pairs.clone().map(f64::from).sum::<f64>() / n;
    let variance = pairs.clone().map(|x| (f64::from(x) - mean).powi(2)).sum::<f64>() / n;
    let standing = |x: u32, mean: f64, variance: f64, least: f64| {
        let score = (f64::from(x) - mean) / variance.sqrt().max(1.0);
        (score >= least).then_some(score)
    };
    // What stands out, with a cell on either side.
    let mut kept = vec![false; folded.len()];
    for (i, _) in
        pairs.enumerate().filter(|(_, x)| standing(*x, mean, variance, STANDS_OUT).is_some())
    {
        let before = i.checked_sub(1).unwrap_or(folded.len() - 1);
        [before, i, next(i), next(next(i))].into_iter().for_each(|cell| kept[cell] = true);
    }
    let mut cells: Vec<u32> =
        votes.iter().copied().filter(|cell| kept[*cell as usize % room]).collect();
    cells.sort_unstable();
    let counts: Vec<(u32, u32)> =
        cells.chunk_by(u32::eq).map(|same| (same[0], same.len() as u32)).collect();
    let at = |i: usize, cell: u32| {
        counts.get(i).filter(|(known, _)| *known == cell).map_or(0, |(_, count)| *count)
    };
    let share = n / all.max(1) as f64;
    let peak = |(i, (cell, count)): (usize, &(u32, u32))| {
        let before = i.checked_sub(1).map_or(0, |i| at(i, cell - 1));
        let next = at(i + 1, cell + 1);
        let after = at(i + 1, cell + 2) + at(i + 2, cell + 2);
        let score = standing(count + next, share * mean, share * variance, least)?;
        (next >= before && *count > after).then_some((*cell as usize, score))
    };
    counts.iter().enumerate().filter_map(peak).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peak_is_named_once() {
        for (all, at) in [(400, 100), (400, 0), (10 * FOLDED.0, 100), (10 * FOLDED.0, 7 * FOLDED.0)]
        {
            let mut votes: Vec<u32> = (0..all as u32).flat_map(|cell| [cell; 2]).collect();
            votes.extend([at as u32; 28]);
            votes.extend([at as u32 + 1; 38]);
            let peaks = peaks(&votes, all, STANDS_OUT);
            assert_eq!(peaks.iter().map(|peak| peak.0).collect::<Vec<_>>(), [at], "{all}");
        }
        assert!(peaks(&[], 0, STANDS_OUT).is_empty() && peaks(&[3; 1], 50, STANDS_OUT).is_empty());
    }

    #[test]
    fn evenly_spread_votes_have_no_peak() {
        let votes: Vec<u32> = (0..50).flat_map(|cell| [cell; 7]).collect();
        assert!(peaks(&votes, 50, STANDS_OUT).is_empty());
    }
}
