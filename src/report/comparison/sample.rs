//! Small comparisons for the renderers' tests, full of text that must stay text.

use crate::decode::{DecoderInfo, StreamInfo};
use crate::report::comparison::sample_pictures::pictures;
use crate::report::comparison::*;
use crate::report::{ErrorReport, Series, SourceReport, Status};

/// One of each outcome: found, not found, inconclusive, unreadable.
pub(crate) fn all() -> Vec<ComparisonReport> {
    vec![found(), not_found(), inconclusive(), unreadable()]
}

/// 41 s of which 31.7 s come from 64 s: every kind of edit, one addition.
pub(crate) fn found() -> ComparisonReport {
    let mut document = document(41.0);
    document.same_source = SameSource {
        found: true,
        conclusion: Conclusion::Found,
        score: 34.5,
        matched_s: 31.7,
        coverage_a: 0.7732,
        coverage_b: 0.4005,
        ..document.same_source
    };
    document.segments = segments();
    document.edits = edits();
    document.additions =
        vec![AdditionReport { start_s: 12.4, end_s: 14.9, level_dbfs: -41.5, rise_db: 14.25 }];
    document.series = series(&document.segments);
    let pictures = pictures(&document.segments, &document.additions, 41.0);
    ComparisonReport { document, pictures: Some(pictures) }
}

/// Two recordings of which nothing is shared.
pub(crate) fn not_found() -> ComparisonReport {
    ComparisonReport { document: document(41.0), pictures: Some(pictures(&[], &[], 41.0)) }
}

/// A clip too short for an answer.
pub(crate) fn inconclusive() -> ComparisonReport {
    let mut document = document(0.8);
    document.same_source.conclusion = Conclusion::Inconclusive;
    document.same_source.reason = Some("A holds 0.8 s of sound, too little to compare".into());
    document.same_source.score = 3.2;
    ComparisonReport { document, pictures: None }
}

/// A clip that could not be read.
pub(crate) fn unreadable() -> ComparisonReport {
    let mut document = document(41.0);
    document.status = Status::Unreadable;
    document.a.source.path = "voice.m4a".into();
    document.a.source.pcm_sha256 = None;
    document.a.stream = None;
    document.a.error = Some(ErrorReport {
        kind: "malformed".into(),
        message: "malformed MP4 at byte 4096: box `moov` is cut off <b>here</b>".into(),
        hint: Some("ask the sender for the file once more, as a document".into()),
        offset: Some(4096),
    });
    document.same_source.conclusion = Conclusion::Inconclusive;
    document.same_source.reason = Some("A could not be examined".into());
    document.same_source.score = 0.0;
    ComparisonReport { document, pictures: None }
}

/// A document in which nothing was found.
fn document(duration_s: f64) -> ComparisonDocument {
    ComparisonDocument {
        schema: COMPARISON_SCHEMA.into(),
        status: Status::Ok,
        tool: ComparisonTool {
            name: "spliceprint".into(),
            version: "0.1.0".into(),
            producer: "bandbits-v1".into(),
            calibration: "none".into(),
        },
        a: recording(crate::report::sample::HOSTILE, "3f", duration_s, "AAC-LC"),
        b: recording("archive/council <meeting> & more.flac", "b2", 64.0, "FLAC"),
        limitations: vec![
            "Stretches shorter than 1.5 s are not looked for.".into(),
            "Both files are compared as mono below 4 kHz.".into(),
        ],
        same_source: SameSource {
            found: false,
            conclusion: Conclusion::NotFound,
            reason: None,
            score: 6.1,
            threshold: 12.0,
            matched_s: 0.0,
            coverage_a: 0.0,
            coverage_b: 0.0,
        },
        segments: Vec::new(),
        edits: Vec::new(),
        additions: Vec::new(),
        series: Vec::new(),
    }
}

