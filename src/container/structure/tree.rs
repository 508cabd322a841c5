//! The tree of a file's parts while it grows, within bounds.

use super::{Date, OddityKind, Structure};

/// Parts kept of a file.
const MAX_PARTS: usize = 4_096;

/// Tags kept of a file.
const MAX_TAGS: usize = 1_024;

/// Fields kept of a part.
const MAX_FIELDS: usize = 64;

/// Parts inside one another.
const MAX_DEPTH: usize = 24;

/// A value that a part carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Name in `snake_case`.
    pub name: &'static str,
    /// Value in words or digits.
    pub value: String,
}

/// One part of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Name in the format's own terms: chunk or box id, or what it is in words.
    pub id: String,
    /// First byte, header included.
    pub offset: u64,
    /// Bytes that the file has of it, header included.
    pub bytes: u64,
    /// What it says.
    pub fields: Vec<Field>,
    /// Parts inside it, in file order.
    pub parts: Vec<Part>,
}

impl Part {
    /// The value of a field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|field| field.name == name).map(|field| field.value.as_str())
    }
}

/// A tag, as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Name as it stands in the file.
    pub name: String,
    /// Value, up to 256 characters.
    pub value: String,
    /// First byte of the part that carries it.
    pub offset: u64,
}

/// A structure that grows.
#[derive(Debug, Default)]
pub(super) struct Tree {
    structure: Structure,
    open: Vec<Part>,
    count: usize,
    /// Entered parts that found no room and are not left yet.
    skipped: usize,
}

impl Tree {
    /// Adds a part without parts inside.
    pub(super) fn leaf(&mut self, id: impl Into<String>, offset: u64, bytes: u64) {
        self.enter(id, offset, bytes);
        self.leave();
    }

    /// Opens a part: fields and parts belong to it until [`leave`](Self::leave).
    pub(super) fn enter(&mut self, id: impl Into<String>, offset: u64, bytes: u64) {
        if self.count >= MAX_PARTS || self.skipped > 0 || !self.has_depth() {
            self.skipped += 1;
            self.structure.more_parts += 1;
            return;
        }
        self.count += 1;
        let (fields, parts) = (Vec::new(), Vec::new());
        self.open.push(Part { id: id.into(), offset, bytes, fields, parts });
    }

    /// Closes the part opened last.
    pub(super) fn leave(&mut self) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        let Some(part) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(parent) => parent.parts.push(part),
            None => self.structure.parts.push(part),
        }
    }

    /// Whether parts may be opened inside the open one.
    pub(super) fn has_depth(&self) -> bool {
        self.open.len() + self.skipped < MAX_DEPTH
    }

    /// Adds a field to the open part.
    pub(super) fn field(&mut self, name: &'static str, value: impl ToString) {
        if self.skipped == 0
            && let Some(part) = self.open.last_mut().filter(|part| part.fields.len() < MAX_FIELDS)
        {
            part.fields.push(Field { name, value: value.to_string() });
        }
    }

    /// Adds a tag.
    pub(super) fn tag(&mut self, name: impl Into<String>, value: impl Into<String>, offset: u64) {
        if self.structure.tags.len() < MAX_TAGS {
            self.structure.tags.push(Tag { name: name.into(), value: value.into(), offset });
        }
    }

    /// Adds a date, and a field that shows it.
    pub(super) fn date(&mut self, name: &'static str, unix_s: i64, offset: u64) {
        if self.structure.dates.len() < MAX_TAGS {
            let date = Date { name, unix_s, offset };
            self.field(name, date.text());
            self.structure.dates.push(date);
        }
    }

    /// Adds bytes that belong to no part, and notes them.
    pub(super) fn foreign(&mut self, offset: u64, bytes: u64, place: &str, what: &str) {
        self.leaf("(foreign)", offset, bytes);
        self.structure.foreign(offset, bytes, place, what);
    }

    /// Notes an oddity.
    pub(super) fn odd(
        &mut self,
        kind: OddityKind,
        offset: u64,
        bytes: u64,
        text: impl Into<String>,
    ) {
        self.structure.odd(kind, offset, bytes, text.into());
    }

    /// The whole, with parts still open closed.
    pub(super) fn finish(mut self, format: &'static str) -> Structure {
        self.skipped = 0;
        while !self.open.is_empty() {
            self.leave();
        }
        self.structure.format = format;
        self.structure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_lie_in_one_another_and_are_bounded() {
        let mut tree = Tree::default();
        tree.enter("a", 0, 9);
        tree.field("size", 9);
        tree.leaf("b", 1, 2);
        tree.leave();
        for n in 0..MAX_PARTS as u64 {
            tree.leaf("c", n, 1);
        }
        let structure = tree.finish("test");
        assert_eq!(structure.parts[0].parts[0].id, "b");
        assert_eq!(structure.parts[0].fields, [Field { name: "size", value: "9".into() }]);
        assert_eq!(structure.more_parts, 2);
        assert_eq!(structure.all_parts().count(), MAX_PARTS);
    }

    #[test]
    fn depth_is_bounded_and_every_leave_finds_its_enter() {
        let mut tree = Tree::default();
        (0..100).for_each(|_| tree.enter("deep", 0, 1));
        (0..100).for_each(|_| tree.leave());
        tree.leaf("after", 5, 1);
        let structure = tree.finish("test");
        assert_eq!(structure.parts.len(), 2);
        assert_eq!(structure.more_parts, 100 - MAX_DEPTH as u64);
    }
}
