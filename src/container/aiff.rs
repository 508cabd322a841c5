//! AIFF and AIFF-C: big-endian chunks, of which `COMM` describes and `SSND` holds the samples.

use super::fields::{be_u16, be_u32, be_u64, bytes_at, code_text, four, is_code, malformed};
use super::limits::{MAX_BOXES, check_stream};
use super::packets::Warnings;
use super::reader::ByteReader;
use super::{Codec, Packets, PcmFormat, Plan, TrackPlan};
use crate::error::Result;

const FORMAT: &str = "AIFF";

/// What the `COMM` chunk says.
#[derive(Debug, Clone, PartialEq)]
struct Common {
    codec: Codec,
    channels: u32,
    rate_hz: u32,
    bits: Option<u16>,
    /// Declared sample frames, or blocks where a block has more than one.
    units: u32,
    /// Bytes and frames of a block; `None` where packets are not of one size.
    block: Option<(u32, u32)>,
}

/// Where the samples are.
struct Samples {
    start: u64,
    len: u64,
}

/// The one track of an AIFF file.
pub(crate) fn plan(reader: &mut ByteReader) -> Result<Plan> {
    let head = bytes_at(reader, 0, 12, 12)?;
    let compressed = head.get(8..12) == Some(b"AIFC");
    if !compressed && head.get(8..12) != Some(b"AIFF") {
        return Err(malformed(FORMAT, 0, "the header of the form is cut or missing"));
    }
    let mut plan = Plan::default();
    let (mut common, mut samples) = (None, None);
    let mut more = Warnings::default();
    let mut at = 12u64;
    for _ in 0..MAX_BOXES {
        let Some(head) = reader.array_at::<8>(at)? else { break };
        let (Some(id), Some(claimed)) = (four(&head, 0), be_u32(&head, 4)) else { break };
        if !is_code(id) {
            plan.warnings.push(format!(
                "the {} bytes from byte {at} on are no chunk",
                reader.len().saturating_sub(at)
            ));
            break;
        }
        let body = at + 8;
        let there = u64::from(claimed).min(reader.len().saturating_sub(body));
        match &id {
            b"COMM" if common.is_none() => {
                let bytes = bytes_at(reader, body, there, 64)?;
                common = Some(
                    Common::read(&bytes, compressed)
                        .ok_or_else(|| malformed(FORMAT, at, "the `COMM` chunk is cut"))?,
                );
                if let Some(Common { rate_hz, channels, .. }) = common {
                    check_stream(rate_hz, channels, body)?;
                }
            }
            b"SSND" if samples.is_none() => {
                let found = sound_data(reader, at, claimed, &mut plan.warnings)?;
                // A size that stands for "unknown" leaves nothing to look for behind the samples.
                let open = found.start + found.len == reader.len();
                samples = Some(found);
                if open {
                    break;
                }
            }
            b"SSND" => more.push(|| {
                format!("a second `SSND` chunk is not examined: {there} bytes at byte {body}")
            }),
            _ if u64::from(claimed) > there => plan.warnings.push(format!(
                "the `{}` chunk at byte {at} declares {claimed} bytes, the file holds {there} of \
                 them",
                code_text(id)
            )),
            _ => {}
        }
        at = body + u64::from(claimed) + u64::from(claimed & 1);
    }
    more.append_to(&mut plan.warnings, "further `SSND` chunks");
    let missing = |name: &str| {
        malformed(FORMAT, at, format!("the `{name}` chunk is missing where the chunks end"))
    };
    // `COMM` may stand behind the samples.
    let common = common.ok_or_else(|| missing("COMM"))?;
    let samples = samples.ok_or_else(|| missing("SSND"))?;
    let track = common.track(&samples, &mut plan.warnings);
    plan.tracks.push(track);
    Ok(plan)
}

/// The samples of the `SSND` chunk at `at`, behind their offset and block size.
fn sound_data(
    reader: &mut ByteReader,
    at: u64,
    claimed: u32,
    warnings: &mut Vec<String>,
) -> Result<Samples> {
    let body = at + 8;
    let skip = reader.array_at::<4>(body)?.map_or(0, u32::from_be_bytes);
    let end = match claimed {
        0 | u32::MAX => u64::MAX,
        claimed => body + u64::from(claimed),
    };
    let start = (body + 8 + u64::from(skip)).min(reader.len());
    let there = end.min(reader.len());
    if end > there {
        warnings.push(format!(
            "the `SSND` chunk at byte {at} declares {claimed} bytes, the file holds {} of them",
            there.saturating_sub(body)
        ));
    }
    Ok(Samples { start, len: there.saturating_sub(start) })
}

