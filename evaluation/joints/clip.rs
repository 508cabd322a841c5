//! Makes the clips of one job.

use std::path::Path;

use crate::Outcome;
use crate::call;
use crate::cases::Case;
use crate::codecs::{Codec, FIRST, LAST, pick};
use crate::corpus::{Corpus, Talker, seed};
use crate::edits::{RESERVE_S, Recipe, Track, plan};
use crate::random::Random;
use crate::render::{Joining, Rendered, Tracks, render};
use crate::session::{Session, Spec, make};
use crate::sound::Sound;
use crate::truth::Truth;

/// Sessions recorded for one edited clip before it is given up.
const SESSIONS: usize = 8;

/// What one job makes.
pub enum Task {
    Edited(Case),
    Family,
    Untouched { near: bool },
    Hard(&'static str),
    RecorderPause,
    VoiceNotes,
}

/// A task with the name its clips begin with.
pub struct Job {
    pub task: Task,
    pub id: String,
}

/// A split being made.
pub struct Set<'a> {
    pub out: &'a Path,
    pub split: &'a str,
    pub corpus: &'a Corpus,
}

/// A session after its first codec.
pub struct Recording {
    pub sound: Sound,
    level_db: Vec<f32>,
}

impl Set<'_> {
    /// Writes the clips of `job` and says what they are.
    pub fn make(&self, job: &Job) -> Outcome<Vec<Truth>> {
        let mut random = Random::named(seed(self.split), &job.id);
        let random = &mut random;
        match &job.task {
            Task::Edited(case) => Ok(vec![self.edited(random, case, &job.id)?]),
            Task::Family => Ok(vec![self.family(random, &job.id)?]),
            Task::Untouched { near } => self.untouched(random, *near, &job.id),
            Task::Hard(kind) => self.hard(random, kind, &job.id),
            Task::RecorderPause => Ok(vec![self.recorder_pause(random, &job.id)?]),
            Task::VoiceNotes => Ok(vec![self.voice_notes(random, &job.id)?]),
        }
    }

    pub fn talker(&self, random: &mut Random) -> &Talker {
        &self.corpus.talkers[random.below(self.corpus.talkers.len())]
    }

    /// A session through `first`; packets are lost and pauses filled behind it.
    pub fn record(
        &self,
        random: &mut Random,
        spec: &Spec,
        first: &'static Codec,
    ) -> Outcome<Recording> {
        let Session { sound, level_db } = make(random, self.corpus, spec)?;
        let mut sound = first.through(sound)?;
        if let Some(samples) = sound.channels.first_mut() {
            match spec.hard {
                Some("packet_loss") => call::packet_loss(random, samples, spec.rate_hz),
                Some("comfort_noise") => {
                    call::comfort_noise(random, samples, spec.rate_hz, &level_db);
                }
                _ => {}
            }
        }
        Ok(Recording { sound, level_db })
    }

    /// Records anew where no edits fit into a session.
    fn edited(&self, random: &mut Random, case: &Case, id: &str) -> Outcome<Truth> {
        for _ in 0..SESSIONS {
            if let Some(truth) = self.edited_once(random, case, id)? {
                return Ok(truth);
            }
        }
        Err("no edits fit".into())
    }

    fn edited_once(&self, random: &mut Random, case: &Case, id: &str) -> Outcome<Option<Truth>> {
        let last = pick(random, &LAST, case.last);
        let first = pick(random, &FIRST, case.first);
        let rate_hz = rate(random, first, last, case.low_rates);
        let seconds = random.between(case.seconds.0, case.seconds.1);
        let talker = self.talker(random);
        let count = 1 + random.below(case.most_edits);
        let spec = Spec {
            talker,
            rate_hz,
            seconds: seconds + 3.5 * count as f64 + RESERVE_S + 2.0,
            hard: None,
            near: case.near,
        };
        let own = self.record(random, &spec, first)?;
        let donor = self.donor(random, case, talker, rate_hz, first)?;
        let recipe = Recipe { kinds: case.edits, count, place: case.place, seconds, rate_hz };
        let track = |r: &'_ Recording| r.sound.seconds();
        let planned = (0..400).find_map(|n| {
            // Some recordings have no room for so many.
            let recipe = Recipe { count: count.min(3 - n / 150).max(1), ..recipe };
            let own = Track { seconds: track(&own), level_db: &own.level_db };
            let donor = donor.as_ref().map(|d| Track { seconds: track(d), level_db: &d.level_db });
            plan(random, &recipe, &own, donor.as_ref())
        });
        let Some(plan) = planned else { return Ok(None) };
        let joinings: Vec<Joining> =
            plan.edits.iter().map(|_| case.joinings[random.below(case.joinings.len())]).collect();
        let tracks = Tracks {
            own: &own.sound.channels[0],
            donor: donor.as_ref().map_or(&[], |d| &d.sound.channels[0]),
            rate_hz,
        };
        let rendered = render(plan, &joinings, &tracks);
        self.save(case.name, id, rendered, rate_hz, first.name, last, talker).map(Some)
    }

    /// Another session with its own talker or room, level and codec, where the case needs one.
    fn donor(
        &self,
        random: &mut Random,
        case: &Case,
        talker: &Talker,
        rate_hz: u32,
        first: &'static Codec,
    ) -> Outcome<Option<Recording>> {
        let foreign = case.edits.iter().any(|e| e.starts_with("insert_"));
        if !foreign {
            return Ok(None);
        }
        let other = match &self.corpus.synthetic {
            Some(made) if case.edits.contains(&"insert_tts") => made,
            _ if random.chance(0.5) => talker,
            _ => self.talker(random),
        };
        let spec = Spec { talker: other, rate_hz, seconds: 16.0, hard: None, near: case.near };
        // The same recorder in half of them, at another place of its grid.
        let own_codec = random.chance(0.5) || first.rate_hz != 0;
        let codec =
            if own_codec { first } else { pick(random, &FIRST, &["none", "aac", "mp3", "vorbis"]) };
        let mut recording = self.record(random, &spec, codec)?;
        let skip = random.below(3_000);
        let frames = recording.sound.frames();
        recording.sound = recording.sound.piece(skip, frames);
        Ok(Some(recording))
    }

    /// Writes a clip and says what it is.
    #[allow(clippy::too_many_arguments, reason = "each is a line of the truth")]
    pub fn save(
        &self,
        case: &str,
        id: &str,
        rendered: Rendered,
        rate_hz: u32,
        first: &str,
        last: &'static Codec,
        talker: &Talker,
    ) -> Outcome<Truth> {
        let clip = last.path(&format!("clips/{case}"), id);
        let sound = Sound::mono(rate_hz, rendered.samples);
        last.write(&sound, &self.out.join(&clip))?;
        let mut truth = Truth {
            id: id.to_owned(),
            clip,
            split: self.split.to_owned(),
            case: case.to_owned(),
            talker: talker.name.clone(),
            duration_s: sound.seconds(),
            first_codec: first.to_owned(),
            last_codec: last.name.to_owned(),
            untouched: rendered.edits.is_empty(),
            hard_negative: None,
            recorder_event: false,
            edits: rendered.edits,
            joints: rendered.joints,
        };
        for edit in &mut truth.edits {
            edit.start_s += last.delay_s;
            edit.end_s += last.delay_s;
            edit.source_start_s = edit.source_start_s.map(|s| s + last.delay_s);
        }
        for joint in &mut truth.joints {
            joint.time_s += last.delay_s;
            joint.start_s += last.delay_s;
            joint.end_s += last.delay_s;
        }
        Ok(truth)
    }
}

/// The one rate of a clip from its session to its file.
pub fn rate(random: &mut Random, first: &Codec, last: &Codec, low: bool) -> u32 {
    if first.rate_hz != 0 {
        return first.rate_hz;
    }
    if last.rate_hz != 0 {
        return last.rate_hz;
    }
    if low && random.chance(0.25) {
        return [16_000, 22_050][random.below(2)];
    }
    [44_100, 48_000][random.below(2)]
}
