//! What is at hand of a candidate source.

use super::Recording;
use crate::decode::Spool;
use crate::fingerprint::{FRAME_S, Gradients, ROW_SPAN_S};

/// A candidate source: its rows always, its samples where the file is there.
#[derive(Debug)]
pub(super) struct Candidate<'a> {
    pub(super) gradients: &'a Gradients,
    /// Without them lines and joints are as sharp as rows make them.
    pub(super) samples: Option<&'a mut Spool>,
    pub(super) duration_s: f64,
}

impl<'a> Candidate<'a> {
    pub(super) fn of_recording(recording: &'a mut Recording) -> Self {
        let duration_s = recording.duration_s();
        let Recording { gradients, samples, .. } = recording;
        Self { gradients, samples: Some(samples), duration_s }
    }

    pub(super) fn of_rows(gradients: &'a Gradients) -> Self {
        let duration_s = gradients.rows.len() as f64 * FRAME_S + ROW_SPAN_S;
        Self { gradients, samples: None, duration_s }
    }
}
