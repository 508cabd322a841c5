//! The sample description: which codec, with which configuration.

use super::FORMAT;
use super::boxes::{BoxHead, Boxes, slice_boxes};
use super::pcm;
use crate::container::Codec;
use crate::container::descriptors::{audio_config, decoder_config, lc_config};
use crate::container::fields::{be_f64, be_u16, be_u32, bytes_at, code_text, four, malformed};
use crate::container::limits::{MAX_CONFIG_BYTES, SAMPLE_RATE_HZ, check_stream};
use crate::error::Result;

/// What a sample entry says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) codec: Codec,
    pub(super) sample_rate_hz: u32,
    pub(super) channels: u32,
    pub(super) bits_per_sample: Option<u16>,
    pub(super) config: Vec<u8>,
    /// Bytes and sample frames of a block, for codecs with blocks of one size.
    pub(super) block: Option<(u32, u32)>,
    /// Frames that an Opus decoder delivers before the first one meant to be heard.
    pub(super) pre_skip: u64,
}

/// An entry as it stands in the file, before its codec is known.
#[derive(Debug)]
pub(super) struct Raw<'a> {
    pub(super) kind: [u8; 4],
    pub(super) channels: u32,
    pub(super) bits: u32,
    pub(super) rate_hz: u32,
    /// Sample frames and bytes of a packet by a QuickTime version 1 or 2 description.
    pub(super) packet: Option<(u32, u32)>,
    /// Format flags of a QuickTime version 2 description.
    pub(super) lpcm_flags: u32,
    children: &'a [u8],
}

impl Raw<'_> {
    /// Body of the box of this kind, in the entry itself or in its `wave` box.
    pub(super) fn child(&self, kind: &[u8; 4]) -> Option<&[u8]> {
        let inside = |bytes| slice_boxes(bytes).find(|(k, _)| k == kind).map(|(_, body)| body);
        let wave = || slice_boxes(self.children).find(|(k, _)| k == b"wave");
        inside(self.children).or_else(|| inside(wave()?.1))
    }
}

/// Reads the first entry of `stsd`; `timescale` stands in for a rate the entry cannot hold.
pub(super) fn read(
    boxes: &mut Boxes,
    stsd: &BoxHead,
    timescale: u32,
    warnings: &mut Vec<String>,
) -> Result<Entry> {
    let head = boxes.bytes(stsd, 8)?;
    let (Some(version), Some(count)) = (head.first(), be_u32(&head, 4)) else {
        return Err(malformed(FORMAT, stsd.start, "the `stsd` box is cut"));
    };
    if count > 1 {
        warnings.push(format!(
            "the `stsd` box at byte {} lists {count} descriptions; all samples are taken for the \
             first",
            stsd.start
        ));
    }
    let first = boxes.at(stsd.body + 8, stsd.end)?;
    let Some(first) = first.filter(|_| count > 0) else {
        return Err(malformed(FORMAT, stsd.start, "the `stsd` box has no entry"));
    };
    let bytes = bytes_at(boxes.reader, first.body, first.len(), MAX_CONFIG_BYTES)?;
    let raw = raw_entry(first.kind, &bytes, *version)
        .ok_or_else(|| malformed(FORMAT, first.start, "the sample description is cut"))?;
    let mut entry = describe(&raw, warnings, first.start)?;
    if !SAMPLE_RATE_HZ.contains(&entry.sample_rate_hz) && raw.rate_hz == 0 {
        // 16 bits cannot hold rates above 65 535 Hz, and writers leave 0 there.
        entry.sample_rate_hz = timescale;
    }
    check_stream(entry.sample_rate_hz, entry.channels, first.start)?;
    Ok(entry)
}

/// The fixed fields, which QuickTime versions 1 and 2 extend (QuickTime File Format, "Sound sample
/// descriptions"). ISO files with `stsd` version 1 have the version field but not the extension.
fn raw_entry(kind: [u8; 4], bytes: &[u8], stsd_version: u8) -> Option<Raw<'_>> {
    let version = if stsd_version == 0 { be_u16(bytes, 8)? } else { 0 };
    let mut raw = Raw {
        kind,
        channels: u32::from(be_u16(bytes, 16)?),
        bits: u32::from(be_u16(bytes, 18)?),
        rate_hz: be_u32(bytes, 24)? >> 16,
        packet: None,
        lpcm_flags: 0,
        children: &[],
    };
    let children_at = match version {
        1 => {
            raw.packet = Some((be_u32(bytes, 28)?, be_u32(bytes, 36)?));
            44
        }
        2 => {
            let rate = be_f64(bytes, 32)?;
            raw.rate_hz = if rate.is_finite() { rate.round() as u32 } else { 0 };
            raw.channels = be_u32(bytes, 40)?;
            raw.bits = be_u32(bytes, 48)?;
            raw.lpcm_flags = be_u32(bytes, 52)?;
            raw.packet = Some((be_u32(bytes, 60)?, be_u32(bytes, 56)?));
            64
        }
        _ => 28,
    };
    raw.children = bytes.get(children_at..).unwrap_or(&[]);
    if let Some(rate) = raw.child(b"srat").and_then(|body| be_u32(body, 4)) {
        raw.rate_hz = rate;
    }
    Some(raw)
}

