//! The relation of two times over one stretch, from where its rows agree best.

use crate::fingerprint::Row;

/// Rows by which the stretch is moved on each side.
const REACH: i32 = 10;

/// Slopes tried on each side of the given one.
const SLOPES: i32 = 15;

/// Rows of a block: 1 s.
const BLOCK: usize = 62;

/// Agreement from which a block's place counts.
const BLOCK_AGREEMENT: f64 = 0.25;

/// Rows that are looked at, at most.
const ROWS: usize = 500;

/// Best place and slope of a stretch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// Source row less clip row in the middle of the stretch, with fractions.
    pub diagonal: f64,
    /// Source rows per clip row.
    pub slope: f64,
    /// Correlation coefficient there, -1..=1.
    pub agreement: f64,
}

/// Where `b` agrees best with `a[from..to]`, near `diagonal` and within `spread` of slope 1 (0.01 is
/// 1 %, 0 leaves the slope). Time grows with neither length nor spread. Without rows, what was given.
#[must_use]
pub fn fit_slope(
    a: &[Row],
    b: &[Row],
    (from, to): (usize, usize),
    diagonal: f64,
    spread: f64,
) -> Fit {
    let to = to.min(a.len());
    let middle = 0.5 * (from as f64 + to as f64);
    let energy = |row: &Row| i64::from(row_product(row, row));
    // A picked row's number, the row, and its energy; energies of the rows it may be laid on.
    let picked: Vec<(f64, &Row, i64)> = (from..to)
        .step_by(((to.saturating_sub(from)) / ROWS).max(1))
        .map(|n| (n as f64, &a[n], energy(&a[n])))
        .collect();
    let margin = f64::from(REACH) + 2.0 + 1.1 * spread * (middle - from as f64);
    let first = (from as f64 + diagonal - margin).max(0.0) as usize;
    let end = (to as f64 + diagonal + margin).max(0.0) as usize;
    let reachable = b.iter().take(end).skip(first);
    let of_reachable: Vec<(&Row, i64)> = reachable.map(|row| (row, energy(row))).collect();
    let at = |shift: i32, slope: i32| {
        let slope = f64::from(slope) / f64::from(SLOPES) * spread;
        let (mut product, mut of_a, mut of_b) = (0i64, 0i64, 0i64);
        for (n, row, energy) in &picked {
            let place = n + diagonal + f64::from(shift) + slope * (n - middle) - first as f64;
            // Rounded to the nearest row.
            if place <= -0.5 {
                continue;
            }
            let Some((other, of_other)) = of_reachable.get((place + 0.5) as usize) else {
                continue;
            };
            product += i64::from(row_product(row, other));
            of_a += energy;
            of_b += of_other;
        }
        product as f64 / (of_a as f64 * of_b as f64).sqrt().max(1.0)
    };
    let mut best = (f64::NEG_INFINITY, 0, 0);
    let slopes = if spread > 0.0 { SLOPES } else { 0 };
    for slope in -slopes..=slopes {
        for shift in -REACH..=REACH {
            let agreement = at(shift, slope);
            if agreement > best.0 {
                best = (agreement, shift, slope);
            }
        }
    }
    let (agreement, shift, slope) = best;
    let along_shift = vertex(at(shift - 1, slope), agreement, at(shift + 1, slope));
    let along_slope = match slopes {
        0 => 0.0,
        _ => vertex(at(shift, slope - 1), agreement, at(shift, slope + 1)),
    };
    Fit {
        diagonal: diagonal + f64::from(shift) + along_shift,
        slope: 1.0 + (f64::from(slope) + along_slope) / f64::from(SLOPES) * spread,
        agreement,
    }
}

