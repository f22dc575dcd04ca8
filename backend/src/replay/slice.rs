//! Slice: invoices as the file has them, `line_no,invoice,stock_code,description,quantity,invoice_date,price,customer_id,country`.

use super::ReplayError;
use shared::calendar::LocalTime;
use shared::money::{Quantity, UnitPrice};
use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

/// One line of an invoice, to the letter.
#[derive(Clone, Debug)]
pub struct SliceLine {
    /// The code; kept to the letter.
    pub code: String,
    /// The description; empty when it has none.
    pub description: String,
    /// How much; negative came back or is gone.
    pub quantity: Quantity,
    /// Of one unit.
    pub price: UnitPrice,
    /// When, on the shop's clock.
    pub time: LocalTime,
}

/// An invoice with all its lines.
#[derive(Clone, Debug)]
pub struct Invoice {
    /// Its number.
    pub number: String,
    /// Who, by the shop's number for them.
    pub customer: Option<String>,
    /// Where to.
    pub country: String,
    /// In the order of the file.
    pub lines: Vec<SliceLine>,
}

/// What the number of an invoice says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvoiceKind {
    /// Goods go out.
    Sale,
    /// `C…`: goods come back.
    Cancellation,
    /// `A…`: a correction in the books.
    Adjustment,
}

impl Invoice {
    /// What it is.
    pub fn kind(&self) -> InvoiceKind {
        match self.number.chars().next() {
            Some('C' | 'c') => InvoiceKind::Cancellation,
            Some('A' | 'a') => InvoiceKind::Adjustment,
            _ => InvoiceKind::Sale,
        }
    }
}

/// Reads a slice, packed with gzip or not. `time_zone` is the shop's (IANA), in which the file's times are.
pub fn read(path: &Path, time_zone: &str) -> Result<Vec<Invoice>, ReplayError> {
    let bytes = unpack(path)?;
    parse(&bytes, time_zone)
}

fn unpack(path: &Path) -> Result<Vec<u8>, ReplayError> {
    let raw = std::fs::read(path)?;
    if !raw.starts_with(&[0x1f, 0x8b]) {
        return Ok(raw);
    }
    let mut bytes = Vec::new();
    flate2::read::MultiGzDecoder::new(raw.as_slice()).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The most of anything a line may hold, in pieces or whole units of money: far more than any shop, far less than a column.
const MOST: i64 = 1_000_000_000;

/// As [`read`], from memory. Lines of one invoice are brought together wherever they stand; should they name several
/// customers or countries, each gets a document of its own under the invoice's number.
pub fn parse(bytes: &[u8], time_zone: &str) -> Result<Vec<Invoice>, ReplayError> {
    let zone = jiff::tz::TimeZone::get(time_zone)
        .map_err(|e| ReplayError::Line { line: 1, message: format!("time zone {time_zone}: {e}") })?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut table = csv::ReaderBuilder::new().from_reader(bytes);
    let columns = Columns::of(table.headers().map_err(|e| wrong(1, &e.to_string()))?)?;
    let mut invoices: Vec<Invoice> = Vec::new();
    let mut places: HashMap<(String, String, String), usize> = HashMap::new();
    for row in table.records() {
        let row = row.map_err(|e| wrong(e.position().map_or(0, csv::Position::line), &e.to_string()))?;
        let at = row.position().map_or(0, csv::Position::line);
        let (number, customer, country) =
            (columns.cell(&row, INVOICE), columns.cell(&row, CUSTOMER), columns.cell(&row, COUNTRY));
        if number.is_empty() {
            return Err(wrong(at, "the invoice has no number"));
        }
        if row.iter().any(|cell| cell.contains('\0')) {
            return Err(wrong(at, "a text holds a character that no receipt can (NUL)"));
        }
        let line = columns.line(&row, &zone).map_err(|message| wrong(at, &message))?;
        let key = (number.to_owned(), customer.to_owned(), country.to_owned());
        let place = *places.entry(key).or_insert_with(|| {
            invoices.push(Invoice {
                number: number.to_owned(),
                customer: Some(customer.to_owned()).filter(|c| !c.is_empty()),
                country: country.to_owned(),
                lines: Vec::new(),
            });
            invoices.len() - 1
        });
        if let Some(invoice) = invoices.get_mut(place) {
            invoice.lines.push(line);
        }
    }
    Ok(invoices)
}

/// The columns that are read, in this order.
const NAMES: [&str; 8] =
    ["invoice", "stock_code", "description", "quantity", "invoice_date", "price", "customer_id", "country"];
const INVOICE: usize = 0;
const CODE: usize = 1;
const DESCRIPTION: usize = 2;
const QUANTITY: usize = 3;
const DATE: usize = 4;
const PRICE: usize = 5;
const CUSTOMER: usize = 6;
const COUNTRY: usize = 7;

/// Where each of [`NAMES`] stands.
struct Columns([usize; NAMES.len()]);

impl Columns {
    fn of(header: &csv::StringRecord) -> Result<Self, ReplayError> {
        let mut places = [0; NAMES.len()];
        for (place, name) in places.iter_mut().zip(NAMES) {
            *place = header
                .iter()
                .position(|h| h.trim() == name)
                .ok_or_else(|| wrong(1, &format!("there is no column `{name}`; a slice has {NAMES:?}")))?;
        }
        Ok(Self(places))
    }

    fn cell<'r>(&self, row: &'r csv::StringRecord, column: usize) -> &'r str {
        self.0.get(column).and_then(|place| row.get(*place)).unwrap_or("")
    }

    fn line(&self, row: &csv::StringRecord, zone: &jiff::tz::TimeZone) -> Result<SliceLine, String> {
        let told = |column: usize, why: &dyn std::fmt::Display| {
            let name = NAMES.get(column).copied().unwrap_or("");
            format!("`{}` is no {name}: {why}", self.cell(row, column))
        };
        let quantity = Quantity::parse(self.cell(row, QUANTITY)).map_err(|e| told(QUANTITY, &e))?;
        let price = UnitPrice::parse(self.cell(row, PRICE)).map_err(|e| told(PRICE, &e))?;
        if quantity.0.unsigned_abs() > 1_000 * MOST.unsigned_abs() {
            return Err(told(QUANTITY, &"it is more than any shop could move"));
        }
        if price.0.unsigned_abs() > 10_000 * MOST.unsigned_abs() {
            return Err(told(PRICE, &"it is more than anything costs"));
        }
        Ok(SliceLine {
            code: self.cell(row, CODE).to_owned(),
            description: self.cell(row, DESCRIPTION).to_owned(),
            quantity,
            price,
            time: time_of(self.cell(row, DATE), zone)
                .ok_or_else(|| told(DATE, &"a date looks like 2010-11-25T08:20"))?,
        })
    }
}

