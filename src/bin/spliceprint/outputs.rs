//! What is asked for, checked before anything is examined.

use std::path::{Path, PathBuf};

use spliceprint::report::{Format, Render};

use crate::Failure;

/// The format of each output, for `clips` reports.
pub(crate) fn formats<R: Render>(
    outputs: &[PathBuf],
    clips: usize,
) -> Result<Vec<(&Path, Format)>, Failure> {
    let of = |path: &PathBuf| Format::of_output::<R>(path, clips);
    outputs.iter().map(|path| Ok((path.as_path(), of(path)?))).collect()
}

/// Whether one of `inputs` is standard input, which can be read once only.
pub(crate) fn reads_stdin<'a>(
    inputs: impl IntoIterator<Item = &'a PathBuf>,
) -> Result<bool, Failure> {
    match inputs.into_iter().filter(|path| path.as_os_str() == "-").count() {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Failure::Usage("standard input can be read once only".into())),
    }
}
