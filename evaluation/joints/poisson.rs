//! Rates from counts.

/// Mean at which at most `k` events have probability `p`: exact, by bisection.
///
/// `p` of 0.5 gives the median-unbiased estimate, 0.05 the one-sided upper bound of 95 %.
pub fn mean_at(k: usize, p: f64) -> f64 {
    let at_most_k = |mean: f64| {
        let (mut term, mut sum) = (-mean, 0.0);
        for n in 0..=k {
            if n > 0 {
                term += mean.ln() - (n as f64).ln();
            }
            sum += term.exp();
        }
        sum
    };
    let (mut low, mut high) = (0.0, k as f64 + 20.0 + 10.0 * (k as f64 + 1.0).sqrt());
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if at_most_k(middle) > p { low = middle } else { high = middle }
    }
    high
}

/// Interval of 95 % for the mean behind `k` events (Garwood 1936).
pub fn interval(k: usize) -> (f64, f64) {
    let low = if k == 0 { 0.0 } else { mean_at(k - 1, 0.975) };
    (low, mean_at(k, 0.025))
}

/// `k` events in `hours` as text: rate and interval per hour.
pub fn rate_text(k: usize, hours: f64) -> String {
    if hours <= 0.0 {
        return "–".to_owned();
    }
    let (low, high) = interval(k);
    format!("{:.2} ({:.2}–{:.2})", k as f64 / hours, low / hours, high / hours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_agree_with_tables() {
        // No event: -ln p.
        assert!((mean_at(0, 0.05) - 2.995_7).abs() < 1e-3);
        assert!((mean_at(0, 0.5) - 2f64.ln()).abs() < 1e-9);
        let (low, high) = interval(10);
        assert!((low - 4.795).abs() < 1e-2 && (high - 18.39).abs() < 1e-2);
        assert_eq!(interval(0).0, 0.0);
        assert!((interval(0).1 - 3.688_9).abs() < 1e-3);
        assert!((mean_at(1_000, 0.5) - 1_000.67).abs() < 0.05);
    }

    #[test]
    fn no_hours_no_rate() {
        assert_eq!(rate_text(3, 0.0), "–");
    }
}
