//! One audio track: from its `trak` box to its plan.

use super::boxes::{BoxHead, Boxes};
use super::edits::{Clocks, Edits, Trim};
use super::sample_entry::{self, Entry};
use super::sink::Sink;
use super::tags::Tags;
use super::{FORMAT, continuity, edits, sample_table};
use crate::container::continuity::Walked;
use crate::container::fields::{be_u16, be_u32, be_u64, malformed, text};
use crate::container::{Codec, Packets, TrackPlan};
use crate::error::Result;

/// An audio track while the file is read.
#[derive(Debug)]
pub(super) struct Track {
    /// Number by which fragments name it.
    pub(super) id: u32,
    /// Media ticks per second, never 0.
    pub(super) timescale: u32,
    /// Media ticks of the samples read so far.
    pub(super) media_ticks: u64,
    /// Where the samples go.
    pub(super) sink: Sink,
    /// Media ticks at which the first sample is missing from the file.
    pub(super) cut_at_ticks: Option<u64>,
    /// Name of the media handler.
    pub(super) handler: Option<String>,
    /// Breaks that the tables and fragments show.
    pub(super) walked: Walked,
    /// Ticks by the media header; 0 if it does not say.
    declared_ticks: u64,
    language: Option<String>,
    entry: Entry,
    edits: Option<Edits>,
}

/// Reads a `trak` box; `None` if it is not audio.
pub(super) fn read(
    boxes: &mut Boxes,
    trak: &BoxHead,
    warnings: &mut Vec<String>,
) -> Result<Option<Track>> {
    let Some(mdia) = boxes.child(trak, b"mdia")? else { return Ok(None) };
    let Some(hdlr) = boxes.child(&mdia, b"hdlr")? else { return Ok(None) };
    let hdlr = boxes.bytes(&hdlr, 256)?;
    if hdlr.get(8..12) != Some(b"soun") {
        return Ok(None);
    }
    let mdhd = boxes.need(&mdia, b"mdhd")?;
    let (timescale, declared_ticks, language) = {
        let body = boxes.bytes(&mdhd, 36)?;
        media_header(&body).ok_or_else(|| malformed(FORMAT, mdhd.start, "the `mdhd` box is cut"))?
    };
    if timescale == 0 {
        return Err(malformed(FORMAT, mdhd.start, "the time scale of a track is 0"));
    }
    let minf = boxes.need(&mdia, b"minf")?;
    let stbl = boxes.need(&minf, b"stbl")?;
    let stsd = boxes.need(&stbl, b"stsd")?;
    let entry = sample_entry::read(boxes, &stsd, timescale, warnings)?;
    let mut sink = Sink::new(entry.block, boxes.reader.len());
    let times = sample_table::read(boxes, &stbl, &mut sink, warnings)?;
    let mut walked = Walked::default();
    if entry.block.is_none() {
        continuity::odd_durations(&times, &mut walked);
    }
    Ok(Some(Track {
        id: track_id(boxes, trak)?,
        timescale,
        media_ticks: times.total(),
        cut_at_ticks: sink.cut().map(|cut| times.before(cut.first)),
        sink,
        walked,
        handler: hdlr.get(24..).and_then(handler_name),
        declared_ticks,
        language,
        entry,
        edits: edits::read(boxes, trak)?,
    }))
}

/// Time scale, ticks and language of an `mdhd` box.
fn media_header(body: &[u8]) -> Option<(u32, u64, Option<String>)> {
    let (timescale, ticks, language) = match body.first()? {
        1 => {
            let ticks = be_u64(body, 24)?;
            (be_u32(body, 20)?, if ticks == u64::MAX { 0 } else { ticks }, be_u16(body, 32)?)
        }
        _ => {
            let ticks = be_u32(body, 16)?;
            let known = if ticks == u32::MAX { 0 } else { u64::from(ticks) };
            (be_u32(body, 12)?, known, be_u16(body, 20)?)
        }
    };
    // Three letters of five bits, from ` up; smaller numbers are QuickTime's own.
    let letter = |shift: u16| char::from((language >> shift & 31) as u8 + 0x60);
    let code: String = [letter(10), letter(5), letter(0)].iter().collect();
    let named = code.bytes().all(|b| b.is_ascii_lowercase()) && code != "und";
    Some((timescale, ticks, named.then_some(code)))
}

