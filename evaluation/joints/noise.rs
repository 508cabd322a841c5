//! Steady noises of power one, fast enough for hours.

use std::f64::consts::TAU;

use crate::filters::rms;
use crate::random::Random;

/// White noise, normally distributed: Box and Muller, both values used.
pub fn white(random: &mut Random, frames: usize) -> Vec<f32> {
    let mut samples = Vec::with_capacity(frames + 1);
    while samples.len() < frames {
        let radius = (-2.0 * random.unit().max(1e-300).ln()).sqrt();
        let (sin, cos) = (TAU * random.unit()).sin_cos();
        samples.push((radius * cos) as f32);
        samples.push((radius * sin) as f32);
    }
    samples.truncate(frames);
    samples
}

/// Falls by 3 dB per octave; P. Kellet's economy filter.
pub fn pink(random: &mut Random, frames: usize) -> Vec<f32> {
    let mut rows = [0.0f32; 3];
    let mut samples = white(random, frames);
    for x in &mut samples {
        rows[0] = 0.997_65 * rows[0] + *x * 0.099_046;
        rows[1] = 0.963 * rows[1] + *x * 0.296_516_4;
        rows[2] = 0.57 * rows[2] + *x * 1.052_691_3;
        *x = rows.iter().sum::<f32>() + *x * 0.1848;
    }
    unit_power(samples)
}

/// Falls by 6 dB per octave from some 35 Hz on, over a little white noise.
pub fn brown(random: &mut Random, frames: usize, rate_hz: u32) -> Vec<f32> {
    let keep = (-TAU * 35.0 / f64::from(rate_hz)).exp() as f32;
    let mut state = 0.0f32;
    let mut samples = white(random, frames);
    for x in &mut samples {
        state = keep * state + 0.1 * *x;
        *x = state + 0.005 * *x;
    }
    unit_power(samples)
}

fn unit_power(mut samples: Vec<f32>) -> Vec<f32> {
    let scale = 1.0 / rms(&samples).max(1e-9);
    samples.iter_mut().for_each(|x| *x *= scale);
    samples
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noises_have_power_one() {
        let mut random = Random::named(1, "noise");
        for samples in [
            white(&mut random, 40_000),
            pink(&mut random, 40_000),
            brown(&mut random, 40_000, 16_000),
        ] {
            assert_eq!(samples.len(), 40_000);
            assert!((rms(&samples) - 1.0).abs() < 0.02);
        }
        assert!(white(&mut random, 0).is_empty());
    }
}
