//! A clip's hum held against a record of the mains frequency, the best place beside the next best.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::measures::hum::MainsHum;
use crate::measures::hum::reference::{NoPlace, Place, Reference, ReferenceMatch};

/// How many times as much as the best the next best place must differ for the best to stand out: clips
/// of 90 to 320 s of a real grid, held against a record of other hours, reached 1.6; held against one
/// of their own, 4.4 and more from 180 s on.
const STANDS_OUT: f64 = 2.0;

/// Seconds by which the series of a clip's hum is shorter than the clip.
const WINDOW_S: f64 = 16.0;

/// A record of the mains frequency, from a file.
#[derive(Debug, Clone)]
pub struct EnfRecord {
    /// Path as given.
    pub path: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Its values.
    pub reference: Reference,
}

/// A place of the clip's start in a record.
#[derive(Debug, Clone, PartialEq)]
pub struct EnfPlace {
    /// Time as the record writes it.
    pub start: String,
    /// The same in UTC, if the record has dates.
    pub start_utc: Option<String>,
    /// How the record fits there.
    pub fit: Place,
}

/// What came of holding a clip's hum against a record.
#[derive(Debug, Clone, PartialEq)]
pub struct EnfMatch {
    /// Path of the record as given.
    pub path: String,
    /// SHA-256 of the record.
    pub sha256: String,
    /// First and last time of the record, as it writes them.
    pub range: (String, String),
    /// Seconds for which the record has a value.
    pub known_s: f64,
    /// The best place and all that it is compared with; absent if nothing could be compared.
    pub found: Option<EnfFound>,
    /// Why nothing could be compared, or why the best place does not stand out.
    pub reason: Option<String>,
}

/// Places in a record.
#[derive(Debug, Clone, PartialEq)]
pub struct EnfFound {
    /// The best place.
    pub best: EnfPlace,
    /// The best at least a minute away from it.
    pub next_best: Option<EnfPlace>,
    /// Everything that was compared; its places count from the examined part's start.
    pub matched: ReferenceMatch,
}

impl EnfFound {
    /// How many of the false series fit as well as the clip's.
    #[must_use]
    pub fn as_good(&self) -> usize {
        let errors = self.matched.null_error_mhz.iter();
        errors.filter(|error| **error <= self.best.fit.error_mhz).count()
    }
}

impl EnfRecord {
    /// Reads a record.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] if the file cannot be opened or is no such record.
    pub fn open(path: &Path) -> Result<Self> {
        let wrong = |what: &str| Error::Argument { what: format!("`{}`: {what}", path.display()) };
        let file = File::open(path).map_err(|error| wrong(&error.to_string()))?;
        let mut input = Hashing { file, hash: Sha256::new() };
        let reference = Reference::read(&mut input).map_err(|error| match error {
            Error::Argument { what } => wrong(&what),
            other => other,
        })?;
        let digest = input.hash.finalize();
        Ok(Self {
            path: path.to_string_lossy().into_owned(),
            sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            reference,
        })
    }

    /// Where in the record a clip's hum fits; `offset_s` is the time in the clip at which the hum's
    /// series counts from zero.
    #[must_use]
    pub fn find(&self, hum: Option<&MainsHum>, offset_s: f64) -> EnfMatch {
        let compared = match hum {
            None => Err("no mains hum was found in the clip".to_owned()),
            Some(hum) => self.reference.find(&hum.series).map_err(|none| why(none, hum)),
        };
        let place = |fit: Place| {
            let start_s = fit.start_s - offset_s;
            let (start, start_utc) =
                (self.reference.written(start_s), self.reference.written_utc(start_s));
            EnfPlace { start, start_utc, fit: Place { start_s, ..fit } }
        };
        let (found, reason) = match compared {
            Err(reason) => (None, Some(reason)),
            Ok(matched) => {
                let (best, next_best) = (place(matched.best), matched.second.map(place));
                let found = EnfFound { best, next_best, matched };
                let reason = alike(&found);
                (Some(found), reason)
            }
        };
        let record = &self.reference;
        let last_s = record.start_s + record.hz.len().saturating_sub(1) as f64;
        EnfMatch {
            path: self.path.clone(),
            sha256: self.sha256.clone(),
            range: (record.written(record.start_s), record.written(last_s)),
            known_s: record.hz.iter().filter(|hz| hz.is_finite()).count() as f64,
            found,
            reason,
        }
    }
}

/// A file that is hashed as it is read.
struct Hashing {
    file: File,
    hash: Sha256,
}

impl Read for Hashing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.hash.update(&buffer[..count]);
        Ok(count)
    }
}

/// Why nothing could be compared, in words.
fn why(none: NoPlace, hum: &MainsHum) -> String {
    match none {
        NoPlace::ShortClip { followed_s, needed_s } => format!(
            "the clip is too short: its hum was followed for {followed_s:.0} s, {needed_s:.0} s are \
             needed ({:.0} s of clip)",
            needed_s + WINDOW_S
        ),
        NoPlace::ShortRecord { record_s, followed_s } => format!(
            "the record is shorter ({record_s:.0} s) than the clip's hum was followed \
             ({followed_s:.0} s)"
        ),
        NoPlace::NoStretch => format!(
            "the record has no stretch as long as the clip that is without gaps and within 50 mHz of \
             the clip's hum, {:.3} Hz",
            hum.frequency_hz
        ),
    }
}

