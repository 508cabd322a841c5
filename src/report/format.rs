//! Which format a path asks for, and writing it so that no half-written file is left behind.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::error::{Error, Result};
use crate::report::{Report, audacity, case_uco, csv, html, json, sonic_visualiser, textgrid};

/// A format reports can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One indented JSON document.
    Json,
    /// One JSON document a line.
    Ndjson,
    /// One row per edit point and finding.
    Csv,
    /// Labels for Audacity.
    Audacity,
    /// Tiers for Praat and ELAN.
    TextGrid,
    /// Regions for Sonic Visualiser.
    SonicVisualiser,
    /// A page on its own.
    Html,
    /// A graph in CASE/UCO.
    CaseUco,
    /// A table of matches for databases.
    Parquet,
}

/// Endings of file names, in lower case; the first of a format is the one that messages name, and a longer one
/// stands before what it ends with.
const ENDINGS: [(&str, Format); 13] = [
    (".sv.csv", Format::SonicVisualiser),
    (".svl.csv", Format::SonicVisualiser),
    (".csv", Format::Csv),
    (".json", Format::Json),
    (".ndjson", Format::Ndjson),
    (".jsonl", Format::Ndjson),
    (".txt", Format::Audacity),
    (".labels", Format::Audacity),
    (".textgrid", Format::TextGrid),
    (".html", Format::Html),
    (".htm", Format::Html),
    (".jsonld", Format::CaseUco),
    (".parquet", Format::Parquet),
];

impl Format {
    /// The format that the end of a file name asks for, whatever its case: `.json`, `.ndjson` or
    /// `.jsonl`, `.csv`, `.txt` or `.labels`, `.TextGrid`, `.sv.csv` or `.svl.csv`, `.html` or
    /// `.htm`, `.jsonld`, `.parquet`.
    #[must_use]
    pub fn from_path(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        ENDINGS.iter().find_map(|(end, format)| name.ends_with(end).then_some(*format))
    }

    /// The format of an output at `path` for `count` reports.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] with the endings that would do, if the name asks for no format, or for one that
    /// cannot hold such reports or that many.
    pub fn of_output<R: Render>(path: &Path, count: usize) -> Result<Self> {
        let name = path.display();
        let refuse = |why| Error::Argument { what: format!("`{name}`: {why}") };
        let Some(format) = Self::from_path(path) else {
            let known = endings(R::ONE, R::SEVERAL);
            return Err(refuse(format!("its ending names no format; known are {known}")));
        };
        format.refusal::<R>(count).map_or(Ok(format), |why| Err(refuse(why)))
    }

    /// Why this format cannot hold `count` reports of a kind; `None` if it can.
    fn refusal<R: Render>(self, count: usize) -> Option<String> {
        let (what, several) = (R::WHAT, endings(&[], R::SEVERAL));
        if R::SEVERAL.contains(&self) {
            None
        } else if !R::ONE.contains(&self) {
            Some(format!("{what} is written as {}", endings(R::ONE, R::SEVERAL)))
        } else {
            (count != 1)
                .then(|| format!("this format holds {what}, not {count}; {several} several"))
        }
    }

    /// The ending that messages name.
    fn ending(self) -> &'static str {
        ENDINGS.iter().find_map(|(end, format)| (*format == self).then_some(*end)).unwrap_or("")
    }

    /// Writes `reports` to `out`.
    ///
    /// # Errors
    ///
    /// Whatever `out` answers; `InvalidInput` if this format cannot hold such reports, or that many,
    /// or if they have no timeline to put labels on.
    pub fn render<R: Render>(self, reports: &[R], out: &mut dyn Write) -> io::Result<()> {
        match self.refusal::<R>(reports.len()) {
            Some(refusal) => Err(io::Error::new(io::ErrorKind::InvalidInput, refusal)),
            None => R::render(reports, self, out),
        }
    }
}

/// Endings of formats for one report and for several, as a list.
fn endings(one: &[Format], several: &[Format]) -> String {
    let all: Vec<&str> = one.iter().chain(several).map(|format| format.ending()).collect();
    all.join(" ")
}

/// A kind of report that formats can be rendered from.
pub trait Render: Sized {
    /// One of them in words, such as "one analysis".
    const WHAT: &'static str;

    /// Formats that hold one of them.
    const ONE: &'static [Format];

    /// Formats that hold any number of them.
    const SEVERAL: &'static [Format];

    /// Writes `reports` in one of these formats, and one report alone in one of [`Self::ONE`]; see
    /// [`Format::render`].
    ///
    /// # Errors
    ///
    /// Whatever `out` answers; `InvalidInput` if the format cannot hold these reports.
    fn render(reports: &[Self], format: Format, out: &mut dyn Write) -> io::Result<()>;
}

impl Render for Report {
    const WHAT: &'static str = "one analysis";
    const ONE: &'static [Format] = &[
        Format::Html,
        Format::Json,
        Format::Audacity,
        Format::TextGrid,
        Format::SonicVisualiser,
        Format::CaseUco,
    ];
    const SEVERAL: &'static [Format] = &[Format::Ndjson, Format::Csv];

    fn render(reports: &[Self], format: Format, out: &mut dyn Write) -> io::Result<()> {
        match (format, reports) {
            (Format::Csv, reports) => csv::write_many(reports, out),
            (Format::Ndjson, reports) => {
                reports.iter().try_for_each(|report| json::write_line(report, out))
            }
            (Format::Json, [report]) => json::write(report, out),
            (Format::Audacity, [report]) => audacity::write(report, out),
            (Format::TextGrid, [report]) => textgrid::write(report, out),
            (Format::SonicVisualiser, [report]) => sonic_visualiser::write(report, out),
            (Format::Html, [report]) => html::write(report, out),
            (Format::CaseUco, [report]) => case_uco::write(report, out),
            _ => Err(io::ErrorKind::InvalidInput.into()),
        }
    }
}

