//! Pull: one page of what a tablet has not seen.

use super::cursor::{Cursor, Part, Place};
use super::known;
use crate::store::catalog::{self, Bodies};
use crate::store::feed::{self, FeedRow, kind};
use crate::store::pricing::{self, Rule};
use crate::store::{Db, StoreError, Tx, accounts, customers, ground};
use serde::de::DeserializeOwned;
use shared::account::Account;
use shared::ids::{OrganisationId, RegisterId, StoreId};
use shared::money::Quantity;
use shared::planted::{Planted, is_planted};
use shared::sync::wire::{Change, PullResponse, Removed, SCHEMA, StockLevel};
use shared::tender::TenderType;
use std::collections::HashMap;

/// The first page is small, so that selling can begin.
pub const FIRST_PAGE: usize = 500;
/// Later pages.
pub const PAGE: usize = 5_000;

/// Who pulls.
#[derive(Clone, Copy, Debug)]
pub struct Puller {
    /// Whose.
    pub organisation_id: OrganisationId,
    /// In which store.
    pub store_id: StoreId,
    /// At which register.
    pub register_id: RegisterId,
    /// How far it reads kinds of changes ([`shared::sync::wire::READS`]).
    pub reads: u16,
}

/// Price lists and promotions came with this.
const READS_PRICES: u16 = 2;
/// Tender types came with this.
const READS_TENDER_TYPES: u16 = 3;
/// Customers, their groups and accounts, and the ways to pay by these came with this.
const READS_CUSTOMERS: u16 = 4;
/// Points came with this.
const READS_POINTS: u16 = 5;
/// Sales of the store came with this.
const READS_SALES: u16 = READS_POINTS;

impl Puller {
    /// Is this kind one that it can read?
    fn reads(&self, kind: &str) -> bool {
        let came_with = match kind {
            kind::PRICE_LIST | kind::PROMOTION => READS_PRICES,
            kind::TENDER_TYPE => READS_TENDER_TYPES,
            kind::CUSTOMER | kind::CUSTOMER_GROUP | kind::ACCOUNT => READS_CUSTOMERS,
            kind::POINTS => READS_POINTS,
            kind::SALE => READS_SALES,
            _ => 1,
        };
        self.reads >= came_with
    }
}

/// Gives the page after a cursor; without a cursor the first load begins. `limit` is the most changes wanted.
pub async fn pull(
    db: &Db,
    who: Puller,
    cursor: Option<&str>,
    limit: Option<usize>,
    now_ms: i64,
) -> Result<PullResponse, StoreError> {
    let mut tx = db.read_for(who.organisation_id).await?;
    let life = feed::life(&mut tx).await?;
    let product_count = catalog::count_products(&mut tx, who.organisation_id).await?;
    let known = cursor.map(str::parse::<Cursor>);
    let start_over = match &known {
        None => false,
        Some(Err(_)) => true,
        Some(Ok(cursor)) => is_lost(&mut tx, who, cursor, &life).await?,
    };
    let limit = limit.unwrap_or(if cursor.is_some() { PAGE } else { FIRST_PAGE }).clamp(1, PAGE);
    let read_before = known.as_ref().and_then(|cursor| cursor.as_ref().ok()).map(Cursor::reads);
    let mut page = match known {
        _ if start_over => Page { changes: Vec::new(), cursor: None, more: false, held_back: false },
        Some(Ok(Cursor::Following { at, reads, .. })) => match left_out(reads, who.reads) {
            Some(part) => {
                load(&mut tx, who, at, part, String::new(), limit, now_ms).await?.of(&life.epoch, who)
            }
            None => follow(&mut tx, who, at, limit, now_ms).await?.of(&life.epoch, who),
        },
        Some(Ok(Cursor::Loading { from, part, after, .. })) => {
            load(&mut tx, who, from, part, after, limit, now_ms).await?.of(&life.epoch, who)
        }
        _ => {
            let (txid, position) = feed::end(&mut tx, who.organisation_id).await?;
            let from = Place { txid, position };
            load(&mut tx, who, from, Part::Ground, String::new(), limit, now_ms).await?.of(&life.epoch, who)
        }
    };
    // An app that was updated reads kinds that were left out until now.
    if let Some(before) = read_before.filter(|before| !start_over && *before < who.reads) {
        page.changes.extend(rules_of(&mut tx, who, before).await?);
    }
    Ok(PullResponse {
        schema: SCHEMA,
        changes: page.changes,
        cursor: page.cursor.unwrap_or_default(),
        more: page.more,
        start_over,
        held_back: page.held_back,
        last_sequence: None,
        product_count,
        server_time_ms: now_ms,
    })
}

