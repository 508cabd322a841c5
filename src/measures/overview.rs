//! Waveform and spectrogram of the whole clip in bounded memory, for people to look at.

use crate::dsp::kernels::min_max;
use crate::dsp::stft::Frame;

/// Columns kept at most; when they are full, neighbours are merged and the step doubles.
const MAX_COLUMNS: usize = 2400;

/// Rows of the spectrogram.
pub const SPECTROGRAM_ROWS: usize = 192;

/// Samples per waveform column to begin with.
const FIRST_STEP: usize = 32;

/// Pictures of a clip.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ClipOverview {
    /// Samples per waveform column.
    pub waveform_step: usize,
    /// Lowest and highest sample of each column.
    pub waveform: Vec<(f32, f32)>,
    /// Transform frames per spectrogram column.
    pub spectrogram_step: usize,
    /// Mean power per cell, column by column, low to high frequency.
    pub spectrogram: Vec<f32>,
}

/// Measures [`ClipOverview`].
pub struct OverviewMeasure {
    filled: usize,
    column: (f32, f32),
    row_bins: Vec<(usize, usize)>,
    cell_frames: usize,
    /// Power per bin, summed over the frames of the open column.
    bins: Vec<f32>,
    out: ClipOverview,
}

impl OverviewMeasure {
    /// For frames of `n_bins` bins.
    #[must_use]
    pub fn new(n_bins: usize) -> Self {
        let rows = SPECTROGRAM_ROWS.min(n_bins);
        let edge = |row: usize| row * n_bins / rows;
        Self {
            filled: 0,
            column: EMPTY,
            row_bins: (0..rows).map(|row| (edge(row), edge(row + 1))).collect(),
            cell_frames: 0,
            bins: vec![0.0; n_bins],
            out: ClipOverview {
                waveform_step: FIRST_STEP,
                spectrogram_step: 1,
                ..ClipOverview::default()
            },
        }
    }

    /// Adds samples.
    pub fn push_samples(&mut self, mut samples: &[f32]) {
        while !samples.is_empty() {
            let room = self.out.waveform_step - self.filled;
            let (now, later) = samples.split_at(room.min(samples.len()));
            samples = later;
            let (low, high) = min_max(now);
            self.column = (self.column.0.min(low), self.column.1.max(high));
            self.filled += now.len();
            if self.filled == self.out.waveform_step {
                self.close_column();
            }
        }
    }

    /// Adds a frame.
    pub fn push_frame(&mut self, frame: &Frame) {
        for (sum, power) in self.bins.iter_mut().zip(frame.power) {
            *sum += power;
        }
        self.cell_frames += 1;
        if self.cell_frames == self.out.spectrogram_step {
            self.close_cells();
        }
    }

    /// The pictures.
    #[must_use]
    pub fn finish(mut self) -> ClipOverview {
        if self.filled > 0 {
            self.close_column();
        }
        if self.cell_frames > 0 {
            self.close_cells();
        }
        self.out
    }

    fn close_column(&mut self) {
        self.out.waveform.push(self.column);
        self.column = EMPTY;
        self.filled = 0;
        if self.out.waveform.len() == MAX_COLUMNS {
            let pairs = self.out.waveform.chunks(2);
            self.out.waveform = pairs.map(|p| (p[0].0.min(p[1].0), p[0].1.max(p[1].1))).collect();
            self.out.waveform_step *= 2;
        }
    }

    fn close_cells(&mut self) {
        let frames = self.cell_frames as f32;
        let bins = &self.bins;
        self.out.spectrogram.extend(self.row_bins.iter().map(|&(first, end)| {
            bins[first..end].iter().sum::<f32>() / (frames * (end - first) as f32)
        }));
        self.bins.fill(0.0);
        self.cell_frames = 0;
        let rows = self.row_bins.len();
        if self.out.spectrogram.len() == MAX_COLUMNS * rows {
            let pairs = self.out.spectrogram.chunks(2 * rows);
            self.out.spectrogram = pairs
                .flat_map(|pair| (0..rows).map(move |row| 0.5 * (pair[row] + pair[rows + row])))
                .collect();
            self.out.spectrogram_step *= 2;
        }
    }
}

const EMPTY: (f32, f32) = (f32::INFINITY, f32::NEG_INFINITY);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_and_extremes_survive() {
        let mut measure = OverviewMeasure::new(129);
        let mut samples = vec![0.0f32; 1_000_000];
        samples[123_456] = 0.9;
        samples[654_321] = -0.8;
        measure.push_samples(&samples);
        for index in 0..10_000 {
            measure.push_frame(&Frame { index, samples: &[], power: &[0.5; 129] });
        }
        let overview = measure.finish();
        assert!(overview.waveform.len() <= MAX_COLUMNS);
        assert_eq!(overview.waveform[123_456 / overview.waveform_step].1, 0.9);
        assert_eq!(overview.waveform[654_321 / overview.waveform_step].0, -0.8);
        assert_eq!(overview.spectrogram.len() % 129, 0);
        assert!(overview.spectrogram.iter().all(|p| (p - 0.5).abs() < 1e-6));
    }
}
