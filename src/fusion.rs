//! From findings to edit points: traces at one place are joined, each counts as much as its detector
//! was right on recordings of this kind, and families are not counted twice.

use crate::calibration::Calibration;
use crate::decode::CodecClass;
use crate::detector::{Descriptor, Family};
use crate::finding::{Finding, Strength};
use crate::units::TimeSpan;

/// Findings that lie further apart than this belong to different edit points, in seconds. It is
/// the localisation of the coarser detectors, not of the finest.
const JOIN_S: f64 = 0.1;

/// Longest span that stands for the uncertainty of a place, in seconds; longer ones are regions, of
/// which `time_s` alone is a place.
const PLACE_S: f64 = 0.6;

/// Weight of each family beside the one that says most. Families look at different physics, but one
/// loud event moves several of them; one half keeps their sum below full independence.
const FURTHER_FAMILIES: f64 = 0.5;

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
    /// Log10 likelihood ratio of a joint against none: the strongest family's, and half of what each
    /// other family adds; 0 where no detector has been counted.
    pub score: f64,
    /// What stands behind the score.
    pub strength: Strength,
    /// Contributing detectors, sorted by id.
    pub detectors: Vec<&'static Descriptor>,
}

/// Gives findings that take part in edit points the strength that was counted for their scores.
pub fn grade(seen: &mut Seen, class: CodecClass, calibration: &Calibration) {
    for finding in seen.findings.iter_mut().filter(|finding| finding.joint) {
        let ratio = calibration.log10_ratio(seen.descriptor.id, class, finding.score);
        finding.strength =
            ratio.map_or(Strength::Uncalibrated, |ratio| calibration.strength(class, ratio));
    }
}

