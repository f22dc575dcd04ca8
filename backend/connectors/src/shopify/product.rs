//! Product: what of a variant we decide: its price, and the title of the product it is of.

use super::call::{self, UserErrors, data};
use crate::misunderstood;
use crate::outcome::{Came, Done, Outcome};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::money::{Currency, Rounding, UnitPrice};
use std::collections::BTreeMap;

const VARIANT: &str = include_str!("graphql/variant.graphql");
const WRITE_VARIANT: &str = include_str!("graphql/write_variant.graphql");
const WRITE_PRODUCT: &str = include_str!("graphql/write_product.graphql");

/// Where it stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Stand {
    /// Asked what it has.
    Looking,
    /// Asked to change the price; its product, if the title is to follow.
    Price { title_of: Option<String> },
    /// Asked to change the title.
    Title,
}

pub(super) fn write(id: &str, fields: &BTreeMap<String, String>, came: Option<Came<'_>>) -> Outcome {
    let Some((stand, came)) = came.and_then(|came| Some((came.progress.read::<Stand>()?, came))) else {
        return match call::is_number(id) {
            true => {
                let variables = json!({"id": call::gid("ProductVariant", id)});
                Outcome::next(&Stand::Looking, call::call(VARIANT, &variables))
            }
            false => gone(),
        };
    };
    let answer = match data(came.response) {
        Ok(answer) => answer,
        Err(outcome) => return outcome,
    };
    match stand {
        Stand::Looking => seen(id, fields, &answer),
        Stand::Price { title_of } => priced(fields, title_of, &answer),
        Stand::Title => titled(fields, &answer),
    }
}

fn gone() -> Outcome {
    Outcome::wedged(
        "Shopify does not have this variant any more.",
        "Match it with another one there, or take the match away.",
    )
}

fn seen(id: &str, fields: &BTreeMap<String, String>, answer: &Value) -> Outcome {
    let variant = match answer.get("productVariant") {
        Some(Value::Null) => return gone(),
        Some(variant) => variant,
        None => return misunderstood("a variant was asked for"),
    };
    let (Some(price), Some(product), Some(title)) =
        (variant["price"].as_str(), variant["product"]["id"].as_str(), variant["product"]["title"].as_str())
    else {
        return misunderstood("a variant has a price and a product");
    };
    let wanted = fields.get("price").map(|wanted| fitted(wanted, price));
    if wanted == Some(None) {
        return Outcome::wedged(
            "A product in Shopify always has a price, and here it has none.",
            "Give it a price here, or let Shopify decide what its price is.",
        );
    }
    let title_of = fields.get("title").filter(|wanted| *wanted != title).map(|_| product.to_owned());
    if title_of.is_some() && variant["product"]["hasOnlyDefaultVariant"] != true {
        return Outcome::wedged(
            "This product has several variants in Shopify, and they share one title. Nothing was changed.",
            "Change the title there, or let Shopify decide names in the mapping.",
        );
    }
    match wanted.flatten().filter(|wanted| UnitPrice::parse(price) != Ok(*wanted)) {
        Some(wanted) => {
            let wanted = wanted.to_decimal(Currency::NONE);
            let variant = json!({"id": call::gid("ProductVariant", id), "price": wanted});
            let variables = json!({"productId": product, "variants": [variant]});
            Outcome::next(&Stand::Price { title_of }, call::call(WRITE_VARIANT, &variables))
        }
        None => then_title(fields, title_of),
    }
}

fn then_title(fields: &BTreeMap<String, String>, title_of: Option<String>) -> Outcome {
    let (Some(product), Some(title)) = (title_of, fields.get("title")) else {
        return Outcome::Done(Done::Written);
    };
    let variables = json!({"product": {"id": product, "title": title}});
    Outcome::next(&Stand::Title, call::call(WRITE_PRODUCT, &variables))
}

fn priced(fields: &BTreeMap<String, String>, title_of: Option<String>, answer: &Value) -> Outcome {
    let payload = &answer["productVariantsBulkUpdate"];
    match UserErrors::of(payload) {
        Ok(None) => {}
        Ok(Some(errors)) => return errors.outcome(),
        Err(outcome) => return outcome,
    }
    let kept = payload["productVariants"][0]["price"].as_str();
    match (fields.get("price"), kept) {
        (Some(wanted), Some(kept)) if fitted(wanted, kept) == UnitPrice::parse(kept).ok() => {
            then_title(fields, title_of)
        }
        (Some(wanted), Some(kept)) => Outcome::wedged(
            format!("Shopify was told the price {wanted} and has kept {kept}."),
            "Look at the product there.",
        ),
        _ => misunderstood("a variant was written to"),
    }
}

fn titled(fields: &BTreeMap<String, String>, answer: &Value) -> Outcome {
    let payload = &answer["productUpdate"];
    match UserErrors::of(payload) {
        Ok(None) => {}
        Ok(Some(errors)) => return errors.outcome(),
        Err(outcome) => return outcome,
    }
    match payload["product"]["title"].as_str() {
        Some(kept) if fields.get("title").is_some_and(|wanted| wanted == kept) => {
            Outcome::Done(Done::Written)
        }
        Some(kept) => Outcome::wedged(
            format!("Shopify was told another title and has kept “{kept}”."),
            "Look at the product there.",
        ),
        None => misunderstood("a product was written to"),
    }
}

/// The price we want, in as many digits as the store's prices have: without tax ours can have more.
fn fitted(wanted: &str, theirs: &str) -> Option<UnitPrice> {
    let digits = theirs.split_once('.').map_or(0, |(_, part)| part.len());
    UnitPrice::parse(wanted).ok()?.rounded_to(u32::try_from(digits).ok()?, Rounding::HalfUp).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_has_as_many_digits_as_theirs_have() {
        for (wanted, theirs, fits) in [
            ("12.75", "1.00", "12.75"),
            ("10.625", "1.00", "10.63"),
            ("1500.4", "900", "1500"),
            ("0.0004", "1.000", "0"),
        ] {
            assert_eq!(fitted(wanted, theirs), UnitPrice::parse(fits).ok(), "{wanted}");
        }
        assert_eq!((fitted("", "1.00"), fitted("x", "1.00")), (None, None));
    }
}
