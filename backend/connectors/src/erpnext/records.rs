//! Records: ERPNext's lists as our records: POS profiles, modes of payment, services, items.
//! An item's barcodes, taxes and prices are lists of their own: a page of items is four questions. A price that changes moves no time of
//! its item: what was changed is read twice, once by items, once by prices.

use super::api::{self, Ask};
use super::{clock, price};
use crate::command::{Page, RemoteRecord};
use crate::exchange::Request;
use crate::misunderstood;
use crate::outcome::{Came, Done, Outcome};
use crate::setup::Setup;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::calendar::Day;
use shared::connect::{LinkKind, ProductField, RemoteField, Rule, ValueForm};
use std::collections::BTreeMap;

/// Records a page holds.
const PAGE: u32 = 100;
/// Days from the last reading on whose beginning and ending prices are asked for; everything is read anew before they are over.
const DAYS: i64 = 8;
/// Pages of what was changed begin so: by items, then by prices.
const BY_ITEM: &str = "item:";
const BY_PRICE: &str = "price:";

const ITEM: [&str; 9] = [
    "name",
    "item_code",
    "item_name",
    "item_group",
    "stock_uom",
    "disabled",
    "is_stock_item",
    "is_sales_item",
    "modified",
];

/// Where a page stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Stand {
    at: At,
    items: Vec<Value>,
    barcodes: Vec<Value>,
    taxes: Vec<Value>,
    next: Option<String>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum At {
    /// Asked for a list that is whole by itself.
    List,
    /// Asked for prices that were changed.
    Changed,
    /// Asked for items; `all` pages of them follow by their name.
    Items {
        all: bool,
    },
    /// Asked for barcodes, tax templates and prices of these items.
    Barcodes,
    Taxes,
    Prices,
}

/// What an item has, as its form calls it.
pub(super) fn fields() -> Vec<RemoteField> {
    let table = |rows: &[(&str, &str)]| Rule::Table {
        rows: rows.iter().map(|(theirs, ours)| ((*theirs).to_owned(), (*ours).to_owned())).collect(),
    };
    let field = crate::field;
    let mut name = field("item_name", "Item Name", ValueForm::Text, Some(ProductField::Name));
    name.writable = true;
    let mut rate =
        field("price_list_rate", "Rate in the price list", ValueForm::Amount, Some(ProductField::Price));
    rate.writable = true;
    let mut unit = field("stock_uom", "Default Unit of Measure", ValueForm::Text, Some(ProductField::Unit));
    unit.rule = table(&[
        ("Nos", "piece"),
        ("Unit", "piece"),
        ("Kg", "kilogram"),
        ("Gram", "gram"),
        ("Litre", "litre"),
        ("Meter", "metre"),
        ("Pound", "pound"),
    ]);
    let mut disabled = field("disabled", "Disabled", ValueForm::Flag, Some(ProductField::Active));
    disabled.rule = table(&[("false", "true"), ("true", "false")]);
    let tax = "Item Tax Template";
    vec![
        field("item_code", "Item Code", ValueForm::Text, Some(ProductField::Sku)),
        name,
        field("barcodes", "Barcodes", ValueForm::Texts, Some(ProductField::Barcodes)),
        rate,
        field("item_tax_template", tax, ValueForm::Text, Some(ProductField::TaxCategory)),
        field("item_group", "Item Group", ValueForm::Text, Some(ProductField::Category)),
        unit,
        field("is_stock_item", "Maintain Stock", ValueForm::Flag, Some(ProductField::Stocked)),
        disabled,
    ]
}

/// A page of a list, by name.
pub(super) fn list(setup: &Setup, kind: LinkKind, after: Option<&str>, came: Option<Came<'_>>) -> Outcome {
    if let Some((came, stand)) = standing(came) {
        return step(setup, stand, came);
    }
    let beyond = json!(["name", ">", after.unwrap_or_default()]);
    let (doctype, fields, filters): (&str, &[&str], Value) = match kind {
        LinkKind::Store => ("POS Profile", &["name", "disabled"], json!([beyond])),
        LinkKind::Tender => ("Mode of Payment", &["name", "enabled"], json!([beyond])),
        LinkKind::Line => {
            let service = json!([
                beyond,
                ["is_stock_item", "=", 0],
                ["is_sales_item", "=", 1],
                ["has_variants", "=", 0]
            ]);
            ("Item", &["name", "item_code", "item_name", "disabled"], service)
        }
        LinkKind::Product => return ask_items(json!([beyond]), Stand::at(At::Items { all: true })),
    };
    Outcome::next(&Stand::at(At::List), ask(doctype, fields, filters, PAGE))
}

