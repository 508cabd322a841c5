//! Which words of a clip are indexed, and under what.

use crate::fingerprint::quietness;
use crate::measures::fingerprint::Fingerprint;

/// Words from one that is indexed to the next: 32 ms. A query asks for every word, so that none of its
/// places falls between.
const STRIDE: usize = 2;

/// Bits of a key.
pub(crate) const KEY_BITS: u32 = 24;

/// Bits of the word that make the key, the highest of the key first. Every other band comes first, since
/// neighbouring bits share a band and err together.
const KEY: [u8; KEY_BITS as usize] =
    [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 2, 6, 10, 14, 18, 22, 26, 4, 12, 20];

/// Nearness to the clip's background from which a word is a pause and not indexed, 0..=255.
pub(crate) const PAUSE: u8 = 128;

/// Least width of a directory, in bits: 64 kB, so that chance finds little in a small archive.
const NARROWEST: u32 = 14;

/// Postings of a bucket for each that a bucket has on average, at most.
const CROWD: usize = 16;

/// The bits of a word that it is looked up by.
pub(crate) fn key(word: u32) -> u32 {
    KEY.iter().fold(0, |key, bit| key << 1 | (word >> bit & 1))
}

/// Bits of the word that make the highest `width` bits of the key, the highest first.
pub(crate) fn key_bits(width: u32) -> &'static [u8] {
    &KEY[..width.min(KEY_BITS) as usize]
}

/// Bucket of a key in a directory of this width.
pub(crate) fn bucket(key: u32, width: u32) -> usize {
    (key >> (KEY_BITS - width.min(KEY_BITS))) as usize
}

/// Width of the directory over this many postings, in bits: four to eight postings a bucket where there
/// are many, so that the directory adds at most a byte to each.
pub(super) fn directory_width(postings: usize) -> u32 {
    (postings / 4).max(1).ilog2().clamp(NARROWEST, KEY_BITS)
}

/// Postings that a bucket keeps: 16 times the average and at least 64. Of a fuller one those are kept
/// that lie evenly in the order of positions.
pub(super) fn bucket_limit(postings: usize, width: u32) -> usize {
    (CROWD * (postings >> width)).max(64)
}

/// Numbers of the words of a clip that are indexed: every second one outside of pauses, silence, tones
/// and hums.
pub(super) fn indexed(fingerprint: &Fingerprint) -> Vec<usize> {
    let (depths, still) = fingerprint.depths_and_still();
    let (quiet, _) = quietness(&depths);
    let says = |n: &usize| quiet[*n] < PAUSE && !still[*n];
    (0..fingerprint.words.len()).step_by(STRIDE).filter(says).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_takes_each_bit_once() {
        let mut bits = KEY.to_vec();
        bits.sort_unstable();
        bits.dedup();
        assert_eq!(bits.len(), KEY.len());
        assert_eq!(key(1 << KEY[0]), 1 << 23);
        assert_eq!(bucket(key(1 << KEY[13]), NARROWEST), 1);
        assert_eq!(key(u32::MAX), (1 << 24) - 1);
    }

    #[test]
    fn a_directory_adds_at_most_a_byte_to_a_posting() {
        for postings in [1 << 16, 100_000, 112_500, 10_000_000, 1 << 27] {
            let width = directory_width(postings);
            assert!(4 * (1 << width) <= postings, "{postings}");
        }
        assert_eq!(directory_width(0), NARROWEST);
        assert_eq!(bucket_limit(0, NARROWEST), 64);
    }
}
