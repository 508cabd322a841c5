//! Edit lists and gapless tags: which part of the media is meant to be heard.

use super::boxes::{BoxHead, Boxes};
use crate::container::fields::{be_u32, be_u64, bytes_at, rescale};
use crate::error::Result;

/// Rows read of an edit list.
const MAX_EDITS: u64 = 65_536;

/// Edits whose places are kept.
const MAX_SEGMENTS: usize = 256;

/// Media that an edit list leaves out, in seconds, from which on a warning is due. Priming is
/// shorter for every codec: HE-AAC has 0.12 s, Opus 0.08 s.
const NOTABLE_S: f64 = 0.5;

/// An edit list as far as it matters for audio that is examined whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Edits {
    /// Movie ticks of silence before the first media.
    pub(super) empty: u64,
    /// Edits that show media.
    pub(super) shown: u64,
    /// Media ticks at which the first of them starts.
    pub(super) media_time: u64,
    /// Its length in movie ticks; 0 stands for "to the end".
    pub(super) duration: u64,
    /// Media ticks at which edits that show media start, and their movie ticks; the first ones.
    pub(super) segments: Vec<(u64, u64)>,
}

/// What to leave out at the start and how much to present, in frames.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Trim {
    pub(super) start: u64,
    pub(super) presented: Option<u64>,
}

/// Clocks a track's times are counted in, in ticks per second, and its media's length.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clocks {
    pub(super) movie: u32,
    pub(super) media: u32,
    pub(super) sample_rate_hz: u32,
    /// Media ticks of the track; 0 if not known.
    pub(super) media_ticks: u64,
}

/// Reads `edts/elst` of a track; `None` if it has none.
pub(super) fn read(boxes: &mut Boxes, trak: &BoxHead) -> Result<Option<Edits>> {
    let Some(edts) = boxes.child(trak, b"edts")? else { return Ok(None) };
    let Some(elst) = boxes.child(&edts, b"elst")? else { return Ok(None) };
    let head = boxes.bytes(&elst, 8)?;
    let (Some(&version), Some(count)) = (head.first(), be_u32(&head, 4)) else { return Ok(None) };
    let row = if version == 1 { 20 } else { 12 };
    let count = u64::from(count).min(elst.len().saturating_sub(8) / row).min(MAX_EDITS);
    let bytes = bytes_at(boxes.reader, elst.body + 8, count * row, count * row)?;
    let mut edits = Edits::default();
    for row in bytes.chunks_exact(row as usize) {
        let fields = match version {
            1 => be_u64(row, 0).zip(be_u64(row, 8).map(|t| t as i64)),
            _ => be_u32(row, 0).map(u64::from).zip(be_u32(row, 4).map(|t| i64::from(t as i32))),
        };
        match fields {
            Some((duration, media_time)) if media_time >= 0 => {
                edits.shown += 1;
                if edits.segments.len() < MAX_SEGMENTS {
                    edits.segments.push((media_time as u64, duration));
                }
                if edits.shown == 1 {
                    (edits.media_time, edits.duration) = (media_time as u64, duration);
                }
            }
            Some((duration, _)) if edits.shown == 0 => {
                edits.empty = edits.empty.saturating_add(duration);
            }
            _ => {}
        }
    }
    Ok(Some(edits))
}

