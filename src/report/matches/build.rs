//! From a search, or a failure, to the report that every format is rendered from.

use super::{
    MATCH_SCHEMA, MatchDocument, MatchReport, MatchedRecording, MatchedSegment, SearchedArchive,
};
use crate::archive::{Archive, PRODUCER, hex};
use crate::comparison::{Recording, Segment};
use crate::error::Error;
use crate::matching::{Match, Matches};
use crate::report::build::error_report;
use crate::report::comparison::{ComparisonTool, RecordingReport, edit_report, recording_report};
use crate::report::{SourceReport, Status};
use crate::units::{round_time, round_to};

/// What scores are held against.
const NULL: &str = "own-strangers-v1";

impl MatchReport {
    /// The report of a clip that was looked up with this least score.
    #[must_use]
    pub fn of(clip: &Recording, archive: &Archive, found: &Matches, threshold: f64) -> Self {
        let damaged = !clip.stream.damage.is_empty();
        let searched = searched(archive, found.checked, found.compared);
        let mut document = document(recording_report(clip), searched, threshold);
        document.status = if damaged { Status::Partial } else { Status::Ok };
        document.limitations = limitations(damaged, found);
        document.inconclusive.clone_from(&found.inconclusive);
        document.matches = found.found.iter().map(matched).collect();
        Self { document }
    }

    /// The report of a clip that could not be examined.
    #[must_use]
    pub fn unreadable(path: &str, error: &Error, archive: &Archive, threshold: f64) -> Self {
        let query = RecordingReport {
            source: SourceReport::unread(path),
            stream: None,
            error: Some(error_report(error)),
        };
        let mut document = document(query, searched(archive, 0, 0), threshold);
        document.limitations = vec!["Nothing was looked up.".into()];
        document.inconclusive = Some("the clip could not be read".into());
        Self { document }
    }
}

fn document(query: RecordingReport, archive: SearchedArchive, threshold: f64) -> MatchDocument {
    MatchDocument {
        schema: MATCH_SCHEMA.into(),
        status: Status::Unreadable,
        tool: ComparisonTool {
            name: env!("CARGO_PKG_NAME").into(),
            version: env!("CARGO_PKG_VERSION").into(),
            producer: PRODUCER.into(),
            calibration: NULL.into(),
        },
        query,
        archive,
        limitations: Vec::new(),
        inconclusive: None,
        threshold,
        matches: Vec::new(),
    }
}

fn searched(archive: &Archive, places_checked: usize, clips_compared: usize) -> SearchedArchive {
    let stats = archive.stats();
    SearchedArchive {
        path: archive.folder().to_string_lossy().into_owned(),
        clips: stats.clips,
        duration_s: round_time(stats.duration_s),
        words: stats.words,
        places_checked,
        clips_compared,
    }
}

fn matched(found: &Match) -> MatchedRecording {
    let comparison = &found.comparison;
    let mut paths = found.paths.iter().cloned();
    MatchedRecording {
        clip_id: found.clip.id,
        path: paths.next().unwrap_or_default(),
        also_at: paths.collect(),
        sha256: hex(&found.clip.sha256),
        duration_s: round_time(found.clip.duration_s),
        score: round_to(comparison.score, 2),
        matched_s: round_time(comparison.segments.iter().map(|s| s.a_s.1 - s.a_s.0).sum()),
        segments: comparison.segments.iter().map(segment).collect(),
        edits: comparison.edits.iter().map(edit_report).collect(),
    }
}

fn segment(segment: &Segment) -> MatchedSegment {
    let (speed, tempo) = segment.speed_and_tempo();
    let (b_start_s, b_end_s) = segment.b_s();
    MatchedSegment {
        a_start_s: round_time(segment.a_s.0),
        a_end_s: round_time(segment.a_s.1),
        b_start_s: round_time(b_start_s),
        b_end_s: round_time(b_end_s),
        speed: round_to(speed, 6),
        tempo: round_to(tempo, 6),
        similarity: round_to(segment.similarity, 4),
        score: round_to(segment.score, 2),
        also_at_s: segment.also_at_s.iter().map(|s| round_time(*s)).collect(),
    }
}

/// What this search cannot say.
fn limitations(damaged: bool, found: &Matches) -> Vec<String> {
    let mut lines = vec![
        "The archive keeps words, not sound: places are good to about 20 ms, and `compare` with the recording itself says more."
            .to_owned(),
        "Changes of speed beyond 7 %, and changes of tempo or pitch alone, are not looked for.".into(),
        "That nothing was found does not show that no recording of the archive is the source.".into(),
    ];
    if found.cut_short > 0 {
        lines.push(
            "The archive is long: where a recording was found at once, others with the same sound at another speed or much distorted were not looked for (`--thorough`)."
                .into(),
        );
    }
    if damaged {
        lines.push("The clip is damaged, so that times after the damage may be early.".into());
    }
    if let Some(step_s) = found.widened_s {
        lines.push(format!(
            "The clip is long: ten seconds in every {step_s:.0} s were looked up, so that a stretch between them may be missed."
        ));
    }
    lines
}
