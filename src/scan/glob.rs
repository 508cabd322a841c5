//! Patterns of file names: `*`, `**`, `?`, `[a-z]`, `{a,b}` and `\` before a character that is meant.
//!
//! A pattern with a `/` in it is held against the path below the scanned folder, any other against the
//! last part of the path. Letters of ASCII match in either case. Matching takes time in proportion to
//! pattern times name, whatever both are.

use crate::error::{Error, Result};

/// Patterns that braces may stand for.
const MOST_ALTERNATIVES: usize = 256;

/// Which files are wanted.
#[derive(Debug)]
pub(super) struct Filter {
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
}

impl Filter {
    /// Compiles patterns.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] for a bracket or brace that is not closed, and for too many alternatives.
    pub(super) fn new(include: &[String], exclude: &[String]) -> Result<Self> {
        let all = |texts: &[String]| {
            let patterns: Result<Vec<_>> = texts.iter().map(|text| Pattern::all(text)).collect();
            patterns.map(|patterns| patterns.into_iter().flatten().collect())
        };
        Ok(Self { include: all(include)?, exclude: all(exclude)? })
    }

    /// Whether a file at this path below the scanned folder is wanted.
    pub(super) fn takes(&self, below: &[u8]) -> bool {
        self.enters(below)
            && (self.include.is_empty() || self.include.iter().any(|p| p.matches(below)))
    }

    /// Whether a folder at this path is looked into.
    pub(super) fn enters(&self, below: &[u8]) -> bool {
        !self.exclude.iter().any(|pattern| pattern.matches(below))
    }
}

#[derive(Debug, PartialEq)]
enum Token {
    /// This character.
    One(char),
    /// Any character but `/`.
    Any,
    /// Any run without `/`.
    Run,
    /// Any run.
    Deep,
    /// Nothing, or any run that ends with `/`.
    Folders,
    /// One of these characters, or with `false` none of them.
    Class(bool, Vec<(char, char)>),
}

/// A pattern without braces.
#[derive(Debug)]
struct Pattern {
    tokens: Vec<Token>,
    /// Whether it is held against the whole path.
    whole: bool,
}

impl Pattern {
    /// Every pattern that `text` stands for.
    fn all(text: &str) -> Result<Vec<Self>> {
        alternatives(text)?.iter().map(|one| Self::parse(one, text)).collect()
    }

    fn parse(one: &str, text: &str) -> Result<Self> {
        let whole = one.trim_end_matches('/').contains('/');
        let mut rest = one.trim_end_matches('/').trim_start_matches('/');
        let mut tokens = Vec::new();
        while let Some(first) = rest.chars().next() {
            let (token, length) = if rest.starts_with("**/") {
                (Token::Folders, 3)
            } else if rest.starts_with("**") {
                (Token::Deep, 2)
            } else {
                match first {
                    '*' => (Token::Run, 1),
                    '?' => (Token::Any, 1),
                    '[' => class(rest).ok_or_else(|| refuse(text, "a `[` is not closed"))?,
                    '\\' => {
                        let meant = rest.chars().nth(1).unwrap_or('\\');
                        let length = if rest.len() > 1 { 1 + meant.len_utf8() } else { 1 };
                        (Token::One(meant.to_ascii_lowercase()), length)
                    }
                    c => (Token::One(c.to_ascii_lowercase()), c.len_utf8()),
                }
            };
            tokens.push(token);
            rest = &rest[length..];
        }
        Ok(Self { tokens, whole })
    }

    fn matches(&self, below: &[u8]) -> bool {
        let name = below.rsplit(|&byte| byte == b'/').next().unwrap_or(below);
        let text = String::from_utf8_lossy(if self.whole { below } else { name });
        let text: Vec<char> = text.chars().map(|c| c.to_ascii_lowercase()).collect();
        // Places in the text that the tokens so far can end at.
        let mut ends = vec![false; text.len() + 1];
        ends[0] = true;
        for token in &self.tokens {
            ends = token.advance(&text, &ends);
        }
        ends[text.len()]
    }
}

impl Token {
    /// Where a match may end after this token, if one may begin at `starts`.
    fn advance(&self, text: &[char], starts: &[bool]) -> Vec<bool> {
        let mut ends = vec![false; starts.len()];
        let mut reached = false;
        for (place, &start) in starts.iter().enumerate() {
            let before = place.checked_sub(1).map(|last| (text[last], starts[last]));
            ends[place] = match self {
                Self::One(c) => before.is_some_and(|(last, from)| from && last == *c),
                Self::Any => before.is_some_and(|(last, from)| from && last != '/'),
                Self::Class(wanted, ranges) => before.is_some_and(|(last, from)| {
                    let inside = ranges.iter().any(|&(low, high)| (low..=high).contains(&last));
                    from && last != '/' && inside == *wanted
                }),
                Self::Run => {
                    reached = start || reached && before.is_some_and(|(last, _)| last != '/');
                    reached
                }
                Self::Deep => {
                    reached |= start;
                    reached
                }
                Self::Folders => {
                    let after_folder = reached && before.is_some_and(|(last, _)| last == '/');
                    reached |= start;
                    start || after_folder
                }
            };
        }
        ends
    }
}

