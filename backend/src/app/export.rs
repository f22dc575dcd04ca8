//! Export: everything an organisation has, as tables a spreadsheet opens and as the journal to the byte.
//! Pieces travel through a channel, so that a long export needs no memory; whoever stops listening ends it.

mod customers;

use super::AppError;
use super::table::Table;
use crate::store::export::{self as rows, Extract};
use crate::store::{Db, StoreError, catalog, ground};
use shared::calendar::LocalTime;
use shared::catalog::{Product, Unit};
use shared::ids::OrganisationId;
use shared::money::{Currency, Minor, Quantity, UnitPrice};
use shared::tender::ExchangeRate;
use std::collections::HashMap;
use tokio::sync::mpsc::Sender;

/// Rows read at once.
const ROWS: i64 = 1_000;

/// How a column is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// As it is.
    Text,
    /// `true` or `false`, whatever the engine calls it.
    Flag,
    /// Minor units as a decimal of the row's `currency`.
    Minor,
    /// Minor units as a decimal of the currency in the column before it.
    Given,
    /// What another currency was taken at, as a decimal.
    ByRate,
    /// Thousandths as a decimal.
    Quantity,
    /// Ten-thousandths as a decimal.
    UnitPrice,
    /// Epoch ms, written in UTC.
    Instant,
    /// Epoch ms, written by the clock of the shop: the column after it is the offset and has no place of its own.
    ShopTime,
    /// Read for another column's sake.
    Hidden,
}
use Form::{
    ByRate, Flag, Given, Hidden, Instant, Minor as Money, Quantity as Amount, ShopTime, Text,
    UnitPrice as Price,
};

/// A table that can be taken out.
#[derive(Clone, Copy, Debug)]
pub struct Sheet {
    /// Its name: the file is `name.csv`.
    pub name: &'static str,
    /// A table with its short name, and what is joined.
    from: &'static str,
    /// The short name of the table that has the organisation.
    of: &'static str,
    /// What tells rows apart: positions in `columns`, and whether that one is a number.
    key: &'static [(usize, bool)],
    /// Its heading, where it is stored, how it is written.
    columns: &'static [(&'static str, &'static str, Form)],
}

const SALES: Sheet = Sheet {
    name: "sales",
    from: "sales s",
    of: "s",
    key: &[(0, false)],
    columns: &[
        ("id", "s.id", Text),
        ("receipt_number", "s.receipt_number", Text),
        ("kind", "s.kind", Text),
        ("day", "s.local_day", Text),
        ("time", "s.at_ms", ShopTime),
        ("", "s.offset_minutes", Hidden),
        ("store_id", "s.store_id", Text),
        ("register_id", "s.register_id", Text),
        ("tablet_id", "s.device_id", Text),
        ("staff_id", "s.staff_id", Text),
        ("staff", "s.staff_name", Text),
        ("currency", "s.currency", Text),
        ("net", "s.net_minor", Money),
        ("tax", "s.tax_minor", Money),
        ("total", "s.total_minor", Money),
        ("paid_in", "s.paid_in_minor", Money),
        ("tips", "s.tips_minor", Money),
        ("donations", "s.donations_minor", Money),
        ("cash_rounding", "s.cash_rounding_minor", Money),
        ("change", "s.change_minor", Money),
        ("lines", "s.line_count", Text),
        ("customer_id", "s.customer_id", Text),
        ("customer_number", "s.customer_number", Text),
        ("customer_country", "s.customer_country", Text),
        ("received", "s.received_at_ms", Instant),
    ],
};

