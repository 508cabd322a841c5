//! Integration tests: the library from outside, and the built program in a fresh folder.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bad_input;
mod certificate;
mod clean;
mod compare;
mod compare_program;
#[cfg(feature = "content-credentials")]
mod credentials;
mod edited;
mod enf;
mod handover;
mod layering;
mod match_program;
mod msrv;
mod mutations;
mod planted;
mod planted_numeric;
mod program;
mod program_outputs;
mod scan;
mod shipped_files;
mod structure;
mod support;
mod synth;
