//! Apple core audio format: chunks with 64-bit sizes, a packet table for packets of changing size.

mod codec;
mod packet_table;

use self::codec::{Described, Description};
use self::packet_table::PacketTable;
use super::fields::{be_u32, be_u64, bytes_at, code_text, four, is_code, malformed, rescale, text};
use super::limits::{MAX_BOXES, MAX_CONFIG_BYTES, MAX_PACKET_BYTES, SAMPLE_RATE_HZ, check_stream};
use super::packets::{PacketList, Warnings};
use super::reader::ByteReader;
use super::{Codec, Packets, Plan, TrackPlan};
use crate::error::Result;

const FORMAT: &str = "CAF";

/// Bytes read of the information strings.
const MAX_INFO_BYTES: u64 = 64 * 1024;

/// Bytes read of the packet table: 8 M packets of two-byte sizes, with room to spare.
const MAX_TABLE_BYTES: u64 = 64 << 20;

/// What the chunks of a file said.
#[derive(Default)]
struct Found {
    description: Option<Description>,
    cookie: Vec<u8>,
    /// Start and length of the audio, and the length by its header where that is known.
    data: Option<(u64, u64, Option<u64>)>,
    table: Option<PacketTable>,
}

/// The one track of a CAF file.
pub(crate) fn plan(reader: &mut ByteReader) -> Result<Plan> {
    let mut plan = Plan::default();
    if reader.array_at::<4>(0)? != Some(*b"caff") {
        return Err(malformed(FORMAT, 0, "the file header is missing"));
    }
    let found = read_chunks(reader, &mut plan)?;
    let end = reader.len();
    let missing = |name: &str| {
        malformed(FORMAT, end, format!("the `{name}` chunk is missing where the file ends"))
    };
    let mut description = found.description.clone().ok_or_else(|| missing("desc"))?;
    let described = description.codec(&found.cookie);
    check_stream(described.sample_rate_hz, described.channels, description.offset)?;
    if !SAMPLE_RATE_HZ.contains(&description.rate_hz) {
        // The codec knew its rate; the description's own clock is of no use.
        description.rate_hz = described.sample_rate_hz;
    }
    let (start, len, claimed) = found.data.ok_or_else(|| missing("data"))?;
    let mut track = TrackPlan {
        sample_rate_hz: described.sample_rate_hz,
        channels: described.channels as u16,
        bits_per_sample: described.bits_per_sample,
        config: described.config.clone(),
        ..TrackPlan::new(described.codec)
    };
    let frames = match (description.packet_bytes, &found.table) {
        (0, None) if matches!(described.codec, Codec::Other(_)) => {
            track.packets = Packets::Elementary { start, len };
            None
        }
        (0, None) => return Err(missing("pakt")),
        (0, Some(table)) => {
            let mut list = PacketList::new(start.saturating_add(len).min(end));
            let frames = table.fill(start, description.packet_frames, &mut list)?;
            if let Some(first) = list.first_cut() {
                let per_packet = frames as f64 / list.listed().max(1) as f64;
                let from_s = first as f64 * per_packet / f64::from(description.rate_hz);
                plan.warnings.push(format!(
                    "the `data` chunk at byte {start} holds {len} bytes: {} of {} packets are \
                     missing, the first at {from_s:.3} s",
                    list.cut(),
                    list.listed()
                ));
            }
            track.packets = Packets::Table(list.finish(&mut plan.warnings));
            Some(frames)
        }
        (bytes, _) => {
            let block_bytes = bytes.min(MAX_PACKET_BYTES);
            let frames_per_block = description.packet_frames.max(1);
            track.packets = Packets::Fixed { start, len, block_bytes, frames_per_block };
            let declared = claimed.unwrap_or(len) / u64::from(block_bytes);
            Some(declared.saturating_mul(u64::from(frames_per_block)))
        }
    };
    apply_times(&mut track, &description, found.table.as_ref(), frames, &described);
    plan.tracks.push(track);
    Ok(plan)
}

