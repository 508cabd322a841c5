//! What the evaluation is held against.

/// Share of clips to be found, by case; none where nothing is promised.
pub fn recall(case: &str) -> Option<f64> {
    let name = case.strip_prefix("music_").unwrap_or(case);
    let by_name = [
        ("codec_", 0.99),
        ("long_codec_", 0.99),
        ("offset_wav", 0.99),
        ("gain_polarity", 0.99),
        ("noise_pink_10", 0.99),
        ("noise_pink_0", 0.97),
        ("noise_pink_m5", 0.85),
        ("noise_babble_0", 0.97),
        ("band_", 0.98),
        ("rerecorded", 0.93),
        ("speed_10", f64::NAN),
        ("speed_chain", f64::NAN),
        ("speed", 0.97),
        ("tempo_5", 0.97),
        ("pitch_", 0.97),
        ("short_3s_", 0.95),
    ];
    by_name.iter().find(|(start, _)| name.starts_with(start)).map(|t| t.1).filter(|t| !t.is_nan())
}

/// Speed error where speed was changed by up to 6 % or tempo by up to 5 %, in percent.
pub const SPEED_ERROR_PERCENT: f64 = 0.1;

/// Share of strangers that may be matched.
pub const FALSE_MATCHES: f64 = 0.001;

/// Share of frames to be put within 50 ms of their place, where only a codec lies between.
pub const MAPPED: f64 = 0.998;

/// Equal error rate of telling own frames from foreign ones.
pub const FRAME_EER: f64 = 0.005;

/// Boundaries of edits: median and 95th percentile of the distance, in ms.
pub const BOUNDARY_MS: (f64, f64) = (20.0, 120.0);

/// Shares of edits found, invented, and named rightly.
pub const EDITS: (f64, f64, f64) = (0.97, 0.01, 0.95);

/// Median offset error in ms, lossless and lossy.
pub const OFFSET_MS: (f64, f64) = (0.2, 1.0);
