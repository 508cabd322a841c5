//! Bytes of the media that no packet of any track refers to.

use super::boxes::{BoxHead, Boxes};
use super::rows::{Sizes, counted, sizes};
use crate::error::Result;

/// Chunks looked at in one file; of more nothing is said.
const MAX_CHUNKS: usize = 1 << 20;

/// Media boxes in which holes are looked for; of more nothing is said.
const MAX_MEDIA: usize = 64;

/// Sizes of equal samples up to which QuickTime's count may be of sample frames, not of bytes.
const FRAME_COUNTED: u32 = 8;

/// Stretches `(first byte, bytes)` of the media boxes `(first byte, end)` to which no chunk of any
/// track reaches; none where that cannot be told.
pub(in crate::container) fn unreferenced(
    boxes: &mut Boxes,
    moov: &BoxHead,
    media: &[(u64, u64)],
) -> Result<Vec<(u64, u64)>> {
    let mut chunks: Vec<(u64, u64)> = Vec::new();
    let mut at = moov.body;
    while let Some(found) = boxes.at(at, moov.end)? {
        at = found.end;
        if &found.kind == b"trak" && !add_chunks(boxes, &found, &mut chunks)? {
            return Ok(Vec::new());
        }
    }
    if chunks.is_empty() || media.len() > MAX_MEDIA {
        return Ok(Vec::new());
    }
    chunks.sort_unstable();
    let mut holes = Vec::new();
    for &(start, end) in media {
        let mut at = start;
        for &(from, to) in chunks.iter().filter(|(from, to)| *from < end && *to > start) {
            if from > at {
                holes.push((at, from - at));
            }
            at = at.max(to);
        }
        if at < end {
            holes.push((at, end - at));
        }
    }
    Ok(holes)
}

/// Adds the chunks `(first byte, end)` of a track; `false` where they cannot be told.
fn add_chunks(boxes: &mut Boxes, trak: &BoxHead, chunks: &mut Vec<(u64, u64)>) -> Result<bool> {
    let mut parent = *trak;
    for kind in [b"mdia", b"minf", b"stbl"] {
        let Some(found) = boxes.child(&parent, kind)? else { return Ok(false) };
        parent = found;
    }
    let unread = &mut Vec::new();
    let (Ok(Some(sizes)), Some(stsc)) =
        (sizes(boxes, &parent, unread), boxes.child(&parent, b"stsc")?)
    else {
        return Ok(false);
    };
    let offsets = match (boxes.child(&parent, b"stco")?, boxes.child(&parent, b"co64")?) {
        (Some(stco), _) => counted(boxes, &stco, 4, unread)?,
        (None, Some(co64)) => counted(boxes, &co64, 8, unread)?,
        (None, None) => return Ok(false),
    };
    let runs = counted(boxes, &stsc, 12, unread)?;
    if matches!(sizes, Sizes::Equal { size, .. } if size <= FRAME_COUNTED) {
        return Ok(false);
    }
    let (mut sample, mut run) = (0, 0);
    for chunk in 0..offsets.len() {
        while runs.word(run + 1, 0).is_some_and(|first| u64::from(first) <= chunk + 1) {
            run += 1;
        }
        let (Some(count), Some(start)) = (runs.word(run, 1), offsets.number(chunk)) else { break };
        let last = (sample + u64::from(count)).min(sizes.count());
        let bytes: u64 = match &sizes {
            Sizes::Equal { size, .. } => u64::from(*size) * (last - sample),
            _ => (sample..last).map(|n| u64::from(sizes.get(n))).sum(),
        };
        chunks.push((start, start.saturating_add(bytes)));
        sample = last;
        if chunks.len() > MAX_CHUNKS {
            return Ok(false);
        }
    }
    Ok(true)
}
