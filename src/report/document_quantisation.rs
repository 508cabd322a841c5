//! The part of the analysis document on how the last encoder quantised.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the encoder of this file quantised, as its coded frames say. No sound is decoded for it: numbers
/// of MP3 are of every granule and channel, those of AAC of the first channel of every packet.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct QuantisationReport {
    /// Layout of the frames: `MP3`, or `AAC-LC`, which the core of HE-AAC is too.
    pub format: String,
    /// Frames that were read.
    pub frames: u64,
    /// Frames that could not be read.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub unread_frames: u64,
    /// Bit rate of single frames, in kbit/s.
    pub bit_rate_kbps: Spread,
    /// Global gain, 0..=255; the step of the quantiser doubles with every 4. Absent if no frame holds data.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub global_gain: Option<Spread>,
    /// The global gain that the first of `global_gain_counts` stands for.
    pub global_gain_start: u32,
    /// How often each global gain occurs, one after another.
    pub global_gain_counts: Vec<u64>,
    /// Where the coded lines of long windows end, in Hz: in MP3 those above 1 in size or below one that is; in AAC
    /// the last band that is not zero.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub highest_line_hz: Option<Spread>,
    /// Where the bands that were sent end, zero or not, in Hz; of AAC.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub highest_band_hz: Option<Spread>,
    /// Share of each window.
    pub windows: WindowShares,
    /// Share of frames with a Kaiser-Bessel window, not the sine, 0..=1; of AAC.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub kaiser_bessel_share: Option<f64>,
    /// Share without data, 0..=1.
    pub empty_share: f64,
    /// Share without scale factors of those that hold data, 0..=1; of MP3.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub no_scale_factors_share: Option<f64>,
    /// Share of frames of two channels in which sum and difference are coded, 0..=1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mid_side_share: Option<f64>,
    /// Share of frames of two channels in which intensity stereo may be used, 0..=1; of MP3.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub intensity_share: Option<f64>,
    /// Coded lines by size; absent where codes were not read.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lines: Option<LinesReport>,
    /// Scale factors; absent where codes were not read, or none is sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub scale_factors: Option<ScaleFactorsReport>,
    /// Use of the bit reservoir; of MP3.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reservoir: Option<ReservoirReport>,
    /// What stands in the scale-factor bands; of AAC.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bands: Option<BandShares>,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// Scale factors by value: of MP3 those sent, 0..=15; of AAC the step to each from the one before, -60..=60.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScaleFactorsReport {
    /// The value that the first of `counts` stands for.
    pub first: i32,
    /// How often each value occurs, one after another.
    pub counts: Vec<u64>,
}

/// Quantised lines by size. Zeros behind the last code of a granule of MP3 and in bands of AAC that are all zero are
/// not counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LinesReport {
    /// Lines of the sizes 0 to 15.
    pub counts: Vec<u64>,
    /// Lines of larger size.
    pub larger: u64,
    /// Lines by the first decimal digit of their size, 1 to 9; zeros have none.
    pub first_digit_counts: Vec<u64>,
}

/// How a quantity spreads over a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Spread {
    /// Value that 5 % do not exceed.
    pub p5: f64,
    /// Median.
    pub median: f64,
    /// Value that 95 % do not exceed.
    pub p95: f64,
}

/// Share of each window, 0..=1 each, 1 in all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WindowShares {
    /// Long windows.
    pub long: f64,
    /// Windows that lead to short ones.
    pub start: f64,
    /// Short windows.
    pub short: f64,
    /// Windows that lead back.
    pub stop: f64,
}

/// Use of MP3's bit reservoir.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReservoirReport {
    /// Share of frames whose data begins in frames before them, 0..=1.
    pub borrowing_share: f64,
    /// Mean number of bytes before the frame at which its data begins.
    pub mean_bytes: f64,
    /// Share of the room for data that no frame uses, 0..=1.
    pub unused_share: f64,
}

/// What stands in AAC's scale-factor bands, as shares of those sent, 0..=1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BandShares {
    /// All lines zero.
    pub zero: f64,
    /// Noise in their place.
    pub noise: f64,
    /// A level for the other channel's lines.
    pub intensity: f64,
}
