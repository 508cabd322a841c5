//! Where one line ends and the next begins, from how well the source explains the clip's spectrum
//! every 4 ms.

use super::line::Line;
use super::waveform::lay;
use crate::decode::Spool;
use crate::dsp::speech_bands::SPEECH_RATE_HZ;
use crate::dsp::stats::quantile;
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

/// What a foreign stretch is worth after which the source goes on where it had stopped, over lines
/// that merely meet, in nats: chance seldom hits the same place.
const RESUMED: f64 = 6.0;

/// Longest foreign stretch that is looked over for that, in seconds.
const LONGEST_FOREIGN_S: f64 = 20.0;

/// What any other foreign stretch must gain, in nats.
const FOREIGN: f64 = 12.0;

/// Foreign stretches shorter than this are not told from the blur of a joint, in seconds.
const SHORTEST_FOREIGN_S: f64 = 0.12;

/// Seconds at which the prior of the joint's place falls to a half; its tails are long, since in a
/// pause the path does not know where it left.
const PRIOR_S: f64 = 0.3;

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
/// source goes on after it where it stopped; anything else. The last needs more evidence.
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
    // Sides that may meet are looked at over the whole of the gap.
    let gap_reach_s = if gap_s < 3.0 * reach_s { gap_s } else { 0.0 };
    // Clip seconds after which the source would go on where the left side stopped.
    let resumption_s = left.zip(right).and_then(|(left, right)| {
        let resumed_s = right.line.a(left.line.b(presumed.left_end_s));
        let length_s = resumed_s - presumed.left_end_s;
        let inside = resumed_s < right.far_s - SHORTEST_FOREIGN_S;
        let possible = (SHORTEST_FOREIGN_S..LONGEST_FOREIGN_S).contains(&length_s);
        (inside && possible).then_some(length_s)
    });
    let resumed_reach_s = resumption_s.map_or(0.0, |s| s - gap_s).max(0.0);
    let left_cut = match left {
        Some(side) => Cut::of(a, b, &side, presumed.left_end_s, reach_s, reach_s + gap_reach_s)?,
        None => None,
    };
    let right_cut = match right {
        Some(side) => {
            let (before_s, after_s) = (reach_s + gap_reach_s, reach_s + resumed_reach_s);
            Cut::of(a, b, &side, presumed.right_start_s, before_s, after_s)?
        }
        None => None,
    };
    let (Some(left_cut), Some(right_cut)) = (&left_cut, &right_cut) else {
        return Ok(Joint {
            left_end_s: left_cut.map_or(presumed.left_end_s, |cut| cut.best().1),
            right_start_s: right_cut.map_or(presumed.right_start_s, |cut| cut.best().1),
        });
    };
    let (free_left, free_right) = (left_cut.best(), right_cut.best());
    let together = left_cut.best_with(|time_s| right_cut.at(time_s) - right_cut.prior(time_s));
    // Where the source goes on after the gap as if nothing had been there.
    let resumes = left.zip(right).filter(|_| resumption_s.is_some()).map(|(left, right)| {
        let after = |time_s: f64| right.line.a(left.line.b(time_s));
        let best = left_cut.best_with(|time_s| right_cut.at(after(time_s)));
        (best.0, best.1, after(best.1))
    });
    let meeting = (together.0, Joint { left_end_s: together.1, right_start_s: together.1 });
    let mut best = meeting;
    if let Some((sum, left_end_s, right_start_s)) = resumes.filter(|r| r.0 + RESUMED > best.0) {
        best = (sum + RESUMED, Joint { left_end_s, right_start_s });
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
    presumed_s: f64,
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
        Ok(Some(Self { presumed_s, from_s, values }))
    }

    fn time(&self, i: usize) -> f64 {
        self.from_s + (i * HOP) as f64 / RATE
    }

    /// Evidence for an end at this time; minus infinity outside.
    fn at(&self, time_s: f64) -> f64 {
        let i = ((time_s - self.from_s) * RATE / HOP as f64).round();
        let value = (i >= 0.0).then(|| self.values.get(i as usize)).flatten();
        value.copied().unwrap_or(f64::NEG_INFINITY)
    }

    /// What the path's place of the joint takes from other places.
    fn prior(&self, time_s: f64) -> f64 {
        ((time_s - self.presumed_s) / PRIOR_S).powi(2).ln_1p()
    }

    /// Best sum of the evidence, the prior and `other`, and its time.
    fn best_with(&self, other: impl Fn(f64) -> f64) -> (f64, f64) {
        let sum = |i: usize| {
            let time_s = self.time(i);
            (self.values[i] - self.prior(time_s) + other(time_s), time_s)
        };
        let sums = (0..self.values.len()).map(sum);
        sums.fold((f64::NEG_INFINITY, self.from_s), |x, y| if y.0 > x.0 { y } else { x })
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
    fn learn(a: &mut Spool, b: &mut Spool, side: &JointSide, near_s: f64) -> Result<Option<Self>> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_noise::noise;

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
        let joint = refine_joint(&mut a, &mut b, Some(left), Some(right), presumed, 0.3).unwrap();
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
