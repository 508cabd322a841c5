//! The tables of the scorer.

use std::collections::BTreeMap;

use crate::matching::{EditScore, evidence, mapped_frames, right_segment, score_edits};
use crate::results::Document;
use crate::statistics::{equal_error_rate, median, percentile, upper_bound, wilson};
use crate::truth::Truth;
use crate::{Scored, is_found, targets};

/// Moments this close to a joint are left out of the second equal error rate, in seconds.
const JOINT_MARGIN_S: f64 = 0.25;

fn mark(met: bool) -> &'static str {
    if met { "met" } else { "**missed**" }
}

fn number(value: f64, decimals: usize) -> String {
    if value.is_nan() { "–".to_owned() } else { format!("{value:.decimals$}") }
}

fn share(k: usize, n: usize) -> f64 {
    k as f64 / n.max(1) as f64
}

/// Clips found, by case and in groups of cases.
pub fn recall(set: &Scored) {
    println!("{} comparisons without a result", set.without_result);
    println!(
        "CPU seconds a comparison: median {}, p95 {}\n",
        number(median(&set.cpu_s), 2),
        number(percentile(&set.cpu_s, 0.95), 2)
    );
    println!("## Clips found\n");
    println!(
        "| case | n | found | share | 95 % interval | target | | speed error %, median | p95 | pitch error, cents |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    let cases = set.cases();
    let mut codecs: Vec<&(Truth, Document)> = Vec::new();
    for (case, clips) in &cases {
        if case.starts_with("codec_") {
            codecs.extend(clips);
        }
        recall_row(case, clips);
    }
    recall_row("codec_ (all of speech)", &codecs);
    println!();
}

fn recall_row(case: &str, clips: &[&(Truth, Document)]) {
    let found = clips.iter().filter(|(t, d)| is_found(t, d)).count();
    let (mut speed_errors, mut cents) = (Vec::new(), Vec::new());
    for (truth, document) in clips {
        if let Some((_, segment)) = right_segment(truth, document) {
            let ratio = segment.speed * segment.tempo / (truth.speed * truth.tempo);
            speed_errors.push(100.0 * (ratio - 1.0).abs());
            cents.push(1_200.0 * (segment.speed / truth.speed).log2().abs());
        }
    }
    let rate = share(found, clips.len());
    let (low, high) = wilson(found, clips.len());
    let (target, met) = match targets::recall(case) {
        Some(target) => (format!("{target:.2}"), mark(rate >= target)),
        None => (String::new(), ""),
    };
    let wants_speed = (case.contains("speed") || case.contains("tempo_5")) && !case.contains("_10");
    let p95 = percentile(&speed_errors, 0.95);
    let speed_met = if wants_speed { mark(p95 <= targets::SPEED_ERROR_PERCENT) } else { "" };
    println!(
        "| {case} | {} | {found} | {rate:.3} | {low:.3}–{high:.3} | {target} | {met} | {} | {} {speed_met} | {} |",
        clips.len(),
        number(median(&speed_errors), 3),
        number(p95, 3),
        number(median(&cents), 1),
    );
}

/// Offset errors of unedited clips at unchanged speed, by case.
pub fn offsets(set: &Scored) {
    println!(
        "## Offset\n\nWithout each codec's constant delay, which is the median of its clips.\n"
    );
    println!("| case | n | constant delay ms | median error ms | p95 | target | |");
    println!("|---|---|---|---|---|---|---|");
    for (case, clips) in set.cases() {
        let lossless = case.ends_with("offset_wav") || case.ends_with("gain_polarity");
        if !lossless && !case.contains("codec_") {
            continue;
        }
        let errors_ms: Vec<f64> = clips
            .iter()
            .filter_map(|(t, d)| right_segment(t, d).map(|(error, _)| 1e3 * error))
            .collect();
        // A lossless clip has no delay that could be taken off.
        let constant = if lossless { 0.0 } else { median(&errors_ms) };
        let rest: Vec<f64> = errors_ms.iter().map(|e| (e - constant).abs()).collect();
        let target = if lossless { targets::OFFSET_MS.0 } else { targets::OFFSET_MS.1 };
        println!(
            "| {case} | {} | {} | {} | {} | {target} | {} |",
            rest.len(),
            number(constant, 3),
            number(median(&rest), 3),
            number(percentile(&rest, 0.95), 3),
            mark(median(&rest) <= target)
        );
    }
    println!();
}

/// Frames put where they are from, and frames told from foreign ones.
pub fn frames(set: &Scored) {
    println!("## Frames\n\n| what | n | value | target | |\n|---|---|---|---|---|");
    let (mut all, mut right) = (0, 0);
    for (truth, document) in &set.clips {
        if truth.case.starts_with("codec_") {
            let (a, r) = mapped_frames(truth, document);
            all += a;
            right += r;
        }
    }
    let mapped = share(right, all);
    let target = targets::MAPPED;
    println!(
        "| mapped within 50 ms, codec only | {all} | {mapped:.4} | {target} | {} |",
        mark(mapped >= target)
    );
    for margin_s in [0.0, JOINT_MARGIN_S] {
        let (mut same, mut foreign) = (Vec::new(), Vec::new());
        for (truth, document) in &set.clips {
            let has_foreign =
                truth.edits.iter().any(|e| e.kind == "insertion" || e.kind == "replacement");
            if truth.case.contains("edit_") && has_foreign {
                let (s, f) = evidence(truth, document, margin_s);
                same.extend(s);
                foreign.extend(f);
            }
        }
        let rate = equal_error_rate(&same, &foreign);
        let target = targets::FRAME_EER;
        println!(
            "| equal error rate, own and foreign frames {margin_s} s off joints | {} + {} | {} | {target} | {} |",
            same.len(),
            foreign.len(),
            number(rate, 4),
            mark(rate <= target)
        );
    }
    println!();
}

/// Group of an edited clip.
fn edit_group(case: &str) -> &'static str {
    match case {
        c if c.contains("edit_speed") => "speed",
        c if c.contains("rerecorded") => "rerecorded",
        c if c.ends_with("_wav") => "lossless",
        _ => "lossy",
    }
}

