//! The examination as a graph in CASE/UCO, the language that forensic tools hand cases over in.
//!
//! JSON-LD in the terms of UCO 1.4 and CASE 1.4 (<https://caseontology.org>): the file with its hashes, this
//! program, who used it, the act of examining, and one analytic result for each edit point and each finding in the
//! file itself. Names of nodes are made from the file's hash, so that the same examination gives the same
//! bytes.

use std::io::{self, Write};

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::summary::in_words;
use super::wording::clock;
use super::{AnalysisDocument, json};
use crate::report::Report;

/// Where the terms of UCO are defined.
const UCO: &str = "https://ontology.unifiedcyberontology.org/uco/";

/// Modules of UCO that are used here.
const MODULES: [&str; 8] =
    ["action", "analysis", "core", "identity", "observable", "tool", "types", "vocabulary"];

/// One clip's graph.
///
/// # Errors
///
/// Whatever `out` answers.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    json::write_document(&graph(&report.document), out)
}

fn graph(document: &AnalysisDocument) -> Value {
    let nodes = Nodes { seed: document.source.sha256.clone().unwrap_or_default() };
    let (file, tool, action) = (nodes.id("file"), nodes.id("tool"), nodes.id("examination"));
    let results = results(document, &nodes);
    let references: Vec<Value> =
        results.iter().map(|result| json!({"@id": result["@id"]})).collect();
    let mut examination = json!({
        "@id": action,
        "@type": "case-investigation:InvestigativeAction",
        "uco-core:name": "examination of a recording",
        "uco-core:description": document.limitations.join(" "),
        "uco-action:instrument": {"@id": tool},
        "uco-action:object": {"@id": file},
    });
    if !references.is_empty() {
        examination["uco-action:result"] = references.into();
    }
    let mut graph = vec![
        file_node(document, &nodes),
        json!({
            "@id": tool,
            "@type": "uco-tool:Tool",
            "uco-core:name": document.tool.name,
            "uco-tool:version": document.tool.version,
        }),
    ];
    let custody = document.custody.clone().unwrap_or_default();
    if let Some(examiner) = custody.examiner {
        examination["uco-action:performer"] = json!({"@id": nodes.id("examiner")});
        graph.push(json!({
            "@id": nodes.id("examiner"),
            "@type": "uco-identity:Person",
            "uco-core:name": examiner,
        }));
    }
    if let Some(case_id) = custody.case_id {
        graph.push(json!({
            "@id": nodes.id("case"),
            "@type": "case-investigation:Investigation",
            "uco-core:name": case_id,
            "uco-core:object": [{"@id": file}, {"@id": action}],
        }));
    }
    graph.push(examination);
    graph.extend(results);
    json!({"@context": context(), "@graph": graph})
}

fn context() -> Value {
    let mut context = Map::new();
    context.insert("kb".into(), "urn:uuid:".into());
    let case = "https://ontology.caseontology.org/case/investigation/";
    context.insert("case-investigation".into(), case.into());
    for module in MODULES {
        context.insert(format!("uco-{module}"), format!("{UCO}{module}/").into());
    }
    context.insert("xsd".into(), "http://www.w3.org/2001/XMLSchema#".into());
    Value::Object(context)
}

fn file_node(document: &AnalysisDocument, nodes: &Nodes) -> Value {
    let source = &document.source;
    let mut facets = vec![json!({
        "@id": nodes.id("file name"),
        "@type": "uco-observable:FileFacet",
        "uco-observable:fileName": source.path,
    })];
    if let Some(bytes) = source.bytes {
        facets[0]["uco-observable:sizeInBytes"] = integer(bytes);
    }
    if let Some(sha256) = &source.sha256 {
        facets.push(json!({
            "@id": nodes.id("file content"),
            "@type": "uco-observable:ContentDataFacet",
            "uco-observable:hash": {
                "@id": nodes.id("file hash"),
                "@type": "uco-types:Hash",
                "uco-types:hashMethod": "SHA256",
                "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": sha256},
            },
        }));
    }
    if let Some(stream) = &document.stream {
        let mut audio = json!({
            "@id": nodes.id("audio"),
            "@type": "uco-observable:AudioFacet",
            "uco-observable:format": format!("{} in {}", stream.codec, stream.container),
            "uco-observable:duration": integer(stream.duration_s.round().max(0.0) as u64),
        });
        if let Some(rate) = stream.bit_rate_bps {
            audio["uco-observable:bitRate"] = integer(rate);
        }
        facets.push(audio);
    }
    let mut file = json!({
        "@id": nodes.id("file"),
        "@type": "uco-observable:File",
        "uco-core:hasFacet": facets,
    });
    let acquisition = document.custody.as_ref().and_then(|custody| custody.acquisition.clone());
    if let Some(acquisition) = acquisition {
        file["uco-core:description"] = acquisition.into();
    }
    file
}

