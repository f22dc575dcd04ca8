//! Browser: the device store in IndexedDB.
//! Lives here: its object stores, and each transaction of the store over them.
//! May use: indexed_db, the stored forms. Never: a wait for anything but its own requests inside a transaction.
//! Invariant: numbers are read and used in the same strict transaction, so two tabs can never give out the same one.

use super::indexed_db::{Mode, Transaction, done, meaning, open};
use super::known_kept;
use super::{
    Answered, Chunk, Counters, Feed, HeldCart, Identity, Kept, KeptPrinter, Lists, Numbers, Page, Recorded,
    Recording, StoreError, Tries,
};
use js_sys::{Array, Object, Reflect, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::account::{Account, AccountKey};
use shared::barcode::CabledScanner;
use shared::customer::Customer;
use shared::ids::{CustomerId, SaleId};
use shared::sale::{Cart, KnownSale, Sale};
use shared::scale::Scale;
use shared::sync::journal::SealedEntry;
use shared::terminal::{Charge, Connected};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, IdbDatabase, IdbKeyRange, IdbObjectStore, IdbObjectStoreParameters};

/// Number of the layout; the stores of older numbers stay readable for ever.
const VERSION: u32 = 3;
const META: &str = "meta";
const JOURNAL: &str = "journal";
const SALES: &str = "sales";
const HELD: &str = "held_carts";
const CHUNKS: &str = "catalog";
const STOCK: &str = "stock";
/// Since the second layout.
const CUSTOMERS: &str = "customers";
const ACCOUNTS: &str = "accounts";
/// Since the third layout.
const KNOWN: &str = known_kept::STORE;
const FIRST: [&str; 6] = [META, JOURNAL, SALES, HELD, CHUNKS, STOCK];
const ALL: [&str; 9] = [META, JOURNAL, SALES, HELD, CHUNKS, STOCK, CUSTOMERS, ACCOUNTS, KNOWN];
/// What pulls bring, and what is forgotten when they start over.
const PULLED: [&str; 5] = [CHUNKS, STOCK, CUSTOMERS, ACCOUNTS, KNOWN];
/// Index of sales by their id.
const BY_ID: &str = "id";
/// Index of customers by their number.
const BY_NUMBER: &str = "number";

/// A device store in this browser.
pub struct Browser {
    name: String,
    open: Rc<RefCell<Option<Open>>>,
}

struct Open {
    database: IdbDatabase,
    _handlers: [Closure<dyn FnMut(Event)>; 2],
}

