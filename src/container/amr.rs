//! AMR storage files: a magic line, then one table-of-contents byte and a frame every 20 ms
//! (RFC 4867, section 5).

use super::continuity::{BreakKind, Mark, Walked};
use super::fields::bytes_at;
use super::packets::{PacketList, Warnings};
use super::reader::ByteReader;
use super::{Codec, Packets, Plan, TrackPlan};
use crate::error::{Error, Result};

pub(super) const NB_MAGIC: &[u8] = b"#!AMR\n";
pub(super) const WB_MAGIC: &[u8] = b"#!AMR-WB\n";
pub(super) const NB_MULTICHANNEL_MAGIC: &[u8] = b"#!AMR_MC1.0\n";
pub(super) const WB_MULTICHANNEL_MAGIC: &[u8] = b"#!AMR-WB_MC1.0\n";

/// Bytes of a narrow-band frame with its first byte, by frame type; 0 where the type is not used
/// in storage files (RFC 4867 section 5.3, 3GPP TS 26.101 table 1a).
pub(super) const NB_FRAME_BYTES: [u8; 16] =
    [13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1];

/// The same for wide band (3GPP TS 26.201 table 1a).
pub(super) const WB_FRAME_BYTES: [u8; 16] =
    [18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1];

/// Seconds of a frame.
const FRAME_S: f64 = 0.02;

/// Bytes that a look at one place may need: three of the longest frames.
const LOOK_BYTES: usize = 192;

/// Bytes fetched at once.
const FETCH_BYTES: u64 = 64 * 1024;

/// The frames of an `.amr` or `.awb` file, one table entry each.
pub(crate) fn plan(reader: &mut ByteReader) -> Result<Plan> {
    let head = bytes_at(reader, 0, 16, 16)?;
    if head.starts_with(NB_MULTICHANNEL_MAGIC) || head.starts_with(WB_MULTICHANNEL_MAGIC) {
        return Err(Error::Unsupported {
            what: "multichannel AMR".into(),
            hint: Some("convert it to WAV first".into()),
        });
    }
    let (codec, rate_hz, sizes, magic) = if head.starts_with(WB_MAGIC) {
        (Codec::AmrWb, 16_000, &WB_FRAME_BYTES, WB_MAGIC)
    } else if head.starts_with(NB_MAGIC) {
        (Codec::AmrNb, 8_000, &NB_FRAME_BYTES, NB_MAGIC)
    } else {
        return Err(super::fields::malformed("AMR", 0, "the magic line `#!AMR` is missing"));
    };
    let mut plan = Plan::default();
    let mut list = PacketList::new(reader.len());
    let walked = walk_frames(reader, magic, sizes, &mut list, &mut plan.warnings)?;
    let frames = list.listed();
    plan.tracks.push(TrackPlan {
        sample_rate_hz: rate_hz,
        channels: 1,
        packets: Packets::Table(list.finish(&mut plan.warnings)),
        declared_duration_s: Some(frames as f64 * FRAME_S),
        walked,
        ..TrackPlan::new(codec)
    });
    Ok(plan)
}

fn walk_frames(
    reader: &mut ByteReader,
    magic: &[u8],
    sizes: &[u8; 16],
    list: &mut PacketList,
    warnings: &mut Vec<String>,
) -> Result<Walked> {
    let mut walked = Walked::default();
    let mut at = magic.len() as u64;
    let mut view = View { reader, start: 0, bytes: Vec::new() };
    // The two low bits of the first byte are padding and zero; a writer that sets them sets them
    // in every frame, and then they do not tell a frame from anything else.
    let padding_mask = view.from(at)?.first().map_or(3, |&b| if b & 3 == 0 { 3 } else { 0 });
    let size_of = |first: u8| match first & (0x80 | padding_mask) {
        0 => usize::from(sizes[usize::from(first >> 3) & 15]),
        _ => 0,
    };
    let mut skips = Warnings::default();
    loop {
        let bytes = view.from(at)?;
        let Some(&first) = bytes.first() else { break };
        if bytes.starts_with(b"#!AMR") {
            if !bytes.starts_with(magic) {
                skips.push(|| {
                    format!(
                        "another kind of AMR file starts at byte {at}; the rest is not examined"
                    )
                });
                break;
            }
            skips.push(|| format!("a second AMR file starts at byte {at}: the file was joined"));
            let kind = BreakKind::SecondHeader;
            walked.push(Mark::before(list.listed(), kind, at as f64, Some(at)));
            at += magic.len() as u64;
            continue;
        }
        let size = size_of(first);
        if size == 0 {
            let start = at;
            at += 1;
            while !is_frame_run(view.from(at)?, size_of) {
                at += 1;
            }
            skips.push(|| format!("bytes {start} to {at} are no AMR frames and are skipped"));
            let (kind, count) = (BreakKind::ForeignBytes, at - start);
            walked.push(Mark::before(list.listed(), kind, count as f64, Some(start)));
        } else if size > bytes.len() {
            skips.push(|| {
                format!("the last frame, at byte {at}, is cut: {} of {size} bytes", bytes.len())
            });
            break;
        } else {
            list.push(at, size as u32)?;
            at += size as u64;
        }
    }
    skips.append_to(warnings, "bytes that are no AMR frames");
    Ok(walked)
}

