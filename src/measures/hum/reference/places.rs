//! Where series fit best in a record, and series that were never anywhere.

use rustfft::algorithm::Radix4;
use rustfft::num_complex::Complex;
use rustfft::{Fft, FftDirection};

/// Places nearer than this to the best are the best itself, in seconds.
const APART_S: usize = 60;

/// Mean difference at which a place is none, in Hz: twenty times what a clock errs by, but neither
/// the other nominal nor a clip played at another speed.
const MOST_OFFSET_HZ: f64 = 0.05;

/// Least length of a transform, in values; shorter ones would be mostly overlap.
const LEAST_TRANSFORM: usize = 1 << 14;

/// How well a series fits at one place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fit {
    /// Root mean square difference with the mean difference taken out, in Hz.
    pub(super) error: f64,
    pub(super) correlation: f64,
    /// Mean of the series less that of the record, in Hz.
    pub(super) offset: f64,
}

/// Where a series begins in a record, and how well it fits there.
pub(super) type Found = (usize, Fit);

/// The two best places of a series, at least a minute apart.
pub(super) type BestTwo = Option<(Found, Option<Found>)>;

/// The best places of one series so far.
#[derive(Default)]
struct Stretches(Vec<Found>);

impl Stretches {
    /// Adds a place; they come in order.
    fn push(&mut self, at: usize, new: Fit) {
        let fits = &mut self.0;
        match fits.last_mut().filter(|last| at - last.0 < APART_S) {
            Some(last) if new.error < last.1.error => *last = (at, new),
            Some(_) => {}
            None => fits.push((at, new)),
        }
        // Only the best two stretches are kept, and the one under way.
        if fits.len() > 3 {
            let worst =
                (0..fits.len() - 1).max_by(|&a, &b| fits[a].1.error.total_cmp(&fits[b].1.error));
            worst.map(|i| fits.remove(i));
        }
    }

    fn best_two(mut self) -> BestTwo {
        self.0.sort_by(|a, b| a.1.error.total_cmp(&b.1.error));
        let best = self.0.first().copied()?;
        let second = self.0.iter().skip(1).find(|other| other.0.abs_diff(best.0) >= APART_S);
        Some((best, second.copied()))
    }
}

/// Two series of one length, the transform of both at once, and what is known of them.
struct Pair {
    /// Conjugate transform of one series plus i times the other, each less its mean.
    spectrum: Vec<Complex<f64>>,
    /// Mean, less the centre, and variance of each.
    facts: [(f64, f64); 2],
    best: [Stretches; 2],
}

impl Pair {
    fn new(series: &[Vec<f32>], centre: f64, backward: &dyn Fft<f64>) -> Self {
        let mut spectrum = vec![Complex::default(); backward.len()];
        let mut facts = [(0.0, 0.0); 2];
        for (i, values) in series.iter().take(2).enumerate() {
            let count = values.len() as f64;
            let mean = values.iter().map(|y| f64::from(*y) - centre).sum::<f64>() / count;
            let rest = |y: f32| f64::from(y) - centre - mean;
            facts[i] = (mean, values.iter().map(|y| rest(*y).powi(2)).sum::<f64>() / count);
            for (cell, y) in spectrum.iter_mut().zip(values) {
                if i == 0 { cell.re = rest(*y) } else { cell.im = rest(*y) }
            }
        }
        backward.process(&mut spectrum);
        Self { spectrum, facts, best: Default::default() }
    }
}

