//! The fixtures themselves: small, and each listed in their README with its SHA-256.

use std::fmt::Write;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use crate::support::{fixture, root};

/// Most that all fixtures may weigh, in bytes.
const MOST_BYTES: u64 = 20_000_000;

/// Largest share of one file, in bytes.
const LARGEST_BYTES: u64 = 2_000_000;

/// Every file under `fixtures`, sorted.
fn all() -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![fixture("")]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

#[test]
fn fixtures_stay_small() {
    let sizes: Vec<(PathBuf, u64)> =
        all().into_iter().map(|path| (path.clone(), path.metadata().unwrap().len())).collect();
    for (path, size) in &sizes {
        assert!(*size <= LARGEST_BYTES, "{}: {size} bytes", path.display());
    }
    let total: u64 = sizes.iter().map(|(_, size)| size).sum();
    assert!(total < MOST_BYTES, "{total} bytes of fixtures");
}

#[test]
fn every_recording_is_listed_with_its_hash() {
    let readme = std::fs::read_to_string(fixture("README.md")).expect("fixtures/README.md");
    let mut missing = String::new();
    for path in all() {
        let name = path.strip_prefix(root().join("fixtures")).unwrap().to_str().unwrap();
        // The folder's own text, scripts and truth files are no recordings.
        if [".md", ".sh", ".py", ".toml"].iter().any(|end| name.ends_with(end)) {
            continue;
        }
        let hash: String = Sha256::digest(std::fs::read(&path).unwrap())
            .iter()
            .fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        let named = |cell: &str| cell.trim().trim_matches('`') == name;
        let listed = readme.lines().any(|l| l.split('|').any(named) && l.contains(&hash));
        if !listed {
            writeln!(missing, "| {name} | {hash} |").unwrap();
        }
    }
    assert!(missing.is_empty(), "not in fixtures/README.md:\n{missing}");
}