/// Writes `reports` to `path`: to a temporary name in the same folder, then renamed, so that readers
/// see the whole file or none. A device or pipe is written to as it is.
///
/// # Errors
///
/// [`Error::Write`].
pub fn write_file<R: Render>(path: &Path, format: Format, reports: &[R]) -> Result<()> {
    write_whole(path, &mut |out| format.render(reports, out))
}

/// Writes what `render` makes to `path`, in the way of [`write_file`].
///
/// # Errors
///
/// [`Error::Write`].
pub(crate) fn write_whole(path: &Path, render: &mut Renderer<'_>) -> Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let written = match fs::metadata(&target) {
        Ok(meta) if !meta.is_file() => write_through(&target, render),
        _ => write_renamed(&target, render),
    };
    written.map_err(|source| Error::Write { path: path.to_path_buf(), source })
}

/// What makes the bytes of an output.
type Renderer<'a> = dyn FnMut(&mut dyn Write) -> io::Result<()> + 'a;

fn write_through(path: &Path, render: &mut Renderer<'_>) -> io::Result<()> {
    let mut out = BufWriter::new(File::options().write(true).open(path)?);
    render(&mut out)?;
    out.flush()
}

fn write_renamed(path: &Path, render: &mut Renderer<'_>) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".spliceprint-");
    // Temporary files are private by default; an output has the rights any new file has.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    let mut out = BufWriter::new(file.as_file_mut());
    render(&mut out)?;
    out.flush()?;
    drop(out);
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample_report;

    #[test]
    fn the_end_of_the_name_decides() {
        for (name, format) in [
            ("a.json", Some(Format::Json)),
            ("a.JSONL", Some(Format::Ndjson)),
            ("a.b.csv", Some(Format::Csv)),
            ("a.sv.csv", Some(Format::SonicVisualiser)),
            ("a.jsonld", Some(Format::CaseUco)),
            ("a.Parquet", Some(Format::Parquet)),
            ("a.svl.csv", Some(Format::SonicVisualiser)),
            ("a.labels", Some(Format::Audacity)),
            ("dir.json/a.TextGrid", Some(Format::TextGrid)),
            ("a.htm", Some(Format::Html)),
            ("a.wav", None),
            ("json", None),
        ] {
            assert_eq!(Format::from_path(Path::new(name)), format, "{name}");
        }
    }

    #[test]
    fn only_some_formats_hold_several_clips() {
        let two = [sample_report(), sample_report()];
        for format in [Format::Ndjson, Format::Csv] {
            format.render(&two, &mut Vec::new()).unwrap();
            format.render::<Report>(&[], &mut Vec::new()).unwrap();
        }
        let error = Format::Html.render(&two, &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        assert_eq!(
            error.to_string(),
            "this format holds one analysis, not 2; .ndjson .csv several"
        );
    }

    #[test]
    fn outputs_that_cannot_be_are_refused_with_what_can() {
        let of = |name: &str, count| Format::of_output::<Report>(Path::new(name), count);
        assert_eq!(of("a.html", 1).unwrap(), Format::Html);
        assert_eq!(of("a.csv", 7).unwrap(), Format::Csv);
        for (name, count, text) in [
            ("a.wav", 1, "`a.wav`: its ending names no format; known are .html .json"),
            ("a.parquet", 1, "one analysis is written as .html .json"),
            ("a.json", 2, "holds one analysis, not 2; .ndjson .csv several"),
        ] {
            let error = of(name, count).unwrap_err().to_string();
            assert!(error.contains(text), "{error}");
        }
        for (end, format) in ENDINGS {
            assert_eq!(Format::from_path(Path::new(&format!("a{end}"))), Some(format));
        }
    }

    #[test]
    fn equal_reports_give_equal_bytes_in_every_format() {
        use Format::*;
        for format in [Json, Ndjson, Csv, Audacity, TextGrid, SonicVisualiser, Html, CaseUco] {
            let bytes = || {
                let mut bytes = Vec::new();
                format.render(&[sample_report()], &mut bytes).unwrap();
                bytes
            };
            assert!(bytes() == bytes(), "{format:?}");
        }
    }

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("labels.txt");
        fs::write(&path, "old").unwrap();
        let mut report = sample_report();
        write_file(&path, Format::Audacity, &[report.clone()]).unwrap();
        let written = fs::read(&path).unwrap();
        assert!(written.starts_with(b"4.19"));
        report.document.stream = None;
        let error = write_file(&path, Format::Audacity, &[report]).unwrap_err();
        assert!(matches!(error, Error::Write { .. }));
        assert_eq!(fs::read(&path).unwrap(), written);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_missing_folder_is_an_error_with_the_path_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("none/report.json");
        let error = write_file(&path, Format::Json, &[sample_report()]).unwrap_err();
        assert!(error.to_string().contains("report.json"));
    }

    #[cfg(unix)]
    #[test]
    fn an_output_can_be_read_by_others_as_any_new_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (ours, plain) = (folder.path().join("a.json"), folder.path().join("b"));
        write_file(&ours, Format::Json, &[sample_report()]).unwrap();
        fs::write(&plain, "").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&plain));
    }
}
