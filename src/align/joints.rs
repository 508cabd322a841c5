//! Where one line ends and the next begins, from how well the source explains the clip's spectrum
//! every 4 ms.

use super::line::Line;
use super::waveform::lay;
use crate::decode::Spool;
use crate::dsp::speech_bands::SPEECH_RATE_HZ;
use crate::dsp::stft::hann;
use crate::error::Result;
use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

const RATE: f64 = SPEECH_RATE_HZ as f64;

/// Samples of a window: 24 ms.
const WINDOW: usize = 192;

/// Samples between windows: 4 ms.
const HOP: usize = 32;

/// Points of the transform.
const N_FFT: usize = 256;

/// Bins that are looked at: 125 to 3500 Hz.
const BINS: std::ops::Range<usize> = 4..113;

/// Bins that share an equaliser's value.
const PER_BAND: usize = 8;

/// Seconds of a segment from which its match is learnt.
const LEARN_S: f64 = 2.5;

/// Seconds next to the presumed joint that are not learnt from.
const GUARD_S: f64 = 0.12;

/// Seconds by which the source is moved to see what does not match.
const STRANGE_S: [f64; 2] = [-0.53, 0.71];

/// Share of the windows that is independent: they overlap by five sixths.
const INDEPENDENT: f64 = 0.3;

/// Evidence per window is bounded to ± this, in nats.
const BOUND: f64 = 4.0;

/// What a foreign stretch after which the source goes on must gain over lines that meet, in nats.
const INSERTED: f64 = 6.0;

/// What any other foreign stretch must gain, in nats.
const FOREIGN: f64 = 12.0;

/// Foreign stretches shorter than this are not told from the blur of a joint, in seconds.
const SHORTEST_FOREIGN_S: f64 = 0.12;

/// Seconds at which the prior of the joint's place falls to 0.6.
const PRIOR_S: f64 = 0.15;

/// A line on one side of a joint.
#[derive(Debug, Clone, Copy)]
pub struct JointSide {
    /// The line.
    pub line: Line,
    /// Far end of the segment in the clip, in seconds.
    pub far_s: f64,
}

/// A joint, in clip seconds. Without a foreign stretch both times are equal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Joint {
    /// Where the line on the left ends.
    pub left_end_s: f64,
    /// Where the line on the right begins.
    pub right_start_s: f64,
}

/// Sharpens a joint within `reach_s` of where it is presumed. On a side without a line the time is
/// the presumed one.
///
/// Three readings are held against each other: the lines meet; what stands between is foreign and the
/// source goes on after it where it stopped; anything else. The later need more evidence.
///
/// # Errors
///
/// Those of the temporary files.
pub fn refine_joint(
    a: &mut Spool,
    b: &mut Spool,
    left: Option<JointSide>,
    right: Option<JointSide>,
    presumed: Joint,
    reach_s: f64,
) -> Result<Joint> {
    let gap_s = presumed.right_start_s - presumed.left_end_s;
    let near = gap_s < 3.0 * reach_s;
    // Sides that may meet are looked at over the whole of the gap.
    let (before_s, after_s) = if near { (reach_s, reach_s + gap_s) } else { (reach_s, reach_s) };
    let left_cut = match left {
        Some(side) => Cut::of(a, b, &side, presumed.left_end_s, before_s, after_s)?,
        None => None,
    };
    let right_cut = match right {
        Some(side) => Cut::of(a, b, &side, presumed.right_start_s, after_s, before_s)?,
        None => None,
    };
    let (Some(left_cut), Some(right_cut)) = (&left_cut, &right_cut) else {
        return Ok(Joint {
            left_end_s: left_cut.map_or(presumed.left_end_s, |cut| cut.best().1),
            right_start_s: right_cut.map_or(presumed.right_start_s, |cut| cut.best().1),
        });
    };
    let (free_left, free_right) = (left_cut.best(), right_cut.best());
    let together = left_cut.best_with(|time_s| right_cut.at(time_s));
    // Where the source goes on after the gap as if nothing had been there.
    let resumes = left.zip(right).and_then(|(left, right)| {
        let after = |time_s: f64| right.line.a(left.line.b(time_s));
        let best = left_cut.best_with(|time_s| {
            let after_s = after(time_s);
            if after_s < time_s + SHORTEST_FOREIGN_S { f64::NEG_INFINITY } else { right_cut.at(after_s) }
        });
        Some((best.0, best.1, after(best.1)))
    });
    let meeting = (together.0, Joint { left_end_s: together.1, right_start_s: together.1 });
    let mut best = meeting;
    if let Some((sum, left_end_s, right_start_s)) = resumes.filter(|r| r.0 - INSERTED > best.0) {
        best = (sum - INSERTED, Joint { left_end_s, right_start_s });
    }
    if free_right.1 - free_left.1 >= SHORTEST_FOREIGN_S
        && free_left.0 + free_right.0 - FOREIGN > best.0
    {
        best.0 = free_left.0 + free_right.0 - FOREIGN;
        best.1 = Joint { left_end_s: free_left.1, right_start_s: free_right.1 };
    }
    if best.0 == f64::NEG_INFINITY {
        best.1 = presumed;
    }
    Ok(best.1)
}

