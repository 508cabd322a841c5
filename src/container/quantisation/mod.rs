//! How the encoder of a stream quantised: what its frames say, summed over the file.
//!
//! No sample is decoded. Gains, windows, the end of what is coded and how many bits were taken stand in front of
//! the Huffman-coded part of a frame; scale factors and sizes of lines in it. That of MP3 is read by the walker of
//! MPEG streams. Memory does not grow with the stream.

mod aac;
mod layer3;
mod line_sizes;

pub use line_sizes::LineSizes;

/// Layout of the frames that were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// MPEG layer 3.
    Layer3,
    /// AAC-LC, or the core of HE-AAC.
    AacLc,
}

/// How often each number from 0 on was seen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Histogram(Vec<u64>);

/// Numbers kept apart; larger ones count as this one.
const MOST: usize = 4_095;

impl Histogram {
    fn add(&mut self, value: u32) {
        self.add_many(value as usize, 1);
    }

    fn add_many(&mut self, value: usize, count: u64) {
        let place = value.min(MOST);
        if self.0.len() <= place {
            self.0.resize(place + 1, 0);
        }
        self.0[place] += count;
    }

    /// How often each number from 0 to the highest was seen.
    #[must_use]
    pub fn counts(&self) -> &[u64] {
        &self.0
    }

    /// The number below or at which this share of all lies, 0..=1; `None` if nothing was seen.
    #[must_use]
    pub fn at(&self, share: f64) -> Option<u32> {
        let total: u64 = self.0.iter().sum();
        let wanted = ((total as f64 * share).ceil() as u64).max(1);
        let mut sum = 0;
        let place = self.0.iter().position(|count| {
            sum += count;
            sum >= wanted
        })?;
        u32::try_from(place).ok()
    }
}

/// Frames of two channels and what they share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stereo {
    /// Frames of two channels.
    pub frames: u64,
    /// Those in which sum and difference are coded, of some bands at least.
    pub mid_side: u64,
    /// Those in which intensity stereo may be used.
    pub intensity: u64,
}

/// Use of layer 3's bit reservoir.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reservoir {
    /// Frames whose data begins in frames before them.
    pub borrowing: u64,
    /// Sum of the bytes before the frame at which its data begins.
    pub begin_bytes: u64,
    /// Bits of the frames' data in all.
    pub used_bits: u64,
    /// Bits that the frames have for data.
    pub room_bits: u64,
}

/// Scale-factor bands of AAC's first channel, by what stands in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bands {
    /// Bands sent.
    pub all: u64,
    /// All lines zero.
    pub zero: u64,
    /// Noise in their place.
    pub noise: u64,
    /// A level for the other channel's lines.
    pub intensity: u64,
}

/// What stands in the coded part of frames. A frame that turns out to be unreadable has added what stands in front
/// of that place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coded {
    /// Coded lines by size.
    pub lines: LineSizes,
    /// Scale factors by value, each [`Coded::NO_SCALE`] too high: of layer 3 the factors that are sent, of AAC the
    /// step to each from the one before.
    pub scales: Histogram,
}

impl Coded {
    /// Where a scale factor or a step of 0 stands in the histogram.
    pub const NO_SCALE: u32 = 60;

    /// Adds a scale factor or a step, -60 to 60.
    pub(crate) fn add_scale(&mut self, value: i32) {
        self.scales.add(Self::NO_SCALE.saturating_add_signed(value));
    }
}

