//! The coded stream breaks off and goes on as no encoder writes it.
//!
//! # What it looks for
//!
//! Files can be cut without decoding them: frames, packets or pages are taken out or put together,
//! and the sound inside is never touched. What encoders write from frame to frame then no longer
//! fits. MP3 frames borrow bits from the frames before them: after a cut a frame begins inside
//! another one's bits, leaves bits of a frame that is gone where encoders put regular stuffing, or is
//! given data that is not its own, whose codes do not end where they should. Numbers and positions of
//! OGG pages and FLAC frames jump; AMR comfort noise comes out of turn; in MP4, one packet lasts
//! another time than all others, bytes of the media belong to no packet, or the edit list jumps. Breaks
//! near the ends of the clip, counts that are off for the file as a whole, and libavcodec's AAC naming
//! itself at another distance than 256 packets (something is missing or was put in since it last did, up
//! to six seconds before) are described and make no edit point.
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
use super::{breaks, chained_streams};

/// See the module text.
pub(super) struct ConcatenatedFrames;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "concatenated-frames",
    name: "Concatenated frames",
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
    source: module_head!("concatenated_frames.rs"),
};

impl Detector for ConcatenatedFrames {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        breaks::findings(features, |kind| !chained_streams::begins_a_stream(kind))
    }
}
