//! Compares every generated clip with its source and every pair of strangers.
//!
//! `compare_run SET RESULTS [--threads N] [--only WORD]` writes the lines that `compare_score` reads.
//! With `--only` just the clips whose path contains WORD are compared.
#![allow(clippy::print_stderr, reason = "an example shows its progress")]
#![allow(missing_docs, unreachable_pub, reason = "an example has no documentation to build")]
#![allow(dead_code, reason = "the truth has more than this example reads")]

mod results;
mod truth;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use serde::Serialize;
use spliceprint::comparison::{Recording, compare};
use spliceprint::decode::{Input, OpenOptions};
use spliceprint::report::comparison::{ComparisonDocument, ComparisonReport};
use truth::{Stranger, Truth};

#[derive(Serialize)]
struct Line {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    clip: String,
    source: String,
    document: ComparisonDocument,
    cpu_s: f64,
}

/// A clip to be compared; strangers have no id.
type Task = (Option<String>, String);

/// The one place that knows the library.
fn document(
    a: &mut Recording,
    b: &mut Recording,
) -> spliceprint::error::Result<ComparisonDocument> {
    let comparison = compare(a, b)?;
    Ok(ComparisonReport::of(a, b, &comparison, None).document)
}

fn read(path: &Path) -> spliceprint::error::Result<Recording> {
    Recording::read(&Input::Path(path.to_owned()), &OpenOptions::default(), &mut |_, _| {})
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut threads, mut only, mut paths) = (1usize, String::new(), Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--threads" => threads = arguments.next().ok_or("how many threads?")?.parse()?,
            "--only" => only = arguments.next().ok_or("only what?")?,
            _ => paths.push(PathBuf::from(argument)),
        }
    }
    let [set, results] = paths.as_slice() else {
        return Err("usage: compare_run SET RESULTS [--threads N] [--only WORD]".into());
    };
    let tasks: Vec<(String, Vec<Task>)> = tasks(set, &only)?.into_iter().collect();
    let all: usize = tasks.iter().map(|(_, clips)| clips.len()).sum();
    let file = Mutex::new(std::io::BufWriter::new(std::fs::File::create(results)?));
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                while let Some((source, clips)) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    compare_all(set, source, clips, &file);
                    let n = done.fetch_add(clips.len(), Ordering::Relaxed) + clips.len();
                    eprintln!("{n} of {all} comparisons");
                }
            });
        }
    });
    if let Ok(mut file) = file.lock() {
        file.flush()?;
    }
    Ok(())
}

/// What is to be compared with each source, so that each source is read once.
fn tasks(set: &Path, only: &str) -> Result<BTreeMap<String, Vec<Task>>, String> {
    let mut tasks: BTreeMap<String, Vec<Task>> = BTreeMap::new();
    for truth in results::read_lines::<Truth>(&set.join("truth.ndjson"))? {
        if let Some(source) = truth.source.filter(|_| truth.clip.contains(only)) {
            tasks.entry(source).or_default().push((Some(truth.id), truth.clip));
        }
    }
    for pair in results::read_lines::<Stranger>(&set.join("strangers.ndjson"))? {
        if pair.clip.contains(only) {
            tasks.entry(pair.source).or_default().push((None, pair.clip));
        }
    }
    Ok(tasks)
}

fn compare_all(set: &Path, source: &str, clips: &[Task], file: &Mutex<impl Write>) {
    let mut b = match read(&set.join(source)) {
        Ok(b) => b,
        Err(e) => return eprintln!("`{source}`: {e}"),
    };
    for (id, clip) in clips {
        // One thread per comparison, so that its time is its processor time.
        let start = Instant::now();
        let compared = read(&set.join(clip)).and_then(|mut a| document(&mut a, &mut b));
        let cpu_s = start.elapsed().as_secs_f64();
        let document = match compared {
            Ok(document) => document,
            Err(e) => {
                eprintln!("`{clip}` in `{source}`: {e}");
                continue;
            }
        };
        let line =
            Line { id: id.clone(), clip: clip.clone(), source: source.to_owned(), document, cpu_s };
        if let (Ok(mut text), Ok(mut file)) = (serde_json::to_vec(&line), file.lock()) {
            text.push(b'\n');
            if let Err(e) = file.write_all(&text) {
                eprintln!("could not write the results: {e}");
            }
        }
    }
}
