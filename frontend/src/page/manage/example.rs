//! Example: what a promotion does with goods that are made up for it, worked out by the rules of the till.

use crate::i18n::{self, t};
use shared::calendar::LocalTime;
use shared::catalog::{Product, Unit};
use shared::ids::{LineId, ProductId, SaleId, StoreId, TaxCategoryId};
use shared::money::{Currency, Minor, Quantity, Rounding, UnitPrice};
use shared::pricing::{Applies, Goods, Occasion, Offer, Promotion, TierBy, offered};
use shared::sale::{Cart, CartLine, PriceRules, PricedCart, price_offered};
use shared::tax::TaxSettings;
use uuid::Uuid;

/// The example in a sentence: "3 × £10.00 come to £20.00 instead of £30.00".
pub fn example_words(promotion: &Promotion, currency: Currency) -> Option<String> {
    let (cart, priced) = example(promotion, currency)?;
    let line = |line: &CartLine| {
        format!("{} × {}", i18n::quantity(line.quantity), i18n::unit_price(line.list_price, currency))
    };
    let goods = cart.lines.iter().map(line).collect::<Vec<_>>().join(" + ");
    let (total, before) =
        (i18n::money(priced.total, currency), i18n::money(priced.before_discounts, currency));
    Some(if priced.savings.is_zero() {
        t!("manage.example.nothing", goods = goods, total = total)
    } else {
        t!("manage.example.words", goods = goods, total = total, before = before)
    })
}

/// A cart for which the promotion is meant, at this promotion's price.
fn example(promotion: &Promotion, currency: Currency) -> Option<(Cart, PricedCart)> {
    let promotion = Promotion { applies: Applies::default(), coupon: None, ..promotion.clone() };
    let time = LocalTime { at_ms: 0, offset_minutes: 0 };
    let tax = TaxSettings::default();
    let cart = example_cart(&promotion, currency)?;
    let occasion = Occasion {
        store_id: StoreId(Uuid::nil()),
        currency,
        tax,
        group_id: None,
        time,
        price_lists: &[],
        promotions: std::slice::from_ref(&promotion),
    };
    let offered = offered(&cart, &occasion).ok()?;
    let rules = PriceRules { currency, tax, tax_categories: &[], day: time.day() };
    let priced = price_offered(&cart, &rules, offered).ok()?;
    Some((cart, priced))
}

fn example_cart(promotion: &Promotion, currency: Currency) -> Option<Cart> {
    let ten = UnitPrice(100_000);
    let goods = &promotion.goods;
    let wanted: Vec<(&Goods, i64, UnitPrice)> = match &promotion.offer {
        Offer::Percent(_) | Offer::EachOff(_) => vec![(goods, enough(promotion, ten, currency, 2), ten)],
        Offer::AmountOff(off) => {
            vec![(goods, enough(promotion, ten, currency, pieces_for(*off, ten, currency)), ten)]
        }
        Offer::Tiers(tiers) => {
            let most = tiers.steps.iter().map(|step| step.from).max()?;
            let pieces = match tiers.by {
                TierBy::Quantity => most.checked_add(999)? / 1_000,
                TierBy::Amount => pieces_for(Minor(most), ten, currency),
            };
            vec![(goods, enough(promotion, ten, currency, pieces), ten)]
        }
        Offer::BuyGet(offer) => match &offer.gifts {
            None => {
                let set = i64::from(offer.buy).checked_add(i64::from(offer.get))?;
                vec![(goods, enough(promotion, ten, currency, set), ten)]
            }
            Some(gifts) => vec![
                (goods, enough(promotion, ten, currency, i64::from(offer.buy)), ten),
                (gifts, i64::from(offer.get), UnitPrice(40_000)),
            ],
        },
        Offer::ForPrice(offer) => {
            let price = a_quarter_more(offer.price, i64::from(offer.count), currency)?.max(ten);
            vec![(goods, i64::from(offer.count), price)]
        }
        Offer::Bundle(bundle) => {
            let count = bundle.parts.iter().map(|part| i64::from(part.count)).sum();
            let price = a_quarter_more(bundle.price, count, currency)?.max(ten);
            bundle.parts.iter().map(|part| (&part.goods, i64::from(part.count), price)).collect()
        }
    };
    let mut cart = Cart::new(SaleId(Uuid::nil()));
    for (number, (goods, pieces, price)) in (1..).zip(wanted) {
        let product = a_product(goods, number, price);
        let line = LineId(Uuid::from_u128(number));
        let line = CartLine::of(&product, line, Quantity::pieces(pieces).ok()?, None, 0).ok()?;
        cart.lines.push(line);
    }
    Some(cart)
}

