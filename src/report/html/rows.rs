//! Tables of the page: the file, its stream, its measurements and how the report was made.

use super::provenance;
use crate::decode::StreamInfo;
use crate::report::terminal::escape;
use crate::report::wording::{
    bit_rate, bytes, channels, clock, encoded_as, found_of, grouped, hertz, quantity, series_label,
    series_value,
};
use crate::report::wording_enf::facts;
use crate::report::{
    AnalysisDocument, CertificateReport, EnfMatchReport, ErrorReport, Measurements, SourceReport,
};

/// Middle of each octave band of the spectrum table, in Hz.
const OCTAVES_HZ: [f64; 10] =
    [31.5, 63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16_000.0];

/// A name and what stands behind it.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) value: String,
    /// Whether the value is one that readers copy, such as a hash.
    pub(crate) copy: bool,
}

impl Row {
    pub(crate) fn new(name: &str, value: &str) -> Self {
        Self { name: name.into(), value: value.into(), copy: false }
    }
}

/// A table with a heading.
pub(crate) struct Table {
    pub(crate) title: String,
    pub(crate) heads: Vec<&'static str>,
    pub(crate) rows: Vec<Vec<String>>,
    pub(crate) more: Option<String>,
}

impl Table {
    pub(crate) fn new(title: &str, heads: &[&'static str]) -> Self {
        Self { title: title.into(), heads: heads.to_vec(), rows: Vec::new(), more: None }
    }

    /// Takes out columns that say nothing in any row.
    pub(crate) fn without_empty_columns(mut self) -> Self {
        for column in (0..self.heads.len()).rev() {
            if self.rows.iter().all(|row| row.get(column).is_none_or(|cell| cell == "–")) {
                self.heads.remove(column);
                self.rows.iter_mut().filter(|row| column < row.len()).for_each(|row| {
                    row.remove(column);
                });
            }
        }
        self
    }

    pub(crate) fn push<const N: usize>(&mut self, row: [String; N]) {
        self.rows.push(row.to_vec());
    }
}

/// Collects rows, leaving out what is unknown.
pub(crate) struct Rows(pub(crate) Vec<Row>);

impl Rows {
    pub(crate) fn add(&mut self, name: &str, value: impl Into<Option<String>>) {
        self.0.extend(value.into().map(|value| Row::new(name, &escape(&value))));
    }