/// Why the best place does not stand out; `None` if it does.
fn alike(found: &EnfFound) -> Option<String> {
    let Some(ratio) = found.matched.ratio else {
        return Some(
            "the record is hardly longer than the clip: there is no other place to compare with"
                .into(),
        );
    };
    if ratio < STANDS_OUT {
        return Some(format!("the next best place differs only {ratio:.2} times as much"));
    }
    let (as_good, all) = (found.as_good(), found.matched.null_error_mhz.len());
    (as_good > 0 || all == 0)
        .then(|| format!("{as_good} of {all} series that were never anywhere fit as well"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_noise::noise;
    use crate::measures::hum::HumPoint;

    fn hum(hz: &[f32]) -> MainsHum {
        let point = |(i, hz): (usize, &f32)| HumPoint { time_s: 8.0 + i as f64, hz: (*hz).into() };
        MainsHum {
            nominal_hz: 50.0,
            frequency_hz: 50.0,
            score: 20.0,
            harmonics: Vec::new(),
            series: hz.iter().enumerate().map(point).collect(),
            breaks: Vec::new(),
        }
    }

    /// A frequency that walks about 50 Hz.
    fn walk(len: usize, seed: u32) -> Vec<f32> {
        let mut hz = 50.0;
        let step = |step: &f32| {
            hz += 0.004 * step - 0.01 * (hz - 50.0);
            hz
        };
        noise(len, seed).iter().map(step).collect()
    }

    fn record(hz: Vec<f32>, zone_minutes: Option<i32>) -> EnfRecord {
        let reference = Reference { start_s: 1_714_564_800.0, hz, zone_minutes };
        EnfRecord { path: "grid.csv".into(), sha256: "00".into(), reference }
    }

    #[test]
    fn the_clips_start_is_named_as_the_record_does() {
        let hz = walk(3000, 1);
        let hum = hum(&hz[1000..1300]);
        // The series begins 8 s after the examined part, which begins 2 s after the clip.
        let found = record(hz.clone(), Some(120)).find(Some(&hum), 2.0);
        assert_eq!(found.reason, None);
        assert_eq!(found.range.0, "2024-05-01T14:00:00+02:00");
        let places = found.found.unwrap();
        assert_eq!(places.best.start, "2024-05-01T14:16:30+02:00");
        assert_eq!(places.best.start_utc.as_deref(), Some("2024-05-01T12:16:30Z"));
        assert_eq!(places.as_good(), 0);
        let plain = record(hz, None).find(Some(&hum), 0.0).found.unwrap();
        assert_eq!((plain.best.start.as_str(), plain.best.start_utc), ("1714565792", None));
    }

    #[test]
    fn what_cannot_be_told_has_a_reason() {
        let hz = walk(3000, 1);
        let reason = |record: &EnfRecord, hum: Option<&MainsHum>| {
            record.find(hum, 0.0).reason.unwrap_or_default()
        };
        let whole = record(hz.clone(), None);
        assert!(reason(&whole, None).contains("no mains hum"));
        assert!(reason(&whole, Some(&hum(&hz[..30]))).contains("too short"));
        let short = record(hz[..200].to_vec(), None);
        assert!(reason(&short, Some(&hum(&hz[..300]))).contains("record is shorter"));
        let alone = record(hz[..310].to_vec(), None);
        assert!(reason(&alone, Some(&hum(&hz[..300]))).contains("no other place"));
        let elsewhere = whole.find(Some(&hum(&walk(300, 7))), 0.0);
        assert!(elsewhere.found.is_some() && elsewhere.reason.is_some(), "{elsewhere:?}");
        let sixty = record(vec![60.0; 1000], None);
        assert!(reason(&sixty, Some(&hum(&hz[..300]))).contains("50 mHz"));
    }

    #[test]
    fn what_is_no_record_is_an_argument_at_fault() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("grid.csv");
        let missing = EnfRecord::open(&path).unwrap_err();
        assert!(matches!(&missing, Error::Argument { what } if what.contains("grid.csv")));
        std::fs::write(&path, "time,hz\n1,50\nx,50\n").unwrap();
        let bad = EnfRecord::open(&path).unwrap_err().to_string();
        assert!(bad.contains("grid.csv") && bad.contains("row 3"), "{bad}");
        assert!(matches!(EnfRecord::open(folder.path()), Err(Error::Argument { .. })));
        std::fs::write(&path, "time,hz\n1,50\n2,50\n").unwrap();
        let record = EnfRecord::open(&path).unwrap();
        assert_eq!(record.reference.hz, [50.0, 50.0]);
        assert_eq!(record.sha256.len(), 64);
    }
}
