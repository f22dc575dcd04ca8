//! Records: Shopify's lists as our records: locations, ways to pay, the odd line, variants.
//! An article there is a variant; what it is called and whether it is sold belongs to its product, which has a time of change of its
//! own. So both are asked for what was changed: first the variants, then the variants of the products.

use super::call::{self, data};
use super::words::CUSTOM;
use crate::command::{Page, RemoteRecord};
use crate::field;
use crate::misunderstood;
use crate::outcome::{Came, Done, Outcome};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::connect::{LinkKind, ProductField, RemoteField, Rule, ValueForm};
use std::collections::BTreeMap;

const LOCATIONS: &str = include_str!("graphql/locations.graphql");
const VARIANTS: &str = include_str!("graphql/variants.graphql");
const CHANGED_PRODUCTS: &str = include_str!("graphql/changed_products.graphql");
/// Records a page holds.
const PAGE: u32 = 100;
/// Products whose variants are asked for at once.
const PRODUCTS: u32 = 50;
/// Names of ways to pay. Shopify takes any text for one; a name of a provider it knows would make it try to pay back through it.
const WAYS: [&str; 7] = ["Cash", "Card", "Voucher", "Cheque", "Bank transfer", "Customer account", "Other"];

/// Where a list of what was changed stands; it is where a page ends, too.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Stand {
    /// Variants that were changed themselves.
    Variants { after: Option<String> },
    /// Products that were changed.
    Products { after: Option<String> },
    /// The variants of some of them; `more` where further products begin, if there are any.
    Within { ids: Vec<String>, after: Option<String>, more: Option<String> },
}

/// What a variant has, as the pages of a product in the Shopify admin call it.
pub(super) fn fields() -> Vec<RemoteField> {
    let table = |rows: &[(&str, &str)]| Rule::Table {
        rows: rows.iter().map(|(theirs, ours)| ((*theirs).to_owned(), (*ours).to_owned())).collect(),
    };
    let mut title = field("title", "Title", ValueForm::Text, None);
    title.writable = true;
    let mut price = field("price", "Price", ValueForm::Amount, Some(ProductField::Price));
    price.writable = true;
    let mut taxable =
        field("taxable", "Charge tax on this product", ValueForm::Text, Some(ProductField::TaxCategory));
    taxable.rule = table(&[("true", "Standard"), ("false", "Zero rate")]);
    let mut status = field("status", "Status", ValueForm::Text, Some(ProductField::Active));
    status.rule =
        table(&[("ACTIVE", "true"), ("UNLISTED", "true"), ("DRAFT", "false"), ("ARCHIVED", "false")]);
    vec![
        field("sku", "SKU (Stock Keeping Unit)", ValueForm::Text, Some(ProductField::Sku)),
        field("name", "Title with options", ValueForm::Text, Some(ProductField::Name)),
        title,
        field("options", "Options", ValueForm::Text, None),
        field("barcode", "Barcode (ISBN, UPC, GTIN, etc.)", ValueForm::Texts, Some(ProductField::Barcodes)),
        price,
        taxable,
        field("product_type", "Type", ValueForm::Text, Some(ProductField::Category)),
        field("vendor", "Vendor", ValueForm::Text, None),
        field("tracked", "Inventory tracked", ValueForm::Flag, Some(ProductField::Stocked)),
        status,
    ]
}

/// A page of a list.
pub(super) fn list(kind: LinkKind, after: Option<&str>, came: Option<Came<'_>>) -> Outcome {
    match kind {
        LinkKind::Product => all_variants(after, came),
        LinkKind::Store => locations(after, came),
        LinkKind::Line => fixed(&[(CUSTOM, "Custom item (no product)")], came),
        LinkKind::Tender => fixed(&WAYS.map(|way| (way, way)), came),
    }
}

/// What is the same in every store; that one answers is asked all the same.
fn fixed(all: &[(&str, &str)], came: Option<Came<'_>>) -> Outcome {
    let Some(came) = came else { return super::ask_shop() };
    match data(came.response) {
        Ok(answer) if answer["shop"]["name"].is_string() => {
            let record = |&(id, name): &(&str, &str)| RemoteRecord {
                id: id.to_owned(),
                name: name.to_owned(),
                active: true,
                ..RemoteRecord::default()
            };
            done(all.iter().map(record).collect(), None)
        }
        Ok(_) => misunderstood("a store has a name"),
        Err(outcome) => outcome,
    }
}

fn locations(after: Option<&str>, came: Option<Came<'_>>) -> Outcome {
    let Some(came) = came else {
        return Outcome::next(&"locations", call::call(LOCATIONS, &json!({"first": PAGE, "after": after})));
    };
    let location = |row: &Value| {
        Some(RemoteRecord {
            id: call::number_of(&row["id"])?,
            name: row["name"].as_str()?.to_owned(),
            active: row["isActive"].as_bool()?,
            ..RemoteRecord::default()
        })
    };
    match page(came, "locations", location) {
        Ok((records, next)) => done(records, next),
        Err(outcome) => outcome,
    }
}

fn all_variants(after: Option<&str>, came: Option<Came<'_>>) -> Outcome {
    let Some(came) = came else {
        return Outcome::next(&"variants", variants(after, None));
    };
    match page(came, "productVariants", variant) {
        Ok((records, next)) => done(records, next),
        Err(outcome) => outcome,
    }
}

