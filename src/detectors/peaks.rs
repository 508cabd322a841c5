//! Local maxima of a series.

/// Indices of the highest positive scores, none within `reach` of a higher one, in order.
pub(super) fn above<T>(items: &[T], reach: usize, score: impl Fn(&T) -> f64) -> Vec<usize> {
    let scores: Vec<f64> = items.iter().map(score).collect();
    let mut order: Vec<usize> = (0..scores.len()).filter(|&i| scores[i] > 0.0).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
    let mut taken = vec![false; scores.len()];
    let mut kept = Vec::new();
    for index in order {
        if !taken[index] {
            kept.push(index);
            let end = (index + reach + 1).min(taken.len());
            taken[index.saturating_sub(reach)..end].fill(true);
        }
    }
    kept.sort_unstable();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_higher_of_two_neighbours_wins() {
        let scores = [0.0, 2.0, 3.0, 0.0, 0.0, 1.0];
        assert_eq!(above(&scores, 2, |s| *s), vec![2, 5]);
        assert!(above(&[0.0; 3], 1, |s| *s).is_empty());
    }
}
