//! The third of the program's tasks: from which archived recording a clip comes.
//!
//! Words of the clip, at several speeds and with their weakest bits turned, are looked up in the
//! archive's index, and every posting votes for a recording and a place in it. Rows at the best places
//! are then held against the clip's own, and the recordings that still agree go through what `compare`
//! does, on rows rebuilt from their words.

mod check;
mod looks;
mod probes;
mod votes;
mod windows;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::archive::{Archive, ArchivedClip, Segment};
use crate::comparison::{Comparison, Recording, Usable, compare_with_rows};
use crate::error::Result;
use crate::fingerprint::{Gradients, Warp};
use windows::View;

/// Standard deviations above strangers from which a recording is named.
pub const THRESHOLD: f64 = crate::comparison::THRESHOLD;

/// Recordings that are compared with the clip, at least.
const COMPARED: usize = 10;

/// Score of the check of places from which a recording is compared at all.
const WORTH_COMPARING: f64 = 7.0;

/// Score of the check of places from which a recording is taken to be found.
pub const CERTAIN: f64 = 25.0;

/// Warps of one recording that are looked into.
const WARPS: usize = 3;

/// How much is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MatchSettings {
    /// Recordings that are named, at most.
    pub top: usize,
    /// Least score of one that is named; below [`THRESHOLD`] strangers are.
    pub min_score: f64,
    /// How far is looked.
    pub effort: Effort,
}

/// How far is looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Effort {
    /// In an archive of over 149 hours, a stretch of which a recording is [`CERTAIN`] is not looked up in
    /// costlier ways, which find other recordings of it that are at another speed or much distorted.
    #[default]
    Quick,
    /// Every stretch is looked up in every way.
    Thorough,
    /// Every recording is compared with the clip, not only those that the index points to.
    Exhaustive,
}

impl Default for MatchSettings {
    fn default() -> Self {
        Self { top: 10, min_score: THRESHOLD, effort: Effort::Quick }
    }
}

/// A recording that the clip, or part of it, comes from.
#[derive(Debug, Clone)]
pub struct Match {
    /// The recording.
    pub clip: ArchivedClip,
    /// Paths it was added under, the first one first.
    pub paths: Vec<String>,
    /// Segments and edits; the recording is the source.
    pub comparison: Comparison,
}

/// What a search came to.
#[derive(Debug, Clone)]
pub struct Matches {
    /// Recordings, the best first.
    pub found: Vec<Match>,
    /// Why nothing can be said, where that is so.
    pub inconclusive: Option<String>,
    /// Places that the votes pointed to and that were checked.
    pub checked: usize,
    /// Recordings that were compared with the clip.
    pub compared: usize,
    /// Stretches that were not looked up in every way, since a recording had been found.
    pub cut_short: usize,
    /// Time that the index took: look-ups and votes.
    pub index_time: Duration,
    /// What of the clip can be compared at all.
    pub usable: Usable,
    /// Seconds between the starts of the windows that were looked up, where there are gaps between
    /// them.
    pub widened_s: Option<f64>,
}

/// A recording that may be it.
#[derive(Debug, Clone)]
struct Suspect {
    segment: usize,
    /// Number among the segment's clips.
    clip: usize,
    score: f64,
    /// Best warps and their scores.
    warps: Vec<(f64, Warp)>,
}

