//! A Parquet file to rows.

use std::marker::PhantomData;
use std::path::Path;
use std::sync::Arc;

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::SchemaDescriptor;

use super::rows::StoredRow;
use super::source::Source;
use crate::archive::file::ArchiveFile;
use crate::decode::guard::guarded;
use crate::error::{Error, Result};

/// Bytes of a text, at most.
const LONGEST_TEXT: usize = 1 << 20;

/// Rows of a table one after another; none after the first error.
pub(super) struct Table<R> {
    file: Arc<ArchiveFile>,
    reader: SerializedFileReader<Source>,
    /// Places in the file of the columns that are read.
    places: Vec<usize>,
    /// Row groups that were begun.
    groups: usize,
    columns: Vec<ColumnReader>,
    /// Rows of the row group that were not read yet.
    left: u64,
    batch: std::vec::IntoIter<R>,
    row: PhantomData<R>,
}

impl<R: StoredRow> Table<R> {
    /// Opens a table and checks that it has the columns of its rows.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = Arc::new(ArchiveFile::open(path)?);
        let source = Source(file.clone());
        let opened = contained(|| {
            let reader = SerializedFileReader::new(source)?;
            let places = places::<R>(reader.metadata().file_metadata().schema_descr())?;
            Ok((reader, places))
        });
        let (reader, places) = opened.map_err(|what| refused(&file, what))?;
        let (columns, batch) = (Vec::new(), Vec::new().into_iter());
        Ok(Self { file, reader, places, groups: 0, columns, left: 0, batch, row: PhantomData })
    }

    /// The next rows; none at the end.
    fn read(&mut self) -> ParquetResult<Vec<R>> {
        while self.left == 0 {
            if self.groups == self.reader.num_row_groups() {
                return Ok(Vec::new());
            }
            let group = self.reader.get_row_group(self.groups)?;
            self.groups += 1;
            self.left = group.metadata().num_rows().try_into()?;
            let columns = self.places.iter().map(|place| group.get_column_reader(*place));
            self.columns = columns.collect::<ParquetResult<_>>()?;
        }
        let count = usize::try_from(self.left)?.min(R::BATCH);
        self.left -= count as u64;
        R::get(count, &mut Columns { columns: self.columns.iter_mut(), count })
    }
}

impl<R: StoredRow> Iterator for Table<R> {
    type Item = Result<R>;

    fn next(&mut self) -> Option<Result<R>> {
        if let Some(row) = self.batch.next() {
            return Some(Ok(row));
        }
        match contained(|| self.read()) {
            Ok(rows) => {
                self.batch = rows.into_iter();
                self.batch.next().map(Ok)
            }
            Err(what) => {
                (self.groups, self.left) = (self.reader.num_row_groups(), 0);
                Some(Err(refused(&self.file, what)))
            }
        }
    }
}

/// What a reader that may panic gives, or what it says instead.
fn contained<T>(read: impl FnOnce() -> ParquetResult<T>) -> std::result::Result<T, String> {
    guarded(read)?.map_err(|error| error.to_string())
}

fn refused(file: &ArchiveFile, what: String) -> Error {
    Error::Table { path: file.path().to_owned(), what }
}

/// Where in a file the columns of a row are.
fn places<R: StoredRow>(there: &SchemaDescriptor) -> ParquetResult<Vec<usize>> {
    let wanted = SchemaDescriptor::new(Arc::new(parse_message_type(R::SCHEMA)?));
    let place = |name: &str| {
        let is_it = |place: &usize| there.column(*place).path().parts() == [name];
        let missing = || ParquetError::General(format!("it has no column `{name}`"));
        (0..there.num_columns()).find(is_it).ok_or_else(missing)
    };
    wanted.columns()[..R::READ].iter().map(|column| place(column.name())).collect()
}

/// Columns of a row group, which are read in their order, some rows of each.
pub(super) struct Columns<'a> {
    columns: std::slice::IterMut<'a, ColumnReader>,
    count: usize,
}

impl Columns<'_> {
    pub(super) fn booleans(&mut self) -> ParquetResult<Vec<bool>> {
        match self.columns.next() {
            Some(ColumnReader::BoolColumnReader(reader)) => values(reader, self.count),
            other => Err(not_of("booleans", other)),
        }
    }

    pub(super) fn ints(&mut self) -> ParquetResult<Vec<i32>> {
        match self.columns.next() {
            Some(ColumnReader::Int32ColumnReader(reader)) => values(reader, self.count),
            other => Err(not_of("integers of 32 bits", other)),
        }
    }

    pub(super) fn longs(&mut self) -> ParquetResult<Vec<i64>> {
        match self.columns.next() {
            Some(ColumnReader::Int64ColumnReader(reader)) => values(reader, self.count),
            other => Err(not_of("integers of 64 bits", other)),
        }
    }

    pub(super) fn doubles(&mut self) -> ParquetResult<Vec<f64>> {
        match self.columns.next() {
            Some(ColumnReader::DoubleColumnReader(reader)) => values(reader, self.count),
            other => Err(not_of("doubles", other)),
        }
    }

    pub(super) fn texts(&mut self) -> ParquetResult<Vec<String>> {
        let texts = match self.columns.next() {
            Some(ColumnReader::ByteArrayColumnReader(reader)) => values(reader, self.count)?,
            other => return Err(not_of("texts", other)),
        };
        let text = |text: &ByteArray| match text.as_utf8() {
            Ok(text) if text.len() <= LONGEST_TEXT => Ok(text.to_owned()),
            Ok(text) => {
                let what = format!("a text of {} bytes, at most {LONGEST_TEXT}", text.len());
                Err(ParquetError::General(what))
            }
            Err(error) => Err(error),
        };
        texts.iter().map(text).collect()
    }
}

fn not_of(wanted: &str, column: Option<&mut ColumnReader>) -> ParquetError {
    let found = column.map_or("missing", |column| match column {
        ColumnReader::BoolColumnReader(_) => "booleans",
        ColumnReader::Int32ColumnReader(_) => "integers of 32 bits",
        ColumnReader::Int64ColumnReader(_) => "integers of 64 bits",
        _ => "others",
    });
    ParquetError::General(format!("a column is of {found} where {wanted} belong"))
}

/// The next values of a column, none of which may be null.
fn values<T: DataType>(reader: &mut ColumnReaderImpl<T>, count: usize) -> ParquetResult<Vec<T::T>> {
    let (mut values, mut defined) = (Vec::with_capacity(count), Vec::new());
    while values.len() < count {
        let wanted = count - values.len();
        let (rows, read, _) = reader.read_records(wanted, Some(&mut defined), None, &mut values)?;
        if rows == 0 || read != rows {
            let what = if rows == 0 { "a column is too short" } else { "a value is null" };
            return Err(ParquetError::General(what.into()));
        }
    }
    Ok(values)
}
