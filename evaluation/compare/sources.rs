//! The recordings that clips are cut from.
//!
//! A speech source is one talker's takes in random order in one room over one background. Each take
//! is used once in the whole set, so two sources never share sound.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::acoustics::{Noise, convolve, noise, room_response, wander};
use crate::random::Random;
use crate::sound::Sound;

/// Seed of everything in a split.
pub fn seed(split: &str) -> u64 {
    if split == "test" { 0x7e57 } else { 0x70e1 }
}

/// Talker, number of sources, and seconds of its long source (none if zero).
type Talker = (&'static str, usize, f64);

const TUNING_TALKERS: [Talker; 3] =
    [("asterisk-fr", 4, 0.0), ("asterisk-ru", 4, 0.0), ("fillets-nl-big", 4, 0.0)];
const TUNING_MUSIC: [&str; 4] =
    ["singularity-journey", "singularity-nebula", "singularity-product", "asc-frontiers"];
const TEST_TALKERS: [Talker; 7] = [
    ("asterisk-en", 4, 0.0),
    ("asterisk-es", 1, 1_320.0),
    ("asterisk-it", 4, 0.0),
    ("menardi-it", 4, 0.0),
    ("fillets-nl-small", 4, 0.0),
    ("fillets-cs-small", 4, 0.0),
    ("fillets-cs-big", 4, 0.0),
];
const TEST_MUSIC: [&str; 8] = [
    "singularity-aberrations",
    "singularity-inevitable",
    "asc-strike",
    "warzone-26",
    "warzone-2",
    "wesnoth-knolls",
    "wesnoth-vengeful",
    "opsound-reno",
];

const SPEECH_RATE_HZ: u32 = 16_000;

/// Takes are at least this long, in seconds: shorter ones are mostly letters and digits.
const SHORTEST_TAKE_S: f64 = 0.9;

/// One source with its sound.
pub struct Source {
    /// Path relative to the set.
    pub path: String,
    pub is_music: bool,
    /// Over twenty minutes.
    pub is_long: bool,
    /// Talker, or piece of music.
    pub talker: String,
    pub sound: Sound,
    /// Middles of the pauses between takes, in frames; empty for music.
    pub pauses: Vec<usize>,
}

/// Makes and writes all sources of `split`.
pub fn make(speech: &Path, out: &Path, split: &str) -> Outcome<Vec<Source>> {
    std::fs::create_dir_all(out.join("sources"))?;
    let talkers: &[Talker] = if split == "test" { &TEST_TALKERS } else { &TUNING_TALKERS };
    let music: &[&str] = if split == "test" { &TEST_MUSIC } else { &TUNING_MUSIC };
    let mut sources = Vec::new();
    for talker in talkers {
        sources.extend(speech_sources(speech, split, talker)?);
    }
    for name in music {
        let file = speech.join("music").join(format!("{name}.flac"));
        sources.push(Source {
            path: format!("sources/music-{name}.wav"),
            is_music: true,
            is_long: false,
            talker: (*name).to_owned(),
            sound: Sound::decode(&file, 48_000, 2, "")?,
            pauses: Vec::new(),
        });
    }
    for source in &mut sources {
        let path = out.join(&source.path);
        source.sound.write_wav(&path)?;
        // Clips are cut from what a reader of the file gets.
        source.sound = Sound::read_wav(&path)?;
    }
    Ok(sources)
}

fn speech_sources(
    speech: &Path,
    split: &str,
    &(talker, n, long_s): &Talker,
) -> Outcome<Vec<Source>> {
    let mut random = Random::named(seed(split), talker);
    let mut takes = distinct_takes(&speech.join("takes").join(talker))?;
    random.shuffle(&mut takes);
    let mut takes = takes.into_iter();
    let t60_s = random.between(0.2, 0.7);
    let response = room_response(&mut random, SPEECH_RATE_HZ, t60_s);
    let kind = [Noise::Pink, Noise::Brown, Noise::Hum][random.below(3)];
    let lengths = std::iter::once((long_s, true))
        .filter(|(s, _)| *s > 0.0)
        .chain((0..n).map(|_| (0.0, false)));
    let mut sources = Vec::new();
    for (number, (length_s, is_long)) in lengths.enumerate() {
        let wanted_s = if is_long { length_s } else { random.between(190.0, 350.0) };
        let mut dry = Vec::new();
        let mut pauses = Vec::new();
        while dry.len() < (wanted_s * f64::from(SPEECH_RATE_HZ)) as usize {
            let Some(take) = takes.next() else { break };
            dry.extend(take);
            let pause = (random.between(0.2, 0.8) * f64::from(SPEECH_RATE_HZ)) as usize;
            pauses.push(dry.len() + pause / 2);
            dry.resize(dry.len() + pause, 0.0);
        }
        let mut sound = Sound::mono(SPEECH_RATE_HZ, convolve(&dry, &response, 0));
        if sound.seconds() < 120.0 {
            return Err(format!("`{talker}` has too few takes for {n} sources").into());
        }
        let mut floor = noise(&mut random, kind, sound.frames(), SPEECH_RATE_HZ);
        wander(&mut random, &mut floor, SPEECH_RATE_HZ, 3.0);
        let snr_db = random.between(25.0, 45.0);
        crate::acoustics::add_at_snr(&mut sound, &floor, snr_db);
        let scale = 0.7 / sound.peak().max(1e-6);
        sound.map(|x| x * scale);
        sources.push(Source {
            path: format!("sources/{talker}-{}.wav", number + 1),
            is_music: false,
            is_long,
            talker: talker.to_owned(),
            sound,
            pauses,
        });
    }
    Ok(sources)
}

/// The takes of a folder without those that occur a second time.
fn distinct_takes(folder: &Path) -> Outcome<Vec<Vec<f32>>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(|e| format!("`{}`: {e}; run speech.sh first", folder.display()))?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<_, _>>()?;
    files.sort();
    let mut seen_runs = HashSet::new();
    let mut kept: Vec<(Vec<f32>, Vec<f32>)> = Vec::new();
    for file in files {
        let samples = trimmed(Sound::read_wav(&file)?.channels.swap_remove(0));
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
