//! The index page of a scan: one file without requests, which links to the files' reports beside it.
//!
//! Built like the page of an analysis: all text is rendered here and read without the script, which
//! sorts and filters the table; the policy allows nothing but the two constant texts.

mod view;

use std::io::{self, Write};

use askama::Template;

use super::{ScanRecord, ScanSummary};
use crate::report::html::policy;

const STYLE: &str = concat!(include_str!("../../html/style.css"), include_str!("style.css"));
const SCRIPT: &str = include_str!("script.js");

#[derive(Template)]
#[template(path = "scan.html")]
struct Page<'a> {
    policy: String,
    style: &'static str,
    script: &'static str,
    view: view::View<'a>,
}

/// The page for one scan.
///
/// # Errors
///
/// Whatever `out` answers.
pub fn write(records: &[ScanRecord], summary: &ScanSummary, out: &mut dyn Write) -> io::Result<()> {
    let page = Page {
        policy: policy(STYLE, SCRIPT),
        style: STYLE,
        script: SCRIPT,
        view: view::View::new(records, summary),
    };
    page.write_into(&mut *out).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::HOSTILE;
    use crate::report::scan::sample::{record, unreadable};
    use crate::report::scan::{PassedOver, ScanSummary};

    fn page(records: &[ScanRecord], files: usize) -> String {
        let pipe = PassedOver { path: HOSTILE.into(), reason: "a pipe".into() };
        let mut bytes = Vec::new();
        write(records, &ScanSummary::of(records, files, &[pipe]), &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn hostile_text_stays_text() {
        let page = page(&[record(HOSTILE), record("a"), unreadable(HOSTILE)], 3);
        assert_eq!(page.matches("<script").count(), 1);
        assert!(!page.contains("alert(1)</script>") && !page.contains("<img src=x"));
        assert!(!page.contains('\u{202e}') && !page.contains('\u{1b}'));
    }

    #[test]
    fn nothing_is_fetched_and_nothing_is_inline_but_by_hash() {
        let page = page(&[record("a")], 1);
        for part in ["http:", "https:", "//cdn", "@import", "url(", " style=", "onclick", "fetch("]
        {
            assert!(!page.contains(part), "{part}");
        }
        assert!(page.contains(&format!("<style>{STYLE}</style>")));
        assert!(page.contains(&format!("<script>{SCRIPT}</script>")));
    }

    #[test]
    fn what_was_and_was_not_examined_is_on_the_page_without_its_script() {
        let page = page(&[record("first.wav"), record("a.wav"), unreadable("b.wav")], 4);
        for text in ["first.wav", "a.wav", "b.wav", "ask the sender", "same file", "reports/9.json"]
        {
            assert!(page.contains(text), "{text}");
        }
        assert!(page.contains("3 of 4 files") && page.contains("Absence of indicators"));
        let table = page.split("<table").nth(1).unwrap();
        let order = ["first.wav", "b.wav"].map(|name| table.find(name).unwrap());
        assert!(order[0] < order[1], "what could not be examined stands last");
    }

    #[test]
    fn no_page_pronounces_a_verdict_and_none_is_empty() {
        let nothing = page(&[], 0);
        assert!(nothing.contains("0 files"));
        for page in [nothing, page(&[record("a.wav")], 1)] {
            let page = page.to_lowercase();
            for word in ["fake", "authentic", "genuine", "tampered", "suspicious"] {
                assert!(!page.contains(word), "{word}");
            }
        }
    }
}
