//! The cases of the evaluation and how many clips each gets.

use crate::render::Joining;

const NONE: &[&str] = &["none"];
const LOSSY: &[&str] = &["aac", "mp3", "vorbis"];
const ANY: &[&str] = &["none", "aac", "mp3", "vorbis", "opus-64", "opus-24", "amr"];
const PCM: &[&str] = &["wav", "flac"];
const MP3_AAC: &[&str] = &["mp3-128", "aac-128"];
const OPUS_LOW: &[&str] = &["opus-24", "opus-16"];
const EVERY: &[&str] = &[
    "wav",
    "flac",
    "mp3-128",
    "aac-128",
    "aac-64",
    "opus-64",
    "vorbis-96",
    "opus-24",
    "opus-16",
    "amr-nb",
];
const WITHIN: &[&str] = &["deletion", "deletion", "insertion", "substitution", "reorder"];
const EDITS: &[&str] =
    &["deletion", "deletion", "insertion", "substitution", "reorder", "insert_other"];
const CUTS: &[&str] = &["deletion", "deletion", "insertion"];

const BUTT: &[Joining] = &[Joining::Butt];
const ABRUPT: &[Joining] = &[Joining::Butt, Joining::ZeroCross];
const FADES: &[Joining] =
    &[Joining::Fade(2), Joining::Fade(5), Joining::Fade(10), Joining::Fade(20)];
const TO_20_MS: &[Joining] = &[
    Joining::Butt,
    Joining::ZeroCross,
    Joining::Fade(2),
    Joining::Fade(5),
    Joining::Fade(10),
    Joining::Fade(20),
];

/// A kind of edited clip.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    pub name: &'static str,
    /// Clips in the test split.
    pub clips: usize,
    /// Beginnings of names of the codecs before the edits and after them.
    pub first: &'static [&'static str],
    pub last: &'static [&'static str],
    pub edits: &'static [&'static str],
    pub most_edits: usize,
    pub joinings: &'static [Joining],
    pub place: Option<&'static str>,
    pub seconds: (f64, f64),
    /// PCM may also have 16 or 22.05 kHz.
    pub low_rates: bool,
    /// Sessions at a close microphone in a dead room.
    pub near: bool,
}

/// Every case with edits.
pub fn edited() -> Vec<Case> {
    let base = Case {
        name: "",
        clips: 40,
        first: LOSSY,
        last: PCM,
        edits: EDITS,
        most_edits: 3,
        joinings: TO_20_MS,
        place: None,
        seconds: (15.0, 32.0),
        low_rates: false,
        near: false,
    };
    let low = Case { first: ANY, last: OPUS_LOW, edits: CUTS, joinings: ABRUPT, ..base };
    let copy = Case { edits: &["copy_move"], most_edits: 2, first: ANY, ..base };
    vec![
        Case { name: "lossy_pcm_aac", first: &["aac"], ..base },
        Case { name: "lossy_pcm_mp3", first: &["mp3"], ..base },
        Case { name: "lossy_pcm_vorbis", first: &["vorbis"], ..base },
        Case { name: "opus_pcm", clips: 24, first: &["opus"], ..base },
        Case {
            name: "lossy_mp3_aac128",
            clips: 60,
            first: &["aac-48", "aac-64", "aac-96", "mp3"],
            last: MP3_AAC,
            ..base
        },
        Case {
            name: "any_opus64_vorbis96",
            clips: 60,
            first: ANY,
            last: &["opus-64", "vorbis-96"],
            ..base
        },
        Case { name: "abrupt_opus_low_word", place: Some("word"), ..low },
        Case { name: "abrupt_opus_low_pause", place: Some("pause"), ..low },
        Case { name: "abrupt_opus_low_boundary", clips: 24, place: Some("boundary"), ..low },
        Case { name: "abrupt_amr", clips: 24, last: &["amr-nb"], ..low },
        Case {
            name: "insert_other",
            clips: 80,
            first: ANY,
            last: EVERY,
            edits: &["insert_other"],
            most_edits: 2,
            seconds: (18.0, 36.0),
            ..base
        },
        Case {
            name: "insert_tts",
            clips: 20,
            first: ANY,
            last: EVERY,
            edits: &["insert_tts"],
            most_edits: 1,
            ..base
        },
        Case {
            name: "pcm_abrupt",
            clips: 60,
            first: NONE,
            edits: CUTS,
            joinings: BUTT,
            low_rates: true,
            ..base
        },
        Case {
            name: "pcm_fade",
            clips: 24,
            first: NONE,
            edits: WITHIN,
            joinings: FADES,
            low_rates: true,
            ..base
        },
        Case {
            name: "pcm_abrupt_lossy",
            first: NONE,
            last: &["mp3-128", "aac-128", "aac-64", "opus-64", "vorbis-96"],
            edits: CUTS,
            joinings: ABRUPT,
            ..base
        },
        Case { name: "copymove_wav", last: &["wav"], ..copy },
        Case { name: "copymove_lossy", last: &["aac-128", "aac-64", "mp3-128"], ..copy },
        Case { name: "copymove_opus24", last: &["opus-24"], ..copy },
        Case { name: "aac_same", clips: 30, first: &["aac-64"], last: &["aac-64"], ..base },
        Case {
            name: "fade_50",
            clips: 20,
            joinings: &[Joining::Fade(50)],
            last: &["wav", "flac", "mp3-128", "aac-128"],
            ..base
        },
        Case { name: "near", clips: 80, first: ANY, last: EVERY, edits: EDITS, near: true, ..base },
        Case { name: "gain", clips: 30, first: ANY, last: EVERY, edits: &["gain"], ..base },
        Case {
            name: "silence",
            clips: 30,
            first: ANY,
            last: EVERY,
            edits: &["silence"],
            joinings: ABRUPT,
            ..base
        },
    ]
}

