//! A value that a stream keeps for long, then another one for long.

/// Watches one value packet by packet.
#[derive(Debug, Default)]
pub(super) struct Steady {
    value: Option<u32>,
    run: u32,
    /// Whether the value before this one was kept for long.
    after_long: bool,
    since_s: f64,
}

impl Steady {
    /// The value of the next packet. When one that was kept for `long` packets has been followed by
    /// another for as long, the new value and the time at which it began.
    pub(super) fn next(&mut self, value: u32, time_s: f64, long: u32) -> Option<(u32, f64)> {
        if self.value == Some(value) {
            self.run = self.run.saturating_add(1);
            return (self.run == long && std::mem::take(&mut self.after_long))
                .then_some((value, self.since_s));
        }
        self.after_long = self.value.is_some() && self.run >= long;
        (self.value, self.run, self.since_s) = (Some(value), 1, time_s);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_change_between_long_runs_counts() {
        let mut steady = Steady::default();
        let values = [1, 1, 1, 2, 2, 2, 2, 3, 2, 2, 2];
        let seen: Vec<_> =
            (0..).zip(values).filter_map(|(t, v)| steady.next(v, f64::from(t), 3)).collect();
        assert_eq!(seen, [(2, 3.0)]);
    }
}
