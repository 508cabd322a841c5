//! The tables that show where recall and false points come from.

use std::collections::BTreeMap;

use crate::matching::{match_points, touches};
use crate::poisson::rate_text;
use crate::random::Random;
use crate::results::CONTEXTS;
use crate::scored::{Bar, Clip, REACH_S};
use crate::statistics::percentile;

/// Draws of the bootstrap.
const DRAWS: usize = 400;

/// Recall by last codec, joint and placement; the interval is over talkers and their clips.
pub fn recall_by_joint(clips: &[Clip], bar: Bar) {
    println!("## Recall at ±100 ms by last codec, joint and placement ({})\n", bar.name());
    println!("| last codec | joint | placement | joints | recall (95 %) |\n|---|---|---|---|---|");
    // For each cell, talker and clip: joints and found ones.
    type Cell = BTreeMap<String, Vec<(usize, usize)>>;
    let mut cells: BTreeMap<(String, String, String), Cell> = BTreeMap::new();
    for clip in clips.iter().filter(|c| c.is_edited()) {
        let truth = &clip.truth;
        let matched = match_points(&truth.joints, &clip.points(bar), REACH_S);
        let mut here: BTreeMap<(String, String, String), (usize, usize)> = BTreeMap::new();
        for (joint, point) in truth.joints.iter().zip(&matched) {
            for placement in [joint.placement.as_str(), "any"] {
                let last = truth.last_codec.clone();
                let key = (last, joint.joint.clone(), placement.to_owned());
                let cell = here.entry(key).or_default();
                cell.0 += 1;
                cell.1 += usize::from(point.is_some());
            }
        }
        for (key, counts) in here {
            let talkers = cells.entry(key).or_default();
            talkers.entry(truth.talker.clone()).or_default().push(counts);
        }
    }
    for ((last, joint, placement), talkers) in &cells {
        let (all, found) = sum(talkers.values().flatten());
        let (low, high) = bootstrap(talkers, &format!("{last} {joint} {placement}"));
        println!(
            "| {last} | {joint} | {placement} | {all} | {:.2} ({low:.2}–{high:.2}) |",
            found as f64 / all.max(1) as f64
        );
    }
    println!();
}

fn sum<'a>(counts: impl Iterator<Item = &'a (usize, usize)>) -> (usize, usize) {
    counts.fold((0, 0), |sum, c| (sum.0 + c.0, sum.1 + c.1))
}

/// 2.5th and 97.5th percentile of the recall over drawn talkers and, in each, drawn clips.
fn bootstrap(talkers: &BTreeMap<String, Vec<(usize, usize)>>, name: &str) -> (f64, f64) {
    let mut random = Random::named(1, name);
    let talkers: Vec<&Vec<(usize, usize)>> = talkers.values().collect();
    let shares: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let (mut all, mut found) = (0, 0);
            for _ in 0..talkers.len() {
                let clips = talkers[random.below(talkers.len())];
                for _ in 0..clips.len() {
                    let (joints, matched) = clips[random.below(clips.len())];
                    all += joints;
                    found += matched;
                }
            }
            found as f64 / all.max(1) as f64
        })
        .collect();
    (percentile(&shares, 0.025), percentile(&shares, 0.975))
}

/// What each detector gives by itself.
pub fn detectors(clips: &[Clip]) {
    println!("## Detectors\n");
    println!(
        "Joints are counted where the detector examined the clip; a hit lies within 100 ms or"
    );
    println!("has the joint in its span.\n");
    println!(
        "| detector | context | joints | hits | untouched hours | false findings | per hour (95 %) |"
    );
    println!("|---|---|---|---|---|---|---|");
    let ids: std::collections::BTreeSet<&str> = clips
        .iter()
        .flat_map(|c| c.line.findings.iter().filter(|f| f.joint).map(|f| f.detector.as_str()))
        .collect();
    for id in ids {
        for context in CONTEXTS {
            let examined: Vec<&Clip> = clips
                .iter()
                .filter(|c| c.context() == context)
                .filter(|c| {
                    c.line.outcomes.iter().any(|o| o.detector == id && o.status == "examined")
                })
                .collect();
            if examined.is_empty() {
                continue;
            }
            let (mut joints, mut hits, mut falses, mut hours) = (0, 0, 0, 0.0);
            for clip in examined {
                let mine = || clip.line.findings.iter().filter(|f| f.detector == id && f.joint);
                if clip.truth.untouched {
                    hours += clip.hours();
                    falses += mine().count();
                } else if clip.is_edited() {
                    joints += clip.truth.joints.len();
                    let hit = |joint: &&_| mine().any(|f| touches(f, joint));
                    hits += clip.truth.joints.iter().filter(hit).count();
                }
            }
            println!(
                "| {id} | {context} | {joints} | {hits} | {hours:.2} | {falses} | {} |",
                rate_text(falses, hours)
            );
        }
    }
    println!();
}

/// What was recorded or joined without an editor, and the time that everything took.
pub fn events_and_speed(clips: &[Clip]) {
    println!(
        "## Recorder events (scored apart)\n\n| event | clips | found ±100 ms |\n|---|---|---|"
    );
    for case in ["recorder_pause", "voice_notes"] {
        let mine: Vec<&Clip> = clips.iter().filter(|c| c.truth.case == case).collect();
        let found = mine.iter().filter(|c| {
            match_points(&c.truth.joints, &c.points(Bar::All), REACH_S).iter().any(Option::is_some)
        });
        println!("| {case} | {} | {} |", mine.len(), found.count());
    }
    let cpu: f64 = clips.iter().map(|c| c.line.seconds_cpu).sum();
    let hours: f64 = clips.iter().map(Clip::hours).sum();
    let failed = clips.iter().filter(|c| c.line.status != "ok").count();
    println!("\n{} clips, {hours:.2} h, {failed} not examined; ", clips.len());
    println!("{:.1} s of processor time per hour of audio.\n", cpu / hours.max(1e-9));
}

/// Lists missed joints and false points.
pub fn failures(clips: &[Clip], bar: Bar) {
    for clip in clips {
        let truth = &clip.truth;
        let points = clip.points(bar);
        let matched = match_points(&truth.joints, &points, REACH_S);
        for (joint, _) in truth.joints.iter().zip(&matched).filter(|(_, m)| m.is_none()) {
            eprintln!(
                "missed: {} {:.3} s {} {} ({})",
                truth.clip, joint.time_s, joint.joint, joint.placement, truth.first_codec
            );
        }
        let used: Vec<usize> = matched.into_iter().flatten().collect();
        for (_, point) in points.iter().enumerate().filter(|(n, _)| !used.contains(n)) {
            eprintln!(
                "false{}: {} {:.3} s score {:.2} {} by {}",
                if truth.untouched { ", untouched" } else { "" },
                truth.clip,
                point.time_s,
                point.score,
                point.strength,
                point.detectors.join(" ")
            );
        }
    }
}
