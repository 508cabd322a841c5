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

impl SpectrogramImage {
    /// Columns of the picture; an incomplete last one is not counted.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.cells.len().checked_div(self.rows).unwrap_or(0)
    }

    /// The picture as 8-bit grey PNG files of at most `widest` columns each, left to right, with the
    /// highest frequency on top; none for an empty picture.
    ///
    /// # Errors
    ///
    /// What the encoder answers, for pictures larger than PNG allows.
    pub fn grey_pngs(&self, widest: usize) -> Result<Vec<Vec<u8>>, png::EncodingError> {
        let starts = (0..self.columns()).step_by(widest.max(1));
        starts.map(|start| self.grey_png(start, widest.min(self.columns() - start))).collect()
    }

    fn grey_png(&self, start: usize, width: usize) -> Result<Vec<u8>, png::EncodingError> {
        let mut pixels = Vec::with_capacity(width * self.rows);
        for row in (0..self.rows).rev() {
            pixels
                .extend((start..start + width).map(|column| self.cells[column * self.rows + row]));
        }
        let mut bytes = Vec::new();
        let size = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let mut encoder = png::Encoder::new(&mut bytes, size(width), size(self.rows));
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        encoder.set_filter(png::Filter::Adaptive);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&pixels)?;
        writer.finish()?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strips_hold_the_cells_with_high_frequencies_on_top() {
        let image = SpectrogramImage {
            rows: 2,
            cells: vec![1, 2, 3, 4, 5, 6, 7],
            ..SpectrogramImage::default()
        };
        assert_eq!(image.columns(), 3);
        let strips = image.grey_pngs(2).unwrap();
        let decoded: Vec<Vec<u8>> = strips
            .iter()
            .map(|png| {
                let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
                let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
                reader.next_frame(&mut pixels).unwrap();
                pixels
            })
            .collect();
        assert_eq!(decoded, [vec![2, 4, 1, 3], vec![6, 5]]);
    }

    #[test]
    fn no_cells_no_strips() {
        assert!(SpectrogramImage::default().grey_pngs(100).unwrap().is_empty());
    }
}
