//! The document as JSON: one pretty document, or one compact line per clip.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use crate::report::Report;

/// One indented document with a line feed at its end.
///
/// # Errors
///
/// Whatever `out` answers.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    write_document(&report.document, out)
}

/// Any document, laid out like [`write()`] does it.
///
/// # Errors
///
/// Whatever `out` answers.
pub fn write_document(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, document)?;
    out.write_all(b"\n")
}

/// A document as a value, to be looked into.
pub(crate) fn value(document: &impl Serialize) -> Value {
    serde_json::to_value(document).unwrap_or_default()
}

/// One line of newline-delimited JSON.
///
/// # Errors
///
/// Whatever `out` answers.
pub fn write_line(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &report.document)?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{AnalysisDocument, sample_report};

    #[test]
    fn a_document_survives_the_round_trip() {
        let report = sample_report();
        let mut bytes = Vec::new();
        write(&report, &mut bytes).unwrap();
        assert!(bytes.ends_with(b"}\n"));
        let back: AnalysisDocument = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(back, report.document);
    }

    #[test]
    fn a_line_is_one_line() {
        let mut bytes = Vec::new();
        write_line(&sample_report(), &mut bytes).unwrap();
        assert_eq!(bytes.iter().filter(|&&byte| byte == b'\n').count(), 1);
        assert!(bytes.starts_with(b"{\"schema\":\"spliceprint.analysis/1\",\"status\":\"ok\""));
    }
}
