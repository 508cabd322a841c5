//! Analyzes every generated clip: `joints_run SET RESULTS [--threads N] [--only WORD]`.
//!
//! Writes the lines that `joints_score` and `joints_calibrate` read. With `--only` just the clips
//! whose path contains WORD are analyzed. `joints_run --anew OLD NEW` joins the findings of earlier
//! results into edit points once more, with the counts that are built in now.
#![allow(clippy::print_stderr, reason = "an example shows its progress")]
#![allow(missing_docs, unreachable_pub, reason = "an example has no documentation to build")]
#![allow(dead_code, reason = "the truth has more than this example reads")]

mod anew;
mod observed;
mod results;
mod truth;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use results::{Line, SeenFinding, SeenOutcome};
use spliceprint::analysis::{Analysis, Outcome, Settings, analyze};
use spliceprint::decode::Input;
use truth::Truth;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut threads, mut only, mut paths) = (1usize, String::new(), Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--threads" => threads = arguments.next().ok_or("how many threads?")?.parse()?,
            "--only" => only = arguments.next().ok_or("only what?")?,
            "--anew" => {
                let from = arguments.next().ok_or("which results?")?;
                let to = arguments.next().ok_or("where to?")?;
                return Ok(join_anew(Path::new(&from), Path::new(&to))?);
            }
            _ => paths.push(PathBuf::from(argument)),
        }
    }
    let [set, results] = paths.as_slice() else {
        return Err("usage: joints_run SET RESULTS [--threads N] [--only WORD]".into());
    };
    let mut truths: Vec<Truth> = results::read_lines(&set.join("truth.ndjson"))?;
    truths.retain(|truth| truth.clip.contains(&only));
    let file = Mutex::new(std::io::BufWriter::new(std::fs::File::create(results)?));
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                while let Some(truth) = truths.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let line = examine(set, truth);
                    if let Err(e) = append(&file, &line) {
                        eprintln!("could not write the results: {e}");
                    }
                    let n = done.fetch_add(1, Ordering::Relaxed) + 1;
                    if n.is_multiple_of(100) || n == truths.len() {
                        eprintln!("{n} of {} clips", truths.len());
                    }
                }
            });
        }
    });
    if let Ok(mut file) = file.lock() {
        file.flush()?;
    }
    Ok(())
}

fn join_anew(from: &Path, to: &Path) -> Result<(), String> {
    let file = std::fs::File::create(to).map_err(|e| e.to_string())?;
    let file = Mutex::new(std::io::BufWriter::new(file));
    for mut line in results::read_lines::<Line>(from)? {
        anew::join(&mut line);
        append(&file, &line)?;
    }
    Ok(())
}

fn append(file: &Mutex<impl Write>, line: &Line) -> Result<(), String> {
    let mut text = serde_json::to_vec(line).map_err(|e| e.to_string())?;
    text.push(b'\n');
    let mut file = file.lock().map_err(|e| e.to_string())?;
    file.write_all(&text).map_err(|e| e.to_string())
}

fn examine(set: &Path, truth: &Truth) -> Line {
    // One thread per clip; the time is of the thread, as far as the machine tells.
    let start = (cpu_s(), Instant::now());
    let input = Input::Path(set.join(&truth.clip));
    let analysis = analyze(&input, &Settings::default(), &mut |_, _| {});
    let seconds_cpu = match (start.0, cpu_s()) {
        (Some(before), Some(after)) => after - before,
        _ => start.1.elapsed().as_secs_f64(),
    };
    let mut line = Line {
        id: truth.id.clone(),
        seconds_cpu,
        duration_s: truth.duration_s,
        status: "ok".to_owned(),
        edit_points: Vec::new(),
        findings: Vec::new(),
        outcomes: Vec::new(),
        previous_codec: None,
        context: results::context_of(&truth.last_codec).to_owned(),
    };
    match analysis {
        Ok(analysis) => fill(&mut line, &analysis),
        Err(e) => {
            eprintln!("`{}`: {e}", truth.clip);
            line.status = e.to_string();
        }
    }
    line
}

/// Processor time of this thread in seconds, where the system tells it.
fn cpu_s() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split(' ').next()?.parse().ok()?;
    Some(nanoseconds * 1e-9)
}

fn fill(line: &mut Line, analysis: &Analysis) {
    line.duration_s = analysis.stream.duration_s;
    line.previous_codec = observed::previous_codec(analysis);
    line.context = observed::context(analysis);
    line.edit_points = anew::points(&analysis.edit_points);
    for outcome in &analysis.outcomes {
        let (descriptor, status) = match outcome {
            Outcome::Examined(seen) => (seen.descriptor, "examined"),
            Outcome::NotApplicable { descriptor, .. } => (*descriptor, "not_applicable"),
        };
        let status = status.to_owned();
        line.outcomes.push(SeenOutcome { detector: descriptor.id.to_owned(), status });
        let Outcome::Examined(seen) = outcome else { continue };
        for finding in &seen.findings {
            line.findings.push(SeenFinding {
                detector: descriptor.id.to_owned(),
                family: descriptor.family.as_str().to_owned(),
                time_s: finding.time_s,
                start_s: finding.span.start_s,
                end_s: finding.span.end_s,
                score: finding.score,
                joint: finding.joint,
            });
        }
    }
}
