//! Whole files built by hand: normal, cut, lying and hostile.

use super::super::reader::reader_over;
use super::super::{Codec, Packets};
use super::*;

fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes(), kind.as_slice(), body].concat()
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|w| w.to_be_bytes()).collect()
}

fn full(kind: &[u8; 4], body: &[u32]) -> Vec<u8> {
    boxed(kind, &[words(&[0]), words(body)].concat())
}

/// A sound description with boxes behind its 28 fixed bytes.
fn entry(kind: &[u8; 4], channels: u16, rate_hz: u16, children: &[u8]) -> Vec<u8> {
    let mut body = vec![0; 28];
    body[7] = 1;
    body[16..18].copy_from_slice(&channels.to_be_bytes());
    body[19] = 16;
    body[24..26].copy_from_slice(&rate_hz.to_be_bytes());
    body.extend(children);
    boxed(kind, &body)
}

fn aac_entry() -> Vec<u8> {
    let esds =
        b"\0\0\0\0\x03\x19\0\0\0\x04\x11\x40\x15\0\0\0\0\0\0\0\0\0\0\0\x05\x02\x11\x90\x06\x01\x02";
    entry(b"mp4a", 2, 48_000, &boxed(b"esds", esds))
}

fn stbl(entry: &[u8], tables: &[Vec<u8>]) -> Vec<u8> {
    let stsd = boxed(b"stsd", &[words(&[0, 1]), entry.to_vec()].concat());
    boxed(b"stbl", &[stsd, tables.concat()].concat())
}

/// A track of timescale 48 000 with the German language and an optional edit list.
fn trak(handler: &[u8; 4], timescale: u32, ticks: u32, stbl: Vec<u8>, edits: &[u8]) -> Vec<u8> {
    let hdlr = [words(&[0, 0]), handler.to_vec(), vec![0; 12], b"My Recorder\0".to_vec()].concat();
    let language = 4 << 10 | 5 << 5 | 21u32;
    let mdhd = full(b"mdhd", &[0, 0, timescale, ticks, language << 16]);
    let minf = boxed(b"minf", &stbl);
    let mdia = boxed(b"mdia", &[mdhd, boxed(b"hdlr", &hdlr), minf].concat());
    let tkhd = full(b"tkhd", &[0, 0, 1, 0, ticks]);
    boxed(b"trak", &[tkhd, edits.to_vec(), mdia].concat())
}

fn moov(parts: &[Vec<u8>]) -> Vec<u8> {
    let mvhd = full(b"mvhd", &[0, 0, 1000, 0, 0]);
    boxed(b"moov", &[mvhd, parts.concat()].concat())
}

fn edit_list(rows: &[[u32; 3]]) -> Vec<u8> {
    let rows = words(&rows.concat());
    let elst = [words(&[0, rows.len() as u32 / 12]), rows].concat();
    boxed(b"edts", &boxed(b"elst", &elst))
}

/// Four packets of 10 bytes in two chunks of an `mdat` that comes first.
fn tables(data_at: u32) -> [Vec<u8>; 4] {
    [
        full(b"stts", &[1, 4, 1024]),
        full(b"stsz", &[0, 4, 10, 10, 10, 10]),
        full(b"stsc", &[1, 1, 2, 1]),
        full(b"stco", &[2, data_at, data_at + 20]),
    ]
}

fn aac_file() -> Vec<u8> {
    let edits = edit_list(&[[64, 1024, 0x1_0000]]);
    let trak = trak(b"soun", 48_000, 4096, stbl(&aac_entry(), &tables(24)), &edits);
    let ftyp = boxed(b"ftyp", b"M4A \0\0\0\0");
    [ftyp, boxed(b"mdat", &[0; 40]), moov(&[trak])].concat()
}

fn planned(bytes: &[u8]) -> Result<Plan> {
    plan(&mut reader_over(bytes))
}