const SALE_LINES: Sheet = Sheet {
    name: "sale_lines",
    from: "sale_lines l JOIN sales s ON s.organisation_id = l.organisation_id AND s.id = l.sale_id",
    of: "l",
    key: &[(0, false), (1, true)],
    columns: &[
        ("sale_id", "l.sale_id", Text),
        ("line", "l.line", Text),
        ("receipt_number", "s.receipt_number", Text),
        ("kind", "l.kind", Text),
        ("product_id", "l.product_id", Text),
        ("sku", "l.sku", Text),
        ("name", "l.name", Text),
        ("quantity", "l.quantity", Amount),
        ("list_price", "l.list_price", Price),
        ("unit_price", "l.unit_price", Price),
        ("currency", "s.currency", Text),
        ("amount", "l.amount_minor", Money),
        ("net", "l.net_minor", Money),
        ("tax", "l.tax_minor", Money),
    ],
};

const SALE_TAXES: Sheet = Sheet {
    name: "sale_taxes",
    from: "sale_taxes t JOIN sales s ON s.organisation_id = t.organisation_id AND s.id = t.sale_id",
    of: "t",
    key: &[(0, false), (1, true)],
    columns: &[
        ("sale_id", "t.sale_id", Text),
        ("place", "t.place", Text),
        ("name", "t.name", Text),
        ("rate_ppm", "t.rate_ppm", Text),
        ("currency", "s.currency", Text),
        ("net", "t.net_minor", Money),
        ("tax", "t.tax_minor", Money),
    ],
};

const TENDERS: Sheet = Sheet {
    name: "tenders",
    from: "tenders t JOIN sales s ON s.organisation_id = t.organisation_id AND s.id = t.sale_id",
    of: "t",
    key: &[(0, false), (1, true)],
    columns: &[
        ("sale_id", "t.sale_id", Text),
        ("place", "t.place", Text),
        ("kind", "t.kind", Text),
        ("currency", "s.currency", Text),
        ("amount", "t.amount_minor", Money),
        ("reference", "t.reference", Text),
        ("last_four", "t.last_four", Text),
        ("type", "t.type_name", Text),
        ("given_currency", "t.currency", Text),
        ("given", "t.given_minor", Given),
        ("rate", "t.rate", ByRate),
    ],
};

const STOCK_LEVELS: Sheet = Sheet {
    name: "stock_levels",
    from: "stock_levels l JOIN products p ON p.organisation_id = l.organisation_id AND p.id = l.product_id",
    of: "l",
    key: &[(0, false), (1, false)],
    columns: &[
        ("store_id", "l.store_id", Text),
        ("product_id", "l.product_id", Text),
        ("sku", "p.sku", Text),
        ("quantity", "l.quantity", Amount),
    ],
};

const STOCK_MOVEMENTS: Sheet = Sheet {
    name: "stock_movements",
    from: "stock_movements m",
    of: "m",
    key: &[(0, false), (1, true)],
    columns: &[
        ("cause", "m.cause", Text),
        ("line", "m.line", Text),
        ("store_id", "m.store_id", Text),
        ("product_id", "m.product_id", Text),
        ("quantity", "m.quantity", Amount),
        ("reason", "m.reason", Text),
        ("time", "m.at_ms", Instant),
    ],
};

const REGISTERS: Sheet = Sheet {
    name: "registers",
    from: "registers r",
    of: "r",
    key: &[(0, false)],
    columns: &[("id", "r.id", Text), ("store_id", "r.store_id", Text), ("name", "r.name", Text)],
};

const TABLETS: Sheet = Sheet {
    name: "tablets",
    from: "devices d",
    of: "d",
    key: &[(0, false)],
    columns: &[
        ("id", "d.id", Text),
        ("register_id", "d.register_id", Text),
        ("name", "d.name", Text),
        ("receipt_prefix", "d.receipt_prefix", Text),
        ("paired", "d.paired_at_ms", Instant),
        ("unpaired", "d.revoked", Flag),
        ("last_heard_of", "d.last_seen_ms", Instant),
        ("records", "d.last_sequence", Text),
    ],
};

const STAFF: Sheet = Sheet {
    name: "staff",
    from: "staff p",
    of: "p",
    key: &[(0, false)],
    columns: &[
        ("id", "p.id", Text),
        ("name", "p.name", Text),
        ("role", "p.role", Text),
        ("active", "p.active", Flag),
        ("email", "p.email", Text),
    ],
};

