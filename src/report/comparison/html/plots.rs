//! What the page's script draws and plays, as one block of JSON.

use std::io;

use serde::Serialize;

use crate::report::comparison::html::mulaw;
use crate::report::comparison::html::plot::Plot;
use crate::report::comparison::html::view::{colour, source_from};
use crate::report::comparison::wording::{self, duration_s};
use crate::report::comparison::{ComparisonReport, Listen, terminal};
use crate::report::html::plots::{Line, Spectrogram, Wave};
use crate::report::terminal::Style;
use crate::report::{Overview, base64};

/// Everything the script needs.
#[derive(Serialize)]
pub(crate) struct Plots {
    /// Duration of A.
    duration_s: f64,
    /// The summary as plain text, for the copy button.
    summary: String,
    segments: Vec<Segment>,
    /// Edits, which lead from one to the next as edit points do.
    points: Vec<Mark>,
    /// Additions, under the name that the shared script has for further marks.
    families: Vec<Family>,
    wave: Option<Wave>,
    spectrogram: Option<Spectrogram>,
    wave_b: Option<Wave>,
    spectrogram_b: Option<Spectrogram>,
    series: Vec<Line>,
    map: Option<Map>,
    listen: Option<Sound>,
}

/// A stretch of A and where in B it comes from.
#[derive(Serialize)]
struct Segment {
    id: String,
    /// Colour by number, counted from 1.
    colour: usize,
    a: [f64; 2],
    b: [f64; 2],
    text: String,
}

/// A place on the timeline.
#[derive(Serialize)]
struct Mark {
    id: String,
    /// Element of the page that tells more.
    anchor: String,
    kind: &'static str,
    time_s: f64,
    start_s: f64,
    end_s: f64,
    text: String,
}

#[derive(Serialize)]
struct Family {
    marks: Vec<Mark>,
}

/// Both axes of the map: first and last time, first and last place.
#[derive(Serialize)]
struct Map {
    a: [f64; 4],
    b: [f64; 4],
}

/// Three sounds as mu-law bytes in base64.
#[derive(Serialize)]
struct Sound {
    rate_hz: u32,
    a: String,
    b: String,
    residual: String,
}

impl Plots {
    /// # Errors
    ///
    /// A spectrogram that PNG cannot hold.
    pub(crate) fn new(report: &ComparisonReport, plot: Option<&Plot>) -> io::Result<Self> {
        let document = &report.document;
        let pictures = report.pictures.as_ref();
        let (a, b) = (pictures.map(|p| &p.a), pictures.map(|p| &p.aligned_b));
        let picture = |overview: Option<&Overview>| -> io::Result<Option<Spectrogram>> {
            Ok(overview.map(Spectrogram::new).transpose()?.flatten())
        };
        Ok(Self {
            duration_s: duration_s(&document.a),
            summary: terminal::summary(report, Style::default()),
            segments: segments(report),
            points: edits(report),
            families: vec![Family { marks: additions(report) }],
            wave: a.map(Wave::new),
            spectrogram: picture(a)?,
            wave_b: b.map(Wave::new),
            spectrogram_b: picture(b)?,
            series: document.series.iter().map(|series| Line::new(series, true)).collect(),
            map: plot.map(|plot| Map {
                a: [plot.a.from_s, plot.a.to_s, plot.a.from, plot.a.to],
                b: [plot.b.from_s, plot.b.to_s, plot.b.from, plot.b.to],
            }),
            listen: pictures.and_then(|pictures| pictures.listen.as_ref()).map(sound),
        })
    }
}

fn segments(report: &ComparisonReport) -> Vec<Segment> {
    let segments = report.document.segments.iter().enumerate();
    segments
        .map(|(index, segment)| Segment {
            id: format!("S{}", index + 1),
            colour: colour(index),
            a: [segment.a_start_s, segment.a_end_s],
            b: [segment.b_start_s, segment.b_end_s],
            text: source_from(segment),
        })
        .collect()
}

fn edits(report: &ComparisonReport) -> Vec<Mark> {
    let edits = (1..).zip(&report.document.edits);
    edits
        .map(|(number, edit)| Mark {
            id: format!("E{number}"),
            anchor: format!("E{number}"),
            kind: wording::kind(edit.kind),
            time_s: edit.a_start_s,
            start_s: edit.a_start_s,
            end_s: edit.a_end_s,
            text: format!("{}: {}", wording::kind(edit.kind), wording::edit(edit)),
        })
        .collect()
}

fn additions(report: &ComparisonReport) -> Vec<Mark> {
    let additions = (1..).zip(&report.document.additions);
    additions
        .map(|(number, addition)| Mark {
            id: format!("L{number}"),
            anchor: format!("L{number}"),
            kind: "addition",
            time_s: addition.start_s,
            start_s: addition.start_s,
            end_s: addition.end_s,
            text: format!("addition: {}", wording::addition(addition)),
        })
        .collect()
}

fn sound(listen: &Listen) -> Sound {
    let text = |samples: &[i16]| base64::encode(&mulaw::encode(samples));
    Sound {
        rate_hz: listen.sample_rate_hz,
        a: text(&listen.a),
        b: text(&listen.aligned_b),
        residual: text(&listen.residual),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::comparison::sample;

    #[test]
    fn the_script_gets_what_the_document_holds() {
        let report = sample::found();
        let plot = Plot::new(&report.document);
        let plots = serde_json::to_value(Plots::new(&report, plot.as_ref()).unwrap()).unwrap();
        assert_eq!(plots["segments"][2]["a"], serde_json::json!([21.8, 29.0]));
        assert_eq!(plots["points"].as_array().unwrap().len(), 6);
        assert_eq!(plots["families"][0]["marks"][0]["id"], "L1");
        assert_eq!(plots["listen"]["rate_hz"], 8000);
        // 41 s of one byte a sample, four characters for three bytes.
        let characters = plots["listen"]["a"].as_str().unwrap().len();
        assert_eq!(characters, (41 * 8000_usize).div_ceil(3) * 4);
        assert_eq!(plots["map"]["a"][1], 41.0);
    }
}
