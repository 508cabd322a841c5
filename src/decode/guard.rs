//! A wall around decoder libraries: a panic inside becomes a message.
//!
//! The panic's own report on stderr comes from the process-wide hook, which is the program's to
//! silence, not a library's.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `f`; the panic's message if it panics. What `f` borrowed may then be half-changed, so
/// callers drop or reset it.
pub(crate) fn guarded<T>(f: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(f)).map_err(|payload| {
        let text = payload
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| payload.downcast_ref::<&str>().copied())
            .unwrap_or("no message");
        format!("the decoder failed on it: {text}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_become_text() {
        assert_eq!(guarded(|| 7), Ok(7));
        let text = guarded(|| -> u8 { panic!("index {}", 3) }).unwrap_err();
        assert!(text.ends_with("index 3"), "{text}");
    }
}
