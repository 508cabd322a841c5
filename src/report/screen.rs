//! Laying out text in the columns of a terminal.

use crate::report::terminal::Style;

/// Lines of one list that are shown before the rest is counted.
pub(crate) const MOST_LINES: usize = 20;
/// Narrowest text that still reads.
const NARROWEST: usize = 40;

/// Lines of text for a terminal.
pub(crate) struct Page {
    text: String,
    style: Style,
}

impl Page {
    pub(crate) fn new(style: Style) -> Self {
        Self { text: String::new(), style }
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// `text` in a colour or weight, by its ANSI code, if the style has colours.
    pub(crate) fn painted(&self, text: &str, code: &str) -> String {
        if self.style.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.into() }
    }

    pub(crate) fn bold(&mut self, line: &str) {
        let line = self.painted(line, "1");
        self.line(&line);
    }

    /// `line` as it is.
    pub(crate) fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// An empty line.
    pub(crate) fn gap(&mut self) {
        self.text.push('\n');
    }

    pub(crate) fn heading(&mut self, title: &str) {
        self.text.push('\n');
        self.bold(title);
    }

    /// `text` wrapped at the width, its lines indented to where `first` ends.
    pub(crate) fn hanging(&mut self, first: &str, text: &str) {
        let indent = first.chars().count();
        let room = self.style.width.max(NARROWEST).saturating_sub(indent).max(10);
        for (i, line) in wrapped(text, room).iter().enumerate() {
            self.text.push_str(if i == 0 { first } else { "" });
            let padding = if i == 0 { 0 } else { indent };
            self.text.push_str(&format!("{:padding$}{line}\n", ""));
        }
    }

    /// How many of `total` lines were left out after [`MOST_LINES`].
    pub(crate) fn more(&mut self, total: usize) {
        if total > MOST_LINES {
            self.hanging("  ", &format!("and {} more", total - MOST_LINES));
        }
    }
}

/// `text` in lines of at most `width` characters, broken at spaces where there are some.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut room = width;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let characters: Vec<char> = word.chars().collect();
        for (i, part) in characters.chunks(width).enumerate() {
            let fits = i == 0 && part.len() < room;
            if let Some(line) = lines.last_mut().filter(|line| fits && !line.is_empty()) {
                line.push(' ');
                line.extend(part);
                room -= part.len() + 1;
            } else {
                if lines.last().is_some_and(|line| !line.is_empty()) {
                    lines.push(String::new());
                }
                lines.last_mut().expect("there is always a line").extend(part);
                room = width - part.len();
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_are_broken_and_short_ones_joined() {
        assert_eq!(wrapped("ab cd efghij", 5), ["ab cd", "efghi", "j"]);
        assert_eq!(wrapped("", 5), [""]);
    }
}