/// A class at the beginning of `rest` and its length in bytes; `None` if it does not end.
fn class(rest: &str) -> Option<(Token, usize)> {
    let inside = &rest[1..];
    let negated = inside.starts_with(['!', '^']);
    let content = &inside[usize::from(negated)..];
    // A bracket right at the beginning is one of the characters.
    let end = content.char_indices().skip(1).find(|(_, c)| *c == ']')?.0;
    let members: Vec<char> = content[..end].chars().map(|c| c.to_ascii_lowercase()).collect();
    let mut ranges = Vec::new();
    let mut at = 0;
    while at < members.len() {
        let is_range = at + 2 < members.len() && members[at + 1] == '-';
        let last = if is_range { at + 2 } else { at };
        ranges.push((members[at], members[last]));
        at = last + 1;
    }
    Some((Token::Class(!negated, ranges), 1 + usize::from(negated) + end + 1))
}

/// `text` with every choice of its braces.
fn alternatives(text: &str) -> Result<Vec<String>> {
    let (mut open, mut done) = (vec![text.to_owned()], Vec::new());
    while let Some(next) = open.pop() {
        if open.len() + done.len() >= MOST_ALTERNATIVES {
            return Err(refuse(text, "its braces stand for too many patterns"));
        }
        match brace(&next).map_err(|what| refuse(text, what))? {
            None => done.push(next),
            Some((before, parts, after)) => {
                open.extend(parts.iter().map(|part| format!("{before}{part}{after}")));
            }
        }
    }
    Ok(done)
}

/// What stands before, in and after the first pair of braces.
type Brace<'a> = (&'a str, Vec<&'a str>, &'a str);

fn brace(text: &str) -> std::result::Result<Option<Brace<'_>>, &'static str> {
    let (mut depth, mut start, mut part, mut parts) = (0usize, 0, 0, Vec::new());
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => {
                if depth == 0 {
                    (start, part) = (at, at + 1);
                }
                depth += 1;
            }
            ',' if depth == 1 => {
                parts.push(&text[part..at]);
                part = at + 1;
            }
            '}' if depth == 1 => {
                parts.push(&text[part..at]);
                return Ok(Some((&text[..start], parts, &text[at + 1..])));
            }
            '}' if depth > 1 => depth -= 1,
            _ => {}
        }
    }
    if depth > 0 { Err("a `{` is not closed") } else { Ok(None) }
}

fn refuse(text: &str, what: &str) -> Error {
    Error::Argument { what: format!("the pattern `{text}` makes no sense: {what}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        Pattern::all(pattern).unwrap().iter().any(|p| p.matches(path.as_bytes()))
    }

    #[test]
    fn patterns_mean_what_shells_mean_by_them() {
        for (pattern, path) in [
            ("*.wav", "a/b/c.wav"),
            ("*.wav", "C.WAV"),
            ("*.{wav,og?}", "x.ogg"),
            ("a/*.wav", "a/b.wav"),
            ("/b.wav", "b.wav"),
            ("**/c.wav", "c.wav"),
            ("**/c.wav", "a/b/c.wav"),
            ("a/**", "a/b/c"),
            ("a/**/c", "a/c"),
            ("a/**/c", "a/b/b/c"),
            ("[a-c]?.[!x]", "b1.y"),
            ("[]]", "]"),
            ("\\*", "*"),
            ("?", "ü"),
            ("", ""),
            ("{a,b{c,d}}", "bd"),
            ("cache/", "x/cache"),
            ("**", "any/thing"),
            ("\\", "\\"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("*.wav", "wav"),
            ("a/*.wav", "a/b/c.wav"),
            ("a/*.wav", "x/a/b.wav"),
            ("/b.wav", "a/b.wav"),
            ("**/c.wav", "a/xc.wav"),
            ("a/**/c", "a/bc"),
            ("[!a]", "a"),
            ("?", ""),
            ("?", "ab"),
            ("\\*", "x"),
            ("", "a"),
            ("{a,b}", "c"),
        ] {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for bad in ["[a", "[]", "{a", "a{b,{c}", &"{a,b}".repeat(20)] {
            assert!(matches!(Pattern::all(bad), Err(Error::Argument { .. })), "{bad}");
        }
    }

    #[test]
    fn a_pattern_made_to_take_long_does_not() {
        assert!(!matches(&"*a".repeat(100), &"a".repeat(99)));
        assert!(matches(&"**/".repeat(100), &"a/".repeat(500)));
    }

    #[test]
    fn names_that_are_no_utf_8_are_held_against_patterns_too() {
        let filter = Filter::new(&["*.wav".into()], &["x*".into()]).unwrap();
        assert!(
            filter.takes(b"\xff.wav") && !filter.takes(b"x\xff.wav") && !filter.takes(b"a.ogg")
        );
        assert!(filter.enters(b"folder") && !filter.enters(b"x1"));
    }
}
