//! Makes one clip of a case.

use std::path::Path;

use crate::Outcome;
use crate::acoustics::{
    Noise, add_at_snr, band_pass, convolve, noise, resample, room_response, wander,
};
use crate::cases::{Added, Case};
use crate::channels::{Channel, delay_s};
use crate::edits::{Piece, Plan, plan};
use crate::random::Random;
use crate::sound::Sound;
use crate::sources::{Source, seed};
use crate::truth::{TrueSegment, Truth};

/// Sound given to the time-stretchers before the clip and after it, in seconds: both need to settle.
const LEAD_S: f64 = 1.0;

/// How much later what leaves ffmpeg's `atempo` is than its tempo says, in seconds, slowed down and
/// sped up: medians over bursts at 16 kHz. Single bursts lie up to 15 ms from them, as the filter
/// moves whole pieces.
const ATEMPO_DELAY_S: (f64, f64) = (-0.017, 0.007);

/// The same of `rubberband`; -2 ms one semitone up, 8 ms three down.
const RUBBERBAND_DELAY_S: f64 = 0.003;

/// A set being made.
pub struct Set<'a> {
    pub out: &'a Path,
    pub split: &'a str,
    pub sources: &'a [Source],
}

impl Set<'_> {
    /// Writes clip `id` of `case` from source number `source` and says what it is.
    pub fn make(&self, case: &Case, id: &str, source: usize) -> Outcome<Truth> {
        let mut random = Random::named(seed(self.split), id);
        let random = &mut random;
        let from = &self.sources[source];
        let mut change = |range: Option<(f64, f64)>| {
            range.map_or(1.0, |(low, high)| 1.0 + random.sign() * random.between(low, high) / 100.0)
        };
        let (mut speed, mut tempo) = (change(case.speed_percent), change(case.tempo_percent));
        let (mut sound, plan) = match case.edit {
            Some(kind) => self.edited(random, source, kind)?,
            None => unedited(random, from, case, speed * tempo),
        };
        let mut plan = plan;
        if speed != 1.0 {
            sound = resample(&sound, speed);
        }
        if tempo != 1.0 || case.semitones != 0.0 {
            let pitch = 2f64.powf(case.semitones / 12.0);
            let (filter, delay) = if tempo != 1.0 {
                let (slow, fast) = ATEMPO_DELAY_S;
                (format!("atempo={tempo:.9}"), if tempo < 1.0 { slow } else { fast })
            } else {
                (format!("rubberband=pitch={pitch:.9}"), RUBBERBAND_DELAY_S)
            };
            sound = stretched(&sound, &filter, LEAD_S / tempo + delay)?;
            sound = sound.piece(
                0,
                (plan.segments[0].b_length() / tempo * f64::from(sound.rate_hz)) as usize,
            );
            speed *= pitch;
            tempo /= pitch;
        }
        plan.change_speed(speed * tempo);
        if let Some((low_hz, high_hz)) = case.band {
            sound = band_pass(&sound, low_hz, high_hz);
        }
        if case.rerecorded {
            let delay = (random.between(0.0, 0.03) * f64::from(sound.rate_hz)) as usize;
            sound = self.rerecorded(random, &sound, delay);
            plan.delay(delay as f64 / f64::from(sound.rate_hz));
        }
        if let Some((what, snr_db)) = case.added {
            let over = self.added(random, what, source, &sound);
            add_at_snr(&mut sound, &over, snr_db);
            // Keeps the sum within full scale: clipping is not the question here.
            let fit = (0.9 / sound.peak()).min(1.0);
            sound.map(|x| x * fit);
        }
        let (mut gain_db, mut inverted) = (0.0, false);
        if case.gain {
            gain_db = random.between(-20.0, 6.0);
            inverted = random.chance(0.5);
            let gain = 10f64.powf(gain_db / 20.0) as f32 * if inverted { -1.0 } else { 1.0 };
            sound.map(|x| x * gain);
        }
        let path = format!("clips/{}/{id}.{}", case.name, case.channel.extension());
        case.channel.deliver(&sound, &self.out.join(&path))?;
        let measured = case.name.contains("codec_") || case.name == "offset_wav";
        let codec_delay_s = if measured && case.channel != Channel::Wav {
            let heard =
                Sound::decode(&self.out.join(&path), sound.rate_hz, sound.channels.len(), "")?;
            delay_s(&sound, &heard)
        } else {
            (case.channel == Channel::Wav).then_some(0.0)
        };
        Ok(Truth {
            id: id.to_owned(),
            split: self.split.to_owned(),
            case: case.name.clone(),
            material: if from.is_music { "music" } else { "speech" }.to_owned(),
            clip: path,
            source: (!case.stranger).then(|| from.path.clone()),
            expected: if case.stranger { "stranger" } else { "same" }.to_owned(),
            speed,
            tempo,
            pitch_semitones: 12.0 * speed.log2(),
            gain_db,
            inverted,
            codec_delay_s,
            segments: if case.stranger { Vec::new() } else { plan.segments },
            edits: plan.edits,
        })
    }

    fn edited(
        &self,
        random: &mut Random,
        source: usize,
        kind: Option<&'static str>,
    ) -> Outcome<(Sound, Plan)> {
        let from = &self.sources[source];
        // One from the same room if there is one, one from anywhere else: half of the insertions
        // are by the same voice.
        let mut pick = |wanted: &dyn Fn(&Source) -> bool| {
            let fitting: Vec<usize> = (0..self.sources.len())
                .filter(|&s| s != source && self.sources[s].is_music == from.is_music)
                .filter(|&s| wanted(&self.sources[s]))
                .collect();
            (!fitting.is_empty()).then(|| fitting[random.below(fitting.len())])
        };
        let foreign: Vec<usize> = [
            pick(&|other| other.talker == from.talker),
            pick(&|other| other.talker != from.talker),
        ]
        .into_iter()
        .flatten()
        .collect();
        let lengths: Vec<usize> = foreign.iter().map(|&s| self.sources[s].sound.frames()).collect();
        let plan = (0..500)
            .find_map(|_| plan(random, from, kind, &lengths))
            .ok_or_else(|| format!("no edit fits `{}`", from.path))?;
        let mut sound = from.sound.piece(0, 0);
        for piece in &plan.pieces {
            sound.append(&match *piece {
                Piece::Own { start, frames } => from.sound.piece(start, frames),
                Piece::Foreign { which, start, frames } => {
                    self.sources[foreign[which]].sound.piece(start, frames)
                }
            });
        }
        Ok((sound, plan))
    }

    /// Loudspeaker, another room, an overloaded input and its noise, `delay` frames late.
    fn rerecorded(&self, random: &mut Random, sound: &Sound, delay: usize) -> Sound {
        let speaker = band_pass(sound, 200.0, 7_000.0);
        // Few rooms for each split, as a person has.
        let room = format!("recording room {}", random.below(6));
        let mut room = Random::named(seed(self.split), &room);
        let t60_s = room.between(0.2, 0.6);
        let response = room_response(&mut room, sound.rate_hz, t60_s);
        let mut late = speaker.each(|c| [vec![0.0; delay], c.to_vec()].concat());
        late = late.each(|c| convolve(c, &response, 0));
        let scale = 1.0 / late.peak().max(1e-6);
        let hard = random.chance(0.5);
        let limit = random.between(0.4, 0.8) as f32;
        late.map(|x| {
            let x = x * scale;
            if hard { x.clamp(-limit, limit) } else { (2.0 * x).tanh() * 0.5 }
        });
        let mut hiss = noise(random, Noise::Pink, late.frames(), late.rate_hz);
        wander(random, &mut hiss, late.rate_hz, 2.0);
        add_at_snr(&mut late, &hiss, 15.0);
        let fit = (0.9 / late.peak()).min(1.0);
        late.map(|x| x * fit);
        late
    }

    fn added(&self, random: &mut Random, what: Added, source: usize, under: &Sound) -> Vec<f32> {
        let frames = under.frames();
        if what == Added::Pink {
            return noise(random, Noise::Pink, frames, under.rate_hz);
        }
        let others: Vec<&Source> = self
            .sources
            .iter()
            .filter(|s| !s.is_music && s.talker != self.sources[source].talker)
            .collect();
        let mut sum = vec![0.0f32; frames];
        for _ in 0..5 {
            let other = &others[random.below(others.len())].sound;
            let ratio = f64::from(other.rate_hz) / f64::from(under.rate_hz);
            let length = (frames as f64 * ratio) as usize + 2;
            let piece = other.piece(random.below(other.frames() - length), length);
            let voice = if ratio == 1.0 { piece } else { resample(&piece, ratio) };
            let scale = 1.0 / voice.power().sqrt().max(1e-9) as f32;
            sum.iter_mut().zip(&voice.channels[0]).for_each(|(to, x)| *to += scale * x);
        }
        sum
    }
}

