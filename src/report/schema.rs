//! The published JSON Schemas of the public documents. Tests make them anew from the documents' types.

use serde_json::Value;

/// JSON Schema 2020-12 of `spliceprint.analysis/1`. Unknown keys are allowed, since a version may
/// only be added to.
#[must_use]
pub fn analysis_schema() -> Value {
    published(include_str!("../../docs/schema/analysis-1.json"))
}

/// JSON Schema 2020-12 of the three documents of `spliceprint.archive/1`, as open to additions.
#[must_use]
pub fn archive_schema() -> Value {
    published(include_str!("../../docs/schema/archive-1.json"))
}

/// JSON Schema 2020-12 of `spliceprint.comparison/1`, as open to additions.
#[must_use]
pub fn comparison_schema() -> Value {
    published(include_str!("../../docs/schema/comparison-1.json"))
}

/// JSON Schema 2020-12 of `spliceprint.match/1`, as open to additions.
#[must_use]
pub fn match_schema() -> Value {
    published(include_str!("../../docs/schema/match-1.json"))
}

/// JSON Schema 2020-12 of a line of `spliceprint.scan/1`, as open to additions.
#[must_use]
pub fn scan_schema() -> Value {
    published(include_str!("../../docs/schema/scan-1.json"))
}

/// JSON Schema 2020-12 of `spliceprint.verification/1`, as open to additions.
#[must_use]
pub fn verification_schema() -> Value {
    published(include_str!("../../docs/schema/verification-1.json"))
}

/// A test reads every file.
fn published(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use schemars::generate::SchemaSettings;
    use serde_json::json;

    use super::*;
    use crate::report::archive::{ARCHIVE_SCHEMA, ArchiveDocument};
    use crate::report::comparison::{COMPARISON_SCHEMA, ComparisonDocument, sample};
    use crate::report::matches::{MATCH_SCHEMA, MatchDocument};
    use crate::report::scan::{SCAN_SCHEMA, ScanLine, ScanSummary, sample as scanned};
    use crate::report::verify::{VERIFICATION_SCHEMA, VerificationDocument};
    use crate::report::{
        ANALYSIS_SCHEMA, AnalysisDocument, Status, matches, sample_report, unreadable_report,
    };

    fn schema_of<D: JsonSchema>(name: &str, id: &str) -> Value {
        let generator = SchemaSettings::draft2020_12().into_generator();
        let mut schema = generator.into_root_schema_for::<D>();
        schema.insert("$id".into(), json!(id));
        schema.insert("title".into(), json!(name));
        let mut schema = schema.to_value();
        schema["properties"]["schema"]["const"] = json!(name);
        schema
    }

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
    fn lines_of_a_scan_validate() {
        let records = [scanned::record("a"), scanned::unreadable("b")];
        let summary = ScanSummary::of(&records, 2, &[]);
        let summary = summary.with_relations(&[scanned::relation("a", "b")]);
        let lines = records.into_iter().map(|record| ScanLine::File(Box::new(record)));
        for line in lines.chain([ScanLine::Summary(Box::new(summary))]) {
            let mut line = serde_json::to_value(line).unwrap();
            assert_eq!(errors(&scan_schema(), &line), Vec::<String>::new());
            line["kind"] = json!("folder");
            assert!(!errors(&scan_schema(), &line).is_empty());
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
        for (kind, make, title) in [
            ("analysis", schema_of::<AnalysisDocument> as fn(&str, &str) -> Value, ANALYSIS_SCHEMA),
            ("archive", schema_of::<ArchiveDocument>, ARCHIVE_SCHEMA),
            ("comparison", schema_of::<ComparisonDocument>, COMPARISON_SCHEMA),
            ("match", schema_of::<MatchDocument>, MATCH_SCHEMA),
            ("scan", schema_of::<ScanLine>, SCAN_SCHEMA),
            ("verification", schema_of::<VerificationDocument>, VERIFICATION_SCHEMA),
        ] {
            let schema = make(title, &format!("urn:spliceprint:schema:{kind}:1"));
            let name = format!("{kind}-1.json");
            let path = format!("{}/docs/schema/{name}", env!("CARGO_MANIFEST_DIR"));
            let published = std::fs::read_to_string(path).unwrap_or_default();
            let current = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
            if published != current {
                let fresh = std::env::temp_dir().join(&name);
                std::fs::write(&fresh, &current).unwrap();
                panic!("docs/schema/{name} is out of date, see {}", fresh.display());
            }
        }
    }
}
