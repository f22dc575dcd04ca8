//! Read: bytes of a file to what each row says of a customer, with what a row shows wrong alone.

use super::check::Kind;
use super::columns::Columns;
use super::dates::{self, Order};
use super::{ImportError, MOST_ROWS};
use crate::spreadsheet::{Defect, Findings, Sheet, SheetRow, letters, yes_or_no};
use shared::api::{CustomerColumn as Column, ImportColumn};
use shared::calendar::Day;
use shared::customer::Address;
use shared::ids::CustomerId;
use shared::money::{Currency, Minor};

/// A file, read and looked at row by row.
#[derive(Debug)]
pub struct ReadFile {
    /// As the file calls its columns, and what they were taken for.
    pub columns: Vec<ImportColumn>,
    /// Rows below the header that say anything.
    pub rows: Vec<ReadRow>,
    /// What is wrong with them.
    pub findings: Findings<Kind>,
}

/// What a row says. What it does not say is `None` and leaves a known customer as they are.
#[derive(Clone, Debug, Default)]
pub struct ReadRow {
    /// Where, the header being 1.
    pub line: u64,
    /// As they are written.
    pub cells: Vec<String>,
    /// Our own id.
    pub id: Option<CustomerId>,
    /// Name, company, e-mail and so on, each with what is wanted in it.
    pub number: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Company.
    pub company: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Tax number.
    pub tax_number: Option<String>,
    /// Certificate of exemption from tax.
    pub tax_exemption: Option<String>,
    /// The last day of that.
    pub tax_exempt_until: Option<Day>,
    /// Name of a group.
    pub group: Option<String>,
    /// How much they may owe.
    pub credit_limit: Option<Minor>,
    /// Note.
    pub note: Option<String>,
    /// What they said about offers, and when if that is known.
    pub offers: Option<(bool, Option<i64>)>,
    /// Where they are.
    pub address: Option<Address>,
    /// What is wrong with it, as far as it cannot be imported or something of it is not taken.
    pub why: Vec<&'static str>,
    /// Has it an error?
    pub faulty: bool,
}

impl ReadRow {
    /// Notes what is wrong with it.
    pub fn fault(&mut self, findings: &mut Findings<Kind>, kind: Kind, value: &str) {
        findings.note(kind, self.line, value);
        self.faulty |= kind.is_error();
        if !self.why.contains(&kind.message()) && kind != Kind::Mended {
            self.why.push(kind.message());
        }
    }

    /// The name as a list shows it.
    pub fn title(&self) -> &str {
        self.name.as_deref().or(self.company.as_deref()).unwrap_or_default()
    }
}

/// Reads a file that is unpacked. `said` is what a person says is in which column; `currency` what limits are in.
pub fn read(
    bytes: &[u8],
    said: Option<&[Option<Column>]>,
    currency: Currency,
) -> Result<ReadFile, ImportError> {
    let mut findings = Findings::default();
    let converted;
    let bytes = if std::str::from_utf8(bytes).is_ok() {
        bytes
    } else {
        findings.note(Kind::OtherLetters, 1, "Windows-1252");
        converted = letters::from_windows(bytes);
        converted.as_bytes()
    };
    let sheet = Sheet::open(bytes, "customers")?;
    let header = sheet.header.clone();
    let columns = Columns::of(&header, said);
    if !columns.any() {
        return Err(ImportError::NoColumns(header.join(", ").chars().take(200).collect()));
    }
    missing_columns(&columns, &mut findings);
    let mut rows = Vec::new();
    for row in sheet {
        let row = row?;
        if row.cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if rows.len() >= MOST_ROWS {
            return Err(ImportError::Long);
        }
        rows.push(row);
    }
    let days = [Column::OffersSaid, Column::TaxExemptUntil];
    let days = rows.iter().flat_map(|row| days.map(|column| columns.filled(&row.cells, column)));
    let order = Order::of(days.flatten());
    let columns_said = told(&header, &columns, rows.first());
    let rows = rows.into_iter().map(|row| row_of(&columns, row, currency, order, &mut findings)).collect();
    Ok(ReadFile { columns: columns_said, rows, findings })
}

fn told(header: &[String], columns: &Columns, first: Option<&SheetRow>) -> Vec<ImportColumn> {
    let cell = |at: usize| first.and_then(|row| row.cells.get(at)).cloned().unwrap_or_default();
    let column = |(at, header): (usize, &String)| ImportColumn {
        header: header.trim().to_owned(),
        column: columns.at(at),
        example: letters::mend(&cell(at)).chars().take(60).collect(),
    };
    header.iter().enumerate().map(column).collect()
}

