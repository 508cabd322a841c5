//! The public documents: `spliceprint.analysis/1` and what it is made of.
//!
//! Keys are a contract with other programs; within a version they are only added to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::decode::StreamInfo;
use crate::finding::{Evidence, Strength};
use crate::report::references::ReferencesReport;
use crate::report::{EnfMatchReport, Provenance};

/// Name and version of the document.
pub const ANALYSIS_SCHEMA: &str = "spliceprint.analysis/1";

/// How far the examination got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The whole clip was examined.
    Ok,
    /// Part of the clip was examined; `stream.damage` or `stream.warnings` says which.
    Partial,
    /// Nothing could be examined; `error` says why.
    Unreadable,
}

/// One examined clip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AnalysisDocument {
    /// `spliceprint.analysis/1`.
    pub schema: String,
    /// How far the examination got.
    pub status: Status,
    /// Why the clip could not be examined.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<ErrorReport>,
    /// What produced this document.
    pub tool: ToolReport,
    /// Who examined the clip and why, as it was typed; absent unless given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub custody: Option<Custody>,
    /// The file.
    pub source: SourceReport,
    /// The examined stream; absent if unreadable.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stream: Option<StreamInfo>,
    /// What the file tells of its own past.
    pub provenance: Provenance,
    /// What this examination cannot say; to be read before what it says.
    pub limitations: Vec<String>,
    /// Whole-clip measurements; absent if unreadable or left out by the profile.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub measurements: Option<Measurements>,
    /// Every detector, whether it examined the clip or not, sorted by id.
    pub detectors: Vec<DetectorReport>,
    /// Places to listen to, sorted by time.
    pub edit_points: Vec<EditPointReport>,
    /// What would have been found in this clip; absent unless asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub certificate: Option<CertificateReport>,
    /// The hum held against a record of the mains frequency; absent unless asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub enf_match: Option<EnfMatchReport>,
    /// The clip beside recordings of the device or program that is claimed; absent unless given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub references: Option<ReferencesReport>,
    /// Spectral fingerprint of the clip; absent if unreadable or left out by the profile.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fingerprint: Option<FingerprintReport>,
}

/// A failure, for programs and for people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorReport {
    /// Kind of failure: `open`, `read`, `changed`, `unrecognised`, `malformed`, `unsupported`,
    /// `limit`, `no_audio`, `argument` or `internal`.
    pub kind: String,
    /// What happened, where and why.
    pub message: String,
    /// What to try.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hint: Option<String>,
    /// Byte offset in the file, where known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub offset: Option<u64>,
}

/// The program and how it was set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ToolReport {
    /// `spliceprint`.
    pub name: String,
    /// Version of the program.
    pub version: String,
    /// Settings that change what is examined.
    pub settings: SettingsReport,
    /// Calibration in force, by name and version; `none` while scores are uncalibrated.
    pub calibration: String,
}

/// Who examined a clip and why, in their own words.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Custody {
    /// Examiner.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub examiner: Option<String>,
    /// Case or file number.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub case_id: Option<String>,
    /// How the file was obtained.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub acquisition: Option<String>,
}

/// Settings that change what is examined.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SettingsReport {
    /// Requested track, counted from 0.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub track: Option<usize>,
    /// Start of the examined part, in seconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub start_s: Option<f64>,
    /// End of the examined part, in seconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub end_s: Option<f64>,
    /// Whether every second was searched for frame grids.
    #[serde(default)]
    pub deep: bool,
    /// How much was looked at: `full`; `fast`, hashes and fingerprint alone; or `structure`, nothing that
    /// takes decoding.
    #[serde(default = "full")]
    pub profile: String,
    /// Detectors that were asked for; all if empty.
    pub only: Vec<String>,
    /// Detectors that were left out on request.
    pub skip: Vec<String>,
    /// Whether an external decoder was allowed.
    pub external: bool,
}

/// The only profile there was once.
fn full() -> String {
    crate::analysis::Profile::Full.as_str().into()
}

/// The file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SourceReport {
    /// Path as given, `-` for standard input.
    pub path: String,
    /// Bytes of the file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bytes: Option<u64>,
    /// SHA-256 of the file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sha256: Option<String>,
    /// SHA-256 of the decoded samples, interleaved, little-endian, in `pcm_format`: exact for
    /// lossless codecs, cut to 16 bits for lossy ones.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pcm_sha256: Option<String>,
    /// `s16le`, `s24le` or `f32le`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pcm_format: Option<String>,
}

