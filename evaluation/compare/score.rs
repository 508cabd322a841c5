//! Scores the results of comparing the generated clips: `compare_score SET RESULTS`.
//!
//! SET is a folder that `compare_generate` made, RESULTS a file of JSON lines, each with `id` (or
//! `clip` and `source`), `document` (a `spliceprint.comparison/1`) and `cpu_s`. Prints Markdown.
//! With `--failures` the clips that were missed or falsely matched are listed on stderr.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example prints its tables")]
#![allow(missing_docs, unreachable_pub, reason = "an example has no documentation to build")]

mod matching;
mod results;
mod statistics;
mod tables;
mod targets;
mod truth;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use results::{Document, ResultLine};
use truth::{Stranger, Truth};

fn main() -> Result<(), String> {
    let mut failures = false;
    let mut paths: Vec<PathBuf> = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--failures" => failures = true,
            _ => paths.push(argument.into()),
        }
    }
    let [set, results] = paths.as_slice() else {
        return Err("usage: compare_score SET RESULTS [--failures]".to_owned());
    };
    let set = Scored::read(set, results)?;
    tables::recall(&set);
    tables::offsets(&set);
    tables::frames(&set);
    tables::edits(&set);
    tables::strangers(&set);
    tables::nothing(&set);
    if failures {
        set.list_failures();
    }
    Ok(())
}

/// Truth and results side by side; comparisons without a result are left out and counted.
pub struct Scored {
    pub clips: Vec<(Truth, Document)>,
    pub strangers: Vec<(Stranger, Document)>,
    pub without_result: usize,
    pub cpu_s: Vec<f64>,
}

impl Scored {
    fn read(set: &Path, results: &Path) -> Result<Self, String> {
        let truths: Vec<Truth> = results::read_lines(&set.join("truth.ndjson"))?;
        let pairs: Vec<Stranger> = results::read_lines(&set.join("strangers.ndjson"))?;
        let lines: Vec<ResultLine> = results::read_lines(results)?;
        let mut scored = Self {
            clips: Vec::new(),
            strangers: Vec::new(),
            without_result: 0,
            cpu_s: lines.iter().map(|l| l.cpu_s).collect(),
        };
        let mut by_id = HashMap::new();
        let mut by_pair = HashMap::new();
        for ResultLine { id, clip, source, document, .. } in lines {
            if let (Some(clip), Some(source)) = (clip, source) {
                by_pair.insert((clip, source), document.clone());
            }
            if let Some(id) = id {
                by_id.insert(id, document);
            }
        }
        for truth in truths {
            let Some(source) = truth.source.clone() else { continue };
            let document =
                by_id.remove(&truth.id).or_else(|| by_pair.remove(&(truth.clip.clone(), source)));
            match document {
                Some(document) => scored.clips.push((truth, document)),
                None => scored.without_result += 1,
            }
        }
        for pair in pairs {
            match by_pair.remove(&(pair.clip.clone(), pair.source.clone())) {
                Some(document) => scored.strangers.push((pair, document)),
                None => scored.without_result += 1,
            }
        }
        Ok(scored)
    }

    /// Clips that come from their source, by case.
    pub fn cases(&self) -> BTreeMap<&str, Vec<&(Truth, Document)>> {
        let mut cases: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for clip in self.clips.iter().filter(|(t, _)| t.expected == "same") {
            cases.entry(&clip.0.case).or_default().push(clip);
        }
        cases
    }

    fn list_failures(&self) {
        for (truth, document) in self.clips.iter().filter(|(t, _)| t.expected == "same") {
            if !is_found(truth, document) {
                let said = &document.same_source.conclusion;
                eprintln!("missed: {} ({said}, {} segments)", truth.id, document.segments.len());
            }
        }
        for (pair, _) in self.strangers.iter().filter(|(_, d)| d.same_source.found) {
            eprintln!("false match: {} in {} ({})", pair.clip, pair.source, pair.relation);
        }
    }
}

/// Whether the document says that the clip comes from the source, and from the right place.
pub fn is_found(truth: &Truth, document: &Document) -> bool {
    document.same_source.found && matching::right_segment(truth, document).is_some()
}