/// Did a kind come after an app that reads as far as `before`, and does one that reads as far as `now` know it?
fn is_new(came_with: u16, before: u16, now: u16) -> bool {
    before < came_with && came_with <= now
}

/// From where an app that was updated is told what it could not read until now, if that is more than rules.
fn left_out(before: u16, now: u16) -> Option<Part> {
    if is_new(READS_CUSTOMERS, before, now) {
        return Some(Part::Customers);
    }
    is_new(READS_POINTS, before, now).then_some(Part::Points)
}

struct Page {
    changes: Vec<Change>,
    cursor: Option<String>,
    more: bool,
    held_back: bool,
}

/// A page whose cursor is not written yet.
struct Piece {
    changes: Vec<Change>,
    next: Next,
    more: bool,
    held_back: bool,
}

enum Next {
    Loading(Place, Part, String),
    Following(Place),
}

impl Piece {
    fn of(self, epoch: &str, who: Puller) -> Page {
        let (epoch, reads) = (epoch.to_owned(), who.reads);
        let cursor = match self.next {
            Next::Loading(from, part, after) => Cursor::Loading { epoch, reads, from, part, after },
            Next::Following(at) => Cursor::Following { epoch, reads, at },
        };
        Page {
            changes: self.changes,
            cursor: Some(cursor.to_string()),
            more: self.more,
            held_back: self.held_back,
        }
    }
}

/// Is the cursor of another life of the database, of a newer copy of it, or from before the tombstones it would need?
async fn is_lost(tx: &mut Tx, who: Puller, cursor: &Cursor, life: &feed::Life) -> Result<bool, StoreError> {
    let place = match cursor {
        Cursor::Loading { from, .. } => *from,
        Cursor::Following { at, .. } => *at,
    };
    let horizon = Place { txid: life.feed_horizon_txid, position: life.feed_horizon_position };
    if cursor.epoch() != life.epoch || place < horizon {
        return Ok(true);
    }
    feed::is_beyond(tx, who.organisation_id, (place.txid, place.position)).await
}

/// A page of the first load, filled from as many parts as fit.
async fn load(
    tx: &mut Tx,
    who: Puller,
    from: Place,
    mut part: Part,
    mut after: String,
    limit: usize,
    now_ms: i64,
) -> Result<Piece, StoreError> {
    let mut changes = Vec::new();
    while changes.len() < limit {
        let wanted = limit - changes.len();
        let rows = i64::try_from(wanted).unwrap_or(i64::MAX);
        let organisation_id = who.organisation_id;
        let count = match part {
            Part::Ground => {
                changes.extend(ground_of(tx, who).await?);
                0
            }
            Part::Favourites | Part::Products => {
                let favourites = part == Part::Favourites;
                let products =
                    catalog::products_to_load(tx, organisation_id, favourites, &after, rows).await?;
                if let Some(last) = products.last() {
                    after = last.id.to_string();
                }
                let count = products.len();
                changes.extend(products.into_iter().map(Change::Product));
                count
            }
            Part::Levels => {
                let store = who.store_id.to_string();
                let levels = catalog::levels_to_load(tx, organisation_id, &store, &after, rows).await?;
                if let Some((last, _)) = levels.last() {
                    after.clone_from(last);
                }
                let count = levels.len();
                for level in levels {
                    changes.push(level_change(level)?);
                }
                count
            }
            Part::Customers => {
                let customers = customers::to_load(tx, organisation_id, &after, rows).await?;
                if let Some(last) = customers.last() {
                    after = last.id.to_string();
                }
                let count = customers.len();
                changes.extend(customers.into_iter().map(Change::Customer));
                count
            }
            Part::Accounts | Part::Points => {
                let points = part == Part::Points;
                let accounts = accounts::to_load(tx, organisation_id, points, &after, rows).await?;
                if let Some(last) = accounts.last() {
                    after = last.key.as_str().to_owned();
                }
                let count = accounts.len();
                changes.extend(accounts.into_iter().map(account_change));
                count
            }
            Part::Sales => {
                let (sales, next) = known::load(tx, who, now_ms, &after, wanted).await?;
                changes.extend(sales);
                if let Some(next) = next {
                    // A page of sales is heavy enough.
                    after = next;
                    break;
                }
                0
            }
        };
        if count < wanted {
            after.clear();
            part = match part {
                Part::Ground => Part::Favourites,
                Part::Favourites => Part::Products,
                Part::Products => Part::Levels,
                Part::Levels if who.reads(kind::CUSTOMER) => Part::Customers,
                Part::Customers => Part::Accounts,
                Part::Accounts if who.reads(kind::POINTS) => Part::Points,
                Part::Points if who.reads(kind::SALE) => Part::Sales,
                // What changed while it was loaded follows at once.
                Part::Levels | Part::Accounts | Part::Points | Part::Sales => {
                    let from = if is_planted(Planted::LoadFollowsFromEnd) {
                        let (txid, position) = feed::end(tx, who.organisation_id).await?;
                        Place { txid, position }
                    } else {
                        from
                    };
                    return Ok(Piece { changes, next: Next::Following(from), more: true, held_back: false });
                }
            };
        }
    }
    Ok(Piece { changes, next: Next::Loading(from, part, after), more: true, held_back: false })
}

