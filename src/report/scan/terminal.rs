//! The end of a scan in a few lines.

use super::{Same, ScanSummary};
use crate::report::wording::{ABSENCE, NO_DETECTOR, clock, count};

/// What a scan came to, for the terminal.
#[must_use]
pub fn summary(summary: &ScanSummary) -> String {
    let examined = summary.ok + summary.partial;
    let mut text = format!(
        "{}, {} of sound: {examined} examined",
        count(summary.files, "file", "files"),
        clock(summary.audio_s)
    );
    if summary.partial > 0 {
        text.push_str(&format!(" ({} in part)", summary.partial));
    }
    text.push_str(&format!(", {} could not be\n", summary.unreadable));
    if examined > 0 {
        let looked = summary.by_detectors > 0;
        let points = count(summary.with_edit_points, "file", "files");
        text.push_str(&if looked {
            format!("{points} with edit points")
        } else {
            NO_DETECTOR.into()
        });
        let same = |same: Same| summary.copies.iter().filter(|group| group.same == same).count();
        let (files, samples) = (same(Same::File), same(Same::Samples));
        if files > 0 {
            text.push_str(&format!(", {} of equal files", count(files, "group", "groups")));
        }
        if samples > 0 {
            let groups = count(samples, "group", "groups");
            text.push_str(&format!(", {groups} of equal samples in other files"));
        }
        if !summary.clusters.is_empty() {
            let clusters = count(summary.clusters.len(), "cluster", "clusters");
            text.push_str(&format!(", {clusters} of files that share sound"));
        }
        text.push('\n');
        if looked {
            text.push_str(&format!("{ABSENCE}\n"));
        }
    }
    let passed_over = summary.passed_over.len();
    if passed_over > 0 {
        let entries = count(passed_over, "entry", "entries");
        text.push_str(&format!("{entries} passed over: no regular file\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::scan::sample::{record, unreadable};

    #[test]
    fn a_few_lines_say_what_was_and_was_not_examined() {
        let records = [record("a"), record("b"), unreadable("c")];
        let text = summary(&ScanSummary::of(&records, 3, &[]));
        assert!(text.starts_with("3 files, 00:24.000 of sound: 2 examined, 1 could not be\n"));
        assert!(text.contains("2 files with edit points, 1 group of equal files"), "{text}");
        let mut fast = ScanSummary::of(&records, 3, &[]);
        fast.by_detectors = 0;
        assert!(!summary(&fast).contains("edit points"), "nobody looked for them");
        let none = summary(&ScanSummary::of(&[unreadable("c")], 1, &[]));
        assert_eq!(none, "1 file, 00:00.000 of sound: 0 examined, 1 could not be\n");
    }
}
