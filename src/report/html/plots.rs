//! What the page's script draws, as one block of JSON.

use std::io;

use serde::Serialize;

use crate::finding::Strength;
use crate::report::terminal::{self, Style, escape};
use crate::report::wording::{
    channel, evidence_line, is_frequency_of_mains, quantity, series_label,
};
use crate::report::{Overview, Report, Series, Spectrum, base64};

/// Values of a series the page carries; longer ones keep their extremes.
const MOST_VALUES: usize = 6000;
/// Decimals of a frequency of the mains, in Hz.
const MAINS_DECIMALS: u8 = 3;
/// Columns of one picture; some browsers refuse canvases above 16,384.
const WIDEST_STRIP: usize = 8192;

/// Everything the script needs.
#[derive(Serialize)]
pub(crate) struct Plots {
    duration_s: f64,
    /// Start of the examined part in the file, for the player.
    offset_s: f64,
    sha256: Option<String>,
    /// The summary as plain text, for the copy button.
    summary: String,
    wave: Option<Wave>,
    spectrogram: Option<Spectrogram>,
    points: Vec<Mark>,
    families: Vec<Family>,
    series: Vec<Line>,
    spectra: Vec<Line>,
    bandwidth_hz: Option<f64>,
}

/// A waveform, packed.
#[derive(Serialize)]
pub(crate) struct Wave {
    step_s: f64,
    /// Signed bytes in base64: lowest, highest, lowest, …
    peaks: String,
}

/// A spectrogram, packed.
#[derive(Serialize)]
pub(crate) struct Spectrogram {
    step_s: f64,
    max_hz: f64,
    rows: usize,
    floor_db: f64,
    range_db: f64,
    /// Grey PNG files in base64, left to right.
    strips: Vec<String>,
}

/// A place on the timeline.
#[derive(Serialize)]
struct Mark {
    /// Name on the timeline.
    id: String,
    /// Element of the page that tells more.
    anchor: String,
    time_s: f64,
    start_s: f64,
    end_s: f64,
    strength: Strength,
    text: String,
}

#[derive(Serialize)]
struct Family {
    name: String,
    marks: Vec<Mark>,
}

/// A quantity over time or frequency.
#[derive(Serialize)]
pub(crate) struct Line {
    label: String,
    unit: &'static str,
    start: f64,
    step: f64,
    /// Whether the lane is open when the page opens.
    shown: bool,
    /// Decimals of a value; three digits if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    decimals: Option<u8>,
    /// Values that are drawn beneath, at the same times.
    #[serde(skip_serializing_if = "Option::is_none")]
    beneath: Option<Vec<Option<f64>>>,
    values: Vec<Option<f64>>,
}

impl Plots {
    /// # Errors
    ///
    /// A spectrogram that PNG cannot hold.
    pub(crate) fn new(report: &Report) -> io::Result<Self> {
        let document = &report.document;
        let levels = document.measurements.as_ref();
        let overview = report.overview.as_ref();
        let stream_s = document.stream.as_ref().map(|stream| stream.duration_s);
        let mut spectra = Vec::new();
        if let Some(levels) = levels {
            spectra.push(spectrum("whole clip", &levels.average_spectrum));
            spectra.extend(
                levels.noise_floor_spectrum.as_ref().map(|s| spectrum("background in pauses", s)),
            );
        }
        Ok(Self {
            duration_s: stream_s.or(overview.map(|o| o.duration_s)).unwrap_or(0.0),
            offset_s: document.tool.settings.start_s.unwrap_or(0.0),
            sha256: document.source.sha256.clone(),
            summary: terminal::summary(report, Style::default()),
            wave: overview.map(Wave::new),
            spectrogram: overview.map(Spectrogram::new).transpose()?.flatten(),
            points: points(report),
            families: families(report),
            series: levels.map(|levels| lanes(report, &levels.series)).unwrap_or_default(),
            spectra,
            bandwidth_hz: levels.and_then(|levels| levels.bandwidth_hz),
        })
    }
}