const ACCOUNTS: Sheet = Sheet {
    name: "accounts",
    from: "accounts a",
    of: "a",
    key: &[(0, false), (1, false)],
    columns: &[
        ("account", "a.account", Text),
        ("currency", "a.currency", Text),
        ("balance", "a.balance_minor", Money),
        ("changed", "a.changed_at_ms", Instant),
    ],
};

const ACCOUNT_MOVEMENTS: Sheet = Sheet {
    name: "account_movements",
    from: "account_movements m",
    of: "m",
    key: &[(0, false), (1, true)],
    columns: &[
        ("sale_id", "m.sale_id", Text),
        ("place", "m.place", Text),
        ("account", "m.account", Text),
        ("currency", "m.currency", Text),
        ("amount", "m.amount_minor", Money),
        ("time", "m.at_ms", Instant),
    ],
};

/// What was approved, and what was done without an approval that needed one.
const APPROVALS: Sheet = Sheet {
    name: "approvals",
    from: "approvals a",
    of: "a",
    key: &[(0, false), (1, true)],
    columns: &[
        ("record", "a.entry_hash", Text),
        ("place", "a.place", Text),
        ("time", "a.at_ms", ShopTime),
        ("", "a.offset_minutes", Hidden),
        ("kind", "a.kind", Text),
        ("state", "a.state", Text),
        ("about", "a.about", Text),
        ("currency", "a.currency", Text),
        ("worth", "a.worth_minor", Money),
        ("sale_id", "a.sale_id", Text),
        ("store_id", "a.store_id", Text),
        ("tablet_id", "a.device_id", Text),
        ("asked_by_id", "a.asked_by", Text),
        ("asked_by", "a.asked_name", Text),
        ("approved_by_id", "a.approved_by", Text),
        ("approved_by", "a.approved_name", Text),
    ],
};

/// All tables but the products, which are written as an import reads them, and the customers.
pub const SHEETS: [Sheet; 12] = [
    SALES,
    SALE_LINES,
    SALE_TAXES,
    TENDERS,
    ACCOUNTS,
    ACCOUNT_MOVEMENTS,
    APPROVALS,
    STOCK_LEVELS,
    STOCK_MOVEMENTS,
    REGISTERS,
    TABLETS,
    STAFF,
];
/// The name of the products' table.
pub const PRODUCTS: &str = "products";
/// The name of the customers' table.
pub const CUSTOMERS: &str = "customers";

/// The table of a name.
pub fn sheet(name: &str) -> Option<Sheet> {
    SHEETS.into_iter().find(|sheet| sheet.name == name)
}

/// Is there a table of this name?
pub fn is_table(name: &str) -> bool {
    name == PRODUCTS || name == CUSTOMERS || sheet(name).is_some()
}

/// Writes a table by name; nothing if there is none of that name.
pub async fn table(
    db: &Db,
    organisation_id: OrganisationId,
    name: &str,
    pieces: &Sender<String>,
) -> Result<Option<u64>, AppError> {
    if name == PRODUCTS {
        return products(db, organisation_id, pieces).await.map(Some);
    }
    if name == CUSTOMERS {
        return customers::customers(db, organisation_id, pieces).await.map(Some);
    }
    match sheet(name) {
        Some(sheet) => write(db, organisation_id, sheet, pieces).await.map(Some),
        None => Ok(None),
    }
}

