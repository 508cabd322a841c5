//! Which formats a comparison has.

use std::io::{self, Write};

use crate::report::comparison::{ComparisonReport, audacity, csv, html};
use crate::report::{Format, Render, json};

impl Render for ComparisonReport {
    const WHAT: &'static str = "one comparison";
    const ONE: &'static [Format] = &[Format::Html, Format::Json, Format::Audacity];
    const SEVERAL: &'static [Format] = &[Format::Csv];

    fn render(reports: &[Self], format: Format, out: &mut dyn Write) -> io::Result<()> {
        match (format, reports) {
            (Format::Csv, reports) => csv::write_many(reports, out),
            (Format::Json, [report]) => json::write_document(&report.document, out),
            (Format::Audacity, [report]) => audacity::write(report, out),
            (Format::Html, [report]) => html::write(report, out),
            _ => Err(io::ErrorKind::InvalidInput.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::comparison::{ComparisonDocument, sample};

    fn bytes(format: Format, reports: &[ComparisonReport]) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        format.render(reports, &mut bytes).map(|()| bytes)
    }

    #[test]
    fn equal_reports_give_equal_bytes_in_every_format() {
        for format in [Format::Json, Format::Csv, Format::Audacity, Format::Html] {
            let once = || bytes(format, &[sample::found()]).unwrap();
            assert!(once() == once(), "{format:?}");
        }
    }

    #[test]
    fn a_document_survives_the_round_trip() {
        for report in sample::all() {
            let json = bytes(Format::Json, std::slice::from_ref(&report)).unwrap();
            assert!(json.starts_with(b"{\n  \"schema\": \"spliceprint.comparison/1\""));
            let back: ComparisonDocument = serde_json::from_slice(&json).unwrap();
            assert_eq!(back, report.document);
        }
    }

    #[test]
    fn formats_of_analyses_alone_are_refused() {
        for format in [Format::Ndjson, Format::TextGrid, Format::SonicVisualiser] {
            let error = bytes(format, &[sample::found()]).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
            assert!(error.to_string().contains(".html .json .txt .csv"));
        }
    }

    #[test]
    fn several_comparisons_fit_into_csv_alone() {
        assert!(bytes(Format::Csv, &sample::all()).is_ok());
        let error = bytes(Format::Html, &sample::all()).unwrap_err();
        assert!(error.to_string().contains("one comparison, not 4"));
    }
}
