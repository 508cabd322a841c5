//! Writes `calibration.toml` from a calibration split: `joints_calibrate SET RESULTS OUT`.
//!
//! `--date DATE` and `--corpus TEXT` go to the file's head; `--without FILE` leaves out the untouched
//! sessions that `joints_audit` found to hold one recording twice. With `--fused` OUT is read, and the scores
//! from which edit points are moderate, strong and very strong are put into it: run that once the
//! detectors' tables are in the program.
#![allow(clippy::print_stderr, reason = "an example says what it wrote")]
#![allow(missing_docs, unreachable_pub, reason = "an example has no documentation to build")]
#![allow(dead_code, reason = "the modules shared with other examples hold more than one needs")]

mod fused;
mod matching;
mod pav;
mod poisson;
mod repeated;
mod results;
mod scored;
#[path = "../compare/statistics.rs"]
mod statistics;
mod truth;

use std::fmt::Write;
use std::path::PathBuf;

use matching::touches;
use results::CONTEXTS;
use scored::{Clip, slot_scores};

fn main() -> Result<(), String> {
    let (mut is_fused, mut date, mut corpus) = (false, String::new(), String::new());
    let mut repeated = None;
    let mut paths: Vec<PathBuf> = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--fused" => is_fused = true,
            "--without" => repeated = arguments.next().map(PathBuf::from),
            "--date" => date = arguments.next().ok_or("which date?")?,
            "--corpus" => corpus = arguments.next().ok_or("which corpus?")?,
            _ => paths.push(argument.into()),
        }
    }
    let [set, results, out] = paths.as_slice() else {
        let usage = "joints_calibrate SET RESULTS OUT [--fused] [--without FILE] [--date DATE] [--corpus TEXT]";
        return Err(format!("usage: {usage}"));
    };
    let (clips, without) = scored::read(set, results, repeated.as_deref())?;
    if without > 0 {
        eprintln!("{without} clips have no result and are left out");
    }
    let text = if is_fused {
        let before = std::fs::read_to_string(out)
            .map_err(|e| format!("could not read `{}`: {e}", out.display()))?;
        let kept = before.split(fused::MARK).next().unwrap_or("").trim_end();
        format!("{}\n\n{}", fused::with_nothing_found(kept, &clips), fused::text(&clips))
    } else {
        head(&clips, &corpus, &date).map_err(|e| e.to_string())?
            + &detectors(&clips).map_err(|e| e.to_string())?
    };
    text.parse::<toml::Table>().map_err(|e| format!("what was to be written is no TOML: {e}"))?;
    std::fs::write(out, text).map_err(|e| format!("could not write `{}`: {e}", out.display()))
}

