//! Values far above the habit of their series.

/// Largest values looked at for a place where they leave the habit.
const MOST: usize = 64;

/// How much above the habit a value must lie.
const FACTOR: u32 = 8;

/// Added to the habit, so that a habit of nothing does not make everything stand out: the seven
/// bits to the next byte and some, in bits.
const SLACK: u32 = 16;

/// The smallest value that stands out from `values` by [`FACTOR`], as a threshold; `None` if none
/// does, or if so many do that they are the habit. Values that stand out are at most [`MOST`] and a
/// twentieth of all.
pub(super) fn threshold(values: impl Iterator<Item = u32>) -> Option<u32> {
    let mut top: Vec<u32> = Vec::with_capacity(2 * MOST);
    let mut count = 0usize;
    for value in values {
        count += 1;
        top.push(value);
        if top.len() == 2 * MOST {
            top.sort_unstable_by(|a, b| b.cmp(a));
            top.truncate(MOST + 1);
        }
    }
    top.sort_unstable_by(|a, b| b.cmp(a));
    top.truncate(MOST + 1);
    let most = MOST.min(count / 20);
    let stands_out = |pair: &[u32]| pair[0] >= pair[1].saturating_add(SLACK).saturating_mul(FACTOR);
    let last = top.windows(2).take(most).rposition(stands_out)?;
    top.get(last).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_the_habit() {
        let habit = (0..200u32).map(|i| i % 8);
        assert_eq!(threshold(habit.clone()), None);
        assert_eq!(threshold(habit.clone().chain([500, 300])), Some(300));
        assert_eq!(threshold(habit.chain((0..100).map(|_| 500))), None);
        assert_eq!(threshold([900, 0].into_iter()), None);
        assert_eq!(threshold([].into_iter()), None);
    }
}
