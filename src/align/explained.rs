//! How well the source explains a clip's spectrum every 4 ms, learnt from a part of a segment.

use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

use super::joints::JointSide;
use super::line::Line;
use super::waveform::lay;
use crate::decode::Spool;
use crate::dsp::speech_bands::SPEECH_RATE_HZ;
use crate::dsp::stats::quantile;
use crate::dsp::stft::hann;
use crate::error::Result;

const RATE: f64 = SPEECH_RATE_HZ as f64;

/// Samples of a window: 24 ms.
const WINDOW: usize = 192;

/// Samples between windows: 4 ms.
pub(super) const HOP: usize = 32;

/// Points of the transform.
const N_FFT: usize = 256;

/// Bins that are looked at: 125 to 3500 Hz.
const BINS: std::ops::Range<usize> = 4..113;

/// Bins that share an equaliser's value.
const PER_BAND: usize = 8;

/// Seconds of a segment from which its match is learnt.
const LEARN_S: f64 = 2.5;

/// Seconds next to the presumed joint that are not learnt from; the larger ones for where the joint
/// may lie far inside.
const GUARDS_S: [f64; 3] = [0.12, 1.5, 3.0];

/// Seconds by which the source is moved to see what does not match.
const STRANGE_S: [f64; 2] = [-0.53, 0.71];

/// Share of the windows that is independent: they overlap by five sixths.
const INDEPENDENT: f64 = 0.3;

/// Deviations of the two distances are at least these, in dB: pauses match otherwise than speech.
const LEAST_DEVIATION_DB: [f64; 2] = [3.0, 1.0];

/// Evidence per window is bounded to ± this, in nats.
const BOUND: f64 = 4.0;

/// How a segment looks where it matches and where it does not.
pub(super) struct Model {
    /// Transfer of the channel from source to clip, per band.
    transfer: Vec<Complex<f32>>,
    /// Level of the clip over the source, per band, in dB.
    level_db: Vec<f64>,
    /// Level of the clip's quietest tenth, in dB.
    floor_db: f64,
    same: Spread,
    strange: Spread,
}

/// Means and deviations of the two distances.
struct Spread {
    mean: [f64; 2],
    deviation: [f64; 2],
}

impl Spread {
    /// `None` for fewer than 20 values.
    fn of(values: &[[f64; 2]]) -> Option<Self> {
        if values.len() < 20 {
            return None;
        }
        let n = values.len() as f64;
        let mean = [0, 1].map(|i| values.iter().map(|v| v[i]).sum::<f64>() / n);
        let deviation = [0, 1].map(|i| {
            let squares = values.iter().map(|v| (v[i] - mean[i]).powi(2)).sum::<f64>();
            (squares / n).sqrt().max(LEAST_DEVIATION_DB[i])
        });
        Some(Self { mean, deviation })
    }

    fn log_density(&self, value: &[f64; 2]) -> f64 {
        let term = |i: usize| {
            let x = (value[i] - self.mean[i]) / self.deviation[i];
            -0.5 * x * x - self.deviation[i].ln()
        };
        term(0) + term(1)
    }
}

impl Model {
    /// From the part of the segment, of those near the joint, that matches best; `None` if the segment
    /// is too short.
    pub(super) fn learn(
        a: &mut Spool,
        b: &mut Spool,
        side: &JointSide,
        near_s: f64,
    ) -> Result<Option<Self>> {
        let room = (side.far_s - near_s).abs();
        let mut best: Option<Self> = None;
        for guard_s in GUARDS_S {
            let length = (room - guard_s).min(LEARN_S);
            if length < if best.is_some() { LEARN_S } else { 0.15 } {
                break;
            }
            let next = Self::learn_from(a, b, side, near_s, guard_s, length)?;
            let match_of = |m: &Self| m.same.mean[0] + m.same.mean[1];
            if let Some(next) =
                next.filter(|n| best.as_ref().is_none_or(|b| match_of(n) < match_of(b)))
            {
                best = Some(next);
            }
        }
        Ok(best)
    }

    fn learn_from(
        a: &mut Spool,
        b: &mut Spool,
        side: &JointSide,
        near_s: f64,
        guard_s: f64,
        length: f64,
    ) -> Result<Option<Self>> {
        let toward = if side.far_s < near_s { -1.0 } else { 1.0 };
        let (x, y) = (near_s + toward * guard_s, near_s + toward * (guard_s + length));
        let start = (x.min(y) * RATE) as i64;
        let count = (length * RATE) as usize / HOP;
        let mine = spectra(&a.read(start, count * HOP + WINDOW)?, count);
        let other =
            spectra(&lay(b, &side.line, start, count * HOP + WINDOW, SPEECH_RATE_HZ)?, count);
        let (transfer, level_db) = channel(&mine, &other);
        let mut model = Self {
            transfer,
            level_db,
            floor_db: floor_db(&mine),
            same: Spread { mean: [0.0; 2], deviation: [1.0; 2] },
            strange: Spread { mean: [0.0; 2], deviation: [1.0; 2] },
        };
        let Some(same) = Spread::of(&model.distances(&mine, &other)) else { return Ok(None) };
        let mut strange = Vec::new();
        for shift_s in STRANGE_S {
            let line = side.line.turned(0.0, shift_s, side.line.ratio);
            let other =
                spectra(&lay(b, &line, start, count * HOP + WINDOW, SPEECH_RATE_HZ)?, count);
            strange.extend(model.distances(&mine, &other));
        }
        let Some(strange) = Spread::of(&strange) else { return Ok(None) };
        model.same = same;
        model.strange = strange;
        Ok(Some(model))
    }

