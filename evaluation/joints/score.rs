//! Scores what was seen in the generated clips: `joints_score SET RESULTS`.
//!
//! SET is a folder that `joints_generate` made, RESULTS what `joints_run` wrote. Prints Markdown.
//! Points count if they are at least moderate, and in a second row whatever they are; `--from SCORE`
//! asks for a score instead of a strength. `--calibration FILE` names the `calibration.toml` with the
//! ratio of a place without a point, for Cllr; `--without FILE` the untouched sessions that `joints_audit`
//! found to hold one recording twice. `--failures` lists missed joints and false points on
//! stderr.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example prints its tables")]
#![allow(missing_docs, unreachable_pub, reason = "an example has no documentation to build")]
#![allow(dead_code, reason = "the modules shared with other examples hold more than one needs")]

mod cost;
mod details;
mod matching;
mod poisson;
#[path = "../sound/random.rs"]
mod random;
mod repeated;
mod results;
mod scored;
#[path = "../compare/statistics.rs"]
mod statistics;
mod tables;
mod tables_scores;
mod targets;
mod truth;

use std::path::PathBuf;

use scored::Bar;

fn main() -> Result<(), String> {
    let (mut failures, mut from, mut calibration, mut repeated) = (false, None, None, None);
    let mut paths: Vec<PathBuf> = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--failures" => failures = true,
            "--from" => {
                let score = arguments.next().ok_or("from which score?")?;
                from = Some(score.parse::<f64>().map_err(|e| format!("`{score}`: {e}"))?);
            }
            "--without" => repeated = arguments.next().map(PathBuf::from),
            "--calibration" => calibration = arguments.next().map(PathBuf::from),
            _ => paths.push(argument.into()),
        }
    }
    let [set, results] = paths.as_slice() else {
        let options = "[--without FILE] [--from SCORE] [--calibration FILE] [--failures]";
        return Err(format!("usage: joints_score SET RESULTS {options}"));
    };
    let (clips, without) = scored::read(set, results, repeated.as_deref())?;
    println!("{} clips have a result, {without} have none.\n", clips.len());
    let bar = from.map_or(Bar::Moderate, Bar::Score);
    let bars = [bar, Bar::All];
    tables::targets(&clips, &bars);
    tables::false_points(&clips);
    tables_scores::families(&clips);
    let nothing = nothing_found(calibration)?;
    tables_scores::costs(&clips, &|context| {
        nothing.as_ref().and_then(|t| t.get(context)).and_then(ratio).unwrap_or(0.0)
    });
    tables::cases(&clips, &bars);
    tables_scores::recall_at_rates(&clips);
    details::recall_by_joint(&clips, bar);
    details::recall_by_joint(&clips, Bar::All);
    details::detectors(&clips);
    details::events_and_speed(&clips);
    if failures {
        details::failures(&clips, bar);
    }
    Ok(())
}

/// The table `contexts` of a calibration file.
fn nothing_found(path: Option<PathBuf>) -> Result<Option<toml::Table>, String> {
    let Some(path) = path else { return Ok(None) };
    let text = std::fs::read_to_string(&path)
        .map_err(|e| format!("could not read `{}`: {e}", path.display()))?;
    let table: toml::Table = text.parse().map_err(|e| format!("`{}`: {e}", path.display()))?;
    Ok(table.get("contexts").and_then(|c| c.as_table()).cloned())
}

fn ratio(context: &toml::Value) -> Option<f64> {
    context.get("nothing_found")?.as_float()
}
