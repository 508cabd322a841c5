//! What a detector saw at one place, with everything a reader needs to check it by hand.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::TimeSpan;

/// How much a finding or an edit point weighs.
///
/// Bands stand on counted false alarms per hour of untouched audio: `Moderate` means at most one
/// false point an hour on recordings of this kind, `Strong` at most 0.05. `Uncalibrated` says that
/// no such count stands behind the score yet.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// No error rate has been counted for this score.
    Uncalibrated,
    /// More than one false point an hour.
    Limited,
    /// At most one false point an hour.
    Moderate,
    /// At most 0.05 false points an hour.
    Strong,
    /// At most 0.005 false points an hour.
    VeryStrong,
}

impl Strength {
    /// The word documents carry.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Uncalibrated => "uncalibrated",
            Self::Limited => "limited",
            Self::Moderate => "moderate",
            Self::Strong => "strong",
            Self::VeryStrong => "very-strong",
        }
    }
}

/// One measured quantity behind a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// Name in `snake_case`.
    pub name: String,
    /// Measured value.
    pub value: f64,
    /// Unit of `value` and `threshold`.
    pub unit: String,
    /// Value from which the detector reports, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub threshold: Option<f64>,
}

impl Evidence {
    /// A measured value.
    #[must_use]
    pub fn new(name: &str, value: f64, unit: &str) -> Self {
        Self { name: name.into(), value, unit: unit.into(), threshold: None }
    }

    /// A measured value beside the threshold it passed.
    #[must_use]
    pub fn above(name: &str, value: f64, unit: &str, threshold: f64) -> Self {
        Self { threshold: Some(threshold), ..Self::new(name, value, unit) }
    }
}

/// One place at which a detector saw its trace.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Best single time, in seconds.
    pub time_s: f64,
    /// Where the trace lies.
    pub span: TimeSpan,
    /// Channel counted from 0, if the trace is in one channel alone.
    pub channel: Option<u16>,
    /// Strength of the trace in the detector's `score_unit`; grows with evidence.
    pub score: f64,
    /// What stands behind the score.
    pub strength: Strength,
    /// Whether a joint leaves such a trace, so that the finding takes part in edit points; otherwise
    /// it describes the clip.
    pub joint: bool,
    /// What was measured.
    pub evidence: Vec<Evidence>,
    /// What was read in the file, in words; findings about its structure have it.
    pub note: Option<String>,
}

impl Finding {
    /// A trace that joints leave, over a stretch and best heard at `time_s`; in all channels and not
    /// calibrated.
    #[must_use]
    pub fn joint(time_s: f64, span: TimeSpan, score: f64, evidence: Vec<Evidence>) -> Self {
        Self {
            time_s,
            span,
            channel: None,
            score,
            strength: Strength::Uncalibrated,
            joint: true,
            evidence,
            note: None,
        }
    }

    /// A property of a stretch of the clip that says nothing about joints.
    #[must_use]
    pub fn description(span: TimeSpan, score: f64, evidence: Vec<Evidence>) -> Self {
        Self { joint: false, ..Self::joint(span.start_s, span, score, evidence) }
    }

    /// Something read in the file, which concerns all of the clip.
    #[must_use]
    pub fn of_file(duration_s: f64, evidence: Vec<Evidence>, note: String) -> Self {
        let span = TimeSpan::new(0.0, duration_s);
        Self { note: Some(note), ..Self::description(span, 1.0, evidence) }
    }
}
