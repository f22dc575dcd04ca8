//! Read: bytes of a file to products as written, each with its line.

use super::ImportError;
use super::check::FindingKind;
use super::columns::{Columns, Field, Format, settle_shopify};
use crate::spreadsheet::{Defect, Findings, Sheet, SheetRow, letters as names, unpack, yes_or_no};
use shared::catalog::{Unit, VariantOption};
use shared::money::{Currency, Minor, UnitPrice};
use std::io::Read;

/// A file, read and looked at row by row.
#[derive(Debug)]
pub struct ReadFile {
    /// Whose form it has.
    pub format: &'static str,
    /// Rows below the header.
    pub rows: u64,
    /// What they say.
    pub products: Vec<ReadProduct>,
    /// What is wrong with them, as far as a row shows it alone.
    pub findings: Findings<FindingKind>,
}

/// A product as the file has it. What the file does not say is `None` and leaves a known product as it is.
#[derive(Clone, Debug, Default)]
pub struct ReadProduct {
    /// Where, the header being 1.
    pub line: u64,
    /// The shop's own code.
    pub sku: String,
    /// Is `sku` only the barcode, for want of another?
    pub sku_is_barcode: bool,
    /// Mended.
    pub name: String,
    /// Codes that scan to it.
    pub barcodes: Option<Vec<String>>,
    /// Name of its group.
    pub category: Option<String>,
    /// How it is counted.
    pub unit: Option<Unit>,
    /// Name of its tax category.
    pub tax_category: Option<String>,
    /// A price, or "ask at the till".
    pub price: Option<Option<UnitPrice>>,
    /// The price as written.
    pub price_text: String,
    /// Code of the product it varies.
    pub parent_sku: Option<String>,
    /// What sets it apart.
    pub options: Vec<VariantOption>,
    /// Were there columns for options?
    pub says_options: bool,
    /// Its picture as written: a path or name of one that is here, or an address that is not loaded.
    pub picture: Option<String>,
    /// Is stock kept?
    pub stocked: Option<bool>,
    /// Sold at present?
    pub active: Option<bool>,
    /// Shown first?
    pub favourite: Option<bool>,
    /// Has it an error? Then it cannot be imported.
    pub faulty: bool,
    /// WooCommerce's number of the record.
    pub record_id: Option<String>,
}

/// Reads a file, packed with gzip or not. `currency` is what prices in minor units are in.
pub fn read(file: impl Read, currency: Currency) -> Result<ReadFile, ImportError> {
    read_table(&unpack(file)?, currency)
}

fn read_table(bytes: &[u8], currency: Currency) -> Result<ReadFile, ImportError> {
    let sheet = Sheet::open(bytes, "products")?;
    let columns = Columns::of(&sheet.header);
    if !columns.any() {
        return Err(ImportError::NoColumns(sheet.header.join(", ").chars().take(200).collect()));
    }
    let mut findings = Findings::default();
    missing_columns(&columns, &mut findings);
    let mut products = Vec::new();
    let mut count = 0_u64;
    for row in sheet {
        let SheetRow { line, cells: row } = row?;
        count += 1;
        if row.len() != columns.width() {
            findings.note(FindingKind::WrongRow, line, &row.join(","));
            continue;
        }
        let handle = columns.filled(&row, Field::Handle).unwrap_or("").to_owned();
        products.push((handle, product_of(&columns, &row, line, currency)));
    }
    let mut products: Vec<ReadProduct> = match columns.format {
        Format::Shopify => settle_shopify(products),
        _ => products.into_iter().map(|(_, product)| product).collect(),
    };
    if columns.format == Format::WooCommerce {
        name_parents(&mut products);
    }
    let prices = columns.has(Field::Price) || columns.has(Field::PriceMinor);
    for product in &mut products {
        check_row(product, prices, &mut findings);
    }
    Ok(ReadFile { format: columns.format.word(), rows: count, products, findings })
}

fn missing_columns(columns: &Columns, findings: &mut Findings<FindingKind>) {
    if !columns.has(Field::Price) && !columns.has(Field::PriceMinor) {
        findings.warn(FindingKind::MissingColumn, 1, "price (new products will ask for one at the till)");
    }
    if !columns.has(Field::Name) {
        findings.note(FindingKind::MissingColumn, 1, "name");
    }
    let code = [Field::Sku, Field::Barcode, Field::Code, Field::Handle];
    if !code.into_iter().any(|field| columns.has(field)) {
        findings.note(FindingKind::MissingColumn, 1, "sku or barcode");
    }
}

