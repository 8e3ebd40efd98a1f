//! A file as headings and rows of texts: CSV (RFC 4180), or the first sheet of an xlsx workbook.

use axum::body::Bytes;

use crate::bulk::workbook;

/// Largest file in bytes.
pub(crate) const MAX_FILE_BYTES: usize = 128 * 1024 * 1024;
/// Largest workbook in bytes: it is compressed, and held whole.
pub(crate) const MAX_WORKBOOK_BYTES: usize = 32 * 1024 * 1024;
/// Most rows of people.
pub(crate) const MAX_ROWS: usize = 200_000;
/// Most columns.
pub(crate) const MAX_COLUMNS: usize = 500;
/// Longest cell in bytes.
pub(crate) const MAX_CELL_BYTES: usize = 8 * 1024;

/// What a spreadsheet program takes for the beginning of a formula.
pub(crate) const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
/// The first bytes of a zip archive, which every xlsx workbook is.
const ZIP: &[u8] = b"PK\x03\x04";
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Headings, and the rows beneath them in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sheet {
    /// As written, without space around.
    pub(crate) headings: Vec<String>,
    rows: Rows,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rows {
    Csv { file: Bytes, delimiter: u8 },
    Read(Vec<Row>),
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// As a spreadsheet counts: the headings are row 1.
    pub(crate) number: usize,
    /// A text for each heading.
    pub(crate) cells: Vec<String>,
}

impl Sheet {
    /// Reads a file's headings; its rows are read by [`Self::rows`].
    ///
    /// # Errors
    /// [`SheetError`].
    pub(crate) fn open(file: impl Into<Bytes>) -> Result<Self, SheetError> {
        let file = file.into();
        if file.len() > MAX_FILE_BYTES {
            return Err(SheetError::TooLarge(MAX_FILE_BYTES));
        }
        if file.starts_with(ZIP) { Self::workbook(file) } else { Self::csv(file) }
    }

    fn csv(mut file: Bytes) -> Result<Self, SheetError> {
        if file.starts_with(BYTE_ORDER_MARK) {
            file = file.split_off(BYTE_ORDER_MARK.len());
        }
        let delimiter = delimiter(&file);
        let mut reader = reader(&file, delimiter);
        let headings = reader.headers().map_err(|error| unreadable(&error))?;
        let headings = headings.iter().map(|heading| heading.trim().to_owned()).collect();
        let headings = checked(headings)?;
        Ok(Self { headings, rows: Rows::Csv { file, delimiter } })
    }

    fn workbook(file: Bytes) -> Result<Self, SheetError> {
        let mut rows = workbook::rows(file)?.into_iter();
        let headings = checked(rows.next().ok_or(SheetError::Empty)?.cells)?;
        let rows: Result<Vec<Option<Row>>, _> =
            rows.map(|row| accepted(row, headings.len())).collect();
        Ok(Self { headings, rows: Rows::Read(rows?.into_iter().flatten().collect()) })
    }

    /// Every row that is not empty, in order. After the first error nothing comes.
    pub(crate) fn rows(&self) -> Box<dyn Iterator<Item = Result<Row, SheetError>> + Send + '_> {
        match &self.rows {
            Rows::Read(rows) => Box::new(rows.iter().cloned().map(Ok)),
            Rows::Csv { file, delimiter } => {
                let width = self.headings.len();
                let mut records = reader(file, *delimiter).into_records();
                let (mut count, mut over) = (0_usize, false);
                // A cell may hold line breaks; a spreadsheet counts rows.
                let mut breaks = self.headings.iter().map(|cell| line_breaks(cell)).sum::<usize>();
                let mut lines = Lines::default();
                let mut next = move || -> Result<Option<Row>, SheetError> {
                    for record in records.by_ref() {
                        let record = record.map_err(|error| unreadable(&error))?;
                        lines.advance(file, record.position().map_or(0, csv::Position::byte));
                        let number = lines.ended.saturating_sub(breaks).saturating_add(1);
                        let inside = record.iter().map(line_breaks).sum::<usize>();
                        breaks = breaks.saturating_add(inside);
                        let cells = record.iter().map(|cell| cell.trim().to_owned()).collect();
                        if let Some(row) = accepted(Row { number, cells }, width)? {
                            count = count.saturating_add(1);
                            if count > MAX_ROWS {
                                return Err(SheetError::TooManyRows(MAX_ROWS));
                            }
                            return Ok(Some(row));
                        }
                    }
                    Ok(None)
                };
                Box::new(std::iter::from_fn(move || {
                    if over {
                        return None;
                    }
                    let row = next().transpose();
                    over = !matches!(row, Some(Ok(_)));
                    row
                }))
            }
        }
    }
}

