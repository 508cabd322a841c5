//! Laying a clip on its source: at what speed and pitch, where, and between which joints.
//!
//! Everything here works on rows of [`crate::fingerprint`] and on short stretches of samples at
//! 8 kHz; what is kept of a whole recording is asked for piece by piece.

mod edits;
mod explained;
mod joints;
mod line;
mod path;
mod pitch;
mod slope;
mod states;
mod waveform;

pub use edits::{Edit, EditKind, Stretch, edits};
pub use joints::{Joint, JointSide, refine_joint};
pub use line::Line;
pub use path::{Path, Piece, best_path};
pub use pitch::pitch_between;
pub use slope::{Fit, best_diagonal, fit_blocks, fit_slope, row_product};
pub use states::{Audibility, INDEPENDENT, Null, State, correlation, extend};
pub use waveform::{WaveformFit, fit_waveform, lay};
