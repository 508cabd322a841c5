//! `demo`: a worked example that needs no file.

use std::io::Write;
use std::path::Path;

use spliceprint::analysis::Settings;
use spliceprint::decode::Input;
use spliceprint::error::Error;
use spliceprint::report::{Format, Report, terminal, write_file};

use crate::analyze::measured;
use crate::talk::Talk;
use crate::{Failure, exit};

/// A real recording out of which a piece was cut; see `fixtures/README.md`.
const CLIP: &[u8] = include_bytes!("../../../fixtures/edited/columbia-aac-cut.flac");

/// File name of the clip in the report.
const NAME: &str = "columbia-aac-cut.flac";

pub(crate) fn run(page: &Path, talk: &Talk, out: &mut dyn Write) -> Result<u8, Failure> {
    let folder =
        tempfile::tempdir().map_err(|source| Error::Write { path: NAME.into(), source })?;
    let path = folder.path().join(NAME);
    std::fs::write(&path, CLIP).map_err(|source| Error::Write { path: path.clone(), source })?;
    let settings = Settings::default();
    let mut analysis = measured(&Input::Path(path), NAME, &settings, talk)?;
    analysis.source.path = NAME.into();
    let report = Report::of(&analysis, &settings, false);
    writeln!(
        out,
        "Six seconds of a public address of 1 February 2003, encoded as AAC and decoded; then 0.5 s were cut\n\
         out at 00:05.2, under a cross-fade of 10 ms.\n"
    )?;
    write!(out, "{}", terminal::summary(&report, talk.style()))?;
    write_file(page, Format::Html, &[report])?;
    writeln!(out, "\nThe page is in `{}`; open it in a browser.", page.display())?;
    out.flush()?;
    Ok(exit::OK)
}
