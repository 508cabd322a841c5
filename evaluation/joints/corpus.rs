//! The voices and the music that a split may use.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::filters::rational;
use crate::random::Random;
use crate::sound::Sound;
use crate::takes::{SPEECH_RATE_HZ, distinct, distinct_takes};

/// Music comes from encoded files; played 0.4 % faster it keeps no frame grid of theirs.
const OFF_GRID: &str = "aresample=48000,asetrate=48197,aresample=48000";

/// Beginning of the names of talkers whose takes come from Vorbis files, most of them at 22.05 kHz. Their
/// frames would show in sessions at 44.1 kHz; played 0.4 % faster, at this rate in place of 16 kHz, they
/// keep none.
const OF_VORBIS: &str = "fillets";
const FASTER_HZ: u32 = 16_064;

/// Rate of the music, in Hz.
pub const MUSIC_RATE_HZ: u32 = 48_000;

/// Folders of one talker each; two folders of the same person are joined by `+`.
const TALKERS: [(&str, &[&str]); 3] = [
    ("calibration", &["asterisk-fr", "asterisk-ru", "fillets-nl-big"]),
    ("development", &["menardi-it", "fillets-cs-small"]),
    ("test", &["asterisk-en+asterisk-es", "asterisk-it", "fillets-nl-small", "fillets-cs-big"]),
];

const MUSIC: [(&str, &[&str]); 3] = [
    ("calibration", &["singularity-journey", "singularity-nebula", "asc-frontiers", "warzone-26"]),
    ("development", &["singularity-product", "wesnoth-knolls"]),
    (
        "test",
        &[
            "singularity-aberrations",
            "singularity-inevitable",
            "asc-strike",
            "warzone-2",
            "wesnoth-vengeful",
            "opsound-reno",
        ],
    ),
];

/// What the synthetic voice says, and in which voice.
const SENTENCES: [(&str, &str); 4] = [
    ("en+m3", "I never agreed to that. We will transfer the money on Friday, whatever they say."),
    ("de+f2", "Das habe ich so nie gesagt. Wir treffen uns morgen im Büro und klären alles."),
    ("fr+m1", "Il faut signer le contrat avant lundi. Personne ne doit le savoir pour le moment."),
    ("it+f4", "La riunione è spostata a domani mattina. Porta i documenti e non dire niente."),
];

/// Seed of everything in a split.
pub fn seed(split: &str) -> u64 {
    match split {
        "test" => 0x10_7e57,
        "development" => 0x10_0de7,
        _ => 0x10_ca1b,
    }
}

/// One person's takes.
pub struct Talker {
    pub name: String,
    takes: Vec<Vec<f32>>,
}

impl Talker {
    /// At least `frames` of takes in random order with pauses between the two limits, in seconds, at
    /// [`SPEECH_RATE_HZ`]; no take occurs twice unless all were used.
    pub fn speech(&self, random: &mut Random, frames: usize, pause_s: (f64, f64)) -> Vec<f32> {
        let rate = f64::from(SPEECH_RATE_HZ);
        let mut order: Vec<usize> = (0..self.takes.len()).collect();
        random.shuffle(&mut order);
        let mut samples = Vec::with_capacity(frames);
        for &take in order.iter().cycle() {
            if samples.len() >= frames {
                break;
            }
            samples.extend_from_slice(&self.takes[take]);
            let pause = (random.between(pause_s.0, pause_s.1) * rate) as usize;
            samples.resize(samples.len() + pause, 0.0);
        }
        samples.truncate(frames);
        samples
    }
}

/// All sound of a split.
pub struct Corpus {
    pub talkers: Vec<Talker>,
    /// A made voice, if `espeak-ng` is there.
    pub synthetic: Option<Talker>,
    /// Mono at [`MUSIC_RATE_HZ`].
    pub music: Vec<(String, Vec<f32>)>,
}

/// Where the voices come from.
pub enum Voices {
    /// A folder that `speech.sh` filled.
    Speech(PathBuf),
    /// Lines of talker, tab, path of a WAV file; the talkers are dealt out to the splits in turn.
    Manifest(PathBuf),
}

impl Corpus {
    pub fn read(voices: &Voices, split: &str) -> Outcome<Self> {
        let (talkers, music) = match voices {
            Voices::Speech(folder) => (from_speech(folder, split)?, read_music(folder, split)?),
            Voices::Manifest(file) => (from_manifest(file, split)?, Vec::new()),
        };
        if talkers.is_empty() {
            return Err(format!("no talker for `{split}`").into());
        }
        Ok(Self { talkers, synthetic: synthetic(), music })
    }
}

fn of<'a>(table: &'a [(&str, &'a [&'a str])], split: &str) -> &'a [&'a str] {
    table.iter().find(|(name, _)| *name == split).map_or(&[], |(_, names)| names)
}

fn from_speech(folder: &Path, split: &str) -> Outcome<Vec<Talker>> {
    let mut talkers = Vec::new();
    for name in of(&TALKERS, split) {
        let mut takes = Vec::new();
        for part in name.split('+') {
            let own = distinct_takes(&folder.join("takes").join(part))?;
            let rate_hz = if part.starts_with(OF_VORBIS) { FASTER_HZ } else { SPEECH_RATE_HZ };
            takes.extend(own.iter().map(|take| rational(take, rate_hz, SPEECH_RATE_HZ)));
        }
        talkers.push(Talker { name: (*name).to_owned(), takes });
    }
    Ok(talkers)
}

fn read_music(folder: &Path, split: &str) -> Outcome<Vec<(String, Vec<f32>)>> {
    of(&MUSIC, split)
        .iter()
        .map(|name| {
            let file = folder.join("music").join(format!("{name}.flac"));
            let sound = Sound::decode(&file, MUSIC_RATE_HZ, 1, OFF_GRID)?;
            Ok(((*name).to_owned(), sound.channels.into_iter().flatten().collect()))
        })
        .collect()
}

fn from_manifest(file: &Path, split: &str) -> Outcome<Vec<Talker>> {
    let text = std::fs::read_to_string(file)
        .map_err(|e| format!("could not read `{}`: {e}", file.display()))?;
    let mut files: std::collections::BTreeMap<&str, Vec<PathBuf>> = Default::default();
    for line in text.lines().filter(|l| !l.trim().is_empty()) {
        let (talker, path) = line.split_once('\t').ok_or("a line is not talker, tab, path")?;
        let base = file.parent().unwrap_or(Path::new("."));
        files.entry(talker).or_default().push(base.join(path));
    }
    // Two of five talkers test, one develops, two calibrate.
    let turns = ["calibration", "test", "development", "test", "calibration"];
    let mine = files.into_iter().zip(turns.iter().cycle()).filter(|(_, turn)| **turn == split);
    mine.map(|((name, paths), _)| Ok(Talker { name: name.to_owned(), takes: distinct(&paths)? }))
        .collect()
}

/// Nothing where the program is missing or fails: the edits with a made voice are then left out.
fn synthetic() -> Option<Talker> {
    let folder = tempfile::tempdir().ok()?;
    let mut takes = Vec::new();
    for (n, (voice, text)) in SENTENCES.iter().enumerate() {
        let file = folder.path().join(format!("{n}.wav"));
        let done =
            Command::new("espeak-ng").args(["-v", voice, "-w"]).arg(&file).arg(text).status();
        if !done.is_ok_and(|status| status.success()) {
            return None;
        }
        let sound = Sound::read_wav(&file).ok()?;
        takes.push(rational(sound.channels.first()?, sound.rate_hz, SPEECH_RATE_HZ));
    }
    Some(Talker { name: "espeak".to_owned(), takes })
}
