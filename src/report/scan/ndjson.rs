//! `scan.ndjson`: a line per file as files finish, and a summary at the end.

use std::io::{self, BufRead, Write};

use super::{SCAN_SCHEMA, ScanLine, ScanRecord, ScanSummary};

/// One file's line, with the line feed at its end.
///
/// # Errors
///
/// A record that is no JSON, which none is.
pub fn line(record: &ScanRecord) -> io::Result<Vec<u8>> {
    to_line(&ScanLine::File(Box::new(record.clone())))
}

/// Every record and the summary behind them.
///
/// # Errors
///
/// Whatever `out` answers.
pub fn write(
    records: &[ScanRecord],
    summary: Option<&ScanSummary>,
    out: &mut dyn Write,
) -> io::Result<()> {
    for record in records {
        out.write_all(&line(record)?)?;
    }
    let summary = summary.map(|summary| ScanLine::Summary(Box::new(summary.clone())));
    summary.map_or(Ok(()), |summary| out.write_all(&to_line(&summary)?))
}

fn to_line(line: &ScanLine) -> io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Records of an earlier scan. Lines that are no record of this version are left out: a scan that
/// was ended may leave its last one unfinished.
///
/// # Errors
///
/// Whatever `from` answers.
pub fn read(from: &mut dyn BufRead) -> io::Result<Vec<ScanRecord>> {
    let mut records: Vec<ScanRecord> = Vec::new();
    for line in from.split(b'\n') {
        if let Ok(ScanLine::File(record)) = serde_json::from_slice(&line?)
            && record.schema == SCAN_SCHEMA
        {
            records.push(record.beside(records.last()));
        }
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::HOSTILE;
    use crate::report::scan::sample::{record, unreadable};

    #[test]
    fn records_survive_the_round_trip_and_the_summary_is_left_out() {
        let records = vec![record(HOSTILE), unreadable("b")];
        let summary = ScanSummary::of(&records, 2, &[]);
        let mut bytes = Vec::new();
        write(&records, Some(&summary), &mut bytes).unwrap();
        assert_eq!(bytes.iter().filter(|&&byte| byte == b'\n').count(), 3);
        assert_eq!(read(&mut &bytes[..]).unwrap(), records);
    }

    #[test]
    fn a_line_that_was_cut_off_loses_itself_alone() {
        let mut bytes = line(&record("a")).unwrap();
        let second = line(&record("bb")).unwrap();
        bytes.extend(&second[..second.len() / 2]);
        assert_eq!(read(&mut &bytes[..]).unwrap(), [record("a")]);
        assert_eq!(read(&mut &b"\xff\n{}\nnull\n"[..]).unwrap(), []);
    }
}
