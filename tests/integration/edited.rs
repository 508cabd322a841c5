//! Shipped clips with a known edit: the truth beside each is met.

use crate::support::{Folder, edit_times, fixture};

/// Distance within which an edit point counts as found, in seconds.
const TOLERANCE_S: f64 = 0.02;

#[test]
fn every_edit_of_the_truth_is_found() {
    let folder = Folder::new();
    let mut edits = 0;
    for entry in std::fs::read_dir(fixture("edited")).unwrap() {
        let truth_path = entry.unwrap().path();
        let name = truth_path.to_str().unwrap();
        let Some(stem) = name.strip_suffix(".truth.toml") else { continue };
        let truth: toml::Table = std::fs::read_to_string(name).unwrap().parse().unwrap();
        let clip = ["flac", "mp3"].map(|ext| format!("{stem}.{ext}"));
        let clip = clip.iter().find(|path| std::path::Path::new(path).exists()).unwrap();
        let document = folder.analyze_json(clip.as_ref()).valid_json();
        for id in truth.get("describes").and_then(|ids| ids.as_array()).into_iter().flatten() {
            let id = id.as_str().unwrap();
            let detectors = document["detectors"].as_array().unwrap();
            let detector = detectors.iter().find(|d| d["id"] == id).unwrap();
            assert_eq!(detector["findings"].as_array().unwrap().len(), 1, "{stem}: {id}");
        }
        let times = edit_times(&document);
        let known: &[toml::Value] = match truth.get("edit") {
            Some(edits) => edits.as_array().unwrap(),
            None => &[],
        };
        for edit in known {
            let time_s = edit["time_s"].as_float().unwrap();
            assert!(times.iter().any(|t| (t - time_s).abs() <= TOLERANCE_S), "{stem}: {times:?}");
            edits += 1;
        }
        assert_eq!(times.len(), known.len(), "{stem}: {times:?}");
    }
    assert!(edits > 0, "no truth was read");
}
