//! Words for how a clip was encoded: what the samples show of earlier encodings beside what the frames of the file
//! say of the last one.

use crate::report::wording::{bit_rate, count, grouped, hertz, number};
use crate::report::{CompressionStep, Provenance, QuantisationReport, ScaleFactorsReport, Spread};

/// Layouts of frames and the codecs that have them.
const LAYOUTS: [(&str, &[&str]); 2] =
    [("MP3", &["MP3"]), ("AAC-LC", &["AAC-LC", "HE-AAC", "HE-AAC v2", "AAC"])];

/// One encoding in words.
pub(crate) struct EncodingWords {
    /// Codec, and rate where it is known.
    pub(crate) encoding: String,
    /// Where it shows.
    pub(crate) seen_in: &'static str,
    /// What shows it.
    pub(crate) shown_by: String,
    /// Whether the frames of the file agree.
    pub(crate) frames: String,
}

/// Every encoding, oldest first.
pub(crate) fn encodings(provenance: &Provenance) -> Vec<EncodingWords> {
    let frames = provenance.quantisation.as_ref();
    provenance.compression_history.iter().map(|step| encoding(step, frames)).collect()
}

fn encoding(step: &CompressionStep, frames: Option<&QuantisationReport>) -> EncodingWords {
    let is_last = step.observed_in == "stream";
    let rate = step.bit_rate_bps.map(|bps| format!(" {}", bit_rate(bps))).unwrap_or_default();
    EncodingWords {
        encoding: format!("{}{rate}", step.codec),
        seen_in: if is_last { "this file" } else { "frame grid" },
        shown_by: if is_last { "the stream itself".into() } else { grid(step) },
        frames: match frames {
            None => "not read".into(),
            Some(frames) if is_last => last(step, frames),
            Some(_) => "neither agree nor disagree: their heads tell of the last encoding".into(),
        },
    }
}

fn grid(step: &CompressionStep) -> String {
    let (z, share) = (step.z.unwrap_or(0.0), 100.0 * step.coverage.unwrap_or(0.0));
    let period = step.frame_samples.map(|n| format!("{n} samples, ")).unwrap_or_default();
    format!("{period}z {z:.0}, in {share:.0} % of the clip")
}

/// Whether the frames are what the stream is said to be.
fn last(step: &CompressionStep, frames: &QuantisationReport) -> String {
    let fits = LAYOUTS
        .iter()
        .any(|(layout, codecs)| frames.format == *layout && codecs.contains(&step.codec.as_str()));
    let read = count(frames.frames as usize, "frame", "frames");
    let rate = rates(frames.bit_rate_kbps);
    let word = if fits { "agree" } else { "disagree" };
    format!("{word}: {read} of {} at {rate}", frames.format)
}

/// All encodings in a line, such as `AAC-LC (frame grid) → MP3 128 kbit/s (this file)`.
pub(crate) fn chain(provenance: &Provenance) -> Option<String> {
    let steps: Vec<String> = encodings(provenance)
        .iter()
        .map(|step| format!("{} ({})", step.encoding, step.seen_in))
        .collect();
    (!steps.is_empty()).then(|| steps.join(" → "))
}

/// The frames of the last encoding in a line.
pub(crate) fn frames_line(frames: &QuantisationReport) -> String {
    let mut parts = vec![format!("{} at {}", frames.format, rates(frames.bit_rate_kbps))];
    parts.extend(frames.global_gain.map(|gain| format!("global gain {}", spread(gain, number))));
    parts.extend(frames.highest_line_hz.map(|line| format!("lines up to {}", hertz(line.p95))));
    parts.push(format!("short windows {}", percent(frames.windows.short)));
    parts.extend(
        frames
            .reservoir
            .map(|r| format!("reservoir used by {} of frames", percent(r.borrowing_share))),
    );
    parts.join(" · ")
}