/// Edits by group and by kind, and what is made up on clips without edits.
pub fn edits(set: &Scored) {
    println!("## Edits\n");
    println!(
        "| clips | edits | found | share | | kind right | | said | invented | | boundary ms, median | p95 | |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    let mut rows: BTreeMap<String, EditScore> = BTreeMap::new();
    for (truth, document) in &set.clips {
        if truth.expected != "same" {
            continue;
        }
        let score = score_edits(&truth.edits, &document.edits);
        if !truth.case.contains("edit_") {
            rows.entry("unedited clips".to_owned()).or_default().add(&score);
            continue;
        }
        let material = if truth.material == "music" { "music, " } else { "" };
        let group = edit_group(&truth.case);
        rows.entry("all edited".to_owned()).or_default().add(&score);
        rows.entry(format!("group: {material}{group}")).or_default().add(&score);
        if truth.case.contains("edit_mixed") || truth.case.contains("edit_speed") {
            rows.entry(format!("kind: mixed ({group})")).or_default().add(&score);
        } else if let Some(edit) = truth.edits.iter().find(|e| !e.optional) {
            let rows_of_kind = rows.entry(format!("kind: {material}{} ({group})", edit.kind));
            rows_of_kind.or_default().add(&score);
        }
    }
    for (name, score) in &rows {
        edit_row(name, score);
    }
    println!();
}

fn edit_row(name: &str, score: &EditScore) {
    let (found_target, invented_target, kind_target) = targets::EDITS;
    let errors_ms: Vec<f64> = score.boundary_errors_s.iter().map(|e| 1e3 * e).collect();
    let (middle, p95) = (median(&errors_ms), percentile(&errors_ms, 0.95));
    let found = share(score.found, score.wanted);
    let kind = share(score.kind_right, score.found);
    let invented = share(score.invented, score.said);
    let unedited = score.wanted == 0;
    println!(
        "| {name} | {} | {} | {found:.3} | {} | {kind:.3} | {} | {} | {} ({invented:.3}) | {} | {} | {} | {} |",
        score.wanted,
        score.found,
        if unedited { "" } else { mark(found >= found_target) },
        if unedited { "" } else { mark(kind >= kind_target) },
        score.said,
        score.invented,
        mark(if unedited { score.invented == 0 } else { invented <= invented_target }),
        number(middle, 1),
        number(p95, 1),
        if unedited {
            ""
        } else {
            mark(middle <= targets::BOUNDARY_MS.0 && p95 <= targets::BOUNDARY_MS.1)
        },
    );
}

/// Strangers that were matched, by relation and by case.
pub fn strangers(set: &Scored) {
    println!("## Strangers\n");
    println!("| pairs | n | matched | share | upper 95 % bound | target | |");
    println!("|---|---|---|---|---|---|---|");
    let mut rows: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (pair, document) in &set.strangers {
        let case = pair.clip.split('/').nth(1).unwrap_or_default();
        for name in ["all".to_owned(), format!("relation: {}", pair.relation), case.to_owned()] {
            let row = rows.entry(name).or_default();
            row.0 += usize::from(document.same_source.found);
            row.1 += 1;
        }
    }
    for (name, (matched, n)) in rows {
        let target = targets::FALSE_MATCHES;
        println!(
            "| {name} | {n} | {matched} | {:.4} | {:.4} | {target} | {} |",
            share(matched, n),
            upper_bound(matched, n),
            mark(share(matched, n) <= target)
        );
    }
    println!();
}

/// What is said about clips that hold nothing to compare.
pub fn nothing(set: &Scored) {
    println!("## Clips with nothing to compare\n");
    println!("| case | n | found | not found | inconclusive |\n|---|---|---|---|---|");
    let mut rows: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for (truth, document) in set.clips.iter().filter(|(t, _)| t.expected == "inconclusive") {
        let column = match document.same_source.conclusion.as_str() {
            "found" => 0,
            "not_found" => 1,
            _ => 2,
        };
        rows.entry(&truth.case).or_default()[column] += 1;
    }
    for (case, [found, not_found, inconclusive]) in rows {
        let n = found + not_found + inconclusive;
        println!("| {case} | {n} | {found} | {not_found} | {inconclusive} |");
    }
    println!();
}
