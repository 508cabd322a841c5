//! How fast sound dies away, against how fast it ever does in the clip.
//!
//! In a room every sound leaves a tail, band by band. No voice can end faster than the room lets it,
//! but a piece cut off in the middle of a word can, under a cross-fade and after a low-rate codec
//! too. Each band's falls are measured in units of the clip's own fastest ones, so that a dry recording
//! has another yardstick than a reverberant one.

use std::ops::Range;

use super::voice::VOICE_RATE_HZ;
use crate::dsp::stats::quantile;
use crate::dsp::stft::{Frame, Stft};

/// Limits of the bands in Hz: 100 to 140 Hz wide at first, a quarter of an octave above.
const EDGES_HZ: [f32; BANDS + 1] = [
    100.0, 200.0, 320.0, 440.0, 560.0, 700.0, 860.0, 1040.0, 1240.0, 1460.0, 1720.0, 2020.0,
    2380.0, 2800.0, 3300.0, 3900.0, 4700.0, 5700.0, 7000.0,
];

const BANDS: usize = 18;

/// Length of a frame, its transform and the hop, in samples: 10 ms and 5 ms.
const FRAME: usize = 160;
const TRANSFORM: usize = 256;
const HOP: usize = 80;

/// Time between levels, in seconds.
const HOP_S: f64 = HOP as f64 / VOICE_RATE_HZ as f64;

/// Frames whose powers make one level: 20 ms.
const SUMMED: usize = 3;

/// Levels from one to the next that shares no sample with it.
const APART: usize = 4;

/// Power that stands for none; a sine at full scale has 1.
const LEAST_POWER: f32 = 1e-13;

/// Level of a band that its quietest moments lie below, and how far above it falls begin to count.
const FLOOR_QUANTILE: f64 = 0.05;
const OVER_FLOOR_DB: f32 = 3.0;

/// Largest fall that counts, in dB.
const MOST_DB: f32 = 40.0;

/// Levels in a block, 250 ms: of each the fastest fall is taken.
const BLOCK: usize = 50;

/// Blocks with faster falls than the yardstick's: one in 15, and no more than this. Joints of a clip are
/// seldom more; in a short one the seventh fastest fall is an ordinary one.
const BLOCKS_PER_RANK: usize = 15;
const MOST_RANK: usize = 6;

/// Fewest blocks that a yardstick is taken of: 4 s.
const LEAST_BLOCKS: usize = 16;

/// Least yardstick of a band, in dB: steady noise falls by so much.
const LEAST_USUAL_DB: f32 = 3.0;

/// Most that one band says, in times its yardstick.
const MOST_TIMES: f32 = 2.0;

/// Levels that share one yardstick: a minute, at the clip's end up to two.
const SEGMENT: usize = 12_000;

/// Levels at the clip's start and end that are left out: recorders and encoders fade there.
const MARGINS: (usize, usize) = (20, 80);

/// Ratio from which a place is kept.
const KEPT_FROM: f32 = 1.1;

/// Distance of two places, in levels.
const MERGED: usize = 10;

/// A place at which sound dies away faster than usual.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decay {
    /// Time in seconds.
    pub time_s: f64,
    /// Fall within 20 ms, mean over the bands, in dB.
    pub fall_db: f32,
    /// The clip's own fastest such falls, in dB: the room, and how far sound stands above the noise.
    pub usual_db: f32,
    /// Root mean square over bands of the fall in units of the band's own fastest falls, over the
    /// highest such values of the clip.
    pub ratio: f32,
}

/// Places of fast decay, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decays {
    /// Those whose ratio is at least 1.1.
    pub places: Vec<Decay>,
}

type Levels = [f32; BANDS];

/// Measures [`Decays`] from mono samples at [`VOICE_RATE_HZ`].
pub struct DecaysMeasure {
    stft: Stft,
    powers: Powers,
    out: Decays,
}