fn product_of(columns: &Columns, row: &[String], line: u64, currency: Currency) -> ReadProduct {
    let owned = |field| columns.filled(row, field).map(str::to_owned);
    let barcodes = barcodes_of(columns, row);
    let code = columns.filled(row, Field::Code).or_else(|| columns.filled(row, Field::Barcode));
    let sku = owned(Field::Sku);
    let from_barcode = code.map(|c| c.split('|').next().unwrap_or(c).trim().to_owned());
    let mut product = ReadProduct {
        line,
        sku_is_barcode: sku.is_none(),
        sku: sku.or(from_barcode).unwrap_or_default(),
        name: columns.text(row, Field::Name).unwrap_or("").to_owned(),
        barcodes,
        category: owned(Field::Category).map(|path| category_of(columns.format, &path)),
        unit: Some(Unit::Piece),
        tax_category: owned(Field::TaxCategory),
        price_text: columns
            .filled(row, Field::Price)
            .or_else(|| columns.filled(row, Field::PriceMinor))
            .unwrap_or("")
            .to_owned(),
        parent_sku: owned(Field::Parent),
        options: columns.options(row),
        says_options: columns.has(Field::Options) || columns.has(Field::OptionValue(1)),
        picture: owned(Field::Picture).map(|list| list.split(',').next().unwrap_or("").trim().to_owned()),
        record_id: owned(Field::RecordId),
        ..ReadProduct::default()
    };
    product.unit = match columns.filled(row, Field::Unit) {
        Some(text) => Unit::parse(text),
        None if columns.has(Field::Unit) => Some(Unit::Piece),
        None => None,
    };
    // A unit that cannot be read is told by `check_row`, which needs the text.
    if product.unit.is_none() && columns.filled(row, Field::Unit).is_some() {
        product.faulty = true;
    }
    product.price = price_of(columns, row, currency);
    flags(columns, row, &mut product);
    if columns.format == Format::WooCommerce {
        settle_woo(columns, row, &mut product);
    }
    product
}

fn barcodes_of(columns: &Columns, row: &[String]) -> Option<Vec<String>> {
    let field = if columns.has(Field::Barcode) { Field::Barcode } else { Field::Code };
    let text = columns.text(row, field)?;
    // Shopify and spreadsheets write 'before a long number to keep it from being rounded.
    let codes = text.split('|').map(|code| code.trim().trim_start_matches('\'').to_owned());
    let mut kept: Vec<String> = Vec::new();
    for code in codes.filter(|code| !code.is_empty()) {
        if !kept.contains(&code) {
            kept.push(code);
        }
    }
    Some(kept)
}

fn category_of(format: Format, path: &str) -> String {
    if format != Format::WooCommerce {
        return path.to_owned();
    }
    // "Clothing > T-shirts, Sale": the first path, its innermost part.
    let first = path.split(',').next().unwrap_or(path);
    first.rsplit('>').next().unwrap_or(first).trim().to_owned()
}

fn price_of(columns: &Columns, row: &[String], currency: Currency) -> Option<Option<UnitPrice>> {
    if let Some(text) = columns.filled(row, Field::Price) {
        if text.eq_ignore_ascii_case("ask") {
            return Some(None);
        }
        return UnitPrice::parse(text).ok().filter(|p| !p.is_negative()).map(Some);
    }
    let text = columns.filled(row, Field::PriceMinor)?;
    let minor = text.parse::<i64>().ok().filter(|m| *m >= 0)?;
    UnitPrice::from_minor(Minor(minor), currency).ok().map(Some)
}

fn flags(columns: &Columns, row: &[String], product: &mut ReadProduct) {
    match columns.format {
        Format::Shopify => {
            if let Some(tracker) = columns.text(row, Field::Stocked) {
                product.stocked = Some(!tracker.trim().is_empty());
            }
            if let Some(status) = columns.filled(row, Field::Active) {
                product.active = Some(status.eq_ignore_ascii_case("active"));
            }
        }
        Format::WooCommerce => {
            if let Some(published) = columns.filled(row, Field::Active) {
                product.active = Some(published == "1");
            }
            product.favourite = columns.filled(row, Field::Favourite).map(|text| text == "1");
        }
        Format::Tillbridge => {
            let mut flag = |field| match columns.filled(row, field) {
                None => None,
                Some(text) => match yes_or_no(text) {
                    None => {
                        product.faulty = true;
                        None
                    }
                    known => known,
                },
            };
            let (stocked, active, favourite) =
                (flag(Field::Stocked), flag(Field::Active), flag(Field::Favourite));
            (product.stocked, product.active, product.favourite) = (stocked, active, favourite);
        }
    }
}