/// The best two places of each of these series in `record`, in their order; all are as long as the
/// first. Places at which the record has a gap, or lies elsewhere by its mean, are none.
///
/// The covariance with every place at once is a product of transforms, block by block; a year's
/// record takes seconds so.
pub(super) fn best_two(record: &[f32], series: &[Vec<f32>]) -> Vec<BestTwo> {
    let len = series.first().map_or(0, Vec::len);
    let centre = series.first().and_then(|values| values.first()).copied().map_or(0.0, f64::from);
    if len == 0 || len > record.len() {
        return series.iter().map(|_| None).collect();
    }
    let size = (2 * len).next_power_of_two().max(LEAST_TRANSFORM);
    // A planner would bring every algorithm into the program once more, for doubles.
    let forward = Radix4::<f64>::new(size, FftDirection::Forward);
    let backward = Radix4::<f64>::new(size, FftDirection::Inverse);
    let mut pairs: Vec<Pair> =
        series.chunks(2).map(|two| Pair::new(two, centre, &backward)).collect();
    let (mut block, mut product) = (Vec::with_capacity(size), Vec::with_capacity(size));
    let step = size - len + 1;
    for start in (0..=record.len() - len).step_by(step) {
        let part = &record[start..record.len().min(start + size)];
        let sums = Sums::new(part, centre);
        block.clear();
        block.extend(part.iter().map(|x| Complex::new(less(*x, centre), 0.0)));
        block.resize(size, Complex::default());
        forward.process(&mut block);
        for pair in &mut pairs {
            product.clear();
            product.extend(block.iter().zip(&pair.spectrum).map(|(a, b)| a * b));
            backward.process(&mut product);
            for (at, products) in product.iter().enumerate().take(part.len() - len + 1).take(step) {
                let Some((mean, variance)) = sums.over(at, len) else { continue };
                for (i, sum) in [products.re, products.im].into_iter().enumerate() {
                    let covariance = sum / (size as f64 * len as f64);
                    if let Some(new) = fit((mean, variance), pair.facts[i], covariance) {
                        pair.best[i].push(start + at, new);
                    }
                }
            }
        }
    }
    let best = pairs.into_iter().flat_map(|pair| pair.best).map(Stretches::best_two);
    best.take(series.len()).collect()
}

/// A value less the centre; zero in a gap.
fn less(x: f32, centre: f64) -> f64 {
    if x.is_finite() { f64::from(x) - centre } else { 0.0 }
}

/// Sums of a part of the record up to each of its values.
struct Sums(Vec<(f64, f64, usize)>);

impl Sums {
    fn new(part: &[f32], centre: f64) -> Self {
        let mut sums = Vec::with_capacity(part.len() + 1);
        let mut sum = (0.0, 0.0, 0);
        sums.push(sum);
        for x in part {
            let value = less(*x, centre);
            sum = (sum.0 + value, sum.1 + value * value, sum.2 + usize::from(!x.is_finite()));
            sums.push(sum);
        }
        Self(sums)
    }

    /// Mean and variance of `len` values; `None` with a gap among them.
    fn over(&self, at: usize, len: usize) -> Option<(f64, f64)> {
        let (from, to) = (self.0[at], self.0[at + len]);
        let count = len as f64;
        let mean = (to.0 - from.0) / count;
        (to.2 == from.2).then(|| (mean, ((to.1 - from.1) / count - mean * mean).max(0.0)))
    }
}

/// The fit of a series of mean and variance `y` to a place with those of `x`.
fn fit(x: (f64, f64), y: (f64, f64), covariance: f64) -> Option<Fit> {
    let offset = y.0 - x.0;
    let spread = (x.1 * y.1).sqrt();
    (offset.abs() <= MOST_OFFSET_HZ).then(|| Fit {
        error: (x.1 + y.1 - 2.0 * covariance).max(0.0).sqrt(),
        correlation: if spread > 0.0 { (covariance / spread).clamp(-1.0, 1.0) } else { 0.0 },
        offset,
    })
}

