//! The floors of DESIGN.md, read from `use crate::`: an import only points down.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::support::root;

/// Modules and the floor each stands on.
const FLOORS: [(u8, &[&str]); 8] = [
    (1, &["units", "checksum", "error"]),
    (2, &["decode", "container", "finding", "dsp"]),
    (3, &["features", "measures", "calibration", "writers"]),
    (4, &["detector", "fingerprint", "align"]),
    (5, &["detectors", "fusion"]),
    (6, &["analysis", "comparison", "archive", "matching", "excerpts", "certificate"]),
    (7, &["report"]),
    (8, &["scan"]),
];

/// The one pair that may know each other: `Features` is made of the series that `measures` defines,
/// and `measures::Measures::finish` fills it in. They are two names for one step of the data's way.
const PAIR: [&str; 2] = ["features", "measures"];

fn floor(module: &str) -> u8 {
    let known = FLOORS.iter().find(|(_, modules)| modules.contains(&module));
    known.unwrap_or_else(|| panic!("`{module}` stands on no floor; give it one here")).0
}

/// Rust files under a folder of `src`, with their text outside comments and tests.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") && !is_test_file(&path) {
                let text = std::fs::read_to_string(&path).unwrap();
                files.push((path, product_code(&text)));
            }
        }
    }
    files.sort();
    files
}

/// `tests.rs` and `*_tests.rs` are modules under `#[cfg(test)]`.
fn is_test_file(path: &Path) -> bool {
    path.file_stem().unwrap().to_string_lossy().ends_with("tests")
}

/// A file without comments and without items under `#[cfg(test)]`; relies on rustfmt's layout, in
/// which an item ends with a brace at its own indentation.
fn product_code(text: &str) -> String {
    let mut kept = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let code = line.trim_start();
        if code.starts_with("//") {
            continue;
        }
        if !code.starts_with("#[cfg(test)]") {
            kept += line;
            kept += "\n";
            continue;
        }
        let indent = &line[..line.len() - code.len()];
        let item = lines.by_ref().find(|l| !l.trim_start().starts_with("#["));
        if item.is_some_and(|item| item.ends_with('{')) {
            let end = format!("{indent}}}");
            lines.by_ref().find(|l| **l == end);
        }
    }
    kept
}

/// The top-level module a file of the library belongs to; `None` for `lib.rs`.
fn owner(path: &Path) -> Option<String> {
    let inside = path.strip_prefix(root().join("src")).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    let module = first.strip_suffix(".rs").unwrap_or(&first).to_owned();
    (module != "lib").then_some(module)
}

/// Modules named right after `crate::`.
fn imports(code: &str) -> BTreeSet<String> {
    code.match_indices("crate::")
        .filter(|(at, _)| !code[..*at].ends_with("in "))
        .map(|(at, found)| {
            let rest = &code[at + found.len()..];
            assert!(
                !rest.starts_with('{'),
                "write one `use crate::` a module, so that it can be read"
            );
            rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
        })
        .collect()
}

/// Every `crate::` import of the library: module → modules it knows, other than itself.
fn graph() -> BTreeMap<String, BTreeSet<String>> {
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, code) in sources("src") {
        if path.starts_with(root().join("src/bin")) {
            continue;
        }
        let Some(module) = owner(&path) else { continue };
        let depth = path.strip_prefix(root().join("src")).unwrap().components().count()
            - usize::from(path.ends_with("mod.rs"));
        let climbs = format!("use {}", "super::".repeat(depth));
        let climbs_out = code.lines().any(|l| l.starts_with(&climbs));
        assert!(!climbs_out, "{} climbs out by `super::`", path.display());
        let known = graph.entry(module.clone()).or_default();
        known.extend(imports(&code).into_iter().filter(|other| *other != module));
    }
    graph
}

#[test]
fn imports_point_down() {
    let graph = graph();
    assert!(graph.len() > 10, "the sources were not read: {graph:?}");
    for (module, known) in &graph {
        for other in known {
            let (from, to) = (floor(module), floor(other));
            assert!(from >= to, "`{module}` (floor {from}) imports `{other}` (floor {to})");
        }
    }
    assert!(!graph["container"].contains("decode"), "`container` must not know `decode`");
}

#[test]
fn no_floor_has_a_circle() {
    let graph = graph();
    for start in graph.keys() {
        let mut seen = BTreeSet::new();
        let mut next = vec![start];
        while let Some(module) = next.pop() {
            for other in graph.get(module).into_iter().flatten() {
                let pair = PAIR.contains(&module.as_str()) && PAIR.contains(&other.as_str());
                if pair || !seen.insert(other.clone()) {
                    continue;
                }
                assert!(other != start, "`{start}` and `{module}` import each other in a circle");
                next.push(other);
            }
        }
    }
}

#[test]
fn every_module_of_the_library_stands_on_a_floor() {
    let library = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let modules = library.lines().filter_map(|l| l.trim().strip_prefix("pub mod "));
    let names: Vec<&str> = modules.map(|l| l.trim_end_matches(';')).collect();
    assert!(names.len() > 10);
    names.into_iter().for_each(|name| assert!(floor(name) > 0));
}

#[test]
fn the_program_uses_the_library_by_its_name() {
    let files = sources("src/bin");
    let modules: Vec<String> = files
        .iter()
        .map(|(path, _)| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    for (path, code) in &files {
        assert!(!code.contains("#[path"), "{} pulls a file in", path.display());
        for other in code.lines().filter_map(|l| l.trim().strip_prefix("use crate::")) {
            // A path of one part is an item of the program's own `main.rs`.
            let Some((name, _)) = other.split_once("::") else { continue };
            let own = modules.iter().any(|m| m == name);
            assert!(own, "{} imports `{name}`, which the program does not have", path.display());
        }
    }
}

#[test]
fn types_of_decoder_libraries_stay_in_decode() {
    const DECODERS: [&str; 5] =
        ["symphonia::", "rusty_opus::", "rusty_aac::", "rvoip_codec_core::", "oxideav_gsm::"];
    for (path, code) in sources("src") {
        let leaks = DECODERS.iter().find(|d| code.contains(**d));
        let home = path.starts_with(root().join("src/decode"));
        assert!(home || leaks.is_none(), "{} uses {leaks:?}", path.display());
    }
}

#[test]
fn tests_and_comments_are_not_read() {
    let text = "use crate::a;\n//! crate::b\n#[cfg(test)]\nmod tests {\n    use crate::c;\n}\nuse crate::d::E;\n#[cfg(test)]\nmod sample;\npub(in crate::f) fn x() {}\n";
    let names: Vec<String> = imports(&product_code(text)).into_iter().collect();
    assert_eq!(names, ["a", "d"]);
}
