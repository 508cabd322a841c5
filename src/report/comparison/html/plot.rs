//! The map: A's time to the right, B's time upwards, each segment a line between them.
//!
//! A picture of vectors in the page itself, so that it reads, prints and can be walked through with
//! the keyboard where no script runs. The style sheet colours it.

use std::fmt::Write;

use crate::report::comparison::html::axes::{Axis, shown_of_b};
use crate::report::comparison::html::view::colour;
use crate::report::comparison::wording::{self, duration_s, stretch};
use crate::report::comparison::{ComparisonDocument, EditKind, EditReport, SegmentReport};
use crate::report::wording::clock;

/// Size of the picture, in its own units; the page scales it.
const WIDTH: f64 = 1120.0;
const HEIGHT: f64 = 500.0;
/// Sides of the plot itself.
const LEFT: f64 = 92.0;
const RIGHT: f64 = 1104.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 436.0;
/// Breadth of the strips along both axes, and their distance from the plot.
const STRIP: f64 = 10.0;
const GAP: f64 = 6.0;
/// Narrowest mark that can be seen and hit.
const NARROWEST: f64 = 2.0;

/// The map of one comparison.
pub(crate) struct Plot<'a> {
    document: &'a ComparisonDocument,
    /// Time of A from left to right.
    pub(crate) a: Axis,
    /// Time of B from the bottom up.
    pub(crate) b: Axis,
}

impl<'a> Plot<'a> {
    /// `None` where there is nothing to draw.
    pub(crate) fn new(document: &'a ComparisonDocument) -> Option<Self> {
        let a_s = duration_s(&document.a);
        let (from_s, to_s) = shown_of_b(document);
        if document.segments.is_empty() || a_s <= 0.0 || to_s <= from_s {
            return None;
        }
        let a = Axis { from_s: 0.0, to_s: a_s, from: LEFT, to: RIGHT };
        Some(Self { document, a, b: Axis { from_s, to_s, from: BOTTOM, to: TOP } })
    }

    pub(crate) fn svg(&self) -> String {
        let mut svg = format!(
            "<svg id=\"map\" class=\"map\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"group\" \
             aria-label=\"Map of segments: time in A to the right, time in B upwards\">"
        );
        self.frame(&mut svg);
        let edits = &self.document.edits;
        for (number, edit) in (1..).zip(edits) {
            self.ground(number, edit, &mut svg);
        }
        self.used_again(&mut svg);
        for (index, segment) in self.document.segments.iter().enumerate() {
            self.segment(index, segment, &mut svg);
        }
        for (number, edit) in (1..).zip(edits) {
            self.missing(number, edit, &mut svg);
        }
        self.names(&mut svg);
        svg + "<g id=\"map-cursor\" visibility=\"hidden\"><line class=\"at\"/><line class=\"at\"/>\
               </g></svg>"
    }

    /// Grid, times and the ground of both strips.
    fn frame(&self, svg: &mut String) {
        let x_strip = LEFT - GAP - STRIP;
        let y_strip = BOTTOM + GAP;
        let (width, height) = (RIGHT - LEFT, BOTTOM - TOP);
        let _ = write!(
            svg,
            "<rect class=\"strip\" x=\"{LEFT}\" y=\"{y_strip}\" width=\"{width}\" \
             height=\"{STRIP}\"/><rect class=\"strip\" x=\"{x_strip}\" y=\"{TOP}\" \
             width=\"{STRIP}\" height=\"{height}\"/>"
        );
        for (time_s, text) in self.a.ticks(9.0) {
            let x = self.a.place(time_s);
            let _ = write!(
                svg,
                "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{BOTTOM}\"/>\
                 <text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{text}</text>",
                x.clamp(LEFT + 14.0, RIGHT - 16.0),
                y_strip + STRIP + 17.0
            );
        }
        for (time_s, text) in self.b.ticks(7.0) {
            let y = self.b.place(time_s);
            let _ = write!(
                svg,
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
                 <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{text}</text>",
                x_strip - 8.0,
                y + 4.5
            );
        }
        let whole = duration_s(&self.document.b);
        let part = if self.b.to_s - self.b.from_s < whole {
            format!(" ({} shown of {})", stretch(self.b.from_s, self.b.to_s), clock(whole))
        } else {
            String::new()
        };
        let _ = write!(
            svg,
            "<text class=\"axis\" x=\"{RIGHT}\" y=\"{}\" text-anchor=\"end\">time in A, the clip \
             →</text><text class=\"axis\" x=\"{x_strip}\" y=\"16\">↑ time in B, the source{part}\
             </text>",
            HEIGHT - 8.0
        );
    }

