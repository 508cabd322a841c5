//! From a path to blocks of planar `f32` at the clip's own rate and channel count.
//!
//! sniff → walk → open: the first bytes decide the file's kind, a container walker or a
//! demuxer finds the packets, a decoder turns them into samples, and the trim stage
//! separates presentation from priming. Types of decoder libraries stop in this folder.

mod aac;
mod adts;
mod asc;
mod checks;
mod clip;
mod codec_class;
mod codec_ids;
mod credentials;
mod damage;
mod demux;
mod encoder;
mod extension;
mod external;
mod ffmpeg;
mod flac;
mod flac_frame;
mod flac_header;
mod frame_heads;
pub(crate) mod guard;
mod limits;
mod matroska;
mod mpeg;
mod native;
mod open;
mod open_plan;
mod opus;
mod opus_head;
mod opus_split;
mod packet;
mod pcm;
mod pcm_hash;
mod sink;
mod source;
mod speech;
mod spool;
mod symphonia_codec;
mod table;
mod trim;
mod watch;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::container::continuity::Bitstream;
use crate::container::quantisation::Quantisation;
use crate::container::structure::Structure;

pub use clip::Clip;
pub use codec_class::CodecClass;
pub use spool::Spool;

/// What to open and how.
#[derive(Debug, Clone, Default)]
pub struct OpenOptions {
    /// Which audio track, counted from 0 in file order; the first decodable one if `None`.
    pub track: Option<usize>,
    /// Whether an `ffmpeg` on the search path may decode what no decoder here can.
    pub allow_external: bool,
    /// Whether the coded stream is looked through: for breaks, which costs MP3 and OGG a reading of the file, and
    /// for what MP3 and AAC have Huffman-coded. An analysis always does.
    pub continuity: bool,
}

/// Where the bytes come from.
#[derive(Debug, Clone)]
pub enum Input {
    /// A regular file.
    Path(PathBuf),
    /// Standard input, copied to an unnamed temporary file first.
    Stdin,
}

/// The file itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Source {
    /// Path as given, `-` for standard input.
    pub path: String,
    /// Bytes of the file.
    pub bytes: u64,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: String,
    /// SHA-256 of the examined samples, interleaved little-endian in `pcm_format`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pcm_sha256: Option<String>,
    /// Sample format that `pcm_sha256` was taken over: `s16le`, `s24le` or `f32le`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pcm_format: Option<String>,
}

/// The examined audio stream.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, schemars::JsonSchema)]
pub struct StreamInfo {
    /// Container, as its bytes say.
    pub container: String,
    /// Codec of the examined track.
    pub codec: String,
    /// Whether decoding gives back what the encoder was given.
    pub lossless: bool,
    /// Sample rate of the decoded audio, in Hz.
    pub sample_rate_hz: u32,
    /// Channels of the decoded audio.
    pub channels: u16,
    /// Declared bits of a sample, for codecs with a fixed width.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bits_per_sample: Option<u16>,
    /// Mean rate of the coded audio in bit/s: track bytes, or file bytes where those are unknown.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bit_rate_bps: Option<u64>,
    /// Duration the container declares, in seconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub declared_duration_s: Option<f64>,
    /// Duration of the examined audio, in seconds.
    pub duration_s: f64,
    /// Duration of everything the decoder delivered, priming and padding included, in seconds.
    pub untrimmed_duration_s: f64,
    /// Priming left out at the start, in samples per channel.
    pub start_trim_samples: u64,
    /// Padding left out at the end, in samples per channel.
    pub end_trim_samples: u64,
    /// Where examined audio goes on after the presentation's declared end, in seconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub presentation_end_s: Option<f64>,
    /// Program or library named by the file as its writer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub encoder: Option<String>,
    /// What decoded the stream.
    pub decoder: DecoderInfo,
    /// Every audio track of the file; one entry is the examined one.
    pub tracks: Vec<TrackInfo>,
    /// Where and why decoding stopped early or skipped audio.
    pub damage: Vec<Damage>,
    /// What a reader of the report should know about the stream.
    pub warnings: Vec<String>,
}

/// A decoder, by name and by how close it is to its reference.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DecoderInfo {
    /// Name and version.
    pub name: String,
    /// `bit-exact`, `float-equal` (differs by rounding alone) or `external`.
    pub accuracy: String,
}

/// One audio track of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct TrackInfo {
    /// Number for `--track`.
    pub track: usize,
    /// Codec.
    pub codec: String,
    /// Declared sample rate in Hz.
    pub sample_rate_hz: u32,
    /// Declared channels.
    pub channels: u16,
    /// ISO 639 language.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub language: Option<String>,
    /// Whether this is the track the report is about.
    pub examined: bool,
}

/// Audio that did not decode.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Damage {
    /// Time of the decoded audio at which it happened, in seconds.
    pub time_s: f64,
    /// Byte offset in the file, where known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub offset: Option<u64>,
    /// What happened.
    pub what: String,
}

/// What is known of a recording at its end.
#[derive(Debug, Clone)]
pub struct Ended {
    /// The file.
    pub source: Source,
    /// The examined stream.
    pub stream: StreamInfo,
    /// Where the coded stream breaks off.
    pub bitstream: Bitstream,
    /// How the stream's encoder quantised.
    pub quantisation: Quantisation,
    /// What the file is made of.
    pub structure: Structure,
}

/// Consecutive samples, planar.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Block {
    /// Samples since the first examined one, per channel.
    pub start_frame: u64,
    /// One vector per channel, all of one length; full scale is ±1.
    pub channels: Vec<Vec<f32>>,
}

impl Block {
    /// Samples per channel.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    /// Replaces `mix` by the mean of all channels.
    pub fn mix_down(&self, mix: &mut Vec<f32>) {
        mix.clear();
        let Some((first, others)) = self.channels.split_first() else { return };
        mix.extend_from_slice(first);
        if others.is_empty() {
            return;
        }
        for channel in others {
            for (sum, x) in mix.iter_mut().zip(channel) {
                *sum += x;
            }
        }
        let scale = 1.0 / self.channels.len() as f32;
        mix.iter_mut().for_each(|x| *x *= scale);
    }
}
