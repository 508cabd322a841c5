//! Looks at coded packets on their way to the decoder: breaks in what an encoder keeps, with times.
//!
//! Container walkers leave marks that stand in front of packets; here each gets the time at which
//! its packet is decoded.

mod aac;
mod amr;
mod flac;
mod opus;
mod steady;

use std::collections::VecDeque;

use super::packet::Packet;
use super::trim::Totals;
use crate::container::Codec;
use crate::container::continuity::{
    Bitstream, Break, BreakKind, MAX_MARKS, Mark, PageEnd, Place, Walked,
};

/// Where the clip is when a packet comes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now {
    /// Time of the next sample in the examined audio, in seconds.
    pub(super) time_s: f64,
    /// Frames decoded so far, priming included.
    pub(super) decoded: u64,
}

/// Follows one clip's packets.
#[derive(Debug, Default)]
pub(super) struct Watch {
    marks: VecDeque<Mark>,
    pages: VecDeque<PageEnd>,
    packets: u64,
    /// Granule position minus decoded frames, once known.
    ahead: Option<i64>,
    /// Time at which the last page with a position ended.
    page_s: f64,
    packet_kind: Kind,
    found: Bitstream,
}

/// What is looked for inside packets.
#[derive(Debug, Default)]
enum Kind {
    #[default]
    Unknown,
    Other,
    Aac(aac::Watch),
    Amr(amr::Watch),
    Flac(flac::Watch),
    Opus(opus::Watch),
}

impl Kind {
    fn of(codec: Codec, adts: bool) -> Self {
        match codec {
            Codec::Aac => Self::Aac(aac::Watch::new(adts)),
            Codec::AmrNb => Self::Amr(amr::Watch::new(false)),
            Codec::AmrWb => Self::Amr(amr::Watch::new(true)),
            Codec::Flac => Self::Flac(flac::Watch::default()),
            Codec::Opus => Self::Opus(opus::Watch::default()),
            _ => Self::Other,
        }
    }
}

/// Breaks found inside packets: kind, size, and the time of an earlier place if it is not this one.
pub(super) type Seen = Option<(BreakKind, f64, Option<f64>)>;

impl Watch {
    /// Takes what a container walker left.
    pub(super) fn expect(&mut self, walked: Walked) {
        self.marks = walked.marks.into();
        self.pages = walked.pages.into();
        self.found.more += walked.more;
    }

    /// Looks at a packet before it is decoded.
    pub(super) fn packet(&mut self, codec: Codec, adts: bool, packet: &Packet, now: Now) {
        if matches!(codec, Codec::Pcm(_) | Codec::ALaw | Codec::MuLaw) {
            return;
        }
        self.place(now);
        if matches!(self.packet_kind, Kind::Unknown) {
            self.packet_kind = Kind::of(codec, adts);
        }
        let data = packet.data.as_slice();
        let seen = match &mut self.packet_kind {
            Kind::Aac(watch) => watch.packet(data),
            Kind::Amr(watch) => watch.packet(data, now.time_s),
            Kind::Flac(watch) => watch.packet(data),
            Kind::Opus(watch) => watch.packet(data, now.time_s),
            Kind::Unknown | Kind::Other => None,
        };
        if let Some((kind, value, earlier_s)) = seen {
            let time_s = earlier_s.unwrap_or(now.time_s);
            self.push(Break { time_s, kind, value, offset: packet.offset });
        }
        self.packets += 1;
    }

    /// A place where the source found no packet.
    pub(super) fn foreign(&mut self, now: Now, offset: Option<u64>) {
        // Demuxers without offsets say so for bad pages too, which page positions tell better.
        if self.packets > 0 && offset.is_some() {
            let kind = BreakKind::ForeignBytes;
            self.push(Break { time_s: now.time_s, kind, value: 1.0, offset });
        }
    }

    /// Another stream begins.
    pub(super) fn new_stream(&mut self, now: Now) {
        self.place(now);
        self.ahead = None;
        self.packet_kind = Kind::Unknown;
        self.push(Break {
            time_s: now.time_s,
            kind: BreakKind::NewStream,
            value: 1.0,
            offset: None,
        });
    }

