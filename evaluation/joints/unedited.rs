//! Clips that no editor touched: untouched ones, hard ones, and those with a recorder's own joint.

use crate::Outcome;
use crate::cases::{CONTEXTS, FAMILIES, UNTOUCHED_FIRST};
use crate::clip::{Set, rate};
use crate::codecs::{Codec, FIRST, LAST, pick};
use crate::corpus::Talker;
use crate::edits::{Origin, Piece, Plan, Planned};
use crate::random::Random;
use crate::render::{Joining, Rendered, Tracks, render};
use crate::session::{Session, Spec, make};
use crate::sound::Sound;
use crate::truth::Truth;

impl Set<'_> {
    /// A WAV whose previous codec is asked for.
    pub fn family(&self, random: &mut Random, id: &str) -> Outcome<Truth> {
        let (mut share, mut name) = (random.unit(), "none");
        for (family, part) in FAMILIES {
            if share < part {
                name = family;
                break;
            }
            share -= part;
        }
        let first = pick(random, &FIRST, &[name]);
        let rates: &[u32] = match first.family {
            "opus" => &[48_000],
            "none" => &[44_100, 48_000, 44_100, 48_000, 16_000, 22_050, 32_000],
            _ => &[44_100, 48_000, 44_100, 48_000, 32_000, 22_050, 24_000],
        };
        let rate_hz = rates[random.below(rates.len())];
        let seconds = random.between(6.0, 20.0);
        let talker = self.talker(random);
        let spec = Spec { talker, rate_hz, seconds: seconds + 0.5, hard: None, near: false };
        let own = self.record(random, &spec, first)?;
        let start = random.below(5_000);
        let sound = own.sound.piece(start, (seconds * f64::from(rate_hz)) as usize);
        self.save("family", id, whole(sound), rate_hz, first.name, &LAST[0], talker)
    }

    /// One session as a clip of each kind of last codec.
    pub fn untouched(&self, random: &mut Random, near: bool, id: &str) -> Outcome<Vec<Truth>> {
        let mut truths = Vec::new();
        let talker = self.talker(random);
        let seconds = random.between(62.0, 178.0);
        let name = UNTOUCHED_FIRST[random.below(UNTOUCHED_FIRST.len())];
        let first = pick(random, &FIRST, &[name]);
        // Opus as a later codec asks for 48 kHz.
        let rate_hz = match first.rate_hz {
            0 if random.chance(0.35) => 44_100,
            0 => 48_000,
            only => only,
        };
        let spec = Spec { talker, rate_hz, seconds: seconds + 2.0, hard: None, near };
        let own = self.record(random, &spec, first)?;
        let case = if near { "untouched_near" } else { "untouched" };
        for context in CONTEXTS {
            let last = pick(random, &LAST, context);
            let start = random.below((1.5 * f64::from(rate_hz)) as usize);
            let sound = own.sound.piece(start, (seconds * f64::from(rate_hz)) as usize);
            let id = format!("{id}_{}", last.name);
            let mut truth =
                self.save(case, &id, whole(sound), rate_hz, first.name, last, talker)?;
            truth.untouched = true;
            truths.push(truth);
        }
        Ok(truths)
    }

    /// One hard session as clips of two kinds of last codec.
    pub fn hard(&self, random: &mut Random, kind: &'static str, id: &str) -> Outcome<Vec<Truth>> {
        let mut truths = Vec::new();
        let talker = self.talker(random);
        let seconds = random.between(60.0, 80.0);
        let call = matches!(kind, "packet_loss" | "comfort_noise");
        let firsts: &[&str] = if call { &["opus-24", "amr"] } else { &UNTOUCHED_FIRST };
        let first = pick(random, &FIRST, firsts);
        let rate_hz = if first.rate_hz == 0 { 48_000 } else { first.rate_hz };
        let spec = Spec { talker, rate_hz, seconds: seconds + 2.0, hard: Some(kind), near: false };
        let own = self.record(random, &spec, first)?;
        let turn = random.below(CONTEXTS.len());
        for context in [CONTEXTS[turn], CONTEXTS[(turn + 1 + random.below(3)) % CONTEXTS.len()]] {
            let last = pick(random, &LAST, context);
            let start = random.below((1.5 * f64::from(rate_hz)) as usize);
            let sound = own.sound.piece(start, (seconds * f64::from(rate_hz)) as usize);
            let (case, id) = (format!("hard_{kind}"), format!("{id}_{}", last.name));
            let mut truth =
                self.save(&case, &id, whole(sound), rate_hz, first.name, last, talker)?;
            truth.untouched = true;
            truth.hard_negative = Some(kind.to_owned());
            truths.push(truth);
        }
        Ok(truths)
    }

    /// The recorder was paused once and went on: the gap is there before any codec.
    pub fn recorder_pause(&self, random: &mut Random, id: &str) -> Outcome<Truth> {
        let talker = self.talker(random);
        let first = pick(random, &FIRST, &UNTOUCHED_FIRST);
        let context = CONTEXTS[random.below(CONTEXTS.len())];
        let last = pick(random, &LAST, context);
        let rate_hz = rate(random, first, last, false);
        let spec = Spec { talker, rate_hz, seconds: 60.0, hard: None, near: false };
        let Session { mut sound, .. } = make(random, self.corpus, &spec)?;
        let (stop_s, gap_s) = (random.between(8.0, 25.0), random.between(1.0, 25.0));
        let frames = |s: f64| (s * f64::from(rate_hz)) as usize;
        let rest = sound.piece(frames(stop_s + gap_s), frames(spec.seconds));
        sound = sound.piece(0, frames(stop_s));
        let at = sound.frames();
        sound.append(&rest);
        let sound = first.through(sound)?;
        self.event("recorder_pause", id, sound, at, first, last, talker)
    }

    /// Two voice notes that an app decoded and joined.
    pub fn voice_notes(&self, random: &mut Random, id: &str) -> Outcome<Truth> {
        let talker = self.talker(random);
        let first = pick(random, &FIRST, &["opus-16", "opus-24", "aac-64"]);
        let last = pick(random, &LAST, &["aac-64", "opus-24", "wav"]);
        let mut seconds = || random.between(10.0, 25.0);
        let (one_s, other_s) = (seconds(), seconds());
        let spec = |seconds| Spec { talker, rate_hz: 48_000, seconds, hard: None, near: false };
        let mut sound = self.record(random, &spec(one_s), first)?.sound;
        let at = sound.frames();
        sound.append(&self.record(random, &spec(other_s), first)?.sound);
        self.event("voice_notes", id, sound, at, first, last, talker)
    }

    /// A clip with one joint at frame `at` that no editor made.
    #[allow(clippy::too_many_arguments, reason = "each is a line of the truth")]
    fn event(
        &self,
        kind: &'static str,
        id: &str,
        sound: Sound,
        at: usize,
        first: &'static Codec,
        last: &'static Codec,
        talker: &Talker,
    ) -> Outcome<Truth> {
        let piece = |start: usize, frames: usize| Piece {
            origin: Origin::Own,
            start,
            frames,
            gain: 1.0,
            copied: false,
        };
        let plan = Plan {
            pieces: vec![piece(0, at), piece(at, sound.frames().saturating_sub(at))],
            edits: vec![Planned { kind, joints: vec![1], inserted: 0, placement: "pause" }],
        };
        let rate_hz = sound.rate_hz;
        let tracks = Tracks { own: &sound.channels[0], donor: &[], rate_hz };
        let rendered = render(plan, &[Joining::Butt], &tracks);
        let mut truth = self.save(kind, id, rendered, rate_hz, first.name, last, talker)?;
        truth.recorder_event = true;
        Ok(truth)
    }
}

/// A clip in which nothing was edited.
fn whole(sound: Sound) -> Rendered {
    let samples = sound.channels.into_iter().next().unwrap_or_default();
    Rendered { samples, edits: Vec::new(), joints: Vec::new() }
}
