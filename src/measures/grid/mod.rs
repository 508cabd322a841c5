//! Frame grids: where the frames of an earlier lossy encoding begin in the decoded samples.
//!
//! An encoder cuts sound into frames, transforms each and rounds many lines to zero. The same
//! transform applied to the decoded samples shows these zeros again, but only if its frames begin
//! exactly where the encoder's did; one sample aside they are gone. A grid found this way tells that
//! the sound was encoded before, and a piece removed moves it for the rest of the clip (Yang, Qu &
//! Huang 2008; Gärtner et al. 2014). Zeros leave small values even after another, finer encoding.
//!
//! Every offset is tried on a few seconds (`probe`); grids found there are followed through the whole
//! clip (`track`), and where none of them holds more probes are taken (`search`). `layer` does this for
//! one encoding and the one beneath it.

mod bank;
mod layer;
mod probe;
mod search;
mod stretches;
mod track;

pub use bank::{GridFamily, Window};

use crate::decode::Spool;
use crate::error::Result;
use crate::units::TimeSpan;

use bank::{Bank, LONG_WINDOWS};
use layer::{Plan, examine};

/// Vorbis's short blocks move its long ones by multiples of half their length (Vorbis I
/// specification, 4.3.1).
const VORBIS_MODULUS: usize = 128;

/// Codec that a grid belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GridCodec {
    /// MPEG-4 AAC.
    Aac,
    /// Vorbis.
    Vorbis,
    /// MPEG layer III.
    Mp3,
    /// Opus in its CELT mode.
    Opus,
}

impl GridCodec {
    /// The word documents carry.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aac => "aac",
            Self::Vorbis => "vorbis",
            Self::Mp3 => "mp3",
            Self::Opus => "opus",
        }
    }

    /// Kinds of transform that the codec's frames are made of.
    fn families(self) -> &'static [GridFamily] {
        match self {
            Self::Aac => &[GridFamily::Long],
            Self::Vorbis => &[GridFamily::Long, GridFamily::Middle],
            Self::Mp3 => &[GridFamily::Hybrid],
            Self::Opus => &[GridFamily::Celt],
        }
    }

    /// The codec of this name, as a stream carries it: `AAC-LC` is AAC, `HE-AAC`, whose frames are
    /// those of half the sample rate, is none of these.
    #[must_use]
    pub fn of_stream(codec: &str) -> Option<Self> {
        [Self::Aac, Self::Vorbis, Self::Mp3, Self::Opus]
            .into_iter()
            .find(|c| codec.starts_with(c.name()))
    }

    /// The codec's name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Aac => "AAC",
            Self::Vorbis => "Vorbis",
            Self::Mp3 => "MP3",
            Self::Opus => "Opus",
        }
    }
}

/// A stretch in which one grid holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// From the middle of its first frame to the middle of its last one.
    pub span: TimeSpan,
    /// Start of its frames, in samples from the clip's start modulo [`GridTrack::modulus`].
    pub phase: u32,
    /// Frames.
    pub frames: u32,
    /// Sum over the frames of the log-likelihood ratio (natural) of this grid against none.
    pub evidence: f64,
    /// Frames between this stretch and the next that are as loud as those of the track usually are
    /// and yet have no grid.
    pub loud_frames_after: u32,
}

/// The grids of one encoding along a clip.
#[derive(Debug, Clone, PartialEq)]
pub struct GridTrack {
    /// Codec.
    pub codec: GridCodec,
    /// Shape of the window, where the codec has several.
    pub window: Option<Window>,
    /// Samples between frames.
    pub period: u32,
    /// Distance at which phases are alike: the period, or less where block switching moves frames.
    pub modulus: u32,
    /// Frames from one that was looked at to the next; more than 1 in long clips.
    pub stride: u32,
    /// Highest robust z-score of a probe.
    pub z: f32,
    /// Whether one grid holds in nearly all of the clip: the last encoding, or an uncut earlier one.
    pub throughout: bool,
    /// Share of the slots that say anything in which a grid holds, 0..=1.
    pub coverage: f32,
    /// Stretches, in order.
    pub stretches: Vec<Stretch>,
}

/// Frame grids of a clip.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Grid {
    /// Tracks, the clearest first.
    pub tracks: Vec<GridTrack>,
    /// Families that were searched.
    pub searched: Vec<GridFamily>,
}

/// How thoroughly to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    /// Some seconds of the clip, more where grids change.
    #[default]
    Usual,
    /// Every second of it.
    Exhaustive,
}

/// Searches for frame grids in mono samples that have sound up to `top_hz`; `own` is the codec that
/// they were decoded from, if it has such a grid.
///
/// # Errors
///
/// [`crate::error::Error::Write`] if the temporary file cannot be read.
pub fn measure(
    spool: &mut Spool,
    sample_rate_hz: u32,
    top_hz: f64,
    own: Option<GridCodec>,
    depth: Depth,
) -> Result<Grid> {
    let rate = f64::from(sample_rate_hz);
    let mut families = vec![GridFamily::Long, GridFamily::Hybrid];
    if sample_rate_hz < 32_000 {
        families.push(GridFamily::Middle);
    }
    if sample_rate_hz == 48_000 {
        families.push(GridFamily::Celt);
    }
    let mut grid = Grid::default();
    for family in families {
        let mut bank = Bank::new(family, rate, top_hz);
        if (spool.len() as usize) < 8 * bank.span() {
            continue;
        }
        grid.searched.push(family);
        let windows = if family == GridFamily::Long {
            LONG_WINDOWS.map(|window| (window, Bank::long(window, rate, top_hz))).into()
        } else {
            Vec::new()
        };
        let own = own.filter(|codec| codec.families().contains(&family));
        let plan = Plan { rate, depth, own, is_vorbis: false, windows };
        grid.tracks.extend(examine(spool, &mut bank, plan)?);
    }
    grid.tracks.sort_by(|a, b| b.z.total_cmp(&a.z).then(a.codec.cmp(&b.codec)));
    Ok(grid)
}
