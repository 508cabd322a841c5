//! AMR frame types: speech modes, and where discontinuous transmission puts comfort noise.
//!
//! At the end of speech stands a first silence descriptor; an update follows after three frames,
//! and then one every eight (3GPP TS 26.093 and 26.193, 5.1). Frames between carry no data.

use super::Seen;
use super::steady::Steady;
use crate::container::continuity::BreakKind;

/// Frames between the first silence descriptor and the first update.
const FIRST_UPDATE: u32 = 3;

/// Frames between updates.
const UPDATE: u32 = 8;

/// Frame type for "no data".
const NO_DATA: u8 = 15;

/// Frames of one speech mode that make it the stream's own: two seconds.
const LONG: u32 = 100;

/// What is kept from frame to frame.
#[derive(Debug)]
pub(super) struct Watch {
    /// Frame type of a silence descriptor.
    sid: u8,
    state: State,
    mode: Steady,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing is known yet, or the last place was out of turn.
    Start,
    Speech,
    /// In comfort noise: frames since the last descriptor, and whether that was the first one.
    Noise {
        since: u32,
        first: bool,
    },
}

impl Watch {
    /// A watch over narrow-band or wide-band frames.
    pub(super) fn new(wide: bool) -> Self {
        Self { sid: if wide { 9 } else { 8 }, state: State::Start, mode: Steady::default() }
    }

    /// Looks at a frame in storage format that is decoded at `time_s`.
    pub(super) fn packet(&mut self, data: &[u8], time_s: f64) -> Seen {
        let frame_type = data.first()? >> 3 & 15;
        let (next, in_turn) = match (self.state, frame_type) {
            (state, t) if t == self.sid => match state {
                State::Noise { since, first } => {
                    let wanted = if first { FIRST_UPDATE } else { UPDATE };
                    (State::Noise { since: 0, first: false }, since + 1 == wanted)
                }
                State::Speech => (State::Noise { since: 0, first: true }, true),
                // Whether this one is the first cannot be known: either distance may follow.
                State::Start => (State::Start, true),
            },
            (State::Noise { since, first }, NO_DATA) => {
                let since = since + 1;
                (State::Noise { since, first }, since < if first { FIRST_UPDATE } else { UPDATE })
            }
            (State::Start, NO_DATA) => (State::Start, true),
            (State::Speech, NO_DATA) => (State::Start, false),
            _ => (State::Speech, true),
        };
        self.state = next;
        if !in_turn {
            self.state = State::Start;
            return Some((BreakKind::ComfortNoise, f64::from(frame_type), None));
        }
        if frame_type >= self.sid {
            return None;
        }
        let (mode, since_s) = self.mode.next(u32::from(frame_type), time_s, LONG)?;
        Some((BreakKind::SpeechMode, f64::from(mode), Some(since_s)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Indices of the frames at which something was seen.
    fn run(types: &[u8]) -> Vec<usize> {
        let mut watch = Watch::new(false);
        (0..types.len())
            .filter(|i| watch.packet(&[types[*i] << 3 | 4], *i as f64).is_some())
            .collect()
    }

    fn noise() -> Vec<u8> {
        let updates = [vec![15; 7], vec![8]].concat().repeat(3);
        [vec![7; 20], vec![8, 15, 15, 8], updates].concat()
    }

    #[test]
    fn regular_comfort_noise_is_in_turn() {
        assert!(run(&[noise(), noise(), vec![7; 5]].concat()).is_empty());
        assert!(run(&noise()[22..]).is_empty());
        assert!(run(&[]).is_empty());
    }

    #[test]
    fn frames_that_are_missing_are_seen() {
        let mut types = noise();
        // The descriptor that follows on the one at frame 23 is among those that are missing.
        types.drain(30..33);
        assert_eq!(run(&types), [23 + 8]);
        assert_eq!(run(&[vec![7; 20], vec![15; 3], vec![7; 9]].concat()), [20]);
        assert_eq!(run(&[noise(), vec![15; 9]].concat()), [noise().len() + 7]);
    }

    #[test]
    fn a_mode_that_stays_another_is_seen_once() {
        let mut watch = Watch::new(false);
        let types = [vec![7u8; 150], vec![5; 150]].concat();
        let seen: Vec<_> =
            (0..300).filter_map(|i| watch.packet(&[types[i] << 3], i as f64)).collect();
        assert_eq!(seen, [(BreakKind::SpeechMode, 5.0, Some(150.0))]);
    }
}