/// Finds the recordings of an archive that a clip comes from.
///
/// # Errors
///
/// Those of reading the archive, and of the temporary file that holds a long clip.
pub fn find_matches(
    clip: &mut Recording,
    archive: &Archive,
    settings: &MatchSettings,
) -> Result<Matches> {
    let usable = Usable::of(&clip.gradients);
    let inconclusive = usable.objection().or_else(|| usable.loop_objection(&clip.gradients));
    let mut matches = Matches {
        found: Vec::new(),
        inconclusive,
        checked: 0,
        compared: 0,
        cut_short: 0,
        index_time: Duration::ZERO,
        usable,
        widened_s: None,
    };
    if matches.inconclusive.is_some() {
        return Ok(matches);
    }
    let suspects = if settings.effort == Effort::Exhaustive {
        everyone(archive)
    } else {
        let mut suspects = suspects(clip, archive, settings.effort, &mut matches)?;
        suspects.retain(|suspect| suspect.score >= WORTH_COMPARING);
        suspects.truncate(COMPARED.max(settings.top));
        suspects
    };
    for suspect in suspects {
        matches.compared += 1;
        let segment = &archive.segments()[suspect.segment];
        let rows = Gradients::of_words(&segment.fingerprint(segment.words_of(suspect.clip))?);
        let warps: Vec<Warp> = suspect.warps.iter().map(|(_, warp)| *warp).collect();
        let comparison =
            compare_with_rows(clip, &rows, &matches.usable, &warps, settings.min_score)?;
        if !comparison.segments.is_empty() {
            let found = segment.clips()[suspect.clip].clone();
            let paths = archive.paths(&found).into_iter().map(str::to_owned).collect();
            matches.found.push(Match { clip: found, paths, comparison });
        }
    }
    matches.found.sort_by(|x, y| {
        let by_score = y.comparison.score.total_cmp(&x.comparison.score);
        by_score.then(x.clip.id.cmp(&y.clip.id))
    });
    matches.found.truncate(settings.top);
    Ok(matches)
}

/// Every recording, at every speed.
fn everyone(archive: &Archive) -> Vec<Suspect> {
    let speeds = windows::warps().filter(|warp| *warp != Warp::NONE);
    let warps: Vec<(f64, Warp)> = speeds.map(|warp| (0.0, warp)).collect();
    let clips = archive.segments().iter().enumerate().flat_map(|(segment, of)| {
        let live = (0..of.clips().len()).filter(|clip| archive.is_live(&of.clips()[*clip]));
        live.map(move |clip| (segment, clip))
    });
    let suspect = |(segment, clip)| Suspect { segment, clip, score: 0.0, warps: warps.clone() };
    clips.map(suspect).collect()
}

/// Recordings that the votes point to, by how well the rows agree there.
fn suspects(
    clip: &mut Recording,
    archive: &Archive,
    effort: Effort,
    matches: &mut Matches,
) -> Result<Vec<Suspect>> {
    let mut windows = windows::of(clip, &matches.usable)?;
    let count = windows.all.len();
    matches.widened_s = windows.widened_s;
    let words = archive.segments().iter().map(Segment::words).sum();
    let mut suspects: BTreeMap<(usize, usize), Suspect> = BTreeMap::new();
    for window in &mut windows.all {
        let rows = window.views(1)[0].rows.rows.len();
        let mut best = f64::NEG_INFINITY;
        for look in looks::of(rows, words, count) {
            if effort == Effort::Quick && best >= CERTAIN {
                matches.cut_short += 1;
                break;
            }
            let views = window.views(look.views.end);
            let begun = Instant::now();
            let places = votes::best_places(views, &look, archive.segments())?;
            matches.index_time += begun.elapsed();
            matches.checked += places.len();
            for place in places {
                let View { warp, rows } = &views[place.view];
                let segment = &archive.segments()[place.segment];
                for (clip, score) in check::agreement(rows, &place, segment)? {
                    if archive.is_live(&segment.clips()[clip]) {
                        best = best.max(score);
                        let key = (place.segment, clip);
                        add(suspects.entry(key), key, score, *warp);
                    }
                }
            }
        }
    }
    let mut suspects: Vec<Suspect> = suspects.into_values().collect();
    suspects.sort_by(|x, y| y.score.total_cmp(&x.score));
    Ok(suspects)
}

fn add(
    entry: std::collections::btree_map::Entry<'_, (usize, usize), Suspect>,
    (segment, clip): (usize, usize),
    score: f64,
    warp: Warp,
) {
    let suspect = entry.or_insert(Suspect { segment, clip, score, warps: Vec::new() });
    suspect.score = suspect.score.max(score);
    match suspect.warps.iter_mut().find(|(_, known)| *known == warp) {
        Some((known, _)) => *known = known.max(score),
        None => suspect.warps.push((score, warp)),
    }
    suspect.warps.sort_by(|x, y| y.0.total_cmp(&x.0));
    suspect.warps.truncate(WARPS);
}

/// Whether a segment has anything to look up.
fn is_searchable(segment: &Segment) -> bool {
    segment.words() > 0
}
