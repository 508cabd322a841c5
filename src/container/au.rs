//! Sun and NeXT `.snd` files: a header of six words, then samples.

use super::fields::{be_u32, bytes_at, malformed};
use super::limits::check_stream;
use super::reader::ByteReader;
use super::{Codec, Packets, PcmFormat, Plan, TrackPlan};
use crate::error::Result;

/// The one track of an AU file.
pub(crate) fn plan(reader: &mut ByteReader) -> Result<Plan> {
    let head = bytes_at(reader, 0, 24, 24)?;
    let word = |index: usize| be_u32(&head, index * 4);
    let (Some(start), Some(claimed), Some(encoding), Some(rate_hz), Some(channels)) =
        (word(1), word(2), word(3), word(4), word(5))
    else {
        return Err(malformed("AU", head.len() as u64, "the header is cut"));
    };
    if start < 24 {
        let what = format!("the samples are declared to start inside the header, at byte: {start}");
        return Err(malformed("AU", 4, what));
    }
    check_stream(rate_hz, channels, 16)?;
    let mut plan = Plan::default();
    let start = u64::from(start).min(reader.len());
    let there = reader.len() - start;
    let mut len = u64::from(claimed);
    if claimed == u32::MAX {
        len = there;
    } else if claimed == 0 && there > 0 {
        plan.warnings.push(format!(
            "the header declares no samples at byte 8; the {there} bytes to the end of the file \
             are taken"
        ));
        len = there;
    } else if len > there {
        plan.warnings.push(format!(
            "the header declares {len} bytes of samples at byte 8, the file holds {there} of them"
        ));
        len = there;
    } else if len < there {
        plan.warnings.push(format!(
            "{} bytes follow the declared end of the samples, at byte {}",
            there - len,
            start + len
        ));
    }
    let (codec, sample_bytes, bits) = codec(encoding);
    let mut track = TrackPlan {
        sample_rate_hz: rate_hz,
        channels: channels as u16,
        bits_per_sample: bits,
        packets: Packets::Elementary { start, len },
        ..TrackPlan::new(codec)
    };
    if sample_bytes > 0 {
        let block_bytes = sample_bytes * channels;
        track.packets = Packets::Fixed { start, len, block_bytes, frames_per_block: 1 };
        let declared = if claimed == 0 || claimed == u32::MAX { len } else { u64::from(claimed) };
        track.declared_duration_s =
            Some((declared / u64::from(block_bytes)) as f64 / f64::from(rate_hz));
    }
    plan.tracks.push(track);
    Ok(plan)
}

/// Codec of an encoding number (`audio.h` of SunOS 4), bytes of one of its samples (0 where those
/// are not whole), and significant bits.
fn codec(encoding: u32) -> (Codec, u32, Option<u16>) {
    let pcm = |bytes: u8, float: bool| {
        let format = PcmFormat { bytes, float, unsigned: false, big_endian: true };
        (Codec::Pcm(format), u32::from(bytes), Some(u16::from(bytes) * 8))
    };
    match encoding {
        1 => (Codec::MuLaw, 1, None),
        2 => pcm(1, false),
        3 => pcm(2, false),
        4 => pcm(3, false),
        5 => pcm(4, false),
        6 => pcm(4, true),
        7 => pcm(8, true),
        23 => (Codec::Other("G.721"), 0, None),
        24 => (Codec::Other("G.722"), 0, None),
        25 | 26 => (Codec::Other("G.723 ADPCM"), 0, None),
        27 => (Codec::ALaw, 1, None),
        _ => (Codec::Other("an unknown AU encoding"), 0, None),
    }
}

#[cfg(test)]
mod tests {
    use super::super::reader::reader_over;
    use super::*;
    use crate::error::Error;

    fn au(start: u32, size: u32, encoding: u32, rate: u32, channels: u32, data: usize) -> Vec<u8> {
        let words = [start, size, encoding, rate, channels];
        let mut bytes = b".snd".to_vec();
        bytes.extend(words.iter().flat_map(|w| w.to_be_bytes()));
        bytes.extend(vec![0; data]);
        bytes
    }

    fn fixed(bytes: &[u8]) -> (Plan, u64, u32) {
        let plan = plan(&mut reader_over(bytes)).unwrap();
        match plan.tracks[0].packets {
            Packets::Fixed { len, block_bytes, .. } => (plan, len, block_bytes),
            ref other => panic!("{other:?}"),
        }
    }

    #[test]
    fn linear_and_mu_law() {
        let (plan, len, block) = fixed(&au(28, 96, 3, 48_000, 2, 100));
        assert_eq!((len, block), (96, 4));
        assert_eq!(plan.tracks[0].declared_duration_s, Some(24.0 / 48_000.0));
        assert!(plan.warnings.is_empty());
        let (plan, len, _) = fixed(&au(24, u32::MAX, 1, 8_000, 1, 100));
        assert_eq!((plan.tracks[0].codec, len), (Codec::MuLaw, 100));
        assert!(plan.warnings.is_empty());
    }

    #[test]
    fn sizes_that_lie() {
        for claimed in [0, 500, 60] {
            let (plan, len, _) = fixed(&au(24, claimed, 27, 8_000, 1, 100));
            assert_eq!(len, if claimed == 60 { 60 } else { 100 });
            assert_eq!(plan.warnings.len(), 1);
        }
        assert_eq!(fixed(&au(u32::MAX, 500, 27, 8_000, 1, 100)).1, 0);
    }

    #[test]
    fn refused_headers() {
        let refused = |bytes: &[u8]| plan(&mut reader_over(bytes)).unwrap_err();
        assert!(matches!(refused(b".snd\0\0"), Error::Malformed { .. }));
        assert!(matches!(refused(&au(4, 9, 1, 8_000, 1, 9)), Error::Malformed { .. }));
        assert!(matches!(refused(&au(24, 9, 1, 0, 1, 9)), Error::Limit { .. }));
        assert!(matches!(refused(&au(24, 9, 1, 8_000, u32::MAX, 9)), Error::Limit { .. }));
    }
}
