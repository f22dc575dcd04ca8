//! WooCommerce's coupons as promotions: what 103 of them take off, line by line.
//!
//! Each comes to the same, or is in a list of those that differ by intent; one of the list that comes to the same fails too.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use serde_json::Value;
use shared::calendar::LocalTime;
use shared::catalog::{Product, Unit};
use shared::ids::{CategoryId, LineId, ProductId, PromotionId, SaleId, StoreId, TaxCategoryId};
use shared::money::{Currency, Minor, MoneyError, Quantity, Rate, Rounding, UnitPrice};
use shared::pricing::*;
use shared::sale::{Cart, CartLine};
use shared::tax::TaxSettings;
use std::collections::BTreeMap;
use uuid::Uuid;

const PER_PIECE: &str = "WooCommerce shares an amount off the cart out by pieces, here it goes by what the lines come to, so that a \
                         refund of a dear line gives back its part; the sum is the same";
const OF_THE_WHOLE: &str = "WooCommerce takes the percentage of the whole and evens the lines out to it; here it is of each line, as \
                            the receipt shows it";
const ITS_GOODS: &str = "an amount off the cart looks at no single line there: any line it is not for forbids it, or does not matter; \
                         here it goes off the goods it is for";
const FINER: &str = "a unit price of more than four decimals, made up from what another coupon left; here a promotion works on what is \
                     left of the line";

const BY_INTENT: &[(usize, &str)] = &[
    (7, PER_PIECE),
    (14, PER_PIECE),
    (15, PER_PIECE),
    (16, PER_PIECE),
    (42, OF_THE_WHOLE),
    (49, PER_PIECE),
    (50, PER_PIECE),
    (51, ITS_GOODS),
    (68, PER_PIECE),
    (92, FINER),
    (95, FINER),
    (100, ITS_GOODS),
    (101, PER_PIECE),
];

fn id(value: &Value) -> Uuid {
    Uuid::from_u128(u128::from(value.as_u64().unwrap()))
}

fn currency(digits: u64) -> Currency {
    Currency::parse(["JPY", "", "GBP", "KWD", "CLF"][usize::try_from(digits).unwrap()]).unwrap()
}

fn ids<'a>(of: &'a Value, key: &str) -> Vec<&'a Value> {
    of[key].as_array().into_iter().flatten().collect()
}

fn is_in(item: &Value, categories: &[&Value]) -> bool {
    ids(item, "categories").iter().any(|category| categories.iter().any(|known| **known == category["id"]))
}

fn line(at: usize, item: &Value) -> Result<CartLine, MoneyError> {
    let product = Product {
        id: ProductId(id(&item["product_id"])),
        parent_id: None,
        sku: String::new(),
        name: String::new(),
        options: vec![],
        barcodes: vec![],
        category_id: ids(item, "categories").first().map(|category| CategoryId(id(&category["id"]))),
        unit: Unit::Piece,
        tax_category_id: TaxCategoryId(Uuid::nil()),
        price: Some(UnitPrice::parse(&item["price"].to_string())?),
        picture: None,
        stocked: true,
        active: true,
        favourite: false,
    };
    let quantity = Quantity::parse(&item["quantity"].to_string())?;
    Ok(CartLine::of(&product, LineId(Uuid::from_u128(at as u128)), quantity, None, 0).unwrap())
}

/// The coupon as a promotion. It is for goods named and of groups named where both are; sale items are named one by one.
fn promotion(coupon: &Value, items: &[Value], currency: Currency) -> Option<Promotion> {
    let amount = coupon["amount"].as_str().unwrap();
    let kind = coupon["discount_type"].as_str().unwrap();
    let (products, categories) = (ids(coupon, "product_ids"), ids(coupon, "product_categories"));
    let (not, not_in) = (ids(coupon, "excluded_product_ids"), ids(coupon, "excluded_product_categories"));
    let excluded = |item: &&Value| {
        not.contains(&&item["product_id"])
            || (kind != "fixed_cart" && is_in(item, &not_in))
            || (coupon["exclude_sale_items"] == true && item["on_sale"] == true)
            || (kind != "fixed_cart" && !categories.is_empty() && !is_in(item, &categories))
    };
    let offer = match kind {
        "percent" => Offer::Percent(Rate::parse_percent(amount).ok()?.min(Rate(1_000_000))),
        "fixed_product" => Offer::EachOff(UnitPrice::parse(amount).ok()?),
        _ => Offer::AmountOff(Minor::parse(amount, currency).ok()?),
    };
    Some(Promotion {
        id: PromotionId(Uuid::nil()),
        name: "Coupon".into(),
        priority: 0,
        stacking: Stacking::Alone,
        currency: None,
        applies: Applies::default(),
        coupon: None,
        goods: Goods {
            products: products.iter().map(|product| ProductId(id(product))).collect(),
            categories: vec![],
            without: items.iter().filter(excluded).map(|item| ProductId(id(&item["product_id"]))).collect(),
        },
        minimum: None,
        most_times: coupon["limit_usage_to_x_items"].as_u64().map(|most| u32::try_from(most).unwrap()),
        offer,
    })
}