impl Common {
    fn read(body: &[u8], compressed: bool) -> Option<Self> {
        let channels = u32::from(be_u16(body, 0)?);
        let (units, bits) = (be_u32(body, 2)?, be_u16(body, 6)?);
        let rate_hz = extended(be_u16(body, 8)?, be_u64(body, 10)?);
        let kind = if compressed { four(body, 18)? } else { *b"NONE" };
        let mut common =
            Self { codec: Codec::Other("PCM"), channels, rate_hz, bits: None, units, block: None };
        let width = bits.div_ceil(8) as u8;
        let pcm = match &kind {
            b"NONE" | b"twos" => Some((width, false, false, true)),
            b"sowt" => Some((width, false, false, false)),
            b"raw " => Some((width, false, true, true)),
            b"in24" => Some((3, false, false, true)),
            b"in32" => Some((4, false, false, true)),
            b"42ni" => Some((3, false, false, false)),
            b"23ni" => Some((4, false, false, false)),
            b"fl32" | b"FL32" => Some((4, true, false, true)),
            b"fl64" | b"FL64" => Some((8, true, false, true)),
            _ => None,
        };
        if let Some((bytes, float, unsigned, big_endian)) = pcm {
            if matches!(bytes, 1..=4) || float {
                let format = PcmFormat { bytes, float, unsigned, big_endian };
                common.codec = Codec::Pcm(format);
                let all = u16::from(bytes) * 8;
                common.bits = Some(if (all - 7..=all).contains(&bits) { bits } else { all });
                common.block = Some((u32::from(bytes) * channels, 1));
            }
            return Some(common);
        }
        (common.codec, common.block) = match &kind {
            b"alaw" | b"ALAW" => (Codec::ALaw, Some((channels, 1))),
            b"ulaw" | b"ULAW" => (Codec::MuLaw, Some((channels, 1))),
            b"ima4" => (Codec::AdpcmImaQt, Some((34 * channels, 64))),
            b"GSM " | b"agsm" => (Codec::Gsm, Some((33, 160))),
            b"G722" => (Codec::Other("G.722"), None),
            b"MAC3" | b"MAC6" => (Codec::Other("MACE"), None),
            b"QDM2" | b"QDMC" => (Codec::Other("QDesign Music"), None),
            b"Qclp" => (Codec::Other("QCELP"), None),
            b".mp3" | b"ms\0\x55" => (Codec::Mp3, None),
            _ => (Codec::Other("an unknown AIFF-C compression"), None),
        };
        Some(common)
    }

    fn track(self, samples: &Samples, warnings: &mut Vec<String>) -> TrackPlan {
        let (start, len) = (samples.start, samples.len);
        let mut packets = Packets::Elementary { start, len };
        let mut frames = u64::from(self.units);
        if let Some((block_bytes, frames_per_block)) = self.block.filter(|&(bytes, _)| bytes > 0) {
            packets = Packets::Fixed { start, len, block_bytes, frames_per_block };
            frames *= u64::from(frames_per_block);
            let held = len / u64::from(block_bytes);
            if self.units > 0 && held > u64::from(self.units) {
                warnings.push(format!(
                    "the `COMM` chunk declares {} blocks of samples, the `SSND` chunk at byte \
                     {start} holds {held}",
                    self.units
                ));
            }
        }
        TrackPlan {
            sample_rate_hz: self.rate_hz,
            channels: self.channels as u16,
            bits_per_sample: self.bits,
            packets,
            declared_duration_s: (frames > 0).then(|| frames as f64 / f64::from(self.rate_hz)),
            ..TrackPlan::new(self.codec)
        }
    }
}

