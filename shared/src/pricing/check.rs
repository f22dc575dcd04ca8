//! Check: what cannot be in a price list or a promotion, by field, for whoever writes one and for whoever keeps it.

use super::{Applies, Bundle, Goods, Offer, PriceList, Promotion, TierBy, Tiers};
use crate::money::{Minor, Rate, UnitPrice};
use crate::store::WrongSetting;

/// Most prices in a list: tablets keep it whole.
pub const MOST_PRICES: usize = 5_000;
/// Most products or groups that a promotion names.
const MOST_NAMED: usize = 500;
/// Most parts of a bundle, and most steps.
const MOST_PARTS: usize = 12;
/// Most pieces in a set.
const MOST_PIECES: u32 = 1_000;
/// Largest amount, in minor units, and largest price.
const MOST: Minor = Minor(100_000_000_000);
const DEAREST: UnitPrice = UnitPrice(1_000_000_000_000);
const MINUTES: u16 = 24 * 60;

/// A field that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFault {
    /// Which field, as in the JSON.
    pub field: &'static str,
    /// What is wrong with it.
    pub wrong: Wrong,
}

/// What is wrong with a field, and what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// No name, or a long one.
    #[error("Give it a name of at most 60 letters.")]
    Name,
    /// Out of bounds.
    #[error("A priority is a whole number from -1000 to 1000.")]
    Priority,
    /// The end is before the beginning.
    #[error("The last day is before the first.")]
    Days,
    /// No time of the day, or an empty time.
    #[error("Give two times of the day that differ.")]
    Hours,
    /// Not 1 to 7.
    #[error("A day of the week is a number from 1, Monday, to 7.")]
    Weekdays,
    /// No code, or a long one.
    #[error("Give a code of at most 40 letters.")]
    Code,
    /// Not above zero.
    #[error("Give a whole number from 1 to 1,000,000, or none.")]
    Times,
    /// Amounts of no currency.
    #[error("Say which currency its amounts are in.")]
    Currency,
    /// Not above 0 and up to 100 %.
    #[error("Give a percentage above 0 and up to 100.")]
    Share,
    /// Not above zero, or too large.
    #[error("Give an amount above zero.")]
    Amount,
    /// Below zero, or too large.
    #[error("Give a price from 0 to 100,000,000.")]
    Price,
    /// Not a number of pieces.
    #[error("Give a whole number from 1 to 1,000.")]
    Pieces,
    /// No steps, too many, or two of the same.
    #[error("Give one to twelve steps, each from another quantity or amount above zero.")]
    Steps,
    /// Nothing named.
    #[error("Choose the products or categories.")]
    Goods,
    /// Too much named.
    #[error("At most 500 products and categories; choose a category instead.")]
    TooMany,
    /// Not enough parts, or too many.
    #[error("A bundle has two to twelve parts.")]
    Parts,
    /// No prices, or too many.
    #[error("Give one to 5,000 prices.")]
    Prices,
    /// Twice the same.
    #[error("A product has two prices from the same quantity on.")]
    Twice,
}

impl From<RuleFault> for WrongSetting {
    fn from(RuleFault { field, wrong }: RuleFault) -> Self {
        Self { field: field.to_owned(), message: wrong.to_string() }
    }
}

/// Notes what cannot be.
#[derive(Default)]
struct Faults(Vec<RuleFault>);

impl Faults {
    fn unless(&mut self, fits: bool, field: &'static str, wrong: Wrong) {
        if !fits {
            self.0.push(RuleFault { field, wrong });
        }
    }

    fn head(&mut self, name: &str, priority: i64, applies: &Applies) {
        let letters = name.trim().chars().count();
        self.unless((1..=60).contains(&letters) && !name.contains(char::is_control), "name", Wrong::Name);
        self.unless((-1_000..=1_000).contains(&priority), "priority", Wrong::Priority);
        let ends = applies.from.zip(applies.to).is_none_or(|(from, to)| from <= to);
        self.unless(ends, "applies.to", Wrong::Days);
        let (from, to) = (applies.from_minute.unwrap_or(0), applies.to_minute.unwrap_or(MINUTES));
        self.unless(from < MINUTES && to <= MINUTES && from != to, "applies.from_minute", Wrong::Hours);
        let weekdays = applies.weekdays.iter().all(|day| (1..=7).contains(day));
        self.unless(weekdays && applies.weekdays.len() <= 7, "applies.weekdays", Wrong::Weekdays);
    }

