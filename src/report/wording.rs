//! How quantities and strengths read, the same in every format made for people.

use crate::decode::StreamInfo;
use crate::finding::{Evidence, Strength};
use crate::report::{CertificateKind, CertificateReport, FindingReport};

/// Stands under every list of indicators.
pub(crate) const ABSENCE: &str =
    "Absence of indicators does not show that the recording is unedited.";

/// Stands in its place where only a short look was taken.
pub(crate) const NO_DETECTOR: &str = "No detector has examined the sound of the files";

/// Characters that change the direction of text around them; file names use them to pose as others.
pub(crate) fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `mm:ss.mmm`, with hours before it where there are any; negative times keep their sign.
pub(crate) fn clock(time_s: f64) -> String {
    let ms = (time_s.abs() * 1e3).round() as u64;
    let sign = if time_s < 0.0 && ms > 0 { "-" } else { "" };
    let (hours, minutes, rest) = (ms / 3_600_000, ms / 60_000 % 60, ms % 60_000);
    let hours = if hours > 0 { format!("{hours}:") } else { String::new() };
    format!("{sign}{hours}{minutes:02}:{:02}.{:03}", rest / 1000, rest % 1000)
}

/// `12.345` to four significant digits or to the unit, whichever is finer, without trailing zeros.
pub(crate) fn number(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return "0".into();
    }
    let decimals = (3.0 - value.abs().log10().floor()).clamp(0.0, 9.0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
}

/// A value and its unit; none for plain ratios and for places, whose names say that they are bytes.
pub(crate) fn quantity(value: f64, unit: &str) -> String {
    let unit = if matches!(unit, "1" | "byte offset") { "" } else { unit };
    format!("{} {unit}", number(value)).trim_end().into()
}

/// Digits in groups of three.
pub(crate) fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Decimal size with the exact count behind it.
pub(crate) fn bytes(count: u64) -> String {
    let scaled = |unit: f64, name: &str| {
        format!("{:.1} {name} ({} bytes)", count as f64 / unit, grouped(count))
    };
    match count {
        0..1_000 => format!("{count} bytes"),
        1_000..1_000_000 => scaled(1e3, "kB"),
        1_000_000..1_000_000_000 => scaled(1e6, "MB"),
        _ => scaled(1e9, "GB"),
    }
}

/// `48 kHz`, or plain hertz below one.
pub(crate) fn hertz(hz: f64) -> String {
    if hz.abs() >= 1000.0 { quantity(hz / 1000.0, "kHz") } else { quantity(hz, "Hz") }
}

/// `mono`, `stereo` or the count.
pub(crate) fn channels(count: u16) -> String {
    match count {
        1 => "mono".into(),
        2 => "stereo".into(),
        n => format!("{n} channels"),
    }
}

/// Channel for people, counted from 1.
pub(crate) fn channel(finding: &FindingReport) -> Option<String> {
    finding.channel.map(|channel| format!("channel {}", u32::from(channel) + 1))
}

/// Duration, container, codec, rate and channels of the examined stream, part by part.
pub(crate) fn stream_facts(stream: &StreamInfo) -> Vec<String> {
    let mut facts = vec![
        clock(stream.duration_s),
        stream.container.clone(),
        stream.codec.clone(),
        hertz(f64::from(stream.sample_rate_hz)),
        channels(stream.channels),
    ];
    facts.extend(stream.bits_per_sample.map(|bits| format!("{bits} bit")));
    facts.extend(stream.bit_rate_bps.map(bit_rate));
    facts.retain(|fact| !fact.is_empty());
    facts
}

/// `128 kbit/s`.
pub(crate) fn bit_rate(bps: u64) -> String {
    quantity(bps as f64 / 1000.0, "kbit/s")
}

/// The strength as a word of a sentence.
pub(crate) fn strength(strength: Strength) -> &'static str {
    match strength {
        Strength::VeryStrong => "very strong",
        other => other.as_str(),
    }
}

/// What the strength stands on.
pub(crate) fn strength_meaning(strength: Strength) -> &'static str {
    match strength {
        Strength::Uncalibrated => "no error rate has been counted for this score",
        Strength::Limited => "more than one false point an hour on untouched recordings",
        Strength::Moderate => "at most one false point an hour on untouched recordings",
        Strength::Strong => "at most 0.05 false points an hour on untouched recordings",
        Strength::VeryStrong => "at most 0.005 false points an hour on untouched recordings",
    }
}

/// A `snake_case` or `kebab-case` name as words.
pub(crate) fn words(name: &str) -> String {
    name.replace(['_', '-'], " ")
}

