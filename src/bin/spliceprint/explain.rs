//! `explain`: why a detector may be believed, and where not.

use std::io::Write;

use spliceprint::detector::{Descriptor, module_text};
use spliceprint::detectors::{DETECTORS, find};

use crate::Failure;

pub(crate) fn run(id: Option<&str>, out: &mut dyn Write) -> Result<(), Failure> {
    match id {
        None => list(out),
        Some(id) => {
            let detector = find(id).ok_or_else(|| {
                Failure::Usage(format!(
                    "no detector is called `{id}`; `spliceprint explain` lists them"
                ))
            })?;
            explain(detector.descriptor(), out)
        }
    }
}

fn list(out: &mut dyn Write) -> Result<(), Failure> {
    for detector in DETECTORS {
        let descriptor = detector.descriptor();
        writeln!(out, "{:<24} {}", descriptor.id, descriptor.summary)?;
    }
    Ok(())
}

fn explain(descriptor: &Descriptor, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(
        out,
        "{} ({}, family {})\n",
        descriptor.name,
        descriptor.id,
        descriptor.family.as_str()
    )?;
    writeln!(out, "{}", module_text(descriptor.source))?;
    writeln!(out, "\n# Innocent explanations\n")?;
    for text in descriptor.innocent_explanations {
        writeln!(out, "- {text}")?;
    }
    writeln!(out, "\nReports from {} {}.", descriptor.reports_from, descriptor.score_unit)?;
    Ok(())
}
