//! Shelf: what this tab holds in memory of what was pulled, and what a page of changes makes of it.
//! Lives here: catalogue, lists and levels beside the place in the feed they belong to.
//! May use: the stored forms, the device's key (verifiers are wrapped before they are kept). Never: a request.
//! Invariant: memory moves on only after the page that moves it is on the disk (levels, which are sums heard anew, may be ahead).

use crate::device_key::DeviceKey;
use crate::device_store::{
    Catalog, DeviceStore, Feed, Kept, KnownChanges, Levels, Lists, Page, StoreError, StoredStaff,
};
use shared::account::{Account, AccountKey};
use shared::catalog::Product;
use shared::customer::Customer;
use shared::ids::{CustomerId, ProductId, SaleId};
use shared::money::Quantity;
use shared::sale::KnownSale;
use shared::staff::StaffMember;
use shared::sync::wire::{Change, PullResponse, Removed, StockLevel};
use std::cell::RefCell;
use std::sync::Arc;

/// What this tab holds.
#[derive(Default)]
pub struct Shelf {
    /// Every product.
    pub catalog: Arc<Catalog>,
    /// The short lists.
    pub lists: Lists,
    /// Where the feed stood when these were so.
    pub feed: Feed,
    /// None until they are read from the disk.
    levels: Option<Levels>,
}

impl Shelf {
    /// Of what the tablet keeps; levels are read later.
    pub fn of(kept: &Kept) -> Self {
        Self {
            catalog: Arc::new(Catalog::of(kept.chunks.clone())),
            lists: kept.lists.clone(),
            feed: kept.feed.clone(),
            levels: None,
        }
    }

    /// Another tab has moved on.
    pub fn read_again(&mut self, kept: &Kept) {
        let levels = self.levels.take();
        *self = Self { levels, ..Self::of(kept) };
    }

    /// What the server last said of a product.
    pub fn level(&self, id: ProductId) -> Option<Quantity> {
        self.levels.as_ref()?.get(id)
    }

    /// Takes levels as stored.
    pub fn set_levels(&mut self, buckets: &[Vec<u8>]) {
        self.levels = Some(Levels::of(buckets));
    }

    /// Levels in memory are not what is on the disk; they are read before the next change.
    pub fn forget_levels(&mut self) {
        self.levels = None;
    }

    /// Everything but the lists is gone, on the disk as well.
    pub fn start_over(&mut self) {
        let lists = std::mem::take(&mut self.lists);
        *self = Self { lists, levels: Some(Levels::default()), ..Self::default() };
    }

    /// A page is on the disk; its levels are here already.
    pub fn take(&mut self, after: Self) {
        let levels = self.levels.take();
        *self = Self { levels, ..after };
    }
}

/// A page's changes by kind.
#[derive(Default)]
struct Sorted {
    products: Vec<Product>,
    removed: Vec<ProductId>,
    levels: Vec<StockLevel>,
    customers: Vec<(CustomerId, Option<Customer>)>,
    accounts: Vec<(AccountKey, Option<Account>)>,
    known: KnownChanges,
    lists: Vec<Change>,
}

fn sorted(changes: Vec<Change>) -> Sorted {
    let mut sorted = Sorted::default();
    for change in changes {
        match change {
            Change::Product(product) => {
                sorted.removed.retain(|id| *id != product.id);
                sorted.products.push(product);
            }
            Change::StockLevel(level) => sorted.levels.push(level),
            Change::Removed(Removed { kind, id }) if kind == "product" => {
                if let Ok(id) = id.parse() {
                    sorted.products.retain(|product| product.id != id);
                    sorted.removed.push(id);
                }
            }
            Change::Customer(customer) => sorted.customers.push((customer.id, Some(customer))),
            Change::Account(account) | Change::Points(account) => {
                sorted.accounts.push((account.key.clone(), Some(account)));
            }
            Change::Removed(Removed { kind, id }) if matches!(kind.as_str(), "account" | "points") => {
                sorted.accounts.extend(id.parse().ok().map(|key| (key, None)));
            }
            Change::Removed(Removed { kind, id }) if kind == "customer" => {
                sorted.customers.extend(id.parse().ok().map(|id| (id, None)));
            }
            Change::Sale(known) => sorted.known.sales.push(*known),
            Change::Removed(Removed { kind, id }) if kind == "sale" => {
                sorted.known.gone.extend(id.parse::<SaleId>());
            }
            other => sorted.lists.push(other),
        }
    }
    sorted
}

