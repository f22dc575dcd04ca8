//! Reconciliation: our figures of a day against the other side's own, down to the record.

use super::DeliveryState;
use crate::calendar::Day;
use crate::ids::StoreId;
use crate::money::{Currency, Minor};
use serde::{Deserialize, Serialize};

/// Differences that are listed; there may be more.
pub const MOST_DIFFERENCES: usize = 500;

/// Figures of some records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sums {
    /// How many.
    pub count: i64,
    /// With tax, minor units.
    pub total: Minor,
    /// Tax, minor units.
    pub tax: Minor,
}

/// One store's day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StoreDay {
    /// Which.
    pub store_id: StoreId,
    /// Its name.
    pub name: String,
    /// In what.
    pub currency: Currency,
    /// What we noted for the other side.
    pub ours: Sums,
    /// What the other side has posted; none where the store has no match there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theirs: Option<Sums>,
    /// Sales from before the connection was started: they were never meant to go there.
    #[serde(default)]
    pub before: i64,
}

/// What is not equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// We have it, they have not.
    NotThere,
    /// They have it, we have not.
    OnlyThere,
    /// They have it, and have not posted it.
    NotPosted,
    /// Both have it, with other amounts.
    Amounts,
    /// They have it more than once.
    Doubled,
}

/// A record that is not equal on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Difference {
    /// Of which store.
    pub store_id: StoreId,
    /// What is not equal.
    pub kind: DifferenceKind,
    /// What people call it.
    pub subject: String,
    /// Its delivery, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_id: Option<String>,
    /// Where that stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<DeliveryState>,
    /// Why it is not there, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Ours with tax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ours: Option<Minor>,
    /// Theirs with tax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theirs: Option<Minor>,
}

/// A day on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reconciliation {
    /// Which, on the shop's calendar.
    pub day: Day,
    /// Store by store, by name.
    pub stores: Vec<StoreDay>,
    /// What is not equal; the first of them.
    pub differences: Vec<Difference>,
}

impl Reconciliation {
    /// Are both sides equal?
    pub fn is_equal(&self) -> bool {
        self.differences.is_empty()
            && self.stores.iter().all(|store| match store.theirs {
                Some(theirs) => theirs == store.ours,
                None => store.ours.count == 0,
            })
    }
}
