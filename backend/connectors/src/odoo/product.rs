//! Product: what of a product we decide, written to its variant: Odoo passes name and price on to the template by itself.

use super::values::{exact, id, text};
use super::{records, rpc};
use crate::misunderstood;
use crate::outcome::{Came, Done, Outcome};
use crate::setup::Setup;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use shared::money::UnitPrice;
use std::collections::BTreeMap;

/// Where it stands.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Stand {
    /// Asked what it has.
    Looking,
    /// Asked to change it.
    Writing,
}

pub(super) fn write(
    setup: &Setup,
    product: &str,
    fields: &BTreeMap<String, String>,
    came: Option<Came<'_>>,
) -> Outcome {
    let Some(came) = came else { return look(setup, product) };
    let answer = match rpc::result(setup, came.response) {
        Ok(answer) => answer,
        Err(outcome) => return outcome,
    };
    match came.progress.read() {
        Some(Stand::Looking) => seen(setup, product, fields, &answer),
        Some(Stand::Writing) if answer == true => Outcome::Done(Done::Written),
        Some(Stand::Writing) => misunderstood("writing answers with true"),
        None => look(setup, product),
    }
}

fn look(setup: &Setup, product: &str) -> Outcome {
    let domain = json!([["id", "=", id(product)], records::in_use_or_not()]);
    let params = json!({
        "domain": domain, "fields": ["name", "display_name", "default_code", "lst_price", "product_variant_count"], "limit": 1, "order": "id",
        "context": records::plain_names(),
    });
    Outcome::next(
        &Stand::Looking,
        rpc::call(setup, ("product.product", "search_read"), rpc::On::Model, params),
    )
}

fn seen(setup: &Setup, product: &str, fields: &BTreeMap<String, String>, answer: &Value) -> Outcome {
    let Some(found) = answer.as_array() else { return misunderstood("a list of products was asked for") };
    let Some(there) = found.first() else {
        return Outcome::wedged(
            "Odoo does not have this product any more.",
            "Match it with another one there, or take the match away.",
        );
    };
    let mut values = Map::new();
    for (name, value) in fields {
        let same = match name.as_str() {
            "lst_price" => exact(&there["lst_price"]) == UnitPrice::parse(value).ok(),
            "default_code" => text(&there["default_code"]).unwrap_or_default() == value,
            "name" => there["display_name"] == value.as_str(),
            _ => continue,
        };
        if same {
            continue;
        }
        if name == "lst_price" && there["product_variant_count"].as_i64().unwrap_or(1) > 1 {
            return Outcome::wedged(
                "This is one of several variants in Odoo, which share one price. It was not changed.",
                "Set the price, or what this variant costs more, in Odoo; or let Odoo decide prices in the mapping.",
            );
        }
        if name == "name" && there["name"] != there["display_name"] {
            return variant(there["display_name"].as_str().unwrap_or_default());
        }
        let value = match name.as_str() {
            "lst_price" => super::values::number(value),
            _ => json!(value),
        };
        values.insert(name.clone(), value);
    }
    if values.is_empty() {
        return Outcome::Done(Done::Written);
    }
    let write = rpc::call(
        setup,
        ("product.product", "write"),
        rpc::On::These(&[id(product)]),
        json!({"vals": values}),
    );
    Outcome::next(&Stand::Writing, write)
}

/// Its name is that of all variants; what tells them apart stands behind it.
fn variant(name: &str) -> Outcome {
    Outcome::wedged(
        format!("“{name}” is one of several variants in Odoo, which share one name. It was not renamed."),
        "Rename the product in Odoo, or let Odoo decide names in the mapping.",
    )
}
