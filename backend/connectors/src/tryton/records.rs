//! Records: Tryton's lists as our records: points of sale, ways to pay, services, products.
//! A product's price or name changes its template's time alone, and what was just created has no time of change: all four are asked for.

use super::rpc;
use crate::command::{Page, RemoteRecord};
use crate::field;
use crate::misunderstood;
use crate::outcome::{Came, Done, Outcome};
use crate::setup::Setup;
use serde_json::{Value, json};
use shared::connect::{LinkKind, ProductField, RemoteField, Rule, ValueForm};

/// Records a page holds.
const PAGE: u32 = 200;

const PRODUCT: [&str; 12] = [
    "code",
    // Its `rec_name` begins with the code.
    "name",
    "active",
    "type",
    "list_price_used",
    "gross_price_used",
    "default_uom.symbol",
    "template.account_category.name",
    "identifiers.code",
    "write_date",
    "create_date",
    "template.write_date",
];

/// What a product has, as the form of Tryton calls it. The code is made of the template's and the variant's: it is not written to.
pub(super) fn fields() -> Vec<RemoteField> {
    let table = |rows: &[(&str, &str)]| Rule::Table {
        rows: rows.iter().map(|(theirs, ours)| ((*theirs).to_owned(), (*ours).to_owned())).collect(),
    };
    let mut name = field("name", "Name", ValueForm::Text, Some(ProductField::Name));
    name.writable = true;
    let mut unit = field("default_uom", "Default UoM", ValueForm::Text, Some(ProductField::Unit));
    unit.rule = table(&[
        ("u", "piece"),
        ("kg", "kilogram"),
        ("g", "gram"),
        ("l", "litre"),
        ("m", "metre"),
        ("lb", "pound"),
    ]);
    let mut kind = field("type", "Type", ValueForm::Text, Some(ProductField::Stocked));
    kind.rule = table(&[("goods", "true"), ("assets", "false"), ("service", "false")]);
    vec![
        field("code", "Code", ValueForm::Text, Some(ProductField::Sku)),
        name,
        field("identifiers", "Identifiers", ValueForm::Texts, Some(ProductField::Barcodes)),
        field("gross_price_used", "Gross price", ValueForm::Amount, Some(ProductField::Price)),
        field("list_price_used", "List price, without tax", ValueForm::Amount, None),
        field("account_category", "Account category", ValueForm::Text, Some(ProductField::TaxCategory)),
        unit,
        kind,
        field("active", "Active", ValueForm::Flag, Some(ProductField::Active)),
    ]
}

/// What was taken out of use is found only when it is asked for.
fn in_use_or_not() -> Value {
    json!(["active", "in", [true, false]])
}

/// A page of a list, by id.
pub(super) fn list(setup: &Setup, kind: LinkKind, after: Option<&str>, came: Option<Came<'_>>) -> Outcome {
    if let Some(came) = came {
        return page(came);
    }
    let beyond = json!(["id", ">", after.and_then(|id| id.parse::<i64>().ok()).unwrap_or(0)]);
    let ours = json!(["company", "=", rpc::company(setup)]);
    let (model, domain, fields): (&str, Value, &[&str]) = match kind {
        LinkKind::Store => ("sale.point", json!([beyond, ours]), &["rec_name"]),
        LinkKind::Tender => ("sale.point.payment.method", json!([beyond, ours]), &["rec_name"]),
        LinkKind::Line => (
            "product.product",
            json!([beyond, ["template.type", "=", "service"]]),
            &["code", "name", "active"],
        ),
        LinkKind::Product => ("product.product", json!([beyond, in_use_or_not()]), &PRODUCT),
    };
    Outcome::next(&kind.word(), rpc::read(setup, model, domain, (0, PAGE), fields))
}

/// A page of the products that were changed, by id.
pub(super) fn changed(
    setup: &Setup,
    since_ms: Option<i64>,
    after: Option<&str>,
    came: Option<Came<'_>>,
) -> Outcome {
    let (Some(since_ms), None) = (since_ms, came) else {
        return list(setup, LinkKind::Product, after, came);
    };
    let since = rpc::instant(since_ms);
    let beyond = json!(["id", ">", after.and_then(|id| id.parse::<i64>().ok()).unwrap_or(0)]);
    let domain = json!([
        beyond,
        in_use_or_not(),
        [
            "OR",
            ["write_date", ">=", since],
            ["create_date", ">=", since],
            ["template.write_date", ">=", since],
            ["template.create_date", ">=", since],
            ["identifiers.write_date", ">=", since],
            ["identifiers.create_date", ">=", since],
        ],
    ]);
    Outcome::next(&LinkKind::Product.word(), rpc::read(setup, "product.product", domain, (0, PAGE), &PRODUCT))
}

fn page(came: Came<'_>) -> Outcome {
    let answer = match rpc::result(came.response) {
        Ok(answer) => answer,
        Err(outcome) => return outcome,
    };
    let Some(rows) = answer.as_array() else { return misunderstood("a list was asked for") };
    let Some(records) = rows.iter().map(record).collect::<Option<Vec<_>>>() else {
        return misunderstood("a record without a number");
    };
    let is_full = u32::try_from(rows.len()).unwrap_or(u32::MAX) >= PAGE;
    let next = records.last().filter(|_| is_full).map(|record| record.id.clone());
    Outcome::Done(Done::Records(Page { records, next }))
}

fn record(row: &Value) -> Option<RemoteRecord> {
    let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let times = [&row["write_date"], &row["create_date"], &row["template."]["write_date"]];
    let is_product = row["type"].is_string();
    let identifiers = row["identifiers."].as_array();
    let barcodes: Vec<String> =
        identifiers.into_iter().flatten().filter_map(|one| one["code"].as_str().map(str::to_owned)).collect();
    let active = row["active"].as_bool().unwrap_or(true);
    let mut fields = std::collections::BTreeMap::new();
    if is_product {
        let unit = row["default_uom."]["symbol"].as_str();
        let category = row["template."]["account_category."]["name"].as_str();
        let told = [
            ("code", Some(text("code"))),
            ("name", row["name"].as_str().map(str::to_owned)),
            ("identifiers", Some(barcodes.join("\n"))),
            ("gross_price_used", rpc::decimal_text(&row["gross_price_used"]).map(str::to_owned)),
            ("list_price_used", rpc::decimal_text(&row["list_price_used"]).map(str::to_owned)),
            ("account_category", category.map(str::to_owned)),
            ("default_uom", unit.map(str::to_owned)),
            ("type", row["type"].as_str().map(str::to_owned)),
            ("active", Some(active.to_string())),
        ];
        fields.extend(told.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    }
    Some(RemoteRecord {
        id: row["id"].as_i64()?.to_string(),
        name: if row["name"].is_string() { text("name") } else { text("rec_name") },
        code: text("code"),
        barcodes,
        active,
        changed_at_ms: times.into_iter().filter_map(rpc::instant_ms).max(),
        fields,
    })
}