    /// Evidence that the window lies on the line, in nats, for `count` windows; window `i` has its
    /// middle at the clip's sample `from + i * HOP`.
    pub(super) fn evidence(
        &self,
        a: &mut Spool,
        b: &mut Spool,
        line: &Line,
        from: i64,
        count: usize,
    ) -> Result<Vec<f64>> {
        let start = from - (WINDOW / 2) as i64 + (HOP / 2) as i64;
        let mine = spectra(&a.read(start, count * HOP + WINDOW)?, count);
        let other = spectra(&lay(b, line, start, count * HOP + WINDOW, SPEECH_RATE_HZ)?, count);
        let evidence = |(distance, spectra): (&[f64; 2], (&Spectrum, &Spectrum))| {
            let ratio = self.same.log_density(distance) - self.strange.log_density(distance);
            INDEPENDENT * self.weight(spectra.0, spectra.1) * ratio.clamp(-BOUND, BOUND)
        };
        let distances = self.distances(&mine, &other);
        Ok(distances.iter().zip(mine.iter().zip(&other)).map(evidence).collect())
    }

    /// Weight of a window: little where neither the clip nor the source rises over the background.
    fn weight(&self, mine: &Spectrum, other: &Spectrum) -> f64 {
        let put_through: f64 = bands()
            .enumerate()
            .map(|(band, bins)| {
                let level = 10f64.powf(0.1 * self.level_db[band]);
                level * bins.map(|bin| f64::from(other[bin].norm_sqr())).sum::<f64>()
            })
            .sum();
        let loudest = energy(mine).max(put_through);
        let rise = 10.0 * (loudest + QUIET).log10() - self.floor_db;
        (rise / AUDIBLE_DB).clamp(MUTE, 1.0)
    }

    /// Per window: level of what the source does not explain over the clip's, in dB, and mean
    /// distance of band levels, in dB.
    fn distances(&self, mine: &[Spectrum], other: &[Spectrum]) -> Vec<[f64; 2]> {
        let distance = |(a, b): (&Spectrum, &Spectrum)| {
            let (mut rest, mut all, mut levels) = (0.0f64, 0.0f64, 0.0f64);
            for (band, bins) in bands().enumerate() {
                let (mut of_a, mut of_b) = (0.0f64, 0.0f64);
                for bin in bins {
                    rest += f64::from((a[bin] - self.transfer[band] * b[bin]).norm_sqr());
                    of_a += f64::from(a[bin].norm_sqr());
                    of_b += f64::from(b[bin].norm_sqr());
                }
                all += of_a;
                let level = 10.0 * ((of_a + QUIET) / (of_b + QUIET)).log10() - self.level_db[band];
                levels += level.abs().min(15.0);
            }
            let unexplained = 10.0 * ((rest + QUIET) / (all + QUIET)).log10();
            [unexplained.clamp(-25.0, 6.0), levels / self.level_db.len() as f64]
        };
        mine.iter().zip(other).map(distance).collect()
    }
}

/// Bins of one window.
type Spectrum = Vec<Complex<f32>>;

/// Rise over the background from which a window counts fully, in dB.
const AUDIBLE_DB: f64 = 10.0;

/// Weight of windows in which nothing rises over the background.
const MUTE: f64 = 0.1;

/// Energy per band that counts as nothing: below 16-bit rounding.
const QUIET: f64 = 1e-7;

fn energy(spectrum: &Spectrum) -> f64 {
    spectrum[BINS].iter().map(|x| f64::from(x.norm_sqr())).sum()
}

/// Level that a tenth of the windows does not reach, in dB.
fn floor_db(spectra: &[Spectrum]) -> f64 {
    let mut energies: Vec<f32> = spectra.iter().map(|s| energy(s) as f32).collect();
    10.0 * (quantile(&mut energies, 0.1).map_or(0.0, f64::from) + QUIET).log10()
}

fn bands() -> impl Iterator<Item = std::ops::Range<usize>> {
    BINS.step_by(PER_BAND).map(|first| first..(first + PER_BAND).min(BINS.end))
}

/// Complex transfer and level difference of each band.
fn channel(mine: &[Spectrum], other: &[Spectrum]) -> (Vec<Complex<f32>>, Vec<f64>) {
    let band = |bins: std::ops::Range<usize>| {
        let mut cross = Complex::<f32>::default();
        let (mut of_a, mut of_b) = (0.0f64, 0.0f64);
        for (a, b) in mine.iter().zip(other) {
            for bin in bins.clone() {
                cross += a[bin] * b[bin].conj();
                of_a += f64::from(a[bin].norm_sqr());
                of_b += f64::from(b[bin].norm_sqr());
            }
        }
        let transfer = cross / (of_b as f32).max(1e-12);
        (transfer, 10.0 * ((of_a + QUIET) / (of_b + QUIET)).log10())
    };
    bands().map(band).unzip()
}

/// `count` spectra, [`HOP`] apart.
fn spectra(samples: &[f32], count: usize) -> Vec<Spectrum> {
    let window = hann(WINDOW);
    let transform = FftPlanner::<f32>::new().plan_fft_forward(N_FFT);
    let spectrum = |i: usize| {
        let part = &samples[i * HOP..i * HOP + WINDOW];
        let mut out: Vec<Complex<f32>> =
            part.iter().zip(&window).map(|(x, w)| Complex::new(x * w, 0.0)).collect();
        out.resize(N_FFT, Complex::default());
        transform.process(&mut out);
        out.truncate(BINS.end);
        out
    };
    (0..count).map(spectrum).collect()
}
