//! The part of the analysis document on a record of the mains frequency.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::report::Series;

/// The clip's hum held against a record of the mains frequency (electric network frequency).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EnfMatchReport {
    /// The record.
    pub record: EnfRecordReport,
    /// What came of it.
    pub status: EnfMatchStatus,
    /// Why the best place does not stand out, or why nothing was compared.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// Seconds of the clip's hum that were compared.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub matched_s: Option<f64>,
    /// Places in the record that were tried, a second apart.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub places: Option<u64>,
    /// Where the record fits best.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub best: Option<EnfPlaceReport>,
    /// Where it fits best at least a minute away from there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next_best: Option<EnfPlaceReport>,
    /// Error of the next best place over that of the best; 1 says that nothing is told apart.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next_best_ratio: Option<f64>,
    /// How well series fit that were never in the record.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub false_series: Option<EnfFalseSeriesReport>,
    /// The record's frequency at the best place, on the clip's time, smoothed over 16 s as the clip's
    /// was measured, and thinned as `enf_hz` is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub record_series: Option<Series>,
}

/// What came of holding the hum against a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnfMatchStatus {
    /// The best place fits clearly better than any other and than series that were never there.
    StandsOut,
    /// Other places, or series that were never there, fit nearly as well; `reason` says which.
    Alike,
    /// Nothing could be compared; `reason` says why.
    NotCompared,
}

/// A record of the mains frequency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EnfRecordReport {
    /// Path as given.
    pub path: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// First time, as the record writes it.
    pub start: String,
    /// Last time, as the record writes it.
    pub end: String,
    /// Seconds for which it has a value.
    pub known_s: f64,
}

/// A place in a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EnfPlaceReport {
    /// Time at which the clip would start, as the record writes times.
    pub start: String,
    /// The same in UTC, if the record has dates.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub start_utc: Option<String>,
    /// The same in seconds: since 1970 if the record has dates, else as it counts.
    pub start_s: f64,
    /// Root mean square difference of both series, their mean difference taken out, in mHz.
    pub error_mhz: f64,
    /// Correlation coefficient of both series, -1..=1.
    pub correlation: f64,
    /// Mean of the clip's series less that of the record, in mHz: what the clip's clock is off.
    pub offset_mhz: f64,
}

/// How well series fit that were never in the record: the clip's run backwards, upside down, both,
/// and with its parts exchanged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EnfFalseSeriesReport {
    /// Series that were tried.
    pub tried: u32,
    /// Those that fit as well as the clip's or better.
    pub as_good: u32,
    /// Error of the best of them at its best place, in mHz.
    pub least_error_mhz: f64,
    /// Their median error at their best places, in mHz.
    pub median_error_mhz: f64,
    /// One more than `as_good` over one more than `tried`.
    pub p_value: f64,
}