/// Whether three frames in a row could start here, fewer at the end of the file.
fn is_frame_run(bytes: &[u8], size_of: impl Fn(u8) -> usize) -> bool {
    let mut at = 0;
    for _ in 0..3 {
        match bytes.get(at) {
            None => return true,
            Some(_) if bytes[at..].starts_with(b"#!AMR") => return true,
            Some(&first) => match size_of(first) {
                0 => return false,
                size => at += size,
            },
        }
    }
    true
}

/// Sequential view that never fetches a byte twice for short looks ahead.
struct View<'r> {
    reader: &'r mut ByteReader,
    start: u64,
    bytes: Vec<u8>,
}

impl View<'_> {
    /// [`LOOK_BYTES`] bytes from `at`, fewer at the end of the file; `at` never goes back.
    fn from(&mut self, at: u64) -> Result<&[u8]> {
        let inside = at.saturating_sub(self.start) as usize;
        let more = self.start + (self.bytes.len() as u64) < self.reader.len();
        if inside + LOOK_BYTES > self.bytes.len() && more {
            self.bytes = bytes_at(self.reader, at, FETCH_BYTES, FETCH_BYTES)?;
            self.start = at;
        }
        let from = (at.saturating_sub(self.start) as usize).min(self.bytes.len());
        let to = (from + LOOK_BYTES).min(self.bytes.len());
        Ok(&self.bytes[from..to])
    }
}

#[cfg(test)]
mod tests {
    use super::super::PacketEntry;
    use super::super::reader::reader_over;
    use super::*;

    fn frame(first: u8, size: usize) -> Vec<u8> {
        let mut bytes = vec![0xAA; size];
        bytes[0] = first;
        bytes
    }

    fn entries(plan: &Plan) -> Vec<PacketEntry> {
        match &plan.tracks[0].packets {
            Packets::Table(entries) => entries.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn speech_comfort_noise_and_no_data_frames() {
        let bytes =
            [NB_MAGIC, &frame(0x3C, 32), &frame(0x44, 6), &frame(0x7C, 1), &frame(0x04, 13)]
                .concat();
        let plan = plan(&mut reader_over(&bytes)).unwrap();
        let lens: Vec<_> = entries(&plan).iter().map(|e| (e.offset, e.len)).collect();
        assert_eq!(lens, [(6, 32), (38, 6), (44, 1), (45, 13)]);
        assert_eq!(plan.tracks[0].declared_duration_s, Some(0.08));
        assert!(plan.warnings.is_empty());
    }

    #[test]
    fn wide_band_and_a_cut_last_frame() {
        let bytes = [WB_MAGIC, &frame(0x44, 61), &frame(0x44, 40)].concat();
        let plan = plan(&mut reader_over(&bytes)).unwrap();
        assert_eq!(plan.tracks[0].codec, Codec::AmrWb);
        assert_eq!(entries(&plan).len(), 1);
        assert!(plan.warnings[0].contains("at byte 70, is cut: 40 of 61"), "{:?}", plan.warnings);
    }

    #[test]
    fn joined_files_and_garbage_are_named_with_their_place() {
        let run = [frame(0x3C, 32), frame(0x3C, 32), frame(0x3C, 32)].concat();
        let bytes = [NB_MAGIC, &run, &[0xFF; 5], &run, NB_MAGIC, &run].concat();
        let plan = plan(&mut reader_over(&bytes)).unwrap();
        assert_eq!(entries(&plan).len(), 9);
        assert!(plan.warnings[0].contains("bytes 102 to 107"), "{:?}", plan.warnings);
        assert!(plan.warnings[1].contains("byte 203"), "{:?}", plan.warnings);
    }

    #[test]
    fn nothing_but_reserved_types_ends_without_a_frame() {
        let bytes = [NB_MAGIC, &[0xFF; 300_000]].concat();
        let plan = plan(&mut reader_over(&bytes)).unwrap();
        assert!(entries(&plan).is_empty());
        assert_eq!(plan.warnings.len(), 1);
    }

    #[test]
    fn header_only_multichannel_and_foreign() {
        assert!(entries(&plan(&mut reader_over(NB_MAGIC)).unwrap()).is_empty());
        let multichannel = plan(&mut reader_over(b"#!AMR_MC1.0\n\0\0\0\x02"));
        assert!(matches!(multichannel, Err(Error::Unsupported { .. })));
        assert!(matches!(plan(&mut reader_over(b"RIFF")), Err(Error::Malformed { .. })));
    }
}
