//! Movie fragments: samples listed in `moof` boxes along the file.

use super::boxes::{BoxHead, Boxes};
use super::track::Track;
use crate::container::continuity::{BreakKind, Mark, Place};
use crate::container::fields::{be_u32, be_u64, bytes_at};
use crate::container::limits::MAX_PACKETS;
use crate::container::packets::Warnings;
use crate::error::{Error, Result};

/// Bytes read of one `trun` box: 4 M samples with all four fields.
const MAX_TRUN_BYTES: u64 = 64 << 20;

/// Sample defaults of one track, from `trex` or `tfhd`.
#[derive(Debug, Clone, Copy, Default)]
struct Defaults {
    duration: u32,
    size: u32,
}

/// A track while its fragments are read.
struct Progress {
    defaults: Defaults,
    /// Media ticks at which the next fragment should start; `None` before the first.
    expected: Option<u64>,
}

/// Adds the samples of every fragment to the tracks they belong to, in file order.
pub(super) fn read(
    boxes: &mut Boxes,
    moov: &BoxHead,
    tracks: &mut [Track],
    warnings: &mut Vec<String>,
) -> Result<()> {
    let mut progress = Vec::with_capacity(tracks.len());
    for track in tracks.iter() {
        let expected = (track.media_ticks > 0).then_some(track.media_ticks);
        progress.push(Progress { defaults: trex(boxes, moov, track.id)?, expected });
    }
    let mut jumps = Warnings::default();
    let file_len = boxes.reader.len();
    let mut at = 0;
    while let Some(top) = boxes.at(at, file_len)? {
        at = top.end;
        if &top.kind == b"moof" {
            read_moof(boxes, &top, tracks, &mut progress, &mut jumps)?;
            let entries: usize = tracks.iter().map(|track| track.sink.entries()).sum();
            if entries > MAX_PACKETS {
                return Err(Error::Limit {
                    what: format!("the packets of all tracks are more than: {MAX_PACKETS}"),
                });
            }
        }
    }
    jumps.append_to(warnings, "fragments that do not follow one another");
    Ok(())
}

fn trex(boxes: &mut Boxes, moov: &BoxHead, id: u32) -> Result<Defaults> {
    let Some(mvex) = boxes.child(moov, b"mvex")? else { return Ok(Defaults::default()) };
    let mut at = mvex.body;
    while let Some(found) = boxes.at(at, mvex.end)? {
        at = found.end;
        let body = boxes.bytes(&found, 24)?;
        if &found.kind == b"trex" && be_u32(&body, 4) == Some(id) {
            let field = |at| be_u32(&body, at).unwrap_or(0);
            return Ok(Defaults { duration: field(12), size: field(16) });
        }
    }
    Ok(Defaults::default())
}

fn read_moof(
    boxes: &mut Boxes,
    moof: &BoxHead,
    tracks: &mut [Track],
    progress: &mut [Progress],
    jumps: &mut Warnings,
) -> Result<()> {
    let mut at = moof.body;
    // Without an offset of its own, a track's data follows that of the track before it.
    let mut data_end = moof.start;
    while let Some(traf) = boxes.at(at, moof.end)? {
        at = traf.end;
        if &traf.kind != b"traf" {
            continue;
        }
        let Some(tfhd) = boxes.child(&traf, b"tfhd")? else { continue };
        let body = boxes.bytes(&tfhd, 64)?;
        let (Some(flags), Some(id)) = (be_u32(&body, 0), be_u32(&body, 4)) else { continue };
        let found = tracks.iter().position(|track| track.id == id);
        let mut fields = OptionalFields { bytes: &body, at: 8, flags };
        let base = fields.take_u64(1);
        fields.take(2);
        let (duration, size) = (fields.take(8), fields.take(0x10));
        let base = base.unwrap_or(if flags & 0x02_0000 != 0 { moof.start } else { data_end });
        let inherited = found.map_or(Defaults::default(), |i| progress[i].defaults);
        let defaults = Defaults {
            duration: duration.unwrap_or(inherited.duration),
            size: size.unwrap_or(inherited.size),
        };
        let mut target = found.map(|i| (&mut tracks[i], &mut progress[i]));
        if let Some((track, progress)) = &mut target {
            read_start(boxes, &traf, track, progress, jumps)?;
        }
        data_end = base;
        let mut inner = traf.body;
        while let Some(trun) = boxes.at(inner, traf.end)? {
            inner = trun.end;
            if &trun.kind == b"trun" {
                data_end = read_trun(boxes, &trun, base, data_end, defaults, &mut target)?;
            }
        }
    }
    Ok(())
}

