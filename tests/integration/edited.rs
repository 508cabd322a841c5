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
        let document = folder.analyze_json(format!("{stem}.flac").as_ref()).valid_json();
        let times = edit_times(&document);
        for edit in truth["edit"].as_array().unwrap() {
            let time_s = edit["time_s"].as_float().unwrap();
            assert!(times.iter().any(|t| (t - time_s).abs() <= TOLERANCE_S), "{stem}: {times:?}");
            edits += 1;
        }
        assert_eq!(times.len(), truth["edit"].as_array().unwrap().len(), "{stem}: {times:?}");
    }
    assert!(edits > 0, "no truth was read");
}
