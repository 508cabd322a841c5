//! Which files lie below some paths.
//!
//! Hidden files are files, and nothing is left out because of a `.gitignore`. Links are followed
//! after everything that lies there itself, and each file and folder is visited once under whatever
//! names it is reached, so that loops of links end and a linked file is not its own copy.

use std::collections::{HashSet, VecDeque};
use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::glob::Filter;
use crate::report::scan::PassedOver;

/// A file that is there.
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    pub(super) modified: Option<SystemTime>,
}

/// What lies below the paths.
#[derive(Default)]
pub(super) struct Walk {
    /// Regular files, sorted by path.
    pub(super) files: Vec<Found>,
    /// Files and folders that could not be looked at, and why.
    pub(super) failed: Vec<(PathBuf, io::Error)>,
    /// What is neither file nor folder.
    pub(super) passed_over: Vec<PassedOver>,
}

/// Every file below `paths` that passes `filter`, but for `outputs` and what is in them. A path that is
/// itself a file need not pass.
pub(super) fn walk(paths: &[PathBuf], filter: &Filter, outputs: &[PathBuf]) -> Walk {
    let mut walker = Walker::new(filter, outputs);
    for path in paths {
        walker.visit(Entry { path: path.clone(), below: None });
        walker.empty_folders();
    }
    while let Some(link) = walker.links.pop_front() {
        walker.visit(link);
        walker.empty_folders();
    }
    let mut walk = walker.walk;
    walk.files.sort_by(|a, b| a.path.cmp(&b.path));
    walk.failed.sort_by(|a, b| a.0.cmp(&b.0));
    walk.passed_over.sort_by(|a, b| a.path.cmp(&b.path));
    walk
}

/// A name that was met.
struct Entry {
    path: PathBuf,
    /// Its path below the given one, with `/`; `None` for a given one itself.
    below: Option<Vec<u8>>,
}

struct Walker<'a> {
    filter: &'a Filter,
    /// Files and folders that were visited, or are not to be, by their real paths.
    visited: HashSet<PathBuf>,
    folders: Vec<Entry>,
    links: VecDeque<Entry>,
    walk: Walk,
}

impl<'a> Walker<'a> {
    fn new(filter: &'a Filter, outputs: &[PathBuf]) -> Self {
        Self {
            filter,
            visited: outputs.iter().map(|path| real_path(path)).collect(),
            folders: Vec::new(),
            links: VecDeque::new(),
            walk: Walk::default(),
        }
    }

    /// Takes a name for what it leads to, through links.
    fn visit(&mut self, entry: Entry) {
        if entry.below.as_ref().is_some_and(|below| !self.filter.enters(below)) {
            return;
        }
        let real = fs::canonicalize(&entry.path);
        let looked = real.and_then(|real| Ok((fs::metadata(&real)?, real)));
        let taken = entry.below.as_ref().is_none_or(|below| self.filter.takes(below));
        let (metadata, real) = match looked {
            Ok(looked) => looked,
            Err(error) if taken => return self.walk.failed.push((entry.path, error)),
            Err(_) => return,
        };
        let kind = metadata.file_type();
        if !(taken || kind.is_dir()) || !self.visited.insert(real) {
            return;
        }
        if kind.is_dir() {
            self.folders.push(entry);
        } else if kind.is_file() {
            let (bytes, modified) = (metadata.len(), metadata.modified().ok());
            self.walk.files.push(Found { path: entry.path, bytes, modified });
        } else {
            let path = entry.path.to_string_lossy().into_owned();
            let reason = special(kind).to_owned();
            self.walk.passed_over.push(PassedOver { path, reason });
        }
    }

    fn empty_folders(&mut self) {
        while let Some(folder) = self.folders.pop() {
            match self.names(&folder) {
                Ok(names) => names.into_iter().for_each(|(entry, is_link)| {
                    if is_link { self.links.push_back(entry) } else { self.visit(entry) }
                }),
                Err(error) => self.walk.failed.push((folder.path, error)),
            }
        }
    }

