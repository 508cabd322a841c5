//! WAVE files built by hand: normal, cut and lying.

use super::super::reader::reader_over;
use super::super::{PcmFormat, limits};
use super::*;
use crate::error::Error;

fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let pad = vec![0u8; body.len() & 1];
    [id.as_slice(), &(body.len() as u32).to_le_bytes(), body, &pad].concat()
}

fn fmt(tag: u16, channels: u16, rate: u32, align: u16, bits: u16, extra: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    body.extend(tag.to_le_bytes());
    body.extend(channels.to_le_bytes());
    body.extend(rate.to_le_bytes());
    body.extend((rate * u32::from(align)).to_le_bytes());
    body.extend(align.to_le_bytes());
    body.extend(bits.to_le_bytes());
    body.extend((extra.len() as u16).to_le_bytes());
    body.extend(extra);
    chunk(b"fmt ", &body)
}

fn wave(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = chunks.concat();
    [b"RIFF".as_slice(), &(body.len() as u32 + 4).to_le_bytes(), b"WAVE", &body].concat()
}

fn planned(bytes: &[u8]) -> Plan {
    plan(&mut reader_over(bytes)).unwrap()
}

fn pcm16() -> Codec {
    Codec::Pcm(PcmFormat { bytes: 2, float: false, unsigned: false, big_endian: false })
}

#[test]
fn plain_pcm_with_its_writer() {
    let list = chunk(b"LIST", &[b"INFO".as_slice(), &chunk(b"ISFT", b"Lavf60.3\0")].concat());
    let bytes = wave(&[fmt(1, 2, 48_000, 4, 16, &[]), list, chunk(b"data", &[0; 400])]);
    let plan = planned(&bytes);
    let track = &plan.tracks[0];
    assert_eq!(track.codec, pcm16());
    assert_eq!(plan.encoder.as_deref(), Some("Lavf60.3"));
    assert!(plan.warnings.is_empty(), "{:?}", plan.warnings);
    let start = bytes.len() as u64 - 400;
    let expected = Packets::Fixed { start, len: 400, block_bytes: 4, frames_per_block: 1 };
    assert_eq!(track.packets, expected);
    assert_eq!(track.declared_duration_s, Some(100.0 / 48_000.0));
}

#[test]
fn extensible_20_in_24_bits_and_unsigned_8() {
    let guid = b"\x14\0\x03\0\0\0\x01\0\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71";
    let bytes = wave(&[fmt(0xFFFE, 2, 44_100, 6, 24, guid), chunk(b"data", &[0; 60])]);
    let track = &planned(&bytes).tracks[0];
    assert_eq!(track.bits_per_sample, Some(20));
    assert!(matches!(track.packets, Packets::Fixed { block_bytes: 6, .. }));
    let bytes = wave(&[fmt(1, 1, 8_000, 1, 8, &[]), chunk(b"data", &[0; 60])]);
    let codec = planned(&bytes).tracks[0].codec;
    assert!(matches!(codec, Codec::Pcm(PcmFormat { bytes: 1, unsigned: true, .. })));
}

#[test]
fn adpcm_blocks_and_fact() {
    let fact = chunk(b"fact", &900u32.to_le_bytes());
    let ima = fmt(0x11, 1, 8_000, 256, 4, &505u16.to_le_bytes());
    let bytes = wave(&[ima, fact.clone(), chunk(b"data", &[0; 512])]);
    let track = &planned(&bytes).tracks[0];
    assert_eq!((track.codec, track.presentation_frames), (Codec::AdpcmImaWav, Some(900)));
    let expected =
        matches!(track.packets, Packets::Fixed { block_bytes: 256, frames_per_block: 505, .. });
    assert!(expected, "{:?}", track.packets);
    let ms = fmt(2, 2, 8_000, 256, 4, &60_000u16.to_le_bytes());
    let bytes = wave(&[ms, fact, chunk(b"data", &[0; 512])]);
    assert!(matches!(
        planned(&bytes).tracks[0].packets,
        Packets::Fixed { frames_per_block: 244, .. }
    ));
    let bytes = wave(&[fmt(2, 2, 8_000, 10, 4, &[]), chunk(b"data", &[0; 512])]);
    assert!(matches!(plan(&mut reader_over(&bytes)), Err(Error::Malformed { .. })));
}

