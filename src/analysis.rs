//! The first of the program's tasks: one clip in, everything observed about it out.

pub mod enf;
pub mod glance;

use enf::{EnfMatch, EnfRecord};

use crate::calibration::Calibration;
use crate::decode::{Block, Clip, CodecClass, Ended, Input, OpenOptions, Source, StreamInfo};
use crate::detector::Family;
use crate::detectors::DETECTORS;
use crate::error::{Error, Result};
use crate::features::{Features, Shape};
use crate::fusion::{EditPoint, Seen, fuse, grade};
use crate::measures::Measures;
use crate::measures::grid::{Depth, GridCodec, GridTrack};

/// How much of a clip is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// Everything, by [`analyze`].
    #[default]
    Full,
    /// Decoded for its hashes and its fingerprint alone, by [`glance::glance`].
    Fast,
    /// Not decoded: what the file says of itself and its hash, by [`glance::glance`].
    Structure,
}

impl Profile {
    /// The word that documents carry.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Fast => "fast",
            Self::Structure => "structure",
        }
    }
}

/// What to examine.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// How much is looked at.
    pub profile: Profile,
    /// Which stream to open and how.
    pub open: OpenOptions,
    /// Start of the examined part, in seconds; the beginning if `None`.
    pub start_s: Option<f64>,
    /// End of the examined part, in seconds; the end if `None`.
    pub end_s: Option<f64>,
    /// Whether every second is searched for frame grids, whatever that takes.
    pub deep: bool,
    /// Detectors to run; all if empty.
    pub only: Vec<String>,
    /// Detectors to leave out.
    pub skip: Vec<String>,
}

impl Settings {
    /// Checks ids and times.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] for an unknown detector, or an end that is not after the start.
    pub fn check(&self) -> Result<()> {
        for id in self.only.iter().chain(&self.skip) {
            if crate::detectors::find(id).is_none() {
                return Err(Error::Argument { what: format!("no detector is called `{id}`") });
            }
        }
        let start = self.start_s.unwrap_or(0.0);
        if !(start >= 0.0 && self.end_s.is_none_or(|end| end > start)) {
            return Err(Error::Argument { what: "the examined part ends before it starts".into() });
        }
        Ok(())
    }

    fn runs(&self, id: &str) -> bool {
        (self.only.is_empty() || self.only.iter().any(|o| o == id))
            && !self.skip.iter().any(|s| s == id)
    }
}

/// What became of one detector.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It looked.
    Examined(Seen),
    /// It cannot say anything about this clip, or was not asked to.
    NotApplicable {
        /// The detector.
        descriptor: &'static crate::detector::Descriptor,
        /// Why.
        reason: String,
    },
}

/// Everything observed about one clip.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// The file.
    pub source: Source,
    /// The examined stream.
    pub stream: StreamInfo,
    /// What was measured.
    pub features: Features,
    /// Every detector, sorted by id.
    pub outcomes: Vec<Outcome>,
    /// Places to listen to, sorted by time.
    pub edit_points: Vec<EditPoint>,
    /// Time in the clip of the first examined sample, in seconds; every time in `features` and in
    /// the findings counts from there.
    pub offset_s: f64,
    /// The hum held against a record of the mains frequency, if that was asked for.
    pub enf_match: Option<EnfMatch>,
}

