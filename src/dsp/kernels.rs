//! Reductions over samples in independent lanes, so that they vectorise: a plain `sum` of floats
//! must add in order and runs at the latency of one addition per sample.

/// Independent partial results; a multiple of every vector width in use.
const LANES: usize = 16;

/// Folds `items` into [`LANES`] partial results, then those into one.
#[inline(always)]
fn reduce<T: Copy>(
    items: &[T],
    zero: f32,
    step: impl Fn(f32, T) -> f32,
    join: impl Fn(f32, f32) -> f32,
) -> f32 {
    let mut lanes = [zero; LANES];
    let chunks = items.chunks_exact(LANES);
    let tail = chunks.remainder().iter().fold(zero, |sum, &x| step(sum, x));
    for chunk in chunks {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane = step(*lane, x);
        }
    }
    lanes.into_iter().fold(tail, join)
}

/// Sum of `x`; 0 if empty.
#[must_use]
pub fn sum(x: &[f32]) -> f32 {
    reduce(x, 0.0, |sum, x| sum + x, |a, b| a + b)
}

/// Largest magnitude in `x`; 0 if empty.
#[must_use]
pub fn max_abs(x: &[f32]) -> f32 {
    let larger = |a: f32, b: f32| if b > a { b } else { a };
    reduce(x, 0.0, |max, x| larger(max, x.abs()), larger)
}

/// Lowest and highest value in `x`; infinite and reversed if empty.
#[must_use]
pub fn min_max(x: &[f32]) -> (f32, f32) {
    let lower = |a: f32, b: f32| if b < a { b } else { a };
    let higher = |a: f32, b: f32| if b > a { b } else { a };
    (reduce(x, f32::INFINITY, lower, lower), reduce(x, f32::NEG_INFINITY, higher, higher))
}

/// Sum of products; the shorter slice counts.
#[must_use]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let len = a.len().min(b.len());
    let (a, b) = (&a[..len], &b[..len]);
    let mut lanes = [0.0f32; LANES];
    let (a_chunks, b_chunks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let tails = a_chunks.remainder().iter().zip(b_chunks.remainder());
    let tail: f32 = tails.map(|(x, y)| x * y).sum();
    for (x, y) in a_chunks.zip(b_chunks) {
        for i in 0..LANES {
            lanes[i] += x[i] * y[i];
        }
    }
    lanes.into_iter().fold(tail, |a, b| a + b)
}

/// Sum of products without rounding to `f32` on the way; the shorter slice counts.
#[must_use]
pub fn dot_exact(a: &[f32], b: &[f32]) -> f64 {
    let len = a.len().min(b.len());
    let (a, b) = (&a[..len], &b[..len]);
    let mut lanes = [0.0f64; LANES];
    let (a_chunks, b_chunks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let tails = a_chunks.remainder().iter().zip(b_chunks.remainder());
    let tail: f64 = tails.map(|(x, y)| f64::from(*x) * f64::from(*y)).sum();
    for (x, y) in a_chunks.zip(b_chunks) {
        for i in 0..LANES {
            lanes[i] += f64::from(x[i]) * f64::from(y[i]);
        }
    }
    lanes.into_iter().fold(tail, |a, b| a + b)
}

/// Sum of squared differences; the shorter slice counts.
#[must_use]
pub fn squared_distance(a: &[f32], b: &[f32]) -> f32 {
    let len = a.len().min(b.len());
    let (a, b) = (&a[..len], &b[..len]);
    let mut lanes = [0.0f32; LANES];
    let (a_chunks, b_chunks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let tails = a_chunks.remainder().iter().zip(b_chunks.remainder());
    let tail: f32 = tails.map(|(x, y)| (x - y) * (x - y)).sum();
    for (x, y) in a_chunks.zip(b_chunks) {
        for i in 0..LANES {
            let d = x[i] - y[i];
            lanes[i] += d * d;
        }
    }
    lanes.into_iter().fold(tail, |a, b| a + b)
}

/// `y[i] -= a * x[i]`; the shorter slice counts.
pub fn subtract_scaled(y: &mut [f32], a: f32, x: &[f32]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y -= a * x;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_and_tails_add_up() {
        let x: Vec<f32> = (0..101).map(|n| n as f32 - 30.0).collect();
        assert_eq!(sum(&x), 2020.0);
        assert_eq!(max_abs(&x), 70.0);
        assert_eq!(min_max(&x), (-30.0, 70.0));
        assert_eq!(dot(&x, &[1.0; 200]), 2020.0);
        assert_eq!(dot_exact(&x, &[1.0; 200]), 2020.0);
        assert_eq!(squared_distance(&x, &x), 0.0);
        assert_eq!(squared_distance(&[3.0; 20], &[1.0; 20]), 80.0);
    }

    #[test]
    fn nothing_gives_the_neutral_value() {
        assert_eq!((sum(&[]), max_abs(&[]), dot(&[], &[])), (0.0, 0.0, 0.0));
        assert_eq!(min_max(&[]), (f32::INFINITY, f32::NEG_INFINITY));
    }
}
