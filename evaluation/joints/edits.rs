//! What is cut from a recording and put into it, decided before any sample is moved.

use crate::placement::{PLACES, point};
use crate::random::Random;

/// No joint is closer to an end of the clip, or to the joints of another edit, in seconds.
const APART_S: f64 = 1.6;

/// Sound left out before the first piece and after the last, for cross-fades, in seconds.
const MARGIN_S: f64 = 0.3;

/// Where a piece comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Own,
    Donor,
    Zeros,
}

/// A stretch of the clip, in frames.
#[derive(Debug, Clone)]
pub struct Piece {
    pub origin: Origin,
    pub start: usize,
    pub frames: usize,
    pub gain: f32,
    /// Copied from another place of the clip.
    pub copied: bool,
}

/// An edit as planned: its joints are the starts of pieces.
#[derive(Debug, Clone)]
pub struct Planned {
    pub kind: &'static str,
    /// Numbers of the pieces whose starts are its joints.
    pub joints: Vec<usize>,
    /// Number of the pieces put in; none for a deletion.
    pub inserted: usize,
    pub placement: &'static str,
}

/// A clip as pieces.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    pub pieces: Vec<Piece>,
    pub edits: Vec<Planned>,
}

/// A recording to cut from.
pub struct Track<'a> {
    pub seconds: f64,
    pub level_db: &'a [f32],
}

/// What the edits of a clip may be.
pub struct Recipe<'a> {
    pub kinds: &'a [&'static str],
    pub count: usize,
    pub place: Option<&'static str>,
    pub seconds: f64,
    pub rate_hz: u32,
}

/// Room kept at the end of a recording for material of the same session, in seconds.
pub const RESERVE_S: f64 = 5.0;

/// A plan, if the draw gives one that fits.
pub fn plan(
    random: &mut Random,
    recipe: &Recipe,
    own: &Track,
    donor: Option<&Track>,
) -> Option<Plan> {
    let mut planner = Planner {
        plan: Plan::default(),
        rate: f64::from(recipe.rate_hz),
        made_s: 0.0,
        at_s: MARGIN_S + random.between(0.0, 0.7),
    };
    let end_s = own.seconds - RESERVE_S - MARGIN_S;
    for n in 0..recipe.count {
        let kind = recipe.kinds[random.below(recipe.kinds.len())];
        let place = recipe.place.unwrap_or_else(|| PLACES[random.below(PLACES.len())]);
        let left_s = recipe.seconds - planner.made_s;
        let share_s = left_s / (recipe.count - n + 1) as f64;
        let gap_s = (share_s * random.between(0.6, 1.3)).max(APART_S + 0.2);
        let from_s = planner.at_s + gap_s;
        let cut_s = point(random, own.level_db, (from_s, from_s + 1.5), place)?;
        planner.keep(cut_s);
        planner.edit(random, kind, place, own, donor, cut_s)?;
    }
    let rest_s = (recipe.seconds - planner.made_s).max(APART_S + 0.2);
    let last_s = planner.at_s + rest_s;
    planner.keep(last_s);
    (last_s < end_s).then_some(planner.plan)
}

struct Planner {
    plan: Plan,
    rate: f64,
    /// Length of the clip so far, in seconds.
    made_s: f64,
    /// Where in the own recording the next kept piece starts, in seconds.
    at_s: f64,
}

impl Planner {
    fn push(&mut self, origin: Origin, start_s: f64, length_s: f64) {
        self.plan.pieces.push(Piece {
            origin,
            start: (start_s * self.rate) as usize,
            frames: (length_s * self.rate) as usize,
            gain: 1.0,
            copied: false,
        });
        self.made_s += length_s;
    }

    /// Keeps the own recording up to `end_s`.
    fn keep(&mut self, end_s: f64) {
        self.push(Origin::Own, self.at_s, end_s - self.at_s);
        self.at_s = end_s;
    }

