//! Real speech with a fault planted in it: places chosen by a stated rule, truth known to the sample.

use std::f64::consts::PI;
use std::path::Path;

use spliceprint::analysis::{Analysis, Outcome, Settings, analyze};
use spliceprint::decode::{Clip, Input, OpenOptions};
use spliceprint::finding::Finding;

use crate::support::{Folder, Lcg, fixture};

/// Samples of a clip, one vector per channel.
#[derive(Clone)]
pub(crate) struct Sound {
    pub(crate) rate: u32,
    pub(crate) channels: Vec<Vec<f32>>,
}

impl Sound {
    /// A fixture, decoded by the library.
    pub(crate) fn of(name: &str) -> Self {
        let options = OpenOptions::default();
        let mut clip = Clip::open(&Input::Path(fixture(name)), &options).unwrap();
        let rate = clip.stream().sample_rate_hz;
        let mut channels = vec![Vec::new(); usize::from(clip.stream().channels)];
        while let Some(block) = clip.next_block().unwrap() {
            for (all, part) in channels.iter_mut().zip(&block.channels) {
                all.extend_from_slice(part);
            }
        }
        Self { rate, channels }
    }

    /// The only channel.
    pub(crate) fn mono(&mut self) -> &mut Vec<f32> {
        assert_eq!(self.channels.len(), 1);
        &mut self.channels[0]
    }

    pub(crate) fn len(&self) -> usize {
        self.channels[0].len()
    }

    /// Samples in a stretch of time.
    pub(crate) fn frames(&self, time_s: f64) -> usize {
        (time_s * f64::from(self.rate)).round() as usize
    }

    pub(crate) fn seconds(&self, frame: usize) -> f64 {
        frame as f64 / f64::from(self.rate)
    }

    /// Highest magnitude.
    pub(crate) fn peak(&self) -> f32 {
        self.channels.iter().flatten().fold(0.0, |peak, x| peak.max(x.abs()))
    }

    /// Root mean square of a stretch of the first channel.
    pub(crate) fn rms(&self, from: usize, to: usize) -> f32 {
        let power: f64 = self.channels[0][from..to].iter().map(|x| f64::from(*x).powi(2)).sum();
        (power / (to - from) as f64).sqrt() as f32
    }

    /// Start of the loudest second that lies at least `margin_s` from both ends.
    pub(crate) fn loudest_second(&self, margin_s: f64) -> usize {
        self.extreme(1.0, margin_s, |new, best| new > best)
    }

    /// Start of the quietest 0.3 s at least `margin_s` from both ends.
    pub(crate) fn quietest_pause(&self, margin_s: f64) -> usize {
        self.extreme(PAUSE_S, margin_s, |new, best| new < best)
    }

    /// Middle of the loudest second.
    pub(crate) fn in_speech(&self) -> usize {
        self.loudest_second(1.0) + self.frames(0.5)
    }

    /// Middle of the quietest 0.3 s.
    pub(crate) fn in_pause(&self, margin_s: f64) -> usize {
        self.quietest_pause(margin_s) + self.frames(0.5 * PAUSE_S)
    }

    fn extreme(&self, length_s: f64, margin_s: f64, better: fn(f32, f32) -> bool) -> usize {
        let (length, margin) = (self.frames(length_s), self.frames(margin_s));
        (margin..self.len() - length - margin)
            .step_by(self.frames(0.01))
            .map(|at| (at, self.rms(at, at + length)))
            .reduce(|best, new| if better(new.1, best.1) { new } else { best })
            .unwrap()
            .0
    }

    /// Writes 16-bit WAV and analyses it.
    pub(crate) fn analyze(&self) -> Analysis {
        let folder = Folder::new();
        let path = folder.path("clip.wav");
        self.write_wav(&path);
        let settings = Settings::default();
        analyze(&Input::Path(path), &settings, &mut |_, _| {}).unwrap()
    }

