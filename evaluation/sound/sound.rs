//! Samples, their files, and the way to `ffmpeg` and back.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::Outcome;

/// Samples of one recording, a vector for each channel, full scale 1.
#[derive(Debug, Clone)]
pub struct Sound {
    pub rate_hz: u32,
    pub channels: Vec<Vec<f32>>,
}

impl Sound {
    /// One channel.
    pub fn mono(rate_hz: u32, samples: Vec<f32>) -> Self {
        Self { rate_hz, channels: vec![samples] }
    }

    pub fn frames(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    pub fn seconds(&self) -> f64 {
        self.frames() as f64 / f64::from(self.rate_hz)
    }

    /// Mean square over all channels.
    pub fn power(&self) -> f64 {
        let sum: f64 = self.channels.iter().flatten().map(|&x| f64::from(x) * f64::from(x)).sum();
        sum / (self.frames() * self.channels.len()).max(1) as f64
    }

    pub fn peak(&self) -> f32 {
        self.channels.iter().flatten().fold(0.0, |peak, x| x.abs().max(peak))
    }

    pub fn map(&mut self, f: impl Fn(f32) -> f32) {
        self.channels.iter_mut().flatten().for_each(|x| *x = f(*x));
    }

    /// Applies `f` to each channel in turn.
    pub fn each(&self, mut f: impl FnMut(&[f32]) -> Vec<f32>) -> Self {
        Self { rate_hz: self.rate_hz, channels: self.channels.iter().map(|c| f(c)).collect() }
    }

    /// `frames` from `start`, less at the end.
    pub fn piece(&self, start: usize, frames: usize) -> Self {
        self.each(|c| c[start.min(c.len())..(start + frames).min(c.len())].to_vec())
    }

    pub fn append(&mut self, other: &Self) {
        for (to, from) in self.channels.iter_mut().zip(&other.channels) {
            to.extend_from_slice(from);
        }
    }

    /// Reads 16-bit PCM.
    pub fn read_wav(path: &Path) -> Outcome<Self> {
        let mut reader = hound::WavReader::open(path)
            .map_err(|e| format!("could not read `{}`: {e}", path.display()))?;
        let spec = reader.spec();
        let mut channels = vec![Vec::new(); usize::from(spec.channels)];
        for (n, sample) in reader.samples::<i16>().enumerate() {
            channels[n % usize::from(spec.channels)].push(f32::from(sample?) / 32_768.0);
        }
        Ok(Self { rate_hz: spec.sample_rate, channels })
    }

    /// Writes 16-bit PCM; what exceeds full scale is clipped.
    pub fn write_wav(&self, path: &Path) -> Outcome<()> {
        let spec = hound::WavSpec {
            channels: self.channels.len() as u16,
            sample_rate: self.rate_hz,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(path, spec)?;
        let mut block = writer.get_i16_writer((self.frames() * self.channels.len()) as u32);
        for frame in 0..self.frames() {
            for channel in &self.channels {
                block.write_sample(sixteen_bit(channel[frame]));
            }
        }
        block.flush()?;
        writer.finalize()?;
        Ok(())
    }

    fn interleaved(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.frames() * self.channels.len() * 2);
        for frame in 0..self.frames() {
            for channel in &self.channels {
                bytes.extend_from_slice(&sixteen_bit(channel[frame]).to_le_bytes());
            }
        }
        bytes
    }

    /// Has `ffmpeg` write this to `path`; `arguments` choose codec and rate.
    pub fn encode(&self, path: &Path, arguments: &[&str]) -> Outcome<()> {
        let mut child = Command::new("ffmpeg")
            .args(["-v", "error", "-y", "-f", "s16le"])
            .args(["-ar", &self.rate_hz.to_string(), "-ac", &self.channels.len().to_string()])
            .args(["-i", "pipe:0", "-threads", "1"])
            .args(arguments)
            .args(["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"])
            .arg(path)
            .stdin(Stdio::piped())
            .spawn()
            .map_err(|e| format!("could not run ffmpeg: {e}"))?;
        if let Some(mut pipe) = child.stdin.take() {
            pipe.write_all(&self.interleaved())?;
        }
        if !child.wait()?.success() {
            return Err(format!("ffmpeg failed to write `{}`", path.display()).into());
        }
        Ok(())
    }

    /// Has `ffmpeg` decode `path` at the given rate and number of channels, through `filter`.
    pub fn decode(path: &Path, rate_hz: u32, channels: usize, filter: &str) -> Outcome<Self> {
        let filter = if filter.is_empty() { "anull" } else { filter };
        let output = Command::new("ffmpeg")
            .args(["-nostdin", "-v", "error", "-threads", "1", "-i"])
            .arg(path)
            .args(["-vn", "-af", filter, "-ar", &rate_hz.to_string()])
            .args(["-ac", &channels.to_string(), "-f", "f32le", "-"])
            .output()
            .map_err(|e| format!("could not run ffmpeg: {e}"))?;
        if !output.status.success() {
            return Err(format!("ffmpeg failed to read `{}`", path.display()).into());
        }
        let mut sound = Self { rate_hz, channels: vec![Vec::new(); channels] };
        for (n, bytes) in output.stdout.chunks_exact(4).enumerate() {
            sound.channels[n % channels]
                .push(f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
        }
        Ok(sound)
    }
}

fn sixteen_bit(x: f32) -> i16 {
    (x * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16
}
