//! Shares, their intervals, and error rates.

/// The value below which `share` of `values` lie, between neighbours; NaN for none.
pub fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = share * last as f64;
    let (low, high) = (place.floor() as usize, place.ceil() as usize);
    sorted[low] + (sorted[high] - sorted[low]) * place.fract()
}

/// Half of `values` lie below it; NaN for none.
pub fn median(values: &[f64]) -> f64 {
    percentile(values, 0.5)
}

/// Interval that holds the true share with 95 %, from `k` of `n` (Wilson 1927); 0..1 for none.
pub fn wilson(k: usize, n: usize) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    const Z: f64 = 1.959_964;
    let (n, p) = (n as f64, k as f64 / n as f64);
    let middle = p + Z * Z / (2.0 * n);
    let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let whole = 1.0 + Z * Z / n;
    (((middle - half) / whole).max(0.0), ((middle + half) / whole).min(1.0))
}

/// Share that the true one stays below with 95 %, from `k` of `n` (Clopper & Pearson 1934,
/// one-sided); 1 for none.
pub fn upper_bound(k: usize, n: usize) -> f64 {
    if k >= n {
        return 1.0;
    }
    let at_most_k = |p: f64| {
        let mut log_term = n as f64 * (1.0 - p).ln();
        let mut sum = log_term.exp();
        for i in 0..k {
            log_term += ((n - i) as f64 / (i + 1) as f64).ln() + (p / (1.0 - p)).ln();
            sum += log_term.exp();
        }
        sum
    };
    let (mut low, mut high) = (0.0, 1.0 - 1e-12);
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if at_most_k(middle) > 0.05 { low = middle } else { high = middle }
    }
    high
}

/// Rate at which as many of `same` lie below a threshold as of `foreign` above it; NaN if either is
/// empty.
pub fn equal_error_rate(same: &[f64], foreign: &[f64]) -> f64 {
    if same.is_empty() || foreign.is_empty() {
        return f64::NAN;
    }
    let mut all: Vec<(f64, bool)> =
        same.iter().map(|&v| (v, true)).chain(foreign.iter().map(|&v| (v, false))).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut missed, mut passed) = (0.0, foreign.len() as f64);
    let mut best = (f64::INFINITY, f64::NAN);
    let mut n = 0;
    loop {
        let (miss, pass) = (missed / same.len() as f64, passed / foreign.len() as f64);
        if (miss - pass).abs() < best.0 {
            best = ((miss - pass).abs(), 0.5 * (miss + pass));
        }
        let Some(&(value, _)) = all.get(n) else { return best.1 };
        // Equal values fall on the same side of any threshold.
        while let Some(&(_, is_same)) = all.get(n).filter(|(v, _)| *v == value) {
            if is_same {
                missed += 1.0
            } else {
                passed -= 1.0
            }
            n += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_interpolate() {
        assert_eq!(percentile(&[4.0, 1.0, 2.0, 3.0], 0.5), 2.5);
        assert_eq!(percentile(&[7.0], 0.95), 7.0);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn intervals_agree_with_tables() {
        let (low, high) = wilson(8, 10);
        assert!((low - 0.4902).abs() < 1e-3 && (high - 0.9433).abs() < 1e-3);
        assert_eq!(wilson(0, 0), (0.0, 1.0));
        // No event in n trials: 1 - 0.05^(1/n).
        assert!((upper_bound(0, 3_000) - (1.0 - 0.05f64.powf(1.0 / 3_000.0))).abs() < 1e-9);
        assert!((upper_bound(1, 10) - 0.3942).abs() < 1e-3);
        assert_eq!(upper_bound(0, 0), 1.0);
    }

    #[test]
    fn equal_error_rates() {
        assert_eq!(equal_error_rate(&[2.0, 3.0], &[0.0, 1.0]), 0.0);
        assert_eq!(equal_error_rate(&[0.0, 2.0, 3.0, 4.0], &[-1.0, -2.0, 0.5, -3.0]), 0.25);
        assert_eq!(equal_error_rate(&[1.0, 1.0], &[1.0, 1.0]), 0.5);
        assert!(equal_error_rate(&[], &[1.0]).is_nan());
    }
}
