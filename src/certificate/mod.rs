//! A sensitivity certificate: what would have been found in this very clip.
//!
//! Pieces are cut out of the clip at places drawn from its own hash, the result is encoded as the clip
//! itself is, examined like any other clip, and counted. "Nothing found" then comes with the share of
//! such cuts that the detectors do find under this clip's noise, room and last encoding.

mod edit;
mod encode;

use crate::analysis::{Analysis, Settings, analyze};
use crate::decode::{Clip, Input};
use crate::error::{Error, Result};
use crate::finding::Strength;

use edit::{Draw, cut_out};
pub use edit::{Joint, Placement};

/// Longest part of a clip that edits are tried in, in seconds; it bounds time and memory.
const MAX_PART_S: f64 = 90.0;

/// Shortest clip that edits are tried in, in seconds.
const MIN_PART_S: f64 = 6.0;

/// Cuts of each kind to aim at, and edited versions of the clip at most for that.
const CUTS: u32 = 24;
const VERSIONS: u32 = 6;

/// Distance within which an edit point counts as found, in seconds.
const TOLERANCE_S: f64 = 0.1;

/// Kinds of cuts that are tried.
const KINDS: [(Joint, Placement); 4] = [
    (Joint::Butt, Placement::Speech),
    (Joint::Butt, Placement::Pause),
    (Joint::CrossFade, Placement::Speech),
    (Joint::CrossFade, Placement::Pause),
];

/// How many cuts of one kind were found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recall {
    /// How the ends were joined.
    pub joint: Joint,
    /// Where the cut was.
    pub placement: Placement,
    /// Cuts made.
    pub made: u32,
    /// Cuts with an edit point of moderate strength or more within 0.1 s.
    pub found: u32,
}

impl Recall {
    /// Share found with its 95 % interval (Wilson 1927); everything is possible without a trial.
    #[must_use]
    pub fn interval(&self) -> (f64, f64, f64) {
        if self.made == 0 {
            return (0.0, 0.0, 1.0);
        }
        let (n, share) = (f64::from(self.made), f64::from(self.found) / f64::from(self.made));
        let z = 1.96f64;
        let centre = share + z * z / (2.0 * n);
        let reach = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + z * z / n;
        (share, ((centre - reach) / scale).max(0.0), ((centre + reach) / scale).min(1.0))
    }
}

/// What would have been found in a clip.
#[derive(Debug, Clone, PartialEq)]
pub struct Certificate {
    /// Encoding that the edited versions went through, such as `Opus, 24 kbit/s`; `None` if they were
    /// saved without loss although the clip is not, so that the shares are upper bounds.
    pub encoded_as: Option<String>,
    /// Seconds of the clip that cuts were tried in.
    pub part_s: f64,
    /// Shares by kind of cut.
    pub recalls: Vec<Recall>,
}

/// Tries cuts in the clip that `analysis` is of.
///
/// # Errors
///
/// [`Error::Argument`] for standard input and for clips under 6 s; those of opening and decoding;
/// [`Error::Write`] for temporary files.
pub fn certify(input: &Input, settings: &Settings, analysis: &Analysis) -> Result<Certificate> {
    if matches!(input, Input::Stdin) {
        let what = "a certificate reads the clip twice, which standard input does not allow";
        return Err(Error::Argument { what: what.into() });
    }
    let part_s = analysis.features.duration_s.min(MAX_PART_S);
    if part_s < MIN_PART_S {
        let what = format!("a certificate needs {MIN_PART_S} s, the clip has {part_s:.1} s");
        return Err(Error::Argument { what });
    }
    // The middle of a long clip stands for it.
    let start_s = 0.5 * (analysis.features.duration_s - part_s);
    let sound = read(input, settings, analysis.offset_s + start_s, part_s)?;
    let rate = f64::from(analysis.features.shape.sample_rate_hz);
    let folder = tempfile::tempdir()
        .map_err(|source| Error::Write { path: "(temporary folder)".into(), source })?;
    let encoding = encode::Encoding::of(&analysis.stream);
    let mut encoded_as = Some(encoding.title());
    let mut draw = Draw::from_hash(&analysis.source.sha256);
    let mut recalls = Vec::new();
    for (joint, placement) in KINDS {
        let mut recall = Recall { joint, placement, made: 0, found: 0 };
        for _ in 0..VERSIONS {
            if recall.made >= CUTS {
                break;
            }
            let voice = |time_s: f64, guard_s: f64| {
                analysis.features.voice.is_pause(start_s + time_s, guard_s)
            };
            let (edited, joints_s) = cut_out(&sound, rate, joint, placement, voice, &mut draw);
            if joints_s.is_empty() {
                break;
            }
            let (path, is_encoded) = encoding.write(folder.path(), &edited, rate)?;
            if !is_encoded {
                encoded_as = None;
            }
            let seen = analyze(&Input::Path(path), &Settings::default(), &mut |_, _| {})?;
            let is_found = |joint_s: &&f64| {
                seen.edit_points.iter().any(|point| {
                    point.strength >= Strength::Moderate
                        && (point.time_s - **joint_s).abs() <= TOLERANCE_S
                })
            };
            recall.found += joints_s.iter().filter(is_found).count() as u32;
            recall.made += joints_s.len() as u32;
        }
        recalls.push(recall);
    }
    Ok(Certificate { encoded_as, part_s, recalls })
}

/// The samples of part of a clip, a vector for each channel.
fn read(input: &Input, settings: &Settings, start_s: f64, part_s: f64) -> Result<Vec<Vec<f32>>> {
    let mut clip = Clip::open(input, &settings.open)?;
    let rate = f64::from(clip.stream().sample_rate_hz);
    let (start, end) = ((start_s * rate) as u64, ((start_s + part_s) * rate) as u64);
    let mut sound: Vec<Vec<f32>> = Vec::new();
    while let Some(block) = clip.next_block()? {
        let first = block.start_frame;
        let from = start.saturating_sub(first).min(block.frames() as u64) as usize;
        let to = end.saturating_sub(first).min(block.frames() as u64) as usize;
        sound.resize(block.channels.len().max(sound.len()), Vec::new());
        for (kept, samples) in sound.iter_mut().zip(&block.channels) {
            kept.extend_from_slice(&samples[from..to.max(from)]);
        }
        if first + block.frames() as u64 >= end {
            break;
        }
    }
    Ok(sound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_hold_the_share() {
        let recall = |made, found| {
            Recall { joint: Joint::Butt, placement: Placement::Pause, made, found }.interval()
        };
        assert_eq!(recall(0, 0), (0.0, 0.0, 1.0));
        let (share, low, high) = recall(24, 12);
        assert!(share == 0.5 && (low - 0.314).abs() < 0.002 && (high - 0.686).abs() < 0.002);
        let (_, low, high) = recall(10, 0);
        assert!(low == 0.0 && (high - 0.278).abs() < 0.002);
    }
}
