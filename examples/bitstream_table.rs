//! Prints what `bitstream-continuity` sees in each file named: joints, descriptions, evidence.
//!
//! Only decodes; nothing else is measured.

use std::io::Write;

use spliceprint::decode::{Clip, Input, OpenOptions};
use spliceprint::detectors::find;
use spliceprint::error::Error;
use spliceprint::features::{Features, Shape};
use spliceprint::measures::Measures;

fn features(path: &std::ffi::OsStr) -> Result<Features, Error> {
    let clip = Clip::open(&Input::Path(path.into()), &OpenOptions::default())?;
    let (_, stream, bitstream) = clip.finish()?;
    let shape = Shape {
        sample_rate_hz: stream.sample_rate_hz,
        channels: stream.channels,
        lossless: stream.lossless,
        bits_per_sample: None,
    };
    let features = Measures::new(shape).finish()?;
    Ok(Features { bitstream, duration_s: stream.duration_s, ..features })
}

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let Some(detector) = find("bitstream-continuity") else { return Ok(()) };
    for path in std::env::args_os().skip(1) {
        let name = path.to_string_lossy().into_owned();
        let features = match features(&path) {
            Ok(features) => features,
            Err(error) => {
                writeln!(out, "{name}\terror\t{error}")?;
                continue;
            }
        };
        if let Some(reason) = detector.descriptor().requires.unmet(&features) {
            writeln!(out, "{name}\tnot applicable\t{reason}")?;
            continue;
        }
        for finding in detector.detect(&features) {
            let kind = if finding.joint { "joint" } else { "describes" };
            write!(out, "{name}\t{kind}\t{:.3}\t{}", finding.time_s, finding.score)?;
            for e in &finding.evidence {
                write!(out, "\t{}={}", e.name, e.value)?;
            }
            writeln!(out)?;
        }
        writeln!(out, "{name}\texamined\t{:.3}", features.duration_s)?;
    }
    Ok(())
}