/// A page of the variants that were changed, or whose products were.
pub(super) fn changed(since_ms: Option<i64>, after: Option<&str>, came: Option<Came<'_>>) -> Outcome {
    let Some(since_ms) = since_ms else { return all_variants(after, came) };
    let Some((stand, came)) = came.and_then(|came| Some((came.progress.read::<Stand>()?, came))) else {
        // A mark of another time begins anew: twice is better than not at all.
        let stand = after.and_then(|after| serde_json::from_str(after).ok());
        return ask(since_ms, stand.unwrap_or(Stand::Variants { after: None }));
    };
    match found(since_ms, stand, came) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn ask(since_ms: i64, stand: Stand) -> Outcome {
    let since = format!("updated_at:>='{}'", call::instant(since_ms));
    let request = match &stand {
        Stand::Variants { after } => variants(after.as_deref(), Some(&since)),
        Stand::Products { after } => {
            call::call(CHANGED_PRODUCTS, &json!({"first": PRODUCTS, "after": after, "query": since}))
        }
        Stand::Within { ids, after, .. } => {
            variants(after.as_deref(), Some(&format!("product_ids:{}", ids.join(","))))
        }
    };
    Outcome::next(&stand, request)
}

fn found(since_ms: i64, stand: Stand, came: Came<'_>) -> Result<Outcome, Outcome> {
    match stand {
        Stand::Variants { .. } => {
            let (records, next) = page(came, "productVariants", variant)?;
            let stand = match next {
                Some(next) => Stand::Variants { after: Some(next) },
                None => Stand::Products { after: None },
            };
            Ok(done(records, mark(&stand)))
        }
        Stand::Products { .. } => {
            let (ids, more) = page(came, "products", |row| call::number_of(&row["id"]))?;
            match ids.is_empty() {
                true => {
                    Ok(done(Vec::new(), more.and_then(|more| mark(&Stand::Products { after: Some(more) }))))
                }
                false => Ok(ask(since_ms, Stand::Within { ids, after: None, more })),
            }
        }
        Stand::Within { ids, more, .. } => {
            let seen = |row: &Value| Some((call::instant_ms(&row["updatedAt"])?, variant(row)?));
            let (rows, next) = page(came, "productVariants", seen)?;
            // Those that were changed themselves came before.
            let records = rows.into_iter().filter(|(at_ms, _)| *at_ms < since_ms).map(|(_, record)| record);
            let stand = match (next, more) {
                (Some(next), more) => Some(Stand::Within { ids, after: Some(next), more }),
                (None, Some(more)) => Some(Stand::Products { after: Some(more) }),
                (None, None) => None,
            };
            Ok(done(records.collect(), stand.as_ref().and_then(mark)))
        }
    }
}

/// Where a page ends.
fn mark(stand: &Stand) -> Option<String> {
    serde_json::to_string(stand).ok()
}

fn variants(after: Option<&str>, query: Option<&str>) -> crate::Request {
    call::call(VARIANTS, &json!({"first": PAGE, "after": after, "query": query}))
}

fn done(records: Vec<RemoteRecord>, next: Option<String>) -> Outcome {
    Outcome::Done(Done::Records(Page { records, next }))
}

/// The rows of a connection, and where the next page begins.
fn page<T>(
    came: Came<'_>,
    name: &str,
    read: impl Fn(&Value) -> Option<T>,
) -> Result<(Vec<T>, Option<String>), Outcome> {
    let answer = data(came.response)?;
    let Some(rows) = answer[name]["nodes"].as_array() else {
        return Err(misunderstood("a list was asked for"));
    };
    let next = call::next(&answer[name])?;
    match rows.iter().map(read).collect::<Option<Vec<T>>>() {
        Some(rows) => Ok((rows, next)),
        None => Err(misunderstood("a record without what every record has")),
    }
}

fn variant(row: &Value) -> Option<RemoteRecord> {
    let product = &row["product"];
    let title = product["title"].as_str()?;
    let is_only = product["hasOnlyDefaultVariant"].as_bool()?;
    let options: Vec<&str> =
        row["selectedOptions"].as_array()?.iter().filter_map(|one| one["value"].as_str()).collect();
    let options = if is_only { String::new() } else { options.join(" / ") };
    let name = if options.is_empty() { title.to_owned() } else { format!("{title} - {options}") };
    let status = product["status"].as_str()?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let told = [
        ("sku", text(&row["sku"])),
        ("name", Some(name.clone())),
        ("title", Some(title.to_owned())),
        ("options", Some(options)),
        ("barcode", text(&row["barcode"])),
        ("price", text(&row["price"])),
        ("taxable", row["taxable"].as_bool().map(|taxable| taxable.to_string())),
        ("product_type", text(&product["productType"])),
        ("vendor", text(&product["vendor"])),
        ("tracked", row["inventoryItem"]["tracked"].as_bool().map(|tracked| tracked.to_string())),
        ("status", Some(status.to_owned())),
    ];
    let fields: BTreeMap<String, String> =
        told.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    let barcode = row["barcode"].as_str().filter(|code| !code.is_empty());
    Some(RemoteRecord {
        id: call::number_of(&row["id"])?,
        name,
        code: row["sku"].as_str().unwrap_or_default().to_owned(),
        barcodes: barcode.into_iter().map(str::to_owned).collect(),
        active: matches!(status, "ACTIVE" | "UNLISTED"),
        changed_at_ms: [&row["updatedAt"], &product["updatedAt"]]
            .into_iter()
            .filter_map(call::instant_ms)
            .max(),
        fields,
    })
}