/// Codecs before a WAV whose previous codec is asked for, and the share of each.
pub const FAMILIES: [(&str, f64); 6] = [
    ("none", 0.55),
    ("aac", 0.12),
    ("mp3", 0.12),
    ("vorbis", 0.11),
    ("opus-64", 0.05),
    ("opus-96", 0.05),
];

/// How much of each kind a split holds.
pub struct Amount {
    /// Share of the clips of [`edited`].
    pub edited: f64,
    /// Clips of the case `family`.
    pub family: usize,
    /// Untouched sessions; each gives a clip for each kind of last codec.
    pub untouched: usize,
    /// The same at a close microphone.
    pub untouched_near: usize,
    /// Sessions of each kind of hard negative; each gives two clips.
    pub hard: usize,
    /// Clips of each recorder event.
    pub events: usize,
}

pub fn amount(split: &str, small: bool) -> Amount {
    let amount = match split {
        "test" => Amount {
            edited: 1.0,
            family: 360,
            untouched: 68,
            untouched_near: 20,
            hard: 6,
            events: 30,
        },
        "calibration" => Amount {
            edited: 0.8,
            family: 200,
            untouched: 108,
            untouched_near: 40,
            hard: 6,
            events: 20,
        },
        _ => {
            Amount { edited: 0.4, family: 80, untouched: 22, untouched_near: 8, hard: 1, events: 6 }
        }
    };
    let fewer = |n: usize| if small { n.div_ceil(8) } else { n };
    Amount {
        edited: if small { amount.edited / 8.0 } else { amount.edited },
        family: fewer(amount.family),
        untouched: fewer(amount.untouched),
        untouched_near: fewer(amount.untouched_near),
        hard: amount.hard.min(if small { 1 } else { usize::MAX }),
        events: fewer(amount.events),
    }
}

/// Last codecs by context; a session without edits is saved as one of each.
pub const CONTEXTS: [&[&str]; 4] = [
    &["wav", "flac", "flac", "flac"],
    &["mp3-128", "aac-128", "aac-64"],
    &["opus-64", "vorbis-96"],
    &["opus-24", "opus-16", "amr-nb"],
];

/// Codecs before the last one of a recording without edits.
pub const UNTOUCHED_FIRST: [&str; 8] =
    ["none", "none", "none", "aac", "mp3", "vorbis", "opus", "amr"];
