//! Decoding inside this program: packets in, samples into the sink, mishaps into the log.

use super::damage::DamageLog;
use super::frame_heads;
use super::guard::guarded;
use super::limits::{MAX_BAD_PACKETS, max_frames};
use super::open::decoder_for;
use super::packet::{Foreign, Next, Packet, PacketDecoder, PacketSource, TrackSetup};
use super::sink::{Refusal, Sink};
use super::trim::Trim;
use super::watch::{Now, Watch};
use super::{DecoderInfo, StreamInfo};
use crate::container::quantisation::Quantisation;

/// Packets of another rate in a row that make a new stream. Fewer come from false headers.
const OTHER_RATE_PACKETS: u32 = 3;

/// What all feeds work on.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// Decoded samples that wait.
    pub(super) sink: Sink,
    /// Which of them to give out.
    pub(super) trim: Trim,
    /// What went wrong.
    pub(super) log: DamageLog,
    /// Whether the coded stream goes on.
    pub(super) watch: Watch,
    /// Whether the codes of its frames are read too, not their heads alone.
    pub(super) read_codes: bool,
    /// How the stream's encoder quantised.
    pub(super) quantisation: Quantisation,
    /// What lies behind the last packet.
    pub(super) foreign: Option<Foreign>,
}

impl Work {
    /// Time of the next sample to be decoded, in seconds of the examined audio.
    pub(super) fn time_s(&self) -> f64 {
        let frames = self.trim.totals().emitted + self.sink.frames() as u64;
        frames as f64 / f64::from(self.sink.rate_hz.max(1))
    }

    /// The same with the decoder's own clock.
    pub(super) fn now(&self) -> Now {
        Now { time_s: self.time_s(), decoded: self.trim.totals().decoded }
    }
}

/// A source of samples.
pub(super) trait Feed: Send {
    /// Decodes a little more; `false` at the end.
    fn feed(&mut self, work: &mut Work) -> bool;

    /// Fills in what became known while decoding.
    fn describe(&mut self, work: &mut Work, info: &mut StreamInfo);
}

/// Packets and a decoder.
pub(super) struct Native {
    source: Box<dyn PacketSource>,
    decoder: Box<dyn PacketDecoder>,
    setup: TrackSetup,
    packet: Packet,
    /// Whether the trim stage knows the current segment.
    begun: bool,
    /// Segments before this one.
    segments: u32,
    bad_in_a_row: u32,
    other_rate_in_a_row: u32,
    /// Where the run of packets of another rate began.
    other_rate_at: (f64, Option<u64>),
    /// Seconds that the file can hold at most.
    bound_s: f64,
    coded_bytes: u64,
    ended: bool,
}

impl Native {
    /// Decodes the packets of `source`; no more than about `bound_s` seconds.
    pub(super) fn new(
        source: Box<dyn PacketSource>,
        decoder: Box<dyn PacketDecoder>,
        setup: TrackSetup,
        bound_s: f64,
    ) -> Self {
        Self {
            source,
            decoder,
            setup,
            packet: Packet::default(),
            begun: false,
            segments: 0,
            bad_in_a_row: 0,
            other_rate_in_a_row: 0,
            other_rate_at: (0.0, None),
            bound_s,
            coded_bytes: 0,
            ended: false,
        }
    }

    fn decode(&mut self, work: &mut Work) -> bool {
        self.coded_bytes += self.packet.data.len() as u64;
        let now = work.now();
        work.watch.packet(self.setup.codec, self.setup.adts, &self.packet, now);
        let read_codes = work.read_codes;
        frame_heads::add(&self.setup, &self.packet.data, read_codes, &mut work.quantisation);
        let before = work.sink.frames();
        let (decoder, packet, sink) = (&mut self.decoder, &self.packet, &mut work.sink);
        let outcome = guarded(|| decoder.decode(packet, sink)).map_err(Refusal::Bad);
        // A decoder that failed half-way through its channels leaves them uneven.
        let after = work.sink.pending.iter().map(Vec::len).min().unwrap_or(0);
        for channel in &mut work.sink.pending {
            channel.truncate(after);
        }
        let added = (after - before.min(after)) as u64;
        if added > 0 {
            if !self.begun {
                let (start, presentation) = self.setup.trim_at(work.sink.rate_hz);
                work.trim.begin(start, presentation);
                self.begun = true;
            }
            work.trim.absorb(&mut work.sink, added, self.packet.beyond);
        }
        if let Some(channels) = work.sink.remapped_from.take() {
            let own = work.sink.channels();
            let time_s = work.time_s();
            work.log.warn_once_of("channels", || {
                format!(
                    "the channel count goes from {own} to {channels} at {time_s:.3} s; what follows \
                     is mapped onto {own}"
                )
            });
        }
        match outcome.and_then(|inner| inner) {
            Ok(()) => {
                self.bad_in_a_row = 0;
                self.other_rate_in_a_row = 0;
                self.within_bound(work)
            }
            Err(Refusal::Limit(what)) => {
                work.log.push(work.time_s(), self.packet.offset, what);
                false
            }
            Err(Refusal::OtherRate(rate_hz)) => self.other_rate(rate_hz, work),
            Err(Refusal::Bad(what)) => {
                work.log.skipped(work.time_s(), self.packet.offset, &what);
                self.bad_in_a_row += 1;
                if self.bad_in_a_row == MAX_BAD_PACKETS {
                    let what = format!("given up after {MAX_BAD_PACKETS} bad packets in a row");
                    work.log.push(work.time_s(), self.packet.offset, what);
                }
                self.bad_in_a_row < MAX_BAD_PACKETS
            }
        }
    }

