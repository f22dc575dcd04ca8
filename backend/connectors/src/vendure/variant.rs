//! Variant: what a variant of Vendure has, as our record.

use super::api::{self, Channel};
use super::{clock, price};
use crate::command::RemoteRecord;
use crate::field;
use crate::setup::Setup;
use serde_json::Value;
use shared::connect::{ProductField, RemoteField, ValueForm};
use std::collections::BTreeMap;

pub(super) const NAME: &str = "name";
pub(super) const PRICE: &str = "price";
pub(super) const PRICE_WITH_TAX: &str = "price_with_tax";
pub(super) const ENABLED: &str = "enabled";

const ASKED: &str = "id sku name enabled trackInventory createdAt updatedAt priceWithTax prices { currencyCode price } taxCategory { name } options { name }";
const OF_PRODUCT: &str = "name enabled updatedAt";
const FACETS: &str = " facetValues { name facet { code } }";

/// What a variant has, as its dashboard calls it. Which of the two prices is kept there, the channel says.
pub(super) fn fields() -> Vec<RemoteField> {
    let writable = |field: RemoteField| RemoteField { writable: true, ..field };
    let (text, flag) = (ValueForm::Text, ValueForm::Flag);
    let amount = |name: &str, label: &str, ours: Option<ProductField>| {
        writable(field(name, label, ValueForm::Amount, ours))
    };
    vec![
        field("sku", "SKU", text, Some(ProductField::Sku)),
        writable(field(NAME, "Name of the variant", text, Some(ProductField::Name))),
        field("product_name", "Name of the product", text, None),
        field("options", "Options, like “Large Red”", text, None),
        field("barcode", "Barcode, from a custom field", ValueForm::Texts, Some(ProductField::Barcodes)),
        amount(PRICE_WITH_TAX, "Price with tax", Some(ProductField::Price)),
        amount(PRICE, "Price as the channel keeps it, with tax or without", None),
        field("tax_category", "Tax category", text, Some(ProductField::TaxCategory)),
        field("facet", "Value of the facet that groups products", text, Some(ProductField::Category)),
        field("track_inventory", "Track inventory", flag, Some(ProductField::Stocked)),
        writable(field(ENABLED, "Enabled, product and variant", flag, Some(ProductField::Active))),
        field("other", "One more custom field", text, None),
    ]
}

/// What is asked of a variant.
pub(super) fn selection(setup: &Setup) -> String {
    let facets = if setup.text("category_facet").is_empty() { "" } else { FACETS };
    format!("{ASKED}{facets} product {{ {OF_PRODUCT}{facets} }}{}", api::own_selection(setup))
}

/// A variant as our record; none where it is none.
pub(super) fn record(setup: &Setup, channel: &Channel, row: &Value) -> Option<RemoteRecord> {
    let text = |name: &str| row[name].as_str().map(str::to_owned);
    let (id, code, name) = (text("id")?, text("sku")?, text("name")?);
    let product = &row["product"];
    let active = is_enabled(row)?;
    let changed = [row, product].map(|one| one["updatedAt"].as_str().and_then(clock::instant_ms));
    let product_name = product["name"].as_str()?.to_owned();
    let options: Vec<&str> =
        row["options"].as_array()?.iter().filter_map(|option| option["name"].as_str()).collect();
    let barcode = own(row, setup.text("barcode_field"));
    let barcodes = barcode.iter().flat_map(|codes| codes.lines()).map(str::to_owned).collect();
    let kept = kept(channel, row);
    let with_tax = kept.and_then(|_| price::decimal(&row["priceWithTax"], channel.digits));
    let told = [
        ("sku", Some(code.clone())),
        (NAME, Some(name.clone())),
        ("product_name", Some(product_name.clone())),
        ("options", Some(options.join(" "))),
        ("barcode", barcode),
        (PRICE_WITH_TAX, with_tax),
        (PRICE, kept.and_then(|kept| price::decimal(kept, channel.digits))),
        ("tax_category", row["taxCategory"]["name"].as_str().map(str::to_owned)),
        ("facet", facet(row, setup.text("category_facet"))),
        ("track_inventory", tracked(channel, row).map(|tracked| tracked.to_string())),
        (ENABLED, Some(active.to_string())),
        ("other", own(row, setup.text("other_field"))),
    ];
    let fields: BTreeMap<String, String> =
        told.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    let shown = if name.trim().is_empty() { format!("{product_name} {}", options.join(" ")) } else { name };
    Some(RemoteRecord {
        id,
        name: shown.trim().to_owned(),
        code,
        barcodes,
        active,
        changed_at_ms: changed.into_iter().flatten().max(),
        fields,
    })
}

/// Sold, where neither the variant nor its product is switched off.
pub(super) fn is_enabled(row: &Value) -> Option<bool> {
    Some(row["enabled"].as_bool()? && row["product"]["enabled"].as_bool()?)
}

/// The price that somebody typed in there, in the channel's currency.
pub(super) fn kept<'a>(channel: &Channel, row: &'a Value) -> Option<&'a Value> {
    let prices = row["prices"].as_array()?;
    let price = prices.iter().find(|price| price["currencyCode"].as_str() == Some(&channel.currency));
    price.map(|price| &price["price"]).filter(|price| price.is_number())
}

fn tracked(channel: &Channel, row: &Value) -> Option<bool> {
    match row["trackInventory"].as_str()? {
        "TRUE" => Some(true),
        "FALSE" => Some(false),
        "INHERIT" => Some(channel.tracks),
        _ => None,
    }
}

/// A custom field as text, a list of them line by line; empty where nobody filled it in, none where it was not asked for.
fn own(row: &Value, name: &str) -> Option<String> {
    let line = |value: &Value| match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    };
    match row["customFields"].get(name.trim())? {
        Value::Null => Some(String::new()),
        Value::Array(values) => Some(values.iter().filter_map(line).collect::<Vec<_>>().join("\n")),
        value => line(value),
    }
}

/// The value of the facet that groups: the variant's own, else its product's; empty where neither has one, none where nobody asked.
fn facet(row: &Value, code: &str) -> Option<String> {
    if code.is_empty() {
        return None;
    }
    let of = |values: &Value| {
        let of_code = |value: &&Value| value["facet"]["code"].as_str() == Some(code);
        values.as_array()?.iter().find(of_code)?["name"].as_str().map(str::to_owned)
    };
    row["facetValues"].as_array()?;
    Some(of(&row["facetValues"]).or_else(|| of(&row["product"]["facetValues"])).unwrap_or_default())
}
