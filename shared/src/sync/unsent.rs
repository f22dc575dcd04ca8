//! Unsent: stock that moved here and that the server's levels do not count yet.
//! Lives here: movements by journal entry, and their sums by product.
//! May use: journal, stock. Never: the server's levels; they come in as an argument.
//! Invariant: a movement leaves only when a pull begun after the server's answer has brought the level that counts it.

use super::journal::{EntryBody, SealedEntry};
use crate::ids::ProductId;
use crate::money::Quantity;
use crate::sale::Sale;
use crate::stock::{StockMovement, movements_of};
use std::collections::{BTreeMap, HashMap};

/// Movements the server has not counted yet.
#[derive(Default)]
pub struct Unsent {
    entries: BTreeMap<u64, Vec<StockMovement>>,
    sums: HashMap<ProductId, i64>,
}

impl Unsent {
    /// An entry recorded here.
    pub fn add(&mut self, sequence: u64, sale: Option<&Sale>) {
        self.insert(sequence, sale.map(movements_of).unwrap_or_default());
    }

    /// Entries as the journal has them; one that cannot be read moves nothing.
    pub fn read(&mut self, entries: &[SealedEntry]) {
        for sealed in entries {
            let movements = match sealed.open().map(|entry| entry.body) {
                Ok(EntryBody::SaleCompleted { sale }) => movements_of(&sale),
                Ok(EntryBody::StockAdjusted { adjustment }) => {
                    let moved = adjustment.lines.iter().map(|line| StockMovement {
                        product_id: line.product_id,
                        quantity: line.quantity,
                        reason: line.reason,
                    });
                    moved.collect()
                }
                Ok(EntryBody::ReceiptReprinted { .. }) | Err(_) => Vec::new(),
            };
            self.insert(sealed.sequence, movements);
        }
    }

    fn insert(&mut self, sequence: u64, movements: Vec<StockMovement>) {
        if self.entries.contains_key(&sequence) {
            return;
        }
        for movement in &movements {
            let sum = self.sums.entry(movement.product_id).or_default();
            *sum = sum.saturating_add(movement.quantity.0);
        }
        self.entries.insert(sequence, movements);
    }

    /// The levels here count everything up to this entry.
    pub fn heard_of(&mut self, sequence: u64) {
        while let Some(first) = self.entries.first_entry().filter(|first| *first.key() <= sequence) {
            for movement in first.remove() {
                if let Some(sum) = self.sums.get_mut(&movement.product_id) {
                    *sum = sum.saturating_sub(movement.quantity.0);
                }
            }
        }
    }

    /// The newest entry known here.
    pub fn last(&self) -> u64 {
        self.entries.last_key_value().map_or(0, |(sequence, _)| *sequence)
    }

    /// A level of the server's with what it does not count yet.
    pub fn on_top_of(&self, level: Quantity, id: ProductId) -> Option<Quantity> {
        level.plus(Quantity(self.sums.get(&id).copied().unwrap_or(0))).ok()
    }
}