fn missing_columns(columns: &Columns, findings: &mut Findings<Kind>) {
    let any = |wanted: &[Column]| wanted.iter().any(|column| columns.has(*column));
    if !any(&[Column::Number, Column::Email, Column::Phone, Column::Id]) {
        findings.note(Kind::MissingColumn, 1, "number, e-mail or phone");
    }
    if !any(&[Column::Name, Column::FirstName, Column::LastName, Column::Company]) {
        findings.warn(Kind::MissingColumn, 1, "name or company");
    }
}

fn row_of(
    columns: &Columns,
    row: SheetRow,
    currency: Currency,
    order: Order,
    findings: &mut Findings<Kind>,
) -> ReadRow {
    let SheetRow { line, cells } = row;
    let mut read = ReadRow { line, ..ReadRow::default() };
    if cells.len() != columns.width() {
        read.cells = cells;
        let text = read.cells.join(",");
        read.fault(findings, Kind::WrongRow, &text);
        return read;
    }
    let mut mended = None;
    let mut text = |column: Column| {
        let written = columns.filled(&cells, column)?;
        if letters::has_entity(written) || (column != Column::Note && letters::has_control(written)) {
            mended = Some(written.to_owned());
        }
        Some(letters::mend(written)).filter(|text| !text.is_empty())
    };
    read.id = text(Column::Id).and_then(|id| id.parse().ok());
    read.number = text(Column::Number);
    read.name = name_of(columns, &mut text);
    read.company = text(Column::Company);
    read.email = text(Column::Email);
    // Spreadsheets write '+44 before a number to keep its sign.
    read.phone = text(Column::Phone).map(|phone| phone.trim_start_matches('\'').to_owned());
    read.tax_number = text(Column::TaxNumber);
    read.tax_exemption = text(Column::TaxExemption);
    read.group = text(Column::Group);
    read.note = text(Column::Note);
    read.address = address_of(&mut text);
    if let Some(written) = mended {
        read.fault(findings, Kind::Mended, &written);
    }
    if let Some(written) = columns.filled(&cells, Column::CreditLimit) {
        read.credit_limit = Minor::parse(written, currency).ok();
        if read.credit_limit.is_none() {
            read.fault(findings, Kind::WrongLimit, written);
        }
    }
    if let Some(written) = columns.filled(&cells, Column::TaxExemptUntil) {
        read.tax_exempt_until = dates::day(written, order);
        if read.tax_exempt_until.is_none() {
            read.fault(findings, Kind::WrongDate, written);
        }
    }
    offers(&mut read, columns, &cells, order, findings);
    country(&mut read, findings);
    read.cells = cells;
    read
}

/// The whole name, or its parts. Where a column "name" stands beside one of first names alone, it is the last name.
fn name_of(columns: &Columns, text: &mut impl FnMut(Column) -> Option<String>) -> Option<String> {
    let whole = text(Column::Name);
    let parts = [text(Column::FirstName), text(Column::LastName)];
    let parts = match (whole, parts) {
        (Some(name), [Some(first), None]) if !columns.has(Column::LastName) => [Some(first), Some(name)],
        (Some(name), _) => return Some(name),
        (None, parts) => parts,
    };
    let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    Some(name).filter(|name| !name.is_empty())
}

fn address_of(text: &mut impl FnMut(Column) -> Option<String>) -> Option<Address> {
    let lines = [text(Column::Street), text(Column::Street2)].into_iter().flatten().collect();
    let address = Address {
        label: None,
        lines,
        postcode: text(Column::Postcode),
        city: text(Column::City),
        country: text(Column::Country).map(|country| country.to_uppercase()),
    };
    // A country alone is no place.
    let is_place = !address.lines.is_empty() || address.postcode.is_some() || address.city.is_some();
    is_place.then_some(address)
}

fn country(read: &mut ReadRow, findings: &mut Findings<Kind>) {
    let Some(address) = &mut read.address else { return };
    let is_code = |code: &String| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    if let Some(country) = address.country.take_if(|country| !is_code(country)) {
        read.fault(findings, Kind::WrongCountry, &country);
    }
}

fn offers(
    read: &mut ReadRow,
    columns: &Columns,
    cells: &[String],
    order: Order,
    findings: &mut Findings<Kind>,
) {
    let Some(written) = columns.filled(cells, Column::Offers) else { return };
    let Some(given) = yes_or_no(written) else { return read.fault(findings, Kind::WrongFlag, written) };
    let when = match columns.filled(cells, Column::OffersSaid) {
        None => None,
        Some(text) => match dates::at_ms(text, order) {
            None => return read.fault(findings, Kind::WrongDate, text),
            at_ms => at_ms,
        },
    };
    if given && when.is_none() {
        return read.fault(findings, Kind::ConsentWithoutDate, written);
    }
    read.offers = Some((given, when));
}
