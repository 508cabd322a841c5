//! Where in a recording a short stretch of rows agrees best, by correlation in the frequency domain.
//!
//! Every other row is used on both sides: windows of 64 ms every 32 ms still overlap. Two differences
//! make one complex number, so that the real part of 16 complex correlations is the correlation of
//! all 32 differences.

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use super::gradients::{Gradients, Row};
use crate::dsp::speech_bands::DIFFERENCES;

/// Rows between those that are looked at.
const STRIDE: usize = 2;

/// Complex numbers per row.
const PAIRS: usize = DIFFERENCES / 2;

/// Places kept per query.
const KEPT: usize = 12;

/// Two places closer than this are one, in rows looked at (192 ms).
const SEPARATION: usize = 6;

/// Queries whose transforms are held at a time; each takes 256 kB at most.
const BATCH: usize = 96;

/// Share of the mean row energy that a place is taken to have at least: in digital silence any
/// agreement is chance.
const ENERGY_FLOOR: f64 = 0.1;

/// A place that agrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Row of the searched recording at which the query's first row lies.
    pub row: usize,
    /// Correlation coefficient, -1..=1.
    pub agreement: f64,
    /// The same in standard deviations above the mean over all places.
    pub score: f64,
}

/// Best places in `b` of every query (consecutive rows, one per 16 ms of the source), best first, at most 12 each; none for a query longer than `b`
/// or of fewer than two rows. Takes time in proportion to `b` times the number of queries.
#[must_use]
pub fn search(b: &Gradients, queries: &[&[Row]]) -> Vec<Vec<Hit>> {
    let mut found = vec![Vec::new(); queries.len()];
    let mut order: Vec<usize> = (0..queries.len()).collect();
    order.sort_by_key(|&i| looked_at(queries[i]));
    for same_length in order.chunk_by(|&i, &j| looked_at(queries[i]) == looked_at(queries[j])) {
        for batch in same_length.chunks(BATCH) {
            let rows: Vec<&[Row]> = batch.iter().map(|&i| queries[i]).collect();
            for (&i, hits) in batch.iter().zip(search_batch(b, &rows)) {
                found[i] = hits;
            }
        }
    }
    found
}

/// Rows that are looked at of these.
fn looked_at(rows: &[Row]) -> usize {
    rows.len() / STRIDE
}

/// All queries have the same length.
fn search_batch(b: &Gradients, queries: &[&[Row]]) -> Vec<Vec<Hit>> {
    let len = queries.first().map_or(0, |rows| looked_at(rows));
    let total = looked_at(&b.rows);
    if len < 2 || total < len {
        return vec![Vec::new(); queries.len()];
    }
    let n_fft = if total > 4096 { 2048 } else { 1024 }.max((2 * len).next_power_of_two());
    let mut transform = Transform::new(n_fft);
    let spectra: Vec<Spectrum> = queries.iter().map(|rows| transform.rows(rows)).collect();
    let norms: Vec<f64> = queries.iter().map(|rows| energy(rows).sqrt()).collect();
    let mut tallies: Vec<Tally> = queries.iter().map(|_| Tally::default()).collect();
    let energies = Energies::new(&b.rows, len);
    let places = total - len + 1;
    let step = n_fft - len + 1;
    let mut products = vec![Complex::default(); n_fft];
    for first in (0..places).step_by(step) {
        let end = (STRIDE * (first + n_fft)).min(b.rows.len());
        let block = transform.rows(&b.rows[STRIDE * first..end]);
        let count = step.min(places - first);
        for ((spectrum, norm), tally) in spectra.iter().zip(&norms).zip(&mut tallies) {
            spectrum.multiply(&block, &mut products);
            transform.inverse(&mut products);
            for (i, product) in products[..count].iter().enumerate() {
                let scale = energies.inverse_norm(first + i) / (norm * n_fft as f64);
                tally.add(first + i, f64::from(product.re) * scale);
            }
        }
    }
    tallies.into_iter().map(|tally| tally.finish(len)).collect()
}

/// Sum of squares over the rows that are looked at, at least 1.
fn energy(rows: &[Row]) -> f64 {
    let picked = rows.chunks_exact(STRIDE).map(|pair| row_energy(&pair[0]));
    (picked.sum::<u64>() as f64).max(1.0)
}

fn row_energy(row: &Row) -> u64 {
    row.iter().map(|&x| (i32::from(x) * i32::from(x)) as u64).sum()
}

/// Energy under the query at each place.
struct Energies {
    /// Sums of the energies of all rows before.
    sums: Vec<u64>,
    len: usize,
    floor: f64,
}

impl Energies {
    fn new(rows: &[Row], len: usize) -> Self {
        let mut sums = vec![0u64];
        for pair in rows.chunks_exact(STRIDE) {
            sums.push(sums[sums.len() - 1] + row_energy(&pair[0]));
        }
        let mean = sums[sums.len() - 1] as f64 / (sums.len() - 1) as f64;
        Self { sums, len, floor: (ENERGY_FLOOR * mean * len as f64).max(1.0) }
    }

    fn inverse_norm(&self, place: usize) -> f64 {
        let energy = (self.sums[place + self.len] - self.sums[place]) as f64;
        energy.max(self.floor).sqrt().recip()
    }
}

/// Transform of rows, real and imaginary parts apart so that products vectorise.
struct Spectrum {
    re: Vec<f32>,
    im: Vec<f32>,
}

