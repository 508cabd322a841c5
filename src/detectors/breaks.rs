//! What the detectors of breaks in the coded stream share: which breaks are joints, and those that lie
//! together as one finding.

use super::prelude::*;
use crate::container::continuity::{Break, BreakKind};

/// Breaks nearer to an end of the clip than this come from where it was cut out of a stream, in
/// seconds: four MPEG frames at 44.1 kHz.
const EDGE_S: f64 = 0.105;

/// Breaks nearer to each other than this are one, in seconds: two MPEG frames at 44.1 kHz.
const JOIN_S: f64 = 0.055;

/// Breaks of one kind a minute from which they are the habit of the program that wrote the file.
const HABIT_PER_MIN: f64 = 4.0;

/// Findings of the breaks of these kinds, sorted by time.
pub(super) fn findings(features: &Features, is_meant: fn(BreakKind) -> bool) -> Vec<Finding> {
    let breaks: Vec<Break> =
        features.bitstream.breaks.iter().copied().filter(|found| is_meant(found.kind)).collect();
    let (joints, others): (Vec<Break>, Vec<Break>) =
        breaks.iter().partition(|found| is_joint(found, &breaks, features.duration_s));
    let mut findings = groups(&joints, true);
    findings.extend(groups(&others, false));
    findings.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
    findings
}

/// How much a kind of break weighs: 1 for what describes the file, 2 for an order that some programs write
/// unasked, 4 for what only cutting, joining or loss leaves.
fn weight(kind: BreakKind) -> f64 {
    match kind {
        BreakKind::ReservoirMissing
        | BreakKind::FrameCount
        | BreakKind::MusicChecksum
        | BreakKind::SpeechMode
        | BreakKind::PacketDuration
        | BreakKind::EncoderName => 1.0,
        BreakKind::HeaderChange
        | BreakKind::BitRateChange
        | BreakKind::ForeignBytes
        | BreakKind::EarlyEnd
        | BreakKind::ComfortNoise
        | BreakKind::PacketDelta
        | BreakKind::FragmentStart => 2.0,
        _ => 4.0,
    }
}

/// Whether some writers leave a kind of break again and again.
fn may_be_habit(kind: BreakKind) -> bool {
    weight(kind) < 4.0 || kind == BreakKind::Granule
}

fn is_joint(found: &Break, all: &[Break], duration_s: f64) -> bool {
    if weight(found.kind) < 2.0 || found.time_s < EDGE_S || found.time_s > duration_s - EDGE_S {
        return false;
    }
    let alike = all.iter().filter(|other| other.kind == found.kind).count() as f64;
    let is_habit = alike > 1.0 && alike > HABIT_PER_MIN * duration_s / 60.0;
    !(may_be_habit(found.kind) && is_habit)
}

/// Breaks that lie together, one finding each.
fn groups(breaks: &[Break], joint: bool) -> Vec<Finding> {
    breaks
        .chunk_by(|a, b| b.time_s - a.time_s <= JOIN_S)
        .filter_map(|g| finding(g, joint))
        .collect()
}

fn finding(group: &[Break], joint: bool) -> Option<Finding> {
    let (first, last) = (group.first()?, group.last()?);
    let heaviest = group.iter().map(|found| weight(found.kind)).fold(0.0, f64::max);
    let mut kinds: Vec<BreakKind> = group.iter().map(|found| found.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let mut evidence: Vec<Evidence> = kinds
        .iter()
        .filter_map(|kind| group.iter().find(|found| found.kind == *kind))
        .map(|found| Evidence::new(found.kind.name(), found.value, found.kind.unit()))
        .collect();
    if let Some(offset) = group.iter().find_map(|found| found.offset) {
        evidence.push(Evidence::new("at_byte", offset as f64, "byte offset"));
    }
    let at = group.iter().find(|found| weight(found.kind) == heaviest).unwrap_or(first);
    let span = TimeSpan::new(first.time_s, last.time_s);
    let score = heaviest + kinds.len() as f64 - 1.0;
    Some(Finding { joint, ..Finding::joint(at.time_s, span, score, evidence) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time_s: f64, kind: BreakKind) -> Break {
        Break { time_s, kind, value: 1.0, offset: None }
    }

    fn joints(breaks: &[Break], duration_s: f64) -> Vec<f64> {
        breaks.iter().filter(|b| is_joint(b, breaks, duration_s)).map(|b| b.time_s).collect()
    }

    #[test]
    fn ends_counts_and_habits_are_no_joints() {
        use BreakKind::{ComfortNoise, FrameCount, NewStream, ReservoirOverlap};
        let overlap = |time_s| at(time_s, ReservoirOverlap);
        assert_eq!(joints(&[overlap(0.0), overlap(5.0), overlap(9.95)], 10.0), [5.0]);
        assert!(joints(&[at(5.0, FrameCount)], 10.0).is_empty());
        assert_eq!(joints(&[at(5.0, ComfortNoise)], 10.0), [5.0]);
        let often: Vec<Break> = (1..9).map(|i| at(f64::from(i), ComfortNoise)).collect();
        assert!(joints(&often, 10.0).is_empty());
        let often: Vec<Break> = (1..9).map(|i| at(f64::from(i), NewStream)).collect();
        assert_eq!(joints(&often, 10.0).len(), 8);
    }

    #[test]
    fn breaks_at_one_place_are_one_finding() {
        use BreakKind::{ForeignBytes, ReservoirOverlap, SecondHeader};
        let breaks = [at(1.0, ForeignBytes), at(1.0, SecondHeader), at(1.02, ReservoirOverlap)];
        let found = groups(&breaks, true);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].time_s, found[0].score, found[0].evidence.len()), (1.0, 6.0, 3));
        assert!(groups(&[], true).is_empty());
    }
}
