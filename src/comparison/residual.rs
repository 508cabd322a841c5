//! What of a clip its source does not explain: the clip less the source, laid on its time and put
//! through the channel between them.
//!
//! The channel is one complex gain per bin and segment (Wiener solution over the segment), so that
//! codecs' cut-offs, loudspeakers and gains are undone, but a room's tail longer than a window or a
//! compressor is not.

use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

use super::{Recording, Segment};
use crate::align::lay;
use crate::decode::Spool;
use crate::dsp::speech_bands::SPEECH_RATE_HZ;
use crate::dsp::stats::{median, quantile};
use crate::dsp::stft::hann;
use crate::error::Result;

/// Seconds between values of [`Residual::level_db`].
pub const RESIDUAL_STEP_S: f64 = 0.05;

/// Rise over what is expected from which sound is said to lie over the source's own, in dB.
const RISE_DB: f64 = 12.0;

/// Shortest such stretch, in seconds.
const SHORTEST_S: f64 = 0.3;

/// Longest gap inside one, in seconds.
const GAP_S: f64 = 0.15;

/// Seconds next to a segment's ends that are not judged: windows reach over the joint.
const GUARD_S: f64 = 0.1;

/// Power that counts as nothing: -100 dBFS.
const QUIET: f64 = 1e-10;

/// What the source does not explain.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Residual {
    /// Level of the residual over the clip's, in dB, every [`RESIDUAL_STEP_S`]; `None` outside
    /// segments whose waveforms align.
    pub level_db: Vec<Option<f32>>,
    /// Level of each segment's residual over the clip's, in dB, in the order of the segments.
    pub segments_db: Vec<Option<f64>>,
    /// Stretches with sound over the source's own.
    pub additions: Vec<Addition>,
}

/// A stretch with sound over the source's own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Addition {
    /// Start and end in the clip, in seconds.
    pub a_s: (f64, f64),
    /// Level of the residual, in dBFS.
    pub level_dbfs: f64,
    /// Its rise over what the segment leaves elsewhere, in dB.
    pub rise_db: f64,
}

/// Measures what is left of a clip.
pub(super) fn measure(
    a: &mut Recording,
    b: &mut Recording,
    segments: &[Segment],
) -> Result<Residual> {
    let steps = (a.duration_s() / RESIDUAL_STEP_S).ceil() as usize;
    let step = (RESIDUAL_STEP_S * f64::from(SPEECH_RATE_HZ)) as usize;
    let mut out = Residual { level_db: vec![None; steps], ..Residual::default() };
    for segment in segments {
        if !segment.aligned {
            out.segments_db.push(None);
            continue;
        }
        let mut powers: Vec<Powers> = Vec::new();
        let start = (segment.a_s.0 / RESIDUAL_STEP_S).ceil() as usize;
        let end = ((segment.a_s.1 / RESIDUAL_STEP_S) as usize).min(steps);
        let from = (start * step) as i64;
        let count = end.saturating_sub(start) * step;
        subtract(
            &mut a.samples,
            &mut b.samples,
            segment,
            SPEECH_RATE_HZ,
            from,
            count,
            &mut |part| {
                let chunks = part.clip.chunks_exact(step).zip(part.laid.chunks_exact(step));
                for ((clip, laid), rest) in chunks.zip(part.rest.chunks_exact(step)) {
                    powers.push(Powers { clip: power(clip), laid: power(laid), rest: power(rest) });
                }
                Ok(())
            },
        )?;
        let sum = |f: &dyn Fn(&Powers) -> f64| powers.iter().map(f).sum::<f64>();
        let (of_clip, of_rest) = (sum(&|p| p.clip), sum(&|p| p.rest));
        out.segments_db.push((of_clip > 0.0).then(|| ratio_db(of_rest, of_clip)));
        for (i, powers) in powers.iter().enumerate() {
            out.level_db[start + i] = Some(ratio_db(powers.rest, powers.clip) as f32);
        }
        out.additions.extend(additions(&powers, start, segment.a_s));
    }
    Ok(out)
}

/// Mean squares over one step.
#[derive(Debug, Clone, Copy)]
struct Powers {
    clip: f64,
    /// The source behind the channel.
    laid: f64,
    rest: f64,
}

fn power(samples: &[f32]) -> f64 {
    samples.iter().map(|x| f64::from(x * x)).sum::<f64>() / samples.len().max(1) as f64
}

