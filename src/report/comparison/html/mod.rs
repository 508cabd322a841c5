//! One page on its own: answer, map, timeline and player, with no request to anywhere.
//!
//! Built like the page of an analysis and from the same parts: text and map are rendered here and
//! read without the script; the script draws the lanes and plays from one block of JSON.

mod axes;
mod mulaw;
mod plot;
mod plots;
mod view;

use std::io::{self, Write};

use askama::Template;

use crate::report::comparison::ComparisonReport;
use crate::report::html::{inert_json, policy};

const STYLE: &str = concat!(include_str!("../../html/style.css"), include_str!("style.css"));
/// The parts of the script in one scope of their own, each after those it is built on.
const SCRIPT: &str = concat!(
    "\"use strict\";\n(() => {\n",
    include_str!("../../html/script/text.js"),
    include_str!("../../html/script/pen.js"),
    include_str!("../../html/script/view.js"),
    include_str!("../../html/script/lanes.js"),
    include_str!("../../html/script/spectrogram.js"),
    include_str!("../../html/script/indicators.js"),
    include_str!("../../html/script/input.js"),
    include_str!("../../html/script/page.js"),
    include_str!("script/segments.js"),
    include_str!("script/map.js"),
    include_str!("script/listen.js"),
    include_str!("script/main.js"),
    "})();\n"
);

#[derive(Template)]
#[template(path = "comparison.html")]
struct Page {
    policy: String,
    style: &'static str,
    script: &'static str,
    data: String,
    plot: String,
    view: view::View,
}

/// The page for one comparison.
///
/// # Errors
///
/// Whatever `out` answers, or a picture that could not be encoded.
pub fn write(report: &ComparisonReport, out: &mut dyn Write) -> io::Result<()> {
    let plot = plot::Plot::new(&report.document);
    let page = Page {
        policy: policy(STYLE, SCRIPT),
        style: STYLE,
        script: SCRIPT,
        data: inert_json(&plots::Plots::new(report, plot.as_ref())?)?,
        plot: plot.map(|plot| plot.svg()).unwrap_or_default(),
        view: view::View::new(report),
    };
    page.write_into(&mut *out).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::comparison::sample;

    fn page(report: &ComparisonReport) -> String {
        let mut bytes = Vec::new();
        write(report, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn hostile_text_stays_text() {
        for report in sample::all() {
            let page = page(&report);
            assert_eq!(page.matches("<script").count(), 2);
            assert_eq!(page.matches("</script>").count(), 2);
            assert!(!page.contains("alert(1)</script>") && !page.contains("<img src=x"));
            assert!(!page.contains('\u{202e}') && !page.contains('\u{1b}'));
            assert!(!page.contains("<meeting>") && !page.contains("<declares>"));
        }
    }

    #[test]
    fn nothing_is_fetched_and_nothing_is_inline_but_by_hash() {
        let page = page(&sample::found());
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
    fn answer_and_limitations_come_before_the_map() {
        let page = page(&sample::found());
        let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("no {text}"));
        assert!(at("31.7 s of 41.0 s (77 %) of A come from B") < at("id=\"h-mind\""));
        assert!(at("id=\"h-mind\"") < at("id=\"map\""));
        assert!(at("id=\"map\"") < at("id=\"timeline\""));
        assert!(at("id=\"timeline\"") < at("<tr id=\"S4\""));
        assert!(at("<tr id=\"E6\"") < at("<tr id=\"L1\""));
    }

    #[test]
    fn sound_is_there_or_its_absence_is_explained() {
        let mut report = sample::found();
        assert!(page(&report).contains("id=\"listen\""));
        report.pictures.as_mut().unwrap().listen = None;
        let silent = page(&report);
        assert!(!silent.contains("id=\"listen\""));
        assert!(silent.contains("holds no sound"));
    }

    #[test]
    fn no_answer_has_a_page_with_the_reason() {
        let unreadable = page(&sample::unreadable());
        assert!(unreadable.contains("is cut off &#60;b&#62;here"));
        assert!(unreadable.contains("ask the sender for the file once more"));
        let inconclusive = page(&sample::inconclusive());
        assert!(inconclusive.contains("too little to compare"));
        for page in [unreadable, inconclusive] {
            assert!(!page.contains("id=\"timeline\"") && !page.contains("id=\"map\""));
        }
    }

    #[test]
    fn no_page_pronounces_a_verdict() {
        for mut report in sample::all() {
            // Packed pictures may spell anything.
            report.pictures = None;
            let page = page(&report).to_lowercase();
            for word in ["fake", "authentic", "genuine", "tampered"] {
                assert!(!page.contains(word), "{word}");
            }
        }
    }
}