fn head(clips: &[Clip], corpus: &str, date: &str) -> Result<String, std::fmt::Error> {
    let mut text = String::from(
        "# Error rates of detectors and edit points, written by the example `joints_calibrate`.\n\
         #\n\
         # table: from this score on, this log10 likelihood ratio of a joint against none; false_per_hour:\n\
         # from this score on, findings per untouched hour and the upper bound with 95 %. Ratios are by\n\
         # pool-adjacent-violators and capped by the number of trials.\n\n",
    );
    let hours: f64 = clips.iter().filter(|c| c.truth.untouched).map(Clip::hours).sum();
    writeln!(text, "[head]")?;
    writeln!(text, "corpus = {}", quoted(corpus))?;
    writeln!(text, "date = {}", quoted(date))?;
    writeln!(text, "program = {}", quoted(env!("CARGO_PKG_VERSION")))?;
    writeln!(text, "clips = {}", clips.len())?;
    writeln!(text, "untouched_hours = {hours:.2}")?;
    writeln!(text, "slot_s = {}\n", scored::SLOT_S)?;
    for context in CONTEXTS {
        let found = fused::Silence::of(clips, context);
        writeln!(text, "[contexts.{context}]")?;
        writeln!(text, "hours = {:.2}", found.hours)?;
        writeln!(text, "slots = {}", found.slots)?;
        writeln!(text, "joints = {}", found.joints)?;
        writeln!(text, "nothing_found = {:.3}\n", found.log10_lr())?;
    }
    Ok(text)
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// The tables of every detector that saw a joint anywhere.
fn detectors(clips: &[Clip]) -> Result<String, std::fmt::Error> {
    let ids: std::collections::BTreeSet<&str> = clips
        .iter()
        .flat_map(|c| c.line.findings.iter().filter(|f| f.joint).map(|f| f.detector.as_str()))
        .collect();
    let mut text = String::new();
    for id in ids {
        for context in CONTEXTS {
            let trials = Trials::of(clips, id, context);
            let steps = pav::table(&trials.hits, &trials.falses, trials.joints, trials.slots);
            if steps.is_empty() {
                continue;
            }
            writeln!(text, "[detectors.{id}.{context}]")?;
            writeln!(text, "hours = {:.2}", trials.hours)?;
            writeln!(text, "slots = {}", trials.slots)?;
            writeln!(text, "false_slots = {}", trials.falses.len())?;
            writeln!(text, "joints = {}", trials.joints)?;
            writeln!(text, "hits = {}", trials.hits.len())?;
            let table: Vec<String> = steps
                .iter()
                .map(|s| format!("[{}, {:.3}]", rounded(s.score), s.log10_lr))
                .collect();
            writeln!(text, "table = [{}]", table.join(", "))?;
            let rates: Vec<String> = steps
                .iter()
                .map(|s| {
                    let n = trials.findings.iter().filter(|f| **f >= s.score).count();
                    let upper = poisson::mean_at(n, 0.05) / trials.hours.max(1e-9);
                    let rate = n as f64 / trials.hours.max(1e-9);
                    format!("[{}, {rate:.3}, {upper:.3}]", rounded(s.score))
                })
                .collect();
            writeln!(text, "false_per_hour = [{}]\n", rates.join(", "))?;
        }
    }
    Ok(text)
}

/// A score with five digits, rounded down so that the score itself still reaches it, with a point so
/// that it stays a float.
fn rounded(score: f64) -> String {
    if score == 0.0 {
        return "0.0".to_owned();
    }
    let unit = 10f64.powf(score.abs().log10().floor() - 4.0);
    let digits = (-unit.log10()).ceil().clamp(1.0, 12.0) as usize;
    format!("{:.digits$}", (score / unit).floor() * unit)
}

/// What one detector gave in one context.
struct Trials {
    /// Best score at each joint it saw.
    hits: Vec<f64>,
    /// Best score in each untouched slot it saw something in.
    falses: Vec<f64>,
    /// Scores of all findings in untouched clips.
    findings: Vec<f64>,
    joints: usize,
    slots: usize,
    hours: f64,
}

impl Trials {
    fn of(clips: &[Clip], id: &str, context: &str) -> Self {
        let mut trials = Self {
            hits: Vec::new(),
            falses: Vec::new(),
            findings: Vec::new(),
            joints: 0,
            slots: 0,
            hours: 0.0,
        };
        for clip in clips.iter().filter(|c| c.line.context == context) {
            let examined =
                clip.line.outcomes.iter().any(|o| o.detector == id && o.status == "examined");
            if !examined {
                continue;
            }
            let mine = || clip.line.findings.iter().filter(|f| f.detector == id && f.joint);
            if clip.truth.untouched {
                trials.hours += clip.hours();
                trials.slots += clip.slots();
                trials.falses.extend(slot_scores(mine().map(|f| (f.time_s, f.score))));
                trials.findings.extend(mine().map(|f| f.score));
            } else if clip.is_edited() {
                trials.joints += clip.truth.joints.len();
                for joint in &clip.truth.joints {
                    let scores = mine().filter(|f| touches(f, joint)).map(|f| f.score);
                    trials.hits.extend(scores.max_by(f64::total_cmp));
                }
            }
        }
        trials
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_keep_five_digits_and_round_down() {
        assert_eq!(rounded(123_456.0), "123450.0");
        assert_eq!(rounded(0.001_234_567), "0.0012345");
        assert_eq!(rounded(0.0), "0.0");
    }
}
