//! Small reports for the renderers' tests, full of text that must stay text.

use crate::decode::{Damage, DecoderInfo, StreamInfo, TrackInfo};
use crate::finding::{Evidence, Strength};
use crate::report::*;

/// A path that is a formula, a script, an escape sequence and more.
pub(crate) const HOSTILE: &str =
    "=cmd|' /C calc'!A0\"</script><script>alert(1)</script>\u{1b}[31m\u{202e}\tx\n.wav";

/// An examined clip of 12 s: two edit points, findings in three families, one detector that did not
/// apply and one that failed.
pub(crate) fn sample_report() -> Report {
    let stream = StreamInfo {
        container: "MP4".into(),
        codec: "AAC-LC".into(),
        sample_rate_hz: 44_100,
        channels: 2,
        bit_rate_bps: Some(128_000),
        declared_duration_s: Some(12.25),
        duration_s: 12.0,
        untrimmed_duration_s: 12.046,
        start_trim_samples: 1024,
        end_trim_samples: 1000,
        encoder: Some("<img src=x onerror=alert(1)>".into()),
        decoder: DecoderInfo { name: "symphonia 0.6.1".into(), accuracy: "float-equal".into() },
        tracks: vec![TrackInfo {
            track: 0,
            codec: "AAC-LC".into(),
            sample_rate_hz: 44_100,
            channels: 2,
            language: Some("und".into()),
            examined: true,
        }],
        damage: vec![Damage {
            time_s: 7.5,
            offset: Some(123_456),
            what: "frame skipped: bad Huffman code".into(),
        }],
        warnings: vec!["the container declares 0.25 s more than the stream holds".into()],
        ..StreamInfo::default()
    };
    let document = AnalysisDocument {
        schema: ANALYSIS_SCHEMA.into(),
        status: Status::Ok,
        error: None,
        tool: tool(),
        custody: Some(Custody {
            examiner: Some("An <examiner>".into()),
            case_id: Some("1/2".into()),
            acquisition: None,
        }),
        source: SourceReport {
            path: HOSTILE.into(),
            bytes: Some(196_608),
            sha256: Some("3f".repeat(32)),
            pcm_sha256: Some("a7".repeat(32)),
            pcm_format: Some("f32le".into()),
        },
        stream: Some(stream),
        provenance: Provenance {
            structure: vec![node("ftyp", 0, 28), node("mdat", 28, 192_000)],
            more_parts: 0,
            timeline: Vec::new(),
            quantisation: Some(quantisation()),
            writers: vec![WriterReport {
                name: "A <b>recorder".into(),
                kind: "recorder".into(),
                marks: vec!["vendor `x`".into()],
                note: None,
                source: "made for a test".into(),
            }],
            tags: vec![
                Tag {
                    name: "title".into(),
                    value: "</script><script>alert(2)</script>".into(),
                    offset: None,
                },
                Tag {
                    name: "comment".into(),
                    value: "line one\nline \"two\" & three".into(),
                    offset: Some(4),
                },
            ],
            compression_history: vec![
                CompressionStep {
                    codec: "MP3".into(),
                    bit_rate_bps: None,
                    observed_in: "signal".into(),
                    frame_samples: Some(576),
                    z: Some(41.5),
                    coverage: Some(0.97),
                },
                CompressionStep {
                    codec: "AAC-LC".into(),
                    bit_rate_bps: Some(128_000),
                    observed_in: "stream".into(),
                    ..CompressionStep::default()
                },
            ],
        },
        limitations: vec![
            "Joints inside digital silence leave no trace in the noise floor.".into(),
            "Scores are uncalibrated for recordings below 16 kHz.".into(),
        ],
        measurements: Some(measurements()),
        detectors: detectors(),
        edit_points: edit_points(),
        certificate: None,
        references: None,
        enf_match: Some(enf_match()),
        fingerprint: Some(FingerprintReport {
            producer: "bandbits-v1".into(),
            words: None,
            word_count: 1000,
            words_per_s: 86.1,
        }),
    };
    let columns = (0..240).map(|i| (-(i % 60) as i8, (i % 90) as i8)).collect();
    let overview = Overview {
        duration_s: 12.0,
        waveform: WaveformPeaks { step_s: 0.05, columns },
        spectrogram: SpectrogramImage {
            step_s: 0.1,
            max_hz: 22_050.0,
            rows: 16,
            cells: (0..120 * 16).map(|i| (i % 251) as u8).collect(),
            floor_db: -110.0,
            range_db: 100.0,
        },
    };
    Report { document, overview: Some(overview) }
}

