//! Breaks that sample tables and edit lists show: odd durations, gaps in the media, jumps.

use super::edits::{Clocks, Edits};
use super::rows::Times;
use crate::container::continuity::{BreakKind, Mark, Place, Walked};
use crate::container::{PacketEntry, Packets};

/// Places of one kind that still stand out. With more of them they are the writer's habit.
const MOST: usize = 8;

/// Packets for each of which one odd duration may be there: recorders that store measured times
/// have many.
const PACKETS_PER_ODD: u64 = 200;

/// Fraction of the usual duration by which an odd one must differ; clocks round by less.
const ODD_PART: f64 = 0.02;

/// Packets whose declared duration is not the usual one, other than the first and the last.
pub(super) fn odd_durations(times: &Times, walked: &mut Walked) {
    let rows = || (0..times.0.len()).filter_map(|i| times.0.word(i, 0).zip(times.0.word(i, 1)));
    let total: u64 = rows().map(|(count, _)| u64::from(count)).sum();
    let Some((usual_count, usual)) = rows().max_by_key(|(count, _)| *count) else { return };
    // Writers with a coarse clock take turns between two durations.
    if u64::from(usual_count) * 2 < total && rows().count() > MOST {
        return;
    }
    let is_odd =
        |delta: u32| f64::from(delta.abs_diff(usual)) > (f64::from(usual) * ODD_PART).max(2.0);
    let mut marks = Vec::new();
    let (mut sample, mut odd) = (0u64, 0u64);
    for (count, delta) in rows() {
        let next = sample + u64::from(count);
        if is_odd(delta) && sample > 0 && next < total {
            odd += u64::from(count);
            if marks.len() <= MOST {
                let kind = BreakKind::PacketDelta;
                marks.push(Mark::before(next, kind, f64::from(delta), None));
            }
        }
        sample = next;
    }
    if marks.len() <= MOST && odd.saturating_mul(PACKETS_PER_ODD) <= total {
        marks.into_iter().for_each(|mark| walked.push(mark));
    }
}

/// Packets that do not lie behind one another, in a file whose media box holds nothing else.
pub(super) fn gaps(packets: &Packets, walked: &mut Walked) {
    let Packets::Table(entries) = packets else { return };
    let step = |pair: &[PacketEntry]| {
        pair[1].offset as i64 - (pair[0].offset as i64).saturating_add(i64::from(pair[0].len))
    };
    let found: Vec<(u64, i64, u64)> = (1u64..)
        .zip(entries.windows(2))
        .map(|(i, pair)| (i, step(pair), pair[1].offset))
        .filter(|(_, step, _)| *step != 0)
        .take(MOST + 1)
        .collect();
    if found.len() <= MOST {
        for (packet, step, at) in found {
            walked.push(Mark::before(packet, BreakKind::MediaGap, step as f64, Some(at)));
        }
    }
}

/// Places at which the edit list goes on somewhere else in the media.
pub(super) fn edit_steps(edits: &Edits, clocks: &Clocks, walked: &mut Walked) {
    let media_s = |ticks: u64| ticks as f64 / f64::from(clocks.media.max(1));
    let movie_tick_s = 1.0 / f64::from(clocks.movie.max(1));
    for pair in edits.segments.windows(2) {
        let end_s = media_s(pair[0].0) + pair[0].1 as f64 * movie_tick_s;
        let step_s = media_s(pair[1].0) - end_s;
        // Both ends are rounded to the clock of the movie, and players to whole packets.
        if step_s.abs() > 2.0 * movie_tick_s + 0.002 {
            let (kind, place) = (BreakKind::EditList, Place::MediaS(end_s));
            walked.push(Mark { place, kind, value: step_s, offset: None });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::Rows;
    use super::*;

    fn odd(rows: &[(u32, u32)]) -> Vec<(Place, f64)> {
        let bytes =
            rows.iter().flat_map(|r| [r.0.to_be_bytes(), r.1.to_be_bytes()].concat()).collect();
        let mut walked = Walked::default();
        odd_durations(&Times(Rows::of(bytes, 8)), &mut walked);
        walked.marks.iter().map(|mark| (mark.place, mark.value)).collect()
    }

    #[test]
    fn an_odd_duration_inside_is_a_break() {
        let found = odd(&[(300, 1024), (1, 400), (300, 1024), (1, 77)]);
        assert_eq!(found, [(Place::Packet(301), 400.0)]);
        assert!(odd(&[(1, 3), (300, 1024)]).is_empty());
        assert!(odd(&[(50, 23), (50, 24), (50, 23), (50, 24)]).is_empty());
        assert!(odd(&[(9, 1024), (1, 2000)].repeat(30)).is_empty());
        assert!(odd(&[]).is_empty());
    }

    #[test]
    fn bytes_left_out_and_packets_moved() {
        let entry = |offset| PacketEntry { offset, len: 10 };
        let found = |offsets: &[u64]| {
            let mut walked = Walked::default();
            gaps(&Packets::Table(offsets.iter().map(|o| entry(*o)).collect()), &mut walked);
            walked.marks.iter().map(|mark| (mark.place, mark.value)).collect::<Vec<_>>()
        };
        assert!(found(&[0, 10, 20]).is_empty() && found(&[]).is_empty());
        let expected = [(Place::Packet(1), 40.0), (Place::Packet(2), -40.0)];
        assert_eq!(found(&[0, 50, 20]), expected);
        assert!(found(&(0..40).map(|i| i * 20).collect::<Vec<_>>()).is_empty());
    }

    #[test]
    fn jumps_of_an_edit_list() {
        let clocks = Clocks { movie: 1000, media: 48_000, sample_rate_hz: 48_000, media_ticks: 0 };
        let segments = vec![(48_000, 2_000), (144_000, 1_000), (384_000, 500)];
        let edits = Edits { segments, ..Edits::default() };
        let mut walked = Walked::default();
        edit_steps(&edits, &clocks, &mut walked);
        let found: Vec<_> = walked.marks.iter().map(|mark| (mark.place, mark.value)).collect();
        assert_eq!(found, [(Place::MediaS(4.0), 4.0)]);
    }
}