fn track_id(boxes: &mut Boxes, trak: &BoxHead) -> Result<u32> {
    let Some(tkhd) = boxes.child(trak, b"tkhd")? else { return Ok(0) };
    let body = boxes.bytes(&tkhd, 24)?;
    let at = if body.first() == Some(&1) { 20 } else { 12 };
    Ok(be_u32(&body, at).unwrap_or(0))
}

/// The handler's name, which QuickTime stores with its length first.
fn handler_name(bytes: &[u8]) -> Option<String> {
    match bytes.split_first() {
        Some((&len, rest)) if usize::from(len) <= rest.len() && len < 32 => {
            text(&rest[..usize::from(len)])
        }
        _ => text(bytes),
    }
}

impl Track {
    /// The finished plan; `movie_timescale` is in ticks per second.
    pub(super) fn plan(
        self,
        boxes: &mut Boxes,
        movie_timescale: u32,
        tags: &Tags,
        warnings: &mut Vec<String>,
    ) -> Result<TrackPlan> {
        let entry = self.entry;
        if let Some(cut) = self.sink.cut() {
            let what = if entry.block.is_some() { "sample frames" } else { "packets" };
            let from_s = self.cut_at_ticks.unwrap_or(0) as f64 / f64::from(self.timescale);
            warnings.push(format!(
                "the file ends at byte {}: {} of {} {what} are missing, the first at {from_s:.3} s",
                boxes.reader.len(),
                cut.missing,
                cut.listed
            ));
        }
        let media_ticks =
            if self.declared_ticks > 0 { self.declared_ticks } else { self.media_ticks };
        let clocks = Clocks {
            movie: movie_timescale,
            media: self.timescale,
            sample_rate_hz: entry.sample_rate_hz,
            media_ticks,
        };
        let mut walked = self.walked;
        if let Some(edits) = &self.edits {
            continuity::edit_steps(edits, &clocks, &mut walked);
        }
        let mut trim = match (&self.edits, tags.gapless) {
            (Some(edits), _) => edits.trim(&clocks, warnings),
            (None, Some(gapless)) => gapless,
            (None, None) => Trim::default(),
        };
        // The edit list of an Opus track already leaves out the pre-skip (Encapsulation of Opus in
        // ISO BMFF, section 4.4); a file without one still has it, so the larger is taken. Decoders
        // must not leave out the pre-skip of OpusHead once more.
        trim.start = trim.start.max(entry.pre_skip);
        let packets = self.sink.finish(warnings)?;
        let mut plan = TrackPlan {
            sample_rate_hz: entry.sample_rate_hz,
            channels: entry.channels as u16,
            bits_per_sample: entry.bits_per_sample,
            config: entry.config,
            packets,
            start_trim_frames: trim.start,
            presentation_frames: trim.presented,
            declared_duration_s: (media_ticks > 0)
                .then(|| media_ticks as f64 / f64::from(self.timescale)),
            language: self.language,
            walked,
            ..TrackPlan::new(entry.codec)
        };
        if plan.codec == Codec::Mp3 {
            plan.codec = mpeg_layer(boxes, &plan.packets)?.unwrap_or(Codec::Mp3);
        }
        Ok(plan)
    }
}

/// One object type stands for all three MPEG layers; the first frame says which it is.
fn mpeg_layer(boxes: &mut Boxes, packets: &Packets) -> Result<Option<Codec>> {
    let Packets::Table(entries) = packets else { return Ok(None) };
    let Some(first) = entries.first() else { return Ok(None) };
    Ok(match boxes.reader.array_at::<2>(first.offset)? {
        Some([0xFF, second]) if second & 0xE6 == 0xE4 => Some(Codec::Mp2),
        Some([0xFF, second]) if second & 0xE6 == 0xE6 => Some(Codec::Mp1),
        _ => None,
    })
}
