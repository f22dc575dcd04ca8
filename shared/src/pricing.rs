//! Pricing: what a line costs before the cashier changes anything, and why: price lists and promotions.
//! Lives here: price lists, promotions and their conditions, what cannot be in them, what they give on a cart, what is missing.
//! May use: the open cart, money, ids, calendar, the store's way of rounding. Never: a clock (the time is an argument), storage.
//! Invariant: the order of lines changes nothing; no line comes below zero; a promotion's parts add up to it.
//!
//! What is chosen, in this order, so that it can be told to a customer:
//! 1. A price list in force that names the product gives its price: the one of highest priority, then the lowest price. The
//!    quantity for a break is all of that product in the cart.
//! 2. Promotions go by priority, highest first; of equal priority first the one that alone would give most, then by id.
//!    Each takes the goods it needs, dearest first, so that splitting or ordering a basket gains nothing.
//! 3. Goods taken by a promotion that stands alone ([`Stacking::Alone`]) are out of reach of others; those that go with
//!    others work out of what is left. A promotion that must be the only one of a sale replaces all others where it has a
//!    higher priority than each of them, or the same and gives more than all of them together.
//! 4. A price typed by the cashier, and goods that come back, are out of reach of both. The cashier's discounts come after.

mod check;
mod near;
mod offer;
mod pick;
mod work;

pub use check::{MOST_PRICES, RuleFault, Wrong};
pub use near::{CouponFault, Missing, NearMiss};
pub use work::{LineOffer, Offered, offered};

use crate::calendar::{Day, LocalTime};
use crate::ids::{CategoryId, CustomerGroupId, PriceListId, ProductId, PromotionId, StoreId};
use crate::money::{Currency, Minor, Quantity, Rate, UnitPrice};
use crate::tax::TaxSettings;
use serde::{Deserialize, Serialize};

/// Prices of some products for some customers, stores or times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PriceList {
    /// Its id.
    pub id: PriceListId,
    /// As the reason of a price: "Trade".
    pub name: String,
    /// Higher goes first.
    #[serde(default)]
    pub priority: i64,
    /// Of its prices.
    pub currency: Currency,
    /// Where, for whom and when.
    #[serde(default)]
    pub applies: Applies,
    /// The prices; of one product several with different breaks.
    pub prices: Vec<ListedPrice>,
}

/// A price in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListedPrice {
    /// Of what.
    pub product_id: ProductId,
    /// From this quantity in the cart on.
    #[serde(default)]
    pub from: Quantity,
    /// Of one unit.
    pub price: UnitPrice,
}

/// Where, for whom and when something applies. What is empty does not limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Applies {
    /// In these stores.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stores: Vec<StoreId>,
    /// For customers of these groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<CustomerGroupId>,
    /// From this day on, by the shop's calendar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// To this day, which is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// On these days of the week, Monday is 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weekdays: Vec<u8>,
    /// From this minute of the day on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_minute: Option<u16>,
    /// Up to this minute of the day, which is no longer in it; before `from_minute` it is the next day's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_minute: Option<u16>,
    /// Switched off for the time being.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paused: bool,
}

/// How something stands at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It applies.
    Now,
    /// Its days are here, but not at this hour or on this day of the week.
    NotAtThisHour,
    /// Its days are to come.
    Planned,
    /// Its days are over.
    Over,
    /// It is switched off.
    Paused,
}

/// Money off by a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Promotion {
    /// Its id.
    pub id: PromotionId,
    /// As on the receipt: "3 for 2 candles".
    pub name: String,
    /// Higher goes first.
    #[serde(default)]
    pub priority: i64,
    /// How it goes with others.
    #[serde(default)]
    pub stacking: Stacking,
    /// Of its amounts; none where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// Where, for whom and when.
    #[serde(default)]
    pub applies: Applies,
    /// Only with this code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupon: Option<Coupon>,
    /// On what.
    #[serde(default)]
    pub goods: Goods,
    /// Only where these goods come to so much, before promotions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Minor>,
    /// At most so often in one sale: sets of what is counted; pieces, the dearest, of a percentage or an amount off each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_times: Option<u32>,
    /// What it gives.
    pub offer: Offer,
}

/// How a promotion goes with others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stacking {
    /// The goods it takes have no other promotion.
    #[default]
    Alone,
    /// On top of others that go with others.
    WithOthers,
    /// The sale has no other promotion.
    OnlyOne,
}

/// A code that a customer shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Coupon {
    /// As printed; upper and lower case are the same.
    pub code: String,
    /// In so many sales at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_uses: Option<u32>,
    /// In so many sales already, as far as this device was told.
    #[serde(default)]
    pub uses: u32,
}

/// Which goods. Nothing named is everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Goods {
    /// These, and their variants.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<ProductId>,
    /// And those of these groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<CategoryId>,
    /// But not these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<ProductId>,
}