/// A page of the items that were changed: those themselves by name, then those whose price was.
pub(super) fn changed(
    setup: &Setup,
    since_ms: Option<i64>,
    after: Option<&str>,
    came: Option<Came<'_>>,
) -> Outcome {
    let Some(since_ms) = since_ms else { return list(setup, LinkKind::Product, after, came) };
    if let Some((came, stand)) = standing(came) {
        return step(setup, stand, came);
    }
    let offset = clock::offset_minutes(setup).unwrap_or(0);
    let since = clock::text(since_ms, offset);
    if let Some(after) = after.and_then(|after| after.strip_prefix(BY_PRICE)) {
        let day = Day::of(since_ms, offset);
        let days = |from: i64| (from..DAYS).map(|of| day.plus_days(of).to_string()).collect::<Vec<_>>();
        let request = api::list(Ask {
            doctype: "Item Price",
            parent: None,
            fields: &["name", "item_code"],
            filters: json!([
                ["name", ">", after],
                ["price_list", "=", setup.text("price_list")],
                ["selling", "=", 1],
            ]),
            // One that begins or ends by its dates was not touched on that day.
            or_filters: Some(json!([
                ["modified", ">=", since],
                ["valid_from", "in", days(0)],
                ["valid_upto", "in", days(-1)],
            ])),
            order: "name asc",
            limit: PAGE,
        });
        return Outcome::next(&Stand::at(At::Changed), request);
    }
    let after = after.and_then(|after| after.strip_prefix(BY_ITEM)).unwrap_or_default();
    ask_items(json!([["name", ">", after], ["modified", ">=", since]]), Stand::at(At::Items { all: false }))
}

impl Stand {
    fn at(at: At) -> Self {
        Self { at, items: Vec::new(), barcodes: Vec::new(), taxes: Vec::new(), next: None }
    }
}

fn ask(doctype: &str, fields: &[&str], filters: Value, limit: u32) -> Request {
    api::list(Ask { doctype, parent: None, fields, filters, or_filters: None, order: "name asc", limit })
}

/// Items that can be sold themselves: no templates of variants.
fn ask_items(mut filters: Value, stand: Stand) -> Outcome {
    if let Some(filters) = filters.as_array_mut() {
        filters.extend([json!(["is_sales_item", "=", 1]), json!(["has_variants", "=", 0])]);
    }
    Outcome::next(&stand, ask("Item", &ITEM, filters, PAGE))
}

/// Rows of a table inside of items.
fn ask_inside(doctype: &str, fields: &[&str], items: &[&str]) -> Request {
    api::list(Ask {
        doctype,
        parent: Some("Item"),
        fields,
        filters: json!([["parent", "in", items], ["parenttype", "=", "Item"]]),
        or_filters: None,
        order: "parent asc, idx asc",
        limit: api::MOST,
    })
}

/// Where it stands; none at the beginning, and where that was forgotten.
fn standing(came: Option<Came<'_>>) -> Option<(Came<'_>, Stand)> {
    let came = came?;
    Some((came, came.progress.read()?))
}

fn step(setup: &Setup, mut stand: Stand, came: Came<'_>) -> Outcome {
    let mut rows = match api::rows(came.response) {
        Ok(rows) => rows,
        Err(outcome) => return outcome,
    };
    let is_full = u32::try_from(rows.len()).unwrap_or(u32::MAX) >= PAGE;
    let last = rows.last().map(|row| api::text(row, "name").to_owned()).filter(|_| is_full);
    match stand.at {
        At::List => whole(&rows, last),
        At::Changed => of_prices(&rows, last),
        At::Items { all } => {
            // Set before by the prices that were changed: then these are not a page of items.
            stand.next = stand.next.or(match (all, last) {
                (true, last) => last,
                (false, Some(last)) => Some(format!("{BY_ITEM}{last}")),
                (false, None) => Some(BY_PRICE.to_owned()),
            });
            stand.next = stand.next.filter(|next| !next.is_empty());
            stand.items = rows;
            inside(stand)
        }
        _ if rows.len() >= usize::try_from(api::MOST).unwrap_or(usize::MAX) => {
            misunderstood("a hundred items have thousands of barcodes, taxes or prices")
        }
        At::Barcodes => {
            stand.barcodes = std::mem::take(&mut rows);
            stand.at = At::Taxes;
            let fields = ["parent", "item_tax_template", "tax_category", "valid_from", "idx"];
            let request = ask_inside("Item Tax", &fields, &names(&stand.items));
            Outcome::next(&stand, request)
        }
        At::Taxes => {
            stand.taxes = std::mem::take(&mut rows);
            stand.at = At::Prices;
            let request = price::ask(setup, &names(&stand.items));
            Outcome::next(&stand, request)
        }
        At::Prices => priced(setup, &stand, &rows, came),
    }
}

/// A list that is whole by itself.
fn whole(rows: &[Value], next: Option<String>) -> Outcome {
    let records: Option<Vec<RemoteRecord>> = rows.iter().map(simple).collect();
    match records {
        Some(records) => Outcome::Done(Done::Records(Page { records, next })),
        None => misunderstood("a record has a name"),
    }
}

