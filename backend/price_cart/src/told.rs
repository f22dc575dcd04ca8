//! Told: what is answered to a cart, amounts as exact decimals in strings.
//! Lives here: the fields of an answer, and what is wrong with a cart. May use: serde. Never: a number that is not text.

use serde::Serialize;
use serde_json::Value;
use std::fmt;

/// A priced cart.
#[derive(Debug, Serialize)]
pub struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Value>,
    pub currency: String,
    pub lines: Vec<LineTold>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<ChangeTold>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub charges: Vec<ChangeTold>,
    pub taxes: Vec<TaxTold>,
    pub totals: Totals,
}

/// A line.
#[derive(Debug, Serialize)]
pub struct LineTold {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Value>,
    pub unit_price: String,
    pub quantity: String,
    /// Price × quantity.
    pub before_discounts: String,
    pub discount: String,
    pub charge: String,
    /// Its part of what the cart has off.
    pub cart_discount: String,
    /// What is left: what the taxes are worked out of.
    pub amount: String,
    #[serde(flatten)]
    pub taxed: Taxed,
}

/// An amount with its taxes.
#[derive(Debug, Serialize)]
pub struct Taxed {
    pub net: String,
    pub taxes: Vec<TaxTold>,
    pub gross: String,
}

/// Money off or on the cart.
#[derive(Debug, Serialize)]
pub struct ChangeTold {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Value>,
    pub amount: String,
    /// Where it stands under taxes of its own; of a discount, what it takes off.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub taxed: Option<Taxed>,
}

/// One tax.
#[derive(Debug, Serialize)]
pub struct TaxTold {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_unit: Option<String>,
    pub included: bool,
    pub base: String,
    pub amount: String,
}

/// The sums.
#[derive(Debug, Serialize)]
pub struct Totals {
    pub before_discounts: String,
    /// Off by lines and cart, without what comes after tax.
    pub discount: String,
    pub charge: String,
    pub net: String,
    pub tax: String,
    pub total: String,
    /// Discounts less charges after tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_tax: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cash_rounding: Option<String>,
    pub payable: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
}

/// What is answered to one cart.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Told {
    Priced(Box<Answer>),
    Wrong {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<Value>,
        error: Wrong,
    },
}

impl Told {
    pub fn wrong(id: Option<Value>, error: Wrong) -> Self {
        Self::Wrong { id, error }
    }
}

/// What is wrong with a cart, and where.
#[derive(Debug, Serialize)]
pub struct Wrong {
    pub place: String,
    pub message: String,
}

impl Wrong {
    pub fn at(place: &str, message: String) -> Self {
        Self { place: place.to_owned(), message }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place.as_str() {
            "" => f.write_str(&self.message),
            place => write!(f, "{place}: {}", self.message),
        }
    }
}
