//! Containers: where in a file the coded audio lies, and what the file says about it.
//!
//! Walkers read structure and never decode. Each turns a file into one [`TrackPlan`] per audio
//! track; `decode` carries a plan out. Every count and size in a file is a claim: walkers check it
//! against the bytes that are there before they allocate or seek.

mod aiff;
mod amr;
mod au;
pub(crate) mod bits;
mod bmff;
mod caf;
mod codes;
pub mod continuity;
mod descriptors;
mod fields;
pub mod limits;
mod packets;
pub mod quantisation;
mod reader;
mod riff;
mod sniff;
pub mod structure;

use crate::error::Result;
use continuity::Walked;

pub use reader::ByteReader;
pub(crate) use sniff::recognised;
pub use sniff::{FileKind, sniff};

/// Walks the structure of a file of this kind; `None` for kinds that a demuxer reads instead, and
/// for those that nothing here can read.
///
/// # Errors
///
/// [`Error::Malformed`](crate::error::Error::Malformed), `Unsupported`, `Limit` and `NoAudio` for
/// what the file holds, `Read` if the system refuses.
pub fn walk(kind: FileKind, reader: &mut ByteReader) -> Result<Option<Plan>> {
    match kind {
        FileKind::Riff | FileKind::Rf64 | FileKind::W64 => riff::plan(reader).map(Some),
        FileKind::Aiff => aiff::plan(reader).map(Some),
        FileKind::Caf => caf::plan(reader).map(Some),
        FileKind::Au => au::plan(reader).map(Some),
        FileKind::IsoBmff => bmff::plan(reader).map(Some),
        FileKind::AmrNb | FileKind::AmrWb => amr::plan(reader).map(Some),
        FileKind::GsmRaw => Ok(Some(raw_gsm(reader))),
        _ => Ok(None),
    }
}

/// Raw GSM has no header: 8 kHz mono by definition, 33 bytes every 20 ms.
fn raw_gsm(reader: &ByteReader) -> Plan {
    let len = reader.len();
    let track = TrackPlan {
        sample_rate_hz: 8_000,
        channels: 1,
        packets: Packets::Fixed { start: 0, len, block_bytes: 33, frames_per_block: 160 },
        ..TrackPlan::new(Codec::Gsm)
    };
    Plan { tracks: vec![track], ..Plan::default() }
}

/// A codec, as far as a decoder must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Codec {
    /// Uncompressed samples.
    Pcm(PcmFormat),
    /// G.711 A-law.
    ALaw,
    /// G.711 µ-law.
    MuLaw,
    /// Microsoft ADPCM.
    AdpcmMs,
    /// IMA ADPCM in its WAV block layout.
    AdpcmImaWav,
    /// IMA ADPCM in its QuickTime block layout.
    AdpcmImaQt,
    /// GSM 06.10, 33-byte frames.
    Gsm,
    /// GSM 06.10, 65-byte double frames of WAV.
    GsmMs,
    /// MPEG audio layer 1.
    Mp1,
    /// MPEG audio layer 2.
    Mp2,
    /// MPEG audio layer 3.
    Mp3,
    /// Any AAC; `config` holds the AudioSpecificConfig.
    Aac,
    /// Apple lossless; `config` holds the 24-byte (or 48-byte) magic cookie.
    Alac,
    /// FLAC; `config` holds the 34-byte STREAMINFO body.
    Flac,
    /// Vorbis; `config` holds the three headers, as Matroska's CodecPrivate does.
    Vorbis,
    /// Opus; `config` holds an OpusHead as in OGG (little-endian, magic included).
    Opus,
    /// AMR narrow band, storage format frames (one table-of-contents byte, then the frame).
    AmrNb,
    /// AMR wide band, storage format frames.
    AmrWb,
    /// Known by name, with no decoder in this program.
    Other(&'static str),
}

/// Layout of one uncompressed sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PcmFormat {
    /// Bytes per sample: 1, 2, 3, 4 or 8.
    pub bytes: u8,
    /// Floating point instead of integer.
    pub float: bool,
    /// Unsigned integer (offset binary).
    pub unsigned: bool,
    /// Most significant byte first.
    pub big_endian: bool,
}

/// Where the packets of a track lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packets {
    /// Blocks of one size over one stretch of the file. The last block may be short.
    Fixed {
        /// First byte.
        start: u64,
        /// Bytes, no more than the file has.
        len: u64,
        /// Bytes of a block, all channels together.
        block_bytes: u32,
        /// Samples per channel in a block.
        frames_per_block: u32,
    },
    /// One entry per packet, in decoding order.
    Table(Vec<PacketEntry>),
    /// A stretch of the file that is itself an elementary stream (MPEG audio or ADTS).
    Elementary {
        /// First byte.
        start: u64,
        /// Bytes, no more than the file has.
        len: u64,
    },
}

/// One packet of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PacketEntry {
    /// First byte in the file.
    pub offset: u64,
    /// Bytes.
    pub len: u32,
}

/// One audio track: what it claims to be and where its packets are.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackPlan {
    /// Codec of the packets.
    pub codec: Codec,
    /// Declared sample rate in Hz; 0 if the container does not say.
    pub sample_rate_hz: u32,
    /// Declared channels; 0 if the container does not say.
    pub channels: u16,
    /// Declared significant bits of a sample, where the codec has a fixed width.
    pub bits_per_sample: Option<u16>,
    /// Codec configuration, see [`Codec`].
    pub config: Vec<u8>,
    /// Where the packets are.
    pub packets: Packets,
    /// Frames (at `sample_rate_hz`) to leave out at the start: priming, edit list.
    pub start_trim_frames: u64,
    /// Frames to present after the start trim, where the container says.
    pub presentation_frames: Option<u64>,
    /// Declared duration of the track in seconds.
    pub declared_duration_s: Option<f64>,
    /// ISO 639 language, where the container says one.
    pub language: Option<String>,
    /// Breaks of the coded stream, as far as the container shows them.
    pub walked: Walked,
}

impl TrackPlan {
    /// A track about which nothing but the codec is known.
    pub(crate) fn new(codec: Codec) -> Self {
        Self {
            codec,
            sample_rate_hz: 0,
            channels: 0,
            bits_per_sample: None,
            config: Vec::new(),
            packets: Packets::Table(Vec::new()),
            start_trim_frames: 0,
            presentation_frames: None,
            declared_duration_s: None,
            language: None,
            walked: Walked::default(),
        }
    }
}

/// What a container walker found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    /// Audio tracks in file order.
    pub tracks: Vec<TrackPlan>,
    /// Writing program or library named by the file, as it stands there.
    pub encoder: Option<String>,
    /// What a reader of the report should know: sizes that lie, missing ends, ignored parts.
    pub warnings: Vec<String>,
}