/// What the frames say. One unit is a channel of a granule of layer 3, or the first channel of an
/// AAC packet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Quantisation {
    /// Layout of the frames; `None` if none was read.
    pub format: Option<Format>,
    /// Sample rate of the core codec in Hz.
    pub rate_hz: u32,
    /// Frames that were read.
    pub frames: u64,
    /// Frames that could not be read.
    pub unread: u64,
    /// Bit rates of frames in kbit/s.
    pub rates: Histogram,
    /// Global gains of units that hold data: the step is 2 to a quarter of it.
    pub gains: Histogram,
    /// Units by window: long, start, short, stop.
    pub windows: [u64; 4],
    /// AAC: frames with the Kaiser-Bessel window, not the sine.
    pub kaiser: u64,
    /// Units without data.
    pub empty: u64,
    /// Layer 3: units that hold data and no scale factors.
    pub flat_scales: u64,
    /// First line behind those coded, of units with long windows: of layer 3 behind the big values, pairs of ±1
    /// and 0 above them not counted; of AAC behind the last band that is not zero.
    pub lines: Histogram,
    /// What the Huffman-coded part says; nothing where it was not read.
    pub coded: Coded,
    /// AAC: first line behind the bands sent, zero or not, of units with long windows.
    pub sent: Histogram,
    /// Frames of two channels.
    pub stereo: Stereo,
    /// Layer 3: use of the bit reservoir.
    pub reservoir: Reservoir,
    /// AAC: what stands in the bands.
    pub bands: Bands,
}

impl Quantisation {
    /// Adds a frame of layer 3, header included.
    pub(crate) fn add_layer3(&mut self, frame: &[u8]) {
        layer3::add(frame, self);
    }

    /// Adds a packet of AAC-LC without transport headers, of a core at `rate_hz`; with `read_codes` its
    /// Huffman-coded part too.
    pub(crate) fn add_aac(&mut self, packet: &[u8], rate_hz: u32, read_codes: bool) {
        aac::add(packet, rate_hz, read_codes, self);
    }

    fn begin(&mut self, format: Format, rate_hz: u32) {
        (self.format, self.rate_hz) = (Some(format), rate_hz);
    }

    fn window(&mut self, kind: u32) {
        if let Some(count) = self.windows.get_mut(kind as usize) {
            *count += 1;
        }
    }

    /// Frequency in Hz at which line `line` begins.
    #[must_use]
    pub fn line_hz(&self, line: u32) -> f64 {
        let lines = if self.format == Some(Format::Layer3) { 576.0 } else { 1_024.0 };
        f64::from(line) * f64::from(self.rate_hz) / 2.0 / lines
    }
}

/// Bit rate of a frame of `bytes` for `samples`, in kbit/s, rounded.
fn kbps(bytes: usize, rate_hz: u32, samples: u32) -> u32 {
    let scaled = bytes as u64 * 8 * u64::from(rate_hz);
    let unit = u64::from(samples.max(1)) * 1_000;
    u32::try_from((scaled + unit / 2) / unit).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::continuity::mpeg_frame::mono_frame;

    #[test]
    fn shares_of_a_histogram() {
        let mut seen = Histogram::default();
        assert_eq!(seen.at(0.5), None);
        (0..100).for_each(|i| seen.add(i));
        seen.add(u32::MAX);
        assert_eq!((seen.at(0.0), seen.at(0.5), seen.at(1.0)), (Some(0), Some(50), Some(4_095)));
    }

    #[test]
    fn a_frame_of_layer3() {
        // Two granules: 100 and 200 bits, 60 pairs, gain 180, stop window.
        let granule = |from, bits| {
            [
                (from, 12, bits),
                (from + 12, 9, 60),
                (from + 21, 8, 180),
                (from + 33, 1, 1),
                (from + 34, 2, 3),
            ]
        };
        let fields = [&[(0, 9, 7)][..], &granule(18, 100), &granule(77, 200)].concat();
        let bytes = mono_frame(&fields);
        let mut sum = Quantisation::default();
        sum.add_layer3(&bytes);
        sum.add_layer3(&bytes[..10]);
        assert_eq!((sum.frames, sum.unread, sum.windows), (1, 1, [0, 0, 0, 2]));
        assert_eq!((sum.gains.at(0.5), sum.lines.at(0.5)), (Some(180), Some(120)));
        assert_eq!((sum.rates.at(0.5), sum.flat_scales), (Some(128), 2));
        assert_eq!((sum.reservoir.borrowing, sum.reservoir.used_bits), (1, 300));
        assert!((sum.line_hz(120) - 4_593.75).abs() < 1e-9);
    }
}