/// Compares the fragment's declared start with the end of the one before.
fn read_start(
    boxes: &mut Boxes,
    traf: &BoxHead,
    track: &mut Track,
    progress: &mut Progress,
    jumps: &mut Warnings,
) -> Result<()> {
    let Some(tfdt) = boxes.child(traf, b"tfdt")? else { return Ok(()) };
    let body = boxes.bytes(&tfdt, 12)?;
    let start = match body.first() {
        Some(1) => be_u64(&body, 4),
        _ => be_u32(&body, 4).map(u64::from),
    };
    let Some(start) = start else { return Ok(()) };
    let expected = progress.expected.replace(start);
    let timescale = f64::from(track.timescale);
    let seconds = |ticks: u64| ticks as f64 / timescale;
    // Writers with a millisecond clock round each start.
    let rounding = u64::from(track.timescale / 200) + 1;
    match expected {
        Some(end) if start.abs_diff(end) > rounding => {
            let place = Place::MediaS(seconds(track.media_ticks));
            let (kind, value) = (BreakKind::FragmentStart, seconds(start) - seconds(end));
            track.walked.push(Mark { place, kind, value, offset: Some(traf.start) });
            jumps.push(|| {
                format!(
                    "the fragment at byte {} starts at {:.3} s, the one before it ends at {:.3} s",
                    traf.start,
                    seconds(start),
                    seconds(end)
                )
            });
        }
        None if start > rounding => jumps.push(|| {
            let (at, start_s) = (traf.start, seconds(start));
            format!("the first fragment, at byte {at}, starts at {start_s:.3} s")
        }),
        _ => {}
    }
    Ok(())
}

/// Adds the samples of one run; the end of its data.
fn read_trun(
    boxes: &mut Boxes,
    trun: &BoxHead,
    base: u64,
    data_end: u64,
    defaults: Defaults,
    target: &mut Option<(&mut Track, &mut Progress)>,
) -> Result<u64> {
    let head = bytes_at(boxes.reader, trun.body, trun.len(), 16)?;
    let (Some(flags), Some(count)) = (be_u32(&head, 0), be_u32(&head, 4)) else {
        return Ok(data_end);
    };
    let mut fields = OptionalFields { bytes: &head, at: 8, flags };
    let mut offset = match fields.take(1) {
        Some(delta) => base.saturating_add_signed(i64::from(delta as i32)),
        None => data_end,
    };
    fields.take(4);
    let rows_at = trun.body + fields.at as u64;
    let row = (flags >> 8 & 15).count_ones() as u64 * 4;
    let count = u64::from(count);
    let Some((track, progress)) = target else {
        // A track that is not audio matters for where the next one's data starts, which is only
        // asked where sizes are stored without any offset.
        let sized = flags & 0x200 != 0;
        let total = if sized { 0 } else { count.saturating_mul(u64::from(defaults.size)) };
        return Ok(offset.saturating_add(total));
    };
    let first_tick = progress.expected.unwrap_or(0);
    let mut ticks = 0u64;
    let had_cut = track.sink.cut().is_some();
    if let Some(held) = trun.end.saturating_sub(rows_at).checked_div(row) {
        let len = count.min(held) * row;
        let bytes = bytes_at(boxes.reader, rows_at, len, MAX_TRUN_BYTES)?;
        for row in bytes.chunks_exact(row as usize) {
            let mut fields = OptionalFields { bytes: row, at: 0, flags };
            let duration = fields.take(0x100).unwrap_or(defaults.duration);
            let size = fields.take(0x200).unwrap_or(defaults.size);
            track.sink.sample(offset, size)?;
            offset = offset.saturating_add(u64::from(size));
            ticks = ticks.saturating_add(u64::from(duration));
        }
    } else {
        // No field of a sample is stored: all have the default size and duration.
        track.sink.equal_samples(offset, defaults.size, count)?;
        offset = offset.saturating_add(count.saturating_mul(u64::from(defaults.size)));
        ticks = count.saturating_mul(u64::from(defaults.duration));
    }
    if !had_cut && track.sink.cut().is_some() {
        track.cut_at_ticks = Some(first_tick);
    }
    progress.expected = Some(first_tick.saturating_add(ticks));
    track.media_ticks = track.media_ticks.saturating_add(ticks);
    Ok(offset)
}

/// Fields that are there only if their flag is set.
struct OptionalFields<'a> {
    bytes: &'a [u8],
    at: usize,
    flags: u32,
}

impl OptionalFields<'_> {
    fn take(&mut self, flag: u32) -> Option<u32> {
        let value = be_u32(self.bytes, self.at).filter(|_| self.flags & flag != 0)?;
        self.at += 4;
        Some(value)
    }

    fn take_u64(&mut self, flag: u32) -> Option<u64> {
        let value = be_u64(self.bytes, self.at).filter(|_| self.flags & flag != 0)?;
        self.at += 8;
        Some(value)
    }
}