fn simple(row: &Value) -> Option<RemoteRecord> {
    let id = row["name"].as_str().filter(|name| !name.is_empty())?;
    let is_off = api::ticked(row, "disabled") || row["enabled"].as_i64() == Some(0);
    let name = row["item_name"].as_str().filter(|name| !name.is_empty()).unwrap_or(id);
    Some(RemoteRecord {
        id: id.to_owned(),
        name: name.to_owned(),
        code: api::text(row, "item_code").to_owned(),
        active: !is_off,
        ..RemoteRecord::default()
    })
}

/// The items of prices that were changed.
fn of_prices(rows: &[Value], last: Option<String>) -> Outcome {
    let mut items: Vec<&str> = rows.iter().map(|row| api::text(row, "item_code")).collect();
    items.sort_unstable();
    items.dedup();
    let next = last.map(|last| format!("{BY_PRICE}{last}"));
    if items.iter().any(|item| item.is_empty()) {
        return misunderstood("a price is of an item");
    }
    if items.is_empty() {
        return Outcome::Done(Done::Records(Page::default()));
    }
    // Nothing: no page after this one, and none of items either.
    let next = Some(next.unwrap_or_default());
    ask_items(json!([["name", "in", items]]), Stand { next, ..Stand::at(At::Items { all: false }) })
}

fn names(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| api::text(item, "name")).collect()
}

fn inside(mut stand: Stand) -> Outcome {
    if stand.items.is_empty() {
        return Outcome::Done(Done::Records(Page { records: Vec::new(), next: stand.next }));
    }
    if stand.items.iter().any(|item| api::text(item, "name").is_empty()) {
        return misunderstood("an item has a name");
    }
    stand.at = At::Barcodes;
    let request = ask_inside("Item Barcode", &["parent", "barcode", "idx"], &names(&stand.items));
    Outcome::next(&stand, request)
}

/// The page, now that all of it is here.
fn priced(setup: &Setup, stand: &Stand, prices: &[Value], came: Came<'_>) -> Outcome {
    let now_ms = clock::answered_ms(came.response);
    let context = Known {
        offset: clock::offset_minutes(setup).unwrap_or(0),
        now_ms,
        today: price::today(setup, came.response),
        barcodes: &stand.barcodes,
        taxes: &stand.taxes,
        prices,
    };
    let records = stand.items.iter().map(|item| record(item, &context)).collect();
    Outcome::Done(Done::Records(Page { records, next: stand.next.clone() }))
}

/// What is known besides an item.
struct Known<'a> {
    offset: i32,
    now_ms: Option<i64>,
    today: Option<Day>,
    barcodes: &'a [Value],
    taxes: &'a [Value],
    prices: &'a [Value],
}

fn record(item: &Value, known: &Known<'_>) -> RemoteRecord {
    let id = api::text(item, "name");
    let own = |row: &&Value| api::text(row, "parent") == id;
    let barcodes: Vec<String> = known
        .barcodes
        .iter()
        .filter(own)
        .map(|row| api::text(row, "barcode").to_owned())
        .filter(|code| !code.is_empty())
        .collect();
    let price =
        known.today.and_then(|today| price::counting(known.prices, id, api::text(item, "stock_uom"), today));
    let template = price::template(known.taxes, id, known.today);
    let is_off = api::ticked(item, "disabled") || !api::ticked(item, "is_sales_item");
    let told: [(&str, Option<String>); 9] = [
        ("item_code", Some(api::text(item, "item_code").to_owned())),
        ("item_name", item["item_name"].as_str().map(str::to_owned)),
        ("barcodes", Some(barcodes.join("\n"))),
        ("price_list_rate", price.and_then(|row| api::decimal(&row["price_list_rate"]))),
        ("item_tax_template", template.map(str::to_owned)),
        ("item_group", item["item_group"].as_str().map(str::to_owned)),
        ("stock_uom", item["stock_uom"].as_str().map(str::to_owned)),
        ("is_stock_item", Some(api::ticked(item, "is_stock_item").to_string())),
        ("disabled", Some(is_off.to_string())),
    ];
    let fields: BTreeMap<String, String> =
        told.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    let changed = [Some(item), price].into_iter().flatten();
    let changed = changed.filter_map(|row| clock::instant_ms(api::text(row, "modified"), known.offset)).max();
    RemoteRecord {
        id: id.to_owned(),
        name: item["item_name"].as_str().unwrap_or(id).to_owned(),
        code: api::text(item, "item_code").to_owned(),
        barcodes,
        active: !is_off,
        // In summer the winter's offset puts a change an hour late: nothing was changed after it was read.
        changed_at_ms: changed.map(|at| known.now_ms.map_or(at, |now| at.min(now))),
        fields,
    }
}
