//! The stated minimum Rust version covers every dependency.

use std::process::Command;

/// `1.91` and `1.91.0` as `(1, 91)`.
fn version(text: &str) -> (u32, u32) {
    let mut parts = text.split('.').map(|part| part.parse().unwrap());
    (parts.next().unwrap(), parts.next().unwrap())
}

/// The platform that cargo was built for; packages of others need not be on this machine.
fn host() -> String {
    let output = Command::new(env!("CARGO")).arg("-vV").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned()
}

#[test]
fn no_dependency_asks_for_a_newer_rust() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .args(["--filter-platform", &host()])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let own = version(env!("CARGO_PKG_RUST_VERSION"));
    let asks = |package: &serde_json::Value| package["rust_version"].as_str().map(version);
    let newer: Vec<_> = packages
        .iter()
        .filter(|package| asks(package).is_some_and(|needs| needs > own))
        .map(|package| package["name"].as_str().unwrap())
        .collect();
    assert!(newer.is_empty(), "{newer:?} ask for a newer Rust than {own:?}");
    assert!(packages.iter().filter_map(asks).count() > 50, "too few packages state a version");
}