/// What is off each product, in minor units, and what WooCommerce says.
fn differences(case: &Value) -> Vec<String> {
    let (coupon, items) = (&case["args"][0], case["args"][1].as_array().unwrap());
    let digits = case["args"].get(2).map_or(2, |digits| digits.as_u64().unwrap());
    let currency = currency(digits);
    let mut cart = Cart::new(SaleId(Uuid::nil()));
    for (at, item) in items.iter().enumerate() {
        match line(at, item) {
            Ok(line) => cart.lines.push(line),
            Err(error) => return vec![error.to_string()],
        }
    }
    let promotions: Vec<Promotion> = promotion(coupon, items, currency).into_iter().collect();
    let occasion = Occasion {
        store_id: StoreId(Uuid::nil()),
        currency,
        tax: TaxSettings { rounding: Rounding::HalfTowardsZero, ..TaxSettings::default() },
        group_id: None,
        time: LocalTime { at_ms: 0, offset_minutes: 0 },
        price_lists: &[],
        promotions: &promotions,
    };
    let offered = offered(&cart, &occasion).unwrap();
    let mut found: BTreeMap<Uuid, i64> = BTreeMap::new();
    for (line, offer) in cart.lines.iter().zip(&offered.lines) {
        let off: i64 = offer.promotions.iter().map(|part| part.off.0).sum();
        if off != 0 {
            *found.entry(line.product_id.unwrap().0).or_default() += off;
        }
    }
    let minor = |number: &Value| Minor::parse(&number.to_string(), currency).unwrap().0;
    let mut wanted: BTreeMap<Uuid, i64> = BTreeMap::new();
    for item in ids(&case["result"], "perItem").iter().filter(|item| minor(&item["discount"]) != 0) {
        *wanted.entry(id(&item["product_id"])).or_default() += minor(&item["discount"]);
    }
    let (all, sum) = (minor(&case["result"]["totalDiscount"]), found.values().sum::<i64>());
    let mut differences = Vec::new();
    if all != sum {
        differences.push(format!("in all {all}, found {sum}"));
    }
    if wanted != found {
        differences.push(format!("{:?}, found {:?}", wanted.values(), found.values()));
    }
    differences
}

#[test]
fn what_coupons_of_woocommerce_take_off() {
    let data: Value = serde_json::from_str(include_str!("data/wcpos_order_math.json")).unwrap();
    let cases = data["cases"].as_array().unwrap().iter();
    let (mut wrong, mut number) = (Vec::new(), 0);
    for case in cases.filter(|case| case["fn"] == "calculateCouponDiscount") {
        number += 1;
        let by_intent = BY_INTENT.iter().find(|(known, _)| *known == number);
        let differences = differences(case);
        match (differences.is_empty(), by_intent) {
            (true, None) => {}
            (false, Some((_, reason))) => {
                let same_sum = !differences.iter().any(|difference| difference.starts_with("in all"));
                if *reason == PER_PIECE && !same_sum {
                    wrong.push(format!("{number}: the sum differs too: {differences:?}"));
                }
            }
            (true, Some(_)) => wrong.push(format!("{number}: listed as different, and is the same")),
            (false, None) => {
                let kind = &case["args"][0]["discount_type"];
                wrong.push(format!("{number} {kind} {}: {}", case["test"], differences.join("; ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(number, 103);
}
