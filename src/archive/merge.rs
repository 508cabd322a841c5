//! Which segments are put together, and how.

use std::collections::BTreeMap;

use super::Archive;
use super::build::{SegmentBuilder, builder_of};
use super::layout::MOST_WORDS;
use super::manifest::SegmentEntry;
use super::segment::Segment;
use crate::error::Result;

/// Segments of about one size from which they are merged. Each word is then written once more for
/// every eightfold growth of an archive.
const MANY: usize = 8;

/// Names of the segments to merge next: the smallest size of which there are many.
pub(super) fn due(segments: &[SegmentEntry]) -> Option<Vec<String>> {
    let mut sizes: BTreeMap<u32, Vec<&SegmentEntry>> = BTreeMap::new();
    for segment in segments {
        sizes.entry(segment.words.max(1).ilog2() / 3).or_default().push(segment);
    }
    sizes.into_values().filter(|same| same.len() >= MANY).find_map(|same| {
        let group = fitting(&same).into_iter().next()?;
        (group.len() > 1).then_some(group)
    })
}

/// All segments in as few groups as fit.
pub(super) fn groups(segments: &[SegmentEntry]) -> Vec<Vec<String>> {
    fitting(&segments.iter().collect::<Vec<_>>())
}

/// Neighbours in groups of at most [`MOST_WORDS`] words.
fn fitting(segments: &[&SegmentEntry]) -> Vec<Vec<String>> {
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
                room = MOST_WORDS.saturating_sub(segment.words);
            }
        }
    }
    groups
}

/// The clips of these segments that were not removed.
pub(super) fn joined(archive: &Archive, segments: &[&Segment]) -> Result<SegmentBuilder> {
    let clips = segments.iter().flat_map(|segment| {
        let live = (0..segment.clips().len()).filter(|&n| archive.is_live(&segment.clips()[n]));
        live.map(|n| Ok((segment.clips()[n].clone(), segment.fingerprint(segment.words_of(n))?)))
    });
    builder_of(clips)
}
