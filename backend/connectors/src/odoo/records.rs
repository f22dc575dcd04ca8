//! Records: Odoo's lists as our records: sales journals, journals of money, services, products.
//! A product's page is two questions: its products, then the names of their taxes. From 18 on whether stock is kept is a field of
//! the app Inventory, which may not be installed: the first page asks for it.

use super::rpc::{self, On};
use super::values::{decimal, id, instant, instant_ms, other, others, text};
use crate::command::{Page, RemoteRecord};
use crate::field;
use crate::misunderstood;
use crate::outcome::{Came, Done, Outcome};
use crate::setup::Setup;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::connect::{LinkKind, ProductField, RemoteField, Rule, ValueForm};
use std::collections::BTreeMap;

/// Records a page holds.
pub(super) const PAGE: usize = 200;
/// The first version in which goods that are stored are no type of their own.
const STORABLE_FROM: u32 = 18;
/// Marks a page after which `is_storable` may be asked for.
const WITH_STOCK: &str = ":stock";

/// Where a list stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Stand {
    /// Asked which fields there are.
    Fields,
    /// Asked for the records.
    Rows { stock: bool },
    /// Asked what their taxes are called.
    Taxes { rows: Vec<Value>, stock: bool },
}

/// What a product has, as the form of Odoo calls it.
pub(super) fn fields() -> Vec<RemoteField> {
    let writable = |name: &str, label: &str, form: ValueForm, ours: ProductField| {
        let mut one = field(name, label, form, Some(ours));
        one.writable = true;
        one
    };
    let mut unit = field("uom_id", "Unit of Measure", ValueForm::Text, Some(ProductField::Unit));
    let units = [
        ("Units", "piece"),
        ("kg", "kilogram"),
        ("g", "gram"),
        ("L", "litre"),
        ("m", "metre"),
        ("lb", "pound"),
    ];
    unit.rule = Rule::Table { rows: units.map(|(theirs, ours)| (theirs.to_owned(), ours.to_owned())).into() };
    vec![
        writable("default_code", "Internal Reference", ValueForm::Text, ProductField::Sku),
        writable("name", "Product Name", ValueForm::Text, ProductField::Name),
        field("barcode", "Barcode", ValueForm::Texts, Some(ProductField::Barcodes)),
        writable("lst_price", "Sales Price", ValueForm::Amount, ProductField::Price),
        field("taxes_id", "Sales Taxes", ValueForm::Text, Some(ProductField::TaxCategory)),
        field("categ_id", "Product Category", ValueForm::Text, Some(ProductField::Category)),
        unit,
        field("is_storable", "Track Inventory", ValueForm::Flag, Some(ProductField::Stocked)),
        field("active", "Active", ValueForm::Flag, Some(ProductField::Active)),
    ]
}

/// What was archived is found only when it is asked for.
pub(super) fn in_use_or_not() -> Value {
    json!(["active", "in", [true, false]])
}

/// Names of products without their codes, with what tells variants apart.
pub(super) fn plain_names() -> Value {
    json!({"display_default_code": false})
}

/// A page of a list, by id.
pub(super) fn list(setup: &Setup, kind: LinkKind, after: Option<&str>, came: Option<Came<'_>>) -> Outcome {
    if kind == LinkKind::Product {
        return changed(setup, None, after, came);
    }
    if let Some(came) = came {
        return page(setup, came);
    }
    let mut domain = vec![json!(["id", ">", after.map_or(0, id)])];
    let (model, fields): (&str, &[&str]) = match kind {
        LinkKind::Store => {
            domain.push(json!(["type", "=", "sale"]));
            ("account.journal", &["name", "code", "active"])
        }
        LinkKind::Tender => {
            domain.push(json!(["type", "in", ["cash", "bank", "credit"]]));
            ("account.journal", &["name", "code", "active"])
        }
        LinkKind::Line | LinkKind::Product => {
            domain.push(json!(["type", "=", "service"]));
            ("product.product", &["name", "default_code", "active"])
        }
    };
    Outcome::next(&kind.word(), rpc::read(setup, model, &json!(domain), PAGE, fields))
}

fn page(setup: &Setup, came: Came<'_>) -> Outcome {
    let answer = match rpc::result(setup, came.response) {
        Ok(answer) => answer,
        Err(outcome) => return outcome,
    };
    let Some(rows) = answer.as_array() else { return misunderstood("a list was asked for") };
    let record = |row: &Value| {
        let code = text(&row["code"]).or(text(&row["default_code"])).unwrap_or_default().to_owned();
        Some(RemoteRecord {
            id: row["id"].as_i64()?.to_string(),
            name: text(&row["name"])?.to_owned(),
            code,
            active: row["active"].as_bool().unwrap_or(true),
            ..RemoteRecord::default()
        })
    };
    finish(rows.iter().map(record).collect(), "")
}

fn finish(records: Option<Vec<RemoteRecord>>, mark: &str) -> Outcome {
    let Some(records) = records else { return misunderstood("a record without a number or a name") };
    let is_full = records.len() >= PAGE;
    let next = records.last().filter(|_| is_full).map(|record| format!("{}{mark}", record.id));
    Outcome::Done(Done::Records(Page { records, next }))
}

