//! Memory: a device store that is gone when the page is closed.
//! Lives here: the same transactions as in the browser's database, over plain maps.
//! May use: the stored forms. Never: the browser.
//! Invariant: it passes the same contract as the real one (`contract.rs`).

use super::{
    Answered, Chunk, Counters, HeldCart, Identity, Kept, Lists, Numbers, Page, Recorded, Recording,
    StoreError, Tries,
};
use shared::ids::SaleId;
use shared::sale::{Cart, Sale};
use shared::sync::journal::SealedEntry;
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
            return Ok(Recorded { sequence: *sequence, sale: Some(Arc::clone(sale)) });
        }
        if data.identity.is_none() {
            return Err(StoreError::Refused("this tablet was unpaired".to_owned()));
        }
        let recording = build(data.counters.next())?;
        data.counters = data.counters.after(&recording.entry, recording.sale.is_some())?;
        let sequence = data.counters.sequence;
        data.journal.insert(sequence, recording.entry);
        if let Some(sale) = &recording.sale {
            data.sales.insert(sequence, Arc::clone(sale));
            data.held.retain(|held| held.cart.id != sale.id);
        }
        Ok(Recorded { sequence, sale: recording.sale })
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
