//! An earlier encoding's frames that begin elsewhere from one moment on.
//!
//! # What it looks for
//!
//! Lossy encoders cut sound into frames of a fixed length. Decoded samples still show where these
//! frames began: the encoder's transform, applied at the same places, gives lines that were rounded
//! to zero. When a piece is cut out of decoded audio, all later frames begin elsewhere; the shift is
//! the length of the cut modulo the frame. It shows under any cross-fade, and often through one more
//! encoding. A foreign piece put in has its own grid, or none.
//!
//! # Score
//!
//! Log10 likelihood ratio of one grid against none, summed over the frames on the weaker side of the
//! joint.
//!
//! # Blind to
//!
//! Sound that was never encoded before the edit, or whose traces a later encoder, resampling or a
//! speed change wiped out; cuts of a whole number of frames; stretches under about 0.3 s between two
//! joints. A recorder or an application that joins two recordings moves the grid without any intent.
//!
//! # References
//!
//! - Herre & Schug (2000), *Analysis of decompressed audio: the inverse decoder*, AES 109.
//! - Yang, Qu & Huang (2008), *Detecting digital audio forgeries by checking frame offsets*, ACM
//!   MM&Sec; Gärtner et al. (2014) on framing grids across codecs, AES 53rd conference.

use super::prelude::*;
use crate::measures::grid::{GridTrack, Stretch};

/// Score from which a shift is reported: the weaker side is then 10 million times likelier to have
/// its grid than none.
const REPORTS_FROM: f64 = 7.0;

/// Stretch without any grid that counts as a piece of its own where the grid has moved after it, in
/// seconds, and its least number of loud frames: in pauses encoders put noise in place of lines.
const FOREIGN_S: f64 = 0.8;
const FOREIGN_LOUD_FRAMES: u32 = 8;

/// The same where the grid goes on after it as if nothing were between. Coughs and other noise lose
/// their grid beneath a second encoding, so that this counts in samples that had one alone.
const REPLACED_S: f64 = 1.4;
const REPLACED_LOUD_FRAMES: u32 = 30;

/// Longest stretch without a grid in which a shift is still located, in seconds.
const LOCATED_S: f64 = 0.5;

/// Log10 likelihood ratio per second that both sides of such a piece must have.
const CLEAR_PER_S: f64 = 30.0;

/// See the module text.
pub(super) struct FrameGridShift;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "frame-grid-shift",
    name: "Frame grid shift",
    family: Family::Coding,
    summary: "From here on, the frames of an earlier lossy encoding begin elsewhere.",
    score_unit: "log10 likelihood ratio",
    reports_from: REPORTS_FROM,
    stands_alone: true,
    innocent_explanations: &[
        "a recorder or call that was interrupted and encoded anew",
        "an application that joined two recordings or voice notes",
        "frames lost in transmission and left out by the decoder",
    ],
    references: &["Herre & Schug 2000, AES 109", "Yang, Qu & Huang 2008, ACM MM&Sec"],
    requires: Requirement { min_duration_s: 1.0, min_sample_rate_hz: 16_000, ..Requirement::NONE },
    source: module_head!("frame_grid_shift.rs"),
};

impl Detector for FrameGridShift {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        let rate = f64::from(features.shape.sample_rate_hz);
        let lossless = features.shape.lossless;
        let mut findings: Vec<Finding> = features
            .grid
            .tracks
            .iter()
            .filter(|track| !track.throughout)
            .flat_map(|track| {
                track
                    .stretches
                    .windows(2)
                    .flat_map(move |p| between(track, &p[0], &p[1], rate, lossless))
            })
            .collect();
        findings.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        findings
    }
}

/// Distance of two phases; a probe may be a sample off.
fn circular_distance(a: u32, b: u32, modulus: u32) -> u32 {
    let ahead = a.abs_diff(b) % modulus.max(1);
    ahead.min(modulus - ahead)
}