async fn write(
    db: &Db,
    organisation_id: OrganisationId,
    sheet: Sheet,
    pieces: &Sender<String>,
) -> Result<u64, AppError> {
    let shown = sheet.columns.iter().filter(|(.., form)| *form != Hidden);
    let names: Vec<&str> = shown.map(|(name, ..)| *name).collect();
    let columns: Vec<&str> = sheet.columns.iter().map(|(_, stored, _)| *stored).collect();
    let currency_at = sheet.columns.iter().position(|(name, ..)| *name == "currency");
    let extract = Extract { from: sheet.from, of: sheet.of, columns: &columns, key: sheet.key };
    let mut table = Table::new(&names);
    let mut last: Option<Vec<Option<String>>> = None;
    let mut count = 0;
    loop {
        // A transaction a page: a slow reader holds nothing up.
        let mut tx = db.read_for(organisation_id).await?;
        let page = rows::page(&mut tx, organisation_id, extract, last.as_deref(), ROWS).await?;
        drop(tx);
        for row in &page {
            table.row(cells(&sheet, row, currency_at)?);
        }
        count += page.len() as u64;
        let full = i64::try_from(page.len()).unwrap_or(0) == ROWS;
        if pieces.send(table.take()).await.is_err() || !full {
            return Ok(count);
        }
        last = page.into_iter().last();
    }
}

fn cells(
    sheet: &Sheet,
    row: &[Option<String>],
    currency_at: Option<usize>,
) -> Result<Vec<String>, StoreError> {
    let text = |at: usize| row.get(at).and_then(Option::as_deref).unwrap_or("");
    let currency = currency_at.and_then(|at| Currency::parse(text(at)).ok());
    let mut cells = Vec::with_capacity(row.len());
    for (at, (.., form)) in sheet.columns.iter().enumerate() {
        let value = text(at);
        if *form == Hidden {
            continue;
        }
        if value.is_empty() || *form == Text {
            cells.push(value.to_owned());
            continue;
        }
        if *form == Flag {
            cells.push(if matches!(value, "1" | "t" | "true") { "true" } else { "false" }.to_owned());
            continue;
        }
        let number: i64 = value.parse().map_err(|_| StoreError::Value(value.to_owned()))?;
        cells.push(match form {
            Money => {
                // What is counted in no currency, points, has no decimals.
                let currency = currency.filter(|currency| *currency != Currency::NONE);
                currency.map_or_else(|| number.to_string(), |currency| Minor(number).to_decimal(currency))
            }
            Given => {
                let theirs = at.checked_sub(1).and_then(|before| Currency::parse(text(before)).ok());
                theirs.map_or_else(|| number.to_string(), |currency| Minor(number).to_decimal(currency))
            }
            ByRate => ExchangeRate(number).to_decimal(),
            Amount => Quantity(number).to_decimal(),
            Price => UnitPrice(number).to_decimal(currency.unwrap_or(Currency::NONE)),
            ShopTime => instant(number, text(at + 1).parse().unwrap_or(0)),
            _ => instant(number, 0),
        });
    }
    Ok(cells)
}

/// `2010-11-25T08:20:00+00:00`.
fn instant(at_ms: i64, offset_minutes: i32) -> String {
    let local = LocalTime { at_ms, offset_minutes };
    let minute = local.minute_of_day();
    let seconds = at_ms.div_euclid(1_000).rem_euclid(60);
    let sign = if offset_minutes < 0 { '-' } else { '+' };
    let offset = offset_minutes.unsigned_abs();
    format!(
        "{}T{:02}:{:02}:{seconds:02}{sign}{:02}:{:02}",
        local.day(),
        minute / 60,
        minute % 60,
        offset / 60,
        offset % 60
    )
}

