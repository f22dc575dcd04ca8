//! Unsent: stock and accounts that moved here, and goods that came back, which the server does not count yet.
//! Lives here: movements by journal entry, and their sums by product, by account and by sold line.
//! May use: journal, stock, account, sale. Never: the server's levels and balances; they come in as an argument.
//! Invariant: a movement leaves only when a pull begun after the server's answer has brought the level that counts it.

use super::journal::{EntryBody, SealedEntry};
use crate::account::{AccountKey, account_movements};
use crate::ids::{ProductId, SaleId};
use crate::money::{Minor, MoneyError, Quantity};
use crate::sale::{BackSoFar, Sale};
use crate::stock::{StockMovement, movements_of};
use std::collections::{BTreeMap, HashMap};

/// Movements the server has not counted yet.
#[derive(Default)]
pub struct Unsent {
    entries: BTreeMap<u64, Moved>,
    sums: HashMap<ProductId, i64>,
    accounts: HashMap<AccountKey, i64>,
    returned: HashMap<SaleId, BTreeMap<u32, i64>>,
}

/// What an entry moved.
#[derive(Default)]
struct Moved {
    stock: Vec<StockMovement>,
    accounts: Vec<(AccountKey, i64)>,
    returned: Vec<(SaleId, u32, i64)>,
}

impl Moved {
    fn by(sale: &Sale) -> Self {
        let accounts = account_movements(sale).into_iter().map(|moved| (moved.account, moved.amount.0));
        let returned = sale.takes_back().map(|(sale_id, line, quantity)| (sale_id, line, quantity.0));
        Self { stock: movements_of(sale), accounts: accounts.collect(), returned: returned.collect() }
    }
}

impl Unsent {
    /// An entry recorded here.
    pub fn add(&mut self, sequence: u64, sale: Option<&Sale>) {
        self.insert(sequence, sale.map(Moved::by).unwrap_or_default());
    }

    /// Entries as the journal has them; one that cannot be read moves nothing.
    pub fn read(&mut self, entries: &[SealedEntry]) {
        for sealed in entries {
            let movements = match sealed.open().map(|entry| entry.body) {
                Ok(EntryBody::SaleCompleted { sale }) => Moved::by(&sale),
                Ok(EntryBody::StockAdjusted { adjustment }) => {
                    let moved = adjustment.lines.iter().map(|line| StockMovement {
                        product_id: line.product_id,
                        quantity: line.quantity,
                        reason: line.reason,
                    });
                    Moved { stock: moved.collect(), ..Moved::default() }
                }
                Ok(_) | Err(_) => Moved::default(),
            };
            self.insert(sealed.sequence, movements);
        }
    }

    fn insert(&mut self, sequence: u64, moved: Moved) {
        if self.entries.contains_key(&sequence) {
            return;
        }
        for movement in &moved.stock {
            let sum = self.sums.entry(movement.product_id).or_default();
            *sum = sum.saturating_add(movement.quantity.0);
        }
        for (account, amount) in &moved.accounts {
            let sum = self.accounts.entry(account.clone()).or_default();
            *sum = sum.saturating_add(*amount);
        }
        for (sale_id, line, quantity) in &moved.returned {
            let sum = self.returned.entry(*sale_id).or_default().entry(*line).or_default();
            *sum = sum.saturating_add(*quantity);
        }
        self.entries.insert(sequence, moved);
    }

    /// The levels here count everything up to this entry.
    pub fn heard_of(&mut self, sequence: u64) {
        while let Some(first) = self.entries.first_entry().filter(|first| *first.key() <= sequence) {
            let moved = first.remove();
            for movement in moved.stock {
                if let Some(sum) = self.sums.get_mut(&movement.product_id) {
                    *sum = sum.saturating_sub(movement.quantity.0);
                }
            }
            for (account, amount) in moved.accounts {
                if let Some(sum) = self.accounts.get_mut(&account) {
                    *sum = sum.saturating_sub(amount);
                }
            }
            for (sale_id, line, quantity) in moved.returned {
                let of_sale = self.returned.get_mut(&sale_id);
                if let Some(sum) = of_sale.and_then(|lines| lines.get_mut(&line)) {
                    *sum = sum.saturating_sub(quantity);
                }
            }
        }
    }

    /// How much came back here of the lines of a sale that the server does not count yet.
    pub fn returned(&self, sale_id: SaleId) -> BackSoFar {
        let lines = self.returned.get(&sale_id).into_iter().flatten();
        lines.filter(|(_, sum)| **sum != 0).map(|(line, sum)| (*line, Quantity(*sum))).collect()
    }

    /// The newest entry known here.
    pub fn last(&self) -> u64 {
        self.entries.last_key_value().map_or(0, |(sequence, _)| *sequence)
    }

    /// A balance of the server's with what it does not count yet.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn on_account(&self, balance: Minor, account: &AccountKey) -> Result<Minor, MoneyError> {
        balance.plus(Minor(self.accounts.get(account).copied().unwrap_or(0)))
    }

    /// A level of the server's with what it does not count yet.
    pub fn on_top_of(&self, level: Quantity, id: ProductId) -> Option<Quantity> {
        level.plus(Quantity(self.sums.get(&id).copied().unwrap_or(0))).ok()
    }
}
