//! Cuts made into a clip's own samples at random places.

/// How the two ends of a cut are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joint {
    /// One sample after the other.
    Butt,
    /// Under a cross-fade of 10 ms.
    CrossFade,
}

impl Joint {
    /// The words documents carry.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Butt => "butt",
            Self::CrossFade => "cross-fade 10 ms",
        }
    }
}

/// Where a piece is cut out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// Both ends lie in speech or other sound.
    Speech,
    /// Both ends lie in pauses.
    Pause,
}

impl Placement {
    /// The words documents carry.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Speech => "in speech",
            Self::Pause => "in a pause",
        }
    }
}

/// Length of a cross-fade, in seconds.
const FADE_S: f64 = 0.01;

/// Shortest and longest piece cut out, in seconds.
const PIECE_S: (f64, f64) = (0.2, 1.5);

/// Distance of a cut from the next one and from the ends, in seconds.
const APART_S: f64 = 3.0;

/// Places tried for each cut.
const TRIES: u32 = 60;

/// A generator of random numbers (Vigna 2015, splitmix64), the same for the same file.
pub(super) struct Draw(u64);

impl Draw {
    /// Seeded by a file's hash in hexadecimal.
    pub(super) fn from_hash(hash: &str) -> Self {
        Self(hash.bytes().fold(0, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into())))
    }

    /// A number from `low` on and below `high`.
    fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let share = ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64;
        low + share * (high - low)
    }
}

/// `sound` with pieces cut out, and the joints' times in it, in seconds. `is_pause` tells whether
/// everything within a distance of a time is a pause. Empty times if no place fits.
pub(super) fn cut_out(
    sound: &[Vec<f32>],
    rate: f64,
    joint: Joint,
    placement: Placement,
    is_pause: impl Fn(f64, f64) -> bool,
    draw: &mut Draw,
) -> (Vec<Vec<f32>>, Vec<f64>) {
    let frames = sound.first().map_or(0, Vec::len);
    let whole_s = frames as f64 / rate;
    let fits = |time_s: f64| match placement {
        Placement::Speech => !is_pause(time_s, 0.0),
        Placement::Pause => is_pause(time_s, 0.02),
    };
    let mut cuts: Vec<(usize, usize)> = Vec::new();
    let mut earliest_s = APART_S;
    loop {
        let mut found = None;
        for _ in 0..TRIES {
            let start_s = draw.between(earliest_s, earliest_s + APART_S);
            let end_s = start_s + draw.between(PIECE_S.0, PIECE_S.1);
            if end_s + APART_S < whole_s && fits(start_s) && fits(end_s) {
                found = Some((start_s, end_s));
                break;
            }
        }
        match found {
            Some((start_s, end_s)) => {
                cuts.push(((start_s * rate) as usize, (end_s * rate) as usize));
                earliest_s = end_s + APART_S;
            }
            None => earliest_s += APART_S,
        }
        if earliest_s + APART_S >= whole_s {
            break;
        }
    }
    let fade = match joint {
        Joint::Butt => 0,
        Joint::CrossFade => (FADE_S * rate) as usize,
    };
    let edited: Vec<Vec<f32>> = sound.iter().map(|channel| without(channel, &cuts, fade)).collect();
    let mut removed = 0;
    let mut joints_s = Vec::new();
    for (start, end) in &cuts {
        joints_s.push((start - removed + fade / 2) as f64 / rate);
        removed += end - start;
    }
    (edited, joints_s)
}

/// A channel without the pieces; over `fade` samples what follows a piece's start goes over into what
/// follows its end.
fn without(channel: &[f32], cuts: &[(usize, usize)], fade: usize) -> Vec<f32> {
    let mut out = Vec::with_capacity(channel.len());
    let mut from = 0;
    for &(start, end) in cuts {
        out.extend_from_slice(channel.get(from..start).unwrap_or(&[]));
        for n in 0..fade {
            let share = (n as f32 + 0.5) / fade as f32;
            let at = |index: usize| channel.get(index).copied().unwrap_or(0.0);
            out.push(at(start + n) * (1.0 - share) + at(end + n) * share);
        }
        from = end + fade;
    }
    out.extend_from_slice(channel.get(from..).unwrap_or(&[]));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_missing_where_it_says() {
        let ramp: Vec<f32> = (0..40_000).map(|n| n as f32).collect();
        for (joint, reach) in [(Joint::Butt, 1), (Joint::CrossFade, 6)] {
            let mut draw = Draw::from_hash("ab12");
            let sound = std::slice::from_ref(&ramp);
            let (out, joints) =
                cut_out(sound, 1000.0, joint, Placement::Speech, |_, _| false, &mut draw);
            assert!(joints.len() >= 5, "{joints:?}");
            let steps: Vec<usize> =
                (1..out[0].len()).filter(|&n| out[0][n] - out[0][n - 1] > 1.5).collect();
            for joint_s in joints {
                let at = (joint_s * 1000.0) as usize;
                assert!(steps.iter().any(|s| s.abs_diff(at) <= reach), "{at} {steps:?}");
            }
        }
    }

    #[test]
    fn nowhere_to_cut() {
        let mut draw = Draw::from_hash("");
        let silent = [vec![0.0; 20_000]];
        let (out, joints) =
            cut_out(&silent, 1000.0, Joint::Butt, Placement::Pause, |_, _| false, &mut draw);
        assert!(joints.is_empty() && out[0].len() == 20_000);
        let none = cut_out(&[], 1000.0, Joint::Butt, Placement::Speech, |_, _| false, &mut draw);
        assert!(none.1.is_empty());
    }
}