/// A clip that could not be examined.
pub(crate) fn unreadable_report() -> Report {
    let mut document = sample_report().document;
    document.status = Status::Unreadable;
    document.error = Some(ErrorReport {
        kind: "malformed".into(),
        message: "malformed MP4 at byte 4096: box `moov` is cut off <b>here</b>".into(),
        hint: Some("ask the sender for the file once more, as a document".into()),
        offset: Some(4096),
    });
    document.source.path = "voice message.m4a".into();
    document.source.pcm_sha256 = None;
    document.source.pcm_format = None;
    document.stream = None;
    document.provenance = Provenance::default();
    document.limitations.clear();
    document.measurements = None;
    document.detectors.clear();
    document.edit_points.clear();
    document.enf_match = None;
    document.fingerprint = None;
    Report { document, overview: None }
}

fn quantisation() -> QuantisationReport {
    let same = |value| Spread { p5: value, median: value, p95: value };
    QuantisationReport {
        format: "AAC-LC".into(),
        frames: 862,
        bit_rate_kbps: Spread { p5: 96.0, median: 128.0, p95: 171.0 },
        global_gain: Some(Spread { p5: 151.0, median: 168.0, p95: 180.0 }),
        global_gain_start: 150,
        global_gain_counts: vec![2, 860],
        highest_line_hz: Some(same(15_504.0)),
        windows: WindowShares { long: 0.94, start: 0.02, short: 0.02, stop: 0.02 },
        bands: Some(BandShares { zero: 0.1, noise: 0.0, intensity: 0.0 }),
        ..QuantisationReport::default()
    }
}

fn tool() -> ToolReport {
    ToolReport {
        name: "spliceprint".into(),
        version: "0.1.0".into(),
        settings: SettingsReport {
            track: None,
            start_s: None,
            end_s: None,
            deep: false,
            profile: "full".into(),
            only: Vec::new(),
            skip: vec!["pitch-jump".into()],
            external: false,
        },
        calibration: "none".into(),
    }
}

fn measurements() -> Measurements {
    let slope = |from: f64, by: f64| (0..64).map(|i| from - by * f64::from(i)).collect();
    Measurements {
        sample_peak_dbfs: -1.2,
        true_peak_dbtp: -0.9,
        rms_dbfs: -21.4,
        loudness_lufs: Some(-23.1),
        loudness_range_lu: Some(6.2),
        dc_offset: vec![0.0001, -0.0002],
        clipped_samples: 12,
        zero_run_s: 0.4,
        effective_bits: None,
        empty_codes: None,
        bandwidth_hz: Some(15_800.0),
        cutoff_slope_db_per_100hz: Some(-4.2),
        speech_share: 0.71,
        noise_floor_dbfs: Some(-62.3),
        average_spectrum: Spectrum { start_hz: 0.0, step_hz: 344.53, level_db: slope(-30.0, 1.1) },
        noise_floor_spectrum: Some(Spectrum {
            start_hz: 0.0,
            step_hz: 344.53,
            level_db: slope(-70.0, 0.5),
        }),
        series: vec![
            Series {
                name: "loudness_lufs".into(),
                start_s: 0.2,
                step_s: 0.1,
                values: (0..118)
                    .map(|i| (i % 30 != 0).then(|| -23.0 + f64::from(i % 17)))
                    .collect(),
            },
            Series {
                name: "noise_floor_dbfs".into(),
                start_s: 0.0,
                step_s: 0.5,
                values: vec![None; 24],
            },
            Series {
                name: "enf_hz".into(),
                start_s: 8.0,
                step_s: 1.0,
                values: vec![Some(49.9871), Some(49.9869), Some(49.9874)],
            },
        ],
    }
}

