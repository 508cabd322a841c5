//! Linear prediction.

use super::kernels::{dot, dot_exact};

/// Cosine sums that turn a power spectrum into the autocorrelation at lags 0..=order
/// (Wiener-Khinchin theorem).
pub struct Autocorrelation {
    cosines: Vec<Vec<f32>>,
}

impl Autocorrelation {
    /// Tables for spectra of `n_fft / 2 + 1` bins.
    #[must_use]
    pub fn new(order: usize, n_fft: usize) -> Self {
        let bins = n_fft / 2 + 1;
        let row = |lag: usize| {
            (0..bins)
                .map(|k| {
                    let angle = std::f64::consts::TAU * ((k * lag) % n_fft) as f64 / n_fft as f64;
                    let weight = if k == 0 || k == n_fft / 2 { 1.0 } else { 2.0 };
                    (weight * angle.cos()) as f32
                })
                .collect()
        };
        Self { cosines: (0..=order).map(row).collect() }
    }

    /// Autocorrelation at lags 0..=order, up to a common factor.
    #[must_use]
    pub fn of_power(&self, power: &[f32]) -> Vec<f64> {
        self.cosines.iter().map(|row| f64::from(dot(row, power))).collect()
    }
}

/// Predictor coefficients `a` with `x[n] ≈ Σ a[k] x[n-1-k]`, by Levinson-Durbin recursion on the
/// autocorrelation at lags 0..=order. `noise` is added to lag 0 as a share of it, which keeps the
/// recursion stable for band-limited signals. All zero for a silent frame.
#[must_use]
pub fn levinson(autocorrelation: &[f64], noise: f64) -> Vec<f64> {
    let order = autocorrelation.len().saturating_sub(1);
    let mut a = vec![0.0; order];
    let mut error = autocorrelation.first().copied().unwrap_or(0.0) * (1.0 + noise);
    for i in 0..order {
        if error <= 0.0 || !error.is_finite() {
            break;
        }
        let inner: f64 = (0..i).map(|k| a[k] * autocorrelation[i - k]).sum();
        let reflection = (autocorrelation[i + 1] - inner) / error;
        let previous = a.clone();
        a[i] = reflection;
        for k in 0..i {
            a[k] = previous[k] - reflection * previous[i - 1 - k];
        }
        error *= 1.0 - reflection * reflection;
    }
    a
}

/// Predictor of `order` that minimises the squared error over `x[order..]` (covariance method,
/// Rabiner & Schafer 1978, section 8.2): unlike the autocorrelation method it looks at no sample
/// outside `x`. `None` if `x` is too short or carries no signal.
#[must_use]
pub fn covariance(x: &[f32], order: usize) -> Option<Vec<f64>> {
    if x.len() < 3 * order {
        return None;
    }
    let width = order + 1;
    let mut phi = vec![0.0f64; width * width];
    let span = x.len() - order;
    for i in 0..width {
        let shifted = &x[order - i..order - i + span];
        // Rounded to f32, the matrix of a band-limited signal is not positive definite any more.
        phi[i] = dot_exact(shifted, &x[order..]);
    }
    // Each further diagonal element follows from the one before by moving the window a sample.
    for i in 1..width {
        for j in i..width {
            let before = phi[(i - 1) * width + (j - 1)];
            let gained = f64::from(x[order - i]) * f64::from(x[order - j]);
            let lost = f64::from(x[x.len() - i]) * f64::from(x[x.len() - j]);
            phi[i * width + j] = before + gained - lost;
        }
    }
    let energy = phi[0];
    if energy <= 0.0 || !energy.is_finite() {
        return None;
    }
    solve_symmetric(&phi, width, energy * 1e-9)
}

/// Solves the normal equations in `phi` (upper triangle; row 0 holds the right-hand side) by
/// Cholesky decomposition with `ridge` added to the diagonal.
fn solve_symmetric(phi: &[f64], width: usize, ridge: f64) -> Option<Vec<f64>> {
    let order = width - 1;
    let at = |i: usize, j: usize| phi[i.min(j) * width + i.max(j)];
    let mut lower = vec![0.0f64; order * order];
    for i in 0..order {
        for j in 0..=i {
            let inner: f64 = (0..j).map(|k| lower[i * order + k] * lower[j * order + k]).sum();
            let value = at(i + 1, j + 1) - inner;
            if i == j {
                let pivot = value + ridge;
                if pivot <= 0.0 {
                    return None;
                }
                lower[i * order + i] = pivot.sqrt();
            } else {
                lower[i * order + j] = value / lower[j * order + j];
            }
        }
    }
    let mut y = vec![0.0; order];
    for i in 0..order {
        let inner: f64 = (0..i).map(|k| lower[i * order + k] * y[k]).sum();
        y[i] = (at(0, i + 1) - inner) / lower[i * order + i];
    }
    for i in (0..order).rev() {
        let inner: f64 = (i + 1..order).map(|k| lower[k * order + i] * y[k]).sum();
        y[i] = (y[i] - inner) / lower[i * order + i];
    }
    Some(y)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x[n] = 1.5 x[n-1] - 0.8 x[n-2] + noise, from a fixed linear congruential generator.
    fn autoregressive(len: usize) -> Vec<f32> {
        let mut state = 1u32;
        let mut x = vec![0.0f32; len];
        for n in 2..len {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (state >> 8) as f32 / (1 << 24) as f32 - 0.5;
            x[n] = 1.5 * x[n - 1] - 0.8 * x[n - 2] + 0.01 * noise;
        }
        x
    }

    #[test]
    fn covariance_finds_the_coefficients() {
        let a = covariance(&autoregressive(4000), 2).unwrap();
        assert!((a[0] - 1.5).abs() < 0.03 && (a[1] + 0.8).abs() < 0.03, "{a:?}");
    }

    #[test]
    fn levinson_finds_the_coefficients() {
        let x = autoregressive(4000);
        let r: Vec<f64> = (0..3).map(|lag| f64::from(dot(&x[lag..], &x))).collect();
        let a = levinson(&r, 0.0);
        assert!((a[0] - 1.5).abs() < 0.03 && (a[1] + 0.8).abs() < 0.03, "{a:?}");
    }

    #[test]
    fn autocorrelation_of_a_flat_spectrum_is_an_impulse() {
        let r = Autocorrelation::new(4, 64).of_power(&[1.0; 33]);
        assert!((r[0] - 64.0).abs() < 1e-3);
        assert!(r[1..].iter().all(|v| v.abs() < 1e-3));
    }

    #[test]
    fn silence_and_short_input_give_no_predictor() {
        assert_eq!(covariance(&[0.0; 100], 4), None);
        assert_eq!(covariance(&[1.0; 5], 4), None);
        assert_eq!(levinson(&[0.0; 5], 0.0), vec![0.0; 4]);
    }
}