impl Browser {
    /// The store of this name; it is opened when it is first asked for something.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), open: Rc::default() }
    }

    /// The open database, opening it again if the browser has closed it.
    async fn database(&self) -> Result<IdbDatabase, StoreError> {
        if let Some(open) = self.open.borrow().as_ref() {
            return Ok(open.database.clone());
        }
        let database = open(&self.name, VERSION, upgrade).await?;
        // The browser closes it by itself (storage cleared, its process killed), or a newer app needs it closed.
        let forget = || {
            let held = Rc::downgrade(&self.open);
            let of_event = database.clone();
            Closure::<dyn FnMut(Event)>::new(move |_| {
                of_event.close();
                if let Some(open) = held.upgrade() {
                    // The closure must outlive its own call: it is dropped in the next turn.
                    let gone = open.borrow_mut().take();
                    wasm_bindgen_futures::spawn_local(async move { drop(gone) });
                }
            })
        };
        let handlers = [forget(), forget()];
        database.set_onclose(Some(handlers[0].as_ref().unchecked_ref()));
        database.set_onversionchange(Some(handlers[1].as_ref().unchecked_ref()));
        *self.open.borrow_mut() = Some(Open { database: database.clone(), _handlers: handlers });
        Ok(database)
    }

    /// Forgets the connection: it is there and does not work any more. The next call opens another.
    pub fn let_go(&self) {
        if let Some(open) = self.open.borrow_mut().take() {
            open.database.close();
        }
    }

    /// Closes the connection behind the store's back, as a browser does.
    #[cfg(test)]
    pub fn close_for_test(&self) {
        if let Some(open) = self.open.borrow().as_ref() {
            open.database.close();
        }
    }

    async fn begin(&self, stores: &[&str], mode: Mode) -> Result<Transaction, StoreError> {
        let begun = Transaction::begin(&self.database().await?, stores, mode);
        if matches!(begun, Err(StoreError::Lost)) {
            // Once more with a fresh connection; what is lost for good is told.
            self.let_go();
            return Transaction::begin(&self.database().await?, stores, mode);
        }
        begun
    }

    pub async fn load(&self) -> Result<Kept, StoreError> {
        let transaction = self.begin(&[META, CHUNKS, HELD], Mode::Read).await?;
        let meta = transaction.store(META)?;
        let all = done(transaction.store(CHUNKS)?.get_all());
        let held = done(transaction.store(HELD)?.get_all());
        let identity: Option<Identity> = read(&meta, "identity").await?;
        let unpaired: Option<bool> = read(&meta, "unpaired").await?;
        let counters: Option<Counters> = read(&meta, "counters").await?;
        let answered: Option<Answered> = read(&meta, "answered").await?;
        let feed: Option<Feed> = read(&meta, "feed").await?;
        let lists: Option<Lists> = read(&meta, "lists").await?;
        let held = held_carts(&held.await?)?;
        let mut chunks = Vec::new();
        for bytes in Array::from(&all.await?).iter() {
            let chunk =
                stored_bytes(bytes).and_then(Chunk::read).ok_or(StoreError::Unreadable("catalogue"))?;
            chunks.push(Arc::new(chunk));
        }
        let (counters, answered) = (counters.unwrap_or_default(), answered.unwrap_or_default());
        let (feed, lists) = (feed.unwrap_or_default(), lists.unwrap_or_default());
        let unpaired = unpaired.unwrap_or_default();
        Ok(Kept { identity, unpaired, counters, answered, feed, lists, chunks, held })
    }

    pub async fn load_stock(&self) -> Result<Vec<Vec<u8>>, StoreError> {
        let transaction = self.begin(&[STOCK], Mode::Read).await?;
        let all = done(transaction.store(STOCK)?.get_all()).await?;
        Ok(Array::from(&all).iter().filter_map(stored_bytes).collect())
    }

    pub async fn pair(&self, identity: &Identity, keys: &JsValue) -> Result<(), StoreError> {
        let transaction = self.begin_unpaired().await?;
        let meta = transaction.store(META)?;
        put(&meta, "identity", identity)?;
        put(&meta, "counters", &Counters::default())?;
        meta.put_with_key(keys, &"keys".into()).map_err(|error| meaning(&error))?;
        transaction.complete().await
    }

    pub async fn keep_keys(&self, keys: &JsValue) -> Result<(), StoreError> {
        let transaction = self.begin_unpaired().await?;
        let meta = transaction.store(META)?;
        meta.put_with_key(keys, &"keys".into()).map_err(|error| meaning(&error))?;
        transaction.complete().await
    }

    /// A transaction that goes on only if this tablet belongs to no shop.
    async fn begin_unpaired(&self) -> Result<Transaction, StoreError> {
        let transaction = self.begin(&[META], Mode::Strict).await?;
        let identity: Option<Identity> = read(&transaction.store(META)?, "identity").await?;
        if identity.is_some() {
            transaction.abort();
            return Err(super::already_paired());
        }
        Ok(transaction)
    }

    pub async fn keys(&self) -> Result<Option<JsValue>, StoreError> {
        let transaction = self.begin(&[META], Mode::Read).await?;
        let keys = done(transaction.store(META)?.get(&"keys".into())).await?;
        Ok((!keys.is_undefined()).then_some(keys))
    }

    pub async fn apply(&self, page: &Page) -> Result<(), StoreError> {
        let transaction = self.begin(&[META, CHUNKS, STOCK, CUSTOMERS, ACCOUNTS, KNOWN], Mode::Write).await?;
        let meta = transaction.store(META)?;
        if let Some(lists) = &page.lists {
            put(&meta, "lists", lists)?;
        }
        let chunks = transaction.store(CHUNKS)?;
        for (at, chunk) in &page.chunks {
            put_bytes(&chunks, *at, chunk.bytes())?;
        }
        let stock = transaction.store(STOCK)?;
        for (bucket, bytes) in &page.stock {
            put_bytes(&stock, usize::from(*bucket), bytes)?;
        }
        let customers = transaction.store(CUSTOMERS)?;
        for (id, customer) in &page.customers {
            match customer {
                Some(customer) => put_customer(&customers, customer)?,
                None => drop(customers.delete(&id.to_string().into()).map_err(|error| meaning(&error))?),
            }
        }
        let accounts = transaction.store(ACCOUNTS)?;
        for (key, account) in &page.accounts {
            match account {
                Some(account) => put(&accounts, key.as_str(), account)?,
                None => drop(accounts.delete(&key.as_str().into()).map_err(|error| meaning(&error))?),
            }
        }
        put(&meta, "feed", &page.feed)?;
        known_kept::apply(&transaction, &page.known).await?;
        transaction.complete().await
    }

    pub async fn start_over(&self) -> Result<(), StoreError> {
        let transaction = self.begin(&ALL, Mode::Write).await?;
        clear(&transaction, &PULLED)?;
        put(&transaction.store(META)?, "feed", &Feed::default())?;
        transaction.complete().await
    }

    pub async fn record(
        &self,
        sale_id: Option<SaleId>,
        build: impl FnOnce(Numbers) -> Result<Recording, StoreError>,
    ) -> Result<Recorded, StoreError> {
        let transaction = self.begin(&[META, JOURNAL, SALES, HELD, CUSTOMERS], Mode::Strict).await?;
        match Self::record_in(&transaction, sale_id, build).await {
            Ok(recorded) => transaction.complete().await.map(|()| recorded),
            Err(error) => {
                transaction.abort();
                Err(error)
            }
        }
    }

    async fn record_in(
        transaction: &Transaction,
        sale_id: Option<SaleId>,
        build: impl FnOnce(Numbers) -> Result<Recording, StoreError>,
    ) -> Result<Recorded, StoreError> {
        let meta = transaction.store(META)?;
        let sales = transaction.store(SALES)?;
        let counters: Option<Counters> = read(&meta, "counters").await?;
        let counters = counters.ok_or_else(|| StoreError::Refused("this tablet was unpaired".to_owned()))?;
        if let Some(id) = sale_id
            && let Some((sequence, sale)) = known_sale(&sales, id).await?
        {
            return Ok(Recorded { sequence, sale: Some(sale), shift: counters.shift });
        }
        let recording = build(counters.next())?;
        let (sealed, counters) = counters.record(&recording.entry)?;
        let key = number(counters.sequence);
        // `add`, not `put`: an entry that is there already stops the transaction instead of being written over.
        let entry = entry_value(&sealed)?;
        let journal = transaction.store(JOURNAL)?.add_with_key(&entry, &key);
        journal.map_err(|error| meaning(&error))?;
        if let Some(sale) = &recording.sale {
            let added = sales.add_with_key(&sale_value(sale)?, &key);
            added.map_err(|error| meaning(&error))?;
            let freed = transaction.store(HELD)?.delete(&sale.id.to_string().into());
            freed.map_err(|error| meaning(&error))?;
        }
        if let Some(customer) = &recording.customer {
            put_customer(&transaction.store(CUSTOMERS)?, customer)?;
        }
        put(&meta, "counters", &counters)?;
        Ok(Recorded { sequence: counters.sequence, sale: recording.sale, shift: counters.shift })
    }

    pub async fn entries(&self, from: u64, most: usize) -> Result<Vec<SealedEntry>, StoreError> {
        let transaction = self.begin(&[JOURNAL], Mode::Read).await?;
        let range = IdbKeyRange::lower_bound(&number(from)).map_err(|error| meaning(&error))?;
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        let journal = transaction.store(JOURNAL)?;
        let entries = done(journal.get_all_with_key_and_limit(&range, most)).await?;
        Array::from(&entries).iter().map(|value| entry_of(&value)).collect()
    }

    pub async fn answered(&self, to: u64, kept: &[(u64, String)]) -> Result<Answered, StoreError> {
        let transaction = self.begin(&[META, JOURNAL, SALES], Mode::Strict).await?;
        let meta = transaction.store(META)?;
        let before: Option<Answered> = read(&meta, "answered").await?;
        let answered = before.unwrap_or_default().after(to, kept);
        put(&meta, "answered", &answered)?;
        if let Some(oldest) = answered.may_forget_to() {
            let range = IdbKeyRange::upper_bound(&number(oldest)).map_err(|error| meaning(&error))?;
            for store in [JOURNAL, SALES] {
                let deleted = transaction.store(store)?.delete(&range);
                deleted.map_err(|error| meaning(&error))?;
            }
        }
        transaction.complete().await.map(|()| answered)
    }

    pub async fn position(&self) -> Result<(Counters, Answered), StoreError> {
        let transaction = self.begin(&[META], Mode::Read).await?;
        let meta = transaction.store(META)?;
        let counters: Option<Counters> = read(&meta, "counters").await?;
        let answered: Option<Answered> = read(&meta, "answered").await?;
        Ok((counters.unwrap_or_default(), answered.unwrap_or_default()))
    }

    pub async fn feed(&self) -> Result<Feed, StoreError> {
        let transaction = self.begin(&[META], Mode::Read).await?;
        Ok(read(&transaction.store(META)?, "feed").await?.unwrap_or_default())
    }

    pub async fn sales(&self, most: usize) -> Result<Vec<Arc<Sale>>, StoreError> {
        let transaction = self.begin(&[META, SALES], Mode::Read).await?;
        let counters: Option<Counters> = read(&transaction.store(META)?, "counters").await?;
        let last = counters.unwrap_or_default().sequence;
        let from = last.saturating_sub(u64::try_from(most).unwrap_or(u64::MAX));
        let range = IdbKeyRange::lower_bound(&number(from)).map_err(|error| meaning(&error))?;
        let found = done(transaction.store(SALES)?.get_all_with_key(&range)).await?;
        let mut sales: Vec<Arc<Sale>> =
            Array::from(&found).iter().map(|value| sale_of(&value)).collect::<Result<_, _>>()?;
        sales.reverse();
        sales.truncate(most);
        Ok(sales)
    }

    pub async fn hold(&self, held: &HeldCart) -> Result<(), StoreError> {
        let transaction = self.begin(&[HELD], Mode::Strict).await?;
        put(&transaction.store(HELD)?, &held.cart.id.to_string(), held)?;
        transaction.complete().await
    }

    pub async fn take_held(&self, id: SaleId) -> Result<Option<HeldCart>, StoreError> {
        let transaction = self.begin(&[HELD], Mode::Strict).await?;
        let store = transaction.store(HELD)?;
        let held: Option<HeldCart> = read(&store, &id.to_string()).await?;
        let gone = store.delete(&id.to_string().into());
        gone.map_err(|error| meaning(&error))?;
        transaction.complete().await.map(|()| held)
    }

    pub async fn held(&self) -> Result<Vec<HeldCart>, StoreError> {
        let transaction = self.begin(&[HELD], Mode::Read).await?;
        held_carts(&done(transaction.store(HELD)?.get_all()).await?)
    }

    pub async fn note_unpaired(&self, unpaired: bool) -> Result<(), StoreError> {
        let transaction = self.begin(&[META], Mode::Strict).await?;
        put(&transaction.store(META)?, "unpaired", &unpaired)?;
        transaction.complete().await
    }

    pub async fn keep_open_cart(&self, cart: Option<&Cart>) -> Result<(), StoreError> {
        let transaction = self.begin(&[META], Mode::Write).await?;
        put(&transaction.store(META)?, "open_cart", &cart)?;
        transaction.complete().await
    }

    pub async fn open_cart(&self) -> Result<Option<Cart>, StoreError> {
        let transaction = self.begin(&[META, SALES, HELD], Mode::Read).await?;
        let cart: Option<Option<Cart>> = read(&transaction.store(META)?, "open_cart").await?;
        let Some(cart) = cart.flatten() else { return Ok(None) };
        let sale = known_sale(&transaction.store(SALES)?, cart.id).await?;
        let held = done(transaction.store(HELD)?.get(&cart.id.to_string().into())).await?;
        Ok((sale.is_none() && held.is_undefined()).then_some(cart))
    }

    pub async fn change_tries<R>(&self, change: impl FnOnce(&mut Tries) -> R) -> Result<R, StoreError> {
        let transaction = self.begin(&[META], Mode::Strict).await?;
        let meta = transaction.store(META)?;
        let mut tries: Tries = read(&meta, "pin_tries").await?.unwrap_or_default();
        let answer = change(&mut tries);
        put(&meta, "pin_tries", &tries)?;
        transaction.complete().await.map(|()| answer)
    }

    pub async fn printers(&self) -> Result<Vec<KeptPrinter>, StoreError> {
        let transaction = self.begin(&[META], Mode::Read).await?;
        Ok(read(&transaction.store(META)?, "printers").await?.unwrap_or_default())
    }

    pub async fn keep_printers(&self, printers: &[KeptPrinter]) -> Result<(), StoreError> {
        let transaction = self.begin(&[META], Mode::Strict).await?;
        put(&transaction.store(META)?, "printers", &printers)?;
        transaction.complete().await
    }

    pub async fn scales(&self) -> Result<Vec<Scale>, StoreError> {
        let transaction = self.begin(&[META], Mode::Read).await?;
        Ok(read(&transaction.store(META)?, "scales").await?.unwrap_or_default())
    }

    pub async fn keep_scales(&self, scales: &[Scale]) -> Result<(), StoreError> {
        let transaction = self.begin(&[META], Mode::Strict).await?;
        put(&transaction.store(META)?, "scales", &scales)?;
        transaction.complete().await
    }

    pub async fn scanners(&self) -> Result<Vec<CabledScanner>, StoreError> {
        let transaction = self.begin(&[META], Mode::Read).await?;
        Ok(read(&transaction.store(META)?, "scanners").await?.unwrap_or_default())
    }

    pub async fn keep_scanners(&self, scanners: &[CabledScanner]) -> Result<(), StoreError> {
        let transaction = self.begin(&[META], Mode::Strict).await?;
        put(&transaction.store(META)?, "scanners", &scanners)?;
        transaction.complete().await
    }

    pub async fn charges(&self) -> Result<Vec<Charge>, StoreError> {
        let transaction = self.begin(&[META], Mode::Read).await?;
        Ok(read(&transaction.store(META)?, "charges").await?.unwrap_or_default())
    }

    pub async fn change_charges(&self, change: impl FnOnce(&mut Vec<Charge>)) -> Result<(), StoreError> {
        let transaction = self.begin(&[META], Mode::Strict).await?;
        let meta = transaction.store(META)?;
        let mut charges: Vec<Charge> = read(&meta, "charges").await?.unwrap_or_default();
        change(&mut charges);
        put(&meta, "charges", &charges)?;
        transaction.complete().await
    }

    pub async fn terminal(&self) -> Result<Connected, StoreError> {
        let transaction = self.begin(&[META], Mode::Read).await?;
        Ok(read(&transaction.store(META)?, "terminal").await?.unwrap_or_default())
    }

    pub async fn keep_terminal(&self, terminal: Connected) -> Result<(), StoreError> {
        let transaction = self.begin(&[META], Mode::Strict).await?;
        put(&transaction.store(META)?, "terminal", &terminal)?;
        transaction.complete().await
    }

    pub async fn customers(&self) -> Result<Vec<Customer>, StoreError> {
        let transaction = self.begin(&[CUSTOMERS], Mode::Read).await?;
        let all = done(transaction.store(CUSTOMERS)?.get_all()).await?;
        Array::from(&all).iter().map(|value| customer_of(&value)).collect()
    }

    pub async fn customer(&self, id: CustomerId) -> Result<Option<Customer>, StoreError> {
        let transaction = self.begin(&[CUSTOMERS], Mode::Read).await?;
        let found = done(transaction.store(CUSTOMERS)?.get(&id.to_string().into())).await?;
        if found.is_undefined() { Ok(None) } else { customer_of(&found).map(Some) }
    }

    pub async fn account(&self, key: &AccountKey) -> Result<Option<Account>, StoreError> {
        let transaction = self.begin(&[ACCOUNTS], Mode::Read).await?;
        read(&transaction.store(ACCOUNTS)?, key.as_str()).await
    }

    pub async fn customers_numbered(&self, number: &str) -> Result<Vec<Customer>, StoreError> {
        let transaction = self.begin(&[CUSTOMERS], Mode::Read).await?;
        let index = transaction.store(CUSTOMERS)?.index(BY_NUMBER).map_err(|error| meaning(&error))?;
        let found = done(index.get_all_with_key(&number.into())).await?;
        Array::from(&found).iter().map(|value| customer_of(&value)).collect()
    }

    pub async fn sale(&self, id: SaleId) -> Result<Option<Arc<Sale>>, StoreError> {
        let transaction = self.begin(&[SALES], Mode::Read).await?;
        Ok(known_sale(&transaction.store(SALES)?, id).await?.map(|(_, sale)| sale))
    }

    pub async fn known_sales(&self, part: &str, most: usize) -> Result<Vec<KnownSale>, StoreError> {
        known_kept::find(&self.begin(&[KNOWN], Mode::Read).await?, part, most).await
    }

    pub async fn known_sale(&self, id: SaleId) -> Result<Option<KnownSale>, StoreError> {
        known_kept::one(&self.begin(&[KNOWN], Mode::Read).await?, id).await
    }

    pub async fn erase(&self) -> Result<(), StoreError> {
        let transaction = self.begin(&ALL, Mode::Strict).await?;
        let meta = transaction.store(META)?;
        let counters: Option<Counters> = read(&meta, "counters").await?;
        let answered: Option<Answered> = read(&meta, "answered").await?;
        let unsent = counters.unwrap_or_default().unsent(&answered.unwrap_or_default());
        if unsent > 0 {
            transaction.abort();
            return Err(StoreError::Unsent(unsent));
        }
        clear(&transaction, &ALL)?;
        transaction.complete().await
    }
}

