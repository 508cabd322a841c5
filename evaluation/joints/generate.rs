//! Makes the clips that edit points are measured with, and the truth about them.
//!
//! `joints_generate --speech DIR|--manifest FILE --out DIR --split calibration|development|test
//! [--small]`. See README.md beside this file.
#![allow(clippy::print_stderr, reason = "an example shows its progress")]
#![allow(missing_docs, unreachable_pub, reason = "an example has no documentation to build")]
#![allow(dead_code, reason = "the modules shared with other examples hold more than one needs")]

#[path = "../sound/acoustics.rs"]
mod acoustics;
mod background;
mod call;
mod cases;
mod clip;
mod codecs;
mod corpus;
mod edits;
mod filters;
mod hard;
mod noise;
mod placement;
#[path = "../sound/random.rs"]
mod random;
mod render;
mod session;
#[path = "../sound/sound.rs"]
mod sound;
#[path = "../sound/takes.rs"]
mod takes;
mod truth;
mod unedited;

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use clip::{Job, Set, Task};
use corpus::{Corpus, Voices};
use truth::Truth;

/// What can go wrong ends the program with a message.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Clips made at the same time.
const THREADS: usize = 2;

struct Arguments {
    voices: Voices,
    out: PathBuf,
    split: String,
    small: bool,
}

fn main() -> Outcome<()> {
    let arguments = arguments()?;
    let (out, split) = (&arguments.out, arguments.split.as_str());
    let corpus = Corpus::read(&arguments.voices, split)?;
    let set = Set { out, split, corpus: &corpus };
    let jobs = jobs(split, arguments.small, &corpus);
    for job in &jobs {
        std::fs::create_dir_all(out.join("clips").join(folder(&job.task)))?;
    }
    eprintln!("{} talkers, {} jobs", corpus.talkers.len(), jobs.len());
    let truths = make_all(&set, &jobs)?;
    // In the order of the jobs: the same bytes whatever thread was first.
    write_lines(&out.join("truth.ndjson"), &truths)?;
    let hours: f64 = truths.iter().map(|t| t.duration_s / 3600.0).sum();
    let untouched: f64 = truths.iter().filter(|t| t.untouched).map(|t| t.duration_s / 3600.0).sum();
    eprintln!("{} clips, {hours:.2} h, of them {untouched:.2} h untouched", truths.len());
    Ok(())
}

fn arguments() -> Outcome<Arguments> {
    let (mut voices, mut out, mut split, mut small) = (None, None, None, false);
    let mut given = std::env::args().skip(1);
    while let Some(name) = given.next() {
        match name.as_str() {
            "--speech" => voices = given.next().map(|p| Voices::Speech(p.into())),
            "--manifest" => voices = given.next().map(|p| Voices::Manifest(p.into())),
            "--out" => out = given.next(),
            "--split" => {
                let splits = ["calibration", "development", "test"];
                split = given.next().filter(|s| splits.contains(&s.as_str()));
            }
            "--small" => small = true,
            _ => return Err(format!("unknown argument `{name}`").into()),
        }
    }
    Ok(Arguments {
        voices: voices.ok_or("missing --speech DIR or --manifest FILE")?,
        out: out.ok_or("missing --out DIR")?.into(),
        split: split.ok_or("missing --split calibration|development|test")?,
        small,
    })
}

fn jobs(split: &str, small: bool, corpus: &Corpus) -> Vec<Job> {
    let amount = cases::amount(split, small);
    let mut jobs = Vec::new();
    let mut add = |name: &str, n: usize, task: &dyn Fn() -> Task| {
        for number in 0..n {
            jobs.push(Job { id: format!("{split}_{name}_{number:04}"), task: task() });
        }
    };
    for case in cases::edited() {
        if case.name == "insert_tts" && corpus.synthetic.is_none() {
            continue;
        }
        let n = (case.clips as f64 * amount.edited).ceil() as usize;
        add(case.name, n, &|| Task::Edited(case));
    }
    add("family", amount.family, &|| Task::Family);
    add("recorder_pause", amount.events, &|| Task::RecorderPause);
    add("voice_notes", amount.events, &|| Task::VoiceNotes);
    for kind in hard::KINDS {
        if kind.ends_with("music") && corpus.music.is_empty() {
            continue;
        }
        add(&format!("hard_{kind}"), amount.hard, &|| Task::Hard(kind));
    }
    add("untouched", amount.untouched, &|| Task::Untouched { near: false });
    add("untouched_near", amount.untouched_near, &|| Task::Untouched { near: true });
    jobs
}

