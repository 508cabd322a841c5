//! A run of samples that are exactly zero.
//!
//! # What it looks for
//!
//! A microphone never delivers exact zeros for long: its own noise moves the lowest bits. A run of
//! zeros was written by software, such as an inserted pause, a muted stretch or a dropout. Runs that
//! touch the beginning or the end of the clip are padding and left out. Where a clip has many runs,
//! zeros are its habit (a noise gate, a very quiet recording), and only runs far longer than the
//! habit are reported. A run that the sound fades into and out of is described, but makes no edit
//! point: decoders and gates leave those.
//!
//! # Score
//!
//! Length of the run, in ms.
//!
//! # Blind to
//!
//! Silence that went through a lossy encoder or dither; pauses filled with room tone; zeros in a
//! clip that is full of zeros. Noise gates, voice calls and players that lose packets make such runs
//! without any edit.
//!
//! # References
//!
//! - Mühlbauer (2010), *Automatic Audio Defect Detection*, Johannes Kepler Universität Linz.

use super::prelude::*;
use crate::measures::runs::Run;

/// Shortest run that is reported, in ms.
const REPORTS_FROM_MS: f64 = 8.0;

/// Runs a minute from which zeros count as the clip's habit.
const HABIT_PER_MIN: f64 = 4.0;

/// Magnitude of a neighbouring sample from which sound breaks off at the run, as a fraction of full
/// scale: eight steps of 16 bits.
const BREAKS_OFF: f32 = 8.0 / 32768.0;

/// How much longer than nine tenths of the clip's runs one must be to stand out from a habit.
const HABIT_FACTOR: f64 = 4.0;

/// See the module text.
pub(super) struct DigitalSilence;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "digital-silence",
    name: "Digital silence",
    family: Family::Numeric,
    summary: "Samples stay at exactly zero for longer than a microphone would.",
    score_unit: "ms",
    reports_from: REPORTS_FROM_MS,
    stands_alone: true,
    innocent_explanations: &[
        "a noise gate or muted microphone",
        "a pause in a voice call, or packets that were lost",
        "a recorder that was paused and went on",
    ],
    references: &["Mühlbauer 2010, Automatic Audio Defect Detection"],
    requires: Requirement::NONE,
    source: module_head!("digital_silence.rs"),
};

impl Detector for DigitalSilence {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn detect(&self, features: &Features) -> Vec<Finding> {
        let rate = f64::from(features.shape.sample_rate_hz);
        let end = (features.duration_s * rate).round() as u64;
        let inner = |run: &Run| run.start_frame > 0 && run.start_frame + run.frames < end;
        let runs: Vec<Run> = features.runs.zeros.iter().copied().filter(inner).collect();
        let runs = merge_channels(&runs, features.shape.channels);
        let length_ms = |run: &Run| run.frames as f64 / rate * 1000.0;
        let threshold =
            habit_threshold(runs.iter().map(|(run, _)| length_ms(run)), features.duration_s);
        runs.iter()
            .filter(|(run, _)| length_ms(run) >= threshold)
            .map(|(run, all_channels)| {
                let span = TimeSpan::new(
                    run.start_frame as f64 / rate,
                    (run.start_frame + run.frames) as f64 / rate,
                );
                let ms = length_ms(run);
                let evidence = vec![
                    Evidence::above("run_length", ms, "ms", threshold),
                    Evidence::new("sample_beside", f64::from(run.edge), "full scale"),
                ];
                let channel = (!all_channels).then_some(run.channel);
                let joint = run.edge >= BREAKS_OFF;
                Finding { channel, joint, ..Finding::joint(span.start_s, span, ms, evidence) }
            })
            .collect()
    }
}

/// Shortest run to report, in ms, given all runs of the clip.
fn habit_threshold(lengths_ms: impl Iterator<Item = f64>, duration_s: f64) -> f64 {
    let mut lengths: Vec<f32> = lengths_ms.map(|ms| ms as f32).collect();
    if (lengths.len() as f64) < (HABIT_PER_MIN * duration_s / 60.0).max(3.0) {
        return REPORTS_FROM_MS;
    }
    let usual = stats::quantile(&mut lengths, 0.9).map_or(0.0, f64::from);
    (HABIT_FACTOR * usual).max(REPORTS_FROM_MS)
}

/// Runs of all channels together where they coincide (`true`), single ones otherwise (`false`),
/// sorted by start.
fn merge_channels(runs: &[Run], channels: u16) -> Vec<(Run, bool)> {
    let mut merged: Vec<(Run, bool)> = Vec::new();
    for first in runs.iter().filter(|run| run.channel == 0) {
        let mut common = (first.start_frame, first.start_frame + first.frames);
        let in_all = (1..channels).all(|channel| {
            let other = runs.iter().find(|run| {
                run.channel == channel
                    && run.start_frame < common.1
                    && run.start_frame + run.frames > common.0
            });
            other.is_some_and(|run| {
                common =
                    (common.0.max(run.start_frame), common.1.min(run.start_frame + run.frames));
                common.0 < common.1
            })
        });
        if in_all {
            let run = Run { start_frame: common.0, frames: common.1 - common.0, ..*first };
            merged.push((run, true));
        } else {
            merged.push((*first, false));
        }
    }
    let covered = |run: &Run| {
        merged.iter().any(|(m, all)| {
            *all && run.start_frame < m.start_frame + m.frames
                && m.start_frame < run.start_frame + run.frames
        })
    };
    let alone: Vec<_> =
        runs.iter().filter(|r| r.channel > 0 && !covered(r)).map(|r| (*r, false)).collect();
    merged.extend(alone);
    merged.sort_by_key(|(run, _)| run.start_frame);
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(channel: u16, start_frame: u64, frames: u64) -> Run {
        Run { start_frame, frames, channel, value: 0.0, edge: 0.1 }
    }

    #[test]
    fn coinciding_runs_are_one() {
        let runs = [run(0, 100, 50), run(0, 500, 20), run(1, 110, 60), run(1, 900, 9)];
        let merged = merge_channels(&runs, 2);
        assert_eq!(
            merged,
            vec![(run(0, 110, 40), true), (run(0, 500, 20), false), (run(1, 900, 9), false)]
        );
    }

    #[test]
    fn a_habit_raises_the_threshold() {
        assert_eq!(habit_threshold([50.0].into_iter(), 60.0), REPORTS_FROM_MS);
        assert_eq!(habit_threshold((0..40).map(|_| 30.0), 60.0), 120.0);
    }
}
