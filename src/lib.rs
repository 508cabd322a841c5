//! Observations on leaked audio: what a clip is, what was done to it, and where to listen.
//!
//! Data goes one way: `decode` yields blocks of samples, `measures` turn them into compact series,
//! `detectors` look at the series, `fusion` joins what they found, `report` writes it down.
//! ARCHITECTURE.md draws the floors; a module imports only from lower ones.

pub mod align;
pub mod analysis;
pub mod archive;
pub mod calibration;
pub mod certificate;
mod checksum;
pub mod comparison;
pub mod container;
pub mod decode;
pub mod detector;
pub mod detectors;
pub mod dsp;
pub mod error;
pub mod excerpts;
pub mod features;
pub mod finding;
pub mod fingerprint;
pub mod fusion;
pub mod matching;
pub mod measures;
pub mod report;
pub mod scan;
pub mod units;
pub mod writers;
