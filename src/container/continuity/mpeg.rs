//! MPEG audio, frame by frame: the bit reservoir, header fields, tags and bytes between frames.
//!
//! All main data of layer 3 lies on one axis. A frame may begin its data in frames before it, but
//! never inside the data of the frame before; and the bits between the data of two frames are stuffing,
//! which is regular. A cut on frame borders breaks the one rule, or leaves bits of a frame that is gone
//! where stuffing would be. Where a frame begins its data just where another one's ends, as with a reservoir
//! that is always full, it is given the data of a frame that is gone: its codes do not end where they should.

use std::ops::Range;

use super::habit::Habit;
use super::layer3_data::fits;
use super::mpeg_frame::{Frame, Tag};
use super::stuffing::is_stuffing;
use super::{BreakKind, Mark, Place, Walked};
use crate::checksum::LAME_CRC;
use crate::container::reader::ByteReader;
use crate::error::Result;

/// Frames walked at most: 29 hours at 44.1 kHz.
const MAX_FRAMES: u64 = 4_000_000;

/// Bytes searched at once for the next frame.
const SEARCH_BYTES: usize = 4_096;

/// Bytes searched for the next frame at most, all searches together.
const MAX_SEARCHED: u64 = 64 << 20;

/// Shortest run of one bit rate that counts as the stream's own, in frames: two seconds.
const STEADY_FRAMES: u64 = 76;

/// Main data bytes kept at least: more than two frames of 1,440 bytes and the deepest reservoir of 511.
const KEPT_BYTES: usize = 4_096;

/// The stream as far as it was walked.
#[derive(Default)]
struct Walk {
    walked: Walked,
    /// Gaps that hold no stuffing.
    gaps: Habit,
    /// Frames whose codes end elsewhere than they should.
    misfits: Habit,
    /// Bit of the axis at which the last of these begins its own bytes: what lies before may be another
    /// frame's.
    sound_from: u64,
    /// Main data bytes before this frame.
    axis: u64,
    /// The last of them.
    main_data: Vec<u8>,
    /// Bit of the axis at which the last frame's data ends; `None` where nothing is known.
    end_bit: Option<u64>,
    last: Option<Frame>,
    /// Header fields that an encoder keeps, as in the last frame with audio.
    kept: Option<u32>,
    /// Tag at the very start.
    tag: Option<Tag>,
    tags: u32,
    /// CRC-16 of the frames so far, as LAME's tag has it.
    crc: u32,
    /// Where each run of one bit rate begins, up to a few.
    rates: Vec<(u64, u32)>,
    rate_changes: u64,
    packets: u64,
}

/// Walks the frames in `len` bytes from `start`.
///
/// # Errors
///
/// [`Error::Read`](crate::error::Error::Read) if the system refuses to read.
pub(crate) fn walk_mpeg(reader: &mut ByteReader, start: u64, len: u64) -> Result<Walked> {
    let end = start.saturating_add(len).min(reader.len());
    let mut walk = Walk::default();
    let mut frame_bytes = Vec::new();
    let (mut at, mut searched) = (start, 0u64);
    while at < end && walk.packets < MAX_FRAMES && searched < MAX_SEARCHED {
        let Some(frame) = frame_at(reader, at, walk.last)? else {
            let Some(next) = find(reader, at + 1, end, walk.last)? else { break };
            searched += next - at;
            walk.foreign(at, next - at);
            at = next;
            continue;
        };
        frame_bytes.resize(frame.len, 0);
        if at + frame.len as u64 > end || !reader.read_exact_at(at, &mut frame_bytes)? {
            break;
        }
        walk.frame(frame, &frame_bytes, at);
        at += frame.len as u64;
    }
    Ok(walk.finish())
}