fn describe(raw: &Raw, warnings: &mut Vec<String>, offset: u64) -> Result<Entry> {
    let mut entry = Entry {
        codec: Codec::Other(UNKNOWN_CODEC),
        sample_rate_hz: raw.rate_hz,
        channels: raw.channels,
        bits_per_sample: None,
        config: Vec::new(),
        block: None,
        pre_skip: 0,
    };
    if pcm::describe(raw, &mut entry) {
        return Ok(entry);
    }
    match &raw.kind {
        b"mp4a" => mpeg4(raw, &mut entry, warnings, offset)?,
        b"alac" => alac(raw, &mut entry)
            .ok_or_else(|| malformed(FORMAT, offset, "the ALAC cookie is cut or missing"))?,
        b"Opus" => opus(raw, &mut entry)
            .ok_or_else(|| malformed(FORMAT, offset, "the `dOps` box is cut or missing"))?,
        b"fLaC" => flac(raw, &mut entry)
            .ok_or_else(|| malformed(FORMAT, offset, "the `dfLa` box is cut or missing"))?,
        // 3GP says 2 channels whatever the codec; AMR has one, at one rate (3GPP TS 26.244).
        b"samr" => {
            (entry.codec, entry.sample_rate_hz, entry.channels) = (Codec::AmrNb, 8_000, 1);
        }
        b"sawb" => {
            (entry.codec, entry.sample_rate_hz, entry.channels) = (Codec::AmrWb, 16_000, 1);
        }
        b".mp3" | b"mp3 " | b"ms\0\x55" => entry.codec = Codec::Mp3,
        b"ms\0\x50" => entry.codec = Codec::Mp2,
        kind => entry.codec = Codec::Other(codec_name(kind)),
    }
    if entry.codec == Codec::Other(UNKNOWN_CODEC) {
        warnings.push(format!(
            "the codec `{}` declared at byte {offset} is not known",
            code_text(raw.kind)
        ));
    }
    Ok(entry)
}

/// Name of a codec this program knows nothing about.
const UNKNOWN_CODEC: &str = "an unknown codec";

fn codec_name(kind: &[u8; 4]) -> &'static str {
    match kind {
        b"ac-3" | b"sac3" => "AC-3",
        b"ec-3" => "E-AC-3",
        b"ac-4" => "AC-4",
        b"dtsc" | b"dtsh" | b"dtsl" | b"dtse" => "DTS",
        b"enca" => "encrypted audio",
        b"drms" => "encrypted AAC (FairPlay)",
        b"mha1" | b"mhm1" | b"mha2" | b"mhm2" => "MPEG-H",
        b"mlpa" => "TrueHD",
        b"QDM2" | b"QDMC" => "QDesign Music",
        b"Qclp" | b"sqcp" => "QCELP",
        b"sevc" => "EVRC",
        b"ssmv" => "SMV",
        b"sawp" => "AMR-WB+",
        b"spex" => "Speex",
        b"MAC3" | b"MAC6" => "MACE",
        b"samW" | b"wma " => "WMA",
        _ => UNKNOWN_CODEC,
    }
}

/// `mp4a`, whose codec stands in the `esds` box.
fn mpeg4(raw: &Raw, entry: &mut Entry, warnings: &mut Vec<String>, offset: u64) -> Result<()> {
    entry.codec = Codec::Aac;
    let esds = raw.child(b"esds").and_then(|body| decoder_config(body.get(4..)?));
    let Some(esds) = esds else {
        warnings.push(format!("the description at byte {offset} has no `esds`; AAC-LC is assumed"));
        entry.config = lc_config(raw.rate_hz, raw.channels).unwrap_or_default();
        return Ok(());
    };
    entry.config = esds.specific;
    match esds.object_type {
        0x40 | 0x66 | 0x67 | 0x68 => aac(entry, warnings, offset),
        0x69 | 0x6B => entry.codec = Codec::Mp3,
        0xDD => entry.codec = Codec::Vorbis,
        0xA5 => entry.codec = Codec::Other("AC-3"),
        0xA6 => entry.codec = Codec::Other("E-AC-3"),
        0xA9..=0xAC => entry.codec = Codec::Other("DTS"),
        0xA0 => entry.codec = Codec::Other("EVRC"),
        0xA1 => entry.codec = Codec::Other("SMV"),
        0xE1 => entry.codec = Codec::Other("QCELP"),
        _ => entry.codec = Codec::Other("an unknown MPEG-4 object type"),
    }
    Ok(())
}