    /// A stretch of A that is not from B.
    fn ground(&self, number: usize, edit: &EditReport, svg: &mut String) {
        if !matches!(edit.kind, EditKind::Insertion | EditKind::Replacement) {
            return;
        }
        let (x, width) = span(self.a.place(edit.a_start_s), self.a.place(edit.a_end_s));
        link(svg, &format!("E{number}"), "foreign", &told(number, edit));
        let _ = write!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{TOP}\" width=\"{width:.1}\" height=\"{}\"/></a>",
            BOTTOM - TOP
        );
    }

    /// A part of B that is missing from A, on B's strip and, for a deletion, as a gap in the plot.
    fn missing(&self, number: usize, edit: &EditReport, svg: &mut String) {
        let Some((start_s, end_s)) = edit.b_start_s.zip(edit.b_end_s) else { return };
        if !matches!(edit.kind, EditKind::Deletion | EditKind::Replacement) {
            return;
        }
        let (top, height) = span(self.b.place(end_s), self.b.place(start_s));
        let from = self.a.place(edit.a_start_s);
        let to = self.a.place(edit.a_end_s);
        link(svg, &format!("E{number}"), "missing", &told(number, edit));
        let _ = write!(
            svg,
            "<rect class=\"hit\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>\
             <rect class=\"gap\" x=\"{}\" y=\"{top:.1}\" width=\"{STRIP}\" height=\"{height:.1}\"/>\
             <path d=\"M{:.1} {:.1}H{:.1}M{:.1} {top:.1}H{:.1}M{from:.1} {:.1}L{to:.1} \
             {top:.1}\"/></a>",
            from - 7.0,
            top - 4.0,
            to - from + 14.0,
            height + 8.0,
            LEFT - GAP - STRIP,
            from - 5.0,
            top + height,
            from + 5.0,
            to - 5.0,
            to + 5.0,
            top + height,
        );
    }

    /// Parts of B that more than one segment uses.
    fn used_again(&self, svg: &mut String) {
        let segments = &self.document.segments;
        for (index, one) in segments.iter().enumerate() {
            for other in &segments[index + 1..] {
                let start_s = one.b_start_s.max(other.b_start_s);
                let end_s = one.b_end_s.min(other.b_end_s);
                if end_s <= start_s {
                    continue;
                }
                let (y, height) = span(self.b.place(end_s), self.b.place(start_s));
                let _ = write!(
                    svg,
                    "<rect class=\"again\" x=\"{LEFT}\" y=\"{y:.1}\" width=\"{}\" \
                     height=\"{height:.1}\"><title>{} of B used more than once</title></rect>",
                    RIGHT - LEFT,
                    stretch(start_s, end_s)
                );
            }
        }
    }

    fn segment(&self, index: usize, segment: &SegmentReport, svg: &mut String) {
        let (x1, x2) = (self.a.place(segment.a_start_s), self.a.place(segment.a_end_s));
        let (y1, y2) = (self.b.place(segment.b_start_s), self.b.place(segment.b_end_s));
        let id = format!("S{}", index + 1);
        let told = format!(
            "{id}: A {} from B {}, similarity {:.2}",
            stretch(segment.a_start_s, segment.a_end_s),
            stretch(segment.b_start_s, segment.b_end_s),
            segment.similarity
        );
        let (x, width) = span(x1, x2);
        let (y, height) = span(y2, y1);
        link(svg, &id, &format!("seg c{}", colour(index)), &told);
        for start_s in &segment.also_at_s {
            let end_s = start_s + segment.b_end_s - segment.b_start_s;
            let (from, to) = (self.b.place(*start_s), self.b.place(end_s));
            let _ = write!(
                svg,
                "<line class=\"also\" x1=\"{x1:.1}\" x2=\"{x2:.1}\" y1=\"{from:.1}\" \
                 y2=\"{to:.1}\"/>"
            );
        }
        let _ = write!(
            svg,
            "<line class=\"hit\" x1=\"{x1:.1}\" x2=\"{x2:.1}\" y1=\"{y1:.1}\" y2=\"{y2:.1}\"/>\
             <line class=\"run\" x1=\"{x1:.1}\" x2=\"{x2:.1}\" y1=\"{y1:.1}\" y2=\"{y2:.1}\"/>\
             <rect x=\"{x:.1}\" y=\"{}\" width=\"{width:.1}\" height=\"{STRIP}\"/>\
             <rect x=\"{}\" y=\"{y:.1}\" width=\"{STRIP}\" height=\"{height:.1}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{id}</text></a>",
            BOTTOM + GAP,
            LEFT - GAP - STRIP,
            f64::midpoint(x1, x2) - 7.0,
            f64::midpoint(y1, y2) - 6.0,
        );
    }

    /// Names of the edits above the plot, where they do not run into each other.
    fn names(&self, svg: &mut String) {
        let mut free = LEFT;
        for (number, edit) in (1..).zip(&self.document.edits) {
            if matches!(edit.kind, EditKind::Move | EditKind::Repeat) {
                continue;
            }
            let x = self.a.place(f64::midpoint(edit.a_start_s, edit.a_end_s));
            let x = x.clamp(LEFT + 10.0, RIGHT - 10.0);
            if x - 10.0 < free {
                continue;
            }
            free = x + 12.0;
            let _ = write!(
                svg,
                "<text class=\"edit\" x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">E{number}\
                 </text>",
                TOP + 16.0
            );
        }
    }
}

