//! Makes the clips that `spliceprint compare` is measured with, and the truth about them.
//!
//! `compare_generate --speech DIR --out DIR --split tuning|test [--small]`, where `speech.sh` filled
//! the first folder. See README.md beside this file.
#![allow(clippy::print_stderr, reason = "an example shows its progress")]
#![allow(missing_docs, unreachable_pub, reason = "an example has no documentation to build")]

#[path = "../sound/acoustics.rs"]
mod acoustics;
mod cases;
mod channels;
mod clip;
mod edits;
mod nothing;
#[path = "../sound/random.rs"]
mod random;
#[path = "../sound/sound.rs"]
mod sound;
mod sources;
#[path = "../sound/takes.rs"]
mod takes;
mod truth;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use cases::Case;
use clip::Set;
use random::Random;
use sources::Source;
use truth::{Stranger, Truth};

/// What can go wrong ends the program with a message.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Clips made at the same time.
const THREADS: usize = 2;

struct Arguments {
    speech: PathBuf,
    out: PathBuf,
    split: String,
    small: bool,
}

fn main() -> Outcome<()> {
    let arguments = arguments()?;
    let out = &arguments.out;
    std::fs::create_dir_all(out)?;
    let sources = sources::make(&arguments.speech, out, &arguments.split)?;
    eprintln!("{} sources", sources.len());
    let set = Set { out, split: &arguments.split, sources: &sources };
    // The tuning split has a quarter of the clips, a small set an eighth of those.
    let divisor =
        if arguments.split == "test" { 1 } else { 4 } * if arguments.small { 8 } else { 1 };

    let jobs = jobs(&sources, &arguments.split, divisor);
    let mut truths = make_all(&set, &jobs)?;
    let strangers = strangers(&truths, &sources, &jobs, &arguments.split, divisor);
    truths.extend(nothing::make(&set, 12usize.div_ceil(divisor))?);
    write_lines(&out.join("truth.ndjson"), &truths)?;
    write_lines(&out.join("strangers.ndjson"), &strangers)?;
    eprintln!("{} clips, {} pairs of strangers", truths.len(), strangers.len());
    Ok(())
}

fn arguments() -> Outcome<Arguments> {
    let (mut speech, mut out, mut split, mut small) = (None, None, None, false);
    let mut given = std::env::args().skip(1);
    while let Some(name) = given.next() {
        match name.as_str() {
            "--speech" => speech = given.next(),
            "--out" => out = given.next(),
            "--split" => split = given.next().filter(|s| s == "tuning" || s == "test"),
            "--small" => small = true,
            _ => return Err(format!("unknown argument `{name}`").into()),
        }
    }
    Ok(Arguments {
        speech: speech.ok_or("missing --speech DIR")?.into(),
        out: out.ok_or("missing --out DIR")?.into(),
        split: split.ok_or("missing --split tuning|test")?,
        small,
    })
}

/// A clip to be made: its case, its id and the number of its source.
struct Job {
    case: Case,
    id: String,
    source: usize,
}

fn jobs(sources: &[Source], split: &str, divisor: usize) -> Vec<Job> {
    let mut jobs = Vec::new();
    for case in cases::same_source() {
        let fitting: Vec<usize> = (0..sources.len())
            .filter(|&s| sources[s].is_music == case.music && sources[s].is_long == case.long)
            .collect();
        if fitting.is_empty() {
            continue;
        }
        let first = Random::named(sources::seed(split), &case.name).below(fitting.len());
        for n in 0..case.clips.div_ceil(divisor) {
            let source = fitting[(first + n) % fitting.len()];
            jobs.push(Job {
                id: format!("{split}_{}_{n:04}", case.name),
                source,
                case: case.clone(),
            });
        }
    }
    for case in cases::strangers() {
        let fitting = (0..sources.len()).filter(|&s| sources[s].is_music == case.music);
        for (place, source) in fitting.enumerate() {
            for n in 0..case.clips.div_ceil(divisor) {
                let id = format!("{split}_{}_{place:02}_{n}", case.name);
                jobs.push(Job { id, source, case: case.clone() });
            }
        }
    }
    jobs
}

/// Makes the clips of all jobs, in their order.
fn make_all(set: &Set, jobs: &[Job]) -> Outcome<Vec<Truth>> {
    for job in jobs {
        std::fs::create_dir_all(set.out.join("clips").join(&job.case.name))?;
    }
    let next = AtomicUsize::new(0);
    let made: Mutex<Vec<Option<Outcome<Truth>>>> = Mutex::new(jobs.iter().map(|_| None).collect());
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(number) else { break };
                    let truth = set
                        .make(&job.case, &job.id, job.source)
                        .map_err(|e| format!("clip `{}`: {e}", job.id).into());
                    if let Ok(mut made) = made.lock() {
                        made[number] = Some(truth);
                    }
                    if number % 100 == 99 {
                        eprintln!("{} of {} clips", number + 1, jobs.len());
                    }
                }
            });
        }
    });
    made.into_inner()
        .map_err(|_| "a thread stopped early")?
        .into_iter()
        .map(|truth| truth.unwrap_or_else(|| Err("a clip is missing".into())))
        .collect()
}

/// Each stranger's clip against the other recordings of its talker or all the other pieces, and
/// against one of another talker or kind.
fn strangers(
    truths: &[Truth],
    sources: &[Source],
    jobs: &[Job],
    split: &str,
    divisor: usize,
) -> Vec<Stranger> {
    let mut pairs = Vec::new();
    for (truth, job) in truths.iter().zip(jobs).filter(|(t, _)| t.expected == "stranger") {
        let mut random = Random::named(sources::seed(split), &format!("pairs of {}", truth.id));
        let from = &sources[job.source];
        let mut pair = |source: &Source, relation: &str| {
            pairs.push(Stranger {
                clip: truth.clip.clone(),
                source: source.path.clone(),
                relation: relation.to_owned(),
            });
        };
        let (mut near, mut far, mut across) = (Vec::new(), Vec::new(), Vec::new());
        for other in sources {
            match (other.is_music == from.is_music, other.talker == from.talker) {
                (true, true) if other.path != from.path => near.push(other),
                (true, false) => far.push(other),
                (false, _) => across.push(other),
                _ => {}
            }
        }
        random.shuffle(&mut far);
        random.shuffle(&mut across);
        if from.is_music {
            far.iter().take(3).for_each(|s| pair(s, "music_music"));
            across.iter().take(1).for_each(|s| pair(s, "music_speech"));
        } else {
            near.iter().for_each(|s| pair(s, "same_talker_same_room"));
            far.iter().take(1).for_each(|s| pair(s, "other_talker"));
            let some = random.chance(0.3) || divisor > 4;
            across.iter().take(usize::from(some)).for_each(|s| pair(s, "speech_music"));
        }
    }
    pairs
}

fn write_lines<T: serde::Serialize>(path: &Path, items: &[T]) -> Outcome<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    for item in items {
        serde_json::to_writer(&mut file, item)?;
        writeln!(file)?;
    }
    file.flush()?;
    Ok(())
}