/// What the frames say, by name.
pub(crate) fn frame_facts(frames: &QuantisationReport) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("Frames read", format!("{} of {}", grouped(frames.frames), frames.format)),
        ("Bit rate of single frames", rates(frames.bit_rate_kbps)),
    ];
    let mut add = |name, value: Option<String>| facts.extend(value.map(|value| (name, value)));
    let unread = (frames.unread_frames > 0).then(|| grouped(frames.unread_frames));
    add("Frames that could not be read", unread);
    let gain = frames
        .global_gain
        .map(|gain| format!("{}; the quantiser's step doubles with every 4", spread(gain, number)));
    add("Global gain", gain);
    add("Coded lines end at", frames.highest_line_hz.map(|line| spread(line, hertz)));
    add("Bands that were sent end at", frames.highest_band_hz.map(|band| spread(band, hertz)));
    let w = frames.windows;
    let windows = [(w.long, "long"), (w.start, "start"), (w.short, "short"), (w.stop, "stop")];
    let windows = windows.map(|(share, name)| format!("{} {name}", percent(share)));
    add("Windows", Some(windows.join(", ")));
    add("Kaiser-Bessel windows", frames.kaiser_bessel_share.map(percent));
    add("Without data", Some(percent(frames.empty_share)));
    add("Without scale factors", frames.no_scale_factors_share.map(percent));
    add("Sum and difference coded", frames.mid_side_share.map(percent));
    add("Intensity stereo", frames.intensity_share.map(percent));
    let reservoir = frames.reservoir.map(|r| {
        format!(
            "{} of frames begin their data earlier, by {:.0} bytes on average; {} of the room is unused",
            percent(r.borrowing_share),
            r.mean_bytes,
            percent(r.unused_share)
        )
    });
    add("Bit reservoir", reservoir);
    let lines = frames.lines.as_ref().map(|lines| {
        let all = (lines.counts.iter().sum::<u64>() + lines.larger).max(1) as f64;
        let [zero, one, two] = [0, 1, 2]
            .map(|size: usize| percent(lines.counts.get(size).copied().unwrap_or(0) as f64 / all));
        format!(
            "{zero} of size 0, {one} of 1, {two} of 2; zeros for which no code is spent are not counted"
        )
    });
    add("Coded lines", lines);
    add("Scale factors", frames.scale_factors.as_ref().map(|scales| scales_fact(frames, scales)));
    let bands = frames.bands.map(|bands| {
        let [zero, noise, level] = [bands.zero, bands.noise, bands.intensity].map(percent);
        format!("{zero} zero, {noise} noise, {level} intensity")
    });
    add("Scale-factor bands", bands);
    facts
}

/// How scale factors spread: the median, and where all but 5 % on each side lie.
fn scales_fact(frames: &QuantisationReport, scales: &ScaleFactorsReport) -> String {
    let values = || (scales.first..).zip(&scales.counts);
    let all: u64 = scales.counts.iter().sum();
    let at = |share: f64| {
        let (wanted, mut sum) = ((all as f64 * share).ceil() as u64, 0);
        let reached = values().find(|(_, count)| {
            sum += **count;
            sum >= wanted.max(1)
        });
        reached.map_or(0.0, |(value, _)| f64::from(value))
    };
    let zeros = values().find(|(value, _)| *value == 0).map_or(0, |(_, count)| *count);
    let what = if frames.format == "MP3" { "sent" } else { "steps from band to band" };
    let range = spread(Spread { p5: at(0.05), median: at(0.5), p95: at(0.95) }, number);
    format!("{what}: {range}; {} are 0", percent(zeros as f64 / all.max(1) as f64))
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn rates(rate: Spread) -> String {
    format!("{} kbit/s", spread(rate, number))
}

/// The median, with where all but 5 % on each side lie, unless that is one value.
fn spread(of: Spread, unit: fn(f64) -> String) -> String {
    let [low, middle, high] = [of.p5, of.median, of.p95].map(unit);
    if low == high { middle } else { format!("{middle} ({low} to {high})") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample_report;

    #[test]
    fn a_chain_names_every_encoding() {
        let provenance = sample_report().document.provenance;
        let expected = "MP3 (frame grid) → AAC-LC 128 kbit/s (this file)";
        assert_eq!(chain(&provenance).as_deref(), Some(expected));
        assert_eq!(chain(&Provenance::default()), None);
        let steps = encodings(&provenance);
        assert!(steps[0].frames.starts_with("neither agree nor disagree"));
        assert!(
            steps[1].frames.starts_with("agree: 862 frames of AAC-LC at 128 (96 to 171) kbit/s")
        );
    }

    #[test]
    fn frames_of_another_layout_disagree() {
        let mut provenance = sample_report().document.provenance;
        provenance.compression_history[1].codec = "MP3".into();
        assert!(encodings(&provenance)[1].frames.starts_with("disagree: "));
        provenance.quantisation = None;
        assert_eq!(encodings(&provenance)[1].frames, "not read");
    }

    #[test]
    fn scale_factors_spread_round_their_median() {
        let frames = QuantisationReport { format: "AAC-LC".into(), ..Default::default() };
        let fact = |first, counts: &[u64]| {
            scales_fact(&frames, &ScaleFactorsReport { first, counts: counts.to_vec() })
        };
        assert_eq!(fact(-1, &[2, 6, 2]), "steps from band to band: 0 (-1 to 1); 60.0 % are 0");
        assert_eq!(fact(3, &[5]), "steps from band to band: 3; 0.0 % are 0");
    }

    #[test]
    fn one_value_has_no_range() {
        let of = |p5, median, p95| spread(Spread { p5, median, p95 }, number);
        assert_eq!(of(128.0, 128.0, 128.0), "128");
        assert_eq!(of(96.0, 128.0, 160.0), "128 (96 to 160)");
    }
}