fn recording(path: &str, hash: &str, duration_s: f64, codec: &str) -> RecordingReport {
    let lossless = codec == "FLAC";
    let stream = StreamInfo {
        container: if lossless { "FLAC" } else { "MP4" }.into(),
        codec: codec.into(),
        lossless,
        sample_rate_hz: 44_100,
        channels: 2,
        bit_rate_bps: (!lossless).then_some(128_000),
        duration_s,
        untrimmed_duration_s: duration_s,
        encoder: Some("<img src=x onerror=alert(1)>".into()),
        decoder: DecoderInfo { name: "symphonia 0.6.1".into(), accuracy: "float-equal".into() },
        warnings: if lossless { vec![] } else { vec!["the container <declares> more".into()] },
        ..StreamInfo::default()
    };
    RecordingReport {
        source: SourceReport {
            path: path.into(),
            bytes: Some(654_321),
            sha256: Some(hash.repeat(32)),
            pcm_sha256: Some("a7".repeat(32)),
            pcm_format: Some("s16le".into()),
        },
        stream: Some(stream),
        error: None,
    }
}

fn segments() -> Vec<SegmentReport> {
    let segment = |a: (f64, f64), b: (f64, f64), similarity, score| SegmentReport {
        a_start_s: a.0,
        a_end_s: a.1,
        b_start_s: b.0,
        b_end_s: b.1,
        speed: 1.0,
        tempo: 1.0,
        gain_db: -1.2,
        inverted: false,
        similarity,
        score,
        residual_db: Some(-38.0),
        also_at_s: Vec::new(),
    };
    let mut all = vec![
        segment((0.0, 10.1), (5.0, 15.1), 0.97, 34.5),
        segment((10.1, 18.0), (18.3, 26.2), 0.93, 28.2),
        segment((21.8, 29.0), (50.0, 57.632), 0.81, 17.4),
        segment((31.5, 38.0), (8.0, 14.5), 0.95, 25.0),
    ];
    all[1].also_at_s = vec![36.4];
    all[2].speed = 1.06;
    all[2].residual_db = None;
    all[3].inverted = true;
    all
}

fn edits() -> Vec<EditReport> {
    let edit = |kind, a: (f64, f64), b: Option<(f64, f64)>| EditReport {
        kind,
        a_start_s: a.0,
        a_end_s: a.1,
        b_start_s: b.map(|b| b.0),
        b_end_s: b.map(|b| b.1),
    };
    vec![
        edit(EditKind::Deletion, (10.1, 10.1), Some((15.1, 18.3))),
        edit(EditKind::Insertion, (18.0, 21.8), None),
        edit(EditKind::Move, (21.8, 29.0), Some((50.0, 57.632))),
        edit(EditKind::Replacement, (29.0, 31.5), Some((26.2, 29.0))),
        edit(EditKind::Repeat, (31.5, 38.0), Some((8.0, 14.5))),
        edit(EditKind::Insertion, (38.0, 41.0), None),
    ]
}

/// Evidence high and residual low inside segments.
fn series(segments: &[SegmentReport]) -> Vec<Series> {
    let inside = |time_s: f64| segments.iter().any(|s| s.a_start_s <= time_s && time_s < s.a_end_s);
    let waves = |i: i32, size: f64| size * (f64::from(i) * 0.7).sin() * (f64::from(i) * 0.13).cos();
    let values = |high: f64, low: f64, size: f64| {
        (0..205)
            .map(|i| {
                let level = if inside(f64::from(i) * 0.2) { high } else { low };
                Some(((level + waves(i, size)) * 100.0).round() / 100.0)
            })
            .collect::<Vec<_>>()
    };
    let mut residual = values(-38.0, 0.0, 2.0);
    residual[62..75].fill(Some(-23.5));
    residual[109..145].fill(None);
    vec![
        Series {
            name: "source_evidence".into(),
            start_s: 0.0,
            step_s: 0.2,
            values: values(6.0, -3.0, 1.5),
        },
        Series { name: "residual_db".into(), start_s: 0.0, step_s: 0.2, values: residual },
    ]
}
