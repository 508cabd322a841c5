//! What a file shows of how it came about, put in order as far as an order is known.
//!
//! Every entry stands in the file (a date, a name, the frames) or is inferred from what does (marks of a known
//! writer, a frame grid). Where two contradict each other both are listed, each with what stands against it.

use super::{Basis, Provenance, Stage, TimelineEntry};
use crate::container::structure::Date;
use crate::report::wording_history::encodings;
use crate::writers::names_encoder;

/// Entries kept; a hostile file has any number of tags and dates.
const MOST_ENTRIES: usize = 64;

/// Tags that name the encoder itself, not the program that wrote the file round its output.
const OF_ENCODING: [&str; 3] = ["payload", "lame tag", "vendor"];

/// Beginnings of encoders' names and whose they are. Names of muxers are not among them: what they hold may come
/// from any encoder.
const ENCODERS: [(&str, &str); 8] = [
    ("LAME", "LAME"),
    ("Lavc", "libavcodec"),
    ("libfaac", "FAAC"),
    ("FAAC", "FAAC"),
    ("fdkaac", "FDK"),
    ("libfdk", "FDK"),
    ("Nero", "Nero"),
    ("iTunes", "Apple"),
];

/// The entries of a file with these `dates`, ordered by stage, dates among themselves by time.
pub(super) fn timeline(provenance: &Provenance, dates: &[Date]) -> Vec<TimelineEntry> {
    let mut entries: Vec<TimelineEntry> = Vec::new();
    entries.extend(encoded(provenance));
    entries.extend(named(provenance));
    entries.extend(written(provenance));
    entries.extend(dated(dates));
    // Stable: within a stage the order is that of the list above.
    entries.sort_by_key(|entry| entry.stage);
    entries.truncate(MOST_ENTRIES);
    entries
}

fn entry(what: String, basis: Basis, stage: Stage) -> TimelineEntry {
    TimelineEntry { what, basis, stage, date: None, offset: None, against: None }
}

/// The last encoding, and those before it that the samples show or that are declared.
fn encoded(provenance: &Provenance) -> Vec<TimelineEntry> {
    let steps = provenance.compression_history.iter().zip(encodings(provenance));
    let mut entries: Vec<TimelineEntry> = steps
        .map(|(step, words)| {
            let what = format!("encoded as {}", words.encoding);
            if step.observed_in == "stream" {
                return entry(what, Basis::Observed, Stage::LastEncoding);
            }
            let what = format!("{what}, then decoded: frame grid of {}", words.shown_by);
            entry(what, Basis::Inferred, Stage::EarlierEncoding)
        })
        .collect();
    let declared = provenance.tags.iter().filter(|tag| tag.name == "bext.coding_history");
    entries.extend(declared.map(|tag| TimelineEntry {
        offset: tag.offset,
        ..entry(
            format!("coding history as declared: {}", tag.value.trim()),
            Basis::Observed,
            Stage::EarlierEncoding,
        )
    }));
    entries
}

/// Encoders and writers by the names that stand in the file.
fn named(provenance: &Provenance) -> Vec<TimelineEntry> {
    let is_name = |name: &str| name == "payload" || names_encoder(name);
    let tags: Vec<_> = provenance.tags.iter().filter(|tag| is_name(&tag.name)).collect();
    let payload = tags.iter().find(|tag| tag.name == "payload").copied();
    tags.iter()
        .map(|tag| {
            let own = OF_ENCODING.contains(&tag.name.to_lowercase().as_str());
            let (stage, verb) = if own {
                (Stage::LastEncoding, "encoder named")
            } else {
                (Stage::File, "writer named")
            };
            let place = if tag.name == "payload" { "inside the coded frames" } else { &tag.name };
            let other = |tag: &&super::Tag| {
                payload.filter(|p| p.value != tag.value && differ(&p.value, &tag.value))
            };
            let against = if tag.name == "payload" {
                let found = tags.iter().find(|other| differ(&tag.value, &other.value));
                found.map(|found| format!("{} names {}", found.name, found.value))
            } else {
                other(tag).map(|p| format!("the coded frames name {}", p.value))
            };
            TimelineEntry {
                offset: tag.offset,
                against,
                ..entry(format!("{verb} {} ({place})", tag.value), Basis::Observed, stage)
            }
        })
        .collect()
}

/// Whether a name inside the coded frames and a tag name encoders of two makers. An encoder may run inside
/// libavcodec, which then names itself in the tag.
fn differ(payload: &str, tag: &str) -> bool {
    let maker = |name: &str| {
        ENCODERS.iter().find(|(start, _)| name.starts_with(start)).map(|(_, maker)| *maker)
    };
    match (maker(payload), maker(tag)) {
        (Some(inside), Some(outside)) => inside != outside && outside != "libavcodec",
        _ => false,
    }
}