    fn add_copied(&mut self, name: &str, value: Option<String>) {
        self.0.extend(value.map(|value| Row { copy: true, ..Row::new(name, &escape(&value)) }));
    }
}

/// What identifies the file and the program.
pub(crate) fn identity(document: &AnalysisDocument) -> Vec<Row> {
    let mut rows = Rows(source(&document.source));
    rows.add("Made by", made_by(document));
    rows.0
}

/// What identifies a file.
pub(crate) fn source(source: &SourceReport) -> Vec<Row> {
    let mut rows = Rows(Vec::new());
    rows.add("Path", source.path.clone());
    rows.add("Size", source.bytes.map(bytes));
    rows.add_copied("SHA-256 of the file", source.sha256.clone());
    let format =
        source.pcm_format.as_ref().map(|format| format!(" ({format})")).unwrap_or_default();
    rows.add_copied(&escape(&format!("SHA-256 of the samples{format}")), source.pcm_sha256.clone());
    rows.0
}

/// Why the clip could not be examined.
pub(crate) fn error(error: &ErrorReport) -> Vec<Row> {
    let mut rows = Rows(Vec::new());
    rows.add("What happened", error.message.clone());
    rows.add("Where", error.offset.map(|offset| format!("byte {}", grouped(offset))));
    rows.add("What to try", error.hint.clone());
    rows.add("Kind", error.kind.clone());
    rows.0
}

/// Whole-clip measurements.
pub(crate) fn measurements(levels: &Measurements) -> Vec<Row> {
    let share = |v: f64| format!("{:.1} %", v * 100.0);
    let mut rows = Rows(Vec::new());
    rows.add("Sample peak", quantity(levels.sample_peak_dbfs, "dBFS"));
    rows.add("True peak", quantity(levels.true_peak_dbtp, "dBTP"));
    rows.add("Level (RMS)", quantity(levels.rms_dbfs, "dBFS"));
    rows.add("Integrated loudness", levels.loudness_lufs.map(|v| quantity(v, "LUFS")));
    rows.add("Loudness range", levels.loudness_range_lu.map(|v| quantity(v, "LU")));
    rows.add("Background level in pauses", levels.noise_floor_dbfs.map(|v| quantity(v, "dBFS")));
    rows.add("Highest frequency with signal", levels.bandwidth_hz.map(hertz));
    let slope = levels.cutoff_slope_db_per_100hz.map(|v| quantity(v, "dB per 100 Hz"));
    rows.add("Slope of the spectrum there", slope);
    rows.add("Time with speech", share(levels.speech_share));
    let offsets: Vec<String> =
        levels.dc_offset.iter().map(|&v| format!("{:.4} %", v * 100.0)).collect();
    rows.add("DC offset, of full scale", (!offsets.is_empty()).then(|| offsets.join(", ")));
    rows.add("Samples in clipped plateaus", grouped(levels.clipped_samples));
    rows.add("Time in runs of exact zeros", quantity(levels.zero_run_s, "s"));
    rows.add("Bits in use", levels.effective_bits.map(|bits| bits.to_string()));
    rows.add("Unused sample values", levels.empty_codes.map(share));
    rows.0
}

/// Levels of both spectra near the middle of each octave.
pub(crate) fn spectrum(levels: &Measurements) -> Option<Table> {
    let mut table = Table::new(
        "Levels at octave steps",
        &["Frequency", "Whole clip, dBFS", "Background, dBFS"],
    );
    let whole = &levels.average_spectrum;
    let at = |spectrum: &crate::report::Spectrum, hz: f64| {
        let bin = ((hz - spectrum.start_hz) / spectrum.step_hz).round();
        let level = (bin >= 0.0).then(|| spectrum.level_db.get(bin as usize)).flatten()?;
        Some(format!("{level:.1}"))
    };
    for hz in OCTAVES_HZ.into_iter().filter(|hz| *hz >= whole.step_hz) {
        let Some(level) = at(whole, hz) else { continue };
        let background = levels.noise_floor_spectrum.as_ref().and_then(|s| at(s, hz));
        table.push([hertz(hz), level, background.unwrap_or_else(|| "–".into())]);
    }
    (!table.rows.is_empty()).then_some(table)
}

/// Lowest, median and highest value of each series.
pub(crate) fn series(levels: &Measurements) -> Option<Table> {
    let mut table =
        Table::new("Series in numbers", &["Series", "Unit", "Step", "Lowest", "Median", "Highest"]);
    for series in &levels.series {
        let (label, unit) = series_label(&series.name);
        let mut values: Vec<f64> = series.values.iter().copied().flatten().collect();
        values.sort_by(f64::total_cmp);
        let at =
            |i: usize| values.get(i).map_or_else(|| "–".into(), |&v| series_value(&series.name, v));
        table.push([
            escape(&label),
            unit.into(),
            quantity(series.step_s, "s"),
            at(0),
            at(values.len() / 2),
            at(values.len().wrapping_sub(1)),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}

/// What was compared with a record of the mains frequency.
pub(crate) fn enf(matched: &EnfMatchReport) -> Vec<Row> {
    let mut rows = Rows(Vec::new());
    for (name, value) in facts(matched) {
        rows.add(name, value);
    }
    rows.0
}

/// The examined stream.
pub(crate) fn stream(stream: &StreamInfo) -> Vec<Row> {
    let mut rows = Rows(Vec::new());
    let kind = if stream.lossless { "lossless" } else { "lossy" };
    rows.add("Container", stream.container.clone());
    rows.add("Codec", format!("{} ({kind})", stream.codec));
    rows.add("Sample rate", quantity(f64::from(stream.sample_rate_hz), "Hz"));
    rows.add("Channels", channels(stream.channels));
    rows.add("Bits per sample", stream.bits_per_sample.map(|bits| bits.to_string()));
    rows.add("Mean bit rate", stream.bit_rate_bps.map(bit_rate));
    rows.add("Examined duration", clock(stream.duration_s));
    rows.add("Declared duration", stream.declared_duration_s.map(clock));
    rows.add("Decoded duration, untrimmed", clock(stream.untrimmed_duration_s));
    let trims = (stream.start_trim_samples, stream.end_trim_samples);
    if trims != (0, 0) {
        let text = format!("{} at the start, {} at the end", grouped(trims.0), grouped(trims.1));
        rows.add("Priming and padding left out, samples per channel", text);
    }
    rows.add("Presentation ends before the audio", stream.presentation_end_s.map(clock));
    rows.add("Named by the file as its writer", stream.encoder.clone());
    let accuracy = match stream.decoder.accuracy.as_str() {
        "float-equal" => "equal to its reference but for rounding",
        "bit-exact" => "equal to its reference to the bit",
        other => other,
    };
    rows.add("Decoder", format!("{}, {accuracy}", stream.decoder.name));
    rows.0
}

/// Compression history, warnings, damage, tracks, tags and structure, where there are any.
pub(crate) fn stream_tables(document: &AnalysisDocument) -> Vec<Table> {
    let mut tables = Vec::new();
    tables.extend(provenance::encodings(&document.provenance));
    if let Some(stream) = &document.stream {
        tables.extend(stream_notes(stream));
    }
    tables.extend(document.references.as_ref().map(provenance::references));
    tables.extend(provenance::tables(&document.provenance));
    tables.extend(document.certificate.as_ref().map(certificate));
    tables.retain(|table| !table.rows.is_empty());
    tables
}

/// What a certificate counted.
fn certificate(certificate: &CertificateReport) -> Table {
    let title = format!("Cuts tried in this clip, {}", encoded_as(certificate));
    let mut table = Table::new(&escape(&title), &["Joint", "Place", "Found"]);
    for kind in &certificate.kinds {
        table.push([escape(&kind.joint), escape(&kind.placement), found_of(kind)]);
    }
    table
}

/// Warnings, damage and tracks of a stream, where there are any.
pub(crate) fn stream_notes(stream: &StreamInfo) -> Vec<Table> {
    let mut warnings = Table::new("Warnings", &["What to know"]);
    stream.warnings.iter().for_each(|text| warnings.push([escape(text)]));
    let mut damage = Table::new("Damage", &["Time", "Byte", "What happened"]);
    for place in &stream.damage {
        let offset = place.offset.map_or_else(|| "–".into(), grouped);
        damage.push([clock(place.time_s), offset, escape(&place.what)]);
    }
    let mut tracks =
        Table::new("Audio tracks", &["Track", "Codec", "Rate", "Channels", "Language", "Examined"]);
    for track in stream.tracks.iter().filter(|_| stream.tracks.len() > 1) {
        tracks.push([
            track.track.to_string(),
            escape(&track.codec),
            hertz(f64::from(track.sample_rate_hz)),
            channels(track.channels),
            escape(track.language.as_deref().unwrap_or("–")),
            if track.examined { "yes" } else { "no" }.into(),
        ]);
    }
    let mut tables = vec![warnings, damage, tracks];
    tables.retain(|table| !table.rows.is_empty());
    tables
}

/// How the report was made.
pub(crate) fn method(document: &AnalysisDocument) -> Vec<Row> {
    let settings = &document.tool.settings;
    let mut rows = Rows(Vec::new());
    if let Some(custody) = &document.custody {
        rows.add("Examiner", custody.examiner.clone());
        rows.add("Case", custody.case_id.clone());
        rows.add("How the file was obtained", custody.acquisition.clone());
    }
    rows.add("Program", made_by(document));
    rows.add("Calibration", document.tool.calibration.clone());
    rows.add("Track", settings.track.map(|track| track.to_string()));
    rows.add("Examined from", settings.start_s.map(clock));
    rows.add("Examined to", settings.end_s.map(clock));
    let listed = |ids: &[String]| (!ids.is_empty()).then(|| ids.join(", "));
    rows.add("Detectors asked for", listed(&settings.only));
    rows.add("Detectors left out on request", listed(&settings.skip));
    rows.add(
        "External decoder",
        if settings.external { "allowed" } else { "not allowed" }.to_string(),
    );
    let print = document.fingerprint.as_ref();
    let words = print.map(|p| format!("{}, {} words", p.producer, grouped(p.word_count as u64)));
    rows.add("Fingerprint", words);
    rows.add("Document", document.schema.clone());
    rows.0
}

/// The command that makes this examination again, for a POSIX shell.
pub(crate) fn command(subcommand: &str, paths: &[&str]) -> String {
    let looks_like_option = |path: &&str| path.starts_with('-') && *path != "-";
    let end_of_options = if paths.iter().any(looks_like_option) { " --" } else { "" };
    let words: Vec<String> = paths.iter().map(|path| quoted(path)).collect();
    escape(&format!("spliceprint {subcommand}{end_of_options} {}", words.join(" ")))
}

/// One word of a POSIX shell.
pub(crate) fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._/-+,:@%".contains(c);
    if !path.is_empty() && path.chars().all(plain) {
        path.to_string()
    } else {
        format!("'{}'", path.replace('\'', "'\\''"))
    }
}

fn made_by(document: &AnalysisDocument) -> String {
    format!("{} {}", document.tool.name, document.tool.version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample_report;

    #[test]
    fn the_command_survives_a_shell() {
        let analyze = |path| command("analyze", &[path]);
        assert_eq!(analyze("a/b.wav"), "spliceprint analyze a/b.wav");
        assert_eq!(analyze("it's.wav"), "spliceprint analyze 'it'\\''s.wav'");
        assert_eq!(analyze("-x.wav"), "spliceprint analyze -- -x.wav");
        assert_eq!(analyze("-"), "spliceprint analyze -");
        assert_eq!(command("compare", &["a b", "-c"]), "spliceprint compare -- 'a b' -c");
    }

    #[test]
    fn tables_without_rows_are_left_out() {
        let document = sample_report().document;
        let titles: Vec<_> = stream_tables(&document).into_iter().map(|t| t.title).collect();
        assert_eq!(
            titles,
            [
                "Compression history",
                "Frames of the last encoding",
                "Warnings",
                "Damage",
                "Known writers with which the file is consistent",
                "Tags in the file",
                "Structure of the file"
            ]
        );
    }

    #[test]
    fn the_spectrum_table_ends_where_the_spectrum_does() {
        let document = sample_report().document;
        let table = spectrum(document.measurements.as_ref().unwrap()).unwrap();
        assert_eq!(table.rows[0][0], "500 Hz");
        assert_eq!(table.rows.last().unwrap()[0], "16 kHz");
    }

    #[test]
    fn a_series_without_values_has_no_numbers() {
        let document = sample_report().document;
        let table = series(document.measurements.as_ref().unwrap()).unwrap();
        assert_eq!(table.rows[1][3..], ["–", "–", "–"]);
    }
}
