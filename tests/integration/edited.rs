//! Shipped clips with a known edit: the truth beside each is met, and every detector has one.

use std::path::Path;

use serde_json::Value;
use spliceprint::detector::Family;

use crate::support::{Folder, edit_times, findings, fixture, fixtures, name};

/// Distance within which an edit counts as found where the truth names none, in seconds.
const TOLERANCE_S: f64 = 0.02;

/// What stands beside a clip.
struct Truth {
    clip: std::path::PathBuf,
    stem: String,
    /// Detectors that report one of the edits.
    detectors: Vec<String>,
    /// Detectors that describe the clip.
    describes: Vec<String>,
    tolerance_s: f64,
    edits_s: Vec<f64>,
}

impl Truth {
    fn read(path: &Path) -> Self {
        let stem = name(path).strip_suffix(".truth.toml").unwrap().to_owned();
        let truth: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
        let ids = |key: &str| {
            let ids = truth.get(key).and_then(|ids| ids.as_array()).into_iter().flatten();
            ids.map(|id| id.as_str().unwrap().to_owned()).collect()
        };
        let edits = truth.get("edit").and_then(|edits| edits.as_array()).into_iter().flatten();
        let clip =
            ["flac", "mp3", "opus"].map(|ext| fixture("edited").join(format!("{stem}.{ext}")));
        Self {
            clip: clip.into_iter().find(|path| path.exists()).unwrap(),
            detectors: ids("detectors"),
            describes: ids("describes"),
            tolerance_s: truth.get("tolerance_s").map_or(TOLERANCE_S, |t| t.as_float().unwrap()),
            edits_s: edits.map(|edit| edit["time_s"].as_float().unwrap()).collect(),
            stem,
        }
    }

    fn all() -> Vec<Self> {
        let files = fixtures("edited").into_iter();
        files.filter(|path| name(path).ends_with(".truth.toml")).map(|p| Self::read(&p)).collect()
    }

    fn near(&self, time_s: f64, other_s: f64) -> bool {
        (time_s - other_s).abs() <= self.tolerance_s
    }

    /// Whether a finding or an edit point is about this moment: its place, or the end of a stretch.
    fn meets(&self, place: &Value, time_s: f64) -> bool {
        ["time_s", "end_s"].iter().any(|key| self.near(place[*key].as_f64().unwrap(), time_s))
    }
}

#[test]
fn every_truth_is_met() {
    let folder = Folder::new();
    for truth in Truth::all() {
        let stem = &truth.stem;
        let document = folder.analyze_json(&truth.clip).valid_json();
        for id in &truth.describes {
            assert!(!findings(&document, id).is_empty(), "{stem}: {id} is silent");
        }
        for id in &truth.detectors {
            let found = findings(&document, id);
            let met = found.iter().any(|f| truth.edits_s.iter().any(|&t| truth.meets(f, t)));
            assert!(met, "{stem}: {id} reports {found:?}");
        }
        let points = document["edit_points"].as_array().unwrap();
        let times = edit_times(&document);
        let stands_alone = |id: &String| {
            let detector = spliceprint::detectors::find(id).unwrap_or_else(|| panic!("no {id}"));
            detector.descriptor().stands_alone
        };
        if truth.detectors.iter().any(stands_alone) {
            for &edit_s in &truth.edits_s {
                let met = points.iter().any(|point| truth.meets(point, edit_s));
                assert!(met, "{stem}: no point at {edit_s} s but at {times:?}");
            }
        }
        for time_s in times {
            let known = truth.edits_s.iter().any(|&edit_s| truth.near(time_s, edit_s));
            assert!(known, "{stem}: a point at {time_s} s, where nothing was edited");
        }
    }
}

#[test]
fn every_detector_of_sound_has_a_clip() {
    let truths = Truth::all();
    let missing: Vec<&str> = spliceprint::detectors::DETECTORS
        .iter()
        .map(|detector| detector.descriptor())
        // Those of structure have files made in `structure.rs`.
        .filter(|descriptor| descriptor.family != Family::Structure)
        .map(|descriptor| descriptor.id)
        .filter(|id| {
            !truths.iter().any(|t| t.detectors.iter().chain(&t.describes).any(|i| i == id))
        })
        .collect();
    assert!(missing.is_empty(), "no clip in fixtures/edited for {missing:?}");
}