fn upgrade(database: &IdbDatabase, from: u32) -> Result<(), JsValue> {
    if from < 1 {
        first_layout(database)?;
    }
    if from < 2 {
        let parameters = IdbObjectStoreParameters::new();
        let store = database.create_object_store_with_optional_parameters(CUSTOMERS, &parameters)?;
        store.create_index_with_str(BY_NUMBER, BY_NUMBER)?;
        database.create_object_store_with_optional_parameters(ACCOUNTS, &parameters)?;
    }
    if from < 3 {
        known_kept::create(database)?;
    }
    Ok(())
}

/// What tablets of the first releases have; it is brought up to date from there.
pub(super) fn first_layout(database: &IdbDatabase) -> Result<(), JsValue> {
    for name in FIRST {
        let parameters = IdbObjectStoreParameters::new();
        let store = database.create_object_store_with_optional_parameters(name, &parameters)?;
        if name == SALES {
            let unique = web_sys::IdbIndexParameters::new();
            unique.set_unique(true);
            store.create_index_with_str_and_optional_parameters(BY_ID, BY_ID, &unique)?;
        }
    }
    Ok(())
}

fn number(value: u64) -> JsValue {
    JsValue::from_f64(crate::clock::from_whole(i64::try_from(value).unwrap_or(i64::MAX)))
}

