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

/// As [`read`], from memory. Lines of one invoice are brought together wherever they stand.
pub fn parse(bytes: &[u8], time_zone: &str) -> Result<Vec<Invoice>, ReplayError> {
    let zone = jiff::tz::TimeZone::get(time_zone)
        .map_err(|e| ReplayError::Line { line: 1, message: format!("time zone {time_zone}: {e}") })?;
    let mut table = csv::ReaderBuilder::new().from_reader(bytes);
    let header = table.headers().map_err(|e| wrong(1, &e.to_string()))?.clone();
    let column = |name: &str| {
        header.iter().position(|h| h == name).ok_or_else(|| wrong(1, &format!("there is no column `{name}`")))
    };
    let (invoice, code, description) = (column("invoice")?, column("stock_code")?, column("description")?);
    let (quantity, date, price) = (column("quantity")?, column("invoice_date")?, column("price")?);
    let (customer, country) = (column("customer_id")?, column("country")?);
    let mut invoices: Vec<Invoice> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for row in table.records() {
        let row = row.map_err(|e| wrong(e.position().map_or(0, csv::Position::line), &e.to_string()))?;
        let at = row.position().map_or(0, csv::Position::line);
        let cell = |column: usize| row.get(column).unwrap_or("");
        let line = SliceLine {
            code: cell(code).to_owned(),
            description: cell(description).to_owned(),
            quantity: Quantity::parse(cell(quantity)).map_err(|e| wrong(at, &e.to_string()))?,
            price: UnitPrice::parse(cell(price)).map_err(|e| wrong(at, &e.to_string()))?,
            time: time_of(cell(date), &zone).ok_or_else(|| wrong(at, "the date cannot be read"))?,
        };
        let number = cell(invoice);
        let place = *places.entry(number.to_owned()).or_insert_with(|| {
            invoices.push(Invoice {
                number: number.to_owned(),
                customer: Some(cell(customer).to_owned()).filter(|c| !c.is_empty()),
                country: cell(country).to_owned(),
                lines: Vec::new(),
            });
            invoices.len() - 1
        });
        let known = &mut invoices[place];
        if known.country != cell(country) || known.customer.as_deref().unwrap_or("") != cell(customer) {
            return Err(wrong(at, "the invoice has another customer or country on an earlier line"));
        }
        known.lines.push(line);
    }
    Ok(invoices)
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
