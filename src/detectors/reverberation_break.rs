//! Sound that dies away faster than anywhere else in the clip.
//!
//! # What it looks for
//!
//! In a room every sound leaves a tail that falls by so many decibels in each 20 ms, and no voice ends
//! faster than that. Where a piece ends inside a word and something quieter follows, the tail is
//! missing: many bands fall at once by more than they ever do in this clip. It needs no trace of the
//! waveform, so that it holds under a cross-fade of 20 ms and after low-rate codecs.
//!
//! # Score
//!
//! Root mean square over 18 bands of the fall within 20 ms, in units of the band's own fastest falls,
//! over the highest such values of the clip. "Fastest" is the seventh fastest of a minute (fewer in
//! short clips), so that a few joints do not hide themselves; in long clips each minute has its own.
//!
//! # Blind to
//!
//! Joints at which the sound rises or stays as loud, joints in pauses, dry recordings, and clips with
//! many joints or gaps. A beep, a switch, a gate or a lost packet ends as fast.
//!
//! # References
//!
//! - Kuttruff (2016), *Room acoustics*, 6th ed., for exponential decay band by band.
//! - Malik & Farid (2010), *Audio forensics from acoustic reverberation*, IEEE ICASSP.

use super::prelude::*;

/// Ratio from which a place is reported. In untouched clips of the calibration talkers it was reached
/// some three times an hour after PCM, once after Opus.
const REPORTS_FROM: f64 = 1.45;

/// Usual fastest falls of the clip, in dB within 20 ms, that tell something: with less, noise hides the
/// tails, with more the recording is too dry for tails to limit anything.
const USUAL_DB: std::ops::Range<f32> = 3.0..12.0;

/// Least fall, mean over the bands, in dB: noise alone falls by less.
const LEAST_FALL_DB: f32 = 5.0;

/// Half the length of the span, in seconds: the frames compared.
const REACH_S: f64 = 0.02;

/// See the module text.
pub(super) struct ReverberationBreak;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "reverberation-break",
    name: "Reverberation break",
    family: Family::Reverberation,
    summary: "Sound dies away faster than the room lets it anywhere else in the clip.",
    score_unit: "times the clip's own",
    reports_from: REPORTS_FROM,
    stands_alone: true,
    innocent_explanations: &[
        "a noise gate, echo canceller or call that mutes at once",
        "a beep or other sound that was made electrically",
        "lost packets, or a recorder that was stopped and went on",
    ],
    references: &["Kuttruff 2016, Room acoustics", "Malik & Farid 2010, IEEE ICASSP"],
    requires: Requirement { min_duration_s: 4.5, ..Requirement::NONE },
    source: module_head!("reverberation_break.rs"),
};

impl Detector for ReverberationBreak {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        let places = features.decays.places.iter();
        places
            .filter(|p| f64::from(p.ratio) >= REPORTS_FROM)
            .filter(|p| p.fall_db >= LEAST_FALL_DB && USUAL_DB.contains(&p.usual_db))
            .map(|place| {
                let span = TimeSpan::new(place.time_s - REACH_S, place.time_s + REACH_S);
                let ratio = f64::from(place.ratio);
                let evidence = vec![
                    Evidence::above("ratio_to_own_decays", ratio, "times", REPORTS_FROM),
                    Evidence::new("fall_in_20_ms", f64::from(place.fall_db), "dB"),
                    Evidence::new("usual_fastest_fall", f64::from(place.usual_db), "dB"),
                ];
                Finding::joint(place.time_s, span, ratio, evidence)
            })
            .collect()
    }
}
