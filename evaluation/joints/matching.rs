//! Which edit point belongs to which joint.

use crate::results::{SeenFinding, SeenPoint};
use crate::truth::TrueJoint;

/// For each joint the number of the point that takes it: points choose by falling score, each the
/// nearest free joint within `tolerance_s`.
pub fn match_points(
    joints: &[TrueJoint],
    points: &[&SeenPoint],
    tolerance_s: f64,
) -> Vec<Option<usize>> {
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|&a, &b| {
        points[b]
            .score
            .total_cmp(&points[a].score)
            .then(points[a].time_s.total_cmp(&points[b].time_s))
    });
    let mut taken: Vec<Option<usize>> = vec![None; joints.len()];
    for point in order {
        let distance = |joint: usize| (joints[joint].time_s - points[point].time_s).abs();
        let nearest = (0..joints.len())
            .filter(|&joint| taken[joint].is_none() && distance(joint) <= tolerance_s)
            .min_by(|&a, &b| distance(a).total_cmp(&distance(b)));
        if let Some(joint) = nearest {
            taken[joint] = Some(point);
        }
    }
    taken
}

/// Whether a finding lies at a joint: within 100 ms, or the joint is in its span.
pub fn touches(finding: &SeenFinding, joint: &TrueJoint) -> bool {
    (finding.time_s - joint.time_s).abs() <= 0.1
        || (finding.start_s..=finding.end_s).contains(&joint.time_s)
}

/// Joints, points, and how many of them belong together.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Counts {
    pub joints: usize,
    pub points: usize,
    pub matched: usize,
}

impl Counts {
    pub fn add(&mut self, other: Self) {
        self.joints += other.joints;
        self.points += other.points;
        self.matched += other.matched;
    }

    /// Share of joints with a point; NaN without joints.
    pub fn recall(self) -> f64 {
        self.matched as f64 / self.joints as f64
    }

    /// Share of points at a joint; NaN without points.
    pub fn precision(self) -> f64 {
        self.matched as f64 / self.points as f64
    }

    /// Harmonic mean of both; NaN without either.
    pub fn f1(self) -> f64 {
        2.0 * self.matched as f64 / (self.joints + self.points) as f64
    }
}

pub fn count(joints: &[TrueJoint], points: &[&SeenPoint], tolerance_s: f64) -> Counts {
    let matched = match_points(joints, points, tolerance_s).iter().flatten().count();
    Counts { joints: joints.len(), points: points.len(), matched }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joint(time_s: f64) -> TrueJoint {
        TrueJoint {
            time_s,
            start_s: time_s,
            end_s: time_s,
            joint: "butt".to_owned(),
            placement: "word".to_owned(),
            edit: 0,
        }
    }

    fn point(time_s: f64, score: f64) -> SeenPoint {
        SeenPoint {
            time_s,
            start_s: time_s,
            end_s: time_s,
            score,
            strength: "moderate".to_owned(),
            detectors: Vec::new(),
        }
    }

    #[test]
    fn each_joint_and_point_is_used_once() {
        let points = [point(1.04, 1.0), point(1.01, 2.0), point(5.3, 9.0)];
        let points: Vec<&SeenPoint> = points.iter().collect();
        let joints = [joint(1.0), joint(5.0)];
        assert_eq!(match_points(&joints, &points, 0.05), [Some(1), None]);
        let counts = count(&joints, &points, 0.05);
        assert_eq!(counts, Counts { joints: 2, points: 3, matched: 1 });
        assert_eq!((counts.recall(), counts.f1()), (0.5, 0.4));
        // The stronger point takes the nearer joint, the weaker one the joint that is left.
        let joints = [joint(1.0), joint(1.06)];
        assert_eq!(match_points(&joints, &points, 0.1), [Some(1), Some(0)]);
    }

    #[test]
    fn nothing_matches_nothing() {
        assert!(match_points(&[], &[], 0.1).is_empty());
        assert!(count(&[], &[], 0.1).f1().is_nan());
    }
}
