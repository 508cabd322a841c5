//! Thresholds of edit points, and what it means that there is none.

use std::fmt::Write;

use crate::poisson::mean_at;
use crate::results::CONTEXTS;
use crate::scored::Clip;

/// First line of the part of the file that `--fused` replaces.
pub const MARK: &str = "# Edit points, written with --fused.";

/// Most false points an hour of each band.
const BANDS: [(&str, f64); 3] = [("moderate", 1.0), ("strong", 0.05), ("very-strong", 0.005)];

/// How often nothing is found, at joints and elsewhere.
pub struct Silence {
    pub joints: usize,
    silent_joints: usize,
    pub slots: usize,
    silent_slots: usize,
    pub hours: f64,
}

impl Silence {
    pub fn of(clips: &[Clip], context: &str) -> Self {
        let mut silence =
            Self { joints: 0, silent_joints: 0, slots: 0, silent_slots: 0, hours: 0.0 };
        for clip in clips.iter().filter(|c| c.line.context == context) {
            if clip.truth.untouched {
                let points = clip.line.edit_points.iter().map(|p| (p.time_s, p.score));
                let seen = crate::scored::slot_scores(points).len();
                silence.hours += clip.hours();
                silence.slots += clip.slots();
                silence.silent_slots += clip.slots().saturating_sub(seen);
            } else if clip.is_edited() {
                let missed = clip.truth.joints.iter().filter(|j| clip.best_at(j).is_none());
                silence.joints += clip.truth.joints.len();
                silence.silent_joints += missed.count();
            }
        }
        silence
    }

    /// log10 of how much likelier silence is at a joint than elsewhere, with half a trial added to
    /// each side; zero without trials.
    pub fn log10_lr(&self) -> f64 {
        if self.joints == 0 || self.slots == 0 {
            return 0.0;
        }
        let share = |k: usize, n: usize| (k as f64 + 0.5) / (n as f64 + 1.0);
        let ratio = share(self.silent_joints, self.joints) / share(self.silent_slots, self.slots);
        ratio.log10()
    }
}

/// `text` with the ratios of `nothing_found` as the points of `clips` have them.
pub fn with_nothing_found(text: &str, clips: &[Clip]) -> String {
    let mut context = None;
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        if line.starts_with('[') {
            context = CONTEXTS.into_iter().find(|c| line == format!("[contexts.{c}]"));
        }
        lines.push(match context {
            Some(context) if line.starts_with("nothing_found") => {
                format!("nothing_found = {:.3}", Silence::of(clips, context).log10_lr())
            }
            _ => line.to_owned(),
        });
    }
    lines.join("\n")
}

/// A score from which false points are rare enough.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    pub from_score: f64,
    pub falses: usize,
}

/// The lowest score from which the median-unbiased rate is at most `per_hour`; none if the hours are
/// too few for that even without a false point. `falses` and `lowest` are scores of points.
pub fn threshold(falses: &[f64], lowest: f64, hours: f64, per_hour: f64) -> Option<Threshold> {
    let mut sorted = falses.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let fits = |n: usize| mean_at(n, 0.5) <= per_hour * hours;
    // So many may be passed.
    let most = (0..=sorted.len()).take_while(|&n| fits(n)).last()?;
    let from_score = match sorted.get(most) {
        // Just above the first that is too many, in thousandths.
        Some(first) => (first * 1000.0).floor() / 1000.0 + 0.001,
        None => (lowest * 1000.0).floor() / 1000.0,
    };
    let falses = sorted.iter().filter(|s| **s >= from_score).count();
    Some(Threshold { from_score, falses })
}

/// Untouched clips that a band is set on.
#[derive(Default)]
struct Group {
    hours: f64,
    /// Scores of their points.
    falses: Vec<f64>,
}

impl Group {
    fn of<'a>(clips: impl Iterator<Item = &'a Clip>) -> Self {
        let mut group = Self::default();
        for clip in clips.filter(|c| c.truth.untouched) {
            group.hours += clip.hours();
            group.falses.extend(clip.line.edit_points.iter().map(|p| p.score));
        }
        group
    }
}

