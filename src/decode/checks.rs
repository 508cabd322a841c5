//! What a file declares, held against what was decoded.

use super::StreamInfo;
use super::pcm_hash::HashFormat;
use crate::container::structure::{OddityKind, Part, Structure};

/// Difference of declared and decoded duration that is named: clocks and rounding make less, and so do
/// padding and priming that one side counts.
const LEAST_DIFFERENCE_S: f64 = 0.25;

/// The same as a share of the duration.
const LEAST_DIFFERENCE: f64 = 0.01;

/// The STREAMINFO block of a FLAC file.
fn stream_info(structure: &Structure) -> Option<&Part> {
    structure.parts.iter().find(|part| part.id == "STREAMINFO")
}

/// The MD5 of the samples that a FLAC file declares, if it does.
pub(super) fn declared_md5(structure: &Structure) -> Option<&str> {
    let md5 = stream_info(structure)?.field("md5")?;
    md5.bytes().any(|b| b != b'0').then_some(md5)
}

/// Whether the bytes hashed in `format` are those that FLAC takes the MD5 of.
pub(super) fn md5_is_of(format: HashFormat, bits: Option<u16>) -> bool {
    matches!((format, bits), (HashFormat::S16, Some(16)) | (HashFormat::S24, Some(24)))
}

/// Notes where declared and decoded differ; `md5` is that of the decoded samples, where it was taken.
pub(super) fn compare(structure: &mut Structure, stream: &StreamInfo, md5: Option<&str>) {
    let declared = declared_md5(structure).map(str::to_owned);
    if let (Some(declared), Some(found)) = (declared, md5)
        && declared != found
    {
        let offset = stream_info(structure).map_or(0, |part| part.offset);
        let text =
            format!("the header declares the MD5 {declared} for the samples, they have {found}");
        structure.odd(OddityKind::Checksum, offset, 16, text);
    }
    if let Some((offset, text)) = unequal_tracks(structure) {
        structure.odd(OddityKind::HiddenMedia, offset, 0, text);
    }
    let Some(declared_s) = stream.declared_duration_s.filter(|_| is_of_audio(structure, stream))
    else {
        return;
    };
    let duration_s = stream.duration_s;
    let least_s = LEAST_DIFFERENCE_S.max(LEAST_DIFFERENCE * declared_s);
    if (declared_s - duration_s).abs() > least_s && stream.damage.is_empty() {
        let text =
            format!("the file declares {declared_s:.3} s, its audio lasts {duration_s:.3} s");
        structure.odd(OddityKind::Size, 0, 0, text);
    }
}

/// Whether the declared duration is that of the audio. Matroska declares that of all tracks, a fragmented
/// MP4 in its index that of no fragment, and writers of ADPCM count samples in several ways.
fn is_of_audio(structure: &Structure, stream: &StreamInfo) -> bool {
    let fragmented = structure.parts.iter().any(|part| part.id == "moof");
    structure.format != "matroska" && !fragmented && !stream.codec.contains("ADPCM")
}

/// The first sound track of an MP4 that is longer or shorter than the one before it, and that in words.
/// Tracks of equal length are languages or channels.
fn unequal_tracks(structure: &Structure) -> Option<(u64, String)> {
    let tracks = structure.all_parts().filter(|part| part.id == "trak");
    let sounds: Vec<(u64, f64)> = tracks
        .filter_map(|track| {
            let media = track.parts.iter().find(|part| part.id == "mdia")?;
            let child = |id: &str| media.parts.iter().find(|part| part.id == id);
            let number = |name| child("mdhd")?.field(name)?.parse::<f64>().ok();
            let is_sound = child("hdlr")?.field("handler") == Some("soun");
            let seconds = number("duration_ticks")? / number("timescale")?.max(1.0);
            is_sound.then_some((track.offset, seconds))
        })
        .collect();
    sounds.windows(2).find_map(|pair| {
        let [(_, first), (offset, second)] = *pair else { return None };
        let differ = (first - second).abs() > LEAST_DIFFERENCE_S;
        differ.then(|| {
            let text = "audio tracks, of which players play one";
            (offset, format!("{} {text}, last {first:.3} s and {second:.3} s", sounds.len()))
        })
    })
}
