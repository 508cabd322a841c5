//! Which files belong together, from what each pair has in common.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CopyGroup, ScanRecord};
use crate::align::EditKind;
use crate::comparison::Comparison;
use crate::report::comparison::wording::{seconds, stretch};
use crate::report::wording::count;
use crate::units::{round_time, round_to};

/// Share of a recording that has to be found for the whole of it to come from the other: pauses at its
/// ends may not be.
const WHOLE: f64 = 0.9;

/// Change of speed that is worth a word; clocks of devices differ by less.
const SPEED_SAID: f64 = 0.001;

/// How recording A relates to recording B.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    /// Both are one recording, stored or encoded anew.
    Same,
    /// A is a stretch of B.
    Excerpt,
    /// A is made from B, with parts missing, put in, moved or repeated.
    Edit,
    /// Each has a stretch of the other, and more.
    Overlap,
}

/// One of two related files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct RelatedFile {
    /// Its path.
    pub path: String,
    /// Its JSON report, from the folder of the outputs.
    pub report: String,
}

/// Two files that share sound. Which of them was there first the sound does not tell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScanRelation {
    /// The shorter one.
    pub a: RelatedFile,
    /// The other.
    pub b: RelatedFile,
    /// How A relates to B.
    pub kind: RelationKind,
    /// First and last moment of A that B has, in seconds.
    pub a_start_s: f64,
    /// See `a_start_s`.
    pub a_end_s: f64,
    /// First and last moment of B that A has, in seconds.
    pub b_start_s: f64,
    /// See `b_start_s`.
    pub b_end_s: f64,
    /// Seconds of A that B has.
    pub shared_s: f64,
    /// Seconds of B per second of A, of the longest stretch.
    pub speed: f64,
    /// Standard deviations above what strangers reach.
    pub score: f64,
    /// What turns B into A.
    pub edits: Vec<EditKind>,
}

/// Files that are related, directly or through others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScanCluster {
    /// The files, sorted by path; exact copies of related ones are among them.
    pub members: Vec<RelatedFile>,
    /// How they relate, pair by pair. Of exact copies the first one stands for all.
    pub relations: Vec<ScanRelation>,
}

impl RelatedFile {
    fn of(record: &ScanRecord) -> Self {
        Self { path: record.source.path.clone(), report: record.report.clone() }
    }
}

impl ScanRelation {
    /// From a comparison of the first record's recording, the clip, with the second one's.
    #[must_use]
    pub fn of((a, b): (&ScanRecord, &ScanRecord), comparison: &Comparison) -> Self {
        let length_s = |r: &ScanRecord| r.stream.as_ref().map_or(0.0, |s| s.duration_s).max(1e-3);
        let segments = &comparison.segments;
        let hull = |of: &dyn Fn(usize) -> (f64, f64)| {
            (0..segments.len()).map(of).fold((f64::INFINITY, 0.0f64), |hull, (start, end)| {
                (hull.0.min(start), hull.1.max(end))
            })
        };
        let (a_s, b_s) = (hull(&|n| segments[n].a_s), hull(&|n| segments[n].b_s()));
        let longest =
            segments.iter().max_by(|x, y| (x.a_s.1 - x.a_s.0).total_cmp(&(y.a_s.1 - y.a_s.0)));
        let shared_s: f64 = segments.iter().map(|s| s.a_s.1 - s.a_s.0).sum();
        // What A has before and after all of B is no edit of B, but A's own.
        let inner = |at: f64| at > a_s.0 && at < a_s.1;
        let edits: Vec<EditKind> = (comparison.edits.iter())
            .filter(|e| e.kind != EditKind::Insertion || inner(0.5 * (e.a_s.0 + e.a_s.1)))
            .map(|e| e.kind)
            .collect();
        let kind = match (shared_s >= WHOLE * length_s(a), b_s.1 - b_s.0 >= WHOLE * length_s(b)) {
            _ if !edits.is_empty() => RelationKind::Edit,
            (true, true) => RelationKind::Same,
            (true, false) => RelationKind::Excerpt,
            (false, _) => RelationKind::Overlap,
        };
        Self {
            a: RelatedFile::of(a),
            b: RelatedFile::of(b),
            kind,
            a_start_s: round_time(a_s.0),
            a_end_s: round_time(a_s.1),
            b_start_s: round_time(b_s.0.max(0.0)),
            b_end_s: round_time(b_s.1.min(length_s(b))),
            shared_s: round_time(shared_s),
            speed: round_to(longest.map_or(1.0, |s| s.line.ratio), 6),
            score: round_to(comparison.score, 2),
            edits,
        }
    }

