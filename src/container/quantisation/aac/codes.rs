//! Huffman codes of AAC (ISO/IEC 14496-3, 4.6.3 and annex 4.A).

use std::sync::LazyLock;

use crate::container::codes::{Codes, tables, tokens};

/// Size of a line behind whose code the size itself follows (4.6.3.3).
const ESCAPE: u32 = 16;

/// One code of a book of spectral lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Code {
    /// Its length in bits, with the signs of its lines where these stand behind it.
    pub(super) bits: u8,
    /// Sizes of the first two lines and of two more, in the upper and lower four bits; books of two lines have
    /// zeros for more.
    pub(super) pairs: [u8; 2],
    /// Whether the size of the first and of the second line follows; it is 0 in `pairs` then.
    pub(super) escapes: [bool; 2],
}

/// A code book of spectral lines.
pub(super) struct Book {
    codes: Codes<Code>,
    /// Lines that a code stands for, 4 or 2.
    pub(super) lines: u32,
}

impl Book {
    /// The code that `word` begins with.
    pub(super) fn at(&self, word: u32) -> Option<Code> {
        self.codes.at(word)
    }
}

/// A code of the steps from one scale factor to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    /// Its length in bits.
    pub(super) bits: u8,
    /// The step, -60 to 60.
    pub(super) step: i8,
}

/// Books of spectral lines, and the one of scale factors.
static TABLES: LazyLock<(Vec<Book>, Codes<Step>)> = LazyLock::new(|| {
    let (mut books, mut steps) = (Vec::new(), Codes::of(std::iter::empty()));
    for (name, text) in tables(include_str!("codes.txt")) {
        match name.parse() {
            Ok(number) => books.push(Book {
                codes: Codes::of(tokens(text).map(|token| code(number, token))),
                lines: if number <= 4 { 4 } else { 2 },
            }),
            Err(_) => steps = Codes::of(tokens(text).map(step)),
        }
    }
    (books, steps)
});

/// A code of book `number` and `length` bits from the digits of its sizes. Books 1, 2, 5 and 6 have signs in
/// their values, the others behind the code.
fn code(number: u32, (length, digits): (u32, &str)) -> (u32, Code) {
    let mut sizes = [0; 4];
    sizes.iter_mut().zip(digits.chars()).for_each(|(size, digit)| {
        *size = digit.to_digit(17).unwrap_or(0);
    });
    let is_signed = matches!(number, 1 | 2 | 5 | 6);
    let signs = if is_signed { 0 } else { sizes.iter().filter(|size| **size > 0).count() };
    let escapes = [sizes[0] == ESCAPE, sizes[1] == ESCAPE];
    let [a, b, c, d] = sizes.map(|size| if size == ESCAPE { 0 } else { size as u8 });
    (length, Code { bits: length as u8 + signs as u8, pairs: [a << 4 | b, c << 4 | d], escapes })
}

fn step((length, step): (u32, &str)) -> (u32, Step) {
    (length, Step { bits: length as u8, step: step.parse().unwrap_or(0) })
}

/// The book that sections give as `number`, 1 to 11.
pub(super) fn book(number: u32) -> Option<&'static Book> {
    TABLES.0.get((number as usize).checked_sub(1)?)
}

/// The step from one scale factor to the next that `word` begins with.
pub(super) fn scale_step(word: u32) -> Option<Step> {
    TABLES.1.at(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether no word of bits is left without a code, and none has two.
    fn is_complete(lengths: impl Iterator<Item = u32>) -> bool {
        lengths.map(|length| 1u64 << (32 - length)).sum::<u64>() == 1 << 32
    }

    #[test]
    fn books_hold_every_value_and_leave_no_code_over() {
        assert_eq!(TABLES.0.len(), 11);
        for (number, side, signed) in [
            (1, 2, true),
            (2, 2, true),
            (3, 3, false),
            (4, 3, false),
            (5, 5, true),
            (6, 5, true),
            (7, 8, false),
            (8, 8, false),
            (9, 13, false),
            (10, 13, false),
            (11, 17, false),
        ] {
            let book = book(number).unwrap();
            let sizes = |code: &Code| {
                let [one, two] = code.pairs;
                let [a, b, c, d] = [one >> 4, one & 15, two >> 4, two & 15].map(u32::from);
                let [x, y] = code.escapes.map(|escape| if escape { ESCAPE } else { 0 });
                [a + x, b + y, c, d]
            };
            let signs = |code: &Code| sizes(code).iter().filter(|size| **size > 0).count() as u32;
            let codes = book.codes.values();
            let length = |code: &Code| u32::from(code.bits) - if signed { 0 } else { signs(code) };
            assert!(is_complete(codes.iter().map(length)), "{number}");
            // With signs in the values, each size but 0 occurs with both.
            let mut seen: Vec<([u32; 4], usize)> = Vec::new();
            for sizes in codes.iter().map(sizes) {
                match seen.iter_mut().find(|(known, _)| *known == sizes) {
                    Some((_, count)) => *count += 1,
                    None => seen.push((sizes, 1)),
                }
            }
            assert_eq!(seen.len(), (side as usize).pow(book.lines), "{number}");
            for (sizes, count) in seen {
                let signs = sizes.iter().filter(|size| **size > 0).count();
                assert_eq!(count, if signed { 1 << signs } else { 1 }, "{number} {sizes:?}");
                assert!(sizes.iter().all(|size| *size < side), "{number} {sizes:?}");
            }
        }
    }

    #[test]
    fn every_step_of_scale_factors_has_a_code() {
        let codes = TABLES.1.values();
        assert!(is_complete(codes.iter().map(|code| u32::from(code.bits))));
        let mut steps: Vec<i8> = codes.iter().map(|code| code.step).collect();
        steps.sort_unstable();
        assert_eq!(steps, (-60..=60).collect::<Vec<_>>());
        assert_eq!(scale_step(0), Some(Step { bits: 1, step: 0 }));
        assert_eq!(scale_step(0b100 << 29), Some(Step { bits: 3, step: -1 }));
        assert_eq!((book(0).is_some(), book(12).is_some()), (false, false));
    }
}