/// Series that were never anywhere, with the spread and smoothness of the clip's.
pub(super) fn false_series(query: &[f32]) -> Vec<Vec<f32>> {
    let mean = query.iter().sum::<f32>() / query.len() as f32;
    let flipped = |series: &[f32]| -> Vec<f32> { series.iter().map(|x| 2.0 * mean - x).collect() };
    let reversed = |series: &[f32]| -> Vec<f32> { series.iter().rev().copied().collect() };
    let mut out = vec![reversed(query), flipped(query), flipped(&reversed(query))];
    // Parts exchanged; joined so that the series goes on where it was.
    for parts in 2..=4usize {
        let len = query.len() / parts;
        for first in 1..parts {
            let order = (0..parts).map(|i| (i + first) % parts);
            let mut joined: Vec<f32> = Vec::with_capacity(query.len());
            for part in order {
                let end = if part + 1 == parts { query.len() } else { (part + 1) * len };
                let piece = &query[part * len..end];
                let shift =
                    joined.last().zip(piece.first()).map_or(0.0, |(last, first)| last - first);
                joined.extend(piece.iter().map(|x| x + shift));
            }
            out.push(reversed(&joined));
            out.push(flipped(&joined));
            out.push(joined);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_noise::noise;

    /// Two slow waves under noise, about 50 Hz.
    fn record(len: usize) -> Vec<f32> {
        let wave = |(n, noise): (usize, f32)| {
            let slow = (n as f32 / 97.0).sin() + (n as f32 / 41.0).sin();
            50.0 + 0.02 * slow + 0.005 * noise
        };
        noise(len, 5).into_iter().enumerate().map(wave).collect()
    }

    /// Error and correlation as they are defined.
    fn plainly(x: &[f32], y: &[f32]) -> (f64, f64) {
        let mean = |z: &[f32]| z.iter().map(|v| f64::from(*v)).sum::<f64>() / z.len() as f64;
        let (mx, my) = (mean(x), mean(y));
        let pairs = || x.iter().zip(y).map(|(a, b)| (f64::from(*a) - mx, f64::from(*b) - my));
        let error = pairs().map(|(a, b)| (a - b).powi(2)).sum::<f64>() / x.len() as f64;
        let xy = pairs().map(|(a, b)| a * b).sum::<f64>();
        let (xx, yy) = pairs().fold((0.0, 0.0), |sum, (a, b)| (sum.0 + a * a, sum.1 + b * b));
        (error.sqrt(), xy / (xx * yy).sqrt())
    }

    #[test]
    fn transforms_give_what_sums_do() {
        // Longer than one transform, so that places lie in several blocks.
        let mut record = record(40_000);
        record[7_000..7_010].fill(f32::NAN);
        let series: Vec<f32> = record[20_000..20_500].iter().map(|x| x + 0.01).collect();
        let other: Vec<f32> = series.iter().rev().copied().collect();
        let third: Vec<f32> = record[39_500..].to_vec();
        let found = best_two(&record, &[series.clone(), other.clone(), third]);
        let (best, second) = found[0].unwrap();
        assert_eq!(best.0, 20_000);
        // Values near 50 are 4e-6 apart.
        assert!(best.1.error < 1e-5 && (best.1.offset - 0.01).abs() < 1e-5, "{best:?}");
        assert_eq!(found[2].unwrap().0.0, 39_500);
        for (query, (at, fit)) in [(&series, second.unwrap()), (&other, found[1].unwrap().0)] {
            let (error, correlation) = plainly(&record[at..at + 500], query);
            assert!((fit.error - error).abs() < 1e-7, "{fit:?} {error}");
            assert!((fit.correlation - correlation).abs() < 1e-6, "{fit:?} {correlation}");
        }
        // The other place is the best of all that are a minute away.
        let places = (0..39_501).filter(|at: &usize| at.abs_diff(20_000) >= 60);
        let fits = places.map(|at| plainly(&record[at..at + 500], &series).0);
        let least = fits.filter(|error| error.is_finite()).fold(f64::MAX, f64::min);
        assert!((second.unwrap().1.error - least).abs() < 1e-7);
    }

    #[test]
    fn no_place_is_none() {
        let record = record(500);
        assert!(best_two(&record, &[]).is_empty());
        assert_eq!(best_two(&record, &[vec![50.0; 501]]).len(), 1);
        assert!(best_two(&record, &[vec![50.0; 501]])[0].is_none());
        assert!(best_two(&record, &[vec![60.0; 100]])[0].is_none());
        assert!(best_two(&[f32::NAN; 300], &[vec![50.0; 100]])[0].is_none());
        // As long as the record: one place, no other.
        assert!(matches!(
            best_two(&record, std::slice::from_ref(&record))[0],
            Some(((0, _), None))
        ));
    }
}