/// Band powers and levels of the segment at hand.
struct Powers {
    bins: [Range<usize>; BANDS],
    latest: [Levels; SUMMED],
    frames: usize,
    levels: Vec<Levels>,
    /// Number in the clip of the first level.
    start: usize,
}

impl Default for DecaysMeasure {
    fn default() -> Self {
        let bin = |hz: f32| (hz * TRANSFORM as f32 / VOICE_RATE_HZ as f32).ceil() as usize;
        Self {
            stft: Stft::with_window(TRANSFORM, FRAME, HOP as f64),
            powers: Powers {
                bins: std::array::from_fn(|b| bin(EDGES_HZ[b])..bin(EDGES_HZ[b + 1])),
                latest: [[0.0; BANDS]; SUMMED],
                frames: 0,
                levels: Vec::new(),
                start: 0,
            },
            out: Decays::default(),
        }
    }
}

impl DecaysMeasure {
    /// Adds samples.
    pub fn push(&mut self, samples: &[f32]) {
        let Self { stft, powers, out } = self;
        stft.push(samples, |frame| powers.push(frame));
        while powers.levels.len() >= 2 * SEGMENT {
            let first = if powers.start == 0 { MARGINS.0 } else { 0 };
            examine(&powers.levels, first..SEGMENT, powers.start, &mut out.places);
            powers.levels.drain(..SEGMENT);
            powers.start += SEGMENT;
        }
    }

    /// The places; a clip under 4 s has none.
    #[must_use]
    pub fn finish(self) -> Decays {
        let Self { stft, mut powers, mut out } = self;
        stft.finish(|frame| powers.push(frame));
        let first = if powers.start == 0 { MARGINS.0 } else { 0 };
        let end = powers.levels.len().saturating_sub(APART + MARGINS.1);
        examine(&powers.levels, first..end, powers.start, &mut out.places);
        out
    }
}

impl Powers {
    fn push(&mut self, frame: &Frame) {
        self.latest.rotate_left(1);
        for (power, bins) in self.latest[SUMMED - 1].iter_mut().zip(&self.bins) {
            *power = frame.power[bins.clone()].iter().sum();
        }
        self.frames += 1;
        if self.frames >= SUMMED {
            let level = |band: usize| {
                let power: f32 = self.latest.iter().map(|powers| powers[band]).sum();
                10.0 * (power + LEAST_POWER).log10()
            };
            self.levels.push(std::array::from_fn(level));
        }
    }
}

/// Adds the places in `range` of `levels`, of which the first is number `start` in the clip.
fn examine(levels: &[Levels], range: Range<usize>, start: usize, places: &mut Vec<Decay>) {
    if range.len() < LEAST_BLOCKS * BLOCK || range.end + APART > levels.len() {
        return;
    }
    let floors = floors(&levels[range.clone()]);
    let fall = |at: usize, band: usize| {
        let over = |level: &Levels| level[band].max(floors[band]);
        (over(&levels[at]) - over(&levels[at + APART])).clamp(0.0, MOST_DB)
    };
    let falls: Vec<Levels> =
        range.clone().map(|at| std::array::from_fn(|band| fall(at, band))).collect();
    let usual: Levels =
        std::array::from_fn(|b| yardstick(falls.iter().map(|f| f[b])).max(LEAST_USUAL_DB));
    let times = |fall: &Levels| {
        let squares = fall.iter().zip(&usual).map(|(f, u)| (f / u).min(MOST_TIMES).powi(2));
        (squares.sum::<f32>() / BANDS as f32).sqrt()
    };
    let sizes: Vec<f32> = falls.iter().map(times).collect();
    let own = yardstick(sizes.iter().copied()).max(1e-6);
    let mean_db = |fall: &Levels| fall.iter().sum::<f32>() / BANDS as f32;
    let usual_db = yardstick(falls.iter().map(mean_db));
    for (i, &size) in sizes.iter().enumerate() {
        let ratio = size / own;
        let around = i.saturating_sub(MERGED)..(i + MERGED + 1).min(sizes.len());
        let is_highest = sizes[around.start..i].iter().all(|s| *s < size)
            && sizes[i + 1..around.end].iter().all(|s| *s <= size);
        if ratio >= KEPT_FROM && is_highest {
            // A level's 20 ms end where those of the one that it is compared with begin.
            let time_s = (start + range.start + i + APART) as f64 * HOP_S;
            places.push(Decay { time_s, fall_db: mean_db(&falls[i]), usual_db, ratio });
        }
    }
}

