//! The contract of a detector: what it is, when it applies, what it gives.

use crate::features::Features;
use crate::finding::Finding;

/// Kind of physics behind a trace. Findings of one family are not independent of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// The waveform from sample to sample.
    Waveform,
    /// Sample values and their bits.
    Numeric,
    /// Background noise.
    Background,
    /// Spectrum and bandwidth.
    Spectrum,
    /// Level and gain.
    Level,
    /// Relation of channels.
    Channels,
    /// Frame grids and coded packets.
    Coding,
    /// Mains hum.
    Hum,
    /// The same sound twice.
    Repetition,
    /// The room's reverberation.
    Reverberation,
    /// The parts of the file and what they say.
    Structure,
}

impl Family {
    /// The word documents carry.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waveform => "waveform",
            Self::Numeric => "numeric",
            Self::Background => "background",
            Self::Spectrum => "spectrum",
            Self::Level => "level",
            Self::Channels => "channels",
            Self::Coding => "coding",
            Self::Hum => "hum",
            Self::Repetition => "repetition",
            Self::Reverberation => "reverberation",
            Self::Structure => "structure",
        }
    }
}

/// What a clip must have for a detector to say anything.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Requirement {
    /// Shortest duration, in seconds.
    pub min_duration_s: f64,
    /// Lowest sample rate, in Hz.
    pub min_sample_rate_hz: u32,
    /// The samples as the encoder was given them, in at most this many bits.
    pub lossless_bits: Option<u16>,
    /// Exactly two channels.
    pub stereo: bool,
    /// Coded packets that were decoded here.
    pub coded_packets: bool,
    /// Mains hum.
    pub mains_hum: bool,
    /// A kind of file whose structure is read.
    pub structure: bool,
}

impl Requirement {
    /// Applies to every clip.
    pub const NONE: Self = Self {
        min_duration_s: 0.0,
        min_sample_rate_hz: 1,
        lossless_bits: None,
        stereo: false,
        coded_packets: false,
        mains_hum: false,
        structure: false,
    };

    /// Applies to every file whose structure is read.
    pub const STRUCTURE: Self = Self { structure: true, ..Self::NONE };

    /// Why the clip does not meet the requirement; `None` if it does.
    #[must_use]
    pub fn unmet(&self, features: &Features) -> Option<String> {
        let shape = &features.shape;
        if features.duration_s < self.min_duration_s {
            let has = features.duration_s;
            return Some(format!("needs {} s, the clip has {has:.2} s", self.min_duration_s));
        }
        if shape.sample_rate_hz < self.min_sample_rate_hz {
            let has = shape.sample_rate_hz;
            return Some(format!("needs {} Hz, the clip has {has} Hz", self.min_sample_rate_hz));
        }
        if self.stereo && shape.channels != 2 {
            return Some(format!("needs two channels, the clip has {}", shape.channels));
        }
        if self.coded_packets && features.bitstream.packets == 0 {
            return Some("the samples are not coded in packets that are seen here".into());
        }
        if self.structure && features.structure.format.is_empty() {
            return Some("the structure of this kind of file is not read".into());
        }
        if self.mains_hum && features.hum.is_none() {
            return Some("no mains hum found".into());
        }
        match self.lossless_bits {
            Some(_) if !shape.lossless => {
                Some("the clip went through a lossy codec, which rewrites every sample".into())
            }
            Some(most) if shape.bits_per_sample.is_none_or(|bits| bits > most) => {
                Some(format!("needs integer samples of at most {most} bits"))
            }
            _ => None,
        }
    }
}

/// What a detector says about itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Descriptor {
    /// Stable id in `kebab-case`.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Kind of physics.
    pub family: Family,
    /// One sentence on what a finding means.
    pub summary: &'static str,
    /// Unit of the score.
    pub score_unit: &'static str,
    /// Score from which the detector reports, in `score_unit`.
    pub reports_from: f64,
    /// Whether its findings make edit points by themselves, or only support those of others.
    pub stands_alone: bool,
    /// What else leaves the same trace.
    pub innocent_explanations: &'static [&'static str],
    /// Sources of the method.
    pub references: &'static [&'static str],
    /// When it applies.
    pub requires: Requirement,
    /// The head of the detector's own file, whose text `explain` prints.
    pub source: &'static str,
}

/// A pure function from what was measured to what was seen.
pub trait Detector: Sync {
    /// What the detector says about itself.
    fn descriptor(&self) -> &'static Descriptor;

    /// What it sees, sorted by time. Called only if [`Descriptor::requires`] is met.
    fn detect(&self, features: &Features) -> Vec<Finding>;
}

/// The lines at the head of a Rust file that document it, so that the rest does not go into the program.
macro_rules! module_head {
    ($path:literal) => {{
        const SOURCE: &[u8] = include_bytes!($path);
        const HEAD: [u8; $crate::detector::head_bytes(SOURCE)] = match SOURCE.first_chunk() {
            Some(head) => *head,
            None => unreachable!(),
        };
        match std::str::from_utf8(&HEAD) {
            Ok(text) => text,
            Err(_) => unreachable!(),
        }
    }};
}
pub(crate) use module_head;

/// Bytes of the lines at the start of a file that begin with `//!`.
pub(crate) const fn head_bytes(source: &[u8]) -> usize {
    let (mut end, mut at) = (0, 0);
    while at + 2 < source.len() && matches!(source.split_at(at).1, [b'/', b'/', b'!', ..]) {
        while at < source.len() && source[at] != b'\n' {
            at += 1;
        }
        at += 1;
        end = if at < source.len() { at } else { source.len() };
    }
    end
}

/// The module text at the head of a Rust file, as Markdown.
#[must_use]
pub fn module_text(source: &str) -> String {
    source
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect::<Vec<_>>()
        .join("\n")
}