    /// The relation in words that stand between and behind the names of A and B.
    #[must_use]
    pub(crate) fn words(&self) -> (String, String) {
        let part = |start_s, end_s| stretch(start_s, end_s);
        let (a, b) = (part(self.a_start_s, self.a_end_s), part(self.b_start_s, self.b_end_s));
        let shared = seconds(self.shared_s);
        let (between, mut behind) = match self.kind {
            RelationKind::Same => {
                ("is the same recording as".into(), ", stored or encoded anew".into())
            }
            RelationKind::Excerpt => (format!("is {b} of"), String::new()),
            RelationKind::Edit => {
                (format!("is made from {b} of"), format!(", with {}", self.edits_in_words()))
            }
            RelationKind::Overlap => {
                ("and".into(), format!(" share {shared}: {a} of the first, {b} of the second"))
            }
        };
        if (self.speed - 1.0).abs() >= SPEED_SAID {
            behind.push_str(&format!("; played {:.2} times as fast", self.speed));
        }
        behind.push_str(&format!("; agreement {:.0} standard deviations", self.score));
        (between, behind)
    }

    /// `2 deletions and 1 move`.
    fn edits_in_words(&self) -> String {
        let names = [
            (EditKind::Deletion, "deletion", "deletions"),
            (EditKind::Insertion, "insertion", "insertions"),
            (EditKind::Move, "move", "moves"),
            (EditKind::Repeat, "repeat", "repeats"),
            (EditKind::Replacement, "replacement", "replacements"),
        ];
        let counted = names.iter().filter_map(|(kind, one, many)| {
            let n = self.edits.iter().filter(|e| *e == kind).count();
            (n > 0).then(|| count(n, one, many))
        });
        counted.collect::<Vec<_>>().join(" and ")
    }
}

/// Files joined by relations, the exact copies of related files with them; in the order of their first
/// paths.
pub(super) fn clusters(relations: &[ScanRelation], copies: &[CopyGroup]) -> Vec<ScanCluster> {
    let mut numbers: BTreeMap<&RelatedFile, usize> = BTreeMap::new();
    for file in relations.iter().flat_map(|relation| [&relation.a, &relation.b]) {
        let next = numbers.len();
        numbers.entry(file).or_insert(next);
    }
    // Every file points to another of its cluster, the last one to itself.
    let mut parents: Vec<usize> = (0..numbers.len()).collect();
    let root = |parents: &[usize], mut n: usize| {
        while parents[n] != n {
            n = parents[n];
        }
        n
    };
    for relation in relations {
        let [a, b] = [&relation.a, &relation.b].map(|file| root(&parents, numbers[file]));
        parents[a.max(b)] = a.min(b);
    }
    let mut found: BTreeMap<usize, ScanCluster> = BTreeMap::new();
    let empty = || ScanCluster { members: Vec::new(), relations: Vec::new() };
    for (file, &number) in &numbers {
        let cluster = found.entry(root(&parents, number)).or_insert_with(empty);
        let of_file = |group: &&CopyGroup| group.members.iter().any(|m| m.report == file.report);
        match copies.iter().find(of_file) {
            Some(group) => cluster.members.extend(group.members.iter().map(|member| RelatedFile {
                path: member.path.clone(),
                report: member.report.clone(),
            })),
            None => cluster.members.push((*file).clone()),
        }
    }
    for relation in relations {
        let cluster = found.entry(root(&parents, numbers[&relation.a])).or_insert_with(empty);
        cluster.relations.push(relation.clone());
    }
    let mut clusters: Vec<ScanCluster> = found.into_values().collect();
    clusters.iter_mut().for_each(|cluster| cluster.members.sort());
    clusters.sort_by(|x, y| x.members.cmp(&y.members));
    clusters
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::scan::sample::relation;

    #[test]
    fn files_that_are_related_through_others_are_one_cluster() {
        let relations = [relation("a", "b"), relation("d", "e"), relation("b", "c")];
        let found = clusters(&relations, &[]);
        let names = |cluster: &ScanCluster| -> Vec<String> {
            cluster.members.iter().map(|member| member.path.clone()).collect()
        };
        assert_eq!(
            found.iter().map(names).collect::<Vec<_>>(),
            [vec!["a", "b", "c"], vec!["d", "e"]]
        );
        assert_eq!(found[0].relations.len(), 2);
        assert!(clusters(&[], &[]).is_empty());
    }

    #[test]
    fn words_name_the_part_the_edits_and_the_speed() {
        let mut relation = relation("a", "b");
        assert_eq!(relation.words().0, "is 00:12.000–01:04.000 of");
        relation.kind = RelationKind::Edit;
        relation.edits = vec![EditKind::Move, EditKind::Deletion, EditKind::Deletion];
        relation.speed = 1.02;
        let (between, behind) = relation.words();
        assert_eq!(between, "is made from 00:12.000–01:04.000 of");
        assert!(behind.starts_with(", with 2 deletions and 1 move; played 1.02 times"), "{behind}");
    }
}