/// What selling needs before any product.
async fn ground_of(tx: &mut Tx, who: Puller) -> Result<Vec<Change>, StoreError> {
    let id = who.organisation_id;
    let mut changes = Vec::new();
    changes.extend(
        ground::stores(tx, id).await?.into_iter().filter(|s| s.id == who.store_id).map(Change::Store),
    );
    changes.extend(
        ground::registers(tx, id)
            .await?
            .into_iter()
            .filter(|register| register.id == who.register_id)
            .map(Change::Register),
    );
    changes.extend(ground::staff(tx, id, None).await?.into_iter().map(Change::Staff));
    changes.extend(catalog::tax_categories(tx, id).await?.into_iter().map(Change::TaxCategory));
    changes.extend(catalog::categories(tx, id).await?.into_iter().map(Change::Category));
    changes.extend(rules_of(tx, who, 1).await?);
    Ok(changes)
}

/// The store's rules of the kinds that came after an app that reads so far, as far as this one reads.
async fn rules_of(tx: &mut Tx, who: Puller, after: u16) -> Result<Vec<Change>, StoreError> {
    let (id, store) = (who.organisation_id, who.store_id);
    let is_new = |came_with: u16| is_new(came_with, after, who.reads);
    let mut changes = Vec::new();
    if is_new(READS_PRICES) {
        changes.extend(pricing::told(tx, id, store, None).await?.into_iter().map(Change::PriceList));
        changes.extend(pricing::told(tx, id, store, None).await?.into_iter().map(Change::Promotion));
    }
    if is_new(READS_TENDER_TYPES) {
        let types = tender_types(tx, who, None).await?;
        changes.extend(types.into_iter().filter(|one| !one.kind.is_account()).map(Change::TenderType));
    }
    if is_new(READS_CUSTOMERS) {
        changes.extend(pricing::told(tx, id, store, None).await?.into_iter().map(Change::CustomerGroup));
        let types = tender_types(tx, who, None).await?;
        changes.extend(types.into_iter().filter(|one| one.kind.is_account()).map(Change::TenderType));
    }
    Ok(changes)
}

/// The store's ways to pay, as far as an app can read them.
async fn tender_types(
    tx: &mut Tx,
    who: Puller,
    ids: Option<&[String]>,
) -> Result<Vec<TenderType>, StoreError> {
    let mut types: Vec<TenderType> = pricing::told(tx, who.organisation_id, who.store_id, ids).await?;
    types.retain(|one| !one.kind.is_account() || who.reads >= READS_CUSTOMERS);
    Ok(types)
}

fn account_change(account: Account) -> Change {
    if account.key.counts_points() { Change::Points(account) } else { Change::Account(account) }
}

fn level_change((product, quantity): (String, i64)) -> Result<Change, StoreError> {
    let product_id = product.parse().map_err(|_| StoreError::Value(product.clone()))?;
    Ok(Change::StockLevel(StockLevel { product_id, quantity: Quantity(quantity) }))
}

/// A page of the feed.
async fn follow(tx: &mut Tx, who: Puller, at: Place, limit: usize, now_ms: i64) -> Result<Piece, StoreError> {
    let store = who.store_id.to_string();
    let rows = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = feed::after(tx, who.organisation_id, &store, (at.txid, at.position), rows).await?;
    let is_full = rows.len() == limit;
    let more = known::cut(&mut rows) || is_full;
    let next = rows.last().map_or(at, |row| Place { txid: row.txid, position: row.position });
    // Asked after the page was read: what became readable in between is told of as well.
    let held_back = feed::is_more(tx, who.organisation_id, &store, (next.txid, next.position)).await?;
    Ok(Piece {
        changes: changes_of(tx, who, &rows, now_ms).await?,
        next: Next::Following(next),
        more,
        held_back,
    })
}