/// What a promotion gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Offer {
    /// A share off the goods.
    Percent(Rate),
    /// So much off each unit.
    EachOff(UnitPrice),
    /// So much off the goods together, shared out over them.
    AmountOff(Minor),
    /// The more, the larger the share off.
    Tiers(Tiers),
    /// Of so many bought, some cheaper or free: 3 for 2 is buy 2, get 1, off 100 %.
    BuyGet(BuyGet),
    /// So many of the goods, mixed as one likes, for a price.
    ForPrice(ForPrice),
    /// Certain goods together for a price.
    Bundle(Bundle),
}

/// The more, the larger the share off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tiers {
    /// What counts.
    pub by: TierBy,
    /// Of several that are reached the highest holds.
    pub steps: Vec<Tier>,
}

/// What tiers go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TierBy {
    /// How much of the goods, in thousandths.
    Quantity,
    /// What they come to, in minor units.
    Amount,
}

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tier {
    /// From so many thousandths, or minor units.
    pub from: i64,
    /// Off.
    pub off: Rate,
}

/// Of so many bought, some cheaper or free.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BuyGet {
    /// So many at their price.
    pub buy: u32,
    /// So many cheaper: the cheapest of each set.
    pub get: u32,
    /// Off those.
    pub off: Rate,
    /// Which those are, where they are other goods than those bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gifts: Option<Goods>,
}

/// So many for a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ForPrice {
    /// So many.
    pub count: u32,
    /// Together.
    pub price: Minor,
}

/// Certain goods together for a price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Bundle {
    /// All of them are needed.
    pub parts: Vec<BundlePart>,
    /// Together.
    pub price: Minor,
}

/// A part of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BundlePart {
    /// One of these.
    pub goods: Goods,
    /// So many.
    pub count: u32,
}

/// What a promotion took off a line: the reason as it stands on the receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PromotionPart {
    /// Which.
    pub promotion_id: PromotionId,
    /// Its name then.
    pub name: String,
    /// With this code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupon: Option<String>,
    /// So much.
    pub off: Minor,
}

/// Where a price came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PriceSource {
    /// Which list.
    pub price_list_id: PriceListId,
    /// Its name then.
    pub name: String,
}

/// Where, for whom and when a cart is priced, and by which rules.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    /// Which store.
    pub store_id: StoreId,
    /// Its currency.
    pub currency: Currency,
    /// Its way of rounding.
    pub tax: TaxSettings,
    /// The group of the customer.
    pub group_id: Option<CustomerGroupId>,
    /// When, by the shop's clock.
    pub time: LocalTime,
    /// All known price lists.
    pub price_lists: &'a [PriceList],
    /// All known promotions.
    pub promotions: &'a [Promotion],
}

impl Applies {
    /// In this store and for this customer?
    fn is_for(&self, occasion: &Occasion<'_>) -> bool {
        let has = |groups: &[CustomerGroupId]| occasion.group_id.is_some_and(|group| groups.contains(&group));
        (self.stores.is_empty() || self.stores.contains(&occasion.store_id))
            && (self.groups.is_empty() || has(&self.groups))
    }

    /// At this time?
    fn is_now(&self, time: LocalTime) -> bool {
        self.standing(time) == Standing::Now
    }

    /// How it stands at a time, wherever and for whom it is.
    pub fn standing(&self, time: LocalTime) -> Standing {
        let day = time.day();
        match self {
            Self { paused: true, .. } => Standing::Paused,
            Self { to: Some(to), .. } if *to < day => Standing::Over,
            Self { from: Some(from), .. } if *from > day => Standing::Planned,
            _ if self.is_at_hour(time) => Standing::Now,
            _ => Standing::NotAtThisHour,
        }
    }

    fn is_at_hour(&self, time: LocalTime) -> bool {
        let (day, minute) = (time.day(), time.minute_of_day());
        let (from, to) = (self.from_minute.unwrap_or(0), self.to_minute.unwrap_or(24 * 60));
        let in_day = if from <= to { (from..to).contains(&minute) } else { minute >= from || minute < to };
        (self.weekdays.is_empty() || self.weekdays.contains(&weekday(day))) && in_day
    }
}

/// 1 is Monday. Day 0, 1970-01-01, was a Thursday.
fn weekday(day: Day) -> u8 {
    u8::try_from(day.number().saturating_add(3).rem_euclid(7)).unwrap_or(0).saturating_add(1)
}

impl Promotion {
    /// Every choice of goods in it.
    pub fn all_goods(&self) -> Vec<&Goods> {
        let mut all = vec![&self.goods];
        match &self.offer {
            Offer::BuyGet(offer) => all.extend(&offer.gifts),
            Offer::Bundle(bundle) => all.extend(bundle.parts.iter().map(|part| &part.goods)),
            _ => {}
        }
        all
    }
}

impl Goods {
    /// Does it name nothing, so that everything is meant?
    pub fn is_everything(&self) -> bool {
        self.products.is_empty() && self.categories.is_empty()
    }
}

impl Coupon {
    /// Is this the code that was typed?
    pub fn is(&self, typed: &str) -> bool {
        self.code.trim().to_lowercase() == typed.trim().to_lowercase()
    }
}
