//! Both recordings as one line of cells each, for terminals.

use crate::report::comparison::wording::duration_s;
use crate::report::comparison::{ComparisonDocument, EditKind};

/// A part that the other recording does not have.
const APART: char = '.';
/// A part of B that is missing between two stretches of A.
const MISSING: char = '-';
/// A part of B that A uses more than once.
const AGAIN: char = '+';

/// A line for each recording, of one cell per character, and what the signs on them mean.
#[derive(Debug, PartialEq)]
pub(crate) struct TextMap {
    pub(crate) a: String,
    pub(crate) b: String,
    pub(crate) legend: Vec<&'static str>,
}

/// Sign of a segment counted from 0: a digit from 1, then a letter, then `#`.
pub(crate) fn sign(index: usize) -> char {
    char::from(*b"123456789abcdefghijklmnopqrstuvwxyz".get(index).unwrap_or(&b'#'))
}

/// The map at `width` cells a line; `None` without a segment or a duration.
pub(crate) fn text_map(document: &ComparisonDocument, width: usize) -> Option<TextMap> {
    let (a_s, b_s) = (duration_s(&document.a), duration_s(&document.b));
    if document.segments.is_empty() || a_s <= 0.0 || b_s <= 0.0 || width == 0 {
        return None;
    }
    let (mut a, mut b) = (vec![APART; width], vec![APART; width]);
    for (index, segment) in document.segments.iter().enumerate() {
        for cell in cells(segment.a_start_s, segment.a_end_s, a_s, width) {
            a[cell] = sign(index);
        }
        for cell in cells(segment.b_start_s, segment.b_end_s, b_s, width) {
            b[cell] = if b[cell] == APART { sign(index) } else { AGAIN };
        }
    }
    for edit in &document.edits {
        if matches!(edit.kind, EditKind::Insertion | EditKind::Replacement) {
            cells(edit.a_start_s, edit.a_end_s, a_s, width).for_each(|cell| a[cell] = APART);
        }
        let (Some(start_s), Some(end_s)) = (edit.b_start_s, edit.b_end_s) else { continue };
        if matches!(edit.kind, EditKind::Deletion | EditKind::Replacement) {
            cells(start_s, end_s, b_s, width).for_each(|cell| b[cell] = MISSING);
        }
    }
    let mut legend = vec!["a sign for each segment"];
    let has = |sign| a.contains(&sign) || b.contains(&sign);
    legend.extend(has(APART).then_some(". not in the other"));
    legend.extend(has(MISSING).then_some("- missing between two segments"));
    legend.extend(has(AGAIN).then_some("+ used more than once"));
    Some(TextMap { a: a.into_iter().collect(), b: b.into_iter().collect(), legend })
}

/// Cells whose middle lies in the stretch, or the one around its middle if there are none.
fn cells(start_s: f64, end_s: f64, whole_s: f64, width: usize) -> std::ops::Range<usize> {
    let place = |time_s: f64| (time_s / whole_s * width as f64).clamp(0.0, width as f64);
    // The middle of cell i is at i + 0.5.
    let (first, end) = ((place(start_s) - 0.5).ceil(), (place(end_s) - 0.5).ceil());
    if end > first {
        return first as usize..end as usize;
    }
    let middle = (place(f64::midpoint(start_s, end_s)) as usize).min(width - 1);
    middle..middle + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::comparison::sample;

    #[test]
    fn cells_follow_the_middle_and_are_never_none() {
        assert_eq!(cells(0.0, 10.0, 10.0, 10), 0..10);
        assert_eq!(cells(0.4, 2.6, 10.0, 10), 0..3);
        assert_eq!(cells(0.6, 2.4, 10.0, 10), 1..2);
        assert_eq!(cells(4.7, 4.8, 10.0, 10), 4..5);
        assert_eq!(cells(9.9, 99.0, 10.0, 10), 9..10);
    }

    #[test]
    fn both_lines_show_what_is_shared_missing_and_used_again() {
        let map = text_map(&sample::found().document, 64).unwrap();
        assert_eq!(map.a.len(), 64);
        assert_eq!(map.a, "1111111111111111222222222222......33333333333....4444444444.....");
        assert_eq!(map.b, ".....111++++++1---22222222---.....................33333333......");
        assert_eq!(map.legend.len(), 4);
    }

    #[test]
    fn without_segments_there_is_no_map() {
        assert_eq!(text_map(&sample::not_found().document, 72), None);
        assert_eq!(text_map(&sample::unreadable().document, 72), None);
    }

    #[test]
    fn signs_go_on_after_the_digits() {
        assert_eq!((sign(0), sign(9), sign(34), sign(35)), ('1', 'a', 'z', '#'));
    }
}
