//! Whether a coded stream goes on as its encoder wrote it: what walkers and packets show of breaks.
//!
//! A walker knows a break by the packet it stands in front of, not by its time: marks are given
//! times while the packets are decoded.

mod habit;
mod layer3_codes;
mod layer3_data;
mod mpeg;
pub(super) mod mpeg_frame;
mod ogg;
mod stuffing;

pub(crate) use mpeg::walk_mpeg;
pub(crate) use ogg::walk_ogg;

use super::quantisation::Coded;

/// Marks kept of one stream; later ones are counted.
pub const MAX_MARKS: usize = 1_000;

/// What kind of break was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BreakKind {
    /// MP3: a frame begins its main data inside that of the frame before it.
    ReservoirOverlap,
    /// MP3: bits that belong to no frame and are no stuffing.
    ReservoirGap,
    /// MP3: the first frame refers to data before the stream.
    ReservoirMissing,
    /// MP3: codes of a frame do not end where its side information says.
    MainDataMisfit,
    /// Header fields that an encoder keeps are others from here on.
    HeaderChange,
    /// A constant bit rate is another from here on.
    BitRateChange,
    /// A second Xing, Info or VBRI frame, or the start of another file.
    SecondHeader,
    /// Bytes between frames that are no frame.
    ForeignBytes,
    /// The frame count of a Xing or Info tag is not that of the frames.
    FrameCount,
    /// The checksum of a LAME tag is not that of the frames.
    MusicChecksum,
    /// OGG: page numbers leave some out or go back.
    PageNumber,
    /// OGG: a page marked as the last one is followed by more.
    EarlyEnd,
    /// OGG: the position on a page is not that of its packets.
    Granule,
    /// Another stream begins, as in chained OGG.
    NewStream,
    /// FLAC: frame or sample numbers do not follow one another.
    FrameNumber,
    /// AMR: comfort noise or empty frames where discontinuous transmission puts none.
    ComfortNoise,
    /// AMR: a constant speech mode is another from here on.
    SpeechMode,
    /// Opus: packets of a constant duration have another one from here on.
    PacketDuration,
    /// AAC: the encoder names itself at another distance than it does: packets are missing, or
    /// others were put in, since it last did.
    EncoderName,
    /// MP4: one packet's declared duration is not that of the others.
    PacketDelta,
    /// MP4: the edit list goes on at another place of the media.
    EditList,
    /// MP4: bytes between packets that no packet refers to, or packets out of order.
    MediaGap,
    /// MP4: a fragment does not start where the one before it ends.
    FragmentStart,
}

impl BreakKind {
    /// The name evidence carries.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ReservoirOverlap => "main_data_overlap",
            Self::ReservoirGap => "main_data_gap",
            Self::ReservoirMissing => "main_data_before_the_stream",
            Self::MainDataMisfit => "main_data_misfit",
            Self::HeaderChange => "header_fields_changed",
            Self::BitRateChange => "bit_rate_changed_to",
            Self::SecondHeader => "second_header_at_byte",
            Self::ForeignBytes => "foreign_bytes",
            Self::FrameCount => "frames_declared_minus_found",
            Self::MusicChecksum => "music_checksum_of_the_tag_differs",
            Self::PageNumber => "page_number_step",
            Self::EarlyEnd => "last_page_is_not_the_last",
            Self::Granule => "position_minus_packets",
            Self::NewStream => "another_stream",
            Self::FrameNumber => "frame_number_minus_expected",
            Self::ComfortNoise => "comfort_noise_out_of_turn",
            Self::SpeechMode => "speech_mode_changed_to",
            Self::PacketDuration => "packet_duration_changed_to",
            Self::EncoderName => "packets_between_encoder_names",
            Self::PacketDelta => "declared_packet_duration",
            Self::EditList => "edit_list_step",
            Self::MediaGap => "bytes_no_packet_refers_to",
            Self::FragmentStart => "fragment_start_minus_expected",
        }
    }

    /// The unit of a break's value.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::ReservoirOverlap | Self::ReservoirGap => "bit",
            Self::ReservoirMissing | Self::ForeignBytes | Self::MediaGap => "byte",
            Self::BitRateChange => "kbit/s",
            Self::SecondHeader => "byte offset",
            Self::FrameCount => "frames",
            Self::EncoderName => "packets",
            Self::PageNumber => "pages",
            Self::Granule => "samples",
            Self::PacketDelta => "ticks",
            Self::EditList | Self::FragmentStart | Self::PacketDuration => "s",
            _ => "1",
        }
    }
}

