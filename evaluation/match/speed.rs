//! How long an archive takes to answer: index, and all else, of clips that are looked up twice.
//!
//! Usage: `match_speed ARCHIVE [--thorough] CLIP...`. Times are those of the wall clock in
//! milliseconds, without decoding. The first look-up of a clip reads what is not cached yet.

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

use spliceprint::archive::Archive;
use spliceprint::comparison::Recording;
use spliceprint::decode::{Input, OpenOptions};
use spliceprint::matching::{Effort, MatchSettings, find_matches};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let thorough = arguments.iter().any(|argument| argument == "--thorough");
    arguments.retain(|argument| argument != "--thorough");
    let [archive, clips @ ..] = &arguments[..] else {
        return Err("usage: match_speed ARCHIVE [--thorough] CLIP...".into());
    };
    let effort = if thorough { Effort::Thorough } else { Effort::Quick };
    let settings = MatchSettings { effort, ..MatchSettings::default() };
    let mut out = io::stdout().lock();
    let begun = Instant::now();
    let archive = Archive::open(Path::new(archive))?;
    writeln!(out, "opened in {:.1} ms, {} segments", ms(begun), archive.stats().segments)?;
    writeln!(
        out,
        "{:>9} {:>9} {:>9} {:>9} {:>7} {:>7} {:>6} {:>6}  best",
        "index", "again", "all", "again", "places", "against", "ended", "score"
    )?;
    for path in clips {
        let input = Input::Path(path.into());
        let mut clip = Recording::read(&input, &OpenOptions::default(), &mut |_, _| {})?;
        let begun = Instant::now();
        let first = find_matches(&mut clip, &archive, &settings)?;
        let first_ms = ms(begun);
        let begun = Instant::now();
        let again = find_matches(&mut clip, &archive, &settings)?;
        let best = again.found.first();
        writeln!(
            out,
            "{:9.1} {:9.1} {first_ms:9.1} {:9.1} {:7} {:7} {:6} {:6.1}  {}",
            1e3 * first.index_time.as_secs_f64(),
            1e3 * again.index_time.as_secs_f64(),
            ms(begun),
            again.checked,
            again.compared,
            again.cut_short,
            best.map_or(0.0, |found| found.comparison.score),
            best.map_or("", |found| &found.clip.path),
        )?;
    }
    Ok(())
}

fn ms(begun: Instant) -> f64 {
    1e3 * begun.elapsed().as_secs_f64()
}
