//! Whether a report says again what it said: the file's hash, the samples' hash, and every value.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{AnalysisDocument, Report};
use crate::analysis::glance::glance;
use crate::analysis::{Profile, Settings, analyze};
use crate::decode::{Input, OpenOptions};
use crate::error::{Error, Result};
use crate::report::json;
use crate::report::terminal::escape;

/// Schema of the document.
pub const VERIFICATION_SCHEMA: &str = "spliceprint.verification/1";

/// Differences kept; later ones are counted.
const MAX_DIFFERENCES: usize = 100;

/// Parts of a report that `verify` takes as they are: what people wrote, and what takes other files or
/// programs to make.
const TAKEN: [&str; 4] = ["custody", "certificate", "enf_match", "references"];

/// What became of a report that was checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VerificationDocument {
    /// `spliceprint.verification/1`.
    pub schema: String,
    /// Whether everything that was checked is the same.
    pub status: VerificationStatus,
    /// The file that was examined now, as given.
    pub path: String,
    /// Version of the program that made the report.
    pub recorded_version: String,
    /// Version of this program. Another one may measure otherwise.
    pub version: String,
    /// Whether the file has the recorded SHA-256.
    pub file_is_same: bool,
    /// Whether the samples have the recorded SHA-256; absent if they were not decoded or not recorded.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub samples_are_same: Option<bool>,
    /// Values that differ, in the order of the document.
    pub differences: Vec<Difference>,
    /// Values that differ and are not listed.
    pub more_differences: u64,
    /// Parts of the report that were not made again.
    pub not_repeated: Vec<String>,
}

/// Outcome of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerificationStatus {
    /// File, samples and every value that was made again are as recorded.
    Same,
    /// The file is another one; nothing was examined.
    OtherFile,
    /// The file is the recorded one, and something differs.
    Different,
}

/// A value that is another one now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// Place in the document (RFC 6901).
    pub at: String,
    /// Value in the report; absent if it has none there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub recorded: Option<Value>,
    /// Value now; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub now: Option<Value>,
}

/// Examines `input` as the report says that it was, and compares. `progress` is told the examined seconds
/// and the declared ones, if any.
///
/// # Errors
///
/// Any of examining a clip; [`Error::Argument`] for settings that this version does not know.
pub fn verify(
    recorded: &AnalysisDocument,
    input: &Input,
    path: &str,
    progress: &mut dyn FnMut(f64, Option<f64>),
) -> Result<VerificationDocument> {
    let settings = settings_of(recorded)?;
    let now = match settings.profile {
        Profile::Full => {
            let with_words = recorded.fingerprint.as_ref().is_some_and(|f| f.words.is_some());
            analyze(input, &settings, progress).map(|a| Report::of(&a, &settings, with_words))
        }
        _ => glance(input, &settings, progress).map(|g| Report::of_glance(&g, &settings)),
    };
    let mut now = match now {
        Ok(report) => report.document,
        Err(error) if recorded.error.is_some() => {
            Report::unreadable(&recorded.source.path, &error, &settings).document
        }
        Err(error) => return Err(error),
    };
    let file_is_same = now.source.sha256 == recorded.source.sha256;
    let hashes = recorded.source.pcm_sha256.as_ref().zip(now.source.pcm_sha256.as_ref());
    let samples_are_same = hashes.map(|(recorded, now)| recorded == now);
    let mut outcome = VerificationDocument {
        schema: VERIFICATION_SCHEMA.into(),
        status: VerificationStatus::OtherFile,
        path: path.into(),
        recorded_version: recorded.tool.version.clone(),
        version: now.tool.version.clone(),
        file_is_same,
        samples_are_same,
        differences: Vec::new(),
        more_differences: 0,
        not_repeated: Vec::new(),
    };
    if !file_is_same {
        return Ok(outcome);
    }
    // Where the file lies now is no part of what was found in it.
    now.source.path.clone_from(&recorded.source.path);
    let (mut before, mut after) = (json::value(recorded), json::value(&now));
    for part in TAKEN {
        let taken = before.as_object_mut().and_then(|document| document.remove(part));
        if taken.is_some() {
            outcome.not_repeated.push(part.into());
        }
        after.as_object_mut().and_then(|document| document.remove(part));
    }
    compare("", Some(&before), Some(&after), &mut outcome);
    outcome.status = match outcome.differences.is_empty() {
        true => VerificationStatus::Same,
        false => VerificationStatus::Different,
    };
    Ok(outcome)
}

