//! C2PA manifests: that one is there, where, and who claims to have made it. Nothing is validated.

use super::OddityKind;
use super::tree::Tree;
use crate::container::fields::{bytes_at, text};
use crate::container::reader::ByteReader;
use crate::error::Result;

/// Bytes searched for the claim.
const MAX_SEARCHED: u64 = 1 << 20;

/// Key of the writer in a claim (C2PA specification 1.4, section "Claim generator").
const GENERATOR: &[u8] = b"claim_generator";

/// Notes the manifest at `(first byte, bytes)`.
pub(super) fn found(reader: &mut ByteReader, (at, len): (u64, u64), tree: &mut Tree) -> Result<()> {
    let bytes = bytes_at(reader, at, len, MAX_SEARCHED)?;
    let mut words = format!("a C2PA manifest of {len} bytes, not validated");
    if let Some(name) = generator(&bytes) {
        words.push_str(&format!(", claimed by {name}"));
        tree.tag("c2pa.claim_generator", name, at);
    }
    tree.odd(OddityKind::ContentCredentials, at, len, words);
    Ok(())
}

/// The text behind the key, as CBOR has it: a length of up to 255 bytes, then the characters.
fn generator(bytes: &[u8]) -> Option<String> {
    bytes.windows(GENERATOR.len()).enumerate().filter(|(_, w)| *w == GENERATOR).find_map(
        |(at, _)| {
            let rest = bytes.get(at + GENERATOR.len()..)?;
            let (from, len) = match *rest {
                [head @ 0x60..=0x77, ..] => (1, usize::from(head - 0x60)),
                [0x78, len, ..] => (2, usize::from(len)),
                _ => return None,
            };
            text(rest.get(from..from + len)?)
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_read_from_cbor() {
        assert_eq!(generator(b"..oclaim_generatorgfoo/1.0").as_deref(), Some("foo/1.0"));
        assert_eq!(
            generator(b"claim_generator_infoX claim_generator\x78\x02ab").as_deref(),
            Some("ab")
        );
        assert_eq!(generator(b"claim_generator\x78\xffab"), None);
    }
}