/// `step height 9.2 dB (reports from 6 dB)`.
pub(crate) fn evidence(evidence: &Evidence) -> String {
    let value = format!("{} {}", words(&evidence.name), quantity(evidence.value, &evidence.unit));
    match evidence.threshold {
        Some(threshold) => {
            format!("{value} (reports from {})", quantity(threshold, &evidence.unit))
        }
        None => value,
    }
}

/// Note and evidence of a finding in one line.
pub(crate) fn evidence_line(finding: &FindingReport) -> String {
    let note = finding.note.iter().cloned();
    note.chain(finding.evidence.iter().map(evidence)).collect::<Vec<_>>().join("; ")
}

/// `1 place`, `3 places`.
pub(crate) fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// Label and unit of a series from a name such as `loudness_lufs`.
pub(crate) fn series_label(name: &str) -> (String, &'static str) {
    const UNITS: [(&str, &str); 12] = [
        ("_dbfs", "dBFS"),
        ("_dbtp", "dBTP"),
        ("_lufs", "LUFS"),
        ("_lu", "LU"),
        ("_db", "dB"),
        ("_khz", "kHz"),
        ("_hz", "Hz"),
        ("_ms", "ms"),
        ("_s", "s"),
        ("_samples", "samples"),
        ("_bits", "bits"),
        ("_degrees", "degrees"),
    ];
    let found = UNITS.iter().find_map(|(suffix, unit)| Some((name.strip_suffix(suffix)?, *unit)));
    let (stem, unit) = found.unwrap_or((name, ""));
    let label: Vec<String> = stem
        .split('_')
        .map(|word| match word {
            "dc" | "enf" | "rms" | "lpc" => word.to_uppercase(),
            word => word.to_string(),
        })
        .collect();
    (label.join(" "), unit)
}

/// A value of a series; mains frequencies differ in their third decimal.
pub(crate) fn series_value(name: &str, value: f64) -> String {
    if is_frequency_of_mains(name) { format!("{value:.3}") } else { quantity(value, "") }
}

/// Whether a series holds frequencies of the mains, by its name.
pub(crate) fn is_frequency_of_mains(name: &str) -> bool {
    name == "enf_hz"
}

/// How the versions of a certificate were saved, in words.
pub(crate) fn encoded_as(certificate: &CertificateReport) -> String {
    match &certificate.encoded_as {
        Some(encoding) => format!("saved as the clip is ({encoding})"),
        None => "saved without loss, as no encoder was at hand: upper bounds".into(),
    }
}

/// `18 of 24 found (75 %, 55–88 %)`, or that none could be made.
pub(crate) fn found_of(kind: &CertificateKind) -> String {
    if kind.made == 0 {
        return "no place for such a cut".into();
    }
    format!(
        "{} of {} found ({:.0} %, {:.0}–{:.0} %)",
        kind.found,
        kind.made,
        100.0 * kind.recall,
        100.0 * kind.recall_low,
        100.0 * kind.recall_high
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_a_clock() {
        assert_eq!(clock(0.0), "00:00.000");
        assert_eq!(clock(72.3456), "01:12.346");
        assert_eq!(clock(59.9996), "01:00.000");
        assert_eq!(clock(3725.5), "1:02:05.500");
        assert_eq!(clock(-0.25), "-00:00.250");
    }

    #[test]
    fn numbers_keep_four_digits_and_no_trailing_zeros() {
        for (value, text) in
            [(0.0, "0"), (12.345_67, "12.35"), (16000.0, "16000"), (-0.000_123_4, "-0.0001234")]
        {
            assert_eq!(number(value), text);
        }
        assert_eq!(quantity(2.0, ""), "2");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(bytes(1_048_576), "1.0 MB (1,048,576 bytes)");
        assert_eq!(hertz(44_100.0), "44.1 kHz");
    }

    #[test]
    fn a_series_name_gives_label_and_unit() {
        assert_eq!(series_label("loudness_lufs"), ("loudness".into(), "LUFS"));
        assert_eq!(series_label("noise_floor_dbfs"), ("noise floor".into(), "dBFS"));
        assert_eq!(series_label("dc_offset").0, "DC offset");
        assert_eq!(series_label("speech_share"), ("speech share".into(), ""));
    }

    #[test]
    fn evidence_names_the_threshold_it_passed() {
        let with = Evidence::above("step_height", 9.24, "dB", 6.0);
        assert_eq!(evidence(&with), "step height 9.24 dB (reports from 6 dB)");
        assert_eq!(evidence(&Evidence::new("ratio", 0.5, "1")), "ratio 0.5");
        assert_eq!(evidence(&Evidence::new("at_byte", 5.0, "byte offset")), "at byte 5");
    }
}
