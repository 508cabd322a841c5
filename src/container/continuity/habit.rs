//! Breaks that are none where an encoder makes them all the time.

use super::{MAX_MARKS, Mark};

/// Frames for each break of a kind up to which they are not the encoder's habit. Chosen, not measured: in
/// uncut files of LAME there were none, in those of one other encoder a gap behind every frame.
const FRAMES_PER_BREAK: u64 = 200;

/// Breaks of a kind that are no habit in however few frames.
const FEW_BREAKS: u64 = 5;

/// Breaks of a kind that some encoders make everywhere, such as data of their own behind every frame's.
#[derive(Default)]
pub(super) struct Habit {
    /// As many as can be marked.
    marks: Vec<Mark>,
    count: u64,
}

impl Habit {
    /// Adds a break.
    pub(super) fn push(&mut self, mark: Mark) {
        self.count += 1;
        if self.marks.len() < MAX_MARKS {
            self.marks.push(mark);
        }
    }

    /// The breaks, unless they are the habit of a stream of this many packets.
    pub(super) fn breaks(self, packets: u64) -> Vec<Mark> {
        let few = FEW_BREAKS.max(packets / FRAMES_PER_BREAK);
        if self.count <= few { self.marks } else { Vec::new() }
    }
}
