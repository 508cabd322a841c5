//! One writer at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::Path;

use crate::error::{Error, Result};

/// Name of the lock in an archive. The system's lock on it counts, which ends with its holder, however
/// that ends; what is written in it says who that is.
pub(super) const LOCK: &str = "writer.lock";

/// Bytes that are read of what a holder has written.
const SHOWN: u64 = 200;

/// The right to write, held until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    pub(super) fn take(folder: &Path) -> Result<Self> {
        let path = folder.join(LOCK);
        let open = |source| Error::Open { path: path.clone(), source };
        let mut options = OpenOptions::new();
        let mut file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(open)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Some systems keep others from reading a locked file.
                let known = file.take(SHOWN).read_to_string(&mut holder).is_ok();
                let holder = holder.trim();
                let who = if known && !holder.is_empty() { holder } else { "another process" };
                let what = format!("{who} is writing to it");
                let hint = Some("wait until that has ended; reading goes on meanwhile".into());
                return Err(Error::Archive { path: folder.to_owned(), what, hint });
            }
            Err(TryLockError::Error(source)) => return Err(open(source)),
        }
        let me = format!("process {} on {}\n", std::process::id(), host());
        let written = file.set_len(0).and_then(|()| file.write_all(me.as_bytes()));
        written.map_err(|source| Error::Write { path, source })?;
        Ok(Self { _file: file })
    }
}

/// Name of this machine, where the system tells it.
fn host() -> String {
    let named = ["HOSTNAME", "COMPUTERNAME"].iter().find_map(|name| std::env::var(name).ok());
    let kernel = || std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = named.or_else(kernel).map(|name| name.trim().to_owned());
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| "this machine".into())
}
