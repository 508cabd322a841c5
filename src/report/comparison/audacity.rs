//! Labels for Audacity on A's timeline: segments, then edits, then additions.

use std::io::{self, Write};

use crate::report::audacity::label;
use crate::report::comparison::{ComparisonReport, wording};

/// One label per segment, edit and addition.
///
/// # Errors
///
/// Whatever `out` answers; `InvalidInput` if nothing was compared, so that no empty label file
/// passes for "nothing was found".
pub fn write(report: &ComparisonReport, out: &mut dyn Write) -> io::Result<()> {
    let document = &report.document;
    if document.a.stream.is_none() || document.b.stream.is_none() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "nothing was compared, so there is no timeline to label",
        ));
    }
    for segment in &document.segments {
        let mut parts = vec![
            format!("B {}", wording::stretch(segment.b_start_s, segment.b_end_s)),
            format!("similarity {:.2}", segment.similarity),
        ];
        parts.extend(wording::changes(segment));
        label(out, segment.a_start_s, segment.a_end_s, &parts.join(", "))?;
    }
    for edit in &document.edits {
        let text = format!("{}: {}", wording::kind(edit.kind), wording::edit(edit));
        label(out, edit.a_start_s, edit.a_end_s, &text)?;
    }
    for addition in &document.additions {
        let text = format!("addition: {}", wording::addition(addition));
        label(out, addition.start_s, addition.end_s, &text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::comparison::sample;

    #[test]
    fn segments_edits_and_additions_stand_on_the_clips_time() {
        let mut bytes = Vec::new();
        write(&sample::found(), &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4 + 6 + 1);
        assert_eq!(lines[0], "0.000000\t10.100000\tB 00:05.000–00:15.100, similarity 0.97");
        assert_eq!(
            lines[4],
            "10.100000\t10.100000\tdeletion: 3.20 s of B missing (00:15.100–00:18.300)"
        );
        assert!(lines[10].starts_with("12.400000\t14.900000\taddition: residual at "));
    }

    #[test]
    fn nothing_found_is_an_empty_file_and_nothing_compared_is_none() {
        let mut bytes = Vec::new();
        write(&sample::not_found(), &mut bytes).unwrap();
        assert!(bytes.is_empty());
        let error = write(&sample::unreadable(), &mut bytes).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }
}
