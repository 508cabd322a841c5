//! Huffman codes of MPEG layer 3 (ISO/IEC 11172-3, 2.4.2.7 and tables 3-B.7).

use std::sync::LazyLock;

use crate::container::codes::{Codes, tables, tokens};

/// One code of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Code {
    /// Its length in bits, with the signs of its lines, which stand behind it.
    pub(super) bits: u8,
    /// What it stands for: sizes of a pair of lines, the first in the upper four bits, or four lines of size
    /// 1 or 0, one bit each.
    pub(super) values: u8,
}

/// Every table: those of pairs by the number that side information gives, then the two of four lines.
static TABLES: LazyLock<[Codes<Code>; 34]> = LazyLock::new(|| {
    let mut texts = [""; 34];
    for (name, codes) in tables(include_str!("layer3_codes.txt")) {
        let numbers = match name {
            "A" => 32..33,
            "B" => 33..34,
            // These have the same codes, with more and more bits behind the largest size.
            "16" => 16..24,
            "24" => 24..32,
            number => number.parse().map_or(0..0, |n: usize| n..n + 1),
        };
        texts[numbers].fill(codes);
    }
    texts.map(|text| Codes::of(tokens(text).map(code)))
});

/// A code of `length` bits from the digits of its values.
fn code((length, digits): (u32, &str)) -> (u32, Code) {
    let values = u8::from_str_radix(digits, 16).unwrap_or(0);
    // Four lines have one digit, pairs have two.
    let signs = if digits.len() == 1 {
        values.count_ones()
    } else {
        u32::from(values > 15) + u32::from(values & 15 > 0)
    };
    (length, Code { bits: (length + signs) as u8, values })
}

/// The table of pairs that side information gives as `number`; one without codes for 0, 4 and 14.
pub(super) fn pairs(number: u32) -> &'static Codes<Code> {
    &TABLES[(number & 31) as usize]
}

/// The table of four lines that side information gives as `number`, 0 or 1.
pub(super) fn fours(number: u32) -> &'static Codes<Code> {
    &TABLES[32 + (number & 1) as usize]
}

/// Bits behind the size 15 in a table of pairs (2.4.2.7, `linbits`).
pub(super) fn further_bits(number: u32) -> u32 {
    match number {
        16..=23 => [1, 2, 3, 4, 6, 8, 10, 13][number as usize - 16],
        24..=31 => [4, 5, 6, 7, 8, 9, 11, 13][number as usize - 24],
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs(values: u8, fours: bool) -> u32 {
        let pair = || u32::from(values > 15) + u32::from(values & 15 > 0);
        if fours { values.count_ones() } else { pair() }
    }

    #[test]
    fn every_table_holds_each_value_once_and_leaves_no_code_over() {
        for (number, table) in TABLES.iter().enumerate() {
            let side = match number {
                0 | 4 | 14 => 0,
                1 => 2,
                2 | 3 => 3,
                5 | 6 => 4,
                7..=9 => 6,
                10..=12 => 8,
                32 | 33 => 4,
                _ => 16,
            };
            let mut values: Vec<u8> = table.values().iter().map(|code| code.values).collect();
            values.sort_unstable();
            let fours = number >= 32;
            let expected =
                (0..side).flat_map(|x| (0..side).map(move |y| x << if fours { 2 } else { 4 } | y));
            assert_eq!(values, expected.collect::<Vec<u8>>(), "{number}");
            // The last code is all ones: none is over.
            let length = |code: &Code| u32::from(code.bits) - signs(code.values, fours);
            let lengths: Vec<u32> = table.values().iter().map(length).collect();
            let taken: u64 = lengths.iter().map(|length| 1u64 << (32 - length)).sum();
            assert_eq!(taken, if side == 0 { 0 } else { 1 << 32 }, "{number}");
            assert!(lengths.iter().all(|length| (1..=19).contains(length)));
        }
    }

    #[test]
    fn codes_are_found_by_their_bits() {
        // The standard's first and last codes of table 1, and a longest of table 13, with their signs.
        assert_eq!(pairs(1).at(0b000 << 29), Some(Code { bits: 3 + 2, values: 0x11 }));
        assert_eq!(pairs(1).at(u32::MAX), Some(Code { bits: 1, values: 0 }));
        assert_eq!(pairs(13).at(0b1 << 13), Some(Code { bits: 19 + 2, values: 0xfc }));
        assert_eq!(fours(1).at(0b0101 << 28), Some(Code { bits: 4 + 2, values: 0b1010 }));
        assert_eq!((pairs(0).at(7), pairs(4).at(7), further_bits(23)), (None, None, 13));
    }
}
