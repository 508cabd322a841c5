//! Quantities that would be easy to mix up, as types or named conversions.

use serde::{Deserialize, Serialize};

/// A stretch of time in a clip, in seconds from its first examined sample.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TimeSpan {
    /// Start, in seconds.
    pub start_s: f64,
    /// End, in seconds; never before `start_s`.
    pub end_s: f64,
}

impl TimeSpan {
    /// The span between two times, in either order.
    #[must_use]
    pub fn new(a_s: f64, b_s: f64) -> Self {
        Self { start_s: a_s.min(b_s), end_s: a_s.max(b_s) }
    }

    /// A span of no length at `time_s`.
    #[must_use]
    pub fn at(time_s: f64) -> Self {
        Self { start_s: time_s, end_s: time_s }
    }

    /// Length in seconds.
    #[must_use]
    pub fn len_s(&self) -> f64 {
        self.end_s - self.start_s
    }

    /// Whether the two spans overlap or at most `gap_s` lies between them.
    #[must_use]
    pub fn touches(&self, other: &Self, gap_s: f64) -> bool {
        self.start_s - gap_s <= other.end_s && other.start_s - gap_s <= self.end_s
    }
}

/// Power ratio in decibels, `floor_db` for zero, negative or non-finite power.
#[must_use]
pub fn power_to_db(power: f64, floor_db: f64) -> f64 {
    if power > 0.0 && power.is_finite() { (10.0 * power.log10()).max(floor_db) } else { floor_db }
}

/// Amplitude ratio in decibels, `floor_db` for zero or non-finite amplitude.
#[must_use]
pub fn amplitude_to_db(amplitude: f64, floor_db: f64) -> f64 {
    power_to_db(amplitude * amplitude, floor_db)
}

/// Rounds a time to the 6 decimals that documents carry.
#[must_use]
pub fn round_time(time_s: f64) -> f64 {
    round_to(time_s, 6)
}

/// Rounds to `decimals`; non-finite values become zero, since no document may carry them.
#[must_use]
pub fn round_to(value: f64, decimals: i32) -> f64 {
    let scale = 10f64.powi(decimals);
    let rounded = (value * scale).round() / scale;
    if rounded.is_finite() { rounded + 0.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_touch_over_a_small_gap_only() {
        let a = TimeSpan::new(1.0, 2.0);
        let b = TimeSpan::new(2.5, 2.25);
        assert!(!a.touches(&b, 0.125));
        assert!(a.touches(&b, 0.25));
    }

    #[test]
    fn decibels_have_a_floor() {
        assert_eq!(power_to_db(0.0, -120.0), -120.0);
        assert_eq!(power_to_db(f64::NAN, -120.0), -120.0);
        assert!((amplitude_to_db(0.5, -120.0) + 6.0206).abs() < 1e-4);
    }

    #[test]
    fn rounding_never_leaves_a_non_finite_number() {
        assert_eq!(round_time(1.234_567_89), 1.234_568);
        assert_eq!(round_to(f64::INFINITY, 3), 0.0);
    }
}
