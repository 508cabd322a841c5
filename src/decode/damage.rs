//! What went wrong while decoding, in runs, bounded, with times.

use super::Damage;

/// Entries kept; later ones are counted.
const MAX_ENTRIES: usize = 100;

/// Collects damage and warnings of one stream.
#[derive(Debug, Default)]
pub(super) struct DamageLog {
    entries: Vec<Damage>,
    /// Packets in the run that the last entry describes; 0 if that entry is no run.
    run: u64,
    /// Entries that found no room.
    dropped: u64,
    /// Warnings in the order they came up, without duplicates.
    warnings: Vec<String>,
    /// Subjects that were warned of.
    subjects: Vec<&'static str>,
}

impl DamageLog {
    /// One packet that did not decode; runs with one message become one entry.
    pub(super) fn skipped(&mut self, time_s: f64, offset: Option<u64>, what: &str) {
        let same = |last: &Damage| {
            last.time_s == time_s && last.what.strip_prefix("packet left out: ") == Some(what)
        };
        if self.run > 0 && self.entries.last().is_some_and(same) {
            self.run += 1;
            return;
        }
        self.push(time_s, offset, format!("packet left out: {what}"));
        self.run = 1;
    }

    /// Damage that is not one packet.
    pub(super) fn push(&mut self, time_s: f64, offset: Option<u64>, what: String) {
        self.close_run();
        if self.entries.len() < MAX_ENTRIES {
            self.entries.push(Damage { time_s, offset, what });
        } else {
            self.dropped += 1;
        }
    }

    /// A warning, once.
    pub(super) fn warn(&mut self, text: String) {
        if !self.warnings.contains(&text) {
            self.warnings.push(text);
        }
    }

    /// The first warning of a subject.
    pub(super) fn warn_once_of(&mut self, subject: &'static str, text: impl FnOnce() -> String) {
        if !self.subjects.contains(&subject) {
            self.subjects.push(subject);
            self.warnings.push(text());
        }
    }

    /// The first message, where there is one.
    pub(super) fn first(&self) -> Option<&str> {
        self.entries.first().map(|d| d.what.as_str())
    }

    fn close_run(&mut self) {
        if self.run > 1
            && let Some(last) = self.entries.last_mut()
        {
            last.what = format!("{} ({} in a row)", last.what, self.run);
        }
        self.run = 0;
    }

    /// Damage and warnings.
    pub(super) fn finish(mut self) -> (Vec<Damage>, Vec<String>) {
        self.close_run();
        if self.dropped > 0 {
            self.warnings.push(format!(
                "{} more places of damage are not listed, the first {MAX_ENTRIES} are",
                self.dropped
            ));
        }
        (self.entries, self.warnings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_merged_and_the_list_is_bounded() {
        let mut log = DamageLog::default();
        for _ in 0..3 {
            log.skipped(1.0, Some(10), "bad header");
        }
        log.skipped(2.0, None, "bad header");
        log.push(3.0, None, "page missing".into());
        for i in 0..200 {
            log.push(f64::from(i), None, "x".into());
        }
        let (damage, warnings) = log.finish();
        assert_eq!(damage.len(), MAX_ENTRIES);
        assert_eq!(damage[0].what, "packet left out: bad header (3 in a row)");
        assert_eq!(damage[1].what, "packet left out: bad header");
        assert_eq!(warnings, ["103 more places of damage are not listed, the first 100 are"]);
    }
}