/// Known writers. Marks of one program alone are those of the program that wrote the file; of several, one wrote
/// it again or marks were copied, and which came first is not known.
fn written(provenance: &Provenance) -> Vec<TimelineEntry> {
    let programs: Vec<&str> = provenance
        .writers
        .iter()
        .filter(|writer| writer.kind != "encoder")
        .map(|writer| writer.name.as_str())
        .collect();
    provenance
        .writers
        .iter()
        .map(|writer| {
            let verb = match writer.kind.as_str() {
                "recorder" => "recorded",
                "messenger" => "sent as a voice message",
                "editor" => "saved by an editor",
                "encoder" => "encoded",
                "platform" => "passed through a service",
                _ => "written anew",
            };
            let others: Vec<&str> =
                programs.iter().copied().filter(|name| *name != writer.name).collect();
            let (stage, against) = match (writer.kind == "encoder", others.is_empty()) {
                (true, _) => (Stage::LastEncoding, None),
                (false, true) => (Stage::File, None),
                (false, false) => {
                    let others = others.join(", ");
                    (Stage::Unknown, Some(format!("marks of {others} stand beside these")))
                }
            };
            let marks = writer.marks.join(", ");
            let what = format!("{verb}: consistent with {} ({marks})", writer.name);
            TimelineEntry { against, ..entry(what, Basis::Inferred, stage) }
        })
        .collect()
}

/// Dates in their own order; those of one time and kind count once.
fn dated(dates: &[Date]) -> Vec<TimelineEntry> {
    let mut sorted: Vec<&Date> = dates.iter().collect();
    sorted.sort_by_key(|date| (date.unix_s, date.name, date.offset));
    let same = |a: &&Date, b: &&Date| (a.unix_s, a.name) == (b.unix_s, b.name);
    sorted
        .chunk_by(same)
        .filter_map(|group| {
            let first = group.first()?;
            let parts =
                if group.len() > 1 { format!(", in {} parts", group.len()) } else { String::new() };
            Some(TimelineEntry {
                date: Some(first.text()),
                offset: Some(first.offset),
                ..entry(
                    format!("{}, by the file{parts}", first.name),
                    Basis::Observed,
                    Stage::Dated,
                )
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Tag, WriterReport, sample_report};

    fn tag(name: &str, value: &str) -> Tag {
        Tag { name: name.into(), value: value.into(), offset: Some(9) }
    }

    fn writer(name: &str, kind: &str) -> WriterReport {
        let marks = vec!["mark".into()];
        WriterReport {
            name: name.into(),
            kind: kind.into(),
            marks,
            note: None,
            source: String::new(),
        }
    }

    #[test]
    fn encodings_come_before_the_file_and_dates_behind() {
        let provenance = sample_report().document.provenance;
        let date = |name, unix_s| Date { name, unix_s, offset: 40 };
        let dates = [date("modified", 60), date("created", 0), date("created", 0)];
        let entries = timeline(&provenance, &dates);
        let stages: Vec<_> = entries.iter().map(|entry| entry.stage).collect();
        let expected =
            [Stage::EarlierEncoding, Stage::LastEncoding, Stage::File, Stage::Dated, Stage::Dated];
        assert_eq!(stages, expected);
        assert_eq!(entries[0].basis, Basis::Inferred);
        assert_eq!(entries[1].basis, Basis::Observed);
        assert_eq!(entries[3].what, "created, by the file, in 2 parts");
        assert_eq!(entries[4].date.as_deref(), Some("1970-01-01 00:01:00"));
        assert!(timeline(&Provenance::default(), &[]).is_empty());
    }

    #[test]
    fn names_that_contradict_each_other_stand_side_by_side() {
        let of = |outside: &str| {
            let tags =
                vec![tag("©too", outside), tag("payload", "Lavc59.37.100"), tag("title", "x")];
            timeline(&Provenance { tags, ..Provenance::default() }, &[])
        };
        let entries = of("fdkaac 1.0.0");
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0].stage, Stage::LastEncoding);
        assert_eq!(entries[0].against.as_deref(), Some("©too names fdkaac 1.0.0"));
        assert_eq!(entries[1].against.as_deref(), Some("the coded frames name Lavc59.37.100"));
        assert!(of("Lavf59.27.100").iter().all(|entry| entry.against.is_none()));
        assert!(!differ("LAME3.100", "Lavc59.37") && !differ("LAME3.100", "LAME3.100"));
    }

    #[test]
    fn of_two_programs_neither_is_first() {
        let writers =
            vec![writer("A", "recorder"), writer("B", "converter"), writer("C", "encoder")];
        let entries = timeline(&Provenance { writers, ..Provenance::default() }, &[]);
        let stages: Vec<_> = entries.iter().map(|entry| entry.stage).collect();
        assert_eq!(stages, [Stage::LastEncoding, Stage::Unknown, Stage::Unknown]);
        assert_eq!(entries[1].against.as_deref(), Some("marks of B stand beside these"));
    }

    #[test]
    fn a_file_full_of_tags_is_bounded() {
        let tags = vec![tag("encoder", "x"); 1_000];
        let entries = timeline(&Provenance { tags, ..Provenance::default() }, &[]);
        assert_eq!(entries.len(), MOST_ENTRIES);
    }
}
