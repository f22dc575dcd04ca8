//! Memory: a device store that is gone when the page is closed.
//! Lives here: the same transactions as in the browser's database, over plain maps.
//! May use: the stored forms. Never: the browser.
//! Invariant: it passes the same contract as the real one (`contract.rs`).

use super::known;
use super::{
    Answered, Chunk, Counters, HeldCart, Identity, Kept, KeptPrinter, Lists, Numbers, Page, Recorded,
    Recording, StoreError, Tries,
};
use shared::account::{Account, AccountKey};
use shared::barcode::CabledScanner;
use shared::customer::Customer;
use shared::ids::{CustomerId, SaleId};
use shared::sale::{Cart, KnownSale, MOST_KNOWN, Sale};
use shared::scale::Scale;
use shared::sync::journal::SealedEntry;
use shared::terminal::{Charge, Connected};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use wasm_bindgen::JsValue;

/// A device store in memory.
#[derive(Default)]
pub struct Memory {
    kept: RefCell<Data>,
}

#[derive(Default)]
struct Data {
    identity: Option<Identity>,
    keys: Option<JsValue>,
    counters: Counters,
    answered: Answered,
    feed: super::Feed,
    lists: Lists,
    chunks: BTreeMap<usize, Arc<Chunk>>,
    stock: BTreeMap<u8, Vec<u8>>,
    journal: BTreeMap<u64, SealedEntry>,
    sales: BTreeMap<u64, Arc<Sale>>,
    held: Vec<HeldCart>,
    tries: Tries,
    open_cart: Option<Cart>,
    unpaired: bool,
    printers: Vec<KeptPrinter>,
    scales: Vec<Scale>,
    scanners: Vec<CabledScanner>,
    charges: Vec<Charge>,
    terminal: Connected,
    customers: BTreeMap<CustomerId, Customer>,
    accounts: BTreeMap<AccountKey, Account>,
    known: BTreeMap<String, KnownSale>,
}

#[expect(clippy::unused_async, reason = "the same form as the browser's store")]
impl Memory {
    pub async fn load(&self) -> Result<Kept, StoreError> {
        let data = self.kept.borrow();
        Ok(Kept {
            identity: data.identity.clone(),
            unpaired: data.unpaired,
            counters: data.counters.clone(),
            answered: data.answered.clone(),
            feed: data.feed.clone(),
            lists: data.lists.clone(),
            chunks: data.chunks.values().cloned().collect(),
            held: data.held.clone(),
        })
    }

    pub async fn load_stock(&self) -> Result<Vec<Vec<u8>>, StoreError> {
        Ok(self.kept.borrow().stock.values().cloned().collect())
    }

    pub async fn pair(&self, identity: &Identity, keys: &JsValue) -> Result<(), StoreError> {
        let mut data = self.kept.borrow_mut();
        if data.identity.is_some() {
            return Err(super::already_paired());
        }
        data.identity = Some(identity.clone());
        data.keys = Some(keys.clone());
        Ok(())
    }

    pub async fn keep_keys(&self, keys: &JsValue) -> Result<(), StoreError> {
        let mut data = self.kept.borrow_mut();
        if data.identity.is_some() {
            return Err(super::already_paired());
        }
        data.keys = Some(keys.clone());
        Ok(())
    }

    pub async fn keys(&self) -> Result<Option<JsValue>, StoreError> {
        Ok(self.kept.borrow().keys.clone())
    }

    pub async fn apply(&self, page: &Page) -> Result<(), StoreError> {
        let mut data = self.kept.borrow_mut();
        data.chunks.extend(page.chunks.iter().cloned());
        data.stock.extend(page.stock.iter().cloned());
        for (id, customer) in &page.customers {
            match customer {
                Some(customer) => drop(data.customers.insert(*id, customer.clone())),
                None => drop(data.customers.remove(id)),
            }
        }
        for (key, account) in &page.accounts {
            match account {
                Some(account) => drop(data.accounts.insert(key.clone(), account.clone())),
                None => drop(data.accounts.remove(key)),
            }
        }
        data.known = std::mem::take(&mut data.known).split_off(&known::before(page.known.from_ms));
        let sales = page.known.sales.iter().map(|one| (known::key(&one.sale), one.clone()));
        data.known.extend(sales);
        data.known.retain(|_, one| !page.known.gone.contains(&one.sale.id));
        while data.known.len() > MOST_KNOWN {
            data.known.pop_first();
        }
        if let Some(lists) = &page.lists {
            data.lists = lists.clone();
        }
        data.feed = page.feed.clone();
        Ok(())
    }