impl Edits {
    /// The trim this list asks for, with warnings about what it does beyond removing priming.
    pub(super) fn trim(&self, clocks: &Clocks, warnings: &mut Vec<String>) -> Trim {
        let seconds = |ticks: u64, per_s: u32| ticks as f64 / f64::from(per_s.max(1));
        if self.empty > 0 {
            warnings.push(format!(
                "the edit list delays the track; nothing stands for the delay here, in seconds: \
                 {:.3}",
                seconds(self.empty, clocks.movie)
            ));
        }
        if self.shown > 1 {
            warnings
                .push(format!("edit list with {} edits: the media is examined whole", self.shown));
            return Trim::default();
        }
        if self.shown == 0 {
            return Trim::default();
        }
        if clocks.media_ticks > 0 && self.media_time >= clocks.media_ticks {
            warnings.push(format!(
                "the edit list starts behind the end of the media, at second {:.3}: the media is \
                 examined whole",
                seconds(self.media_time, clocks.media)
            ));
            return Trim::default();
        }
        let start = rescale(self.media_time, clocks.sample_rate_hz, clocks.media);
        let shown_from_s = seconds(self.media_time, clocks.media);
        if shown_from_s > NOTABLE_S {
            warnings.push(format!(
                "the edit list hides the start of the media, in seconds: {shown_from_s:.3}"
            ));
        }
        if self.duration == 0 {
            return Trim { start, presented: None };
        }
        let left = clocks.media_ticks.saturating_sub(self.media_time);
        // The movie's clock is often coarser: one tick less is still everything, and the media's
        // own clock says more exactly how much that is.
        let presented = if clocks.media_ticks > 0
            && self.duration.saturating_add(1) >= rescale(left, clocks.movie, clocks.media)
        {
            rescale(left, clocks.sample_rate_hz, clocks.media)
        } else {
            let hidden_s = seconds(left, clocks.media) - seconds(self.duration, clocks.movie);
            if hidden_s > NOTABLE_S {
                warnings.push(format!(
                    "the edit list hides the end of the media, in seconds: {hidden_s:.3}"
                ));
            }
            rescale(self.duration, clocks.sample_rate_hz, clocks.movie)
        };
        Trim { start, presented: Some(presented) }
    }
}

/// The trim in the text of an `iTunSMPB` tag: hexadecimal words, of which the second is the
/// priming, the third the padding and the fourth the frames between them.
pub(super) fn itunes_gapless(text: &str) -> Option<Trim> {
    let mut words = text.split_ascii_whitespace().skip(1);
    let mut word = || u64::from_str_radix(words.next()?, 16).ok();
    let (start, _padding, frames) = (word()?, word()?, word()?);
    Some(Trim { start, presented: Some(frames).filter(|&frames| frames > 0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOCKS: Clocks =
        Clocks { movie: 1000, media: 48_000, sample_rate_hz: 48_000, media_ticks: 961_024 };

    fn one(media_time: u64, duration: u64) -> Edits {
        Edits { shown: 1, media_time, duration, ..Edits::default() }
    }

    #[test]
    fn priming_and_a_rounded_duration() {
        let mut warnings = Vec::new();
        let all = Trim { start: 1024, presented: Some(960_000) };
        assert_eq!(one(1024, 20_000).trim(&CLOCKS, &mut warnings), all);
        assert_eq!(one(1024, 19_999).trim(&CLOCKS, &mut warnings), all);
        let open = Trim { start: 1024, presented: None };
        assert_eq!(one(1024, 0).trim(&CLOCKS, &mut warnings), open);
        assert!(warnings.is_empty());
    }

    #[test]
    fn hidden_media_is_named() {
        let mut warnings = Vec::new();
        let trim = one(480_000, 5_000).trim(&CLOCKS, &mut warnings);
        assert_eq!(trim, Trim { start: 480_000, presented: Some(240_000) });
        assert!(warnings[0].ends_with("10.000") && warnings[1].ends_with("5.021"), "{warnings:?}");
    }

    #[test]
    fn odd_lists_leave_the_media_whole() {
        let mut warnings = Vec::new();
        let several =
            Edits { empty: 500, shown: 3, media_time: 7, duration: 7, segments: Vec::new() };
        assert_eq!(several.trim(&CLOCKS, &mut warnings), Trim::default());
        assert_eq!(one(u64::MAX, 5).trim(&CLOCKS, &mut warnings), Trim::default());
        assert_eq!(warnings.len(), 3);
        let stopped = Clocks { movie: 0, media: 0, ..CLOCKS };
        assert_eq!(one(5, 5).trim(&stopped, &mut warnings).start, 0);
    }

    #[test]
    fn gapless_tag() {
        let text = " 00000000 00000840 000001CA 00000000000EA600 00000000 00000000";
        assert_eq!(itunes_gapless(text), Some(Trim { start: 2112, presented: Some(960_000) }));
        assert_eq!(itunes_gapless("00000000 zz"), None);
        assert_eq!(itunes_gapless(""), None);
    }
}