/// The frame at this place: one that goes on like the last one, or that another like it follows.
fn frame_at(reader: &mut ByteReader, at: u64, last: Option<Frame>) -> Result<Option<Frame>> {
    let Some(head) = reader.array_at::<4>(at)? else { return Ok(None) };
    let Some(frame) = Frame::parse(&head) else { return Ok(None) };
    if last.is_some_and(|last| frame.is_like(last)) {
        return Ok(Some(frame));
    }
    let after = reader.array_at::<4>(at + frame.len as u64)?;
    let follows = after.and_then(|head| Frame::parse(&head)).is_some_and(|f| f.is_like(frame));
    Ok(follows.then_some(frame))
}

/// The next place from `at` on at which two frames follow each other.
fn find(reader: &mut ByteReader, at: u64, end: u64, last: Option<Frame>) -> Result<Option<u64>> {
    let mut bytes = [0; SEARCH_BYTES];
    let mut from = at;
    while from < end {
        let count = reader.read_at(from, &mut bytes)?;
        for (i, pair) in bytes[..count].windows(2).enumerate() {
            let place = from + i as u64;
            if pair[0] != 0xFF || pair[1] & 0xE0 != 0xE0 || place >= end {
                continue;
            }
            let Some(frame) = frame_at(reader, place, None)? else { continue };
            if last.is_none_or(|last| frame.is_like(last) || frame.is_layer3() == last.is_layer3())
            {
                return Ok(Some(place));
            }
        }
        if count < 2 {
            break;
        }
        from += count as u64 - 1;
    }
    Ok(None)
}

impl Walk {
    fn mark(&mut self, kind: BreakKind, value: f64, offset: u64) {
        self.walked.push(Mark::before(self.packets, kind, value, Some(offset)));
    }

    fn foreign(&mut self, at: u64, count: u64) {
        // Bytes in front of the first frame are a tag or the rest of one.
        if self.last.is_some() {
            self.mark(BreakKind::ForeignBytes, count as f64, at);
        }
    }

    fn frame(&mut self, frame: Frame, bytes: &[u8], at: u64) {
        if let Some(tag) = frame.tag(bytes) {
            self.tags += 1;
            if self.packets == 0 && self.tags == 1 {
                self.tag = Some(tag);
            } else {
                self.mark(BreakKind::SecondHeader, at as f64, at);
            }
            self.end_bit = Some(self.axis * 8);
            self.last = Some(frame);
            self.kept = None;
            return;
        }
        // Frames with a tag may have bits of their own.
        let kept = self.kept.replace(frame.kept()).unwrap_or(frame.kept());
        if kept != frame.kept() {
            let changed = (kept ^ frame.kept()).count_ones();
            self.mark(BreakKind::HeaderChange, f64::from(changed), at);
        }
        self.last = Some(frame);
        if self.tag.is_some_and(|tag| tag.music_crc.is_some()) {
            self.crc = LAME_CRC.update(self.crc, bytes);
        }
        let rate = frame.bit_rate_index();
        if self.rates.last().is_none_or(|(_, known)| *known != rate) {
            self.rate_changes += u64::from(!self.rates.is_empty());
            if self.rates.len() < 3 {
                self.rates.push((self.packets, rate));
            }
        }
        if frame.is_layer3() {
            self.reservoir(frame, bytes, at);
        }
        self.packets += 1;
    }