/// Products in the columns an import reads (docs/howto/import-products.md).
async fn products(
    db: &Db,
    organisation_id: OrganisationId,
    pieces: &Sender<String>,
) -> Result<u64, AppError> {
    let mut tx = db.read_for(organisation_id).await?;
    let categories = catalog::categories(&mut tx, organisation_id).await?;
    let taxes = catalog::tax_categories(&mut tx, organisation_id).await?;
    let stores = ground::stores(&mut tx, organisation_id).await?;
    let currency = stores.first().map_or(Currency::NONE, |store| store.currency);
    let parents: HashMap<_, _> = catalog::all_products(&mut tx, organisation_id)
        .await?
        .into_iter()
        .map(|row| (row.product.id, row.product.sku))
        .collect();
    drop(tx);
    let mut table = Table::new(&[
        "sku",
        "name",
        "barcode",
        "category",
        "unit",
        "tax_category",
        "price",
        "parent_sku",
        "options",
        "picture",
        "stocked",
        "active",
        "favourite",
    ]);
    let (mut after, mut count) = (None::<(String, String)>, 0);
    loop {
        let mut tx = db.read_for(organisation_id).await?;
        let place = after.as_ref().map(|(key, id)| (key.as_str(), id.as_str()));
        let (page, _) = catalog::search_products(&mut tx, organisation_id, &[], place, ROWS).await?;
        drop(tx);
        for row in &page {
            let product = &row.product;
            let category =
                categories.iter().find(|c| Some(c.id) == product.category_id).map(|c| c.name.clone());
            let tax = taxes.iter().find(|t| t.id == product.tax_category_id).map(|t| t.name.clone());
            let parent = product.parent_id.and_then(|id| parents.get(&id).cloned());
            table.row(product_cells(product, category, tax, parent, currency));
        }
        count += page.len() as u64;
        let full = i64::try_from(page.len()).unwrap_or(0) == ROWS;
        if pieces.send(table.take()).await.is_err() || !full {
            return Ok(count);
        }
        after = page.last().map(|row| (catalog::search_key(&row.product), row.product.id.to_string()));
    }
}

fn product_cells(
    product: &Product,
    category: Option<String>,
    tax: Option<String>,
    parent: Option<String>,
    currency: Currency,
) -> [String; 13] {
    let flag = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    let options: Vec<String> =
        product.options.iter().map(|option| format!("{}={}", option.name, option.value)).collect();
    let unit = if product.unit == Unit::Piece { "piece" } else { product.unit.symbol() };
    [
        product.sku.clone(),
        product.name.clone(),
        product.barcodes.join("|"),
        category.unwrap_or_default(),
        unit.to_owned(),
        tax.unwrap_or_default(),
        product.price.map_or_else(|| "ask".to_owned(), |price| price.to_decimal(currency)),
        parent.unwrap_or_default(),
        options.join("|"),
        product.picture.clone().unwrap_or_default(),
        flag(product.stocked),
        flag(product.active),
        flag(product.favourite),
    ]
}

/// The journal: a line for each record, JSON with fingerprint, state and the content as text, to the byte.
pub async fn journal(
    db: &Db,
    organisation_id: OrganisationId,
    pieces: &Sender<String>,
) -> Result<u64, AppError> {
    let (mut after, mut count) = (String::new(), 0);
    loop {
        let mut tx = db.read_for(organisation_id).await?;
        let page = rows::journal(&mut tx, organisation_id, &after, ROWS).await?;
        drop(tx);
        let mut text = String::new();
        for (hash, state, content) in &page {
            let line = serde_json::json!({ "hash": hash, "state": state, "content": content });
            text.push_str(&line.to_string());
            text.push('\n');
        }
        count += page.len() as u64;
        let full = i64::try_from(page.len()).unwrap_or(0) == ROWS;
        if pieces.send(text).await.is_err() || !full {
            return Ok(count);
        }
        after = page.into_iter().last().map(|(hash, ..)| hash).unwrap_or_default();
    }
}

/// Stores, tax categories and categories as JSON: they have more to them than a table holds.
pub async fn places_and_taxes(db: &Db, organisation_id: OrganisationId) -> Result<String, AppError> {
    let mut tx = db.read_for(organisation_id).await?;
    let all = serde_json::json!({
        "stores": ground::stores(&mut tx, organisation_id).await?,
        "tax_categories": catalog::tax_categories(&mut tx, organisation_id).await?,
        "categories": catalog::categories(&mut tx, organisation_id).await?,
    });
    Ok(serde_json::to_string_pretty(&all).map_err(StoreError::from)?)
}