/// Examines one clip. `progress` is told the examined seconds and the declared ones, if any.
///
/// # Errors
///
/// Any [`Error`] of opening and decoding; [`Error::NoAudio`] if the examined part holds no sample.
pub fn analyze(
    input: &Input,
    settings: &Settings,
    progress: &mut dyn FnMut(f64, Option<f64>),
) -> Result<Analysis> {
    settings.check()?;
    let open = OpenOptions { continuity: true, ..settings.open.clone() };
    let mut clip = Clip::open(input, &open)?;
    let stream = clip.stream();
    let rate = f64::from(stream.sample_rate_hz);
    let declared_s = stream.declared_duration_s;
    let start = to_frames(settings.start_s.unwrap_or(0.0), rate);
    let end = settings.end_s.map_or(u64::MAX, |s| to_frames(s, rate));
    let mut measures = Measures::new(Shape::of(stream));
    let mut examined = 0u64;
    while let Some(block) = clip.next_block()? {
        let block_end = block.start_frame + block.frames() as u64;
        if block.start_frame >= end {
            // The rest is decoded all the same: the hash of the samples is of the whole clip.
            continue;
        }
        if block.start_frame >= start && block_end <= end {
            measures.push(block)?;
            examined += block.frames() as u64;
        } else if let Some(part) = cut(block, start, end) {
            measures.push(&part)?;
            examined += part.frames() as u64;
        }
        progress(block_end as f64 / rate, declared_s);
    }
    let Ended { source, stream, bitstream, quantisation, structure } = clip.finish()?;
    if examined == 0 {
        let what = format!("the examined part lies outside the clip of {:.3} s", stream.duration_s);
        return Err(Error::NoAudio { what });
    }
    let depth = if settings.deep { Depth::Exhaustive } else { Depth::Usual };
    let mut features = measures.finish(&stream, depth)?;
    let offset_s = start as f64 / rate;
    features.structure = structure;
    features.quantisation = quantisation;
    features.bitstream = bitstream.part(offset_s, offset_s + features.duration_s);
    let mut outcomes = detect(&features, settings);
    let class = CodecClass::of(&stream);
    let mut seen: Vec<Seen> = Vec::new();
    for outcome in &mut outcomes {
        if let Outcome::Examined(examined) = outcome {
            grade(examined, class, Calibration::shipped());
            seen.push(examined.clone());
        }
    }
    let edit_points = fuse(&seen, class, Calibration::shipped());
    Ok(Analysis { source, stream, features, outcomes, edit_points, offset_s, enf_match: None })
}

impl Analysis {
    /// Holds the hum against a record of the mains frequency; the result is in `enf_match`.
    pub fn match_enf(&mut self, record: &EnfRecord) {
        self.enf_match = Some(record.find(self.features.hum.as_ref(), self.offset_s));
    }

    /// Frame grids that the stream's own encoding does not explain, the latest encoding first.
    pub fn earlier_grids(&self) -> impl DoubleEndedIterator<Item = &GridTrack> {
        let own = GridCodec::of_stream(&self.stream.codec);
        let is_own = |track: &GridTrack| track.throughout && Some(track.codec) == own;
        let skip = self.features.grid.tracks.iter().position(is_own);
        let tracks = self.features.grid.tracks.iter().enumerate();
        tracks.filter(move |(n, _)| Some(*n) != skip).map(|(_, track)| track)
    }
}

fn to_frames(time_s: f64, rate: f64) -> u64 {
    (time_s * rate).round().max(0.0) as u64
}

/// The part of a block inside `start..end`, if any.
fn cut(block: &Block, start: u64, end: u64) -> Option<Block> {
    let block_end = block.start_frame + block.frames() as u64;
    let (from, to) = (block.start_frame.max(start), block_end.min(end));
    (from < to).then(|| {
        let range = (from - block.start_frame) as usize..(to - block.start_frame) as usize;
        let channels = block.channels.iter().map(|c| c[range.clone()].to_vec()).collect();
        Block { start_frame: from, channels }
    })
}

/// Runs every detector that is asked for and applies; those of the file's structure alone in a shorter
/// look.
#[must_use]
pub fn detect(features: &Features, settings: &Settings) -> Vec<Outcome> {
    DETECTORS
        .iter()
        .map(|detector| {
            let descriptor = detector.descriptor();
            if settings.profile != Profile::Full && descriptor.family != Family::Structure {
                let reason = format!("left out by the profile `{}`", settings.profile.as_str());
                return Outcome::NotApplicable { descriptor, reason };
            }
            if !settings.runs(descriptor.id) {
                let reason = "left out on request".to_owned();
                return Outcome::NotApplicable { descriptor, reason };
            }
            match descriptor.requires.unmet(features) {
                Some(reason) => Outcome::NotApplicable { descriptor, reason },
                None => Outcome::Examined(Seen { descriptor, findings: detector.detect(features) }),
            }
        })
        .collect()
}
