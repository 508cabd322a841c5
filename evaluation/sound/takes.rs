//! The takes of one talker: short recordings, each used once.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::sound::Sound;

/// Rate of all takes, in Hz.
pub const SPEECH_RATE_HZ: u32 = 16_000;

/// Takes are at least this long, in seconds: shorter ones are mostly letters and digits.
const SHORTEST_TAKE_S: f64 = 0.9;

/// The takes of a folder without those that occur a second time.
pub fn distinct_takes(folder: &Path) -> Outcome<Vec<Vec<f32>>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(|e| format!("`{}`: {e}; run speech.sh first", folder.display()))?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<_, _>>()?;
    files.sort();
    distinct(&files)
}

/// The takes in `files`, 16 kHz mono, without those that occur a second time.
pub fn distinct(files: &[PathBuf]) -> Outcome<Vec<Vec<f32>>> {
    let mut seen_runs = HashSet::new();
    let mut kept: Vec<(Vec<f32>, Vec<f32>)> = Vec::new();
    for file in files {
        let samples = trimmed(Sound::read_wav(file)?.channels.swap_remove(0));
        if samples.len() < (SHORTEST_TAKE_S * f64::from(SPEECH_RATE_HZ)) as usize {
            continue;
        }
        let envelope = envelope(&samples);
        let runs = loud_runs(&samples);
        let shares_samples = runs.iter().any(|r| seen_runs.contains(r));
        if shares_samples || kept.iter().any(|(_, other)| alike(&envelope, other)) {
            continue;
        }
        seen_runs.extend(runs);
        kept.push((samples, envelope));
    }
    Ok(kept.into_iter().map(|(samples, _)| samples).collect())
}

/// Without the silence at both ends, which would make the pauses longer than meant.
fn trimmed(samples: Vec<f32>) -> Vec<f32> {
    let loud = samples.iter().fold(0.0f32, |peak, x| x.abs().max(peak)) * 0.01;
    let first = samples.iter().position(|x| x.abs() > loud).unwrap_or(0);
    let last = samples.iter().rposition(|x| x.abs() > loud).unwrap_or(0);
    samples[first..(last + 1).max(first)].to_vec()
}

/// Eight samples at each local maximum above a tenth of full scale, as one number: equal where two
/// takes contain the very same recording, whatever its place in them.
fn loud_runs(samples: &[f32]) -> Vec<u64> {
    samples
        .windows(8)
        .filter(|w| w[3] > 0.1 && w[3] > w[2] && w[3] >= w[4])
        .map(|w| {
            w.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, &x| {
                (hash ^ u64::from((x * 32_768.0) as i16 as u16)).wrapping_mul(0x0100_0000_01b3)
            })
        })
        .collect()
}

/// Level of each 20 ms, in dB, without its mean.
fn envelope(samples: &[f32]) -> Vec<f32> {
    let levels: Vec<f32> = samples
        .chunks(SPEECH_RATE_HZ as usize / 50)
        .map(|c| 10.0 * (c.iter().map(|x| x * x).sum::<f32>() / c.len() as f32 + 1e-6).log10())
        .collect();
    let mean = levels.iter().sum::<f32>() / levels.len().max(1) as f32;
    levels.iter().map(|x| x - mean).collect()
}

/// Whether two envelopes belong to the same take at another level or from another encoder.
fn alike(one: &[f32], other: &[f32]) -> bool {
    if one.len().abs_diff(other.len()) > 2 {
        return false;
    }
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
    dot(one, other) > 0.97 * (dot(one, one) * dot(other, other)).sqrt()
}