/// What the shelf becomes by a page, and what to write for it.
pub async fn after(
    shelf: &RefCell<Shelf>,
    response: PullResponse,
    device: &DeviceStore,
    key: &DeviceKey,
) -> Result<(Shelf, Page), StoreError> {
    if shelf.borrow().levels.is_none() {
        let stored = device.load_stock().await?;
        shelf.borrow_mut().set_levels(&stored);
    }
    let (catalog, mut lists, feed) = {
        let shelf = shelf.borrow();
        (Arc::clone(&shelf.catalog), shelf.lists.clone(), shelf.feed.clone())
    };
    let begins = feed.cursor.is_none();
    let feed = Feed {
        cursor: Some(response.cursor),
        loaded: feed.loaded || !response.more,
        product_count: response.product_count,
    };
    let changes = sorted(response.changes);
    if begins {
        // The first page brings the lists whole; what is not in it is gone.
        lists = Lists { store: lists.store, register: lists.register, ..Lists::default() };
    }
    let lists_changed = begins || !changes.lists.is_empty();
    for change in changes.lists {
        change_list(&mut lists, change, key).await?;
    }
    let mut known = changes.known;
    if let Some(store) = &lists.store {
        known.from_ms = KnownSale::told_from(store.known_days, response.server_time_ms);
    }
    // Levels are shown while the page is being written, so they are changed where they are.
    let stock =
        shelf.borrow_mut().levels.as_mut().map(|levels| levels.set(&changes.levels)).unwrap_or_default();
    let (catalog, written) = if changes.products.is_empty() && changes.removed.is_empty() {
        (catalog, Vec::new())
    } else {
        let (catalog, written) = catalog.changed(changes.products, &changes.removed);
        (Arc::new(catalog), written)
    };
    let chunks = written.into_iter().filter_map(|at| Some((at, Arc::clone(catalog.chunk(at)?)))).collect();
    let page = Page {
        chunks,
        lists: lists_changed.then(|| lists.clone()),
        stock,
        customers: changes.customers,
        accounts: changes.accounts,
        known,
        feed: feed.clone(),
    };
    Ok((Shelf { catalog, lists, feed, levels: None }, page))
}

async fn change_list(lists: &mut Lists, change: Change, key: &DeviceKey) -> Result<(), StoreError> {
    match change {
        Change::Store(store) => lists.store = Some(store),
        Change::Register(register) => lists.register = Some(register),
        Change::TaxCategory(tax) => put(&mut lists.tax_categories, tax, |known, new| known.id == new.id),
        Change::Category(category) => {
            lists.categories.retain(|known| known.id != category.id);
            let place = (category.position, category.name.as_str());
            let at = lists.categories.partition_point(|one| (one.position, one.name.as_str()) < place);
            lists.categories.insert(at, category);
        }
        Change::Staff(member) => {
            let stored = stored(member, key).await?;
            lists.staff.retain(|known| known.member.id != stored.member.id);
            let at = lists.staff.partition_point(|one| one.member.name < stored.member.name);
            lists.staff.insert(at, stored);
        }
        Change::Removed(gone) => remove(lists, &gone),
        Change::PriceList(list) => put(&mut lists.price_lists, list, |known, new| known.id == new.id),
        Change::Promotion(promotion) => {
            put(&mut lists.promotions, promotion, |known, new| known.id == new.id)
        }
        Change::TenderType(one) => put(&mut lists.tender_types, one, |known, new| known.id == new.id),
        Change::CustomerGroup(group) => {
            put(&mut lists.customer_groups, group, |known, new| known.id == new.id);
        }
        Change::Product(_)
        | Change::StockLevel(_)
        | Change::Customer(_)
        | Change::Account(_)
        | Change::Points(_)
        | Change::Sale(_)
        | Change::Unknown => {}
    }
    Ok(())
}

/// In the place of the one of before, or behind the others.
fn put<T>(list: &mut Vec<T>, new: T, is_same: fn(&T, &T) -> bool) {
    match list.iter_mut().find(|known| is_same(known, &new)) {
        Some(known) => *known = new,
        None => list.push(new),
    }
}

/// Kept with the verifier under the device's own key.
async fn stored(mut member: StaffMember, key: &DeviceKey) -> Result<StoredStaff, StoreError> {
    let pin = match member.pin.take() {
        None => None,
        Some(verifier) => {
            let wrapped = key.wrap_pin(member.id, &verifier).await;
            Some(wrapped.map_err(|error| StoreError::Browser(error.to_string()))?)
        }
    };
    Ok(StoredStaff { member, pin })
}

/// A kind this release does not know is none that it keeps.
fn remove(lists: &mut Lists, gone: &Removed) {
    match gone.kind.as_str() {
        "category" => lists.categories.retain(|category| category.id.to_string() != gone.id),
        "tax_category" => lists.tax_categories.retain(|tax| tax.id.to_string() != gone.id),
        "price_list" => lists.price_lists.retain(|list| list.id.to_string() != gone.id),
        "promotion" => lists.promotions.retain(|promotion| promotion.id.to_string() != gone.id),
        "customer_group" => lists.customer_groups.retain(|one| one.id.to_string() != gone.id),
        "tender_type" => lists.tender_types.retain(|one| one.id.to_string() != gone.id),
        "staff" => lists.staff.retain(|staff| staff.member.id.to_string() != gone.id),
        _ => {}
    }
}
