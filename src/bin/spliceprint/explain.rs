//! `explain`: why a detector may be believed, and where not.

use std::io::Write;

use spliceprint::calibration::Calibration;
use spliceprint::decode::CodecClass;
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
    error_rates(descriptor, out)
}

/// What was counted on generated clips, a line for each class of last encoding.
fn error_rates(descriptor: &Descriptor, out: &mut dyn Write) -> Result<(), Failure> {
    let calibration = Calibration::shipped();
    writeln!(out, "\n# Error rates\n")?;
    let Some(title) = calibration.title() else {
        writeln!(out, "None have been counted.")?;
        return Ok(());
    };
    let mut counted = false;
    for class in CodecClass::ALL {
        let Some(counts) = calibration.counts(descriptor.id, class) else { continue };
        let Some([_, per_hour, upper]) = counts.false_per_hour.first() else { continue };
        counted = true;
        writeln!(
            out,
            "- Last encoding {}: {per_hour:.2} false findings per untouched hour (at most {upper:.2} \
             with 95 %, {:.1} h), reported at {} of {} joints of all kinds.",
            class.as_str(),
            counts.hours,
            counts.hits,
            counts.joints,
        )?;
    }
    if !counted {
        writeln!(out, "It reported no joint and no false one in the clips that were counted.")?;
    }
    writeln!(out, "\nCounted on: {title}.")?;
    Ok(())
}
