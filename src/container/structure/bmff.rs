//! Boxes of MP4, M4A, MOV and 3GP (ISO/IEC 14496-12; QuickTime File Format).

use super::bmff_tags;
use super::date::from_1904;
use super::tree::Tree;
use super::{OddityKind, credentials, foreign, payload};
use crate::container::bmff::{BoxHead, Boxes, is_kind, unreferenced};
use crate::container::fields::{be_u32, be_u64, code_text, four, text};
use crate::container::reader::ByteReader;
use crate::error::Result;

/// Boxes that hold boxes right behind their header.
const HOLDERS: [&[u8; 4]; 14] = [
    b"moov", b"trak", b"mdia", b"minf", b"stbl", b"udta", b"edts", b"dinf", b"moof", b"traf",
    b"mvex", b"tref", b"mfra", b"clip",
];

/// Boxes that stand at the top of files; of others a size that the file does not have says that they are none.
const TOP: [&[u8; 4]; 14] = [
    b"ftyp", b"styp", b"moov", b"mdat", b"moof", b"free", b"skip", b"wide", b"uuid", b"meta",
    b"udta", b"sidx", b"mfra", b"pnot",
];

/// `uuid` of a C2PA manifest (C2PA specification 1.4, "Embedding manifests into BMFF-based assets").
const C2PA: [u8; 16] = *b"\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81";

/// Fewest unreferenced bytes that are named: writers leave a few at borders.
const LEAST_UNREFERENCED: u64 = 64;

/// Bytes read of a box with text.
const MAX_TEXT_BYTES: u64 = 4_096;

/// Nested boxes entered at most; walking one level costs a call.
const MAX_DEPTH: usize = 16;

pub(super) fn walk(reader: &mut ByteReader, tree: &mut Tree) -> Result<&'static str> {
    let len = reader.len();
    let boxes = &mut Boxes::new(reader);
    let mut top = Top::default();
    let mut at = 0;
    let is_box = |found: &BoxHead| {
        is_kind(found.kind) && (found.claimed_end <= found.end || TOP.contains(&&found.kind))
    };
    while let Some(found) = boxes.at(at, len)?.filter(is_box) {
        box_at(boxes, &found, 0, tree)?;
        top.note(&found);
        if found.claimed_end > found.end {
            let text = format!(
                "the `{}` box declares an end at byte {}, the file ends at {len}",
                code_text(found.kind),
                found.claimed_end
            );
            tree.odd(OddityKind::Size, found.start, found.end - found.start, text);
        }
        at = found.end;
    }
    if let (Some(moov), 0) = (top.moov, top.fragments) {
        for (offset, bytes) in unreferenced(boxes, &moov, &top.media)? {
            if bytes >= LEAST_UNREFERENCED {
                let text = format!("{bytes} bytes of the media belong to no packet of any track");
                tree.odd(OddityKind::HiddenMedia, offset, bytes, text);
            }
        }
    }
    if let Some(&(media, _)) = top.media.first() {
        payload::find(reader, media, tree)?;
    }
    foreign(reader, tree, at, len)?;
    Ok("isobmff")
}

/// What stands at the top of a file.
#[derive(Default)]
struct Top {
    moov: Option<BoxHead>,
    fragments: u64,
    media: Vec<(u64, u64)>,
}

impl Top {
    fn note(&mut self, found: &BoxHead) {
        match &found.kind {
            b"moov" => self.moov = self.moov.or(Some(*found)),
            b"moof" => self.fragments += 1,
            b"mdat" => self.media.push((found.body, found.end)),
            _ => {}
        }
    }
}

fn box_at(boxes: &mut Boxes, found: &BoxHead, depth: usize, tree: &mut Tree) -> Result<()> {
    tree.enter(code_text(found.kind), found.start, found.end - found.start);
    if HOLDERS.contains(&&found.kind) {
        inside(boxes, found, found.body, depth, tree)?;
    } else {
        fields(boxes, found, depth, tree)?;
    }
    tree.leave();
    Ok(())
}

