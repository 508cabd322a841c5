//! Finds untouched sessions whose source holds one recording twice: `joints_audit SET RESULTS`.
//!
//! Some prompts of a telephone voice were cut from one take by their makers, so that an "untouched"
//! session may hold the same sound twice. A copy that was reported counts as such if its plain
//! waveform, and not its whitened one that the detector judges by, correlates by [`LEAST`] or more with
//! another place of the clip. Prints a line for each session: name, correlation, both times. To be read
//! by `--without` of `joints_score` and `joints_calibrate`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example prints what it finds")]
#![allow(missing_docs, unreachable_pub, reason = "an example has no documentation to build")]
#![allow(dead_code, reason = "the modules shared with other examples hold more than one needs")]

#[path = "repeated.rs"]
mod repeated;
mod results;
mod truth;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use results::{Line, read_lines};
use rustfft::FftPlanner;
use rustfft::num_complex::Complex;
use spliceprint::decode::{Clip, Input, OpenOptions};
use truth::Truth;

/// Correlation of plain waveforms from which two places are one recording.
const LEAST: f32 = 0.97;

/// Longest part of a copy that is looked for, in seconds.
const PART_S: f64 = 0.6;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let paths: Vec<PathBuf> = std::env::args().skip(1).map(PathBuf::from).collect();
    let [set, results] = paths.as_slice() else {
        return Err("usage: joints_audit SET RESULTS".into());
    };
    let truths: Vec<Truth> = read_lines(&set.join("truth.ndjson"))?;
    let clips: BTreeMap<&str, &Truth> = truths.iter().map(|t| (t.id.as_str(), t)).collect();
    let mut found: BTreeMap<String, (f32, f64, f64)> = BTreeMap::new();
    for line in read_lines::<Line>(results)? {
        // Music and synthetic signals repeat themselves; that is what makes them hard.
        let talks = |truth: &Truth| {
            let kind = truth.hard_negative.as_deref().unwrap_or("");
            truth.untouched && kind != "synthetic" && !kind.ends_with("music")
        };
        let Some(truth) = clips.get(line.id.as_str()).filter(|truth| talks(truth)) else {
            continue;
        };
        let copies: Vec<_> = line.findings.iter().filter(|f| f.detector == "copy-move").collect();
        if copies.is_empty() {
            continue;
        }
        let (samples, rate) = decode(&set.join(&truth.clip))?;
        for copy in copies {
            let middle_s = 0.5 * (copy.start_s + copy.end_s);
            let half_s = 0.5 * (copy.end_s - copy.start_s).min(PART_S);
            let (best, at_s) = best_elsewhere(&samples, rate, middle_s - half_s, 2.0 * half_s);
            eprintln!("{} {:.2} s: {best:.3} at {at_s:.2} s", line.id, copy.start_s);
            let session = repeated::session(&truth.id).to_owned();
            if best >= LEAST && found.get(&session).is_none_or(|known| best > known.0) {
                found.insert(session, (best, middle_s - half_s, at_s));
            }
        }
    }
    for (session, (correlation, one_s, other_s)) in found {
        println!("{session}\t{correlation:.3}\t{one_s:.2}\t{other_s:.2}");
    }
    Ok(())
}

fn decode(path: &Path) -> Outcome<(Vec<f32>, f64)> {
    let options = OpenOptions::default();
    let mut clip = Clip::open(&Input::Path(path.to_owned()), &options)?;
    let (mut samples, mut mono) = (Vec::new(), Vec::new());
    while let Some(block) = clip.next_block()? {
        block.mix_down(&mut mono);
        samples.extend_from_slice(&mono);
    }
    Ok((samples, f64::from(clip.stream().sample_rate_hz)))
}

/// Highest normalised correlation of the part from `start_s` with a place that it does not touch, and
/// that place in seconds.
fn best_elsewhere(samples: &[f32], rate: f64, start_s: f64, length_s: f64) -> (f32, f64) {
    let start = ((start_s * rate) as usize).min(samples.len());
    let end = (start + (length_s * rate) as usize).min(samples.len());
    let part = &samples[start..end];
    let size = (samples.len() + part.len()).next_power_of_two();
    let mut planner = FftPlanner::<f32>::new();
    let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
    let spectrum = |x: &[f32]| {
        let mut out = vec![Complex::<f32>::default(); size];
        out.iter_mut().zip(x).for_each(|(out, x)| out.re = *x);
        forward.process(&mut out);
        out
    };
    let mut product = spectrum(samples);
    product.iter_mut().zip(spectrum(part)).for_each(|(a, b)| *a *= b.conj());
    inverse.process(&mut product);
    let mut energy = vec![0.0f64];
    let mut sum = 0.0;
    for x in samples {
        sum += f64::from(*x).powi(2);
        energy.push(sum);
    }
    let own = energy[end] - energy[start];
    let mut best = (0.0, 0.0);
    for at in 0..(samples.len() + 1).saturating_sub(part.len()) {
        if at + part.len() > start && at < end {
            continue;
        }
        let there = energy[at + part.len()] - energy[at];
        let correlation = f64::from(product[at].re) / size as f64 / (own * there).sqrt().max(1e-9);
        if correlation > best.0 {
            best = (correlation, at as f64 / rate);
        }
    }
    (best.0 as f32, best.1)
}