async fn read<T: DeserializeOwned>(store: &IdbObjectStore, key: &str) -> Result<Option<T>, StoreError> {
    let value = done(store.get(&key.into())).await?;
    if value.is_undefined() {
        return Ok(None);
    }
    parse(&value, "settings").map(Some)
}

fn parse<T: DeserializeOwned>(value: &JsValue, what: &'static str) -> Result<T, StoreError> {
    let text = value.as_string().ok_or(StoreError::Unreadable(what))?;
    shared::json::read(text.as_bytes()).map_err(|_| StoreError::Unreadable(what))
}

fn text<T: Serialize>(value: &T) -> Result<JsValue, StoreError> {
    let text = serde_json::to_string(value).map_err(|error| StoreError::Browser(error.to_string()))?;
    Ok(text.into())
}

fn put<T: Serialize>(store: &IdbObjectStore, key: &str, value: &T) -> Result<(), StoreError> {
    store.put_with_key(&text(value)?, &key.into()).map(drop).map_err(|error| meaning(&error))
}

fn put_bytes(store: &IdbObjectStore, key: usize, bytes: &[u8]) -> Result<(), StoreError> {
    let key = number(u64::try_from(key).unwrap_or(u64::MAX));
    store.put_with_key(&Uint8Array::from(bytes), &key).map(drop).map_err(|error| meaning(&error))
}

