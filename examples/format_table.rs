//! Decodes every file of a folder with this crate and with `ffmpeg`, and prints how they differ.
//!
//! `cargo run --example format_table -- FOLDER [--truncated]`. With `--truncated` each file is cut
//! to 60 % of its bytes first, and only the decoded seconds are compared. Decoders of `ffmpeg` that
//! are no reference (its own Opus and AMR, fixed-point MP2) are replaced by the reference ones.
#![allow(clippy::print_stdout, reason = "an example prints its table")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

use spliceprint::decode::{Clip, Ended, Input, OpenOptions, Source, StreamInfo};

/// Offsets searched, in samples to each side.
const SEARCH: i64 = 3_000;

struct Audio {
    rate_hz: u32,
    channels: Vec<Vec<f32>>,
}

impl Audio {
    fn frames(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    fn seconds(&self) -> f64 {
        self.frames() as f64 / f64::from(self.rate_hz.max(1))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("which folder?")?);
    let truncated = arguments.next().as_deref() == Some("--truncated");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|f| f.is_file());
    files.sort();
    if truncated {
        println!(
            "| file | container | codec | seconds here | seconds ffmpeg | difference | damage |"
        );
        println!("|---|---|---|---|---|---|---|");
    } else {
        println!(
            "| file | container | codec | rate | ch | SNR dB | offset | length | decoder | notes |"
        );
        println!("|---|---|---|---|---|---|---|---|---|---|");
    }
    let cut_folder = tempfile::tempdir()?;
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if truncated {
            let bytes = std::fs::read(&file)?;
            let cut = cut_folder.path().join(&name);
            std::fs::write(&cut, &bytes[..bytes.len() * 6 / 10])?;
            truncated_row(&name, &cut);
            std::fs::remove_file(&cut)?;
        } else {
            println!("{}", row(&name, &file));
        }
    }
    Ok(())
}

fn truncated_row(name: &str, file: &Path) {
    let ours = decode(file);
    let theirs = ffmpeg(file, "").map_or(0.0, |a| a.seconds());
    match ours {
        Ok((audio, _, info)) => println!(
            "| {name} | {} | {} | {:.2} | {theirs:.2} | {:+.2} | {} |",
            info.container,
            info.codec,
            audio.seconds(),
            audio.seconds() - theirs,
            notes(&info)
        ),
        Err(e) => println!("| {name} | | | 0 | {theirs:.2} | {:+.2} | {e} |", -theirs),
    }
}

fn row(name: &str, file: &Path) -> String {
    let (ours, _, info) = match decode(file) {
        Ok(decoded) => decoded,
        Err(e) => return format!("| {name} | | | | | | | | | {e} |"),
    };
    let head = format!(
        "| {name} | {} | {} | {} | {} |",
        info.container, info.codec, info.sample_rate_hz, info.channels
    );
    let tail = format!("{} ({}) | {} |", info.decoder.name, info.decoder.accuracy, notes(&info));
    let theirs = match ffmpeg(file, &info.codec) {
        Ok(audio) => audio,
        Err(e) => return format!("{head} ffmpeg: {e} | | | {tail}"),
    };
    if (theirs.rate_hz, theirs.channels.len()) != (ours.rate_hz, ours.channels.len()) {
        return format!(
            "{head} ffmpeg has {} Hz, {} ch | | | {tail}",
            theirs.rate_hz,
            theirs.channels.len()
        );
    }
    let offset = offset(&ours.channels[0], &theirs.channels[0], ours.rate_hz as usize);
    let (snr, order) = snr(&ours, &theirs, offset);
    let length = ours.frames() as i64 - theirs.frames() as i64;
    let order = if order.is_sorted() { String::new() } else { format!(" order {order:?}") };
    format!("{head} {snr}{order} | {offset} | {length:+} | {tail}")
}

fn notes(info: &StreamInfo) -> String {
    let damage = info.damage.iter().map(|d| format!("{:.2} s {}", d.time_s, d.what));
    let mut notes: Vec<String> = info.warnings.iter().cloned().chain(damage).take(4).collect();
    if let Some(encoder) = &info.encoder {
        notes.push(encoder.clone());
    }
    notes.join("; ")
}

fn decode(file: &Path) -> Result<(Audio, Source, StreamInfo), spliceprint::error::Error> {
    // A folder of damaged files must give a table even where a decoder falls over.
    std::panic::catch_unwind(|| decode_all(file))
        .unwrap_or_else(|_| Err(spliceprint::error::Error::NoAudio { what: "PANIC".into() }))
}