fn told(number: usize, edit: &EditReport) -> String {
    let kind = wording::kind(edit.kind);
    format!("E{number}, {kind} at A {}: {}", wording::place(edit), wording::edit(edit))
}

/// Opens a link to the row that tells more; all of its text is made here.
fn link(svg: &mut String, id: &str, class: &str, told: &str) {
    let _ = write!(
        svg,
        "<a class=\"{class}\" href=\"#{id}\" data-tell=\"{told}\" aria-label=\"{told}\">\
         <title>{told}</title>"
    );
}

/// Start and length of what lies between two places, wide enough to be seen.
fn span(from: f64, to: f64) -> (f64, f64) {
    let length = (to - from).max(NARROWEST);
    (f64::midpoint(from, to) - length / 2.0, length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::comparison::sample;

    #[test]
    fn segments_and_edits_stand_where_their_times_are() {
        let document = sample::found().document;
        let plot = Plot::new(&document).unwrap();
        assert_eq!(plot.a.place(20.5), f64::midpoint(LEFT, RIGHT));
        assert_eq!(plot.b.place(32.0), f64::midpoint(TOP, BOTTOM));
        let svg = plot.svg();
        assert_eq!(svg.matches("class=\"seg ").count(), 4);
        assert_eq!(svg.matches("class=\"foreign\"").count(), 3);
        assert_eq!(svg.matches("class=\"missing\"").count(), 2);
        assert_eq!(svg.matches("class=\"again\"").count(), 1, "8.0–14.5 of B is used twice");
        assert_eq!(svg.matches("class=\"also\"").count(), 1);
        assert!(svg.contains("x1=\"92.0\"") && svg.contains("href=\"#S4\""));
        assert_eq!(svg.matches("<a ").count(), svg.matches("</a>").count());
    }

    #[test]
    fn nothing_found_no_map() {
        assert!(Plot::new(&sample::not_found().document).is_none());
        assert!(Plot::new(&sample::unreadable().document).is_none());
    }
}