/// Copied once, into our own memory.
fn stored_bytes(value: JsValue) -> Option<Vec<u8>> {
    value.dyn_into::<Uint8Array>().ok().map(|bytes| bytes.to_vec())
}

fn clear(transaction: &Transaction, stores: &[&str]) -> Result<(), StoreError> {
    for store in stores {
        transaction.store(store)?.clear().map_err(|error| meaning(&error))?;
    }
    Ok(())
}

pub(super) fn object(fields: &[(&str, &str)]) -> Result<JsValue, StoreError> {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &(*name).into(), &(*value).into()).map_err(|error| meaning(&error))?;
    }
    Ok(object.into())
}

pub(super) fn field(value: &JsValue, name: &str, what: &'static str) -> Result<String, StoreError> {
    let field = Reflect::get(value, &name.into()).ok().and_then(|field| field.as_string());
    field.ok_or(StoreError::Unreadable(what))
}

fn entry_value(entry: &SealedEntry) -> Result<JsValue, StoreError> {
    object(&[
        ("id", &entry.id.to_string()),
        ("sequence", &entry.sequence.to_string()),
        ("hash", &entry.hash),
        ("content", &entry.content),
    ])
}

fn entry_of(value: &JsValue) -> Result<SealedEntry, StoreError> {
    const WHAT: &str = "journal";
    Ok(SealedEntry {
        id: field(value, "id", WHAT)?.parse().map_err(|_| StoreError::Unreadable(WHAT))?,
        sequence: field(value, "sequence", WHAT)?.parse().map_err(|_| StoreError::Unreadable(WHAT))?,
        hash: field(value, "hash", WHAT)?,
        content: field(value, "content", WHAT)?,
    })
}

