//! Form: a cart as it is written outside. docs/price.md says what each field means.
//! Lives here: the fields. May use: decimal, `shared`'s own words for rounding. Never: a default that is not in docs/price.md.

use super::decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;
use shared::money::{Currency, Rounding};
use shared::tax::RoundedPer;

/// A cart.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a cart")]
pub struct CartForm {
    pub id: Option<Value>,
    pub currency: Option<Currency>,
    /// Decimals of amounts; by the currency unless it is said here.
    pub digits: Option<u32>,
    #[serde(default)]
    pub prices_include_tax: bool,
    #[serde(default)]
    pub rounding: RoundingForm,
    pub lines: Vec<LineForm>,
    #[serde(default)]
    pub discounts: Vec<ChangeForm>,
    #[serde(default)]
    pub charges: Vec<ChangeForm>,
    /// Cash given.
    pub cash: Option<Decimal>,
}

/// How it is rounded.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "how to round")]
pub struct RoundingForm {
    #[serde(default)]
    pub per: RoundedPer,
    #[serde(default)]
    pub way: Rounding,
    /// Decimals of the amounts of lines; those of the cart unless it is said here.
    pub line_digits: Option<u32>,
    pub unit_price_digits: Option<u32>,
    pub each_tax: Option<bool>,
    /// The smallest coin.
    pub cash_step: Option<Decimal>,
    pub cash_way: Option<Rounding>,
}

/// A line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a line")]
pub struct LineForm {
    pub id: Option<Value>,
    pub unit_price: Decimal,
    pub quantity: Option<Decimal>,
    #[serde(default)]
    pub discounts: Vec<ChangeForm>,
    #[serde(default)]
    pub charges: Vec<ChangeForm>,
    #[serde(default)]
    pub taxes: Vec<TaxForm>,
}

/// Money off or on: one of `percent`, `per_unit`, `amount`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a discount or charge")]
pub struct ChangeForm {
    pub id: Option<Value>,
    pub percent: Option<Decimal>,
    pub amount: Option<Decimal>,
    /// An amount for each unit of a line.
    pub per_unit: Option<Decimal>,
    /// A percentage of what the changes before it left, instead of the full amount.
    #[serde(default)]
    pub of_rest: bool,
    /// Of a cart: it stands by itself under these taxes, instead of being apportioned.
    pub taxes: Option<Vec<TaxForm>>,
    /// Of a cart: it changes what is to pay and no tax.
    #[serde(default)]
    pub after_tax: bool,
}

/// A tax: a `rate` in percent, or an `amount` a unit.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a tax")]
pub struct TaxForm {
    #[serde(default)]
    pub name: String,
    pub rate: Option<Decimal>,
    pub amount: Option<Decimal>,
    pub included: Option<bool>,
    #[serde(default)]
    pub affects_base: bool,
    /// Charged on the net amount and every tax before it.
    #[serde(default)]
    pub compound: bool,
    pub base_affected: Option<bool>,
    #[serde(default)]
    pub of_gross: bool,
    #[serde(default)]
    pub order: i64,
}
