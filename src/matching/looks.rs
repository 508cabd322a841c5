//! In what order an archive is asked for a window: what finds most clips at least cost comes first.
//!
//! In a short archive every word and many near ones are looked up at all speeds at once. In one of
//! thousands of hours that means most of the index. Clips that kept their speed and went through common codecs
//! are found by their words alone, so that costlier looks are spared as soon as a recording is found.

use std::ops::Range;

use super::windows::SPEEDS;

/// Words of an archive in which there is one look for all: 149 hours.
const SHORT: usize = 1 << 25;

/// Probes of a whole clip in an archive of up to [`SHORT`] words, about; in a longer one, in that many.
const PROBES: usize = 4_000_000;

/// Words that are looked up in place of one, at least and at most.
const NEAR_WORDS: (usize, usize) = (6, 128);

/// Places that are checked for a window in one look for all, at most.
const PLACES: usize = 250;

/// Places that are checked after one of several looks, at most.
const PLACES_OF_ONE: usize = 40;

/// One look at an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Look {
    /// Views of the window whose words are looked up.
    pub(super) views: Range<usize>,
    /// Words that are looked up in place of one, itself among them.
    pub(super) near_words: usize,
    /// Places that are checked, at most.
    pub(super) places: usize,
}

/// Looks for a window of this many rows, one of `windows` of its clip, at an archive of this many words.
pub(super) fn of(rows: usize, words: usize, windows: usize) -> Vec<Look> {
    let views = SPEEDS.len();
    let rows = rows * views;
    let room = PROBES / (windows * rows * words.div_ceil(SHORT)).max(1);
    let near_words = room.clamp(NEAR_WORDS.0, NEAR_WORDS.1);
    if words <= SHORT {
        return vec![Look { views: 0..views, near_words, places: PLACES }];
    }
    let look = |views, near_words| Look { views, near_words, places: PLACES_OF_ONE };
    let mut looks = vec![look(0..1, 1), look(1..views, 1)];
    looks.extend((0..views).map(|view| look(view..view + 1, near_words)));
    looks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_archive_has_one_look_for_all() {
        let looks = of(600, SHORT, 1);
        assert_eq!(looks, [Look { views: 0..7, near_words: NEAR_WORDS.1, places: PLACES }]);
        assert_eq!(of(600, SHORT, 24)[0].near_words, 39);
    }

    #[test]
    fn a_long_archive_is_asked_in_every_way_at_last() {
        let looks = of(600, 100 * SHORT, 1);
        assert_eq!((looks[0].views.clone(), looks[0].near_words), (0..1, 1));
        for near_words in [1, 9] {
            let of_these = looks.iter().filter(|look| look.near_words == near_words);
            let views: Vec<usize> = of_these.flat_map(|look| look.views.clone()).collect();
            assert_eq!(views, [0, 1, 2, 3, 4, 5, 6]);
        }
    }
}