/// Where a mark stands before its time is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Place {
    /// In front of this packet, counted from 0 over the whole clip.
    Packet(u64),
    /// At this time of the media, priming included, in seconds.
    MediaS(f64),
}

/// A break as a walker sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mark {
    /// Where it stands.
    pub place: Place,
    /// What it is.
    pub kind: BreakKind,
    /// How large it is, in [`BreakKind::unit`].
    pub value: f64,
    /// Place in the file, where known.
    pub offset: Option<u64>,
}

impl Mark {
    /// A break in front of a packet.
    #[must_use]
    pub fn before(packet: u64, kind: BreakKind, value: f64, offset: Option<u64>) -> Self {
        Self { place: Place::Packet(packet), kind, value, offset }
    }
}

/// The position an OGG page declares once `packets` packets are decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageEnd {
    /// Packets that end on this page or before it, over the whole clip.
    pub packets: u64,
    /// Its granule position, in samples.
    pub granule: u64,
    /// Whether it is marked as the stream's last, so that it may end early.
    pub last: bool,
}

/// What a walker leaves for the decoder to place in time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Walked {
    /// Breaks, in the order of their packets.
    pub marks: Vec<Mark>,
    /// Marks that found no room.
    pub more: u64,
    /// Positions of OGG pages.
    pub pages: Vec<PageEnd>,
    /// Layer 3: what stands in codes that were read.
    pub coded: Coded,
}

impl Walked {
    /// Keeps a mark while there is room.
    pub fn push(&mut self, mark: Mark) {
        if self.marks.len() < MAX_MARKS {
            self.marks.push(mark);
        } else {
            self.more += 1;
        }
    }

    /// Puts marks into the order of their packets; those with a time of their own come last.
    pub fn sort(&mut self) {
        let packet = |mark: &Mark| match mark.place {
            Place::Packet(packet) => packet,
            Place::MediaS(_) => u64::MAX,
        };
        self.marks.sort_by_key(|mark| (packet(mark), mark.kind));
    }
}

/// A break with its time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Break {
    /// Time in the examined audio, in seconds.
    pub time_s: f64,
    /// What it is.
    pub kind: BreakKind,
    /// How large it is, in [`BreakKind::unit`].
    pub value: f64,
    /// Place in the file, where known.
    pub offset: Option<u64>,
}

/// How a clip's coded stream goes on, break by break.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bitstream {
    /// Coded packets that were looked at; 0 for uncompressed samples and outside decoders.
    pub packets: u64,
    /// Breaks sorted by time.
    pub breaks: Vec<Break>,
    /// Breaks that found no room.
    pub more: u64,
}

impl Bitstream {
    /// The part from `start_s` to `end_s`, with times counted from `start_s`.
    #[must_use]
    pub fn part(mut self, start_s: f64, end_s: f64) -> Self {
        self.breaks.retain(|found| (start_s..=end_s).contains(&found.time_s));
        for found in &mut self.breaks {
            found.time_s -= start_s;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_bounded() {
        let mut walked = Walked::default();
        for i in 0..MAX_MARKS as u64 + 5 {
            walked.push(Mark::before(i, BreakKind::Granule, 0.0, None));
        }
        assert_eq!((walked.marks.len(), walked.more), (MAX_MARKS, 5));
    }

    #[test]
    fn a_part_counts_from_its_start() {
        let at = |time_s| Break { time_s, kind: BreakKind::Granule, value: 1.0, offset: None };
        let all = Bitstream { packets: 9, breaks: vec![at(1.0), at(3.0), at(5.0)], more: 0 };
        assert_eq!(all.part(2.0, 4.0).breaks, [at(1.0)]);
        assert!(Bitstream::default().part(0.0, 1.0).breaks.is_empty());
    }
}