#[test]
fn sizes_that_lie() {
    for claimed in [0u32, u32::MAX, 4_000] {
        let mut bytes = wave(&[fmt(1, 1, 8_000, 2, 16, &[]), chunk(b"data", &[0xEE; 200])]);
        let at = bytes.len() - 204;
        bytes[at..at + 4].copy_from_slice(&claimed.to_le_bytes());
        let plan = planned(&bytes);
        assert!(matches!(plan.tracks[0].packets, Packets::Fixed { len: 200, .. }), "{claimed}");
        assert!(plan.warnings[0].contains("at byte 38"), "{:?}", plan.warnings);
    }
}

#[test]
fn an_empty_recording_is_not_the_rest_of_the_file() {
    let list = chunk(b"LIST", b"INFO");
    let bytes = wave(&[fmt(1, 1, 8_000, 2, 16, &[]), chunk(b"data", &[]), list]);
    assert!(matches!(planned(&bytes).tracks[0].packets, Packets::Fixed { len: 0, .. }));
}

#[test]
fn further_data_and_bytes_after_the_end_are_named() {
    let data = chunk(b"data", &[0; 100]);
    let mut bytes = wave(&[fmt(1, 1, 8_000, 2, 16, &[]), data.clone(), data]);
    bytes.extend([0xFF; 10]);
    let plan = planned(&bytes);
    assert!(plan.warnings[0].contains("10 bytes follow"), "{:?}", plan.warnings);
    assert!(plan.warnings[2].contains("100 bytes at byte 154"), "{:?}", plan.warnings);
}

#[test]
fn rf64_and_wave64_sizes() {
    let mut ds64 = Vec::new();
    ds64.extend(1000u64.to_le_bytes());
    ds64.extend(50u64.to_le_bytes());
    ds64.extend(25u64.to_le_bytes());
    ds64.extend(0u32.to_le_bytes());
    let mut data = chunk(b"data", &[0; 50]);
    data[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    let body = [chunk(b"ds64", &ds64), fmt(1, 1, 8_000, 2, 16, &[]), data].concat();
    let bytes = [b"RF64\xff\xff\xff\xffWAVE".as_slice(), &body].concat();
    let plan = planned(&bytes);
    assert!(matches!(plan.tracks[0].packets, Packets::Fixed { len: 50, .. }));
    assert!(plan.warnings.is_empty(), "{:?}", plan.warnings);

    let tail = b"\xF3\xAC\xD3\x11\x8C\xD1\x00\xC0\x4F\x8E\xDB\x8A";
    let w64 = |id: &[u8; 4], body: &[u8]| {
        let size = body.len() as u64 + 24;
        let pad = vec![0; body.len().next_multiple_of(8) - body.len()];
        [id.as_slice(), tail, &size.to_le_bytes(), body, &pad].concat()
    };
    let head = b"riff\x2E\x91\xCF\x11\xA5\xD6\x28\xDB\x04\xC1\x00\x00\0\0\0\0\0\0\0\0";
    let format = &fmt(1, 1, 8_000, 2, 16, &[])[8..];
    let parts = [head.as_slice(), b"wave", tail, &w64(b"fmt ", format), &w64(b"data", &[0; 33])];
    assert!(matches!(planned(&parts.concat()).tracks[0].packets, Packets::Fixed { len: 33, .. }));
}

#[test]
fn impossible_rates_and_missing_chunks() {
    for (channels, rate) in [(2, 0), (2, u32::MAX), (0, 48_000), (65, 48_000)] {
        let mut body = fmt(1, channels, 48_000, 4, 16, &[]);
        body[12..16].copy_from_slice(&rate.to_le_bytes());
        let bytes = wave(&[body, chunk(b"data", &[0; 8])]);
        assert!(matches!(plan(&mut reader_over(&bytes)), Err(Error::Limit { .. })));
    }
    assert_eq!(*limits::CHANNELS.end(), 64);
    for bytes in [b"RIFF\0\0\0\0WAVE".to_vec(), wave(&[fmt(1, 1, 8_000, 2, 16, &[])])] {
        assert!(matches!(plan(&mut reader_over(&bytes)), Err(Error::Malformed { .. })));
    }
}

#[test]
fn a_million_empty_chunks_end() {
    let bytes = wave(&vec![chunk(b"junk", &[]); 1_000_000]);
    assert!(plan(&mut reader_over(&bytes)).is_err());
}