/// Edit points of a clip, sorted by time.
#[must_use]
pub fn fuse(seen: &[Seen], class: CodecClass, calibration: &Calibration) -> Vec<EditPoint> {
    let mut traces: Vec<(&'static Descriptor, &Finding)> = seen
        .iter()
        .flat_map(|s| s.findings.iter().map(|finding| (s.descriptor, finding)))
        .filter(|(_, finding)| finding.joint)
        .collect();
    traces.sort_by(|a, b| a.1.time_s.total_cmp(&b.1.time_s).then(a.0.id.cmp(b.0.id)));
    let mut groups: Vec<Vec<(&'static Descriptor, &Finding)>> = Vec::new();
    for trace in traces {
        match groups.last_mut().filter(|group| group.iter().any(|other| joins(&trace, other))) {
            Some(group) => group.push(trace),
            None => groups.push(vec![trace]),
        }
    }
    groups
        .iter()
        .filter(|group| group.iter().any(|(descriptor, _)| descriptor.stands_alone))
        .map(|group| point(group, class, calibration))
        .collect()
}

/// Whether two findings are about one place.
fn joins(a: &(&Descriptor, &Finding), b: &(&Descriptor, &Finding)) -> bool {
    let are_places = a.1.span.len_s() <= PLACE_S && b.1.span.len_s() <= PLACE_S;
    (a.1.time_s - b.1.time_s).abs() <= JOIN_S
        || (are_places && a.0.id != b.0.id && a.1.span.touches(&b.1.span, 0.0))
}

/// Joins a group of traces, which is not empty.
fn point(
    group: &[(&'static Descriptor, &Finding)],
    class: CodecClass,
    calibration: &Calibration,
) -> EditPoint {
    let mut families: Vec<(Family, f64)> = Vec::new();
    for (descriptor, finding) in group {
        let Some(ratio) = calibration.log10_ratio(descriptor.id, class, finding.score) else {
            continue;
        };
        match families.iter_mut().find(|(family, _)| *family == descriptor.family) {
            Some((_, best)) => *best = best.max(ratio),
            None => families.push((descriptor.family, ratio)),
        }
    }
    let best = families.iter().map(|(_, ratio)| *ratio).fold(f64::NEG_INFINITY, f64::max);
    let further: f64 =
        families.iter().map(|(_, ratio)| ratio.max(0.0)).sum::<f64>() - best.max(0.0);
    let (score, strength) = if families.is_empty() {
        (0.0, Strength::Uncalibrated)
    } else {
        let score = best + FURTHER_FAMILIES * further;
        (score, calibration.strength(class, score))
    };
    let sharpest = group
        .iter()
        .min_by(|a, b| a.1.span.len_s().total_cmp(&b.1.span.len_s()))
        .map_or(0.0, |(_, finding)| finding.time_s);
    let places = || group.iter().map(|(_, f)| f).filter(|f| f.span.len_s() <= PLACE_S);
    let start_s = places().map(|f| f.span.start_s).fold(sharpest, f64::min);
    let end_s = places().map(|f| f.span.end_s).fold(sharpest, f64::max);
    let mut detectors: Vec<&'static Descriptor> = group.iter().map(|(d, _)| *d).collect();
    detectors.sort_by_key(|descriptor| descriptor.id);
    detectors.dedup_by_key(|descriptor| descriptor.id);
    EditPoint { time_s: sharpest, span: TimeSpan::new(start_s, end_s), score, strength, detectors }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::find;

    const COUNTS: &str = "
        [detectors.digital-silence.lossless]
        table = [[0.0, 2.0]]
        [detectors.constant-run.lossless]
        table = [[0.0, 1.5]]
        [detectors.waveform-discontinuity.lossless]
        table = [[0.0, 1.0]]
        [fused.lossless.moderate]
        from_score = 1.2
    ";

    fn seen(id: &str, times_s: &[f64]) -> Seen {
        let descriptor = find(id).unwrap().descriptor();
        let finding = |&t: &f64| {
            Finding::joint(t, TimeSpan::at(t), 2.0 * descriptor.reports_from, Vec::new())
        };
        Seen { descriptor, findings: times_s.iter().map(finding).collect() }
    }

    #[test]
    fn near_findings_join_and_families_add_up() {
        let counts: Calibration = toml::from_str(COUNTS).unwrap();
        let mut seen = [
            seen("digital-silence", &[1.0, 5.0]),
            seen("constant-run", &[1.01]),
            seen("waveform-discontinuity", &[1.02, 8.0]),
            seen("bandwidth-step", &[11.0]),
        ];
        let points = fuse(&seen, CodecClass::Lossless, &counts);
        let scores: Vec<f64> = points.iter().map(|p| p.score).collect();
        // Zeros and constants are one family; the waveform adds half of its own.
        assert_eq!(scores, [2.5, 2.0, 1.0, 0.0]);
        let strengths: Vec<Strength> = points.iter().map(|p| p.strength).collect();
        use Strength::{Limited, Moderate, Uncalibrated};
        assert_eq!(strengths, [Moderate, Moderate, Limited, Uncalibrated]);
        assert_eq!(points[0].detectors.len(), 3);
        seen.iter_mut().for_each(|seen| grade(seen, CodecClass::Lossless, &counts));
        assert_eq!(seen[0].findings[0].strength, Moderate);
        assert_eq!(seen[3].findings[0].strength, Uncalibrated);
    }

    #[test]
    fn a_region_joins_at_its_place_alone() {
        let mut region = seen("digital-silence", &[1.0]);
        region.findings[0].span = TimeSpan::new(1.0, 3.0);
        let points = fuse(
            &[region, seen("waveform-discontinuity", &[1.05, 2.5])],
            CodecClass::Lossless,
            &Calibration::default(),
        );
        assert_eq!(points.len(), 2);
        assert_eq!(points[1].time_s, 2.5);
    }

    #[test]
    fn descriptions_make_no_point() {
        let span = TimeSpan::new(0.0, 9.0);
        let finding = Finding::description(span, 50.0, Vec::new());
        let descriptor = find("clipping").unwrap().descriptor();
        let seen = [Seen { descriptor, findings: vec![finding] }];
        assert!(fuse(&seen, CodecClass::Lossless, &Calibration::default()).is_empty());
    }
}