/// Evidence for a side's end at each possible time.
struct Cut {
    from_s: f64,
    values: Vec<f64>,
}

impl Cut {
    /// From `before_s` before to `after_s` after the presumed time; `None` if too little of the
    /// segment can be learnt from.
    fn of(
        a: &mut Spool,
        b: &mut Spool,
        side: &JointSide,
        presumed_s: f64,
        before_s: f64,
        after_s: f64,
    ) -> Result<Option<Self>> {
        let Some(model) = Model::learn(a, b, side, presumed_s)? else { return Ok(None) };
        let from_s = presumed_s - before_s;
        let count = ((before_s + after_s) * RATE) as usize / HOP;
        let mut evidence = model.evidence(a, b, &side.line, (from_s * RATE) as i64, count)?;
        let is_left = side.far_s < presumed_s;
        if !is_left {
            evidence.reverse();
        }
        let mut values = sums(&evidence);
        if !is_left {
            values.reverse();
        }
        let mut cut = Self { from_s, values };
        for i in 0..cut.values.len() {
            cut.values[i] -= 0.5 * ((cut.time(i) - presumed_s) / PRIOR_S).powi(2);
        }
        Ok(Some(cut))
    }

    fn time(&self, i: usize) -> f64 {
        self.from_s + (i * HOP) as f64 / RATE
    }

    /// Evidence for an end at this time; minus infinity outside.
    fn at(&self, time_s: f64) -> f64 {
        let i = ((time_s - self.from_s) * RATE / HOP as f64).round();
        if i < 0.0 { f64::NEG_INFINITY } else { self.values.get(i as usize).copied().unwrap_or(f64::NEG_INFINITY) }
    }

    /// Best sum with `other`, and its time.
    fn best_with(&self, other: impl Fn(f64) -> f64) -> (f64, f64) {
        let sums = (0..self.values.len()).map(|i| (self.values[i] + other(self.time(i)), self.time(i)));
        sums.fold((f64::NEG_INFINITY, self.from_s), |best, next| if next.0 > best.0 { next } else { best })
    }

    fn best(&self) -> (f64, f64) {
        self.best_with(|_| 0.0)
    }
}

/// Sums of all values before each place, one more than there are values.
fn sums(values: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0];
    for value in values {
        out.push(out[out.len() - 1] + value);
    }
    out
}

/// How a segment looks where it matches and where it does not.
struct Model {
    /// Transfer of the channel from source to clip, per band.
    transfer: Vec<Complex<f32>>,
    /// Level of the clip over the source, per band, in dB.
    level_db: Vec<f64>,
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
            (squares / n).sqrt().max(0.3)
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
    /// From the segment's part next to the joint; `None` if it is too short.
    fn learn(a: &mut Spool, b: &mut Spool, side: &JointSide, near_s: f64) -> Result<Option<Self>> {
        let toward = if side.far_s < near_s { -1.0 } else { 1.0 };
        let length = ((side.far_s - near_s).abs() - GUARD_S).min(LEARN_S);
        if length < 0.15 {
            return Ok(None);
        }
        let (x, y) = (near_s + toward * GUARD_S, near_s + toward * (GUARD_S + length));
        let start = (x.min(y) * RATE) as i64;
        let count = (length * RATE) as usize / HOP;
        let mine = spectra(&a.read(start, count * HOP + WINDOW)?, count);
        let other = spectra(&lay(b, &side.line, start, count * HOP + WINDOW, SPEECH_RATE_HZ)?, count);
        let (transfer, level_db) = channel(&mine, &other);
        let mut model = Self {
            transfer,
            level_db,
            same: Spread { mean: [0.0; 2], deviation: [1.0; 2] },
            strange: Spread { mean: [0.0; 2], deviation: [1.0; 2] },
        };
        let Some(same) = Spread::of(&model.distances(&mine, &other)) else { return Ok(None) };
        let mut strange = Vec::new();
        for shift_s in STRANGE_S {
            let line = side.line.turned(0.0, shift_s, side.line.ratio);
            let other = spectra(&lay(b, &line, start, count * HOP + WINDOW, SPEECH_RATE_HZ)?, count);
            strange.extend(model.distances(&mine, &other));
        }
        let Some(strange) = Spread::of(&strange) else { return Ok(None) };
        model.same = same;
        model.strange = strange;
        Ok(Some(model))
    }