/// The AudioSpecificConfig knows rate and channels better than the entry, where many writers put
/// 2 channels whatever is inside.
fn aac(entry: &mut Entry, warnings: &mut Vec<String>, offset: u64) {
    let Some(config) = audio_config(&entry.config) else {
        warnings.push(format!("the AAC configuration declared at byte {offset} is cut or missing"));
        if entry.config.is_empty() {
            entry.config = lc_config(entry.sample_rate_hz, entry.channels).unwrap_or_default();
        }
        return;
    };
    match config.object_type {
        32 => entry.codec = Codec::Mp1,
        33 => entry.codec = Codec::Mp2,
        34 => entry.codec = Codec::Mp3,
        36 => entry.codec = Codec::Other("MPEG-4 ALS"),
        42 => entry.codec = Codec::Other("xHE-AAC"),
        _ => {}
    }
    // HE-AAC may be left to the decoder to find; an entry at twice the core rate says so.
    let doubled = config.core_rate_hz.checked_mul(2) == Some(entry.sample_rate_hz);
    let implied = if doubled { entry.sample_rate_hz } else { config.core_rate_hz };
    entry.sample_rate_hz = config.sbr_rate_hz.unwrap_or(implied);
    if config.channels != 0 {
        entry.channels = u32::from(config.channels);
    }
}

/// Cookie length by the decoder: 24 bytes, or 48 with a channel layout.
pub(in crate::container) fn alac_cookie(bytes: &[u8]) -> Option<Vec<u8>> {
    let len = if bytes.len() >= 48 { 48 } else { 24 };
    bytes.get(..len).map(<[u8]>::to_vec)
}

/// Bits, channels and rate of an ALAC cookie.
pub(in crate::container) fn alac_stream(cookie: &[u8]) -> Option<(u16, u32, u32)> {
    Some((u16::from(*cookie.get(5)?), u32::from(*cookie.get(9)?), be_u32(cookie, 20)?))
}

fn alac(raw: &Raw, entry: &mut Entry) -> Option<()> {
    // QuickTime's `wave` box has a box `alac` with the cookie, and so has the entry in MP4; four
    // bytes of version and flags come first.
    entry.config = alac_cookie(raw.child(b"alac")?.get(4..)?)?;
    let (bits, channels, rate_hz) = alac_stream(&entry.config)?;
    entry.codec = Codec::Alac;
    (entry.bits_per_sample, entry.channels) = (Some(bits), channels);
    entry.sample_rate_hz = rate_hz;
    Some(())
}

/// `dOps` has OpusHead's fields in the other byte order and without the magic (Encapsulation of
/// Opus in ISO BMFF, section 4.3.2).
fn opus(raw: &Raw, entry: &mut Entry) -> Option<()> {
    let body = raw.child(b"dOps")?;
    let (pre_skip, input_rate, gain) = (be_u16(body, 2)?, be_u32(body, 4)?, be_u16(body, 8)?);
    let mut head = b"OpusHead\x01".to_vec();
    head.push(*body.get(1)?);
    head.extend(pre_skip.to_le_bytes());
    head.extend(input_rate.to_le_bytes());
    head.extend(gain.to_le_bytes());
    let mapping = body.get(10..)?;
    let channels = usize::from(body[1]);
    let needed = if *mapping.first()? == 0 { 1 } else { 3 + channels };
    head.extend(mapping.get(..needed)?);
    entry.codec = Codec::Opus;
    entry.config = head;
    (entry.sample_rate_hz, entry.channels) = (48_000, channels as u32);
    entry.pre_skip = u64::from(pre_skip);
    Some(())
}

fn flac(raw: &Raw, entry: &mut Entry) -> Option<()> {
    let body = raw.child(b"dfLa")?;
    let (kind, info) = (*body.get(4)?, body.get(8..42)?);
    if kind & 0x7F != 0 || four(body, 4)?[1..] != [0, 0, 34] {
        return None;
    }
    entry.codec = Codec::Flac;
    entry.config = info.to_vec();
    let packed = be_u32(info, 10)?;
    entry.sample_rate_hz = packed >> 12;
    entry.channels = (packed >> 9 & 7) + 1;
    let bits = (packed >> 4 & 31) + 1;
    entry.bits_per_sample = Some(bits as u16);
    Some(())
}
