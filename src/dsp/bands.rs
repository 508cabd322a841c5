//! Groups of spectral bins that follow the ear's resolution.

/// A run of bins, `first..end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    /// First bin.
    pub first: usize,
    /// One past the last bin.
    pub end: usize,
}

/// About `count` bands from `low_hz` to the Nyquist frequency, equally wide in ERB rate (Glasberg &
/// Moore 1990, eq. 4), each at least one bin wide.
#[must_use]
pub fn erb_bands(count: usize, low_hz: f64, sample_rate_hz: f64, n_fft: usize) -> Vec<Band> {
    let top_bin = n_fft / 2 + 1;
    let bin_hz = sample_rate_hz / n_fft as f64;
    let (low, high) = (erb_rate(low_hz), erb_rate(sample_rate_hz / 2.0));
    let mut bands = Vec::with_capacity(count);
    let mut first = (low_hz / bin_hz).round().max(1.0) as usize;
    for i in 1..=count {
        let edge_hz = erb_rate_to_hz(low + (high - low) * i as f64 / count as f64);
        let end = if i == count { top_bin } else { (edge_hz / bin_hz).round() as usize };
        if end > first {
            bands.push(Band { first, end: end.min(top_bin) });
            first = end;
        }
    }
    bands
}

fn erb_rate(hz: f64) -> f64 {
    21.4 * (0.00437 * hz + 1.0).log10()
}

fn erb_rate_to_hz(rate: f64) -> f64 {
    (10f64.powf(rate / 21.4) - 1.0) / 0.00437
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_tile_the_spectrum() {
        for (rate, n_fft) in [(8000.0, 256), (44_100.0, 1024), (192_000.0, 4096)] {
            let bands = erb_bands(24, 60.0, rate, n_fft);
            assert!(bands.len() > 15);
            assert!(bands.windows(2).all(|w| w[0].end == w[1].first));
            assert_eq!(bands.last().unwrap().end, n_fft / 2 + 1);
        }
    }
}
