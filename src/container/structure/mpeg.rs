//! MPEG audio: tags around the frames, runs of frames, what the first frame's tag says.

use super::tree::Tree;
use super::{OddityKind, ape, foreign, id3, payload};
use crate::checksum::LAME_CRC;
use crate::container::fields::{be_u16, be_u32, bytes_at, text};
use crate::container::reader::ByteReader;
use crate::container::sniff::mpeg_frame_len;
use crate::error::Result;

/// Frames that follow one another after foreign bytes, to be frames.
const LEAST_FRAMES: usize = 3;

/// Runs of frames listed.
const MAX_RUNS: usize = 1_000;

/// Bytes by which a last frame may be short: an encoder that flushes whole words leaves some out.
const MAX_SHORT: u64 = 4;

/// Bytes searched at once for the next frame.
const SEARCH_BYTES: u64 = 64 * 1024;

/// Bytes of a first frame within which its tags end.
const TAG_BYTES: u64 = 200;

/// Place of the checksum in a LAME tag.
const TAG_CRC_AT: usize = 34;

pub(super) fn walk(reader: &mut ByteReader, tree: &mut Tree) -> Result<&'static str> {
    let mut at = 0;
    // Tags may follow one another.
    loop {
        let next = id3::v2_at(reader, at, tree)?;
        if next == at {
            break;
        }
        at = next;
    }
    let v1 = id3::v1_start(reader)?;
    let mut tail = Tree::default();
    let end = ape::before(reader, v1, &mut tail)?;
    runs(reader, tree, (at, end), mpeg_frame_len, "frames")?;
    ape::before(reader, v1, tree)?;
    id3::v1_at(reader, v1, tree)?;
    Ok("mp3")
}

/// Lists runs of frames, whose length `frame_len` reads from their header, and what lies between.
pub(super) fn runs(
    reader: &mut ByteReader,
    tree: &mut Tree,
    (from, end): (u64, u64),
    frame_len: impl Fn(&[u8]) -> Option<usize>,
    name: &str,
) -> Result<()> {
    let mut at = from;
    for run in 0..MAX_RUNS {
        let Some(start) = next_frame(reader, at, end, &frame_len)? else { break };
        if run > 0 || start > at {
            zeros_or_foreign(reader, tree, at, start, run == 0)?;
        }
        at = start;
        let mut frames = 0u64;
        while let Some(len) = reader.array_at::<8>(at)?.and_then(|head| frame_len(&head))
            && at + len as u64 <= end
        {
            at += len as u64;
            frames += 1;
        }
        tree.enter(name, start, at - start);
        tree.field("frames", frames);
        if run == 0 {
            let named = first_frame(reader, start, tree)?;
            payload::find(reader, start + named, tree)?;
        }
        tree.leave();
    }
    let rest = reader.array_at::<8>(at)?.and_then(|head| frame_len(&head));
    match rest.filter(|_| at < end) {
        // The last frame of a stream that was cut is not foreign.
        Some(len) if len as u64 <= end - at + MAX_SHORT => {
            tree.leaf("(last frame)", at, end - at);
            Ok(())
        }
        Some(len) => {
            let held = end - at;
            tree.leaf("(cut frame)", at, held);
            let text =
                format!("the last frame declares {len} bytes, the file holds {held} of them");
            tree.odd(OddityKind::Size, at, held, text);
            Ok(())
        }
        None => zeros_or_foreign(reader, tree, at, end, false),
    }
}

/// Zero bytes pad streams at either end; anything else is foreign. Bytes in front of the first frame
/// may be the rest of one.
fn zeros_or_foreign(
    reader: &mut ByteReader,
    tree: &mut Tree,
    from: u64,
    to: u64,
    first: bool,
) -> Result<()> {
    let look = bytes_at(reader, from, to - from, SEARCH_BYTES)?;
    let zeros = look.iter().all(|&b| b == 0) && look.len() as u64 == to - from;
    if from < to && (zeros || first) {
        tree.leaf(if zeros { "(zeros)" } else { "(before the first frame)" }, from, to - from);
        return Ok(());
    }
    foreign(reader, tree, from, to)
}

