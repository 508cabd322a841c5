//! WAVE in its four wrappers: RIFF, RIFX, RF64 or BW64, and Sony Wave64.

mod chunks;
mod format;

use self::chunks::{Chunk, ChunkWalk};
use self::format::Format;
use super::fields::{be_u32, bytes_at, code_text, is_code, le_u32, le_u64, malformed, text};
use super::packets::Warnings;
use super::reader::ByteReader;
use super::{Codec, Packets, Plan, TrackPlan};
use crate::error::Result;

/// Bytes read of a `fmt ` chunk; 40 are defined, codecs may append up to 64 kB.
const MAX_FORMAT_BYTES: u64 = 256;

/// Bytes searched of a `LIST` chunk for the writer's name.
const MAX_INFO_BYTES: u64 = 64 * 1024;

/// Whether a 32-bit size stands for "not known yet", as pipes leave it: all bits, or about the highest number
/// with a sign, some less to leave room for headers.
pub(super) fn is_open_size(size: u64) -> bool {
    size == u64::from(u32::MAX) || (0x7FFF_0000..=0x8000_0000).contains(&size)
}

/// What the chunks of a file said.
#[derive(Default)]
struct Found {
    format: Option<Format>,
    data: Option<Chunk>,
    /// Sample frames declared by `fact` or `ds64`, and the byte offset of that claim.
    fact: Option<(u64, u64)>,
    more_data: Warnings,
}

/// The one track of a WAVE file.
pub(crate) fn plan(reader: &mut ByteReader) -> Result<Plan> {
    let mut plan = Plan::default();
    let mut walk = ChunkWalk::open(reader)?;
    let mut found = Found::default();
    if let Some(ds64) = walk.ds64() {
        found.fact = Some((ds64.frames, ds64.offset));
    }
    while let Some(chunk) = walk.next(reader, &mut plan.warnings)? {
        match &chunk.id {
            b"fmt " if found.format.is_none() => {
                let body = bytes_at(reader, chunk.body, chunk.len, MAX_FORMAT_BYTES)?;
                found.format =
                    Some(Format::read(&body, chunk.body, walk.big_endian(), &mut plan.warnings)?);
            }
            b"fact" => {
                let body = bytes_at(reader, chunk.body, chunk.len, 8)?;
                let frames = match (walk.is_w64(), walk.big_endian()) {
                    (true, _) => le_u64(&body, 0),
                    (false, false) => le_u32(&body, 0).map(u64::from),
                    (false, true) => be_u32(&body, 0).map(u64::from),
                };
                if let Some(frames) = frames.filter(|&f| f != 0 && f != u64::from(u32::MAX)) {
                    found.fact = Some((frames, chunk.body));
                }
            }
            b"data" => note_data(&mut walk, reader, chunk, &mut found, &mut plan.warnings)?,
            b"LIST" => {
                let body = bytes_at(reader, chunk.body, chunk.len, MAX_INFO_BYTES)?;
                if body.starts_with(b"INFO") && plan.encoder.is_none() {
                    plan.encoder = info_text(&body[4..], *b"ISFT", walk.big_endian());
                }
            }
            _ => {}
        }
    }
    found.more_data.append_to(&mut plan.warnings, "further `data` chunks");
    let name = walk.name();
    let format = found.format.ok_or_else(|| {
        malformed(name, walk.position(), "the `fmt ` chunk is missing where the chunks end")
    })?;
    let data = found.data.ok_or_else(|| {
        malformed(name, walk.position(), "the `data` chunk is missing where the chunks end")
    })?;
    plan.tracks.push(track(format, &data, found.fact, &mut plan.warnings));
    Ok(plan)
}

/// Whether a declared size stands for "not known yet", given the bytes that are there.
fn is_left_open(claimed: u64, held: u64) -> bool {
    is_open_size(claimed) && (held < claimed || claimed == u64::from(u32::MAX))
}

