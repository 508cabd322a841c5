//! The tables about scores and about previous codecs.

use crate::cost::{area_under_curve, cllr};
use crate::results::CONTEXTS;
use crate::scored::{Bar, Clip, slot_scores};
use crate::statistics::upper_bound;
use crate::tables::{counts, names, share};
use crate::targets::{CLLR, FAMILY};

/// Share of joints found where the threshold allows so many false points per untouched hour.
pub fn recall_at_rates(clips: &[Clip]) {
    println!("## Recall at ±100 ms where so many false points per hour are allowed\n");
    println!("| context | joints | hours | 0.05/h | 0.1/h | 0.5/h | 1/h | 5/h | AUC of clips |");
    println!("|---|---|---|---|---|---|---|---|---|");
    for context in std::iter::once("all").chain(CONTEXTS) {
        let chosen: Vec<&Clip> =
            clips.iter().filter(|c| context == "all" || c.context() == context).collect();
        let untouched = || chosen.iter().filter(|c| c.truth.untouched);
        let edited = || chosen.iter().filter(|c| c.is_edited());
        let hours: f64 = untouched().map(|c| c.hours()).sum();
        let mut falses: Vec<f64> =
            untouched().flat_map(|c| c.line.edit_points.iter().map(|p| p.score)).collect();
        falses.sort_by(|a, b| b.total_cmp(a));
        let joints: usize = edited().map(|c| c.truth.joints.len()).sum();
        let recalls: Vec<String> = [0.05, 0.1, 0.5, 1.0, 5.0]
            .iter()
            .map(|rate| {
                // A point must score above the first false one that is too many.
                let above = falses.get((rate * hours).floor() as usize).copied();
                let above = above.unwrap_or(f64::NEG_INFINITY);
                let bar = Bar::Score(above.next_up());
                let matched = counts(edited().copied(), bar, 0.1).matched;
                format!("{:.3}", matched as f64 / joints.max(1) as f64)
            })
            .collect();
        let best = |c: &&&Clip| {
            c.line.edit_points.iter().map(|p| p.score).fold(f64::NEG_INFINITY, f64::max)
        };
        let (high, low): (Vec<f64>, Vec<f64>) =
            (edited().map(|c| best(&c)).collect(), untouched().map(|c| best(&c)).collect());
        println!(
            "| {context} | {joints} | {hours:.2} | {} | {:.3} |",
            recalls.join(" | "),
            area_under_curve(&high, &low)
        );
    }
    println!();
}

/// Cost of the scores as log10 likelihood ratios. `nothing` is the ratio of a place without a point.
pub fn costs(clips: &[Clip], nothing: &dyn Fn(&str) -> f64) {
    println!("## Cllr (target {CLLR})\n\n| context | joints | slots | Cllr |\n|---|---|---|---|");
    for context in std::iter::once("all").chain(CONTEXTS) {
        let (mut joints, mut slots) = (Vec::new(), Vec::new());
        for clip in clips.iter().filter(|c| context == "all" || c.context() == context) {
            let silent = nothing(clip.context());
            if clip.is_edited() {
                let score = |joint| (clip.best_at(joint).unwrap_or(silent), 1.0);
                joints.extend(clip.truth.joints.iter().map(score));
            } else if clip.truth.untouched {
                let points = clip.line.edit_points.iter().map(|p| (p.time_s, p.score));
                let scores = slot_scores(points);
                slots.push((silent, clip.slots().saturating_sub(scores.len()) as f64));
                slots.extend(scores.into_iter().map(|score| (score, 1.0)));
            }
        }
        let n: f64 = slots.iter().map(|(_, n)| n).sum();
        println!("| {context} | {} | {n:.0} | {:.3} |", joints.len(), cllr(&joints, &slots));
    }
    println!();
}

/// Previous codec of WAV files.
pub fn families(clips: &[Clip]) {
    let chosen: Vec<(&Clip, &str)> = clips
        .iter()
        .filter(|c| c.truth.case == "family" && c.truth.duration_s >= 5.0)
        .map(|c| (c, c.truth.first_codec.split('-').next().unwrap_or("none")))
        .collect();
    let said = |c: &Clip| c.line.previous_codec.clone().unwrap_or_else(|| "–".to_owned());
    if chosen.is_empty() {
        return;
    }
    println!("## Previous codec of a WAV of at least 5 s\n");
    let columns = names(clips, |c| (c.truth.case == "family").then(|| said(c)));
    println!("| was | clips | {} |", columns.join(" | "));
    println!("|---|---|{}", "---|".repeat(columns.len()));
    for family in ["none", "aac", "mp3", "vorbis", "opus"] {
        let mine: Vec<&Clip> =
            chosen.iter().filter(|(_, f)| *f == family).map(|(c, _)| *c).collect();
        let cells: Vec<String> = columns
            .iter()
            .map(|column| mine.iter().filter(|c| said(c) == *column).count().to_string())
            .collect();
        println!("| {family} | {} | {} |", mine.len(), cells.join(" | "));
    }
    let right = chosen.iter().filter(|(c, family)| said(c) == *family).count();
    let pcm: Vec<&&Clip> = chosen.iter().filter(|(_, f)| *f == "none").map(|(c, _)| c).collect();
    let wrong = pcm.iter().filter(|c| !matches!(said(c).as_str(), "none" | "–")).count();
    println!("\nRight: {} (target {}).", share(right, chosen.len()), FAMILY.0);
    println!(
        "PCM called compressed: {wrong} of {}, below {:.4} with 95 % (target {}).\n",
        pcm.len(),
        upper_bound(wrong, pcm.len()),
        FAMILY.1
    );
}