    /// Names in a folder, sorted, and whether they are links.
    fn names(&mut self, folder: &Entry) -> io::Result<Vec<(Entry, bool)>> {
        let mut names = Vec::new();
        for name in fs::read_dir(&folder.path)? {
            let name = match name {
                Ok(name) => name,
                Err(error) => {
                    self.walk.failed.push((folder.path.clone(), error));
                    break;
                }
            };
            let mut below = folder.below.clone().unwrap_or_default();
            if !below.is_empty() {
                below.push(b'/');
            }
            below.extend(name.file_name().as_encoded_bytes());
            let is_link = name.file_type().is_ok_and(|kind| kind.is_symlink());
            names.push((Entry { path: name.path(), below: Some(below) }, is_link));
        }
        names.sort_by(|(a, _), (b, _)| a.path.cmp(&b.path));
        Ok(names)
    }
}

/// A path without links, as far as it leads somewhere.
fn real_path(path: &Path) -> PathBuf {
    let real = fs::canonicalize(path).ok();
    let in_folder = || Some(fs::canonicalize(path.parent()?).ok()?.join(path.file_name()?));
    real.or_else(in_folder).unwrap_or_else(|| path.to_owned())
}

#[cfg(unix)]
fn special(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else if kind.is_block_device() || kind.is_char_device() {
        "a device"
    } else {
        "no regular file"
    }
}

#[cfg(not(unix))]
fn special(_: FileType) -> &'static str {
    "no regular file"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(walk: &Walk, folder: &Path) -> Vec<String> {
        let name = |found: &Found| found.path.strip_prefix(folder).unwrap().to_owned();
        walk.files.iter().map(|found| name(found).to_str().unwrap().to_owned()).collect()
    }

    fn filter(include: &[&str], exclude: &[&str]) -> Filter {
        let owned =
            |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        Filter::new(&owned(include), &owned(exclude)).unwrap()
    }

    fn tree() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.wav", "a/c.WAV", "a/.hidden", "a/d/e.txt", "out/reports/r.json", "out/mine"]
        {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        fs::write(folder.path().join(".gitignore"), "*").unwrap();
        folder
    }

    #[test]
    fn every_file_is_found_once_and_outputs_are_none() {
        let folder = tree();
        let root = folder.path().to_owned();
        let paths = [root.clone(), root.join("a"), root.join("b.wav")];
        let walk = walk(&paths, &filter(&[], &[]), &[root.join("out/reports")]);
        let expected = [".gitignore", "a/.hidden", "a/c.WAV", "a/d/e.txt", "b.wav", "out/mine"];
        assert_eq!(names(&walk, &root), expected);
        assert!(walk.failed.is_empty() && walk.passed_over.is_empty());
        assert_eq!(walk.files[1].bytes, 9);
        assert!(walk.files[1].modified.is_some());
    }

    #[test]
    fn patterns_choose_and_a_given_file_needs_none() {
        let folder = tree();
        let root = folder.path().to_owned();
        let out = [root.join("out/reports")];
        let found = walk(std::slice::from_ref(&root), &filter(&["*.wav"], &[]), &out);
        assert_eq!(names(&found, &root), ["a/c.WAV", "b.wav"]);
        let found = walk(std::slice::from_ref(&root), &filter(&[], &["a", "out", ".*"]), &out);
        assert_eq!(names(&found, &root), ["b.wav"]);
        let found = walk(&[root.join("a/d/e.txt")], &filter(&["*.wav"], &[]), &out);
        assert_eq!(names(&found, &root), ["a/d/e.txt"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_once_and_loops_end() {
        use std::os::unix::fs::symlink;
        let (folder, other) = (tree(), tree());
        let root = folder.path().to_owned();
        symlink(&root, root.join("a/loop")).unwrap();
        symlink("self", root.join("self")).unwrap();
        symlink("nowhere", root.join("broken")).unwrap();
        symlink("b.wav", root.join("0-link.wav")).unwrap();
        symlink(other.path().join("a"), root.join("other")).unwrap();
        symlink("/dev/null", root.join("null")).unwrap();
        let walk = walk(
            std::slice::from_ref(&root),
            &filter(&[], &[".gitignore"]),
            &[root.join("out/reports")],
        );
        let files = names(&walk, &root);
        assert!(files.contains(&"b.wav".into()) && !files.contains(&"0-link.wav".into()));
        assert_eq!(files.iter().filter(|name| name.starts_with("other/")).count(), 3);
        assert_eq!(files.len(), 8);
        let failed: Vec<_> =
            walk.failed.iter().map(|(path, _)| path.file_name().unwrap()).collect();
        assert_eq!(failed, ["broken", "self"]);
        assert_eq!(walk.passed_over[0].reason, "a device");
    }
}
