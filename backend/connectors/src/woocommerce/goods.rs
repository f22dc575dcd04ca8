//! Goods: a product or a variation of WooCommerce's as our record, and what a mapping may ask of it.
//! A variation is an article of its own: it has a code, a barcode, a price, and its parent's name. Its id names both: `12:34`.
//! Prices are with or without tax by a setting of the site, not of the product. So there are two names for each price, and a record
//! has the one that is true of its site: a price without tax is never taken for one with it.

use super::rest;
use crate::command::RemoteRecord;
use crate::field;
use serde_json::Value;
use shared::connect::{ProductField, RemoteField, Rule, ValueForm};
use std::collections::BTreeMap;

/// The price as typed in at the product, where the site's prices are with tax.
pub(super) const WITH_TAX: &str = "regular_price_with_tax";
/// And where they are without.
pub(super) const WITHOUT_TAX: &str = "regular_price_without_tax";
/// What lies between a parent's id and its variation's.
const BETWEEN: char = ':';

/// A product's or a variation's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct GoodId {
    /// The product, of a variation its parent.
    pub product: u64,
    /// The variation.
    pub variation: Option<u64>,
}

impl GoodId {
    /// Reads `12` or `12:34`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let number = |text: &str| text.parse::<u64>().ok().filter(|id| *id > 0);
        match text.split_once(BETWEEN) {
            Some((product, variation)) => {
                Some(Self { product: number(product)?, variation: Some(number(variation)?) })
            }
            None => Some(Self { product: number(text)?, variation: None }),
        }
    }

    /// As it is written in matches.
    pub(super) fn text(self) -> String {
        match self.variation {
            Some(variation) => format!("{}{BETWEEN}{variation}", self.product),
            None => self.product.to_string(),
        }
    }

    /// Where it is found.
    pub(super) fn path(self) -> String {
        match self.variation {
            Some(variation) => format!("products/{}/variations/{variation}", self.product),
            None => format!("products/{}", self.product),
        }
    }
}

/// What a product has, as WooCommerce's screens call it.
pub(super) fn fields() -> Vec<RemoteField> {
    let writable = |mut field: RemoteField| {
        field.writable = true;
        field
    };
    let mut status = field("status", "Status", ValueForm::Text, Some(ProductField::Active));
    let rows = [
        ("publish", "true"),
        ("draft", "false"),
        ("pending", "false"),
        ("private", "false"),
        ("future", "false"),
        ("trash", "false"),
    ];
    status.rule =
        Rule::Table { rows: rows.iter().map(|(theirs, ours)| ((*theirs).into(), (*ours).into())).collect() };
    vec![
        writable(field("sku", "SKU", ValueForm::Text, Some(ProductField::Sku))),
        writable(field("name", "Product name", ValueForm::Text, Some(ProductField::Name))),
        // It has room for one, ours may be several: it is read alone.
        field("global_unique_id", "GTIN, UPC, EAN, or ISBN", ValueForm::Texts, Some(ProductField::Barcodes)),
        writable(field(
            WITH_TAX,
            "Regular price, where prices are entered with tax",
            ValueForm::Amount,
            Some(ProductField::Price),
        )),
        writable(field(
            WITHOUT_TAX,
            "Regular price, where prices are entered without tax",
            ValueForm::Amount,
            None,
        )),
        field(
            "price_with_tax",
            "Price now (sale or regular), where prices are entered with tax",
            ValueForm::Amount,
            None,
        ),
        field(
            "price_without_tax",
            "Price now (sale or regular), where prices are entered without tax",
            ValueForm::Amount,
            None,
        ),
        field("tax_class", "Tax class", ValueForm::Text, Some(ProductField::TaxCategory)),
        field("tax_status", "Tax status", ValueForm::Text, None),
        field("category", "Category, the first of them", ValueForm::Text, Some(ProductField::Category)),
        field("manage_stock", "Stock management", ValueForm::Flag, Some(ProductField::Stocked)),
        status,
    ]
}