fn table(plan: &Plan) -> Vec<(u64, u32)> {
    match &plan.tracks[0].packets {
        Packets::Table(entries) => entries.iter().map(|e| (e.offset, e.len)).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_aac_file() {
    let plan = planned(&aac_file()).unwrap();
    let track = &plan.tracks[0];
    assert_eq!(table(&plan), [(24, 10), (34, 10), (44, 10), (54, 10)]);
    assert_eq!((track.codec, track.sample_rate_hz, track.channels), (Codec::Aac, 48_000, 2));
    assert_eq!(track.config, [0x11, 0x90]);
    assert_eq!((track.start_trim_frames, track.presentation_frames), (1024, Some(3072)));
    assert_eq!(track.language.as_deref(), Some("deu"));
    assert_eq!(plan.encoder.as_deref(), Some("My Recorder"));
    assert!(plan.warnings.is_empty(), "{:?}", plan.warnings);
}

#[test]
fn an_index_first_file_that_is_cut() {
    // The index is as long whatever the offsets in it are.
    let index = |at| moov(&[trak(b"soun", 48_000, 4096, stbl(&aac_entry(), &tables(at)), &[])]);
    let at = index(0).len() as u32 + 8;
    let bytes = [index(at), boxed(b"mdat", &[0; 40])].concat();
    let plan = planned(&bytes[..bytes.len() - 15]).unwrap();
    assert_eq!(table(&plan).len(), 2);
    assert!(plan.warnings[0].contains("`mdat`"), "{:?}", plan.warnings);
    assert!(plan.warnings[1].contains("2 of 4 packets"), "{:?}", plan.warnings);
    assert!(plan.warnings[1].contains("at 0.043 s"), "{:?}", plan.warnings);
}

#[test]
fn no_index_and_no_audio() {
    let bytes = [boxed(b"ftyp", b"M4A "), boxed(b"mdat", &[0; 40])].concat();
    let error = planned(&bytes).unwrap_err().to_string();
    assert!(error.contains("at byte 60") && error.contains("(`moov`) is missing"), "{error}");
    let video = moov(&[trak(b"vide", 48_000, 0, vec![], &[])]);
    assert!(matches!(planned(&video), Err(Error::NoAudio { .. })));
    let cut = &aac_file()[..300];
    assert!(matches!(planned(cut), Err(Error::Malformed { .. })));
}

#[test]
fn fragments_with_a_gap() {
    let fragment = |start: u32, at: u32| {
        let tfhd = boxed(b"tfhd", &words(&[0x02_0000, 1]));
        let tfdt = full(b"tfdt", &[start]);
        let trun = boxed(b"trun", &words(&[0x201, 2, at, 10, 20]));
        let traf = boxed(b"traf", &[tfhd, tfdt, trun].concat());
        [boxed(b"moof", &traf), boxed(b"mdat", &[0; 30])].concat()
    };
    let empty = [full(b"stts", &[0]), full(b"stsz", &[0, 0])];
    let track = trak(b"soun", 48_000, 0, stbl(&aac_entry(), &empty), &[]);
    let mvex = boxed(b"mvex", &full(b"trex", &[1, 1, 1024, 7, 0]));
    let index = moov(&[track, mvex]);
    let (first, moof_len) = (index.len() as u64, fragment(0, 0).len() as u64 - 38);
    let at = moof_len as u32 + 8;
    let bytes = [index, fragment(0, at), fragment(9_600, at)].concat();
    let plan = planned(&bytes).unwrap();
    let data = first + moof_len + 8;
    let second = data + moof_len + 38;
    let expected = [(data, 10), (data + 10, 20), (second, 10), (second + 10, 20)];
    assert_eq!(table(&plan), expected);
    assert_eq!(plan.tracks[0].declared_duration_s, Some(4096.0 / 48_000.0));
    assert!(plan.warnings[0].contains("starts at 0.200 s"), "{:?}", plan.warnings);
}

#[test]
fn other_codecs_get_the_configuration_their_decoders_want() {
    let with = |entry: Vec<u8>| {
        let trak = trak(b"soun", 48_000, 4096, stbl(&entry, &tables(8)), &[]);
        planned(&[boxed(b"mdat", &[0; 40]), moov(&[trak])].concat()).unwrap().tracks.remove(0)
    };
    let ops = boxed(b"dOps", b"\0\x01\x01\x38\0\0\x3E\x80\0\0\0");
    let opus = with(entry(b"Opus", 2, 48_000, &ops));
    assert_eq!(opus.config, b"OpusHead\x01\x01\x38\x01\x80\x3E\0\0\0\0\0");
    assert_eq!((opus.start_trim_frames, opus.channels), (312, 1));
    let info = [b"\0\0\0\0\x80\0\0\x22\x12\0\x12\0\0\0\0\0\0\0\x0B\xB8\x02\xF0", &[0; 20][..]];
    let flac = with(entry(b"fLaC", 2, 48_000, &boxed(b"dfLa", &info.concat())));
    assert_eq!((flac.config.len(), flac.sample_rate_hz, flac.channels), (34, 48_000, 2));
    let amr = with(entry(b"samr", 2, 0, &[]));
    assert_eq!((amr.codec, amr.sample_rate_hz, amr.channels), (Codec::AmrNb, 8_000, 1));
    let enda = boxed(b"wave", &boxed(b"enda", &[0, 1]));
    let pcm = with(entry(b"in24", 2, 48_000, &enda));
    assert!(matches!(pcm.codec, Codec::Pcm(format) if format.bytes == 3 && !format.big_endian));
    assert!(matches!(with(entry(b"ac-3", 2, 48_000, &[])).codec, Codec::Other("AC-3")));
}

#[test]
fn tags_name_the_writer_and_the_priming() {
    let data = |text: &[u8]| boxed(b"data", &[&[0, 0, 0, 1, 0, 0, 0, 0], text].concat());
    let too = boxed(b"\xA9too", &data(b"Voice Memos"));
    let name = boxed(b"name", b"\0\0\0\0iTunSMPB");
    let gapless = data(b" 00000000 00000840 000001C0 0000000000000400");
    let free = boxed(b"----", &[name, gapless].concat());
    let ilst = boxed(b"ilst", &[too, free].concat());
    let meta = boxed(b"meta", &[vec![0; 4], ilst].concat());
    let trak = trak(b"soun", 48_000, 4096, stbl(&aac_entry(), &tables(8)), &[]);
    let bytes = [boxed(b"mdat", &[0; 40]), moov(&[trak, boxed(b"udta", &meta)])].concat();
    let plan = planned(&bytes).unwrap();
    assert_eq!(plan.encoder.as_deref(), Some("Voice Memos"));
    let track = &plan.tracks[0];
    assert_eq!((track.start_trim_frames, track.presentation_frames), (2112, Some(1024)));
}

#[test]
fn hostile_structures_end() {
    let mut nested = Vec::new();
    for depth in 0..10_000u32 {
        nested.extend(words(&[8 * (10_000 - depth)]));
        nested.extend(b"moov");
    }
    assert!(planned(&nested).is_err());
    assert!(planned(&boxed(b"free", &[]).repeat(100_000)).is_err());
    assert!(planned(&b"\0\0\0\0moov".repeat(1000)).is_err());
    let no_clock = moov(&[trak(b"soun", 0, 4096, stbl(&aac_entry(), &tables(8)), &[])]);
    assert!(matches!(planned(&no_clock), Err(Error::Malformed { .. })));
    let mut no_movie_clock = aac_file();
    let at = no_movie_clock.windows(4).position(|w| w == b"mvhd").unwrap() + 16;
    no_movie_clock[at..at + 4].fill(0);
    assert!(matches!(planned(&no_movie_clock), Err(Error::Malformed { .. })));
    let rate_0 = entry(b"sowt", 2, 3_999, &[]);
    let slow = moov(&[trak(b"soun", 48_000, 4096, stbl(&rate_0, &tables(8)), &[])]);
    assert!(matches!(planned(&slow), Err(Error::Limit { .. })));
}

#[test]
fn a_wrong_byte_anywhere_is_an_error_or_a_plan() {
    let bytes = aac_file();
    for at in 0..bytes.len() {
        for value in [0, 1, 0x7F, 0x80, 0xFF] {
            let mut wrong = bytes.clone();
            wrong[at] = value;
            let _ = planned(&wrong);
        }
        let _ = planned(&bytes[..at]);
    }
}
