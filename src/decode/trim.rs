//! Separates presentation from priming and padding.
//!
//! Encoders add samples in front (priming) and behind (padding), and containers say how many. What
//! is declared as priming is left out. What lies behind the declared end is left out only when it
//! is short enough to be padding; a longer stretch is audio that a player hides, and is examined.

use super::sink::Sink;

/// Longest plausible padding in frames: two HE-AAC frames of 2048 and a decoder delay, or four
/// MPEG frames of 1152.
pub(super) const MAX_PADDING_FRAMES: u64 = 4_608;

/// Trim state of one stream; a chained stream has one segment after another.
#[derive(Debug, Default)]
pub(super) struct Trim {
    /// Frames to leave out at the start of the segment.
    start: u64,
    /// Segment frames, priming included, before the declared end.
    end: Option<u64>,
    /// Frames decoded in the segment.
    decoded: u64,
    /// Frames at the end of the sink that lie behind the declared end.
    held: u64,
    /// Whether audio behind the declared end of this segment is given out.
    released: bool,
    totals: Totals,
}

/// Counts over all segments, in frames.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Totals {
    /// Everything the decoder delivered.
    pub(super) decoded: u64,
    /// Priming left out.
    pub(super) start: u64,
    /// Padding left out.
    pub(super) end: u64,
    /// Given out so far.
    pub(super) emitted: u64,
    /// Where, among the frames given out, the first hidden stretch starts.
    pub(super) presentation_end: Option<u64>,
}

impl Trim {
    /// Begins a segment with `start` frames of priming and `presentation` frames after it.
    pub(super) fn begin(&mut self, start: u64, presentation: Option<u64>) {
        self.start = start;
        self.end = presentation.map(|frames| start.saturating_add(frames));
        self.decoded = 0;
        self.held = 0;
        self.released = false;
    }

    /// Takes note of `added` frames at the end of `sink`, the last `beyond` of which the packet
    /// itself declares to be padding.
    pub(super) fn absorb(&mut self, sink: &mut Sink, added: u64, beyond: u64) {
        let before = self.decoded;
        self.decoded += added;
        self.totals.decoded += added;
        let drop = self.start.saturating_sub(before).min(added);
        if drop > 0 {
            let from = sink.frames() - added as usize;
            for channel in &mut sink.pending {
                channel.drain(from..from + drop as usize);
            }
            self.totals.start += drop;
        }
        let kept = added - drop;
        if self.released || kept == 0 {
            return;
        }
        let declared = self.end.map_or(0, |end| self.decoded.saturating_sub(end));
        if declared == 0 && beyond == 0 {
            // Packets marked as padding before this one were none: more audio follows them.
            self.held = 0;
            return;
        }
        self.held += declared.max(beyond).min(kept);
        if self.held > MAX_PADDING_FRAMES {
            let end = self.totals.emitted + sink.frames() as u64 - self.held;
            self.totals.presentation_end.get_or_insert(end);
            self.held = 0;
            self.released = true;
        }
    }

    /// Frames at the start of `sink` that may be given out.
    pub(super) fn ready(&self, sink: &Sink) -> usize {
        sink.frames() - self.held as usize
    }

    /// Takes note of frames given out.
    pub(super) fn emitted(&mut self, frames: u64) {
        self.totals.emitted += frames;
    }

    /// Ends a segment: what is still held back was padding.
    pub(super) fn end_segment(&mut self, sink: &mut Sink) {
        let keep = self.ready(sink);
        for channel in &mut sink.pending {
            channel.truncate(keep);
        }
        self.totals.end += self.held;
        self.held = 0;
    }

    /// Frames missing before the declared end of the segment.
    pub(super) fn missing(&self) -> u64 {
        self.end.map_or(0, |end| end.saturating_sub(self.decoded))
    }

    /// Counts so far.
    pub(super) fn totals(&self) -> Totals {
        self.totals
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Decodes packets of `sizes` frames that count up from 0; what comes out and the counts.
    fn run(trim: &mut Trim, sizes: &[(u64, u64)]) -> (Vec<f32>, Totals) {
        let mut sink = Sink::default();
        let (mut next, mut out) = (0.0f32, Vec::new());
        for &(size, beyond) in sizes {
            let samples: Vec<f32> = (0..size).map(|i| next + i as f32).collect();
            next += size as f32;
            sink.push_interleaved(8000, 1, &samples).unwrap();
            trim.absorb(&mut sink, size, beyond);
            let ready = trim.ready(&sink);
            out.extend(sink.pending[0].drain(..ready));
            trim.emitted(ready as u64);
        }
        trim.end_segment(&mut sink);
        (out, trim.totals())
    }

    #[test]
    fn priming_and_short_padding_are_left_out() {
        let mut trim = Trim::default();
        trim.begin(15, Some(10));
        let (out, totals) = run(&mut trim, &[(10, 0); 4]);
        assert_eq!(out, (15..25).map(|i| i as f32).collect::<Vec<_>>());
        assert_eq!((totals.start, totals.end, totals.decoded), (15, 15, 40));
        assert_eq!(totals.presentation_end, None);
        assert_eq!(trim.missing(), 0);
    }

    #[test]
    fn audio_far_behind_the_end_is_examined_and_its_place_known() {
        let mut trim = Trim::default();
        trim.begin(5, Some(100));
        let (out, totals) = run(&mut trim, &[(1000, 0); 6]);
        assert_eq!(out.len(), 5995);
        assert_eq!((totals.end, totals.presentation_end), (0, Some(100)));
    }

    #[test]
    fn padding_of_exactly_the_bound_is_still_padding() {
        for (extra, kept) in [(0, 100), (1, 100 + MAX_PADDING_FRAMES + 1)] {
            let mut trim = Trim::default();
            trim.begin(0, Some(100));
            let (out, _) = run(&mut trim, &[(100, 0), (MAX_PADDING_FRAMES + extra, 0)]);
            assert_eq!(out.len() as u64, kept);
        }
    }

    #[test]
    fn a_packets_own_padding_counts_at_the_end_alone() {
        let mut trim = Trim::default();
        trim.begin(0, None);
        let (out, totals) = run(&mut trim, &[(10, 4), (10, 0), (10, 3)]);
        assert_eq!((out.len(), totals.end), (27, 3));
    }

    #[test]
    fn segments_follow_each_other() {
        let mut trim = Trim::default();
        trim.begin(2, Some(6));
        let (first, _) = run(&mut trim, &[(10, 0)]);
        trim.begin(3, None);
        let (second, totals) = run(&mut trim, &[(10, 0)]);
        assert_eq!((first.len(), second.len()), (6, 7));
        assert_eq!((totals.start, totals.end, totals.emitted), (5, 2, 13));
    }

    #[test]
    fn a_stream_that_ends_early_says_how_much_is_missing() {
        let mut trim = Trim::default();
        trim.begin(0, Some(100));
        run(&mut trim, &[(10, 0)]);
        assert_eq!(trim.missing(), 90);
    }
}
