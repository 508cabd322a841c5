//! Which files are exact copies, by the hashes of file and samples.

use std::collections::BTreeMap;

use super::{CopyGroup, CopyMember, Same, ScanRecord};

/// Groups of two and more files with the same samples, in the order of their first paths. A file
/// that was not decoded has no hash and stands in no group.
pub(super) fn copies(records: &[ScanRecord]) -> Vec<CopyGroup> {
    let mut by_samples: BTreeMap<(&str, &str), Vec<&ScanRecord>> = BTreeMap::new();
    for record in records {
        let source = &record.source;
        if let (Some(format), Some(hash)) = (&source.pcm_format, &source.pcm_sha256) {
            by_samples.entry((format, hash)).or_default().push(record);
        }
    }
    let several = by_samples.into_iter().filter(|(_, members)| members.len() > 1);
    let mut groups: Vec<CopyGroup> = several.map(|((_, hash), of)| group(hash, of)).collect();
    groups.sort_by(|a, b| a.members[0].path.cmp(&b.members[0].path));
    groups
}

fn group(pcm_sha256: &str, mut members: Vec<&ScanRecord>) -> CopyGroup {
    members.sort_by(|a, b| (&a.source.path, &a.report).cmp(&(&b.source.path, &b.report)));
    let one_file = members.windows(2).all(|pair| pair[0].source.sha256 == pair[1].source.sha256);
    let member = |record: &&ScanRecord| CopyMember {
        path: record.source.path.clone(),
        report: record.report.clone(),
        sha256: record.source.sha256.clone(),
    };
    CopyGroup {
        same: if one_file { Same::File } else { Same::Samples },
        pcm_sha256: Some(pcm_sha256.into()),
        members: members.iter().map(member).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::scan::sample::{record, unreadable};

    #[test]
    fn equal_files_and_equal_samples_are_told_apart() {
        let (a, b, mut c) = (record("b"), record("a"), record("ccc"));
        c.source.sha256 = Some("0c".repeat(32));
        let both = copies(&[a.clone(), b.clone()]);
        assert_eq!((both.len(), both[0].same), (1, Same::File));
        let paths: Vec<&str> = both[0].members.iter().map(|m| m.path.as_str()).collect();
        assert_eq!(paths, ["a", "b"]);
        let all = copies(&[a, b, c]);
        assert_eq!((all.len(), all[0].same, all[0].members.len()), (1, Same::Samples, 3));
    }

    #[test]
    fn other_samples_and_no_samples_make_no_group() {
        let mut other = record("b");
        other.source.pcm_sha256 = Some("0d".repeat(32));
        assert!(copies(&[record("a"), other, unreadable("c"), unreadable("d")]).is_empty());
        assert!(copies(&[]).is_empty());
    }
}
