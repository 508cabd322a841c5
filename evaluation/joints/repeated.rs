//! Sessions that hold one recording twice, as `joints_audit` lists them.

use std::collections::HashSet;
use std::path::Path;

/// What the clips of one untouched session have in common: their name without the last codec.
pub fn session(id: &str) -> &str {
    let is_codec = |end: &str| !end.chars().all(|c| c.is_ascii_digit());
    id.rsplit_once('_').filter(|(_, end)| is_codec(end)).map_or(id, |(front, _)| front)
}

/// The sessions named in the first column of a file; none without a file.
///
/// # Errors
///
/// A message that names the file that could not be read.
pub fn read(path: Option<&Path>) -> Result<HashSet<String>, String> {
    let Some(path) = path else { return Ok(HashSet::new()) };
    let text = std::fs::read_to_string(path)
        .map_err(|e| format!("could not read `{}`: {e}", path.display()))?;
    Ok(text.lines().filter_map(|line| Some(line.split('\t').next()?.to_owned())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_the_name_without_its_codec() {
        assert_eq!(session("test_untouched_0040_aac-128"), "test_untouched_0040");
        assert_eq!(session("test_untouched_0040_flac"), "test_untouched_0040");
        assert_eq!(session("test_family_0012"), "test_family_0012");
    }
}
