//! Vorbis comments, as Vorbis, Opus and FLAC carry them: a vendor, then `NAME=value` texts.

use super::tree::Tree;
use crate::container::fields::{le_u32, text};

/// Comments read.
const MAX_COMMENTS: u32 = 256;

/// Adds vendor and comments of the bytes behind the packet's magic; `offset` is where they lie.
pub(super) fn read(bytes: &[u8], offset: u64, tree: &mut Tree) -> Option<()> {
    let mut at = 0;
    let mut next = || {
        let len = le_u32(bytes, at)? as usize;
        let from = at + 4;
        let value = bytes.get(from..from.saturating_add(len).min(bytes.len()))?;
        at = from.saturating_add(len);
        Some(value)
    };
    if let Some(vendor) = text(next()?) {
        tree.field("vendor", &vendor);
        tree.tag("vendor", vendor, offset);
    }
    let count = le_u32(bytes, at)?;
    let mut at = at + 4;
    for _ in 0..count.min(MAX_COMMENTS) {
        let len = le_u32(bytes, at)? as usize;
        let comment = bytes.get(at + 4..(at + 4).saturating_add(len).min(bytes.len()))?;
        at = (at + 4).saturating_add(len);
        // Pictures stand here as well, in base 64.
        let cut = &comment[..comment.len().min(1024)];
        if let Some((name, value)) = text(cut).as_deref().and_then(|c| c.split_once('=')) {
            tree.tag(name, value, offset);
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_that_lie_end_the_list() {
        let mut tree = Tree::default();
        read(b"\x04\0\0\0Lavf\x02\0\0\0\x03\0\0\0A=b\xff\xff\xff\xffC=d", 7, &mut tree);
        read(b"\xff\xff\xff\xff", 0, &mut tree);
        let tags: Vec<_> =
            tree.finish("test").tags.into_iter().map(|t| (t.name, t.value)).collect();
        let expected = [("vendor", "Lavf"), ("A", "b"), ("C", "d")];
        assert_eq!(tags, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }
}