/// The line through where blocks of a stretch agree best, each within 10 rows of
/// `diagonal`: time-stretching moves pieces about, so that no one shift fits all. `None` if fewer than
/// four blocks show a peak.
#[must_use]
pub fn fit_blocks(a: &[Row], b: &[Row], (from, to): (usize, usize), diagonal: f64) -> Option<Fit> {
    let to = to.min(a.len());
    let mut seen: Vec<(f64, f64, f64)> = Vec::new();
    for start in (from..to.saturating_sub(BLOCK)).step_by(BLOCK / 2) {
        let fit = fit_slope(a, b, (start, start + BLOCK), diagonal, 0.0);
        if fit.agreement > BLOCK_AGREEMENT {
            let middle = start as f64 + 0.5 * BLOCK as f64;
            seen.push((middle, fit.diagonal, fit.agreement * fit.agreement));
        }
    }
    if seen.len() < 4 {
        return None;
    }
    let (middle, slope, place) = weighted_line(&seen);
    // Once more without what lies far off.
    let near = |x: &&(f64, f64, f64)| (x.1 - place - slope * (x.0 - middle)).abs() < 2.0;
    let kept: Vec<(f64, f64, f64)> = seen.iter().filter(near).copied().collect();
    if kept.len() < 4 {
        return None;
    }
    let agreement = (kept.iter().map(|x| x.2).sum::<f64>() / kept.len() as f64).sqrt();
    let (mean, slope, place) = weighted_line(&kept);
    let middle = 0.5 * (from + to) as f64;
    Some(Fit { diagonal: place + slope * (middle - mean), slope: 1.0 + slope, agreement })
}

/// Mean of x, slope, and value at that mean, of the weighted least-squares line through
/// `(x, y, weight)`.
fn weighted_line(points: &[(f64, f64, f64)]) -> (f64, f64, f64) {
    let all: f64 = points.iter().map(|p| p.2).sum();
    let mean =
        |f: &dyn Fn(&(f64, f64, f64)) -> f64| points.iter().map(|p| p.2 * f(p)).sum::<f64>() / all;
    let (x, y) = (mean(&|p| p.0), mean(&|p| p.1));
    let of_x = mean(&|p| (p.0 - x).powi(2)).max(1e-9);
    (x, mean(&|p| (p.0 - x) * (p.1 - y)) / of_x, y)
}

/// Source row less clip row within `reach` of `diagonal` at which `a[from..to]` agrees best.
#[must_use]
pub fn best_diagonal(
    a: &[Row],
    b: &[Row],
    (from, to): (usize, usize),
    diagonal: i64,
    reach: i64,
) -> i64 {
    let at = |diagonal: i64| -> i64 {
        let pair = |n: usize| {
            let other = usize::try_from(n as i64 + diagonal).ok().and_then(|m| b.get(m))?;
            Some(i64::from(row_product(a.get(n)?, other)))
        };
        (from..to).filter_map(pair).sum()
    };
    let near = diagonal - reach..=diagonal + reach;
    near.max_by_key(|d| at(*d)).unwrap_or(diagonal)
}

/// Sum of products of two rows.
#[must_use]
pub fn row_product(a: &Row, b: &Row) -> i32 {
    a.iter().zip(b).map(|(&x, &y)| i32::from(i16::from(x) * i16::from(y))).sum()
}

/// Where the parabola through three values at -1, 0 and 1 has its top, within ±0.5.
pub(super) fn vertex(before: f64, at: f64, after: f64) -> f64 {
    let bend = before - 2.0 * at + after;
    if bend < 0.0 { (0.5 * (before - after) / bend).clamp(-0.5, 0.5) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::sinc::interpolate;
    use crate::dsp::test_noise::noise;
    use crate::fingerprint::{GradientMeasure, Warp};

    #[test]
    fn a_small_slope_is_measured() {
        let noise = noise(80_000, 5);
        let clip = interpolate(&noise, 12_800.0, 1.004, 60_000);
        let (a, b) =
            (GradientMeasure::of(&clip, Warp::NONE), GradientMeasure::of(&noise, Warp::NONE));
        let fit = fit_slope(&a.rows, &b.rows, (0, a.rows.len()), 103.0, 0.015);
        assert!((fit.slope - 1.004).abs() < 4e-4, "{fit:?}");
        let middle = 100.0 + 0.004 * 0.5 * a.rows.len() as f64;
        assert!((fit.diagonal - middle).abs() < 0.3, "{fit:?}");
    }

    #[test]
    fn the_top_of_a_parabola() {
        assert_eq!(vertex(0.0, 1.0, 0.0), 0.0);
        assert_eq!(vertex(0.75, 1.0, -0.75), -0.375);
        assert_eq!(vertex(1.0, 0.0, 1.0), 0.0);
    }
}
