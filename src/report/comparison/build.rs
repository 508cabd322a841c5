//! From a comparison, or a failure, to the report that every format is rendered from.

use super::{
    AdditionReport, COMPARISON_SCHEMA, ComparisonDocument, ComparisonPictures, ComparisonReport,
    ComparisonTool, Conclusion, EditReport, Listen, RecordingReport, SameSource, SegmentReport,
};
use crate::align::Edit;
use crate::comparison::{
    Comparison, EVIDENCE_START_S, EVIDENCE_STEP_S, PICTURE_N_FFT, PICTURE_STEP_S, PRODUCER,
    Pictures, RESIDUAL_STEP_S, Recording, Segment, THRESHOLD,
};
use crate::dsp::speech_bands::SPEECH_RATE_HZ;
use crate::error::Error;
use crate::report::build::error_report;
use crate::report::build_measurements::{PictureScale, averaged, picture};
use crate::report::{Series, SourceReport, Status};
use crate::units::{round_time, round_to};

/// What `same_source.score` is held against until its false matches are counted.
const NULL: &str = "own-strangers-v1";

/// Share of a clip below which most of it is called unusable.
const MOSTLY_UNUSABLE: f64 = 0.5;

impl ComparisonReport {
    /// The report of two compared recordings, with pictures if they were made.
    #[must_use]
    pub fn of(
        a: &Recording,
        b: &Recording,
        comparison: &Comparison,
        pictures: Option<Pictures>,
    ) -> Self {
        let damaged = [a, b].iter().any(|r| !r.stream.damage.is_empty());
        let document = ComparisonDocument {
            schema: COMPARISON_SCHEMA.into(),
            status: if damaged { Status::Partial } else { Status::Ok },
            tool: tool(),
            a: recording_report(a),
            b: recording_report(b),
            limitations: limitations(a, b, comparison),
            same_source: same_source(a, b, comparison),
            segments: segments(comparison),
            edits: comparison.edits.iter().map(edit_report).collect(),
            additions: additions(comparison),
            series: series(comparison),
        };
        let duration_s = a.duration_s();
        Self { document, pictures: pictures.map(|p| drawn(p, duration_s)) }
    }

    /// The report of two recordings of which at least one could not be examined.
    #[must_use]
    pub fn unreadable(a: (&str, Option<&Error>), b: (&str, Option<&Error>)) -> Self {
        let side = |(path, error): (&str, Option<&Error>)| RecordingReport {
            source: SourceReport::unread(path),
            stream: None,
            error: error.map(error_report),
        };
        let document = ComparisonDocument {
            schema: COMPARISON_SCHEMA.into(),
            status: Status::Unreadable,
            tool: tool(),
            a: side(a),
            b: side(b),
            limitations: vec!["Nothing was compared.".into()],
            same_source: SameSource {
                found: false,
                conclusion: Conclusion::Inconclusive,
                reason: Some("a file could not be read".into()),
                score: 0.0,
                threshold: THRESHOLD,
                matched_s: 0.0,
                coverage_a: 0.0,
                coverage_b: 0.0,
            },
            segments: Vec::new(),
            edits: Vec::new(),
            additions: Vec::new(),
            series: Vec::new(),
        };
        Self { document, pictures: None }
    }
}

fn tool() -> ComparisonTool {
    ComparisonTool {
        name: env!("CARGO_PKG_NAME").into(),
        version: env!("CARGO_PKG_VERSION").into(),
        producer: PRODUCER.into(),
        calibration: NULL.into(),
    }
}

/// An edit as the document has it.
pub(crate) fn edit_report(edit: &Edit) -> EditReport {
    EditReport {
        kind: edit.kind,
        a_start_s: round_time(edit.a_s.0),
        a_end_s: round_time(edit.a_s.1),
        b_start_s: edit.b_s.map(|b| round_time(b.0)),
        b_end_s: edit.b_s.map(|b| round_time(b.1)),
    }
}

/// A file that was examined.
pub(crate) fn recording_report(recording: &Recording) -> RecordingReport {
    RecordingReport {
        source: SourceReport::of(&recording.source),
        stream: Some(recording.stream.clone()),
        error: None,
    }
}

fn same_source(a: &Recording, b: &Recording, comparison: &Comparison) -> SameSource {
    let found = !comparison.segments.is_empty() && comparison.inconclusive.is_none();
    let matched_s: f64 = comparison.segments.iter().map(|s| s.a_s.1 - s.a_s.0).sum();
    let share = |part: f64, whole: f64| round_to((part / whole.max(1e-9)).clamp(0.0, 1.0), 4);
    SameSource {
        found,
        conclusion: match (&comparison.inconclusive, found) {
            (Some(_), _) => Conclusion::Inconclusive,
            (None, true) => Conclusion::Found,
            (None, false) => Conclusion::NotFound,
        },
        reason: comparison.inconclusive.clone(),
        score: round_to(comparison.score, 2),
        threshold: THRESHOLD,
        matched_s: round_time(matched_s),
        coverage_a: share(matched_s, a.duration_s()),
        coverage_b: share(used_s(&comparison.segments, b.duration_s()), b.duration_s()),
    }
}