/// The settings that a report names.
fn settings_of(recorded: &AnalysisDocument) -> Result<Settings> {
    let named = &recorded.tool.settings;
    let profile = [Profile::Full, Profile::Fast, Profile::Structure];
    let profile = profile.into_iter().find(|p| p.as_str() == named.profile).ok_or_else(|| {
        Error::Argument {
            what: format!("the report was made with an unknown profile `{}`", named.profile),
        }
    })?;
    Ok(Settings {
        profile,
        open: OpenOptions {
            track: named.track,
            allow_external: named.external,
            ..OpenOptions::default()
        },
        start_s: named.start_s,
        end_s: named.end_s,
        deep: named.deep,
        only: named.only.clone(),
        skip: named.skip.clone(),
    })
}

/// Adds every place below `at` at which two values differ.
fn compare(
    at: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    outcome: &mut VerificationDocument,
) {
    match (before, after) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let added = after.keys().filter(|key| !before.contains_key(*key));
            for key in before.keys().chain(added) {
                let name = key.replace('~', "~0").replace('/', "~1");
                compare(&format!("{at}/{name}"), before.get(key), after.get(key), outcome);
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            for n in 0..before.len().max(after.len()) {
                compare(&format!("{at}/{n}"), before.get(n), after.get(n), outcome);
            }
        }
        (before, after) if before == after => {}
        (before, after) if outcome.differences.len() < MAX_DIFFERENCES => {
            let (recorded, now) = (before.cloned(), after.cloned());
            outcome.differences.push(Difference { at: at.into(), recorded, now });
        }
        _ => outcome.more_differences += 1,
    }
}

impl VerificationDocument {
    /// The outcome on a terminal.
    #[must_use]
    pub fn summary(&self) -> String {
        let word = |same: bool| if same { "as recorded" } else { "another one" };
        let mut lines =
            vec![escape(&self.path), format!("  file      {}", word(self.file_is_same))];
        if let Some(same) = self.samples_are_same {
            let samples = if same { "as recorded" } else { "others" };
            lines.push(format!("  samples   {samples}"));
        }
        lines.push(match self.status {
            VerificationStatus::OtherFile => "  report    of another file".into(),
            VerificationStatus::Same => "  report    every value as recorded".into(),
            VerificationStatus::Different => {
                let count = self.differences.len() as u64 + self.more_differences;
                format!("  report    values that differ: {count}")
            }
        });
        if self.recorded_version != self.version {
            let versions = [&self.recorded_version, &self.version].map(|v| escape(v));
            lines.push(format!(
                "  version   {} made the report, this is {}",
                versions[0], versions[1]
            ));
        }
        let value =
            |value: &Option<Value>| value.as_ref().map_or("nothing".into(), ToString::to_string);
        for difference in self.differences.iter().take(20) {
            let (before, now) = (value(&difference.recorded), value(&difference.now));
            lines.push(escape(&format!("  - {}: {before}, now {now}", difference.at)));
        }
        if !self.not_repeated.is_empty() {
            lines.push(format!("  not made again: {}", self.not_repeated.join(", ")));
        }
        lines.join("\n") + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample_report;

    #[test]
    fn a_value_that_changed_is_named_by_its_place() {
        let recorded = json::value(&sample_report().document);
        let mut now = recorded.clone();
        now["edit_points"][0]["score"] = 1.0.into();
        now["stream"]["codec"] = Value::Null;
        let mut outcome = VerificationDocument {
            schema: String::new(),
            status: VerificationStatus::Same,
            path: String::new(),
            recorded_version: String::new(),
            version: String::new(),
            file_is_same: true,
            samples_are_same: None,
            differences: Vec::new(),
            more_differences: 0,
            not_repeated: Vec::new(),
        };
        compare("", Some(&recorded), Some(&now), &mut outcome);
        let places: Vec<_> = outcome.differences.iter().map(|d| d.at.as_str()).collect();
        assert_eq!(places.len(), 2);
        assert!(places.contains(&"/edit_points/0/score") && places.contains(&"/stream/codec"));
        compare("", Some(&recorded), Some(&recorded), &mut outcome);
        assert_eq!(outcome.differences.len(), 2);
    }
}