fn reader(file: &[u8], delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(file)
}

fn line_breaks(cell: &str) -> usize {
    cell.bytes().filter(|byte| *byte == b'\n').count()
}

/// How many lines have ended before a place in a file.
#[derive(Default)]
struct Lines {
    at: usize,
    ended: usize,
}

impl Lines {
    /// Goes on to the record that begins at `byte`, past empty lines before it.
    fn advance(&mut self, file: &[u8], byte: u64) {
        let from = usize::try_from(byte).unwrap_or(usize::MAX).max(self.at);
        let rest = file.get(from..).unwrap_or_default();
        let empty = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let to = from.saturating_add(empty);
        let passed = file.get(self.at..to).unwrap_or_default();
        self.ended =
            self.ended.saturating_add(passed.iter().filter(|byte| **byte == b'\n').count());
        self.at = to;
    }
}

/// Spreadsheets of other countries, and ESR's own extracts, part cells by semicolons or tabs.
fn delimiter(file: &[u8]) -> u8 {
    let line = file.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| line.iter().filter(|byte| **byte == delimiter).count();
    [b';', b'\t'].into_iter().fold(
        b',',
        |best, other| {
            if count(other) > count(best) { other } else { best }
        },
    )
}

fn checked(headings: Vec<String>) -> Result<Vec<String>, SheetError> {
    let width = headings.iter().rposition(|heading| !heading.is_empty());
    let width = width.ok_or(SheetError::Empty)?.saturating_add(1);
    if width > MAX_COLUMNS {
        return Err(SheetError::TooManyColumns(MAX_COLUMNS));
    }
    let mut headings = headings;
    headings.truncate(width);
    for (at, heading) in headings.iter().enumerate() {
        if heading.is_empty() {
            return Err(SheetError::NoHeading(at.saturating_add(1)));
        }
        if headings.iter().take(at).any(|before| before.eq_ignore_ascii_case(heading)) {
            return Err(SheetError::HeadingTwice(heading.chars().take(80).collect()));
        }
    }
    Ok(headings)
}

/// A row as wide as the headings; `None` when nothing stands in it.
fn accepted(row: Row, width: usize) -> Result<Option<Row>, SheetError> {
    let Row { number, mut cells } = row;
    if cells.iter().all(String::is_empty) {
        return Ok(None);
    }
    if cells.iter().skip(width).any(|cell| !cell.is_empty()) {
        return Err(SheetError::TooWide { row: number, columns: width });
    }
    if cells.iter().any(|cell| cell.len() > MAX_CELL_BYTES) {
        return Err(SheetError::CellTooLong { row: number, bytes: MAX_CELL_BYTES });
    }
    cells.resize(width, String::new());
    // The mark that a file of failed rows puts before what could be a formula.
    for cell in &mut cells {
        if cell.strip_prefix('\'').is_some_and(|rest| rest.starts_with(FORMULA)) {
            cell.remove(0);
        }
    }
    Ok(Some(Row { number, cells }))
}

fn unreadable(error: &csv::Error) -> SheetError {
    let row = error.position().map_or(0, csv::Position::line);
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => SheetError::NotUtf8,
        _ => SheetError::NotCsv { row },
    }
}

/// Why a file is not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SheetError {
    /// Larger than the limit.
    #[error("the file is larger than {} MB: split it", .0 / 1_048_576)]
    TooLarge(usize),
    /// More rows than the limit.
    #[error("the file has more than {0} rows: split it")]
    TooManyRows(usize),
    /// More columns than the limit.
    #[error("the file has more than {0} columns")]
    TooManyColumns(usize),
    /// Nothing in it.
    #[error("the file has no headings: the first row names the columns")]
    Empty,
    /// A column without a name.
    #[error("column {0} has no heading")]
    NoHeading(usize),
    /// A name that two columns have.
    #[error("two columns have the heading {0:?}")]
    HeadingTwice(String),
    /// More cells than headings.
    #[error("row {row} has more cells than the {columns} headings")]
    TooWide {
        /// Which.
        row: usize,
        /// How many headings there are.
        columns: usize,
    },
    /// A cell over the limit.
    #[error("row {row} has a cell of more than {bytes} bytes")]
    CellTooLong {
        /// Which.
        row: usize,
        /// The limit.
        bytes: usize,
    },
    /// Another encoding.
    #[error("the file is not UTF-8: save it as \"CSV UTF-8\"")]
    NotUtf8,
    /// No CSV.
    #[error("line {row} is not CSV")]
    NotCsv {
        /// Where.
        row: u64,
    },
    /// A zip archive that is no workbook.
    #[error("the file is no xlsx workbook that can be read")]
    NotAWorkbook,
}
