//! What the evaluation is held against.

/// How a row is measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measure {
    /// F1 of joints, at a distance in seconds.
    F1(f64),
    /// Share of joints found, at a distance in seconds.
    Recall(f64),
    /// Share of copies that a finding of the family `repetition` covers.
    Copies,
}

/// One row of the table.
pub struct Target {
    pub what: &'static str,
    /// Beginning of the names of its cases.
    pub cases: &'static str,
    pub measure: Measure,
    /// Least value of the measure.
    pub least: f64,
    /// Last codecs of the untouched clips that false points are counted in; all if empty.
    pub last: &'static [&'static str],
    /// Most false points an hour.
    pub most_per_hour: f64,
}

const PCM: &[&str] = &["wav", "flac"];
const OPUS_LOW: &[&str] = &["opus-24", "opus-16"];

pub const TARGETS: [Target; 10] = [
    Target {
        what: "AAC/MP3/Vorbis, edited, WAV/FLAC",
        cases: "lossy_pcm",
        measure: Measure::F1(0.05),
        least: 0.95,
        last: PCM,
        most_per_hour: 0.1,
    },
    Target {
        what: "AAC ≤ 96 or MP3, edited, MP3-128/AAC-128",
        cases: "lossy_mp3_aac128",
        measure: Measure::F1(0.05),
        least: 0.85,
        last: &["mp3-128", "aac-128"],
        most_per_hour: 0.2,
    },
    Target {
        what: "any, edited, Opus-64/Vorbis-96",
        cases: "any_opus64_vorbis96",
        measure: Measure::F1(0.1),
        least: 0.65,
        last: &["opus-64", "vorbis-96"],
        most_per_hour: 0.5,
    },
    Target {
        what: "any, abrupt cut in a word, Opus 16–24",
        cases: "abrupt_opus_low_word",
        measure: Measure::Recall(0.1),
        least: 0.8,
        last: OPUS_LOW,
        most_per_hour: 1.0,
    },
    Target {
        what: "any, abrupt cut in a pause, Opus 16–24",
        cases: "abrupt_opus_low_pause",
        measure: Measure::Recall(0.1),
        least: 0.5,
        last: OPUS_LOW,
        most_per_hour: 1.0,
    },
    Target {
        what: "insert ≥ 1.5 s from another session, any last codec",
        cases: "insert_other",
        measure: Measure::F1(0.25),
        least: 0.65,
        last: &[],
        most_per_hour: 1.0,
    },
    Target {
        what: "never-compressed PCM, abrupt cut",
        cases: "pcm_abrupt",
        measure: Measure::Recall(0.05),
        least: 0.97,
        last: PCM,
        most_per_hour: 0.5,
    },
    Target {
        what: "copy-move ≥ 0.3 s, WAV",
        cases: "copymove_wav",
        measure: Measure::Copies,
        least: 0.98,
        last: &["wav", "flac"],
        most_per_hour: 0.05,
    },
    Target {
        what: "copy-move ≥ 0.3 s, AAC/MP3",
        cases: "copymove_lossy",
        measure: Measure::Copies,
        least: 0.95,
        last: &["aac-128", "aac-64", "mp3-128"],
        most_per_hour: 0.05,
    },
    Target {
        what: "copy-move ≥ 0.3 s, Opus-24",
        cases: "copymove_opus24",
        measure: Measure::Copies,
        least: 0.85,
        last: &["opus-24"],
        most_per_hour: 0.05,
    },
];

/// Whether `case` belongs to the row; `pcm_abrupt_lossy` is a case of its own.
pub fn belongs(target: &Target, case: &str) -> bool {
    case.starts_with(target.cases) && !case.ends_with("abrupt_lossy")
}

/// Share of previous codec families to be named rightly, and of PCM that may be called compressed.
pub const FAMILY: (f64, f64) = (0.97, 0.005);

/// False points an hour that may be moderate and strong.
pub const FALSE_PER_HOUR: (f64, f64) = (1.0, 0.1);

pub const CLLR: f64 = 0.35;