    /// Evidence that the window lies on the line, in nats, for `count` windows; window `i` has its
    /// middle at the clip's sample `from + i * HOP`.
    fn evidence(
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
        let evidence = |distance: &[f64; 2]| {
            let ratio = self.same.log_density(distance) - self.strange.log_density(distance);
            INDEPENDENT * ratio.clamp(-BOUND, BOUND)
        };
        Ok(self.distances(&mine, &other).iter().map(evidence).collect())
    }

    /// Per window: level of what the source does not explain over the clip's, in dB, and mean
    /// distance of band levels, in dB.
    fn distances(&self, mine: &[Vec<Complex<f32>>], other: &[Vec<Complex<f32>>]) -> Vec<[f64; 2]> {
        let distance = |(a, b): (&Vec<Complex<f32>>, &Vec<Complex<f32>>)| {
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

/// Energy per band that counts as nothing: below 16-bit rounding.
const QUIET: f64 = 1e-7;

fn bands() -> impl Iterator<Item = std::ops::Range<usize>> {
    BINS.step_by(PER_BAND).map(|first| first..(first + PER_BAND).min(BINS.end))
}

/// Complex transfer and level difference of each band.
fn channel(
    mine: &[Vec<Complex<f32>>],
    other: &[Vec<Complex<f32>>],
) -> (Vec<Complex<f32>>, Vec<f64>) {
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
fn spectra(samples: &[f32], count: usize) -> Vec<Vec<Complex<f32>>> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(len: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        (0..len)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / (1 << 24) as f32 - 0.5
            })
            .collect()
    }

    fn spool(samples: &[f32]) -> Spool {
        let mut spool = Spool::default();
        spool.push(samples).unwrap();
        spool
    }

    #[test]
    fn a_deletion_is_placed_to_a_few_milliseconds() {
        let source = noise(80_000, 1);
        let clip = [&source[8000..32_123], &source[48_000..72_000]].concat();
        let (mut a, mut b) = (spool(&clip), spool(&source));
        let joint_s = 24_123.0 / RATE;
        let left = JointSide { line: Line { ratio: 1.0, offset_s: 1.0 }, far_s: 0.0 };
        let second = 48_000.0 / RATE - joint_s;
        let right = JointSide { line: Line { ratio: 1.0, offset_s: second }, far_s: 6.0 };
        let presumed = Joint { left_end_s: joint_s + 0.09, right_start_s: joint_s + 0.09 };
        let joint =
            refine_joint(&mut a, &mut b, Some(left), Some(right), presumed, 0.3).unwrap();
        assert_eq!(joint.left_end_s, joint.right_start_s);
        assert!((joint.left_end_s - joint_s).abs() < 0.008, "{joint:?} {joint_s}");
    }

    #[test]
    fn a_foreign_end_is_placed_too() {
        let source = noise(80_000, 1);
        let clip = [&source[8000..32_000], &noise(16_000, 9)].concat();
        let (mut a, mut b) = (spool(&clip), spool(&source));
        let left = JointSide { line: Line { ratio: 1.0, offset_s: 1.0 }, far_s: 0.0 };
        let presumed = Joint { left_end_s: 3.1, right_start_s: 3.1 };
        let joint = refine_joint(&mut a, &mut b, Some(left), None, presumed, 0.3).unwrap();
        assert!((joint.left_end_s - 3.0).abs() < 0.012, "{joint:?}");
        let nothing = refine_joint(&mut a, &mut b, None, None, presumed, 0.3).unwrap();
        assert_eq!(nothing, presumed);
    }
}
