//! The tables that answer the targets.

use crate::matching::{Counts, count};
use crate::poisson::rate_text;
use crate::results::{CONTEXTS, SeenFinding};
use crate::scored::{Bar, Clip};
use crate::statistics::wilson;
use crate::targets::{FALSE_PER_HOUR, Measure, TARGETS, Target, belongs};

/// Each target, what was measured, and what was asked.
pub fn targets(clips: &[Clip], bars: &[Bar]) {
    println!("## Targets\n");
    println!("| case | joints | points | measure | measured | target | false/h (95 %) | at most |");
    println!("|---|---|---|---|---|---|---|---|");
    for target in &TARGETS {
        for &bar in bars {
            target_row(clips, target, bar);
        }
    }
    println!();
}

fn target_row(clips: &[Clip], target: &Target, bar: Bar) {
    let of_row = || clips.iter().filter(|c| c.is_edited() && belongs(target, &c.truth.case));
    let untouched = clips.iter().filter(|c| {
        let last = c.truth.last_codec.as_str();
        c.truth.untouched && (target.last.is_empty() || target.last.contains(&last))
    });
    let (mut hours, mut falses) = (0.0, 0);
    for clip in untouched {
        hours += clip.hours();
        falses += match target.measure {
            Measure::Copies => repetitions(clip).count(),
            _ => clip.points(bar).len(),
        };
    }
    let (n, name, value) = match target.measure {
        Measure::F1(tolerance_s) => {
            let counts = counts(of_row(), bar, tolerance_s);
            let name = format!("F1 ±{:.0} ms", tolerance_s * 1000.0);
            (counts.joints, name, format!("{:.3}", counts.f1()))
        }
        Measure::Recall(tolerance_s) => {
            let counts = counts(of_row(), bar, tolerance_s);
            let name = format!("recall ±{:.0} ms", tolerance_s * 1000.0);
            (counts.joints, name, share(counts.matched, counts.joints))
        }
        Measure::Copies => {
            let (found, all) = of_row().fold((0, 0), |(found, all), clip| {
                let (f, a) = copies(clip);
                (found + f, all + a)
            });
            (all, "recall of copies".to_owned(), share(found, all))
        }
    };
    println!(
        "| {} | {n} | {} | {name} | {value} | {} | {} | {} |",
        target.what,
        bar.name(),
        target.least,
        rate_text(falses, hours),
        target.most_per_hour
    );
}

/// `k` of `n` with its interval.
pub fn share(k: usize, n: usize) -> String {
    let (low, high) = wilson(k, n);
    format!("{:.3} ({low:.3}–{high:.3})", k as f64 / n as f64)
}

pub fn counts<'a>(clips: impl Iterator<Item = &'a Clip>, bar: Bar, tolerance_s: f64) -> Counts {
    let mut counts = Counts::default();
    for clip in clips {
        counts.add(count(&clip.truth.joints, &clip.points(bar), tolerance_s));
    }
    counts
}

fn repetitions(clip: &Clip) -> impl Iterator<Item = &SeenFinding> {
    clip.line.findings.iter().filter(|f| f.family == "repetition" && f.joint)
}

/// Copies that a repetition covers at either of their two places by half or more, and all copies.
pub fn copies(clip: &Clip) -> (usize, usize) {
    let all: Vec<_> = clip.truth.edits.iter().filter(|e| e.kind == "copy_move").collect();
    let found = all.iter().filter(|edit| {
        let length = edit.end_s - edit.start_s;
        let source = edit.source_start_s.unwrap_or(f64::INFINITY);
        repetitions(clip).any(|finding| {
            [edit.start_s, source].iter().any(|&start| {
                let shared = finding.end_s.min(start + length) - finding.start_s.max(start);
                let at_an_end =
                    [start, start + length].iter().any(|end| (finding.time_s - end).abs() <= 0.1);
                shared >= 0.5 * length || at_an_end
            })
        })
    });
    (found.count(), all.len())
}

/// False points by last codec and by what makes a clip hard.
pub fn false_points(clips: &[Clip]) {
    println!("## False points in untouched audio, per hour (95 %)\n");
    println!(
        "At most {} moderate and {} strong are asked for.\n",
        FALSE_PER_HOUR.0, FALSE_PER_HOUR.1
    );
    println!("| clips | hours | points | all | moderate | strong |\n|---|---|---|---|---|---|");
    let row = |name: &str, wanted: &dyn Fn(&Clip) -> bool| {
        let chosen: Vec<&Clip> = clips.iter().filter(|c| c.truth.untouched && wanted(c)).collect();
        let hours: f64 = chosen.iter().map(|c| c.hours()).sum();
        if chosen.is_empty() {
            return;
        }
        let n = |bar| chosen.iter().map(|c| c.points(bar).len()).sum::<usize>();
        println!(
            "| {name} | {hours:.2} | {} | {} | {} | {} |",
            n(Bar::All),
            rate_text(n(Bar::All), hours),
            rate_text(n(Bar::Moderate), hours),
            rate_text(n(Bar::Strong), hours)
        );
    };
    row("all", &|_| true);
    row("untouched", &|c| c.truth.hard_negative.is_none());
    row("hard negatives", &|c| c.truth.hard_negative.is_some());
    for context in CONTEXTS {
        row(context, &|c| c.context() == context);
    }
    for last in names(clips, |c| Some(c.truth.last_codec.clone())) {
        row(&format!("last {last}"), &|c| c.truth.last_codec == last);
    }
    for kind in names(clips, |c| c.truth.hard_negative.clone()) {
        row(&format!("hard: {kind}"), &|c| c.truth.hard_negative.as_ref() == Some(&kind));
    }
    println!();
}

/// Distinct values, sorted.
pub fn names(clips: &[Clip], of: impl Fn(&Clip) -> Option<String>) -> Vec<String> {
    let names: std::collections::BTreeSet<String> = clips.iter().filter_map(of).collect();
    names.into_iter().collect()
}

/// Precision, recall and F1 of every case.
pub fn cases(clips: &[Clip], bars: &[Bar]) {
    println!("## Joints by case\n");
    println!(
        "| case | clips | joints | points | precision | recall | F1 ±20 | ±50 | ±100 | ±250 ms |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for case in names(clips, |c| (!c.truth.joints.is_empty()).then(|| c.truth.case.clone())) {
        for &bar in bars {
            let of_case = || clips.iter().filter(|c| c.truth.case == case);
            let at = |tolerance_s| counts(of_case(), bar, tolerance_s);
            let near = at(0.1);
            println!(
                "| {case} | {} | {} | {} {} | {:.3} | {:.3} | {:.3} | {:.3} | {:.3} | {:.3} |",
                of_case().count(),
                near.joints,
                near.points,
                bar.name(),
                near.precision(),
                near.recall(),
                at(0.02).f1(),
                at(0.05).f1(),
                near.f1(),
                at(0.25).f1()
            );
        }
    }
    println!("\nPrecision and recall are at ±100 ms.\n");
}