fn sale_value(sale: &Sale) -> Result<JsValue, StoreError> {
    let text = serde_json::to_string(sale).map_err(|error| StoreError::Browser(error.to_string()))?;
    object(&[(BY_ID, &sale.id.to_string()), ("sale", &text)])
}

fn sale_of(value: &JsValue) -> Result<Arc<Sale>, StoreError> {
    let text = field(value, "sale", "sale")?;
    shared::json::read(text.as_bytes()).map(Arc::new).map_err(|_| StoreError::Unreadable("sale"))
}

fn put_customer(store: &IdbObjectStore, customer: &Customer) -> Result<(), StoreError> {
    let text = serde_json::to_string(customer).map_err(|error| StoreError::Browser(error.to_string()))?;
    let number = customer.number.as_deref().map(Customer::number_key);
    let mut fields = vec![("customer", text.as_str())];
    fields.extend(number.as_deref().map(|number| (BY_NUMBER, number)));
    let value = object(&fields)?;
    store.put_with_key(&value, &customer.id.to_string().into()).map(drop).map_err(|error| meaning(&error))
}

fn customer_of(value: &JsValue) -> Result<Customer, StoreError> {
    let text = field(value, "customer", "customer")?;
    shared::json::read(text.as_bytes()).map_err(|_| StoreError::Unreadable("customer"))
}

/// The sale of this id, with its place in the journal.
async fn known_sale(sales: &IdbObjectStore, id: SaleId) -> Result<Option<(u64, Arc<Sale>)>, StoreError> {
    let index = sales.index(BY_ID).map_err(|error| meaning(&error))?;
    let key: JsValue = id.to_string().into();
    let Some(sequence) = done(index.get_key(&key)).await?.as_f64() else { return Ok(None) };
    let sale = sale_of(&done(index.get(&key)).await?)?;
    let sequence = u64::try_from(crate::clock::whole(sequence)).unwrap_or(0);
    Ok(Some((sequence, sale)))
}

fn held_carts(values: &JsValue) -> Result<Vec<HeldCart>, StoreError> {
    let mut held: Vec<HeldCart> = Vec::new();
    for value in Array::from(values).iter() {
        let cart: HeldCart = parse(&value, "held cart")?;
        let at = held.partition_point(|before| before.held_at_ms <= cart.held_at_ms);
        held.insert(at, cart);
    }
    Ok(held)
}
