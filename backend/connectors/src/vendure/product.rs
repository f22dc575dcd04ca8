//! Product: what of a variant we decide: its name in the channel's language, its price, whether it is sold. What is there already is
//! left alone, and what was answered is compared.

use super::api::{self, CHANNEL, Channel};
use super::variant::{ENABLED, NAME, PRICE, PRICE_WITH_TAX};
use super::{price, variant};
use crate::misunderstood;
use crate::outcome::{Came, Done, Outcome};
use crate::setup::Setup;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const ASKED: &str =
    "id enabled prices { currencyCode price } translations { languageCode name } product { enabled }";

/// Where it stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Stand {
    /// Asked for the variant.
    Looking,
    /// Asked to change it.
    Writing { channel: Channel },
}

pub(super) fn write(
    setup: &Setup,
    id: &str,
    fields: &BTreeMap<String, String>,
    came: Option<Came<'_>>,
) -> Outcome {
    let stand = came.and_then(|came| came.progress.read::<Stand>());
    let (Some(came), Some(stand)) = (came, stand) else { return look(id) };
    let next = api::data(setup, came.response).and_then(|data| match stand {
        Stand::Looking => seen(id, fields, &data),
        Stand::Writing { channel } => written(id, fields, &channel, &data),
    });
    next.unwrap_or_else(|outcome| outcome)
}

fn look(id: &str) -> Outcome {
    let query = format!("query Variant($id: ID!) {{ {CHANNEL} productVariant(id: $id) {{ {ASKED} }} }}");
    Outcome::next(&Stand::Looking, api::ask(&query, &json!({"id": id})))
}

fn seen(id: &str, fields: &BTreeMap<String, String>, data: &Value) -> Result<Outcome, Outcome> {
    let channel = api::channel(data)?;
    let variant = data.get("productVariant").ok_or_else(|| misunderstood("a variant was asked for"))?;
    if variant.is_null() {
        return Err(Outcome::wedged(
            "Vendure does not have this variant any more.",
            "Match the product with another one there, or take the match away.",
        ));
    }
    let mut input = differing(&channel, variant, fields)?;
    if input.is_empty() {
        return Ok(Outcome::Done(Done::Written));
    }
    input.insert("id".to_owned(), json!(id));
    let query = format!(
        "mutation Write($input: UpdateProductVariantInput!) {{ updateProductVariants(input: [$input]) {{ {ASKED} }} }}"
    );
    Ok(Outcome::next(&Stand::Writing { channel }, api::ask(&query, &json!({"input": input}))))
}

fn written(
    id: &str,
    fields: &BTreeMap<String, String>,
    channel: &Channel,
    data: &Value,
) -> Result<Outcome, Outcome> {
    let variant = &data["updateProductVariants"][0];
    if variant["id"].as_str() != Some(id) {
        return Err(misunderstood("the changed variant was asked for"));
    }
    match differing(channel, variant, fields)?.is_empty() {
        true => Ok(Outcome::Done(Done::Written)),
        false => Err(misunderstood("the variant does not have what it was given")),
    }
}

/// What of the fields is not there yet, as its input.
fn differing(
    channel: &Channel,
    variant: &Value,
    fields: &BTreeMap<String, String>,
) -> Result<Map<String, Value>, Outcome> {
    let mut input = Map::new();
    for (field, value) in fields {
        let change = match field.as_str() {
            NAME => name(channel, variant, value)?.map(|names| ("translations", names)),
            PRICE => amount(channel, variant, value)?.map(|price| ("price", price)),
            PRICE_WITH_TAX if channel.with_tax => {
                amount(channel, variant, value)?.map(|price| ("price", price))
            }
            PRICE_WITH_TAX => return Err(without_tax()),
            ENABLED => enabled(variant, value)?.map(|enabled| ("enabled", enabled)),
            other => return Err(misunderstood(&format!("“{other}” cannot be changed there"))),
        };
        input.extend(change.map(|(name, value)| (name.to_owned(), value)));
    }
    Ok(input)
}

/// In the channel's own language; what it is called in others stays.
fn name(channel: &Channel, variant: &Value, wanted: &str) -> Result<Option<Value>, Outcome> {
    let known = variant["translations"].as_array().ok_or_else(|| misunderstood("a variant has names"))?;
    let own = known.iter().find(|one| one["languageCode"].as_str() == Some(&channel.language));
    let is_there = own.is_some_and(|own| own["name"].as_str() == Some(wanted));
    Ok((!is_there).then(|| json!([{"languageCode": channel.language, "name": wanted}])))
}

fn amount(channel: &Channel, variant: &Value, wanted: &str) -> Result<Option<Value>, Outcome> {
    if wanted.trim().is_empty() {
        return Err(Outcome::wedged(
            "Vendure has no variant without a price.",
            "Give the product a price here, or switch it off.",
        ));
    }
    // Without tax it was worked out of a price with tax, and ends somewhere behind the penny.
    let price = price::minor(wanted, channel.digits, !channel.with_tax);
    let price = price.filter(|price| *price >= 0).ok_or_else(|| {
        let digits = channel.digits;
        Outcome::wedged(
            format!("“{wanted}” is no price for Vendure: it keeps {digits} decimals."),
            "Set the price of the product here anew.",
        )
    })?;
    let kept = variant::kept(channel, variant).and_then(Value::as_i64);
    Ok((kept != Some(price)).then(|| json!(price)))
}

fn without_tax() -> Outcome {
    Outcome::wedged(
        "This channel of Vendure keeps its prices without tax: not every price with tax can be one of them.",
        "Map the price to “Price as the channel keeps it”, with the rule that adds tax; then send it again.",
    )
}

fn enabled(variant: &Value, wanted: &str) -> Result<Option<Value>, Outcome> {
    let is_on = variant::is_enabled(variant).ok_or_else(|| misunderstood("a variant is enabled or not"))?;
    let wants = wanted.parse::<bool>().map_err(|_| misunderstood("on or off was to be written"))?;
    if wants && !is_on && variant["product"]["enabled"].as_bool() == Some(false) {
        return Err(Outcome::wedged(
            "The whole product is disabled in Vendure.",
            "Enable the product there, then send this again.",
        ));
    }
    Ok((wants != is_on).then(|| json!(wants)))
}