/// Takes the first `data` chunk, names the others.
fn note_data(
    walk: &mut ChunkWalk,
    reader: &mut ByteReader,
    mut chunk: Chunk,
    found: &mut Found,
    warnings: &mut Vec<String>,
) -> Result<()> {
    if found.data.is_some() {
        found.more_data.push(|| {
            let (len, body) = (chunk.len, chunk.body);
            format!("a second `data` chunk is not examined: {len} bytes at byte {body}")
        });
        return Ok(());
    }
    let rest = reader.len() - chunk.body.min(reader.len());
    let unsized_here = is_left_open(chunk.claimed, chunk.len)
        || (chunk.claimed == 0 && !walk.is_followed(reader)?);
    if unsized_here && rest > 0 {
        // A recorder that was stopped, or a pipe, leaves the size as it was first written.
        warnings.push(format!(
            "the `data` chunk at byte {} declares {} bytes; the {rest} bytes to the end of the \
             file are taken",
            chunk.header, chunk.claimed
        ));
        chunk.len = rest;
        walk.stop();
    } else if chunk.claimed > chunk.len {
        warnings.push(format!(
            "the `data` chunk at byte {} declares {} bytes, the file holds {} of them",
            chunk.header, chunk.claimed, chunk.len
        ));
    }
    found.data = Some(chunk);
    Ok(())
}

fn track(
    format: Format,
    data: &Chunk,
    fact: Option<(u64, u64)>,
    warnings: &mut Vec<String>,
) -> TrackPlan {
    let rate_hz = f64::from(format.sample_rate_hz);
    let mut track = TrackPlan {
        sample_rate_hz: format.sample_rate_hz,
        channels: format.channels,
        bits_per_sample: format.bits_per_sample,
        packets: Packets::Elementary { start: data.body, len: data.len },
        ..TrackPlan::new(format.codec)
    };
    // A size that stands for "unknown" declares no duration.
    let known = data.claimed != 0 && !is_left_open(data.claimed, data.len);
    let claimed = if known { data.claimed } else { data.len };
    match format.block {
        Some((block_bytes, frames_per_block)) => {
            let start = data.body;
            track.packets = Packets::Fixed { start, len: data.len, block_bytes, frames_per_block };
            let blocks = claimed / u64::from(block_bytes);
            let capacity = blocks.saturating_mul(u64::from(frames_per_block));
            let mut frames = capacity;
            if let Some((fact, offset)) = fact
                && frames_per_block > 1
                && matches!(
                    format.codec,
                    Codec::AdpcmMs | Codec::AdpcmImaWav | Codec::Gsm | Codec::GsmMs
                )
            {
                // The last block of a short file may be cut, so it counts as a whole one here.
                if fact <= capacity + u64::from(frames_per_block) {
                    track.presentation_frames = Some(fact);
                    frames = fact;
                }
                if fact + u64::from(frames_per_block) < capacity {
                    warnings.push(format!(
                        "the `fact` chunk at byte {offset} declares {fact} samples, the blocks \
                         hold {capacity}"
                    ));
                }
            }
            track.declared_duration_s = known.then(|| frames as f64 / rate_hz);
        }
        None => {
            let by_fact = fact.map(|(frames, _)| frames as f64 / rate_hz);
            let by_rate = || match format.bytes_per_s {
                0 => None,
                bytes_per_s => known.then(|| claimed as f64 / f64::from(bytes_per_s)),
            };
            track.declared_duration_s = by_fact.or_else(by_rate);
        }
    }
    track
}

/// The text of one entry of a `LIST` chunk of the kind `INFO`.
fn info_text(body: &[u8], id: [u8; 4], big_endian: bool) -> Option<String> {
    let mut at = 0usize;
    while let (Some(entry), Some(len)) =
        (body.get(at..at + 4), if big_endian { be_u32(body, at + 4) } else { le_u32(body, at + 4) })
    {
        let start = at + 8;
        let end = start.saturating_add(len as usize).min(body.len());
        if entry == id {
            return text(&body[start..end]);
        }
        at = end + (len as usize & 1);
    }
    None
}

#[cfg(test)]
mod tests;
