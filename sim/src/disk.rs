//! Disk: what a tablet's browser keeps, and what of it survives.
//! Lives here: the stored records, transactions that reach the disk at once (strict) or some time later (relaxed),
//! storage that is full or lost, power that goes.
//! May use: the tablet's shared rules. Never: a decision about when to send.
//! Invariant: a flushed transaction survives everything; of the others any first part does.

use crate::customers;
use shared::account::{Account, AccountKey};
use shared::catalog::Product;
use shared::customer::Customer;
use shared::ids::{CustomerId, ProductId, PromotionId, SaleId};
use shared::pricing::Promotion;
use shared::sale::KnownSale;
use shared::sync::device::{Answered, Counters, Feed};
use shared::sync::journal::SealedEntry;
use shared::sync::wire::{Change, PullResponse};
use std::collections::BTreeMap;
use tillbridge::replay::chance::Chance;

/// The records.
#[derive(Clone, Default)]
pub struct Stored {
    /// Numbers given out.
    pub counters: Counters,
    /// What the server has answered for.
    pub answered: Answered,
    /// Where the feed stands.
    pub feed: Feed,
    /// What was recorded and may still be asked for.
    pub journal: BTreeMap<u64, SealedEntry>,
    /// What is sold.
    pub products: BTreeMap<ProductId, Product>,
    /// What is promoted.
    pub promotions: BTreeMap<PromotionId, Promotion>,
    /// Who buys.
    pub customers: BTreeMap<CustomerId, Customer>,
    /// What was known of them before the last change: a form that was opened then is saved now.
    pub opened: BTreeMap<CustomerId, Customer>,
    /// What is on accounts.
    pub accounts: BTreeMap<AccountKey, Account>,
    /// What was sold at the store, here and elsewhere, and came back of it, as far as the server told.
    pub known: BTreeMap<SaleId, KnownSale>,
    /// How much of it the server counts.
    pub levels: BTreeMap<ProductId, i64>,
}

/// A transaction.
#[derive(Clone)]
pub enum Write {
    /// An entry, with the counters after it.
    Record(SealedEntry, Counters),
    /// What the server has answered for.
    Answered(Answered),
    /// A page of changes and its place in the feed.
    Page(Box<PullResponse>),
    /// The catalogue is forgotten.
    StartOver,
}

impl Stored {
    fn apply(&mut self, write: &Write) {
        match write {
            Write::Record(entry, counters) => {
                self.journal.insert(entry.sequence, entry.clone());
                if let Some(customer) = customers::known_after(&self.customers, entry) {
                    self.know(customer);
                }
                self.counters = counters.clone();
            }
            Write::Answered(answered) => {
                self.answered = answered.clone();
                if let Some(oldest) = answered.may_forget_to() {
                    self.journal.retain(|sequence, _| *sequence > oldest);
                }
            }
            Write::Page(page) => self.take(page),
            Write::StartOver => {
                self.products.clear();
                self.levels.clear();
                self.promotions.clear();
                self.customers.clear();
                self.opened.clear();
                self.accounts.clear();
                self.known.clear();
                self.feed = Feed::default();
            }
        }
    }

    fn know(&mut self, customer: Customer) {
        let id = customer.id;
        if let Some(before) = self.customers.insert(id, customer) {
            self.opened.insert(id, before);
        }
    }

    fn take(&mut self, page: &PullResponse) {
        for change in &page.changes {
            match change {
                Change::Product(product) => {
                    self.products.insert(product.id, product.clone());
                }
                Change::Promotion(promotion) => {
                    self.promotions.insert(promotion.id, promotion.clone());
                }
                Change::StockLevel(level) => {
                    self.levels.insert(level.product_id, level.quantity.0);
                }
                Change::Removed(gone) if gone.kind == "promotion" => {
                    if let Ok(id) = gone.id.parse() {
                        self.promotions.remove(&id);
                    }
                }
                Change::Customer(customer) => self.know(customer.clone()),
                Change::Account(account) | Change::Points(account) => {
                    self.accounts.insert(account.key.clone(), account.clone());
                }
                Change::Sale(known) => {
                    self.known.insert(known.sale.id, known.as_ref().clone());
                }
                Change::Removed(gone) if matches!(gone.kind.as_str(), "account" | "points") => {
                    if let Ok(key) = gone.id.parse::<AccountKey>() {
                        self.accounts.remove(&key);
                    }
                }
                Change::Removed(gone) if gone.kind == "customer" => {
                    if let Ok(id) = gone.id.parse() {
                        self.customers.remove(&id);
                        self.opened.remove(&id);
                    }
                }
                Change::Removed(gone) if gone.kind == "product" => {
                    if let Ok(id) = gone.id.parse() {
                        self.products.remove(&id);
                    }
                }
                _ => {}
            }
        }
        self.feed = Feed {
            cursor: Some(page.cursor.clone()),
            loaded: self.feed.loaded || !page.more,
            product_count: page.product_count,
        };
    }
}

/// Why nothing was written or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No room.
    Full,
    /// The browser has lost its database.
    Lost,
}

/// The storage of a tablet.
#[derive(Clone, Default)]
pub struct Disk {
    /// What programs see.
    now: Stored,
    /// What is on the disk for certain.
    flushed: Stored,
    /// What is between the two, oldest first.
    between: Vec<Write>,
    /// No room for anything new.
    pub full: bool,
    /// Nothing answers.
    pub lost: bool,
}

impl Disk {
    /// What programs see.
    pub fn read(&self) -> Result<&Stored, Trouble> {
        if self.lost { Err(Trouble::Lost) } else { Ok(&self.now) }
    }

    /// What is there, whatever programs see.
    pub fn look(&self) -> &Stored {
        &self.now
    }

    /// One transaction; a strict one is on the disk, with all before it, when this returns.
    pub fn write(&mut self, write: Write, strict: bool) -> Result<(), Trouble> {
        if self.lost {
            return Err(Trouble::Lost);
        }
        if self.full && !matches!(write, Write::StartOver) {
            return Err(Trouble::Full);
        }
        self.now.apply(&write);
        self.between.push(write);
        if strict {
            self.flush();
        }
        Ok(())
    }

    /// The browser writes out what it has, as it does from time to time.
    pub fn flush(&mut self) {
        for write in std::mem::take(&mut self.between) {
            self.flushed.apply(&write);
        }
    }

    /// The power goes: of what was not flushed, some first part survives.
    pub fn power_loss(&mut self, chance: &mut Chance) {
        let survive = chance.below(self.between.len() + 1);
        self.between.truncate(survive);
        self.flush();
        self.now = self.flushed.clone();
    }
}
