//! The recordings that clips are cut from.
//!
//! A speech source is one talker's takes in random order in one room over one background. Each take
//! is used once in the whole set, so two sources never share sound.

use std::path::Path;

use crate::Outcome;
use crate::acoustics::{Noise, convolve, noise, room_response, wander};
use crate::random::Random;
use crate::sound::Sound;
use crate::takes::{SPEECH_RATE_HZ, distinct_takes};

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