    fn reservoir(&mut self, frame: Frame, bytes: &[u8], at: u64) {
        let Some(data) = frame.main_data(bytes) else { return };
        let own = self.axis * 8;
        let before = u64::from(data.begin) * 8;
        match self.end_bit {
            None if data.begin > 0 => {
                self.mark(BreakKind::ReservoirMissing, f64::from(data.begin), at);
            }
            None => {}
            Some(end) if self.packets == 0 && own < before + end => {
                let missing = before + end - own;
                self.mark(BreakKind::ReservoirMissing, (missing / 8) as f64, at);
            }
            Some(end) => {
                let start = own.saturating_sub(before);
                if start < end || before > own {
                    let overlap = (end + before).saturating_sub(own);
                    self.mark(BreakKind::ReservoirOverlap, overlap as f64, at);
                } else if !is_stuffing(&self.main_data, self.kept(end, start)) {
                    let (kind, bits) = (BreakKind::ReservoirGap, (start - end) as f64);
                    self.gaps.push(Mark::before(self.packets, kind, bits, Some(at)));
                }
            }
        }
        // Where data is missing, its end still lies as far behind its beginning.
        self.end_bit = Some((own + u64::from(data.bits)).saturating_sub(before));
        let own_bytes = &bytes[bytes.len() - data.room as usize..];
        self.axis += own_bytes.len() as u64;
        if self.main_data.len() > 16 * KEPT_BYTES {
            self.main_data.drain(..self.main_data.len() - KEPT_BYTES);
        }
        self.main_data.extend(own_bytes);
        if let Some(start) = own.checked_sub(before).filter(|&start| start >= self.sound_from) {
            let bits = self.kept(start, start + u64::from(data.bits));
            if !fits(frame, bytes, &self.main_data, bits, &mut self.walked.coded) {
                let kind = BreakKind::MainDataMisfit;
                self.misfits.push(Mark::before(self.packets, kind, 1.0, Some(at)));
                self.sound_from = own;
            }
        }
    }

    /// Where bits of the axis are in the main data that is kept, as far as they are.
    fn kept(&self, from: u64, to: u64) -> Range<usize> {
        let first = (self.axis - self.main_data.len() as u64) * 8;
        let place = |bit: u64| bit.saturating_sub(first) as usize;
        place(from)..place(to)
    }

    /// One change of a bit rate that stays for seconds on both sides, under a tag that says
    /// constant.
    fn steady_rates(&mut self) {
        let [(_, _), (change, rate)] = self.rates[..] else { return };
        let steady = change >= STEADY_FRAMES && self.packets - change >= STEADY_FRAMES;
        if self.rate_changes == 1 && steady && self.tag.is_some_and(|tag| tag.constant) {
            let kind = BreakKind::BitRateChange;
            self.walked.push(Mark::before(change, kind, f64::from(rate), None));
        }
    }

