//! Known, kept: the object store of the sales that the server has told of.
//! Lives here: its layout, and what each transaction does to it. May use: indexed_db, known.
//! Never: a look at every sale, but at their keys.

use super::StoreError;
use super::browser::{field, object};
use super::indexed_db::{Transaction, done, meaning};
use super::known::{self, KnownChanges};
use js_sys::Array;
use shared::ids::SaleId;
use shared::sale::{KnownSale, MOST_KNOWN};
use wasm_bindgen::JsValue;
use web_sys::{IdbDatabase, IdbKeyRange, IdbObjectStore, IdbObjectStoreParameters};

pub(super) const STORE: &str = "known_sales";
/// Index by the sale's id.
const BY_ID: &str = "id";
const WHAT: &str = "known sale";

pub(super) fn create(database: &IdbDatabase) -> Result<(), JsValue> {
    let parameters = IdbObjectStoreParameters::new();
    let store = database.create_object_store_with_optional_parameters(STORE, &parameters)?;
    store.create_index_with_str(BY_ID, BY_ID)?;
    Ok(())
}

/// Writes, takes out, forgets what is too old, and the oldest of what is too many.
pub(super) async fn apply(transaction: &Transaction, changes: &KnownChanges) -> Result<(), StoreError> {
    let store = transaction.store(STORE)?;
    if changes.from_ms > 0 {
        forget(&store, &known::before(changes.from_ms))?;
    }
    for one in &changes.sales {
        let text = serde_json::to_string(one).map_err(|error| StoreError::Browser(error.to_string()))?;
        let value = object(&[(BY_ID, &one.sale.id.to_string()), ("sale", &text)])?;
        store.put_with_key(&value, &known::key(&one.sale).into()).map_err(|error| meaning(&error))?;
    }
    for id in &changes.gone {
        let index = store.index(BY_ID).map_err(|error| meaning(&error))?;
        let key = done(index.get_key(&id.to_string().into())).await?;
        if !key.is_undefined() {
            store.delete(&key).map_err(|error| meaning(&error))?;
        }
    }
    // Only what was written can have made them too many.
    if changes.sales.is_empty() {
        return Ok(());
    }
    let count = done(store.count()).await?.as_f64().map_or(0, crate::clock::whole);
    let most = i64::try_from(MOST_KNOWN).unwrap_or(i64::MAX);
    let Some(excess) = u32::try_from(count.saturating_sub(most)).ok().filter(|excess| *excess > 0) else {
        return Ok(());
    };
    let oldest = done(store.get_all_keys_with_key_and_limit(&JsValue::UNDEFINED, excess)).await?;
    let last = Array::from(&oldest).pop();
    let range = IdbKeyRange::upper_bound(&last).map_err(|error| meaning(&error))?;
    store.delete(&range).map(drop).map_err(|error| meaning(&error))
}

/// Forgets what comes before a key.
fn forget(store: &IdbObjectStore, before: &str) -> Result<(), StoreError> {
    let range = IdbKeyRange::upper_bound_with_open(&before.into(), true).map_err(|error| meaning(&error))?;
    store.delete(&range).map(drop).map_err(|error| meaning(&error))
}

/// The newest first.
pub(super) async fn find(
    transaction: &Transaction,
    part: &str,
    most: usize,
) -> Result<Vec<KnownSale>, StoreError> {
    let store = transaction.store(STORE)?;
    let keys = Array::from(&done(store.get_all_keys()).await?);
    let is_found = |key: &JsValue| key.as_string().is_some_and(|key| known::is_found(&key, part));
    let mut found = Vec::new();
    for at in (0..keys.length()).rev() {
        let key = keys.get(at);
        if found.len() < most && is_found(&key) {
            found.push(done(store.get(&key)));
        }
    }
    let mut sales = Vec::with_capacity(found.len());
    for value in found {
        sales.push(read(&value.await?)?);
    }
    Ok(sales)
}

pub(super) async fn one(transaction: &Transaction, id: SaleId) -> Result<Option<KnownSale>, StoreError> {
    let index = transaction.store(STORE)?.index(BY_ID).map_err(|error| meaning(&error))?;
    let value = done(index.get(&id.to_string().into())).await?;
    if value.is_undefined() { Ok(None) } else { read(&value).map(Some) }
}

fn read(value: &JsValue) -> Result<KnownSale, StoreError> {
    let text = field(value, "sale", WHAT)?;
    shared::json::read(text.as_bytes()).map_err(|_| StoreError::Unreadable(WHAT))
}
