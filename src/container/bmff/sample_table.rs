//! The sample table: chunk offsets, samples per chunk and sample sizes, joined into packets.

use super::FORMAT;
use super::boxes::{BoxHead, Boxes};
use super::rows::{Rows, Sizes, Times, counted, sizes};
use super::sink::Sink;
use crate::container::fields::malformed;
use crate::error::Result;

/// Feeds every sample of `stbl` to `sink` in decoding order; the samples' durations.
pub(super) fn read(
    boxes: &mut Boxes,
    stbl: &BoxHead,
    sink: &mut Sink,
    warnings: &mut Vec<String>,
) -> Result<Times> {
    let times = match boxes.child(stbl, b"stts")? {
        Some(stts) => counted(boxes, &stts, 8, warnings)?,
        None => Rows::empty(),
    };
    let times = Times(times);
    let Some(sizes) = sizes(boxes, stbl, warnings)? else { return Ok(times) };
    if sizes.count() == 0 {
        return Ok(times);
    }
    let missing = |what: &str| {
        malformed(FORMAT, stbl.start, format!("the `stbl` box lists samples and has no {what}"))
    };
    let stsc = boxes.child(stbl, b"stsc")?.ok_or_else(|| missing("`stsc`"))?;
    let runs = counted(boxes, &stsc, 12, warnings)?;
    let offsets = match boxes.child(stbl, b"stco")? {
        Some(stco) => counted(boxes, &stco, 4, warnings)?,
        None => {
            let co64 = boxes.child(stbl, b"co64")?.ok_or_else(|| missing("`stco` or `co64`"))?;
            counted(boxes, &co64, 8, warnings)?
        }
    };
    let placed = join(&sizes, &runs, &offsets, times.first(), sink)?;
    if placed < sizes.count() {
        let (count, at) = (sizes.count(), stbl.start);
        warnings.push(format!(
            "the `stbl` box at byte {at} lists {count} samples; its chunks place {placed} of them"
        ));
    }
    Ok(times)
}

/// Walks the chunks; how many samples they place.
fn join(sizes: &Sizes, runs: &Rows, offsets: &Rows, ticks: u32, sink: &mut Sink) -> Result<u64> {
    let total = sizes.count();
    let mut sample = 0u64;
    let mut run = 0u64;
    for chunk in 0..offsets.len() {
        while runs.word(run + 1, 0).is_some_and(|first| u64::from(first) <= chunk + 1) {
            run += 1;
        }
        let (Some(in_chunk), Some(mut offset)) = (runs.word(run, 1), offsets.number(chunk)) else {
            break;
        };
        let in_chunk = u64::from(in_chunk).min(total - sample);
        match (sizes, sink.block()) {
            (Sizes::Equal { size, .. }, Some(block)) => {
                let (size, count) = equal_blocks(*size, in_chunk, ticks, block);
                sink.equal_samples(offset, size, count)?;
            }
            (Sizes::Equal { size, .. }, None) => sink.equal_samples(offset, *size, in_chunk)?,
            _ => {
                for i in sample..sample + in_chunk {
                    let size = sizes.get(i);
                    sink.sample(offset, size)?;
                    offset = offset.saturating_add(u64::from(size));
                }
            }
        }
        sample += in_chunk;
        if sample == total {
            break;
        }
    }
    Ok(sample)
}

