//! C2PA manifests: that one is there, where, and who claims to have made it. Nothing is validated here.

use super::OddityKind;
use super::tree::Tree;
use crate::container::fields::{bytes_at, text};
use crate::container::reader::ByteReader;
use crate::error::Result;

/// Bytes searched for the claim.
const MAX_SEARCHED: u64 = 1 << 20;

/// Key of the writer in a claim (C2PA specification 1.4, section "Claim generator").
const GENERATOR: &[u8] = b"claim_generator";

/// Key of the writer's description, a map (2.1, the same section), and that of its name there.
const DESCRIPTION: &[u8] = b"claim_generator_info";
const NAME: &[u8] = b"\x64name";

/// Bytes behind the description's key in which its name is looked for.
const DESCRIPTION_BYTES: usize = 256;

/// Notes the manifest at `(first byte, bytes)`.
pub(super) fn found(reader: &mut ByteReader, (at, len): (u64, u64), tree: &mut Tree) -> Result<()> {
    let bytes = bytes_at(reader, at, len, MAX_SEARCHED)?;
    let mut words = format!("a C2PA manifest of {len} bytes");
    if let Some(name) = generator(&bytes) {
        words.push_str(&format!(", claimed by {name}"));
        tree.tag("c2pa.claim_generator", name, at);
    }
    tree.odd(OddityKind::ContentCredentials, at, len, words);
    Ok(())
}

/// The program that a claim names: what stands behind the key itself, else the name in its description.
fn generator(bytes: &[u8]) -> Option<String> {
    behind(bytes, GENERATOR).find_map(cbor_text).or_else(|| {
        behind(bytes, DESCRIPTION).find_map(|rest| {
            let near = &rest[..rest.len().min(DESCRIPTION_BYTES)];
            behind(near, NAME).find_map(cbor_text)
        })
    })
}

/// What stands behind each place of `key`.
fn behind<'a>(bytes: &'a [u8], key: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let places = bytes.windows(key.len()).enumerate().filter(move |(_, window)| *window == key);
    places.filter_map(move |(at, _)| bytes.get(at + key.len()..))
}

/// A text as CBOR has it: a length of up to 255 bytes, then the characters.
fn cbor_text(bytes: &[u8]) -> Option<String> {
    let (from, len) = match *bytes {
        [head @ 0x60..=0x77, ..] => (1, usize::from(head - 0x60)),
        [0x78, len, ..] => (2, usize::from(len)),
        _ => return None,
    };
    text(bytes.get(from..from + len)?)
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
        let described = b"claim_generator_info\xa2gversionc0.1dnamecfoo";
        assert_eq!(generator(described).as_deref(), Some("foo"));
    }
}