fn ratio_db(x: f64, y: f64) -> f64 {
    (10.0 * ((x + QUIET) / (y + QUIET)).log10()).clamp(-100.0, 60.0)
}

/// Stretches whose residual rises over what the rest of the segment leaves: a share of the source's
/// power, as a codec does, on a floor.
fn additions(powers: &[Powers], first: usize, a_s: (f64, f64)) -> Vec<Addition> {
    let mut rests: Vec<f32> = powers.iter().map(|p| p.rest as f32).collect();
    let Some(floor) = quantile(&mut rests, 0.25).map(f64::from) else { return Vec::new() };
    let mut shares: Vec<f32> =
        powers.iter().map(|p| ((p.rest - floor).max(0.0) / (p.laid + QUIET)) as f32).collect();
    let share = median(&mut shares).map_or(0.0, f64::from).max(1e-3);
    let time = |i: usize| (first + i) as f64 * RESIDUAL_STEP_S;
    let rise = |p: &Powers| ratio_db(p.rest, share * p.laid + floor);
    let inside = |i: usize| time(i) > a_s.0 + GUARD_S && time(i + 1) < a_s.1 - GUARD_S;
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (i, p) in powers.iter().enumerate().filter(|(i, _)| inside(*i)) {
        if rise(p) < RISE_DB {
            continue;
        }
        match runs.last_mut() {
            Some(run) if (i - run.1) as f64 * RESIDUAL_STEP_S <= GAP_S => run.1 = i + 1,
            _ => runs.push((i, i + 1)),
        }
    }
    runs.retain(|run| (run.1 - run.0) as f64 * RESIDUAL_STEP_S >= SHORTEST_S);
    let addition = |&(from, to): &(usize, usize)| {
        let part = &powers[from..to];
        let mean = |f: &dyn Fn(&Powers) -> f64| part.iter().map(f).sum::<f64>() / part.len() as f64;
        Addition {
            a_s: (time(from), time(to)),
            level_dbfs: ratio_db(mean(&|p| p.rest), 1.0),
            rise_db: ratio_db(mean(&|p| p.rest), share * mean(&|p| p.laid) + floor),
        }
    };
    runs.iter().map(addition).collect()
}

/// Consecutive samples of a clip and what becomes of them.
pub(super) struct Part<'a> {
    /// The clip.
    pub(super) clip: &'a [f32],
    /// The source laid on it and put through the channel.
    pub(super) laid: &'a [f32],
    /// The clip less that.
    pub(super) rest: &'a [f32],
}

/// Samples handled at a time.
const PART: usize = 1 << 15;

/// Parts that a channel is learnt from, at most, spread over the segment: a minute at 8 kHz.
const LEARNT_PARTS: usize = 16;

/// Subtracts the source from `count` samples of a segment from `from` on, both held at `rate_hz`,
/// and hands out the parts in order.
pub(super) fn subtract(
    a: &mut Spool,
    b: &mut Spool,
    segment: &Segment,
    rate_hz: u32,
    from: i64,
    count: usize,
    visit: &mut dyn FnMut(&Part) -> Result<()>,
) -> Result<()> {
    let mut filter = Filter::new(rate_hz);
    let step = PART / filter.hop * filter.hop;
    let stride = step * count.div_ceil(step).div_ceil(LEARNT_PARTS).max(1);
    for start in (0..count).step_by(stride) {
        let now = step.min(count - start);
        let at = from + start as i64;
        let (clip, laid) = (a.read(at, now)?, lay(b, &segment.line, at, now, rate_hz)?);
        filter.learn(&clip, &laid);
    }
    filter.settle();
    let margin = filter.len;
    for start in (0..count).step_by(step) {
        let now = step.min(count - start);
        let at = from + start as i64;
        let clip = a.read(at, now)?;
        let wide = lay(b, &segment.line, at - margin as i64, now + 2 * margin, rate_hz)?;
        let laid = &filter.apply(&wide)[margin..margin + now];
        let rest: Vec<f32> = clip.iter().zip(laid).map(|(x, y)| x - y).collect();
        visit(&Part { clip: &clip, laid, rest: &rest })?;
    }
    Ok(())
}

/// One complex gain per bin.
struct Filter {
    len: usize,
    hop: usize,
    window: Vec<f32>,
    planner: FftPlanner<f32>,
    cross: Vec<Complex<f64>>,
    of_laid: Vec<f64>,
    gains: Vec<Complex<f32>>,
}

