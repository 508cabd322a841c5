//! Rows of a sample table: sizes, durations, chunk runs and offsets.

use super::FORMAT;
use super::boxes::{BoxHead, Boxes};
use crate::container::fields::{be_u16, be_u32, be_u64, bytes_at, malformed};
use crate::error::Result;

/// Bytes read of one table: 16 M samples.
const MAX_TABLE_BYTES: u64 = 64 << 20;

/// Rows of one size, as many as the file holds.
#[derive(Debug)]
pub(super) struct Rows {
    bytes: Vec<u8>,
    row_bytes: usize,
}

impl Rows {
    /// Reads `declared` rows from `from`; a count that the box cannot hold is cut and named.
    fn read(
        boxes: &mut Boxes,
        table: &BoxHead,
        from: u64,
        row_bytes: usize,
        declared: u64,
        warnings: &mut Vec<String>,
    ) -> Result<Self> {
        let held = table.end.saturating_sub(from) / row_bytes as u64;
        if declared > held {
            warnings.push(format!(
                "the `{}` box at byte {} declares {declared} entries and holds {held}",
                String::from_utf8_lossy(&table.kind),
                table.start
            ));
        }
        let len = declared.min(held) * row_bytes as u64;
        let bytes = bytes_at(boxes.reader, from, len, MAX_TABLE_BYTES)?;
        Ok(Self { bytes, row_bytes })
    }

    /// No rows.
    pub(super) fn empty() -> Self {
        Self { bytes: Vec::new(), row_bytes: 8 }
    }

    /// Rows of these bytes.
    #[cfg(test)]
    pub(super) fn of(bytes: Vec<u8>, row_bytes: usize) -> Self {
        Self { bytes, row_bytes }
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> u64 {
        (self.bytes.len() / self.row_bytes) as u64
    }

    /// 32-bit field `field` of a row; `None` past the end.
    pub(super) fn word(&self, row: u64, field: usize) -> Option<u32> {
        be_u32(&self.bytes, usize::try_from(row).ok()?.checked_mul(self.row_bytes)? + field * 4)
    }

    /// The only number of a row of four or eight bytes; `None` past the end.
    pub(super) fn number(&self, row: u64) -> Option<u64> {
        match self.row_bytes {
            8 => be_u64(&self.bytes, usize::try_from(row).ok()?.checked_mul(8)?),
            _ => self.word(row, 0).map(u64::from),
        }
    }
}

/// Sample sizes in the three ways they are stored.
#[derive(Debug)]
pub(super) enum Sizes {
    Equal {
        size: u32,
        count: u64,
    },
    Words(Rows),
    /// `stz2`: 4, 8 or 16 bits each.
    Compact {
        rows: Rows,
        bits: u8,
        count: u64,
    },
}

impl Sizes {
    pub(super) fn count(&self) -> u64 {
        match self {
            Self::Equal { count, .. } | Self::Compact { count, .. } => *count,
            Self::Words(rows) => rows.len(),
        }
    }

    pub(super) fn get(&self, sample: u64) -> u32 {
        match self {
            Self::Equal { size, .. } => *size,
            Self::Words(rows) => rows.word(sample, 0).unwrap_or(0),
            Self::Compact { rows, bits, .. } => {
                let at = usize::try_from(sample).unwrap_or(usize::MAX);
                let byte = |at: usize| rows.bytes.get(at).copied().unwrap_or(0);
                match bits {
                    4 if at % 2 == 0 => u32::from(byte(at / 2) >> 4),
                    4 => u32::from(byte(at / 2) & 15),
                    8 => u32::from(byte(at)),
                    _ => be_u16(&rows.bytes, at.saturating_mul(2)).map_or(0, u32::from),
                }
            }
        }
    }
}

/// Sample durations, run by run.
#[derive(Debug)]
pub(super) struct Times(pub(super) Rows);

impl Times {
    /// Ticks of all samples together.
    pub(super) fn total(&self) -> u64 {
        self.before(u64::MAX)
    }

    /// Ticks before the sample at this position.
    pub(super) fn before(&self, sample: u64) -> u64 {
        let mut left = sample;
        let mut ticks = 0u64;
        for row in 0..self.0.len() {
            let count = u64::from(self.0.word(row, 0).unwrap_or(0)).min(left);
            let delta = u64::from(self.0.word(row, 1).unwrap_or(0));
            ticks = ticks.saturating_add(count * delta);
            left -= count;
            if left == 0 {
                break;
            }
        }
        ticks
    }

    /// Ticks of the first sample; 1 if there is none.
    pub(super) fn first(&self) -> u32 {
        self.0.word(0, 1).unwrap_or(1)
    }
}

/// A table of the usual form: version, flags, a count, rows.
pub(super) fn counted(
    boxes: &mut Boxes,
    table: &BoxHead,
    row_bytes: usize,
    warnings: &mut Vec<String>,
) -> Result<Rows> {
    let count = boxes.reader.array_at::<4>(table.body + 4)?.map_or(0, u32::from_be_bytes);
    Rows::read(boxes, table, table.body + 8, row_bytes, u64::from(count), warnings)
}

pub(super) fn sizes(
    boxes: &mut Boxes,
    stbl: &BoxHead,
    warnings: &mut Vec<String>,
) -> Result<Option<Sizes>> {
    if let Some(stsz) = boxes.child(stbl, b"stsz")? {
        let head = boxes.bytes(&stsz, 12)?;
        let (Some(size), Some(count)) = (be_u32(&head, 4), be_u32(&head, 8)) else {
            return Err(malformed(FORMAT, stsz.start, "the `stsz` box is cut"));
        };
        let count = u64::from(count);
        return Ok(Some(match size {
            0 => Sizes::Words(Rows::read(boxes, &stsz, stsz.body + 12, 4, count, warnings)?),
            size => Sizes::Equal { size, count },
        }));
    }
    let Some(stz2) = boxes.child(stbl, b"stz2")? else { return Ok(None) };
    let head = boxes.bytes(&stz2, 12)?;
    let (Some(&bits), Some(count)) = (head.get(7), be_u32(&head, 8)) else {
        return Err(malformed(FORMAT, stz2.start, "the `stz2` box is cut"));
    };
    if !matches!(bits, 4 | 8 | 16) {
        let what = format!("the `stz2` box has sizes of an unknown width in bits: {bits}");
        return Err(malformed(FORMAT, stz2.start, what));
    }
    let declared = (u64::from(count) * u64::from(bits)).div_ceil(8);
    let rows = Rows::read(boxes, &stz2, stz2.body + 12, 1, declared, warnings)?;
    let count = u64::from(count).min(rows.len() * 8 / u64::from(bits));
    Ok(Some(Sizes::Compact { rows, bits, count }))
}
