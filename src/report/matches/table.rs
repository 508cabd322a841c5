//! Matches as a Parquet table, a row for each stretch. `docs/parquet.md` has the columns.

use std::io::{self, Write};

use parquet::basic::Encoding;
use parquet::errors::Result;

use super::{MatchReport, MatchedRecording, MatchedSegment};
use crate::archive::tables::{Group, Row, TableWriter};

/// A stretch of a clip with the recording that it comes from.
struct MatchRow<'a> {
    report: &'a MatchReport,
    recording: &'a MatchedRecording,
    /// Place of the recording among those of the clip, 1 being the best.
    rank: usize,
    segment: &'a MatchedSegment,
}

impl Row for MatchRow<'_> {
    const SCHEMA: &'static str = "message matches {
        required binary query_path (STRING);
        required binary query_sha256 (STRING);
        required binary producer (STRING);
        required double threshold;
        required int32 rank (INTEGER(32,false));
        required int64 clip_id (INTEGER(64,false));
        required binary path (STRING);
        required binary sha256 (STRING);
        required double recording_score;
        required double a_start_s;
        required double a_end_s;
        required double b_start_s;
        required double b_end_s;
        required double speed;
        required double tempo;
        required double similarity;
        required double score;
    }";

    const ENCODINGS: &'static [(&'static str, Encoding)] = &[];

    fn put<W: Write + Send>(rows: &[Self], group: &mut Group<'_, W>) -> Result<()> {
        let query = |row: &Self| &row.report.document.query.source;
        let segment =
            |value: fn(&MatchedSegment) -> f64| rows.iter().map(move |r| value(r.segment));
        group.texts(rows.iter().map(|row| query(row).path.clone()))?;
        group.texts(rows.iter().map(|row| query(row).sha256.clone().unwrap_or_default()))?;
        group.texts(rows.iter().map(|row| row.report.document.tool.producer.clone()))?;
        group.doubles(rows.iter().map(|row| row.report.document.threshold))?;
        group.ints(rows.iter().map(|row| row.rank as i32))?;
        group.longs(rows.iter().map(|row| row.recording.clip_id as i64))?;
        group.texts(rows.iter().map(|row| row.recording.path.clone()))?;
        group.texts(rows.iter().map(|row| row.recording.sha256.clone()))?;
        group.doubles(rows.iter().map(|row| row.recording.score))?;
        group.doubles(segment(|s| s.a_start_s))?;
        group.doubles(segment(|s| s.a_end_s))?;
        group.doubles(segment(|s| s.b_start_s))?;
        group.doubles(segment(|s| s.b_end_s))?;
        group.doubles(segment(|s| s.speed))?;
        group.doubles(segment(|s| s.tempo))?;
        group.doubles(segment(|s| s.similarity))?;
        group.doubles(segment(|s| s.score))
    }
}

/// Writes the stretches of several clips, the clips and recordings in their order.
///
/// # Errors
///
/// Whatever `out` answers.
pub(super) fn write(reports: &[MatchReport], out: &mut dyn Write) -> io::Result<()> {
    let mut table = TableWriter::new(Vec::new())?;
    for report in reports {
        for (recording, rank) in report.document.matches.iter().zip(1..) {
            for segment in &recording.segments {
                table.push(MatchRow { report, recording, rank, segment })?;
            }
        }
    }
    out.write_all(&table.finish()?)
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;
    use serde_json::{Map, Value, json};

    use super::*;
    use crate::report::matches::sample;

    fn value(field: &Field) -> Value {
        match field {
            Field::Str(text) => json!(text),
            Field::Double(number) => json!(number),
            Field::UInt(number) => json!(number),
            Field::ULong(number) => json!(number),
            other => panic!("{other:?}"),
        }
    }

    /// The rows of a table, each as a JSON object.
    fn rows(reports: &[MatchReport]) -> Vec<Map<String, Value>> {
        let mut bytes = Vec::new();
        write(reports, &mut bytes).unwrap();
        let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
        let row = |row: parquet::record::Row| {
            row.get_column_iter().map(|(name, field)| (name.clone(), value(field))).collect()
        };
        reader.get_row_iter(None).unwrap().map(|read| row(read.unwrap())).collect()
    }

    #[test]
    fn every_stretch_is_a_row_with_the_documents_values() {
        let reports = sample::all();
        let [row] = &rows(&reports)[..] else { panic!("one stretch") };
        let document = &reports[0].document;
        let (found, segment) = (&document.matches[0], &document.matches[0].segments[0]);
        assert_eq!(row["query_path"], document.query.source.path.as_str());
        assert_eq!(row["producer"], document.tool.producer.as_str());
        assert_eq!(row["path"], found.path.as_str());
        assert_eq!(row["sha256"], found.sha256.as_str());
        assert_eq!((row["rank"].as_u64(), row["clip_id"].as_u64()), (Some(1), Some(found.clip_id)));
        let written = serde_json::to_value(segment).unwrap();
        for key in [
            "a_start_s",
            "a_end_s",
            "b_start_s",
            "b_end_s",
            "speed",
            "tempo",
            "similarity",
            "score",
        ] {
            assert_eq!(row[key], written[key], "{key}");
        }
    }

    #[test]
    fn nothing_found_is_a_table_without_rows() {
        assert!(rows(&[sample::not_found(), sample::inconclusive()]).is_empty());
        assert!(rows(&[]).is_empty());
    }
}