fn inside(
    boxes: &mut Boxes,
    parent: &BoxHead,
    from: u64,
    depth: usize,
    tree: &mut Tree,
) -> Result<()> {
    if depth >= MAX_DEPTH || !tree.has_depth() {
        return Ok(());
    }
    let is_tags = &parent.kind == b"udta";
    let mut at = from;
    while let Some(found) = boxes.at(at, parent.end)? {
        box_at(boxes, &found, depth + 1, tree)?;
        if is_tags {
            bmff_tags::user_data(boxes, &found, tree)?;
        }
        at = found.end;
    }
    Ok(())
}

fn fields(boxes: &mut Boxes, found: &BoxHead, depth: usize, tree: &mut Tree) -> Result<()> {
    match &found.kind {
        b"ftyp" | b"styp" => {
            let body = boxes.bytes(found, 256)?;
            tree.field("major_brand", code_text(four(&body, 0).unwrap_or_default()));
            tree.field("minor_version", be_u32(&body, 4).unwrap_or(0));
            let brands: Vec<String> = (8..body.len())
                .step_by(4)
                .filter_map(|at| four(&body, at))
                .map(code_text)
                .collect();
            tree.field("compatible_brands", brands.join(","));
        }
        b"mvhd" | b"tkhd" | b"mdhd" => times(boxes, found, tree)?,
        b"hdlr" => {
            let body = boxes.bytes(found, 256)?;
            tree.field("handler", code_text(four(&body, 8).unwrap_or_default()));
            let name = body.get(24..).unwrap_or_default();
            // QuickTime counts the characters in a byte before them.
            let counted = name.first().is_some_and(|&n| usize::from(n) == name.len() - 1 && n < 32);
            tree.field("name", text(&name[usize::from(counted)..]).unwrap_or_default());
        }
        b"elst" => tree.field("entries", be_u32(&boxes.bytes(found, 8)?, 4).unwrap_or(0)),
        b"stsd" => {
            let body = boxes.bytes(found, 16)?;
            tree.field("entries", be_u32(&body, 4).unwrap_or(0));
            tree.field("codec", code_text(four(&body, 12).unwrap_or_default()));
        }
        b"stsz" => tree.field("samples", be_u32(&boxes.bytes(found, 12)?, 8).unwrap_or(0)),
        b"meta" => {
            let from = bmff_tags::first_in_meta(boxes, found)?;
            inside(boxes, found, from, depth, tree)?;
            bmff_tags::items(boxes, found, from, tree)?;
        }
        b"tsrp" => {
            if let Some(value) = text(&boxes.bytes(found, MAX_TEXT_BYTES)?) {
                tree.tag("tsrp", value, found.start);
            }
        }
        b"uuid" => {
            let body = boxes.bytes(found, 16)?;
            let hex: String = body.iter().map(|byte| format!("{byte:02x}")).collect();
            tree.field("uuid", hex);
            if body == C2PA {
                credentials::found(boxes.reader, (found.body, found.len()), tree)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// Creation and modification, time scale and duration.
fn times(boxes: &mut Boxes, found: &BoxHead, tree: &mut Tree) -> Result<()> {
    let body = boxes.bytes(found, 40)?;
    let wide = body.first() == Some(&1);
    let date = |at: usize| {
        let count = if wide { be_u64(&body, at)? } else { u64::from(be_u32(&body, at)?) };
        from_1904(count)
    };
    let (created, modified) = if wide { (4, 12) } else { (4, 8) };
    for (name, at) in [("created", created), ("modified", modified)] {
        if let Some(unix_s) = date(at) {
            tree.date(name, unix_s, found.start);
        }
    }
    if &found.kind != b"tkhd" {
        let at = if wide { 20 } else { 12 };
        tree.field("timescale", be_u32(&body, at).unwrap_or(0));
        let ticks = if wide { be_u64(&body, at + 4) } else { be_u32(&body, at + 4).map(u64::from) };
        tree.field("duration_ticks", ticks.unwrap_or(0));
    }
    Ok(())
}