/// So many pieces, or as many as the promotion's least amount needs.
fn enough(promotion: &Promotion, price: UnitPrice, currency: Currency, pieces: i64) -> i64 {
    let least = promotion.minimum.map_or(0, |minimum| pieces_for(minimum, price, currency));
    pieces.max(least).max(1)
}

/// Pieces of a price that come to an amount.
fn pieces_for(amount: Minor, price: UnitPrice, currency: Currency) -> i64 {
    let each = price.times(Quantity::ONE, currency.digits(), Rounding::HalfAwayFromZero);
    let each = each.map_or(1, |each| each.0.max(1));
    amount.0.checked_add(each - 1).map_or(1, |sum| sum / each)
}

/// A price of a piece that makes the set worth a quarter more, in whole units.
fn a_quarter_more(price: Minor, pieces: i64, currency: Currency) -> Option<UnitPrice> {
    let one = UnitPrice(10_000);
    let whole =
        UnitPrice::from_minor(price, currency).ok()?.0.checked_mul(5)?.checked_div(pieces.checked_mul(4)?)?;
    Some(UnitPrice(whole.checked_div(one.0)?.checked_add(1)?.checked_mul(one.0)?))
}

/// A product that is of the goods.
fn a_product(goods: &Goods, number: u128, price: UnitPrice) -> Product {
    Product {
        id: goods.products.first().copied().unwrap_or(ProductId(Uuid::from_u128(number))),
        parent_id: None,
        sku: String::new(),
        name: String::new(),
        options: Vec::new(),
        barcodes: Vec::new(),
        category_id: goods.categories.first().copied(),
        unit: Unit::Piece,
        tax_category_id: TaxCategoryId(Uuid::nil()),
        price: Some(price),
        picture: None,
        stocked: false,
        active: true,
        favourite: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use wasm_bindgen_test::wasm_bindgen_test;

    fn comes_to(offer: Value) -> (i64, i64) {
        let body = json!({ "id": Uuid::nil(), "name": "x", "currency": "GBP", "offer": offer });
        let promotion = serde_json::from_value(body).unwrap();
        let (_, priced) = example(&promotion, Currency::parse("GBP").unwrap()).unwrap();
        (priced.before_discounts.0, priced.total.0)
    }

    #[wasm_bindgen_test]
    fn every_kind_has_an_example_that_gives_something() {
        let part = |id: u128| json!({ "goods": { "products": [Uuid::from_u128(id)] }, "count": 1 });
        for (offer, before, total) in [
            (json!({ "percent": 100_000 }), 2_000, 1_800),
            (json!({ "each_off": 20_000 }), 2_000, 1_600),
            (json!({ "amount_off": 1_500 }), 2_000, 500),
            (json!({ "buy_get": { "buy": 2, "get": 1, "off": 1_000_000 } }), 3_000, 2_000),
            (
                json!({ "buy_get": { "buy": 1, "get": 1, "off": 500_000, "gifts": { "products": [Uuid::from_u128(9)] } } }),
                1_400,
                1_200,
            ),
            (json!({ "for_price": { "count": 3, "price": 2_500 } }), 3_300, 2_500),
            (json!({ "bundle": { "parts": [part(1), part(2)], "price": 1_500 } }), 2_000, 1_500),
            (
                json!({ "tiers": { "by": "quantity", "steps": [{ "from": 3_000, "off": 100_000 }] } }),
                3_000,
                2_700,
            ),
        ] {
            assert_eq!(comes_to(offer.clone()), (before, total), "{offer}");
        }
    }
}
