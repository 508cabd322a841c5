//! The JSON Schema of the analysis document, made from the document's types.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::report::{ANALYSIS_SCHEMA, AnalysisDocument};

/// JSON Schema 2020-12 of `spliceprint.analysis/1`. Unknown keys are allowed, since a version may
/// only be added to.
#[must_use]
pub fn analysis_schema() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<AnalysisDocument>();
    schema.insert("$id".into(), json!("urn:spliceprint:schema:analysis:1"));
    schema.insert("title".into(), json!(ANALYSIS_SCHEMA));
    let mut schema = schema.to_value();
    schema["properties"]["schema"]["const"] = json!(ANALYSIS_SCHEMA);
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Status, sample_report, unreadable_report};

    fn errors(document: &Value) -> Vec<String> {
        let validator = jsonschema::draft202012::new(&analysis_schema()).unwrap();
        validator.iter_errors(document).map(|error| error.to_string()).collect()
    }

    #[test]
    fn samples_validate() {
        let mut partial = sample_report();
        partial.document.status = Status::Partial;
        for report in [sample_report(), partial, unreadable_report()] {
            let document = serde_json::to_value(&report.document).unwrap();
            assert_eq!(errors(&document), Vec::<String>::new());
        }
    }

    #[test]
    fn additions_validate_and_misspelt_strengths_do_not() {
        let mut document = serde_json::to_value(sample_report().document).unwrap();
        document["added_later"] = json!(1);
        assert!(errors(&document).is_empty());
        document["edit_points"][0]["strength"] = json!("very_strong");
        assert_eq!(errors(&document).len(), 1);
        document["edit_points"][0]["strength"] = json!("strong");
        document["schema"] = json!("spliceprint.analysis/2");
        assert_eq!(errors(&document).len(), 1);
    }

    /// On a difference, the schema as it should be is left in the temporary folder.
    #[test]
    fn the_published_copy_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schema/analysis-1.json");
        let published = std::fs::read_to_string(path).unwrap_or_default();
        let current = format!("{}\n", serde_json::to_string_pretty(&analysis_schema()).unwrap());
        if published != current {
            let fresh = std::env::temp_dir().join("analysis-1.json");
            std::fs::write(&fresh, &current).unwrap();
            panic!("docs/schema/analysis-1.json is out of date, see {}", fresh.display());
        }
    }
}