/// A stretch of the source long enough for the clip, with what a time-stretcher needs around it.
fn unedited(random: &mut Random, from: &Source, case: &Case, ratio: f64) -> (Sound, Plan) {
    let rate = f64::from(from.sound.rate_hz);
    let seconds = random.between(case.seconds.0, case.seconds.1);
    let frames = (seconds * ratio * rate) as usize;
    let stretches = case.tempo_percent.is_some() || case.semitones != 0.0;
    let lead = if stretches { (LEAD_S * rate) as usize } else { 0 };
    let start = lead + random.below(from.sound.frames().saturating_sub(frames + 2 * lead));
    let plan = Plan {
        pieces: Vec::new(),
        segments: vec![TrueSegment {
            a_start_s: 0.0,
            a_end_s: frames as f64 / rate,
            b_start_s: start as f64 / rate,
            b_end_s: (start + frames) as f64 / rate,
        }],
        edits: Vec::new(),
    };
    (from.sound.piece(start - lead, frames + 2 * lead), plan)
}

/// `sound` through a filter of ffmpeg, without the first `skip_s` of what comes out.
fn stretched(sound: &Sound, filter: &str, skip_s: f64) -> Outcome<Sound> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("in.wav");
    sound.write_wav(&file)?;
    let out = Sound::decode(&file, sound.rate_hz, sound.channels.len(), filter)?;
    let skip = (skip_s * f64::from(sound.rate_hz)).round() as usize;
    Ok(out.piece(skip, usize::MAX / 2))
}