/// Seconds of the source that the segments use; what is used twice counts once.
fn used_s(segments: &[Segment], duration_s: f64) -> f64 {
    let mut parts: Vec<(f64, f64)> = segments.iter().map(Segment::b_s).collect();
    parts.sort_by(|x, y| x.0.total_cmp(&y.0));
    let (mut sum, mut end) = (0.0, 0.0f64);
    for (from, to) in parts {
        let to = to.min(duration_s);
        sum += (to - from.max(end)).max(0.0);
        end = end.max(to);
    }
    sum
}

fn segments(comparison: &Comparison) -> Vec<SegmentReport> {
    let residuals = comparison.residual.segments_db.iter().copied().chain(std::iter::repeat(None));
    let segment = |(segment, residual_db): (&Segment, Option<f64>)| {
        let (speed, tempo) = segment.speed_and_tempo();
        let (b_start_s, b_end_s) = segment.b_s();
        SegmentReport {
            a_start_s: round_time(segment.a_s.0),
            a_end_s: round_time(segment.a_s.1),
            b_start_s: round_time(b_start_s),
            b_end_s: round_time(b_end_s),
            speed: round_to(speed, 6),
            tempo: round_to(tempo, 6),
            gain_db: round_to(segment.gain_db, 2),
            inverted: segment.inverted,
            similarity: round_to(segment.similarity, 4),
            score: round_to(segment.score, 2),
            residual_db: residual_db.map(|db| round_to(db, 2)),
            also_at_s: segment.also_at_s.iter().map(|s| round_time(*s)).collect(),
        }
    };
    comparison.segments.iter().zip(residuals).map(segment).collect()
}

fn additions(comparison: &Comparison) -> Vec<AdditionReport> {
    let additions = comparison.residual.additions.iter();
    additions
        .map(|addition| AdditionReport {
            start_s: round_time(addition.a_s.0),
            end_s: round_time(addition.a_s.1),
            level_dbfs: round_to(addition.level_dbfs, 2),
            rise_db: round_to(addition.rise_db, 2),
        })
        .collect()
}

fn series(comparison: &Comparison) -> Vec<Series> {
    let evidence: Vec<Option<f64>> =
        comparison.evidence.iter().map(|e| Some(f64::from(*e))).collect();
    let residual: Vec<Option<f64>> =
        comparison.residual.level_db.iter().map(|l| l.map(f64::from)).collect();
    let evidence = averaged("source_evidence", EVIDENCE_START_S, EVIDENCE_STEP_S, 3, &evidence);
    let residual = averaged("residual_db", 0.0, RESIDUAL_STEP_S, 1, &residual);
    evidence.into_iter().chain(residual).collect()
}

/// What this comparison cannot say.
fn limitations(a: &Recording, b: &Recording, comparison: &Comparison) -> Vec<String> {
    let mut lines = vec![
        "Sound above 4 kHz and differences between channels are not compared.".to_owned(),
        "Changes of speed beyond 10 %, or of pitch beyond 4 semitones, are not looked for.".into(),
        "A codec's or recording chain's constant delay is part of the times: about 5 ms for AMR-NB."
            .into(),
    ];
    for (name, recording) in [("A", a), ("B", b)] {
        if !recording.stream.damage.is_empty() {
            lines.push(format!(
                "{name} is damaged, so that its times after the damage may be early."
            ));
        }
    }
    let usable = &comparison.usable;
    if usable.usable_s < MOSTLY_UNUSABLE * a.duration_s() {
        lines.push(format!(
            "Only {:.1} s of A can be compared: {:.1} s are silent, {:.1} s steady.",
            usable.usable_s, usable.silent_s, usable.steady_s
        ));
    }
    if let Some(step_s) = comparison.widened_s {
        lines.push(format!(
            "The pair is long: windows of A were looked up every {step_s:.1} s, so a shorter stretch may be missed."
        ));
    }
    if comparison.segments.iter().any(|s| !s.aligned) {
        lines.push(
            "Some stretches agree in their spectra but not in their waveforms, as after time-stretching: their times are good to about 20 ms, and no residual is given for them."
                .into(),
        );
    }
    if comparison.segments.iter().any(|s| !s.also_at_s.is_empty()) {
        lines.push(
            "Some stretches agree nearly as well with other places of B, as repeated material does."
                .into(),
        );
    }
    lines
}

/// Pictures as pages draw them.
fn drawn(pictures: Pictures, duration_s: f64) -> ComparisonPictures {
    let scale = PictureScale {
        rate_hz: SPEECH_RATE_HZ,
        frame_step_s: PICTURE_STEP_S,
        n_bins: PICTURE_N_FFT / 2 + 1,
    };
    let listen = pictures.listen.map(|[a, aligned_b, residual]| Listen {
        sample_rate_hz: SPEECH_RATE_HZ,
        a,
        aligned_b,
        residual,
    });
    ComparisonPictures {
        a: picture(&pictures.a, duration_s, &scale),
        aligned_b: picture(&pictures.aligned_b, duration_s, &scale),
        listen,
    }
}
