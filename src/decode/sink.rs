//! Where decoders put their samples: one planar buffer of one rate and one channel count.
//!
//! A report covers one rate. A stream that changes its rate part-way is refused here; a change of
//! the channel count alone is mapped onto the count the stream began with.

use symphonia::core::audio::conv::IntoSample;
use symphonia::core::audio::sample::Sample;
use symphonia::core::audio::{Audio, AudioBuffer, GenericAudioBufferRef};

use crate::container::limits::check_stream;

/// Why samples were not taken.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Refusal {
    /// The packet does not decode.
    Bad(String),
    /// The packet has another sample rate, in Hz, than the stream so far.
    OtherRate(u32),
    /// A rate or channel count that no recording has.
    Limit(String),
}

impl From<String> for Refusal {
    fn from(text: String) -> Self {
        Self::Bad(text)
    }
}

/// Samples on their way from a decoder to a block.
#[derive(Debug, Default)]
pub(super) struct Sink {
    /// Rate in Hz, 0 before the first samples.
    pub(super) rate_hz: u32,
    /// One vector per channel, all of one length.
    pub(super) pending: Vec<Vec<f32>>,
    /// A channel count other than the stream's own, the last time one came.
    pub(super) remapped_from: Option<usize>,
    scratch: Vec<Vec<f32>>,
}

impl Sink {
    /// Frames waiting.
    pub(super) fn frames(&self) -> usize {
        self.pending.first().map_or(0, Vec::len)
    }

    /// Channels, 0 before the first samples.
    pub(super) fn channels(&self) -> usize {
        self.pending.len()
    }

    /// Whether samples of this shape fit; the first ones decide.
    fn admit(&mut self, rate_hz: u32, channels: usize) -> Result<(), Refusal> {
        if self.rate_hz == 0 {
            check_stream(rate_hz, channels as u32, 0).map_err(|e| Refusal::Limit(e.to_string()))?;
            self.rate_hz = rate_hz;
            self.pending = vec![Vec::new(); channels];
        } else if rate_hz != self.rate_hz {
            return Err(Refusal::OtherRate(rate_hz));
        } else if channels == 0 {
            return Err(Refusal::Bad("no channels".into()));
        }
        Ok(())
    }

    /// Appends what a symphonia decoder returned.
    pub(super) fn push_buffer(
        &mut self,
        buffer: &GenericAudioBufferRef<'_>,
    ) -> Result<(), Refusal> {
        match buffer {
            GenericAudioBufferRef::U8(b) => self.push_planes(b),
            GenericAudioBufferRef::U16(b) => self.push_planes(b),
            GenericAudioBufferRef::U24(b) => self.push_planes(b),
            GenericAudioBufferRef::U32(b) => self.push_planes(b),
            GenericAudioBufferRef::S8(b) => self.push_planes(b),
            GenericAudioBufferRef::S16(b) => self.push_planes(b),
            GenericAudioBufferRef::S24(b) => self.push_planes(b),
            GenericAudioBufferRef::S32(b) => self.push_planes(b),
            GenericAudioBufferRef::F32(b) => self.push_planes(b),
            GenericAudioBufferRef::F64(b) => self.push_planes(b),
        }
    }

    fn push_planes<S: Sample + IntoSample<f32>>(
        &mut self,
        buffer: &AudioBuffer<S>,
    ) -> Result<(), Refusal> {
        let channels = buffer.num_planes();
        if buffer.frames() == 0 {
            return Ok(());
        }
        self.push_with(buffer.spec().rate(), channels, |c, out| {
            let plane = buffer.plane(c).unwrap_or_default();
            out.extend(plane.iter().map(|s| -> f32 { (*s).into_sample() }));
        })
    }

    /// Appends interleaved samples.
    #[cfg_attr(not(feature = "he-aac"), allow(dead_code, reason = "that decoder interleaves"))]
    pub(super) fn push_interleaved(
        &mut self,
        rate_hz: u32,
        channels: usize,
        samples: &[f32],
    ) -> Result<(), Refusal> {
        let step = channels.max(1);
        let whole = samples.len() - samples.len() % step;
        self.push_with(rate_hz, channels, |c, out| {
            out.extend(samples[..whole].iter().skip(c).step_by(step));
        })
    }

    /// Appends 16-bit samples of one channel.
    pub(super) fn push_mono_i16(&mut self, rate_hz: u32, samples: &[i16]) -> Result<(), Refusal> {
        self.push_with(rate_hz, 1, |_, out| {
            out.extend(samples.iter().map(|&s| f32::from(s) / 32_768.0));
        })
    }

    /// Appends what `fill` adds for each of `channels` channels; all must be of one length.
    pub(super) fn push_with(
        &mut self,
        rate_hz: u32,
        channels: usize,
        mut fill: impl FnMut(usize, &mut Vec<f32>),
    ) -> Result<(), Refusal> {
        self.admit(rate_hz, channels)?;
        if channels == self.pending.len() {
            for (c, out) in self.pending.iter_mut().enumerate() {
                fill(c, out);
            }
            return Ok(());
        }
        self.remapped_from = Some(channels);
        self.scratch.resize_with(channels, Vec::new);
        for (c, out) in self.scratch.iter_mut().enumerate() {
            out.clear();
            fill(c, out);
        }
        remap(&self.scratch, &mut self.pending);
        Ok(())
    }
}

/// Appends `from` to `to`: few channels are repeated, many are averaged in turn.
fn remap(from: &[Vec<f32>], to: &mut [Vec<f32>]) {
    let outputs = to.len();
    for (d, out) in to.iter_mut().enumerate() {
        if from.len() <= outputs {
            out.extend_from_slice(&from[d % from.len()]);
            continue;
        }
        let inputs: Vec<&Vec<f32>> = from.iter().skip(d).step_by(outputs).collect();
        let gain = 1.0 / inputs.len() as f32;
        out.extend((0..from[0].len()).map(|i| gain * inputs.iter().map(|c| c[i]).sum::<f32>()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_samples_decide_the_shape() {
        let mut sink = Sink::default();
        sink.push_interleaved(8000, 2, &[1.0, 2.0, 3.0, 4.0]).unwrap();
        assert_eq!(sink.pending, [[1.0, 3.0], [2.0, 4.0]]);
        assert_eq!(sink.push_interleaved(16000, 2, &[0.0]), Err(Refusal::OtherRate(16000)));
        sink.push_mono_i16(8000, &[-32768]).unwrap();
        assert_eq!(sink.pending, [[1.0, 3.0, -1.0], [2.0, 4.0, -1.0]]);
        assert_eq!(sink.remapped_from, Some(1));
    }

    #[test]
    fn extra_channels_are_averaged() {
        let mut sink = Sink::default();
        sink.push_mono_i16(8000, &[0]).unwrap();
        sink.push_interleaved(8000, 2, &[0.5, 0.25]).unwrap();
        assert_eq!(sink.pending, [[0.0, 0.375]]);
    }

    #[test]
    fn impossible_shapes_are_refused() {
        assert!(matches!(Sink::default().push_mono_i16(0, &[1]), Err(Refusal::Limit(_))));
        let many = Sink::default().push_interleaved(8000, 65, &[0.0; 65]);
        assert!(matches!(many, Err(Refusal::Limit(_))));
    }
}
