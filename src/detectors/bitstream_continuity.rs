//! The coded stream breaks off and goes on as no encoder writes it.
//!
//! # What it looks for
//!
//! Files can be cut without decoding them: frames, packets or pages are taken out or put together,
//! and the sound inside is never touched. What encoders write from frame to frame then no longer
//! fits. MP3 frames borrow bits from the frames before them: after a cut a frame begins inside
//! another one's bits, leaves bits of a frame that is gone where encoders put regular stuffing, or is
//! given data that is not its own, whose codes do not end where they should. Numbers and positions of
//! OGG pages and FLAC frames jump; headers and tags that belong at the start of a file stand in its
//! middle; AMR comfort noise comes out of turn; in MP4, one packet lasts another time than all others,
//! bytes of the media belong to no packet, or the edit list jumps. Breaks near the ends of the clip,
//! counts that are off for the file as a whole, and libavcodec's AAC naming itself at another distance
//! than 256 packets (something is missing or was put in since it last did, up to six seconds before)
//! are described and make no edit point.
//!
//! # Score
//!
//! 1 for what describes the file, 2 for an order that some programs write unasked, 4 for what only
//! cutting, joining or loss leaves; 1 more for every further kind of break at the same place.
//!
//! # Blind to
//!
//! Everything done before the last encoding. ADTS, AMR and Opus frames that were taken out, where
//! nothing but the sound shows it; MP3 whose frames borrow no bits, as at 320 kbit/s, in silence and from
//! some encoders, where a tag's counts still say that frames are missing but not where; OGG pages
//! that were numbered and dated again; files written anew by a program that repairs tables, such as
//! a remultiplexer. Damage and packets lost on the way leave the same breaks as a cut.
//!
//! # References
//!
//! - Boyarov and Siparov (2019), *Forensic investigation of MP3 audio recordings*.
//! - RFC 3533 (OGG), RFC 7845 (Opus in OGG), RFC 9639 (FLAC), ISO/IEC 11172-3, 2.4 (MP3),
//!   ISO/IEC 14496-12, 8 (MP4), 3GPP TS 26.093 (AMR).

use super::prelude::*;
use crate::container::continuity::{Break, BreakKind};

/// Breaks nearer to an end of the clip than this come from where it was cut out of a stream, in
/// seconds: four MPEG frames at 44.1 kHz.
const EDGE_S: f64 = 0.105;

/// Breaks nearer to each other than this are one, in seconds: two MPEG frames at 44.1 kHz.
const JOIN_S: f64 = 0.055;

/// Breaks of one kind a minute from which they are the habit of the program that wrote the file.
const HABIT_PER_MIN: f64 = 4.0;

/// See the module text.
pub(super) struct BitstreamContinuity;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "bitstream-continuity",
    name: "Bitstream continuity",
    family: Family::Coding,
    summary: "The coded stream breaks off and goes on as no encoder writes it.",
    score_unit: "1",
    reports_from: 1.0,
    stands_alone: true,
    innocent_explanations: &[
        "packets lost on the way, or a damaged file",
        "voice notes, segments of a stream or parts of a recording joined by the program that made them",
        "a recorder that was paused and went on in the same file",
    ],
    references: &[
        "Boyarov and Siparov 2019, Forensic investigation of MP3 audio recordings",
        "RFC 3533, RFC 7845, RFC 9639",
        "ISO/IEC 11172-3, ISO/IEC 14496-12, 3GPP TS 26.093",
    ],
    requires: Requirement { coded_packets: true, ..Requirement::NONE },
    source: module_head!("bitstream_continuity.rs"),
};

impl Detector for BitstreamContinuity {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        let breaks = &features.bitstream.breaks;
        let (joints, others): (Vec<Break>, Vec<Break>) =
            breaks.iter().partition(|found| is_joint(found, breaks, features.duration_s));
        let mut findings = groups(&joints, true);
        findings.extend(groups(&others, false));
        findings.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        findings
    }
}

/// How much a kind of break weighs, see the module text.
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
