//! Which files of a folder hold the same material, and how.
//!
//! Every recording is looked up among the words of the others, as `match` does. Files whose samples are
//! the same are looked up once.

use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::spread::{self, Message};
use super::{ScanEvent, ScanOptions};
use crate::archive::{Archive, ArchiveWriter, Words, hex};
use crate::comparison::Recording;
use crate::decode::Input;
use crate::error::Result;
use crate::matching::{Effort, MatchSettings, find_matches};
use crate::report::scan::{ScanRecord, ScanRelation};

/// Recordings that one is held against, at most.
const MOST_RELATED: usize = 40;

/// Where each file is, by the name of its report.
pub(super) type Places<'a> = HashMap<&'a str, &'a Path>;

/// One recording to look up: its record's number and file.
struct Query<'a> {
    record: usize,
    path: &'a Path,
}

/// Adds the words of records that the archive lacks: an earlier scan that was ended may have kept its
/// lines but not their words.
///
/// # Errors
///
/// Those of writing the archive and of starting threads.
pub(super) fn fill(
    records: &[ScanRecord],
    places: &Places<'_>,
    archive: &mut ArchiveWriter,
    options: &ScanOptions,
) -> Result<()> {
    let lacks = |record: &&ScanRecord| {
        record.source.pcm_sha256.as_ref().is_some_and(|hash| !archive.holds(hash))
    };
    let missing: Vec<&ScanRecord> = records.iter().filter(lacks).collect();
    let read = |record: &&ScanRecord, _: &mut dyn FnMut(f64, u64)| {
        let input = Input::Path(places.get(record.report.as_str())?.to_path_buf());
        let words = || Words::read(&input, &options.settings.open, &mut |_, _| {});
        catch_unwind(AssertUnwindSafe(words)).ok().and_then(Result::ok)
    };
    spread::spread(&missing, options.jobs, &read, &mut |message| {
        if let Message::Done(Some(words)) = message {
            archive.add(&words)?;
        }
        Ok(())
    })
}

/// The relations between the recordings of `records`, whose words `archive` holds. A pair is named once,
/// with the shorter recording as the clip. What cannot be read again has none.
///
/// # Errors
///
/// Those of opening the archive and of starting threads.
pub(super) fn relate(
    records: &[ScanRecord],
    places: &Places<'_>,
    archive: &Path,
    options: &ScanOptions,
    tell: &mut dyn FnMut(ScanEvent<'_>),
) -> Result<Vec<ScanRelation>> {
    let archive = Archive::open(archive)?;
    // The first of several files with the same samples stands for all.
    let mut by_samples: HashMap<&str, usize> = HashMap::new();
    for (number, record) in records.iter().enumerate() {
        if let Some(hash) = &record.source.pcm_sha256 {
            by_samples.entry(hash).or_insert(number);
        }
    }
    let mut queries: Vec<Query<'_>> = by_samples
        .values()
        .filter_map(|&record| {
            Some(Query { record, path: places.get(records[record].report.as_str())? })
        })
        .collect();
    if queries.len() < 2 {
        return Ok(Vec::new());
    }
    queries.sort_by_key(|query| query.record);
    tell(ScanEvent::Relating { files: queries.len() });
    let look = |query: &Query<'_>, _: &mut dyn FnMut(f64, u64)| {
        let found = || look_up(query, &archive, records, &by_samples, options);
        catch_unwind(AssertUnwindSafe(found)).ok().and_then(Result::ok).unwrap_or_default()
    };
    let mut pairs: BTreeMap<(usize, usize), (usize, ScanRelation)> = BTreeMap::new();
    spread::spread(&queries, options.jobs, &look, &mut |message| {
        let Message::Done(found) = message else { return Ok(()) };
        tell(ScanEvent::Related);
        for (clip, source, relation) in found {
            let pair = (clip.min(source), clip.max(source));
            let known = pairs.get(&pair).map(|(clip, _)| *clip);
            if known.is_none_or(|known| is_rather_the_clip(records, clip, known)) {
                pairs.insert(pair, (clip, relation));
            }
        }
        Ok(())
    })?;
    Ok(pairs.into_values().map(|(_, relation)| relation).collect())
}

/// Whether record `a` is the clip of a pair rather than `b`: the shorter one, of equals the later.
fn is_rather_the_clip(records: &[ScanRecord], a: usize, b: usize) -> bool {
    let length_s = |n: usize| records[n].stream.as_ref().map_or(0.0, |s| s.duration_s);
    length_s(a).total_cmp(&length_s(b)).then(b.cmp(&a)).is_lt()
}

/// What one recording shares with others: numbers of clip and source, and how they relate.
fn look_up(
    query: &Query<'_>,
    archive: &Archive,
    records: &[ScanRecord],
    by_samples: &HashMap<&str, usize>,
    options: &ScanOptions,
) -> Result<Vec<(usize, usize, ScanRelation)>> {
    let input = Input::Path(query.path.to_path_buf());
    let mut clip = Recording::read(&input, &options.settings.open, &mut |_, _| {})?;
    // The recording itself is in the archive: the first look always finds it.
    let effort = Effort::Thorough;
    let settings = MatchSettings { top: MOST_RELATED, effort, ..MatchSettings::default() };
    let found = find_matches(&mut clip, archive, &settings)?.found;
    let of_scan = found.into_iter().filter_map(|found| {
        let source = *by_samples.get(hex(&found.clip.pcm_sha256).as_str())?;
        (source != query.record).then(|| {
            let pair = (&records[query.record], &records[source]);
            (query.record, source, ScanRelation::of(pair, &found.comparison))
        })
    });
    Ok(of_scan.collect())
}