    pub async fn start_over(&self) -> Result<(), StoreError> {
        let mut data = self.kept.borrow_mut();
        data.chunks.clear();
        data.stock.clear();
        data.customers.clear();
        data.accounts.clear();
        data.known.clear();
        data.feed = super::Feed::default();
        Ok(())
    }

    pub async fn record(
        &self,
        sale_id: Option<SaleId>,
        build: impl FnOnce(Numbers) -> Result<Recording, StoreError>,
    ) -> Result<Recorded, StoreError> {
        let mut data = self.kept.borrow_mut();
        let known = data.sales.iter().find(|(_, sale)| Some(sale.id) == sale_id);
        if let Some((sequence, sale)) = known {
            let (sequence, sale) = (*sequence, Arc::clone(sale));
            return Ok(Recorded { sequence, sale: Some(sale), shift: data.counters.shift.clone() });
        }
        if data.identity.is_none() {
            return Err(StoreError::Refused("this tablet was unpaired".to_owned()));
        }
        let recording = build(data.counters.next())?;
        let (sealed, counters) = data.counters.record(&recording.entry)?;
        let (sequence, shift) = (counters.sequence, counters.shift.clone());
        data.counters = counters;
        data.journal.insert(sequence, sealed);
        if let Some(sale) = &recording.sale {
            data.sales.insert(sequence, Arc::clone(sale));
            data.held.retain(|held| held.cart.id != sale.id);
        }
        if let Some(customer) = recording.customer {
            data.customers.insert(customer.id, customer);
        }
        Ok(Recorded { sequence, sale: recording.sale, shift })
    }

    pub async fn entries(&self, from: u64, most: usize) -> Result<Vec<SealedEntry>, StoreError> {
        Ok(self.kept.borrow().journal.range(from..).take(most).map(|(_, entry)| entry.clone()).collect())
    }

    pub async fn answered(&self, to: u64, kept: &[(u64, String)]) -> Result<Answered, StoreError> {
        let mut data = self.kept.borrow_mut();
        let answered = data.answered.after(to, kept);
        data.answered = answered.clone();
        if let Some(oldest) = answered.may_forget_to() {
            data.journal.retain(|sequence, _| *sequence > oldest);
            data.sales.retain(|sequence, _| *sequence > oldest);
        }
        Ok(answered)
    }

    pub async fn position(&self) -> Result<(Counters, Answered), StoreError> {
        let data = self.kept.borrow();
        Ok((data.counters.clone(), data.answered.clone()))
    }

    pub async fn feed(&self) -> Result<super::Feed, StoreError> {
        Ok(self.kept.borrow().feed.clone())
    }

    pub async fn sales(&self, most: usize) -> Result<Vec<Arc<Sale>>, StoreError> {
        Ok(self.kept.borrow().sales.values().rev().take(most).cloned().collect())
    }

    pub async fn hold(&self, held: &HeldCart) -> Result<(), StoreError> {
        let mut data = self.kept.borrow_mut();
        data.held.retain(|known| known.cart.id != held.cart.id);
        data.held.push(held.clone());
        data.held.sort_by_key(|held| held.held_at_ms);
        Ok(())
    }

    pub async fn take_held(&self, id: SaleId) -> Result<Option<HeldCart>, StoreError> {
        let mut data = self.kept.borrow_mut();
        let at = data.held.iter().position(|held| held.cart.id == id);
        Ok(at.map(|at| data.held.remove(at)))
    }

    pub async fn held(&self) -> Result<Vec<HeldCart>, StoreError> {
        Ok(self.kept.borrow().held.clone())
    }

    pub async fn note_unpaired(&self, unpaired: bool) -> Result<(), StoreError> {
        self.kept.borrow_mut().unpaired = unpaired;
        Ok(())
    }

    pub async fn keep_open_cart(&self, cart: Option<&Cart>) -> Result<(), StoreError> {
        self.kept.borrow_mut().open_cart = cart.cloned();
        Ok(())
    }