    fn edit(
        &mut self,
        random: &mut Random,
        kind: &'static str,
        place: &'static str,
        own: &Track,
        donor: Option<&Track>,
        cut_s: f64,
    ) -> Option<()> {
        let first = self.plan.pieces.len();
        let point = |random: &mut Random, low_s: f64, high_s: f64| {
            point(random, own.level_db, (low_s, high_s), place)
        };
        match kind {
            "deletion" => {
                let length_s = 0.15 * 20f64.powf(random.unit());
                self.at_s = point(random, cut_s + length_s, cut_s + length_s * 1.3 + 0.3)?;
            }
            "insertion" | "substitution" => {
                // From the part of the same session that the clip does not use.
                let low_s = own.seconds - RESERVE_S;
                let start_s = point(random, low_s, low_s + 2.0)?;
                let end_s = point(random, start_s + 0.4, own.seconds - MARGIN_S)?;
                self.push(Origin::Own, start_s, end_s - start_s);
                if kind == "substitution" {
                    let skip_s = (end_s - start_s) * random.between(0.7, 1.3);
                    self.at_s = point(random, cut_s + skip_s, cut_s + skip_s + 1.0)?;
                }
            }
            "insert_other" | "insert_tts" => {
                let donor = donor?;
                let high_s = (donor.seconds - MARGIN_S - 1.5).max(MARGIN_S);
                let place_in = |random: &mut Random, low: f64, high: f64| {
                    crate::placement::point(random, donor.level_db, (low, high), place)
                };
                let start_s = place_in(random, MARGIN_S, high_s)?;
                let last_s = (start_s + 5.0).min(donor.seconds - MARGIN_S);
                let end_s = place_in(random, start_s + 1.5, last_s)?;
                self.push(Origin::Donor, start_s, end_s - start_s);
                if random.chance(0.4) {
                    let skip_s = random.between(0.3, 3.0);
                    self.at_s = point(random, cut_s + skip_s, cut_s + skip_s + 1.0)?;
                }
            }
            "reorder" => {
                let middle_s = point(random, cut_s + APART_S, cut_s + 3.0)?;
                let end_s = point(random, middle_s + APART_S, middle_s + 3.0)?;
                self.push(Origin::Own, middle_s, end_s - middle_s);
                self.push(Origin::Own, cut_s, middle_s - cut_s);
                self.at_s = end_s;
            }
            "copy_move" => {
                let length_s = 0.3 + 1.7 * random.unit();
                let kept = |p: &&Piece| p.origin == Origin::Own && !p.copied;
                let low_s = self.plan.pieces.iter().rfind(kept)?.start as f64 / self.rate;
                // A piece kept before, in whole and two seconds away.
                let start_s = point(random, low_s, cut_s - 2.0 - length_s)?;
                self.push(Origin::Own, start_s, length_s);
                if let Some(piece) = self.plan.pieces.last_mut() {
                    piece.copied = true;
                }
                if random.chance(0.5) {
                    self.at_s = cut_s + length_s;
                }
            }
            "gain" => {
                let end_s = point(random, cut_s + 1.0, cut_s + 5.0)?;
                self.push(Origin::Own, cut_s, end_s - cut_s);
                let gain_db = random.sign() * random.between(2.0, 8.0);
                if let Some(piece) = self.plan.pieces.last_mut() {
                    piece.gain = 10f64.powf(gain_db / 20.0) as f32;
                }
                self.at_s = end_s;
            }
            _ => {
                let length_s = random.between(0.05, 0.5);
                self.push(Origin::Zeros, 0.0, length_s);
                // Put in between, or over what was there.
                if random.chance(0.5) {
                    self.at_s = cut_s + length_s;
                }
            }
        }
        let last = self.plan.pieces.len();
        self.plan.edits.push(Planned {
            kind,
            joints: (first..=last).collect(),
            inserted: last - first,
            placement: place,
        });
        Some(())
    }
}