impl Wave {
    pub(crate) fn new(overview: &Overview) -> Self {
        let columns = overview.waveform.columns.iter();
        let peaks: Vec<u8> =
            columns.flat_map(|&(low, high)| [low.cast_unsigned(), high.cast_unsigned()]).collect();
        Self { step_s: overview.waveform.step_s, peaks: base64::encode(&peaks) }
    }
}

impl Spectrogram {
    /// `None` for an empty picture.
    ///
    /// # Errors
    ///
    /// A picture that PNG cannot hold.
    pub(crate) fn new(overview: &Overview) -> io::Result<Option<Self>> {
        let image = &overview.spectrogram;
        let strips = image.grey_pngs(WIDEST_STRIP).map_err(io::Error::other)?;
        Ok((!strips.is_empty()).then(|| Self {
            step_s: image.step_s,
            max_hz: image.max_hz,
            rows: image.rows,
            floor_db: image.floor_db,
            range_db: image.range_db,
            strips: strips.iter().map(|png| base64::encode(png)).collect(),
        }))
    }
}

fn points(report: &Report) -> Vec<Mark> {
    let points = (1..).zip(&report.document.edit_points);
    points
        .map(|(number, point)| Mark {
            id: format!("E{number}"),
            anchor: format!("E{number}"),
            time_s: point.time_s,
            start_s: point.start_s,
            end_s: point.end_s,
            strength: point.strength,
            text: escape(&point.explanation),
        })
        .collect()
}

/// One lane per family that has findings, in the order of the detectors.
fn families(report: &Report) -> Vec<Family> {
    let mut families: Vec<Family> = Vec::new();
    for (number, detector) in report.document.detectors.iter().enumerate() {
        let marks = detector.findings.iter().map(|finding| {
            let mut text = quantity(finding.score, &finding.score_unit);
            text.extend(channel(finding).map(|channel| format!(", {channel}")));
            Mark {
                id: escape(&detector.name),
                anchor: format!("D{}", number + 1),
                time_s: finding.time_s,
                start_s: finding.start_s,
                end_s: finding.end_s,
                strength: finding.strength,
                text: escape(&format!("{text}; {}", evidence_line(finding))),
            }
        });
        let name = escape(&detector.family);
        match families.iter_mut().find(|family| family.name == name) {
            Some(family) => family.marks.extend(marks),
            None => families.push(Family { name, marks: marks.collect() }),
        }
    }
    families.retain(|family| !family.marks.is_empty());
    for family in &mut families {
        family.marks.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
    }
    families
}

fn spectrum(label: &str, spectrum: &Spectrum) -> Line {
    Line {
        label: label.into(),
        unit: "dBFS",
        start: spectrum.start_hz,
        step: spectrum.step_hz,
        shown: true,
        decimals: None,
        beneath: None,
        values: spectrum.level_db.iter().copied().map(Some).collect(),
    }
}

/// Every series, that of the hum over the record that it was held against.
fn lanes(report: &Report, all: &[Series]) -> Vec<Line> {
    let mut lines = series(all);
    let matched = report.document.enf_match.as_ref();
    let record = matched.and_then(|matched| matched.record_series.as_ref());
    let hum = all.iter().position(|series| is_frequency_of_mains(&series.name));
    if let (Some(record), Some(line)) = (record, hum.and_then(|i| lines.get_mut(i))) {
        // Both are thinned in one way, so that their times are the same.
        line.beneath = Some(record.values.clone());
    }
    lines
}

/// Every series; those on level, background, bandwidth and hum are open at first, or else the first two.
fn series(all: &[Series]) -> Vec<Line> {
    const OPEN: [&str; 4] = ["loudness", "noise_floor", "bandwidth", "enf"];
    let named: Vec<usize> = OPEN
        .iter()
        .filter_map(|word| all.iter().position(|series| series.name.contains(word)))
        .collect();
    let shown = |i: usize| if named.is_empty() { i < 2 } else { named.contains(&i) };
    all.iter().enumerate().map(|(i, series)| Line::new(series, shown(i))).collect()
}