/// The next place at which some frames follow one another.
fn next_frame(
    reader: &mut ByteReader,
    from: u64,
    end: u64,
    frame_len: impl Fn(&[u8]) -> Option<usize>,
) -> Result<Option<u64>> {
    let mut at = from;
    while at < end {
        let bytes = bytes_at(reader, at, end - at, SEARCH_BYTES)?;
        for (i, _) in bytes.iter().enumerate().filter(|(_, b)| **b == 0xFF) {
            if is_run(reader, at + i as u64, end, &frame_len)? {
                return Ok(Some(at + i as u64));
            }
        }
        at += bytes.len().max(1) as u64;
    }
    Ok(None)
}

fn is_run(
    reader: &mut ByteReader,
    mut at: u64,
    end: u64,
    frame_len: impl Fn(&[u8]) -> Option<usize>,
) -> Result<bool> {
    for _ in 0..LEAST_FRAMES {
        let Some(len) = reader.array_at::<8>(at)?.and_then(|head| frame_len(&head)) else {
            return Ok(false);
        };
        at += len as u64;
        if at == end {
            return Ok(true);
        }
    }
    Ok(true)
}

/// The Xing, Info or VBRI tag in the first frame's place, and the LAME tag behind it; the bytes from the
/// frame's start that tags take.
fn first_frame(reader: &mut ByteReader, at: u64, tree: &mut Tree) -> Result<u64> {
    let frame = bytes_at(reader, at, 512, 512)?;
    if frame.get(36..40) == Some(b"VBRI") {
        tree.field("tag", "VBRI");
        tree.field("declared_frames", be_u32(&frame, 50).unwrap_or(0));
        return Ok(TAG_BYTES);
    }
    let places = [13, 21, 36];
    let is_tag = |at: &&usize| matches!(frame.get(**at..**at + 4), Some(b"Xing" | b"Info"));
    let Some(&place) = places.iter().find(is_tag) else { return Ok(0) };
    tree.field("tag", String::from_utf8_lossy(&frame[place..place + 4]));
    let flags = be_u32(&frame, place + 4).unwrap_or(0);
    if flags & 1 != 0 {
        tree.field("declared_frames", be_u32(&frame, place + 8).unwrap_or(0));
    }
    let fields = [(1, 4), (2, 4), (4, 100), (8, 4)];
    let lame = place + 8 + fields.iter().filter(|f| flags & f.0 != 0).map(|f| f.1).sum::<usize>();
    let Some(writer) = frame.get(lame..lame + 9).and_then(text) else { return Ok(TAG_BYTES) };
    tree.field("writer", &writer);
    tree.tag("LAME tag", &writer, at + lame as u64);
    if let (Some(&[_, b, c, d]), true) = (
        frame.get(lame + 20..lame + 24).and_then(|b| b.first_chunk::<4>()),
        writer.starts_with('L'),
    ) {
        let (b, c, d) = (u32::from(b), u32::from(c), u32::from(d));
        tree.field("delay_samples", b << 4 | c >> 4);
        tree.field("padding_samples", (c & 15) << 8 | d);
    }
    // The checksum stands at the end of the tag and covers the frame up to itself.
    let covered = frame.get(..lame + TAG_CRC_AT).filter(|_| writer.starts_with("LAME"));
    let stored = be_u16(&frame, lame + TAG_CRC_AT).filter(|&stored| stored != 0);
    if let (Some(covered), Some(stored)) = (covered, stored) {
        let found = LAME_CRC.update(0, covered) as u16;
        if found != stored {
            let text = format!(
                "the tag in the first frame declares the checksum {stored:04x}, its bytes have {found:04x}"
            );
            tree.odd(OddityKind::Checksum, at, covered.len() as u64, text);
        }
    }
    Ok(TAG_BYTES)
}