/// A page of the products that were changed, by id.
pub(super) fn changed(
    setup: &Setup,
    since_ms: Option<i64>,
    after: Option<&str>,
    came: Option<Came<'_>>,
) -> Outcome {
    let Some(came) = came else { return begin(setup, since_ms, after) };
    let answer = match rpc::result(setup, came.response) {
        Ok(answer) => answer,
        Err(outcome) => return outcome,
    };
    match came.progress.read() {
        Some(Stand::Fields) if answer["name"].is_object() => {
            rows(setup, since_ms, after, answer["is_storable"].is_object())
        }
        Some(Stand::Fields) => misunderstood("it was asked which fields a product has"),
        Some(Stand::Rows { stock }) => match answer {
            Value::Array(rows) => taxes(setup, rows, stock),
            _ => misunderstood("a list of products was asked for"),
        },
        Some(Stand::Taxes { rows, stock }) => match answer.as_array() {
            Some(taxes) => products(setup, &rows, taxes, stock),
            None => misunderstood("a list of taxes was asked for"),
        },
        None => begin(setup, since_ms, after),
    }
}

fn begin(setup: &Setup, since_ms: Option<i64>, after: Option<&str>) -> Outcome {
    match after {
        None if rpc::version(setup) >= STORABLE_FROM || rpc::dialect(setup) == rpc::Dialect::JsonTwo => {
            let params = json!({"allfields": ["name", "is_storable"], "attributes": ["type"]});
            Outcome::next(
                &Stand::Fields,
                rpc::call(setup, ("product.product", "fields_get"), On::Model, params),
            )
        }
        _ => rows(setup, since_ms, after, after.is_some_and(|after| after.ends_with(WITH_STOCK))),
    }
}

fn rows(setup: &Setup, since_ms: Option<i64>, after: Option<&str>, stock: bool) -> Outcome {
    let last = after.map_or(0, |after| id(after.trim_end_matches(WITH_STOCK)));
    let mut domain = vec![json!(["id", ">", last]), in_use_or_not()];
    if let Some(since_ms) = since_ms {
        let since = instant(since_ms);
        domain.push(json!("|"));
        domain.push(json!(["write_date", ">=", since]));
        domain.push(json!(["product_tmpl_id.write_date", ">=", since]));
    }
    let mut fields = vec![
        "display_name",
        "default_code",
        "barcode",
        "lst_price",
        "taxes_id",
        "categ_id",
        "uom_id",
        "type",
        "active",
        "write_date",
    ];
    if stock {
        fields.push("is_storable");
    }
    let params = json!({
        "domain": domain, "fields": fields, "limit": PAGE, "order": "id", "context": plain_names(),
    });
    Outcome::next(
        &Stand::Rows { stock },
        rpc::call(setup, ("product.product", "search_read"), On::Model, params),
    )
}

fn taxes(setup: &Setup, rows: Vec<Value>, stock: bool) -> Outcome {
    let mut ids: Vec<i64> = rows.iter().flat_map(|row| others(&row["taxes_id"])).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return products(setup, &rows, &[], stock);
    }
    // Those of another company are not told.
    let domain = json!([["id", "in", ids], in_use_or_not()]);
    let request = rpc::read(setup, "account.tax", &domain, ids.len(), &["name"]);
    Outcome::next(&Stand::Taxes { rows, stock }, request)
}

fn products(setup: &Setup, rows: &[Value], taxes: &[Value], stock: bool) -> Outcome {
    let named = |tax: &Value| Some((tax["id"].as_i64()?, text(&tax["name"])?.to_owned()));
    let names: BTreeMap<i64, String> = taxes.iter().filter_map(named).collect();
    let records = rows.iter().map(|row| product(setup, row, &names)).collect();
    finish(records, if stock { WITH_STOCK } else { "" })
}

fn product(setup: &Setup, row: &Value, taxes: &BTreeMap<i64, String>) -> Option<RemoteRecord> {
    let name = text(&row["display_name"])?.to_owned();
    let code = text(&row["default_code"]).map(str::to_owned);
    let barcode = text(&row["barcode"]).map(str::to_owned);
    let active = row["active"].as_bool().unwrap_or(true);
    let taxes: Vec<&str> =
        others(&row["taxes_id"]).iter().filter_map(|tax| taxes.get(tax)).map(String::as_str).collect();
    let stored = match row["is_storable"].as_bool() {
        Some(stored) => Some(stored),
        None if rpc::dialect(setup) == rpc::Dialect::JsonRpc && rpc::version(setup) < STORABLE_FROM => {
            Some(row["type"] == "product")
        }
        None => None,
    };
    let other = |field: &str| other(&row[field]).map(|(_, name)| name.to_owned());
    let told = [
        ("default_code", code.clone()),
        ("name", Some(name.clone())),
        // Odoo does not tell none from unknown: it has none.
        ("barcode", Some(barcode.clone().unwrap_or_default())),
        ("lst_price", decimal(&row["lst_price"])),
        ("taxes_id", (!taxes.is_empty()).then(|| taxes.join(" + "))),
        ("categ_id", other("categ_id")),
        ("uom_id", other("uom_id")),
        ("is_storable", stored.map(|stored| stored.to_string())),
        ("active", Some(active.to_string())),
    ];
    Some(RemoteRecord {
        id: row["id"].as_i64()?.to_string(),
        name,
        code: code.unwrap_or_default(),
        barcodes: barcode.into_iter().collect(),
        active,
        changed_at_ms: instant_ms(&row["write_date"]),
        fields: told.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect(),
    })
}