fn decode_all(file: &Path) -> Result<(Audio, Source, StreamInfo), spliceprint::error::Error> {
    let options = OpenOptions { allow_external: true, ..OpenOptions::default() };
    let mut clip = Clip::open(&Input::Path(file.to_owned()), &options)?;
    let mut channels = vec![Vec::new(); usize::from(clip.stream().channels)];
    let rate_hz = clip.stream().sample_rate_hz;
    while let Some(block) = clip.next_block()? {
        for (all, some) in channels.iter_mut().zip(&block.channels) {
            all.extend_from_slice(some);
        }
    }
    let Ended { source, stream: info, .. } = clip.finish()?;
    Ok((Audio { rate_hz, channels }, source, info))
}

/// Decodes with `ffmpeg` into AU, whose header has rate and channels.
fn ffmpeg(file: &Path, codec: &str) -> Result<Audio, Box<dyn Error>> {
    let decoder = match codec {
        "Opus" => Some("libopus"),
        "AMR-NB" => Some("libopencore_amrnb"),
        "AMR-WB" => Some("libopencore_amrwb"),
        "MP2" => Some("mp2float"),
        _ => None,
    };
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "quiet"]);
    if let Some(decoder) = decoder {
        command.args(["-c:a", decoder]);
    }
    if codec == "Opus" {
        command.args(["-request_sample_fmt", "flt"]);
    }
    command.arg("-i").arg(file).args([
        "-vn",
        "-map",
        "0:a:0",
        "-c:a",
        "pcm_f32be",
        "-f",
        "au",
        "-",
    ]);
    let bytes = command.output()?.stdout;
    let word = |at: usize| -> Result<u32, Box<dyn Error>> {
        let bytes = bytes.get(at..).and_then(|b| b.first_chunk()).ok_or("no output")?;
        Ok(u32::from_be_bytes(*bytes))
    };
    let (start, rate_hz, count) = (word(4)? as usize, word(16)?, word(20)? as usize);
    let samples: Vec<f32> =
        bytes[start..].as_chunks::<4>().0.iter().map(|b| f32::from_be_bytes(*b)).collect();
    let channels =
        (0..count).map(|c| samples.iter().skip(c).step_by(count).copied().collect()).collect();
    Ok(Audio { rate_hz, channels })
}

/// Samples by which `ours` is late, found on the loudest second of `theirs`.
fn offset(ours: &[f32], theirs: &[f32], rate: usize) -> i64 {
    let margin = SEARCH as usize;
    if theirs.len() < rate + 2 * margin {
        return 0;
    }
    let energy = |at: usize| theirs[at..at + rate].iter().map(|s| s * s).sum::<f32>();
    let places = (margin..theirs.len() - rate - margin).step_by(rate / 4);
    let start = places.max_by(|a, b| energy(*a).total_cmp(&energy(*b))).unwrap_or(margin);
    let wanted = &theirs[start..start + rate];
    let score = |shift: i64| {
        let at = (start as i64 + shift) as usize;
        let Some(have) = ours.get(at..at + rate) else { return f32::MIN };
        let (mut dot, mut power) = (0.0, 1e-9);
        for (a, b) in have.iter().zip(wanted) {
            dot += a * b;
            power += a * a;
        }
        dot / power.sqrt()
    };
    let best = (-SEARCH..=SEARCH).max_by(|a, b| score(*a).total_cmp(&score(*b)));
    best.unwrap_or(0)
}

/// SNR of the difference, and for each channel of `ours` the one of `theirs` it is.
fn snr(ours: &Audio, theirs: &Audio, offset: i64) -> (String, Vec<usize>) {
    let (skip_ours, skip_theirs) = (offset.max(0) as usize, (-offset).max(0) as usize);
    let error = |a: &[f32], b: &[f32]| {
        let (mut signal, mut noise) = (0.0f64, 0.0f64);
        for (x, y) in a.iter().skip(skip_ours).zip(b.iter().skip(skip_theirs)) {
            signal += f64::from(*y).powi(2);
            noise += (f64::from(*x) - f64::from(*y)).powi(2);
        }
        (signal, noise)
    };
    let (mut signal, mut noise, mut order) = (0.0, 0.0, Vec::new());
    for own in &ours.channels {
        let all: Vec<(f64, f64)> = theirs.channels.iter().map(|other| error(own, other)).collect();
        let here = order.len();
        let best = (0..all.len())
            .min_by(|&a, &b| all[a].1.total_cmp(&all[b].1).then((a != here).cmp(&(b != here))))
            .unwrap_or(0);
        signal += all[best].0;
        noise += all[best].1;
        order.push(best);
    }
    let text = if noise == 0.0 {
        "bit-exact".into()
    } else {
        format!("{:.1}", 10.0 * (signal / noise).log10())
    };
    (text, order)
}