/// Priming, length and duration. The packet table counts frames at the description's rate; they
/// are converted to `sample_rate_hz`, which is 48 000 for Opus whatever the description says. The
/// priming of Opus is its pre-skip, so decoders must not leave out that of OpusHead once more.
fn apply_times(
    track: &mut TrackPlan,
    description: &Description,
    table: Option<&PacketTable>,
    frames: Option<u64>,
    described: &Described,
) {
    let scale = |frames| rescale(frames, track.sample_rate_hz, description.rate_hz);
    let mut start = 0;
    if let Some(table) = table {
        start = scale(table.priming);
        if table.valid > 0 {
            track.presentation_frames = Some(scale(table.valid));
        }
    }
    let declared = table.map(|table| table.valid).filter(|&valid| valid > 0).or(frames);
    track.declared_duration_s = declared
        .filter(|&frames| frames > 0)
        .map(|frames| frames as f64 / f64::from(description.rate_hz));
    track.start_trim_frames = start.max(described.pre_skip);
}

fn read_chunks(reader: &mut ByteReader, plan: &mut Plan) -> Result<Found> {
    let mut found = Found::default();
    let file_len = reader.len();
    let mut more = Warnings::default();
    let mut at = 8u64;
    for _ in 0..MAX_BOXES {
        let Some(head) = reader.array_at::<12>(at)? else { break };
        let (Some(id), Some(claimed)) = (four(&head, 0), be_u64(&head, 4)) else { break };
        if !is_code(id) {
            plan.warnings
                .push(format!("the {} bytes from byte {at} on are no chunk", file_len - at));
            break;
        }
        let body = at + 12;
        // -1 stands for "to the end of the file", which only the audio may claim.
        let open = claimed == u64::MAX && &id == b"data";
        let there = claimed.min(file_len.saturating_sub(body));
        if claimed > there && !open {
            plan.warnings.push(format!(
                "the `{}` chunk at byte {at} declares {claimed} bytes, the file holds {there} of \
                 them",
                code_text(id)
            ));
        }
        match &id {
            b"desc" if found.description.is_none() => {
                let bytes = bytes_at(reader, body, there, 32)?;
                found.description = Some(
                    Description::read(&bytes, body)
                        .ok_or_else(|| malformed(FORMAT, at, "the `desc` chunk is cut"))?,
                );
            }
            b"data" if found.data.is_none() => {
                // Four bytes count edits of the audio before it starts.
                let len = there.saturating_sub(4);
                let declared = (!open).then(|| claimed.saturating_sub(4));
                found.data = Some((body.saturating_add(4).min(file_len), len, declared));
            }
            b"data" => more.push(|| {
                format!("a second `data` chunk is not examined: {there} bytes at byte {body}")
            }),
            b"pakt" if found.table.is_none() => {
                let bytes = bytes_at(reader, body, there, MAX_TABLE_BYTES)?;
                found.table = Some(
                    PacketTable::read(bytes, at, &mut plan.warnings)
                        .ok_or_else(|| malformed(FORMAT, at, "the `pakt` chunk is cut"))?,
                );
            }
            b"kuki" => found.cookie = bytes_at(reader, body, there, MAX_CONFIG_BYTES)?,
            b"info" if plan.encoder.is_none() => {
                plan.encoder = writer(&bytes_at(reader, body, there, MAX_INFO_BYTES)?);
            }
            _ => {}
        }
        at = body.saturating_add(claimed);
    }
    more.append_to(&mut plan.warnings, "further `data` chunks");
    if let (Some(table), Some(description)) = (&mut found.table, &found.description) {
        table.sized = description.packet_bytes == 0;
        table.timed = description.packet_frames == 0;
    }
    Ok(found)
}

/// The writer named by an `info` chunk: a count, then keys and values, each ended by NUL.
fn writer(body: &[u8]) -> Option<String> {
    be_u32(body, 0)?;
    let mut strings = body.get(4..)?.split(|&b| b == 0);
    while let (Some(key), Some(value)) = (strings.next(), strings.next()) {
        if key == b"encoding application" || key == b"encoder" {
            return text(value);
        }
    }
    None
}

#[cfg(test)]
mod tests;
