//! The table of clips in a segment.

use crate::decode::Source;

/// Bytes of an entry without its path.
const FIXED: usize = 8 + 4 + 4 + 8 + 32 + 32 + 4;

/// Bytes of a path that are kept.
const LONGEST_PATH: usize = 4096;

/// One clip of an archive.
#[derive(Debug, Clone, PartialEq)]
pub struct ArchivedClip {
    /// Its number in the archive; never given again.
    pub id: u64,
    /// Where the file lay when it was added. What of the name is no UTF-8 is replaced.
    pub path: String,
    /// Length, in seconds.
    pub duration_s: f64,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
    /// SHA-256 of the decoded samples, by which a clip is known again.
    pub pcm_sha256: [u8; 32],
    /// Number of its words, one per 16 ms.
    pub words: u32,
    /// Its first word among those of the segment.
    pub(super) first_word: u32,
}

impl ArchivedClip {
    /// A clip that is not in a segment yet; `None` if the source's hashes are none.
    pub(super) fn new(source: &Source, path: String, duration_s: f64, words: u32) -> Option<Self> {
        let sha256 = digest(&source.sha256)?;
        let pcm_sha256 = source.pcm_sha256.as_deref().map_or(Some(sha256), digest)?;
        Some(Self { id: 0, path, duration_s, sha256, pcm_sha256, words, first_word: 0 })
    }
}

/// A hash from its hexadecimal digits.
pub(super) fn digest(hex: &str) -> Option<[u8; 32]> {
    let digits: Option<Vec<u8>> =
        hex.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    let bytes: Vec<u8> = digits?.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    if hex.len() == 64 { bytes.try_into().ok() } else { None }
}

/// Hexadecimal digits of a hash.
#[must_use]
pub fn hex(digest: &[u8; 32]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The table as bytes, their number a multiple of four.
pub(super) fn encode(clips: &[ArchivedClip]) -> Vec<u8> {
    let mut out = Vec::new();
    for clip in clips {
        let end = clip.path.floor_char_boundary(LONGEST_PATH);
        let path = &clip.path.as_bytes()[..end];
        out.extend(clip.id.to_le_bytes());
        out.extend(clip.first_word.to_le_bytes());
        out.extend(clip.words.to_le_bytes());
        out.extend(clip.duration_s.to_le_bytes());
        out.extend(clip.sha256);
        out.extend(clip.pcm_sha256);
        out.extend((path.len() as u32).to_le_bytes());
        out.extend(path);
    }
    out.resize(out.len().next_multiple_of(4), 0);
    out
}

/// `count` clips whose words follow each other up to `words`. The error is an offset and what is wrong
/// there.
pub(super) fn decode(
    bytes: &[u8],
    count: u32,
    words: u64,
) -> Result<Vec<ArchivedClip>, (usize, String)> {
    let mut clips: Vec<ArchivedClip> = Vec::new();
    let mut at = 0;
    let mut next_word = 0u64;
    for n in 0..count {
        let wrong = |what: &str| (at, format!("clip {n} of {count}: {what}"));
        let rest = &bytes[at..];
        let (fixed, rest) = rest.split_at_checked(FIXED).ok_or_else(|| wrong("cut off"))?;
        let path_len = u32_at(fixed, FIXED - 4) as usize;
        let path = rest.get(..path_len).filter(|_| path_len <= LONGEST_PATH);
        let path = path.ok_or_else(|| wrong("its path is longer than the table"))?;
        let path = std::str::from_utf8(path).map_err(|_| wrong("its path is no UTF-8"))?;
        let clip = ArchivedClip {
            id: u64::from(u32_at(fixed, 0)) | u64::from(u32_at(fixed, 4)) << 32,
            path: path.to_owned(),
            duration_s: f64::from_bits(
                u64::from(u32_at(fixed, 16)) | u64::from(u32_at(fixed, 20)) << 32,
            ),
            sha256: array_at(fixed, 24),
            pcm_sha256: array_at(fixed, 56),
            words: u32_at(fixed, 12),
            first_word: u32_at(fixed, 8),
        };
        if u64::from(clip.first_word) != next_word {
            return Err(wrong("its words do not follow those before"));
        }
        if !(clip.duration_s >= 0.0 && clip.duration_s.is_finite()) {
            return Err(wrong("its length is no length"));
        }
        next_word += u64::from(clip.words);
        at += FIXED + path_len;
        clips.push(clip);
    }
    if next_word != words || bytes.len() != at.next_multiple_of(4) {
        return Err((at, format!("{count} clips do not fill the table")));
    }
    Ok(clips)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array_at(bytes, at))
}

/// Bytes of a fixed part, whose length the callers know.
fn array_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    std::array::from_fn(|i| bytes.get(at + i).copied().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn clip(id: u64, path: &str, first_word: u32, words: u32) -> ArchivedClip {
        let (sha256, pcm_sha256) = ([id as u8; 32], [7; 32]);
        let (path, duration_s) = (path.to_owned(), 1.5);
        ArchivedClip { id, path, duration_s, sha256, pcm_sha256, words, first_word }
    }

    #[test]
    fn a_table_survives_the_round_trip_and_cuts_are_seen() {
        let clips = [clip(1, "a\n\u{1b}[31m.wav", 0, 10), clip(1 << 40, "", 10, 0)];
        let bytes = encode(&clips);
        assert_eq!(decode(&bytes, 2, 10).unwrap(), clips);
        for end in 0..bytes.len() {
            assert!(decode(&bytes[..end], 2, 10).is_err());
        }
        assert!(decode(&bytes, 3, 10).is_err() && decode(&bytes, 1, 10).is_err());
        assert!(decode(&bytes, 2, 11).is_err());
        assert_eq!(decode(&[], 0, 0), Ok(vec![]));
    }

    #[test]
    fn hashes_have_64_digits() {
        assert_eq!(digest(&hex(&[0xa7; 32])), Some([0xa7; 32]));
        assert_eq!((digest("a7"), digest(&"é".repeat(32))), (None, None));
    }
}
