//! Spreadsheet: a table as shops save it: CSV, packed or not, with the separator of their country.
//! Lives here: unpacking, the separator, rows with their line as an editor counts, mending letters, findings by kind and row.
//! May use: shared (api, catalog). Never: what the columns mean (`catalog_import`, `customer_import`), the database, HTTP.
//! Invariant: a file of any bytes is read or refused with words; it never fills the memory.

mod findings;
pub mod letters;

pub use findings::{Defect, Findings};

use std::io::{BufReader, Read};

/// The most a file may hold once it is unpacked, in bytes.
const MOST_BYTES: u64 = 512 << 20;

/// Why a file cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// The file or its compression is broken.
    #[error("the file cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// Not a table.
    #[error("line {line} is not CSV: {message}")]
    NotCsv {
        /// Where.
        line: u64,
        /// What the reader says.
        message: String,
    },
    /// Nothing in it.
    #[error("the file is empty; its first line must name the columns (docs/howto/import-{0}.md)")]
    Empty(&'static str),
}

/// The bytes of a file, packed with gzip or not.
pub fn unpack(file: impl Read) -> Result<Vec<u8>, SheetError> {
    let mut file = BufReader::new(file);
    let packed = std::io::BufRead::fill_buf(&mut file)?.starts_with(&[0x1f, 0x8b]);
    let mut bytes = Vec::new();
    if packed {
        flate2::read::MultiGzDecoder::new(file).take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    } else {
        file.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > MOST_BYTES {
        return Err(std::io::Error::other("it is larger than 512 MiB").into());
    }
    Ok(bytes)
}

/// A table, read row by row.
pub struct Sheet<'b> {
    /// What the first line says.
    pub header: Vec<String>,
    rows: csv::ByteRecordsIntoIter<&'b [u8]>,
    bytes: &'b [u8],
}

/// A row below the header.
#[derive(Debug)]
pub struct SheetRow {
    /// Where it begins, the header being 1.
    pub line: u64,
    /// As they are written.
    pub cells: Vec<String>,
}

impl<'b> Sheet<'b> {
    /// Reads the header; `what` is in the file, as its how-to is called.
    pub fn open(bytes: &'b [u8], what: &'static str) -> Result<Self, SheetError> {
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let header_end = bytes.iter().position(|b| *b == b'\n').unwrap_or(bytes.len());
        let table = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter_of(&bytes[..header_end]))
            .from_reader(bytes);
        let mut rows = table.into_byte_records();
        let header = match rows.next() {
            Some(header) => cells(&header.map_err(|e| not_csv(&e))?),
            None => return Err(SheetError::Empty(what)),
        };
        Ok(Self { header, rows, bytes })
    }
}

impl Iterator for Sheet<'_> {
    type Item = Result<SheetRow, SheetError>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.rows.next()?;
        Some(
            row.map(|row| SheetRow { line: line_of(&row, self.bytes), cells: cells(&row) })
                .map_err(|e| not_csv(&e)),
        )
    }
}

/// Where a row begins, as an editor counts. The reader's count stands before the ends of lines it has yet to pass: the
/// second letter of a line's end (CR LF), and empty lines.
fn line_of(row: &csv::ByteRecord, bytes: &[u8]) -> u64 {
    let Some(place) = row.position() else { return 0 };
    let from = usize::try_from(place.byte()).unwrap_or(usize::MAX);
    let passed = bytes.iter().skip(from).take_while(|byte| matches!(byte, b'\r' | b'\n'));
    place.line() + passed.filter(|byte| **byte == b'\n').count() as u64
}

fn not_csv(error: &csv::Error) -> SheetError {
    let line = error.position().map_or(0, csv::Position::line);
    SheetError::NotCsv { line, message: error.to_string() }
}

/// The separator that stands most often in the header.
fn delimiter_of(header: &[u8]) -> u8 {
    let count = |wanted: u8| header.iter().filter(|b| **b == wanted).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|b| count(*b)).unwrap_or(b',')
}

/// Bytes that are not UTF-8 become the replacement character, which a check then finds.
fn cells(row: &csv::ByteRecord) -> Vec<String> {
    row.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()
}

/// Yes or no, in the words of our five languages.
pub fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "x" | "ja" | "j" | "oui" | "o" | "sí" | "si" | "s" | "نعم" => {
            Some(true)
        }
        "no" | "n" | "false" | "0" | "nein" | "non" | "لا" => Some(false),
        _ => None,
    }
}