impl Line {
    /// A series over time, with no more values than a page carries.
    pub(crate) fn new(series: &Series, shown: bool) -> Self {
        let (label, unit) = series_label(&series.name);
        let (step, values) = thinned(series.step_s, &series.values);
        Self {
            label: escape(&label),
            unit,
            start: series.start_s,
            step,
            shown,
            decimals: is_frequency_of_mains(&series.name).then_some(MAINS_DECIMALS),
            beneath: None,
            values,
        }
    }
}

/// At most [`MOST_VALUES`] values and their distance. Each pair of values is the lowest and highest
/// of the stretch it stands for, in the order in which they occur.
fn thinned(step_s: f64, values: &[Option<f64>]) -> (f64, Vec<Option<f64>>) {
    if values.len() <= MOST_VALUES {
        return (step_s, values.to_vec());
    }
    let stretch = values.len().div_ceil(MOST_VALUES / 2);
    let mut kept = Vec::with_capacity(MOST_VALUES);
    for part in values.chunks(stretch) {
        let present = || part.iter().enumerate().filter_map(|(i, value)| Some((i, (*value)?)));
        let low = present().min_by(|a, b| a.1.total_cmp(&b.1));
        let high = present().max_by(|a, b| a.1.total_cmp(&b.1));
        let (first, second) =
            if low.map(|l| l.0) <= high.map(|h| h.0) { (low, high) } else { (high, low) };
        kept.extend([first.map(|value| value.1), second.map(|value| value.1)]);
    }
    (step_s * stretch as f64 / 2.0, kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample_report;

    #[test]
    fn families_have_one_lane_each_if_they_saw_something() {
        let families = families(&sample_report());
        let names: Vec<_> = families.iter().map(|f| (f.name.as_str(), f.marks.len())).collect();
        assert_eq!(names, [("level", 1), ("samples", 3), ("background", 2)]);
        assert_eq!(families[2].marks[0].anchor, "D5");
    }

    #[test]
    fn long_series_keep_their_extremes_and_their_length() {
        let mut values = vec![Some(0.0); 60_000];
        values[12_345] = Some(7.0);
        values[12_346] = Some(-7.0);
        values[50_000..50_100].fill(None);
        let (step_s, kept) = thinned(0.01, &values);
        assert!(kept.len() <= MOST_VALUES);
        assert!((step_s * kept.len() as f64 - 600.0).abs() < 0.5);
        let high = kept.iter().position(|&v| v == Some(7.0)).unwrap();
        assert_eq!(kept[high + 1], Some(-7.0));
        assert!(kept.contains(&None));
    }

    #[test]
    fn named_series_are_open_or_else_the_first_two() {
        let named =
            |name: &str| Series { name: name.into(), start_s: 0.0, step_s: 1.0, values: vec![] };
        let open = |names: &[&str]| -> Vec<bool> {
            let all: Vec<Series> = names.iter().map(|name| named(name)).collect();
            series(&all).iter().map(|line| line.shown).collect()
        };
        assert_eq!(open(&["dc_offset", "loudness_lufs", "bandwidth_hz"]), [false, true, true]);
        assert_eq!(open(&["a", "b", "c"]), [true, true, false]);
    }

    #[test]
    fn the_hum_lies_over_the_record_it_was_held_against() {
        let report = sample_report();
        let plots = Plots::new(&report).unwrap();
        let line = plots.series.iter().find(|line| line.label == "ENF").unwrap();
        assert!(line.shown && line.decimals == Some(3));
        assert_eq!(line.beneath.as_ref().unwrap().len(), line.values.len());
        assert!(plots.series.iter().filter(|line| line.beneath.is_some()).count() == 1);
    }

    #[test]
    fn a_one_minute_clip_stays_within_its_budget() {
        let mut report = sample_report();
        let image = &mut report.overview.as_mut().unwrap().spectrogram;
        image.rows = 256;
        // Noise, which no encoder can make smaller.
        let mut state = 1u32;
        image.cells = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .take(3000 * 256)
        .collect();
        let mut bytes = Vec::new();
        crate::report::html::write(&report, &mut bytes).unwrap();
        assert!(bytes.len() < 1_500_000, "{} bytes", bytes.len());
    }
}
