//! Edit points from the findings of an earlier run, with the counts that the program has now.

use spliceprint::calibration::Calibration;
use spliceprint::decode::CodecClass;
use spliceprint::detectors::find;
use spliceprint::finding::Finding;
use spliceprint::fusion::{EditPoint, Seen, fuse};
use spliceprint::units::TimeSpan;

use crate::results::{Line, SeenPoint};

/// Replaces a line's edit points.
pub fn join(line: &mut Line) {
    let class = CodecClass::ALL.into_iter().find(|class| class.as_str() == line.context);
    let Some(class) = class else { return };
    let mut seen: Vec<Seen> = Vec::new();
    for finding in line.findings.iter().filter(|finding| finding.joint) {
        let Some(detector) = find(&finding.detector) else { continue };
        let descriptor = detector.descriptor();
        let span = TimeSpan::new(finding.start_s, finding.end_s);
        let trace = Finding::joint(finding.time_s, span, finding.score, Vec::new());
        match seen.iter_mut().find(|s| s.descriptor.id == descriptor.id) {
            Some(seen) => seen.findings.push(trace),
            None => seen.push(Seen { descriptor, findings: vec![trace] }),
        }
    }
    line.edit_points = points(&fuse(&seen, class, Calibration::shipped()));
}

/// Edit points as results hold them.
pub fn points(points: &[EditPoint]) -> Vec<SeenPoint> {
    let seen = |point: &EditPoint| SeenPoint {
        time_s: point.time_s,
        start_s: point.span.start_s,
        end_s: point.span.end_s,
        score: point.score,
        strength: point.strength.as_str().to_owned(),
        detectors: point.detectors.iter().map(|d| d.id.to_owned()).collect(),
    };
    points.iter().map(seen).collect()
}