    /// Gives times to the marks before the next packet, and compares page positions.
    fn place(&mut self, now: Now) {
        while let Some(mark) = self.marks.front().copied() {
            match mark.place {
                Place::Packet(packet) if packet > self.packets => break,
                Place::MediaS(_) => break,
                Place::Packet(_) => {}
            }
            self.marks.pop_front();
            let Mark { kind, value, offset, .. } = mark;
            self.push(Break { time_s: now.time_s, kind, value, offset });
        }
        while let Some(page) = self.pages.front().copied().filter(|p| p.packets <= self.packets) {
            self.pages.pop_front();
            if page.packets < self.packets {
                continue;
            }
            let ahead = (i128::from(page.granule) - i128::from(now.decoded))
                .clamp(i128::from(i32::MIN), i128::from(i32::MAX)) as i64;
            let known = self.ahead.replace(ahead).unwrap_or(ahead);
            // The last page may end before its packets do.
            let expected = ahead == known || (page.last && ahead < known);
            if !expected {
                let value = (ahead - known) as f64;
                // What is missing would stand in front of this page's packets.
                let (time_s, kind) = (self.page_s, BreakKind::Granule);
                self.push(Break { time_s, kind, value, offset: None });
            }
            self.page_s = now.time_s;
        }
    }

    fn push(&mut self, found: Break) {
        if self.found.breaks.len() < MAX_MARKS {
            self.found.breaks.push(found);
        } else {
            self.found.more += 1;
        }
    }

    /// Everything found, times inside the `totals` of a clip at `rate_hz`.
    pub(super) fn finish(mut self, now: Now, totals: Totals, rate_hz: f64) -> Bitstream {
        self.place(now);
        for mark in std::mem::take(&mut self.marks) {
            let Mark { place, kind, value, offset } = mark;
            let time_s = match place {
                Place::MediaS(media_s) => media_s - totals.start as f64 / rate_hz,
                Place::Packet(_) => now.time_s,
            };
            self.push(Break { time_s, kind, value, offset });
        }
        let end_s = totals.emitted as f64 / rate_hz;
        let mut found = self.found;
        found.packets = self.packets;
        for at in &mut found.breaks {
            at.time_s = if at.time_s.is_finite() { at.time_s.clamp(0.0, end_s) } else { end_s };
        }
        found.breaks.sort_by(|a, b| a.time_s.total_cmp(&b.time_s).then(a.kind.cmp(&b.kind)));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now(decoded: u64) -> Now {
        Now { time_s: decoded as f64 / 48_000.0, decoded }
    }

    fn run(walked: Walked, packets: u64) -> Vec<Break> {
        let mut watch = Watch::default();
        watch.expect(walked);
        for i in 0..packets {
            watch.packet(Codec::Vorbis, false, &Packet::default(), now(i * 960));
        }
        let totals = Totals { emitted: packets * 960, ..Totals::default() };
        watch.finish(now(packets * 960), totals, 48_000.0).breaks
    }

    #[test]
    fn marks_get_the_time_of_their_packet() {
        let mark = |packet| Mark::before(packet, BreakKind::ReservoirOverlap, 5.0, Some(9));
        let mut walked = Walked { marks: vec![mark(2), mark(90)], ..Walked::default() };
        let media = Mark { place: Place::MediaS(0.05), ..mark(0) };
        walked.marks.push(media);
        let times: Vec<f64> = run(walked, 4).iter().map(|found| found.time_s).collect();
        assert_eq!(times, [0.04, 0.05, 0.08]);
        assert!(run(Walked::default(), 0).is_empty());
    }

    #[test]
    fn a_position_that_jumps_is_a_break_and_a_short_end_is_none() {
        let page = |packets, granule, last| PageEnd { packets, granule, last };
        let pages = vec![page(1, 1000, false), page(2, 1960, false), page(3, 9000, false)];
        let pages = [pages, vec![page(4, 9900, true)]].concat();
        let found = run(Walked { pages, ..Walked::default() }, 4);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].kind, found[0].time_s), (BreakKind::Granule, 1920.0 / 48_000.0));
        assert_eq!(found[0].value, 9000.0 - 2920.0);
    }
}