fn settle_woo(columns: &Columns, row: &[String], product: &mut ReadProduct) {
    let kind = columns.filled(row, Field::Kind).unwrap_or("simple").to_lowercase();
    if kind.contains("variable") || kind.contains("grouped") {
        // Not sold itself; its variations are.
        product.active = Some(false);
        product.price = product.price.or(Some(None));
        product.options.clear();
    }
    if kind.contains("virtual") || kind.contains("downloadable") {
        product.stocked = Some(false);
    }
    if columns.filled(row, Field::TaxStatus) == Some("none") {
        product.tax_category = Some("none".to_owned());
    }
    if product.tax_category.as_deref() == Some("parent") {
        product.tax_category = None;
    }
    if product.sku.is_empty()
        && let Some(id) = &product.record_id
    {
        product.sku = format!("woo-{id}");
        product.sku_is_barcode = false;
    }
}

/// WooCommerce names a parent by SKU or as `id:123`.
fn name_parents(products: &mut [ReadProduct]) {
    let ids: std::collections::HashMap<String, String> = products
        .iter()
        .filter_map(|p| Some((format!("id:{}", p.record_id.as_ref()?), p.sku.clone())))
        .collect();
    for product in products {
        if let Some(sku) = product.parent_sku.as_ref().and_then(|parent| ids.get(parent)) {
            product.parent_sku = Some(sku.clone());
        }
    }
}

/// Does this name a picture the way this server does: by its path, or by the hash of its bytes?
pub fn is_own(picture: &str) -> bool {
    shared::picture::name_in(picture).is_some() || shared::picture::is_name(picture)
}

/// What a row shows alone. Errors mark the row as faulty.
fn check_row(product: &mut ReadProduct, prices: bool, findings: &mut Findings<FindingKind>) {
    let line = product.line;
    let mut note = |kind: FindingKind, value: &str, faulty: &mut bool| {
        findings.note(kind, line, value);
        *faulty |= kind.is_error();
    };
    let mut faulty = product.faulty;
    if product.faulty {
        // Only a unit or a flag that cannot be read has marked the row so far.
        let kind = if product.unit.is_none() { FindingKind::WrongUnit } else { FindingKind::WrongFlag };
        note(kind, &product.sku, &mut faulty);
    }
    if names::has_control(&product.name) {
        note(FindingKind::ControlCharacter, &product.name, &mut faulty);
    }
    if names::has_entity(&product.name) {
        note(FindingKind::HtmlEntity, &product.name, &mut faulty);
    }
    if product.name.contains('\u{fffd}') {
        note(FindingKind::UndecodableCharacter, &product.name, &mut faulty);
    }
    if product.name.chars().count() > names::MOST_LETTERS {
        note(FindingKind::LongName, &product.name, &mut faulty);
    }
    product.name = names::mend(&product.name);
    if product.name.is_empty() {
        note(FindingKind::EmptyName, &product.sku, &mut faulty);
    }
    if product.sku.is_empty() {
        note(FindingKind::MissingSku, &product.name, &mut faulty);
    }
    let checked = product.barcodes.iter().flatten().map(|code| (code, shared::barcode::check(code)));
    let wrong: Vec<_> = checked.filter_map(|(code, result)| Some((code.clone(), result.err()?))).collect();
    // A row counts once a kind, however many of its codes have it.
    for (kind, matches) in [(FindingKind::BadCheckDigit, false), (FindingKind::BadLength, true)] {
        let of_kind = |e: &shared::barcode::GtinError| (*e == shared::barcode::GtinError::Length) == matches;
        if let Some((code, _)) = wrong.iter().find(|(_, error)| of_kind(error)) {
            note(kind, code, &mut faulty);
        }
    }
    if product.price.is_none() && !product.price_text.is_empty() {
        note(FindingKind::WrongPrice, &product.price_text, &mut faulty);
    } else if product.price.is_none() && prices {
        note(FindingKind::MissingPrice, &product.sku, &mut faulty);
    }
    if let Some(address) = product.picture.take_if(|picture| !is_own(picture)) {
        note(FindingKind::PictureNotLoaded, &address, &mut faulty);
    }
    product.faulty = faulty;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_an_editor_shows_them() {
        let pounds = Currency::parse("GBP").unwrap();
        let table = "sku,name\nA,one\n\nB,\"two\nlines\"\nC,three\n";
        for (form, text) in [("LF", table.to_owned()), ("CR LF", table.replace('\n', "\r\n"))] {
            let read = read(std::io::Cursor::new(text.into_bytes()), pounds).unwrap();
            let lines: Vec<(String, u64)> = read.products.into_iter().map(|p| (p.sku, p.line)).collect();
            assert_eq!(lines, [("A".into(), 2), ("B".into(), 4), ("C".into(), 6)], "{form}");
        }
    }
}