/// The lowest score that does for `all`, and for each of the groups within it whose hours suffice: what
/// is quiet on the average may still be loud for one talker, or at a close microphone.
fn threshold_for_each(
    all: &Group,
    groups: &[Group],
    lowest: f64,
    per_hour: f64,
) -> Option<Threshold> {
    let found = |group: &Group| threshold(&group.falses, lowest, group.hours, per_hour);
    let of_all = found(all)?.from_score;
    let from_score = groups.iter().filter_map(found).map(|t| t.from_score).fold(of_all, f64::max);
    let falses = all.falses.iter().filter(|s| **s >= from_score).count();
    Some(Threshold { from_score, falses })
}

/// The thresholds of all contexts together and of each.
pub fn text(clips: &[Clip]) -> String {
    let mut text = format!("{MARK}\n#\n");
    text.push_str(
        "# From this score on an edit point has the band's name: the median-unbiased estimate of false\n\
         # points per untouched hour is at most per_hour, over all and, where the hours suffice, for each\n\
         # talker and for close microphones. A band that is missing needs more hours.\n",
    );
    let mut talkers: Vec<&str> = clips.iter().map(|c| c.truth.talker.as_str()).collect();
    talkers.sort_unstable();
    talkers.dedup();
    for context in std::iter::once("all").chain(CONTEXTS) {
        let chosen = || clips.iter().filter(|c| context == "all" || c.line.context == context);
        let all = Group::of(chosen());
        let near = Group::of(chosen().filter(|c| c.truth.case.ends_with("_near")));
        let mut groups = vec![near];
        groups.extend(talkers.iter().map(|t| Group::of(chosen().filter(|c| c.truth.talker == *t))));
        let scores = chosen().flat_map(|c| c.line.edit_points.iter().map(|p| p.score));
        let lowest = scores.fold(f64::INFINITY, f64::min);
        let lowest = if lowest.is_finite() { lowest } else { 0.0 };
        for (band, per_hour) in BANDS {
            let found = threshold_for_each(&all, &groups, lowest, per_hour);
            let Some(found) = found else { continue };
            let upper = mean_at(found.falses, 0.05) / all.hours;
            // Writing to a string does not fail.
            let _ = write!(
                text,
                "\n[fused.{context}.{band}]\nfrom_score = {:.3}\nper_hour = {per_hour}\n\
                 false_points = {}\nhours = {:.2}\nupper_95_per_hour = {upper:.3}\n",
                found.from_score, found.falses, all.hours
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_lie_above_the_first_false_point_too_many() {
        // Ten hours at 0.5/h: medians of 0.69, 1.68, 2.67, 3.67, 4.67 and 5.67: four may pass.
        let falses = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
        let found = threshold(&falses, 0.5, 10.0, 0.5).unwrap();
        assert_eq!(found, Threshold { from_score: 3.001, falses: 4 });
        assert_eq!(threshold(&falses, 0.5, 10.0, 0.05), None);
        assert_eq!(threshold(&[], 0.5, 10.0, 0.5), Some(Threshold { from_score: 0.5, falses: 0 }));
        assert_eq!(threshold(&[], 0.5, 0.0, 1.0), None);
    }

    #[test]
    fn the_loudest_group_decides() {
        let group = |hours, falses: &[f64]| Group { hours, falses: falses.to_vec() };
        let all = group(10.0, &[1.0, 2.0, 3.0]);
        let (loud, quiet) = (group(2.0, &[2.0, 3.0]), group(5.0, &[1.0]));
        let of = |groups: &[Group]| threshold_for_each(&all, groups, 0.5, 1.0).unwrap();
        assert_eq!(of(&[]), Threshold { from_score: 0.5, falses: 3 });
        assert_eq!(of(&[quiet, loud]), Threshold { from_score: 2.001, falses: 1 });
        // Half an hour is too short to say anything about one false point an hour.
        assert_eq!(of(&[group(0.5, &[9.0])]).from_score, 0.5);
    }
}