fn enf_match() -> EnfMatchReport {
    let place = |start: &str, utc: &str, start_s, error_mhz, correlation| EnfPlaceReport {
        start: start.into(),
        start_utc: Some(utc.into()),
        start_s,
        error_mhz,
        correlation,
        offset_mhz: -1.2,
    };
    EnfMatchReport {
        record: EnfRecordReport {
            path: "grid\u{1b}[31m </script><b>.csv".into(),
            sha256: "c4".repeat(32),
            start: "2024-05-01T12:00:00+02:00".into(),
            end: "2024-05-01T18:00:00+02:00".into(),
            known_s: 21_540.0,
        },
        status: EnfMatchStatus::StandsOut,
        reason: None,
        matched_s: Some(284.0),
        places: Some(21_318),
        best: Some(place(
            "2024-05-01T14:16:30+02:00",
            "2024-05-01T12:16:30Z",
            1_714_565_790.0,
            0.4,
            0.998,
        )),
        next_best: Some(place(
            "2024-05-01T13:02:07+02:00",
            "2024-05-01T11:02:07Z",
            1_714_561_327.0,
            2.6,
            0.91,
        )),
        next_best_ratio: Some(6.5),
        false_series: Some(EnfFalseSeriesReport {
            tried: 21,
            as_good: 0,
            least_error_mhz: 2.9,
            median_error_mhz: 5.1,
            p_value: 0.0455,
        }),
        record_series: Some(Series {
            name: "record_hz".into(),
            start_s: 8.0,
            step_s: 1.0,
            values: vec![Some(49.9883), Some(49.9881), Some(49.9887)],
        }),
    }
}

fn node(id: &str, offset: u64, bytes: u64) -> StructureNode {
    let fields = vec![Tag { name: "field".into(), value: "<i>".into(), offset: None }];
    StructureNode { id: id.into(), offset, bytes, fields, parts: Vec::new() }
}

fn detectors() -> Vec<DetectorReport> {
    let detector = |id: &str, name: &str, family: &str, findings| DetectorReport {
        id: id.into(),
        name: name.into(),
        family: family.into(),
        status: DetectorStatus::Examined,
        reason: None,
        findings,
    };
    let finding = |start_s: f64, end_s: f64, score, score_unit: &str, strength| FindingReport {
        time_s: f64::midpoint(start_s, end_s),
        start_s,
        end_s,
        channel: None,
        score,
        score_unit: score_unit.into(),
        strength,
        evidence: vec![Evidence::above("run_length", score, score_unit, 5.0)],
        note: None,
    };
    let mut one_sided = finding(9.0, 11.0, -3.5, "dB", Strength::Limited);
    one_sided.channel = Some(1);
    vec![
        detector("clipping-change", "Clipping change", "level", vec![one_sided]),
        detector(
            "digital-silence",
            "Digital silence",
            "samples",
            vec![
                finding(3.9, 4.1, 200.0, "ms", Strength::Moderate),
                finding(4.195, 4.205, 10.0, "ms", Strength::Limited),
                finding(4.0, 4.3, 300.0, "ms", Strength::Uncalibrated),
            ],
        ),
        DetectorReport {
            status: DetectorStatus::Failed,
            reason: Some("out of memory\nat \u{1b}[31mblock 7".into()),
            ..detector("frame-grid", "Frame grid", "codec", Vec::new())
        },
        DetectorReport {
            status: DetectorStatus::NotApplicable,
            reason: Some("needs 10 s of mains hum, none was found".into()),
            ..detector("hum-phase", "Hum phase", "hum", Vec::new())
        },
        detector(
            "noise-floor-step",
            "Noise-floor step",
            "background",
            vec![
                finding(4.2, 4.2, 9.2, "dB", Strength::Strong),
                finding(8.4, 8.6, 6.4, "dB", Strength::Uncalibrated),
            ],
        ),
        detector("pitch-jump", "Pitch jump", "voice", Vec::new()),
    ]
}

fn edit_points() -> Vec<EditPointReport> {
    vec![
        EditPointReport {
            time_s: 4.2,
            start_s: 4.19,
            end_s: 4.21,
            score: 3.1,
            strength: Strength::Strong,
            detectors: vec!["digital-silence".into(), "noise-floor-step".into()],
            false_per_hour_at_most: None,
            explanation: "The background drops by 9.2 dB at \"one\" sample & stays <there>.".into(),
            innocent_explanations: vec![
                "A noise gate or a voice call's noise reduction opens and closes like this.".into(),
                "The device was moved or covered.".into(),
            ],
        },
        EditPointReport {
            time_s: 8.5,
            start_s: 8.4,
            end_s: 8.6,
            score: -0.4,
            strength: Strength::Uncalibrated,
            detectors: vec!["noise-floor-step".into()],
            false_per_hour_at_most: None,
            explanation: "The background rises by 6.4 dB within 200 ms.".into(),
            innocent_explanations: vec!["A door opened.".into()],
        },
    ]
}
