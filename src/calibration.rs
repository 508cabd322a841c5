//! Counted error rates: what a detector's score, and an edit point's, are worth.
//!
//! `calibration.toml` is written by `evaluation/joints` from generated clips with known joints and
//! from untouched ones, apart for each class of last encoding. Its head names corpus, hours, date and
//! version.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::decode::CodecClass;
use crate::finding::Strength;

/// The file that the program is built with.
const SHIPPED: &str = include_str!("../calibration.toml");

/// Bands in rising order.
const BANDS: [(&str, Strength); 3] = [
    ("moderate", Strength::Moderate),
    ("strong", Strength::Strong),
    ("very-strong", Strength::VeryStrong),
];

/// Where the counts come from.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Head {
    /// Recordings and processing.
    pub corpus: String,
    /// Day of the count.
    pub date: String,
    /// Version of the program that was counted.
    pub program: String,
    /// Untouched hours over all classes.
    pub untouched_hours: f64,
}

/// What nothing found means in one class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Silence {
    /// Log10 likelihood ratio of a joint where no edit point is.
    nothing_found: f64,
}

/// Steps of one detector in one class.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Untouched hours.
    pub hours: f64,
    /// Joints of edited clips.
    pub joints: u64,
    /// Joints at which the detector reported.
    pub hits: u64,
    /// From this score on, this log10 likelihood ratio; rising.
    table: Vec<[f64; 2]>,
    /// From this score on, so many false findings an hour, and the upper bound with 95 %; falling.
    pub false_per_hour: Vec<[f64; 3]>,
}

/// The score from which edit points are rare enough in untouched recordings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Band {
    /// Lowest score.
    pub from_score: f64,
    /// False points counted at that score or above.
    pub false_points: u64,
    /// Untouched hours in which they were counted.
    pub hours: f64,
    /// Upper bound of the rate with 95 %, per hour.
    pub upper_95_per_hour: f64,
}

/// All counts.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Calibration {
    /// Where they come from.
    pub head: Head,
    contexts: BTreeMap<String, Silence>,
    detectors: BTreeMap<String, BTreeMap<String, Counts>>,
    fused: BTreeMap<String, BTreeMap<String, Band>>,
}

impl Calibration {
    /// The counts that the program is built with.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static PARSED: OnceLock<Calibration> = OnceLock::new();
        // A test reads the file; what cannot be read leaves every score uncalibrated.
        PARSED.get_or_init(|| toml::from_str(SHIPPED).unwrap_or_default())
    }

    /// The counts of one detector in one class; `None` if it never reported a joint there.
    #[must_use]
    pub fn counts(&self, detector: &str, class: CodecClass) -> Option<&Counts> {
        self.detectors.get(detector)?.get(class.as_str())
    }

    /// Log10 likelihood ratio of a joint that a detector's finding of this score stands for.
    #[must_use]
    pub fn log10_ratio(&self, detector: &str, class: CodecClass, score: f64) -> Option<f64> {
        let table = &self.counts(detector, class)?.table;
        let reached = table.iter().take_while(|[from, _]| *from <= score).last();
        reached.or(table.first()).map(|[_, ratio]| *ratio)
    }

    /// Log10 likelihood ratio of a joint at a place without any edit point.
    #[must_use]
    pub fn nothing_found(&self, class: CodecClass) -> f64 {
        self.contexts.get(class.as_str()).map_or(0.0, |silence| silence.nothing_found)
    }

    /// Name of the highest band that an edit point's score reaches. Few hours are counted in each
    /// class, so that bands above moderate stand on all classes together as well.
    #[must_use]
    pub fn strength(&self, class: CodecClass, log10_ratio: f64) -> Strength {
        let reaches = |context: &str, band: &str| {
            self.fused.get(context)?.get(band).map(|b| log10_ratio >= b.from_score)
        };
        let own = |band: &str| reaches(class.as_str(), band);
        if own("moderate").is_none() {
            return Strength::Uncalibrated;
        }
        let mut strength = Strength::Limited;
        for (band, name) in BANDS {
            let in_all = reaches("all", band) == Some(true);
            let in_own = own(band) == Some(true);
            let has = match name {
                Strength::Moderate => in_own,
                _ => in_all && own("moderate") == Some(true) && own(band) != Some(false),
            };
            if has {
                strength = name;
            }
        }
        strength
    }

    /// The counts behind a band, in the class for moderate and in all classes above that.
    #[must_use]
    pub fn band(&self, class: CodecClass, strength: Strength) -> Option<&Band> {
        let context = if strength == Strength::Moderate { class.as_str() } else { "all" };
        self.fused.get(context)?.get(strength.as_str())
    }

    /// The file in one line; `None` if it holds no counts.
    #[must_use]
    pub fn title(&self) -> Option<String> {
        let head = &self.head;
        (!self.detectors.is_empty()).then(|| {
            format!("{}, {:.1} untouched hours, {}", head.corpus, head.untouched_hours, head.date)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = "
        [head]
        corpus = \"made\"
        untouched_hours = 20.0
        [contexts.lossless]
        nothing_found = -0.5
        [detectors.copy-move.lossless]
        hours = 5.0
        table = [[1.0, 0.5], [2.0, 2.5]]
        [fused.all.strong]
        from_score = 2.0
        [fused.lossless.moderate]
        from_score = 1.0
    ";

    #[test]
    fn a_score_has_the_ratio_of_the_step_it_reaches() {
        let counts: Calibration = toml::from_str(SAMPLE).unwrap();
        let ratio = |score| counts.log10_ratio("copy-move", CodecClass::Lossless, score);
        assert_eq!(ratio(0.5), Some(0.5));
        assert_eq!(ratio(1.9), Some(0.5));
        assert_eq!(ratio(9.0), Some(2.5));
        assert_eq!(counts.log10_ratio("copy-move", CodecClass::Speech, 9.0), None);
        assert_eq!(counts.nothing_found(CodecClass::Lossless), -0.5);
    }

    #[test]
    fn bands_stand_on_counts_or_are_not_named() {
        let counts: Calibration = toml::from_str(SAMPLE).unwrap();
        let strength = |class, ratio| counts.strength(class, ratio);
        assert_eq!(strength(CodecClass::Lossless, 0.9), Strength::Limited);
        assert_eq!(strength(CodecClass::Lossless, 1.5), Strength::Moderate);
        assert_eq!(strength(CodecClass::Lossless, 2.5), Strength::Strong);
        assert_eq!(strength(CodecClass::Speech, 9.0), Strength::Uncalibrated);
        assert_eq!(
            Calibration::default().strength(CodecClass::Speech, 9.0),
            Strength::Uncalibrated
        );
    }

    #[test]
    fn the_shipped_file_reads() {
        toml::from_str::<Calibration>(SHIPPED).unwrap();
    }
}
