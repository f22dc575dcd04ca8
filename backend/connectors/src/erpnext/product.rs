//! Product: what of an item we decide: its name, and the price that counts in the price list. What is there already is left alone.

use super::api::{self, Ask};
use super::price;
use crate::misunderstood;
use crate::outcome::{Came, Done, Outcome};
use crate::setup::Setup;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::money::UnitPrice;
use std::collections::BTreeMap;

const NAME: &str = "item_name";
const RATE: &str = "price_list_rate";

/// Where it stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Stand {
    /// Asked for the item.
    Looking,
    /// Asked to change its name.
    Naming { unit: String },
    /// Asked for its prices.
    Prices { unit: String },
    /// Asked to change or add one.
    Pricing,
}

pub(super) fn write(
    setup: &Setup,
    id: &str,
    fields: &BTreeMap<String, String>,
    came: Option<Came<'_>>,
) -> Outcome {
    let stand = came.and_then(|came| came.progress.read::<Stand>());
    let (Some(came), Some(stand)) = (came, stand) else { return look(id) };
    let next = match stand {
        Stand::Looking => api::rows(came.response).and_then(|rows| seen(setup, id, fields, &rows)),
        Stand::Naming { unit } => api::data(came.response).and_then(|item| match fields.get(NAME) {
            Some(name) if api::text(&item, NAME) != name => Err(misunderstood("the item has another name")),
            _ => Ok(prices(setup, id, fields, unit)),
        }),
        Stand::Prices { unit } => {
            let today = price::today(setup, came.response).ok_or_else(undated);
            api::rows(came.response).and_then(|rows| {
                let counting = price::counting(&rows, id, &unit, today?);
                Ok(reprice(setup, id, fields, &unit, counting))
            })
        }
        Stand::Pricing => api::data(came.response).and_then(|row| match fields.get(RATE) {
            Some(rate) if !is_same(&row[RATE], rate) => Err(misunderstood("the item has another price")),
            _ => Ok(Outcome::Done(Done::Written)),
        }),
    };
    next.unwrap_or_else(|outcome| outcome)
}

fn look(id: &str) -> Outcome {
    let request = api::list(Ask {
        doctype: "Item",
        parent: None,
        fields: &["name", NAME, "stock_uom"],
        filters: json!([["name", "=", id]]),
        or_filters: None,
        order: "name asc",
        limit: 1,
    });
    Outcome::next(&Stand::Looking, request)
}

fn seen(
    setup: &Setup,
    id: &str,
    fields: &BTreeMap<String, String>,
    rows: &[Value],
) -> Result<Outcome, Outcome> {
    let Some(item) = rows.first() else {
        return Err(Outcome::wedged(
            "ERPNext does not have this item any more.",
            "Match it with another one there, or take the match away.",
        ));
    };
    let Some(unit) = item["stock_uom"].as_str() else { return Err(misunderstood("an item has a unit")) };
    match fields.get(NAME) {
        Some(name) if api::text(item, NAME) != name => {
            let request = api::update("Item", id, &json!({NAME: name}));
            Ok(Outcome::next(&Stand::Naming { unit: unit.to_owned() }, request))
        }
        _ => Ok(prices(setup, id, fields, unit.to_owned())),
    }
}

fn prices(setup: &Setup, id: &str, fields: &BTreeMap<String, String>, unit: String) -> Outcome {
    if !fields.contains_key(RATE) {
        return Outcome::Done(Done::Written);
    }
    Outcome::next(&Stand::Prices { unit }, price::ask(setup, &[id]))
}

fn reprice(
    setup: &Setup,
    id: &str,
    fields: &BTreeMap<String, String>,
    unit: &str,
    counting: Option<&Value>,
) -> Outcome {
    let Some(rate) = fields.get(RATE) else { return Outcome::Done(Done::Written) };
    if UnitPrice::parse(rate).is_err() {
        return Outcome::wedged(format!("“{rate}” is no price."), "Set the price of the product here anew.");
    }
    let value = api::number(rate);
    match counting {
        Some(row) if is_same(&row[RATE], rate) => Outcome::Done(Done::Written),
        Some(row) => Outcome::next(
            &Stand::Pricing,
            api::update("Item Price", api::text(row, "name"), &json!({RATE: value})),
        ),
        None => {
            let price =
                json!({"item_code": id, "price_list": setup.text("price_list"), "uom": unit, RATE: value});
            Outcome::next(&Stand::Pricing, api::insert("Item Price", &price))
        }
    }
}

fn is_same(theirs: &Value, ours: &str) -> bool {
    let theirs = api::decimal(theirs).and_then(|text| UnitPrice::parse(&text).ok());
    theirs.is_some() && theirs == UnitPrice::parse(ours).ok()
}

fn undated() -> Outcome {
    misunderstood("its date is missing, and prices count from a day to a day")
}
