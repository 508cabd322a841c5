//! Where in speech a cut may lie.

use crate::random::Random;
use crate::session::LEVEL_STEP_S;

/// Kinds of place, by the level of the voice alone.
pub const PLACES: [&str; 3] = ["word", "boundary", "pause"];

/// Steps to each side that decide.
const REACH: usize = 3;

/// Level above which a voice is inside a word, in dB of its loud parts.
const WORD_DB: f32 = -18.0;

/// Level below which it pauses.
const PAUSE_DB: f32 = -32.0;

/// The place around step `n`; none if it is none of the three.
fn place(level_db: &[f32], n: usize) -> Option<&'static str> {
    let around = level_db.get(n.checked_sub(REACH)?..=n + REACH)?;
    let low = around.iter().fold(f32::INFINITY, |low, &l| low.min(l));
    let high = around.iter().fold(f32::NEG_INFINITY, |high, &l| high.max(l));
    if low > WORD_DB {
        Some("word")
    } else if high < PAUSE_DB {
        Some("pause")
    } else if high > WORD_DB - 4.0 && low < PAUSE_DB + 4.0 {
        Some("boundary")
    } else {
        None
    }
}

/// A moment within `low_s..high_s` at a place of the given kind; none if there is none.
pub fn point(
    random: &mut Random,
    level_db: &[f32],
    (low_s, high_s): (f64, f64),
    kind: &str,
) -> Option<f64> {
    let first = (low_s / LEVEL_STEP_S).ceil().max(0.0) as usize;
    let last = (high_s / LEVEL_STEP_S).floor().max(0.0) as usize;
    let fitting: Vec<usize> = (first..last).filter(|&n| place(level_db, n) == Some(kind)).collect();
    let n = fitting.get(random.below(fitting.len()))?;
    Some((*n as f64 + random.unit()) * LEVEL_STEP_S)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_follow_the_level() {
        let mut level_db = vec![-5.0f32; 20];
        level_db.extend([-60.0; 20]);
        assert_eq!(place(&level_db, 10), Some("word"));
        assert_eq!(place(&level_db, 20), Some("boundary"));
        assert_eq!(place(&level_db, 30), Some("pause"));
        assert_eq!(place(&level_db, 0), None);
        let at = point(&mut Random::named(1, "x"), &level_db, (0.0, 0.4), "pause").unwrap();
        assert!((0.23..0.37).contains(&at));
        assert_eq!(point(&mut Random::named(1, "x"), &[], (0.0, 0.4), "word"), None);
    }
}
