//! The JSON Schemas of the public documents, made from the documents' types.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::report::comparison::{COMPARISON_SCHEMA, ComparisonDocument};
use crate::report::matches::{MATCH_SCHEMA, MatchDocument};
use crate::report::verify::{VERIFICATION_SCHEMA, VerificationDocument};
use crate::report::{ANALYSIS_SCHEMA, AnalysisDocument};

/// JSON Schema 2020-12 of `spliceprint.analysis/1`. Unknown keys are allowed, since a version may
/// only be added to.
#[must_use]
pub fn analysis_schema() -> Value {
    schema_of::<AnalysisDocument>(ANALYSIS_SCHEMA, "urn:spliceprint:schema:analysis:1")
}

/// JSON Schema 2020-12 of `spliceprint.comparison/1`, as open to additions.
#[must_use]
pub fn comparison_schema() -> Value {
    schema_of::<ComparisonDocument>(COMPARISON_SCHEMA, "urn:spliceprint:schema:comparison:1")
}

/// JSON Schema 2020-12 of `spliceprint.match/1`, as open to additions.
#[must_use]
pub fn match_schema() -> Value {
    schema_of::<MatchDocument>(MATCH_SCHEMA, "urn:spliceprint:schema:match:1")
}

/// JSON Schema 2020-12 of `spliceprint.verification/1`, as open to additions.
#[must_use]
pub fn verification_schema() -> Value {
    schema_of::<VerificationDocument>(VERIFICATION_SCHEMA, "urn:spliceprint:schema:verification:1")
}

fn schema_of<D: JsonSchema>(name: &str, id: &str) -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<D>();
    schema.insert("$id".into(), json!(id));
    schema.insert("title".into(), json!(name));
    let mut schema = schema.to_value();
    schema["properties"]["schema"]["const"] = json!(name);
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::comparison::sample;
    use crate::report::{Status, matches, sample_report, unreadable_report};

    fn errors(schema: &Value, document: &Value) -> Vec<String> {
        let validator = jsonschema::draft202012::new(schema).unwrap();
        validator.iter_errors(document).map(|error| error.to_string()).collect()
    }

    #[test]
    fn samples_validate() {
        let mut partial = sample_report();
        partial.document.status = Status::Partial;
        for report in [sample_report(), partial, unreadable_report()] {
            let document = serde_json::to_value(&report.document).unwrap();
            assert_eq!(errors(&analysis_schema(), &document), Vec::<String>::new());
        }
        for report in sample::all() {
            let document = serde_json::to_value(&report.document).unwrap();
            assert_eq!(errors(&comparison_schema(), &document), Vec::<String>::new());
        }
        for report in matches::sample::all() {
            let document = serde_json::to_value(&report.document).unwrap();
            assert_eq!(errors(&match_schema(), &document), Vec::<String>::new());
        }
    }

    #[test]
    fn additions_validate_and_misspelt_words_do_not() {
        let mut document = serde_json::to_value(sample_report().document).unwrap();
        let mut others = serde_json::to_value(sample::found().document).unwrap();
        document["added_later"] = json!(1);
        others["added_later"] = json!(1);
        assert!(errors(&analysis_schema(), &document).is_empty());
        assert!(errors(&comparison_schema(), &others).is_empty());
        document["edit_points"][0]["strength"] = json!("very_strong");
        others["edits"][0]["kind"] = json!("cut");
        assert_eq!(errors(&analysis_schema(), &document).len(), 1);
        assert_eq!(errors(&comparison_schema(), &others).len(), 1);
        document["edit_points"][0]["strength"] = json!("strong");
        document["schema"] = json!("spliceprint.analysis/2");
        assert_eq!(errors(&analysis_schema(), &document).len(), 1);
    }

    /// On a difference, the schema as it should be is left in the temporary folder.
    #[test]
    fn the_published_copies_are_current() {
        for (name, schema) in [
            ("analysis-1.json", analysis_schema()),
            ("comparison-1.json", comparison_schema()),
            ("match-1.json", match_schema()),
            ("verification-1.json", verification_schema()),
        ] {
            let path = format!("{}/docs/schema/{name}", env!("CARGO_MANIFEST_DIR"));
            let published = std::fs::read_to_string(path).unwrap_or_default();
            let current = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
            if published != current {
                let fresh = std::env::temp_dir().join(name);
                std::fs::write(&fresh, &current).unwrap();
                panic!("docs/schema/{name} is out of date, see {}", fresh.display());
            }
        }
    }
}
