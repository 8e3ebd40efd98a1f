//! The first sheet of an xlsx workbook, cell by cell: a range would be as large as its farthest
//! corner, whatever stands in it.

use std::io::Cursor;

use axum::body::Bytes;
use calamine::{DataRef, Reader, Xlsx};

use crate::bulk::sheet::{
    MAX_CELL_BYTES, MAX_COLUMNS, MAX_FILE_BYTES, MAX_ROWS, MAX_WORKBOOK_BYTES, Row, SheetError,
};

/// Rows with something in them, in order; the headings are the first.
///
/// # Errors
/// [`SheetError`].
pub(super) fn rows(file: Bytes) -> Result<Vec<Row>, SheetError> {
    if file.len() > MAX_WORKBOOK_BYTES {
        return Err(SheetError::TooLarge(MAX_WORKBOOK_BYTES));
    }
    let mut workbook: Xlsx<_> =
        Xlsx::new(Cursor::new(file)).map_err(|_| SheetError::NotAWorkbook)?;
    let first = workbook.sheet_names().into_iter().next().ok_or(SheetError::Empty)?;
    let mut cells =
        workbook.worksheet_cells_reader(&first).map_err(|_| SheetError::NotAWorkbook)?;
    let mut rows: Vec<Row> = Vec::new();
    let mut bytes = 0_usize;
    while let Some(cell) = cells.next_cell().map_err(|_| SheetError::NotAWorkbook)? {
        let text = text(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let (row, column) = cell.get_position();
        let number = usize::try_from(row).unwrap_or(usize::MAX).saturating_add(1);
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= MAX_COLUMNS {
            return Err(SheetError::TooManyColumns(MAX_COLUMNS));
        }
        if text.len() > MAX_CELL_BYTES {
            return Err(SheetError::CellTooLong { row: number, bytes: MAX_CELL_BYTES });
        }
        // Many cells may share one text.
        bytes = bytes.saturating_add(text.len());
        if bytes > MAX_FILE_BYTES {
            return Err(SheetError::TooLarge(MAX_FILE_BYTES));
        }
        if rows.last().is_none_or(|last| last.number < number) {
            // The headings are none of them.
            if rows.len() > MAX_ROWS {
                return Err(SheetError::TooManyRows(MAX_ROWS));
            }
            rows.push(Row { number, cells: Vec::new() });
        }
        let last = rows.last_mut().filter(|last| last.number == number);
        let cells = &mut last.ok_or(SheetError::NotAWorkbook)?.cells;
        if cells.len() <= column {
            cells.resize(column.saturating_add(1), String::new());
        }
        if let Some(place) = cells.get_mut(column) {
            *place = text;
        }
    }
    Ok(rows)
}

/// A cell as HR sees it; a date as a day.
fn text(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(instant) => instant
            .as_datetime()
            .map_or_else(|| instant.to_string(), |instant| instant.date().to_string()),
        DataRef::DateTimeIso(text) => text.split('T').next().unwrap_or_default().to_owned(),
        DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}
