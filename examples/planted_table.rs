//! Plants faults at seeded random places of untouched recordings and counts what is found.
//!
//! `cargo run --release --example planted_table -- FOLDER [PLACES]` prints a Markdown table: for every
//! recording how many of PLACES (20) planted faults of each kind have an edit point within 20 ms, how
//! many edit points lie elsewhere, and how many the untouched recording has.
#![allow(clippy::print_stdout, reason = "an example prints its table")]

use std::error::Error;
use std::path::{Path, PathBuf};

use spliceprint::analysis::{Settings, analyze};
use spliceprint::decode::{Clip, Input, OpenOptions};

/// Distance within which an edit point counts as found, in seconds.
const TOLERANCE_S: f64 = 0.02;

/// Sound kept before and after a planted fault, in seconds.
const MARGIN_S: f64 = 1.0;

type Plant = fn(&[f32], usize, usize) -> Vec<f32>;

/// Name, and what it does to samples at a place, at a rate in Hz.
const PLANTS: [(&str, Plant); 3] = [
    ("0.5 s cut out, butt joint", |x, at, rate| [&x[..at], &x[at + rate / 2..]].concat()),
    ("0.5 s cut out, 10 ms cross-fade", |x, at, rate| {
        let fade = rate / 100;
        let mut out = x[..at].to_vec();
        let (left, right) = (&x[at..at + fade], &x[at + rate / 2..at + rate / 2 + fade]);
        out.extend(left.iter().zip(right).enumerate().map(|(n, (l, r))| {
            let share = n as f32 / fade as f32;
            l * (1.0 - share) + r * share
        }));
        out.extend_from_slice(&x[at + rate / 2 + fade..]);
        out
    }),
    ("50 ms of zeros", |x, at, rate| {
        let mut out = x.to_vec();
        out[at..at + rate / 20].fill(0.0);
        out
    }),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("which folder?")?);
    let places: u64 = arguments.next().map_or(Ok(20), |n| n.parse())?;
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
    files.retain(|file| file.is_file());
    files.sort();
    let work = tempfile::tempdir()?;
    let heads: Vec<&str> = PLANTS.iter().map(|plant| plant.0).collect();
    println!("| recording | seconds | {} | elsewhere | untouched |", heads.join(" | "));
    println!("|---|---|{}---|---|", "---|".repeat(PLANTS.len()));
    let (mut hours, mut totals, mut tries, mut elsewhere, mut false_points) =
        (0.0, [0; 3], 0, 0, 0);
    for file in &files {
        let Ok((samples, rate)) = mono(file) else { continue };
        let seconds = samples.len() as f64 / f64::from(rate);
        if seconds < 2.0 * MARGIN_S + 1.5 {
            continue;
        }
        let path = work.path().join("clip.wav");
        let untouched = edit_points(&path, &samples, rate)?.len();
        let (mut found, mut other) = ([0; 3], 0);
        for (kind, (_, plant)) in PLANTS.iter().enumerate() {
            for place in 0..places {
                let at_s = MARGIN_S + unit(place) * (seconds - 2.0 * MARGIN_S - 0.6);
                let at = (at_s * f64::from(rate)) as usize;
                let points = edit_points(&path, &plant(&samples, at, rate as usize), rate)?;
                let near = |t: &&f64| (**t - at_s).abs() <= TOLERANCE_S;
                found[kind] += i32::from(points.iter().any(|t| near(&t)));
                other += points.iter().filter(|t| (**t - at_s).abs() > 0.1).count();
            }
        }
        let cells: Vec<String> = found.iter().map(|n| format!("{n}/{places}")).collect();
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        println!("| {name} | {seconds:.1} | {} | {other} | {untouched} |", cells.join(" | "));
        hours += seconds / 3600.0;
        tries += places;
        elsewhere += other;
        false_points += untouched;
        totals.iter_mut().zip(found).for_each(|(total, n)| *total += n);
    }
    let cells: Vec<String> = totals.iter().map(|n| format!("{n}/{tries}")).collect();
    let all = cells.join(" | ");
    println!(
        "| all | {:.1} | {all} | {elsewhere} | {false_points} in {hours:.3} h |",
        hours * 3600.0
    );
    Ok(())
}

/// The `n`-th number of a fixed sequence that fills 0..1 evenly (golden ratio).
fn unit(n: u64) -> f64 {
    ((n + 1) as f64 * 0.618_033_988_749_894_9).fract()
}

/// Mean of all channels, and the rate in Hz.
fn mono(path: &Path) -> Result<(Vec<f32>, u32), Box<dyn Error>> {
    let mut clip = Clip::open(&Input::Path(path.to_owned()), &OpenOptions::default())?;
    let mut samples = Vec::new();
    while let Some(block) = clip.next_block()? {
        let count = block.channels.len() as f32;
        samples.extend(
            (0..block.frames()).map(|n| block.channels.iter().map(|c| c[n]).sum::<f32>() / count),
        );
    }
    Ok((samples, clip.finish()?.stream.sample_rate_hz))
}

/// Times of the edit points of samples saved as 16-bit WAV.
fn edit_points(path: &Path, samples: &[f32], rate: u32) -> Result<Vec<f64>, Box<dyn Error>> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: rate,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(path, spec)?;
    for x in samples {
        writer.write_sample((x * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16)?;
    }
    writer.finalize()?;
    let analysis = analyze(&Input::Path(path.to_owned()), &Settings::default(), &mut |_, _| ())?;
    Ok(analysis.edit_points.iter().map(|point| point.time_s).collect())
}