    fn share(&mut self, off: Rate, field: &'static str) {
        self.unless((1..=1_000_000).contains(&off.0), field, Wrong::Share);
    }

    fn amount(&mut self, amount: Minor, field: &'static str) {
        self.unless(amount > Minor::ZERO && amount <= MOST, field, Wrong::Amount);
    }

    fn price(&mut self, price: Minor, field: &'static str) {
        self.unless(!price.is_negative() && price <= MOST, field, Wrong::Price);
    }

    fn pieces(&mut self, count: u32, field: &'static str) {
        self.unless((1..=MOST_PIECES).contains(&count), field, Wrong::Pieces);
    }

    fn goods(&mut self, goods: &Goods, field: &'static str) {
        let named = goods.products.len().saturating_add(goods.categories.len());
        self.unless(named <= MOST_NAMED && goods.without.len() <= MOST_NAMED, field, Wrong::TooMany);
    }

    fn named(&mut self, goods: &Goods, field: &'static str) {
        self.unless(!goods.is_everything(), field, Wrong::Goods);
        self.goods(goods, field);
    }

    fn offer(&mut self, offer: &Offer) {
        match offer {
            Offer::Percent(off) => self.share(*off, "offer.percent"),
            Offer::EachOff(off) => {
                self.unless(off.0 > 0 && *off <= DEAREST, "offer.each_off", Wrong::Amount);
            }
            Offer::AmountOff(off) => self.amount(*off, "offer.amount_off"),
            Offer::Tiers(tiers) => self.tiers(tiers),
            Offer::BuyGet(offer) => {
                self.pieces(offer.buy, "offer.buy");
                self.pieces(offer.get, "offer.get");
                self.share(offer.off, "offer.off");
                if let Some(gifts) = &offer.gifts {
                    self.named(gifts, "offer.gifts");
                }
            }
            Offer::ForPrice(offer) => {
                self.pieces(offer.count, "offer.count");
                self.price(offer.price, "offer.price");
            }
            Offer::Bundle(bundle) => self.bundle(bundle),
        }
    }

    fn tiers(&mut self, Tiers { steps, .. }: &Tiers) {
        let mut from: Vec<i64> = steps.iter().map(|step| step.from).collect();
        from.sort_unstable();
        from.dedup();
        let fits = (1..=MOST_PARTS).contains(&steps.len()) && from.len() == steps.len();
        let above_zero = from.iter().all(|from| (1..=MOST.0).contains(from));
        self.unless(fits && above_zero, "offer.steps", Wrong::Steps);
        self.unless(
            steps.iter().all(|step| (1..=1_000_000).contains(&step.off.0)),
            "offer.steps",
            Wrong::Share,
        );
    }

    fn bundle(&mut self, bundle: &Bundle) {
        self.unless((2..=MOST_PARTS).contains(&bundle.parts.len()), "offer.parts", Wrong::Parts);
        for part in &bundle.parts {
            self.named(&part.goods, "offer.parts");
            self.pieces(part.count, "offer.parts");
        }
        self.price(bundle.price, "offer.price");
    }
}

impl Offer {
    /// Does it name an amount of money?
    fn has_amounts(&self) -> bool {
        match self {
            Self::Percent(_) | Self::BuyGet(_) => false,
            Self::Tiers(tiers) => tiers.by == TierBy::Amount,
            Self::EachOff(_) | Self::AmountOff(_) | Self::ForPrice(_) | Self::Bundle(_) => true,
        }
    }
}

impl Promotion {
    /// Everything that cannot be, by field. Whether what it names is there is for whoever keeps it to say.
    pub fn check(&self) -> Vec<RuleFault> {
        let mut faults = Faults::default();
        faults.head(&self.name, self.priority, &self.applies);
        let times = |times: Option<u32>| times.is_none_or(|times| (1..=1_000_000).contains(&times));
        if let Some(coupon) = &self.coupon {
            let letters = coupon.code.trim().chars().count();
            let fits = (1..=40).contains(&letters) && !coupon.code.contains(char::is_control);
            faults.unless(fits, "coupon.code", Wrong::Code);
            faults.unless(times(coupon.most_uses), "coupon.most_uses", Wrong::Times);
        }
        faults.goods(&self.goods, "goods");
        if let Some(minimum) = self.minimum {
            faults.amount(minimum, "minimum");
        }
        faults.unless(times(self.most_times), "most_times", Wrong::Times);
        let has_amounts = self.minimum.is_some() || self.offer.has_amounts();
        faults.unless(!has_amounts || self.currency.is_some(), "currency", Wrong::Currency);
        faults.offer(&self.offer);
        faults.0
    }
}