    fn finish(mut self) -> Walked {
        for habit in [std::mem::take(&mut self.gaps), std::mem::take(&mut self.misfits)] {
            habit.breaks(self.packets).into_iter().for_each(|mark| self.walked.push(mark));
        }
        self.steady_rates();
        if let Some(tag) = self.tag {
            let end = Place::Packet(self.packets);
            let off = tag.frames.map_or(0, |n| i64::from(n) - self.packets as i64);
            let mark = |kind, value| Mark { place: end, kind, value, offset: None };
            // Some writers count the frame that holds the tag.
            if off.abs() > 1 {
                self.walked.push(mark(BreakKind::FrameCount, off as f64));
            }
            if tag.music_crc.is_some_and(|crc| u32::from(crc) != self.crc) {
                self.walked.push(mark(BreakKind::MusicChecksum, 1.0));
            }
        }
        self.walked.sort();
        self.walked
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::continuity::mpeg_frame::mono_frame;
    use crate::container::reader::reader_over;

    /// A mono frame of 417 bytes (128 kbit/s, 44.1 kHz) with this reservoir use, full of bits that
    /// repeat nothing.
    fn frame(begin: u32, bits: u32) -> Vec<u8> {
        let mut bytes = mono_frame(&[(0, 9, begin), (18, 12, bits / 2), (77, 12, bits - bits / 2)]);
        let side_end = bytes.len() - 396;
        for (i, byte) in bytes[side_end..].iter_mut().enumerate() {
            *byte = ((i * i * 31) >> 3) as u8 ^ i as u8;
        }
        bytes
    }

    /// Frames of 396 bytes for data, every second one of which begins 20 bytes in the one before.
    fn stream(count: usize) -> Vec<Vec<u8>> {
        (0..count)
            .map(|i| if i % 2 == 0 { frame(0, 376 * 8) } else { frame(20, 416 * 8) })
            .collect()
    }

    fn kinds(bytes: &[u8]) -> Vec<(BreakKind, Place)> {
        let walked = walk_mpeg(&mut reader_over(bytes), 0, bytes.len() as u64).unwrap();
        walked.marks.iter().map(|mark| (mark.kind, mark.place)).collect()
    }

    #[test]
    fn an_intact_stream_has_no_break() {
        assert!(kinds(&stream(200).concat()).is_empty());
        assert!(kinds(&[]).is_empty());
        assert!(kinds(&[0xFF; 50]).is_empty());
    }

    #[test]
    fn a_cut_overlaps_or_leaves_a_gap() {
        let mut frames = stream(200);
        frames.remove(100);
        let before = Place::Packet(100);
        assert_eq!(kinds(&frames.concat()), [(BreakKind::ReservoirOverlap, before)]);
        let mut frames = stream(200);
        frames.remove(101);
        assert_eq!(kinds(&frames.concat()), [(BreakKind::ReservoirGap, Place::Packet(101))]);
    }

    #[test]
    fn stuffing_is_no_gap_and_data_behind_every_frame_is_a_habit() {
        let mut frames = stream(200);
        frames[100] = frame(0, 300 * 8);
        frames[101] = frame(20, 416 * 8);
        assert_eq!(kinds(&frames.concat()), [(BreakKind::ReservoirGap, Place::Packet(101))]);
        frames[100][21 + 300..21 + 376].fill(0x55);
        assert!(kinds(&frames.concat()).is_empty());
        let all: Vec<u8> = (0..200).flat_map(|_| frame(0, 300 * 8)).collect();
        assert!(kinds(&all).is_empty());
    }

    /// A file of LAME, frame by frame, without its tags.
    fn of_lame(name: &str) -> Vec<Vec<u8>> {
        let path = format!("{}/fixtures/formats/{name}", env!("CARGO_MANIFEST_DIR"));
        let bytes = std::fs::read(path).unwrap();
        let mut at = bytes.windows(2).position(|two| two == [0xFF, 0xFB]).unwrap();
        let mut frames = Vec::new();
        while let Some(frame) = Frame::parse(&bytes[at..]) {
            frames.push(bytes[at..at + frame.len].to_vec());
            at += frame.len;
        }
        frames[1..].to_vec()
    }

    #[test]
    fn every_cut_through_speech_is_placed() {
        for name in ["lame-cbr.mp3", "lame-vbr.mp3"] {
            let frames = of_lame(name);
            assert!(kinds(&frames.concat()).is_empty(), "{name}");
            for first in 10..60 {
                let cut = [&frames[..first], &frames[first + 7..]].concat();
                let found = kinds(&cut.concat());
                let here = Place::Packet(first as u64);
                assert_eq!(found.first().map(|(_, place)| *place), Some(here), "{name}");
                assert!(found.len() <= 3, "{name} {first}: {found:?}");
            }
        }
    }

    #[test]
    fn a_stream_caught_on_its_way_and_bytes_between_frames() {
        let frames = stream(60);
        let parts = [frames[1..30].concat(), b"ID3 and more".to_vec(), frames[30..].concat()];
        let expected = [
            (BreakKind::ReservoirMissing, Place::Packet(0)),
            (BreakKind::ForeignBytes, Place::Packet(29)),
        ];
        assert_eq!(kinds(&parts.concat()), expected);
    }

    #[test]
    fn a_second_info_frame_and_a_count_that_is_off() {
        let mut info = frame(0, 0);
        info[21..25].copy_from_slice(b"Info");
        info[28] = 1;
        info[32] = 50;
        let frames = stream(40).concat();
        let joined = [info.clone(), frames.clone(), info, frames].concat();
        let expected = [
            (BreakKind::SecondHeader, Place::Packet(40)),
            (BreakKind::FrameCount, Place::Packet(80)),
        ];
        assert_eq!(kinds(&joined), expected);
    }
}