impl Spectrum {
    /// Sum over pairs of `other` times the conjugate of this.
    fn multiply(&self, other: &Self, out: &mut [Complex<f32>]) {
        let n = out.len();
        let (mut re, mut im) = (vec![0.0f32; n], vec![0.0f32; n]);
        for pair in 0..PAIRS {
            let range = pair * n..(pair + 1) * n;
            let (qr, qi) = (&self.re[range.clone()], &self.im[range.clone()]);
            let (br, bi) = (&other.re[range.clone()], &other.im[range]);
            for i in 0..n {
                re[i] += qr[i] * br[i] + qi[i] * bi[i];
                im[i] += qr[i] * bi[i] - qi[i] * br[i];
            }
        }
        for (out, (re, im)) in out.iter_mut().zip(re.into_iter().zip(im)) {
            *out = Complex::new(re, im);
        }
    }
}

struct Transform {
    n_fft: usize,
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
    buffer: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

impl Transform {
    fn new(n_fft: usize) -> Self {
        let mut planner = FftPlanner::new();
        let forward = planner.plan_fft_forward(n_fft);
        let inverse = planner.plan_fft_inverse(n_fft);
        let scratch = forward.get_inplace_scratch_len().max(inverse.get_inplace_scratch_len());
        Self {
            n_fft,
            forward,
            inverse,
            buffer: vec![Complex::default(); n_fft],
            scratch: vec![Complex::default(); scratch],
        }
    }

    /// Transforms of every other row, zeros after the last.
    fn rows(&mut self, rows: &[Row]) -> Spectrum {
        let size = PAIRS * self.n_fft;
        let mut out = Spectrum { re: Vec::with_capacity(size), im: Vec::with_capacity(size) };
        for pair in 0..PAIRS {
            self.buffer.fill(Complex::default());
            for (value, rows) in self.buffer.iter_mut().zip(rows.chunks_exact(STRIDE)) {
                let row = &rows[0];
                *value = Complex::new(f32::from(row[2 * pair]), f32::from(row[2 * pair + 1]));
            }
            self.forward.process_with_scratch(&mut self.buffer, &mut self.scratch);
            out.re.extend(self.buffer.iter().map(|x| x.re));
            out.im.extend(self.buffer.iter().map(|x| x.im));
        }
        out
    }

    fn inverse(&mut self, values: &mut [Complex<f32>]) {
        self.inverse.process_with_scratch(values, &mut self.scratch);
    }
}

/// Running statistics and the best places of one query.
#[derive(Debug, Default)]
struct Tally {
    count: f64,
    sum: f64,
    squares: f64,
    /// `(place, agreement)`, no two within [`SEPARATION`].
    best: Vec<(usize, f64)>,
}

impl Tally {
    fn add(&mut self, place: usize, agreement: f64) {
        self.count += 1.0;
        self.sum += agreement;
        self.squares += agreement * agreement;
        let worst = self.best.iter().map(|b| b.1).fold(f64::INFINITY, f64::min);
        if self.best.len() == KEPT && agreement <= worst {
            return;
        }
        if let Some(near) = self.best.iter_mut().find(|b| place - b.0 < SEPARATION) {
            if agreement > near.1 {
                *near = (place, agreement);
            }
            return;
        }
        if self.best.len() == KEPT {
            self.best.retain(|b| b.1 > worst);
        }
        self.best.push((place, agreement));
    }

    fn finish(mut self, len: usize) -> Vec<Hit> {
        let mean = self.sum / self.count;
        let deviation = (self.squares / self.count - mean * mean).max(0.0).sqrt();
        let deviation = deviation.max(least_deviation(len));
        self.best.sort_by(|a, b| b.1.total_cmp(&a.1));
        let hit = |(place, agreement): (usize, f64)| Hit {
            row: STRIDE * place,
            agreement,
            score: (agreement - mean) / deviation,
        };
        self.best.into_iter().map(hit).collect()
    }
}

/// Standard deviation that strangers show at least, for a query of `len` looked-at rows: short
/// searched recordings have too few places to measure it.
fn least_deviation(len: usize) -> f64 {
    0.2 / (len as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_noise::noise_rows;

    fn gradients(rows: Vec<Row>) -> Gradients {
        let depths = vec![20; rows.len()];
        let steady = vec![false; rows.len()];
        Gradients::new(rows, depths, steady)
    }

    #[test]
    fn a_stretch_is_found_where_it_is_in_short_and_long_recordings() {
        for (len, at) in [(1000, 400), (20_000, 13_338)] {
            let b = gradients(noise_rows(len, 1));
            let query = b.rows[at..at + 200].to_vec();
            let hits = &search(&b, &[&query[..]])[0];
            assert_eq!(hits[0].row, at);
            assert!((hits[0].agreement - 1.0).abs() < 1e-3 && hits[0].score > 12.0);
            assert!(hits[1].score < 6.0, "{hits:?}");
        }
    }

    #[test]
    fn a_stretch_that_occurs_twice_is_found_twice() {
        let mut rows = noise_rows(3000, 2);
        rows.copy_within(500..700, 2000);
        let b = gradients(rows);
        let hits = &search(&b, &[&b.rows[500..700]])[0];
        let mut places = [hits[0].row, hits[1].row];
        places.sort_unstable();
        assert_eq!(places, [500, 2000]);
    }

    #[test]
    fn lengths_are_mixed_and_what_cannot_be_found_is_not() {
        let b = gradients(noise_rows(300, 3));
        let long = noise_rows(400, 4);
        let (short, silent) = (b.rows[40..140].to_vec(), vec![[0; DIFFERENCES]; 100]);
        let queries = [&long[..], &short, &silent, &[]];
        let found = search(&b, &queries);
        assert!(found[0].is_empty() && found[3].is_empty());
        assert_eq!(found[1][0].row, 40);
        assert!(found[2].iter().all(|hit| hit.score.abs() < 1.0));
    }
}