impl PriceList {
    /// Everything that cannot be, by field. Whether what it names is there is for whoever keeps it to say.
    pub fn check(&self) -> Vec<RuleFault> {
        let mut faults = Faults::default();
        faults.head(&self.name, self.priority, &self.applies);
        faults.unless((1..=MOST_PRICES).contains(&self.prices.len()), "prices", Wrong::Prices);
        let fits = self.prices.iter().all(|row| {
            !row.price.is_negative() && row.price <= DEAREST && (0..=MOST.0).contains(&row.from.0)
        });
        faults.unless(fits, "prices", Wrong::Price);
        let mut places: Vec<_> = self.prices.iter().map(|row| (row.product_id, row.from)).collect();
        places.sort_unstable();
        places.dedup();
        faults.unless(places.len() == self.prices.len(), "prices", Wrong::Twice);
        faults.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// A promotion that can be, with one thing changed.
    fn with(pointer: &str, value: Value) -> Vec<RuleFault> {
        let mut body = json!({
            "id": "00000000-0000-7000-8000-000000000001", "name": "3 for 2", "priority": 0, "currency": null,
            "applies": {}, "coupon": { "code": "TEA" }, "minimum": null, "most_times": null,
            "offer": { "buy_get": { "buy": 2, "get": 1, "off": 1_000_000 } },
        });
        match pointer {
            "" => {}
            pointer => *body.pointer_mut(pointer).unwrap() = value,
        }
        serde_json::from_value::<Promotion>(body).unwrap().check()
    }

    #[test]
    fn what_cannot_be_is_told_by_field() {
        assert_eq!(with("", json!(null)), []);
        for (pointer, value, field, wrong) in [
            ("/name", json!("  "), "name", Wrong::Name),
            ("/priority", json!(1_001), "priority", Wrong::Priority),
            ("/applies", json!({ "from": "2026-05-02", "to": "2026-05-01" }), "applies.to", Wrong::Days),
            (
                "/applies",
                json!({ "from_minute": 600, "to_minute": 600 }),
                "applies.from_minute",
                Wrong::Hours,
            ),
            ("/applies", json!({ "weekdays": [0] }), "applies.weekdays", Wrong::Weekdays),
            ("/coupon", json!({ "code": " " }), "coupon.code", Wrong::Code),
            ("/coupon", json!({ "code": "TEA", "most_uses": 0 }), "coupon.most_uses", Wrong::Times),
            ("/minimum", json!(500), "currency", Wrong::Currency),
            ("/most_times", json!(0), "most_times", Wrong::Times),
            ("/offer", json!({ "percent": 0 }), "offer.percent", Wrong::Share),
            ("/offer", json!({ "percent": 1_000_001 }), "offer.percent", Wrong::Share),
            ("/offer", json!({ "amount_off": 500 }), "currency", Wrong::Currency),
            ("/offer", json!({ "buy_get": { "buy": 0, "get": 1, "off": 1 } }), "offer.buy", Wrong::Pieces),
            ("/offer", json!({ "tiers": { "by": "quantity", "steps": [] } }), "offer.steps", Wrong::Steps),
        ] {
            assert_eq!(with(pointer, value.clone()), [RuleFault { field, wrong }], "{pointer} {value}");
        }
    }

    #[test]
    fn a_price_list_has_prices_and_none_twice() {
        let list = |prices: Value| {
            let id = "00000000-0000-7000-8000-000000000001";
            let body = json!({ "id": id, "name": "Trade", "currency": "GBP", "prices": prices });
            let faults = serde_json::from_value::<PriceList>(body).unwrap().check();
            faults.into_iter().map(|fault| fault.wrong).collect::<Vec<_>>()
        };
        let row = |from: i64, price: i64| json!({ "product_id": "00000000-0000-7000-8000-000000000002", "from": from, "price": price });
        assert_eq!(list(json!([])), [Wrong::Prices]);
        assert_eq!(list(json!([row(0, 100), row(6_000, 90)])), []);
        assert_eq!(list(json!([row(0, 100), row(0, 90)])), [Wrong::Twice]);
        assert_eq!(list(json!([row(0, -1)])), [Wrong::Price]);
    }
}
