//! Which segments are put together, and how.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::Archive;
use super::build::{Clips, Places};
use super::clips::ArchivedClip;
use super::layout::MOST_WORDS;
use super::manifest::SegmentEntry;
use super::segment::Segment;
use crate::error::Result;
use crate::measures::fingerprint::Fingerprint;

/// Segments of about one size from which they are merged. Each word is then written once more for
/// every eightfold growth of an archive.
const MANY: usize = 8;

/// Words of a segment that is merged while recordings are added, at most: 1,190 hours. `archive merge`
/// goes on to [`MOST_WORDS`], which takes its time.
const MOST_AT_ONCE: u64 = 1 << 28;

/// Names of the segments to merge next: the smallest size of which there are many.
pub(super) fn due(segments: &[SegmentEntry]) -> Option<Vec<String>> {
    let mut sizes: BTreeMap<u32, Vec<&SegmentEntry>> = BTreeMap::new();
    for segment in segments {
        sizes.entry(segment.words.max(1).ilog2() / 3).or_default().push(segment);
    }
    sizes
        .into_values()
        .filter(|same| same.len() >= MANY)
        .find_map(|same| fitting(&same, MOST_AT_ONCE).into_iter().find(|group| group.len() > 1))
}

/// All segments in as few groups as fit.
pub(super) fn groups(segments: &[SegmentEntry]) -> Vec<Vec<String>> {
    fitting(&segments.iter().collect::<Vec<_>>(), MOST_WORDS)
}

/// Neighbours in groups of at most `most` words.
fn fitting(segments: &[&SegmentEntry], most: u64) -> Vec<Vec<String>> {
    let mut groups: Vec<Vec<String>> = Vec::new();
    let mut room = 0;
    for segment in segments {
        match groups.last_mut().filter(|_| segment.words <= room) {
            Some(group) => {
                group.push(segment.name.clone());
                room -= segment.words;
            }
            None => {
                groups.push(vec![segment.name.clone()]);
                room = most.saturating_sub(segment.words);
            }
        }
    }
    groups
}

/// The clips of several segments that were not removed.
pub(super) struct Joined<'a> {
    clips: Vec<ArchivedClip>,
    /// Segment of each clip, and its number there.
    from: Vec<(&'a Segment, usize)>,
}

impl<'a> Joined<'a> {
    pub(super) fn new(archive: &Archive, segments: &[&'a Segment]) -> Self {
        let live = segments.iter().flat_map(|segment| {
            let live = |n: &usize| archive.is_live(&segment.clips()[*n]);
            (0..segment.clips().len()).filter(live).map(|n| (*segment, n))
        });
        let from: Vec<(&Segment, usize)> = live.collect();
        let mut places = Places::default();
        let clips = from.iter().map(|(segment, n)| places.place(segment.clips()[*n].clone()));
        Self { clips: clips.collect(), from }
    }
}

impl Clips for Joined<'_> {
    fn clips(&self) -> &[ArchivedClip] {
        &self.clips
    }

    fn fingerprint(&self, n: usize) -> Result<Cow<'_, Fingerprint>> {
        let (segment, n) = self.from[n];
        Ok(Cow::Owned(segment.fingerprint(segment.words_of(n))?))
    }

    fn levels(&self, n: usize) -> Result<Cow<'_, [u8]>> {
        let (segment, n) = self.from[n];
        Ok(Cow::Owned(segment.levels(segment.words_of(n))?))
    }
}
