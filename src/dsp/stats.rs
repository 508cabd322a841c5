//! Order statistics over slices.

/// Middle value of `values` (the upper one of two); `None` if empty. Reorders the slice.
pub fn median(values: &mut [f32]) -> Option<f32> {
    quantile(values, 0.5)
}

/// The value below which a share `q` (0..=1) of `values` lies; `None` if empty. Reorders the slice.
pub fn quantile(values: &mut [f32], q: f64) -> Option<f32> {
    if values.is_empty() {
        return None;
    }
    let rank = ((values.len() as f64 * q) as usize).min(values.len() - 1);
    Some(*values.select_nth_unstable_by(rank, f32::total_cmp).1)
}

/// Median and robust standard deviation (1.4826 times the median absolute deviation) of `values`;
/// `None` if empty. Reorders the slice and overwrites it with the deviations.
pub fn median_and_sigma(values: &mut [f32]) -> Option<(f32, f32)> {
    let centre = median(values)?;
    for value in values.iter_mut() {
        *value = (*value - centre).abs();
    }
    Some((centre, 1.4826 * median(values)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_order_statistics() {
        let mut values = [5.0, 1.0, 4.0, 2.0, 3.0];
        assert_eq!(median(&mut values), Some(3.0));
        assert_eq!(quantile(&mut values, 0.0), Some(1.0));
        assert_eq!(quantile(&mut values, 1.0), Some(5.0));
        assert_eq!(median_and_sigma(&mut values), Some((3.0, 1.4826)));
        assert_eq!(median(&mut []), None);
    }
}
