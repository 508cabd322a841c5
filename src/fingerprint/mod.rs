//! Finding a stretch of one recording in another by how its speech bands gain and lose energy.
//!
//! The features are those of Haitsma & Kalker (2002), *A Highly Robust Audio Fingerprinting System*,
//! section 4.2, but keep the size of each gain and not its sign alone: where both recordings are at
//! hand nothing is saved by throwing it away, and small gains are mostly noise.

mod gradients;
mod rebuilt;
mod search;

pub(crate) use gradients::quietness;
pub use gradients::{
    FRAME_S, GradientMeasure, Gradients, PAUSE_WEIGHT, ROW_CENTRE_S, ROW_SPAN_S, Row, Warp,
};
pub use search::{Hit, search};
