//! Bounded pictures of a whole clip, for pages and terminals.

/// Waveform and spectrogram of the clip at a fixed size, whatever its length.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// Duration covered, in seconds.
    pub duration_s: f64,
    /// Waveform of the channel mean.
    pub waveform: WaveformPeaks,
    /// Spectrogram of the channel mean.
    pub spectrogram: SpectrogramImage,
}

/// Lowest and highest sample per column.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WaveformPeaks {
    /// Seconds per column.
    pub step_s: f64,
    /// `(lowest, highest)` in 1/127 of full scale.
    pub columns: Vec<(i8, i8)>,
}

/// Level over time and frequency.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SpectrogramImage {
    /// Seconds per column.
    pub step_s: f64,
    /// Frequency of the highest row's upper edge, in Hz.
    pub max_hz: f64,
    /// Rows per column.
    pub rows: usize,
    /// Level of each cell, column by column from low to high frequency: 0 is `floor_db` or below,
    /// 255 is `floor_db + range_db` or above.
    pub cells: Vec<u8>,
    /// Level of cell value 0, in dBFS.
    pub floor_db: f64,
    /// Decibels between cell values 0 and 255.
    pub range_db: f64,
}
