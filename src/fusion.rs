//! From findings to edit points: traces at one place are joined, families are not counted twice.

use crate::detector::Descriptor;
use crate::finding::{Finding, Strength};
use crate::units::TimeSpan;

/// Findings that lie further apart than this belong to different edit points, in seconds. It is
/// the localisation of the coarser detectors, not of the finest.
const JOIN_S: f64 = 0.1;

/// One detector's findings.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The detector.
    pub descriptor: &'static Descriptor,
    /// What it saw, sorted by time.
    pub findings: Vec<Finding>,
}

/// A place at which the recording may have been joined.
#[derive(Debug, Clone, PartialEq)]
pub struct EditPoint {
    /// Best single time, from the finding with the narrowest span, in seconds.
    pub time_s: f64,
    /// Where the traces lie.
    pub span: TimeSpan,
    /// Sum over families of `1 + log2(score / reports_from)` of each family's strongest finding: a
    /// number that grows with evidence, not calibrated.
    pub score: f64,
    /// What stands behind the score.
    pub strength: Strength,
    /// Contributing detectors, sorted by id.
    pub detectors: Vec<&'static Descriptor>,
}

/// Edit points of a clip, sorted by time.
#[must_use]
pub fn fuse(seen: &[Seen]) -> Vec<EditPoint> {
    let mut traces: Vec<(&'static Descriptor, &Finding)> = seen
        .iter()
        .flat_map(|s| s.findings.iter().map(|finding| (s.descriptor, finding)))
        .filter(|(_, finding)| finding.joint)
        .collect();
    traces.sort_by(|a, b| a.1.time_s.total_cmp(&b.1.time_s).then(a.0.id.cmp(b.0.id)));
    let mut points = Vec::new();
    let mut group: Vec<(&'static Descriptor, &Finding)> = Vec::new();
    for trace in traces {
        let joins = |other: &(&Descriptor, &Finding)| {
            (trace.1.time_s - other.1.time_s).abs() <= JOIN_S
                || (trace.1.span.touches(&other.1.span, 0.0) && trace.0.id != other.0.id)
        };
        if !group.is_empty() && !group.iter().any(joins) {
            points.push(point(&group));
            group.clear();
        }
        group.push(trace);
    }
    if !group.is_empty() {
        points.push(point(&group));
    }
    points.retain(|point: &EditPoint| point.detectors.iter().any(|d| d.stands_alone));
    points
}

/// Joins a group of traces, which is not empty.
fn point(group: &[(&'static Descriptor, &Finding)]) -> EditPoint {
    let weight = |descriptor: &Descriptor, finding: &Finding| {
        1.0 + (finding.score / descriptor.reports_from).max(1.0).log2()
    };
    let mut families: Vec<(crate::detector::Family, f64)> = Vec::new();
    for (descriptor, finding) in group {
        let weight = weight(descriptor, finding);
        match families.iter_mut().find(|(family, _)| *family == descriptor.family) {
            Some((_, best)) => *best = best.max(weight),
            None => families.push((descriptor.family, weight)),
        }
    }
    let sharpest = group
        .iter()
        .min_by(|a, b| a.1.span.len_s().total_cmp(&b.1.span.len_s()))
        .map_or(0.0, |(_, finding)| finding.time_s);
    let start_s = group.iter().map(|(_, f)| f.span.start_s).fold(f64::INFINITY, f64::min);
    let end_s = group.iter().map(|(_, f)| f.span.end_s).fold(f64::NEG_INFINITY, f64::max);
    let mut detectors: Vec<&'static Descriptor> = group.iter().map(|(d, _)| *d).collect();
    detectors.sort_by_key(|descriptor| descriptor.id);
    detectors.dedup_by_key(|descriptor| descriptor.id);
    EditPoint {
        time_s: sharpest,
        span: TimeSpan::new(start_s, end_s),
        score: families.iter().map(|(_, weight)| weight).sum(),
        strength: group.iter().map(|(_, f)| f.strength).min().unwrap_or(Strength::Uncalibrated),
        detectors,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::find;

    fn seen(id: &str, times_s: &[f64]) -> Seen {
        let descriptor = find(id).unwrap().descriptor();
        let finding = |&t: &f64| {
            Finding::joint(t, TimeSpan::at(t), 2.0 * descriptor.reports_from, Vec::new())
        };
        Seen { descriptor, findings: times_s.iter().map(finding).collect() }
    }

    #[test]
    fn near_findings_join_and_families_add_up() {
        let points = fuse(&[
            seen("digital-silence", &[1.0, 5.0]),
            seen("constant-run", &[1.01]),
            seen("waveform-discontinuity", &[1.02]),
        ]);
        assert_eq!(points.len(), 2);
        assert_eq!(points[0].score, 4.0);
        assert_eq!(points[0].detectors.len(), 3);
        assert_eq!(points[1].score, 2.0);
    }

    #[test]
    fn descriptions_make_no_point() {
        let span = TimeSpan::new(0.0, 9.0);
        let finding = Finding::description(span, 50.0, Vec::new());
        let descriptor = find("clipping").unwrap().descriptor();
        assert!(fuse(&[Seen { descriptor, findings: vec![finding] }]).is_empty());
    }
}
