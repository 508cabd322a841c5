//! CAF files built by hand: normal, cut and lying.

use super::super::PcmFormat;
use super::super::reader::reader_over;
use super::*;
use crate::error::Error;

fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [id.as_slice(), &(body.len() as u64).to_be_bytes(), body].concat()
}

fn desc(rate: f64, kind: &[u8; 4], words: [u32; 5]) -> Vec<u8> {
    let words: Vec<u8> = words.iter().flat_map(|w| w.to_be_bytes()).collect();
    chunk(b"desc", &[rate.to_be_bytes().as_slice(), kind, &words].concat())
}

fn pakt(packets: u64, valid: u64, priming: u32, sizes: &[u8]) -> Vec<u8> {
    let head = [packets.to_be_bytes(), valid.to_be_bytes()].concat();
    chunk(b"pakt", &[head.as_slice(), &priming.to_be_bytes(), &[0; 4], sizes].concat())
}

fn data(samples: usize) -> Vec<u8> {
    chunk(b"data", &vec![0; samples + 4])
}

fn caf(chunks: &[Vec<u8>]) -> Vec<u8> {
    [b"caff\0\x01\0\0".as_slice(), &chunks.concat()].concat()
}

#[test]
fn little_endian_pcm_with_an_open_end_and_a_writer() {
    let info = chunk(b"info", b"\0\0\0\x02title\0x\0encoding application\0Voice 1.0\0");
    let mut bytes = caf(&[desc(48_000.0, b"lpcm", [2, 4, 1, 2, 16]), info, data(400)]);
    let at = bytes.len() - 412;
    bytes[at..at + 8].copy_from_slice(&[0xFF; 8]);
    let plan = plan(&mut reader_over(&bytes)).unwrap();
    let track = &plan.tracks[0];
    let format = PcmFormat { bytes: 2, float: false, unsigned: false, big_endian: false };
    assert_eq!(track.codec, Codec::Pcm(format));
    assert!(matches!(track.packets, Packets::Fixed { len: 400, block_bytes: 4, .. }));
    assert_eq!(plan.encoder.as_deref(), Some("Voice 1.0"));
    assert!(plan.warnings.is_empty(), "{:?}", plan.warnings);
}

#[test]
fn a_cut_pcm_file_gives_what_is_there() {
    let bytes = caf(&[desc(48_000.0, b"lpcm", [0, 4, 1, 2, 16]), data(400)]);
    let plan = plan(&mut reader_over(&bytes[..bytes.len() - 100])).unwrap();
    assert!(matches!(plan.tracks[0].packets, Packets::Fixed { len: 300, .. }));
    assert_eq!(plan.tracks[0].declared_duration_s, Some(100.0 / 48_000.0));
    assert!(plan.warnings[0].contains("declares 404 bytes"), "{:?}", plan.warnings);
}

#[test]
fn opus_priming_is_counted_at_48_khz() {
    let description = desc(24_000.0, b"opus", [0, 0, 480, 1, 0]);
    let bytes = caf(&[description, data(60), pakt(2, 804, 156, &[20, 40])]);
    let plan = plan(&mut reader_over(&bytes)).unwrap();
    let track = &plan.tracks[0];
    assert_eq!((track.codec, track.sample_rate_hz), (Codec::Opus, 48_000));
    assert_eq!((track.start_trim_frames, track.presentation_frames), (312, Some(1608)));
    assert_eq!(track.config.len(), 19);
    assert_eq!(track.declared_duration_s, Some(804.0 / 24_000.0));
    assert!(matches!(&track.packets, Packets::Table(t) if t.len() == 2 && t[1].len == 40));
}

#[test]
fn alac_cookie_in_its_boxes_and_packets_past_the_end() {
    let cookie = b"\0\0\x10\0\0\x10\x28\x0a\x0e\x02\0\xff\0\0\0\0\0\0\0\0\0\0\xbb\x80";
    let boxed =
        [b"\0\0\0\x0cfrmaalac\0\0\0\x24alac\0\0\0\0".as_slice(), cookie, b"\0\0\0\x08\0\0\0\0"];
    let bytes = caf(&[
        desc(48_000.0, b"alac", [1, 0, 4096, 2, 0]),
        chunk(b"kuki", &boxed.concat()),
        pakt(3, 0, 0, &[50, 50, 50]),
        data(120),
    ]);
    let plan = plan(&mut reader_over(&bytes)).unwrap();
    let track = &plan.tracks[0];
    assert_eq!((track.codec, track.bits_per_sample), (Codec::Alac, Some(16)));
    assert_eq!(track.config.len(), 24);
    assert!(matches!(&track.packets, Packets::Table(t) if t.len() == 2));
    assert!(plan.warnings[0].contains("1 of 3 packets"), "{:?}", plan.warnings);
}

#[test]
fn refused() {
    let refused = |bytes: &[u8]| plan(&mut reader_over(bytes)).unwrap_err();
    let aac = desc(48_000.0, b"aac ", [0, 0, 1024, 2, 0]);
    assert!(matches!(refused(&caf(&[aac.clone(), data(9)])), Error::Malformed { .. }));
    assert!(matches!(refused(&caf(&[aac])), Error::Malformed { .. }));
    assert!(matches!(refused(b"caff\0\x01\0\0"), Error::Malformed { .. }));
    for (rate, channels) in [(0.0, 2), (f64::NAN, 2), (1e300, 2), (48_000.0, u32::MAX)] {
        let bytes = caf(&[desc(rate, b"lpcm", [0, 4, 1, channels, 16]), data(9)]);
        assert!(matches!(refused(&bytes), Error::Limit { .. }), "{rate} {channels}");
    }
}

#[test]
fn a_packet_table_of_one_byte_packets_is_bounded() {
    let description = desc(48_000.0, b"aac ", [0, 0, 1024, 2, 0]);
    let bytes = caf(&[description, data(1000), pakt(u64::MAX, 0, 0, &[127; 2000])]);
    let plan = plan(&mut reader_over(&bytes)).unwrap();
    assert!(matches!(&plan.tracks[0].packets, Packets::Table(t) if t.len() == 7));
}