impl Filter {
    /// Windows of 64 ms or the next power of two.
    fn new(rate_hz: u32) -> Self {
        let len = (rate_hz as usize * 64 / 1000).next_power_of_two().max(64);
        Self {
            len,
            hop: len / 2,
            window: hann(len).into_iter().map(f32::sqrt).collect(),
            planner: FftPlanner::new(),
            cross: vec![Complex::default(); len],
            of_laid: vec![0.0; len],
            gains: Vec::new(),
        }
    }

    fn spectrum(&mut self, samples: &[f32]) -> Vec<Complex<f32>> {
        let mut out: Vec<Complex<f32>> =
            samples.iter().zip(&self.window).map(|(x, w)| Complex::new(x * w, 0.0)).collect();
        self.planner.plan_fft_forward(self.len).process(&mut out);
        out
    }

    fn learn(&mut self, clip: &[f32], laid: &[f32]) {
        let (len, hop) = (self.len, self.hop);
        for start in (0..(clip.len() + 1).saturating_sub(len)).step_by(hop) {
            let mine = self.spectrum(&clip[start..start + len]);
            let other = self.spectrum(&laid[start..start + len]);
            for (i, (x, y)) in mine.iter().zip(&other).enumerate() {
                let product = x * y.conj();
                self.cross[i] += Complex::new(f64::from(product.re), f64::from(product.im));
                self.of_laid[i] += f64::from(y.norm_sqr());
            }
        }
    }

    fn settle(&mut self) {
        let gain = |(cross, of_laid): (&Complex<f64>, &f64)| {
            let gain = cross / (of_laid + 1e-9);
            Complex::new(gain.re as f32, gain.im as f32)
        };
        self.gains = self.cross.iter().zip(&self.of_laid).map(gain).collect();
    }

    /// As long as `samples`; the first and last window fade.
    fn apply(&mut self, samples: &[f32]) -> Vec<f32> {
        let mut out = vec![0.0; samples.len()];
        let scale = 1.0 / self.len as f32;
        for start in (0..(samples.len() + 1).saturating_sub(self.len)).step_by(self.hop) {
            let mut spectrum = self.spectrum(&samples[start..start + self.len]);
            for (x, gain) in spectrum.iter_mut().zip(&self.gains) {
                *x *= gain;
            }
            self.planner.plan_fft_inverse(self.len).process(&mut spectrum);
            let values = spectrum.iter().zip(&self.window);
            for (out, (x, w)) in out[start..].iter_mut().zip(values) {
                *out += x.re * w * scale;
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::align::Line;
    use crate::dsp::test_noise::noise;
    use crate::fingerprint::Warp;

    #[test]
    fn a_gain_is_undone_and_an_added_sound_is_left() {
        let source = noise(80_000, 1);
        let mut clip: Vec<f32> = source.iter().map(|x| 0.3 * x).collect();
        for (x, added) in clip[32_000..40_000].iter_mut().zip(noise(8000, 2)) {
            *x += 0.3 * added;
        }
        let spool = |samples: &[f32]| {
            let mut spool = Spool::default();
            spool.push(samples).unwrap();
            spool
        };
        let segment = Segment {
            a_s: (0.0, 10.0),
            line: Line { ratio: 1.0, offset_s: 0.0 },
            warp: Warp::NONE,
            gain_db: 0.0,
            inverted: false,
            aligned: true,
            waveform_score: 10.0,
            state: 0,
            similarity: 1.0,
            score: 50.0,
            also_at_s: Vec::new(),
        };
        let mut powers = Vec::new();
        let (mut a, mut b) = (spool(&clip), spool(&source));
        subtract(&mut a, &mut b, &segment, 8000, 0, 80_000, &mut |part| {
            assert_eq!(part.clip.len(), part.rest.len());
            let steps = part.clip.chunks(400).zip(part.laid.chunks(400));
            powers.extend(steps.zip(part.rest.chunks(400)).map(|((clip, laid), rest)| Powers {
                clip: power(clip),
                laid: power(laid),
                rest: power(rest),
            }));
            Ok(())
        })
        .unwrap();
        assert!(ratio_db(powers[20].rest, powers[20].clip) < -15.0);
        let found = additions(&powers, 0, (0.0, 10.0));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!((found[0].a_s.0 - 4.0).abs() < 0.06 && (found[0].a_s.1 - 5.0).abs() < 0.06);
        assert!(additions(&[], 0, (0.0, 1.0)).is_empty());
    }
}