/// What lies between two neighbouring stretches of one track.
fn between(
    track: &GridTrack,
    before: &Stretch,
    after: &Stretch,
    rate: f64,
    lossless: bool,
) -> Vec<Finding> {
    let score = before.evidence.min(after.evidence) / std::f64::consts::LN_10;
    if score < REPORTS_FROM {
        return Vec::new();
    }
    let span = TimeSpan::new(before.span.end_s, after.span.start_s);
    let frame_s = f64::from(track.period) / rate;
    let moved = circular_distance(before.phase, after.phase, track.modulus) > 1;
    let is_clear = |s: &Stretch| {
        let seen_s = s.span.len_s() / f64::from(track.stride);
        s.evidence / std::f64::consts::LN_10 >= CLEAR_PER_S * seen_s
    };
    let (least_s, least_frames) =
        if moved { (FOREIGN_S, FOREIGN_LOUD_FRAMES) } else { (REPLACED_S, REPLACED_LOUD_FRAMES) };
    let foreign = span.len_s() >= least_s
        && before.loud_frames_after >= least_frames
        && (moved || lossless)
        && is_clear(before)
        && is_clear(after);
    let modulus = i64::from(track.modulus);
    let shift = (i64::from(before.phase) - i64::from(after.phase)).rem_euclid(modulus.max(1));
    let evidence = |joint_at_start: bool| {
        vec![
            Evidence::above("log10_ratio_weaker_side", score, "1", REPORTS_FROM),
            Evidence::new("shift", shift as f64, "samples"),
            Evidence::new("frame", modulus as f64, "samples"),
            Evidence::new("without_grid", span.len_s(), "s"),
            Evidence::new("opens_a_piece", f64::from(u8::from(joint_at_start && foreign)), "1"),
        ]
    };
    // The last whole frame ends half a frame after its middle.
    let at = |middle_s: f64, side: f64| {
        let time_s = middle_s + side * 0.5 * frame_s;
        let reach = TimeSpan::new(time_s - 0.5 * frame_s, time_s + 0.5 * frame_s);
        (time_s, reach)
    };
    if foreign {
        let (start, end) = (at(span.start_s, 1.0), at(span.end_s, -1.0));
        return vec![
            Finding::joint(start.0, start.1, score, evidence(true)),
            Finding::joint(end.0, end.1, score, evidence(false)),
        ];
    }
    if !moved || span.len_s() > LOCATED_S {
        return Vec::new();
    }
    let time_s = 0.5 * (span.start_s + span.end_s);
    vec![Finding::joint(time_s, span, score, evidence(false))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::grid::GridCodec;

    const RATE: f64 = 44_100.0;

    fn track() -> GridTrack {
        GridTrack {
            codec: GridCodec::Aac,
            window: None,
            period: 1024,
            modulus: 1024,
            stride: 1,
            z: 40.0,
            throughout: false,
            coverage: 1.0,
            stretches: Vec::new(),
        }
    }

    /// A stretch with so much evidence in each second.
    fn stretch(start_s: f64, end_s: f64, phase: u32, nats_per_s: f64) -> Stretch {
        Stretch {
            span: TimeSpan::new(start_s, end_s),
            phase,
            frames: ((end_s - start_s) * RATE / 1024.0) as u32,
            evidence: nats_per_s * (end_s - start_s),
            loud_frames_after: 0,
        }
    }

    #[test]
    fn a_grid_that_moves_is_a_joint_between_its_frames() {
        let (before, after) = (stretch(0.0, 5.0, 45, 300.0), stretch(5.02, 9.0, 862, 300.0));
        let found = between(&track(), &before, &after, RATE, true);
        assert_eq!(found.len(), 1);
        assert!((found[0].time_s - 5.01).abs() < 1e-9);
        // Cut samples move later frames towards the start: 45 − 862, modulo 1024.
        assert_eq!(found[0].evidence[1].value, 207.0);
        let weak = stretch(5.02, 5.04, 862, 300.0);
        assert!(between(&track(), &before, &weak, RATE, true).is_empty());
    }

    #[test]
    fn a_grid_that_goes_on_is_none() {
        let (before, after) = (stretch(0.0, 5.0, 45, 300.0), stretch(5.3, 9.0, 45, 300.0));
        assert!(between(&track(), &before, &after, RATE, true).is_empty());
        // Nor is a shift that lies anywhere in a second of faint evidence.
        let (before, after) = (stretch(0.0, 5.0, 45, 20.0), stretch(6.5, 12.0, 300, 20.0));
        assert!(between(&track(), &before, &after, RATE, true).is_empty());
    }

    #[test]
    fn a_loud_piece_without_grid_has_two_ends() {
        let before = Stretch { loud_frames_after: 60, ..stretch(0.0, 5.0, 45, 300.0) };
        let after = stretch(7.0, 12.0, 45, 300.0);
        let found = between(&track(), &before, &after, RATE, true);
        let half_frame_s = 512.0 / RATE;
        let times: Vec<f64> = found.iter().map(|f| f.time_s).collect();
        assert_eq!(times, [5.0 + half_frame_s, 7.0 - half_frame_s]);
        // Beneath another encoding a cough loses its grid as well.
        assert!(between(&track(), &before, &after, RATE, false).is_empty());
    }
}
