//! Single numbers for how well scores tell and how far they may be trusted.

/// Probability that a value of `high` exceeds one of `low`, ties counted half; NaN if either is empty.
pub fn area_under_curve(high: &[f64], low: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> =
        high.iter().map(|&v| (v, true)).chain(low.iter().map(|&v| (v, false))).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut sum, mut n) = (0.0, 0.0, 0);
    while let Some(&(value, _)) = all.get(n) {
        let (mut ups, mut downs) = (0.0, 0.0);
        while let Some(&(_, is_high)) = all.get(n).filter(|(v, _)| *v == value) {
            if is_high {
                ups += 1.0
            } else {
                downs += 1.0
            }
            n += 1;
        }
        sum += ups * (below + 0.5 * downs);
        below += downs;
    }
    sum / (high.len() as f64 * low.len() as f64)
}

/// Cost of log10 likelihood ratios in bits (Brümmer & du Preez 2006): 0 is perfect, 1 as good as none;
/// NaN if either is empty. Pairs are a value and how often it occurs.
pub fn cllr(joints: &[(f64, f64)], slots: &[(f64, f64)]) -> f64 {
    let mean = |values: &[(f64, f64)], sign: f64| {
        let sum: f64 = values.iter().map(|(l, n)| n * (1.0 + 10f64.powf(sign * l)).log2()).sum();
        sum / values.iter().map(|(_, n)| n).sum::<f64>()
    };
    0.5 * (mean(joints, -1.0) + mean(slots, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas() {
        assert_eq!(area_under_curve(&[2.0, 3.0], &[0.0, 1.0]), 1.0);
        assert_eq!(area_under_curve(&[1.0], &[1.0]), 0.5);
        assert_eq!(area_under_curve(&[1.0, 3.0], &[2.0]), 0.5);
        assert!(area_under_curve(&[], &[1.0]).is_nan());
    }

    #[test]
    fn costs() {
        // A ratio of one says nothing and costs one bit.
        assert!((cllr(&[(0.0, 5.0)], &[(0.0, 100.0)]) - 1.0).abs() < 1e-12);
        assert!(cllr(&[(6.0, 1.0)], &[(-6.0, 1.0)]) < 1e-5);
        assert!(cllr(&[], &[(0.0, 1.0)]).is_nan());
    }
}