/// Level of each band that falls begin to count from.
fn floors(levels: &[Levels]) -> Levels {
    let mut column = vec![0.0; levels.len()];
    std::array::from_fn(|band| {
        for (value, level) in column.iter_mut().zip(levels) {
            *value = level[band];
        }
        quantile(&mut column, FLOOR_QUANTILE).unwrap_or(0.0) + OVER_FLOOR_DB
    })
}

/// What the fastest of `values` come to without the few that may be joints; 0 of none.
fn yardstick(values: impl Iterator<Item = f32>) -> f32 {
    let mut highest: Vec<f32> = Vec::new();
    for (n, value) in values.enumerate() {
        match highest.last_mut() {
            Some(last) if n % BLOCK != 0 => *last = last.max(value),
            _ => highest.push(value),
        }
    }
    highest.sort_by(|a, b| b.total_cmp(a));
    let rank = (highest.len() / BLOCKS_PER_RANK).clamp(1, MOST_RANK);
    highest.get(rank).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_noise::noise;

    /// Noise that sets in every 0.4 s and dies away by 60 dB in half a second, over a faint one.
    fn room(seconds: usize) -> Vec<f32> {
        let rate = VOICE_RATE_HZ as usize;
        let (loud, faint) = (noise(seconds * rate, 3), noise(seconds * rate, 9));
        (0..seconds * rate)
            .map(|n| {
                let since_s = (n % (rate * 2 / 5)) as f32 / rate as f32;
                let tail = 10f32.powf(-6.0 * (since_s - 0.15).max(0.0));
                0.2 * loud[n] * tail + 2e-4 * faint[n]
            })
            .collect()
    }

    fn measure(samples: &[f32]) -> Decays {
        let mut measure = DecaysMeasure::default();
        for part in samples.chunks(777) {
            measure.push(part);
        }
        measure.finish()
    }

    #[test]
    fn a_tail_that_breaks_off_is_faster_than_the_room() {
        let mut samples = room(12);
        let rate = VOICE_RATE_HZ as usize;
        // At 6.1 s the sound is at its loudest, at 6.75 s nearly gone; 10 ms of cross-fade.
        let (cut, later, fade) = (61 * rate / 10, 675 * rate / 100, rate / 100);
        for n in 0..fade {
            let share = n as f32 / fade as f32;
            samples[cut + n] = (1.0 - share) * samples[cut + n] + share * samples[later + n];
        }
        samples.drain(cut + fade..later + fade);
        let places = measure(&samples).places;
        let best = places.iter().max_by(|a, b| a.ratio.total_cmp(&b.ratio)).unwrap();
        assert!((best.time_s - 6.105).abs() < 0.015 && best.ratio > 1.4, "{places:?}");
        assert!(best.fall_db > 8.0);
        assert!(places.iter().filter(|p| p.ratio > 1.25).count() == 1, "{places:?}");
    }

    #[test]
    fn a_room_alone_noise_and_silence_have_none() {
        assert!(measure(&room(150)).places.iter().all(|p| p.ratio < 1.3));
        assert!(
            measure(&noise(20 * VOICE_RATE_HZ as usize, 5)).places.iter().all(|p| p.ratio < 1.4)
        );
        assert_eq!(measure(&vec![0.0; 200_000]), Decays::default());
        assert_eq!(measure(&room(3)), Decays::default());
        assert_eq!(measure(&[]), Decays::default());
    }
}