fn wrong(line: u64, message: &str) -> ReplayError {
    ReplayError::Line { line, message: message.to_owned() }
}

/// Wall-clock time without a zone, `2009-12-01T07:45` with or without seconds.
fn time_of(text: &str, zone: &jiff::tz::TimeZone) -> Option<LocalTime> {
    let local: jiff::civil::DateTime = text.trim().replace(' ', "T").parse().ok()?;
    let zoned = zone.to_ambiguous_zoned_datetime(local).compatible().ok()?;
    Some(LocalTime {
        at_ms: zoned.timestamp().as_millisecond(),
        offset_minutes: zoned.offset().seconds().checked_div(60)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str =
        "line_no,invoice,stock_code,description,quantity,invoice_date,price,customer_id,country\n";

    fn read_text(rows: &str) -> Result<Vec<Invoice>, ReplayError> {
        parse(format!("{HEADER}{rows}").as_bytes(), "Europe/London")
    }

    #[test]
    fn a_broken_row_is_named_by_its_line() {
        let good = "1,536365,85123A,HOLDER,6,2010-12-01T08:26,2.55,17850,United Kingdom\n";
        for (row, words) in [
            ("2,536365,85123A,HOLDER,six,2010-12-01T08:26,2.55,17850,United Kingdom", "`six` is no quantity"),
            ("2,536365,85123A,HOLDER,6,2010-12-01T08:26,2.55555,17850,United Kingdom", "is no price"),
            ("2,536365,85123A,HOLDER,6,2010-13-01T08:26,2.55,17850,United Kingdom", "is no invoice_date"),
            ("2,536365,85123A,HOLDER,6,2010-12-01T08:26,,17850,United Kingdom", "is no price"),
            ("2,,85123A,HOLDER,6,2010-12-01T08:26,2.55,17850,United Kingdom", "no number"),
            ("2,536365,85123A,HOL\0DER,6,2010-12-01T08:26,2.55,17850,United Kingdom", "NUL"),
            ("2,536365,85123A,HOLDER,9000000000,2010-12-01T08:26,2.55,17850,United Kingdom", "more than any"),
            ("2,536365,85123A", "found record with 3 fields"),
        ] {
            let error = read_text(&format!("{good}{row}\n")).unwrap_err().to_string();
            assert!(error.starts_with("line 3 of the file") && error.contains(words), "{error}");
        }
        let error = parse(b"", "Europe/London").unwrap_err().to_string();
        assert!(error.contains("line 1") && error.contains("`invoice`"), "{error}");
        assert!(read_text("").unwrap().is_empty(), "a slice without invoices is one");
    }

    #[test]
    fn lines_stay_to_the_letter_and_come_together() {
        let rows = "1,536365,85123a, WHITE ,6,2010-12-01T08:26,2.55,17850,United Kingdom\n\
                    2,536366,POST,,1,2010-12-01T08:27,18.00,,European Community\n\
                    3,536365,85123A,\"WHITE \"\"H\"\"\",6,2010-12-01 08:28:30,2.55,17850,United Kingdom\n\
                    4,536365,22423,STAND,1,2010-12-01T08:28,12.75,17850,Norway\n";
        let invoices = read_text(rows).unwrap();
        let told: Vec<(&str, &str, usize)> =
            invoices.iter().map(|i| (i.number.as_str(), i.country.as_str(), i.lines.len())).collect();
        assert_eq!(
            told,
            [("536365", "United Kingdom", 2), ("536366", "European Community", 1), ("536365", "Norway", 1)]
        );
        assert_eq!(invoices[0].lines[0].code, "85123a");
        assert_eq!(invoices[0].lines[0].description, " WHITE ");
        assert_eq!(invoices[0].lines[1].description, "WHITE \"H\"");
        assert_eq!(invoices[1].customer, None);
    }
}
