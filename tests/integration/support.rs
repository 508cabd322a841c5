//! What the tests share: fixtures, runs of the program with a time limit, JSON that validates.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// Longest a run of the program may take.
const TIME_LIMIT: Duration = Duration::from_secs(20);

/// The repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// One fixture, such as `clean/columbia-118s.flac`.
pub(crate) fn fixture(name: &str) -> PathBuf {
    root().join("fixtures").join(name)
}

/// Every file of a folder of fixtures, sorted.
pub(crate) fn fixtures(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(fixture(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no fixtures in {folder}");
    files
}

/// A path's last part, for tables and messages.
pub(crate) fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// A run of the program that ended.
pub(crate) struct Run {
    /// Exit code; a run ended by a signal has none and fails at once.
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// The document on standard output.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|e| panic!("no JSON ({e}): {}\n{}", self.stdout, self.stderr))
    }

    /// The document on standard output, after it was held against the schema that it names.
    pub(crate) fn valid_json(&self) -> Value {
        valid(self.json())
    }

    /// The documents on standard output, one a line, as [`Run::valid_json`] checks them.
    pub(crate) fn valid_lines(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| valid(serde_json::from_str(line).unwrap())).collect()
    }
}

fn valid(document: Value) -> Value {
    let name = document["schema"].as_str().unwrap_or_default();
    let problems: Vec<String> = validator(name)
        .iter_errors(&document)
        .map(|e| format!("{e} at {}", e.instance_path()))
        .collect();
    assert!(problems.is_empty(), "{document} does not validate: {problems:?}");
    document
}

/// A fresh folder in which the program runs.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file and returns its path.
    pub(crate) fn write(&self, name: impl AsRef<Path>, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        let path = self.path(name);
        std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }

    /// The program, ready to start here.
    pub(crate) fn command<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
    ) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spliceprint"));
        command.args(arguments).current_dir(self.0.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs the program with these arguments.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Run {
        finish(self.command(arguments).spawn().unwrap())
    }

    /// `analyze --json --no-external FILE`.
    pub(crate) fn analyze_json(&self, file: &Path) -> Run {
        self.run([
            OsStr::new("analyze"),
            "--json".as_ref(),
            "--no-external".as_ref(),
            file.as_ref(),
        ])
    }

    /// Runs the program with `input` on its standard input.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: Vec<u8>) -> Run {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let run = finish(child);
        writer.join().unwrap().unwrap();
        run
    }
}

/// Waits for the program, and fails if it takes too long or dies by a signal or an uncaught panic.
pub(crate) fn finish(mut child: Child) -> Run {
    let stdout = drain(child.stdout.take());
    let stderr = drain(child.stderr.take());
    let started = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if started.elapsed() > TIME_LIMIT => {
                child.kill().unwrap();
                panic!("the program ran longer than {TIME_LIMIT:?}");
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    let (stdout, stderr) = (stdout.join().unwrap(), stderr.join().unwrap());
    let code = status.code().unwrap_or_else(|| panic!("ended by {status}: {stderr}"));
    assert!(code != 101 && !stderr.contains("internal error"), "panicked: {stderr}");
    Run { code, stdout, stderr }
}

fn drain(pipe: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            pipe.read_to_end(&mut bytes).unwrap();
        }
        String::from_utf8(bytes).expect("the program writes UTF-8")
    })
}

/// The schema of this name as the program prints it, compiled once.
fn validator(schema: &str) -> &'static jsonschema::Validator {
    const NAMES: [&str; 5] = ["analysis", "archive", "comparison", "match", "verification"];
    static VALIDATORS: [OnceLock<jsonschema::Validator>; 5] = [const { OnceLock::new() }; 5];
    let of = |name: &&str| schema == format!("spliceprint.{name}/1");
    let number = NAMES.iter().position(of).unwrap_or_else(|| panic!("no schema `{schema}`"));
    VALIDATORS[number].get_or_init(|| {
        let run = Folder::new().run(["schema", NAMES[number]]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        jsonschema::draft202012::new(&run.json()).unwrap()
    })
}

/// Times of a document's edit points, in seconds.
pub(crate) fn edit_times(document: &Value) -> Vec<f64> {
    let points = document["edit_points"].as_array().unwrap();
    points.iter().map(|point| point["time_s"].as_f64().unwrap()).collect()
}

/// Findings of a detector in a document.
pub(crate) fn findings<'a>(document: &'a Value, id: &str) -> &'a [Value] {
    let detectors = document["detectors"].as_array().unwrap();
    let detector = detectors.iter().find(|d| d["id"] == id).unwrap_or_else(|| panic!("no {id}"));
    detector["findings"].as_array().unwrap()
}

/// A small linear congruential generator: the same numbers on every machine.
pub(crate) struct Lcg(pub(crate) u64);

impl Lcg {
    /// The next 32 bits.
    pub(crate) fn next(&mut self) -> u32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 32) as u32
    }

    /// A number in `0..end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.next() as usize % end.max(1)
    }

    /// White noise in -1..1.
    pub(crate) fn noise(&mut self) -> f32 {
        self.next() as f32 / 2_147_483_648.0 - 1.0
    }
}
