//! What the detectors of structure share: oddities of one kind, as findings.

use super::prelude::*;
use crate::container::structure::OddityKind;

/// One finding for each oddity of this kind, in file order.
pub(super) fn findings(features: &Features, kind: OddityKind) -> Vec<Finding> {
    let odd = features.structure.oddities.iter().filter(|oddity| oddity.kind == kind);
    odd.map(|oddity| {
        let evidence = vec![
            Evidence::new("at_byte", oddity.offset as f64, "byte offset"),
            Evidence::new("bytes", oddity.bytes as f64, "byte"),
        ];
        Finding::of_file(features.duration_s, evidence, oddity.text.clone())
    })
    .collect()
}