fn folder(task: &Task) -> String {
    match task {
        Task::Edited(case) => case.name.to_owned(),
        Task::Family => "family".to_owned(),
        Task::Untouched { near: false } => "untouched".to_owned(),
        Task::Untouched { near: true } => "untouched_near".to_owned(),
        Task::Hard(kind) => format!("hard_{kind}"),
        Task::RecorderPause => "recorder_pause".to_owned(),
        Task::VoiceNotes => "voice_notes".to_owned(),
    }
}

/// The jobs that an earlier run has done, and what it made; its last one may have been interrupted.
fn done_before(path: &Path, jobs: &[Job]) -> Vec<Option<Vec<Truth>>> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let truths: Vec<Truth> =
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let numbers: HashMap<&str, usize> =
        jobs.iter().enumerate().map(|(n, job)| (job.id.as_str(), n)).collect();
    // Several clips of one job have its name and their codec's.
    let job_of = |truth: &Truth| {
        let short = truth.id.rsplit_once('_').map_or("", |(front, _)| front);
        numbers.get(truth.id.as_str()).or_else(|| numbers.get(short)).copied()
    };
    let last = truths.last().and_then(job_of);
    let mut done: Vec<Option<Vec<Truth>>> = jobs.iter().map(|_| None).collect();
    for truth in truths {
        if let Some(number) = job_of(&truth).filter(|number| Some(*number) != last) {
            done[number].get_or_insert_default().push(truth);
        }
    }
    done
}

/// Makes the clips of all jobs, in their order; what an earlier run left is taken over.
fn make_all(set: &Set, jobs: &[Job]) -> Outcome<Vec<Truth>> {
    let next = AtomicUsize::new(0);
    let path = set.out.join("truth.ndjson");
    let done = done_before(&path, jobs);
    // Lines for readers that cannot wait, in the order in which clips are done.
    let lines = Mutex::new(std::fs::File::create(&path)?);
    // In a random order, so that what is there early is a fair part of the whole.
    let mut order: Vec<usize> = (0..jobs.len()).collect();
    random::Random::named(0, "order").shuffle(&mut order);
    order.retain(|&number| done[number].is_none());
    let mut kept = Vec::new();
    for truths in done {
        kept.push(truths.map(|truths| append(&lines, truths)));
    }
    let made: Mutex<Vec<Option<Outcome<Vec<Truth>>>>> = Mutex::new(kept);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let turn = next.fetch_add(1, Ordering::Relaxed);
                    let Some(&number) = order.get(turn) else { break };
                    let job = &jobs[number];
                    let truth = set
                        .make(job)
                        .and_then(|truths| append(&lines, truths))
                        .map_err(|e| format!("clip `{}`: {e}", job.id).into());
                    if let Ok(mut made) = made.lock() {
                        made[number] = Some(truth);
                    }
                    if turn % 50 == 49 {
                        eprintln!("{} of {} jobs", turn + 1, order.len());
                    }
                }
            });
        }
    });
    let made = made.into_inner().map_err(|_| "a thread stopped early")?;
    let mut truths = Vec::new();
    for job in made {
        truths.extend(job.ok_or("a job is missing")??);
    }
    Ok(truths)
}

fn append(file: &Mutex<std::fs::File>, truths: Vec<Truth>) -> Outcome<Vec<Truth>> {
    let mut text = Vec::new();
    for truth in &truths {
        serde_json::to_writer(&mut text, truth)?;
        text.push(b'\n');
    }
    file.lock().map_err(|_| "a thread stopped early")?.write_all(&text)?;
    Ok(truths)
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
