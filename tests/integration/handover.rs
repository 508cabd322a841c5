//! Reports that are checked again, held against references, and handed over to other programs.

use serde_json::Value;

use crate::support::{Folder, fixture};

fn text(name: &str) -> String {
    fixture(name).to_str().unwrap().to_owned()
}

#[test]
fn a_report_is_checked_and_a_changed_one_is_caught() {
    let folder = Folder::new();
    let (clip, other) = (text("formats/lc-edit-list.m4a"), text("formats/alac.m4a"));
    let run = folder.run([
        "analyze",
        &clip,
        "--out",
        "r.json",
        "--examiner",
        "E. Xaminer",
        "--case-id",
        "7/26",
        "--acquisition",
        "handed in on a stick",
    ]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("custody   E. Xaminer · 7/26 · handed in on a stick"));
    let same = folder.run(["verify", "r.json", &clip, "--json"]);
    assert_eq!(same.code, 0, "{}{}", same.stdout, same.stderr);
    let outcome = same.valid_json();
    assert_eq!(outcome["status"], "same");
    assert_eq!(
        (&outcome["file_is_same"], &outcome["samples_are_same"]),
        (&true.into(), &true.into())
    );
    assert_eq!(outcome["not_repeated"], serde_json::json!(["custody"]));

    let mut report: Value = serde_json::from_str(&folder.read("r.json")).unwrap();
    report["stream"]["sample_rate_hz"] = 8_000.into();
    folder.write("changed.json", report.to_string().as_bytes());
    let changed = folder.run(["verify", "changed.json", &clip]);
    assert_eq!(changed.code, 1);
    assert!(
        changed.stdout.contains("/stream/sample_rate_hz: 8000, now 44100"),
        "{}",
        changed.stdout
    );

    let another = folder.run(["verify", "r.json", &other]);
    assert_eq!(another.code, 1);
    assert!(another.stdout.contains("of another file"), "{}", another.stdout);
    folder.write("no.json", b"{\"schema\": 1}");
    assert_eq!(folder.run(["verify", "no.json", &clip]).code, 2);
    assert_eq!(folder.run(["verify", "missing.json", &clip]).code, 1);
}

#[test]
fn what_no_reference_has_is_listed() {
    let folder = Folder::new();
    let (clip, reference) = (text("structure/forged-writer.m4a"), text("formats/lc-edit-list.m4a"));
    let run = folder.run(["analyze", "--json", "--reference", &reference, &clip]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let document = run.valid_json();
    let rows = document["references"]["rows"].as_array().unwrap();
    let differing: Vec<&str> = rows
        .iter()
        .filter(|row| row["differs"] == true)
        .map(|row| row["what"].as_str().unwrap())
        .collect();
    // The index stands first in the clip, and it has a tag that the reference has not.
    assert!(
        differing.contains(&"order of parts") && differing.contains(&"tag ©too"),
        "{differing:?}"
    );
    assert!(!differing.contains(&"stream codec"), "{differing:?}");
    let own = folder.run(["analyze", "--json", "--reference", &clip, &clip]).json();
    let rows = own["references"]["rows"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["differs"] != true), "{rows:?}");
}

#[test]
fn a_case_graph_names_file_tool_and_findings() {
    let folder = Folder::new();
    let clip = text("edited/columbia-butt-cut.flac");
    let run =
        folder.run(["analyze", &clip, "--out", "case.jsonld", "--examiner", "E. Xaminer", "-q"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let graph: Value = serde_json::from_str(&folder.read("case.jsonld")).unwrap();
    let nodes = graph["@graph"].as_array().unwrap();
    let of = |kind: &str| nodes.iter().filter(|node| node["@type"] == kind).count();
    assert_eq!(of("uco-observable:File"), 1);
    assert_eq!(of("uco-identity:Person"), 1);
    assert_eq!(of("uco-analysis:AnalyticResult"), 1, "one edit point");
}

#[test]
fn a_reference_that_cannot_be_examined_is_wrong_usage() {
    let folder = Folder::new();
    std::fs::write(folder.path("notes.txt"), "no recording").unwrap();
    let clip = text("clean/LJ001-0005.flac");
    for reference in ["missing.wav", "notes.txt"] {
        let run = folder.run(["analyze", "--json", "--reference", reference, &clip]);
        assert_eq!(run.code, 2, "{reference}: {}", run.stderr);
        assert!(run.stderr.contains(reference) && run.stdout.is_empty(), "{}", run.stderr);
    }
}
