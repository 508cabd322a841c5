//! The spectra of a clip every 16 ms, a byte a number, and how well two stretches of them agree.

use crate::dsp::speech_bands::{DIFFERENCES, HOP, SPEECH_RATE_HZ, WIN_LENGTH};

/// Seconds between rows.
pub(super) const ROW_S: f64 = HOP as f64 / SPEECH_RATE_HZ as f64;

/// Seconds that a row is made from.
pub(super) const ROW_SPAN_S: f64 = WIN_LENGTH as f64 / SPEECH_RATE_HZ as f64;

/// Value of a difference of 1 in log2 energy (3 dB); differences saturate at 30 dB.
const UNIT: f32 = 12.0;

/// One spectrum: log energy of each band less that of the next higher one.
pub(super) type Row = [i8; DIFFERENCES];

/// Rows of a clip; 2 kB a second.
#[derive(Debug, Default)]
pub(super) struct Rows {
    rows: Vec<Row>,
    sums: [f64; DIFFERENCES],
    sounding: u64,
}

impl Rows {
    /// Adds the row with these differences in log2 energy.
    pub(super) fn push(&mut self, differences: &[f32; DIFFERENCES]) {
        let row = differences.map(|d| (UNIT * d).round().clamp(-127.0, 127.0) as i8);
        if is_sounding(&row) {
            self.sums.iter_mut().zip(&row).for_each(|(sum, x)| *sum += f64::from(*x));
            self.sounding += 1;
        }
        self.rows.push(row);
    }

    /// The rows less their mean, so that the channel and a steady background count for nothing.
    /// Rows of digital silence are zeros.
    pub(super) fn centred(mut self) -> Vec<Row> {
        let count = self.sounding.max(1) as f64;
        let mean = self.sums.map(|sum| (sum / count).round() as i8);
        for row in self.rows.iter_mut().filter(|row| is_sounding(row)) {
            row.iter_mut().zip(mean).for_each(|(x, mean)| *x = x.saturating_sub(mean));
        }
        self.rows
    }
}

/// Whether any band differs from another: in digital silence all are at the floor.
fn is_sounding(row: &Row) -> bool {
    row.iter().any(|x| *x != 0)
}

/// Correlation coefficient of two stretches of rows, -1..=1; 0 if one of them is silent.
pub(super) fn agreement(a: &[Row], b: &[Row]) -> f64 {
    let (mut ab, mut aa, mut bb) = (0i64, 0i64, 0i64);
    for (a, b) in a.iter().zip(b) {
        let (mut x, mut y, mut z) = (0i32, 0i32, 0i32);
        for (a, b) in a.iter().zip(b) {
            let (a, b) = (i32::from(*a), i32::from(*b));
            x += a * b;
            y += a * a;
            z += b * b;
        }
        ab += i64::from(x);
        aa += i64::from(y);
        bb += i64::from(z);
    }
    if aa == 0 || bb == 0 { 0.0 } else { ab as f64 / (aa as f64 * bb as f64).sqrt() }
}

/// Rows over which a change is taken: 48 ms, most of a row's span.
const CHANGE: usize = 3;

/// Correlation coefficient of how two stretches of rows change, -1..=1: a sound that is held agrees
/// with every other of its kind, its changes do not.
pub(super) fn change_agreement(a: &[Row], b: &[Row]) -> f64 {
    let changes = |rows: &[Row]| -> Vec<Row> {
        let pairs = rows.iter().zip(rows.iter().skip(CHANGE));
        pairs.map(|(x, y)| std::array::from_fn(|m| y[m].saturating_sub(x[m]))).collect()
    };
    agreement(&changes(a), &changes(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_noise::noise_rows;

    #[test]
    fn rows_agree_with_themselves_alone() {
        let (a, b) = (noise_rows(40, 1), noise_rows(40, 2));
        assert!((agreement(&a, &a) - 1.0).abs() < 1e-12);
        assert!(agreement(&a, &b).abs() < 0.1);
        assert_eq!(agreement(&a, &[[0; DIFFERENCES]; 40]), 0.0);
        assert_eq!(agreement(&[], &[]), 0.0);
    }

    #[test]
    fn the_mean_is_taken_out_and_silence_stays_silent() {
        let mut rows = Rows::default();
        rows.push(&[1.0; DIFFERENCES]);
        rows.push(&[0.0; DIFFERENCES]);
        rows.push(&[3.0; DIFFERENCES]);
        assert_eq!(rows.centred(), [[-12; DIFFERENCES], [0; DIFFERENCES], [12; DIFFERENCES]]);
        assert!(Rows::default().centred().is_empty());
    }
}