/// One node for each edit point and each finding in the file.
fn results(document: &AnalysisDocument, nodes: &Nodes) -> Vec<Value> {
    let result = |role: String, name: &str, description: String| {
        json!({
            "@id": nodes.id(&role),
            "@type": "uco-analysis:AnalyticResult",
            "uco-core:name": name,
            "uco-core:description": description,
        })
    };
    let points = document.edit_points.iter().enumerate().map(|(n, point)| {
        let at = clock(point.time_s);
        let (strength, by) = (point.strength.as_str(), point.detectors.join(", "));
        let text =
            format!("edit point at {at}, strength {strength}, seen by {by}. {}", point.explanation);
        result(format!("edit point {n}"), "edit point", text)
    });
    let mut nodes: Vec<Value> = points.collect();
    for detector in document.detectors.iter().filter(|detector| detector.is_indicator()) {
        let of_file = detector.findings.iter().filter(|finding| finding.note.is_some());
        for (n, finding) in of_file.enumerate() {
            let role = format!("{} {n}", detector.id);
            nodes.push(result(role, &detector.name, in_words(finding)));
        }
    }
    nodes
}

/// A whole number, typed as UCO wants it.
fn integer(value: u64) -> Value {
    json!({"@type": "xsd:integer", "@value": value.to_string()})
}

/// Names of nodes.
struct Nodes {
    seed: String,
}

impl Nodes {
    /// A UUID of version 5's form, made from the file's hash and the node's role.
    fn id(&self, role: &str) -> String {
        let hash = Sha256::digest(format!("spliceprint {} {role}", self.seed));
        let mut hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        hex.replace_range(12..13, "5");
        hex.replace_range(16..17, "8");
        let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
        format!("kb:{}", parts.join("-"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{sample_report, unreadable_report};

    #[test]
    fn every_reference_has_its_node() {
        for report in [sample_report(), unreadable_report()] {
            let graph = graph(&report.document);
            let nodes = graph["@graph"].as_array().unwrap();
            let ids: Vec<_> = nodes.iter().map(|node| node["@id"].as_str().unwrap()).collect();
            let mut unique = ids.clone();
            unique.sort_unstable();
            unique.dedup();
            assert_eq!(unique.len(), ids.len());
            let action =
                nodes.iter().find(|n| n["@type"] == "case-investigation:InvestigativeAction");
            let action = action.unwrap();
            assert!(ids.contains(&action["uco-action:object"]["@id"].as_str().unwrap()));
            let results = action["uco-action:result"].as_array().map_or(0, Vec::len);
            let found =
                nodes.iter().filter(|n| n["@type"] == "uco-analysis:AnalyticResult").count();
            assert_eq!(results, found);
        }
        let sample = graph(&sample_report().document);
        assert!(
            sample["@graph"]
                .as_array()
                .unwrap()
                .iter()
                .any(|n| n["@type"] == "uco-identity:Person")
        );
    }

    #[test]
    fn names_are_uuids_of_the_file() {
        let id = Nodes { seed: "a".into() }.id("file");
        assert_eq!(id.len(), 39);
        assert_eq!(&id[17..18], "5");
        assert_ne!(id, Nodes { seed: "b".into() }.id("file"));
    }
}
