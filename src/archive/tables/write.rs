//! Rows to a Parquet file.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::data_type::{BoolType, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::Result;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;

use super::rows::Row;

/// Rows of a row group: 70 minutes of words.
const GROUP_ROWS: usize = 1 << 18;

/// Writes a table, a row group in memory at a time.
pub(crate) struct TableWriter<R, W: Write + Send> {
    file: SerializedFileWriter<W>,
    rows: Vec<R>,
}

impl<R: Row, W: Write + Send> TableWriter<R, W> {
    pub(crate) fn new(out: W) -> io::Result<Self> {
        let mut properties = WriterProperties::builder()
            .set_created_by(concat!("spliceprint ", env!("CARGO_PKG_VERSION")).into())
            .set_statistics_enabled(EnabledStatistics::Chunk);
        for (name, encoding) in R::ENCODINGS {
            let column = || ColumnPath::from(*name);
            properties = properties
                .set_column_dictionary_enabled(column(), false)
                .set_column_encoding(column(), *encoding);
        }
        let schema = Arc::new(parse_message_type(R::SCHEMA)?);
        let file = SerializedFileWriter::new(out, schema, Arc::new(properties.build()))?;
        Ok(Self { file, rows: Vec::new() })
    }

    pub(crate) fn push(&mut self, row: R) -> io::Result<()> {
        self.rows.push(row);
        if self.rows.len() == GROUP_ROWS { self.write_group() } else { Ok(()) }
    }

    fn write_group(&mut self) -> io::Result<()> {
        let mut group = Group(self.file.next_row_group()?);
        R::put(&self.rows, &mut group)?;
        group.0.close()?;
        self.rows.clear();
        Ok(())
    }

    /// Writes what is left and the list of row groups.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        if !self.rows.is_empty() {
            self.write_group()?;
        }
        Ok(self.file.into_inner()?)
    }
}

/// A row group whose columns are written one after another.
pub(crate) struct Group<'a, W: Write + Send>(SerializedRowGroupWriter<'a, W>);

impl<W: Write + Send> Group<'_, W> {
    pub(crate) fn booleans(&mut self, values: impl Iterator<Item = bool>) -> Result<()> {
        self.column::<BoolType>(values.collect())
    }

    pub(crate) fn ints(&mut self, values: impl Iterator<Item = i32>) -> Result<()> {
        self.column::<Int32Type>(values.collect())
    }

    pub(crate) fn longs(&mut self, values: impl Iterator<Item = i64>) -> Result<()> {
        self.column::<Int64Type>(values.collect())
    }

    pub(crate) fn doubles(&mut self, values: impl Iterator<Item = f64>) -> Result<()> {
        self.column::<DoubleType>(values.collect())
    }

    pub(crate) fn texts(&mut self, values: impl Iterator<Item = String>) -> Result<()> {
        self.column::<ByteArrayType>(values.map(|text| text.into_bytes().into()).collect())
    }

    fn column<T: DataType>(&mut self, values: Vec<T::T>) -> Result<()> {
        if let Some(mut column) = self.0.next_column()? {
            column.typed::<T>().write_batch(&values, None, None)?;
            column.close()?;
        }
        Ok(())
    }
}
