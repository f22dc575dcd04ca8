//! Product: what of a product we decide, written to it or to a variation.

use super::catalog;
use super::goods::{GoodId, WITH_TAX, WITHOUT_TAX};
use super::rest;
use crate::exchange::{Method, Response};
use crate::misunderstood;
use crate::outcome::{Came, Done, Outcome};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use shared::money::UnitPrice;
use std::collections::BTreeMap;

/// Where it stands.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Stand {
    /// Asked whether prices are with tax.
    Setting,
    /// Asked what it has.
    Looking,
    /// Asked to change it.
    Writing,
}

pub(super) fn write(id: &str, fields: &BTreeMap<String, String>, came: Option<Came<'_>>) -> Outcome {
    let Some((stand, response)) = came.and_then(|came| Some((came.progress.read()?, came.response))) else {
        return match fields.contains_key(WITH_TAX) || fields.contains_key(WITHOUT_TAX) {
            true => Outcome::next(&Stand::Setting, rest::settings("tax")),
            false => look(id),
        };
    };
    let outcome = match stand {
        Stand::Setting => catalog::with_tax(response).map(|with_tax| match wrong_price(fields, with_tax) {
            Some(wedged) => wedged,
            None => look(id),
        }),
        Stand::Looking => seen(id, fields, response),
        Stand::Writing => written(id, fields, response),
    };
    outcome.unwrap_or_else(|outcome| outcome)
}

/// A price of ours may only go where it means the same.
fn wrong_price(fields: &BTreeMap<String, String>, with_tax: bool) -> Option<Outcome> {
    let (wrong, how) = match with_tax {
        true => (WITHOUT_TAX, "with"),
        false => (WITH_TAX, "without"),
    };
    fields.contains_key(wrong).then(|| {
        Outcome::wedged(
            format!("Prices are entered {how} tax in this WooCommerce, and the price is matched with the other kind."),
            format!("Match the price with the regular price {how} tax here, then send it again."),
        )
    })
}

fn look(id: &str) -> Outcome {
    let Some(id) = GoodId::parse(id) else { return gone() };
    Outcome::next(&Stand::Looking, rest::get(&id.path(), &[]))
}

fn gone() -> Outcome {
    Outcome::wedged(
        "WooCommerce does not have this product any more.",
        "Match it with another one there, or take the match away.",
    )
}

fn seen(id: &str, fields: &BTreeMap<String, String>, response: &Response) -> Result<Outcome, Outcome> {
    let Some(good) = GoodId::parse(id) else { return Ok(gone()) };
    if is_gone(response) {
        return Ok(gone());
    }
    let product = rest::answer(response)?;
    if rest::id(&product).is_none() {
        return Err(misunderstood("a product was asked for"));
    }
    if good.variation.is_some() && fields.contains_key("name") {
        return Ok(Outcome::wedged(
            "A variation has no name of its own in WooCommerce: its product’s, and what it varies in.",
            "Change the name there, or let WooCommerce decide names.",
        ));
    }
    let wanted = differing(&product, fields);
    if wanted.is_empty() {
        return Ok(Outcome::Done(Done::Written));
    }
    let request = rest::send(Method::Put, &good.path(), &Value::Object(wanted));
    Ok(Outcome::next(&Stand::Writing, request))
}

fn written(id: &str, fields: &BTreeMap<String, String>, response: &Response) -> Result<Outcome, Outcome> {
    if is_gone(response) {
        return Ok(gone());
    }
    let product = rest::answer(response)?;
    let expected = GoodId::parse(id).map(|id| id.variation.unwrap_or(id.product));
    if rest::id(&product) != expected || !differing(&product, fields).is_empty() {
        return Err(misunderstood("a product that was changed has what was said"));
    }
    Ok(Outcome::Done(Done::Written))
}

/// What of ours is not there yet, in their names.
fn differing(product: &Value, fields: &BTreeMap<String, String>) -> Map<String, Value> {
    let theirs = |name: &str| match name {
        WITH_TAX | WITHOUT_TAX => Some("regular_price"),
        "name" => Some("name"),
        "sku" => Some("sku"),
        _ => None,
    };
    let mut wanted = Map::new();
    for (name, value) in fields {
        let Some(name) = theirs(name) else { continue };
        let there = rest::plain(product[name].as_str().unwrap_or_default());
        let same = match (name, UnitPrice::parse(value), UnitPrice::parse(&there)) {
            ("regular_price", Ok(ours), Ok(theirs)) => ours == theirs,
            _ => there == *value,
        };
        if !same {
            wanted.insert(name.to_owned(), json!(value));
        }
    }
    wanted
}

fn is_gone(response: &Response) -> bool {
    let Response::Answer { status: 400 | 404, body, .. } = response else { return false };
    let code = serde_json::from_slice::<Value>(body).ok();
    code.is_some_and(|body| {
        let code = body["code"].as_str().unwrap_or_default();
        matches!(
            code,
            "woocommerce_rest_product_invalid_id"
                | "woocommerce_rest_product_variation_invalid_id"
                | "woocommerce_rest_invalid_product_id"
        )
    })
}