    pub(crate) fn write_wav(&self, path: &Path) {
        let spec = hound::WavSpec {
            channels: self.channels.len() as u16,
            sample_rate: self.rate,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(path, spec).unwrap();
        for frame in 0..self.len() {
            for channel in &self.channels {
                // As in the decoder, full scale is 32768.
                let code = (channel[frame] * 32768.0).round().clamp(-32768.0, 32767.0);
                writer.write_sample(code as i16).unwrap();
            }
        }
        writer.finalize().unwrap();
    }
}

/// Length of a pause, in seconds.
const PAUSE_S: f64 = 0.3;

/// Findings of a detector, which must have examined the clip.
pub(crate) fn found(analysis: &Analysis, id: &str) -> Vec<Finding> {
    analysis
        .outcomes
        .iter()
        .find_map(|outcome| match outcome {
            Outcome::Examined(seen) if seen.descriptor.id == id => Some(seen.findings.clone()),
            Outcome::NotApplicable { descriptor, reason } if descriptor.id == id => {
                panic!("{id} does not apply: {reason}")
            }
            _ => None,
        })
        .unwrap_or_else(|| panic!("no detector {id}"))
}

/// Edit points and findings in a line, for messages.
pub(crate) fn told(analysis: &Analysis) -> String {
    let mut text = String::from("edit points:");
    for point in &analysis.edit_points {
        let ids: Vec<&str> = point.detectors.iter().map(|d| d.id).collect();
        text += &format!(" {:.4} s ({})", point.time_s, ids.join("+"));
    }
    for outcome in &analysis.outcomes {
        if let Outcome::Examined(seen) = outcome {
            for f in &seen.findings {
                let (id, span) = (seen.descriptor.id, f.span);
                text += &format!("; {id} {:.4}..{:.4} {:.1}", span.start_s, span.end_s, f.score);
            }
        }
    }
    text
}

/// Pink noise of unit power: white noise through Kellet's filter, whose slope is -3 dB an octave.
pub(crate) fn pink(len: usize, seed: u64) -> Vec<f32> {
    const POLES: [(f32, f32); 3] =
        [(0.997_65, 0.099_046), (0.963, 0.296_516_4), (0.57, 1.052_691_3)];
    let mut random = Lcg(seed);
    let mut state = [0.0f32; 3];
    let mut noise: Vec<f32> = (0..len + 2000)
        .map(|_| {
            let white = random.noise();
            for (s, (pole, gain)) in state.iter_mut().zip(POLES) {
                *s = pole * *s + gain * white;
            }
            state.iter().sum::<f32>() + 0.1848 * white
        })
        .skip(2000)
        .collect();
    let rms = (noise.iter().map(|x| x * x).sum::<f32>() / len as f32).sqrt();
    noise.iter_mut().for_each(|x| *x /= rms);
    noise
}

/// Low-pass by a windowed sinc of 511 taps, without delay.
pub(crate) fn low_pass(samples: &[f32], rate: u32, cutoff_hz: f64) -> Vec<f32> {
    const HALF: isize = 255;
    let ratio = 2.0 * cutoff_hz / f64::from(rate);
    let taps: Vec<f64> = (-HALF..=HALF)
        .map(|n| {
            let x = PI * ratio * n as f64;
            let sinc = if n == 0 { 1.0 } else { x.sin() / x };
            let phase = PI * (n + HALF) as f64 / HALF as f64;
            let blackman = 0.42 - 0.5 * phase.cos() + 0.08 * (2.0 * phase).cos();
            ratio * sinc * blackman
        })
        .collect();
    (0..samples.len() as isize)
        .map(|at| {
            let sum = (-HALF..=HALF).zip(&taps).map(|(n, tap)| {
                let sample = usize::try_from(at + n).ok().and_then(|i| samples.get(i));
                tap * sample.map_or(0.0, |x| f64::from(*x))
            });
            sum.sum::<f64>() as f32
        })
        .collect()
}