    pub async fn open_cart(&self) -> Result<Option<Cart>, StoreError> {
        let data = self.kept.borrow();
        let gone_on = |cart: &Cart| {
            data.held.iter().any(|held| held.cart.id == cart.id)
                || data.sales.values().any(|sale| sale.id == cart.id)
        };
        Ok(data.open_cart.clone().filter(|cart| !gone_on(cart)))
    }

    pub async fn change_tries<R>(&self, change: impl FnOnce(&mut Tries) -> R) -> Result<R, StoreError> {
        Ok(change(&mut self.kept.borrow_mut().tries))
    }

    pub async fn printers(&self) -> Result<Vec<KeptPrinter>, StoreError> {
        Ok(self.kept.borrow().printers.clone())
    }

    pub async fn keep_printers(&self, printers: &[KeptPrinter]) -> Result<(), StoreError> {
        self.kept.borrow_mut().printers = printers.to_vec();
        Ok(())
    }

    pub async fn scales(&self) -> Result<Vec<Scale>, StoreError> {
        Ok(self.kept.borrow().scales.clone())
    }

    pub async fn keep_scales(&self, scales: &[Scale]) -> Result<(), StoreError> {
        self.kept.borrow_mut().scales = scales.to_vec();
        Ok(())
    }

    pub async fn scanners(&self) -> Result<Vec<CabledScanner>, StoreError> {
        Ok(self.kept.borrow().scanners.clone())
    }

    pub async fn keep_scanners(&self, scanners: &[CabledScanner]) -> Result<(), StoreError> {
        self.kept.borrow_mut().scanners = scanners.to_vec();
        Ok(())
    }

    pub async fn charges(&self) -> Result<Vec<Charge>, StoreError> {
        Ok(self.kept.borrow().charges.clone())
    }

    pub async fn change_charges(&self, change: impl FnOnce(&mut Vec<Charge>)) -> Result<(), StoreError> {
        change(&mut self.kept.borrow_mut().charges);
        Ok(())
    }

    pub async fn terminal(&self) -> Result<Connected, StoreError> {
        Ok(self.kept.borrow().terminal)
    }

    pub async fn keep_terminal(&self, terminal: Connected) -> Result<(), StoreError> {
        self.kept.borrow_mut().terminal = terminal;
        Ok(())
    }

    pub async fn customers(&self) -> Result<Vec<Customer>, StoreError> {
        Ok(self.kept.borrow().customers.values().cloned().collect())
    }

    pub async fn customer(&self, id: CustomerId) -> Result<Option<Customer>, StoreError> {
        Ok(self.kept.borrow().customers.get(&id).cloned())
    }

    pub async fn account(&self, key: &AccountKey) -> Result<Option<Account>, StoreError> {
        Ok(self.kept.borrow().accounts.get(key).cloned())
    }

    pub async fn customers_numbered(&self, number: &str) -> Result<Vec<Customer>, StoreError> {
        let has_it = |customer: &&Customer| {
            customer.number.as_deref().map(Customer::number_key).as_deref() == Some(number)
        };
        Ok(self.kept.borrow().customers.values().filter(has_it).cloned().collect())
    }

    pub async fn sale(&self, id: SaleId) -> Result<Option<Arc<Sale>>, StoreError> {
        Ok(self.kept.borrow().sales.values().find(|sale| sale.id == id).cloned())
    }

    pub async fn known_sales(&self, part: &str, most: usize) -> Result<Vec<KnownSale>, StoreError> {
        let data = self.kept.borrow();
        let found = data.known.iter().rev().filter(|(key, _)| known::is_found(key, part)).take(most);
        Ok(found.map(|(_, one)| one.clone()).collect())
    }

    pub async fn known_sale(&self, id: SaleId) -> Result<Option<KnownSale>, StoreError> {
        Ok(self.kept.borrow().known.values().find(|one| one.sale.id == id).cloned())
    }

    pub async fn erase(&self) -> Result<(), StoreError> {
        let mut data = self.kept.borrow_mut();
        let unsent = data.counters.unsent(&data.answered);
        if unsent > 0 {
            return Err(StoreError::Unsent(unsent));
        }
        *data = Data::default();
        Ok(())
    }
}