    fn other_rate(&mut self, rate_hz: u32, work: &mut Work) -> bool {
        if self.other_rate_in_a_row == 0 {
            self.other_rate_at = (work.time_s(), self.packet.offset);
        }
        self.other_rate_in_a_row += 1;
        if self.other_rate_in_a_row < OTHER_RATE_PACKETS {
            return true;
        }
        let what = format!(
            "the stream goes on at {rate_hz} Hz instead of {} Hz; that part is not examined",
            work.sink.rate_hz
        );
        let (time_s, offset) = self.other_rate_at;
        work.log.push(time_s, offset, what);
        false
    }

    fn within_bound(&self, work: &mut Work) -> bool {
        let bound = max_frames(Some(self.bound_s), work.sink.rate_hz);
        let fits = work.trim.totals().decoded <= bound;
        if !fits {
            let what = "more audio than the file can hold; decoding stopped".to_owned();
            work.log.push(work.time_s(), self.packet.offset, what);
        }
        fits
    }

    fn next_stream(&mut self, setup: TrackSetup, work: &mut Work) -> bool {
        work.trim.end_segment(&mut work.sink);
        let time_s = work.time_s();
        let now = work.now();
        work.watch.new_stream(now);
        match decoder_for(&setup) {
            Ok(decoder) => self.decoder = decoder,
            Err(e) => {
                work.log.push(time_s, None, format!("a stream that does not decode begins: {e}"));
                return false;
            }
        }
        work.log.warn(format!("another stream begins at {time_s:.3} s: the file is chained"));
        self.setup = setup;
        self.begun = false;
        self.segments += 1;
        true
    }
}

impl Feed for Native {
    fn feed(&mut self, work: &mut Work) -> bool {
        if self.ended {
            return false;
        }
        let (source, packet) = (&mut self.source, &mut self.packet);
        let go_on = match guarded(|| source.next(packet)).and_then(|inner| inner) {
            Ok(Next::Packet) => self.decode(work),
            Ok(Next::Damaged { offset, what }) => {
                let now = work.now();
                work.watch.foreign(now, offset);
                work.log.push(work.time_s(), offset, what);
                true
            }
            Ok(Next::NewStream(setup)) => self.next_stream(*setup, work),
            Ok(Next::End(why)) => {
                if let Some(why) = why {
                    work.log.warn(why);
                }
                false
            }
            Ok(Next::Foreign(foreign)) => {
                work.foreign = Some(foreign);
                false
            }
            Err(what) => {
                work.log.push(work.time_s(), None, what);
                false
            }
        };
        self.ended = !go_on;
        go_on
    }

    fn describe(&mut self, work: &mut Work, info: &mut StreamInfo) {
        let rate = f64::from(work.sink.rate_hz.max(1));
        let totals = work.trim.totals();
        let decoded_s = totals.decoded as f64 / rate;
        if decoded_s > 0.0 {
            info.bit_rate_bps = Some((self.coded_bytes as f64 * 8.0 / decoded_s).round() as u64);
        }
        if let Some(name) = self.decoder.codec_name() {
            info.codec = name.into();
        }
        if !self.ended {
            return;
        }
        if self.segments == 0 {
            let declared_s = self.setup.declared_s.unwrap_or(0.0);
            let by_duration = (declared_s - decoded_s).max(0.0);
            let missing_s = (work.trim.missing() as f64 / rate).max(by_duration);
            if missing_s > 0.1 && missing_s * rate > super::trim::MAX_PADDING_FRAMES as f64 {
                let what = format!("ends {missing_s:.3} s before its declared end");
                work.log.push(totals.emitted as f64 / rate, None, what);
            }
        }
        if guarded(|| self.decoder.verified()) == Ok(Some(false)) && self.segments == 0 {
            let what = "the checksum in the file is not that of the decoded audio".to_owned();
            work.log.push(totals.emitted as f64 / rate, None, what);
        }
    }
}

impl Native {
    /// Name and accuracy of the decoder.
    pub(super) fn decoder_info(&self) -> DecoderInfo {
        self.decoder.info()
    }
}
