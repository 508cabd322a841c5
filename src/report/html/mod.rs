//! One page on its own: text, timeline and player, with no request to anywhere.
//!
//! Text is rendered here, so the page reads without its script; the script draws the plots from one
//! block of JSON. The page's policy allows no source but the two hashes of its constant script and
//! style, so that nothing in a file name or tag can run even if it were to slip past the escaping.

mod picture;
pub(crate) mod plots;
mod provenance;
pub(crate) mod rows;
pub(crate) mod view;

use std::io::{self, Write};

use askama::Template;
use sha2::{Digest, Sha256};

use crate::report::{Report, base64};

pub(crate) const STYLE: &str = include_str!("style.css");
/// The parts of the script in one scope of their own, each after those it is built on.
const SCRIPT: &str = concat!(
    "\"use strict\";\n(() => {\n",
    include_str!("script/text.js"),
    include_str!("script/pen.js"),
    include_str!("script/view.js"),
    include_str!("script/lanes.js"),
    include_str!("script/points.js"),
    include_str!("script/spectrogram.js"),
    include_str!("script/indicators.js"),
    include_str!("script/input.js"),
    include_str!("script/player.js"),
    include_str!("script/spectrum.js"),
    include_str!("script/page.js"),
    include_str!("script/main.js"),
    "})();\n"
);

#[derive(Template)]
#[template(path = "page.html")]
struct Page {
    policy: String,
    style: &'static str,
    script: &'static str,
    data: String,
    picture: String,
    view: view::View,
}

/// The page for one clip.
///
/// # Errors
///
/// Whatever `out` answers, or a picture that could not be encoded.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let page = Page {
        policy: policy(STYLE, SCRIPT),
        style: STYLE,
        script: SCRIPT,
        data: inert_json(&plots::Plots::new(report)?)?,
        picture: picture::svg(report),
        view: view::View::new(report),
    };
    page.write_into(&mut *out).map_err(io::Error::other)
}

/// A policy that allows these two texts of the page and requests to nowhere.
pub(crate) fn policy(style: &str, script: &str) -> String {
    let hash = |text: &str| base64::encode(&Sha256::digest(text));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; img-src data: blob:; \
         media-src blob:; base-uri 'none'; form-action 'none'",
        hash(script),
        hash(style)
    )
}

/// JSON that cannot end the element it stands in, nor a line of script.
pub(crate) fn inert_json(value: &impl serde::Serialize) -> io::Result<String> {
    let json = serde_json::to_string(value)?;
    let mut inert = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                inert.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => inert.push(c),
        }
    }
    Ok(inert)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{sample_report, unreadable_report};

    fn page(report: &Report) -> String {
        let mut bytes = Vec::new();
        write(report, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn hostile_text_stays_text() {
        let page = page(&sample_report());
        assert_eq!(page.matches("<script").count(), 2);
        assert_eq!(page.matches("</script>").count(), 2);
        assert!(!page.contains("alert(1)</script>"));
        assert!(!page.contains("<img src=x"));
        assert!(!page.contains('\u{202e}') && !page.contains('\u{1b}'));
        assert!(!page.contains("stays <there>"));
    }

    #[test]
    fn nothing_is_fetched_and_nothing_is_inline_but_by_hash() {
        let page = page(&sample_report());
        for part in ["http:", "https:", "//cdn", "@import", "url(", " style=", "onclick", "fetch("]
        {
            assert!(!page.contains(part), "{part}");
        }
        let text_between = |open: &str, close: &str| {
            let start = page.find(open).unwrap() + open.len();
            page[start..].split(close).next().unwrap().to_string()
        };
        assert_eq!(text_between("<style>", "</style>"), STYLE);
        assert_eq!(text_between("<script>", "</script>"), SCRIPT);
    }

    #[test]
    fn json_is_inert_and_unchanged_in_meaning() {
        let hostile = "</script>\u{2028}&<!--";
        let json = inert_json(&hostile).unwrap();
        assert!(!json.contains(['<', '>', '&', '\u{2028}']));
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), hostile);
    }

    #[test]
    fn what_could_not_be_examined_is_on_the_page() {
        let page = page(&sample_report());
        assert!(page.contains("needs 10 s of mains hum, none was found"));
        assert!(page.contains("Absence of indicators does not show"));
        assert!(page.contains("<noscript>") && page.contains("<svg"));
    }

    #[test]
    fn an_unreadable_clip_has_a_page_with_the_reason() {
        let page = page(&unreadable_report());
        assert!(page.contains("is cut off &#60;b&#62;here"));
        assert!(page.contains("ask the sender for the file once more"));
        assert!(!page.contains("id=\"timeline\"") && !page.contains("What was seen"));
    }

    #[test]
    fn no_page_pronounces_a_verdict() {
        let page = page(&sample_report()).to_lowercase();
        for word in ["fake", "authentic", "genuine", "tampered"] {
            assert!(!page.contains(word), "{word}");
        }
    }
}