/// An 80-bit IEEE 754 number, rounded; 0 for what is negative or too large.
fn extended(sign_and_exponent: u16, mantissa: u64) -> u32 {
    const BIAS: i32 = 16_383;
    if sign_and_exponent & 0x8000 != 0 {
        return 0;
    }
    let value = mantissa as f64 * f64::from(i32::from(sign_and_exponent) - BIAS - 63).exp2();
    if value.is_finite() && value < f64::from(u32::MAX) { value.round() as u32 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::super::reader::reader_over;
    use super::*;
    use crate::error::Error;

    const RATE_48000: [u8; 10] = [0x40, 0x0E, 0xBB, 0x80, 0, 0, 0, 0, 0, 0];

    fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let pad = vec![0; body.len() & 1];
        [id.as_slice(), &(body.len() as u32).to_be_bytes(), body, &pad].concat()
    }

    fn comm(channels: u16, units: u32, bits: u16, rate: [u8; 10], kind: &[u8]) -> Vec<u8> {
        let mut body = channels.to_be_bytes().to_vec();
        body.extend(units.to_be_bytes());
        body.extend(bits.to_be_bytes());
        chunk(b"COMM", &[body.as_slice(), &rate, kind].concat())
    }

    fn form(kind: &[u8; 4], chunks: &[Vec<u8>]) -> Vec<u8> {
        let body = chunks.concat();
        [b"FORM".as_slice(), &(body.len() as u32 + 4).to_be_bytes(), kind, &body].concat()
    }

    fn ssnd(samples: usize) -> Vec<u8> {
        chunk(b"SSND", &vec![0; samples + 8])
    }

    #[test]
    fn extended_numbers() {
        assert_eq!(extended(0x400E, 0xBB80 << 48), 48_000);
        assert_eq!(extended(0x400B, 0xFA00 << 48), 8_000);
        assert_eq!(extended(0x7FFF, u64::MAX), 0);
        assert_eq!(extended(0xC00E, 0xBB80 << 48), 0);
        assert_eq!(extended(0, 0), 0);
    }

    #[test]
    fn plain_and_compressed() {
        let bytes = form(b"AIFF", &[comm(2, 25, 16, RATE_48000, b""), ssnd(100)]);
        let plan_16 = plan(&mut reader_over(&bytes)).unwrap();
        let track = &plan_16.tracks[0];
        let big = PcmFormat { bytes: 2, float: false, unsigned: false, big_endian: true };
        assert_eq!((track.codec, track.bits_per_sample), (Codec::Pcm(big), Some(16)));
        assert!(matches!(track.packets, Packets::Fixed { len: 100, block_bytes: 4, .. }));
        assert!(plan_16.warnings.is_empty(), "{:?}", plan_16.warnings);
        let comm_ima = comm(2, 2, 16, RATE_48000, b"ima4\0\0");
        let bytes = form(b"AIFC", &[ssnd(136), comm_ima]);
        let track = plan(&mut reader_over(&bytes)).unwrap();
        assert!(track.tracks.len() == 1);
        let packets = &track.tracks[0].packets;
        assert!(matches!(packets, Packets::Fixed { block_bytes: 68, frames_per_block: 64, .. }));
    }

    #[test]
    fn cut_and_lying() {
        let bytes = form(b"AIFF", &[comm(2, 25, 16, RATE_48000, b""), ssnd(100)]);
        let cut = plan(&mut reader_over(&bytes[..bytes.len() - 50])).unwrap();
        assert!(matches!(cut.tracks[0].packets, Packets::Fixed { len: 50, .. }));
        assert!(cut.warnings[0].contains("byte 38"), "{:?}", cut.warnings);
        let more = form(b"AIFF", &[comm(2, 5, 16, RATE_48000, b""), ssnd(100), ssnd(10)]);
        assert_eq!(plan(&mut reader_over(&more)).unwrap().warnings.len(), 2);
    }

    #[test]
    fn refused() {
        let refused = |bytes: &[u8]| plan(&mut reader_over(bytes)).unwrap_err();
        let no_rate = form(b"AIFF", &[comm(2, 5, 16, [0; 10], b""), ssnd(4)]);
        assert!(matches!(refused(&no_rate), Error::Limit { .. }));
        let no_channels = form(b"AIFF", &[comm(0, 5, 16, RATE_48000, b""), ssnd(4)]);
        assert!(matches!(refused(&no_channels), Error::Limit { .. }));
        assert!(matches!(refused(b"FORM\0\0\0\0AIFF"), Error::Malformed { .. }));
        assert!(matches!(refused(b"FORM"), Error::Malformed { .. }));
        let odd = form(b"AIFF", &[comm(1, 5, 0, RATE_48000, b""), ssnd(4)]);
        assert!(matches!(plan(&mut reader_over(&odd)).unwrap().tracks[0].codec, Codec::Other(_)));
    }
}
