//! Known: sales of a store that its tablets are told of, so that their goods come back without a network.
//! Lives here: how far back and how many, what is told of one, and how much of it has come back as far as a tablet knows.
//! May use: finished, money, customer, ids. Never: a clock, storage.
//! Invariant: what is told by the server and what it has not heard of yet are added, and nothing is counted twice.

use super::finished::Sale;
use crate::customer::SaleCustomer;
use crate::ids::SaleId;
use crate::money::{MoneyError, Quantity};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Days that tablets know the sales of their store's other tablets, unless the store says otherwise.
pub const KNOWN_DAYS: u16 = 30;
/// The most that a store can set.
pub const MOST_KNOWN_DAYS: u16 = 366;
/// Sales a tablet is told of at most, the newest.
pub const MOST_KNOWN: usize = 5_000;

pub(crate) fn known_days() -> u16 {
    KNOWN_DAYS
}

/// A sale as a tablet is told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KnownSale {
    /// As it was recorded; who bought is left out where they were erased.
    pub sale: Sale,
    /// Lines of which something has come back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returned: Vec<LineReturned>,
}

/// How much of a line has come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LineReturned {
    /// Its place, from 1.
    pub line: u32,
    /// How much, above zero.
    pub quantity: Quantity,
}

/// How much has come back of the lines of a sale, by their places from 1.
pub type BackSoFar = BTreeMap<u32, Quantity>;

impl KnownSale {
    /// The earliest time of a sale that is told of; where nothing is, no time is late enough.
    pub fn told_from(days: u16, now_ms: i64) -> i64 {
        if days == 0 {
            return i64::MAX;
        }
        now_ms.saturating_sub(i64::from(days).saturating_mul(86_400_000))
    }

    /// Who bought is nobody any more: their record was erased.
    pub fn forget_customer(&mut self) {
        self.sale.customer = SaleCustomer::default();
    }

    /// How much has come back: what the server told and what it has not heard of, and no less than this tablet took back itself.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn back_so_far(&self, unsent: &BackSoFar, here: &BackSoFar) -> Result<BackSoFar, MoneyError> {
        let mut back = unsent.clone();
        for line in &self.returned {
            let so_far = back.entry(line.line).or_default();
            *so_far = so_far.plus(line.quantity)?;
        }
        for (line, quantity) in here {
            let so_far = back.entry(*line).or_default();
            *so_far = (*so_far).max(*quantity);
        }
        Ok(back)
    }
}

impl Sale {
    /// What comes back in it: of which sale, of which of its lines, and how much, above zero.
    pub fn takes_back(&self) -> impl Iterator<Item = (SaleId, u32, Quantity)> {
        self.lines.iter().filter_map(|line| {
            let origin = line.origin.as_ref()?;
            Some((origin.sale_id, origin.line, Quantity(line.quantity.0.saturating_neg())))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_days_are_told_and_none_where_it_is_off() {
        let day = 86_400_000;
        for (days, now_ms, from) in
            [(0, 5 * day, i64::MAX), (1, 5 * day, 4 * day), (30, 31 * day, day), (366, i64::MIN, i64::MIN)]
        {
            assert_eq!(KnownSale::told_from(days, now_ms), from, "{days}");
        }
    }
}
