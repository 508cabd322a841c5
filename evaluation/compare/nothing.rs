//! Clips that hold nothing to compare: silence, a tone, noise, and a short loop.

use std::f64::consts::TAU;

use crate::Outcome;
use crate::acoustics::{Noise, noise};
use crate::clip::Set;
use crate::random::Random;
use crate::sound::Sound;
use crate::sources::seed;
use crate::truth::Truth;

const KINDS: [&str; 4] = ["silence", "tone", "white_noise", "loop"];

const RATE_HZ: u32 = 16_000;

/// Makes `n` clips of each kind, each listed with a source it does not come from.
pub fn make(set: &Set, n: usize) -> Outcome<Vec<Truth>> {
    let mut truths = Vec::new();
    for kind in KINDS {
        std::fs::create_dir_all(set.out.join("clips").join(kind))?;
        for number in 0..n {
            let id = format!("{}_{kind}_{number:04}", set.split);
            let mut random = Random::named(seed(set.split), &id);
            let frames = (random.between(8.0, 15.0) * f64::from(RATE_HZ)) as usize;
            let samples = samples(kind, &mut random, frames);
            let clip = format!("clips/{kind}/{id}.wav");
            Sound::mono(RATE_HZ, samples).write_wav(&set.out.join(&clip))?;
            let source = &set.sources[random.below(set.sources.len())];
            truths.push(Truth {
                id,
                split: set.split.to_owned(),
                case: kind.to_owned(),
                material: if source.is_music { "music" } else { "speech" }.to_owned(),
                clip,
                source: Some(source.path.clone()),
                expected: "inconclusive".to_owned(),
                speed: 1.0,
                tempo: 1.0,
                pitch_semitones: 0.0,
                gain_db: 0.0,
                inverted: false,
                codec_delay_s: None,
                segments: Vec::new(),
                edits: Vec::new(),
            });
        }
    }
    Ok(truths)
}

fn samples(kind: &str, random: &mut Random, frames: usize) -> Vec<f32> {
    let rate = f64::from(RATE_HZ);
    match kind {
        // Every second silence is not quite digital.
        "silence" => {
            let level = if random.chance(0.5) { 0.0 } else { 2e-5 };
            (0..frames).map(|_| (level * random.normal()) as f32).collect()
        }
        "tone" => {
            let (hz, level) = (random.between(100.0, 3_000.0), random.between(0.05, 0.5));
            (0..frames).map(|n| (level * (TAU * hz * n as f64 / rate).sin()) as f32).collect()
        }
        "white_noise" => {
            let level = random.between(0.01, 0.2) as f32;
            noise(random, Noise::White, frames, RATE_HZ).iter().map(|x| level * x).collect()
        }
        _ => {
            let period = (random.between(0.3, 1.0) * rate) as usize;
            let burst = noise(random, Noise::Pink, period, RATE_HZ);
            (0..frames)
                .map(|n| {
                    let at = n % period;
                    burst[at] * 0.1 * (-4.0 * at as f32 / period as f32).exp()
                })
                .collect()
        }
    }
}