/// The records the rows name, as they are now; what is not there any more is gone.
async fn changes_of(
    tx: &mut Tx,
    who: Puller,
    rows: &[FeedRow],
    now_ms: i64,
) -> Result<Vec<Change>, StoreError> {
    let mut found: HashMap<(&str, String), Change> = HashMap::new();
    for kind in [
        kind::PRODUCT,
        kind::CATEGORY,
        kind::TAX_CATEGORY,
        kind::STORE,
        kind::STOCK_LEVEL,
        kind::STAFF,
        kind::REGISTER,
        kind::PRICE_LIST,
        kind::PROMOTION,
        kind::TENDER_TYPE,
        kind::CUSTOMER,
        kind::CUSTOMER_GROUP,
        kind::ACCOUNT,
        kind::POINTS,
        kind::SALE,
    ] {
        let ids: Vec<String> = rows
            .iter()
            .filter(|row| row.kind == kind && !row.removed)
            .map(|row| row.record_id.clone())
            .collect();
        if ids.is_empty() || !who.reads(kind) {
            continue;
        }
        for (id, change) in records_of(tx, who, kind, &ids, now_ms).await? {
            found.insert((kind, id), change);
        }
    }
    let mut changes = Vec::with_capacity(rows.len());
    for row in rows {
        let own = match row.kind.as_str() {
            kind::STORE => row.record_id == who.store_id.to_string(),
            kind::REGISTER => row.record_id == who.register_id.to_string(),
            kind => who.reads(kind),
        };
        if !own {
            continue;
        }
        match found.remove(&(row.kind.as_str(), row.record_id.clone())) {
            Some(change) => changes.push(change),
            // A tablet lets go of old sales by itself.
            None if matches!(row.kind.as_str(), kind::STOCK_LEVEL | kind::SALE) => {}
            None => {
                changes.push(Change::Removed(Removed { kind: row.kind.clone(), id: row.record_id.clone() }))
            }
        }
    }
    Ok(changes)
}

async fn records_of(
    tx: &mut Tx,
    who: Puller,
    kind: &str,
    ids: &[String],
    now_ms: i64,
) -> Result<Vec<(String, Change)>, StoreError> {
    let organisation_id = who.organisation_id;
    Ok(match kind {
        kind::PRODUCT => read(tx, who, Bodies::Products, ids, Change::Product).await?,
        kind::CATEGORY => read(tx, who, Bodies::Categories, ids, Change::Category).await?,
        kind::TAX_CATEGORY => read(tx, who, Bodies::TaxCategories, ids, Change::TaxCategory).await?,
        kind::STORE => read(tx, who, Bodies::Stores, ids, Change::Store).await?,
        kind::STAFF => ground::staff(tx, organisation_id, Some(ids))
            .await?
            .into_iter()
            .map(|member| (member.id.to_string(), Change::Staff(member)))
            .collect(),
        kind::REGISTER => ground::registers(tx, organisation_id)
            .await?
            .into_iter()
            .map(|register| (register.id.to_string(), Change::Register(register)))
            .collect(),
        kind::PRICE_LIST => {
            of_rules(pricing::told(tx, organisation_id, who.store_id, Some(ids)).await?, Change::PriceList)
        }
        kind::PROMOTION => {
            of_rules(pricing::told(tx, organisation_id, who.store_id, Some(ids)).await?, Change::Promotion)
        }
        kind::TENDER_TYPE => of_rules(tender_types(tx, who, Some(ids)).await?, Change::TenderType),
        kind::CUSTOMER_GROUP => of_rules(
            pricing::told(tx, organisation_id, who.store_id, Some(ids)).await?,
            Change::CustomerGroup,
        ),
        kind::ACCOUNT | kind::POINTS => {
            let told = accounts::of_keys(tx, organisation_id, ids).await?;
            told.into_iter().map(|one| (one.key.as_str().to_owned(), account_change(one))).collect()
        }
        kind::SALE => known::of_rows(tx, who, now_ms, ids).await?,
        kind::CUSTOMER => {
            let told = customers::told(tx, organisation_id, ids).await?;
            told.into_iter().map(|(id, customer)| (id, Change::Customer(customer))).collect()
        }
        _ => {
            let levels = catalog::levels(tx, organisation_id, &who.store_id.to_string(), ids).await?;
            let mut changes = Vec::with_capacity(levels.len());
            for level in levels {
                changes.push((level.0.clone(), level_change(level)?));
            }
            changes
        }
    })
}

fn of_rules<R: Rule>(rules: Vec<R>, change: fn(R) -> Change) -> Vec<(String, Change)> {
    rules.into_iter().map(|rule| (rule.id(), change(rule))).collect()
}

async fn read<T: DeserializeOwned>(
    tx: &mut Tx,
    who: Puller,
    table: Bodies,
    ids: &[String],
    change: fn(T) -> Change,
) -> Result<Vec<(String, Change)>, StoreError> {
    catalog::bodies(tx, who.organisation_id, table, ids)
        .await?
        .into_iter()
        .map(|(id, body)| Ok((id, change(serde_json::from_str(&body)?))))
        .collect()
}