/// Is it sold as it is? What has variations is sold by these; a group is other products, an external one is sold elsewhere.
pub(super) fn is_article(row: &Value) -> bool {
    !matches!(row["type"].as_str(), Some("variable" | "variable-subscription" | "grouped" | "external"))
}

/// Has it variations?
pub(super) fn has_variations(row: &Value) -> bool {
    matches!(row["type"].as_str(), Some("variable" | "variable-subscription"))
}

/// Is nothing of it carried or sent: what a line that is no product is matched with?
pub(super) fn is_service(row: &Value) -> bool {
    row["virtual"].as_bool() == Some(true) && is_article(row)
}

/// A product as our record; none where it has no number.
pub(super) fn product(row: &Value, with_tax: bool) -> Option<RemoteRecord> {
    let id = GoodId { product: rest::id(row)?, variation: None };
    Some(record(row, id, rest::plain(text(row, "name")), with_tax))
}

/// A variation as our record: what it does not say itself, its parent does.
pub(super) fn variation(row: &Value, parent: &Value, with_tax: bool) -> Option<RemoteRecord> {
    let id = GoodId { product: rest::id(parent)?, variation: Some(rest::id(row)?) };
    let attributes = row["attributes"].as_array();
    let options: Vec<String> = attributes
        .into_iter()
        .flatten()
        .map(|one| rest::plain(text(one, "option")))
        .filter(|option| !option.is_empty())
        .collect();
    let mut name = rest::plain(text(parent, "name"));
    if !options.is_empty() {
        name = format!("{name} – {}", options.join(", "));
    }
    let mut own = row.clone();
    own["categories"] = parent["categories"].clone();
    for inherited in ["tax_class", "tax_status", "manage_stock"] {
        if own[inherited] == "parent" {
            own[inherited] = parent[inherited].clone();
        }
    }
    // Of what is not on sale nothing is.
    if own["status"] == "publish" {
        own["status"] = parent["status"].clone();
    }
    let times = [changed_at_ms(row), changed_at_ms(parent)];
    let mut record = record(&own, id, name, with_tax);
    record.changed_at_ms = times.into_iter().flatten().max();
    Some(record)
}

fn record(row: &Value, id: GoodId, name: String, with_tax: bool) -> RemoteRecord {
    let barcode = text(row, "global_unique_id").trim().to_owned();
    let category = row["categories"].get(0).map(|first| rest::plain(text(first, "name")));
    let amount = |field: &str| Some(text(row, field).to_owned()).filter(|price| !price.is_empty());
    let (regular, price) = match with_tax {
        true => (WITH_TAX, "price_with_tax"),
        false => (WITHOUT_TAX, "price_without_tax"),
    };
    let told = [
        ("sku", Some(text(row, "sku").to_owned())),
        ("name", Some(name.clone())),
        // Versions before 9.2 do not have it: what is not there empties nothing.
        ("global_unique_id", row["global_unique_id"].as_str().map(|_| barcode.clone())),
        (regular, amount("regular_price")),
        (price, amount("price")),
        ("tax_class", Some(tax_class(row).to_owned())),
        ("tax_status", row["tax_status"].as_str().map(str::to_owned)),
        ("category", category),
        ("manage_stock", row["manage_stock"].as_bool().map(|managed| managed.to_string())),
        ("status", row["status"].as_str().map(str::to_owned)),
    ];
    let fields: BTreeMap<String, String> =
        told.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    RemoteRecord {
        id: id.text(),
        name,
        code: text(row, "sku").to_owned(),
        barcodes: if barcode.is_empty() { Vec::new() } else { vec![barcode] },
        active: row["status"] == "publish",
        changed_at_ms: changed_at_ms(row),
        fields,
    }
}

/// The name of its tax class: theirs is empty for the standard one, whose own word is `standard`; what is not taxed has none.
fn tax_class(row: &Value) -> &str {
    match (row["tax_status"].as_str(), text(row, "tax_class")) {
        (Some("none"), _) => "none",
        (_, "") => "standard",
        (_, class) => class,
    }
}

fn changed_at_ms(row: &Value) -> Option<i64> {
    rest::instant_ms(row["date_modified_gmt"].as_str()?)
}

fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name].as_str().unwrap_or_default()
}
