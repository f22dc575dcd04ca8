//! A store's day, closed: the figures of all its tablets.

use super::{TaxFigure, TenderFigure, WaitingTablet};
use crate::calendar::Day;
use crate::ids::StoreId;
use crate::money::{Currency, Minor};
use crate::tender::ForeignCash;
use serde::{Deserialize, Serialize};

/// A day closed by a manager, or a supplement to that: what came in after it. Neither is ever changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DayClosing {
    /// Where.
    pub store_id: StoreId,
    /// Which day of the shop.
    pub day: Day,
    /// 1 is the close; from 2 on supplements.
    pub number: u64,
    /// When, epoch ms by the server.
    pub closed_at_ms: i64,
    /// By whom; of a supplement, who closed the day.
    pub staff_name: String,
    /// One row a currency.
    pub amounts: Vec<DayAmounts>,
    /// Tablets that still held sales the server did not have.
    #[serde(default)]
    pub waiting: Vec<WaitingTablet>,
}

/// A day's figures in one currency. Amounts are minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DayAmounts {
    /// Of all amounts.
    pub currency: Currency,
    /// Sales that are no returns.
    pub sales: u64,
    /// Returns.
    pub returns: u64,
    /// Without tax.
    pub net: Minor,
    /// All taxes.
    pub tax: Minor,
    /// With tax, and what was put on accounts or given on top.
    pub total: Minor,
    /// Put on accounts: gift cards sold or filled up, paid into customers' accounts. No turnover.
    #[serde(default, skip_serializing_if = "Minor::is_nothing")]
    pub paid_in: Minor,
    /// Given freely to whoever served. No turnover.
    #[serde(default, skip_serializing_if = "Minor::is_nothing")]
    pub tips: Minor,
    /// Given for a good cause, to be passed on. No turnover.
    #[serde(default, skip_serializing_if = "Minor::is_nothing")]
    pub donations: Minor,
    /// Given or taken for want of small coins.
    pub cash_rounding: Minor,
    /// One row a rate.
    pub taxes: Vec<TaxFigure>,
    /// One row a tender type; cash without the change.
    pub tenders: Vec<TenderFigure>,
    /// Cash of other currencies taken in these sales, one row a currency.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign: Vec<ForeignCash>,
}