/// Size and count of the blocks of a chunk. QuickTime counts sample frames, whatever the block, and
/// may put 1 or the bytes of one channel for their size; others count blocks.
fn equal_blocks(size: u32, samples: u64, ticks: u32, (bytes, frames): (u32, u32)) -> (u32, u64) {
    if ticks == frames {
        (bytes, samples)
    } else if ticks == 1 {
        (bytes, samples.div_ceil(u64::from(frames)))
    } else {
        (size, samples)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::Packets;
    use crate::container::reader::reader_over;

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|w| w.to_be_bytes()).collect()
    }

    fn full_box(kind: &[u8; 4], body: &[u32]) -> Vec<u8> {
        let body = words(body);
        [words(&[body.len() as u32 + 12]).as_slice(), kind, &[0; 4], &body].concat()
    }

    fn run(tables: &[Vec<u8>], block: Option<(u32, u32)>) -> (Result<Times>, Sink, Vec<String>) {
        let bytes = [tables.concat(), vec![0; 1000]].concat();
        let end = (bytes.len() - 1000) as u64;
        let mut reader = reader_over(&bytes);
        let file_len = reader.len();
        let mut boxes = Boxes::new(&mut reader);
        let stbl = BoxHead { kind: *b"stbl", start: 0, body: 0, end, claimed_end: end };
        let mut sink = Sink::new(block, file_len);
        let mut warnings = Vec::new();
        (read(&mut boxes, &stbl, &mut sink, &mut warnings), sink, warnings)
    }

    #[test]
    fn chunks_of_changing_length() {
        let (times, sink, warnings) = run(
            &[
                full_box(b"stts", &[2, 3, 1024, 1, 500]),
                full_box(b"stsz", &[0, 4, 10, 20, 30, 40]),
                full_box(b"stsc", &[2, 1, 2, 1, 2, 1, 1]),
                full_box(b"stco", &[3, 100, 200, 300]),
            ],
            None,
        );
        let times = times.unwrap();
        assert_eq!((times.total(), times.before(2)), (3572, 2048));
        let Packets::Table(entries) = sink.finish(&mut Vec::new()).unwrap() else { panic!() };
        let entries: Vec<_> = entries.iter().map(|e| (e.offset, e.len)).collect();
        assert_eq!(entries, [(100, 10), (110, 20), (200, 30), (300, 40)]);
        assert!(warnings.is_empty());
    }

    #[test]
    fn pcm_counts_frames_whatever_the_size_says() {
        let (_, sink, _) = run(
            &[
                full_box(b"stts", &[1, 100, 1]),
                full_box(b"stsz", &[1, 100]),
                full_box(b"stsc", &[1, 1, 100, 1]),
                full_box(b"co64", &[1, 0, 50]),
            ],
            Some((4, 1)),
        );
        let packets = sink.finish(&mut Vec::new()).unwrap();
        let expected = Packets::Fixed { start: 50, len: 400, block_bytes: 4, frames_per_block: 1 };
        assert_eq!(packets, expected);
    }

    #[test]
    fn hostile_counts_are_cut_to_what_is_there() {
        let (times, sink, warnings) = run(
            &[
                full_box(b"stts", &[u32::MAX, u32::MAX, u32::MAX]),
                full_box(b"stsz", &[0, u32::MAX, 10]),
                full_box(b"stsc", &[u32::MAX, 1, u32::MAX, 1]),
                full_box(b"stco", &[u32::MAX, 100]),
            ],
            None,
        );
        assert!(times.is_ok() && warnings.len() == 4, "{warnings:?}");
        assert!(matches!(sink.finish(&mut Vec::new()).unwrap(), Packets::Table(t) if t.len() == 1));
        let (times, sink, _) = run(
            &[
                full_box(b"stsz", &[1, u32::MAX]),
                full_box(b"stsc", &[1, 1, u32::MAX, 1]),
                full_box(b"stco", &[1, 100]),
            ],
            None,
        );
        assert!(times.is_ok() && sink.cut().is_some());
    }

    #[test]
    fn compact_sizes_and_missing_tables() {
        let stz2 = [words(&[22]).as_slice(), b"stz2", &words(&[0, 4, 3]), &[0x12, 0x30]].concat();
        let chunks = [full_box(b"stsc", &[1, 1, 3, 1]), full_box(b"stco", &[1, 100])].concat();
        let (_, sink, _) = run(&[stz2.clone(), chunks], None);
        let Packets::Table(entries) = sink.finish(&mut Vec::new()).unwrap() else { panic!() };
        assert_eq!(entries.iter().map(|e| e.len).collect::<Vec<_>>(), [1, 2, 3]);
        assert!(run(&[stz2], None).0.is_err());
        assert!(run(&[], None).0.is_ok());
    }
}
