//! ISO base media files: MP4, M4A, MOV and 3GP, whole or in fragments.

mod boxes;
mod continuity;
mod coverage;
mod edits;
mod fragments;
mod pcm;
mod rows;
mod sample_entry;
mod sample_table;
mod sink;
mod tags;
mod track;

use super::Plan;
use super::fields::{be_u32, code_text, malformed};
use super::limits::MAX_PACKETS;
use super::reader::ByteReader;
use crate::error::{Error, Result};

pub(super) use self::boxes::{BoxHead, Boxes, is_kind};
pub(super) use self::coverage::unreferenced;
pub(super) use self::sample_entry::{alac_cookie, alac_stream};
pub(super) use self::tags::key;

/// The format's name in messages.
const FORMAT: &str = "ISO BMFF";

/// Audio tracks examined in one file.
const MAX_TRACKS: usize = 256;

/// Handler names that programs put there unasked and that name no program.
const GENERIC_HANDLERS: [&str; 5] = [
    "SoundHandler",
    "SoundHandle",
    "Sound Media Handler",
    "Apple Sound Media Handler",
    "ISO Media file produced by Google Inc.",
];

/// What stands at the top of a file.
#[derive(Debug, Default)]
struct Top {
    moov: Option<BoxHead>,
    fragments: u64,
    /// Media boxes (`mdat`).
    media: u64,
}

/// The audio tracks of a movie, in file order.
pub(crate) fn plan(reader: &mut ByteReader) -> Result<Plan> {
    let mut plan = Plan::default();
    let boxes = &mut Boxes::new(reader);
    let top = survey(boxes, &mut plan.warnings)?;
    let file_len = boxes.reader.len();
    let Some(moov) = top.moov else {
        let what = match top.fragments {
            0 => "the index (`moov`) is missing where the file ends",
            _ => "the file has fragments, but the index (`moov`) they need is missing",
        };
        return Err(malformed(FORMAT, file_len, what));
    };
    if boxes.child(&moov, b"cmov")?.is_some() {
        return Err(Error::Unsupported {
            what: format!("a compressed index (`cmov`) at byte {}", moov.start),
            hint: Some("let QuickTime or ffmpeg copy the file into a new one".into()),
        });
    }
    let movie_timescale = movie_timescale(boxes, &moov)?;
    let (mut tracks, others) = read_tracks(boxes, &moov, &mut plan.warnings)?;
    if tracks.is_empty() {
        return Err(match others {
            0 if moov.claimed_end > moov.end => {
                malformed(FORMAT, file_len, "the index (`moov`) is cut where the file ends")
            }
            others => Error::NoAudio { what: format!("tracks that are not audio: {others}") },
        });
    }
    if top.fragments > 0 {
        fragments::read(boxes, &moov, &mut tracks, &mut plan.warnings)?;
    }
    let tags = tags::read(boxes, &moov)?;
    let named = |name: &String| !GENERIC_HANDLERS.contains(&name.as_str());
    let handler = tracks.iter().find_map(|track| track.handler.clone().filter(named));
    // Packets of one track alone in one media box lie behind one another.
    let alone = tracks.len() == 1 && others == 0 && top.media == 1 && top.fragments == 0;
    for track in tracks {
        let mut track = track.plan(boxes, movie_timescale, &tags, &mut plan.warnings)?;
        if alone {
            continuity::gaps(&track.packets, &mut track.walked);
        }
        track.walked.sort();
        plan.tracks.push(track);
    }
    plan.encoder = tags.encoder.or(handler);
    Ok(plan)
}

/// Looks over the boxes at the top and names those whose sizes lie.
fn survey(boxes: &mut Boxes, warnings: &mut Vec<String>) -> Result<Top> {
    let file_len = boxes.reader.len();
    let mut top = Top::default();
    let mut more_indexes = 0u64;
    let mut at = 0;
    while let Some(found) = boxes.at(at, file_len)?.filter(|found| is_kind(found.kind)) {
        at = found.end;
        if found.claimed_end > found.end {
            warnings.push(format!(
                "the `{}` box at byte {} declares an end at byte {}; the file ends at byte \
                 {file_len}",
                code_text(found.kind),
                found.start,
                found.claimed_end
            ));
        }
        match &found.kind {
            b"moov" if top.moov.is_some() => {
                more_indexes += 1;
                if more_indexes == 1 {
                    let start = found.start;
                    warnings.push(format!("a second `moov` box is not examined, at byte: {start}"));
                }
            }
            b"moov" => top.moov = Some(found),
            b"moof" => top.fragments += 1,
            b"mdat" => top.media += 1,
            _ => {}
        }
    }
    if at < file_len {
        warnings.push(format!("the {} bytes from byte {at} on are no box", file_len - at));
    }
    Ok(top)
}

fn movie_timescale(boxes: &mut Boxes, moov: &BoxHead) -> Result<u32> {
    let Some(mvhd) = boxes.child(moov, b"mvhd")? else { return Ok(0) };
    let body = boxes.bytes(&mvhd, 24)?;
    let at = if body.first() == Some(&1) { 20 } else { 12 };
    match be_u32(&body, at) {
        Some(0) => Err(malformed(FORMAT, mvhd.start, "the time scale of the movie is 0")),
        Some(timescale) => Ok(timescale),
        None => Err(malformed(FORMAT, mvhd.start, "the `mvhd` box is cut")),
    }
}

/// The audio tracks, and how many others there are.
fn read_tracks(
    boxes: &mut Boxes,
    moov: &BoxHead,
    warnings: &mut Vec<String>,
) -> Result<(Vec<track::Track>, u64)> {
    let mut tracks: Vec<track::Track> = Vec::new();
    let (mut others, mut failed, mut entries) = (0u64, 0usize, 0usize);
    let mut first_error = None;
    let mut at = moov.body;
    while let Some(found) = boxes.at(at, moov.end)? {
        at = found.end;
        if &found.kind != b"trak" {
            continue;
        }
        match track::read(boxes, &found, warnings) {
            Ok(Some(track)) => {
                entries += track.sink.entries();
                tracks.push(track);
            }
            Ok(None) => others += 1,
            // One damaged track does not take the others with it.
            Err(error @ (Error::Malformed { .. } | Error::Limit { .. })) => {
                failed += 1;
                first_error.get_or_insert(error);
            }
            Err(error) => return Err(error),
        }
        if tracks.len() + failed > MAX_TRACKS || entries > MAX_PACKETS {
            let what = format!(
                "more than {MAX_TRACKS} audio tracks or {MAX_PACKETS} packets, at byte: {at}"
            );
            return Err(Error::Limit { what });
        }
    }
    match first_error {
        Some(error) if tracks.is_empty() => return Err(error),
        Some(error) => {
            warnings.push(format!("{failed} audio tracks are left out, the first: {error}"));
        }
        None => {}
    }
    Ok((tracks, others))
}

#[cfg(test)]
mod tests;
