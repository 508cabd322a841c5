//! Which formats a search has.

use std::io::{self, Write};

use super::MatchReport;
use crate::report::{Format, Render, json};

impl MatchReport {
    /// One line of newline-delimited JSON.
    ///
    /// # Errors
    ///
    /// Whatever `out` answers.
    pub fn write_line(&self, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, &self.document)?;
        out.write_all(b"\n")
    }
}

impl Render for MatchReport {
    const WHAT: &'static str = "the search for one clip";
    const ONE: &'static [Format] = &[Format::Json];
    #[cfg(feature = "parquet")]
    const SEVERAL: &'static [Format] = &[Format::Ndjson, Format::Parquet];
    #[cfg(not(feature = "parquet"))]
    const SEVERAL: &'static [Format] = &[Format::Ndjson];

    fn render(reports: &[Self], format: Format, out: &mut dyn Write) -> io::Result<()> {
        match (format, reports) {
            (Format::Json, [report]) => json::write_document(&report.document, out),
            (Format::Ndjson, reports) => reports.iter().try_for_each(|r| r.write_line(out)),
            #[cfg(feature = "parquet")]
            (Format::Parquet, reports) => super::table::write(reports, out),
            _ => Err(io::ErrorKind::InvalidInput.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::matches::sample;

    #[test]
    fn several_clips_are_lines_and_one_is_a_document() {
        let reports = sample::all();
        let mut bytes = Vec::new();
        Format::Ndjson.render(&reports, &mut bytes).unwrap();
        assert_eq!(bytes.iter().filter(|byte| **byte == b'\n').count(), reports.len());
        assert!(Format::Json.render(&reports, &mut bytes).is_err());
        assert!(Format::Html.render(&reports[..1], &mut bytes).is_err());
        assert!(Format::Json.render(&reports[..1], &mut bytes).is_ok());
    }
}