/// Whole-clip measurements.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Measurements {
    /// Highest sample magnitude, in dBFS.
    pub sample_peak_dbfs: f64,
    /// Highest magnitude between samples (ITU-R BS.1770-4 annex 2, 4 times oversampled), in dBTP.
    pub true_peak_dbtp: f64,
    /// Root mean square over all channels, in dBFS.
    pub rms_dbfs: f64,
    /// Integrated loudness (EBU R 128), in LUFS; absent if all is below the gate.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub loudness_lufs: Option<f64>,
    /// Loudness range (EBU Tech 3342), in LU.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub loudness_range_lu: Option<f64>,
    /// Mean of all samples per channel, as a fraction of full scale.
    pub dc_offset: Vec<f64>,
    /// Samples in plateaus at the clip's extremes, all channels.
    pub clipped_samples: u64,
    /// Seconds of exactly zero samples in runs of at least 1 ms, in the first channel.
    pub zero_run_s: f64,
    /// Significant bits of the samples, for lossless sources of at most 24 bits.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub effective_bits: Option<u16>,
    /// Share of unused sample values within the range in use, for lossless sources of at most 16
    /// bits, 0..=1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub empty_codes: Option<f64>,
    /// Highest frequency that carries signal, in Hz.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bandwidth_hz: Option<f64>,
    /// Slope of the spectrum at `bandwidth_hz`, in dB per 100 Hz.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cutoff_slope_db_per_100hz: Option<f64>,
    /// Share of time with speech, 0..=1; of clips over two minutes, an eighth of the rest is judged.
    pub speech_share: f64,
    /// Broadband background level in pauses, in dBFS; absent without pauses.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub noise_floor_dbfs: Option<f64>,
    /// Long-term average spectrum.
    pub average_spectrum: Spectrum,
    /// Spectrum of the background in pauses, if there are pauses.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub noise_floor_spectrum: Option<Spectrum>,
    /// Series over time. `enf_hz`, the frequency of mains hum measured over 16 s about each time, is
    /// there if the clip has hum: a value a second, or means of equal stretches if that were more
    /// than 600.
    pub series: Vec<Series>,
}

/// Power over frequency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Spectrum {
    /// Frequency of the first value, in Hz.
    pub start_hz: f64,
    /// Distance between values, in Hz.
    pub step_hz: f64,
    /// Level of each bin in dBFS, a full-scale sine being 0 dB in its bin.
    pub level_db: Vec<f64>,
}

/// A quantity over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Series {
    /// Name in `snake_case` with its unit, such as `loudness_lufs`.
    pub name: String,
    /// Time of the first value, in seconds.
    pub start_s: f64,
    /// Distance between values, in seconds.
    pub step_s: f64,
    /// Values; `null` where there is none.
    pub values: Vec<Option<f64>>,
}

/// What became of a detector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DetectorStatus {
    /// It looked; `findings` may be empty.
    Examined,
    /// It cannot say anything about this clip; `reason` says why.
    NotApplicable,
    /// It could not finish; `reason` says why.
    Failed,
}

/// One detector and what it saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DetectorReport {
    /// Stable id in `kebab-case`.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Family of evidence; findings of one family are not independent.
    pub family: String,
    /// What became of it.
    pub status: DetectorStatus,
    /// Why it did not examine the clip.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// What it saw, sorted by time.
    pub findings: Vec<FindingReport>,
}

impl DetectorReport {
    /// Whether its findings say that something is out of the ordinary. Every file has a writer: that one is
    /// known is no indicator.
    #[must_use]
    pub fn is_indicator(&self) -> bool {
        self.id != "encoder-signature"
    }
}

/// One place at which a detector saw its trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FindingReport {
    /// Best single time, in seconds.
    pub time_s: f64,
    /// Start of the trace, in seconds.
    pub start_s: f64,
    /// End of the trace, in seconds.
    pub end_s: f64,
    /// Channel counted from 0, if the trace is in one alone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub channel: Option<u16>,
    /// Strength of the trace; grows with evidence.
    pub score: f64,
    /// Unit of `score`.
    pub score_unit: String,
    /// What stands behind the score.
    pub strength: Strength,
    /// What was measured.
    pub evidence: Vec<Evidence>,
    /// What was read in the file, in words; findings of the family `structure` have it. They concern the
    /// file, and their times are those of the whole clip.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
}

/// A place at which the recording may have been joined.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EditPointReport {
    /// Best single time, in seconds.
    pub time_s: f64,
    /// Start of the place, in seconds.
    pub start_s: f64,
    /// End of the place, in seconds.
    pub end_s: f64,
    /// Joint score; grows with evidence.
    pub score: f64,
    /// What stands behind the score.
    pub strength: Strength,
    /// Detectors that contributed, sorted.
    pub detectors: Vec<String>,
    /// Points of this strength or more in untouched recordings with such a last encoding, per hour:
    /// upper bound with 95 %; absent below moderate.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub false_per_hour_at_most: Option<f64>,
    /// What was seen, in one or two sentences.
    pub explanation: String,
    /// What else may look like this.
    pub innocent_explanations: Vec<String>,
}

/// Cuts that were tried in this clip, and how many of them were found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CertificateReport {
    /// Encoding that the cut versions went through; absent if they were saved without loss although
    /// the clip is not, so that the shares are upper bounds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub encoded_as: Option<String>,
    /// Seconds of the clip in which cuts were tried.
    pub part_s: f64,
    /// Kinds of cuts.
    pub kinds: Vec<CertificateKind>,
}

/// One kind of cut.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CertificateKind {
    /// How the ends were joined.
    pub joint: String,
    /// Where the ends lay.
    pub placement: String,
    /// Cuts made.
    pub made: u32,
    /// Cuts with an edit point of moderate strength or more within 0.1 s.
    pub found: u32,
    /// Share found, 0..=1, and its 95 % interval.
    pub recall: f64,
    /// Lower end of the interval.
    pub recall_low: f64,
    /// Upper end of the interval.
    pub recall_high: f64,
}

/// Spectral fingerprint of the clip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FingerprintReport {
    /// Algorithm and version; words of another producer must not be compared.
    pub producer: String,
    /// The words, if asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub words: Option<Vec<u32>>,
    /// Number of words.
    pub word_count: usize,
    /// Words per second.
    pub words_per_s: f64,
}
