//! Makes a large archive for measurements: a real one, and recordings of words that are like real ones.
//!
//! usage: match_large REAL OUT POSTINGS
//!
//! OUT becomes a copy of the archive REAL to which recordings of ten minutes are added until it has
//! POSTINGS. Each is put together from pieces of 0.26 to 1.3 s of REAL's words, in random order, one bit in
//! sixteen turned: what words and their neighbours look like stays, no longer stretch comes back. Chance
//! thus meets a clip as often as among real recordings. The same arguments give the same archive.

use std::error::Error;
use std::path::Path;

use spliceprint::archive::{Archive, ArchiveWriter, Words};
use spliceprint::decode::Source;
use spliceprint::measures::fingerprint::{Fingerprint, WORDS_PER_S};

/// Length of a recording, in words.
const RECORDING: usize = 37_500;

/// Shortest and longest piece, in words.
const PIECE: (usize, usize) = (16, 80);

/// Recordings after which the size is looked at.
const ROUND: usize = 100;

/// Marsaglia (2003), *Xorshift RNGs*, 64 bits.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// A recording of pieces of `real`, as if it had been decoded.
fn recording(number: usize, real: &Fingerprint, random: &mut Random) -> Fingerprint {
    let mut made = Fingerprint::default();
    while made.words.len() < RECORDING {
        let length = PIECE.0 + random.below(PIECE.1 - PIECE.0);
        let from = random.below(real.words.len() - length);
        let turned = real.words[from..from + length].iter().map(|word| {
            let (x, y) = (random.next(), random.next());
            word ^ (x & x >> 32 & y & y >> 32) as u32
        });
        made.words.extend(turned);
        made.levels.extend(&real.levels[from..from + length]);
    }
    // No two are alike, however the pieces fall.
    made.words[0] = number as u32;
    made
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, real, out, postings] = &arguments[..] else {
        return Err("usage: match_large REAL OUT POSTINGS".into());
    };
    let postings: u64 = postings.parse()?;
    let archive = Archive::open(Path::new(real))?;
    let mut writer = ArchiveWriter::open(Path::new(out))?;
    let mut all = Fingerprint::default();
    for clip in archive.clips() {
        let words = archive.words(clip)?;
        all.words.extend(&words.fingerprint().words);
        all.levels.extend(&words.fingerprint().levels);
        writer.add(&words)?;
    }
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut number = 0;
    while writer.archive().stats().postings < postings {
        for _ in 0..ROUND {
            number += 1;
            let hash = format!("{number:064x}");
            let source = Source {
                path: format!("/made/{number}.wav"),
                bytes: 0,
                sha256: hash.clone(),
                pcm_sha256: Some(hash),
                pcm_format: None,
            };
            let fingerprint = recording(number, &all, &mut random);
            let duration_s = fingerprint.words.len() as f64 / WORDS_PER_S;
            writer.add(&Words::new(&source, duration_s, &fingerprint)?)?;
        }
    }
    writer.commit()?;
    Ok(())
}
